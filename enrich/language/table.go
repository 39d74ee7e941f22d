package language

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A script is a writing system that settles or narrows the choice of languages.
type script uint8

const (
	none script = iota
	latin
	cyrillic
	arabic
	hebrew
	devanagari
	han // ideographs and kana
	hangul
	thai
	greek
	armenian
	georgian
	bengali
	tamil
	ethiopic
	khmer
	burmese
	scripts
)

// scriptOf names the script of a letter; none for what is no letter.
func scriptOf(r rune) script {
	switch {
	case r < 0x250:
		if unicode.IsLetter(r) {
			return latin
		}
		return none
	case 0x300 <= r && r <= 0x36F: // accents of the letter before
		return latin
	case 0x370 <= r && r <= 0x3FF, 0x1F00 <= r && r <= 0x1FFF:
		return greek
	case 0x400 <= r && r <= 0x52F:
		return cyrillic
	case 0x530 <= r && r <= 0x58F:
		return armenian
	case 0x591 <= r && r <= 0x5F4:
		return hebrew
	case 0x620 <= r && r <= 0x65F, 0x66E <= r && r <= 0x6D3, 0x6EE <= r && r <= 0x77F, 0xFB50 <= r && r <= 0xFDFB, 0xFE70 <= r && r <= 0xFEFC, r == 0x200C:
		return arabic
	case 0x900 <= r && r <= 0x963, 0x971 <= r && r <= 0x97F:
		return devanagari
	case 0x980 <= r && r <= 0x9FF:
		return bengali
	case 0xB80 <= r && r <= 0xBFF:
		return tamil
	case 0xE00 <= r && r <= 0xE7F:
		return thai
	case 0x1000 <= r && r <= 0x109F:
		return burmese
	case 0x10A0 <= r && r <= 0x10FF:
		return georgian
	case 0x1200 <= r && r <= 0x137F:
		return ethiopic
	case 0x1780 <= r && r <= 0x17FF:
		return khmer
	case 0x1E00 <= r && r <= 0x1EFF:
		return latin
	case 0x3040 <= r && r <= 0x30FA, 0x30FC <= r && r <= 0x30FF, 0x3400 <= r && r <= 0x9FFF, 0x20000 <= r && r <= 0x2FA1F, r == 0x3005:
		return han
	case 0xAC00 <= r && r <= 0xD7A3, 0x1100 <= r && r <= 0x11FF:
		return hangul
	}
	return none
}

func isKana(r rune) bool { return 0x3040 <= r && r <= 0x30FF }

// lower is unicode.ToLower for the letters of our languages, where the
// Turkish capital İ is an i.
func lower(r rune) rune {
	if r >= 0x590 && r < 0x1E00 || r >= 0x3000 {
		return r // scripts without case
	}
	return unicode.ToLower(r)
}

// oneLanguage is the language that news in a script is in, where there is only
// one to speak of. Ideographs are told apart by kana.
var oneLanguage = [scripts]string{
	hebrew: "he", hangul: "ko", thai: "th", greek: "el", armenian: "hy", georgian: "ka", bengali: "bn", tamil: "ta",
	ethiopic: "am", khmer: "km", burmese: "my",
}

// only returns the language that the script alone settles, or "".
func (s script) only(b *ballot) string {
	if s == han {
		// A Japanese sentence has kana; a Chinese one has at most a name in it.
		if b.kana*10 >= b.letters[han] {
			return "ja"
		}
		return "zh"
	}
	return oneLanguage[s]
}

// otherScripts are scripts of languages that the table does not list.
var otherScripts = map[string]script{
	"he": hebrew, "yi": hebrew, "zh": han, "ja": han, "yue": han, "ko": hangul, "th": thai, "el": greek, "hy": armenian, "ka": georgian,
	"bn": bengali, "as": bengali, "ta": tamil, "am": ethiopic, "ti": ethiopic, "km": khmer, "my": burmese,
	"kk": cyrillic, "ky": cyrillic, "tg": cyrillic, "mn": cyrillic, "tt": cyrillic,
	"ku": arabic, "ckb": arabic, "ug": arabic, "sd": arabic, "dv": none, "sa": devanagari, "bho": devanagari,
	"gu": none, "pa": none, "te": none, "kn": none, "ml": none, "or": none, "si": none, "lo": none, "bo": none,
}

