package article

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html/atom"
)

// A describer computes the features of the blocks of a page one after the other.
// It holds as many at a time as see each other, since those of all would take
// more room than the page.
type describer struct {
	*extraction
	rows     [8]features      // that of block i is rows[i%8]
	seen     map[uint64]int32 // how often each text came before
	offers   []bool           // whether each block begins like "Read more"
	next     []int32          // for each block the next one of prose, or the number of blocks
	pictures int              // first picture that is not before the block
	before   int32            // words of prose before the block
	heading  int              // last heading; -1 before the first
	prose    int              // last block of prose; -1 before the first
}

// reach is how many blocks before and after a block its features know of.
const reach = 3

// describeEach gives the features of each block to visit, which must not keep them.
func (x *extraction) describeEach(visit func(i int, f *features)) {
	blocks := x.page.blocks
	d := describer{extraction: x, seen: make(map[uint64]int32, len(blocks)), offers: make([]bool, len(blocks)), next: make([]int32, len(blocks)), heading: -1, prose: -1}
	next := int32(len(blocks))
	for i := len(blocks) - 1; i >= 0; i-- {
		d.next[i] = next
		if blocks[i].isProse() {
			next = int32(i)
		}
	}
	for i := range len(blocks) + reach {
		if i < len(blocks) {
			d.describe(i)
		}
		if k := i - reach; k >= 0 {
			d.describeNeighbours(k)
			visit(k, d.row(k))
		}
	}
}

// describeBlocks returns the features of all blocks.
func (x *extraction) describeBlocks() []features {
	out := make([]features, len(x.page.blocks))
	x.describeEach(func(i int, f *features) { out[i] = *f })
	return out
}

func (d *describer) row(i int) *features { return &d.rows[i%len(d.rows)] }

// describe computes all features of block i but those of its neighbours.
func (d *describer) describe(i int) {
	p, f := d.page, d.row(i)
	b := &p.blocks[i]
	*f = features{}
	for d.pictures < len(p.pictures) && int(p.pictures[d.pictures].at) < i {
		d.pictures++
	}
	f[fPicture], f[fPictureAfter] = bit(p.pictureAt(d.pictures, i)), bit(p.pictureAt(d.pictures, i+1))
	key := p.key(b)
	f[fSeen] = log(d.seen[key])
	d.seen[key]++
	f[fProseBefore] = share(d.before, p.prose)
	f[fGap], f[fGapAfter] = log(int32(i-d.prose-1)), log(d.next[i]-int32(i)-1)
	if b.isProse() {
		d.before += b.tokens
		d.prose = i
	}
	d.describeText(b, f)
	d.offers[i] = f[fFurniture] != 0
	p.describePlace(b, i, f)
	d.describeHeading(i, f)
	d.describeBranch(i, f)
}

// describeHeading fills in what the last heading before block i, or itself, is.
func (d *describer) describeHeading(i int, f *features) {
	p := d.page
	if el := p.blocks[i].el; el >= 0 && p.elements[el].tags&tHeading != 0 {
		d.heading = i
	}
	if d.heading < 0 {
		return
	}
	f[fSinceHeading], f[fHeadingOffer] = log(int32(i-d.heading)), bit(d.offers[d.heading])
	f[fHeadingKind] = 1
	if h := p.elements[p.blocks[d.heading].el].node.Data; len(h) == 2 && h[0] == 'h' {
		f[fHeadingKind] = float32(h[1] - '0')
	}
}

// describeBranch fills in what block i lies in, away from the main element.
func (d *describer) describeBranch(i int, f *features) {
	p := d.page
	el := p.blocks[i].el
	if el < 0 || p.elements[el].branch < 0 {
		return
	}
	e := &p.elements[p.elements[el].branch]
	f[fBranchTokens], f[fBranchProse] = log(e.tokens), share(e.prose, p.prose)
	f[fBranchLinks], f[fBranchDense] = share(e.links, e.runes), share(e.prose, e.tokens)
	f[fBranchHeaded], f[fBranchOffer] = bit(e.headed), bit(d.offers[e.first])
	f[fBranchTwins], f[fBranchFirst] = log(e.twins), log(int32(i)-e.first)
	if e.parent >= 0 {
		f[fBranchShare] = share(e.twinTokens, p.elements[e.parent].tokens)
	}
}

