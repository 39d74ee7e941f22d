package feed

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"slices"
)

// Limits of what is handed to gofeed, which recurses per level, copies its
// namespace table per element and joins text piece by piece.
const (
	maxDepth      = 256      // open elements
	maxAttrs      = 256      // attributes of one element
	maxElements   = 400_000  // elements outside dropped entries
	maxNamespaces = 64       // namespace declarations in scope
	maxJoin       = 64 << 20 // bytes copied while joining the text of one element
)

var (
	errDepth      = fmt.Errorf("elements nested deeper than %d", maxDepth)
	errAttrs      = fmt.Errorf("more than %d attributes in one element", maxAttrs)
	errElements   = fmt.Errorf("more than %d elements", maxElements)
	errNamespaces = fmt.Errorf("more than %d namespaces in scope", maxNamespaces)
	errPieces     = errors.New("text in too many pieces")
	errNoRoot     = errors.New("no RSS, RDF or Atom root element")
)

// An edit replaces doc[start:end].
type edit struct {
	start, end int
	text       string
}

// An entryMark is what gofeed does not tell about an entry.
type entryMark struct {
	id        string // atom:id, as written
	about     string // rdf:about
	lang      string // xml:lang
	inChannel bool
}

// A survey is the guard's view of a document without faults.
type survey struct {
	doc        []byte
	kind       feedKind
	start, end int // extent of the root element
	entries    []entryMark
	dropped    int
	lang       string
	feedID     string
	history    string // prefix of the vocabulary of RFC 5005
	edits      []edit
}

type feedKind uint8

const (
	kindNone feedKind = iota
	kindRSS
	kindRDF
	kindAtom
)

// kindOf says which kind of feed a root element of this name starts.
func kindOf(local []byte) feedKind {
	switch {
	case is(local, "rss"):
		return kindRSS
	case is(local, "rdf"):
		return kindRDF
	case is(local, "feed"):
		return kindAtom
	}
	return kindNone
}

// isEntry reports whether an element of this name is an entry of such a feed.
func (k feedKind) isEntry(local []byte) bool {
	if k == kindAtom {
		return is(local, "entry")
	}
	return is(local, "item")
}

// An element is one that is open during a scan.
type element struct {
	name       []byte
	namespaces int  // declared by it
	text, join int  // bytes of text so far; bytes copied to join them
	bare       bool // its prefix was taken off
}

// A scanner walks a document once: it enforces the limits, finds the first
// fault, and notes what to edit before gofeed sees it.
type scanner struct {
	survey
	lex        lexer
	base       *url.URL
	maxEntries int
	open       []element
	elements   int
	namespaces int
	entryAt    int // where the entry being read starts; -1 outside
	entryDepth int
	surplus    bool // the entry being read is beyond maxEntries
	markup     construct
	ofHTML     []string // prefixes of vocabularies that HTML has built in
}

// scan surveys doc. A fault other than faultNone means that doc is not
// well-formed and has to be mended; the survey is then of no use. An error
// means that it is beyond the limits, or no feed.
func scan(doc []byte, base *url.URL, maxEntries int) (*survey, fault, error) {
	s := &scanner{lex: lexer{doc: doc}, base: base, maxEntries: maxEntries, entryAt: -1, markup: construct{depth: -1}}
	s.doc, s.history = doc, "fh"
	var t token
	for s.end == 0 && s.lex.next(&t) {
		if t.fault != faultNone {
			// An opening that never closes may hide how deep the rest is; the
			// limits are enforced again while mending.
			return nil, t.fault, nil
		}
		f, err := s.token(&t)
		if f != faultNone || err != nil {
			return nil, f, err
		}
	}
	switch {
	case s.kind == kindNone:
		return nil, faultNone, errNoRoot
	case s.end == 0:
		return nil, faultTruncated, nil
	case s.kind.lastEntry(doc[s.end:]) >= 0:
		return nil, faultMismatch, nil
	}
	return &s.survey, faultNone, nil
}

func (s *scanner) token(t *token) (fault, error) {
	switch t.kind {
	case tokenStart:
		return s.startElement(t)
	case tokenEnd:
		return s.endElement(t)
	case tokenDirective:
		if len(s.open) > 0 || bytes.Contains(t.body, entityDecl) {
			return faultDoctype, nil
		}
	case tokenInstruction:
		if isXMLDecl(t.body) {
			if len(bytes.Trim(s.doc[:t.start], xmlSpace)) > 0 {
				return faultDeclaration, nil
			}
		}
	case tokenText, tokenCDATA:
		if len(s.open) == 0 {
			if t.kind == tokenCDATA || len(bytes.Trim(t.body, xmlSpace)) > 0 {
				return faultJunk, nil
			}
			return faultNone, nil
		}
		if t.kind == tokenText {
			if bytes.Contains(t.body, cdataClose) {
				return faultMarkup, nil
			}
			if f := checkReferences(t.body); f != faultNone {
				return f, nil
			}
		}
		s.constructText(t.body)
		return faultNone, s.piece(len(t.body))
	}
	return faultNone, nil
}

