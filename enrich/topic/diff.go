package topic

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// A Change is what another taxonomy makes of a text.
type Change struct {
	Before, After float64 // relevance
	Gained        []Topic // only after, with the evidence there; most confident first
	Lost          []Topic // only before, likewise
}

// Diff tags text with two taxonomies. It reports false when the topics are the
// same, and so whether an article would have to be tagged anew. Relevance and
// confidence may differ without that.
func Diff(before, after *Tagger, text Text) (Change, bool) {
	a, b := before.Tag(text), after.Tag(text)
	c := Change{Before: a.Relevance, After: b.Relevance, Gained: without(b.Topics, a.Topics), Lost: without(a.Topics, b.Topics)}
	return c, len(c.Gained)+len(c.Lost) > 0
}

// without returns those of topics that others has not.
func without(topics, others []Topic) []Topic {
	return slices.DeleteFunc(slices.Clone(topics), func(t Topic) bool {
		return slices.ContainsFunc(others, func(o Topic) bool { return o.ID == t.ID })
	})
}

// sentenceBytes bounds what Sentence returns to each side of a span.
const sentenceBytes = 300

// Sentence returns the part of field, from byte to byte, that an editor should
// see around the span from start to end: its sentence, or 300 bytes to each
// side of it if that is longer. It never cuts a letter. The span must lie in
// the field.
func Sentence(field string, start, end int) (from, to int) {
	from, to = max(0, start-sentenceBytes), min(len(field), end+sentenceBytes)
	for from < start && !utf8.RuneStart(field[from]) {
		from++
	}
	for to < len(field) && to > end && !utf8.RuneStart(field[to]) {
		to--
	}
	before := field[from:start]
	if i := strings.LastIndexFunc(before, ender); i >= 0 {
		_, n := utf8.DecodeRuneInString(before[i:])
		before = before[i+n:]
	}
	from = start - len(strings.TrimLeft(before, " \t"))
	if i := strings.IndexFunc(field[end:to], ender); i >= 0 {
		_, n := utf8.DecodeRuneInString(field[end+i:])
		to = end + i + n
	}
	return from, to
}

// ender reports whether r ends a sentence often enough for showing it. The
// full stop of an abbreviation cuts a little early.
func ender(r rune) bool {
	is, _ := stop(r)
	return is || r == '.' || r == '\n'
}
