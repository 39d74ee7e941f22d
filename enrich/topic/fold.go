package topic

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Texts and terms meet in folded form: a sequence of symbols, one for each
// letter that some term uses, in which case, accents, Arabic and Hebrew
// vowel signs, full-width forms, kinds of hyphen and runs of white space are
// the same. Each symbol remembers the byte it came from.

// Symbols. Even ones are letters and digits that make words with their
// neighbours; odd ones are not, and above symPara are those of scripts written
// without spaces, where a word may begin and end anywhere.
const (
	symLetter uint16 = 2*iota + 0 // a letter or digit of no term
	firstWord                     // even symbols from here on are letters of terms
)

const (
	symPunct   uint16 = 2*iota + 1 // ends a word and a phrase
	symSpace                       // a run of white space, hyphens, apostrophes and slashes: between the words of a phrase
	symStop                        // ends a sentence
	symPara                        // a blank line: ends a sentence
	symIdeo                        // a letter of no term, in a script written without spaces
	symEnd                         // in a trie: a term ends
	symStar                        // in a trie: any letters to the end of the word
	firstWhole                     // odd symbols from here on are letters of terms
)

const symMax = 1<<15 - 1

// What a page says of runes that are not simply a symbol.
const (
	symDrop     = 1<<15 + iota // the rune leaves no symbol
	symExpand                  // the rune leaves several, see alphabet.long
	noteHyphen                 // a space between letters, punctuation elsewhere
	noteDot                    // the full stop
	noteWhite                  // white space
	noteNewline                // line feed
	noteVoice                  // a kana voicing mark of its own
	noteStop                   // ends a sentence if white space follows
	noteQuoteS                 // an apostrophe
	noteQuote                  // a quotation mark, which Hebrew writes in abbreviations
	noteLong                   // in alphabet.ascii: no ASCII character
)

// inWord reports whether sym and its neighbours make words; whole, whether it
// is a letter that may be one.
func inWord(sym uint16) bool { return sym&1 == 0 }
func whole(sym uint16) bool  { return sym&1 == 1 && sym > symPara }
func letter(sym uint16) bool { return sym&1 == 0 || sym > symPara }

// Classes of runes.
const (
	classNone  uint8 = iota // between words
	classWord               // a letter or digit of a script that puts spaces between words
	classWhole              // a letter of a script that does not
)

// An alphabet maps runes to the symbols of one set of rules.
type alphabet struct {
	ascii  [1 << 8]uint16       // by byte, for the letters and spaces that make most of most texts
	pages  [1 << 8]*[256]uint16 // of the BMP; nil: no rune of the page is in a term, or needs folding
	long   map[rune][]uint16
	script []script  // by symbol
	looked []uint8   // by symbol: 1 if words that begin with it are looked at even if no term does
	number letters   // symbols of the folded letters of terms
	next   [2]uint16 // symbols for letters of words, and for whole ones

	alef, lam, he uint16      // letters of articles; symPara, which is no letter, if not in use
	arabic        [3][]uint16 // particles that Arabic writes in one word with the next, in order
	hebrew        []uint16
}

// foldRune appends what r is folded to: nothing, one rune, or several. Runes
// that fold to the space between words come back as ' '.
func foldRune(dst []rune, r rune) []rune {
	switch {
	case r < utf8.RuneSelf:
		return append(dst, unicode.ToLower(r))
	case ideograph(r) || 0xAC00 <= r && r <= 0xD7A3:
		return append(dst, r) // ideographs and Hangul syllables stand for themselves
	}
	var buf [utf8.UTFMax]byte
	lower := buf[:utf8.EncodeRune(buf[:], unicode.ToLower(r))]
	form := norm.NFKD
	if 0x3040 <= r && r <= 0x30FF || 0xFF61 <= r && r <= 0xFF9F {
		form = norm.NFKC // a voiced kana is a letter of its own
	}
	var out [32]byte
	for _, c := range string(form.Append(out[:0], lower...)) {
		switch {
		case mark(c):
		case c == 'ı' || c == 'ł' || c == 'ø' || c == 'đ' || c == 'ß' || c == 'æ' || c == 'œ' || c == 'þ' || c == 'ð':
			dst = append(dst, latin[c]...)
		default:
			if s, ok := similar[c]; ok {
				c = s
			}
			dst = append(dst, unicode.ToLower(c))
		}
	}
	return dst
}

