package actor

import (
	"math/bits"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxField is how many bytes of a field are read.
const maxField = 256 << 10

// maxFound bounds what is noted of one text.
const maxFound = 2048

// noActor is the actor of names that are none.
const noActor = -1

// A found is a name at a place.
type found struct {
	actor      int32
	start, end int32
	field      uint8
}

// Names and texts meet in folded form: lower case, without accents and marks
// that decorate letters, with one space for every run of white space, hyphens
// and apostrophes. No text is written down so: it is folded where it is read.

// A search is one pass over a text, with its memory.
type search struct {
	r      *Register
	lang   uint32
	found  []found
	text   string // of the field at hand
	field  uint8
	looked bool    // caps is known
	caps   bool    // the field has no letter of lower case
	nth    []int32 // by actor: its number in the answer, from 1; 0 between searches
}

func (s *search) reset(lang uint32) {
	s.lang, s.found = lang, s.found[:0]
}

// read finds the names of a field.
func (s *search) read(field uint8, text string) {
	if len(text) > maxField {
		text = text[:maxField]
	}
	s.field, s.text, s.looked = field, text, false
	done := 0 // what is before it has been looked at
	var before stretch
	for i := 0; i < len(text); i += stretchBytes {
		at := stretchAt(text, i)
		for todo := at.begins(before); todo != 0 && len(s.found) < maxFound; todo &= todo - 1 {
			if begin := i + bits.TrailingZeros64(todo); begin >= done {
				done = s.begin(begin)
			}
		}
		before = at
	}
}

// begin looks for a name at the beginning of a word of ASCII, or of what is
// not ASCII, at i. It returns how far it looked.
func (s *search) begin(i int) int {
	if s.text[i] >= utf8.RuneSelf {
		if i > 0 && glyphs[s.text[i-1]].class() == inWord {
			i = wordEnd(s.text, i)
		}
		return s.mixed(i)
	}
	switch h, ok := headAt(s.text, i); {
	case !ok:
		return s.mixed(i)
	case s.r.heads.admit(h, s.text[i]):
		if end := s.longest(i); end > 0 {
			return s.mixed(end)
		}
	}
	return 0
}

// mixed finds the names from i on, up to where ASCII parts words.
func (s *search) mixed(i int) int {
	for i < len(s.text) && len(s.found) < maxFound {
		if b := s.text[i]; b < utf8.RuneSelf {
			if glyphs[b].class() != inWord {
				break
			}
			i = s.word(i)
			continue
		}
		switch g, size := wideAt(s.text, i); g.class() {
		case inWord:
			i = s.word(i)
		case whole:
			end := i + size
			if s.r.keys.mayHave(keyOf(g)) {
				end = max(s.name(i), end)
			}
			i = end
		default:
			i += size
		}
	}
	return i
}

// word looks for a name at the word at i, and behind the particles that Arabic
// and Hebrew write in one word with it, and returns where to go on.
func (s *search) word(i int) int {
	k, rest := keyAt(s.text, i)
	if s.r.keys.mayHave(k) {
		if end := s.longest(i); end > 0 {
			return end
		}
	}
	end := wordEnd(s.text, rest)
	if s.text[i] < utf8.RuneSelf {
		return end
	}
	var buf [maxParticles]int
	for _, at := range particles(buf[:0], s.text[:end], i) {
		if to := s.name(at); to > 0 {
			return to
		}
	}
	return end
}

// name notes the longest name that begins at i and returns its end, or 0.
func (s *search) name(i int) int {
	if k, _ := keyAt(s.text, i); !s.r.keys.mayHave(k) {
		return 0
	}
	return s.longest(i)
}

// longest does what name does, without a look at the key.
func (s *search) longest(i int) int {
	t := &s.r.trie
	best, bestEnd := int32(noActor), 0
	g, to := next(s.text, i)
	for at := t.enter(g); at != 0; at = t.child(&t.nodes[at], g) {
		n := &t.nodes[at]
		if to = follow(s.text, to, n.label); to == 0 {
			break
		}
		for _, e := range t.ends[n.end:n.ends] {
			if end := s.ends(&e, i, to); end > bestEnd {
				best, bestEnd = e.actor, end
			}
		}
		g, to = next(s.text, to)
	}
	if best != noActor {
		s.found = append(s.found, found{best, int32(i), int32(bestEnd), s.field})
	}
	return bestEnd
}

// ends returns where the word ends in which name e ends that stands at
// text[i:to]; 0 if it may not stand there.
func (s *search) ends(e *ending, i, to int) int {
	if e.langs != 0 && e.langs&s.lang == 0 || e.caps && e.short && s.shouts() {
		return 0
	}
	end := to
	if e.word {
		end = wordEnd(s.text, to)
	}
	if end > to && !e.star || e.caps && !capitals(s.text[i:to]) {
		return 0
	}
	return end
}

// shouts reports whether the field has no letter of lower case.
func (s *search) shouts() bool {
	if !s.looked {
		s.looked, s.caps = true, strings.IndexFunc(s.text, unicode.IsLower) < 0
	}
	return s.caps
}
