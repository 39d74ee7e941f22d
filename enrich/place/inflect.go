package place

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// endings are case endings, longest first is of no matter: an ending either
// is one or is not. Names that change inside (Damaszek, Damaszku) have their
// forms in the data.
var (
	cyrillicEndings = set("а я о е и і ї ы у ю й ь ой ей ою ею єю ою ом ем єм ам ям ами ями ах ях ию ии ией ие ий ія ії ію ією " +
		"ой ый ий ого его ому ему ім їм ым им ых их ій ої ої у ові еві ів ов та ът ят")
	polishEndings  = set("a i u y e ę ą ie iem em om owi ze ach ami ów ią ię ii ji ją ję o iu ego emu im ej ich ych ym imi ymi")
	germanEndings  = set("s")
	turkishEndings = set("da de ta te dan den tan ten daki deki taki teki a e ya ye i u ü nın nin nun nün ın in un ün")
)

// Endings are a set of endings of at most eight bytes, each as the number that
// [headOf] makes of it.
type endings struct {
	all   []uint64
	slots [256]uint64
}

func set(words string) *endings {
	e := &endings{}
	for w := range strings.FieldsSeq(words) {
		x := headOf([]byte(w))
		e.all = append(e.all, x)
		for i := e.slot(x); ; i++ {
			if e.slots[i] == x || e.slots[i] == 0 {
				e.slots[i] = x
				break
			}
		}
	}
	return e
}

func (e *endings) slot(x uint64) uint8 { return uint8(x * 0x9E3779B97F4A7C15 >> 56) }

// has reports whether end is one of e, which may be nil.
func (e *endings) has(end []byte) bool {
	if e == nil || len(end) > 8 {
		return false
	}
	x := headOf(end)
	for i := e.slot(x); e.slots[i] != 0; i++ {
		if e.slots[i] == x {
			return true
		}
	}
	return false
}

// inflections returns the endings that a name may bear whose first byte is c.
func inflections(c byte) []*endings {
	switch {
	case c >= 0xD0 && c < 0xD4:
		return []*endings{cyrillicEndings}
	case c < 0xD0 || c == 0xE1:
		return []*endings{polishEndings, germanEndings, turkishEndings}
	}
	return nil
}

// A tongue is what the search must know of a text's language.
type tongue struct {
	names    [digits + 1][2]uint8 // what must start at a word for a name to be sought there: by script, the second with a capital letter
	bit      uint32               // in sets of languages; 0: any
	endings  *endings             // of names in Latin letters; nil for none
	capitals bool                 // adjectives of countries begin with a capital letter
	compass  bool                 // points of the compass are written in one with a name
	apart    bool                 // written in Arabic letters without particles in one with words
}

func tongueOf(lang string) tongue {
	t := tongue{bit: languageBit(lang)}
	switch lang {
	case "en":
		t.capitals = true
	case "de":
		t.endings, t.compass = germanEndings, true
	case "nl":
		t.endings, t.compass, t.capitals = germanEndings, true, true
	case "pl":
		t.endings = polishEndings
	case "tr":
		t.endings, t.capitals = turkishEndings, true
	case "fa":
		t.apart = true
	}
	for s := range t.names {
		small := startsSmall
		if script(s) == latin && t.capitals {
			small = startsThing
		}
		t.names[s] = [2]uint8{t.orInflected(small, script(s)), t.orInflected(startsName, script(s))}
	}
	return t
}

// orInflected returns kind, inflected where words of script s have endings.
func (t *tongue) orInflected(kind uint8, s script) uint8 {
	if t.endingsOf(s) == nil {
		return kind
	}
	return kind << inflected
}

// endingsOf returns the endings that a name of script s may bear, nil for
// none.
func (t *tongue) endingsOf(s script) *endings {
	switch s {
	case cyrillic:
		return cyrillicEndings
	case latin:
		return t.endings
	}
	return nil
}

// How much must be left of a name, and of a word of a longer name, in letters.
const (
	leastStem     = 4
	leastWordStem = 3
)

