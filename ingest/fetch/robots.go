package fetch

import (
	"bytes"
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	maxRobots     = 500 << 10        // bytes of a robots.txt that count (RFC 9309, section 2.5)
	maxRobotsLine = 2083 * 8         // bytes of one line that count
	maxCrawlDelay = 30 * time.Second // longer ones would keep a host from being read at all
	maxLicenses   = 8                // of one file
	maxSitemaps   = 32               // of one file
	maxRobotsLink = 2 << 10          // bytes of one of them
)

// robots are the rules of one robots.txt for one product (RFC 9309). The zero
// value allows everything.
type robots struct {
	rules []rule // the longest first, of equals those that allow: the first match decides
	delay time.Duration

	// Of the whole file, whomever its groups are for:
	licenses []string // absolute
	sitemaps []string // absolute, or a path on the same host
}

type rule struct {
	pattern string // upper-case percent escapes; * and a final $ are special
	allow   bool
}

// parseRobots reads the rules for product out of data. It never fails: what
// is no rule is skipped, as the RFC asks. product is a bare product token, as
// productToken returns it, and compared without regard to case.
func parseRobots(data []byte, product string) *robots {
	if len(data) > maxRobots {
		// Half a line could forbid or allow far more than the whole.
		data = data[:maxRobots]
		data = data[:max(bytes.LastIndexAny(data, "\r\n"), 0)]
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))

	var own, global, file robots
	var named bool                     // some group is product's own, which then alone counts
	var forOwn, forGlobal, inBody bool // of the group that is being read
	for len(data) > 0 {
		line := data
		if i := bytes.IndexAny(data, "\r\n"); i >= 0 {
			line, data = data[:i], data[i+1:]
		} else {
			data = nil
		}
		key, value := splitRobotsLine(line)
		switch key {
		case userAgentLine:
			if inBody {
				forOwn, forGlobal, inBody = false, false, false
			}
			if value == "*" || len(value) > 1 && value[0] == '*' && isSpace(value[1]) {
				forGlobal = true
			} else if token := productToken(value); token != "" && strings.EqualFold(token, product) {
				forOwn, named = true, true
			}
		case allowLine, disallowLine:
			inBody = true
			if forOwn {
				own.add(value, key == allowLine)
			}
			if forGlobal {
				global.add(value, key == allowLine)
			}
		case crawlDelayLine:
			if forOwn {
				own.slow(value)
			}
			if forGlobal {
				global.slow(value)
			}
		case licenseLine:
			addLink(&file.licenses, maxLicenses, webURL(value))
		case sitemapLine:
			if strings.HasPrefix(value, "/") && !strings.HasPrefix(value, "//") {
				addLink(&file.sitemaps, maxSitemaps, value)
			} else {
				addLink(&file.sitemaps, maxSitemaps, webURL(value))
			}
		}
	}
	r := &global
	if named {
		r = &own
	}
	r.licenses, r.sitemaps = file.licenses, file.sitemaps
	slices.SortStableFunc(r.rules, func(a, b rule) int {
		if n := cmp.Compare(len(b.pattern), len(a.pattern)); n != 0 || a.allow == b.allow {
			return n
		}
		if a.allow {
			return -1
		}
		return 1
	})
	return r
}

// allowed reports whether path, the path and query of a URL as sent, may be
// asked for.
func (r *robots) allowed(path string) bool {
	path = cmp.Or(path, "/")
	for _, rule := range r.rules {
		if rule.matches(path) {
			return rule.allow
		}
	}
	return true
}

// add adds the rule of an allow or disallow line; an empty one matches nothing.
func (r *robots) add(value string, allow bool) {
	if value == "" {
		return
	}
	pattern := escapePattern(value)
	r.rules = append(r.rules, rule{pattern, allow})
	// To allow a directory's index page is to allow the directory.
	if i := strings.LastIndexByte(pattern, '/'); allow && i >= 0 && strings.HasPrefix(pattern[i:], "/index.htm") {
		r.rules = append(r.rules, rule{pattern[:i+1] + "$", true})
	}
}

// slow takes over a crawl-delay in seconds, if it is one.
func (r *robots) slow(value string) {
	seconds, err := strconv.ParseFloat(value, 64)
	if err != nil || math.IsNaN(seconds) || seconds < 0 {
		return
	}
	delay := time.Duration(min(seconds, maxCrawlDelay.Seconds()) * float64(time.Second))
	r.delay = max(r.delay, delay)
}

