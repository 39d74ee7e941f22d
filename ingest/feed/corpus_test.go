package feed

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Floors for the scores below; they only go up.
const (
	minAssertions = 0.93 // of feedparser's assertions about news feeds
	minRecall     = 0.99 // of entries in damaged feeds, weighted by how common the damage is
)

// corpus returns the folder of feeds kept beside the project, and skips the
// test when there is none.
func corpus(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(cmp.Or(os.Getenv("CONFLICTWIRE_SHARED"), "../../../shared"), "data", "feeds")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("no corpus of feeds; set CONFLICTWIRE_SHARED to the folder that has data/feeds")
	}
	return dir
}

// lines decodes a file of one JSON value a line.
func lines[T any](t *testing.T, name string) []T {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var out []T
	for line := range strings.Lines(string(data)) {
		var v T
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			t.Fatal(err)
		}
		out = append(out, v)
	}
	return out
}

func TestParseRecallsEntriesOfDamagedFeeds(t *testing.T) {
	dir := corpus(t)
	type damaged struct {
		File, Kind string
		Weight     float64
		Items      int
	}
	type tally struct {
		weight     float64
		got, items int
	}
	kinds := make(map[string]*tally)
	for _, d := range lines[damaged](t, filepath.Join(dir, "damaged.jsonl")) {
		data, err := os.ReadFile(filepath.Join(dir, "damaged", d.File))
		if err != nil {
			t.Fatal(err)
		}
		k := kinds[d.Kind]
		if k == nil {
			k = &tally{weight: d.Weight}
			kinds[d.Kind] = k
		}
		k.items += d.Items
		f, err := Parse(data, Options{})
		if err != nil {
			t.Logf("%s: %v", d.File, err)
			continue
		}
		k.got += min(len(f.Entries), d.Items)
	}
	sum, weight := 0.0, 0.0
	for name, k := range kinds {
		recall := float64(k.got) / float64(k.items)
		if recall < 1 {
			t.Logf("%s: recall %.3f", name, recall)
		}
		sum += k.weight * recall
		weight += k.weight
	}
	if got := sum / weight; got < minRecall {
		t.Errorf("recall %.3f, want at least %.3f", got, minRecall)
	} else {
		t.Logf("recall %.3f", got)
	}
}

func TestParseAgreesWithFeedparser(t *testing.T) {
	dir := corpus(t)
	type assertion struct {
		File    string
		Headers map[string]string
		Want    []struct {
			Path  []any
			Value any
		}
	}
	good, total := 0, 0
	for _, a := range lines[assertion](t, filepath.Join(dir, "feedparser.jsonl")) {
		data, err := os.ReadFile(filepath.Join(dir, "feedparser", a.File))
		if err != nil {
			t.Fatal(err)
		}
		total++
		f, err := Parse(data, Options{ContentType: a.Headers["Content-type"]})
		if err != nil {
			t.Logf("%s: %v", a.File, err)
			continue
		}
		ok := true
		for _, w := range a.Want {
			var path []string
			for _, p := range w.Path {
				path = append(path, fmt.Sprint(p))
			}
			want := fmt.Sprint(w.Value)
			if n, isNumber := w.Value.(float64); isNumber {
				want = fmt.Sprint(int64(n))
			}
			got := feedparserValue(f, path)
			if strings.Join(strings.Fields(got), " ") != strings.Join(strings.Fields(want), " ") {
				t.Logf("%s: %s = %q, want %q", a.File, strings.Join(path, "."), got, want)
				ok = false
			}
		}
		if ok {
			good++
		}
	}
	if got := float64(good) / float64(total); got < minAssertions {
		t.Errorf("%d of %d assertions hold, %.3f; want at least %.3f", good, total, got, minAssertions)
	} else {
		t.Logf("%d of %d assertions hold, %.3f", good, total, got)
	}
}

// feedparserValue looks up a value under the name feedparser has for it.
func feedparserValue(f *Feed, path []string) string {
	unix := func(t time.Time) string { return fmt.Sprint(t.Unix()) }
	if path[0] == "feed" {
		return map[string]string{
			"title": f.Title, "link": f.Link, "id": f.ID, "subtitle": f.Subtitle, "rights": f.Rights,
			"author": f.Author, "updated_parsed": unix(f.Updated), "published_parsed": unix(f.Published),
		}[path[1]]
	}
	if len(f.Entries) == 0 || path[1] != "0" {
		return ""
	}
	e := f.Entries[0]
	values := map[string]string{
		"title": e.Title, "link": e.Link, "id": e.ID, "summary": e.Summary, "content.0.value": e.Content,
		"rights": e.Rights, "author": strings.Join(e.Authors, ", "),
		"updated_parsed": unix(e.Updated), "published_parsed": unix(e.Published),
	}
	for i, tag := range e.Tags {
		values[fmt.Sprintf("tags.%d.term", i)] = tag
	}
	for i, enc := range e.Enclosures {
		prefix := fmt.Sprintf("enclosures.%d.", i)
		values[prefix+"href"], values[prefix+"type"], values[prefix+"length"] = enc.URL, enc.Type, fmt.Sprint(enc.Length)
	}
	return values[strings.Join(path[2:], ".")]
}

func TestParseDateAgreesWithFeedparser(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(corpus(t), "dates.json"))
	if err != nil {
		t.Fatal(err)
	}
	var dates []struct {
		In   string
		Unix int64
	}
	if err := json.Unmarshal(data, &dates); err != nil {
		t.Fatal(err)
	}
	right := 0
	for _, d := range dates {
		switch got := parseDate(d.In); {
		case got.IsZero():
			t.Logf("%q is not read", d.In)
		case got.Unix() != d.Unix:
			t.Errorf("parseDate(%q) = %v, want %v", d.In, got, time.Unix(d.Unix, 0).UTC())
		default:
			right++
		}
	}
	if right < 40 {
		t.Errorf("%d of %d dates read, want at least 40", right, len(dates))
	}
}

// TestParseReadsRealFeeds holds the guard to its word: what plain XML parsers
// read is not a document to mend, and no real feed is beyond the limits.
func TestParseReadsRealFeeds(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(corpus(t), "real", "*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no feeds: %v", err)
	}
	repaired := 0
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		f, err := Parse(data, Options{})
		if err != nil {
			t.Errorf("%s: %v", filepath.Base(name), err)
			continue
		}
		if len(f.Repaired) > 0 {
			t.Logf("%s: %q", filepath.Base(name), f.Repaired)
			repaired++
		}
	}
	if repaired > len(files)/20 {
		t.Errorf("%d of %d feeds repaired; the guard finds faults where there are none", repaired, len(files))
	}
}