// piece accounts for a piece of text of the innermost element. gofeed joins
// the text of extension elements by appending to a string.
func (s *scanner) piece(n int) error {
	e := &s.open[len(s.open)-1]
	e.text += n
	if len(s.open) > 2 || s.kind != kindRSS && len(s.open) > 1 {
		e.join += e.text
	}
	if e.join > maxJoin+e.text {
		return errPieces
	}
	return nil
}

func (s *scanner) startElement(t *token) (fault, error) {
	local := t.local()
	depth := len(s.open)
	if depth == 0 {
		if s.kind = kindOf(local); s.kind == kindNone {
			return faultJunk, nil
		}
		s.start = t.start
		s.nativeNamespace(t)
	}
	switch {
	case depth >= maxDepth:
		return faultNone, errDepth
	case len(t.attrs) > maxAttrs:
		return faultNone, errAttrs
	}
	isEntry := s.kind.isEntry(local) && s.atEntryLevel()
	if isEntry {
		s.beginEntry(t)
	}
	if !s.surplus {
		if s.elements++; s.elements > maxElements {
			return faultNone, errElements
		}
	}
	if s.kind == kindAtom && !s.surplus {
		s.textConstruct(t, local, depth)
	}
	el := element{name: t.name}
	for i := range t.attrs {
		a := &t.attrs[i]
		if f := checkReferences(a.value); f != faultNone {
			return f, nil
		}
		s.attribute(&el, a, depth, isEntry)
	}
	if s.namespaces += el.namespaces; s.namespaces > maxNamespaces {
		return faultNone, errNamespaces
	}
	el.bare = !s.surplus && s.barePrefix(t, depth)
	s.open = append(s.open, el)
	if t.empty {
		s.closeElement(t.end, t.end)
		return faultNone, nil
	}
	if !s.surplus && isDateName(local) {
		s.date(t.end)
	}
	if !s.surplus && s.kind == kindAtom && is(local, "id") {
		s.id(t.end, depth)
	}
	return faultNone, nil
}

// atEntryLevel reports whether an element starting now may be an entry.
func (s *scanner) atEntryLevel() bool {
	switch len(s.open) {
	case 1:
		return true
	case 2:
		return s.kind != kindAtom && is(localName(s.open[1].name), "channel")
	}
	return false
}

func (s *scanner) beginEntry(t *token) {
	s.entryAt, s.entryDepth = t.start, len(s.open)
	if len(s.entries) >= s.maxEntries {
		s.surplus = true
		return
	}
	s.entries = append(s.entries, entryMark{inChannel: len(s.open) == 2})
}

func (s *scanner) endElement(t *token) (fault, error) {
	if len(s.open) == 0 || !bytes.Equal(s.open[len(s.open)-1].name, t.name) {
		return faultMismatch, nil
	}
	if s.open[len(s.open)-1].bare {
		s.takeOffPrefix(t.name, t.start+len("</"))
	}
	s.closeElement(t.start, t.end)
	return faultNone, nil
}

// closeElement closes the innermost element, whose end tag is doc[start:end].
func (s *scanner) closeElement(start, end int) {
	depth := len(s.open) - 1
	s.namespaces -= s.open[depth].namespaces
	s.open = s.open[:depth]
	s.endConstruct(depth, start, end)
	if s.entryAt >= 0 && depth == s.entryDepth {
		if s.surplus {
			s.dropped++
			// Edits inside the dropped entry go with it.
			for n := len(s.edits); n > 0 && s.edits[n-1].start >= s.entryAt; n-- {
				s.edits = s.edits[:n-1]
			}
			s.edits = append(s.edits, edit{s.entryAt, end, ""})
		}
		s.entryAt, s.surplus = -1, false
	}
	if depth == 0 {
		s.end = end
	}
}

// lastEntry returns where the last entry seems to start in doc, judging by
// the spelling alone; -1 when there is none.
func (k feedKind) lastEntry(doc []byte) int {
	name := []byte("<item")
	if k == kindAtom {
		name = []byte("<entry")
	}
	for end := len(doc); ; {
		i := bytes.LastIndex(doc[:end], name)
		if i < 0 {
			return -1
		}
		if after := i + len(name); after < len(doc) && (doc[after] == '>' || isSpace(doc[after])) {
			return i
		}
		end = i
	}
}

// edited returns the root element of the document with the edits applied.
func (s *survey) edited() []byte {
	root := s.doc[s.start:s.end]
	if len(s.edits) == 0 {
		return root
	}
	size := len(root)
	for _, e := range s.edits {
		size += len(e.text)
	}
	// Edits were made as their reasons were found, which within a tag is not
	// always in order.
	slices.SortStableFunc(s.edits, func(a, b edit) int { return cmp.Compare(a.start, b.start) })
	out := make([]byte, 0, size)
	at := s.start
	for _, e := range s.edits {
		if e.start < at {
			continue // inside what an edit of more replaced
		}
		out = append(out, s.doc[at:e.start]...)
		out = append(out, e.text...)
		at = e.end
	}
	return append(out, s.doc[at:s.end]...)
}
