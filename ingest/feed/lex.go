package feed

import (
	"bytes"
	"strings"
)

// A tokenKind says what a token is.
type tokenKind uint8

const (
	tokenText tokenKind = iota
	tokenCDATA
	tokenComment
	tokenInstruction // <?…?>
	tokenDirective   // <!DOCTYPE …>
	tokenStart
	tokenEnd
)

// An attr is one attribute of a start tag, its value still escaped.
type attr struct {
	name, value []byte
	nameAt, at  int // where name and value start in the document
}

// A token is one piece of an XML document. Its slices and attrs are valid
// until the next call of lexer.next.
type token struct {
	kind       tokenKind
	start, end int    // the whole token within the document
	body       []byte // text, or what stands between the delimiters
	name       []byte // of start and end tags, with prefix
	attrs      []attr
	empty      bool // <x/>
	fault      fault
	cut        bool // the document ends inside this token
}

// local returns the name of a tag without its prefix.
func (t *token) local() []byte { return localName(t.name) }

func localName(name []byte) []byte {
	if i := bytes.IndexByte(name, ':'); i >= 0 {
		return name[i+1:]
	}
	return name
}

// A lexer splits a document into tokens. It accepts any bytes: what is not
// well-formed gets a fault and the reading that loses least. What it finds no
// fault with, encoding/xml splits in the same way; the guard rests on that.
type lexer struct {
	doc   []byte
	pos   int
	attrs []attr
	// noComment, noCDATA, noInstruction, noDoctype and noAngle say that no such
	// end follows, so that a document full of openings is not searched again
	// for each.
	noComment, noCDATA, noInstruction, noDoctype, noAngle bool
}

var (
	commentOpen  = []byte("<!--")
	commentClose = []byte("-->")
	cdataOpen    = []byte("<![CDATA[")
	cdataClose   = []byte("]]>")
	piOpen       = []byte("<?")
	piClose      = []byte("?>")
	doctypeOpen  = []byte("<!DOCTYPE")
)

// next returns the next token, and false at the end of the document.
func (l *lexer) next(t *token) bool {
	if l.pos >= len(l.doc) {
		return false
	}
	*t = token{start: l.pos}
	rest := l.doc[l.pos:]
	if rest[0] != '<' {
		l.text(t, 0)
		return true
	}
	switch {
	case len(rest) == 1:
		t.fault, t.cut = faultMarkup, true
		l.finish(t, tokenText, rest, len(rest))
	case rest[1] == '/':
		l.endTag(t)
	case rest[1] == '?':
		l.delimited(t, tokenInstruction, piOpen, piClose, &l.noInstruction)
	case rest[1] == '!':
		l.bang(t)
	case nameStart(rest[1]):
		l.startTag(t)
	default:
		t.fault = faultMarkup
		l.text(t, 1)
	}
	return true
}

// finish ends t after n bytes.
func (l *lexer) finish(t *token, kind tokenKind, body []byte, n int) {
	t.kind, t.body = kind, body
	l.pos += n
	t.end = l.pos
}

// text reads character data up to the next "<", from skip bytes on.
func (l *lexer) text(t *token, skip int) {
	rest := l.doc[l.pos:]
	n := bytes.IndexByte(rest[skip:], '<')
	if n < 0 {
		n = len(rest)
	} else {
		n += skip
	}
	l.finish(t, tokenText, rest[:n], n)
}

// delimited reads a token that runs to closing, whatever is in between. When
// there is none, the opening alone is the token.
func (l *lexer) delimited(t *token, kind tokenKind, opening, closing []byte, none *bool) {
	rest := l.doc[l.pos:]
	i := -1
	if !*none {
		i = bytes.Index(rest[len(opening):], closing)
	}
	if i < 0 {
		*none = true
		t.fault, t.cut = faultUnclosed, true
		l.finish(t, kind, nil, len(opening))
		return
	}
	body := rest[len(opening):][:i]
	l.finish(t, kind, body, len(opening)+i+len(closing))
}

