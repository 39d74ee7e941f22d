package topic

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestDiffSaysWhatATaxonomyGainsAndLoses(t *testing.T) {
	before := loadSmall(t)
	rules := smallTaxonomy()
	rules["armed/battle.yaml"].Data = []byte("topic: armed.battle\nlabel: Battle\nterms: {en: {strong: [skirmish*]}}\n")
	after, err := Load(rules)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ body, gained, lost string }{
		{"Rebels and soldiers fought a battle.", "", "armed.battle"},
		{"Rebels and soldiers fought a skirmish.", "armed.battle", ""},
		{"Rebels and soldiers agreed a ceasefire.", "", ""},
	} {
		c, changed := Diff(before, after, Text{Language: "en", Body: tt.body})
		if got := list(c.Gained); got != tt.gained {
			t.Errorf("Diff(%q) gained %q, want %q", tt.body, got, tt.gained)
		}
		if got := list(c.Lost); got != tt.lost {
			t.Errorf("Diff(%q) lost %q, want %q", tt.body, got, tt.lost)
		}
		if want := tt.gained+tt.lost != ""; changed != want {
			t.Errorf("Diff(%q) changed = %t, want %t", tt.body, changed, want)
		}
	}
}

func list(topics []Topic) string {
	var ids []string
	for _, t := range topics {
		ids = append(ids, t.ID)
	}
	return strings.Join(ids, " ")
}

func TestSentenceIsWhatAnEditorSees(t *testing.T) {
	for _, tt := range []struct{ field, span, want string }{
		{"It rained. A truce held, they said. Then night fell.", "truce", "A truce held, they said."},
		{"A truce", "truce", "A truce"},
		{"First.\nHeadless line with truce\nand more", "truce", "Headless line with truce\n"},
		{"下雨了。双方停火。夜幕降临。", "停火", "双方停火。"},
		{strings.Repeat("й", 400) + "truce" + strings.Repeat("й", 400), "truce", strings.Repeat("й", 150) + "truce" + strings.Repeat("й", 150)},
	} {
		start := strings.Index(tt.field, tt.span)
		from, to := Sentence(tt.field, start, start+len(tt.span))
		if got := tt.field[from:to]; got != tt.want || !utf8.ValidString(got) {
			t.Errorf("Sentence of %q = %q, want %q", tt.span, got, tt.want)
		}
	}
}
