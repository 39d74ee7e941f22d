package article

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/html/atom"
)

// withoutAsides leaves out what the classifier may take for the body on a page of
// a make that it has not seen, though its place or its form says what it is:
// comments, notices and biographies by the name of an element, other cells of a
// layout table, links and dates around the headline, furniture and offers at the end.
func (x *extraction) withoutAsides(taken []int) []int {
	const fewest, longest = 3, 60 // blocks that are left alone; words of an offer
	p := x.page
	paragraphs := 0
	taken = slices.DeleteFunc(taken, func(i int) bool {
		b := &p.blocks[i]
		if x.isAside(b) || i < p.title && x.isAbove(b) || paragraphs == 0 && isDateLine(b.text) {
			return true
		}
		if b.isProse() {
			paragraphs++
		}
		return false
	})
	for len(taken) > 0 {
		b := &p.blocks[taken[len(taken)-1]]
		if len(taken) > fewest && b.tokens <= longest && isOffer(b.text) {
			taken = taken[:len(taken)-1]
			continue
		}
		if b.isProse() || share(b.linked, b.runes) <= .4 && !isFurniture(b.text) {
			break
		}
		taken = taken[:len(taken)-1]
	}
	return taken
}

// isAbove reports whether b, which comes before the headline, is no standfirst:
// links, furniture, an item of a list outside of the main element, or what stands
// outside of the element that holds headline and text.
func (x *extraction) isAbove(b *block) bool {
	p := x.page
	if share(b.linked, b.runes) > .4 || isFurniture(b.text) {
		return true
	}
	if p.best < 0 || b.el < 0 || p.elements[b.el].within || x.describes(b) {
		return false
	}
	return p.elements[p.best].titled || p.elements[b.el].inTags&tList != 0
}

// isAside reports whether b is in an element that is named as something else
// than an article and holds neither the headline nor most of the text, or in a
// cell beside the one that holds the text.
func (x *extraction) isAside(b *block) bool {
	const small = .34 // share of the page's prose
	p := x.page
	for el := b.el; el >= 0 && !p.elements[el].main && !p.elements[el].titled; el = p.elements[el].parent {
		e := &p.elements[el]
		named := e.words&(wComment|wConsent|wBio) != 0 || !e.within && e.words&(wSignup|wRelated) != 0
		if named && e.words&wBody == 0 && share(e.prose, p.prose) < small {
			return true
		}
	}
	if b.el < 0 || p.best < 0 || p.elements[p.best].node.DataAtom != atom.Td {
		return false
	}
	branch := p.elements[b.el].branch
	return branch >= 0 && (p.elements[branch].node.DataAtom == atom.Td || p.elements[branch].node.DataAtom == atom.Tr) && !x.describes(b)
}

// isDateLine reports whether s is a date or time and nothing else, or next to
// nothing: "4 May 2026", "Updated: 04.05.2026 14:30 (CET)".
func isDateLine(s string) bool {
	const longest, other = 80, 14 // bytes; letters that belong to no month
	if len(s) > longest {
		return false
	}
	numbers, letters, months := 0, 0, 0
	for word := range strings.FieldsFuncSeq(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if monthOf(strings.ToLower(word)) != 0 {
			months++
			continue
		}
		digit := false
		for _, r := range word { // "2026年5月4日" and "12h30" are several numbers
			switch was := digit; {
			case !unicode.IsDigit(r):
				letters++
				digit = false
			default:
				digit = true
				if !was {
					numbers++
				}
			}
		}
	}
	return letters <= other && (numbers >= 3 || numbers == 2 && months == 1)
}
