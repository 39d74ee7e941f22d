package enrich

import (
	"testing"

	"conflictwire/enrich/actor"
	"conflictwire/enrich/place"
	"conflictwire/enrich/topic"
)

func TestActorsAreNamedOnlyWhenAskedFor(t *testing.T) {
	topics, err := topic.Default()
	if err != nil {
		t.Fatal(err)
	}
	places, err := place.Default()
	if err != nil {
		t.Fatal(err)
	}
	actors, err := actor.Default()
	if err != nil {
		t.Fatal(err)
	}
	text := Text{Language: "en", Headline: "Hezbollah and the Israeli army agree a ceasefire", Body: "The truce began at dawn in Beirut."}
	plain := New(topics, places)
	if got := plain.Tag(text).Actors; got != nil {
		t.Errorf("actors = %v, want none", got)
	}
	with := plain.WithActors(actors)
	tags := with.Tag(text)
	if len(tags.Actors) != 2 || tags.Actors[0].ID != "hezbollah" || tags.Actors[1].ID != "idf" {
		t.Errorf("actors = %v, want hezbollah and idf", tags.Actors)
	}
	if plain.Tag(text).Actors != nil {
		t.Error("WithActors changed the enricher that it was called on")
	}
	if res, _ := with.Why(text); res.Relevance != tags.Relevance || len(res.Topics) != len(tags.Topics) {
		t.Errorf("Why = %+v, want what Tag says, %+v", res, tags)
	}
}
