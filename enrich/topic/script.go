package topic

import (
	"unicode"
	"unicode/utf8"
)

// A script is the writing of a language, as far as telling languages apart
// needs it.
type script uint8

const (
	scriptNone script = iota
	scriptLatin
	scriptCyrillic
	scriptArabic
	scriptHebrew
	scriptDevanagari
	scriptEastAsian // ideographs and kana
	scriptOther
	scripts
)

// scriptOf names the script of a letter.
func scriptOf(r rune) script {
	switch {
	case r < 0x250:
		if unicode.IsLetter(r) {
			return scriptLatin
		}
	case 0x1E00 <= r && r <= 0x1EFF:
		return scriptLatin
	case 0x400 <= r && r <= 0x52F:
		return scriptCyrillic
	case 0x590 <= r && r <= 0x5FF:
		return scriptHebrew
	case 0x600 <= r && r <= 0x77F, 0xFB50 <= r && r <= 0xFDFF, 0xFE70 <= r && r <= 0xFEFC:
		return scriptArabic
	case 0x900 <= r && r <= 0x97F:
		return scriptDevanagari
	case ideograph(r), 0x3040 <= r && r <= 0x30FF:
		return scriptEastAsian
	case unicode.IsLetter(r):
		return scriptOther
	}
	return scriptNone
}

// languageScript is the script of each language that rules may be written in.
// A new language is added here first.
var languageScript = map[string]script{
	"en": scriptLatin, "es": scriptLatin, "fr": scriptLatin, "de": scriptLatin, "pt": scriptLatin, "it": scriptLatin,
	"nl": scriptLatin, "pl": scriptLatin, "tr": scriptLatin, "sv": scriptLatin, "no": scriptLatin, "da": scriptLatin,
	"fi": scriptLatin, "cs": scriptLatin, "ro": scriptLatin, "hu": scriptLatin, "id": scriptLatin, "vi": scriptLatin,
	"sw": scriptLatin, "so": scriptLatin, "ha": scriptLatin,
	"ru": scriptCyrillic, "uk": scriptCyrillic, "bg": scriptCyrillic, "sr": scriptCyrillic,
	"ar": scriptArabic, "fa": scriptArabic, "ur": scriptArabic, "he": scriptHebrew, "hi": scriptDevanagari, "zh": scriptEastAsian, "ja": scriptEastAsian,
}

// anyLanguage heads the terms that hold in every language.
const anyLanguage = "any"

// scriptProbe is how many bytes of a text show its script.
const scriptProbe = 1 << 10

// mainScript returns the script of most letters at the start of s.
func mainScript(s string) script {
	var n [scripts]int
	for i := 0; i < min(len(s), scriptProbe); {
		r, size := utf8.DecodeRuneInString(s[i:])
		i += size
		n[scriptOf(r)] += size
	}
	best := scriptLatin
	for s := scriptLatin; s < scripts; s++ {
		if n[s] > n[best] {
			best = s
		}
	}
	return best
}
