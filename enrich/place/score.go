package place

import (
	"cmp"
	"math"
	"slices"
)

// Weights of evidence. Only their ratios matter.
const (
	headlineWeight = 2.5
	leadWeight     = 2.0
	bodyWeight     = 1.0

	regionWeight   = 1.8
	countryWeight  = 1.3
	capitalWeight  = 0.8 // the city or the government, who can tell
	townWeight     = 1.2
	peopleWeight   = 0.7
	datelineWeight = 2.0
	locativeFactor = 1.8
	areaFactor     = 1.3
	actorFactor    = 0.4
	originFactor   = 0.5
	likeFirst      = 0.95 // share of the first's score with which a second makes it doubtful

	fade       = 0.15 // how fast evidence weakens from sentence to sentence
	leastEvent = 0.5  // score of a place that may be the event's
)

// settle refuses names that mean something else as often unless another
// name of the same country stands in the text.
func (s *scan) settle() {
	hits, firm := s.hits, s.firm
	for i := range hits {
		h := &hits[i]
		if !h.refused && h.counts() {
			firm[h.place]++
		}
	}
	for i := range hits {
		h := &hits[i]
		switch {
		case h.refused || firm[h.place] > 0:
		case h.rivals && h.kind != country && h.kind != capital:
			h.refused = true
		case h.kind == town:
			h.refused = !h.dateline && (!h.beside || h.alone)
		case h.alone:
			h.refused = !h.dateline && !h.beside && !h.area && !listed(hits, i)
		}
	}
	// Of two places with one name, the one with more company stays.
	for i := range hits {
		for j := i + 1; j < len(hits) && hits[j].page == hits[i].page && hits[j].first == hits[i].first; j++ {
			if hits[i].refused || hits[j].refused {
				continue
			}
			a, b := &hits[i], &hits[j]
			if n, m := company(firm, a), company(firm, b); n < m || n == m && b.kind == capital {
				a.refused = true
			} else {
				b.refused = true
			}
		}
	}
}

// listed reports whether hits[i] stands in a list of countries, as in "Chad
// and France".
func listed(hits []hit, i int) bool {
	h := &hits[i]
	for _, j := range []int{i - 1, i + 1} {
		if j < 0 || j >= len(hits) || hits[j].page != h.page || hits[j].kind != country || !hits[j].counts() {
			continue
		}
		if gap := max(h.first-hits[j].end, hits[j].first-h.end); gap <= 1 && h.kind == country {
			return true
		}
	}
	return false
}

// company returns how many other names speak for the place of h.
func company(firm []int32, h *hit) int32 {
	n := firm[h.place]
	if h.counts() {
		n--
	}
	return n
}

// weigh says how much each hit speaks for the event being at its place.
func weigh(hits []hit) {
	for i := range hits {
		h := &hits[i]
		if h.refused {
			h.weight = 0
			continue
		}
		if h.dateline {
			h.weight = datelineWeight
			continue
		}
		switch h.kind {
		case region:
			h.weight *= regionWeight
		case country:
			h.weight *= countryWeight
		case capital:
			h.weight *= capitalWeight
		case town:
			h.weight *= townWeight
		case people:
			h.weight *= peopleWeight
		}
		switch {
		case h.locative && h.kind != people:
			h.weight *= locativeFactor
		case h.origin:
			h.weight *= originFactor
		case h.actor && h.kind != region && h.kind != town:
			h.weight *= actorFactor
		}
		if h.area && h.kind != people {
			h.weight *= areaFactor
		}
		if h.page.field != "headline" {
			h.weight /= 1 + fade*float64(h.page.words[h.first].sentence)
		}
	}
}

// A tally is what speaks for one country.
type tally struct {
	place    int16
	score    float64
	dateline bool
	hits     int
}

// sum sums up the hits of each country.
func (s *scan) sum() []Place {
	s.tallies = s.tallies[:0]
	for i := range s.hits {
		h := &s.hits[i]
		if h.refused {
			continue
		}
		if s.tallyOf[h.place] == 0 {
			s.tallies = append(s.tallies, tally{place: h.place})
			s.tallyOf[h.place] = int32(len(s.tallies))
		}
		t := &s.tallies[s.tallyOf[h.place]-1]
		t.dateline = t.dateline || h.dateline
		t.hits++
		// Saying it again adds less each time.
		t.score += h.weight / math.Sqrt(float64(t.hits))
	}
	if len(s.tallies) == 0 {
		return nil
	}
	tallies := s.tallies
	slices.SortStableFunc(tallies, func(a, b tally) int { return cmp.Compare(b.score, a.score) })
	var total float64
	for _, t := range tallies {
		total += t.score
	}
	tied := len(tallies) > 1 && tallies[1].score > likeFirst*tallies[0].score
	places := make([]Place, len(tallies))
	for i, t := range tallies {
		p := &places[i]
		*p = Place{Country: s.g.places[t.place].code, Name: s.g.places[t.place].name, Role: Mentioned}
		share := t.score / max(total, 1e-9)
		sure := t.score / (t.score + 2)
		p.Confidence = 1 - share*sure
		switch {
		case i == 0 && !tied && t.score >= leastEvent:
			p.Role, p.Confidence = Event, share*sure
			p.Point = s.locate(t.place)
		case t.dateline:
			p.Role, p.Confidence = Dateline, 0.9
		}
		s.tallyOf[t.place] = int32(i)
	}
	s.cite(places)
	slices.SortStableFunc(places, func(a, b Place) int {
		return cmp.Or(cmp.Compare(rank(a.Role), rank(b.Role)), cmp.Compare(b.Confidence, a.Confidence))
	})
	return places[:min(len(places), maxPlaces)]
}

// cite gives each of places, which stand in the order of s.tallies, its
// evidence.
func (s *scan) cite(places []Place) {
	n := 0
	for i := range s.tallies {
		n += min(s.tallies[i].hits, maxSpans)
	}
	spans := make([]Span, n)
	for i := range s.tallies {
		n := min(s.tallies[i].hits, maxSpans)
		places[i].Evidence, spans = spans[:0:n], spans[n:]
	}
	for i := range s.hits {
		h := &s.hits[i]
		if h.refused {
			continue
		}
		if p := &places[s.tallyOf[h.place]]; len(p.Evidence) < cap(p.Evidence) {
			p.Evidence = append(p.Evidence, h.span())
		}
	}
}

func rank(r Role) int {
	switch r {
	case Event:
		return 0
	case Dateline:
		return 1
	}
	return 2
}
