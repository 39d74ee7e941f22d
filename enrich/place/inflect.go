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

func set(words string) map[string]bool {
	m := make(map[string]bool)
	for w := range strings.FieldsSeq(words) {
		m[w] = true
	}
	return m
}

// endingsOf returns the endings that a name may bear in a text of lang, nil
// for none.
func endingsOf(lang string, s script) map[string]bool {
	switch {
	case s == cyrillic:
		return cyrillicEndings
	case s != latin:
		return nil
	case lang == "pl":
		return polishEndings
	case lang == "de" || lang == "nl":
		return germanEndings
	case lang == "tr":
		return turkishEndings
	}
	return nil
}

// How much must be left of a name, and of a word of a longer name, in letters.
const (
	leastStem     = 4
	leastWordStem = 3
)

// stemOf takes the ending of the nominative off one of the words of a name.
func stemOf(key string, s script, words int) (string, bool) {
	var stem string
	switch s {
	case cyrillic:
		for _, end := range []string{"ая", "яя", "ий", "ый", "ой", "ое", "ая", "а", "я", "о", "е", "ь", "й", "и", "ы", "і"} {
			if strings.HasSuffix(key, end) {
				stem = strings.TrimSuffix(key, end)
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
	return stem, utf8.RuneCountInString(stem) >= least
}

const article = "ال"

func withoutArticle(key string) string {
	if rest, ok := strings.CutPrefix(key, article); ok && utf8.RuneCountInString(rest) >= 3 {
		return rest
	}
	return key
}

// begins appends the places in a word's key at which a name may begin: its
// start, and what follows the particles that Arabic and Hebrew write in one
// with the next word and the points of the compass of German and Dutch.
func begins(dst []int, key []byte, s script, lang string) []int {
	dst = append(dst, 0)
	switch s {
	case arabic:
		if lang == "fa" { // Persian writes them apart
			if bytes.HasPrefix(key, []byte(article)) {
				dst = append(dst, len(article))
			}
			break
		}
		return arabicBegins(dst, key)
	case hebrew:
		return hebrewBegins(dst, key)
	case latin:
		if lang != "de" && lang != "nl" {
			break
		}
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
	for _, particles := range []string{"ו", "ש", "בכלמ", "ה"} {
		if len(key)-i < 8 || !bytes.Contains([]byte(particles), key[i:i+2]) {
			continue
		}
		if i += 2; len(key)-i > 6 || i == 2 {
			dst = append(dst, i)
		}
	}
	return dst
}

// arabicBegins skips "and" or "so", one of "in", "as", "for", and the article.
// Names are kept without the article. Of a name of three letters only one
// particle is skipped, and not "so" or "as".
func arabicBegins(dst []int, key []byte) []int {
	has := func(i int, s string) bool { return bytes.HasPrefix(key[i:], []byte(s)) }
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
		case step == 0 && (has(i, "و") || has(i, "ف")):
		case step <= 1 && (has(i, "ب") || has(i, "ل") || has(i, "ك")):
		default:
			return dst
		}
		add(i+2, i == 0 && !has(i, "ف") && !has(i, "ك"))
		i += 2
	}
	return dst
}
