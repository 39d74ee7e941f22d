package feed_test

import (
	"fmt"
	"time"

	"conflictwire/ingest/feed"
)

// A feed as they come: a warning of the server in front, an entity XML does
// not know, and the end missing.
func ExampleParse() {
	doc := `Warning: disk full
<rss version="2.0"><channel><title>Harbour&nbsp;Courier</title>
<item><title>Talks resume</title><link>/talks</link><pubDate>Tue, 17 Nov 2026 09:12:44 EST</pubDate></item>
<item><title>Grain an`

	f, err := feed.Parse([]byte(doc), feed.Options{URL: "https://courier.example/feed.xml"})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, e := range f.Entries {
		fmt.Println(e.Published.Format(time.RFC3339), e.Link, e.Title)
	}
	for _, r := range f.Repaired {
		fmt.Println("mended:", r)
	}
	// Output:
	// 2026-11-17T14:12:44Z https://courier.example/talks Talks resume
	// mended: text outside the root element
	// mended: undefined entities
	// mended: document cut short
}
