package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"conflictwire/enrich"
	"conflictwire/enrich/language"
	"conflictwire/enrich/place"
	"conflictwire/enrich/topic"
	"conflictwire/ingest/article"
	"conflictwire/ingest/feed"
)

type feedCmd struct{ source }

// feedOut is a feed as JSON.
type feedOut struct {
	ID      string     `json:"id,omitempty"`
	Feed    feedHead   `json:"feed"`
	Entries []entryOut `json:"entries"`
}

type feedHead struct {
	Format    string    `json:"format,omitempty"`
	Title     string    `json:"title,omitempty"`
	Link      string    `json:"link,omitempty"`
	ID        string    `json:"id,omitempty"`
	Subtitle  string    `json:"subtitle,omitempty"`
	Language  string    `json:"language,omitempty"`
	Rights    string    `json:"rights,omitempty"`
	Author    string    `json:"author,omitempty"`
	Published time.Time `json:"published,omitzero"`
	Updated   time.Time `json:"updated,omitzero"`
	Repaired  []string  `json:"repaired,omitempty"`
	Dropped   int       `json:"dropped,omitempty"`
}

type entryOut struct {
	ID         string         `json:"id,omitempty"`
	Link       string         `json:"link,omitempty"`
	Title      string         `json:"title,omitempty"`
	Summary    string         `json:"summary,omitempty"`
	Content    string         `json:"content,omitempty"`
	Author     string         `json:"author,omitempty"`
	Rights     string         `json:"rights,omitempty"`
	Published  time.Time      `json:"published,omitzero"`
	Updated    time.Time      `json:"updated,omitzero"`
	Tags       []string       `json:"tags,omitempty"`
	Enclosures []enclosureOut `json:"enclosures,omitempty"`
}

type enclosureOut struct {
	Href   string `json:"href"`
	Type   string `json:"type,omitempty"`
	Length int64  `json:"length,omitempty"`
}

func newFeedOut(id string, f *feed.Feed) feedOut {
	out := feedOut{ID: id, Entries: []entryOut{}, Feed: feedHead{
		Format: f.Format, Title: f.Title, Link: f.Link, ID: f.ID, Subtitle: f.Subtitle, Language: f.Language, Rights: f.Rights,
		Author: f.Author, Published: f.Published, Updated: f.Updated, Repaired: f.Repaired, Dropped: f.Dropped,
	}}
	for _, e := range f.Entries {
		o := entryOut{
			ID: e.ID, Link: e.Link, Title: e.Title, Summary: e.Summary, Content: e.Content, Author: strings.Join(e.Authors, ", "), Rights: e.Rights,
			Published: e.Published, Updated: e.Updated, Tags: e.Tags,
		}
		for _, x := range e.Enclosures {
			o.Enclosures = append(o.Enclosures, enclosureOut{x.URL, x.Type, x.Length})
		}
		out.Entries = append(out.Entries, o)
	}
	return out
}

// Run implements the command.
func (c *feedCmd) Run(ctx context.Context, s *streams) error {
	if c.Batch {
		return c.batch(ctx, s, func(item []byte) (any, error) {
			var in struct {
				ID, File, URL string
				Headers       map[string]string
			}
			if err := decodeItem(item, &in); err != nil {
				return nil, err
			}
			data, err := readFile(in.File)
			if err != nil {
				return nil, err
			}
			opts := feed.Options{URL: cmp.Or(in.URL, header(in.Headers, "Content-Location")), ContentType: header(in.Headers, "Content-Type")}
			f, err := feed.Parse(data, opts)
			if err != nil {
				return nil, err
			}
			return newFeedOut(in.ID, f), nil
		})
	}
	doc, err := c.read(ctx, s)
	if err != nil {
		return err
	}
	f, err := feed.Parse(doc.data, feed.Options{URL: doc.url, ContentType: doc.contentType})
	if err != nil {
		return err
	}
	if c.JSON {
		return writeJSON(s.out, newFeedOut("", f))
	}
	fmt.Fprintf(s.out, "%s\n%s feed, %s, %d entries", plain(cmp.Or(f.Title, "(no title)")), f.Format, plain(cmp.Or(f.Language, "no language")), len(f.Entries))
	if len(f.Repaired) > 0 {
		fmt.Fprintf(s.out, ", repaired: %s", strings.Join(f.Repaired, ", "))
	}
	fmt.Fprintln(s.out)
	for _, e := range f.Entries {
		fmt.Fprintf(s.out, "%-17s  %s\n    %s\n", when(e.Published), plain(e.Title), plain(e.Link))
	}
	return nil
}

// header looks a header up in any case.
func header(h map[string]string, name string) string {
	for k, v := range h {
		if strings.EqualFold(k, name) {
			return v
		}
	}
	return ""
}

