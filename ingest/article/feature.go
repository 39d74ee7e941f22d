package article

import (
	"math"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html/atom"
)

// features is what the classifier sees of a block. Shares are from 0 to 1,
// counts are logarithms (log2 of one more), switches are 0 or 1.
type features [numFeatures]float32

// The features. From fTag on, each name is the first of a range.
const (
	fTokens = iota
	fRunes
	fLinkShare
	fBoldShare
	fLines
	fPosition   // of the page's blocks, those before
	fPageBlocks // of the page
	fPageTokens
	fPageProse
	fBestShare     // of the page's prose, that in the main element
	fStories       // <article> elements with prose
	fWithin        // in the main element
	fAway          // levels up from the main element to what holds the block too
	fBelow         // levels from there down to the block
	fDepth         // levels from the root
	fStory         // in the <article> that holds the main element
	fOtherStory    // in another <article>
	fBodied        // in itemprop=articleBody
	fVeiled        // hidden by attribute or inline style
	fSinceFirst    // blocks since the first prose of the main element, signed logarithm
	fSinceLast     // blocks since the last one
	fSinceTitle    // blocks since the headline
	fHasTitle      // the headline was found
	fProseBefore   // of the main element's prose, that before
	fPathShare     // of the page's prose, that at places like this one
	fPathTokens    // words of prose at places like this one
	fStop          // ends like a sentence
	fColon         // ends with a colon
	fUpper         // upper-case letters among the runes
	fDigits        // digits among the runes
	fCommas        // commas by 100 runes
	fQuoteMark     // begins with a quotation mark
	fFurniture     // begins like "Read more"
	fCredit        // is a picture credit
	fDeclared      // JSON-LD or hydration data hold a body
	fInDeclared    // share of the text found in that body
	fInDescription // share found in the description
	fInTitle       // share of words found in the titles
	fSeen          // times the same text came before
	fPicture       // a picture stands just before
	fSiblings      // blocks of the parent element
	fGap           // blocks that are not prose since the last that is
	fInComments    // in what is named a comment section, away from the headline
	fInTeasers     // the same for related articles and teasers
	fInSidebar     // the same for side columns and author boxes
	fInOffer       // the same for newsletters, consent and advertising
	fFar           // levels up to what holds the headline too
	fGapAfter      // blocks that are not prose until the next that is
	fTag           // what the innermost element is, see tagPlaces

	fIn         = fTag + numTags // tags of the elements around, up to one that holds the main element
	fInside     = fIn + 20       // hints of those elements
	fNear       = fInside + 32   // hints of the innermost two elements
	fUp         = fNear + 32     // four masses of each of the innermost four elements
	fBeside     = fUp + 4*4      // six features of each of the three blocks before and after
	numFeatures = fBeside + 6*6
)

// tagPlaces gives each kind of innermost element its place after fTag.
var tagPlaces = map[atom.Atom]int{
	atom.P: 0, atom.Div: 1, atom.Li: 2, atom.Td: 3, atom.Th: 3, atom.H1: 4, atom.H2: 5, atom.H3: 6, atom.H4: 7, atom.H5: 7, atom.H6: 7,
	atom.Figcaption: 8, atom.Blockquote: 9, atom.Section: 10, atom.Article: 11, atom.Pre: 12, atom.Button: 13, atom.Label: 13,
	atom.Dd: 14, atom.Dt: 14, atom.Figure: 15,
}

const numTags = 17 // the last is for all others

// describeBlocks computes the features of all blocks.
func (x *extraction) describeBlocks() []features {
	p := x.page
	out := make([]features, len(p.blocks))
	seen := make(map[string]int32, len(p.blocks))
	pictures := 0
	before := int32(0)
	for i := range p.blocks {
		b := &p.blocks[i]
		for pictures < len(p.pictures) && int(p.pictures[pictures].at) < i {
			pictures++
		}
		f := &out[i]
		f[fPicture] = flag(pictures < len(p.pictures) && int(p.pictures[pictures].at) == i)
		f[fSeen] = log(seen[b.text])
		seen[b.text]++
		f[fProseBefore] = share(before, p.prose)
		if b.isProse() {
			before += b.tokens
		}
		x.describeText(b, f)
		p.describePlace(b, i, f)
	}
	describeNeighbours(p.blocks, out)
	return out
}

// describeText fills in what the text alone tells.
func (x *extraction) describeText(b *block, f *features) {
	f[fTokens], f[fRunes] = log(b.tokens), log(b.runes)
	f[fLinkShare], f[fBoldShare] = share(b.linked, b.runes), share(b.marked, b.runes)
	f[fLines] = log(b.lines)
	upper, digits, commas := int32(0), int32(0), int32(0)
	last := ' '
	for i, r := range b.text {
		if i == 0 {
			f[fQuoteMark] = flag(unicode.In(r, unicode.Pi, unicode.Pf) || r == '"' || r == '„' || r == '「')
		}
		switch {
		case 'A' <= r && r <= 'Z' || r >= utf8.RuneSelf && unicode.IsUpper(r):
			upper++
		case '0' <= r && r <= '9':
			digits++
		case r == ',' || r == '、' || r == '،' || r == '，':
			commas++
		}
		switch r {
		case ' ', '"', '\'', '”', '’', '»', '“', ')', ']', '」', '』', '）':
		default:
			last = r
		}
	}
	switch last {
	case '.', '!', '?', '…', '。', '！', '？', '؟', '।', '۔', '።', '։':
		f[fStop] = 1
	case ':', '：':
		f[fColon] = 1
	}
	f[fUpper], f[fDigits], f[fCommas] = share(upper, b.runes), share(digits, b.runes), 100*share(commas, b.runes)
	f[fFurniture] = flag(isFurniture(b.text))
	f[fCredit] = flag(b.tokens < 20 && isCredit(b.text))
	f[fDeclared] = flag(len(x.declared) > 0)
	f[fInDeclared] = x.page.quoted(b, x.declared)
	f[fInDescription] = x.page.quoted(b, x.description)
	f[fInTitle] = x.page.overlap(b, x.titles)
}

