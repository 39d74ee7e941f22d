package topic

import (
	"fmt"
	"slices"
	"testing"
	"testing/fstest"
)

// TestYearsAreSeenThatBeginNoTerm wants years of the past to be seen in any
// writing, whether or not their digits stand in some term.
func TestYearsAreSeenThatBeginNoTerm(t *testing.T) {
	for _, term := range []string{"war", "w1١۱१１"} {
		tagger, err := Load(fstest.MapFS{"armed/battle.yaml": &fstest.MapFile{Data: fmt.Appendf(nil,
			"topic: armed.battle\nlabel: x\nterms: {en: {strong: [%s]}}\n", term)}})
		if err != nil {
			t.Fatal(err)
		}
		for _, year := range []string{"1916", "١٩١٦", "۱۹۱۶", "१९१६", "１９１６"} {
			s := newScan(tagger)
			text := Text{Language: "en", Body: "They fell in " + year + "."}
			s.readAll(tagger.languagesOf(&text), &text)
			if !slices.ContainsFunc(s.sents, func(x sentence) bool { return x.past }) {
				t.Errorf("with the term %q the year in %q is not seen", term, text.Body)
			}
		}
	}
}
