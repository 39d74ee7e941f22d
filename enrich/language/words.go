package language

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// A word is one being read, in lower case. Only its first n bytes count, and
// none if it is longer than any in the list.
type word struct {
	bytes [maxWord]byte
	n     int
}

func (w *word) addByte(b byte) {
	if w.n < maxWord {
		w.bytes[w.n] = b
	}
	w.n++
}

// add adds a letter. A lower case letter can be longer than its capital.
func (w *word) add(r rune) {
	size := utf8.RuneLen(r)
	if w.n+size <= maxWord {
		utf8.EncodeRune(w.bytes[w.n:], r)
	} else {
		w.n = maxWord // too long from here on
	}
	w.n += size
}

// wordSets holds the sets of languages of words. Most words of a text are in
// no list, so what is asked most often is answered without a map: short words
// are numbers in a table of their own, and of long ones it is known by some of
// their letters that they are not there.
type wordSets struct {
	short []wordSet // open addressing, half of it free at least
	shift int       // from a hash to a place in short
	long  map[string]uint64
	seen  [1 << seenBits / 64]uint64 // hashes of long words
}

type wordSet struct{ word, set uint64 } // word is 0 where there is none

const (
	shortWord = 8 // bytes
	seenBits  = 12
)

// newWordSets returns the sets of words of at most maxWord bytes.
func newWordSets(sets map[string]uint64) *wordSets {
	size := bits.Len(uint(2 * len(sets)))
	s := &wordSets{short: make([]wordSet, 1<<size), shift: 64 - size, long: map[string]uint64{}}
	for text, set := range sets {
		var w word
		w.n = copy(w.bytes[:], text)
		if w.n > shortWord {
			s.long[text] = set
			h := w.hash()
			s.seen[h/64] |= 1 << (h % 64)
			continue
		}
		s.short[s.slot(w.number())] = wordSet{w.number(), set}
	}
	return s
}

// of returns the set of a word, 0 if it is in no list.
func (s *wordSets) of(w *word) uint64 {
	switch {
	case w.n == 0 || w.n > maxWord:
		return 0
	case w.n <= shortWord:
		return s.short[s.slot(w.number())].set
	}
	if h := w.hash(); s.seen[h/64]&(1<<(h%64)) == 0 {
		return 0
	}
	return s.long[string(w.bytes[:w.n])]
}

// slot is where a short word is, or would be.
func (s *wordSets) slot(number uint64) uint64 {
	i := number * hashFactor >> s.shift
	for s.short[i].word != number && s.short[i].word != 0 {
		i = (i + 1) % uint64(len(s.short))
	}
	return i
}

// number is a short word as a number.
func (w *word) number() uint64 {
	return binary.LittleEndian.Uint64(w.bytes[:shortWord]) & (1<<(8*w.n) - 1)
}

// hash is a number for the beginning and the end of a long word.
func (w *word) hash() uint64 {
	begins := binary.LittleEndian.Uint64(w.bytes[:shortWord])
	ends := binary.LittleEndian.Uint64(w.bytes[w.n-shortWord:])
	return (begins ^ bits.RotateLeft64(ends, 29)) * hashFactor >> (64 - seenBits)
}

const hashFactor = 0x9E3779B97F4A7C15 // odd, and its bits are mixed
