package place

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// spell appends the ways through a trie to the name that was read: its words,
// each whole, with any ending if a star follows it, and with its own ending
// taken off if it is inflected.
func (l *loader) spell(to *leaves, n name, inflect bool) error {
	p := &l.page
	if len(p.text) > maxName {
		return fmt.Errorf("name %q is longer than %d bytes", p.text, maxName)
	}
	if len(p.words) == 0 || len(p.words) > maxWords {
		return fmt.Errorf("name %q has %d words, want 1 to %d", p.text, len(p.words), maxWords)
	}
	l.words = l.words[:0]
	for i, w := range p.words {
		key := p.key(i)
		if w.script == arabic && !strings.HasPrefix(p.text[w.start:], "آ") {
			key = withoutArticle(key)
		}
		f := form{whole: key, star: p.starred(i)}
		if inflect && !f.star && len(p.words) <= 4 {
			f.stem = stemOf(key, w.script, len(p.words))
		}
		l.words = append(l.words, f)
	}
	to.spell(n, l.words, nil)
	return nil
}

// A form is a word of a name, and what is left of it without its ending.
type form struct {
	whole, stem []byte // stem is empty if it has none
	star        bool
}

// spell adds the ways to n that begin with path and go on with words.
func (l *leaves) spell(n name, words []form, path []byte) {
	w, rest := words[0], words[1:]
	if w.star {
		l.spellWord(n, w.whole, anyEnd, rest, path)
		return
	}
	l.spellWord(n, w.whole, 0, rest, path)
	if len(w.stem) > 0 {
		l.spellWord(n, w.stem, caseEnd, rest, path)
	}
}

// spellWord adds those that go on with key and, if it is not 0, mark.
func (l *leaves) spellWord(n name, key []byte, mark byte, rest []form, path []byte) {
	start := len(l.paths)
	l.paths = append(append(l.paths, path...), key...)
	if mark != 0 {
		l.paths = append(l.paths, mark)
	}
	if len(rest) == 0 {
		l.all = append(l.all, leaf{uint32(start), uint16(len(l.paths) - start), n})
		return
	}
	l.paths = append(l.paths, nextWord)
	l.spell(n, rest, l.paths[start:])
}

// fold returns the folded form of the name that was read, its words parted by
// one space, without a star at the end.
func (l *loader) fold() []byte {
	p := &l.page
	l.folded = l.folded[:0]
	for i := range p.words {
		if i > 0 {
			l.folded = append(l.folded, nextWord)
		}
		l.folded = append(l.folded, p.key(i)...)
		if p.starred(i) && i < len(p.words)-1 {
			l.folded = append(l.folded, anyEnd)
		}
	}
	return l.folded
}

// starred reports whether a star follows word i.
func (p *page) starred(i int) bool {
	end := int(p.words[i].end)
	return end < len(p.text) && p.text[end] == '*'
}

// withoutAccents returns s with its accents and the signs of transliteration
// taken off.
func withoutAccents(s string) string {
	if strings.IndexFunc(s, func(r rune) bool { return r == '\'' || r >= utf8.RuneSelf }) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range norm.NFD.String(s) {
		switch {
		case r >= 0x300 && r <= 0x36F, r == '‘', r == '’', r == '\'', r == 'ʼ':
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
