package actor

import (
	"encoding/binary"
	"unicode/utf8"
)

// Most words of most texts are of ASCII letters alone and begin no name. They
// are told from the rest eight bytes at a time and without branches, because
// no processor can guess where a word ends.

const (
	each = 0x0101010101010101 // of eight bytes
	tops = each * 0x80        // their highest bits
	low  = each * 0x20        // the bit that makes a letter small; digits have it
)

// alnum returns the highest bit of each of eight bytes that is an ASCII letter
// or digit.
func alnum(x uint64) uint64 {
	const digits, letters = 0x80 - '0', 0x80 - 'a'
	digit := x &^ tops
	letter := digit | low
	digit = (digit + each*digits) &^ (digit + each*(digits-10))
	letter = (letter + each*letters) &^ (letter + each*(letters-26))
	return (digit | letter) &^ x & tops
}

// gather moves the highest bits of eight bytes together.
func gather(x uint64) uint64 { return x >> 7 * 0x0102040810204080 >> 56 }

// A stretch is a piece of text of which each byte is one bit.
type stretch struct {
	plain uint64 // ASCII letters and digits
	wide  uint64 // of what is beyond ASCII
}

const stretchBytes = 64

// stretchAt looks at the bytes of text from i on.
func stretchAt(text string, i int) stretch {
	if i+stretchBytes <= len(text) {
		return stretchOf([]byte(text[i : i+stretchBytes])) // no copy
	}
	var last [stretchBytes]byte
	copy(last[:], text[i:])
	return stretchOf(last[:])
}

func stretchOf(bytes []byte) (s stretch) {
	bytes = bytes[:stretchBytes]
	for n := 0; n < stretchBytes; n += 8 {
		x := binary.LittleEndian.Uint64(bytes[n:])
		s.plain |= gather(alnum(x)) << n
		s.wide |= gather(x&tops) << n
	}
	return s
}

// begins returns where in s words of ASCII begin, and where something begins
// that is not ASCII. The stretch before it is before.
func (s stretch) begins(before stretch) uint64 {
	any, last := s.plain|s.wide, (before.plain|before.wide)>>(stretchBytes-1)
	return s.plain&^(any<<1|last) | s.wide&^(s.wide<<1)
}

// A head is the first letters of a word of ASCII, up to eight, in small letters.
type head uint64

// stem is the first four letters of h.
func (h head) stem() head { return h & (1<<32 - 1) }

// headAt returns the head of the word of ASCII at text[i]. It is not ok if the
// word goes on with what is not ASCII before the ninth letter.
func headAt(text string, i int) (h head, ok bool) {
	x := eight(text, i)
	others := alnum(x) ^ tops
	end := others & -others // the lowest
	return head((x | low) & (end>>7 - 1)), x&end == 0
}

// eight returns the eight bytes of text from i on, the first in the lowest
// place, with zeros for those behind its end.
func eight(text string, i int) uint64 {
	if i+8 <= len(text) {
		return binary.LittleEndian.Uint64([]byte(text[i : i+8])) // no copy
	}
	var last [8]byte
	copy(last[:], text[i:])
	return binary.LittleEndian.Uint64(last[:])
}

// Heads is a filter before the trie: it knows most words that no name begins
// with.
type heads struct {
	stems [1 << headBits]uint8 // kinds of names, and those that need a look at wholes
	whole [1 << headBits]uint8 // kinds of names
}

// Kinds of names.
const (
	anyCase    uint8 = 1 << iota
	inCapitals       // written in capitals only, beginning with a letter

	andWhole = 2 // shifts a kind
)

const headBits = 13

func (h head) slot() uint64 { return uint64(h) * 0x9E3779B97F4A7C15 >> (64 - headBits) }

// admit reports whether a name may begin with a word of head h that begins
// with the letter first.
func (s *heads) admit(h head, first byte) bool {
	kinds := s.stems[h.stem().slot()]
	kinds |= kinds >> andWhole & s.whole[h.slot()]
	return kinds&(anyCase|^first>>4&inCapitals) != 0
}

// add admits the words of ASCII that a name begins with, or with a star behind
// it.
func (s *heads) add(name []glyph, star, caps bool) {
	var h head
	n := 0
	for ; n < len(name) && name[n].class() == inWord; n++ {
		if r := name[n].letter(); n < 8 {
			if r >= utf8.RuneSelf {
				return
			}
			h |= head(r) << (8 * n)
		}
	}
	kind := anyCase
	if caps && name[0].letter() >= 'a' {
		kind = inCapitals
	}
	if star && n == len(name) {
		s.stems[h.stem().slot()] |= kind
	}
	s.stems[h.stem().slot()] |= kind << andWhole
	s.whole[h.slot()] |= kind
}
