package article

import (
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/atom"
	"golang.org/x/text/unicode/norm"
)

const mostOfCaption = 120 // words of a caption

// cellMark separates the cells of a table row.
const cellMark = " | "

// choose classifies the blocks and returns the indices of those taken.
func (x *extraction) choose(classify classifier) []int {
	chances := classify(x)
	x.weighChoice(chances)
	var taken []int
	for i, chance := range chances {
		if chance >= threshold {
			taken = append(taken, i)
		}
	}
	return taken
}

// titleBlock returns the index of the block with the headline, or -1: an h1, or
// else another heading with the same words.
func (x *extraction) titleBlock() int {
	want := fold(x.article.Title)
	heading := -1
	for i := range x.page.blocks {
		b := &x.page.blocks[i]
		if b.el < 0 || b.tokens > 60 || x.page.elements[b.el].tags&tHeading == 0 {
			continue
		}
		if want != "" && fold(b.text) == want {
			return i
		}
		if heading < 0 && x.page.elements[b.el].tags&tTitle != 0 && x.page.overlap(b, x.titles) > .5 {
			heading = i
		}
	}
	return heading
}

// compose makes the standfirst and the paragraphs out of the blocks taken.
func (x *extraction) compose(taken []int) {
	taken = x.step(taken, x.withoutOtherStories, "part of another article on the page")
	taken = x.step(taken, x.withoutAsides, "in what is named otherwise, a line of links or a date at the top, or an offer at the end")
	taken = x.step(taken, x.withoutRepeats, "repeats the headline, the byline or an earlier paragraph, or is a mark that a template left")
	taken = x.step(taken, x.withoutCaptions, "a picture's caption or credit")
	taken = x.step(taken, x.takeStandfirst, "moved to the standfirst")
	taken = x.step(taken, x.withoutLooseHeadings, "a heading with no text below it")
	x.write(taken)
}

// write makes paragraphs out of the blocks taken, unless they are too little
// for an article.
func (x *extraction) write(taken []int) {
	x.kept = taken
	words := int32(0)
	for _, i := range taken {
		words += x.page.blocks[i].tokens
	}
	x.words = int(words)
	const least = 12 // words; less is a notice, not an article
	if words < least {
		return
	}
	for k := 0; k < len(taken); {
		n := x.row(taken[k:])
		if n > 1 {
			x.addRow(taken[k : k+n])
		} else {
			x.add(taken[k])
		}
		k += max(n, 1)
	}
	if len(x.article.Body) > 0 {
		x.article.Method = "blocks"
		x.article.Sources["body"] = "html"
	}
}

// withoutOtherStories leaves out the articles that follow on the same page: an
// <article> with a heading beside the one that holds headline and body, and all
// that follows another h1 below the body.
func (x *extraction) withoutOtherStories(taken []int) []int {
	p := x.page
	if p.title < 0 || p.best < 0 {
		return taken
	}
	end := len(p.blocks)
	for i := p.last + 1; p.last >= 0 && i < len(p.blocks); i++ {
		b := &p.blocks[i]
		if b.tokens > 3 && b.el >= 0 && p.elements[b.el].tags&tTitle != 0 && !p.elements[b.el].within && fold(b.text) != fold(p.blocks[p.title].text) {
			end = i
			break
		}
	}
	return slices.DeleteFunc(taken, func(i int) bool {
		if i >= end {
			return true
		}
		if p.story < 0 || !p.elements[p.story].titled {
			return false
		}
		for el := p.blocks[i].el; el >= 0 && el != p.story && !p.elements[el].main; el = p.elements[el].parent {
			if p.elements[el].node.DataAtom == atom.Article && p.headed(el) {
				return true
			}
		}
		return false
	})
}

// headed reports whether an element begins with a heading.
func (p *page) headed(el int32) bool {
	const reach = 4 // blocks: a section, a date and a byline may come first
	e := &p.elements[el]
	for i := e.first; i < min(e.last, e.first+reach); i++ {
		if b := &p.blocks[i]; b.el >= 0 && p.elements[b.el].tags&tHeading != 0 {
			return true
		}
	}
	return false
}

// withoutRepeats leaves out the headline, the byline, texts that came before, and
// what no reader was meant to see.
func (x *extraction) withoutRepeats(taken []int) []int {
	title := fold(x.article.Title)
	seen := map[uint64]bool{}
	var out []int
	for _, i := range taken {
		b := &x.page.blocks[i]
		if b.hashes[0] == b.hashes[1] || isPlaceholder(b.text) || b.tokens < 60 && len(b.text) <= 2*len(title)+16 && fold(b.text) == title || b.el >= 0 && x.page.elements[b.el].tags&tTitle != 0 && i <= x.page.title+1 {
			continue
		}
		if b.tokens <= 12 && x.isByline(b.text) {
			continue
		}
		const least = 28 // runes; short texts such as answers may come twice
		key := x.page.key(b)
		if b.runes >= least && seen[key] {
			continue
		}
		seen[key] = true
		out = append(out, i)
	}
	return out
}

