package place

import (
	"encoding/binary"
	"math/bits"
	"slices"
	"unicode"
	"unicode/utf8"
)

// A word is a word of a page, or one ideograph.
type word struct {
	start, end int32 // bytes of the page's text
	from, to   int32 // bytes of the page's keys
	sentence   int32
	script     script
	upper      bool   // begins with a capital letter
	caps       bool   // has capital letters only
	joined     bool   // only what may stand inside a name parts it from the next word
	comma      bool   // a comma and white space part it from the next word
	starts     uint8  // what may begin with it, see starts
	cues       uint16 // as context, see cues; set when asked for
}

// A page is a field taken apart into words. Names are sought in the folded
// form of its words: lower case, without vowel signs of Arabic and Hebrew.
type page struct {
	field string
	text  string
	keys  []byte // the text with its ASCII words in lower case, then the other words
	words []word
	caps  bool // nearly all its letters are capitals: case says nothing
	title bool // nearly all its words begin with a capital letter

	letters            *[lastLetter]letter
	starts             *starts // nil for none
	sentence           int32   // being read
	cased, upper, only int     // words of four bytes that case can tell of, those with a first capital, those in capitals
}

func (p *page) key(i int) []byte { return p.keys[p.words[i].from:p.words[i].to] }

// padding stands behind what is read eight bytes at a time.
const padding = "\x00\x00\x00\x00\x00\x00\x00\x00"

// head returns the first eight bytes of word i's key from byte off on, with
// zeros for those that it does not have.
func (p *page) head(i, off int) uint64 {
	return headOf(p.key(i)[off:])
}

// lowBytes is a mask of the n lowest bytes, of all if n is greater than 8.
func lowBytes(n int) uint64 { return 1<<(8*uint(n)) - 1 }

// read takes text apart, forgetting what the page held before.
func (p *page) read(field, text string) {
	*p = page{field: field, text: text, letters: letters(), starts: p.starts, words: p.words[:0], keys: append(append(p.keys[:0], text...), padding...)}
	for i := 0; i < len(text); {
		if text[i] < utf8.RuneSelf {
			if i = p.plain(i); i == len(text) {
				break
			}
		}
		s := p.script(i)
		if s == none {
			var ends bool
			if i, ends = p.gap(i); ends {
				p.sentence++
			}
			continue
		}
		for s != none {
			i, s = p.word(i, s)
		}
	}
	p.keys = append(p.keys, padding...)
	p.caps = p.cased >= 3 && p.only*10 >= p.cased*8
	p.title = p.cased >= 3 && p.upper*10 >= p.cased*8
}

// plain reads words of ASCII letters from byte i on that are parted by single
// spaces, which most words of most texts are. It returns where there is
// something else.
func (p *page) plain(i int) int {
	keys := p.keys
	for i < len(p.text) {
		start, upper, caps := i, keys[i]&0x20 == 0, true
		var head uint64
		for {
			x := binary.LittleEndian.Uint64(keys[i:])
			n, all := plainLetters(x)
			if i == start {
				head = (x | cases) & all
			}
			capitals := ^x & all & cases
			caps = caps && capitals == all&cases
			if capitals != 0 {
				binary.LittleEndian.PutUint64(keys[i:], x|all&cases)
			}
			if i += n; n < 8 {
				break
			}
		}
		c := keys[i]
		if i == start || c >= utf8.RuneSelf {
			return start
		}
		spaced := c == ' ' && ascii[keys[i+1]] < beyond
		w := p.add()
		// One by one: Go would make the struct elsewhere and copy it.
		w.start, w.end, w.from, w.to, w.sentence = int32(start), int32(i), int32(start), int32(i), p.sentence
		w.script, w.upper, w.caps, w.joined, w.comma, w.cues = latin, upper, caps && upper, spaced || ascii[c] == digits, false, 0
		if p.starts != nil {
			w.starts = p.starts.of(head)
		}
		p.count(w)
		if !spaced {
			return i
		}
		i++
	}
	return i
}

// Of each of eight bytes, the bit that tells a small letter from a capital.
const cases = 0x2020202020202020

// plainLetters counts the bytes of x, from the lowest, that are ASCII letters,
// and returns a mask of them.
func plainLetters(x uint64) (n int, mask uint64) {
	const each = 0x0101010101010101 // byte
	low := x&(each*0x7F) | cases
	from, past := low+each*(0x80-'a'), low+each*(0x80-'z'-1)
	others := (from &^ past &^ x & (each * 0x80)) ^ each*0x80
	lowest := (others & -others) >> 7
	return bits.TrailingZeros64(others) / 8, lowest - 1
}