// when is a time for people.
func when(t time.Time) string {
	if t.IsZero() {
		return "(no date)"
	}
	return t.UTC().Format("2006-01-02 15:04Z")
}

type tagCmd struct {
	source
	Title  string `help:"Headline of the text."`
	Lang   string `help:"Language of the text; found out when not given."`
	Topics string `type:"path" placeholder:"DIR" help:"Topic files to use instead of the built-in ones."`
	Why    bool   `help:"Show also which topics the text came near, and what was in the way."`
}

// tagsOut is what a text is about, as JSON.
type tagsOut struct {
	ID        string     `json:"id,omitempty"`
	Language  string     `json:"language"`
	Relevance float64    `json:"relevance"`
	Topics    []topicOut `json:"topics"`
	Country   string     `json:"country"`
	Places    []placeOut `json:"places"`
	Actors    []actorOut `json:"actors,omitempty"`
}

type actorOut struct {
	ID       string    `json:"id"`
	Name     string    `json:"name"`
	Kind     string    `json:"kind"`
	Country  string    `json:"country"`
	Wikidata string    `json:"wikidata,omitempty"`
	Count    int       `json:"count"`
	Evidence []spanOut `json:"evidence"`
}

type topicOut struct {
	ID         string    `json:"id"`
	Confidence float64   `json:"confidence"`
	Evidence   []spanOut `json:"evidence"`
}

type placeOut struct {
	Country    string    `json:"country"`
	Name       string    `json:"name"`
	Role       string    `json:"role"`
	Confidence float64   `json:"confidence"`
	Evidence   []spanOut `json:"evidence"`
	Point      []float64 `json:"point,omitempty"`     // of the event: longitude, latitude
	Precision  string    `json:"precision,omitempty"` // "city", "region" or "country"
	at         place.Point
}

type spanOut struct {
	Field  string  `json:"field"`
	Start  int     `json:"start"`
	End    int     `json:"end"`
	Quote  string  `json:"quote"`
	Rule   string  `json:"rule,omitempty"`
	Weight float64 `json:"weight,omitempty"`
}

func newTagsOut(id, lang string, t enrich.Tags) tagsOut {
	out := tagsOut{ID: id, Language: lang, Relevance: t.Relevance, Country: t.Country, Topics: []topicOut{}, Places: []placeOut{}}
	for _, x := range t.Topics {
		o := topicOut{ID: "conflict." + x.ID, Confidence: x.Confidence}
		for _, e := range x.Evidence {
			o.Evidence = append(o.Evidence, spanOut(e))
		}
		out.Topics = append(out.Topics, o)
	}
	for _, x := range t.Places {
		o := placeOut{Country: x.Country, Name: x.Name, Role: string(x.Role), Confidence: x.Confidence, Precision: string(x.Point.Precision), at: x.Point}
		if o.Precision != "" {
			o.Point = []float64{x.Point.Longitude, x.Point.Latitude}
		}
		for _, e := range x.Evidence {
			o.Evidence = append(o.Evidence, spanOut{Field: e.Field, Start: e.Start, End: e.End, Quote: e.Quote})
		}
		out.Places = append(out.Places, o)
	}
	for _, x := range t.Actors {
		o := actorOut{ID: x.ID, Name: x.Name, Kind: string(x.Kind), Country: x.Country, Wikidata: x.Wikidata, Count: x.Count}
		for _, e := range x.Evidence {
			o.Evidence = append(o.Evidence, spanOut{Field: e.Field, Start: e.Start, End: e.End, Quote: e.Quote})
		}
		out.Actors = append(out.Actors, o)
	}
	return out
}

// tag finds the language and the tags of a text.
func tag(e *enrich.Enricher, id string, t enrich.Text, declared ...string) tagsOut {
	t.Language = language.Detect(strings.Join([]string{t.Headline, t.Lead, t.Body}, "\n"), declared...)
	return newTagsOut(id, t.Language, e.Tag(t))
}

// Run implements the command.
func (c *tagCmd) Run(ctx context.Context, s *streams) error {
	r, err := loadRules(c.Topics, "")
	if err != nil {
		return err
	}
	e := r.enricher()
	if c.Batch {
		return c.batch(ctx, s, func(item []byte) (any, error) {
			var in struct{ ID, Title, Lead, Text, Lang string }
			if err := decodeItem(item, &in); err != nil {
				return nil, err
			}
			return tag(e, in.ID, enrich.Text{Headline: in.Title, Lead: in.Lead, Body: in.Text}, in.Lang), nil
		})
	}
	doc, err := c.read(ctx, s)
	if err != nil {
		return err
	}
	text := enrich.Text{Headline: c.Title, Body: strings.ToValidUTF8(string(doc.data), "\uFFFD")}
	out := tag(e, "", text, c.Lang)
	if c.JSON {
		return writeJSON(s.out, out)
	}
	printTags(s.out, out)
	if c.Why {
		text.Language = out.Language
		printMisses(s.out, e, text)
	}
	return nil
}

