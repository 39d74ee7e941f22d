package demo

import (
	"bytes"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"strings"
	"time"
)

var pageTemplates = template.Must(template.ParseFS(files, "layouts/*.html"))

// A pageDoc is what the templates of layouts/ fill in.
type pageDoc struct {
	House, Home, Language, Dir string
	Say                        map[string]string // the publisher's own words, from labels/
	Menu                       []string
	Feeds                      []feedDoc // Title and Self only
	Article                    pageArticle
	Next                       pageArticle // runs on below the article; only its first blocks
	Related                    []pageArticle
}

// A pageArticle is an article as a page shows it.
type pageArticle struct {
	URL, Canonical, Title, Standfirst, Byline, Section, Caption, Credit, Image string
	Published, Updated                                                         time.Time
	Blocks                                                                     []block
}

// Corrected says whether the page should bear a date of update.
func (a pageArticle) Corrected() bool { return !a.Updated.Equal(a.Published) }

// page renders an article as it is at a time on the timeline.
func (n *Newsroom) page(a *article, elapsed time.Duration) (document, error) {
	d, err := n.frame(a.house, a.language)
	if err != nil {
		return document{}, err
	}
	d.Article = n.pageArticle(a, elapsed)
	// Only what is there from start to end, so that a page changes when its
	// article does and not otherwise.
	for _, other := range a.house.articles {
		if other != a && other.appears == 0 && other.withdrawn == 0 && other.language == a.language && len(d.Related) < 4 {
			d.Related = append(d.Related, n.pageArticle(other, 0))
		}
	}
	if len(d.Related) > 0 {
		d.Next = d.Related[len(d.Related)-1]
		d.Next.Blocks = d.Next.Blocks[:min(2, len(d.Next.Blocks))]
	}
	return d.render(a.layout+".html", n.moment(a.changed(elapsed)))
}

// front renders the publisher's front page.
func (n *Newsroom) front(h *house, elapsed time.Duration) (document, error) {
	d, err := n.frame(h, h.language)
	if err != nil {
		return document{}, err
	}
	var changed time.Duration
	for _, a := range h.articles {
		if a.out(elapsed) {
			changed = max(changed, a.changed(elapsed))
			if !a.gone(elapsed) {
				d.Related = append(d.Related, n.pageArticle(a, elapsed))
			}
		}
	}
	return d.render("front.html", n.moment(changed))
}

func (d pageDoc) render(layout string, changed time.Time) (document, error) {
	var b bytes.Buffer
	if err := pageTemplates.ExecuteTemplate(&b, layout, d); err != nil {
		return document{}, fmt.Errorf("render page with layout %s: %w", layout, err)
	}
	return document{contentType: "text/html; charset=utf-8", body: b.Bytes(), changed: changed}, nil
}

// frame is what all pages of a publisher in one language have in common.
func (n *Newsroom) frame(h *house, language string) (pageDoc, error) {
	words, err := fs.ReadFile(files, path.Join("labels", language+".txt"))
	if err != nil {
		return pageDoc{}, err
	}
	say, err := parseFields(string(words))
	if err != nil {
		return pageDoc{}, fmt.Errorf("read labels/%s.txt: %w", language, err)
	}
	d := pageDoc{House: h.name, Home: h.base + "/", Language: language, Dir: "ltr", Say: say, Menu: strings.Split(say["menu"], ", ")}
	if language == "ar" {
		d.Dir = "rtl"
	}
	for _, c := range h.channels {
		d.Feeds = append(d.Feeds, feedDoc{Title: c.title, Self: h.base + c.path})
	}
	return d, nil
}

func (n *Newsroom) pageArticle(a *article, elapsed time.Duration) pageArticle {
	t := a.text(elapsed)
	p := pageArticle{
		URL: a.url, Canonical: a.url, Title: t.title, Standfirst: t.standfirst, Byline: a.byline, Section: a.section,
		Caption: a.caption, Credit: a.credit, Image: a.image(), Blocks: t.blocks, Published: n.published(a),
	}
	p.Updated = p.Published
	if t.at > 0 {
		p.Updated = n.moment(t.at).In(a.house.zone)
	}
	if a.original != nil {
		p.Canonical = a.original.url
	}
	return p
}

// LD is the article in schema.org terms, for a script element.
func (d pageDoc) LD() map[string]any {
	type m = map[string]any
	a := d.Article
	ld := m{
		"@context": "https://schema.org", "@type": "NewsArticle", "mainEntityOfPage": a.Canonical,
		"headline": a.Title, "description": a.Standfirst, "inLanguage": d.Language, "articleSection": a.Section,
		"datePublished": a.Published.Format(time.RFC3339), "dateModified": a.Updated.Format(time.RFC3339),
		"author":    []m{{"@type": "Person", "name": a.Byline}},
		"publisher": m{"@type": "NewsMediaOrganization", "name": d.House, "url": d.Home},
	}
	if a.Image != "" {
		ld["image"] = []m{{"@type": "ImageObject", "url": a.Image, "caption": a.Caption, "creditText": a.Credit}}
	}
	return ld
}
