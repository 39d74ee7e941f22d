package topic

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"unicode/utf8"
)

// smallTaxonomy is a taxonomy of our own in a few languages.
func smallTaxonomy() fstest.MapFS {
	file := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	return fstest.MapFS{
		"peace/group.yaml": file("group: peace\nlabel: Peace\niptc: [{code: \"medtop:20000073\", name: peace process, match: exact}]\n"),
		"peace/ceasefire.yaml": file(`topic: peace.ceasefire
label: Ceasefire
iptc: [{code: "medtop:20000073", name: peace process, match: broad}]
acled: [Agreement]
plover: [AGREE]
terms:
  en:
    strong: [ceasefire*, cease-fire*, suicid* bomb*, "U.N. truce", coup d'état]
    likely: [truce*, armistice*]
    weak: [lull in fighting]
    near:
      - {all: [[halt*, stop*], [fighting, hostilities], [army, halt*]], within: 6, weight: strong}
    needs: [troops, rebels]
    not: [derby truce]
  ar: {strong: [هدنة, وقف إطلاق النار]}
  he: {strong: [הפסקת אש, צה"ל]}
  zh: {strong: [停火]}
  ja: {strong: [ミサイル]}
  tr: {strong: [saldırı*]}
  de: {strong: [Straße*]}
  any: {strong: [unmissxyz]}
`),
		"armed/group.yaml":  file("group: armed\nlabel: Armed\n"),
		"armed/battle.yaml": file("topic: armed.battle\nlabel: Battle\nterms: {en: {strong: [assad, battle*], likely: [clash*]}}\n"),
		"context.yaml":      file("domains:\n  sport: {en: [striker*, derby, midfield, goal]}\nliteral: {en: [soldiers, rebels]}\npublic: {en: [government]}\npast: {en: [anniversary]}\nnegation: {en: [\"no\"]}\n"),
		"relevance.yaml":    file("terms: {en: {strong: [rebels], likely: [soldiers, army], weak: [killed]}}\n"),
	}
}

func loadSmall(t testing.TB) *Tagger {
	t.Helper()
	tagger, err := Load(smallTaxonomy())
	if err != nil {
		t.Fatal(err)
	}
	return tagger
}

// quotes returns what carried each topic, heaviest first.
func quotes(r Result, id string) []string {
	var out []string
	for _, topic := range r.Topics {
		if topic.ID == id {
			for _, s := range topic.Evidence {
				out = append(out, s.Quote)
			}
		}
	}
	return out
}

