package sink

import (
	"slices"
	"testing"
	"time"

	"conflictwire/enrich"
	"conflictwire/enrich/place"
	"conflictwire/enrich/topic"
	"conflictwire/sink/record"
)

func TestRetagPublishesChangedTagsAlone(t *testing.T) {
	s, _ := open(t, Config{})
	for _, r := range []*enrich.Record{
		enriched("https://a.example/1", "Truce holds", body, "sy", "peace.ceasefire"),
		enriched("https://a.example/2", "Talks go on", body, "sy", "peace.talks"),
	} {
		if res, err := s.Publish(t.Context(), r); err != nil || res.Outcome != Stored {
			t.Fatalf("Publish = %+v, %v", res, err)
		}
	}
	// The new rules call every truce talks, and leave talks as they are.
	rules := func(text enrich.Text) enrich.Tags {
		if text.Body != body {
			t.Errorf("tagged body %q", text.Body)
		}
		return enrich.Tags{
			Relevance: 0.9, Country: "sy", Taxonomy: "new",
			Topics: []topic.Topic{{ID: "peace.talks", Confidence: 0.9, Evidence: []topic.Span{{Field: "headline", Start: 0, End: 5, Quote: text.Headline[:5]}}}},
			Places: []place.Place{{Country: "sy", Name: "Syria", Role: place.Event}},
		}
	}
	var ids []string
	if err := Newest(t.Context(), s.js, time.Time{}, func(rec *record.Record) error {
		ids = append(ids, rec.Conflictwire.ID)
		return nil
	}); err != nil || len(ids) != 2 {
		t.Fatalf("Newest = %v, %v, want two articles", ids, err)
	}
	for again := range 2 {
		outcomes := map[Outcome]int{}
		for _, id := range ids {
			res, err := s.Retag(t.Context(), id, rules)
			if err != nil {
				t.Fatal(err)
			}
			outcomes[res.Outcome]++
			if res.Outcome != Stored {
				continue
			}
			c := res.Record.Conflictwire
			if res.Record.Version != "2" || c.Op != record.Retag || !slices.Equal(c.Changes, []string{"topics"}) || c.Taxonomy != "new" ||
				c.Topics[0].ID != "conflict.peace.talks" || res.Record.Headline() != "Truce holds" || res.Record.Body("text/plain") != body {
				t.Errorf("retagged: version %s, %+v", res.Record.Version, c)
			}
		}
		want := map[Outcome]int{Stored: 1, Unchanged: 1}
		if again == 1 {
			want = map[Outcome]int{Unchanged: 2}
		}
		if len(outcomes) != len(want) || outcomes[Stored] != want[Stored] || outcomes[Unchanged] != want[Unchanged] {
			t.Errorf("round %d: %v, want %v", again+1, outcomes, want)
		}
	}
	// The publisher's next reading of the same text is no new version.
	if res, err := s.Publish(t.Context(), enriched("https://a.example/1", "Truce holds", body, "sy", "peace.ceasefire")); err != nil || res.Outcome != Unchanged {
		t.Errorf("the same article again: %+v, %v", res, err)
	}
	if res, err := s.Retag(t.Context(), "00000000-0000-5000-8000-000000000000", rules); err != nil || res.Outcome != Unknown {
		t.Errorf("an unknown article: %+v, %v", res, err)
	}
}

func TestRetagLeavesWithdrawnArticles(t *testing.T) {
	s, _ := open(t, Config{})
	r := enriched("https://a.example/1", "Truce holds", body, "sy", "peace.ceasefire")
	if _, err := s.Publish(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Withdraw(t.Context(), r.ID, "410"); err != nil {
		t.Fatal(err)
	}
	res, err := s.Retag(t.Context(), r.ID, func(enrich.Text) enrich.Tags { t.Error("tagged"); return enrich.Tags{} })
	if err != nil || res.Outcome != Unchanged {
		t.Errorf("Retag = %+v, %v", res, err)
	}
	if err := Newest(t.Context(), s.js, time.Time{}, func(rec *record.Record) error { t.Errorf("shown: %s", rec.URI); return nil }); err != nil {
		t.Error(err)
	}
}

func TestReusedIdBecomesAStoryOfItsOwn(t *testing.T) {
	s, _ := open(t, Config{})
	first := enriched("https://a.example/1", "Truce holds", body, "sy", "peace.ceasefire")
	if _, err := s.Publish(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{first.ID: true}
	for n, words := range []string{"Herring prices fall as the fleet comes home early from the northern banks.", "A choir of two hundred sang on the frozen lake until the ice began to answer."} {
		other := enriched("https://a.example/1", "Another story altogether", words, "no")
		other.Entry.Key, other.ID = first.Entry.Key, first.ID // the publisher used its id again
		other.Entry.Link = "https://a.example/other/" + string(rune('a'+n))
		other.Title += words[:10]
		for range 2 {
			res, err := s.Publish(t.Context(), other)
			if err != nil || res.Outcome == Stored && seen[res.ID] {
				t.Fatalf("Publish = %+v, %v; want an id of its own", res, err)
			}
			if res.Outcome == Stored {
				seen[res.ID] = true
			}
		}
	}
	if rec, err := s.Last(t.Context(), first.ID); err != nil || rec.Version != "1" || len(seen) != 3 {
		t.Errorf("the first story is version %s, %v; %d ids, want 3", rec.Version, err, len(seen))
	}
}
