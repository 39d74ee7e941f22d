package place

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// A Point says where a place is, in degrees of WGS 84. Its zero value says
// that nobody knows.
type Point struct {
	Name      string // of what is there, as a gazetteer writes it
	Latitude  float64
	Longitude float64
	Precision Precision
}

// A Precision says what a point is the point of. The empty one belongs to no
// point.
type Precision string

// Precisions, the most exact first.
const (
	City    Precision = "city"    // a town or city
	Region  Precision = "region"  // the middle of a province or region, or its seat
	Country Precision = "country" // the middle of a country: no more is known
)

// maxPoints bounds the points of the data: they are numbered in 16 bits.
const maxPoints = math.MaxUint16

// points reads a code, a precision, and where the names of the other files
// are. A country's point has no names.
func (l *loader) points(f []string) error {
	if len(f) != 3 {
		return fmt.Errorf("want a code, a precision and points, got %d fields", len(f))
	}
	at, ok := l.index[f[0]]
	if !ok {
		return fmt.Errorf("unknown country %q", f[0])
	}
	precision := Precision(f[1])
	if precision != City && precision != Region && precision != Country {
		return fmt.Errorf("unknown precision %q", f[1])
	}
	for entry := range strings.SplitSeq(f[2], "|") {
		where, names, ok := strings.Cut(entry, "=")
		p, err := parsePoint(where)
		if !ok || err != nil {
			return fmt.Errorf("point %q is not latitude,longitude=names", entry)
		}
		p.Precision = precision
		if precision == Country {
			l.g.places[at].middle = p
			continue
		}
		p.Name, _, _ = strings.Cut(names, ";")
		if err := l.addPoint(at, p, names); err != nil {
			return err
		}
	}
	return nil
}

func parsePoint(s string) (p Point, err error) {
	latitude, longitude, _ := strings.Cut(s, ",")
	if p.Latitude, err = strconv.ParseFloat(latitude, 64); err != nil {
		return p, err
	}
	if p.Longitude, err = strconv.ParseFloat(longitude, 64); err != nil {
		return p, err
	}
	if !(math.Abs(p.Latitude) <= 90 && math.Abs(p.Longitude) <= 180) { // nor NaN
		return p, strconv.ErrRange
	}
	return p, nil
}

// addPoint notes that names of the place at mean p.
func (l *loader) addPoint(at int16, p Point, names string) error {
	if len(l.g.points) == maxPoints {
		return fmt.Errorf("more than %d points", maxPoints)
	}
	l.g.points = append(l.g.points, p)
	if l.pointOf[at] == nil {
		l.pointOf[at] = make(map[string]uint16)
	}
	for n := range strings.SplitSeq(names, ";") {
		l.page.read("", n)
		l.pointOf[at][string(l.fold())] = uint16(len(l.g.points)) // 0 is none
	}
	return nil
}

// onePoint returns the point of two meanings of a name in one country: none
// if they differ.
func onePoint(a, b uint16) uint16 {
	switch {
	case a == 0:
		return b
	case b == 0 || a == b:
		return a
	}
	return 0
}

// How far into a text a place is where the event happens without a word that
// says so, in sentences.
const near = 3

// happensAt reports whether h has a point and names where something happens:
// not where the report was filed, nor whence somebody comes, nor who did it.
// A capital that stands alone may be a government.
func (h *hit) happensAt() bool {
	switch {
	case h.point == 0 || h.refused || h.dateline:
		return false
	case h.locative:
		return true
	case h.origin || h.actor:
		return false
	}
	return !h.seat && (h.page.field != "body" || h.page.words[h.first].sentence < near)
}

// locate returns the point of the city, or else of the region, of the event's
// place, number at, that most is said about; or else that of the country.
func (s *scan) locate(at int16) Point {
	// What speaks for each point.
	for i := range s.hits {
		if h := &s.hits[i]; h.place == at && h.happensAt() {
			s.said[h.point-1] += h.weight
		}
	}
	var best *hit
	for i := range s.hits {
		if h := &s.hits[i]; h.place == at && h.happensAt() && s.better(h, best) {
			best = h
		}
	}
	for i := range s.hits {
		if p := s.hits[i].point; p != 0 {
			s.said[p-1] = 0
		}
	}
	if best == nil {
		return s.g.places[at].middle
	}
	p := s.g.points[best.point-1]
	p.Precision = s.precision(best)
	return p
}

// better reports whether h says more exactly than old, which may be nil, where
// the event is, or as exactly and with more to speak for it.
func (s *scan) better(h, old *hit) bool {
	if old == nil {
		return true
	}
	if is, was := s.precision(h) == City, s.precision(old) == City; is != was {
		return is
	}
	return s.said[h.point-1] > s.said[old.point-1]
}

// precision is what h's point is the point of: beside a word like "province"
// the name of a city is that of what lies around it.
func (s *scan) precision(h *hit) Precision {
	if h.wide {
		return Region
	}
	return s.g.points[h.point-1].Precision
}
