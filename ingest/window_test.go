package ingest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"conflictwire/ingest/feed"
)

// TestCompareKnowsEntriesAgain goes through what publishers do to their feeds
// between two polls. want is one word for each entry of the second document:
// new, same, changed.
func TestCompareKnowsEntriesAgain(t *testing.T) {
	const (
		site = "https://a.example/"
		long = "Ministers meet at the border to talk about the bridge"
	)
	day := time.Date(2026, 5, 1, 8, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		name          string
		before, after []feed.Entry
		want          string
		gap           bool
	}{
		{name: "nothing changes", before: []feed.Entry{{Link: site + "1", Title: long}}, after: []feed.Entry{{Link: site + "1", Title: long}}, want: "same"},
		{name: "another headline", before: []feed.Entry{{Link: site + "1", Title: long}}, after: []feed.Entry{{Link: site + "1", Title: "Talks"}}, want: "changed"},
		{name: "new ids at every request", before: []feed.Entry{{Link: site + "1", ID: "guid-000001", Title: "A"}}, after: []feed.Entry{{Link: site + "1", ID: "guid-999999", Title: "A"}}, want: "same"},
		{name: "https and www come", before: []feed.Entry{{Link: "http://www.a.example/1", Title: "A"}}, after: []feed.Entry{{Link: site + "1", Title: "A"}}, want: "same"},
		{name: "tracking parameters differ", before: []feed.Entry{{Link: site + "1?utm_source=rss&utm_id=7", Title: "A"}}, after: []feed.Entry{{Link: site + "1?utm_source=web", Title: "A"}}, want: "same"},
		{name: "the mobile twin", before: []feed.Entry{{Link: "https://m.a.example/1", Title: "A"}}, after: []feed.Entry{{Link: "https://www.a.example/1", Title: "A"}}, want: "same"},
		{name: "the AMP twin", before: []feed.Entry{{Link: site + "1/amp", Title: "A"}}, after: []feed.Entry{{Link: site + "1", Title: "A"}}, want: "same"},
		{name: "headline and slug edited, id kept", before: []feed.Entry{{Link: site + "talks-begin", ID: "tag:a.example,2026:1", Title: "Talks begin"}},
			after: []feed.Entry{{Link: site + "talks-fail", ID: "tag:a.example,2026:1", Title: "Talks fail"}}, want: "changed"},
		{name: "a token in each link", before: []feed.Entry{{Link: site + "view?a=8&token=q1w2", Title: long}}, after: []feed.Entry{{Link: site + "view?a=8&token=e3r4", Title: long}}, want: "same"},
		{name: "the same, but the words are too few to tell", before: []feed.Entry{{Link: site + "view?token=q1", Title: "Live"}}, after: []feed.Entry{{Link: site + "view?token=e3", Title: "Live"}}, want: "new", gap: true},
		{name: "ids are positions", before: []feed.Entry{{Link: site + "1", ID: "1", Title: "A"}, {Link: site + "2", ID: "2", Title: "B"}},
			after: []feed.Entry{{Link: site + "3", ID: "1", Title: "C"}, {Link: site + "1", ID: "2", Title: "A"}}, want: "new same"},
		{name: "one id for all", before: []feed.Entry{{Link: site + "1", ID: "https://a.example/feed", Title: "A"}, {Link: site + "2", ID: "https://a.example/feed", Title: "B"}},
			after: []feed.Entry{{Link: site + "3", ID: "https://a.example/feed", Title: "C"}, {Link: site + "2", ID: "https://a.example/feed", Title: "B"}}, want: "new same"},
		{name: "one link twice", before: nil, after: []feed.Entry{{Link: site + "1", Title: "A"}, {Link: site + "1?utm_medium=x", Title: "A again"}}, want: "new"},
		{name: "the id is the link, and both change", before: []feed.Entry{{Link: site + "1", ID: site + "1", Title: "A"}}, after: []feed.Entry{{Link: site + "2", ID: site + "2", Title: "B"}}, want: "new", gap: true},
		{name: "re-dated", before: []feed.Entry{{Link: site + "1", Title: "A", Published: day}}, after: []feed.Entry{{Link: site + "1", Title: "A", Published: day.Add(time.Hour)}}, want: "same"},
		{name: "updated", before: []feed.Entry{{Link: site + "1", Title: "A", Updated: day}}, after: []feed.Entry{{Link: site + "1", Title: "A", Updated: day.Add(time.Hour)}}, want: "changed"},
		{name: "all dated at the moment of the request", before: stamped(day, "1", "2", "3"), after: stamped(day.Add(time.Hour), "1", "2", "3"), want: "same same same"},
		{name: "without links, told apart by id", before: []feed.Entry{{ID: "flash-20260501-7", Title: "A"}}, after: []feed.Entry{{ID: "flash-20260501-8", Title: "B"}, {ID: "flash-20260501-7", Title: "A"}}, want: "new same"},
		{name: "nothing of what was there", before: []feed.Entry{{Link: site + "1", Title: "A"}}, after: []feed.Entry{{Link: site + "2", Title: "B"}, {Link: site + "3", Title: "C"}}, want: "new new", gap: true},
		{name: "an old id comes back beside its old link", before: []feed.Entry{{Link: site + "1", ID: "tag:a.example,2026:1", Title: "A"}},
			after: []feed.Entry{{Link: site + "1", ID: "tag:a.example,2026:1", Title: "A"}, {Link: site + "2", ID: "tag:a.example,2026:1", Title: "B"}}, want: "same new"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := Feed{ID: "f", URL: site + "feed"}
			first, _ := compare(f, &feed.Feed{Entries: tt.before}, nil, day)
			var before window
			for _, m := range first {
				before = append(before, m.seen)
			}
			list, overlap := compare(f, &feed.Feed{Entries: tt.after}, before, day.Add(time.Minute))
			var got []string
			keys := map[string]bool{}
			for _, m := range list {
				word := "new"
				switch {
				case m.changed:
					word = "changed"
				case m.known:
					word = "same"
				}
				got = append(got, word)
				if keys[m.seen.Key] || m.seen.Key != m.Entry.Key {
					t.Errorf("key %s of the entry, %s to remember, taken: %t", m.Entry.Key, m.seen.Key, keys[m.seen.Key])
				}
				keys[m.seen.Key] = true
				old := slices.IndexFunc(before, func(s seen) bool { return s.Key == m.seen.Key })
				if m.known && (old < 0 || !m.seen.First.Equal(day)) {
					t.Errorf("%q is known, but its key is new, or its first time %v", m.Title, m.seen.First)
				}
			}
			if words := strings.Join(got, " "); words != tt.want || len(before) > 0 && overlap == tt.gap {
				t.Errorf("%s, overlap %t; want %s, gap %t", words, overlap, tt.want, tt.gap)
			}
		})
	}
}

