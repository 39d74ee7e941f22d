package actor

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// letter reports whether r is part of a word.
func letter(r rune) bool {
	if r < utf8.RuneSelf {
		return '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
}

// What the letters of ASCII fold to, and which are part of words.
var asciiFolds, asciiLetters = func() (folds [utf8.RuneSelf]byte, letters [utf8.RuneSelf]bool) {
	for c := range byte(utf8.RuneSelf) {
		folds[c], letters[c] = c, letter(rune(c))
		switch {
		case separator(rune(c)):
			folds[c] = ' '
		case 'A' <= c && c <= 'Z':
			folds[c] = c | 0x20
		}
	}
	return folds, letters
}()

// whole reports whether r is of a script that does not part words: a name may
// begin and end anywhere in it.
func whole(r rune) bool {
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

// particles returns how many bytes may be taken off the front of a folded
// word: in Arabic and, so, with, to, like and then perhaps the article; in
// Hebrew up to two of and, the, in, to, from, that, like.
func particles(word []byte) []int {
	r, _ := utf8.DecodeRune(word)
	switch {
	case 0x0600 <= r && r <= 0x06FF:
		return arabicParticles(word)
	case 0x05D0 <= r && r <= 0x05EA:
		return hebrewParticles(word)
	}
	return nil
}

const letterBytes = 2 // of an Arabic or Hebrew letter

func arabicParticles(word []byte) []int {
	var cuts []int
	at := 0
	for _, set := range [...]string{"وف", "بلك"} {
		if r, _ := utf8.DecodeRune(word[at:]); len(word)-at > 3*letterBytes && strings.ContainsRune(set, r) {
			at += letterBytes
			cuts = append(cuts, at)
		}
	}
	for _, article := range [...]string{"ال", "ل"} {
		if rest := string(word[at:]); strings.HasPrefix(rest, article) && len(rest) > len(article)+2*letterBytes {
			return append(cuts, at+len(article))
		}
	}
	return cuts
}

func hebrewParticles(word []byte) []int {
	var cuts []int
	for at := 0; len(cuts) < 2; {
		r, _ := utf8.DecodeRune(word[at:])
		if len(word)-at <= 2*letterBytes || !strings.ContainsRune("והבלמשכ", r) {
			break
		}
		at += letterBytes
		cuts = append(cuts, at)
	}
	return cuts
}
