package feed

import (
	"net/url"
	"strings"
	"time"
)

// A siteURL is what a sitemap says about one address.
type siteURL struct {
	loc, lastmod               string
	title, published, keywords string
	language, name             string
	images                     []Image
}

// A siteEntry is an entry with the publication it is from.
type siteEntry struct {
	Entry
	name string
}

// isSitemapLeaf reports whether an element of this name holds text alone.
func isSitemapLeaf(name string) bool {
	switch name {
	case "loc", "lastmod", "changefreq", "priority", "title", "publication_date", "language", "keywords", "name", "genres", "caption":
		return true
	}
	return false
}

// endLeaf takes the text of the innermost element for what its place says.
func (s *sitemapReader) endLeaf() {
	top := len(s.open) - 1
	if s.record == 0 || top <= s.record || len(s.text) == 0 {
		return
	}
	text := strings.TrimSpace(string(s.text[:min(len(s.text), maxSitemapText)]))
	if len(s.text) > maxSitemapText {
		if s.open[top] == "loc" {
			return // half an address is another address
		}
		text = strings.ToValidUTF8(text, "")
	}
	s.text = s.text[:0]
	u := &s.cur
	switch parent := s.open[top-1]; {
	case top == s.record+1 && !s.foreign:
		switch s.open[top] {
		case "loc":
			u.loc = text
		case "lastmod":
			u.lastmod = text
		}
	case parent == "news" || parent == "publication":
		switch s.open[top] {
		case "title":
			u.title = text
		case "publication_date":
			u.published = text
		case "keywords":
			u.keywords = text
		case "language":
			u.language = text
		case "name":
			u.name = text
		}
	case parent == "image":
		s.image(s.open[top], text)
	}
}

// image notes a property of the picture being read; its loc comes first.
func (s *sitemapReader) image(name, text string) {
	images := s.cur.images
	if name == "loc" {
		if len(images) < maxImages {
			s.cur.images = append(images, Image{URL: resolve(s.p.base, text)})
		}
		return
	}
	if len(images) == 0 {
		return
	}
	last := &images[len(images)-1]
	switch {
	case name == "caption":
		last.Caption = text
	case name == "title" && last.Caption == "":
		last.Caption = text
	}
}

// endRecord keeps what was read about one address.
func (s *sitemapReader) endRecord() {
	u := s.cur
	s.cur, s.record = siteURL{}, 0
	link := resolve(s.p.base, u.loc)
	if _, err := url.Parse(link); err != nil || !isWeb(link) {
		return
	}
	if s.seen++; s.seen > maxSitemapURLs {
		s.entries.dropped++
		return
	}
	updated := parseDate(u.lastmod)
	if s.kind == sitemapIndex {
		if s.parts.wants(updated) {
			s.parts.add(updated, Part{URL: link, Modified: updated})
		}
		return
	}
	published := parseDate(u.published)
	when := published
	if when.IsZero() {
		when = updated
	}
	if s.entries.wants(when) {
		s.entries.add(when, siteEntry{u.entry(link, published, updated), u.name})
	}
}

func (u *siteURL) entry(link string, published, updated time.Time) Entry {
	e := Entry{ID: link, Link: link, Title: u.title, Language: u.language, Published: published, Updated: updated, Images: u.images}
	for part := range strings.SplitSeq(u.keywords, ",") {
		e.Tags = addTag(e.Tags, part)
	}
	return e
}

// feed returns what was read.
func (s *sitemapReader) feed() *Feed {
	if s.kind == sitemapIndex {
		return &Feed{Format: "sitemap-index", Parts: s.parts.byDate(), Dropped: s.parts.dropped + s.entries.dropped}
	}
	f := &Feed{Format: "sitemap", Dropped: s.entries.dropped, Entries: []Entry{}}
	for i, e := range s.entries.inOrder() {
		if i == 0 {
			f.Title, f.Language = e.name, e.Language
		}
		if e.name != f.Title {
			f.Title = ""
		}
		if e.Language != f.Language {
			f.Language = ""
		}
		f.Entries = append(f.Entries, e.Entry)
	}
	return f
}
