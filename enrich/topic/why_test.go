package topic

import (
	"strings"
	"testing"
)

func TestWhySaysWhatWasInTheWay(t *testing.T) {
	tagger := loadSmall(t)
	for _, tt := range []struct {
		name, body, id, reason string
		vetoed                 string
	}{
		{"too little", "Rebels and soldiers spoke of a truce in the hills above the town " + strings.Repeat("and the two sides met again ", 12), "peace.ceasefire", "scored ", ""},
		{"part of a phrase", "The army and rebels saw a derby truce.", "peace.ceasefire", `"truce" does not count: it is part of "derby truce"`, "truce"},
		{"a word is missing", "They agreed on a truce over the hedge.", "peace.ceasefire", "none of the words that the topic needs", "truce"},
		{"not about conflict", "A battle of the bands filled the hall. " + strings.Repeat("And the band played on ", 20), "armed.battle", "the relevance of the text is", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			text := Text{Language: "en", Body: tt.body}
			res, misses := tagger.Why(text)
			if want := tagger.Tag(text); len(res.Topics) != len(want.Topics) || res.Relevance != want.Relevance {
				t.Errorf("Why = %+v, want the result of Tag, %+v", res, want)
			}
			for _, m := range misses {
				if m.ID != tt.id {
					continue
				}
				if !strings.Contains(m.Reason, tt.reason) {
					t.Errorf("reason = %q, want %q in it", m.Reason, tt.reason)
				}
				for _, v := range m.Vetoed {
					if got := tt.body[v.Start:v.End]; got != v.Quote || got != tt.vetoed || v.Weight <= 0 {
						t.Errorf("vetoed %+v, text there is %q, want %q", v, got, tt.vetoed)
					}
				}
				if (len(m.Vetoed) > 0) != (tt.vetoed != "") {
					t.Errorf("vetoed = %v, want %q", m.Vetoed, tt.vetoed)
				}
				return
			}
			t.Errorf("Why(%q) misses = %+v, want one of %s", tt.body, misses, tt.id)
		})
	}
}

func TestWhyIsSilentOnWhatIsFarAway(t *testing.T) {
	if _, misses := loadSmall(t).Why(Text{Language: "en", Body: "Rain is expected in the north."}); len(misses) > 0 {
		t.Errorf("misses = %+v, want none", misses)
	}
}

// A phrase of not that contains a term takes back only that term; one that
// does not speaks for its sentence.
func TestNotTakesBackATermOrASentence(t *testing.T) {
	rules := smallTaxonomy()
	rules["armed/battle.yaml"].Data = []byte("topic: armed.battle\nlabel: Battle\nterms: {en: {strong: [battle*], likely: [clash*], near: [{all: [[rebels], [clash*]], weight: strong}], not: [legal battle*, clash of titans, chess]}}\n")
	tagger, err := Load(rules)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		body string
		want bool
	}{
		{"Soldiers fought a battle with rebels, and lawyers a legal battle.", true},
		{"Soldiers and rebels watched lawyers fight a legal battle.", false},
		{"Soldiers fought a battle with rebels over chess.", false},
		{"Soldiers met rebels in a clash of titans.", false},
		{"Soldiers met rebels in a clash, one more legal battle.", true},
	} {
		got := len(quotes(tagger.Tag(Text{Language: "en", Body: tt.body}), "armed.battle")) > 0
		if got != tt.want {
			t.Errorf("armed.battle in %q: %t, want %t", tt.body, got, tt.want)
		}
	}
}

// What a long text casts in doubt it gives back when it is surely about
// conflict, and one sentence alone is a headline.
func TestTopicsAreLiftedWhereTheTextIsSure(t *testing.T) {
	tagger := loadSmall(t)
	score := func(body string) float64 {
		s := newScan(tagger)
		s.run(&Text{Language: "en", Body: body})
		for i := range tagger.topics {
			if tagger.topics[i].ID == "peace.ceasefire" {
				return s.scores[i]
			}
		}
		return 0
	}
	filler := strings.Repeat("and they met again ", 60)
	sure := score("Rebels and soldiers agreed a ceasefire. Rebels killed soldiers. The army, rebels and soldiers " + filler)
	unsure := score("He spoke of a ceasefire " + filler)
	if sure < 1.4 || unsure >= 1 {
		t.Errorf("scores = %.2f in a text sure of conflict, %.2f in another, want at least 1.4 and under 1", sure, unsure)
	}
	if alone := score("Rebels and soldiers agreed a ceasefire"); alone < 1.9 {
		t.Errorf("score of a sentence alone = %.2f, want 2", alone)
	}
}
