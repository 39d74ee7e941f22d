package rights

import (
	"net"
	"net/url"
	"strings"
)

const maxPattern = 2 << 10 // bytes of a pattern; longer ones are skipped

// A spot is where a page is, as patterns see it.
type spot struct {
	origin string // scheme, host and port; empty for what is no page of the web
	host   string // without default port
	path   string // path and query in canonical escapes, ready for matching
}

// place returns the spot of a page, and its parsed address. Where the address
// is none of the web, the spot is the zero value, and the address may be nil.
func place(page string) (spot, *url.URL) {
	u, err := url.Parse(page)
	if err != nil {
		return spot{}, nil
	}
	scheme := strings.ToLower(u.Scheme)
	host := hostOf(scheme, u.Host)
	if scheme != "http" && scheme != "https" || host == "" {
		return spot{}, u
	}
	return spot{origin: scheme + "://" + host, host: host, path: escape(u.RequestURI(), false)}, u
}

// hostOf returns host in lower case and without the default port of scheme.
func hostOf(scheme, host string) string {
	host = strings.ToLower(host)
	if strings.LastIndexByte(host, ':') < 0 {
		return host
	}
	name, port, err := net.SplitHostPort(host)
	if err != nil || !(port == "80" && scheme == "http" || port == "443" && scheme == "https") {
		return host
	}
	if strings.Contains(name, ":") {
		return "[" + name + "]"
	}
	return name
}

// A pattern describes pages as in robots.txt: by how path and query begin,
// with * for anything and a final $ for the end.
type pattern struct {
	host string // the one it is about; empty for any; may begin with "*."
	path string // canonical escapes
}

// parsePattern reads a pattern, which may be a whole address. It reports false
// for one that cannot be used.
func parsePattern(s string) (pattern, bool) {
	s = strings.TrimSpace(s)
	if len(s) > maxPattern || strings.ContainsAny(s, "\r\n\x00") {
		return pattern{}, false
	}
	var host string
	if scheme, rest, ok := strings.Cut(s, "://"); ok && (strings.EqualFold(scheme, "https") || strings.EqualFold(scheme, "http")) {
		host, s = rest, "/"
		if i := strings.IndexAny(rest, "/?"); i >= 0 {
			host, s = rest[:i], rest[i:]
		}
		if host = hostOf(strings.ToLower(scheme), host); host == "" {
			return pattern{}, false
		}
	}
	if s != "" && s[0] != '/' && s[0] != '*' {
		s = "/" + s
	}
	return pattern{host: host, path: escape(s, true)}, true
}

// matches reports whether p describes the page at s. Each part between stars
// is taken at its first place, which is enough and makes the time linear.
func (p pattern) matches(s spot) bool {
	if p.host != "" && p.host != s.host && p.host != "*" {
		if end, ok := strings.CutPrefix(p.host, "*."); !ok || !strings.HasSuffix(s.host, "."+end) {
			return false
		}
	}
	path := s.path
	rest, anchored := strings.CutSuffix(p.path, "$")
	head, rest, starred := strings.Cut(rest, "*")
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

const upperHex = "0123456789ABCDEF"

// escape brings a path or a pattern into one form of escapes: characters that
// need none are written plain, bytes outside ASCII and, except where they have
// a meaning in a pattern, * and $ are escaped, hexadecimal digits are upper case.
func escape(s string, isPattern bool) string {
	if canonical(s, isPattern) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 16)
	for i := 0; i < len(s); i++ {
		c := s[i]
		escaped := false
		if c == '%' && i+2 < len(s) {
			if hi, lo := unhex(s[i+1]), unhex(s[i+2]); hi >= 0 && lo >= 0 {
				c, escaped = byte(hi<<4|lo), true
				i += 2
			}
		}
		if escaped && !unreserved(c) || !escaped && !plain(c, isPattern, i == len(s)-1) {
			b.Write([]byte{'%', upperHex[c>>4], upperHex[c&15]})
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// canonical reports whether escape has nothing to do, as nearly always.
func canonical(s string, isPattern bool) bool {
	for i := 0; i < len(s); i++ {
		if !plain(s[i], isPattern, i == len(s)-1) {
			return false
		}
	}
	return true
}

// plain reports whether c stays as it is where it is no part of an escape.
func plain(c byte, isPattern, last bool) bool {
	switch c {
	case '%':
		return false
	case '*':
		return isPattern
	case '$':
		return isPattern && last
	}
	return ' ' < c && c < 0x80
}

func unreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '.' || c == '_' || c == '~'
}

func unhex(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}
