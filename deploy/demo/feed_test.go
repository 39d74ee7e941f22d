package demo

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"html"
	"io"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/mmcdole/gofeed"
	"golang.org/x/text/encoding/charmap"
)

func TestFeedsAreWhatTheyClaim(t *testing.T) {
	n := newsroom(t)
	formats := map[string]string{"rss": "rss", "atom": "atom", "rdf": "rss", "json": "json"}
	for _, h := range n.houses {
		for _, c := range h.channels {
			if c.spoil != nil || c.mislabel {
				continue // tested by themselves
			}
			t.Run(c.id, func(t *testing.T) {
				doc, err := n.feed(h, c, after)
				if err != nil {
					t.Fatal(err)
				}
				f, err := gofeed.NewParser().Parse(bytes.NewReader(doc.body))
				if err != nil {
					t.Fatal(err)
				}
				if f.FeedType != formats[c.format] || f.Title != c.title {
					t.Errorf("parsed as %s %q, want %s %q", f.FeedType, f.Title, formats[c.format], c.title)
				}
				checkItems(t, n, h, c, f.Items)
			})
		}
	}
}

// checkItems compares what a parser found at the end of the timeline with
// what the feed should have.
func checkItems(t *testing.T, n *Newsroom, h *house, c *channel, items []*gofeed.Item) {
	t.Helper()
	i := 0
	for _, a := range h.articles {
		if !c.carries(a) || a.gone(after) {
			continue
		}
		if i >= len(items) {
			t.Fatalf("only %d items; %s and what follows are missing", len(items), a.url)
		}
		it := items[i]
		i++
		if it.Title != a.text(after).title {
			t.Errorf("item %d is titled %q, want %q", i, it.Title, a.text(after).title)
		}
		if link, _, _ := strings.Cut(it.Link, "?"+cmp.Or(c.track, "-")); link != a.url {
			t.Errorf("item %d leads to %s, want %s", i, it.Link, a.url)
		}
		if it.PublishedParsed == nil || n.published(a).Sub(*it.PublishedParsed).Abs() > time.Second {
			t.Errorf("item %d published %v, want %v", i, it.PublishedParsed, n.published(a))
		}
		if it.Description != a.text(after).standfirst {
			t.Errorf("item %d is described as %q, want %q", i, it.Description, a.text(after).standfirst)
		}
	}
	if i != len(items) {
		t.Errorf("%d items, want %d", len(items), i)
	}
}

func TestBrokenFeedIsBroken(t *testing.T) {
	n := newsroom(t)
	h, c := n.channel(t, "courrier-monde")
	doc, err := n.feed(h, c, after)
	if err != nil {
		t.Fatal(err)
	}
	d := xml.NewDecoder(bytes.NewReader(doc.body))
	for err == nil {
		_, err = d.Token()
	}
	if err == io.EOF {
		t.Error("well-formed after all")
	}
	for _, w := range []string{"&eacute;", "&rsquo;", "&nbsp;", "&from=rss"} {
		if !bytes.Contains(doc.body, []byte(w)) {
			t.Errorf("lacks %s", w)
		}
	}
	if bytes.Contains(doc.body, []byte("</rss>")) {
		t.Error("not cut off")
	}
	// Entities put right and the end put back, nothing must be missing.
	s, _, _ := strings.Cut(string(doc.body), "<item><title>La suite")
	s = strings.NewReplacer("&eacute;", "é", "&rsquo;", "’", "&nbsp;", "\u00a0", "&from", "&amp;from").Replace(s)
	f, err := gofeed.NewParser().ParseString(s + "</channel></rss>")
	if err != nil {
		t.Fatal(err)
	}
	checkItems(t, n, h, c, f.Items)
}

func TestMislabelledFeedIsNotUTF8(t *testing.T) {
	n := newsroom(t)
	h, c := n.channel(t, "cordillera-portada")
	doc, err := n.feed(h, c, after)
	if err != nil {
		t.Fatal(err)
	}
	if utf8.Valid(doc.body) || !strings.HasSuffix(doc.contentType, "charset=utf-8") || !bytes.Contains(doc.body, []byte(`encoding="UTF-8"`)) {
		t.Errorf("a feed of type %q that is UTF-8 or does not say so", doc.contentType)
	}
	text, err := charmap.Windows1252.NewDecoder().Bytes(doc.body)
	if err != nil {
		t.Fatal(err)
	}
	f, err := gofeed.NewParser().Parse(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	checkItems(t, n, h, c, f.Items)
}

func TestEncodeAgreesWithCharsets(t *testing.T) {
	tests := []struct {
		charset string
		m       *charmap.Charmap
		text    string
	}{
		{"windows-1251", charmap.Windows1251, "Ёлка – «ёж» № 7, „так“ — €…\u00a0АБЯабя"},
		{"windows-1252", charmap.Windows1252, "¿Qué? ‘señor’ – “niño” — €…\u00a0àÿ «œ»"},
	}
	for _, tt := range tests {
		got, err := tt.m.NewDecoder().Bytes(encode([]byte(tt.text), tt.charset))
		if err != nil {
			t.Fatal(err)
		}
		if html.UnescapeString(string(got)) != tt.text {
			t.Errorf("%s: %q comes back as %q", tt.charset, tt.text, got)
		}
	}
}

func TestGUIDsChurnAndRepeat(t *testing.T) {
	n := newsroom(t)
	guids := func(id string) []string {
		h, c := n.channel(t, id)
		doc, err := n.feed(h, c, after)
		if err != nil {
			t.Fatal(err)
		}
		f, err := gofeed.NewParser().Parse(bytes.NewReader(doc.body))
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for _, it := range f.Items {
			ids = append(ids, it.GUID)
		}
		return ids
	}
	first, second := guids("sidelines-sport"), guids("sidelines-sport")
	for _, id := range first {
		if slices.Contains(second, id) {
			t.Errorf("guid %q is the same in two answers", id)
		}
	}
	all := guids("stepnoy-lenta")
	if distinct := slices.Compact(slices.Sorted(slices.Values(all))); len(distinct) != len(all)-1 {
		t.Errorf("%d distinct guids of %d, want all but one", len(distinct), len(all))
	}
}
