package feed

import (
	"net/url"
	"slices"
	"strings"
)

// A Link is one link of an HTTP Link header: what URL is to the document that
// came with it.
type Link struct {
	Rel  string // one relation, in lower case: "hub", "self", "license"
	URL  string // absolute, http or https
	Type string // media type as given; mostly empty
}

// Limits of Link headers.
const (
	maxLinkHeader = 64 << 10 // bytes of all values together
	maxLinks      = 100
)

// LinkHeader reads the values of the Link header (RFC 8288) of a response
// from the address base, in their order. A link with several relations is
// listed once for each. Left out are links that lead nowhere on the Web, that
// belong to another document (anchor), and what is malformed; after 64 KiB or
// 100 links the rest.
func LinkHeader(values []string, base string) []Link {
	var out []Link
	from := absolute(base)
	size := 0
	for _, v := range values {
		if size += len(v); size > maxLinkHeader {
			break
		}
		l := linkScan{s: v}
		for l.next() && len(out) < maxLinks {
			out = l.appendTo(out, from)
		}
	}
	return out
}

// appendTo adds what the link just read says.
func (l *linkScan) appendTo(out []Link, base *url.URL) []Link {
	address := resolve(base, l.target)
	if anchor := resolve(base, l.anchor); l.anchor != "" && (base == nil || anchor != base.String()) {
		return out
	}
	if u, err := url.Parse(address); err != nil || !isWeb(address) || u.Host == "" || len(address) > maxAddress {
		return out
	}
	for rel := range strings.FieldsSeq(l.rel) {
		link := Link{Rel: strings.ToLower(rel), URL: address, Type: l.mediaType}
		if len(out) < maxLinks && !slices.Contains(out, link) {
			out = append(out, link)
		}
	}
	return out
}

// A linkScan reads one value of a Link header, link by link.
type linkScan struct {
	s string
	i int

	target, rel, anchor, mediaType string
}

// next reads the next link, and reports false at the end. What stands where
// "<" should is skipped up to the next comma.
func (l *linkScan) next() bool {
	for l.i < len(l.s) {
		l.space(" \t,;")
		if l.i >= len(l.s) {
			break
		}
		if l.s[l.i] != '<' {
			l.until(",")
			continue
		}
		end := strings.IndexByte(l.s[l.i:], '>')
		if end < 0 {
			break
		}
		l.target, l.rel, l.anchor, l.mediaType = strings.TrimSpace(l.s[l.i+1:l.i+end]), "", "", ""
		l.i += end + 1
		l.params()
		return true
	}
	l.i = len(l.s)
	return false
}

// params reads the parameters up to the comma that ends the link. Of several
// of one name the first counts (RFC 8288 §3.3).
func (l *linkScan) params() {
	for {
		l.space(" \t;")
		if l.i >= len(l.s) || l.s[l.i] == ',' {
			return
		}
		name := strings.ToLower(strings.TrimSpace(l.until("=;,")))
		value := ""
		if l.i < len(l.s) && l.s[l.i] == '=' {
			l.i++
			value = l.value()
		}
		switch {
		case name == "rel" && l.rel == "":
			l.rel = value
		case name == "anchor" && l.anchor == "":
			l.anchor = value
		case name == "type" && l.mediaType == "":
			l.mediaType = value
		}
	}
}

// value reads a token or a quoted string.
func (l *linkScan) value() string {
	l.space(" \t")
	if l.i >= len(l.s) || l.s[l.i] != '"' {
		return strings.TrimSpace(l.until(";,"))
	}
	var b strings.Builder
	for l.i++; l.i < len(l.s) && l.s[l.i] != '"'; l.i++ {
		if l.s[l.i] == '\\' && l.i+1 < len(l.s) {
			l.i++
		}
		b.WriteByte(l.s[l.i])
	}
	l.until(";,")
	return strings.TrimSpace(b.String())
}

// space skips the bytes in cut.
func (l *linkScan) space(cut string) {
	for l.i < len(l.s) && strings.IndexByte(cut, l.s[l.i]) >= 0 {
		l.i++
	}
}

// until reads up to a byte in stops, or to the end.
func (l *linkScan) until(stops string) string {
	n := strings.IndexAny(l.s[l.i:], stops)
	if n < 0 {
		n = len(l.s) - l.i
	}
	s := l.s[l.i : l.i+n]
	l.i += n
	return s
}
