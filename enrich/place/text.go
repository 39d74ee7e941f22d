package place

import (
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

// A word is a word of a page, or one ideograph.
type word struct {
	start, end int32 // bytes of the page's text
	from, to   int32 // bytes of the page's keys
	sentence   int32
	script     script
	upper      bool // begins with a capital letter
	caps       bool // has capital letters only
	joined     bool // only what may stand inside a name parts it from the next word
	comma      bool // a comma and white space part it from the next word
}

// A page is a field taken apart into words. Names are sought in the folded
// form of its words: lower case, without vowel signs of Arabic and Hebrew.
type page struct {
	field string
	text  string
	keys  []byte
	words []word
	caps  bool // nearly all its letters are capitals: case says nothing
	title bool // nearly all its words begin with a capital letter
}

func (p *page) key(i int) []byte { return p.keys[p.words[i].from:p.words[i].to] }

// read takes text apart.
func read(field, text string) *page {
	p := &page{field: field, text: text}
	p.keys = make([]byte, 0, len(text)+len(text)/8)
	p.words = make([]word, 0, len(text)/5+1)
	var sentence int32
	for i := 0; i < len(text); {
		s, size := scriptOf(text[i:])
		if s == none {
			var ends bool
			i, ends = p.gap(i)
			if ends {
				sentence++
			}
			continue
		}
		if len(p.words) > 0 && p.words[len(p.words)-1].end == int32(i) {
			p.words[len(p.words)-1].joined = true
		}
		i = p.word(i, size, s, sentence)
	}
	p.measureCase()
	return p
}

// word reads the word at byte i of the text, whose first rune is size bytes
// of script s, and returns where it ends.
func (p *page) word(i, size int, s script, sentence int32) int {
	w := word{start: int32(i), from: int32(len(p.keys)), sentence: sentence, script: s, caps: true}
	letters := 0
	if s == latin || s == digits { // most words of most texts: nothing to fold
		for ; i < len(p.text); i++ {
			c := p.text[i]
			low := c | 0x20
			if s == digits {
				if c < '0' || c > '9' {
					break
				}
				low = c
			} else if low < 'a' || low > 'z' {
				break
			}
			if low != c {
				w.upper = w.upper || letters == 0
			} else if s == latin {
				w.caps = false
			}
			letters++
			p.keys = append(p.keys, low)
		}
	}
	for i < len(p.text) {
		next, n := scriptOf(p.text[i:])
		if next == none || letters > 0 && next != s && next != other {
			break
		}
		if letters > 0 && s == ideographs && next != other {
			break
		}
		r := rune(p.text[i])
		if r >= utf8.RuneSelf {
			r, _ = utf8.DecodeRuneInString(p.text[i:])
		}
		low := unicode.ToLower(r)
		if low != r {
			w.upper = w.upper || letters == 0
		} else if low != unicode.ToUpper(r) {
			w.caps = false
		}
		letters++
		p.fold(low, int(w.from))
		i += n
	}
	w.caps = w.caps && w.upper
	w.end, w.to = int32(i), int32(len(p.keys))
	p.words = append(p.words, w)
	return i
}

// fold appends the folded form of r, a lower-case rune of the word whose key
// starts at from.
func (p *page) fold(r rune, from int) {
	switch {
	case r < utf8.RuneSelf:
		p.keys = append(p.keys, byte(r))
		return
	case r >= 0x300 && r <= 0x36F: // an accent of its own: put it on its letter
		if len(p.keys) > from {
			last, n := utf8.DecodeLastRune(p.keys)
			var pair [2 * utf8.UTFMax]byte
			b := utf8.AppendRune(utf8.AppendRune(pair[:0], last), r)
			p.keys = append(p.keys[:len(p.keys)-n], norm.NFC.Bytes(b)...)
		}
		return
	}
	if to, ok := folds[r]; ok {
		p.keys = append(p.keys, to...)
		return
	}
	switch {
	case r >= 0x0591 && r <= 0x05C7, r >= 0x0610 && r <= 0x061A, r >= 0x064B && r <= 0x065F, r == 0x0670, r == 0x0640:
	case r >= 0x0958 && r <= 0x095F || r >= 0xFB1D && r <= 0xFEFC:
		for _, d := range string(norm.NFKD.AppendString(nil, string(r))) {
			if d != 0x093C {
				p.keys = utf8.AppendRune(p.keys, d)
			}
		}
	default:
		p.keys = utf8.AppendRune(p.keys, r)
	}
}

// folds are letters that are written one for another, and letters that leave
// nothing.
var folds = map[rune]string{
	'ё': "е", 'ґ': "г", 'ı': "i", 'ß': "ss",
	'أ': "ا", 'إ': "ا", 'آ': "ا", 'ٱ': "ا", 'ى': "ي", 'ی': "ي", 'ة': "ه", 'ۀ': "ه", 'ک': "ك", 'ؤ': "و", 'ئ': "ي",
	'ە': "ه", 'ہ': "ه", 'ے': "ي",
	'\u093c': "", '\u200d': "", '\u200c': "",
}

const none script = 255

// scriptOf returns the script of the rune that text begins with, other for
// one that goes with any script, and none for one that is no part of a word;
// and the rune's length in bytes.
func scriptOf(text string) (script, int) {
	c := text[0]
	if c < utf8.RuneSelf {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z':
			return latin, 1
		case '0' <= c && c <= '9':
			return digits, 1
		}
		return none, 1
	}
	r, n := utf8.DecodeRuneInString(text)
	switch {
	case r < 0xC0, r == '×', r == '÷', r >= 0x2B0 && r < 0x300:
		return none, n
	case r < 0x300, r >= 0x1E00 && r < 0x1F00:
		return latin, n
	case r < 0x370:
		return other, n
	case r >= 0x400 && r < 0x530:
		return cyrillic, n
	case r >= 0x5BE && r <= 0x5C6 && r != 0x5BF || r == '׳' || r == '״' || r >= 0x600 && r < 0x610 || r == 0x61B || r == 0x61F || r >= 0x66A && r <= 0x66D || r == 0x6D4:
		return none, n
	case r >= 0x591 && r < 0x600:
		return hebrew, n
	case r >= 0x610 && r < 0x780, r >= 0xFB50 && r < 0xFE00, r >= 0xFE70 && r < 0xFEFF:
		return arabic, n
	case r == 0x200D:
		return other, n
	case r >= 0x2000 && r < 0x2070, r == 0x3000, r == 0x30FB:
		return none, n
	case r >= 0x30A1 && r <= 0x30FF:
		return katakana, n
	case r >= 0x3041 && r < 0x30A0, r >= 0x3400 && r < 0xA000, r == '々', r >= 0xF900 && r < 0xFB00, r >= 0x20000 && r < 0x32000:
		return ideographs, n
	case unicode.IsLetter(r), unicode.IsMark(r), unicode.IsDigit(r):
		return other, n
	}
	return none, n
}

