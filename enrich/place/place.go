// Package place says which countries a text is about: where the event is,
// where it was filed, and what else is named.
//
// Names of countries, peoples, cities and regions in 18 languages are data
// (see data/README.md); what a name says of the event depends on the words
// around it. A text that names no place convincingly has no place of the
// event: none is ever made up from a feed, a publisher or a language. The
// event's [Point] is as exact as the names say, and says how exact it is.
package place

import (
	"embed"
	"io/fs"
	"sync"
)

// A Text is what is searched. Offsets of evidence count bytes in these fields.
type Text struct {
	Language string // BCP 47 primary subtag; "und" when unknown
	Headline string
	Lead     string
	Body     string
}

// A Role says what a place is to the story.
type Role string

// The roles of a place.
const (
	Event     Role = "event"     // where it happens
	Dateline  Role = "dateline"  // where the report was filed
	Mentioned Role = "mentioned" // named, no more
)

// A Place is a country that the text names, by itself or by a city, a region
// or its people.
type Place struct {
	Country    string // ISO 3166-1 alpha-2 in lower case
	Name       string // the country's English short name
	Role       Role
	Confidence float64 // 0 to 1, of the role
	Evidence   []Span  // never empty
	Point      Point   // of an event, where the most exact place named for it is; zero for other roles
}

// A Span is a stretch of a field that names the place.
type Span struct {
	Field      string // "headline", "lead" or "body"
	Start, End int    // bytes: field[Start:End] == Quote
	Quote      string
}

// A Gazetteer knows the names of places. It does not change once loaded, and
// its methods may be called concurrently.
type Gazetteer struct {
	places  []entry
	points  []Point
	names   *trie
	context *trie     // words that say what a place beside them is to the story
	starts  *starts   // before both
	pool    sync.Pool // of *scan
}

// An entry is a country of the gazetteer.
type entry struct {
	code   string // ISO 3166-1 alpha-2 in lower case
	name   string // in English
	middle Point
}

//go:embed data/*.tsv
var embedded embed.FS

var loadDefault = sync.OnceValues(func() (*Gazetteer, error) {
	data, err := fs.Sub(embedded, "data")
	if err != nil {
		return nil, err
	}
	return Load(data)
})

// Default returns the gazetteer of the data that the program carries. It is
// loaded at the first call, in a fraction of a second, and shared.
func Default() (*Gazetteer, error) { return loadDefault() }

// EventCountry returns the country of the first place with the role [Event],
// as an ISO 3166-1 alpha-2 code in lower case, or "zz" if there is none.
func EventCountry(places []Place) string {
	for _, p := range places {
		if p.Role == Event {
			return p.Country
		}
	}
	return "zz"
}
