package feed

import (
	"net/url"
	"strings"
)

// resolve makes a link absolute. It returns ref, trimmed, when ref is absolute
// already, there is no base, or ref is no URL; only links that change are
// written anew.
func resolve(base *url.URL, ref string) string {
	ref = strings.TrimSpace(ref)
	if ref == "" || base == nil {
		return ref
	}
	u, err := url.Parse(ref)
	if err != nil || u.IsAbs() {
		return ref
	}
	return base.ResolveReference(u).String()
}

// absolute parses a link that can serve as a base; nil when it cannot.
func absolute(link string) *url.URL {
	if u, err := url.Parse(link); err == nil && u.IsAbs() && u.Host != "" {
		return u
	}
	return nil
}

// isWeb reports whether s is an address on the Web.
func isWeb(s string) bool {
	return hasPrefixFold(s, "http://") || hasPrefixFold(s, "https://")
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// baseDir rewrites the escaped value of an xml:base attribute for gofeed,
// which takes every base for a directory and knows no document address: it
// cuts off the last segment of the path, as RFC 3986 §5.2.3 does, and makes
// the rest absolute. An empty result counts as no base.
func baseDir(docBase *url.URL, value string) string {
	u, err := url.Parse(strings.TrimSpace(unescape([]byte(value))))
	if err != nil {
		return ""
	}
	if docBase != nil && u.Scheme == "" && (u.Host != "" || strings.HasPrefix(u.Path, "/")) {
		u = docBase.ResolveReference(u)
	}
	if u.Opaque != "" {
		return ""
	}
	i := strings.LastIndexByte(u.Path, '/')
	u.Path, u.RawPath = u.Path[:i+1], ""
	u.RawQuery, u.ForceQuery, u.Fragment, u.RawFragment = "", false, "", ""
	return string(appendEscaped(nil, u.String()))
}