// describeNeighbours fills in the blocks before and after block i.
func (d *describer) describeNeighbours(i int) {
	blocks := d.page.blocks
	f := d.row(i)
	for k, away := range [...]int{-3, -2, -1, 1, 2, 3} {
		j := i + away
		if j < 0 || j >= len(blocks) {
			continue
		}
		to, from := f[fBeside+6*k:], d.row(j)
		to[0], to[1] = from[fTokens], from[fLinkShare]
		to[2] = bit(blocks[i].el == blocks[j].el || from[fPathTokens] == f[fPathTokens] && blocks[i].tag == blocks[j].tag)
		to[3] = from[fTag] // a paragraph
		to[4] = from[fStop]
		to[5] = from[fWithin]
	}
}

// pictureAt reports whether a picture stands before block i; k is the first picture that may.
func (p *page) pictureAt(k, i int) bool {
	for ; k < len(p.pictures) && int(p.pictures[k].at) <= i; k++ {
		if int(p.pictures[k].at) == i {
			return true
		}
	}
	return false
}

// describeText fills in what the text alone tells.
func (x *extraction) describeText(b *block, f *features) {
	f[fTokens], f[fRunes] = log(b.tokens), log(b.runes)
	f[fLinkShare], f[fBoldShare] = share(b.linked, b.runes), share(b.marked, b.runes)
	f[fLines] = log(b.lines)
	upper, digits, commas := int32(0), int32(0), int32(0)
	last, marks := ' ', int32(0)
	for i, r := range b.text {
		if i == 0 {
			f[fQuoteMark] = bit(unicode.In(r, unicode.Pi, unicode.Pf) || r == '"' || r == '„' || r == '「')
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
		case '|', '•', '·', '›', '»', '/', '▪', '●':
			marks++
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
	f[fMarks] = 100 * share(marks, b.runes)
	f[fFurniture] = bit(isFurniture(b.text))
	f[fCredit] = bit(b.tokens < 20 && isCredit(b.text))
	f[fDeclared] = bit(len(x.declared) > 0)
	f[fInDeclared] = x.page.quoted(b, x.declared)
	f[fInDescription] = x.page.quoted(b, x.description)
	f[fInTitle] = x.page.overlap(b, x.titles)
}

// describePlace fills in where block i of the page is.
func (p *page) describePlace(b *block, i int, f *features) {
	f[fPosition], f[fPageBlocks] = share(int32(i), int32(len(p.blocks))), log(int32(len(p.blocks)))
	f[fPageTokens], f[fPageProse], f[fStories] = log(p.tokens), log(p.prose), log(int32(p.stories))
	f[fHasTitle] = bit(p.title >= 0)
	if p.title >= 0 {
		f[fSinceTitle] = since(i, p.title)
	}
	if p.first >= 0 {
		f[fSinceFirst], f[fSinceLast] = since(i, p.first), since(i, p.last)
	}
	path := p.paths[p.path(b)]
	f[fPathShare], f[fPathTokens] = share(path, p.prose), log(path)
	if b.el >= 0 {
		f[fSpotShare] = share(p.spots[p.elements[b.el].path], p.prose)
	}
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
	f[fWithin], f[fAway] = bit(e.within), float32(e.away)
	f[fBodied], f[fVeiled], f[fDepth] = bit(e.bodied), bit(e.veiled), float32(e.depth)
	spread(f[fIn:fInside], uint32(e.inTags))
	spread(f[fInside:fNear], uint32(e.inside))
	f[fInComments], f[fInTeasers] = bit(e.apart&wComment != 0), bit(e.apart&(wRelated|wTeaser) != 0)
	f[fInSidebar], f[fInOffer] = bit(e.apart&(wSidebar|wBio|wAuthor) != 0), bit(e.apart&(wSignup|wConsent|wAd|wAds2) != 0)
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
			m := f[fUp+7*up:]
			m[0], m[1] = share(e.prose, p.prose), share(e.links, e.runes)
			m[2], m[3] = share(e.prose, e.tokens), log(e.tokens)
			m[4], m[5] = bit(e.headed), log(e.twins)
			if e.parent >= 0 {
				m[6] = share(e.twinTokens, p.elements[e.parent].tokens)
			}
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
	f[fStory] = bit(story >= 0 && story == p.story)
	f[fOtherStory] = bit(story >= 0 && p.story >= 0 && story != p.story)
	if e.parent >= 0 {
		up := &p.elements[e.parent]
		f[fSiblings] = log(up.last - up.first)
	}
}
