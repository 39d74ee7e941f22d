package actor

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A class says what a letter does in a text.
type class uint8

const (
	other     class = iota // a full stop: it parts words, and no name goes on behind it unless it has one too
	inWord                 // part of a word
	whole                  // a word of its own, see ideograph
	separates              // parts words, but may stand within a name
	decorates              // is not there
)

// A glyph is a letter as it is searched: what it folds to, and its class in
// the high byte.
type glyph uint32

const classBits = 24 // below the class

func newGlyph(folded rune, c class) glyph { return glyph(folded) | glyph(c)<<classBits }

func (g glyph) letter() rune { return rune(g & (1<<classBits - 1)) }
func (g glyph) class() class { return class(g >> classBits) }

// noGlyph is what is behind a text. No name has it.
const noGlyph = ^glyph(0)

// glyphAt returns the letter at text[i] and how many bytes it has.
func glyphAt(text string, i int) (glyph, int) {
	if b := text[i]; b < utf8.RuneSelf {
		return glyphs[b], 1
	}
	return wideAt(text, i)
}

// wideAt is glyphAt for letters beyond ASCII.
func wideAt(text string, i int) (glyph, int) {
	if g, ok := pairAt(text, i); ok {
		return g, 2
	}
	if i+2 < len(text) && text[i]&0xF0 == 0xE0 && text[i+1]&0xC0 == 0x80 && text[i+2]&0xC0 == 0x80 { // three bytes
		r := rune(text[i]&0x0F)<<12 | rune(text[i+1]&0x3F)<<6 | rune(text[i+2]&0x3F)
		switch {
		case 0x0800 <= r && r < rune(len(glyphs)):
			return glyphs[r], 3
		case 0x4E00 <= r && r <= 0x9FFF: // most ideographs
			return newGlyph(r, whole), 3
		}
	}
	r, size := utf8.DecodeRuneInString(text[i:])
	if firstFullWidth <= r && r < firstFullWidth+rune(len(fullWidth)) {
		return fullWidth[r-firstFullWidth], size
	}
	return classify(r), size
}

// pairAt is wideAt for the letters of two bytes, those of most alphabets.
func pairAt(text string, i int) (g glyph, ok bool) {
	if i+1 >= len(text) {
		return 0, false
	}
	a, b := text[i], text[i+1]
	return glyphs[rune(a&0x1F)<<6|rune(b&0x3F)], 0xC2 <= a && a < 0xE0 && b&0xC0 == 0x80
}

// next returns the glyph at text[i], which does not decorate, and where to go
// on: behind the marks that decorate it, or behind the whole run of separators.
func next(text string, i int) (g glyph, to int) {
	if i >= len(text) {
		return noGlyph, i
	}
	g, size := glyphAt(text, i)
	to = i + size
	if g.class() != separates {
		if to == len(text) || text[to] < utf8.RuneSelf {
			return g, to
		}
		if more, ok := pairAt(text, to); ok && more.class() != decorates {
			return g, to
		}
	}
	for ; to < len(text); to += size {
		var more glyph
		more, size = glyphAt(text, to)
		if c := more.class(); c != decorates && (c != separates || g.class() != separates) {
			break
		}
	}
	return g, to
}

// follow returns where the name ends with which text[i:] begins; 0 if it does
// not.
func follow(text string, i int, name []glyph) (to int) {
	for _, want := range name {
		var g glyph
		// As next, but without a call for most letters.
		if i+1 < len(text) && text[i] < utf8.RuneSelf && text[i+1] < utf8.RuneSelf && want.class() != separates {
			g = glyphs[text[i]]
			i++
		} else {
			g, i = next(text, i)
		}
		if g != want {
			return 0
		}
	}
	return i
}

// fold is the folded form of a name.
func fold(name string) []glyph {
	var folded []glyph
	for i := 0; i < len(name); {
		var g glyph
		g, i = next(name, i)
		folded = append(folded, g)
	}
	return folded
}

// spell is what a folded name looks like.
func spell(name []glyph) string {
	var b strings.Builder
	for _, g := range name {
		b.WriteRune(g.letter())
	}
	return b.String()
}

