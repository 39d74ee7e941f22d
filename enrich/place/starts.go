package place

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

// Kinds of what a word may begin.
const (
	startsName  uint8 = 1 << iota // a name
	startsSmall                   // one that need not have a capital letter
	startsThing                   // such a one, but not a people's
	startsCue                     // a word of the context

	inflected = 4 // shifts a kind: the word may have an ending of its language then
)

// Starts is a filter before the tries. Most words of most texts begin
// nothing that is in them, and this says so at the cost of two hashes.
type starts struct {
	first [1 << 16]uint8 // by four bytes of a word: kinds that any ending may follow, and inflected kinds
	whole [1 << 16]uint8 // by the first eight bytes: kinds
}

func startsOf(names, context *leaves) *starts {
	s := new(starts)
	for i := range names.all {
		n := &names.all[i].name
		kinds := startsName
		if !n.upper && !n.caps {
			kinds |= startsSmall
			if n.kind != people {
				kinds |= startsThing
			}
		}
		s.add(names.path(i), kinds)
	}
	for i := range context.all {
		s.add(context.path(i), startsCue)
	}
	return s
}

// of returns what may begin with a key that has the given head.
func (s *starts) of(head uint64) uint8 {
	first := s.first[slot(head&sample(head))]
	return first | first>>inflected&s.whole[slot(head)]
}

func slot(x uint64) uint16 { return uint16(x * 0x9E3779B97F4A7C15 >> 48) }

// sample is a mask of the four bytes that tell most of a key: its first
// letters if it begins with ASCII or a letter of two bytes, or what differs
// in the first two letters of three bytes.
func sample(head uint64) uint64 {
	switch {
	case head&0x80 == 0:
		return 0x00000000_1F1F1F1F
	case head&0x20 == 0:
		return 0x3F003F00_3F003F00
	}
	return 0x00003F3F_003F3F3F
}

// add notes the first word of a path through a trie.
func (s *starts) add(path []byte, kinds uint8) {
	n := slices.IndexFunc(path, isMark)
	if n < 0 {
		n = len(path)
	}
	head := headOf(path[:n])
	some := sample(head)
	s.whole[slot(head)] |= kinds
	s.first[slot(head&some)] |= kinds << inflected
	free := some &^ lowBytes(n) // of the bytes of an ending
	if n < len(path) && path[n] == anyEnd {
		s.addAll(head, free, kinds|kinds<<inflected)
		return
	}
	if free == 0 {
		return
	}
	for _, set := range inflections(path[0]) {
		for _, e := range set.all {
			s.first[slot((head|e<<(8*n))&some)] |= kinds << inflected
		}
	}
}

// addAll notes the words that begin with head and have anything where free
// has bits.
func (s *starts) addAll(head, free uint64, kinds uint8) {
	if bits.OnesCount64(free) > 16 { // a star behind one letter
		for i := range s.first {
			s.first[i] |= kinds
		}
		return
	}
	for with := free; ; with = (with - 1) & free {
		s.first[slot((head|with)&sample(head))] |= kinds
		if with == 0 {
			return
		}
	}
}

// headOf returns the first eight bytes of key, with zeros for those that it
// does not have.
func headOf(key []byte) uint64 {
	if cap(key) >= 8 { // nearly always
		return binary.LittleEndian.Uint64(key[:8]) & lowBytes(len(key))
	}
	var b [8]byte
	copy(b[:], key)
	return binary.LittleEndian.Uint64(b[:])
}