// writes reports whether text in script s can be in the language tag. A tag
// we know nothing of is taken for one of Latin script.
func (s script) writes(tag string, known int) bool {
	if s == none {
		return true
	}
	if known >= 0 {
		// Serbian is written both ways.
		return table.scripts[known] == s || tag == "sr" && s == latin
	}
	of, ok := otherScripts[tag]
	if !ok {
		of = latin
	}
	return of == s
}

// telling are letters that few languages of their script have.
const telling = `
es ñ
de ß
pt ã õ
pl ł ą ę ś ź ż
tr ğ ı
sv å
da å æ ø
no å æ ø
ro ț ș ă
cs ř ů ě
hu ő ű
vi ơ ư ạ ế ộ
ru ы э ё
uk і ї є ґ
be ў і ы э ё
bg ъ
sr ђ ћ љ њ џ ј
mk ѓ ќ љ њ џ ј
fa پ چ ژ گ ی ک
ur ٹ ڈ ڑ ے ں ہ گ چ پ
ps ښ ځ ډ ړ ۍ
ar ة ى إ أ
`

const maxLanguages = 64

// A wordTable is the stop words and the letters of all languages.
type wordTable struct {
	tags    []string
	numbers map[string]int
	scripts []script // by number
	words   *wordSets
	letters [0x1F00]letter            // of scripts that the telling letters are of
	tells   []uint64                  // sets of languages, by letter.telling; none at 0
	shares  [maxLanguages + 1]float32 // the part of a vote that each of so many languages gets
}

// A letter is what there is to know of one.
type letter struct {
	lower   rune
	script  script
	telling uint8 // which languages have it, if they are few: number in wordTable.tells
}

// letterOf looks a letter up.
func letterOf(r rune) letter {
	if r < rune(len(table.letters)) {
		return table.letters[r]
	}
	return newLetter(r)
}

func newLetter(r rune) letter { return letter{lower: lower(r), script: scriptOf(r)} }

var table = newTable(stopwords)

func newTable(list string) *wordTable {
	t := &wordTable{numbers: map[string]int{}}
	words := map[string]uint64{}
	for line := range strings.Lines(list) {
		tag, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		if tag == "" || tag == "#" {
			continue
		}
		n := len(t.tags)
		t.tags = append(t.tags, tag)
		t.numbers[tag] = n
		var of script
		for w := range strings.FieldsSeq(rest) {
			words[w] |= 1 << n
			of = scriptOf([]rune(w)[0])
		}
		t.scripts = append(t.scripts, of)
	}
	t.words = newWordSets(words)
	tells := t.tell()
	for r := range t.letters {
		l := newLetter(rune(r))
		l.telling = tells[l.lower]
		t.letters[r] = l
	}
	for n := range t.shares {
		t.shares[n] = 1 / float32(n)
	}
	return t
}

// tell reads the telling letters into tells and returns their numbers in it.
func (t *wordTable) tell() map[rune]uint8 {
	t.tells = []uint64{0}
	numbers := map[rune]uint8{}
	for line := range strings.Lines(strings.TrimSpace(telling)) {
		fields := strings.Fields(line)
		for _, field := range fields[1:] {
			r, _ := utf8.DecodeRuneInString(field)
			if numbers[r] == 0 {
				numbers[r] = uint8(len(t.tells))
				t.tells = append(t.tells, 0)
			}
			t.tells[numbers[r]] |= 1 << t.numbers[fields[0]]
		}
	}
	return numbers
}

func (t *wordTable) number(tag string) int {
	if n, ok := t.numbers[tag]; ok {
		return n
	}
	return -1
}