// ideograph reports whether r is a unified ideograph that folds to itself.
func ideograph(r rune) bool { return 0x3400 <= r && r <= 0x9FFF || 0x20000 <= r && r <= 0x2A6DF }

// mark reports whether c only decorates the letter before it: accents of
// European letters, vowel signs of Arabic and Hebrew, the Devanagari nukta,
// the Arabic tatweel, and runes without width.
func mark(c rune) bool {
	return 0x0300 <= c && c <= 0x036F || // combining diacritics
		0x0591 <= c && c <= 0x05C7 && c != 0x05BE || // niqqud, but not the hyphen maqaf
		0x0610 <= c && c <= 0x061A || 0x064B <= c && c <= 0x065F || c == 0x0670 || 0x06D6 <= c && c <= 0x06ED && c != 0x06D5 ||
		c == 0x0640 || c == 0x093C || c == 0x00AD ||
		0x200B <= c && c <= 0x200F && c != 0x200C || 0x202A <= c && c <= 0x202E || 0x2060 <= c && c <= 0x2069 ||
		0xFE00 <= c && c <= 0xFE0F || c == 0xFEFF
}

// latin spells letters that Unicode does not take apart.
var latin = map[rune][]rune{
	'ı': []rune("i"), 'ł': []rune("l"), 'ø': []rune("o"), 'đ': []rune("d"), 'ß': []rune("ss"),
	'æ': []rune("ae"), 'œ': []rune("oe"), 'þ': []rune("th"), 'ð': []rune("d"),
}

// similar joins letters that writers of one language use for each other,
// Arabic and Persian forms of alef, ya, kaf and teh marbuta, and the forms that
// Hebrew letters have at the end of a word.
var similar = map[rune]rune{
	'ٱ': 'ا', 'ى': 'ي', 'ی': 'ي', 'ک': 'ك', 'ة': 'ه', 'ە': 'ه', 'ہ': 'ه', 'ھ': 'ه', 'ۀ': 'ه',
	'ך': 'כ', 'ם': 'מ', 'ן': 'נ', 'ף': 'פ', 'ץ': 'צ',
}

// hyphens join the words of a phrase when they stand between letters.
func hyphen(c rune) bool {
	switch c {
	case '-', '\u2010', '\u2011', '\u2012', '\u2013', '\u05BE', '/', '_', '\u200C', '\uFF0F', '\uFF0D', '\u00B7', '\u30FB', '\uFF65':
		return true
	}
	return false
}

func apostrophe(c rune) bool {
	switch c {
	case '\'', '\u2019', '\u02BC', '\u2018', '`', '\u00B4', '\uFF07', '\u05F3':
		return true
	}
	return false
}

// gershayim reports whether c marks an abbreviation when it stands between
// Hebrew letters.
func gershayim(c rune) bool { return c == '"' || c == '\u05F4' || c == '\u201D' }

// stop reports whether c can end a sentence; sure, whether it does so even
// when no white space follows.
func stop(c rune) (is, sure bool) {
	switch c {
	case '!', '?', '…', '؟', '۔':
		return true, false
	case '。', '！', '？', '।', '॥', '．', '｡':
		return true, true
	}
	return false, false
}

// classOf says how r behaves at the edges of words.
func classOf(r rune) uint8 {
	switch {
	case ideograph(r), 0x3040 <= r && r <= 0x30FF && r != '・', 0x31F0 <= r && r <= 0x31FF, 0xFF66 <= r && r <= 0xFF9F, 0x0E00 <= r && r <= 0x0EFF, 0xF900 <= r && r <= 0xFAFF, r == '々', r == '〇':
		return classWhole
	case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r), unicode.IsNumber(r):
		return classWord
	}
	return classNone
}

// letters maps runes to symbols; 0 is none.
type letters struct {
	pages [1 << 8]*[256]uint16 // of the BMP
	more  map[rune]uint16
}

func (l *letters) of(r rune) uint16 {
	if r >= 1<<16 {
		return l.more[r]
	}
	if p := l.pages[r>>8]; p != nil {
		return p[r&0xFF]
	}
	return 0
}

func (l *letters) set(r rune, n uint16) {
	if r >= 1<<16 {
		l.more[r] = n
		return
	}
	if l.pages[r>>8] == nil {
		l.pages[r>>8] = new([256]uint16)
	}
	l.pages[r>>8][r&0xFF] = n
}