func TestTagFindsTermsInManyWritings(t *testing.T) {
	tagger := loadSmall(t)
	tests := []struct{ name, lang, body, want string }{
		{"case", "en", "A CEASEFIRE holds.", "CEASEFIRE"},
		{"star", "en", "Two ceasefires hold.", "ceasefires"},
		{"hyphen", "en", "A cease-fire holds.", "cease-fire"},
		{"space", "en", "A cease  fire holds.", "cease  fire"},
		{"line break", "en", "A cease\r\nfire holds.", "cease\r\nfire"},
		{"non-breaking hyphen", "en", "A cease\u2011fire holds.", "cease\u2011fire"},
		{"blank line parts", "en", "A cease\n\nfire holds.", ""},
		{"comma parts", "en", "A cease, fire holds.", ""},
		{"left boundary", "en", "The ambassador spoke.", ""},
		{"possessive", "en", "The ceasefire's end.", "ceasefire's"},
		{"star inside a phrase", "en", "A suicidal bomber fled.", "suicidal bomber"},
		{"abbreviation with dots", "en", "A U.N. truce holds.", "U.N. truce"},
		{"abbreviation without", "en", "A UN truce holds.", "UN truce"},
		{"apostrophe", "en", "A coup d’etat failed.", "coup d’etat"},
		{"combining accents", "en", "A coup d'e\u0301tat failed.", "coup d'e\u0301tat"},
		{"soft hyphen", "en", "A cease\u00adfire holds.", "cease\u00adfire"},
		{"full width", "en", "A ｃｅａｓｅｆｉｒｅ holds.", "ｃｅａｓｅｆｉｒｅ"},
		{"invalid UTF-8 around", "en", "\xffceasefire\xc3", "ceasefire"},
		{"arabic article", "ar", "أعلنت الهدنة أمس", "هدنة"},
		{"arabic conjunction and article", "ar", "والهدنة قائمة", "هدنة"},
		{"arabic li- with the article", "ar", "رفضهم للهدنة", "هدنة"},
		{"arabic vowel signs", "ar", "هُدْنَة جديدة", "هُدْنَة"},
		{"arabic alef without hamza, tatweel", "ar", "وقف اطــلاق النار", "وقف اطــلاق النار"},
		{"arabic within a word", "ar", "مهدنة", ""},
		{"arabic article within a phrase", "ar", "وقف الإطلاق النار", "وقف الإطلاق النار"},
		{"hebrew article within a phrase", "he", "הפסקת האש נמשכת", "הפסקת האש"},
		{"hebrew prefix", "he", "הוסכם שהפסקת אש תחל", "הפסקת אש"},
		{"hebrew gershayim", "he", "כוחות צה״ל נכנסו", "צה״ל"},
		{"chinese has no spaces", "zh", "双方同意停火三天", "停火"},
		{"japanese decomposed", "ja", "新型\u30df\u30b5\u30a4\u30eb発射", "ミサイル"},
		{"turkish capital without dot", "tr", "SALDIRI sürüyor", "SALDIRI"},
		{"german sharp s", "de", "Auf der STRASSENBRÜCKE", "STRASSENBRÜCKE"},
		{"any language", "fr", "le unmissxyz", "unmissxyz"},
		{"unknown language, by script", "und", "双方同意停火三天", "停火"},
		{"other language of the script", "en", "双方同意停火三天", ""},
		{"close together", "en", "The army said hostilities had been halted.", "army said hostilities had been halted"},
		{"too far apart", "en", "The army said that on the whole last night all the hostilities had been halted.", ""},
		{"in two sentences", "en", "The army spoke. Hostilities halted.", ""},
		{"one word cannot fill two groups", "en", "They halted the fighting.", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := quotes(tagger.Tag(Text{Language: tt.lang, Headline: "Rebels", Body: tt.body}), "peace.ceasefire")
			if tt.want == "" && got != nil || tt.want != "" && (len(got) == 0 || got[0] != tt.want) {
				t.Errorf("Tag(%q) found %q, want %q", tt.body, got, tt.want)
			}
		})
	}
}

func TestTagWeighsZonesAndCompany(t *testing.T) {
	tagger := loadSmall(t)
	tests := []struct {
		name string
		text Text
		want bool
	}{
		{"a likely term in the headline is enough", Text{Headline: "Truce in the hills", Body: "The rebels and the troops kept quiet."}, true},
		{"one in the body is not", Text{Lead: "Report.", Body: "The rebels kept to the truce."}, false},
		{"two different ones are", Text{Lead: "Report.", Body: "The rebels kept to the truce, an armistice in all but name."}, true},
		{"one of them twice is not", Text{Lead: "Report.", Body: "The rebels kept to the truce. It is a truce."}, false},
		{"without a needed word nothing likely counts", Text{Headline: "Truce in the hills", Body: "It is quiet."}, false},
		{"a forbidden word stops its sentence", Text{Headline: "Rebels", Body: "The derby truce is a ceasefire."}, false},
		{"and only that", Text{Headline: "Rebels", Body: "A derby truce. A ceasefire."}, true},
		{"sport borrows words", Text{Headline: "Striker strikes ceasefire goal in midfield derby"}, false},
		{"war in a sports town", Text{Headline: "Ceasefire as rebels and soldiers withdraw from derby stadium"}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.text.Language = "en"
			r := tagger.Tag(tt.text)
			if got := quotes(r, "peace.ceasefire") != nil; got != tt.want {
				t.Errorf("Tag(%+v) = %+v, want the topic %t", tt.text, r, tt.want)
			}
		})
	}
}