// isByline reports whether s is nothing but the authors' names.
func (x *extraction) isByline(s string) bool {
	f := fold(withoutBy(strings.ToLower(s)))
	if f == "" {
		return false
	}
	for _, n := range x.article.Byline {
		f = strings.Replace(f, fold(n), "", 1)
	}
	return len(f) <= 3 && len(x.article.Byline) > 0
}

// withoutCaptions leaves out the captions and credits of pictures that stand
// among the paragraphs.
func (x *extraction) withoutCaptions(taken []int) []int {
	return slices.DeleteFunc(taken, func(i int) bool {
		b := &x.page.blocks[i]
		return x.isCaption(i) || b.tokens < 25 && isCredit(b.text) || b.tokens <= mostOfCaption && isPictureText(b.text)
	})
}

// isCaption reports whether block i belongs to a picture: by its element, by
// the name of one around it, or because it ends in a credit and a picture is
// next to it. A name and an agency after a slash are enough.
func (x *extraction) isCaption(i int) bool {
	b := &x.page.blocks[i]
	if b.el < 0 || b.tokens > mostOfCaption {
		return false
	}
	if x.page.elements[b.el].inTags&tFigcaption != 0 || x.isNamedCaption(i) {
		return true
	}
	if !x.pictured(i) && !strings.Contains(b.text, "/") {
		return false
	}
	caption, credit := splitCredit(b.text)
	if credit == "" || caption == b.text {
		return false
	}
	if strings.Contains(credit, "/") && strings.Contains(credit, " ") && strings.HasSuffix(b.text, credit) && b.tokens < 70 {
		return true
	}
	return x.pictured(i)
}

// isNamedCaption reports whether block i is in a small element named as a
// caption, or is the text of one named as a picture with a picture in or beside
// it. Standfirsts on a large picture are named so, too, and are none.
func (x *extraction) isNamedCaption(i int) bool {
	const mostOfPicture = 60 // words
	b := &x.page.blocks[i]
	own := &x.page.elements[b.el]
	if own.tags&tHeading != 0 || own.words&wLead != 0 {
		return false
	}
	if own.words&wMedia != 0 && !own.main && own.tokens <= mostOfPicture && x.pictured(i) {
		return !x.describes(b)
	}
	for el, n := b.el, 0; el >= 0 && n < 3; el, n = x.page.elements[el].parent, n+1 {
		e := &x.page.elements[el]
		if e.main || e.titled || e.tokens > mostOfCaption {
			return false
		}
		if e.words&wCaption != 0 {
			return !x.describes(b)
		}
	}
	return false
}

// pictured reports whether a picture stands next to block i.
func (x *extraction) pictured(i int) bool {
	k, _ := slices.BinarySearchFunc(x.page.pictures, int32(i), func(p picture, at int32) int { return int(p.at - at) })
	for ; k < len(x.page.pictures) && x.page.pictures[k].at <= int32(i)+1; k++ {
		return true
	}
	return false
}

// takeStandfirst moves the summary under the headline out of the body: a block
// before the second paragraph that the description quotes, or that is called a
// standfirst.
func (x *extraction) takeStandfirst(taken []int) []int {
	from := max(x.page.title, 0)
	to := len(x.page.blocks)
	switch {
	case len(taken) > 1:
		to = taken[1]
	case len(taken) == 1:
		to = taken[0] + 1
	}
	const reach = 40 // blocks between headline and text
	from = max(from-4, to-reach, 0)
	best := -1
	for i := from; i < to; i++ {
		b := &x.page.blocks[i]
		if b.tokens < 5 || b.tokens > 120 || share(b.linked, b.runes) > .5 || b.el < 0 || x.page.elements[b.el].veiled || i == x.page.title {
			continue
		}
		e := &x.page.elements[b.el]
		if e.tags&(tFigure|tFigcaption|tAside|tNav|tFooter|tForm) != 0 {
			continue
		}
		called := x.called(b.el)
		if called && slices.Contains(taken, i) || x.describes(b) && (called || len(taken) == 0 || i < taken[0] || x.apart(taken) || x.boldAlone(taken)) {
			best = i
			break
		}
	}
	if best < 0 {
		return taken
	}
	taken = slices.DeleteFunc(taken, func(i int) bool { return i == best })
	if len(taken) == 0 {
		return []int{best}
	}
	x.article.Standfirst = clean(x.page.blocks[best].text)
	x.article.Sources["standfirst"] = "html"
	return taken
}

