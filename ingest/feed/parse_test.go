package feed

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func read(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func mustParse(t *testing.T, doc string, opts Options) *Feed {
	t.Helper()
	f, err := Parse([]byte(doc), opts)
	if err != nil {
		t.Fatalf("Parse(%.200q): %v", doc, err)
	}
	return f
}

var healthy = []string{"rss20.xml", "rss091.xml", "rdf.xml", "atom10.xml", "atom03.xml", "feed.json"}

func TestParseReadsEveryFormat(t *testing.T) {
	for _, name := range healthy {
		t.Run(name, func(t *testing.T) {
			f, err := Parse(read(t, name), Options{URL: "https://base.example/dir/feed"})
			if err != nil {
				t.Fatal(err)
			}
			if len(f.Repaired) > 0 {
				t.Errorf("Repaired = %q for a healthy document", f.Repaired)
			}
			var buf bytes.Buffer
			enc := json.NewEncoder(&buf)
			enc.SetEscapeHTML(false)
			enc.SetIndent("", "\t")
			if err := enc.Encode(f); err != nil {
				t.Fatal(err)
			}
			golden := filepath.Join("testdata", name+".golden")
			if *update {
				if err := os.WriteFile(golden, buf.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(buf.Bytes(), want) {
				t.Errorf("got\n%s\nwant\n%s", buf.Bytes(), want)
			}
		})
	}
}

func TestParseMendsDamage(t *testing.T) {
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
		items  int // of 3
	}{
		{"bytes of another encoding", replace("third week", "third w\xe9\xe9k"), faultEncoding, 3},
		{"half a character", replace("breakwater", "break\xc3water"), faultEncoding, 3},
		{"control character", replace("ledger", "led\x0bger"), faultCharacter, 3},
		{"noncharacter", replace("ledger", "led\uFFFFger"), faultCharacter, 3},
		{"reference to a control character", replace("ledger", "led&#11;ger"), faultCharacter, 3},
		{"warning before the root", func(s string) string { return "<b>Warning</b>: disk full\n" + s }, faultJunk, 3},
		{"comment and declaration", func(s string) string { return "<!-- x -->\n" + s }, faultDeclaration, 3},
		{"entity of HTML", replace("ledger", "l&eacute;dger"), faultEntity, 3},
		{"entity nobody knows", replace("ledger", "l&dger;"), faultEntity, 3},
		{"entity declared in the document", func(s string) string {
			return strings.Replace(s, "<rss", `<!DOCTYPE rss [<!ENTITY desk "Desk &#38; Co">]><rss`, 1)
		}, faultDoctype, 3},
		{"naked ampersand", replace("ledger", "led & ger"), faultAmpersand, 3},
		{"ampersand in a link", replace("&amp;s=1", "&s=1"), faultAmpersand, 3},
		{"attribute without quotes", replace(`type="audio/mpeg"`, "type=audio/mpeg"), faultAttribute, 3},
		{"address without quotes", replace(`url="/audio/blockade.mp3"`, "url=/audio/blockade.mp3"), faultAttribute, 3},
		{"attribute without a value", replace(`isPermaLink="false"`, "isPermaLink"), faultAttribute, 3},
		{"attribute without its last quote", replace(`isPermaLink="false">`, `isPermaLink="false>`), faultAttribute, 3},
		{"less than", replace("ledger", "l < dger"), faultMarkup, 3},
		{"address in angle brackets", replace("ledger", "<a@b.example>"), faultMarkup, 3},
		{"two hyphens in a comment", replace("<item>", "<!-- a -- b --><item>"), faultMarkup, 3},
		{"comment never closed", replace("<item>", "<!-- <item>"), faultUnclosed, 3},
		{"markup in a description", replace("A ledger", "A <p>ledger<br>"), faultMismatch, 3},
		{"misspelt end tag", replace("delta</title>", "delta</titel>"), faultMismatch, 3},
		{"missing end tag", replace("delta</title>", "delta"), faultMismatch, 3},
		{"missing end of an item", replace("</item>", ""), faultMismatch, 3},
		{"end tag in other case", replace("</pubDate>", "</pubdate>"), faultMismatch, 3},
		{"channel closed too early", replace("</item>", "</item></channel></rss>"), faultMismatch, 3},
		{"cut inside the third item", func(s string) string { return s[:strings.Index(s, "Au port")] }, faultTruncated, 2},
		{"cut inside a tag", func(s string) string { return s[:strings.Index(s, `xml:lang="fr"`)] }, faultTruncated, 2},
		{"cut inside a section", func(s string) string { return s[:strings.Index(s, " & fuel")] }, faultTruncated, 1},
		{"cut after an item", func(s string) string { return s[:strings.LastIndex(s, "</item>")+7] }, faultTruncated, 3},
	}
	doc := string(read(t, "rss20.xml"))
	whole := mustParse(t, doc, Options{})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := mustParse(t, tt.damage(doc), Options{})
			if len(f.Entries) != tt.items {
				t.Fatalf("%d entries, want %d", len(f.Entries), tt.items)
			}
			if !slices.Contains(f.Repaired, faultNames[tt.fault]) {
				t.Errorf("Repaired = %q, want %q among them", f.Repaired, faultNames[tt.fault])
			}
			for i, e := range f.Entries {
				want := whole.Entries[i]
				if e.Title != want.Title || !e.Published.Equal(want.Published) || len(e.Images) != len(want.Images) {
					t.Errorf("entry %d = %+v\nwant about %+v", i, e, want)
				}
			}
		})
	}
}

