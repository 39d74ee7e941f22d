package place

import (
	"cmp"
	"encoding/binary"
	"slices"
)

// Edges that are no letters.
const (
	nextWord = ' '
	anyEnd   = '*' // any ending of at most maxEnd bytes may follow
	caseEnd  = '+' // an ending of the language must follow
)

const maxEnd = 16 // bytes of an ending: eight letters outside ASCII

// A trie holds names by the bytes of their folded words. Node 0 is the root.
type trie struct {
	nodes  []node
	root   [256]uint32 // edges of the root, which are many
	labels []byte      // of the edges of all nodes, ascending within a node
	to     []uint32    // where each edge leads
	names  [][]name    // by node.names
}

type node struct {
	edges uint32 // index of the first in labels
	names uint32 // index in names; 0: none
	n     uint16 // edges
	stop  bool   // a word of a name may end here
	ends  bool   // has an edge anyEnd or caseEnd
}

// child returns where the edge c of n leads, or 0 if there is none.
func (t *trie) child(n uint32, c byte) uint32 {
	if n == 0 {
		return t.root[c]
	}
	nd := &t.nodes[n]
	lo, hi := nd.edges, nd.edges+uint32(nd.n)
	for lo < hi {
		switch mid := (lo + hi) / 2; {
		case t.labels[mid] < c:
			lo = mid + 1
		case t.labels[mid] > c:
			hi = mid
		default:
			return t.to[mid]
		}
	}
	return 0
}

// A leaf is a name and the way to it.
type leaf struct {
	path string
	name name
}

// grow makes a trie of leaves. Names that differ in nothing
// but their languages become one.
func grow(leaves []leaf) *trie {
	// Most of two paths differ in the first eight bytes, and numbers compare
	// faster than strings; the number of a leaf keeps the sort stable.
	type spot struct {
		head uint64
		at   int32
	}
	order := make([]spot, len(leaves))
	for i := range leaves {
		var head [8]byte
		copy(head[:], leaves[i].path)
		order[i] = spot{binary.BigEndian.Uint64(head[:]), int32(i)}
	}
	slices.SortFunc(order, func(a, b spot) int {
		if a.head != b.head {
			return cmp.Compare(a.head, b.head)
		}
		return cmp.Or(cmp.Compare(leaves[a.at].path, leaves[b.at].path), cmp.Compare(a.at, b.at))
	})
	sorted := make([]leaf, len(leaves))
	for i, o := range order {
		sorted[i] = leaves[o.at]
	}
	leaves = sorted
	t := &trie{names: make([][]name, 1)}
	// Each node is a run of leaves that begin with the same depth bytes.
	type run struct{ lo, hi, depth int }
	queue := []run{{0, len(leaves), 0}}
	for i := 0; i < len(queue); i++ { // the queue grows
		r := queue[i]
		nd := node{edges: uint32(len(t.labels))}
		if r.lo < r.hi && len(leaves[r.lo].path) == r.depth {
			var names []name
			for ; r.lo < r.hi && len(leaves[r.lo].path) == r.depth; r.lo++ {
				names = merge(names, leaves[r.lo].name)
			}
			nd.names, nd.stop = uint32(len(t.names)), true
			t.names = append(t.names, names)
		}
		for r.lo < r.hi {
			c, lo := leaves[r.lo].path[r.depth], r.lo
			for r.lo < r.hi && leaves[r.lo].path[r.depth] == c {
				r.lo++
			}
			t.labels = append(t.labels, c)
			t.to = append(t.to, uint32(len(queue)))
			queue = append(queue, run{lo, r.lo, r.depth + 1})
			nd.n++
			nd.stop = nd.stop || c == nextWord
			nd.ends = nd.ends || c == anyEnd || c == caseEnd
		}
		t.nodes = append(t.nodes, nd)
	}
	for e := range t.nodes[0].n {
		t.root[t.labels[e]] = t.to[e]
	}
	return t
}

// merge adds n to names.
func merge(names []name, n name) []name {
	for i := range names {
		old := names[i]
		if old.langs = n.langs; old != n {
			continue
		}
		if names[i].langs == 0 || n.langs == 0 {
			names[i].langs = 0
		} else {
			names[i].langs |= n.langs
		}
		return names
	}
	return append(names, n)
}
