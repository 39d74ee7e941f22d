package main

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// longConfig is a configuration of n feeds in the given form, between two
// other keys.
func longConfig(n int, item string) string {
	var b strings.Builder
	b.WriteString("# many\nevery: 7m\nfeeds:\n\n")
	for i := range n {
		fmt.Fprintf(&b, item, i)
	}
	b.WriteString("max_age: 100h\n")
	return b.String()
}

func TestLongListsAreReadInPieces(t *testing.T) {
	for name, item := range map[string]string{
		"flow":      "  - {id: f%d, url: \"https://a.example/%[1]d\"}\n",
		"block":     "  - id: f%d\n    url: https://a.example/%[1]d\n\n    # of the desk\n    title: \"- not an item\"\n",
		"no indent": "- {id: f%d, url: \"https://a.example/%[1]d\"}\n",
		"folded":    "  - id: f%d\n    title: >\n      - a title\n      - of two lines\n    url: https://a.example/%[1]d\n",
	} {
		t.Run(name, func(t *testing.T) {
			text := longConfig(3*pieceItems+7, item)
			head, pieces := splitList([]byte(text), "feeds")
			if len(pieces) != 3 || strings.Count(string(head), "\n") != strings.Count(text, "\n") {
				t.Fatalf("%d pieces, head of %d lines; want 3, %d", len(pieces), strings.Count(string(head), "\n"), strings.Count(text, "\n"))
			}
			var got, want Config
			if d, err := decodeYAML("x.yaml", []byte(text), &got); err != nil || d.err() != nil {
				t.Fatal(err, d.err())
			}
			if _, err := decodeParts("x.yaml", []byte(text), []byte(text), nil, reflect.ValueOf(&want).Elem()); err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, want) || len(got.Feeds) != 3*pieceItems+7 || got.MaxAge == 0 {
				t.Errorf("%d feeds, max_age %v; in one piece %d", len(got.Feeds), got.MaxAge, len(want.Feeds))
			}
		})
	}
}

func TestFaultsInLongListsHaveTheirLines(t *testing.T) {
	text := longConfig(2*pieceItems, "  - {id: f%d, url: \"https://a.example/%[1]d\"}\n")
	lines := strings.Split(text, "\n")
	at := 4 + pieceItems + 20
	lines[at] = `  - {id: f1, url: "https://a.example/twice", evry: 5m}`
	_, err := load(t, strings.Join(lines, "\n"))
	for _, want := range []string{fmt.Sprintf(":%d: feeds[%d].evry: unknown key; is \"every\" meant?", at+1, pieceItems+20), fmt.Sprintf(":%d: feeds[%d].id: \"f1\" is the id of feeds[1] already", at+1, pieceItems+20)} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v\nwant %s", err, want)
		}
	}
	lines[at] = `  - {id: f1, url: "https://a.example/open`
	if _, err := load(t, strings.Join(lines, "\n")); err == nil || !strings.Contains(err.Error(), "yaml:") {
		t.Errorf("a list that breaks off: %v", err)
	}
}
