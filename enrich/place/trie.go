package place

import "slices"

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
	labels []byte   // of the edges of all nodes, ascending within a node
	to     []uint32 // where each edge leads
	names  [][]name // by node.names
}

type node struct {
	edges uint32 // index of the first in labels
	n     uint16
	stop  bool   // a word of a name may end here
	names uint32 // index in names; 0: none
}

// child returns where the edge c of n leads, or 0 if there is none.
func (t *trie) child(n uint32, c byte) uint32 {
	nd := &t.nodes[n]
	labels := t.labels[nd.edges : nd.edges+uint32(nd.n)]
	if len(labels) > 16 {
		if i, ok := slices.BinarySearch(labels, c); ok {
			return t.to[nd.edges+uint32(i)]
		}
		return 0
	}
	for i, l := range labels {
		if l >= c {
			if l == c {
				return t.to[nd.edges+uint32(i)]
			}
			return 0
		}
	}
	return 0
}

// A sapling is a trie in the making.
type sapling struct {
	kids  map[byte]*sapling
	names []name
}

// add puts n at the end of path.
func (s *sapling) add(path string, n name) {
	for i := range len(path) {
		kid := s.kids[path[i]]
		if kid == nil {
			kid = new(sapling)
			if s.kids == nil {
				s.kids = make(map[byte]*sapling, 1)
			}
			s.kids[path[i]] = kid
		}
		s = kid
	}
	for i := range s.names {
		old := s.names[i]
		if old.langs = n.langs; old == n {
			if s.names[i].langs != 0 && n.langs != 0 {
				s.names[i].langs |= n.langs
			} else {
				s.names[i].langs = 0
			}
			return
		}
	}
	s.names = append(s.names, n)
}

// grow makes the trie.
func (s *sapling) grow() *trie {
	t := &trie{names: make([][]name, 1)}
	queue := []*sapling{s}
	t.nodes = append(t.nodes, node{})
	for i := 0; i < len(queue); i++ { // the queue grows
		s := queue[i]
		labels := make([]byte, 0, len(s.kids))
		for c := range s.kids {
			labels = append(labels, c)
		}
		slices.Sort(labels)
		nd := &t.nodes[i]
		nd.edges, nd.n = uint32(len(t.labels)), uint16(len(labels))
		nd.stop = len(s.names) > 0 || s.kids[nextWord] != nil
		if len(s.names) > 0 {
			nd.names = uint32(len(t.names))
			t.names = append(t.names, s.names)
		}
		for _, c := range labels {
			t.labels = append(t.labels, c)
			t.to = append(t.to, uint32(len(queue)))
			queue = append(queue, s.kids[c])
			t.nodes = append(t.nodes, node{})
		}
		queue[i] = nil
	}
	return t
}
