package place

import (
	"cmp"
	"math"
	"slices"
	"unicode/utf8"
)

// Bounds of a search.
const (
	maxField  = 128 << 10 // bytes of a field that are read
	maxPlaces = 32
	maxSpans  = 16 // of one place
)

// Find returns the countries that t names: that of the event first, then
// that of the dateline, then the others, most confident first; at most 32,
// each with at most 16 spans of evidence. Of each field it reads the first
// 128 KiB. A text that names no place gives nil, and one that says of none
// that the event is there gives no place with the role [Event].
func (g *Gazetteer) Find(t Text) []Place {
	var hits []hit
	for _, f := range []struct {
		name, text string
		weight     float64
	}{{"headline", t.Headline, headlineWeight}, {"lead", t.Lead, leadWeight}, {"body", t.Body, bodyWeight}} {
		p := read(f.name, clip(f.text))
		found := g.find(p, t.Language)
		if f.name != "headline" {
			markDateline(p, found)
		}
		g.look(p, found, t.Language)
		for i := range found {
			found[i].weight = f.weight
		}
		hits = append(hits, found...)
	}
	settle(hits)
	weigh(hits)
	return g.sum(hits)
}

func clip(s string) string {
	if len(s) <= maxField {
		return s
	}
	s = s[:maxField]
	for len(s) > 0 && !utf8.RuneStart(s[len(s)-1]) {
		s = s[:len(s)-1]
	}
	return s[:len(s)-1]
}

// Weights of evidence. Only their ratios matter.
const (
	headlineWeight = 3.0
	leadWeight     = 2.0
	bodyWeight     = 1.0

	regionWeight   = 2.0
	countryWeight  = 1.3
	capitalWeight  = 0.8 // the city or the government, who can tell
	townWeight     = 1.2
	peopleWeight   = 0.6
	datelineWeight = 1.5
	locativeFactor = 1.8
	areaFactor     = 1.3
	actorFactor    = 0.4
	subjectFactor  = 0.6 // first country of a headline that names another

	leastEvent = 0.9 // score of a place that may be the event's
)

// settle refuses names that mean something else as often unless another
// name of the same country stands in the text.
func settle(hits []hit) {
	firm := make(map[int16]int)
	for i := range hits {
		h := &hits[i]
		if !h.refused && !h.alone && !h.rivals && h.kind != town {
			firm[h.place]++
		}
	}
	for i := range hits {
		h := &hits[i]
		switch {
		case h.refused || firm[h.place] > 0:
		case h.rivals:
			h.refused = true
		case h.kind == town:
			h.refused = !h.dateline && !h.locative || h.alone
		case h.alone:
			h.refused = !h.dateline && !h.locative && !h.area
		}
	}
	// Of two places with one name, the one that has company stays; of two
	// that have, neither can be told.
	for i := range hits {
		for j := i + 1; j < len(hits) && hits[j].page == hits[i].page && hits[j].first == hits[i].first; j++ {
			if hits[i].refused || hits[j].refused {
				continue
			}
			if firm[hits[i].place] >= firm[hits[j].place] {
				hits[j].refused = true
			} else {
				hits[i].refused = true
			}
		}
	}
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
		case h.actor && h.kind != region && h.kind != town:
			h.weight *= actorFactor
		}
		if h.area && h.kind != people {
			h.weight *= areaFactor
		}
		if h.page.field != "headline" {
			h.weight /= 1 + 0.15*float64(h.page.words[h.first].sentence)
		}
	}
}

// A tally is what speaks for one country.
type tally struct {
	place    int16
	score    float64
	dateline bool
	hits     []*hit
}

// sum sums up the hits of each country.
func (g *Gazetteer) sum(hits []hit) []Place {
	var tallies []tally
	at := make(map[int16]int)
	for i := range hits {
		h := &hits[i]
		if h.refused {
			continue
		}
		k, ok := at[h.place]
		if !ok {
			k = len(tallies)
			at[h.place] = k
			tallies = append(tallies, tally{place: h.place})
		}
		t := &tallies[k]
		t.dateline = t.dateline || h.dateline
		t.hits = append(t.hits, h)
		// Saying it again adds less each time.
		t.score += h.weight / math.Sqrt(float64(len(t.hits)))
	}
	slices.SortStableFunc(tallies, func(a, b tally) int { return cmp.Compare(b.score, a.score) })
	var total float64
	for _, t := range tallies {
		total += t.score
	}
	var places []Place
	for i, t := range tallies {
		p := Place{Country: g.places[t.place].code, Name: g.places[t.place].name, Role: Mentioned}
		share := t.score / max(total, 1e-9)
		sure := t.score / (t.score + 2)
		p.Confidence = 1 - share*sure
		switch {
		case i == 0 && t.score >= leastEvent:
			p.Role, p.Confidence = Event, share*sure
		case t.dateline:
			p.Role, p.Confidence = Dateline, 0.9
		}
		for _, h := range t.hits[:min(len(t.hits), maxSpans)] {
			p.Evidence = append(p.Evidence, h.span())
		}
		places = append(places, p)
	}
	slices.SortStableFunc(places, func(a, b Place) int {
		return cmp.Or(cmp.Compare(rank(a.Role), rank(b.Role)), cmp.Compare(b.Confidence, a.Confidence))
	})
	return places[:min(len(places), maxPlaces)]
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