func TestParseKeepsMeaningWhenMending(t *testing.T) {
	tests := []struct{ in, want string }{
		{"caf\xe9 \x93quoted\x94", "café “quoted”"},
		{"ok \u00e9\u00e8 and \xe9", "ok éè and é"},
		{"a&nbsp;b&eacute;", "a\u00a0bé"},
		{"AT&T", "AT&T"},
		{"x?a=1&copy=2", "x?a=1&copy=2"},
		{"&unknown; &", "&unknown; &"},
		{"1 < 2 > 0", "1 < 2 > 0"},
		{"]]>", "]]>"},
		{"&#0;a&#x1F;b&#xFFFF;c&#99999999;d", "abcd"},
		{"&#X41;", "A"},
		{"<![CDATA[a & b]]> & c", "a & b & c"},
		{"<!wrong> text", "<!wrong> text"},
	}
	for _, tt := range tests {
		f := mustParse(t, "<rss><channel><item><title>"+tt.in+"</title></item></channel></rss>", Options{})
		if got := f.Entries[0].Title; got != tt.want {
			t.Errorf("title %q read as %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestParseDecodesCharsets(t *testing.T) {
	const text = `<?xml version="1.0"?><rss><channel><title>Žluťoučký кôň</title></channel></rss>`
	utf16 := func(order string, s string) []byte {
		var b []byte
		for _, r := range s {
			hi, lo := byte(r>>8), byte(r)
			if order == "big" {
				b = append(b, hi, lo)
			} else {
				b = append(b, lo, hi)
			}
		}
		return b
	}
	utf32 := func(s string) []byte {
		var b []byte
		for _, r := range s {
			b = append(b, byte(r), byte(r>>8), byte(r>>16), 0)
		}
		return b
	}
	short := func(declared, title string) []byte {
		return []byte(`<?xml version="1.0"` + declared + `?><rss><channel><title>` + title + `</title></channel></rss>`)
	}
	tests := []struct {
		name        string
		data        []byte
		contentType string
		want        string
	}{
		{"UTF-8", []byte(text), "", "Žluťoučký кôň"},
		{"UTF-8 with a mark", []byte("\ufeff" + text), "", "Žluťoučký кôň"},
		{"UTF-8 under a wrong label", []byte(text), "text/xml; charset=ISO-8859-1", "Žluťoučký кôň"},
		{"UTF-16 with a mark", append([]byte("\xff\xfe"), utf16("little", text)...), "", "Žluťoučký кôň"},
		{"UTF-16 big endian without a mark", utf16("big", text), "", "Žluťoučký кôň"},
		{"UTF-16 little endian without a mark", utf16("little", text), "", "Žluťoučký кôň"},
		{"UTF-32 without a mark", utf32(text), "", "Žluťoučký кôň"},
		{"header", short("", "\xcf\xf0\xe8"), "application/rss+xml; charset=windows-1251", "При"},
		{"header before declaration", short(` encoding="iso-8859-1"`, "\xcf\xf0\xe8"), "text/xml; charset=windows-1251", "При"},
		{"declaration", short(` encoding="windows-1251"`, "\xcf\xf0\xe8"), "", "При"},
		{"declaration, default of old servers", short(` encoding='koi8-r'`, "\xf0\xd2\xc9"), "text/xml; charset=us-ascii", "При"},
		{"several bytes per character", short(` encoding="gb2312"`, "\xd6\xd0\xb9\xfa"), "", "中国"},
		{"wrong declaration of UTF-8", short(` encoding="utf-8"`, "caf\xe9s"), "", "cafés"},
		{"unknown label", short(` encoding="x-none"`, "caf\xe9s"), "", "cafés"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f, err := Parse(tt.data, Options{ContentType: tt.contentType})
			if err != nil {
				t.Fatal(err)
			}
			if f.Title != tt.want {
				t.Errorf("Title = %q, want %q", f.Title, tt.want)
			}
		})
	}
}

func TestParseRefusesWhatIsNoFeed(t *testing.T) {
	for _, doc := range []string{
		"", "   ", "hello", "<", "<!--", "<html><body>Not found</body></html>", "{", "{}", "[]", `{"error":"x"}`,
		"<rss", "\xff\xfe", "\x00\x00\xfe\xff\x01",
	} {
		if f, err := Parse([]byte(doc), Options{}); err == nil {
			t.Errorf("Parse(%q) = %+v, want an error", doc, f)
		}
	}
}

func TestParseDropsEntriesBeyondTheLimit(t *testing.T) {
	docs := map[string]string{
		"rss":  `<rss><channel>` + numbered(7, "<item><title>%d</title><pubDate>2026-11-17</pubDate></item>") + `<title>last</title></channel></rss>`,
		"rdf":  `<rdf:RDF xmlns="http://purl.org/rss/1.0/" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">` + numbered(7, `<item rdf:about="%[1]d"><title>%[1]d</title></item>`) + `<channel><title>last</title></channel></rdf:RDF>`,
		"atom": `<feed xmlns="http://www.w3.org/2005/Atom">` + numbered(7, `<entry xml:base="/a/"><title>%d</title></entry>`) + `<title>last</title></feed>`,
		"json": `{"version":"https://jsonfeed.org/version/1","items":[` + strings.TrimSuffix(numbered(7, `{"id":"","title":"%d"},`), ",") + `],"title":"last"}`,
	}
	for format, doc := range docs {
		t.Run(format, func(t *testing.T) {
			for _, n := range []int{1, 3, 6, 7, 8} {
				f := mustParse(t, doc, Options{MaxEntries: n, URL: "https://a.example/"})
				if len(f.Entries) != min(n, 7) || f.Dropped != max(7-n, 0) || f.Title != "last" || f.Format != format {
					t.Fatalf("limit %d: %d entries, %d dropped, title %q, format %q", n, len(f.Entries), f.Dropped, f.Title, f.Format)
				}
				for i, e := range f.Entries {
					if e.Title != string(rune('0'+i)) {
						t.Errorf("limit %d: entry %d has title %q", n, i, e.Title)
					}
				}
			}
		})
	}
}

func TestParseMendsJSONFields(t *testing.T) {
	f := mustParse(t, `{"version":1.1,"title":["T"],"authors":"A","items":[
		{"id":12345678901234567890,"title":7,"tags":"war, peace","authors":[{"name":"B"},"C"],"attachments":{"url":"https://a.example/f","size_in_bytes":"12"}},
		{"id":"2","url":false,"tags":[1,{"name":"x"}],"author":[{"name":"D"}],"image":{"url":"u"}},
		"no item"]}`, Options{})
	want := []Entry{
		{ID: "12345678901234567890", Title: "7", Tags: []string{"war", "peace"}, Authors: []string{"B", "C"}, Enclosures: []Enclosure{{URL: "https://a.example/f", Length: 12}}},
		{ID: "2", Link: "false", Tags: []string{"1", "x"}, Authors: []string{"D"}},
	}
	if f.Title != "T" || f.Author != "A" || !reflect.DeepEqual(f.Entries, want) {
		t.Errorf("got %+v\nwant %+v", f, want)
	}
	if !slices.Contains(f.Repaired, faultNames[faultJSONType]) {
		t.Errorf("Repaired = %q", f.Repaired)
	}
	f = mustParse(t, `{"version":"1","title":"T","items":[{"id":"1"},{"id":"2"},{"id":"3","title":"ha`, Options{})
	if len(f.Entries) != 2 || !slices.Equal(f.Repaired, []string{faultNames[faultTruncated]}) {
		t.Errorf("of a document cut short: %+v", f)
	}
}

func TestParseResolvesLinks(t *testing.T) {
	tests := []struct{ url, base, href, want string }{
		{"https://a.example/x/feed", "", "p", "https://a.example/x/p"},
		{"https://a.example/x/feed", "", "/p?q=1#f", "https://a.example/p?q=1#f"},
		{"https://a.example/x/feed", "", "//b.example/p", "https://b.example/p"},
		{"https://a.example/x/feed", "", "https://b.example/%7ep", "https://b.example/%7ep"},
		{"https://a.example/x/feed", "https://c.example/d/e.xml", "p", "https://c.example/d/p"},
		{"https://a.example/x/feed", "https://c.example/d/e.xml?q=1", "../p", "https://c.example/p"},
		{"https://a.example/x/feed", "/d/e/", "p", "https://a.example/d/e/p"},
		{"https://a.example/x/feed", "mailto:x@y", "p", "https://a.example/x/p"},
		{"", "", "p", "p"},
		{"https://a.example/x/feed", "https://c.example/d/", " ", ""},
		{"", "https://c.example", "p", "https://c.example/p"},
		{"https://a.example/x/feed", "", "tag:a,2026:1", "tag:a,2026:1"},
	}
	for _, tt := range tests {
		base := ""
		if tt.base != "" {
			base = ` xml:base="` + tt.base + `"`
		}
		atom := mustParse(t, `<feed xmlns="http://www.w3.org/2005/Atom"`+base+`><entry><link href="`+tt.href+`"/></entry></feed>`, Options{URL: tt.url})
		rss := mustParse(t, `<rss><channel`+base+`><item><link>`+tt.href+`</link></item></channel></rss>`, Options{URL: tt.url})
		if got := atom.Entries[0].Link; got != tt.want {
			t.Errorf("Atom, document %q, base %q: %q became %q, want %q", tt.url, tt.base, tt.href, got, tt.want)
		}
		if got := rss.Entries[0].Link; got != tt.want {
			t.Errorf("RSS, document %q, base %q: %q became %q, want %q", tt.url, tt.base, tt.href, got, tt.want)
		}
	}
}

func TestParseTakesTheDivOffXHTML(t *testing.T) {
	const atom10 = `<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://a.example/"><entry>`
	const atom03 = `<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry>`
	tests := []struct{ in, want string }{
		{atom10 + `<summary type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">a <b>c</b></div></summary>`, "a <b>c</b>"},
		{atom10 + "<summary type='xhtml'>\n <x:div xml:base='/b/' xmlns:x='u'>a <div>b</div></x:div>\n</summary>", "a <div>b</div>"},
		{atom10 + `<summary type="xhtml"><div>a</div><div>b</div></summary>`, "<div>a</div><div>b</div>"},
		{atom10 + `<summary type="xhtml">a<div>b</div></summary>`, "a<div>b</div>"},
		{atom10 + `<summary type="xhtml"><div/></summary>`, "<div/>"},
		{atom10 + `<summary xml:base="/x/" type="xhtml" xml:lang="en"><div><a href="b">&lt;c&gt;</a></div></summary>`, `<a href="b">&lt;c&gt;</a>`},
		{atom10 + `<summary type="html">&lt;div&gt;a &amp;amp; b&lt;/div&gt;</summary>`, "<div>a &amp; b</div>"},
		{atom10 + `<summary type="html"><![CDATA[<a href="b">c</a>]]></summary>`, `<a href="b">c</a>`},
		{atom10 + `<summary type="text">&lt;b&gt;</summary>`, "<b>"},
		{atom10 + `<summary type="xhtml"><h:div xmlns:h="http://www.w3.org/1999/xhtml"><h:p class="h:p">a <o:b xmlns:o="urn:o">b</o:b></h:p><h:br/></h:div></summary>`, `<p class="h:p">a <o:b xmlns:o="urn:o">b</o:b></p><br/>`},
		{atom10 + `<summary type="xhtml"><div><s:svg xmlns:s="http://www.w3.org/2000/svg"><s:g></s:g></s:svg></div></summary>`, `<svg xmlns:s="http://www.w3.org/2000/svg"><g></g></svg>`},
		{atom10 + `<summary type="xhtml"><h:a><b xmlns:h="http://www.w3.org/1999/xhtml"><h:i/></b></h:a></summary>`, `<h:a><b xmlns:h="http://www.w3.org/1999/xhtml"><i/></b></h:a>`},
		{atom10 + `<summary type="xhtml"><h:1 xmlns:h="http://www.w3.org/1999/xhtml">x</h:1></summary>`, `<h:1 xmlns:h="http://www.w3.org/1999/xhtml">x</h:1>`},
		{atom03 + `<summary type="application/xhtml+xml"><div xmlns="http://www.w3.org/1999/xhtml">a</div></summary>`, "<div>a</div>"},
	}
	for _, tt := range tests {
		f := mustParse(t, tt.in+"</entry></feed>", Options{})
		if got := f.Entries[0].Summary; got != tt.want {
			t.Errorf("%s\nread as %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestParseReadsOddVocabulary(t *testing.T) {
	f := mustParse(t, `<a:feed xmlns:a="urn:private:atom"><a:title>T</a:title><a:entry><a:id> HTTP://A.example/%7e </a:id></a:entry></a:feed>`, Options{})
	if f.Title != "T" || f.Entries[0].ID != "HTTP://A.example/%7e" {
		t.Errorf("Atom in a namespace of its own: %+v", f)
	}
	f = mustParse(t, `<rss xmlns:dcterms="http://purl.org/dc/terms/"><channel><dcterms:modified>2026-11-17T00:00:00Z</dcterms:modified>
		<item><guid>no address</guid><tags>a, b</tags><category>b</category></item></channel></rss>`, Options{})
	if want := time.Date(2026, 11, 17, 0, 0, 0, 0, time.UTC); !f.Updated.Equal(want) {
		t.Errorf("Updated = %v, want %v", f.Updated, want)
	}
	if e := f.Entries[0]; e.Link != "" || e.ID != "no address" || !slices.Equal(e.Tags, []string{"a", "b"}) {
		t.Errorf("entry = %+v", e)
	}
}

func TestPersonFindsTheName(t *testing.T) {
	tests := []struct{ in, want string }{
		{"", ""},
		{"  Mira Aldous ", "Mira Aldous"},
		{"m@a.example (Mira Aldous)", "Mira Aldous"},
		{"Mira Aldous (m@a.example)", "Mira Aldous"},
		{`"Mira Aldous" <m@a.example>`, "Mira Aldous"},
		{"<m@a.example>", "<m@a.example>"},
		{"m@a.example", "m@a.example"},
		{"m@a.example ()", "m@a.example"},
	}
	for _, tt := range tests {
		if got := person(tt.in); got != tt.want {
			t.Errorf("person(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestParseMayRunConcurrently(t *testing.T) {
	var docs [][]byte
	var want []*Feed
	for _, name := range healthy {
		doc := read(t, name)
		f, err := Parse(doc, Options{})
		if err != nil {
			t.Fatal(err)
		}
		docs, want = append(docs, doc), append(want, f)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for i, doc := range docs {
				if f, err := Parse(doc, Options{}); err != nil || !reflect.DeepEqual(f, want[i]) {
					t.Errorf("%s read differently: %v", healthy[i], err)
				}
			}
		})
	}
	wg.Wait()
}

func TestParseLeavesItsInputAlone(t *testing.T) {
	doc := append([]byte("junk "), read(t, "rss20.xml")...)
	before := bytes.Clone(doc)
	if _, err := Parse(doc, Options{MaxEntries: 1}); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(doc, before) {
		t.Error("Parse modified its input")
	}
}
