package place

import (
	"reflect"
	"strings"
	"testing"
)

// TestStartsPassNothingBy compares a search of the words that may begin a name
// with one of all words.
func TestStartsPassNothingBy(t *testing.T) {
	g := gazetteer(t)
	all := &Gazetteer{places: g.places, points: g.points, names: g.names, context: g.context, starts: new(starts)}
	for i := range all.starts.first {
		all.starts.first[i] = 0xFF
	}
	bodies := []string{
		"eastern Ghouta, the al-Hol camp, southern lebanon and the lebanese army near de Veenkoloniën in Syria",
		"rebels took northern aleppo, said a turkish officer; in the gaza strip, el Geneina and s-Hertogenbosch",
		"soldados sirios en el norte de siria, turkey sandwich, chad and jordan, west bank of the river",
		"Kämpfe in der Ostukraine und in Nordsyrien; Rebellen aus Südostasien, der Tschad, 20th-century Österreich",
		"в Сирии и Судане, жители Харькова, под Киевом; у Сумах, в Горной Шории, сирийские и судaнские войска",
		"w Syrii, w Sudanie, Charkowa, Suriye'nin kuzeyinde, Halep'te, Şam'da, İdlib kırsalı, USA'nın",
		"مقتل جنود بسوريا وللسودان في الفاشر وبالسودان، فانفجار كالعراق للبنان",
		"הקרבות שבסודאן נמשכים, ובסוריה, מלבנון וברצועת עזה",
		"सीरिया में विस्फोट, काबुल में, ज़ापोरिज़्ज़िया", "俄罗斯导弹袭击哈尔科夫市场，刚果（金）东部", "ロシア軍のミサイル、ハルキウの市場",
	}
	for _, n := range g.names.names { // in a text of each language in turn
		if n.place >= 0 && len(bodies) < 400 {
			bodies = append(bodies, "in "+g.places[n.place].name+" and "+g.points[len(bodies)].Name+"'s, "+strings.ToLower(g.points[9*len(bodies)].Name))
		}
	}
	for i, body := range bodies {
		for j, lang := range append([]string{"und", "sv"}, languages...) {
			if i > 10 && i%20 != j {
				continue
			}
			text := Text{Language: lang, Headline: body, Body: strings.ToUpper(body)}
			if got, want := g.Find(text), all.Find(text); !reflect.DeepEqual(got, want) {
				t.Errorf("%s: Find(%q) = %+v, want %+v", lang, body, got, want)
			}
		}
	}
}

// A word with an ending begins what the word does.
func TestStartsKnowEndings(t *testing.T) {
	for _, tt := range []struct {
		path, word string
		want       uint8
	}{
		{"usa", "usa", startsName | startsName<<inflected},
		{"usa", "usas", startsName << inflected},    // German
		{"oma+", "omanin", startsName << inflected}, // Turkish
		{"сша ", "сшаю", startsName << inflected},   // Cyrillic
		{"oma*", "omaxyz", startsName},              // any, in any language
		{"чад*", "чадских", startsName},
		{"काब*", "काबुल", startsName},
		{"s", "s", startsName},
	} {
		s := new(starts)
		s.add([]byte(tt.path), startsName)
		if got := s.of(headOf([]byte(tt.word))); got&tt.want != tt.want {
			t.Errorf("with %q, %q begins %b, want %b", tt.path, tt.word, got, tt.want)
		}
		if got := s.of(headOf([]byte("zzzz"))); got != 0 {
			t.Errorf("with %q, zzzz begins %b", tt.path, got)
		}
	}
}

// The way into a trie by two bytes must not pass by a name of one.
func TestNamesOfOneLetterAreFound(t *testing.T) {
	g, err := Load(files(map[string]string{"regions.tsv": "sy\ty|yub\n"}))
	if err != nil {
		t.Fatal(err)
	}
	if got := EventCountry(g.Find(Text{Language: "pl", Headline: "w yu"})); got != "sy" {
		t.Errorf("event = %q, want sy", got)
	}
}

// Scans are used again; what one text leaves must not be seen in the next.
func TestFindForgetsTheTextBefore(t *testing.T) {
	used := gazetteer(t)
	texts := []Text{
		{Language: "en", Headline: "Shells land in El Fasher", Lead: "In Sudan", Body: "CAIRO - Darfur and Chad. " + strings.Repeat("Aleppo and Homs. ", 50)},
		{Language: "ru", Body: "Взрыв в Алеппо"},
		{Language: "en", Headline: "Rain"},
		{Language: "zh", Headline: "喀土穆发生激烈交火"},
		{Language: "en", Headline: "Strikes in Homs"},
		{Language: "en", Headline: "Strikes in Aleppo and Homs"},
	}
	for i, text := range append(texts, texts...) {
		fresh := &Gazetteer{places: used.places, points: used.points, names: used.names, context: used.context, starts: used.starts}
		if got, want := used.Find(text), fresh.Find(text); !reflect.DeepEqual(got, want) {
			t.Errorf("text %d: Find = %+v, want %+v", i, got, want)
		}
	}
}

// Words are read eight bytes at a time where they are ASCII.
func TestWordsOfAnyLength(t *testing.T) {
	for n := 1; n <= 40; n++ {
		for _, end := range []string{"", " ", ".", "é", "9", "’", " é", " b"} {
			for _, first := range []string{"a", "A", "É"} {
				text := first + strings.Repeat("b", n-1) + end
				var p page
				p.read("", text)
				key := strings.ToLower(strings.TrimRight(text, " .9’"))
				key, _, _ = strings.Cut(key, " ")
				if got := string(p.key(0)); got != key {
					t.Errorf("key of %q = %q, want %q", text, got, key)
				}
				if w := p.words[0]; w.upper != (first != "a") || w.caps != (first != "a" && key == strings.ToLower(first)) || p.text[w.start:w.end] != text[:len(key)] {
					t.Errorf("word of %q = %+v", text, w)
				}
			}
		}
	}
}
