package enrich

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A lead is the start of a story written for this test: testdata/leads has
// some for every topic in every language, half of them without the topic's
// own noun, and ordinary news that borrows the language of war.
type lead struct {
	ID, Title, Text, Lang string
	Labels                []string // topics, with "conflict." before them
	Optional              []string // topics that may be found or not
	Relevant              bool
	Country               string // of the event; empty: not asked
}

func readLeads(t *testing.T, file string) []lead {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var leads []lead
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		var l lead
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			t.Fatalf("%s:%d: %v", file, n, err)
		}
		leads = append(leads, l)
	}
	return leads
}

// A tally counts answers.
type tally struct{ right, wrong, missed int }

func (c tally) f1() float64 {
	return 2 * float64(c.right) / max(1, float64(2*c.right+c.wrong+c.missed))
}

func (c *tally) add(got, want, optional []string) {
	for _, id := range got {
		switch {
		case slices.Contains(want, id):
			c.right++
		case !slices.Contains(optional, id):
			c.wrong++
		}
	}
	for _, id := range want {
		if !slices.Contains(got, id) {
			c.missed++
		}
	}
}

// TestLeads holds every language to a floor; go test -v shows the figures and
// what is wrong. The floors keep what was reached: the rules have seen these
// texts, so they say nothing of texts they have not seen.
func TestLeads(t *testing.T) {
	const topicsFloor, relevanceFloor, countryFloor = 0.78, 0.90, 0.78
	e := builtin(t)
	files, err := filepath.Glob("testdata/leads/*.jsonl")
	if err != nil || len(files) < 18 {
		t.Fatalf("leads in %d languages (%v), want 18", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".jsonl"), func(t *testing.T) {
			var found, relevant, country tally
			for _, l := range readLeads(t, file) {
				got := e.Tag(Text{Language: l.Lang, Headline: l.Title, Body: l.Text})
				var ids []string
				for _, x := range got.Topics {
					ids = append(ids, "conflict."+x.ID)
				}
				found.add(ids, l.Labels, l.Optional)
				relevant.add(said(got.Relevance >= 0.5), said(l.Relevant), nil)
				if l.Relevant && l.Country != "" {
					country.add([]string{got.Country}, []string{l.Country}, nil)
				}
				if slices.Sort(ids); fmt.Sprint(ids) != fmt.Sprint(l.Labels) || got.Country != l.Country && l.Country != "" {
					t.Logf("%s %q: topics %v, want %v (or %v); country %s, want %s", l.ID, l.Title, ids, l.Labels, l.Optional, got.Country, l.Country)
				}
			}
			t.Logf("F1 of topics %.2f, of relevance %.2f, country %.2f", found.f1(), relevant.f1(), country.f1())
			for _, x := range []struct {
				what       string
				got, floor float64
			}{{"topics", found.f1(), topicsFloor}, {"relevance", relevant.f1(), relevanceFloor}, {"country", country.f1(), countryFloor}} {
				if x.got < x.floor {
					t.Errorf("F1 of %s is %.3f, want at least %.2f", x.what, x.got, x.floor)
				}
			}
		})
	}
}

// said turns a yes or no into what a tally counts.
func said(yes bool) []string {
	if yes {
		return []string{"yes"}
	}
	return nil
}
