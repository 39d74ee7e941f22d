package feed

import (
	"bytes"
	"errors"
	"html"
	"slices"
)

// maxMended bounds a mended document, in bytes. Escaping can make a document
// of nothing but ampersands five times as long.
const maxMended = 2 * maxSize

var errMended = errors.New("too damaged to mend: the result would be too large")

// A mender rewrites a document into well-formed XML. Rather than mend fault
// after fault it reads the document once, with a lexer that takes anything,
// and writes what it understood; so damage of several kinds needs no order.
type mender struct {
	lex      lexer
	out      []byte
	faults   faultSet
	kind     feedKind
	entities map[string]string
	open     []openTag
	entry    int // index in open of the entry being written; 0 for none
	entryAt  int // where that starts in out
	closed   bool
	// lastEntry is where in the document the last entry seems to start; -1 for none.
	lastEntry int
}

// An openTag is an element whose end has not been written.
type openTag struct {
	name     string // as written
	children bool
}

// mend rewrites doc, which is valid UTF-8 in characters XML allows, and says
// what it mended.
func mend(doc []byte) ([]byte, faultSet, error) {
	m := &mender{lex: lexer{doc: doc}, out: make([]byte, 0, len(doc)+len(doc)/16)}
	var t token
	for !m.closed && m.lex.next(&t) {
		m.faults.add(t.fault)
		if err := m.token(&t); err != nil {
			return nil, 0, err
		}
		if len(m.out) > maxMended {
			return nil, 0, errMended
		}
		if t.cut && m.lex.pos >= len(doc) {
			break
		}
	}
	if m.kind == kindNone {
		return nil, 0, errNoRoot
	}
	if !m.closed {
		m.truncated()
	}
	return m.out, m.faults, nil
}

// truncated ends a document that ended early. Only whole entries are kept:
// half an entry would come back as a correction of itself on the next poll.
func (m *mender) truncated() {
	m.faults.add(faultTruncated)
	if m.entry > 0 {
		m.out = m.out[:m.entryAt]
		m.open = m.open[:m.entry]
	}
	m.closeTo(0)
}

func (m *mender) token(t *token) error {
	if m.kind == kindNone && t.kind != tokenStart {
		m.beforeRoot(t)
		return nil
	}
	switch t.kind {
	case tokenText:
		m.text(t.body, false)
	case tokenCDATA:
		if !t.cut {
			m.out = append(m.out, cdataOpen...)
			m.out = append(m.out, t.body...)
			m.out = append(m.out, cdataClose...)
		}
	case tokenStart:
		return m.startTag(t)
	case tokenEnd:
		m.endTag(t)
	case tokenInstruction:
		if isXMLDecl(t.body) {
			m.faults.add(faultDeclaration)
		}
	case tokenDirective:
		m.faults.add(faultMarkup)
	case tokenComment: // dropped; gofeed has no use for it
	}
	return nil
}

// beforeRoot handles what stands in front of the root element.
func (m *mender) beforeRoot(t *token) {
	switch t.kind {
	case tokenText, tokenCDATA, tokenEnd:
		if t.kind != tokenText || len(bytes.Trim(t.body, xmlSpace)) > 0 {
			m.faults.add(faultJunk)
		}
	case tokenInstruction:
		if isXMLDecl(t.body) && len(bytes.Trim(m.lex.doc[:t.start], xmlSpace)) > 0 {
			m.faults.add(faultDeclaration)
		}
	case tokenDirective:
		if m.entities = declaredEntities(t.body); m.entities != nil {
			m.faults.add(faultDoctype)
		}
	}
}

