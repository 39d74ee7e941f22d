package article

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

// TestExtractKeepsCaptionsOfRealPagesOut looks for the captions and credits of
// real pages, as far as their markup names them, in what is extracted.
func TestExtractKeepsCaptionsOfRealPagesOut(t *testing.T) {
	root := os.Getenv("CONFLICTWIRE_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared")
	}
	data := filepath.Join(root, "data", "articles")
	if _, err := os.Stat(data); err != nil {
		t.Skip("the pages are not there; set CONFLICTWIRE_SHARED")
	}
	for _, set := range sets {
		t.Run(set, func(t *testing.T) {
			pages, captions := 0, 0
			for _, s := range samplesIn(t, data, set) {
				list, rest := markedCaptions(t, s.html)
				a, err := Extract(Page{URL: s.URL, Body: s.html})
				if len(list) == 0 || err != nil {
					continue
				}
				pages++
				// What the text or the description says too is not only a caption.
				truth := fold(s.Body+strings.Join(s.With, " ")) + rest
				for _, c := range list {
					f := fold(c)
					if strings.Contains(truth, f) {
						continue
					}
					captions++
					for _, p := range append(a.Body, Paragraph{Text: a.Standfirst}) {
						if strings.Contains(fold(p.Text), f) {
							t.Errorf("%s: caption %q in paragraph %q", s.ID, c, p.Text)
						}
					}
				}
			}
			t.Logf("%d captions on %d pages", captions, pages)
		})
	}
}

// markedCaptions returns the texts of figcaption elements and of those with a
// class named after captions or credits, from 25 signs up, and the folded text of
// all else on the page.
func markedCaptions(t *testing.T, page []byte) (list []string, rest string) {
	t.Helper()
	root, err := parse(Page{Body: page})
	if err != nil {
		return nil, ""
	}
	marked := goquery.NewDocumentFromNode(root).Find(`figcaption, [class*="caption" i], [class*="credit" i]`).
		Not("h1, h2, h3, h4, h5, h6") // a caption's type size
	for _, n := range marked.Nodes {
		const least, most = 25, 600 // bytes; longer ones hold more than a caption
		if text := clean(textOf(n)); least <= len(text) && len(text) <= most {
			list = append(list, text)
		}
	}
	marked.Remove()
	p := split(root)
	var b strings.Builder
	for i := range p.blocks {
		b.WriteString(fold(p.blocks[i].text))
	}
	for _, m := range p.head.metas {
		b.WriteString(fold(plain(m.content)))
	}
	return list, b.String()
}
