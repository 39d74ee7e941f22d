package feed

import (
	"bytes"
	"strings"
)

// What the scanner notes and edits so that gofeed reads the right thing.

// attribute notes what an attribute of a start tag means to us.
func (s *scanner) attribute(el *element, a *attr, depth int, isEntry bool) {
	name := string(a.name) // does not escape: no allocation
	switch name {
	case "xml:base":
		s.edits = append(s.edits, edit{a.at, a.at + len(a.value), baseDir(s.base, string(a.value))})
	case "xml:lang":
		if isEntry && !s.surplus {
			s.entries[len(s.entries)-1].lang = unescape(a.value)
		} else if depth <= 1 && s.lang == "" {
			s.lang = unescape(a.value)
		}
	case "href":
		// gofeed would make the base of an empty address, and so a link to the
		// front page of an entry that has none.
		if len(bytes.Trim(a.value, xmlSpace)) == 0 {
			s.edits = append(s.edits, edit{a.nameAt, a.nameAt + len(a.name), "none"})
		}
	case "rdf:about", "about":
		if isEntry && !s.surplus {
			s.entries[len(s.entries)-1].about = unescape(a.value)
		}
	default:
		if name == "xmlns" || len(name) > 6 && name[:6] == "xmlns:" {
			el.namespaces++
			s.namespace(a)
		}
	}
}

// namespace makes a vocabulary that is known under several names one that
// gofeed knows, and notes the prefix of one that it does not.
func (s *scanner) namespace(a *attr) {
	uri := bytes.Trim(a.value, xmlSpace)
	if string(uri) == historyNamespace {
		if _, prefix, ok := bytes.Cut(a.name, []byte(":")); ok {
			s.history = string(prefix)
		} else {
			s.history = historyNamespace
		}
		return
	}
	switch string(uri) {
	case "http://www.w3.org/1999/xhtml", "http://www.w3.org/2000/svg", "http://www.w3.org/1998/Math/MathML":
		if _, prefix, ok := bytes.Cut(a.name, []byte(":")); ok && len(s.ofHTML) < maxNamespaces {
			s.ofHTML = append(s.ofHTML, string(prefix))
		}
		return
	}
	if known, ok := otherNames[string(uri)]; ok {
		s.edits = append(s.edits, edit{a.at, a.at + len(a.value), known})
		return
	}
	if rest, ok := bytes.CutPrefix(uri, []byte("https://")); ok && bytes.HasPrefix(rest, []byte("purl.org/")) {
		s.edits = append(s.edits, edit{a.at, a.at + len(a.value), "http://" + string(rest)})
	}
}

// otherNames are namespaces in use for vocabularies that gofeed knows by
// another one.
var otherNames = map[string]string{
	"http://www.itunes.com/dtds/podcast-1.0.dtd":  itunesNamespace,
	"https://www.itunes.com/dtds/podcast-1.0.dtd": itunesNamespace,
	"http://www.rssboard.org/media-rss":           mediaNamespace,
	"https://www.rssboard.org/media-rss":          mediaNamespace,
	"https://search.yahoo.com/mrss/":              mediaNamespace,
	"https://search.yahoo.com/mrss":               mediaNamespace,
	"http://video.search.yahoo.com/mrss/":         mediaNamespace,
	"http://video.search.yahoo.com/mrss":          mediaNamespace,
	"https://www.w3.org/2005/Atom":                atom10,
}

const (
	itunesNamespace = "http://www.itunes.com/DTDs/PodCast-1.0.dtd"
	mediaNamespace  = "http://search.yahoo.com/mrss/"
)

// nativeNamespace makes the namespace of an Atom root one that gofeed knows;
// drafts and private copies have others, and gofeed would take every element
// for an extension. (For RSS it sees to that itself.)
func (s *scanner) nativeNamespace(t *token) {
	if s.kind != kindAtom {
		return
	}
	want := "xmlns"
	if prefix, _, ok := bytes.Cut(t.name, []byte(":")); ok {
		want += ":" + string(prefix)
	}
	for i := range t.attrs {
		a := &t.attrs[i]
		uri := strings.TrimSpace(string(a.value))
		if string(a.name) == want && uri != "" && uri != atom03 && uri != atom10 {
			s.edits = append(s.edits, edit{a.at, a.at + len(a.value), atom10})
			return
		}
	}
}

const (
	atom03 = "http://purl.org/atom/ns#"
	atom10 = "http://www.w3.org/2005/Atom"
)

// date rewrites the text of a date element, which starts at doc[at:], as
// RFC 3339. gofeed tries some 110 layouts in turn, with RFC 3339 the second,
// and reads zones it does not know as UTC; so it only sees dates that are
// right, in the form it reads fastest.
func (s *scanner) date(at int) {
	raw, n, ok := s.leafText(at, maxDate)
	if !ok {
		return
	}
	text := ""
	if t := parseDate(unescape(raw)); !t.IsZero() {
		text = formatDate(t)
	}
	if text != string(s.doc[at:at+n]) {
		s.edits = append(s.edits, edit{at, at + n, text})
	}
}

// leafText returns the text, still escaped, of an element whose content
// starts at doc[at:], and the length of that content. It reports false for
// one that holds more than a single text of up to limit bytes.
func (s *scanner) leafText(at, limit int) (raw []byte, n int, ok bool) {
	rest := s.doc[at:min(at+limit+len("<![CDATA[]]></"), len(s.doc))]
	if bytes.HasPrefix(rest, cdataOpen) {
		raw, rest, ok = bytes.Cut(rest[len(cdataOpen):], cdataClose)
		n = len(cdataOpen) + len(raw) + len(cdataClose)
	} else if n = bytes.IndexByte(rest, '<'); n >= 0 {
		raw, rest, ok = rest[:n], rest[n:], true
	}
	return raw, n, ok && bytes.HasPrefix(rest, []byte("</"))
}

// maxID is the longest atom:id kept as written, in bytes.
const maxID = 4096

// id notes an atom:id as written. gofeed reads it as a URL and writes that
// anew, but ids are compared byte by byte (RFC 4287 §4.2.6.1).
func (s *scanner) id(at, depth int) {
	raw, _, ok := s.leafText(at, maxID)
	if !ok {
		return
	}
	text := strings.TrimSpace(unescape(raw))
	switch {
	case s.entryAt >= 0 && depth == s.entryDepth+1:
		s.entries[len(s.entries)-1].id = text
	case depth == 1:
		s.feedID = text
	}
}

// isDateName reports whether gofeed reads the text of such an element as a date.
func isDateName(local []byte) bool {
	switch len(local) {
	case len("issued"):
		return is(local, "issued")
	case len("pubdate"): // and updated
		return is(local, "pubdate") || is(local, "updated")
	case len("modified"):
		return is(local, "modified")
	case len("published"):
		return is(local, "published")
	case len("lastbuilddate"):
		return is(local, "lastbuilddate")
	}
	return false
}
