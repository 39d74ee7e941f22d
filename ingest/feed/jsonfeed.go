package feed

import (
	"bytes"
	"cmp"
	stdjson "encoding/json"
	"net/url"
	"strconv"
	"strings"

	"github.com/mmcdole/gofeed/json"
)

// fromJSON maps gofeed's reading of JSON Feed 1.0 and 1.1 into ours. doc is
// the document gofeed read.
func (p *parser) fromJSON(jf *json.Feed, doc []byte) *Feed {
	f := &Feed{
		Format:   "json",
		Title:    jf.Title,
		ID:       jf.FeedURL, // its identifier, says the specification
		Subtitle: jf.Description,
		Language: jf.Language,
		Author:   strings.Join(jsonAuthors(jf.Authors, jf.Author), ", "),
		Self:     resolve(p.base, jf.FeedURL),
		Hub:      resolve(p.base, jsonHub(doc)),
	}
	f.Prev = p.elsewhere(jf.NextURL, f)
	base := cmp.Or(p.base, absolute(f.Self))
	f.Link = resolve(base, jf.HomePageURL)
	base = cmp.Or(base, absolute(f.Link))
	f.Entries = make([]Entry, 0, len(jf.Items))
	for _, it := range jf.Items {
		if it != nil {
			f.Entries = append(f.Entries, jsonEntry(it, base))
		}
	}
	return f
}

func jsonEntry(it *json.Item, base *url.URL) Entry {
	e := Entry{
		ID:        it.ID,
		Title:     it.Title,
		Summary:   escapedText(it.Summary),
		Content:   cmp.Or(it.ContentHTML, escapedText(it.ContentText)),
		Language:  it.Language,
		Published: parseDate(it.DatePublished),
		Updated:   parseDate(it.DateModified),
		Authors:   jsonAuthors(it.Authors, it.Author),
	}
	link := cmp.Or(it.URL, it.ExternalURL)
	if link == "" && isWeb(it.ID) {
		link = it.ID
	}
	e.Link = resolve(base, link)
	for _, t := range it.Tags {
		e.Tags = addTag(e.Tags, t)
	}
	e.addImage(Image{URL: resolve(base, it.Image)})
	e.addImage(Image{URL: resolve(base, it.BannerImage)})
	if it.Attachments != nil {
		for _, a := range *it.Attachments {
			address := resolve(base, a.URL)
			e.addEnclosure(address, a.MimeType, strconv.FormatInt(a.SizeInBytes, 10))
			if isImage(a.MimeType, "", address) {
				e.addImage(Image{URL: address, Type: a.MimeType})
			}
		}
	}
	return e
}

// escapedText turns plain text into HTML.
func escapedText(s string) string {
	if !strings.ContainsAny(s, `&<>"`) {
		return s
	}
	return string(appendEscaped(nil, s))
}

func jsonAuthors(list []*json.Author, one *json.Author) []string {
	var names []string
	for _, a := range append(list, one) {
		if a != nil {
			names = append(names, a.Name)
		}
	}
	return authors(names)
}

// jsonHub returns the address of the WebSub hub, which gofeed does not read.
func jsonHub(doc []byte) string {
	if !bytes.Contains(doc, []byte(`"hubs"`)) {
		return ""
	}
	var f struct {
		Hubs []struct{ Type, URL string }
	}
	if stdjson.Unmarshal(doc, &f) != nil {
		return ""
	}
	for _, h := range f.Hubs {
		if strings.EqualFold(h.Type, "WebSub") {
			return h.URL
		}
	}
	return ""
}