// printMisses tells which topics a text came near, and what was in the way.
func printMisses(w io.Writer, e *enrich.Enricher, t enrich.Text) {
	_, misses := e.Why(t)
	for _, m := range misses {
		fmt.Fprintf(w, "nearly conflict.%s: score %.2f of %.2f; %s\n", m.ID, m.Score, topic.Threshold, m.Reason)
		for _, x := range m.Evidence {
			fmt.Fprintf(w, "    %.1f  %q in %s  (%s)\n", x.Weight, x.Quote, x.Field, x.Rule)
		}
		for _, v := range m.Vetoed {
			fmt.Fprintf(w, "    out  %q in %s  (%s): %s\n", v.Quote, v.Field, v.Rule, v.Reason)
		}
	}
	if len(misses) == 0 {
		fmt.Fprintln(w, "no topic is near")
	}
}

func printTags(w io.Writer, t tagsOut) {
	lang, country := t.Language, strings.ToUpper(t.Country)
	if lang == language.Und {
		lang = "unknown"
	}
	if country == "ZZ" {
		country = "unknown"
	}
	fmt.Fprintf(w, "language %s, relevance %.2f, country %s\n", lang, t.Relevance, country)
	for _, x := range t.Topics {
		fmt.Fprintf(w, "%s  %.2f\n", x.ID, x.Confidence)
		for _, e := range x.Evidence {
			fmt.Fprintf(w, "    %.1f  %q in %s  (%s)\n", e.Weight, e.Quote, e.Field, e.Rule)
		}
	}
	if len(t.Topics) == 0 {
		fmt.Fprintln(w, "no topic")
	}
	for _, x := range t.Places {
		var quotes []string
		for _, e := range x.Evidence {
			quotes = append(quotes, fmt.Sprintf("%q", e.Quote))
		}
		at := ""
		if x.at.Name != "" {
			at = fmt.Sprintf("  (%s %s, %.2f %.2f)", x.at.Precision, x.at.Name, x.at.Latitude, x.at.Longitude)
		}
		fmt.Fprintf(w, "%s: %s  %.2f  %s%s\n", x.Role, x.Name, x.Confidence, strings.Join(quotes[:min(len(quotes), 8)], " "), at)
	}
	for _, x := range t.Actors {
		fmt.Fprintf(w, "named: %s (%s)  %s, first as %q\n", x.Name, x.Kind, count(x.Count, "time"), x.Evidence[0].Quote)
	}
}

type pageCmd struct {
	source
	Topics      string `type:"path" placeholder:"DIR" help:"Topic files to use instead of the built-in ones."`
	Explain     bool   `help:"Print the blocks of the page with their scores, and why each is in the article or not."`
	ExplainHTML string `name:"explain-html" type:"path" placeholder:"FILE" help:"Write the same as a page with the blocks in colours."`
}

// pageOut is an article with its tags, as JSON.
type pageOut struct {
	ID         string            `json:"id,omitempty"`
	URL        string            `json:"url,omitempty"`
	Title      string            `json:"title"`
	Standfirst string            `json:"standfirst,omitempty"`
	Byline     []string          `json:"byline,omitempty"`
	Published  time.Time         `json:"published,omitzero"`
	Modified   time.Time         `json:"modified,omitzero"`
	Section    string            `json:"section,omitempty"`
	Keywords   []string          `json:"keywords,omitempty"`
	Canonical  string            `json:"canonical,omitempty"`
	Publisher  string            `json:"publisher,omitempty"`
	AMP        string            `json:"amp,omitempty"`
	Language   string            `json:"language,omitempty"`
	Images     []imageOut        `json:"images,omitempty"`
	Media      []mediaOut        `json:"media,omitempty"`
	Posts      []postOut         `json:"posts,omitempty"`
	Method     string            `json:"method"`
	Quality    float64           `json:"quality"`
	Closed     bool              `json:"closed,omitempty"`
	Partial    bool              `json:"partial,omitempty"`
	Sources    map[string]string `json:"sources,omitempty"`
	Text       string            `json:"text"` // standfirst, then the paragraphs, one a line
	HTML       string            `json:"html,omitempty"`
	Tags       *tagsOut          `json:"tags,omitempty"`
}

type imageOut struct {
	URL     string `json:"url"`
	Caption string `json:"caption,omitempty"`
	Credit  string `json:"credit,omitempty"`
}

type mediaOut struct {
	URL   string `json:"url"`
	Type  string `json:"type"`
	Title string `json:"title,omitempty"`
}

