package article

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// setTitle finds the headline: what JSON-LD says, or else what the page shows,
// or else what it gives to those who link to it.
func (x *extraction) setTitle() {
	h := &x.page.head
	site := cmp.Or(h.get("og:site_name"), x.linked.publisher)
	shown := x.headline()
	given := withoutSite(h.get("og:title", "twitter:title", "dc.title", "title"), site)
	named := withoutSite(x.linked.headline, site)
	if end, ok := strings.CutPrefix(named, shown); ok && shown != "" && strings.ContainsAny(end[:min(len(end), 5)], "-|–—") && strings.HasPrefix(end, " ") {
		named = shown // the site's name follows
	}
	// Search engines cut headlines at 110 signs, and some sites cut them beforehand.
	if cut := strings.TrimRight(named, ".… "); cut != named && strings.HasPrefix(fold(shown), fold(cut)) {
		named = shown
	}
	x.set("title", &x.article.Title,
		source{"json-ld", withoutKicker(named, given)}, source{"h1", withoutKicker(shown, given)}, source{"meta", given},
		source{"title", withoutSite(h.title, site)})
}

// headline returns the text of the heading that is the article's: the h1, or
// else the h2, that agrees best with the titles in the head. An h1 that shares
// nothing with them, such as the site's name, is not taken.
func (x *extraction) headline() string {
	best, most := -1, float32(0)
	h := &x.page.head
	want := len(fold(withoutSite(cmp.Or(h.get("og:title", "twitter:title"), h.title), h.get("og:site_name"))))
	for i := range x.page.blocks {
		b := &x.page.blocks[i]
		const longest = 60 // words
		if b.tokens == 0 || b.tokens > longest || b.el < 0 {
			continue
		}
		main := x.page.elements[b.el].tags&tTitle != 0
		if !main && b.tag != atom.H2 {
			continue
		}
		points := x.page.overlap(b, x.titles)
		if n := 2 * len(fold(b.text)); n < want { // the site's name, a section
			points *= float32(n) / float32(want)
		}
		switch {
		case main:
			if len(x.titles) == 0 || points > 0 && b.tokens > 3 {
				points += .3
			}
		case b.tokens > 3 && points > .9:
			points *= .5
		default:
			continue
		}
		const least = .4
		if points > most && points >= least {
			best, most = i, points
		}
	}
	if best < 0 {
		return ""
	}
	return x.headingText(best)
}

// headingText returns the text of a heading. An element within that is named
// as the line above the headline is left out, and where two elements meet
// without a blank, as in <span>Lake towns</span><span>Ferry runs</span>, one is
// put in.
func (x *extraction) headingText(i int) string {
	b := &x.page.blocks[i]
	whole := clean(b.text)
	if b.el < 0 || x.page.elements[b.el].tags&tHeading == 0 {
		return whole
	}
	var out strings.Builder
	nodes := 0
	for n := x.page.elements[b.el].node.FirstChild; n != nil; n = n.NextSibling {
		const most = 20 // nodes; a heading of more is something else
		if nodes++; nodes > most {
			return whole
		}
		if n.Type == html.ElementNode && classWords.scan(attr(n, "class"))&(wKicker|wHidden) != 0 {
			continue
		}
		text := textOf(n)
		if n.Type == html.ElementNode && n.DataAtom == atom.Br || meet(out.String(), text) {
			out.WriteByte(' ')
		}
		out.WriteString(text)
	}
	if text := clean(visible(out.String())); 2*len(fold(text)) >= len(fold(whole)) {
		return text
	}
	return whole
}

// meet reports whether two texts from neighbouring elements are words of their
// own, though no blank parts them.
func meet(before, after string) bool {
	r, _ := utf8.DecodeLastRuneInString(before)
	s, _ := utf8.DecodeRuneInString(after)
	return (unicode.IsLower(r) || unicode.IsDigit(r) || strings.ContainsRune(".:!?”»", r)) && (unicode.IsUpper(s) || strings.ContainsRune("\"„“«‘", s))
}

