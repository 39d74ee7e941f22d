package actor

import "unicode/utf8"

// A key is how a name begins: the first letters of its first word, or the
// first two letters of any kind if it begins with an ideograph or kana.
type key uint64

// keyLetters is how many letters a key holds, 16 bits of each.
const keyLetters = 4

// keyOf is the key of one letter.
func keyOf(g glyph) key { return key(uint16(g)) }

// keyAt returns the key of what begins with the letter at text[i], and where
// to go on reading.
func keyAt(text string, i int) (k key, to int) {
	for to = i; to < min(len(text), i+keyLetters); to++ {
		b := text[to]
		if b >= utf8.RuneSelf {
			return wideKeyAt(text, i)
		}
		if glyphs[b].class() != inWord {
			break
		}
		k = k<<16 | key(glyphs[b].letter())
	}
	return k, to
}

// wideKeyAt is keyAt for letters beyond ASCII.
func wideKeyAt(text string, i int) (k key, to int) {
	first, to := glyphAt(text, i)
	to += i
	k = keyOf(first)
	for n := 1; n < keyLetters && to < len(text); {
		g, ok := pairAt(text, to)
		size := 2
		if !ok {
			g, size = glyphAt(text, to)
		}
		if c := g.class(); c != decorates {
			if first.class() == whole {
				return k<<16 | keyOf(g), to
			}
			if c != inWord {
				break
			}
			k = k<<16 | keyOf(g)
			n++
		}
		to += size
	}
	return k, to
}

// A keySet knows most keys that are not in it, and all that are.
type keySet [1 << keyBits / 64]uint64

const keyBits = 15

func (k key) bit() (word, bit uint64) {
	h := uint64(k) * 0x9E3779B97F4A7C15 >> (64 - keyBits)
	return h / 64, 1 << (h % 64)
}

// add adds the key of a name.
func (s *keySet) add(name string) {
	k, _ := keyAt(name, 0)
	first, _ := next(name, 0)
	s.put(k)
	if first.class() == whole {
		s.put(keyOf(first)) // most ideographs begin no name
	}
}

func (s *keySet) put(k key) {
	word, bit := k.bit()
	s[word] |= bit
}

// mayHave is true for the keys of the set and for a few others.
func (s *keySet) mayHave(k key) bool {
	word, bit := k.bit()
	return s[word]&bit != 0
}
