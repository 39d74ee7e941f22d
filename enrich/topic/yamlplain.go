package topic

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Rule files are mappings and long lists of words. A general YAML parser makes
// of every word and comma a token that knows its neighbours, and takes a
// quarter of a second over them, which is most of the time to start. So what
// is plain is read here, and a file with anything else in it, or anything wrong
// with it, is left to the parser: it alone says what is YAML. A test holds that
// the two never differ.

// readPlain reads a document of mappings, lists and texts, in blocks or
// brackets, with comments. It reports false if there is more to it.
func readPlain(data string) (v *value, ok bool) {
	if !plainRunes(data) {
		return nil, false
	}
	p := &plain{s: data, line: 1}
	defer func() {
		if e := recover(); e != nil {
			if _, mine := e.(notPlain); !mine {
				panic(e)
			}
			v, ok = nil, false
		}
	}()
	p.nextLine()
	doc := p.block(0)
	p.want(p.at == len(p.s) && doc.kind == mapping)
	return &doc, true
}

// plainRunes reports whether nothing but a line feed in s may end a line, and
// all of it may stand in one.
func plainRunes(s string) bool {
	for i := 0; i < len(s); {
		if c := s[i]; ' ' <= c && c < 0x7F || c == '\n' {
			i++
			continue
		}
		c, size := utf8.DecodeRuneInString(s[i:])
		if c < 0xA0 || c == utf8.RuneError || c == 0x2028 || c == 0x2029 || c == 0xFEFF {
			return false
		}
		i += size
	}
	return true
}

// A plain is a document on its way from text to value.
type plain struct {
	s     string
	at    int
	line  int32
	col   int     // of the first symbol of the line
	stack []value // of collections not yet closed
}

// notPlain is the panic of a reader that gives up.
type notPlain struct{}

func (p *plain) want(ok bool) {
	if !ok {
		panic(notPlain{})
	}
}

// peek returns the byte at the current place, a line feed at the end.
func (p *plain) peek() byte {
	if p.at == len(p.s) {
		return '\n'
	}
	return p.s[p.at]
}

// sees reports whether c follows, and then a space or the end of the line.
func (p *plain) sees(c byte) bool {
	return p.peek() == c && (p.at+1 == len(p.s) || p.s[p.at+1] == ' ' || p.s[p.at+1] == '\n')
}

// spaces passes spaces, and a comment behind them.
func (p *plain) spaces() {
	from := p.at
	for p.peek() == ' ' {
		p.at++
	}
	if p.peek() == '#' {
		p.want(p.at > from || p.at == 0 || p.s[p.at-1] == '\n')
		for p.peek() != '\n' {
			p.at++
		}
	}
}

// nextLine goes to the first symbol of the next line that has one, or to the end.
func (p *plain) nextLine() {
	for p.at < len(p.s) {
		start := p.at
		p.spaces()
		if p.peek() != '\n' {
			p.col = p.at - start
			return
		}
		if p.at < len(p.s) {
			p.at++
			p.line++
		}
	}
	p.col = -1
}

// endLine passes what may follow a value on its line.
func (p *plain) endLine() {
	p.spaces()
	p.want(p.peek() == '\n')
	if p.at < len(p.s) {
		p.at++
		p.line++
	}
	p.nextLine()
}

// Bounds on what is read here, which no rule file comes near.
const (
	maxNesting = 20
	maxKeys    = 1000 // of one mapping
)

// block reads the mapping or list that begins here, at the start of a line or
// behind the dash of an item.
func (p *plain) block(depth int) value {
	p.want(depth < maxNesting && p.col >= 0)
	col, from, v := p.col, len(p.stack), value{kind: mapping, line: p.line}
	if p.sees('-') {
		v.kind = list
	}
	for p.col == col && p.sees('-') == (v.kind == list) {
		if v.kind == list {
			p.item(col, depth)
		} else {
			p.pair(col, depth, from)
		}
	}
	p.want(p.col < col || p.col == col && v.kind == list)
	return p.close(v, from)
}

// close makes the values on the stack from a place on those of v.
func (p *plain) close(v value, from int) value {
	v.list = append([]value(nil), p.stack[from:]...)
	p.stack = p.stack[:from]
	return v
}

// item reads a dash and what it stands before.
func (p *plain) item(col, depth int) {
	p.at++
	gap := p.at
	for p.peek() == ' ' {
		p.at++
	}
	p.want(p.peek() != '\n' && p.peek() != '#' && !p.sees('-'))
	if p.keyAhead() {
		p.col = col + 1 + p.at - gap
		p.stack = append(p.stack, p.block(depth+1))
		return
	}
	v := p.value(absent, depth, col)
	p.endLine()
	p.want(p.col <= col)
	p.stack = append(p.stack, v)
}

// keyAhead reports whether the line goes on with the key of a mapping.
func (p *plain) keyAhead() bool {
	if strings.IndexByte(`[{"'`, p.peek()) >= 0 {
		return false
	}
	rest, _, _ := strings.Cut(p.s[p.at:], "\n")
	return strings.Contains(rest, ": ") || strings.HasSuffix(rest, ":")
}

