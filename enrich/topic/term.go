package topic

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds on what rule files may hold: far above any sensible rule, and low
// enough that a slip of the pen is reported and not run.
const (
	maxTermRunes = 120
	maxWithin    = 60
	minStarStem  = 2 // letters before a star
)

// punctRune stands for any mark of punctuation inside a folded term.
const punctRune = 0

// A folder remembers what runes fold to, which is dear to find out.
type folder struct {
	ascii [utf8.RuneSelf]*foldedRune
	more  map[rune]*foldedRune
}

type foldedRune struct {
	out  []rune
	word int  // how much it adds to the length of a word
	none bool // it is not all letters
}

func newFolder() *folder {
	f := &folder{more: map[rune]*foldedRune{}}
	for r := range f.ascii {
		f.ascii[r] = newFoldedRune(rune(r))
	}
	return f
}

func (f *folder) fold(r rune) *foldedRune {
	if r < utf8.RuneSelf {
		return f.ascii[r]
	}
	folded, ok := f.more[r]
	if !ok {
		folded = newFoldedRune(r)
		f.more[r] = folded
	}
	return folded
}

func newFoldedRune(r rune) *foldedRune {
	f := &foldedRune{out: foldRune(nil, r)}
	for _, c := range f.out {
		switch classOf(c) {
		case classNone:
			f.none = true
		case classWord:
			f.word++
		case classWhole:
			f.word += 1 + minStarStem
		}
	}
	return f
}

// foldTerm checks a term and appends its folded runes to out, which is empty,
// with ' ' between words and '*' for a star.
func foldTerm(out []rune, f *folder, term string) ([]rune, error) {
	var word int        // letters in the current word
	var possessive bool // the rune before was the apostrophe of 's
	runes := []rune(term)
	if len(runes) > maxTermRunes {
		return nil, fmt.Errorf("term is longer than %d letters", maxTermRunes)
	}
	for i, r := range runes {
		ended := i+1 == len(runes) || separates(runes[i+1])
		switch {
		case r == '*':
			if word < minStarStem || !ended {
				return nil, fmt.Errorf("term %q: a star stands at the end of a word of at least %d letters", term, minStarStem)
			}
			// Where words are not parted, any text may follow a term anyway.
			if classOf(out[len(out)-1]) != classWhole {
				out = append(out, '*')
			}
			word = 0
		case gershayim(r) && word > 0 && !ended:
		case r == '.':
			// The dots of U.N. leave the text, so they leave the term.
			if word == 0 {
				return nil, fmt.Errorf("term %q: full stop outside an abbreviation", term)
			}
		case apostrophe(r) && strings.EqualFold(string(runes[i+1:min(i+2, len(runes))]), "s") && (i+2 == len(runes) || separates(runes[i+2])):
			possessive = true // the English 's leaves the text, so it leaves the term
		case possessive:
			possessive = false
		case separates(r):
			word = 0
			if len(out) > 0 && out[len(out)-1] != ' ' {
				out = append(out, ' ')
			}
		default:
			folded := f.fold(r)
			if !folded.none {
				word += folded.word
				out = append(out, folded.out...)
				break
			}
			if comma(r) {
				return nil, fmt.Errorf("term %q: YAML parts terms by the comma of ASCII only", term)
			}
			if len(out) == 0 || ended {
				return nil, fmt.Errorf("term %q: %q is not part of a word", term, r)
			}
			out = append(out, punctRune) // as in 7:0
		}
	}
	for len(out) > 0 && out[len(out)-1] == ' ' {
		out = out[:len(out)-1]
	}
	if len(out) == 0 {
		return nil, errors.New("empty term")
	}
	return out, nil
}

// comma reports whether r is a comma of a script that has its own: one keyboard
// away from what parts the terms of a list, and part of no name.
func comma(r rune) bool {
	switch r {
	case '،', '、', '，', '､', '؛', '；':
		return true
	}
	return false
}

func separates(r rune) bool { return unicode.IsSpace(r) || hyphen(r) || apostrophe(r) }
