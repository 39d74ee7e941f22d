// Package feed turns the bytes of a feed document into entries.
//
// It is the only user of gofeed. In front of gofeed stand a guard, which
// bounds size, depth and count so that no document can end the process, and
// a repair, which runs only when the plain parse fails. Sitemaps are read by
// the same function without gofeed, as a stream.
//
// It also finds feeds: those a page names ([Discover]), those a site usually
// has ([Guesses]), those in an HTTP header ([LinkHeader]) and those in a list
// of subscriptions ([ReadOPML]).
package feed

import "time"

// A Feed is one parsed feed document. Text fields are plain text unless said
// otherwise; zero times mean that the feed gave none or none that parses.
//
// Titles, subtitles and rights are as the feed gives them, less one level of
// escaping: mostly plain text, but RSS and Atom let a publisher put HTML there,
// and then it is HTML. Show them through a sanitiser.
type Feed struct {
	Format    string // "rss", "atom", "rdf", "json", "sitemap" or "sitemap-index"
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
	Entries   []Entry // in document order

	// Hints for those who poll. Zero values mean that the feed says nothing.

	TTL       time.Duration  // how long a poll stays fresh (RSS ttl)
	Update    time.Duration  // how often something new comes (sy:updatePeriod over sy:updateFrequency), at least a minute
	SkipHours []int          // hours 0 to 23 in GMT without news; never all
	SkipDays  []time.Weekday // days in GMT without news; never all

	// Prev is where older entries are: the archive before this document, or
	// the next page of a paged feed (RFC 5005, next_url of JSON Feed).
	// Absolute, and never the document itself; nothing else is certain about
	// it, so those who follow it bound how far.
	Prev     string
	Complete bool // the document has all entries there are: what is missing was taken away (fh:complete)
	Archive  bool // the document is an archive and will not change (fh:archive)

	// Parts are the sitemaps that a sitemap index names, at most 1,000: newest
	// first, those without a date after them. Nil for everything else.
	Parts []Part

	// Repaired says what had to be mended before the document could be read,
	// for example "invalid UTF-8"; empty for a healthy document.
	Repaired []string
	// Dropped counts the entries, or parts, beyond the limit that were left out.
	Dropped int
}

// A Part is a sitemap named by a sitemap index.
type Part struct {
	URL      string    // absolute
	Modified time.Time // zero when not given
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
	Type          string // media type as given; mostly empty
	Width, Height int    // pixels; zero when not given
	Caption       string
	Credit        string
}
