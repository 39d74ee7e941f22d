package feed

import (
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	ext "github.com/mmcdole/gofeed/extensions"
)

// Bounds on what is kept of one entry.
const (
	maxImages     = 32
	maxEnclosures = 32
)

// addEnclosure appends a file that has an address and is not there already.
func (e *Entry) addEnclosure(address, mediaType, length string) {
	same := func(f Enclosure) bool { return f.URL == address }
	if address == "" || len(e.Enclosures) >= maxEnclosures || slices.ContainsFunc(e.Enclosures, same) {
		return
	}
	n, err := strconv.ParseInt(strings.TrimSpace(length), 10, 64)
	if err != nil || n < 0 {
		n = 0
	}
	e.Enclosures = append(e.Enclosures, Enclosure{URL: address, Type: mediaType, Length: n})
}

// addImage appends a picture that has an address, or completes what is known
// about one that is there already.
func (e *Entry) addImage(img Image) {
	if img.URL == "" {
		return
	}
	for i := range e.Images {
		if old := &e.Images[i]; old.URL == img.URL {
			if old.Type == "" {
				old.Type = img.Type
			}
			if old.Width == 0 {
				old.Width, old.Height = img.Width, img.Height
			}
			if old.Caption == "" {
				old.Caption = img.Caption
			}
			if old.Credit == "" {
				old.Credit = img.Credit
			}
			return
		}
	}
	if len(e.Images) < maxImages {
		e.Images = append(e.Images, img)
	}
}

// addMedia reads Media RSS: media:content, alone or in a media:group, as
// pictures or enclosures, and media:thumbnail where there is no larger
// picture. Pictures among the enclosures become images as well.
func (e *Entry) addMedia(x extensions, base *url.URL) {
	media := x["media"]
	for _, c := range media["content"] {
		e.addMediaContent(c, media, base)
	}
	for _, g := range media["group"] {
		for _, c := range g.Children["content"] {
			e.addMediaContent(c, g.Children, base)
		}
	}
	for _, f := range e.Enclosures {
		if isImage(f.Type, "", f.URL) {
			e.addImage(Image{URL: f.URL, Type: f.Type})
		}
	}
	if len(e.Images) == 0 {
		e.addThumbnails(media["thumbnail"], media, base)
		for _, group := range [][]ext.Extension{media["group"], media["content"]} {
			for _, g := range group {
				e.addThumbnails(g.Children["thumbnail"], g.Children, base)
			}
		}
	}
	for _, i := range x["itunes"]["image"] {
		e.addImage(Image{URL: resolve(base, i.Attrs["href"])})
	}
}

// addMediaContent adds one media:content. What describes it may stand inside
// it or beside it.
func (e *Entry) addMediaContent(c ext.Extension, beside map[string][]ext.Extension, base *url.URL) {
	address := resolve(base, c.Attrs["url"])
	if !isImage(c.Attrs["type"], c.Attrs["medium"], address) {
		e.addEnclosure(address, c.Attrs["type"], c.Attrs["fileSize"])
		return
	}
	e.addImage(describe(Image{URL: address}, c, beside))
}

func (e *Entry) addThumbnails(list []ext.Extension, beside map[string][]ext.Extension, base *url.URL) {
	for _, t := range list {
		e.addImage(describe(Image{URL: resolve(base, t.Attrs["url"])}, t, beside))
	}
}

// describe fills in the size, caption and credit of a picture.
func describe(img Image, c ext.Extension, beside map[string][]ext.Extension) Image {
	img.Type = c.Attrs["type"]
	img.Width, img.Height = pixels(c.Attrs["width"]), pixels(c.Attrs["height"])
	for _, name := range [...]string{"description", "text", "title"} {
		img.Caption = firstText(img.Caption, c.Children[name])
	}
	img.Caption = firstText(img.Caption, beside["description"])
	img.Credit = firstText(img.Credit, c.Children["credit"])
	img.Credit = firstText(img.Credit, beside["credit"])
	img.Credit = firstText(img.Credit, c.Children["copyright"])
	return img
}

// firstText returns s, or when it is empty the first text in list.
func firstText(s string, list []ext.Extension) string {
	for i := 0; s == "" && i < len(list); i++ {
		s = list[i].Value
	}
	return s
}

// pixels reads a length in pixels; zero when it is none.
func pixels(s string) int {
	n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(s), "px"))
	if err != nil || n < 0 || n > 1<<20 {
		return 0
	}
	return n
}

// isImage reports whether a file is a picture, by its media type, else by
// what Media RSS calls its medium, else by its name.
func isImage(mediaType, medium, address string) bool {
	switch {
	case mediaType != "":
		return hasPrefixFold(mediaType, "image")
	case medium != "":
		return strings.EqualFold(medium, "image")
	}
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	switch strings.ToLower(path.Ext(u.Path)) {
	case ".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif":
		return true
	}
	return false
}

// media returns the first text of this Media RSS element: of the entry, of a
// group, of a file.
func (x extensions) media(name string) string {
	m := x["media"]
	if len(m) == 0 {
		return ""
	}
	s := firstText("", m[name])
	for _, g := range slices.Concat(m["group"], m["content"]) {
		s = firstText(s, g.Children[name])
	}
	return s
}

// mediaTags returns the categories and keywords of Media RSS.
func (x extensions) mediaTags() []string {
	m := x["media"]
	if len(m) == 0 {
		return nil
	}
	var tags []string
	add := func(children map[string][]ext.Extension) {
		for _, c := range children["category"] {
			tags = append(tags, c.Value)
		}
		for _, k := range children["keywords"] {
			tags = append(tags, strings.Split(k.Value, ",")...)
		}
	}
	add(m)
	for _, g := range slices.Concat(m["group"], m["content"]) {
		add(g.Children)
	}
	return tags
}