// TestTagWantsCompany checks that a text of some length which never speaks of
// real war is not taken for one, and how words of other worlds count.
func TestTagWantsCompany(t *testing.T) {
	tagger := loadSmall(t)
	const hedge = "The neighbours signed a ceasefire over the hedge. "
	garden := strings.Repeat("They grow beans and roses there and nobody has cut the grass since the spring. ", 15)
	tests := []struct {
		name, body string
		want       bool
	}{
		{"a short text", hedge, true},
		{"a long one without company", hedge + garden, false},
		{"nor does repetition help", hedge + garden + hedge + hedge, false},
		{"with soldiers and rebels", hedge + garden + "Soldiers met rebels.", true},
		{"with cues of sport besides", hedge + "A striker, a derby, midfield, a goal. " + garden + "Soldiers came.", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := tagger.Tag(Text{Language: "en", Body: tt.body})
			if got := quotes(r, "peace.ceasefire") != nil; got != tt.want {
				t.Errorf("Tag(%q) = %+v, want the topic %t", tt.body, r, tt.want)
			}
		})
	}
}

func TestTermsOfConflictClaimCues(t *testing.T) {
	tests := []struct{ name, terms string }{
		{"a longer term", "strong: [supermarket siege]"},
		{"a near rule", "near: [{all: [[siege], [supermarket]], within: 5, weight: strong}]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fsys := smallTaxonomy()
			fsys["armed/battle.yaml"] = &fstest.MapFile{Data: []byte("topic: armed.battle\nlabel: x\nterms: {en: {" + tt.terms + "}}\n")}
			fsys["context.yaml"] = &fstest.MapFile{Data: []byte("domains: {business: {en: [supermarket, prices]}}\n")}
			tagger, err := Load(fsys)
			if err != nil {
				t.Fatal(err)
			}
			s := newScan(tagger)
			s.run(&Text{Language: "en", Headline: "Supermarket siege"})
			if got := slices.Max(s.cues[:]); got != 0 {
				t.Errorf("%v cues in the text, want none", got)
			}
			s.run(&Text{Language: "en", Headline: "Supermarket prices"})
			if got := slices.Max(s.cues[:]); got != 2 {
				t.Errorf("%v cues in a text of business, want 2", got)
			}
		})
	}
}

// checkResult holds for every text.
func checkResult(t *testing.T, text Text, r Result) {
	t.Helper()
	if !(r.Relevance >= 0 && r.Relevance <= 1) {
		t.Errorf("relevance = %v, want 0 to 1", r.Relevance)
	}
	last := 1.0
	for _, topic := range r.Topics {
		if topic.Confidence > last || topic.Confidence < 0.5-1e-6 || r.Relevance < 0.5 || topic.Confidence > 1 {
			t.Errorf("%s: confidence %v after %v", topic.ID, topic.Confidence, last)
		}
		last = topic.Confidence
		if len(topic.Evidence) == 0 {
			t.Errorf("%s: no evidence", topic.ID)
		}
		for _, s := range topic.Evidence {
			field := map[string]string{"headline": text.Headline, "lead": text.Lead, "body": text.Body}[s.Field]
			if s.Start < 0 || s.End > len(field) || s.Start >= s.End || field[s.Start:s.End] != s.Quote {
				t.Errorf("%s: span %+v is not in its field", topic.ID, s)
			} else if utf8.ValidString(field) && !utf8.ValidString(s.Quote) {
				t.Errorf("%s: quote %q cuts a letter", topic.ID, s.Quote)
			}
			if !strings.HasPrefix(s.Rule, topic.ID+"/") || s.Weight <= 0 {
				t.Errorf("%s: span %+v, want a rule of the topic and a weight", topic.ID, s)
			}
		}
	}
}

