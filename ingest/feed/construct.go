package feed

import (
	"bytes"
	"slices"
	"strings"
)

// A construct is an Atom text construct of type xhtml that is open during a
// scan, and the div that RFC 4287 §3.1.1.3 has it wrapped in.
type construct struct {
	depth   int    // of the element; -1 when none is open
	div     int    // index of the edit for the start tag of the div; -1 for none
	divEnd  int    // where that start tag ends
	seen    bool   // something stood in the construct that is not white space
	version string // the div's replacement: nothing, or for Atom 0.3 a bare one
}

// textConstruct hides from gofeed that an element of Atom holds HTML or
// XHTML. It would run it through an HTML parser to take off the div and
// resolve links, and HTML can be made that grows by a factor of hundreds when
// parsed; the text is wanted as given, and the div is taken off here.
func (s *scanner) textConstruct(t *token, local []byte, depth int) {
	m := &s.markup
	if m.depth >= 0 {
		s.wrappingDiv(t, local, depth)
		return
	}
	if is(local, "link") {
		return // type is that of the target
	}
	for i := range t.attrs {
		a := &t.attrs[i]
		if !bytes.Equal(localName(a.name), []byte("type")) {
			continue
		}
		value := strings.ToLower(strings.TrimSpace(unescape(a.value)))
		switch {
		case value == "html":
			s.edits = append(s.edits, edit{a.at, a.at + len(a.value), "text"})
		case strings.Contains(value, "xhtml"):
			s.edits = append(s.edits, edit{a.at, a.at + len(a.value), "xml"})
			if !t.empty {
				*m = construct{depth: depth, div: -1}
				if value != "xhtml" { // Atom 0.3, where the div is content
					m.version = "<div>"
				}
			}
		}
	}
}

// wrappingDiv notes the first element of a construct if it is the div.
func (s *scanner) wrappingDiv(t *token, local []byte, depth int) {
	m := &s.markup
	if depth != m.depth+1 || m.seen {
		return
	}
	m.seen = true
	if is(local, "div") && !t.empty {
		m.div, m.divEnd = len(s.edits), t.end
		s.edits = append(s.edits, edit{t.start, t.start, ""})
	}
}

// barePrefix takes the prefix off a start tag of XHTML, SVG or MathML inside
// a construct, and says so. HTML knows no prefixes, and takes <h:p> for
// something other than a paragraph.
func (s *scanner) barePrefix(t *token, depth int) bool {
	if s.markup.depth < 0 || depth <= s.markup.depth || len(s.ofHTML) == 0 {
		return false
	}
	prefix, local, ok := bytes.Cut(t.name, []byte(":"))
	if !ok || !nameStart(local[0]) || !slices.Contains(s.ofHTML, string(prefix)) {
		return false
	}
	s.takeOffPrefix(t.name, t.start+len("<"))
	return true
}

// takeOffPrefix removes the prefix of a name that stands at doc[at:].
func (s *scanner) takeOffPrefix(name []byte, at int) {
	s.edits = append(s.edits, edit{at, at + bytes.IndexByte(name, ':') + 1, ""})
}

// constructText notes that text stands in front of what could be the div.
func (s *scanner) constructText(body []byte) {
	if m := &s.markup; m.depth >= 0 && !m.seen && len(s.open) == m.depth+1 && len(bytes.Trim(body, xmlSpace)) > 0 {
		m.seen = true
	}
}

// endConstruct takes off the div when it ends, if nothing follows it.
func (s *scanner) endConstruct(depth, start, end int) {
	m := &s.markup
	if m.depth < 0 {
		return
	}
	switch {
	case depth == m.depth:
		*m = construct{depth: -1}
	case depth == m.depth+1 && m.div >= 0:
		if bytes.HasPrefix(bytes.TrimLeft(s.doc[end:], xmlSpace), []byte("</")) {
			s.edits[m.div].end = m.divEnd
			s.edits[m.div].text = m.version
			if m.version == "" {
				s.edits = append(s.edits, edit{start, end, ""})
			}
		}
		m.div = -1
	}
}
