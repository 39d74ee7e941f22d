package fetch

import (
	"cmp"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/idna"
)

const (
	maxURL  = 8 << 10 // bytes; what common servers accept in a request line
	maxName = 254     // bytes; what DNS can look up, and a final dot
)

// A target is a URL that has passed the checks that need no network.
type target struct {
	url    *url.URL // without fragment; host in ASCII and lower case, without the scheme's own port
	host   string   // name and port: whose turn and connections are counted
	origin string   // scheme and host: whose robots.txt counts
}

// String returns the URL as it is asked for.
func (t target) String() string { return t.url.String() }

// path returns path and query as robots.txt rules are matched against them.
func (t target) path() string { return t.url.RequestURI() }

// newTarget checks raw, a URL that may be relative to base (nil: it must be
// absolute), and returns where it leads.
func newTarget(raw string, base *url.URL, g *guard) (target, error) {
	if len(raw) > maxURL {
		return target{}, fmt.Errorf("URL of %d bytes, more than %d", len(raw), maxURL)
	}
	u, err := parseURL(raw)
	if err != nil {
		return target{}, err
	}
	if base != nil {
		u = base.ResolveReference(u)
	}
	if u.Scheme != "http" && u.Scheme != "https" {
		return target{}, fmt.Errorf("scheme %q is neither http nor https", u.Scheme)
	}
	if u.User != nil {
		return target{}, errors.New("URL carries a user name or password")
	}
	if u.Opaque != "" {
		return target{}, errors.New("URL has no host")
	}
	name, err := hostName(u.Hostname(), g)
	if err != nil {
		return target{}, err
	}
	standard := "80"
	if u.Scheme == "https" {
		standard = "443"
	}
	port := cmp.Or(u.Port(), standard)
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return target{}, fmt.Errorf("port %q is not a port", port)
	}
	if strings.Contains(name, ":") {
		name = "[" + name + "]"
	}
	u.Host = name
	if port != standard {
		u.Host += ":" + port
	}
	if u.Path == "" {
		u.Path = "/"
	}
	u.Fragment, u.RawFragment = "", ""
	u.RawQuery = escapeQuery(u.RawQuery)
	return target{url: u, host: name + ":" + port, origin: u.Scheme + "://" + u.Host}, nil
}

// parseURL parses raw as leniently as browsers do where that is harmless:
// surrounding space and inner line breaks go, a stray percent sign stands for
// itself.
func parseURL(raw string) (*url.URL, error) {
	raw = strings.TrimSpace(raw)
	if strings.ContainsAny(raw, "\t\r\n") {
		raw = strings.NewReplacer("\t", "", "\r", "", "\n", "").Replace(raw)
	}
	u, err := url.Parse(raw)
	if _, ok := errors.AsType[url.EscapeError](err); ok {
		u, err = url.Parse(escapePercent(raw))
	}
	if ue, ok := errors.AsType[*url.Error](err); ok {
		return nil, fmt.Errorf("parse URL: %w", ue.Err) // ue itself would repeat the URL, and any password in it
	}
	return u, err
}

// hostName returns name in the form in which it is looked up and compared, or
// an error if it cannot be that of a public host.
func hostName(name string, g *guard) (string, error) {
	ascii := strings.ToLower(name)
	if !isHeaderText(name) {
		// Mapped as browsers do, so that full-width digits become an address
		// here and not behind our back in the resolver.
		var err error
		if ascii, err = idna.Lookup.ToASCII(name); err != nil {
			return "", fmt.Errorf("host %q: %w", name, err)
		}
	}
	if addr, err := netip.ParseAddr(ascii); err == nil {
		if addr.Zone() != "" {
			return "", fmt.Errorf("%w: %s has a zone", ErrAddress, addr)
		}
		return addr.String(), g.check(addr)
	}
	if len(ascii) > maxName {
		return "", fmt.Errorf("host name of %d bytes, more than %d", len(ascii), maxName)
	}
	labels := strings.Split(strings.TrimSuffix(ascii, "."), ".")
	for _, label := range labels {
		if label == "" || strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			return "", fmt.Errorf("host %q is not a host name", name)
		}
	}
	// 0x7f.1, 2130706433 and the like are addresses to some resolvers.
	last := labels[len(labels)-1]
	if strings.Trim(last, "0123456789") == "" || strings.HasPrefix(last, "0x") && strings.Trim(last[2:], "0123456789abcdef") == "" {
		return "", fmt.Errorf("%w: host %q is an address in an unusual form", ErrAddress, name)
	}
	return ascii, nil
}

// escapePercent escapes each percent sign that begins no escape.
func escapePercent(s string) string {
	var b strings.Builder
	for i := range len(s) {
		b.WriteByte(s[i])
		if s[i] == '%' && (i+2 >= len(s) || !isHex(s[i+1]) || !isHex(s[i+2])) {
			b.WriteString("25")
		}
	}
	return b.String()
}

// escapeQuery escapes what may not stand in a request line; [url.Parse] leaves
// a query as it is.
func escapeQuery(s string) string {
	bad := func(c byte) bool { return c <= ' ' || c >= 0x7f || c == '"' || c == '<' || c == '>' }
	if !slices.ContainsFunc([]byte(s), bad) {
		return s
	}
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; bad(c) {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// redact returns raw, which need not be a URL, without a user name and
// password, and not longer than a URL may be.
func redact(raw string) string {
	raw = raw[:min(len(raw), maxURL)]
	scheme, rest, ok := strings.Cut(raw, "//")
	if !ok {
		return raw
	}
	authority := rest
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		authority = rest[:i]
	}
	if i := strings.LastIndexByte(authority, '@'); i >= 0 {
		return scheme + "//" + rest[i+1:]
	}
	return raw
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}
