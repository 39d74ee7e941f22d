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

// clip cuts s to at most maxField bytes, between two runes.
func clip(s string) string {
	if len(s) <= maxField {
		return s
	}
	end := maxField
	for end > maxField-utf8.UTFMax && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end]
}

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
func settle(hits []hit) {
	firm := make(map[int16]int)
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
			if n, m := company(firm, *a), company(firm, *b); n < m || n == m && b.kind == capital {
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
func company(firm map[int16]int, h hit) int {
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
	tied := len(tallies) > 1 && tallies[1].score > likeFirst*tallies[0].score
	for i, t := range tallies {
		p := Place{Country: g.places[t.place].code, Name: g.places[t.place].name, Role: Mentioned}
		share := t.score / max(total, 1e-9)
		sure := t.score / (t.score + 2)
		p.Confidence = 1 - share*sure
		switch {
		case i == 0 && !tied && t.score >= leastEvent:
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
