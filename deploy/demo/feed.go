package demo

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"html"
	"strings"
	"text/template"
	"time"
)

var feedTemplates = template.Must(template.New("").Funcs(template.FuncMap{
	"xml": func(s string) (string, error) {
		var b strings.Builder
		err := xml.EscapeText(&b, []byte(s))
		return b.String(), err
	},
}).ParseFS(files, "feeds/*.xml"))

var feedTypes = map[string]string{
	"rss": "application/rss+xml", "atom": "application/atom+xml", "rdf": "application/rdf+xml", "json": "application/feed+json",
}

// A feedDoc is what the templates of feeds/ fill in.
type feedDoc struct {
	Charset, Title, Home, Self, Language string
	Updated                              string
	Items                                []feedItem
}

type feedItem struct {
	Title, Summary, Byline, Section string
	Link, Image                     string
	GUID                            string
	Permalink                       bool
	Published, Updated              string
	HTML                            string // empty if the feed has standfirsts only
}

// feed renders a feed as it is at a time on the timeline.
func (n *Newsroom) feed(h *house, c *channel, elapsed time.Duration) (document, error) {
	d := feedDoc{Charset: "UTF-8", Title: c.title, Home: h.base + "/", Self: h.base + c.path, Language: h.language}
	if c.charset != "" && !c.mislabel {
		d.Charset = c.charset
	}
	visit := c.visits.Add(1)
	var changed time.Duration
	for _, a := range h.articles {
		if !c.carries(a) || !a.out(elapsed) {
			continue
		}
		changed = max(changed, a.changed(elapsed))
		if !a.gone(elapsed) {
			d.Items = append(d.Items, n.feedItem(c, a, visit, elapsed))
		}
	}
	d.Updated = c.date(n.moment(changed).In(h.zone))
	doc := document{changed: n.moment(changed)}
	if c.guid == guidChurn {
		doc.changed = time.Time{} // whoever makes up guids makes up no validators
	}
	var err error
	if doc.body, err = d.encode(c.format); err != nil {
		return document{}, fmt.Errorf("render feed %s: %w", c.id, err)
	}
	if c.spoil != nil {
		doc.body = c.spoil(doc.body)
	}
	if c.charset != "" {
		doc.body = encode(doc.body, c.charset)
	}
	doc.contentType = feedTypes[c.format] + "; charset=" + strings.ToLower(d.Charset)
	return doc, nil
}

func (n *Newsroom) feedItem(c *channel, a *article, visit int64, elapsed time.Duration) feedItem {
	t := a.text(elapsed)
	published := n.published(a)
	updated := published
	if t.at > 0 {
		updated = n.moment(t.at).In(a.house.zone)
	}
	it := feedItem{
		Title: t.title, Summary: t.standfirst, Byline: a.byline, Section: a.section,
		Link: a.url, Image: a.image(),
		Published: c.date(published), Updated: c.date(updated),
	}
	it.GUID, it.Permalink = c.guidOf(a, visit)
	if c.track != "" {
		it.Link += "?" + c.track
	}
	if c.full {
		var b strings.Builder
		for _, p := range t.blocks {
			fmt.Fprintf(&b, "<p>%s</p>", html.EscapeString(p.Text))
		}
		it.HTML = b.String()
	}
	return it
}

// encode writes the feed in a format of [feedTypes].
func (d feedDoc) encode(format string) ([]byte, error) {
	var b bytes.Buffer
	if format != "json" {
		err := feedTemplates.ExecuteTemplate(&b, format+".xml", d)
		return b.Bytes(), err
	}
	type m = map[string]any
	items := []m{}
	for _, it := range d.Items {
		items = append(items, m{
			"id": it.GUID, "url": it.Link, "title": it.Title, "summary": it.Summary, "content_text": it.Summary,
			"image": it.Image, "date_published": it.Published, "date_modified": it.Updated,
			"authors": []m{{"name": it.Byline}}, "tags": []string{it.Section},
		})
	}
	return json.MarshalIndent(m{
		"version": "https://jsonfeed.org/version/1.1", "title": d.Title, "home_page_url": d.Home,
		"feed_url": d.Self, "language": d.Language, "items": items,
	}, "", "  ")
}

// damage does to a sound RSS document what careless software does: HTML
// entities that XML does not know, ampersands left alone, and an end lost on
// the way, in the middle of an item of which nothing useful is left.
func damage(doc []byte) []byte {
	s := strings.NewReplacer("&amp;", "&", "é", "&eacute;", "\u00a0", "&nbsp;", "’", "&rsquo;").Replace(string(doc))
	s, _, _ = strings.Cut(s, "</channel>")
	return []byte(s + "<item><title>La suite de cette pa")
}

// encode puts UTF-8 text into windows-1251 or windows-1252. What the charset
// lacks becomes a numeric character reference.
func encode(doc []byte, charset string) []byte {
	// The same in both charsets, 0x80 to 0x9f.
	special := map[rune]byte{'„': 0x84, '…': 0x85, '€': 0x80, '‘': 0x91, '’': 0x92, '“': 0x93, '”': 0x94, '–': 0x96, '—': 0x97}
	if charset == "windows-1251" {
		special['€'] = 0x88
		special['Ё'], special['ё'], special['№'] = 0xa8, 0xb8, 0xb9
		special['«'], special['»'], special['\u00a0'] = 0xab, 0xbb, 0xa0
		for r := 'А'; r <= 'я'; r++ {
			special[r] = byte(r - 'А' + 0xc0)
		}
	} else {
		for r := rune(0xa0); r <= 0xff; r++ {
			special[r] = byte(r)
		}
	}
	var b bytes.Buffer
	for _, r := range string(doc) {
		if r < 0x80 {
			b.WriteByte(byte(r))
		} else if c, ok := special[r]; ok {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "&#%d;", r)
		}
	}
	return b.Bytes()
}
