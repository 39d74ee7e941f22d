package topic

import "slices"

// sort puts the hits in order of their place in the text. Only their numbers
// are moved, in words that hold all there is to compare: field, start and number.
// Most are in order already, as they were found: only what near rules join at
// the end of a sentence is not.
func (s *scan) sort() {
	s.order = s.order[:0]
	for i := range s.hits {
		h := &s.hits[i]
		key := uint64(h.field)<<(startBits+numberBits) | uint64(h.start)<<numberBits | uint64(i)
		at := len(s.order)
		s.order = append(s.order, key)
		for ; at > 0 && s.order[at-1] > key; at-- {
			s.order[at] = s.order[at-1]
		}
		s.order[at] = key
	}
}

// Bits of the words that order is made of.
const startBits, numberBits = 20, 13

// place is the number of the hit in one of them.
func place(key uint64) int32 { return int32(key & (1<<numberBits - 1)) }

// group puts the hits, which are in order, together by subject.
func (s *scan) group() {
	clear(s.begin)
	for i := range s.hits {
		s.begin[s.hits[i].subject+1]++
	}
	for i := range s.begin[1:] {
		s.begin[i+1] += s.begin[i]
	}
	s.grouped = slices.Grow(s.grouped[:0], len(s.hits))[:len(s.hits)]
	for _, key := range s.order {
		at := place(key)
		next := &s.begin[s.hits[at].subject]
		s.grouped[*next] = at
		*next++
	}
}
