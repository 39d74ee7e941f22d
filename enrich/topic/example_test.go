package topic_test

import (
	"fmt"
	"log"
	"testing/fstest"

	"conflictwire/enrich/topic"
)

func ExampleLoad() {
	rules := fstest.MapFS{
		"peace/group.yaml": {Data: []byte("group: peace\nlabel: Peace\n")},
		"peace/ceasefire.yaml": {Data: []byte(`
topic: peace.ceasefire
label: Ceasefire
terms:
  en: {strong: [cease-fire*], likely: [truce*]}
tests:
  - {lang: en, match: "A cease-fire began at noon."}
`)},
	}
	tagger, err := topic.Load(rules)
	if err != nil {
		log.Fatal(err)
	}
	result := tagger.Tag(topic.Text{Language: "en", Headline: "Cease-fire takes hold", Body: "A truce began at noon."})
	for _, t := range result.Topics {
		for _, e := range t.Evidence {
			fmt.Printf("%s: %q by %s\n", t.ID, e.Quote, e.Rule)
		}
	}
	// Output:
	// peace.ceasefire: "Cease-fire" by peace.ceasefire/en/strong/cease-fire*
	// peace.ceasefire: "truce" by peace.ceasefire/en/likely/truce*
}
