package topic

import (
	"math/rand/v2"
	"testing"
)

// TestHitsAreSortedAndGrouped wants hits in the order of their places, of one
// place as they were found, and then those of each subject together.
func TestHitsAreSortedAndGrouped(t *testing.T) {
	const subjects = 5
	rng := rand.New(rand.NewPCG(1, 2))
	s := &scan{begin: make([]int32, subjects+1)}
	for range 100 {
		s.hits = s.hits[:0]
		for range rng.IntN(40) {
			s.hits = append(s.hits, hit{field: uint8(rng.IntN(3)), start: int32(rng.IntN(20)), subject: int32(rng.IntN(subjects))})
		}
		s.sort()
		s.group()
		if len(s.order) != len(s.hits) || len(s.grouped) != len(s.hits) {
			t.Fatalf("%d of %d hits are in order, %d in groups", len(s.order), len(s.hits), len(s.grouped))
		}
		for i := 1; i < len(s.hits); i++ {
			if a, b := place(s.order[i-1]), place(s.order[i]); s.before(b, a) {
				t.Fatalf("hit %d stands behind %d: %+v", b, a, s.hits)
			}
			a, b := s.grouped[i-1], s.grouped[i]
			if x, y := s.hits[a].subject, s.hits[b].subject; x > y || x == y && s.before(b, a) {
				t.Fatalf("in the groups hit %d stands behind %d: %+v", b, a, s.hits)
			}
		}
	}
}

// before reports whether hit a goes before hit b.
func (s *scan) before(a, b int32) bool {
	x, y := &s.hits[a], &s.hits[b]
	switch {
	case x.field != y.field:
		return x.field < y.field
	case x.start != y.start:
		return x.start < y.start
	}
	return a < b
}
