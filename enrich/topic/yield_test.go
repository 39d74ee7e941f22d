package topic

import (
	"strings"
	"testing"
)

// A short text tells one event; a long one may report of two.
func TestTopicsYield(t *testing.T) {
	rules := smallTaxonomy()
	rules["armed/battle.yaml"].Data = []byte("topic: armed.battle\nlabel: Battle\nyields: [peace.ceasefire]\nterms: {en: {strong: [fighting]}}\n")
	tagger, err := Load(rules)
	if err != nil {
		t.Fatal(err)
	}
	const event = "After days of fighting soldiers and rebels agreed on a cease-fire. "
	for _, tt := range []struct {
		name, body string
		want       string // topics
	}{
		{"short", event, "peace.ceasefire"},
		{"alone", "Days of fighting between soldiers and rebels.", "armed.battle"},
		{"long", event + strings.Repeat("The rebels and the soldiers buried their dead. ", 12), "armed.battle peace.ceasefire"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			text := Text{Language: "en", Body: tt.body}
			var got []string
			for _, topic := range tagger.Tag(text).Topics {
				got = append(got, topic.ID)
			}
			for _, id := range []string{"armed.battle", "peace.ceasefire"} {
				if has := strings.Contains(strings.Join(got, " "), id); has != strings.Contains(tt.want, id) {
					t.Errorf("topics = %v, want %s", got, tt.want)
				}
			}
		})
	}
	_, misses := tagger.Why(Text{Language: "en", Body: event})
	if len(misses) != 1 || !strings.Contains(misses[0].Reason, "peace.ceasefire, which goes first") {
		t.Errorf("misses = %+v, want armed.battle, because of peace.ceasefire", misses)
	}
}
