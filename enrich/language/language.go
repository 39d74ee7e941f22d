// Package language says which language a text is in, from its letters and its
// commonest words, with what feed and page declare as a hint. It is made for
// news in some thirty languages at the speed of the rest of the pipeline, not
// for telling apart all languages of the world.
package language

import (
	_ "embed"
	"math/bits"
	"strings"
	"unicode/utf8"
)

// Und is the tag of an undetermined language (BCP 47).
const Und = "und"

// MaxText is how many bytes of a text count.
const MaxText = 1 << 10

// Bounds of what is looked at: longer texts tell no more.
const (
	maxWord     = 24 // bytes; no word in the list is longer
	maxDeclared = 8  // declared values
)

// Detect returns the primary subtag of the language of text, such as "en", or
// "und". The declared values are language tags as feed and page give them,
// most trusted first; they may be empty, "en-GB", "pt_BR" or nonsense. One is
// believed if text can be in it, given its script, and if the words do not
// clearly speak for another language. Only the first [MaxText] bytes of text count. It
// may be called concurrently and does not allocate.
func Detect(text string, declared ...string) string {
	var b ballot
	b.read(text)
	script := b.script()
	best, lead := b.winner(script)
	for _, d := range declared[:min(len(declared), maxDeclared)] {
		tag, known := primary(d)
		if tag == "" || !script.writes(tag, known) {
			continue
		}
		if known >= 0 && !b.contradicts(best, lead, known) || known < 0 && lead < clearLead {
			return tag
		}
	}
	switch only := script.only(&b); {
	case only != "":
		return only
	case best >= 0 && lead >= leastLead:
		return table.tags[best]
	}
	return Und
}

// How sure the words must be: the votes by which the first leads the second.
const (
	leastLead = 1.0 // with nothing declared
	clearLead = 4.0 // to outvote what is declared
)

// contradicts reports whether the words speak clearly for another language
// than the declared one.
func (b *ballot) contradicts(best int, lead float32, declared int) bool {
	if best < 0 || best == declared {
		return false
	}
	return b.votes[best]-b.votes[declared] >= clearLead && b.votes[best] >= 2*b.votes[declared]
}

// primary returns the primary subtag of a language tag, and its number in the
// table or -1. It is "" for what is no language tag.
func primary(declared string) (tag string, known int) {
	declared = strings.TrimSpace(declared)
	if i := strings.IndexAny(declared, "-_"); i >= 0 {
		declared = declared[:i]
	}
	if len(declared) < 2 || len(declared) > 3 {
		return "", -1
	}
	var low [3]byte
	for i := range len(declared) {
		c := declared[i] | 0x20
		if c < 'a' || c > 'z' {
			return "", -1
		}
		low[i] = c
	}
	if n, ok := table.numbers[string(low[:len(declared)])]; ok {
		return table.tags[n], n
	}
	if s, ok := aliases[string(low[:len(declared)])]; ok {
		return s, table.number(s)
	}
	if string(low[:len(declared)]) == Und {
		return "", -1
	}
	// Rare enough to pay for the copy only when it is not lower case already.
	return strings.ToLower(declared), -1
}

// aliases are older or narrower tags of languages we know.
var aliases = map[string]string{
	"iw": "he", "in": "id", "nb": "no", "nn": "no", "eng": "en", "spa": "es", "fra": "fr", "fre": "fr", "deu": "de", "ger": "de",
	"por": "pt", "ita": "it", "nld": "nl", "dut": "nl", "pol": "pl", "tur": "tr", "rus": "ru", "ukr": "uk", "bul": "bg", "ara": "ar",
	"fas": "fa", "per": "fa", "prs": "fa", "heb": "he", "hin": "hi", "zho": "zh", "chi": "zh", "cmn": "zh", "jpn": "ja",
}

// A ballot counts what the words and letters of a text speak for.
type ballot struct {
	votes   [maxLanguages]float32
	letters [scripts]int
	kana    int
}

// read counts the start of text.
func (b *ballot) read(text string) {
	var w word
	for i := 0; i < len(text) && i < MaxText; {
		c := text[i]
		if c < utf8.RuneSelf {
			i++
			if low := c | 0x20; 'a' <= low && low <= 'z' {
				b.letters[latin]++
				w.addByte(low)
				continue
			}
			b.vote(&w)
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		i += size
		l := letterOf(r)
		if l.script == none {
			b.vote(&w)
			continue
		}
		b.letters[l.script]++
		if l.script == han && isKana(r) {
			b.kana++
		}
		if l.telling != 0 {
			b.cast(table.tells[l.telling], tellingVote)
		}
		w.add(l.lower)
	}
	b.vote(&w)
}

// tellingVote is what a letter counts that few languages have.
const tellingVote = 0.7

// vote counts a word, and makes room for the next.
func (b *ballot) vote(w *word) {
	if set := table.words.of(w); set != 0 {
		b.cast(set, 1)
	}
	w.n = 0
}

// cast shares a vote among the languages of set.
func (b *ballot) cast(set uint64, weight float32) {
	share := weight * table.shares[bits.OnesCount64(set)]
	for set != 0 {
		b.votes[bits.TrailingZeros64(set)] += share
		set &= set - 1
	}
}

// script is the script of most letters.
func (b *ballot) script() script {
	best := none
	for s := none + 1; s < scripts; s++ {
		if n := b.weighted(s); n > 0 && (best == none || n > b.weighted(best)) {
			best = s
		}
	}
	return best
}

// weighted counts ideographs double, as each stands for more text.
func (b *ballot) weighted(s script) int {
	if s == han {
		return 2 * b.letters[s]
	}
	return b.letters[s]
}

// winner returns the language of a script with most votes and its lead over
// the second, or -1.
func (b *ballot) winner(s script) (best int, lead float32) {
	best, second := -1, float32(0)
	for i, of := range table.scripts {
		if of != s || b.votes[i] == 0 {
			continue
		}
		switch {
		case best < 0:
			best = i
		case b.votes[i] > b.votes[best]:
			second, best = b.votes[best], i
		case b.votes[i] > second:
			second = b.votes[i]
		}
	}
	if best < 0 {
		return best, 0
	}
	return best, b.votes[best] - second
}

//go:embed stopwords.txt
var stopwords string
