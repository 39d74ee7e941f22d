package topic

import (
	"strings"
	"unicode/utf8"
)

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