func newAlphabet() *alphabet {
	return &alphabet{long: map[rune][]uint16{}, number: letters{more: map[rune]uint16{}}, next: [2]uint16{firstWord, firstWhole}, script: make([]script, firstWhole), looked: make([]uint8, firstWhole)}
}

// use numbers a folded rune of a term; symMax when there are too many.
func (a *alphabet) use(r rune) uint16 {
	if n := a.number.of(r); n != 0 {
		return n
	}
	next := &a.next[0]
	if classOf(r) == classWhole {
		next = &a.next[1]
	}
	n := *next
	if n >= symMax-2 {
		return symMax
	}
	*next += 2
	a.number.set(r, n)
	a.script = append(a.script, make([]script, max(0, int(n)+1-len(a.script)))...)
	a.looked = append(a.looked, make([]uint8, len(a.script)-len(a.looked))...)
	a.script[n] = scriptOf(r)
	if one, _ := digit(r); one == 1 || a.script[n] == scriptArabic || a.script[n] == scriptHebrew {
		a.looked[n] = 1 // it may begin a year, or a particle
	}
	return n
}

// seal tabulates how every rune of the scripts we know is folded, when all
// letters of terms are numbered.
func (a *alphabet) seal() {
	a.looked[symLetter] = 1
	a.alef, a.lam, a.he = a.symbols("ا")[0], a.symbols("ل")[0], a.symbols("ה")[0]
	a.arabic = [...][]uint16{a.symbols("وف"), a.symbols("بلك"), a.symbols("ال")}
	a.hebrew = a.symbols("והבלמשכ")
	for _, block := range foldedBlocks {
		for p := block[0] >> 8; p <= block[1]>>8; p++ {
			a.fillPage(p)
		}
	}
	for p := range a.number.pages {
		if a.number.pages[p] != nil && a.pages[p] == nil {
			a.fillPage(rune(p))
		}
	}
	for c := range a.ascii {
		switch {
		case c >= utf8.RuneSelf:
			a.ascii[c] = noteLong
		case c == ' ':
			a.ascii[c] = symSpace
		default:
			a.ascii[c] = a.pages[0][c]
		}
	}
}

// symbols are those of letters; of one in no term symPara, which is no letter.
func (a *alphabet) symbols(letters string) []uint16 {
	var out []uint16
	for _, r := range letters {
		n := a.number.of(r)
		if n == 0 {
			n = symPara
		}
		out = append(out, n)
	}
	return out
}

// foldedBlocks are the parts of Unicode where folding does more than tell
// letters from the rest.
var foldedBlocks = [][2]rune{{0x0000, 0x06FF}, {0x0900, 0x09FF}, {0x1E00, 0x20FF}, {0x2100, 0x21FF}, {0x3000, 0x32FF}, {0xFB00, 0xFEFF}, {0xFF00, 0xFFFD}}

func (a *alphabet) fillPage(p rune) {
	page := new([256]uint16)
	for i := range page {
		page[i] = a.entry(p<<8 | rune(i))
	}
	a.pages[p] = page
}

// entry is what page says of r.
func (a *alphabet) entry(r rune) uint16 {
	switch is, sure := stop(r); {
	case r == '.':
		return noteDot
	case r == '\n':
		return noteNewline
	case sure:
		return symStop
	case is:
		return noteStop
	case hyphen(r):
		return noteHyphen
	case apostrophe(r):
		return noteQuoteS
	case gershayim(r):
		return noteQuote
	case unicode.IsSpace(r):
		return noteWhite
	case r == 0x3099 || r == 0x309A:
		return noteVoice
	case mark(r):
		return symDrop
	}
	var buf [32]rune
	folded := foldRune(buf[:0], r)
	switch len(folded) {
	case 0:
		return symDrop
	case 1:
		return a.symbol(folded[0])
	}
	var long []uint16
	for _, c := range folded {
		long = append(long, a.symbol(c))
	}
	a.long[r] = long
	return symExpand
}

// symbol is the symbol of a folded rune.
func (a *alphabet) symbol(c rune) uint16 {
	if n := a.number.of(c); n != 0 {
		return n
	}
	switch classOf(c) {
	case classWord:
		return symLetter
	case classWhole:
		return symIdeo
	}
	return symPunct
}
