package topic

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/fstest"
)

// TestNearFindsWhateverFits compares the search for near rules whose groups
// share words with a search of every choice.
func TestNearFindsWhateverFits(t *testing.T) {
	const within = 3
	groups := [][]string{{"alpha", "beta"}, {"beta", "gamma", "alpha"}, {"gamma", "alpha beta"}}
	lists := make([]string, len(groups))
	for i, g := range groups {
		lists[i] = "[" + strings.Join(g, ", ") + "]"
	}
	tagger, err := Load(fstest.MapFS{"armed/battle.yaml": &fstest.MapFile{Data: fmt.Appendf(nil,
		"topic: armed.battle\nlabel: x\nterms: {en: {near: [{all: [%s], within: %d, weight: strong}]}}\n", strings.Join(lists, ", "), within)}})
	if err != nil {
		t.Fatal(err)
	}
	s := newScan(tagger)
	rng := rand.New(rand.NewPCG(3, 4))
	words := []string{"alpha", "beta", "gamma", "delta", "delta"}
	for range 5000 {
		text := make([]string, 1+rng.IntN(8))
		for i := range text {
			text[i] = words[rng.IntN(len(words))]
		}
		s.run(&Text{Language: "en", Headline: strings.Join(text, " ")})
		if got, want := len(s.hits) > 0, fits(text, groups, within, nil); got != want {
			t.Fatalf("near rule in %q found %t, want %t", text, got, want)
		}
	}
}

// fits reports whether each group has a term in text, none of the terms
// sharing a word, and all of them beginning within so many words.
func fits(text []string, groups [][]string, within int, taken []int) bool {
	if len(groups) == 0 {
		lo, hi := len(text), 0
		for i, n := range taken {
			if n > 0 {
				lo, hi = min(lo, i), max(hi, i)
			}
		}
		return hi-lo <= within
	}
	if taken == nil {
		taken = make([]int, len(text)) // 1: a term begins here, -1: it goes on
	}
	for _, term := range groups[0] {
		parts := strings.Fields(term)
		for i := 0; i+len(parts) <= len(text); i++ {
			free := true
			for j, p := range parts {
				free = free && text[i+j] == p && taken[i+j] == 0
			}
			if !free {
				continue
			}
			for j := range parts {
				taken[i+j] = -1
			}
			taken[i] = 1
			ok := fits(text, groups[1:], within, taken)
			for j := range parts {
				taken[i+j] = 0
			}
			if ok {
				return true
			}
		}
	}
	return false
}
