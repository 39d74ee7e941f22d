package article

import (
	"math"

	"golang.org/x/net/html/atom"
)

// layout is what is known of an element once the whole page has been read.
type layout struct {
	// Masses of the blocks within: prose is the words of blocks that are long and hardly linked.
	tokens, runes, links, prose int32

	score  float32 // prose close beneath
	tags   tags    // of the element and those around it
	inTags tags    // the same, of those that do not hold the main element as well
	inside words   // hints of the element and those around it that do not hold the main element
	apart  words   // hints of the element and those around it that do not hold the headline
	titled bool    // holds the headline, or is it
	far    int32   // levels up to the innermost element that holds the headline
	main   bool    // holds the main element, or is it
	within bool    // is in the main element, or is it
	away   int32   // levels up from the main element to the innermost that holds both
	veiled bool    // hidden, or in a hidden element
	bodied bool    // in an element declared as articleBody
	headed bool    // begins with a heading
	branch int32   // the outermost element around, or itself, that does not hold the main element; -1 if it does hold it

	twins, twinTokens int32 // elements of the same tag and class beside it, itself included, and their words
}

// outline is what is known of the page once it has been read.
type outline struct {
	best          int32 // index of the main element: that with the most prose close beneath; -1 if none
	story         int32 // index of the innermost <article> around it; -1 if none
	title         int   // index of the block with the headline; -1 if none
	first, last   int   // first and last block of prose in the main element; -1 if none
	tokens, prose int32
	stories       int // number of <article> elements with prose
	paths         map[uint64]int32
	spots         map[uint64]int32 // words of prose right in elements of one tag and class
}

// tags is a set of kinds of elements.
type tags uint32

const (
	tArticle tags = 1 << iota
	tMain
	tAside
	tNav
	tFooter
	tHeader
	tFigure
	tForm
	tTable
	tList
	tButton
	tQuote
	tSection
	tDetails
	tLabel
	tDefinition
	tAddress
	tHeading
	tFigcaption
	tTitle // h1
)

func tagOf(a atom.Atom) tags {
	switch a {
	case atom.Article:
		return tArticle
	case atom.Main:
		return tMain
	case atom.Aside:
		return tAside
	case atom.Nav, atom.Menu:
		return tNav
	case atom.Footer:
		return tFooter
	case atom.Header:
		return tHeader
	case atom.Figure:
		return tFigure
	case atom.Form:
		return tForm
	case atom.Table:
		return tTable
	case atom.Ul, atom.Ol:
		return tList
	case atom.Button:
		return tButton
	case atom.Blockquote:
		return tQuote
	case atom.Section:
		return tSection
	case atom.Details:
		return tDetails
	case atom.Label:
		return tLabel
	case atom.Dl:
		return tDefinition
	case atom.Address:
		return tAddress
	case atom.Figcaption:
		return tFigcaption
	case atom.H1:
		return tHeading | tTitle
	case atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		return tHeading
	}
	return 0
}

// hints returns the hints of el and the three elements around it.
func (p *page) hints(el int32) words {
	found := words(0)
	for range 4 {
		if el < 0 {
			break
		}
		found |= p.elements[el].words
		el = p.elements[el].parent
	}
	return found
}

// isProse reports whether a block reads like running text.
func (b *block) isProse() bool {
	return b.tokens >= 10 && float32(b.linked) < .4*float32(b.runes)
}

// path names the place of a block by the innermost three elements, so that the
// paragraphs of one text share it.
func (p *page) path(b *block) uint64 {
	h, el := uint64(0), b.el
	for range 3 {
		if el < 0 {
			break
		}
		h = h*1099511628211 ^ p.elements[el].path
		el = p.elements[el].parent
	}
	return h
}

// survey finds the main element and the masses, once the headline is known.
func (p *page) survey() {
	p.best, p.story, p.first, p.last = -1, -1, -1, -1
	p.paths = make(map[uint64]int32, 64)
	p.spots = make(map[uint64]int32, 64)
	if p.title >= 0 {
		for el := p.blocks[p.title].el; el >= 0; el = p.elements[el].parent {
			p.elements[el].titled = true
		}
	}
	p.inherit()
	for i := range p.blocks {
		b := &p.blocks[i]
		p.tokens += b.tokens
		prose := b.isProse()
		if prose {
			p.prose += b.tokens
			p.paths[p.path(b)] += b.tokens
		}
		if b.el < 0 {
			continue
		}
		e := &p.elements[b.el]
		e.tokens += b.tokens
		e.runes += b.runes
		e.links += b.linked
		if prose {
			e.prose += b.tokens
			p.spots[e.path] += b.tokens
			p.credit(b)
		}
	}
	for i := len(p.elements) - 1; i >= 0; i-- {
		e := &p.elements[i]
		if e.node.DataAtom == atom.Article && e.prose > 0 {
			p.stories++
		}
		if e.parent >= 0 {
			up := &p.elements[e.parent]
			up.tokens += e.tokens
			up.runes += e.runes
			up.links += e.links
			up.prose += e.prose
		}
	}
	most := float32(0)
	for i := range p.elements {
		if s := p.worth(&p.elements[i]); p.best < 0 || s > most {
			p.best, most = int32(i), s
		}
	}
	p.relate()
	p.pair()
}

