package actor

import (
	"slices"
	"unicode/utf8"
)

// A trie holds the folded names. Letters without a fork between them are one
// step.
type trie struct {
	ascii [utf8.RuneSelf]int32 // node by first letter
	root  map[glyph]int32      // and of those beyond ASCII
	nodes []node
	edges []edge
	ends  []ending
}

// A node is where names fork or end.
type node struct {
	label       []glyph // what is behind the letter that leads here
	edge, edges int32
	end, ends   int32
}

type edge struct {
	g  glyph
	to int32
}

// An ending is a name that ends at a node.
type ending struct {
	actor int32
	langs uint32 // languages that it is limited to; 0: none
	word  bool   // the last letter is of a word, which must end with the name
	star  bool   // unless there is a star
	caps  bool   // matches only in capitals
	short bool   // too short to mean much in a text of capitals
}

// A leaf is a folded name on its way into the trie.
type leaf struct {
	name []glyph
	ending
}

// grow makes a trie of names, none of them empty.
func grow(names []leaf) trie {
	slices.SortStableFunc(names, func(a, b leaf) int { return slices.Compare(a.name, b.name) })
	t := trie{root: map[glyph]int32{}, nodes: make([]node, 1)} // no edge leads to 0
	for len(names) > 0 {
		n := alike(names, 0)
		if first := names[0].name[0]; first.letter() < utf8.RuneSelf {
			t.ascii[first.letter()] = t.lay(names[:n], 1)
		} else {
			t.root[first] = t.lay(names[:n], 1)
		}
		names = names[n:]
	}
	return t
}

// lay makes a node of names that share their first from letters.
func (t *trie) lay(names []leaf, from int) int32 {
	to := from
	for first := names[0].name; to < len(first) && alike(names, to) == len(names); {
		to++
	}
	n := node{label: names[0].name[from:to], end: int32(len(t.ends))}
	at := int32(len(t.nodes))
	t.nodes = append(t.nodes, n)
	for len(names) > 0 && len(names[0].name) == to {
		t.ends = append(t.ends, names[0].ending)
		names = names[1:]
	}
	n.ends = int32(len(t.ends))
	var edges []edge
	for len(names) > 0 {
		k := alike(names, to)
		edges = append(edges, edge{names[0].name[to], t.lay(names[:k], to+1)})
		names = names[k:]
	}
	n.edge = int32(len(t.edges))
	t.edges = append(t.edges, edges...)
	n.edges = int32(len(t.edges))
	t.nodes[at] = n
	return at
}

// alike is how many of the names, none of which ends there, have the letter
// of the first one at at.
func alike(names []leaf, at int) int {
	g := names[0].name[at]
	if n := slices.IndexFunc(names, func(l leaf) bool { return l.name[at] != g }); n >= 0 {
		return n
	}
	return len(names)
}

// enter returns the node that a first letter leads to; 0 if there is none.
func (t *trie) enter(g glyph) int32 {
	if r := g.letter(); r < utf8.RuneSelf {
		return t.ascii[r]
	}
	return t.root[g]
}

// child follows the edge of a node for a letter; 0 if there is none.
func (t *trie) child(n *node, g glyph) int32 {
	for _, e := range t.edges[n.edge:n.edges] {
		if e.g == g {
			return e.to
		}
	}
	return 0
}
