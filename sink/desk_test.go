package sink

import (
	"strings"
	"testing"

	"conflictwire/sink/record"
)

func TestDeskTakes(t *testing.T) {
	rec := &record.Record{
		Language:  "en",
		Headlines: []record.Text{{Value: "Wagner out of Bamako"}},
		Bodies:    []record.Text{{ContentType: "text/plain", Value: "The convoy left by night.\n\nУчастники ушли."}},
		Conflictwire: record.Conflictwire{
			Relevance: 0.8, Country: "ml", Provenance: record.Provenance{Publisher: "a"},
			Topics: []record.Topic{{ID: "conflict.armed.intervention", Confidence: 0.9}, {ID: "conflict.peace.talks", Confidence: 0.4}},
		},
	}
	for _, tt := range []struct {
		name string
		desk Desk
		want bool
	}{
		{"no condition", Desk{}, true},
		{"topic", Desk{Topics: []string{"armed.intervention"}}, true},
		{"group", Desk{Topics: []string{"armed"}}, true},
		{"with prefix", Desk{Topics: []string{"conflict.armed"}}, true},
		{"part of a topic's name", Desk{Topics: []string{"arm"}}, false},
		{"other topic", Desk{Topics: []string{"unrest"}}, false},
		{"topic not sure enough", Desk{Topics: []string{"peace"}, Confidence: 0.5}, false},
		{"any topic that is sure enough", Desk{Confidence: 0.5}, true},
		{"country", Desk{Countries: []string{"ne", "ml"}}, true},
		{"other country", Desk{Countries: []string{"ne"}}, false},
		{"all conditions but one", Desk{Topics: []string{"armed"}, Countries: []string{"ml"}, Languages: []string{"fr"}}, false},
		{"publisher", Desk{Publishers: []string{"a"}}, true},
		{"relevance", Desk{Relevance: 0.9}, false},
		{"word in any case", Desk{Words: []string{"WAGNER"}}, true},
		{"phrase", Desk{Words: []string{"convoy left"}}, true},
		{"part of a word", Desk{Words: []string{"wag"}}, false},
		{"word in another script", Desk{Words: []string{"участники"}}, true},
		{"part of a word in another script", Desk{Words: []string{"участник"}}, false},
	} {
		if got := tt.desk.takes(rec); got != tt.want {
			t.Errorf("%s: takes = %t, want %t", tt.name, got, tt.want)
		}
	}
}

func TestDeskValidateNamesAllFaults(t *testing.T) {
	known := func(s string) bool { return s == "peace" || s == "peace.talks" }
	if err := (Desk{ID: "a-b", Topics: []string{"peace", "conflict.peace.talks"}, Countries: []string{"sy"}, Confidence: 1}).Validate(known); err != nil {
		t.Errorf("a good desk: %v", err)
	}
	err := Desk{ID: "A b", Topics: []string{"piece"}, Countries: []string{"SY", "syr"}, Confidence: 2, Relevance: -1}.Validate(known)
	if err == nil {
		t.Fatal("no fault found")
	}
	for _, want := range []string{"id:", `"piece"`, `"SY"`, `"syr"`, "confidence:", "relevance:"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("faults %q do not name %s", err, want)
		}
	}
}

func FuzzHasWord(f *testing.F) {
	f.Add("the convoy left", "convoy")
	f.Add("é", "é")
	f.Fuzz(func(t *testing.T, text, word string) {
		if hasWord(text, word) && !strings.Contains(text, word) {
			t.Errorf("%q is not in %q", word, text)
		}
	})
}
