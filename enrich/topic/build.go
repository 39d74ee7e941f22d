package topic

import "slices"

// A trieBuilder collects the terms of a language. Nodes refer to each other by
// number, and the children of a node are chained: almost all have one or two.
type trieBuilder struct {
	nodes []buildNode
	root  []int32 // children of the root by symbol
	outs  []chained[output]
	seats []chained[seat]
}

type buildNode struct {
	child, sibling int32
	out, seat      int32 // first of outs and seats, plus one
	sym            uint16
}

// A chained is one of the meanings of a node.
type chained[T any] struct {
	is   T
	next int32 // plus one
}

func newTrieBuilder() *trieBuilder {
	return &trieBuilder{nodes: make([]buildNode, 1, 1<<14)}
}

// add enters a term, and returns its node.
func (b *trieBuilder) add(term []uint16) int32 {
	at := int32(0)
	for _, sym := range term {
		to := b.find(at, sym)
		if to == 0 {
			to = b.grow(at, sym)
		}
		at = to
	}
	return at
}

// mean adds to what the term that ends at a node means.
func (b *trieBuilder) mean(at int32, o output) {
	n := &b.nodes[at]
	if o.kind == atomNear {
		b.seats = append(b.seats, chained[seat]{seat(o.index<<seatBits) | seat(o.group), n.seat})
		n.seat = int32(len(b.seats))
		return
	}
	b.outs = append(b.outs, chained[output]{o, n.out})
	n.out = int32(len(b.outs))
}

// find returns the child of a node, or 0.
func (b *trieBuilder) find(at int32, sym uint16) int32 {
	if at == 0 {
		if int(sym) >= len(b.root) {
			b.root = append(b.root, make([]int32, int(sym)+1-len(b.root))...)
		}
		return b.root[sym]
	}
	c := b.nodes[at].child
	for c != 0 && b.nodes[c].sym != sym {
		c = b.nodes[c].sibling
	}
	return c
}

// grow adds a child to a node.
func (b *trieBuilder) grow(at int32, sym uint16) int32 {
	to := int32(len(b.nodes))
	b.nodes = append(b.nodes, buildNode{sym: sym, sibling: b.nodes[at].child})
	b.nodes[at].child = to
	if at == 0 {
		b.root[sym] = to
	}
	return to
}

// A layout is a trie on its way into cells.
type layout struct {
	*trieBuilder
	t        *trie
	low      uint32 // no cell below is worth looking at
	syms     []uint16
	articles bool // see scan.afterArticle
}

// bushy is the depth to which nodes are laid out level by level: every walk
// passes there. Below, what follows each other lies together.
const bushy = 3

// build lays the nodes out for walking.
func (b *trieBuilder) build(lang uint8, a *alphabet, articles bool) *trie {
	l := &layout{trieBuilder: b, articles: articles, t: &trie{lang: lang, cells: make([]cell, 1, len(b.nodes)*5/4), out: make([]output, 0, len(b.outs)), seats: make([]seat, 0, len(b.seats))}}
	b.fill(&opening{f: &l.t.filter, a: a, articles: articles}, 0, 0)
	l.t.cells[0].from = noParent
	level := []placed{{0, 0}}
	for range bushy {
		var next []placed
		for _, p := range level {
			next = l.place(next, p)
		}
		level = next
	}
	slices.Reverse(level)
	for len(level) > 0 {
		p := level[len(level)-1]
		level = l.place(level[:len(level)-1], p)
	}
	l.t.ends = append(l.t.ends, ending{uint32(len(l.t.out)), uint32(len(l.t.seats))})
	return l.t
}

// A placed is a node that has its cell.
type placed struct {
	node int32
	cell uint32
}

// place finds cells for the children of a node and appends them to list.
func (l *layout) place(list []placed, p placed) []placed {
	n := &l.nodes[p.node]
	l.syms = l.syms[:0]
	mark := uint32(0)
	if n.sym == symSpace && l.articles {
		mark = markSpace
	}
	if n.out != 0 || n.seat != 0 {
		mark |= markEnd
		l.syms = append(l.syms, symEnd)
	}
	for c := n.child; c != 0; c = l.nodes[c].sibling {
		l.syms = append(l.syms, l.nodes[c].sym)
	}
	if len(l.syms) == 0 {
		return list // the root of a language without terms
	}
	base := l.fit()
	for _, sym := range l.syms {
		l.t.cells[base+uint32(sym)].from = p.cell
	}
	if mark&markEnd != 0 {
		l.t.cells[base+uint32(symEnd)].base = l.end(n)
	}
	for c := n.child; c != 0; c = l.nodes[c].sibling {
		if l.nodes[c].sym == symStar {
			mark |= markStar
		}
		list = append(list, placed{c, base + uint32(l.nodes[c].sym)})
	}
	l.t.cells[p.cell].base = base<<markBits | mark
	return list
}

// fit finds a base for children of l.syms.
func (l *layout) fit() uint32 {
	const patience = 64 // cells looked at before those below are given up
	first, last := uint32(slices.Min(l.syms)), uint32(slices.Max(l.syms))
	for !l.free(l.low) {
		l.low++
	}
	from := max(l.low, first)
	at := from
	for !l.fits(at - first) {
		at++
	}
	if at-from > patience {
		l.low = at - patience
	}
	base := at - first
	for n := uint32(len(l.t.cells)); n <= base+last; n++ {
		l.t.cells = append(l.t.cells, cell{from: noParent})
	}
	return base
}

func (l *layout) fits(base uint32) bool {
	for _, sym := range l.syms {
		if !l.free(base + uint32(sym)) {
			return false
		}
	}
	return true
}

func (l *layout) free(at uint32) bool {
	return int(at) >= len(l.t.cells) || at > 0 && l.t.cells[at].from == noParent
}

// end notes what the terms that end at n mean, and returns its number.
func (l *layout) end(n *buildNode) uint32 {
	t := l.t
	t.ends = append(t.ends, ending{uint32(len(t.out)), uint32(len(t.seats))})
	for o := n.out; o != 0; o = l.outs[o-1].next {
		t.out = append(t.out, l.outs[o-1].is)
	}
	for x := n.seat; x != 0; x = l.seats[x-1].next {
		t.seats = append(t.seats, l.seats[x-1].is)
	}
	return uint32(len(t.ends) - 1)
}