// describePlace fills in where block i of the page is.
func (p *page) describePlace(b *block, i int, f *features) {
	f[fPosition], f[fPageBlocks] = share(int32(i), int32(len(p.blocks))), log(int32(len(p.blocks)))
	f[fPageTokens], f[fPageProse], f[fStories] = log(p.tokens), log(p.prose), log(int32(p.stories))
	f[fHasTitle] = flag(p.title >= 0)
	if p.title >= 0 {
		f[fSinceTitle] = since(i, p.title)
	}
	if p.first >= 0 {
		f[fSinceFirst], f[fSinceLast] = since(i, p.first), since(i, p.last)
	}
	path := p.paths[p.path(b)]
	f[fPathShare], f[fPathTokens] = share(path, p.prose), log(path)
	place, ok := tagPlaces[b.tag]
	if !ok {
		place = numTags - 1
	}
	f[fTag+place] = 1
	if b.el < 0 {
		return
	}
	if p.best >= 0 {
		f[fBestShare] = share(p.elements[p.best].prose, p.prose)
	}
	e := &p.elements[b.el]
	f[fWithin], f[fAway] = flag(e.within), float32(e.away)
	f[fBodied], f[fVeiled], f[fDepth] = flag(e.bodied), flag(e.veiled), float32(e.depth)
	spread(f[fIn:fInside], uint32(e.inTags))
	spread(f[fInside:fNear], uint32(e.inside))
	f[fInComments], f[fInTeasers] = flag(e.apart&wComment != 0), flag(e.apart&(wRelated|wTeaser) != 0)
	f[fInSidebar], f[fInOffer] = flag(e.apart&(wSidebar|wBio|wAuthor) != 0), flag(e.apart&(wSignup|wConsent|wAd|wAds2) != 0)
	f[fFar] = float32(e.far)
	own := e.words
	if e.parent >= 0 && !p.elements[e.parent].main {
		own |= p.elements[e.parent].words
	}
	spread(f[fNear:fUp], uint32(own))
	el, below, story := b.el, 0, int32(-1)
	for up := 0; el >= 0; up++ {
		e := &p.elements[el]
		if up < 4 {
			m := f[fUp+4*up:]
			m[0], m[1] = share(e.prose, p.prose), share(e.links, e.runes)
			m[2], m[3] = share(e.prose, e.tokens), log(e.tokens)
		}
		if !e.main {
			below++
		}
		if story < 0 && e.node.DataAtom == atom.Article {
			story = el
		}
		el = e.parent
	}
	f[fBelow] = float32(below)
	f[fStory] = flag(story >= 0 && story == p.story)
	f[fOtherStory] = flag(story >= 0 && p.story >= 0 && story != p.story)
	if e.parent >= 0 {
		up := &p.elements[e.parent]
		f[fSiblings] = log(up.last - up.first)
	}
}

// describeNeighbours fills in the three blocks before and after each, and the
// distance to the nearest prose.
func describeNeighbours(blocks []block, out []features) {
	gap := int32(0)
	for i := range blocks {
		out[i][fGap] = log(gap)
		if gap++; blocks[i].isProse() {
			gap = 0
		}
	}
	gap = 0
	for i := len(blocks) - 1; i >= 0; i-- {
		out[i][fGapAfter] = log(gap)
		if gap++; blocks[i].isProse() {
			gap = 0
		}
	}
	for i := range blocks {
		for k, d := range [...]int{-3, -2, -1, 1, 2, 3} {
			j := i + d
			if j < 0 || j >= len(blocks) {
				continue
			}
			to, from := out[i][fBeside+6*k:], &out[j]
			to[0], to[1] = from[fTokens], from[fLinkShare]
			to[2] = flag(blocks[i].el == blocks[j].el || from[fPathTokens] == out[i][fPathTokens] && blocks[i].tag == blocks[j].tag)
			to[3] = from[fTag] // a paragraph
			to[4] = from[fStop]
			to[5] = from[fWithin]
		}
	}
}

// spread writes the bits of set as switches.
func spread(to []float32, set uint32) {
	for i := range to {
		to[i] = float32(set >> i & 1)
	}
}

func flag(b bool) float32 {
	if b {
		return 1
	}
	return 0
}

func share(n, of int32) float32 { return float32(n) / float32(max(of, 1)) }

// log is the logarithm of a count. Its values for the counts that are frequent are in a table.
func log(n int32) float32 {
	if n < int32(len(logs)) {
		return logs[max(n, 0)]
	}
	return float32(math.Log2(float64(n) + 1))
}

var logs = func() (t [1 << 10]float32) {
	for i := range t {
		t[i] = float32(math.Log2(float64(i) + 1))
	}
	return t
}()

// since is the signed logarithm of the distance from block a to block i.
func since(i, a int) float32 {
	if i < a {
		return -log(int32(a - i))
	}
	return log(int32(i - a))
}