// gap passes what stands between two words, from byte i of the text on. It
// marks the word before it, and reports whether a sentence ends here.
func (p *page) gap(i int) (next int, ends bool) {
	if i+1 < len(p.text) && p.text[i] == ' ' && i > 0 && len(p.words) > 0 {
		if s, _ := scriptOf(p.text[i+1:]); s != none { // a space alone
			w := &p.words[len(p.words)-1]
			w.joined, w.comma = true, false
			return i + 1, false
		}
	}
	start := i
	var space, stop, hard bool
	join, comma := true, false
	for i < len(p.text) {
		r, n := utf8.DecodeRuneInString(p.text[i:])
		if s, _ := scriptOf(p.text[i:]); s != none {
			break
		}
		switch r {
		case '\n', '\r', '\u2028', '\u2029':
			hard = hard || space && r == '\n' || i > start && p.text[i-1] == '\n'
			space = true
		case ' ', '\t', '\u00a0', '\u3000', '\u202f':
			space = true
		case '-', '\u2010', '\u2011', '\'', '’', '‘', '`', 'ʼ', 'ʻ', 'ʾ', 'ʿ', '׳', '״', '"', '\u200c', '·', '・', '־', '＝':
		case '.':
			stop = true
		case '!', '?', '…', '؟', '۔', '।', '。', '！', '？':
			hard, join = true, false
		case ',', '،', '，', '、':
			comma, join = true, false
		default:
			join = false
		}
		i += n
	}
	if len(p.words) == 0 {
		return i, false
	}
	w := &p.words[len(p.words)-1]
	short := w.end-w.start <= 3 && w.upper
	if stop && space && !short {
		hard = true
	}
	brackets := w.script == ideographs && !hard && !comma
	w.joined = i-start <= 6 && !hard && (join && (!stop || short) || brackets && i-start <= 3)
	w.comma = comma && i-start <= 4
	return i, hard
}

// measureCase says whether capital letters tell names from other words here.
func (p *page) measureCase() {
	var cased, upper, caps int
	for i := range p.words {
		w := &p.words[i]
		if w.script != latin && w.script != cyrillic || w.end-w.start < 4 {
			continue
		}
		cased++
		if w.upper {
			upper++
		}
		if w.caps {
			caps++
		}
	}
	p.caps = cased >= 3 && caps*10 >= cased*8
	p.title = cased >= 3 && upper*10 >= cased*8
}
