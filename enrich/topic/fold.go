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

// Symbols below firstLetter are classes of runes that no term can contain.
const (
	symLetter   uint16 = iota // a letter or digit of no term
	symIdeo                   // the same, in a script written without spaces
	symPunct                  // ends a word and a phrase
	symSpace                  // a run of white space, hyphens, apostrophes and slashes: between the words of a phrase
	symStop                   // ends a sentence
	symPara                   // a blank line: ends a sentence
	firstLetter               // symbols from here on are letters of terms
	symMax      = 1<<15 - 1
	symDrop     = 1 << 15   // in a page: the rune leaves no symbol
	symExpand   = 1<<15 | 1 // in a page: the rune leaves several, see alphabet.long
	noteHyphen  = 1<<15 | 2 // in a page: a space between letters, punctuation elsewhere
	noteDot     = 1<<15 | 3 // in a page: the full stop
	noteWhite   = 1<<15 | 4 // in a page: white space
	noteNewline = 1<<15 | 5 // in a page: line feed
	noteVoice   = 1<<15 | 6 // in a page: a kana voicing mark of its own
	noteStop    = 1<<15 | 7 // in a page: ends a sentence if white space follows
	noteQuoteS  = 1<<15 | 8 // in a page: an apostrophe
	noteQuote   = 1<<15 | 9 // in a page: a quotation mark, which Hebrew writes in abbreviations
)

// Classes of symbols.
const (
	classNone  uint8 = iota // between words
	classWord               // a letter or digit of a script that puts spaces between words
	classWhole              // a letter of a script that does not: a word may begin and end anywhere
)

// An alphabet maps runes to the symbols of one set of rules.
type alphabet struct {
	pages  [1 << 8]*[256]uint16 // of the BMP; nil: no rune of the page is in a term, or needs folding
	long   map[rune][]uint16
	class  []uint8 // by symbol
	script []script
	number map[rune]uint16 // folded letters of terms

	alef, lam, he uint16 // letters of articles; symPara, which is no letter, if not in use
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

// similar joins letters that writers of one language use for each other:
// Arabic and Persian forms of alef, ya, kaf and teh marbuta.
var similar = map[rune]rune{
	'ٱ': 'ا', 'ى': 'ي', 'ی': 'ي', 'ک': 'ك', 'ة': 'ه', 'ە': 'ه', 'ہ': 'ه', 'ھ': 'ه', 'ۀ': 'ه',
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

func newAlphabet() *alphabet {
	a := &alphabet{long: map[rune][]uint16{}, number: map[rune]uint16{}}
	a.class = make([]uint8, firstLetter)
	a.class[symLetter], a.class[symIdeo] = classWord, classWhole
	a.script = make([]script, firstLetter)
	return a
}

// use numbers a folded rune of a term; symMax when there are too many.
func (a *alphabet) use(r rune) uint16 {
	n, ok := a.number[r]
	if !ok && len(a.class) < symMax {
		n = uint16(len(a.class))
		a.number[r] = n
		a.class = append(a.class, classOf(r))
		a.script = append(a.script, scriptOf(r))
	} else if !ok {
		n = symMax
	}
	return n
}

// seal tabulates how every rune of the scripts we know is folded, when all
// letters of terms are numbered.
func (a *alphabet) seal(f folder) {
	article := func(r rune) uint16 {
		if n, ok := a.number[r]; ok {
			return n
		}
		return symPara
	}
	a.alef, a.lam, a.he = article('ا'), article('ل'), article('ה')
	for _, block := range foldedBlocks {
		for p := block[0] >> 8; p <= block[1]>>8; p++ {
			a.fillPage(f, p)
		}
	}
	for r := range a.number {
		if r < 1<<16 && a.pages[r>>8] == nil {
			a.fillPage(f, r>>8)
		}
	}
}

// foldedBlocks are the parts of Unicode where folding does more than tell
// letters from the rest.
var foldedBlocks = [][2]rune{{0x0000, 0x06FF}, {0x0900, 0x09FF}, {0x1E00, 0x20FF}, {0x2100, 0x21FF}, {0x3000, 0x32FF}, {0xFB00, 0xFEFF}, {0xFF00, 0xFFFD}}

func (a *alphabet) fillPage(f folder, p rune) {
	page := new([256]uint16)
	for i := range page {
		page[i] = a.entry(f, p<<8|rune(i))
	}
	a.pages[p] = page
}

// entry is what page says of r.
func (a *alphabet) entry(f folder, r rune) uint16 {
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
	folded := f.fold(r)
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
	if n, ok := a.number[c]; ok {
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