// textOf returns the text in n, with a blank where block-level elements meet.
func textOf(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	var b strings.Builder
	for d := range n.Descendants() {
		const most = 16 << 10 // bytes
		if b.Len() > most {
			break
		}
		switch {
		case d.Type == html.TextNode && !unseen(d.Parent):
			b.WriteString(d.Data)
		case d.Type == html.ElementNode && (d.DataAtom == atom.Br || isBlock(d)):
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// unseen reports whether the text of an element is not shown as text.
func unseen(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Script, atom.Style, atom.Template, atom.Noscript, atom.Svg, atom.Iframe, atom.Textarea:
		return true
	}
	return false
}

// withoutKicker takes off a headline the words above it that became one text
// with it, with or without a mark between. That they are not part of it is
// known by the other title, which has none, or others: they end alike, and
// what comes before is set off by a mark in both.
func withoutKicker(headline, other string) string {
	if headline == "" || other == "" || fold(headline) == fold(other) {
		return headline
	}
	rest := tail(headline, other)
	before, beforeOther := headline[:len(headline)-len(rest)], other[:len(other)-min(len(rest), len(other))]
	const least = 20 // runes that must be left, and half of the whole
	if n := utf8.RuneCountInString(rest); n < least || n < utf8.RuneCountInString(before) || before == "" {
		return headline
	}
	if fold(rest) == fold(other) || setOff(before) && setOff(beforeOther) {
		return rest
	}
	return headline
}

// tail returns the longest end of a that b ends with too, from a word's start,
// apart from signs that are neither letters nor digits; marks of quotation
// around it are kept.
func tail(a, b string) string {
	i, j, start := len(a), len(b), len(a)
	for i > 0 && j > 0 {
		r, n := utf8.DecodeLastRuneInString(a[:i])
		s, m := utf8.DecodeLastRuneInString(b[:j])
		switch {
		case !isWord(r):
			i -= n
			continue
		case !isWord(s):
			j -= m
			continue
		}
		if unicode.ToLower(r) != unicode.ToLower(s) {
			break
		}
		i, j = i-n, j-m
		before, _ := utf8.DecodeLastRuneInString(a[:i])
		beforeOther, _ := utf8.DecodeLastRuneInString(b[:j])
		if (i == 0 || !isWord(before)) && (j == 0 || !isWord(beforeOther)) {
			start = i
		}
		continue
	}
	for start > 0 {
		r, n := utf8.DecodeLastRuneInString(a[:start])
		if !strings.ContainsRune("\"'«»“„‘‚‹›「『(¿¡", r) {
			break
		}
		start -= n
	}
	return a[start:]
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// setOff reports whether a text ends with a mark that parts it from what follows.
func setOff(s string) bool {
	s = strings.TrimRight(s, " \"'«»“„‘‚‹›「『(¿¡")
	r, _ := utf8.DecodeLastRuneInString(s)
	return strings.ContainsRune(":|-–—+•·/", r)
}

// bars stand between a headline and the name of its site.
var bars = []string{" | ", " - ", " – ", " — ", " :: ", " « ", " » ", " · ", " • ", " / ", " ‹ ", " ~ ", " ㅣ ", "｜", "|", "ㅣ", "│", "_", "--", "——", "－", "-"}

// withoutSite takes the site's name off a title: "Headline - Site", "Headline | Site".
func withoutSite(title, site string) string {
	name := fold(site)
	for _, bar := range bars {
		i := strings.LastIndex(title, bar)
		if i < 0 {
			continue
		}
		head, end := strings.TrimSpace(title[:i]), strings.TrimSpace(title[i+len(bar):])
		tight := bar[0] != ' ' // words may be joined by these too
		last := fold(end)
		named := name != "" && last != "" && (last == name || !tight && (strings.Contains(last, name) || strings.Contains(name, last)))
		barred := bar == " | " && len(end) < len(head) && len(strings.Fields(end)) <= 4
		if head == "" || !named && !barred {
			continue
		}
		if tight {
			return withoutSection(head)
		}
		return withoutSite(head, site)
	}
	return title
}

// withoutSection takes off the section that East Asian sites put between
// headline and site without a blank: "見出し-国際".
func withoutSection(title string) string {
	const most = 8 // runes
	i := strings.LastIndexAny(title, "-_|｜ㅣ－")
	if i <= 0 {
		return title
	}
	_, n := utf8.DecodeRuneInString(title[i:])
	section := []rune(title[i+n:])
	asian := func(r rune) bool { return singly(r) || unicode.Is(unicode.Hangul, r) || r == '·' || r == '/' }
	if len(section) == 0 || len(section) > most || slices.ContainsFunc(section, func(r rune) bool { return !asian(r) }) {
		return title
	}
	return strings.TrimRight(title[:i], " -_|｜ㅣ－")
}
