package actor

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Names and texts meet in folded form: lower case, without accents and marks
// that decorate letters, with one space for every run of white space, hyphens
// and apostrophes. Each folded byte remembers where it came from.

// maxField is how many bytes of a field are read.
const maxField = 256 << 10

// maxFound bounds what is noted of one text.
const maxFound = 2048

// noActor is the actor of names that are none.
const noActor = -1

// A trie holds the folded names, byte by byte.
type trie struct {
	nodes []node
	edges []edge
	ends  []ending
	root  [256]int32
}

type node struct {
	edge, edges int32
	end, ends   int32
}

type edge struct {
	b  byte
	to int32
}

// An ending is a name that ends at a node.
type ending struct {
	actor int32
	langs uint32 // languages that it is limited to; 0: none
	star  bool   // letters may follow
	caps  bool   // matches only in capitals
	short bool   // too short to mean much in a text of capitals
}

// A leaf is a folded name on its way into the trie.
type leaf struct {
	name string
	ending
}

// grow makes a trie of names.
func grow(names []leaf) trie {
	slices.SortStableFunc(names, func(a, b leaf) int { return strings.Compare(a.name, b.name) })
	t := trie{nodes: make([]node, 1)}
	var lay func(names []leaf, depth int) int32
	// lay makes a node of the names that share their first depth bytes.
	lay = func(names []leaf, depth int) int32 {
		at := int32(len(t.nodes))
		t.nodes = append(t.nodes, node{end: int32(len(t.ends))})
		for len(names) > 0 && len(names[0].name) == depth {
			t.ends = append(t.ends, names[0].ending)
			names = names[1:]
		}
		t.nodes[at].ends = int32(len(t.ends))
		var edges []edge
		for len(names) > 0 {
			c := names[0].name[depth]
			n := slices.IndexFunc(names, func(l leaf) bool { return l.name[depth] != c })
			if n < 0 {
				n = len(names)
			}
			edges = append(edges, edge{c, lay(names[:n], depth+1)})
			names = names[n:]
		}
		t.nodes[at].edge = int32(len(t.edges))
		t.edges = append(t.edges, edges...)
		t.nodes[at].edges = int32(len(t.edges))
		return at
	}
	if root := lay(names, 0); root != 0 {
		for _, e := range t.edges[t.nodes[root].edge:t.nodes[root].edges] {
			t.root[e.b] = e.to
		}
	}
	return t
}

// child follows the edge of the node for b; 0 if there is none.
func (t *trie) child(at int32, b byte) int32 {
	n := &t.nodes[at]
	for _, e := range t.edges[n.edge:n.edges] {
		if e.b == b {
			return e.to
		}
	}
	return 0
}

// A found is a name at a place.
type found struct {
	actor      int32
	start, end int32
	field      uint8
}

// A search is one pass over a text, with its memory.
type search struct {
	r      *Register
	lang   uint32
	found  []found
	text   string // of the field at hand
	folded []byte
	off    []int32 // byte of text that each folded byte came from, and the length
	field  uint8
	caps   bool // the field has no lower case letter
}

func (s *search) reset(lang uint32) {
	s.lang, s.found = lang, s.found[:0]
}

// read finds the names of a field.
func (s *search) read(field uint8, text string) {
	if len(text) > maxField {
		text = text[:maxField]
	}
	s.field, s.text = field, text
	s.fold()
	b := s.folded
	for i := 0; i < len(b) && len(s.found) < maxFound; {
		if c := b[i]; c < utf8.RuneSelf {
			if asciiLetters[c] {
				i = s.word(i)
			} else {
				i++
			}
			continue
		}
		r, size := utf8.DecodeRune(b[i:])
		switch {
		case whole(r):
			i = max(s.longest(i), i+size)
		case letter(r):
			i = s.word(i)
		default:
			i += size
		}
	}
}

// word looks for a name at the word at i, and behind the particles that Arabic
// and Hebrew write in one word with it, and returns where to go on.
func (s *search) word(i int) int {
	if end := s.longest(i); end > i {
		return end
	}
	end := s.wordEnd(i)
	if s.folded[i] < utf8.RuneSelf {
		return end
	}
	for _, p := range particles(s.folded[i:end]) {
		if to := s.longest(i + p); to > i+p {
			return to
		}
	}
	return end
}

func (s *search) wordEnd(i int) int {
	for i < len(s.folded) {
		if c := s.folded[i]; c < utf8.RuneSelf {
			if !asciiLetters[c] {
				break
			}
			i++
			continue
		}
		r, size := utf8.DecodeRune(s.folded[i:])
		if !letter(r) || whole(r) {
			break
		}
		i += size
	}
	return i
}

// longest notes the longest name that begins at i and returns its end, or i.
func (s *search) longest(i int) int {
	t := &s.r.trie
	best, bestEnd := int32(noActor), i
	at := t.root[s.folded[i]]
	for j := i + 1; at != 0; j++ {
		n := &t.nodes[at]
		for _, e := range t.ends[n.end:n.ends] {
			if end, ok := s.ends(&e, i, j); ok && end > bestEnd {
				best, bestEnd = e.actor, end
			}
		}
		if j == len(s.folded) {
			break
		}
		at = t.child(at, s.folded[j])
	}
	if bestEnd > i && best != noActor {
		s.found = append(s.found, found{best, s.off[i], s.endOf(bestEnd), s.field})
	}
	return bestEnd
}

// ends reports whether name e may stand at folded[i:j], and where its word ends.
func (s *search) ends(e *ending, i, j int) (int, bool) {
	if e.langs != 0 && e.langs&s.lang == 0 || e.caps && e.short && s.caps {
		return 0, false
	}
	end := j
	if last, _ := utf8.DecodeLastRune(s.folded[i:j]); letter(last) && !whole(last) {
		end = s.wordEnd(j)
	}
	if end > j && !e.star {
		return 0, false
	}
	return end, !e.caps || capitals(s.text[s.off[i]:s.endOf(j)])
}

// endOf is the byte of the text where folded[:j] ends: never within a letter,
// and behind the marks that decorate the last one.
func (s *search) endOf(j int) int32 {
	for j < len(s.folded) && s.off[j] == s.off[j-1] {
		j++
	}
	return s.off[j]
}

// fold reads the text into folded.
func (s *search) fold() {
	folded, off := slices.Grow(s.folded[:0], len(s.text)), slices.Grow(s.off[:0], len(s.text)+1)
	caps := true
	space := false // the last byte is a space
	for i := 0; i < len(s.text); {
		if c := s.text[i]; c < utf8.RuneSelf {
			if f := asciiFolds[c]; f != ' ' || !space {
				folded, off, space = append(folded, f), append(off, int32(i)), f == ' '
			}
			caps = caps && (c < 'a' || c > 'z')
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s.text[i:])
		switch {
		case separator(r):
			if !space {
				folded, off, space = append(folded, ' '), append(off, int32(i)), true
			}
		case decoration(r):
		default:
			caps = caps && !unicode.IsLower(r)
			space = false
			n := len(folded)
			folded = utf8.AppendRune(folded, foldRune(r))
			for range len(folded) - n {
				off = append(off, int32(i))
			}
		}
		i += size
	}
	s.folded, s.off, s.caps = folded, append(off, int32(len(s.text))), caps
}

// fold is the folded form of a name.
func fold(name string) string {
	s := search{text: name}
	s.fold()
	return string(s.folded)
}