// text writes character data or, quoted, an attribute value, with every
// reference made one that XML knows.
func (m *mender) text(s []byte, quoted bool) {
	for len(s) > 0 && len(m.out) <= maxMended {
		i := bytes.IndexAny(s, "&<>\"")
		if i < 0 {
			m.out = append(m.out, s...)
			return
		}
		m.out = append(m.out, s[:i]...)
		s = s[i:]
		n := 1
		switch s[0] {
		case '&':
			n = m.reference(s)
		case '<':
			m.out = append(m.out, "&lt;"...)
		case '>':
			m.out = append(m.out, "&gt;"...)
		case '"':
			if quoted {
				m.out = append(m.out, "&quot;"...)
			} else {
				m.out = append(m.out, '"')
			}
		}
		s = s[n:]
	}
}

// reference writes what s, which starts with "&", refers to, and returns how
// many bytes of s that took.
func (m *mender) reference(s []byte) int {
	name, n := reference(s)
	if name == nil {
		m.faults.add(faultAmpersand)
		m.out = append(m.out, "&amp;"...)
		return 1
	}
	if name[0] == '#' {
		r, ok := charReference(name)
		switch {
		case !ok:
			m.faults.add(faultAmpersand)
			m.out = append(m.out, "&amp;"...)
			return 1
		case !xmlChar(r):
			m.faults.add(faultCharacter)
		case name[1] == 'X':
			m.faults.add(faultCharacter)
			m.out = appendEscaped(m.out, string(r))
		default:
			m.out = append(m.out, s[:n]...)
		}
		return n
	}
	if predefined(name) {
		m.out = append(m.out, s[:n]...)
		return n
	}
	m.faults.add(faultEntity)
	if v, ok := m.entities[string(name)]; ok {
		m.out = appendEscaped(m.out, v)
		return n
	}
	ref := string(s[:n])
	// Only a name that HTML ends with the semicolon is that entity: it knows
	// some, like &copy, without, and would take the start of another name.
	if v := html.UnescapeString(ref); v != html.UnescapeString(ref[:len(ref)-1])+";" {
		m.out = appendEscaped(m.out, v)
		return n
	}
	m.out = append(m.out, "&amp;"...)
	return 1
}

func (m *mender) startTag(t *token) error {
	local := t.local()
	if m.kind == kindNone {
		kind := kindOf(local)
		if kind == kindNone || t.empty || t.cut {
			m.faults.add(faultJunk)
			return nil
		}
		m.kind = kind
		m.lastEntry = kind.lastEntry(m.lex.doc)
	} else {
		m.closeBefore(local)
	}
	if len(m.open) > 0 {
		m.open[len(m.open)-1].children = true
	}
	switch {
	case len(m.open) >= maxDepth:
		return errDepth
	case len(t.attrs) > maxAttrs:
		return errAttrs
	}
	at := len(m.out)
	name := cleanName(t.name)
	m.out = append(append(m.out, '<'), name...)
	for i := range t.attrs {
		a := &t.attrs[i]
		m.out = append(append(append(m.out, ' '), cleanName(a.name)...), '=', '"')
		m.text(a.value, true)
		m.out = append(m.out, '"')
	}
	if t.empty || isVoid(local) && len(m.open) > 2 {
		if !t.empty {
			m.faults.add(faultMismatch)
		}
		m.out = append(m.out, "/>"...)
		return nil
	}
	m.out = append(m.out, '>')
	if m.entry == 0 && m.kind.isEntry(local) && len(m.open) > 0 {
		m.entry, m.entryAt = len(m.open), at
	}
	m.open = append(m.open, openTag{name: string(name)})
	return nil
}

// closeBefore closes what cannot be open any more when an element of this
// name starts: a leaf such as title when another element of the vocabulary
// starts, and an entry when the next one does.
func (m *mender) closeBefore(local []byte) {
	top := len(m.open) - 1
	switch {
	case m.kind.isEntry(local):
		if m.entry > 0 {
			m.faults.add(faultMismatch)
			m.closeTo(m.entry)
			return
		}
		// Outside an entry only root and channel hold entries.
		keep := 1
		if m.kind != kindAtom && len(m.open) > 1 && is(localName([]byte(m.open[1].name)), "channel") {
			keep = 2
		}
		if len(m.open) > keep {
			m.faults.add(faultMismatch)
			m.closeTo(keep)
		}
	case top > 0 && isLeaf(m.open[top].name) && isVocabulary(local):
		m.faults.add(faultMismatch)
		m.closeTo(top)
	}
}

