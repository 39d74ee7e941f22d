package enrich

import (
	"testing"

	"conflictwire/ingest"
	"conflictwire/ingest/article"
)

func TestActorsAreNamedOnlyWhenAskedFor(t *testing.T) {
	text := Text{Language: "en", Headline: "Hezbollah and the Israeli army agree a ceasefire", Body: "The truce began at dawn in Beirut."}
	with := builtin(t)
	plain := New(with.topics, with.places)
	if got := plain.Tag(text).Actors; got != nil {
		t.Errorf("actors = %v, want none", got)
	}
	with = plain.WithActors(with.actors)
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

// TestEnrichTagsInTheLanguageOfTheText wants an article that declares another
// language to be tagged as if it had declared its own.
func TestEnrichTagsInTheLanguageOfTheText(t *testing.T) {
	e := builtin(t)
	for _, s := range languages {
		text := grow([]sample{s}, conflictOf)[0]
		a := &ingest.Article{Article: article.Article{Title: text.Headline, Language: "en-GB", Body: []article.Paragraph{{Text: text.Body}}}}
		got := e.Enrich(a)
		if got.Language != s.language {
			t.Errorf("%s: Language = %q", s.language, got.Language)
		}
		want := e.Tag(Text{Language: s.language, Headline: a.Title, Body: got.PlainBody})
		if got.Relevance != want.Relevance || got.Country != want.Country || len(got.Actors) != len(want.Actors) || len(got.Topics) != len(want.Topics) {
			t.Errorf("%s: Tags = %+v, want those of Tag, %+v", s.language, got.Tags, want)
		}
		if got.Relevance < 0.5 || len(got.Topics) == 0 {
			t.Errorf("%s: relevance %.2f, topics %v; want a report of conflict", s.language, got.Relevance, got.Topics)
		}
		other := e.Tag(grow([]sample{s}, ordinaryOf)[0])
		if other.Relevance >= 0.5 || len(other.Actors) > 0 {
			t.Errorf("%s: other news has relevance %.2f and actors %v, want none", s.language, other.Relevance, other.Actors)
		}
	}
}
