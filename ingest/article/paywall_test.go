package article

import (
	"strings"
	"testing"

	"golang.org/x/net/html"
)

func TestExtractTellsPartsFromWholes(t *testing.T) {
	ld := func(s string) string {
		return `<script type="application/ld+json">{"@type":"NewsArticle","headline":"Ferry service resumes on the lake",` + s + `}</script>`
	}
	gate := func(selector string) string {
		return ld(`"isAccessibleForFree":true,"hasPart":{"@type":"WebPageElement","isAccessibleForFree":"False","cssSelector":"` + selector + `"}`)
	}
	long := `<p>` + strings.Repeat(testOne+" ", 12) + `</p><p>` + strings.Repeat(testTwo+" ", 12) + `</p>`
	for _, tt := range []struct {
		name, head, html string
		closed           bool
		why              string // "" for a whole article
	}{
		{"open", ld(`"isAccessibleForFree":true`), testBody, false, ""},
		{"nothing said", "", testBody, false, ""},
		{"closed and short", ld(`"isAccessibleForFree":"False"`), testBody, true, "closed and short"},
		{"closed by address", ld(`"isAccessibleForFree":"http://schema.org/False"`), testBody, true, "closed and short"},
		{"closed and long", ld(`"isAccessibleForFree":false`), long, true, ""},
		{"closed part there", gate(".rest"), `<p>` + testOne + `</p><div class="x rest">` + testBody + strings.Repeat(`<p>`+testTwo+` Again.</p><p>`+testThree+` Again.</p>`, 1) + `</div>`, true, ""},
		{"closed part missing", gate(".rest"), testBody + `<p>` + strings.Repeat("More of the same was said. ", 8) + `</p>`, true, "closed part missing"},
		{"closed part empty", gate("div.rest"), testBody + `<div class="rest"></div>`, true, "closed part missing"},
		{"selector of nothing, but long", gate(".rest"), long, true, ""},
		{"tier", `<meta property="article:content_tier" content="locked">`, testBody, true, "closed and short"},
		{"words declared", ld(`"wordCount":900`), testBody, false, "shorter than declared"},
		{"body declared", ld(`"articleBody":"` + strings.Repeat("Word after word. ", 200) + `"`), testBody, false, "shorter than declared"},
		{"longer description", `<meta name="description" content="` + strings.Repeat("A summary that says more. ", 30) + `">`, testBody, false, "shorter than its description"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := mustExtract(t, testPage(tt.head, testHeadline+tt.html))
			if a.Closed != tt.closed || a.Partial != (tt.why != "") || a.Sources["partial"] != tt.why {
				t.Errorf("closed %v, partial %v because %q; want %v, %q", a.Closed, a.Partial, a.Sources["partial"], tt.closed, tt.why)
			}
		})
	}
}

func TestSelectsKnowsPlainSelectors(t *testing.T) {
	n := &html.Node{Type: html.ElementNode, Data: "div", Attr: []html.Attribute{{Key: "class", Val: "story paywall"}, {Key: "id", Val: "rest"}}}
	for selector, want := range map[string]bool{
		".paywall": true, "div.paywall": true, " .story.paywall ": true, "#rest": true, "div#rest.story": true, "DIV.story": true,
		".pay": false, "p.paywall": false, "#other": false, "div": false, "": false, ".": false, "#": false,
		"body .paywall": false, ".paywall:has(*)": false, "*": false, ".a,.paywall": false, "[class]": false,
	} {
		if got := selects(selector, n); got != want {
			t.Errorf("selects(%q) = %v, want %v", selector, got, want)
		}
	}
}

func FuzzSelects(f *testing.F) {
	f.Add(".a#b")
	f.Add("div..#")
	n := &html.Node{Type: html.ElementNode, Data: "div", Attr: []html.Attribute{{Key: "class", Val: "a"}}}
	f.Fuzz(func(t *testing.T, selector string) { selects(selector, n) })
}
