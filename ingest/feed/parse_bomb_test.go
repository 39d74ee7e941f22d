package feed

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// rssAround puts content into the only item of an RSS feed.
func rssAround(content string) string {
	return `<rss version="2.0" xmlns:x="urn:x"><channel><title>t</title><item><title>a</title>` + content + `</item></channel></rss>`
}

// numbered joins n strings made by format from their number.
func numbered(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// bombs are documents made to exhaust a parser. Each either parses or fails
// with the named error, within the given bytes allocated in total.
var bombs = []struct {
	name  string
	doc   func() string
	err   error
	alloc uint64 // MiB
}{
	{"nested extensions", func() string {
		return rssAround(strings.Repeat("<x:a>", 1_400_000) + strings.Repeat("</x:a>", 1_400_000))
	}, errDepth, 1},
	{"nested extensions never closed", func() string {
		return rssAround(strings.Repeat("<x:a>", 3_000_000))
	}, errDepth, 1},
	{"nested after a stray quote", func() string {
		return rssAround(`<x:a b=">` + strings.Repeat("<x:a>", 3_000_000))
	}, errDepth, 32},
	{"nested behind a comment with a control character", func() string {
		return rssAround("<!-- -\x01->" + strings.Repeat("<x:a>", 3_000_000) + "-->")
	}, errDepth, 32},
	{"nested behind a section with a control character", func() string {
		return rssAround("<![CDATA[ ]\x01]>" + strings.Repeat("<x:a>", 3_000_000) + "]]>")
	}, errDepth, 32},
	{"nested in a default namespace", func() string {
		return `<feed xmlns="http://www.w3.org/2005/Atom"><entry><e xmlns="urn:e">` + strings.Repeat("<a>", 5_000_000)
	}, errDepth, 1},
	{"nested unknown elements", func() string {
		return rssAround(strings.Repeat("<a>", 1_500_000))
	}, errDepth, 1},
	{"nested in a description", func() string {
		return rssAround("<description>" + strings.Repeat("<a>", 1_500_000) + "</description>")
	}, errDepth, 1},
	{"nested in escaped HTML", func() string {
		return `<feed xmlns="http://www.w3.org/2005/Atom" xml:base="http://example.org/"><entry><content type="html">` +
			strings.Repeat("&lt;div&gt;", 200_000) + `</content></entry></feed>`
	}, nil, 40},
	{"XHTML that grows when parsed as HTML", func() string {
		return `<feed xmlns="http://www.w3.org/2005/Atom"><entry><content type="xhtml"><p>` + numbered(200, `<b a="%d">`) +
			strings.Repeat("<p>x</p>", 100_000) + strings.Repeat("</b>", 200) + `</p></content></entry></feed>`
	}, nil, 100},
	{"nested channels", func() string {
		return `<rss version="2.0">` + strings.Repeat("<channel>", 1_500_000)
	}, errDepth, 1},
	{"attributes", func() string { return rssAround("<guid " + numbered(1_000_000, "a%d='1' ") + ">1</guid>") }, errAttrs, 1},
	{"namespaces", func() string { return rssAround(numbered(200_000, "<x:e%[1]d xmlns:x='urn:%[1]d'>")) }, errNamespaces, 8},
	{"items", func() string {
		return `<rss version="2.0"><channel>` + strings.Repeat("<item><title>a</title></item>", 200_000) + `</channel></rss>`
	}, nil, 160},
	{"elements in an item", func() string { return rssAround(strings.Repeat("<x:a/>", 2_500_000)) }, errElements, 1},
	{"text joined piece by piece", func() string {
		return rssAround("<x:a>" + strings.Repeat("xxxxxxxx<!---->", 1_000_000) + "</x:a>")
	}, errPieces, 1},
	{"escaped text", func() string {
		return rssAround("<description>" + strings.Repeat("x&amp;", 300_000) + "</description>")
	}, nil, 64},
	{"naked ampersands", func() string { return rssAround("<description>" + strings.Repeat("&", 7_000_000) + "</description>") }, errMended, 300},
	{"sections", func() string {
		return rssAround("<description>" + strings.Repeat("<![CDATA[x]]>", 1_200_000) + "</description>")
	}, errPieces, 16},
	{"sections never closed", func() string { return rssAround(strings.Repeat("<![CDATA[", 1_500_000)) }, nil, 64},
	{"comments never closed", func() string { return rssAround(strings.Repeat("<!-- ", 1_000_000)) }, nil, 64},
	{"stray ends with an item far off", func() string {
		return `<rss><channel>` + strings.Repeat("</channel>", 500_000) + `<item><title>a</title></item></channel></rss>`
	}, nil, 64},
	{"document types never closed", func() string { return "<rss>" + strings.Repeat("<!DOCTYPE", 1_500_000) }, nil, 64},
	{"document types never closed, and one end", func() string { return "<rss>" + strings.Repeat("<!DOCTYPE", 1_500_000) + ">" }, nil, 64},
	{"sitemap of document types never closed", func() string { return "<urlset>" + strings.Repeat("<!DOCTYPE", 5_000_000) }, nil, 64},
	{"sitemap of comments never closed", func() string { return "<urlset>" + strings.Repeat("<!-- ", 9_000_000) }, nil, 1},
	{"nested in a sitemap", func() string { return "<urlset><url>" + strings.Repeat("<a>", 9_000_000) }, errDepth, 1},
	{"elements in a sitemap", func() string { return "<urlset>" + strings.Repeat("<a/>", 9_000_000) }, errSitemapElements, 64},
	{"addresses", func() string {
		return "<urlset>" + strings.Repeat("<url><loc>http://a.example/</loc></url>", 1_200_000)
	}, errSitemapElements, 300},
	{"attributes in a sitemap", func() string { return "<urlset><url " + numbered(1_000_000, "a%d='1' ") + ">" }, errAttrs, 1},
	{"long text in a sitemap", func() string { return "<urlset><url><loc>https://" + strings.Repeat("x&amp;<b/>", 1_000_000) }, nil, 200},
	{"sitemap too large", func() string { return "<urlset>" + strings.Repeat(" ", maxSitemap) }, errSitemapSize, 1},
	{"images in a description", func() string {
		return rssAround("<description><![CDATA[" + strings.Repeat("<p><img ", 300_000) + "]]></description>")
	}, nil, 64},
	{"declared entities", func() string {
		return `<!DOCTYPE rss [<!ENTITY a "` + strings.Repeat("x", maxEntityValue) + `">]>` +
			rssAround("<description>"+strings.Repeat("&a;", 1_000_000)+"</description>")
	}, errMended, 200},
	{"entities of entities", func() string {
		return `<!DOCTYPE rss [<!ENTITY a "xxxxxxxxxx"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>` +
			rssAround("<description>&c;&c;</description>")
	}, nil, 1},
	{"JSON nesting", func() string {
		return `{"version":"https://jsonfeed.org/version/1","title":"x","items":` + strings.Repeat("[", 3_000_000) + "}"
	}, errJSONDepth, 1},
	{"JSON items", func() string {
		return `{"version":"https://jsonfeed.org/version/1","items":[` + strings.Repeat(`{"id":"a"},`, 300_000) + `{"id":"b"}]}`
	}, nil, 64},
	{"JSON values", func() string {
		return `{"version":"https://jsonfeed.org/version/1","items":[` + strings.Repeat(`1,`, 7_000_000) + `1]}`
	}, errJSONValues, 1},
	{"too large", func() string { return strings.Repeat(" ", maxSize+1) }, errSize, 1},
	{"too large once converted", func() string { return "<rss>" + strings.Repeat("\xe9", maxSize-10) }, errSize, 100},
}

func TestParseSurvivesBombs(t *testing.T) {
	for _, tt := range bombs {
		t.Run(tt.name, func(t *testing.T) {
			doc := []byte(tt.doc())
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := Parse(doc, Options{})
			runtime.ReadMemStats(&after)
			if !errors.Is(err, tt.err) {
				t.Errorf("Parse: error %v, want %v", err, tt.err)
			}
			if got := (after.TotalAlloc - before.TotalAlloc) >> 20; got > tt.alloc {
				t.Errorf("Parse allocated %d MiB for %d MiB, want at most %d", got, len(doc)>>20, tt.alloc)
			}
		})
	}
}
