package topic

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf8"
)

// TestScanFindsWhatIsThere compares the filter, the trie and the walk with a
// regular expression for each of many random terms, in random texts.
func TestScanFindsWhatIsThere(t *testing.T) {
	for _, tt := range []struct {
		lang, letters string
		article       string // that a text may have before the later words of a term
	}{
		{"en", "abcde", ""},
		{"ar", "تثجال", "ال"},
		{"he", "גזחטה", "ה"},
		{"zh", "战火兵国军", ""},
	} {
		t.Run(tt.lang, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(1, 2))
			letters := strings.Split(tt.letters, "")
			for range 40 {
				var vocabulary []string // words of terms
				word := func() string {
					var b strings.Builder
					for range 1 + rng.IntN(6) {
						b.WriteString(letters[rng.IntN(len(letters))])
					}
					vocabulary = append(vocabulary, b.String())
					return b.String()
				}
				terms := map[string]*regexp.Regexp{}
				for range 12 {
					term, pattern := randomTerm(rng, word, tt.article, tt.lang != "zh")
					terms[term] = regexp.MustCompile(pattern)
				}
				tagger, err := Load(fstest.MapFS{"armed/battle.yaml": &fstest.MapFile{Data: fmt.Appendf(nil,
					"topic: armed.battle\nlabel: x\nterms: {%s: {strong: [%s]}}\n", tt.lang, strings.Join(slices.Sorted(maps.Keys(terms)), ", "))}})
				if err != nil {
					t.Fatal(err)
				}
				s := newScan(tagger)
				for range 200 {
					checkHits(t, s, terms, randomText(rng, vocabulary, tt.article), tt.lang)
				}
			}
		})
	}
}

// randomText makes a text of words, some with more letters or the article.
func randomText(rng *rand.Rand, vocabulary []string, article string) string {
	text := ""
	for range 1 + rng.IntN(8) {
		text += " "
		if rng.IntN(3) == 0 {
			text += article
		}
		text += vocabulary[rng.IntN(len(vocabulary))]
		if rng.IntN(5) == 0 {
			text += vocabulary[rng.IntN(len(vocabulary))]
		}
	}
	return text + " ."
}

// randomTerm makes a term of up to three words, and a regular expression of
// what it matches: a group for the match, and another for what bounds it.
func randomTerm(rng *rand.Rand, word func() string, article string, spaced bool) (term, pattern string) {
	for i := range 1 + rng.IntN(3) {
		w := word()
		if i > 0 {
			term, pattern = term+" ", pattern+" (?:"+article+")?"
		}
		term, pattern = term+w, pattern+w
		if spaced && utf8.RuneCountInString(w) >= minStarStem && rng.IntN(3) == 0 {
			term, pattern = term+"*", pattern+`\pL*`
		}
	}
	if spaced {
		return term, ` (` + pattern + `)[ .]`
	}
	return term, "(" + pattern + ")"
}

// checkHits compares what is found at the beginnings of words with terms.
func checkHits(t *testing.T, s *scan, terms map[string]*regexp.Regexp, text, lang string) {
	t.Helper()
	want := map[string]bool{}
	for term, re := range terms {
		for at := 0; at < len(text); at++ {
			m := re.FindStringSubmatchIndex(text[at:])
			if m == nil {
				break
			}
			want[fmt.Sprint(term, " ", at+m[2])] = true
			at += m[0]
		}
	}
	s.run(&Text{Language: lang, Headline: text})
	got := map[string]bool{}
	for i := range s.hits {
		name := s.t.rules[s.hits[i].rule].name
		term := name[strings.LastIndexByte(name, '/')+1:]
		start := int(s.hits[i].start)
		if lang == "zh" || text[start-1] == ' ' { // not behind a prefix
			got[fmt.Sprint(term, " ", start)] = true
		}
	}
	for hit := range want {
		if !got[hit] {
			t.Fatalf("in %q did not find %q", text, hit)
		}
	}
	for hit := range got {
		if !want[hit] {
			t.Fatalf("in %q found %q, which is not there", text, hit)
		}
	}
}