// stamped are entries that are all dated at.
func stamped(at time.Time, names ...string) (list []feed.Entry) {
	for _, n := range names {
		list = append(list, feed.Entry{Link: "https://a.example/" + n, Title: n, Updated: at})
	}
	return list
}

// TestCompareFollowsAnEntryForLong lets slugs and tokens change poll after
// poll: it stays one entry.
func TestCompareFollowsAnEntryForLong(t *testing.T) {
	f := Feed{ID: "f", URL: "https://a.example/feed"}
	var before window
	first := ""
	for n := range 20 {
		doc := &feed.Feed{Entries: []feed.Entry{
			{Link: fmt.Sprintf("https://a.example/slug-%d", n), ID: "urn:a:000123", Title: fmt.Sprintf("Version %d", n)},
			{Link: fmt.Sprintf("https://a.example/v?t=%d", n*7919), Title: "Ministers meet at the border to talk about the bridge"},
		}}
		list, overlap := compare(f, doc, before, time.Now())
		keys := list[0].seen.Key + list[1].seen.Key
		if n == 0 {
			first = keys
		} else if keys != first || !overlap {
			t.Fatalf("poll %d: keys %s, want %s; overlap %t", n, keys, first, overlap)
		}
		before = window{list[0].seen, list[1].seen}
	}
}

func BenchmarkCompare(b *testing.B) {
	f := Feed{ID: "f", URL: "https://a.example/feed"}
	doc := &feed.Feed{}
	for n := range 40 {
		doc.Entries = append(doc.Entries, feed.Entry{Link: fmt.Sprintf("https://a.example/news/%d", n), ID: fmt.Sprintf("tag:a.example,2026:%d", n), Title: fmt.Sprintf("Headline number %d of the day", n), Summary: strings.Repeat("word ", 40)})
	}
	list, _ := compare(f, doc, nil, time.Now())
	var before window
	for _, m := range list {
		before = append(before, m.seen)
	}
	b.ReportAllocs()
	for b.Loop() {
		compare(f, doc, before, time.Now())
	}
}
