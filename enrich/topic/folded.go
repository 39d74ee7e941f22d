package topic

import (
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// A folded is a text in symbols. Its zero value is ready for use, and is
// meant to be used again.
type folded struct {
	sym   []uint16 // and, after the last, lookahead times symPara
	off   []int32  // byte where each symbol came from, and the length of the text
	marks []int32  // symbols where something begins: words, sentences, whole letters
}

// maxField is how many bytes of a field are read: several times the longest
// article, and few enough for an hour of log file not to hold up a worker.
const maxField = 256 << 10

// fold reads s into f.
func (a *alphabet) fold(f *folded, s string) {
	if len(s) > maxField {
		s = s[:maxField]
	}
	f.sym, f.off = slices.Grow(f.sym[:0], len(s)+lookahead), slices.Grow(f.off[:0], len(s)+1)
	for i := 0; i < len(s); {
		if s[i] < utf8.RuneSelf {
			if i = a.foldPlain(f, s, i); i == len(s) {
				break
			}
		}
		r, size := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && size == 1 {
				f.put(symPunct, i)
				i++
				continue
			}
		}
		if e := a.lookup(r); e < symDrop {
			f.put(e, i)
			i += size
		} else {
			i = a.foldSpecial(f, s, i, size, r, e)
		}
	}
	f.off = append(f.off, int32(len(s)))
	f.sym = append(f.sym, symPara, symPara, symPara, symPara, symPara)
	f.mark()
}

// foldPlain reads ASCII letters and single spaces, which are most of most
// texts, and returns where something else begins.
func (a *alphabet) foldPlain(f *folded, s string, i int) int {
	n := len(f.sym)
	room := min(cap(f.sym), cap(f.off)) - n
	sym := f.sym[n : n+room]
	off := f.off[n : n+room][:len(sym)]
	rest := s[i:]
	before, k := symPara, 0
	if n > 0 {
		before = f.sym[n-1]
	}
	for ; k < len(rest) && k < len(sym); k++ {
		e := a.ascii[rest[k]]
		if e >= symDrop || (e^symSpace)|(before^symSpace) == 0 {
			break
		}
		sym[k], off[k] = e, int32(i+k)
		before = e
	}
	f.sym, f.off = f.sym[:n+k], f.off[:n+k]
	return i + k
}

// mark finds where words, sentences and whole letters begin. Guessing the
// lengths of words would cost more than looking at every symbol.
func (f *folded) mark() {
	text := f.sym[:len(f.sym)-lookahead]
	marks := slices.Grow(f.marks[:0], len(text))[:len(text)]
	n, before := 0, uint32(symPara)
	for i, s := range text {
		// A letter of words after what is none, or anything odd but punctuation and spaces.
		sym := uint32(s)
		begins := (before&^sym | sym&((uint32(symSpace)-sym)>>31)) & 1
		marks[n] = int32(i)
		n += int(begins)
		before = sym
	}
	f.marks = marks[:n]
}

func (f *folded) put(sym uint16, at int) {
	f.sym = append(f.sym, sym)
	f.off = append(f.off, int32(at))
}

func (a *alphabet) lookup(r rune) uint16 {
	if r < 1<<16 {
		if p := a.pages[r>>8]; p != nil {
			return p[r&0xFF]
		}
	}
	return a.symbol(r)
}

// foldSpecial folds the rune r at s[i:i+size], which is not simply a letter
// or punctuation, and returns where to go on.
func (a *alphabet) foldSpecial(f *folded, s string, i, size int, r rune, e uint16) int {
	next := i + size
	switch e {
	case symDrop:
	case symExpand:
		for _, sym := range a.long[r] {
			f.put(sym, i)
		}
	case noteWhite, noteNewline:
		return a.foldWhite(f, s, i)
	case noteHyphen:
		if f.afterWord() && a.letterAt(s, next) {
			f.put(symSpace, i)
		} else {
			f.put(symPunct, i)
		}
	case noteQuoteS:
		return a.foldApostrophe(f, s, i, next)
	case noteQuote:
		// In Hebrew the mark of an abbreviation leaves the text.
		if n := len(f.sym); n == 0 || a.script[f.sym[n-1]] != scriptHebrew || !a.letterAt(s, next) {
			f.put(symPunct, i)
		}
	case noteDot:
		return a.foldDot(f, s, i)
	case noteStop:
		if next == len(s) || a.whiteAt(s, next) {
			f.put(symStop, i)
		} else {
			f.put(symPunct, i)
		}
	case noteVoice:
		a.foldVoice(f, s, i, r)
	}
	return next
}

