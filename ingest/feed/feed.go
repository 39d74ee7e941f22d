// Package feed turns the bytes of a feed document into entries.
//
// It is the only user of gofeed. In front of gofeed stand a guard, which
// bounds size, depth and count so that no document can end the process, and
// a repair, which runs only when the plain parse fails.
package feed

import "time"

// A Feed is one parsed feed document. Text fields are plain text unless said
// otherwise; zero times mean that the feed gave none or none that parses.
//
// Titles, subtitles and rights are as the feed gives them, less one level of
// escaping: mostly plain text, but RSS and Atom let a publisher put HTML there,
// and then it is HTML. Show them through a sanitiser.
type Feed struct {
	Format    string // "rss", "atom", "rdf" or "json"
	Title     string
	Link      string // the site's page, absolute where the document allows it
	Self      string // the feed's own idea of its address (rel=self)
	Hub       string // WebSub hub (rel=hub)
	ID        string
	Subtitle  string
	Language  string // as the feed says it, for example "en-GB"
	Rights    string
	Author    string
	Published time.Time
	Updated   time.Time
	TTL       time.Duration // how long the publisher says a poll stays fresh; zero when not given
	Entries   []Entry       // in document order

	// Repaired says what had to be mended before the document could be read,
	// for example "invalid UTF-8"; empty for a healthy document.
	Repaired []string
	// Dropped counts the entries beyond the limit that were left out.
	Dropped int
}

// An Entry is one item of a feed. Links are absolute where a base is known.
type Entry struct {
	ID         string // guid, atom:id, rdf:about, JSON Feed id; empty when not given
	Link       string
	Title      string
	Summary    string   // HTML as given
	Content    string   // HTML as given (content:encoded, atom:content, content_html)
	Authors    []string // names; an e-mail address only where there is no name
	Published  time.Time
	Updated    time.Time
	Tags       []string
	Language   string
	Rights     string // copyright line of this entry alone
	Enclosures []Enclosure
	Images     []Image // Media RSS and the like
}

// An Enclosure is a file attached to an entry.
type Enclosure struct {
	URL    string
	Type   string // media type as given
	Length int64  // bytes as given; zero when not given or not a number
}

// An Image is a picture of an entry with what the feed says about it.
type Image struct {
	URL           string
	Width, Height int // pixels; zero when not given
	Caption       string
	Credit        string
}
