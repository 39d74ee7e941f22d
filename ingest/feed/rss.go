package feed

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
	"time"

	ext "github.com/mmcdole/gofeed/extensions"
	"github.com/mmcdole/gofeed/rss"
)

// fromRSS maps gofeed's reading of RSS and RDF into ours. gofeed's own
// translator is not used: it looks through every text for images, reads the
// dates a second time, and drops what we need.
func (p *parser) fromRSS(rf *rss.Feed, s *survey) *Feed {
	x := extensions(rf.Extensions)
	f := &Feed{
		Format:   "rss",
		Title:    cmp.Or(rf.Title, x.text("dc", "title")),
		Subtitle: cmp.Or(rf.Description, x.text("dc", "description"), x.text("itunes", "subtitle")),
		Language: cmp.Or(rf.Language, x.text("dc", "language"), s.lang),
		Rights:   cmp.Or(rf.Copyright, x.text("dc", "rights"), x.text("media", "copyright")),
		ID:       cmp.Or(x.text("atom", "id"), x.text("dc", "identifier")),

		TTL:       timeToLive(rf.TTL),
		Update:    x.updatePeriod(),
		SkipHours: skipHours(rf.SkipHours),
		SkipDays:  skipDays(rf.SkipDays),
	}
	if s.kind == kindRDF {
		f.Format = "rdf"
	}
	f.Author = cmp.Or(x.people("dc", "creator"), x.people("dc", "author"),
		person(rf.ManagingEditor), x.text("itunes", "author"), person(rf.WebMaster))
	f.Published = cmp.Or(when(rf.PubDateParsed), x.date("dc", "date"), x.date("dcterms", "issued"), x.date("dcterms", "created"))
	f.Updated = cmp.Or(when(rf.LastBuildDateParsed), x.date("dcterms", "modified"), x.date("atom", "updated"))
	f.Self = resolve(p.base, x.link("self"))
	f.Hub = resolve(p.base, x.link("hub"))
	p.history(f, x, s.history, x.link("prev-archive"), x.link("next"))
	base := cmp.Or(p.base, absolute(f.Self))
	// Of several links the first that is an address; some feeds repeat it.
	f.Link = resolve(base, cmp.Or(firstWeb(rf.Links), rf.Link, x.link("alternate")))
	base = cmp.Or(base, absolute(f.Link))

	marks := inGofeedOrder(s.entries, len(rf.Items))
	f.Entries = make([]Entry, 0, len(rf.Items))
	for i, it := range rf.Items {
		f.Entries = append(f.Entries, rssEntry(it, &marks[i], base))
	}
	return f
}

// inGofeedOrder returns the marks of n entries in the order in which gofeed
// gives them: those inside the channel first. They are empty when gofeed
// counts the entries differently, so that nothing goes to the wrong entry.
func inGofeedOrder(marks []entryMark, n int) []entryMark {
	if len(marks) != n {
		return make([]entryMark, n)
	}
	marks = slices.Clone(marks)
	slices.SortStableFunc(marks, func(a, b entryMark) int {
		switch {
		case a.inChannel == b.inChannel:
			return 0
		case a.inChannel:
			return -1
		}
		return 1
	})
	return marks
}

func rssEntry(it *rss.Item, mark *entryMark, base *url.URL) Entry {
	x := extensions(it.Extensions)
	e := Entry{
		Title:    cmp.Or(it.Title, x.text("dc", "title"), x.media("title")),
		Summary:  cmp.Or(it.Description, x.text("dc", "description"), x.text("itunes", "summary"), x.media("description")),
		Content:  cmp.Or(it.Content, x.text("content", "encoded"), x.text("xhtml", "body")),
		Rights:   cmp.Or(x.text("dc", "rights"), x.media("copyright")),
		Language: cmp.Or(x.text("dc", "language"), mark.lang),
	}
	link := cmp.Or(firstWeb(it.Links), it.Link)
	if g := it.GUID; g != nil {
		e.ID = g.Value
		if link == "" && strings.EqualFold(g.IsPermalink, "true") && (isWeb(g.Value) || strings.HasPrefix(g.Value, "/")) {
			link = g.Value
		}
	}
	e.ID = cmp.Or(e.ID, mark.about, x.text("atom", "id"), x.text("dc", "identifier"))
	if link == "" && isWeb(mark.about) {
		link = mark.about
	}
	e.Link = resolve(base, cmp.Or(link, x.link("alternate"), x.text("feedburner", "origLink")))
	e.Published = cmp.Or(when(it.PubDateParsed), x.date("dc", "date"), x.date("dcterms", "issued"),
		x.date("dcterms", "created"), x.date("atom", "published"), parseDate(it.Custom["published"]))
	e.Updated = cmp.Or(x.date("dcterms", "modified"), x.date("atom", "updated"), parseDate(it.Custom["updated"]))
	e.Authors = authors(
		[]string{person(it.Author)}, x.texts("dc", "creator"), x.texts("dc", "author"),
		x.texts("itunes", "author"), x.atomPeople())
	e.Tags = rssTags(it, x)
	for _, enc := range it.Enclosures {
		e.addEnclosure(resolve(base, enc.URL), enc.Type, enc.Length)
	}
	e.addMedia(x, base)
	return e
}

// rssTags collects the categories in all forms, in the order of preference.
func rssTags(it *rss.Item, x extensions) []string {
	var tags []string
	for part := range strings.SplitSeq(it.Custom["tags"], ",") {
		tags = addTag(tags, part)
	}
	for _, c := range it.Categories {
		tags = addTag(tags, c.Value)
	}
	for _, t := range x.texts("dc", "subject") {
		tags = addTag(tags, t)
	}
	for _, t := range x.mediaTags() {
		tags = addTag(tags, t)
	}
	for part := range strings.SplitSeq(x.text("itunes", "keywords"), ",") {
		tags = addTag(tags, part)
	}
	return tags
}

// addTag appends a tag that is neither empty nor there already.
func addTag(tags []string, tag string) []string {
	tag = strings.TrimSpace(tag)
	if tag == "" || len(tags) >= maxTags || slices.Contains(tags, tag) {
		return tags
	}
	return append(tags, tag)
}

// maxTags bounds the tags of one entry, and the time to find doubles.
const maxTags = 256

// firstWeb returns the first link that is an address on the Web, or "".
func firstWeb(links []string) string {
	for _, l := range links {
		if l = strings.TrimSpace(l); isWeb(l) {
			return l
		}
	}
	return ""
}

// when returns the time t points to, zero for nil.
func when(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}

// extensions is gofeed's map of elements from other vocabularies: prefix,
// local name, elements.
type extensions ext.Extensions

// text returns the first text of such an element that is not empty.
func (x extensions) text(prefix, name string) string {
	for _, e := range x[prefix][name] {
		if e.Value != "" {
			return e.Value
		}
	}
	return ""
}

func (x extensions) texts(prefix, name string) []string {
	var out []string
	for _, e := range x[prefix][name] {
		out = append(out, e.Value)
	}
	return out
}

func (x extensions) date(prefix, name string) time.Time {
	if len(x[prefix]) == 0 {
		return time.Time{}
	}
	return parseDate(x.text(prefix, name))
}

// link returns the address of an atom:link inside RSS with this rel.
func (x extensions) link(rel string) string {
	for _, l := range slices.Concat(x["atom"]["link"], x["atom10"]["link"]) {
		if strings.EqualFold(cmp.Or(l.Attrs["rel"], "alternate"), rel) && l.Attrs["href"] != "" {
			return l.Attrs["href"]
		}
	}
	return ""
}
