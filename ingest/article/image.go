package article

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// maxImages is the number of pictures that an article keeps.
const maxImages = 30

// illustrate lists the pictures: that which the head names first, then those in
// and just above the body. A picture of both has the caption from the page.
func (x *extraction) illustrate() {
	h := &x.page.head
	lead := slices.Clone(x.linked.images)
	from := "json-ld"
	if og := h.get("og:image", "og:image:url", "og:image:secure_url", "twitter:image", "twitter:image:src"); og != "" && len(lead) == 0 {
		from = "meta"
		lead = append(lead, Image{URL: og, Width: pixels(h.get("og:image:width")), Height: pixels(h.get("og:image:height"))})
	}
	for _, im := range lead[:min(len(lead), 1)] {
		x.addImage(im, from)
	}
	for _, p := range x.page.pictures {
		if x.illustrates(p) {
			x.addImage(x.shown(p), "html")
		}
	}
}

// addImage adds im, or completes the picture that is the same in another size.
func (x *extraction) addImage(im Image, from string) {
	a := x.article
	if im.URL = x.absolute(im.URL); im.URL == "" {
		return
	}
	if im.Credit == "" {
		im.Caption, im.Credit = splitCredit(im.Caption)
	}
	im.Credit = withoutMark(im.Credit)
	for i := range a.Images {
		if old := &a.Images[i]; old.URL == im.URL || samePicture(old.URL, im.URL) {
			if im.Caption != "" {
				old.Caption = im.Caption
			}
			if im.Credit != "" {
				old.Credit = im.Credit
			}
			return
		}
	}
	if len(a.Images) < maxImages {
		a.Images = append(a.Images, im)
		if a.Sources["images"] == "" {
			a.Sources["images"] = from
		}
	}
}

// samePicture reports whether two addresses end in the same file name of some length.
func samePicture(a, b string) bool {
	name := func(s string) string {
		s, _, _ = strings.Cut(s, "?")
		s = path.Base(s)
		return strings.TrimSuffix(s, path.Ext(s))
	}
	const least = 12 // bytes; "image-1" is the name of many
	n := name(a)
	return len(n) >= least && n == name(b)
}

// illustrates reports whether p belongs to the article: it is in the main
// element or between headline and text, and not in a list of other articles.
func (x *extraction) illustrates(p picture) bool {
	pg := x.page
	if p.el < 0 || pg.best < 0 || pg.first < 0 {
		return false
	}
	e := &pg.elements[p.el]
	if e.veiled || e.inTags&(tAside|tNav|tFooter|tForm|tList) != 0 || e.inside&(wRelated|wAd|wComment|wShare|wBio|wSidebar|wTeaser|wSignup) != 0 {
		return false
	}
	if w := pixels(attr(p.node, "width")); w > 0 && w < 100 {
		return false
	}
	if e.within {
		return int(p.at) <= pg.last+1
	}
	above := pg.title >= 0 && int(p.at) >= pg.title-3 && int(p.at) <= pg.first+1
	return above && e.tags&tFigure != 0
}

// shown reads an img element and the caption around it.
func (x *extraction) shown(p picture) Image {
	im := Image{
		URL:   address(p.node),
		Width: pixels(attr(p.node, "width")), Height: pixels(attr(p.node, "height")),
	}
	const most = 120 // words around a picture that can be its caption
	holder := int32(-1)
	for el, n := p.el, 0; el >= 0 && n < 6; el, n = x.page.elements[el].parent, n+1 {
		e := &x.page.elements[el]
		if e.main || e.tokens > most {
			break
		}
		if e.node.DataAtom == atom.Figure || e.words&(wMedia|wCaption) != 0 {
			holder = el
			if e.node.DataAtom == atom.Figure {
				break
			}
		}
	}
	if holder >= 0 {
		e := &x.page.elements[holder]
		im.Caption, im.Credit = x.caption(int(e.first), int(e.last))
	} else if i := int(p.at); i < len(x.page.blocks) && x.isCaption(i) {
		im.Caption, im.Credit = x.caption(i, i+1)
	}
	return im
}

// caption reads caption and credit out of the blocks from first up to last.
func (x *extraction) caption(first, last int) (caption, credit string) {
	var parts []string
	for i := first; i < last; i++ {
		b := &x.page.blocks[i]
		text, by := splitCredit(clean(b.text))
		if by == "" && b.el >= 0 && x.page.elements[b.el].words&wCredit != 0 && x.page.elements[b.el].words&wCaption == 0 {
			text, by = "", text
		}
		if credit == "" {
			credit = by
		}
		if text != "" && !slices.Contains(parts, text) && b.tag != atom.Button {
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, " "), credit
}

// address returns the address of an img element, which may be loaded late.
func address(n *html.Node) string {
	for _, key := range []string{"data-src", "data-original", "data-lazy-src", "src"} {
		if v := attr(n, key); v != "" && !strings.HasPrefix(v, "data:") {
			return v
		}
	}
	set := attr(n, "srcset")
	if set == "" {
		set = attr(n, "data-srcset")
	}
	best, most := "", -1
	for candidate := range strings.SplitSeq(set, ", ") {
		address, size, _ := strings.Cut(strings.TrimSpace(candidate), " ")
		n, _ := strconv.Atoi(strings.TrimRight(strings.TrimSpace(size), "wx,"))
		if address != "" && n > most {
			best, most = address, n
		}
	}
	return best
}