// bang reads what starts with "<!".
func (l *lexer) bang(t *token) {
	rest := l.doc[l.pos:]
	switch {
	case bytes.HasPrefix(rest, commentOpen):
		l.delimited(t, tokenComment, commentOpen, commentClose, &l.noComment)
		// encoding/xml rejects "--" inside a comment, and "--->" as its end.
		if bytes.Contains(t.body, commentOpen[2:]) || bytes.HasSuffix(t.body, []byte("-")) {
			t.fault = faultMarkup
		}
	case bytes.HasPrefix(rest, cdataOpen):
		l.delimited(t, tokenCDATA, cdataOpen, cdataClose, &l.noCDATA)
	case len(rest) >= len(doctypeOpen) && bytes.EqualFold(rest[:len(doctypeOpen)], doctypeOpen):
		l.doctype(t)
	default:
		t.fault = faultMarkup
		l.text(t, 1)
	}
}

// doctype reads a document type declaration with its internal subset.
func (l *lexer) doctype(t *token) {
	rest := l.doc[l.pos:]
	brackets, angles := 0, 0
	var quote byte
	for i := len(doctypeOpen); i < len(rest) && !l.noDoctype; i++ {
		c := rest[i]
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '[':
			brackets++
		case c == ']':
			brackets--
		case c == '<':
			if bytes.HasPrefix(rest[i:], commentOpen) {
				// encoding/xml reads quotes inside such a comment differently.
				t.fault = faultDoctype
			}
			angles++
		case c == '>' && angles > 0:
			angles--
		case c == '>':
			if brackets != 0 {
				t.fault = faultDoctype
			}
			l.finish(t, tokenDirective, rest[len(doctypeOpen):i], i+1)
			return
		}
	}
	// Not closed as written: give up at the first ">".
	t.fault, l.noDoctype = faultDoctype, true
	n := 0
	if !l.noAngle {
		n = bytes.IndexByte(rest, '>') + 1
	}
	if n == 0 {
		n, l.noAngle = len(doctypeOpen), true
	}
	l.finish(t, tokenDirective, nil, n)
}

// endTag reads </name>.
func (l *lexer) endTag(t *token) {
	rest := l.doc[l.pos:]
	i := 2
	for i < len(rest) && nameByte(rest[i]) {
		i++
	}
	t.name = rest[2:i]
	j := i
	for j < len(rest) && isSpace(rest[j]) {
		j++
	}
	switch {
	case j < len(rest) && rest[j] == '>' && i > 2:
		if !plainName(t.name) {
			t.fault = faultMarkup
		}
		l.finish(t, tokenEnd, nil, j+1)
		return
	case i == 2 && (j >= len(rest) || rest[j] != '>'):
		t.fault = faultMarkup
		l.text(t, 1)
		return
	}
	t.fault = faultMarkup
	n := bytes.IndexAny(rest[1:], "<>")
	switch {
	case n < 0:
		t.cut = true
		l.finish(t, tokenEnd, nil, len(rest))
	case rest[1+n] == '>':
		l.finish(t, tokenEnd, nil, n+2)
	default:
		l.finish(t, tokenEnd, nil, n+1)
	}
}

// startTag reads <name attr="value" …>.
func (l *lexer) startTag(t *token) {
	rest := l.doc[l.pos:]
	i := 1
	for i < len(rest) && nameByte(rest[i]) {
		i++
	}
	t.name = rest[1:i]
	if i < len(rest) && !isSpace(rest[i]) && rest[i] != '>' && rest[i] != '/' {
		// "<me@example.com>" and the like are text.
		t.fault = faultMarkup
		l.text(t, 1)
		return
	}
	if !plainName(t.name) {
		t.fault = faultMarkup
	}
	l.attrs = l.attrs[:0]
	for {
		for i < len(rest) && isSpace(rest[i]) {
			i++
		}
		switch {
		case i >= len(rest):
			t.fault, t.cut = faultUnclosed, true
		case rest[i] == '>':
			i++
		case rest[i] == '/' && i+1 < len(rest) && rest[i+1] == '>':
			t.empty = true
			i += 2
		case rest[i] == '<':
			t.fault = faultMarkup // "<a <b>": the first was never closed
		default:
			i = l.attribute(t, rest, i)
			continue
		}
		break
	}
	t.attrs = l.attrs
	l.finish(t, tokenStart, nil, i)
}

