package article

import (
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// maxGates is the number of selectors of closed parts that are read.
const maxGates = 8

// notFree reports whether an object is declared as closed to those who do not
// pay (schema.org/isAccessibleForFree).
func notFree(o object) bool {
	switch v := o["isAccessibleForFree"].(type) {
	case bool:
		return !v
	case string:
		v = strings.TrimSpace(v)
		return strings.EqualFold(v[strings.LastIndexByte(v, '/')+1:], "false") // "False" or "https://schema.org/False"
	}
	return false
}

// gatesOf returns the selectors of the closed parts of an object.
func gatesOf(o object) []string {
	parts, ok := o["hasPart"].([]any)
	if !ok {
		parts = []any{o["hasPart"]}
	}
	var out []string
	for _, p := range parts[:min(len(parts), maxGates)] {
		if p, ok := p.(object); ok && notFree(p) {
			out = append(out, strs(p["cssSelector"])...)
		}
	}
	return out[:min(len(out), maxGates)]
}

// examine says whether the article is closed, and whether the body is less than
// the whole. What counts against it, in this order: a body shorter than JSON-LD
// says, a closed part that is missing from the page, a closed page that shows
// little, a body shorter than its own description.
func (x *extraction) examine() {
	a, l := x.article, &x.linked
	a.Closed = l.closed || len(l.gates) > 0
	if tier := strings.ToLower(x.page.head.get("article:content_tier")); tier == "locked" || tier == "metered" {
		a.Closed = true
		a.Sources["closed"] = "meta"
	} else if a.Closed {
		a.Sources["closed"] = "json-ld"
	}
	have, runes := countWords(a.Text()), 0
	for _, p := range a.Body {
		runes += utf8.RuneCountInString(p.Text)
	}
	full := max(l.wordCount, countWords(plain(l.body)))
	blurb := 0
	for _, s := range x.blurbs {
		blurb = max(blurb, utf8.RuneCountInString(s))
	}
	const (
		teaser  = 120 // words; a closed page that shows no more is cut off
		opening = 360 // words; a page that shows more has the whole, whatever its selectors match
	)
	why := ""
	switch {
	case len(a.Body) == 0:
		if a.Closed {
			why = "closed and empty"
		}
	case full > 0 && have*10 < full*6:
		why = "shorter than declared"
	case a.Closed && full == 0 && have < opening && len(l.gates) > 0 && x.gated():
		why = "closed part missing"
	case a.Closed && (have < teaser || full == 0 && len(l.gates) == 0 && have < 2*teaser):
		why = "closed and short"
	case runes < blurb:
		why = "shorter than its description"
	}
	a.Partial = why != ""
	if a.Partial {
		a.Sources["partial"] = why
	} else {
		delete(a.Sources, "partial")
	}
}

func countWords(s string) int {
	b := block{text: s}
	b.measure(nil)
	return int(b.tokens)
}

// gated reports whether the closed parts are not in the page, or have hardly
// any text in it.
func (x *extraction) gated() bool {
	const least = 25 // words that a part holds at least
	for i := range x.page.elements {
		e := &x.page.elements[i]
		if e.tokens < least {
			continue
		}
		for _, selector := range x.linked.gates {
			if selects(selector, e.node) {
				return false
			}
		}
	}
	return true
}

// selects reports whether a selector finds an element. It knows what pages
// name their closed parts with, a tag with classes and ids as in "div.paywall";
// anything else, which could cost much time to match, finds nothing.
func selects(selector string, n *html.Node) bool {
	selector = strings.TrimSpace(selector)
	end := strings.IndexAny(selector, ".#")
	if end < 0 || strings.ContainsAny(selector, " >+~:[*,") {
		return false
	}
	if tag := selector[:end]; tag != "" && !strings.EqualFold(tag, n.Data) {
		return false
	}
	for rest := selector[end:]; rest != ""; {
		next := 1 + strings.IndexAny(rest[1:], ".#")
		if next == 0 {
			next = len(rest)
		}
		name := rest[1:next]
		if rest[0] == '#' && attr(n, "id") != name || rest[0] == '.' && !slices.Contains(strings.Fields(attr(n, "class")), name) {
			return false
		}
		rest = rest[next:]
	}
	return true
}