// script returns the script of the rune at byte i of the text: other for one
// that goes with any script, and none for one that is no part of a word, or
// behind the end.
func (p *page) script(i int) script {
	if i >= len(p.text) {
		return none
	}
	if b := p.text[i]; b < utf8.RuneSelf {
		return ascii[b]
	}
	r, _ := p.rune(i)
	if r < lastLetter {
		return p.letters[r].script
	}
	return scriptOfRune(r)
}

// rune returns the rune at byte i of the text and how many bytes it has.
func (p *page) rune(i int) (rune, int) {
	if r := p.pair(i); r != 0 {
		return r, 2
	}
	if i+2 < len(p.text) {
		a, b, c := p.text[i], p.text[i+1], p.text[i+2]
		if r := rune(a&0x0F)<<12 | rune(b&0x3F)<<6 | rune(c&0x3F); a&0xF0 == 0xE0 && b&0xC0 == 0x80 && c&0xC0 == 0x80 && 0x800 <= r && r < 0xD800 {
			return r, 3
		}
	}
	return utf8.DecodeRuneInString(p.text[i:])
}

// pair returns the rune of two bytes at byte i of the text, as those of most
// alphabets are; 0 for any other.
func (p *page) pair(i int) rune {
	a, b := p.keys[i], p.keys[i+1] // the text, and padding
	if a < 0xC2 || a >= 0xE0 || b&0xC0 != 0x80 {
		return 0
	}
	return rune(a&0x1F)<<6 | rune(b&0x3F)
}

// word reads the word of script s at byte i of the text. It returns where it
// ends, and the script of what is there.
func (p *page) word(i int, s script) (end int, next script) {
	w := p.add()
	*w = word{start: int32(i), from: int32(i), sentence: p.sentence, script: s, caps: true}
	switch {
	case s == digits:
		for i < len(p.text) && ascii[p.text[i]] == digits {
			i++
		}
	case s == ideographs && p.text[i] < 0xEA:
		i += 3
	}
	w.to = int32(i)
	if i > int(w.start) {
		next = p.script(i)
	}
	if i == int(w.start) || i < len(p.text) && p.text[i] >= utf8.RuneSelf && goesOn(s, next) {
		i = p.rest(w, i)
		next = p.script(i)
	}
	w.end = int32(i)
	w.caps = w.caps && w.upper
	w.joined = next != none
	if p.starts != nil {
		w.starts = p.starts.of(headOf(p.keys[w.from:w.to]))
	}
	if s == latin || s == cyrillic {
		p.count(w)
	}
	return i, next
}

// add adds a word, which is to be written.
func (p *page) add() *word {
	n := len(p.words)
	if n == cap(p.words) {
		p.words = slices.Grow(p.words, 1)
	}
	p.words = p.words[:n+1]
	return &p.words[n]
}

// count counts a word that case can tell something of, without branches that
// nobody could foresee.
func (p *page) count(w *word) {
	long := one(w.end-w.start >= 4)
	p.cased += long
	p.upper += long & one(w.upper)
	p.only += long & one(w.caps)
}

// one returns 1 if b is true, and 0 otherwise.
func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

// goesOn reports whether a word of script s goes on with a rune of script next.
func goesOn(s, next script) bool { return next == other || next == s && s != ideographs }

// rest reads what is left of w at byte i, or all of it, where it is not ASCII.
// Its key is moved behind the others, where it has room.
func (p *page) rest(w *word, i int) int {
	from := len(p.keys)
	p.keys = append(p.keys, p.keys[w.from:w.to]...)
	w.from = int32(from)
	for begun := i > int(w.start); i < len(p.text); begun = true {
		r, n := p.pair(i), 2
		if r == 0 {
			r, n = p.rune(i)
		}
		var l letter
		if r < lastLetter {
			l = p.letters[r]
		} else {
			l = letterOf(r)
		}
		if begun && !goesOn(w.script, l.script) {
			break
		}
		if l.capital {
			w.upper = w.upper || !begun
		} else if l.small {
			w.caps = false
		}
		switch {
		case l.n > uint8(len(l.folded)):
			p.keys = fold(p.keys, unicode.ToLower(r))
		case !l.accent:
			keys := append(p.keys, l.folded[:]...)
			p.keys = keys[:len(keys)-len(l.folded)+int(l.n)]
		case len(p.keys) > from:
			p.keys = putAccent(p.keys, r)
		}
		i += n
	}
	w.to = int32(len(p.keys))
	return i
}

// gap passes what stands between two words, from byte i of the text on. It
// marks the word before it, and reports whether a sentence ends here.
func (p *page) gap(i int) (next int, ends bool) {
	start := i
	var space, stop, hard bool
	join, comma := true, false
	for i < len(p.text) {
		s := ascii[p.text[i]]
		if s != none && s != beyond || s == beyond && p.script(i) != none {
			break
		}
		r, n := rune(p.text[i]), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRuneInString(p.text[i:])
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
