package main

import (
	"strings"
	"unicode"
)

// figures are precision and recall from 0 to 1.
type figures struct{ precision, recall float64 }

func (f figures) f1() float64 {
	if f.precision+f.recall == 0 {
		return 0
	}
	return 2 * f.precision * f.recall / (f.precision + f.recall)
}

// score compares the texts found with what is wanted. Where pages come with
// bodies, it takes the multisets of four words in a row, the mean precision over
// the pages that gave a text, and the mean recall over all. Where they come with
// snippets, it counts those wanted that were found and those unwanted that were.
func score(pages []page, found []string) figures {
	if len(pages) == 0 {
		return figures{}
	}
	if len(pages[0].With) > 0 {
		return scoreSnippets(pages, found)
	}
	var f figures
	answered := 0
	for i, p := range pages {
		want, got := sequences(p.Want, p.signs), sequences(found[i], p.signs)
		shared, wanted, given := 0, 0, 0
		for k, n := range want {
			wanted += n
			shared += min(n, got[k])
		}
		for _, n := range got {
			given += n
		}
		if given > 0 {
			answered++
			f.precision += ratio(shared, given)
		}
		f.recall += ratio(shared, wanted)
	}
	f.precision /= float64(max(answered, 1))
	f.recall /= float64(len(pages))
	return f
}

func scoreSnippets(pages []page, found []string) figures {
	hits, wanted, wrong := 0, 0, 0
	for i, p := range pages {
		text := folded(found[i])
		for _, s := range p.With {
			if strings.Contains(text, folded(s)) {
				hits++
			}
		}
		for _, s := range p.Without {
			if strings.Contains(text, folded(s)) {
				wrong++
			}
		}
		wanted += len(p.With)
	}
	return figures{ratio(hits, hits+wrong), ratio(hits, wanted)}
}

func folded(s string) string { return strings.Join(strings.Fields(s), " ") }

func ratio(n, of int) float64 {
	if of == 0 {
		return 0
	}
	return float64(n) / float64(of)
}

// sequences counts the runs of four words in text, or the one shorter run that
// it consists of. With signs, each kana and Han character is a word.
func sequences(text string, signs bool) map[string]int {
	const length = 4
	words := wordsOf(text, signs)
	out := map[string]int{}
	if len(words) == 0 {
		return out
	}
	for i := range max(1, len(words)-length+1) {
		out[strings.Join(words[i:min(len(words), i+length)], " ")]++
	}
	return out
}

func wordsOf(text string, signs bool) []string {
	var out []string
	start := -1
	end := func(at int) {
		if start >= 0 {
			out = append(out, text[start:at])
		}
		start = -1
	}
	for i, r := range text {
		switch {
		case signs && (0x3040 <= r && r <= 0x30FF || 0x3400 <= r && r <= 0x9FFF):
			end(i)
			out = append(out, string(r))
		case r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r):
			if start < 0 {
				start = i
			}
		default:
			end(i)
		}
	}
	end(len(text))
	return out
}