// size is about how many bytes r occupies.
func (r *robots) size() int {
	n := 64
	for _, rule := range r.rules {
		n += 24 + len(rule.pattern)
	}
	for _, links := range [][]string{r.licenses, r.sitemaps} {
		for _, link := range links {
			n += 16 + len(link)
		}
	}
	return n
}

// addLink adds link to links unless that is empty, too long, known or one too
// many.
func addLink(links *[]string, most int, link string) {
	if link != "" && len(link) <= maxRobotsLink && len(*links) < most && !slices.Contains(*links, link) {
		*links = append(*links, strings.Clone(link))
	}
}

// webURL returns the http or https URL that s is, fit for a request line;
// empty if it is none.
func webURL(s string) string {
	if len(s) > maxRobotsLink {
		return ""
	}
	u, err := parseURL(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
		return ""
	}
	u.RawQuery = escapeQuery(u.RawQuery)
	return u.String()
}

// matches reports whether path begins with what the pattern describes. Taking
// each part between stars at its first place is enough, so the time is
// linear: no pattern, however many stars it has, can make it explode.
func (r rule) matches(path string) bool {
	pattern, anchored := strings.CutSuffix(r.pattern, "$")
	head, rest, starred := strings.Cut(pattern, "*")
	path, ok := strings.CutPrefix(path, head)
	if !ok {
		return false
	}
	if !starred {
		return !anchored || path == ""
	}
	for {
		part, tail, more := strings.Cut(rest, "*")
		if !more && anchored {
			return strings.HasSuffix(path, part)
		}
		i := strings.Index(path, part)
		if i < 0 {
			return false
		}
		if !more {
			return true
		}
		path, rest = path[i+len(part):], tail
	}
}

type robotsLine uint8

const (
	otherLine robotsLine = iota
	userAgentLine
	allowLine
	disallowLine
	crawlDelayLine
	licenseLine
	sitemapLine
)

// robotsKeys holds the keys by how they begin, with the misspellings that
// Google's parser, by which publishers test their files, also takes.
var robotsKeys = []struct {
	prefix string
	line   robotsLine
}{
	{"user-agent", userAgentLine}, {"useragent", userAgentLine}, {"user agent", userAgentLine},
	{"allow", allowLine},
	{"disallow", disallowLine}, {"dissallow", disallowLine}, {"dissalow", disallowLine},
	{"disalow", disallowLine}, {"diasllow", disallowLine}, {"disallaw", disallowLine},
	{"crawl-delay", crawlDelayLine}, {"crawldelay", crawlDelayLine}, {"crawl delay", crawlDelayLine},
	{"license", licenseLine},
	{"sitemap", sitemapLine}, {"site-map", sitemapLine},
}

// splitRobotsLine returns what kind of line it is and its value. In place of
// the colon a space will do if the line is just two words.
func splitRobotsLine(line []byte) (robotsLine, string) {
	line = line[:min(len(line), maxRobotsLine-1)]
	line, _, _ = bytes.Cut(line, []byte("#"))
	line = bytes.TrimSpace(line)
	key, value, ok := bytes.Cut(line, []byte(":"))
	if !ok {
		words := bytes.Fields(line)
		if len(words) != 2 {
			return otherLine, ""
		}
		key, value = words[0], words[1]
	}
	key, value = bytes.TrimSpace(key), bytes.TrimSpace(value)
	for _, k := range robotsKeys {
		if len(key) >= len(k.prefix) && strings.EqualFold(string(key[:len(k.prefix)]), k.prefix) {
			return k.line, string(value)
		}
	}
	return otherLine, ""
}

// productToken returns the product name that s begins with, as robots.txt
// knows it: letters, hyphens and underscores.
func productToken(s string) string {
	end := strings.IndexFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r != '-' && r != '_'
	})
	if end < 0 {
		return s
	}
	return s[:end]
}

// escapePattern brings a rule into the form in which URLs are sent: bytes
// outside ASCII escaped, hexadecimal digits in upper case.
func escapePattern(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			b.WriteString(strings.ToUpper(s[i : i+3]))
			i += 2
		case c >= 0x80:
			fmt.Fprintf(&b, "%%%02X", c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

func isSpace(c byte) bool { return c == ' ' || '\t' <= c && c <= '\r' }