// nominatives are the endings that names in Cyrillic letters bear where
// nothing asks for another, the longer before the shorter.
var nominatives = []string{"ая", "яя", "ий", "ый", "ой", "ое", "а", "я", "о", "е", "ь", "й", "и", "ы", "і"}

// stemOf takes the ending of the nominative off one of the words of a name.
// It returns nil if there is none, or too little would be left.
func stemOf(key []byte, s script, words int) []byte {
	var stem []byte
	switch s {
	case cyrillic:
		for _, end := range nominatives {
			if n := len(key) - len(end); n >= 0 && string(key[n:]) == end {
				stem = key[:n]
				break
			}
		}
	case latin:
		if n := len(key); n > 0 && strings.IndexByte("aeoy", key[n-1]) >= 0 {
			stem = key[:n-1]
		}
	}
	least := leastStem
	if words > 1 {
		least = leastWordStem
	}
	if utf8.RuneCount(stem) < least {
		return nil
	}
	return stem
}

const article = "ال"

func withoutArticle(key []byte) []byte {
	if rest, ok := bytes.CutPrefix(key, []byte(article)); ok && utf8.RuneCount(rest) >= 3 {
		return rest
	}
	return key
}

// prefixes reports whether words of script s may be written in one with those
// that begins skips.
func (t *tongue) prefixes(s script) bool {
	return s == arabic || s == hebrew || s == latin && t.compass
}

// begins appends the places in a word's key at which a name may begin behind
// its start: what follows the particles that Arabic and Hebrew write in one
// with the next word and the points of the compass of German and Dutch.
func (t *tongue) begins(dst []int, key []byte, s script) []int {
	switch {
	case s == arabic && t.apart:
		if bytes.HasPrefix(key, []byte(article)) {
			dst = append(dst, len(article))
		}
	case s == arabic:
		return arabicBegins(dst, key)
	case s == hebrew:
		return hebrewBegins(dst, key)
	case s == latin && len(key) >= 7 && strings.IndexByte("ownsz", key[0]) >= 0:
		for _, p := range compass {
			if len(key) >= len(p)+4 && string(key[:len(p)]) == p {
				dst = append(dst, len(p))
			}
		}
	}
	return dst
}

var compass = []string{"ost", "west", "nord", "süd", "zentral", "südost", "südwest", "nordost", "nordwest", "oost", "noord", "zuid"}

// hebrewBegins skips "and", "that", one of "in", "as", "to", "from", and the
// article, in this order. A name of three letters may have one of them only.
func hebrewBegins(dst []int, key []byte) []int {
	i := 0
	for _, particles := range [...]string{"ו", "ש", "בכלמ", "ה"} {
		if len(key)-i < 8 || !isOneOf(particles, key[i], key[i+1]) {
			continue
		}
		if i += 2; len(key)-i > 6 || i == 2 {
			dst = append(dst, i)
		}
	}
	return dst
}

// isOneOf reports whether a and b are one of letters of two bytes.
func isOneOf(letters string, a, b byte) bool {
	for i := 0; i < len(letters); i += 2 {
		if letters[i] == a && letters[i+1] == b {
			return true
		}
	}
	return false
}

// arabicBegins skips "and" or "so", one of "in", "as", "for", and the article.
// Names are kept without the article. Of a name of three letters only one
// particle is skipped, and not "so" or "as".
func arabicBegins(dst []int, key []byte) []int {
	has := func(i int, s string) bool { return len(key)-i >= len(s) && string(key[i:i+len(s)]) == s }
	any := func(i int, letters string) bool { return len(key)-i >= 2 && isOneOf(letters, key[i], key[i+1]) }
	add := func(i int, short bool) {
		if n := len(key) - i; n > 6 || n == 6 && short {
			dst = append(dst, i)
		}
	}
	i := 0
	for step := range 3 {
		if has(i, article) || has(i, "لل") {
			add(i+4, true)
		}
		switch {
		case step == 0 && any(i, "وف"):
		case step <= 1 && any(i, "بلك"):
		default:
			return dst
		}
		add(i+2, i == 0 && !has(i, "ف") && !has(i, "ك"))
		i += 2
	}
	return dst
}
