package topic

import "slices"

// wordEnd is the end of the word that i is in.
func (s *scan) wordEnd(i int) int {
	for inWord(s.folded.sym[i]) {
		i++
	}
	return i
}

// look finds the terms that begin at symbol i.
func (s *scan) look(i int) {
	w := (*[lookahead + 1]uint16)(s.folded.sym[i:])
	long, short := longHash(w[0], w[1], w[2], w[3]), shortHash(w[0], w[1], w[2])
	for _, t := range s.tries {
		if t.filter.opens(long, short, w[4], w[5]) != 0 {
			s.walk(t, 0, i, i)
		}
	}
}

// opened does what look does where a filter said already that a term may begin.
func (s *scan) opened(i int) {
	if len(s.tries) == 1 {
		s.walk(s.tries[0], 0, i, i)
		return
	}
	s.look(i)
}

// walk follows a trie from the node at, which was reached by the symbols from
// start to i, and records every term that ends at the end of a word.
func (s *scan) walk(t *trie, at uint32, start, i int) {
	sym, cells := s.folded.sym, t.cells
	for {
		base := cells[at].base
		if base&marks != 0 {
			if base&markEnd != 0 && s.ends(i) {
				s.record(t, at, start, i)
			}
			if base&markStar != 0 {
				s.walk(t, t.child(at, symStar), start, s.wordEnd(i))
			}
			if base&markSpace != 0 {
				if j := s.afterArticle(i); j > i {
					if to := t.child(at, sym[j]); to != 0 {
						s.walk(t, to, start, j+1)
					}
				}
			}
		}
		next := base>>markBits + uint32(sym[i])
		if int(next) >= len(cells) || cells[next].from != at {
			return
		}
		at = next
		i++
	}
}

// afterArticle passes the article that Arabic and Hebrew repeat before the
// later words of a phrase (an armed group, the group the armed), so that terms
// need not spell out both forms. It returns i if there is none.
func (s *scan) afterArticle(i int) int {
	a, sym := s.t.alphabet, s.folded.sym
	switch {
	case i+1+minPrefixed+lookahead < len(sym) && sym[i] == a.alef && sym[i+1] == a.lam:
		return i + 2
	case i+minPrefixed+lookahead < len(sym) && sym[i] == a.he:
		return i + 1
	}
	return i
}

// ends reports whether a word may end before symbol i.
func (s *scan) ends(i int) bool {
	sym := s.folded.sym
	return !inWord(sym[i]) || whole(sym[i-1])
}

// minPrefixed is how many letters must be left of a word when a prefix is
// taken off: of shorter ones too many would be other words.
const minPrefixed = 3

// afterArabicPrefix looks for terms behind the particles that Arabic writes
// in one word with the next: and, so, with, to, like, and the article.
func (s *scan) afterArabicPrefix(i int) {
	a, end := s.t.alphabet, s.wordEnd(i)
	i = s.skip(i, end, a.arabic[0])
	i = s.skip(i, end, a.arabic[1])
	// li- and the article al- are written ll-.
	if j := s.skip(i, end, a.arabic[2][:1]); j > i {
		i = j
	}
	s.skip(i, end, a.arabic[2][1:])
}

// afterHebrewPrefix does the same for Hebrew, with up to three particles.
func (s *scan) afterHebrewPrefix(i int) {
	end := s.wordEnd(i)
	for range 3 {
		j := s.skip(i, end, s.t.alphabet.hebrew)
		if j == i {
			return
		}
		i = j
	}
}

// skip passes the letter at i if it is one of letters and looks for terms
// behind it. It returns where it looked, or i.
func (s *scan) skip(i, end int, letters []uint16) int {
	if end-i <= minPrefixed || !slices.Contains(letters, s.folded.sym[i]) {
		return i
	}
	s.look(i + 1)
	return i + 1
}
