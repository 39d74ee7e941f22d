package demo

import (
	"encoding/json"
	"fmt"
	"html"
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestArticlesAreProse(t *testing.T) {
	owner := make(map[string]string) // of a sentence
	titles := make(map[string]string)
	sentenceEnd := regexp.MustCompile(`[.!?؟][»"”)]*\s+`)
	for _, h := range newsroom(t).houses {
		for _, a := range h.articles {
			if a.copyOf != "" {
				continue
			}
			name := h.slug + "/" + a.slug
			for _, v := range a.texts {
				var body strings.Builder
				for _, b := range v.blocks {
					body.WriteString(b.Text + "\n")
				}
				if words := len(strings.Fields(body.String())); words < 150 || words > 450 {
					t.Errorf("%s has %d words, want 150 to 450", name, words)
				}
				if a.caption != "" && strings.Contains(body.String(), a.caption) {
					t.Errorf("%s: the caption is in the body", name)
				}
				if v.title == "" || v.standfirst == "" || a.byline == "" {
					t.Errorf("%s lacks a title, standfirst or byline", name)
				}
				if strings.Contains(v.title+v.standfirst+body.String(), "{") {
					t.Errorf("%s has a gap that was not filled in", name)
				}
			}
			if other := titles[a.texts[0].title]; other != "" {
				t.Errorf("%s and %s have the same title", name, other)
			}
			titles[a.texts[0].title] = name
			shared := make(map[string]int)
			var all int
			for _, b := range a.texts[0].blocks {
				for _, s := range sentenceEnd.Split(b.Text, -1) {
					all++
					if other := owner[s]; other != "" && other != name {
						shared[other]++
					}
					owner[s] = name
				}
			}
			for other, n := range shared {
				if n*5 > all {
					t.Errorf("%s shares %d of %d sentences with %s", name, n, all, other)
				}
			}
		}
	}
}

var tags = regexp.MustCompile(`(?s)<script.*?</script>|<style.*?</style>|<[^>]*>`)

// visible is what a reader sees of a page, with single spaces.
func visible(page string) string {
	return strings.Join(strings.Fields(html.UnescapeString(tags.ReplaceAllString(page, " "))), " ")
}

func TestPagesShowTheWholeArticle(t *testing.T) {
	n := newsroom(t)
	layouts := make(map[string]bool)
	for _, h := range n.houses {
		for _, a := range h.articles {
			layouts[a.layout] = true
			doc, err := n.page(a, after)
			if err != nil {
				t.Fatal(err)
			}
			page := visible(string(doc.body))
			last := a.text(after)
			want := []string{last.title, last.standfirst, a.byline, a.caption, a.credit, h.name}
			for _, b := range last.blocks {
				want = append(want, b.Text)
			}
			for _, w := range want {
				if !strings.Contains(page, strings.Join(strings.Fields(w), " ")) {
					t.Errorf("%s with layout %s lacks %q", a.url, a.layout, w)
				}
			}
			canonical := a.url
			if a.original != nil {
				canonical = a.original.url
			}
			link := fmt.Sprintf(`rel="canonical" href="%s"`, html.EscapeString(canonical))
			if !strings.Contains(strings.ToLower(string(doc.body)), strings.ToLower(link)) {
				t.Errorf("%s lacks %s", a.url, link)
			}
			if strings.Contains(string(doc.body), "ZgotmplZ") || strings.Contains(string(doc.body), "<no value>") {
				t.Errorf("%s: a template refused a value", a.url)
			}
		}
	}
	if len(layouts) < 8 {
		t.Errorf("%d layouts in use, want at least 8", len(layouts))
	}
}

func TestParseArticleRejectsMistakes(t *testing.T) {
	h := houses()[0]
	for _, tt := range []struct{ name, data, want string }{
		{"no value", "title\n\ntext", "not a key and a value"},
		{"bad time", "title: a\nage: soon\n\ntext", "age"},
		{"bad correction time", "title: a\n\ntext\n=== corrected soon\n", "correction"},
		{"nothing to correct", "title: a\n\ntext\n=== corrected 1s\n- other\n+ new\n", `"other" is not in the text`},
		{"strange line", "title: a\n\ntext\n=== corrected 1s\n* text\n", "none of"},
	} {
		if _, err := h.parseArticle(tt.data); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want one about %q", tt.name, err, tt.want)
		}
	}
}

func TestStructuredDataIsJSON(t *testing.T) {
	n := newsroom(t)
	a := n.article(t, "meridian/myanmar-encircled-town") // has quotation marks in its title
	doc, err := n.page(a, after)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(doc.body), `<script type="application/ld+json">`)
	script, _, _ := strings.Cut(rest, "</script>")
	var ld struct {
		Headline      string    `json:"headline"`
		DatePublished time.Time `json:"datePublished"`
	}
	if err := json.Unmarshal([]byte(script), &ld); err != nil {
		t.Fatal(err)
	}
	if ld.Headline != a.texts[0].title || n.published(a).Sub(ld.DatePublished).Abs() > time.Second {
		t.Errorf("structured data say %+v", ld)
	}
}
