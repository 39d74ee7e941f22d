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
	polishEndings = set("a i u y e ę ą ie iem em om owi ach ami ów ią ię ii ji ją ję o iu ego emu im ej ich ych ym imi ymi")
	germanEndings = set("s")
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

// leastStem is how much of a name must be left, in letters.
const leastStem = 4

// stemOf takes the ending of the nominative off a word.
func stemOf(key string, s script) (string, bool) {
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
	return stem, utf8.RuneCountInString(stem) >= leastStem
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
		return arabicBegins(dst, key)
	case hebrew:
		for i := 0; i < 6 && len(key)-i > 2*3 && bytes.Contains([]byte("ושכבלמה"), key[i:i+2]); i += 2 {
			if rest := len(key) - i - 2; rest < 6 || rest == 6 && i > 0 {
				break
			}
			dst = append(dst, i+2)
		}
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

// arabicBegins skips "and", one of "in", "as", "for", and the article. Names
// are kept without the article.
func arabicBegins(dst []int, key []byte) []int {
	add := func(i int) {
		if len(key)-i >= 6 {
			dst = append(dst, i)
		}
	}
	has := func(i int, s string) bool { return i <= len(key) && bytes.HasPrefix(key[i:], []byte(s)) }
	i := 0
	for step := range 3 {
		if has(i, article) || has(i, "لل") {
			add(i + 4)
		}
		switch {
		case step == 0 && (has(i, "و") || has(i, "ف")):
		case step <= 1 && (has(i, "ب") || has(i, "ل") || has(i, "ك")):
		default:
			return dst
		}
		i += 2
		add(i)
	}
	return dst
}
