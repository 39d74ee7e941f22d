package topic

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
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
type folder map[rune][]rune

func (f folder) fold(r rune) []rune {
	folded, ok := f[r]
	if !ok {
		folded = foldRune(nil, r)
		f[r] = folded
	}
	return folded
}

// foldTerm checks a term and returns its folded runes, with ' ' between
// words and '*' for a star.
func foldTerm(f folder, term string) ([]rune, error) {
	out := make([]rune, 0, len(term))
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
			for _, c := range folded {
				if classOf(c) == classNone {
					if len(out) == 0 || ended {
						return nil, fmt.Errorf("term %q: %q is not part of a word", term, r)
					}
					folded = []rune{punctRune} // as in 7:0
					break
				}
				if classOf(c) == classWhole {
					word += minStarStem
				}
				word++
			}
			out = append(out, folded...)
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

func separates(r rune) bool { return unicode.IsSpace(r) || hyphen(r) || apostrophe(r) }