// foldWhite takes in a run of white space: one symbol, whatever its length.
func (a *alphabet) foldWhite(f *folded, s string, i int) int {
	if n := len(f.sym); i > 0 && n > 0 && f.sym[n-1] == symSpace && int(f.off[n-1]) == i-1 && s[i-1] == ' ' {
		i-- // the space that foldPlain took for a single one
		f.sym, f.off = f.sym[:n-1], f.off[:n-1]
	}
	lines, j := 0, i
	for j < len(s) {
		r, size := utf8.DecodeRuneInString(s[j:])
		e := a.lookup(r)
		if e == noteNewline {
			lines++
		} else if e != noteWhite {
			break
		}
		j += size
	}
	if lines > 1 {
		f.put(symPara, i)
	} else {
		f.put(symSpace, i)
	}
	return j
}

// foldApostrophe drops the English possessive, lets an apostrophe between
// letters part two words (l'armée), and takes any other for a quotation mark.
func (a *alphabet) foldApostrophe(f *folded, s string, i, next int) int {
	if !f.afterWord() {
		f.put(symPunct, i)
		return next
	}
	if next < len(s) && s[next]|0x20 == 's' && !a.letterAt(s, next+1) {
		return next + 1
	}
	switch {
	case a.letterAt(s, next):
		f.put(symSpace, i)
	case s[i-1]|0x20 == 's': // the possessive of a plural
	default:
		f.put(symPunct, i)
	}
	return next
}

// foldDot drops the dots of an abbreviation of single letters (U.N., U.S.)
// and takes a dot before white space for the end of a sentence.
func (a *alphabet) foldDot(f *folded, s string, i int) int {
	if f.singleLetter() {
		if i+2 < len(s) && s[i+2] == '.' && a.letterAt(s, i+1) || i >= 2 && s[i-2] == '.' {
			return i + 1
		}
	}
	if i+1 == len(s) || a.whiteAt(s, i+1) || s[i+1] == '"' {
		f.put(symStop, i)
	} else {
		f.put(symPunct, i)
	}
	return i + 1
}

// singleLetter reports whether the text so far ends in a letter that stands
// alone, or in letters already joined out of an abbreviation.
func (f *folded) singleLetter() bool {
	n := len(f.sym)
	if n == 0 || !inWord(f.sym[n-1]) {
		return false
	}
	// Of joined letters the dots between them show in the offsets.
	return n == 1 || !inWord(f.sym[n-2]) || f.off[n-1] > f.off[n-2]+1
}

// foldVoice joins a voicing mark to the kana before it.
func (a *alphabet) foldVoice(f *folded, s string, i int, r rune) {
	before, _ := utf8.DecodeLastRuneInString(s[:i])
	joined, size := utf8.DecodeRuneInString(norm.NFC.String(string(before) + string(r)))
	if n := len(f.sym); n > 0 && size > 0 && joined != before && strings.HasPrefix(s[f.off[n-1]:], string(before)) {
		f.sym[n-1] = a.lookup(joined) & symMax
	}
}

func (f *folded) afterWord() bool {
	n := len(f.sym)
	return n > 0 && letter(f.sym[n-1])
}

func (a *alphabet) letterAt(s string, i int) bool {
	if i >= len(s) {
		return false
	}
	r, _ := utf8.DecodeRuneInString(s[i:])
	switch e := a.lookup(r); {
	case e == symExpand:
		return true
	case e >= symDrop:
		return false
	default:
		return letter(e)
	}
}

func (a *alphabet) whiteAt(s string, i int) bool {
	if i >= len(s) {
		return false
	}
	r, _ := utf8.DecodeRuneInString(s[i:])
	e := a.lookup(r)
	return e == noteWhite || e == noteNewline
}

// span turns symbols i to j into bytes. Both ends are ends of runes of the
// text, and marks that were dropped belong to the letter before them.
func (f *folded) span(i, j int) (start, end int) {
	for j+1 < len(f.off) && f.off[j] == f.off[j-1] {
		j++ // never within a rune that folded to several
	}
	return int(f.off[i]), int(f.off[j])
}