// pair finds the twins of each element.
func (p *page) pair() {
	type key struct {
		parent int32
		path   uint64
	}
	type twins struct{ n, tokens int32 }
	all := make(map[key]twins, len(p.elements)/2)
	for i := range p.elements {
		e := &p.elements[i]
		if e.first == e.last {
			continue
		}
		k := key{e.parent, e.path}
		t := all[k]
		all[k] = twins{t.n + 1, t.tokens + e.tokens}
		first := &p.blocks[e.first]
		e.headed = first.el >= 0 && p.elements[first.el].tags&tHeading != 0
	}
	for i := range p.elements {
		if e := &p.elements[i]; e.first != e.last {
			t := all[key{e.parent, e.path}]
			e.twins, e.twinTokens = t.n, t.tokens
		}
	}
}

// worth is the score of an element as the main one: less the further it is from
// the headline, and less still if it begins above it.
func (p *page) worth(e *element) float32 {
	if p.title < 0 {
		return e.score
	}
	s := e.score * float32(math.Pow(.85, float64(min(e.far, 10))))
	if !e.titled && int(e.last) <= p.title {
		s *= .4
	}
	return s
}

// inherit says for each element where it is in relation to the headline;
// parents come before their children.
func (p *page) inherit() {
	for i := range p.elements {
		e := &p.elements[i]
		if e.titled || e.node.DataAtom == atom.Body || e.node.DataAtom == atom.Html {
			continue
		}
		e.apart = e.words
		if e.parent >= 0 {
			up := &p.elements[e.parent]
			e.far = up.far + 1
			e.apart |= up.apart
		}
	}
}

// credit adds the words of a block of prose to the elements around it, less
// with each level, so that the innermost element around a whole text wins.
func (p *page) credit(b *block) {
	e := &p.elements[b.el]
	weight := float32(b.tokens)
	if e.tags&(tAside|tFooter|tNav|tForm|tFigcaption) != 0 || e.veiled {
		weight *= .2
	}
	if e.apart&(wComment|wConsent) != 0 {
		weight *= .1
	}
	if e.apart&(wRelated|wSidebar|wTeaser|wBio) != 0 {
		weight *= .5
	}
	el := b.el
	switch e.node.DataAtom {
	case atom.Div, atom.Section, atom.Article, atom.Main, atom.Td, atom.Center, atom.Form, atom.Body: // text between line breaks
	default:
		el = e.parent
	}
	for range 5 {
		if el < 0 {
			return
		}
		p.elements[el].score += weight
		weight *= .6
		el = p.elements[el].parent
	}
}

// relate says for each element where it is in relation to the main element.
func (p *page) relate() {
	if p.best < 0 {
		return
	}
	for el := p.best; el >= 0; el = p.elements[el].parent {
		p.elements[el].main = true
		if p.story < 0 && p.elements[el].node.DataAtom == atom.Article {
			p.story = el
		}
	}
	depth := p.elements[p.best].depth
	for i := range p.elements {
		e := &p.elements[i]
		switch {
		case e.main:
			e.branch = -1
		case e.parent < 0 || p.elements[e.parent].main:
			e.branch = int32(i)
		default:
			e.branch = p.elements[e.parent].branch
		}
		switch {
		case int32(i) == p.best:
			e.within = true
		case e.main:
			e.away = depth - e.depth
		case e.parent >= 0:
			up := &p.elements[e.parent]
			e.away, e.within = up.away, up.within
			e.inside = up.inside | e.words
			e.inTags = up.inTags | tagOf(e.node.DataAtom)
		default:
			e.inside, e.inTags = e.words, e.tags
		}
	}
	best := &p.elements[p.best]
	for i := best.first; i < best.last; i++ {
		if p.blocks[i].isProse() {
			if p.first < 0 {
				p.first = int(i)
			}
			p.last = int(i)
		}
	}
}
