package topic

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
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

// What itself gives way to a third does not push another out, whichever of
// their names comes first.
func TestTopicYieldsOnlyToWhatStays(t *testing.T) {
	topic := func(id, yields string) string {
		return "topic: armed." + id + "\nlabel: x\nyields: [" + yields + "]\nterms: {en: {strong: [" + id + "]}}\n"
	}
	const text = "The soldiers heard alpha, beta and gamma."
	for _, names := range [][3]string{{"alpha", "beta", "gamma"}, {"gamma", "beta", "alpha"}} {
		rules := smallTaxonomy()
		first, second, third := names[0], names[1], names[2]
		for id, yields := range map[string]string{first: "armed." + second, second: "armed." + third, third: ""} {
			rules["armed/"+id+".yaml"] = &fstest.MapFile{Data: []byte(topic(id, yields))}
		}
		tagger, err := Load(rules)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, topic := range tagger.Tag(Text{Language: "en", Body: text}).Topics {
			got = append(got, topic.ID)
		}
		slices.Sort(got)
		want := []string{"armed." + first, "armed." + third}
		if slices.Sort(want); !slices.Equal(got, want) {
			t.Errorf("%s yields to %s, and that to %s: topics = %v, want %v", first, second, third, got, want)
		}
	}
}

func TestTopicsDoNotYieldInACircle(t *testing.T) {
	rules := smallTaxonomy()
	rules["armed/battle.yaml"].Data = []byte("topic: armed.battle\nlabel: x\nyields: [armed.raid]\nterms: {en: {strong: [war]}}\n")
	rules["armed/raid.yaml"] = &fstest.MapFile{Data: []byte("topic: armed.raid\nlabel: x\nyields:\n  - armed.battle\nterms: {en: {strong: [raid]}}\n")}
	const want = `armed/raid.yaml:4: topic "armed.raid" yields to "armed.battle", which yields to it`
	if _, err := Load(rules); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("Load = %v, want %s", err, want)
	}
}