// endTag closes the element an end tag means, and those left open inside it.
func (m *mender) endTag(t *token) {
	if len(t.name) == 0 {
		return
	}
	name := cleanName(t.name)
	floor := 0
	if m.entry > 0 {
		// Inside an entry an end tag of the same name further out is rather a
		// stray one, unless it is that of the feed itself.
		if !is(localName(name), "channel") && kindOf(localName(name)) == kindNone {
			floor = m.entry
		}
	}
	for i := len(m.open) - 1; i >= floor; i-- {
		if !bytes.EqualFold([]byte(m.open[i].name), name) {
			continue
		}
		if i < len(m.open)-1 || m.open[i].name != string(name) {
			m.faults.add(faultMismatch)
		}
		if i == 0 || i == 1 && is(localName(name), "channel") {
			if m.lastEntry >= t.end && (i == 0 || m.kind == kindRSS) {
				m.faults.add(faultMismatch) // closed too early
				if m.entry > 0 {
					m.closeTo(m.entry)
				}
				return
			}
		}
		m.closeTo(i)
		return
	}
	m.faults.add(faultMismatch)
	if top := len(m.open) - 1; top > 0 && isLeaf(m.open[top].name) && !m.open[top].children && !isInline(localName(name)) {
		m.closeTo(top) // a misspelt end tag
	}
}

// closeTo writes the end tags of all but the n outermost open elements.
func (m *mender) closeTo(n int) {
	for i := len(m.open) - 1; i >= n; i-- {
		m.out = append(m.out, "</"...)
		m.out = append(m.out, m.open[i].name...)
		m.out = append(m.out, '>')
	}
	m.open = m.open[:n]
	if m.entry >= n {
		m.entry = 0
	}
	m.closed = n == 0
}

// cleanName returns name with what no XML name may hold replaced.
func cleanName(name []byte) []byte {
	if plainName(name) {
		return name
	}
	clean := make([]byte, 0, len(name)+1)
	if len(name) == 0 || !nameStart(name[0]) {
		clean = append(clean, '_')
	}
	colon := false
	for i, c := range name {
		switch {
		case c == ':' && !colon && i > 0 && i < len(name)-1:
			colon = true
		case c >= 0x80 || c == ':':
			c = '_'
		}
		clean = append(clean, c)
	}
	return clean
}

// isVoid reports whether HTML knows the element as one without an end tag.
func isVoid(local []byte) bool {
	return slices.ContainsFunc([]string{"br", "hr", "img", "input", "wbr"}, func(v string) bool { return is(local, v) })
}

// isInline reports whether the name is that of HTML markup within a line.
func isInline(local []byte) bool {
	inline := []string{"a", "b", "i", "u", "p", "br", "em", "strong", "span", "font", "sub", "sup", "small", "code", "q"}
	return slices.ContainsFunc(inline, func(v string) bool { return is(local, v) })
}

// isLeaf reports whether the element holds text without markup in every kind
// of feed.
func isLeaf(name string) bool {
	leaves := []string{"title", "link", "guid", "id", "pubdate", "updated", "published", "issued", "modified", "category", "comments", "language", "name", "email"}
	local := localName([]byte(name))
	return slices.ContainsFunc(leaves, func(v string) bool { return is(local, v) })
}

// isVocabulary reports whether a feed, and not HTML text, starts such an element.
func isVocabulary(local []byte) bool {
	words := []string{"link", "guid", "id", "title", "pubdate", "updated", "published", "issued", "modified", "category", "comments", "description", "summary", "content", "encoded", "author", "creator", "enclosure", "channel"}
	return slices.ContainsFunc(words, func(v string) bool { return is(local, v) })
}
