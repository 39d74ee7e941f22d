package article

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// withoutAsides leaves out what the classifier may take for the body on a page of
// a make that it has not seen, though its place or its form says what it is:
// comments, notices and biographies by the name of an element, lines of links
// and dates around the headline.
func (x *extraction) withoutAsides(taken []int) []int {
	p := x.page
	paragraphs := 0
	return slices.DeleteFunc(taken, func(i int) bool {
		b := &p.blocks[i]
		if x.isAside(b) {
			return true
		}
		if i < p.title && share(b.linked, b.runes) > .4 || paragraphs == 0 && isDateLine(b.text) {
			return true
		}
		if b.isProse() {
			paragraphs++
		}
		return false
	})
}

// isAside reports whether b is in an element that is named as something else
// than an article and holds neither the headline nor most of the text.
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
	return false
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
		switch {
		case '0' <= word[0] && word[0] <= '9':
			numbers++
			letters += utf8.RuneCountInString(strings.TrimLeft(word, "0123456789"))
		case monthOf(strings.ToLower(word)) != 0:
			months++
		default:
			letters += utf8.RuneCountInString(word)
		}
	}
	return letters <= other && (numbers >= 3 || numbers == 2 && months == 1)
}
