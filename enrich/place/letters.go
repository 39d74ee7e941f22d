package place

import (
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// A script decides how words of it are taken apart and inflected.
type script uint8

const (
	other script = iota
	latin
	cyrillic
	arabic
	hebrew
	ideographs // written without spaces: each one is a word of its own
	katakana
	digits
)

const none script = 255

// ascii is the script of each byte that is a rune of its own, and beyond of
// those that are not.
var ascii = func() (t [256]script) {
	for c := range t {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z':
			t[c] = latin
		case '0' <= c && c <= '9':
			t[c] = digits
		case c >= utf8.RuneSelf:
			t[c] = beyond
		default:
			t[c] = none
		}
	}
	return t
}()

const beyond script = 254

// scriptOfRune returns the script of a rune, see page.script.
func scriptOfRune(r rune) script {
	switch {
	case r < utf8.RuneSelf:
		return ascii[r]
	case r >= 0x3400 && r < 0xA000, r >= 0x3041 && r < 0x30A0:
		return ideographs
	case r < 0xC0, r == '×', r == '÷', r >= 0x2B0 && r < 0x300:
		return none
	case r < 0x300, r >= 0x1E00 && r < 0x1F00:
		return latin
	case r < 0x370:
		return other
	case r >= 0x400 && r < 0x530:
		return cyrillic
	case r >= 0x5BE && r <= 0x5C6 && r != 0x5BF || r == '׳' || r == '״' || r >= 0x600 && r < 0x610 || r == 0x61B || r == 0x61F || r >= 0x66A && r <= 0x66D || r == 0x6D4:
		return none
	case r >= 0x591 && r < 0x600:
		return hebrew
	case r >= 0x610 && r < 0x780, r >= 0xFB50 && r < 0xFE00, r >= 0xFE70 && r < 0xFEFF:
		return arabic
	case r == 0x200D:
		return other
	case r >= 0x2000 && r < 0x2070, r >= 0x3000 && r < 0x3005, r >= 0x3008 && r <= 0x3020, r == 0x30FB:
		return none
	case r >= 0x30A1 && r <= 0x30FF:
		return katakana
	case r == '々', r >= 0xF900 && r < 0xFB00, r >= 0x20000 && r < 0x32000:
		return ideographs
	case unicode.IsLetter(r), unicode.IsMark(r), unicode.IsDigit(r):
		return other
	}
	return none
}

// A letter is what reading a word must know of a rune.
type letter struct {
	script  script
	capital bool    // differs from its lower case
	small   bool    // is lower case and has an upper one
	accent  bool    // belongs on the letter before it
	n       uint8   // bytes of its folded form
	folded  [3]byte // it, if it has so many at most
}

// lastLetter is the end of what is tabulated: the alphabets, whose runes come
// by the thousand.
const lastLetter = 0x1000

var letters = sync.OnceValue(func() *[lastLetter]letter {
	t := new([lastLetter]letter)
	for r := range t {
		t[r] = letterOf(rune(r))
	}
	return t
})

func letterOf(r rune) letter {
	if 0x3041 <= r && r <= 0x30FF { // kana, which stand for themselves
		l := letter{script: scriptOfRune(r)}
		l.n = uint8(utf8.EncodeRune(l.folded[:], r))
		return l
	}
	low := unicode.ToLower(r)
	l := letter{script: scriptOfRune(r), capital: low != r, small: low == r && unicode.ToUpper(r) != r, accent: isAccent(low)}
	if !l.accent {
		key := fold(nil, low)
		l.n = uint8(len(key))
		copy(l.folded[:], key)
	}
	return l
}

// isAccent reports whether r is an accent of its own.
func isAccent(r rune) bool { return r >= 0x300 && r <= 0x36F }

// putAccent puts an accent on the last letter of key.
func putAccent(key []byte, accent rune) []byte {
	last, n := utf8.DecodeLastRune(key)
	var pair [2 * utf8.UTFMax]byte
	b := utf8.AppendRune(utf8.AppendRune(pair[:0], last), accent)
	return append(key[:len(key)-n], norm.NFC.Bytes(b)...)
}

// fold appends the folded form of r, a lower-case rune that is no accent.
func fold(key []byte, r rune) []byte {
	if to, ok := folds[r]; ok {
		return append(key, to...)
	}
	switch {
	case r >= 0x0591 && r <= 0x05C7, r >= 0x0610 && r <= 0x061A, r >= 0x064B && r <= 0x065F, r == 0x0670, r == 0x0640:
		return key
	case r >= 0x0958 && r <= 0x095F || r >= 0xFB1D && r <= 0xFEFC:
		for _, d := range string(norm.NFKD.AppendString(nil, string(r))) {
			if d != 0x093C {
				key = utf8.AppendRune(key, d)
			}
		}
		return key
	}
	return utf8.AppendRune(key, r)
}

// folds are letters that are written one for another, and letters that leave
// nothing.
var folds = map[rune]string{
	'ё': "е", 'ґ': "г", 'ı': "i", 'ß': "ss",
	'أ': "ا", 'إ': "ا", 'آ': "ا", 'ٱ': "ا", 'ى': "ي", 'ی': "ي", 'ة': "ه", 'ۀ': "ه", 'ک': "ك", 'ؤ': "و", 'ئ': "ي",
	'ە': "ه", 'ہ': "ه", 'ے': "ي",
	'\u093c': "", '\u200d': "", '\u200c': "",
}
