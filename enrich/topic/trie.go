package topic

import (
	"cmp"
	"slices"
)

// A trie holds the terms of all languages. It is walked from every place
// where a word begins: unlike an automaton over bytes it meets only whole
// words, and a star costs one jump to the end of the word.
type trie struct {
	nodes []trieNode
	edges []trieEdge // those of a node together and in order
	out   []output
	root  []int32 // the node for each first symbol; 0 for none
}

type trieNode struct {
	langs     langSet // languages of the terms at and below this node
	edge, end int32   // edges of the node; of an only child, edge is the child
	out, outs int32   // terms that end here
	star      int32   // where a star at this place leads; 0 for none
	only      uint16  // the symbol of an only child
}

type trieEdge struct {
	sym uint16
	to  int32
}

// An output says that a term ends at a node.
type output struct {
	atom
	lang uint8
	id   int32 // of the atom: each is one use of a term
}

// A langSet is a set of languages by number.
type langSet uint64

const maxLanguages = 64

// A trieBuilder collects terms. Nodes refer to each other by number, and the
// children of a node are chained: almost all have one or two.
type trieBuilder struct {
	nodes []buildNode
	outs  []chainedOutput
	root  []int32 // children of the root by symbol
}

type buildNode struct {
	sym            uint16
	child, sibling int32
	star           int32
	out            int32 // first of outs, plus one
	outs, children int32
}

type chainedOutput struct {
	output
	next int32
}

// starSym stands for a star in a term's symbols.
const starSym = symMax

func newTrieBuilder() *trieBuilder {
	return &trieBuilder{nodes: make([]buildNode, 1, 1<<18)}
}

// add enters a term.
func (b *trieBuilder) add(term []uint16, o output) {
	at := int32(0)
	for _, sym := range term {
		to := b.find(at, sym)
		if to == 0 {
			to = b.grow(at, sym)
		}
		at = to
	}
	n := &b.nodes[at]
	b.outs = append(b.outs, chainedOutput{o, n.out})
	n.out = int32(len(b.outs))
	n.outs++
}

// find returns the child of a node, or 0.
func (b *trieBuilder) find(at int32, sym uint16) int32 {
	if sym == starSym {
		return b.nodes[at].star
	}
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
	b.nodes = append(b.nodes, buildNode{sym: sym})
	switch n := &b.nodes[at]; {
	case sym == starSym:
		n.star = to
	case at == 0:
		b.root[sym] = to
	default:
		b.nodes[to].sibling, n.child = n.child, to
		n.children++
	}
	return to
}

// build lays the nodes out for walking texts in so many symbols.
func (b *trieBuilder) build(symbols int) *trie {
	b.root = append(b.root, make([]int32, max(0, symbols-len(b.root)))...)
	t := &trie{nodes: make([]trieNode, len(b.nodes)), root: b.root, out: make([]output, 0, len(b.outs))}
	// Children have higher numbers than their parents: going backwards, the
	// languages below a node are known when it is its turn.
	for i := len(b.nodes) - 1; i > 0; i-- {
		from, n := &b.nodes[i], &t.nodes[i]
		n.out, n.outs = int32(len(t.out)), int32(len(t.out))+from.outs
		for o := from.out; o != 0; o = b.outs[o-1].next {
			n.langs |= 1 << b.outs[o-1].lang
			t.out = append(t.out, b.outs[o-1].output)
		}
		if n.star = from.star; n.star != 0 {
			n.langs |= t.nodes[n.star].langs
		}
		n.edge = int32(len(t.edges))
		for c := from.child; c != 0; c = b.nodes[c].sibling {
			t.edges = append(t.edges, trieEdge{b.nodes[c].sym, c})
			n.langs |= t.nodes[c].langs
		}
		n.end = int32(len(t.edges))
		switch {
		case from.children == 0:
			n.edge, n.end = 0, 0
		case from.children == 1:
			n.only, n.edge, n.end = t.edges[n.edge].sym, t.edges[n.edge].to, 0
			t.edges = t.edges[:len(t.edges)-1]
		default:
			slices.SortFunc(t.edges[n.edge:n.end], func(a, b trieEdge) int { return cmp.Compare(a.sym, b.sym) })
		}
	}
	return t
}

// child follows the edge of n for sym; 0 if there is none.
func (t *trie) child(n *trieNode, sym uint16) int32 {
	if n.end == 0 { // an only child, or none and edge is 0
		if n.only == sym {
			return n.edge
		}
		return 0
	}
	edges := t.edges[n.edge:n.end]
	for len(edges) > 8 {
		if half := len(edges) / 2; edges[half].sym <= sym {
			edges = edges[half:]
		} else {
			edges = edges[:half]
		}
	}
	for i := range edges {
		if edges[i].sym == sym {
			return edges[i].to
		}
	}
	return 0
}
