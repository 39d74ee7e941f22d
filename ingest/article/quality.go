package article

import "unicode/utf8"

// judge says how far the extraction can be trusted, and whether the body is whole.
func (x *extraction) judge() {
	a := x.article
	if len(a.Body) == 0 {
		a.Partial = x.linked.closed
		return
	}
	words, runes := 0, 0
	for _, p := range a.Body {
		b := block{text: p.Text}
		b.measure(nil)
		words += int(b.tokens)
		runes += utf8.RuneCountInString(p.Text)
	}
	full := x.linked.wordCount
	if b := (block{text: plain(x.linked.body)}); b.text != "" {
		b.measure(nil)
		full = max(full, int(b.tokens))
	}
	blurb := 0
	for _, s := range x.blurbs {
		blurb = max(blurb, utf8.RuneCountInString(s))
	}
	const teaser = 120 // words; a closed page that shows no more is cut off
	short := full > 0 && words*10 < full*6 || runes < blurb
	a.Partial = short || x.linked.closed && (words < teaser || full == 0 && words < 2*teaser)
	a.Quality = x.quality(words)
	if short {
		a.Quality *= .6
	}
}

// quality is the mean certainty of the classifier, less for what speaks against
// an article: few words, no headline, no time, a body from elsewhere.
func (x *extraction) quality(words int) float64 {
	a := x.article
	q := .6
	if a.Method == "blocks" {
		q = float64(x.certainty)
	}
	switch {
	case words < 40:
		q *= .5
	case words < 100:
		q *= .8
	}
	if a.Title == "" {
		q *= .7
	}
	if a.Published.IsZero() {
		q *= .9
	}
	return max(0, min(1, q))
}
