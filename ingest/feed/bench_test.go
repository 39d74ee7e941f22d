package feed

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/mmcdole/gofeed"
)

// benchFeeds are healthy feeds of the size news feeds have, some 40 KB.
func benchFeeds() map[string]string {
	body := strings.Repeat("<p>The convoy left the depot before dawn &amp; reached the crossing at noon, officials said.</p>\n", 12)
	escaped := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(body)
	var gmt, offset, atom strings.Builder
	gmt.WriteString(`<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>World</title><link>https://a.example/</link>`)
	offset.WriteString(gmt.String())
	atom.WriteString(`<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom"><title>World</title><id>urn:a</id>`)
	const item = `<item><title>Convoy %[1]d reaches the crossing</title><link>https://a.example/%[1]d</link><guid isPermaLink="false">a-%[1]d</guid>
<pubDate>%[3]s</pubDate><dc:creator>Desk</dc:creator><category>World</category><description>%[2]s</description><content:encoded><![CDATA[%[4]s]]></content:encoded>
<media:content url="https://a.example/%[1]d.jpg" type="image/jpeg" width="600" height="400"><media:credit>Agency</media:credit></media:content></item>
`
	for i := range 20 {
		fmt.Fprintf(&gmt, item, i, escaped[:300], "Tue, 17 Nov 2026 09:12:44 GMT", body)
		fmt.Fprintf(&offset, item, i, escaped[:300], "Tue, 17 Nov 2026 09:12:44 +0000", body)
		fmt.Fprintf(&atom, `<entry><title>Convoy %[1]d</title><id>urn:a:%[1]d</id><link href="https://a.example/%[1]d"/><published>2026-11-17T09:12:44Z</published><updated>2026-11-17T09:12:44+01:00</updated><author><name>Desk</name></author><summary>Short</summary><content type="html">%[2]s</content></entry>
`, i, escaped)
	}
	gmt.WriteString("</channel></rss>")
	offset.WriteString("</channel></rss>")
	atom.WriteString("</feed>")
	return map[string]string{"rss-gmt": gmt.String(), "rss-offset": offset.String(), "atom": atom.String()}
}

// BenchmarkParse compares Parse with plain gofeed on the same healthy
// documents, and shows what mending costs.
func BenchmarkParse(b *testing.B) {
	feeds := benchFeeds()
	for _, name := range []string{"rss-gmt", "rss-offset", "atom"} {
		doc := []byte(feeds[name])
		b.Run(name+"/baseline-gofeed", func(b *testing.B) {
			b.SetBytes(int64(len(doc)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := gofeed.NewParser().Parse(bytes.NewReader(doc)); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(name+"/ours", func(b *testing.B) { benchParse(b, doc) })
	}
	damaged := strings.Replace(feeds["rss-gmt"], "reaches", "r&eacute;aches & <br>", 1)
	b.Run("rss-gmt/ours-mended", func(b *testing.B) { benchParse(b, []byte(damaged)) })
}

func benchParse(b *testing.B, doc []byte) {
	b.SetBytes(int64(len(doc)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(doc, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkGuard is what the guard alone costs of the above.
func BenchmarkGuard(b *testing.B) {
	doc := []byte(benchFeeds()["rss-gmt"])
	b.SetBytes(int64(len(doc)))
	b.ReportAllocs()
	for b.Loop() {
		if _, fault, err := scan(doc, nil, defaultMaxEntries); fault != faultNone || err != nil {
			b.Fatal(fault, err)
		}
	}
}

// BenchmarkSitemap reads a news sitemap of 5,000 addresses, in memory and
// packed.
func BenchmarkSitemap(b *testing.B) {
	doc := []byte("<urlset>" + numbered(5000, "<url><loc>https://a.example/%[1]d?a=1&amp;b=2</loc><lastmod>2026-11-17T09:12:44Z</lastmod><news:news><news:publication><news:name>Courier</news:name><news:language>en</news:language></news:publication><news:publication_date>2026-11-17T09:12:44Z</news:publication_date><news:title>Convoy %[1]d reaches the crossing</news:title></news:news></url>\n") + "</urlset>")
	b.Run("plain", func(b *testing.B) { benchParse(b, doc) })
	packed := zipped(b, doc)
	b.Run("packed", func(b *testing.B) {
		benchParse(b, packed)
		b.SetBytes(int64(len(doc)))
	})
}
