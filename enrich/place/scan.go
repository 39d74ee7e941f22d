package place

import "unicode/utf8"

// Bounds of a search.
const (
	maxField  = 128 << 10 // bytes of a field that are read
	maxPlaces = 32
	maxSpans  = 16      // of one place
	maxKept   = 1 << 14 // words of a field in memory that is kept for the next text
)

// A scan is one text being searched, with all its memory.
type scan struct {
	g       *Gazetteer
	tongue  tongue
	search  search
	pages   [3]page
	hits    []hit
	offs    [8]int  // memory for begins
	firm    []int32 // by place: names that tell it by themselves
	tallies []tally
	tallyOf []int32   // by place: its number in tallies, plus one
	said    []float64 // by point: what speaks for the event being there
}

func newScan(g *Gazetteer) *scan {
	s := &scan{g: g, firm: make([]int32, len(g.places)), tallyOf: make([]int32, len(g.places)), said: make([]float64, len(g.points))}
	for i := range s.pages {
		s.pages[i].starts = g.starts
	}
	s.search.tongue = &s.tongue
	return s
}

// Find returns the countries that t names: that of the event first, then
// that of the dateline, then the others, most confident first; at most 32,
// each with at most 16 spans of evidence. Of each field it reads the first
// 128 KiB. A text that names no place gives nil, and one that says of none
// that the event is there gives no place with the role [Event].
func (g *Gazetteer) Find(t Text) []Place {
	s, _ := g.pool.Get().(*scan)
	if s == nil {
		s = newScan(g)
	}
	s.tongue, s.hits = tongueOf(t.Language), s.hits[:0]
	s.read(&s.pages[0], "headline", t.Headline, headlineWeight)
	s.read(&s.pages[1], "lead", t.Lead, leadWeight)
	s.read(&s.pages[2], "body", t.Body, bodyWeight)
	s.settle()
	weigh(s.hits)
	places := s.sum()
	if s.forget() {
		g.pool.Put(s)
	}
	return places
}

// read finds the names in one field.
func (s *scan) read(p *page, field, text string, weight float64) {
	start := len(s.hits)
	p.read(field, clip(text))
	s.find(p)
	found := s.hits[start:]
	if field != "headline" {
		markDateline(p, found)
	}
	s.look(p, found)
	for i := range found {
		found[i].weight = weight
	}
}

// forget lets go of the text. It reports whether the memory is of a size
// worth keeping.
func (s *scan) forget() bool {
	clear(s.firm)
	clear(s.tallyOf)
	for i := range s.pages {
		p := &s.pages[i]
		if p.text = ""; cap(p.words) > maxKept {
			return false
		}
	}
	return true
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