// pair reads a key and its value onto the stack. The pairs of the mapping so
// far are there from a place on.
func (p *plain) pair(col, depth, from int) {
	p.key(from)
	p.spaces()
	if p.peek() != '\n' {
		v := p.value(absent, depth, col)
		p.endLine()
		p.want(p.col <= col)
		p.stack = append(p.stack, v)
		return
	}
	p.endLine()
	p.want(p.col > col || p.col == col && p.sees('-')) // else there is no value
	p.stack = append(p.stack, p.block(depth+1))
}

// key reads a key and its colon onto the stack, where the pairs of its mapping
// are from a place on.
func (p *plain) key(from int) {
	end := strings.IndexByte(p.s[p.at:], ':')
	p.want(end > 0 && len(p.stack)-from < 2*maxKeys)
	key := p.s[p.at : p.at+end]
	p.want(simpleKey(key))
	for i := from; i < len(p.stack); i += 2 {
		p.want(p.stack[i].text != key)
	}
	p.stack = append(p.stack, value{kind: scalar, line: p.line, text: key})
	p.at += end
	p.want(p.sees(':'))
	p.at++
}

// simpleKey reports whether s is a key that needs no thought.
func simpleKey(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < 'a' || c > 'z') && (i == 0 || c != '-') {
			return false
		}
	}
	return s != "null" && s != "true" && s != "false"
}

// value reads a value that begins here, within brackets of a kind or none, in
// the block at col.
func (p *plain) value(in kind, depth, col int) value {
	p.want(depth < maxNesting)
	v := value{kind: scalar, line: p.line}
	switch p.peek() {
	case '[', '{':
		return p.bracket(depth+1, col)
	case '"':
		v.text = p.quoted()
	default:
		v.text = p.word(in, col)
	}
	return v
}

// bracket reads a list or mapping in brackets.
func (p *plain) bracket(depth, col int) value {
	v, end, from := value{kind: list, line: p.line}, byte(']'), len(p.stack)
	if p.peek() == '{' {
		v.kind, end = mapping, '}'
	}
	p.at++
	p.gap(col)
	for p.peek() != end {
		if v.kind == mapping {
			p.key(from)
			p.gap(col)
		}
		p.stack = append(p.stack, p.value(v.kind, depth, col))
		p.gap(col)
		if p.peek() == ',' {
			p.at++
			p.gap(col)
			p.want(p.peek() != end)
		} else {
			p.want(p.peek() == end)
		}
	}
	p.at++
	return p.close(v, from)
}

// gap passes white space within brackets. Lines that follow the first must
// stand further to the right than the block at col.
func (p *plain) gap(col int) {
	for p.spaces(); p.peek() == '\n'; p.spaces() {
		p.want(p.at < len(p.s))
		p.at++
		p.line++
		n := 0
		for p.at+n < len(p.s) && p.s[p.at+n] == ' ' {
			n++
		}
		p.want(n > col)
	}
}

var unescape = strings.NewReplacer(`\\`, `\`, `\"`, `"`)

// quoted reads a text in double quotes, on one line.
func (p *plain) quoted() string {
	p.at++
	escaped := false
	for i := p.at; i < len(p.s) && p.s[i] != '\n'; i++ {
		switch p.s[i] {
		case '\\':
			i++
			p.want(i < len(p.s) && (p.s[i] == '"' || p.s[i] == '\\'))
			escaped = true
		case '"':
			text := p.s[p.at:i]
			p.at = i + 1
			if escaped {
				text = unescape.Replace(text)
			}
			return text
		}
	}
	panic(notPlain{})
}

// word reads a text without quotes. Within brackets it ends before a comma or
// a bracket, and in those of a list it may go on in the next line.
func (p *plain) word(in kind, col int) string {
	text := p.wordOfLine(in)
	if in == list && p.peek() == '\n' {
		lines := []string{text}
		for p.peek() == '\n' {
			line := p.line
			p.gap(col)
			p.want(p.line == line+1) // an empty line would be part of the text
			lines = append(lines, p.wordOfLine(in))
		}
		text = strings.Join(lines, " ")
	}
	p.want(text != "null" && text != "Null" && text != "NULL")
	return text
}

// wordOfLine reads as much of a text without quotes as stands on this line.
func (p *plain) wordOfLine(in kind) string {
	start := p.at
	c, _ := utf8.DecodeRuneInString(p.s[p.at:])
	p.want(unicode.IsLetter(c) || '0' <= c && c <= '9')
	for !p.wordEnds(in != absent) {
		p.at++
	}
	return strings.TrimRight(p.s[start:p.at], " ")
}

// wordEnds reports whether a text without quotes ends here.
func (p *plain) wordEnds(brackets bool) bool {
	switch p.peek() {
	case '\n':
		return true
	case ',', ']', '}':
		return brackets
	case '[', '{':
		p.want(!brackets)
	case '#', ':': // a colon may make a key of what is before it, or not
		p.want(false)
	}
	return false
}