// attribute reads one attribute at rest[i:] and returns where it ends.
func (l *lexer) attribute(t *token, rest []byte, i int) int {
	start := i
	for i < len(rest) && nameByte(rest[i]) {
		i++
	}
	if i == start {
		t.fault = faultAttribute
		return i + 1
	}
	a := attr{name: rest[start:i], nameAt: l.pos + start}
	if !nameStart(a.name[0]) || !plainName(a.name) {
		t.fault = faultAttribute
	}
	j := i
	for j < len(rest) && isSpace(rest[j]) {
		j++
	}
	if j >= len(rest) || rest[j] != '=' {
		t.fault = faultAttribute
		a.value, a.at = a.name, l.pos+start
		l.keep(a)
		return i
	}
	for j++; j < len(rest) && isSpace(rest[j]); {
		j++
	}
	i = j
	if j < len(rest) && (rest[j] == '"' || rest[j] == '\'') {
		i++
		n := bytes.IndexByte(rest[i:], rest[j])
		switch {
		case n < 0 || strayQuote(rest[i:i+n]):
			// The closing quote is missing: take what an unquoted value would be.
			t.fault = faultAttribute
			n = max(bytes.IndexAny(rest[i:], "<>\r\n"), 0)
			a.value, a.at = rest[i:i+n], l.pos+i
			i += n
		default:
			a.value, a.at = rest[i:i+n], l.pos+i
			if bytes.IndexByte(a.value, '<') >= 0 {
				t.fault = faultAttribute
			}
			i += n + 1
		}
	} else {
		t.fault = faultAttribute
		for i < len(rest) && !isSpace(rest[i]) && rest[i] != '>' && rest[i] != '<' {
			if rest[i] == '/' && i+1 < len(rest) && rest[i+1] == '>' {
				break
			}
			i++
		}
		a.value, a.at = rest[j:i], l.pos+j
	}
	l.keep(a)
	return i
}

// keep notes an attribute, up to one more than is allowed.
func (l *lexer) keep(a attr) {
	if len(l.attrs) <= maxAttrs {
		l.attrs = append(l.attrs, a)
	}
}

// strayQuote reports whether an attribute value ran past its end, because a
// quote is missing: it then holds the end of its tag and the next one.
func strayQuote(value []byte) bool {
	i := bytes.IndexByte(value, '>')
	return i >= 0 && bytes.IndexByte(value[i:], '<') >= 0 && bytes.ContainsAny(value[i:], "=/")
}

// xmlSpace is what XML calls white space.
const xmlSpace = " \t\r\n"

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

func nameStart(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_'
}

// nameByte reports whether c may stand inside a name. Letters beyond ASCII
// are let through here and refused by plainName.
func nameByte(c byte) bool {
	return nameStart(c) || '0' <= c && c <= '9' || c == ':' || c == '-' || c == '.' || c >= 0x80
}

// plainName reports whether name is one that every XML parser takes: ASCII,
// with at most one colon, and that inside.
func plainName(name []byte) bool {
	colons := 0
	for _, c := range name {
		if c >= 0x80 {
			return false
		}
		if c == ':' {
			colons++
		}
	}
	return len(name) > 0 && nameStart(name[0]) &&
		(colons == 0 || colons == 1 && name[len(name)-1] != ':')
}

// is reports whether a name equals want, which is lower case, whatever its case.
func is(name []byte, want string) bool {
	return len(name) == len(want) && strings.EqualFold(string(name), want)
}