// called reports whether an element or the one around it is named like a standfirst.
func (x *extraction) called(el int32) bool {
	e := &x.page.elements[el]
	if e.lead || e.words&wLead != 0 {
		return true
	}
	return e.parent >= 0 && !x.page.elements[e.parent].main && x.page.elements[e.parent].words&wLead != 0
}

// describes reports whether the description of the page is the text of b.
func (x *extraction) describes(b *block) bool {
	if len(x.folded) == 0 {
		return false
	}
	f := fold(b.text)
	for _, d := range x.folded {
		if len(d) >= 30 && (f == d || strings.HasPrefix(f, d) && len(f) < len(d)*3/2 || strings.HasPrefix(d, f) && len(f) > len(d)/2) {
			return true
		}
	}
	return false
}

// apart reports whether the first block taken has another place than the next ones.
func (x *extraction) apart(taken []int) bool {
	if len(taken) < 3 {
		return false
	}
	b := x.page.blocks
	one, two, three := x.page.path(&b[taken[0]]), x.page.path(&b[taken[1]]), x.page.path(&b[taken[2]])
	return one != two && one != three
}

// boldAlone reports whether the first block taken is in bold and the next is not.
func (x *extraction) boldAlone(taken []int) bool {
	b := x.page.blocks
	return len(taken) > 1 && b[taken[0]].isBold() && !b[taken[1]].isBold()
}

// isBold reports whether all of b is in bold.
func (b *block) isBold() bool {
	return b.marked > 0 && b.marked == b.runes-int32(strings.Count(b.text, " "))
}

// withoutLooseHeadings leaves out headings that no text follows.
func (x *extraction) withoutLooseHeadings(taken []int) []int {
	out := taken[:0]
	for k, i := range taken {
		if x.kind(i) == Heading && (k+1 == len(taken) || x.kind(taken[k+1]) == Heading && x.level(taken[k+1]) <= x.level(i)) {
			continue
		}
		out = append(out, i)
	}
	return out
}

// level returns 1 to 6 for h1 to h6, and 7 for text that only looks like a heading.
func (x *extraction) level(i int) int {
	for el, n := x.page.blocks[i].el, 0; el >= 0 && n < 3; el, n = x.page.elements[el].parent, n+1 {
		if tag := x.page.elements[el].node.Data; len(tag) == 2 && tag[0] == 'h' && '1' <= tag[1] && tag[1] <= '6' {
			return int(tag[1] - '0')
		}
	}
	return 7
}

// kind says what sort of paragraph block i is.
func (x *extraction) kind(i int) Kind {
	b := &x.page.blocks[i]
	kind := Text
	for el, n := b.el, 0; el >= 0 && n < 4; el, n = x.page.elements[el].parent, n+1 {
		if x.page.elements[el].main && n > 1 {
			break
		}
		switch x.page.elements[el].node.DataAtom {
		case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
			return Heading
		case atom.Li, atom.Dd, atom.Dt:
			return Item
		case atom.Blockquote:
			return Quote
		case atom.Pre:
			return Code
		}
	}
	const most = 15 // words of a paragraph in bold that stands for a heading
	if b.tokens <= most && b.isBold() {
		if r, _ := utf8.DecodeLastRuneInString(b.text); !strings.ContainsRune(`.!?…。！？:,"”»`, r) {
			return Heading
		}
	}
	return kind
}

// row returns how many of the first blocks are cells of one table row.
func (x *extraction) row(taken []int) int {
	tr := x.tableRow(taken[0])
	if tr < 0 {
		return 1
	}
	n := 1
	for n < len(taken) && x.tableRow(taken[n]) == tr {
		n++
	}
	return n
}

// tableRow returns the index of the row in which block i is a cell, or -1. A
// row of a single cell is a means of layout, not a table.
func (x *extraction) tableRow(i int) int32 {
	for el, n := x.page.blocks[i].el, 0; el >= 0 && n < 4; el, n = x.page.elements[el].parent, n+1 {
		e := &x.page.elements[el]
		if e.main {
			return -1
		}
		if e.node.DataAtom == atom.Tr {
			return el
		}
	}
	return -1
}

func (x *extraction) addRow(cells []int) {
	var texts, inline []string
	for _, i := range cells {
		texts = append(texts, strings.ReplaceAll(clean(x.page.blocks[i].text), cellMark, " / "))
		inline = append(inline, x.inlineHTML(i))
	}
	x.article.Body = append(x.article.Body, Paragraph{Row, strings.Join(texts, cellMark), strings.Join(inline, cellMark)})
}

func (x *extraction) add(i int) {
	if text := norm.NFC.String(x.page.blocks[i].text); text != "" {
		x.article.Body = append(x.article.Body, Paragraph{x.kind(i), text, x.inlineHTML(i)})
	}
}