// TestSpansPointIntoTheText throws words, marks and broken bytes together.
func TestSpansPointIntoTheText(t *testing.T) {
	tagger := loadSmall(t)
	parts := []string{"ceasefire", "cease", "fire", " ", "-", "\r\n", "\n\n", "’", "'s", ".", "é", "e\u0301", "\u0301", "ß", "ﷺ", "㍿", "ŉ", "\xff", "\xe2\x80", "\u200d", "\ufeff", "هدنة", "ال", "و", "停火", "カ\u3099", "\u3099", "U.N.", " truce", "halt", " army ", "fighting ", "ꜳ", "İ", "ı", "\"", "צה", "ל", "\x00", "😀", "٫", "½"}
	rng := rand.New(rand.NewPCG(1, 2))
	word := func() string {
		var b strings.Builder
		for range rng.IntN(30) {
			b.WriteString(parts[rng.IntN(len(parts))])
		}
		return b.String()
	}
	for range 3000 {
		text := Text{Language: []string{"en", "ar", "zh", "und", "he", "xx"}[rng.IntN(6)], Headline: word(), Lead: word(), Body: word()}
		checkResult(t, text, tagger.Tag(text))
		if t.Failed() {
			t.Fatalf("text: %q", text)
		}
	}
}

func TestTagIsBounded(t *testing.T) {
	tagger := loadSmall(t)
	for _, body := range []string{
		strings.Repeat("halt fighting ", 200_000),
		strings.Repeat("halt ", 100_000) + strings.Repeat("army ", 100_000),
		strings.Repeat("ceasefire", 100_000),
		strings.Repeat("suicidal ", 100_000),
		strings.Repeat("停火", 300_000),
		strings.Repeat("ه", 500_000),
		strings.Repeat(". ", 500_000),
		strings.Repeat("U.", 500_000),
		strings.Repeat("\u0301", 500_000),
	} {
		text := Text{Language: "und", Body: body}
		checkResult(t, text, tagger.Tag(text))
	}
}

func TestTagIsSafeForConcurrentUse(t *testing.T) {
	tagger := loadSmall(t)
	texts := []Text{
		{Language: "en", Headline: "Ceasefire holds", Body: "Rebels and troops halted hostilities, the army said."},
		{Language: "zh", Body: "双方同意停火三天"},
		{Language: "en", Body: "Nothing here."},
	}
	want := make([]string, len(texts))
	for i, text := range texts {
		want[i] = fmt.Sprint(tagger.Tag(text))
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i := range 300 {
				if got := fmt.Sprint(tagger.Tag(texts[i%len(texts)])); got != want[i%len(texts)] {
					t.Errorf("Tag = %s, want %s", got, want[i%len(texts)])
					return
				}
			}
		})
	}
	wg.Wait()
}

func FuzzTag(f *testing.F) {
	tagger := loadSmall(f)
	f.Add("en", "Ceasefire holds", "", "The army halted hostilities.")
	f.Add("ar", "الهدنة", "", "وقف إطلاق النار")
	f.Add("und", "停火", "\xff", "coup d'e\u0301tat U.N. truce")
	f.Fuzz(func(t *testing.T, lang, headline, lead, body string) {
		text := Text{Language: lang, Headline: headline, Lead: lead, Body: body}
		checkResult(t, text, tagger.Tag(text))
	})
}

func TestWeakTermsOnlySupport(t *testing.T) {
	rules := smallTaxonomy()
	rules["armed/battle.yaml"].Data = []byte("topic: armed.battle\nlabel: Battle\nterms: {en: {likely: [clash*], weak: [offensive, infantry, tanks, barracks, trenches, bunkers]}}\n")
	tagger, err := Load(rules)
	if err != nil {
		t.Fatal(err)
	}
	const weak = "The army showed tanks, trenches, bunkers and barracks, its infantry and an offensive of rebels and soldiers"
	for _, tt := range []struct {
		body string
		want bool
	}{
		{weak + ".", false},
		{weak + " in a clash.", true},
	} {
		res := tagger.Tag(Text{Language: "en", Headline: "Rebels and soldiers", Body: tt.body})
		if got := len(quotes(res, "armed.battle")) > 0; got != tt.want {
			t.Errorf("armed.battle in %q: %t, want %t", tt.body, got, tt.want)
		}
	}
}