type postOut struct {
	Time  time.Time `json:"time,omitzero"`
	Title string    `json:"title,omitempty"`
	Text  string    `json:"text"` // the paragraphs, one a line
}

func newPageOut(id, link string, a *article.Article) pageOut {
	lines := []string{}
	if a.Standfirst != "" {
		lines = append(lines, a.Standfirst)
	}
	for _, p := range a.Body {
		lines = append(lines, p.Text)
	}
	out := pageOut{
		ID: id, URL: link, Title: a.Title, Standfirst: a.Standfirst, Byline: a.Byline, Published: a.Published, Modified: a.Modified,
		Section: a.Section, Keywords: a.Keywords, Canonical: a.Canonical, Publisher: a.Publisher,
		AMP: a.AMP, Language: a.Language,
		Method: a.Method, Quality: a.Quality, Closed: a.Closed, Partial: a.Partial, Sources: a.Sources, Text: strings.Join(lines, "\n"),
	}
	for _, i := range a.Images {
		out.Images = append(out.Images, imageOut{i.URL, i.Caption, i.Credit})
	}
	for _, m := range a.Media {
		out.Media = append(out.Media, mediaOut(m))
	}
	for _, p := range a.Posts {
		var text []string
		for _, paragraph := range p.Body {
			text = append(text, paragraph.Text)
		}
		out.Posts = append(out.Posts, postOut{p.Time, p.Title, strings.Join(text, "\n")})
	}
	return out
}

// Run implements the command.
func (c *pageCmd) Run(ctx context.Context, s *streams) error {
	if c.Batch {
		return c.batch(ctx, s, func(item []byte) (any, error) {
			var in struct {
				ID, URL, File string
				ContentType   string `json:"content_type"`
			}
			if err := decodeItem(item, &in); err != nil {
				return nil, err
			}
			data, err := readFile(in.File)
			if err != nil {
				return nil, err
			}
			a, err := article.Extract(article.Page{URL: in.URL, ContentType: in.ContentType, Body: data})
			if err != nil {
				return nil, err
			}
			return newPageOut(in.ID, in.URL, a), nil
		})
	}
	r, err := loadRules(c.Topics, "")
	if err != nil {
		return err
	}
	e := r.enricher()
	doc, err := c.read(ctx, s)
	if err != nil {
		return err
	}
	if c.Explain || c.ExplainHTML != "" {
		return c.explain(s, doc)
	}
	a, err := article.Extract(article.Page{URL: doc.url, ContentType: doc.contentType, Body: doc.data})
	if err != nil {
		return err
	}
	tags := tag(e, "", enrich.Text{Headline: a.Title, Lead: a.Standfirst, Body: a.Text()}, a.Language)
	if c.JSON {
		out := newPageOut("", doc.url, a)
		out.HTML, out.Tags = a.HTML(), &tags
		return writeJSON(s.out, out)
	}
	printPage(s.out, a)
	fmt.Fprintln(s.out)
	printTags(s.out, tags)
	return nil
}

func printPage(w io.Writer, a *article.Article) {
	fmt.Fprintf(w, "%s\n", plain(a.Title))
	if a.Standfirst != "" {
		fmt.Fprintf(w, "%s\n", plain(a.Standfirst))
	}
	fmt.Fprintf(w, "by %s, published %s", plain(cmp.Or(strings.Join(a.Byline, ", "), "(nobody named)")), when(a.Published))
	if !a.Modified.IsZero() && !a.Modified.Equal(a.Published) {
		fmt.Fprintf(w, ", modified %s", when(a.Modified))
	}
	fmt.Fprintf(w, "\nbody by %s, quality %.2f", a.Method, a.Quality)
	if a.Closed {
		fmt.Fprint(w, ", closed")
	}
	if a.Partial {
		fmt.Fprint(w, ", partial")
	}
	fmt.Fprintln(w)
	for _, i := range a.Images {
		fmt.Fprintf(w, "picture %s\n    %s (%s)\n", plain(i.URL), plain(cmp.Or(i.Caption, "no caption")), plain(cmp.Or(i.Credit, "no credit")))
	}
	for _, m := range a.Media {
		fmt.Fprintf(w, "%s %s\n    %s\n", plain(m.Type), plain(m.URL), plain(cmp.Or(m.Title, "no title")))
	}
	if len(a.Posts) > 0 {
		fmt.Fprintf(w, "live blog of %d posts, the newest of %s\n", len(a.Posts), when(a.Posts[0].Time))
	}
	for _, p := range a.Body {
		prefix := map[article.Kind]string{article.Heading: "## ", article.Quote: "> ", article.Item: "- "}[p.Kind]
		fmt.Fprintf(w, "\n%s%s\n", prefix, plain(p.Text))
	}
}