// wordEnd is the end of the word that text[i:] begins with or goes on with.
func wordEnd(text string, i int) int {
	for i < len(text) {
		if b := text[i]; b < utf8.RuneSelf { // as glyphAt, but without a call
			if glyphs[b].class() != inWord {
				break
			}
			i++
			continue
		}
		g, ok := pairAt(text, i)
		size := 2
		if !ok {
			g, size = wideAt(text, i)
		}
		if c := g.class(); c != inWord && c != decorates {
			break
		}
		i += size
	}
	return i
}

// The glyphs of most scripts, up to kana, and of full width forms. To look each
// up in the tables of Unicode would take longer than all the rest.
var (
	glyphs    = [0x3100]glyph(classifyAll(0, 0x3100))
	fullWidth = [0xF0]glyph(classifyAll(firstFullWidth, 0xF0))
)

const firstFullWidth = 0xFF00

// classifyAll is the glyphs of n letters from first on.
func classifyAll(first rune, n int) []glyph {
	all := make([]glyph, n)
	for i := range all {
		all[i] = classify(first + rune(i))
	}
	return all
}

// classify is the glyph of a letter.
func classify(r rune) glyph {
	switch {
	case separator(r):
		return newGlyph(' ', separates)
	case decoration(r):
		return newGlyph(r, decorates)
	}
	r = foldRune(r)
	switch {
	case ideograph(r):
		return newGlyph(r, whole)
	case letter(r):
		return newGlyph(r, inWord)
	}
	return newGlyph(r, other)
}

// letter reports whether r is part of a word.
func letter(r rune) bool {
	if r < utf8.RuneSelf {
		return '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
}

// ideograph reports whether r is of a script that does not part words: a name
// may begin and end anywhere in it.
func ideograph(r rune) bool {
	return r >= 0x2E80 && (unicode.Is(unicode.Han, r) || unicode.Is(unicode.Hiragana, r) || unicode.Is(unicode.Katakana, r) || r == 'ー' || r == '々')
}

// separator reports whether r parts words and may stand within a name. The
// quotation mark in צה"ל and the zero width non-joiner in Persian words do.
func separator(r rune) bool {
	switch r {
	case ' ', '\t', '\n', '\r', '-', '\'', '"', '/', '_':
		return true
	}
	if r < utf8.RuneSelf {
		return false
	}
	switch r {
	case 0x00A0, 0x2010, 0x2011, 0x2012, 0x2013, 0x2018, 0x2019, 0x201C, 0x201D, 0x02BC, 0x00B4, 0x05BE, 0x05F3, 0x05F4, 0x200C, 0x202F, 0x3000, 0x30FB, 0x00B7, '«', '»', '„':
		return true
	}
	return false
}

// decoration reports whether r only decorates the letter before it: accents
// of their own, vowel signs of Arabic and Hebrew, and runes without width.
func decoration(r rune) bool {
	return 0x0300 <= r && r <= 0x036F || 0x0591 <= r && r <= 0x05C7 && r != 0x05BE ||
		0x0610 <= r && r <= 0x061A || 0x064B <= r && r <= 0x065F || r == 0x0670 || r == 0x0640 ||
		r == 0x00AD || r == 0x093C || 0x200B <= r && r <= 0x200F && r != 0x200C || r == 0xFEFF
}

// plain are the letters that accented ones fold to.
var plain = func() map[rune]rune {
	m := map[rune]rune{}
	for to, from := range map[rune]string{
		'a': "àáâãäåāăą", 'c': "çćĉċč", 'd': "ďđ", 'e': "èéêëēĕėęě", 'g': "ĝğġģ", 'h': "ĥħ", 'i': "ìíîïĩīĭįı",
		'k': "ķ", 'l': "ĺļľł", 'n': "ñńņňŉ", 'o': "òóôõöøōŏő", 'r': "ŕŗř", 's': "śŝşšș", 't': "ţťŧț", 'u': "ùúûüũūŭůűų",
		'w': "ŵ", 'y': "ýÿŷ", 'z': "źżž",
		'е': "ё", 'и': "й", 'і': "ї",
		'ا': "أإآٱ", 'ي': "ىی", 'ك': "ک", 'ه': "ةۀە",
	} {
		for _, r := range from {
			m[r] = to
		}
	}
	return m
}()

func foldRune(r rune) rune {
	if 0xFF01 <= r && r <= 0xFF5E {
		r -= 0xFEE0 // full width
	}
	r = unicode.ToLower(r)
	if p, ok := plain[r]; ok {
		return p
	}
	return r
}
