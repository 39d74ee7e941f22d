package feed

import (
	"cmp"
	"net/url"
	"strings"

	"github.com/mmcdole/gofeed/atom"
)

// fromAtom maps gofeed's reading of Atom 0.3 and 1.0 into ours.
func (p *parser) fromAtom(af *atom.Feed, s *survey) *Feed {
	x := extensions(af.Extensions)
	f := &Feed{
		Format:   "atom",
		Title:    cmp.Or(af.Title, x.text("dc", "title")),
		ID:       cmp.Or(s.feedID, af.ID),
		Subtitle: af.Subtitle,
		Language: cmp.Or(s.lang, af.Language, x.text("dc", "language")),
		Rights:   cmp.Or(af.Rights, x.text("dc", "rights")),
		Updated:  when(af.UpdatedParsed),
		Update:   x.updatePeriod(),
	}
	f.Author = cmp.Or(strings.Join(atomAuthors(af.Authors), ", "), x.people("dc", "creator"))
	f.Published = cmp.Or(x.date("dcterms", "issued"), x.date("dcterms", "created"), x.date("dc", "date"))
	f.Self = resolve(p.base, atomLink(af.Links, "self"))
	f.Hub = resolve(p.base, atomLink(af.Links, "hub"))
	p.history(f, x, s.history, atomLink(af.Links, "prev-archive"), atomLink(af.Links, "next"))
	base := cmp.Or(p.base, absolute(f.Self))
	f.Link = resolve(base, atomLink(af.Links, "alternate"))
	base = cmp.Or(base, absolute(f.Link))
	marks := inGofeedOrder(s.entries, len(af.Entries))
	f.Entries = make([]Entry, 0, len(af.Entries))
	for i, it := range af.Entries {
		e := atomEntry(it, base)
		e.ID, e.Language = cmp.Or(marks[i].id, e.ID), marks[i].lang
		f.Entries = append(f.Entries, e)
	}
	return f
}

func atomEntry(it *atom.Entry, base *url.URL) Entry {
	x := extensions(it.Extensions)
	e := Entry{
		ID:        it.ID,
		Title:     cmp.Or(it.Title, x.text("dc", "title"), x.media("title")),
		Summary:   cmp.Or(it.Summary, x.media("description")),
		Rights:    cmp.Or(it.Rights, x.text("dc", "rights")),
		Published: cmp.Or(when(it.PublishedParsed), x.date("dcterms", "issued"), x.date("dcterms", "created"), x.date("dc", "date")),
		Updated:   cmp.Or(when(it.UpdatedParsed), x.date("dcterms", "modified")),
	}
	// RFC 4287 §4.1.1: an id that is an address serves when there is no link.
	link := atomLink(it.Links, "alternate")
	if it.Content != nil {
		e.Content = it.Content.Value
		link = cmp.Or(link, it.Content.Src)
	}
	if link == "" && isWeb(it.ID) {
		link = it.ID
	}
	e.Link = resolve(base, link)
	people := atomAuthors(it.Authors)
	if len(people) == 0 && it.Source != nil {
		people = atomAuthors(it.Source.Authors)
	}
	e.Authors = authors(people, x.texts("dc", "creator"), x.texts("dc", "author"))
	for _, c := range it.Categories {
		e.Tags = addTag(e.Tags, cmp.Or(c.Term, c.Label))
	}
	for _, t := range x.texts("dc", "subject") {
		e.Tags = addTag(e.Tags, t)
	}
	for _, t := range x.mediaTags() {
		e.Tags = addTag(e.Tags, t)
	}
	for _, l := range it.Links {
		if strings.EqualFold(l.Rel, "enclosure") {
			e.addEnclosure(resolve(base, l.Href), l.Type, l.Length)
		}
	}
	e.addMedia(x, base)
	return e
}

// atomAuthors returns the names, or else the addresses.
func atomAuthors(people []*atom.Person) []string {
	var out []string
	for _, a := range people {
		out = append(out, cmp.Or(a.Name, a.Email))
	}
	return authors(out)
}

// atomLink returns the address of the link with this relation: of several,
// the first that leads to a page, else the first.
func atomLink(links []*atom.Link, rel string) string {
	first := ""
	for _, l := range links {
		if !strings.EqualFold(l.Rel, rel) || l.Href == "" {
			continue
		}
		if rel != "alternate" || l.Type == "" || strings.Contains(l.Type, "html") {
			return l.Href
		}
		first = cmp.Or(first, l.Href)
	}
	return first
}
