package place

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"math/bits"
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
// The nodes that edges lead to from one node stand together, ascending by the
// bytes of the edges. Letters that all names below a node go on with are its
// tail.
type trie struct {
	nodes  []node
	labels []byte          // by node: the byte of the edge that leads to it; then padding
	root   [256]uint32     // edges of the root, which are many
	second [1 << 16]uint32 // by two bytes: the node behind both, if nothing happens between them
	tails  []byte
	names  []name
}

type node struct {
	edges uint32 // the first of the nodes that its edges lead to
	tail  uint32 // index in trie.tails
	names uint32 // index of the first in trie.names
	n     uint8  // edges, if it is not the root
	tails uint8  // bytes of tail, to be passed before the rest holds
	count uint8  // names
	ends  ends
}

// Ends say how a word may end at a node.
type ends uint8

const (
	endsWord ends = 1 << iota // as it is
	endsMore                  // with an edge anyEnd or caseEnd
)

// enter follows the first bytes of key from the root. It returns the node that
// it got to, or 0, and how many bytes lead there.
func (t *trie) enter(key []byte) (n uint32, k int) {
	if len(key) >= 2 {
		if n = t.second[int(key[0])<<8|int(key[1])]; n != 0 {
			return n, 2
		}
	}
	if len(key) == 0 {
		return 0, 0
	}
	return t.root[key[0]], 1
}

// child returns where the edge c of n, which is not the root, leads, or 0 if
// there is none.
func (t *trie) child(n uint32, c byte) uint32 {
	nd := &t.nodes[n]
	const each = 0x0101010101010101 // byte
	for at, end := nd.edges, nd.edges+uint32(nd.n); at < end; at += 8 {
		x := binary.LittleEndian.Uint64(t.labels[at:]) ^ each*uint64(c)
		if equal := (x - each) &^ x & (each * 0x80); equal != 0 {
			if at += uint32(bits.TrailingZeros64(equal)) / 8; at < end {
				return at
			}
			return 0
		}
	}
	return 0
}

// Leaves are names and the ways to them, from which a trie grows.
type leaves struct {
	paths []byte // one behind another
	all   []leaf
}

type leaf struct {
	at   uint32 // in leaves.paths
	n    uint16 // bytes
	name name
}

func (l *leaves) path(i int) []byte {
	lf := &l.all[i]
	return l.paths[lf.at : lf.at+uint32(lf.n)]
}

// sort puts leaves in the order of their paths, those of one path in the
// order they had.
func (l *leaves) sort() {
	// Most of two paths differ in the first eight bytes, and numbers compare
	// faster than strings.
	type spot struct {
		head uint64
		at   int32
	}
	order := make([]spot, len(l.all))
	for i := range order {
		order[i] = spot{bits.ReverseBytes64(headOf(l.path(i))), int32(i)}
	}
	slices.SortFunc(order, func(a, b spot) int {
		if a.head != b.head {
			return cmp.Compare(a.head, b.head)
		}
		return cmp.Or(bytes.Compare(l.path(int(a.at)), l.path(int(b.at))), cmp.Compare(a.at, b.at))
	})
	sorted := make([]leaf, len(l.all))
	for i, o := range order {
		sorted[i] = l.all[o.at]
	}
	l.all = sorted
}

// grow makes a trie of l. Names that differ in nothing but their languages
// become one.
func grow(l *leaves) *trie {
	l.sort()
	room := len(l.all) + len(l.all)/4 + 1
	t := &trie{labels: make([]byte, 1, room), nodes: make([]node, 0, room), names: make([]name, 0, len(l.all)), tails: make([]byte, 0, 2*room)}
	// Each node is a run of leaves that begin with the same depth bytes.
	type run struct{ lo, hi, depth int32 }
	queue := append(make([]run, 0, room), run{hi: int32(len(l.all))})
	for i := 0; i < len(queue); i++ { // the queue grows
		lo, hi, depth := int(queue[i].lo), int(queue[i].hi), int(queue[i].depth)
		nd := node{edges: uint32(len(queue)), tail: uint32(len(t.tails)), names: uint32(len(t.names))}
		if i > 0 {
			tail := tailOf(l.path(lo)[depth:], l.path(hi - 1)[depth:])
			t.tails = append(t.tails, tail...)
			nd.tails = uint8(len(tail))
			depth += len(tail)
		}
		for ; lo < hi && int(l.all[lo].n) == depth; lo++ {
			t.names = merge(t.names, nd.names, l.all[lo].name)
			nd.ends |= endsWord
		}
		nd.count = uint8(min(len(t.names)-int(nd.names), 255))
		for lo < hi {
			c, from := l.path(lo)[depth], lo
			for lo < hi && l.path(lo)[depth] == c {
				lo++
			}
			if i == 0 {
				t.root[c] = uint32(len(queue))
			} else {
				nd.n++
			}
			queue = append(queue, run{int32(from), int32(lo), int32(depth + 1)})
			t.labels = append(t.labels, c)
			switch c {
			case nextWord:
				nd.ends |= endsWord
			case anyEnd, caseEnd:
				nd.ends |= endsMore
			}
		}
		t.nodes = append(t.nodes, nd)
	}
	t.labels = append(t.labels, padding...)
	t.pair()
	return t
}

// pair fills second.
func (t *trie) pair() {
	for c, n := range t.root {
		nd := &t.nodes[n]
		for to := nd.edges; n != 0 && nd.tails == 0 && nd.ends == 0 && to < nd.edges+uint32(nd.n); to++ {
			t.second[c<<8|int(t.labels[to])] = to
		}
	}
}

// tailOf returns the letters that first and last, of sorted paths, both begin
// with, up to the end of a word.
func tailOf(first, last []byte) []byte {
	n := 0
	for n < min(len(first), len(last), 255) && first[n] == last[n] && !isMark(first[n]) {
		n++
	}
	return first[:n]
}

// isMark reports whether an edge is no letter.
func isMark(c byte) bool { return c == nextWord || c == anyEnd || c == caseEnd }

// merge adds n to the names from start on.
func merge(names []name, start uint32, n name) []name {
	for i := int(start); i < len(names); i++ {
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
