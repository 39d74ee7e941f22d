package topic

// A filter tells most words that begin no term of a language from those that
// may, by their first letters: most walks of the trie would end after a few
// steps, and where they end no processor can guess.
type filter struct {
	short [1 << (shortBits - 6)]uint64 // bits, by hash of the whole of an opening of up to three symbols
	long  [1 << longBits]next          // by hash of the first four of a longer one
}

// A next is what may follow the first four symbols of a term, as bits.
type next struct{ fifth, sixth uint32 }

// The thousands of openings of a language leave most of a filter empty.
const (
	shortBits = 14
	longBits  = 12
)

const anything = 1<<32 - 1

// lookahead is how many symbols behind the first a filter looks at.
const lookahead = 5

// opens returns 1 if a term may begin with symbols of these hashes, the fifth
// and the sixth being these, and 0 otherwise.
func (f *filter) opens(long, short uint64, fifth, sixth uint16) uint64 {
	n := &f.long[long]
	return (uint64(n.fifth>>(fifth&31)&(n.sixth>>(sixth&31))) | f.short[short>>6]>>(short&63)) & 1
}

func longHash(a, b, c, d uint16) uint64 {
	return (uint64(a) | uint64(b)<<16 | uint64(c)<<32 | uint64(d)<<48) * 0x9E3779B97F4A7C15 >> (64 - longBits)
}

// shortHash is of the letters that stand in one word with a.
func shortHash(a, b, c uint16) uint64 {
	second := uint64(b&1) - 1 // all ones if b is of the word
	third := second & (uint64(c&1) - 1)
	return (uint64(a) | uint64(b)<<16&second | uint64(c)<<32&third) * 0xC2B2AE3D27D4EB4F >> (64 - shortBits)
}

// An opening is the beginning of a term, while a filter is filled.
type opening struct {
	f        *filter
	a        *alphabet
	articles bool // may stand in texts before the words of phrases
	sym      [lookahead + 1]uint16
}

// fill lets the words through that the terms below a node begin with; the n
// symbols that lead to the node are in o.
func (b *trieBuilder) fill(o *opening, at int32, n int) {
	node := &b.nodes[at]
	if n == len(o.sym) {
		o.long(o.sym[2], o.sym[3], 1<<(o.sym[4]&31), 1<<(o.sym[5]&31))
		return
	}
	if node.out != 0 || node.seat != 0 {
		o.end(n)
	}
	for c := node.child; c != 0; c = b.nodes[c].sibling {
		sym := b.nodes[c].sym
		if sym == symStar {
			o.star(n)
			continue
		}
		if node.sym == symSpace && o.articles {
			o.article(n, sym)
		}
		o.sym[n] = sym
		b.fill(o, c, n+1)
	}
}

// long lets through what begins with the first two symbols of o, and so on.
func (o *opening) long(third, fourth uint16, fifth, sixth uint32) {
	e := &o.f.long[longHash(o.sym[0], o.sym[1], third, fourth)]
	e.fifth |= fifth
	e.sixth |= sixth
}

func (o *opening) short(a, b, c uint16) {
	h := shortHash(a, b, c)
	o.f.short[h>>6] |= 1 << (h & 63)
}

// end lets a term through that ends after n symbols.
func (o *opening) end(n int) {
	switch n {
	case 5:
		o.long(o.sym[2], o.sym[3], 1<<(o.sym[4]&31), anything)
	case 4:
		o.long(o.sym[2], o.sym[3], anything, anything)
	case 3:
		o.short(o.sym[0], o.sym[1], o.sym[2])
	case 2:
		o.short(o.sym[0], o.sym[1], symLetter)
	case 1:
		o.short(o.sym[0], symLetter, symLetter)
	}
}

// star lets a stem of n symbols through.
func (o *opening) star(n int) {
	if n != minStarStem {
		o.end(n)
		return
	}
	for letter := symLetter; letter < o.a.next[0]; letter += 2 {
		o.short(o.sym[0], o.sym[1], letter)
	}
}

// article lets texts through that have an article before symbol n of a term,
// sym, see scan.afterArticle.
func (o *opening) article(n int, sym uint16) {
	switch n {
	case 5, 4:
		o.end(n)
	case 3:
		o.long(symSpace, o.a.alef, anything, anything)
		o.long(symSpace, o.a.he, anything, anything)
	case 2:
		o.long(o.a.alef, o.a.lam, anything, anything)
		o.long(o.a.he, sym, anything, anything)
	}
}
