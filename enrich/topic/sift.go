package topic

import "slices"

// A look is a place of the text to be looked at.
type look struct {
	at    int32 // symbol
	word  int32 // number of its word, or of the next
	opens bool  // a term may begin there, if it is in a word
}

// read finds the terms of one field.
func (s *scan) read(field uint8, text string) {
	s.field, s.word = field, 0
	s.t.alphabet.fold(&s.folded, text)
	words := s.sift()
	sym := s.folded.sym
	s.newSentence(true)
	first := int32(0) // word of the sentence
	for _, look := range s.looks {
		i := int(look.at)
		s.word = look.word
		switch sym := sym[i]; {
		case whole(sym):
			for _, t := range s.tries { // which tell as soon as a filter
				s.walk(t, 0, i, i)
			}
		case inWord(sym):
			if look.opens {
				s.opened(i)
			}
			if at := s.folded.off[i]; yearBegins[text[at]] && longAgo(text[at:]) {
				s.sents[s.sent].past = true
			}
			switch s.t.alphabet.script[sym] {
			case scriptArabic:
				s.afterArabicPrefix(i)
			case scriptHebrew:
				s.afterHebrewPrefix(i)
			}
		default:
			s.newSentence(s.word > first)
			first = s.word
		}
	}
	s.endSentence()
	s.words += words
}

// sift fills looks and returns how many words there are. Most words begin
// nothing, and where no processor can guess which, branches cost more than all
// the rest.
func (s *scan) sift() (words int32) {
	sym, marks, looked := s.folded.sym, s.folded.marks, s.t.alphabet.looked
	s.looks = slices.Grow(s.looks[:0], len(marks))[:len(marks)]
	n, wholes := 0, int32(0)
	for _, mark := range marks {
		w := (*[lookahead + 1]uint16)(sym[mark:])
		look := &s.looks[n]
		look.at, look.word, look.opens = mark, words, false
		switch {
		case inWord(w[0]):
			long, short := longHash(w[0], w[1], w[2], w[3]), shortHash(w[0], w[1], w[2])
			opens := uint64(0)
			for _, t := range s.tries {
				opens |= t.filter.opens(long, short, w[4], w[5])
			}
			look.opens = opens != 0
			n += int(opens) | int(looked[w[0]])
			words++
		case !whole(w[0]):
			n++
		default:
			if s.begins(w[0]) {
				n++
			}
			// Two ideographs or kana are about a word.
			wholes++
			words += wholes & 1
		}
	}
	s.looks = s.looks[:n]
	return words
}

// begins reports whether a term may begin with the letter sym, of a script
// without spaces.
func (s *scan) begins(sym uint16) bool {
	for _, t := range s.tries {
		if t.child(0, sym) != 0 {
			return true
		}
	}
	return false
}
