package feed

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// zipped packs data with gzip.
func zipped(t testing.TB, data []byte) []byte {
	t.Helper()
	var buf bytes.Buffer
	w := gzip.NewWriter(&buf)
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// day returns midnight of a day in November 2026.
func day(n int) time.Time { return time.Date(2026, 11, n, 0, 0, 0, 0, time.UTC) }

const newsSitemap = `<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
 <url>
  <loc>https://courier.example/world/delta?a=1&amp;b=2</loc>
  <lastmod>2026-11-17T10:00:00+01:00</lastmod>
  <news:news>
   <news:publication><news:name>The Harbour Courier</news:name><news:language>en</news:language></news:publication>
   <news:publication_date>2026-11-17T08:00:00Z</news:publication_date>
   <news:title>Talks &amp; tides in the delta</news:title>
   <news:keywords>talks, delta , talks</news:keywords>
  </news:news>
  <image:image><image:loc>https://cdn.courier.example/1.jpg</image:loc><image:caption>Boats at dawn</image:caption><image:title>Boats</image:title></image:image>
  <image:image><image:loc>https://cdn.courier.example/2.jpg</image:loc><image:title>Quay</image:title></image:image>
 </url>
 <url>
  <loc>https://courier.example/world/grain</loc>
  <news:news>
   <news:publication><news:name>The Harbour Courier</news:name><news:language>en</news:language></news:publication>
   <news:publication_date>2026-11-16</news:publication_date>
   <news:title><![CDATA[Grain & fuel]]></news:title>
  </news:news>
 </url>
</urlset>
`

func wantNews() *Feed {
	return &Feed{Format: "sitemap", Title: "The Harbour Courier", Language: "en", Entries: []Entry{
		{
			ID: "https://courier.example/world/delta?a=1&b=2", Link: "https://courier.example/world/delta?a=1&b=2",
			Title: "Talks & tides in the delta", Language: "en", Tags: []string{"talks", "delta"},
			Published: time.Date(2026, 11, 17, 8, 0, 0, 0, time.UTC), Updated: time.Date(2026, 11, 17, 9, 0, 0, 0, time.UTC),
			Images: []Image{{URL: "https://cdn.courier.example/1.jpg", Caption: "Boats at dawn"}, {URL: "https://cdn.courier.example/2.jpg", Caption: "Quay"}},
		},
		{ID: "https://courier.example/world/grain", Link: "https://courier.example/world/grain", Title: "Grain & fuel", Language: "en", Published: day(16)},
	}}
}

func TestParseReadsNewsSitemaps(t *testing.T) {
	prefixed := strings.NewReplacer("<url", "<s:url", "</url", "</s:url", "<loc", "<s:loc", "</loc", "</s:loc", "<lastmod", "<s:lastmod", "</lastmod", "</s:lastmod",
		"xmlns=", "xmlns:s=", "news:", "n:", "image:", "i:").Replace(newsSitemap)
	undeclared := strings.Replace(newsSitemap, newsSitemap[strings.Index(newsSitemap, " xmlns="):strings.Index(newsSitemap, ">\n <url>")], "", 1)
	utf16 := []byte("\xff\xfe")
	for _, r := range newsSitemap {
		utf16 = append(utf16, byte(r), byte(r>>8))
	}
	for name, data := range map[string][]byte{
		"plain": []byte(newsSitemap), "packed": zipped(t, []byte(newsSitemap)), "other prefixes": []byte(prefixed),
		"no declarations": []byte(undeclared), "mark": []byte("\ufeff" + newsSitemap), "mark, packed": zipped(t, []byte("\ufeff"+newsSitemap)),
		"UTF-16": utf16, "UTF-16, packed": zipped(t, utf16),
	} {
		f, err := Parse(data, Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if want := wantNews(); !reflect.DeepEqual(f, want) {
			t.Errorf("%s: got %+v\nwant %+v", name, f, want)
		}
	}
}

func TestParseReadsPlainSitemaps(t *testing.T) {
	f := mustParse(t, `<urlset><url><loc> /a </loc><lastmod>2026-11-17</lastmod><priority>0.5</priority></url>
		<url><loc>https://b.example/x y</loc></url><url><loc>ftp://b.example/</loc></url><url><lastmod>2026-11-17</lastmod></url>
		<url><loc>https://b.example/c</loc><image:loc>https://b.example/i.jpg</image:loc></url></urlset>`, Options{URL: "https://a.example/sitemap.xml"})
	want := []Entry{
		{ID: "https://a.example/a", Link: "https://a.example/a", Updated: day(17)},
		{ID: "https://b.example/x y", Link: "https://b.example/x y"},
		{ID: "https://b.example/c", Link: "https://b.example/c"},
	}
	if !reflect.DeepEqual(f.Entries, want) || len(f.Repaired) > 0 {
		t.Errorf("got %+v, %q\nwant %+v", f.Entries, f.Repaired, want)
	}
	if f := mustParse(t, `<urlset/>`, Options{}); f.Format != "sitemap" || len(f.Entries) != 0 || len(f.Repaired) > 0 {
		t.Errorf("empty sitemap: %+v", f)
	}
}

func TestParseReadsSitemapIndexes(t *testing.T) {
	f := mustParse(t, `<?xml version="1.0"?><x:sitemapindex xmlns:x="u">
		<x:sitemap><x:loc>https://a.example/undated.xml</x:loc></x:sitemap>
		<x:sitemap><x:loc>old.xml.gz?x=1&amp;y</x:loc><x:lastmod>2026-11-01</x:lastmod></x:sitemap>
		<x:sitemap><x:loc>https://a.example/new.xml</x:loc><x:lastmod>2026-11-17</x:lastmod></x:sitemap>
		<x:sitemap><x:loc>https://a.example/undated2.xml</x:loc></x:sitemap></x:sitemapindex>`, Options{URL: "https://a.example/s/index.xml"})
	want := &Feed{Format: "sitemap-index", Parts: []Part{
		{"https://a.example/new.xml", day(17)}, {"https://a.example/s/old.xml.gz?x=1&y", day(1)},
		{URL: "https://a.example/undated.xml"}, {URL: "https://a.example/undated2.xml"},
	}}
	if !reflect.DeepEqual(f, want) {
		t.Errorf("got %+v\nwant %+v", f, want)
	}
	many := `<sitemapindex>` + numbered(1500, `<sitemap><loc>https://a.example/%d</loc></sitemap>`) +
		`<sitemap><loc>https://a.example/new</loc><lastmod>2026-11-17</lastmod></sitemap></sitemapindex>`
	f = mustParse(t, many, Options{MaxEntries: 1})
	if len(f.Parts) != maxParts || f.Dropped != 501 || f.Parts[0].URL != "https://a.example/new" || f.Parts[999].URL != "https://a.example/998" {
		t.Errorf("%d parts, %d dropped, first %v, last %v", len(f.Parts), f.Dropped, f.Parts[0], f.Parts[len(f.Parts)-1])
	}
}

func TestParseKeepsTheNewestOfASitemap(t *testing.T) {
	url := func(name, date string) string {
		if date != "" {
			date = "<lastmod>" + date + "</lastmod>"
		}
		return "<url><loc>https://a.example/" + name + "</loc>" + date + "</url>"
	}
	tests := []struct {
		urls []string // name and date
		max  int
		want string
	}{
		{[]string{"a", "", "b", "", "c", ""}, 2, "ab"},
		{[]string{"a", "2026-11-01", "b", "2026-11-03", "c", "2026-11-02"}, 2, "bc"},
		{[]string{"a", "2026-11-01", "b", "2026-11-01", "c", "2026-11-01"}, 2, "ab"},
		{[]string{"a", "", "b", "2026-11-03", "c", "", "d", "2026-11-02"}, 3, "abd"},
		{[]string{"a", "2026-11-01", "b", ""}, 5, "ab"},
		{[]string{"a", ""}, -1, ""},
	}
	for _, tt := range tests {
		var doc, got string
		for i := 0; i < len(tt.urls); i += 2 {
			doc += url(tt.urls[i], tt.urls[i+1])
		}
		f := mustParse(t, "<urlset>"+doc+"</urlset>", Options{MaxEntries: tt.max})
		for _, e := range f.Entries {
			got += strings.TrimPrefix(e.Link, "https://a.example/")
		}
		if got != tt.want || f.Dropped != len(tt.urls)/2-len(tt.want) {
			t.Errorf("%q, at most %d: got %q, %d dropped; want %q", tt.urls, tt.max, got, f.Dropped, tt.want)
		}
	}
	f := mustParse(t, "<urlset>"+numbered(maxSitemapURLs+7, "<url><loc>https://a.example/%d</loc></url>")+"</urlset>", Options{MaxEntries: 100_000})
	if len(f.Entries) != maxSitemapURLs || f.Dropped != 7 {
		t.Errorf("%d entries, %d dropped", len(f.Entries), f.Dropped)
	}
}

func TestParseReadsTextSitemaps(t *testing.T) {
	const doc = "\ufeffhttps://a.example/1\r\n\n https://a.example/2?a=1&b=2 \nhttps://a.example/3"
	for _, data := range [][]byte{[]byte(doc), zipped(t, []byte(doc))} {
		f, err := Parse(data, Options{ContentType: "text/plain; charset=utf-8", MaxEntries: 2})
		if err != nil {
			t.Fatal(err)
		}
		if len(f.Entries) != 2 || f.Dropped != 1 || f.Format != "sitemap" || f.Entries[0].Link != "https://a.example/1" || f.Entries[1].Link != "https://a.example/2?a=1&b=2" {
			t.Errorf("got %+v", f)
		}
	}
	for _, tt := range []struct{ doc, contentType string }{
		{doc, ""}, {doc, "text/html"}, {"https://a.example/1\nhello\n", "text/plain"}, {"\n", "text/plain"},
		{"https://a.example/1 and more\n", "text/plain"},
	} {
		if f, err := Parse([]byte(tt.doc), Options{ContentType: tt.contentType}); err == nil {
			t.Errorf("Parse(%q) as %q = %+v, want an error", tt.doc, tt.contentType, f)
		}
	}
	feed := mustParse(t, "<rss><channel><title>x</title></channel></rss>", Options{ContentType: "text/plain"})
	if feed.Format != "rss" {
		t.Errorf("a feed that is called text is a %q", feed.Format)
	}
}

func TestParseMendsSitemaps(t *testing.T) {
	at := func(mark string) func(string) string {
		return func(s string) string { return s[:strings.Index(s, mark)+len(mark)/2] }
	}
	replace := func(old, new string) func(string) string {
		return func(s string) string {
			if !strings.Contains(s, old) {
				panic("no " + old)
			}
			return strings.Replace(s, old, new, 1)
		}
	}
	tests := []struct {
		name   string
		damage func(string) string
		fault  fault
		items  int // of 2
	}{
		{"bytes of another encoding", replace("Talks", "T\xe9lks"), faultEncoding, 2},
		{"control character", replace("Boats", "Bo\x0bats"), faultCharacter, 2},
		{"naked ampersand", replace("a=1&amp;b", "a=1&b"), faultAmpersand, 2},
		{"ampersand like an entity without an end", replace("a=1&amp;b", "a=1&copy"), faultAmpersand, 2},
		{"entity of HTML", replace("in the", "in&nbsp;the"), faultEntity, 2},
		{"warning before the root", func(s string) string { return "<b>Warning</b>: disk full\n" + s }, faultJunk, 2},
		{"misspelt end tag", replace("</loc>", "</lok>"), faultMismatch, 2},
		{"missing end tag", replace("</loc>", ""), faultMismatch, 2},
		{"missing end of a url", replace(" </url>", ""), faultMismatch, 2},
		{"missing end of news", replace("</news:news>", ""), faultMismatch, 2},
		{"closed too early", replace("</url>", "</url></urlset>"), faultMismatch, 2},
		{"stray end", replace("</url>", "</b></url>"), faultMismatch, 2},
		{"unquoted attribute", replace(`xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"`, "xmlns=x"), faultAttribute, 2},
		{"cut in the second url", at("fuel]]>"), faultTruncated, 1},
		{"cut in a tag", at("</url>\n</urlset>"), faultTruncated, 2},
		{"cut in the first url", at("Talks"), faultTruncated, 0},
		{"cut before the end", replace("</urlset>", ""), faultTruncated, 2},
	}
	want := wantNews().Entries
	for _, tt := range tests {
		doc := []byte(tt.damage(newsSitemap))
		for _, data := range [][]byte{doc, zipped(t, doc)} {
			f, err := Parse(data, Options{})
			if err != nil {
				t.Errorf("%s: %v", tt.name, err)
				continue
			}
			if len(f.Entries) != tt.items || !slices.Contains(f.Repaired, faultNames[tt.fault]) {
				t.Errorf("%s: %d entries, want %d; Repaired = %q, want %q among them", tt.name, len(f.Entries), tt.items, f.Repaired, faultNames[tt.fault])
				continue
			}
			for i, e := range f.Entries {
				if !e.Published.Equal(want[i].Published) || len(e.Images) != len(want[i].Images) || e.Title == "" || !strings.HasPrefix(e.Link, want[i].Link[:30]) {
					t.Errorf("%s: entry %d = %+v", tt.name, i, e)
				}
			}
		}
	}
	for in, want := range map[string]string{
		"?a=1&copy=2": "?a=1&copy=2", "?a&amp;b": "?a&b", "?a&#38;b": "?a&b", "/caf\xe9": "/café", "/caf\xc3\xa9": "/café", "<![CDATA[?a&b]]>": "?a&b",
	} {
		f := mustParse(t, "<urlset><url><loc>https://a.example"+in+"</loc></url></urlset>", Options{})
		if len(f.Entries) != 1 || f.Entries[0].Link != "https://a.example"+want {
			t.Errorf("%q read as %+v", in, f.Entries)
		}
	}
	f, err := Parse([]byte(`<?xml version="1.0" encoding="windows-1251"?><urlset><url><loc>https://a.example/</loc><n:news><n:title>`+"\xcf\xf0\xe8"+`</n:title></n:news></url></urlset>`), Options{})
	if err != nil || f.Entries[0].Title != "При" || len(f.Repaired) > 0 {
		t.Errorf("windows-1251: %+v, %v", f, err)
	}
}

func TestParseUnpacksGzip(t *testing.T) {
	doc := read(t, "rss20.xml")
	whole := mustParse(t, string(doc), Options{})
	f, err := Parse(zipped(t, doc), Options{})
	if err != nil || !reflect.DeepEqual(f, whole) {
		t.Errorf("packed feed: %+v, %v", f, err)
	}
	two := append(zipped(t, doc[:500]), zipped(t, doc[500:])...)
	if f, err := Parse(two, Options{}); err != nil || !reflect.DeepEqual(f, whole) {
		t.Errorf("feed in two members: %+v, %v", f, err)
	}
	tail := append(zipped(t, doc), "<!-- cached -->"...)
	if f, err := Parse(tail, Options{}); err != nil || len(f.Entries) != 3 || !slices.Equal(f.Repaired, []string{faultNames[faultCompression]}) {
		t.Errorf("feed with a tail: %+v, %v", f, err)
	}
	packed := zipped(t, []byte("<urlset>"+numbered(5000, "<url><loc>https://a.example/%[1]d/%[1]x</loc></url>")+"</urlset>"))
	f, err = Parse(packed[:len(packed)/2], Options{MaxEntries: 10_000})
	if err != nil || len(f.Entries) < 1000 || len(f.Entries) > 4000 || f.Entries[1000].Link != "https://a.example/1000/3e8" || len(f.Repaired) != 2 {
		t.Errorf("cut: %v", err)
	}
	for name, tt := range map[string]struct {
		data []byte
		err  error
	}{
		"zeros":            {zipped(t, make([]byte, 20<<20)), errRatio},
		"sitemap of space": {zipped(t, []byte("<urlset>"+strings.Repeat(" ", 20<<20)+"</urlset>")), errRatio},
		"feed too large":   {zipped(t, []byte("<rss>"+numbered(2_600_000, "%07d"))), errSize},
		"too large":        {zipped(t, []byte("<urlset>"+numbered(8_000_000, "%07d"))), errSitemapSize},
		"twice packed":     {zipped(t, zipped(t, doc)), errNoRoot},
		"header alone":     {[]byte("\x1f\x8b"), errAny},
		"header and none":  {[]byte("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"), errEmpty},
	} {
		if f, err := Parse(tt.data, Options{}); err == nil || tt.err != errAny && !errors.Is(err, tt.err) {
			t.Errorf("%s: %+v, error %v, want %v", name, f, err, tt.err)
		}
	}
}

var errAny = errors.New("any error")

// A sitemap that is streamed must be read as one that is in memory, wherever
// the window happens to end.
func TestParseStreamsSitemaps(t *testing.T) {
	var b strings.Builder
	b.WriteString("<urlset>")
	for i := range 9000 {
		fmt.Fprintf(&b, "<url><loc>https://a.example/%d?a&amp;b</loc><lastmod>2026-11-%02d</lastmod><!-- %s --><n:news><n:title><![CDATA[Title <%d>]]> &quot;é&quot;</n:title></n:news></url>\n", i, i%28+1, strings.Repeat("-x", i%50), i)
	}
	b.WriteString("</urlset>")
	doc := []byte(b.String())
	if len(doc) < 5*window {
		t.Fatalf("only %d bytes", len(doc))
	}
	whole, err := Parse(doc, Options{MaxEntries: 10_000})
	if err != nil || len(whole.Entries) != 9000 || whole.Entries[8999].Title != `Title <8999> "é"` {
		t.Fatalf("whole: %v", err)
	}
	streamed, err := Parse(zipped(t, doc), Options{MaxEntries: 10_000})
	if err != nil || !reflect.DeepEqual(streamed, whole) {
		t.Errorf("streamed: %d entries, %q, %v", len(streamed.Entries), streamed.Repaired, err)
	}
}

// FuzzSitemap checks that a sitemap is read in the same way packed and plain,
// within its bounds.
func FuzzSitemap(f *testing.F) {
	f.Add([]byte(newsSitemap), "text/xml")
	f.Add([]byte("https://a.example/1\nhttps://a.example/2"), "text/plain")
	for _, s := range []string{
		`<sitemapindex><sitemap><loc>https://a.example/1</loc><lastmod>2026-11-17</lastmod></sitemap><sitemap>`,
		`<urlset><url><loc>https://a.example/1<url><loc>https://a.example/&copy</lok></url></urlset><url><loc>https://a.example/2</loc></url>`,
		"<urlset><url><loc>https://a.example/\xe9</loc><image><title>x</title><loc>y</loc></image></url>",
		"<?xml version='1.0' encoding='gb2312'?><urlset><url><loc>https://a.example/\xd6\xd0</loc></url></urlset>",
	} {
		f.Add([]byte(s), "")
	}
	f.Fuzz(func(t *testing.T, data []byte, contentType string) {
		if isGzip(data) {
			_, _ = Parse(data, Options{ContentType: contentType})
			return
		}
		opts := Options{URL: "https://a.example/s", ContentType: contentType, MaxEntries: 3}
		one, err := Parse(data, opts)
		if err == nil && !strings.HasPrefix(one.Format, "sitemap") {
			return
		}
		two, err2 := Parse(zipped(t, data), opts)
		if (err == nil) != (err2 == nil) || !reflect.DeepEqual(one, two) {
			t.Fatalf("plain %+v, %v\npacked %+v, %v", one, err, two, err2)
		}
		if err != nil {
			return
		}
		if len(one.Entries) > 3 || len(one.Parts) > maxParts {
			t.Errorf("%d entries, %d parts", len(one.Entries), len(one.Parts))
		}
		for _, e := range one.Entries {
			if !isWeb(e.Link) || e.ID != e.Link || len(e.Title) > maxSitemapText+4 {
				t.Errorf("entry %+v", e)
			}
		}
	})
}
