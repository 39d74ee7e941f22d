package topic

import (
	"slices"
	"testing"
)

func TestLongAgo(t *testing.T) {
	for text, want := range map[string]bool{
		"1944": true, "1944, when": true, "1829 began": true, "1529": false, "1701, passed": false, "۱۹۴۴": true, "١٩٤٤ م": true, "१९४४ में": true, "1944年に": true,
		"1980": false, "2014": false, "1403": false, "1,944": false, "19444": false, "194": false, "1944th": false, "troops": false, "": false,
		"1600 civilians": false, "1900": false, "1730 GMT": false, "1730GMT": false, "1815 UTC)": false, "1815 Utica": true,
	} {
		if got := longAgo(text); got != want {
			t.Errorf("longAgo(%q) = %t, want %t", text, got, want)
		}
	}
}

// An event of another century weighs half in its sentence, in every language.
func TestYearsPutASentenceInThePast(t *testing.T) {
	tagger := loadSmall(t)
	weight := func(body string) float64 {
		t.Helper()
		for _, topic := range tagger.Tag(Text{Language: "en", Headline: "Rebels and troops", Body: body}).Topics {
			return topic.Evidence[0].Weight
		}
		t.Fatalf("no topic in %q", body)
		return 0
	}
	const now, then = "Rebels and troops kept the ceasefire of 2024.", "Rebels and troops kept the ceasefire of 1824."
	if a, b := weight(now+" The ceasefire holds."), weight(then+" The ceasefire holds."); a != b {
		t.Errorf("the year weakens another sentence: %v and %v", a, b)
	}
	s := newScan(tagger)
	for body, want := range map[string]bool{now: false, then: true} {
		s.run(&Text{Language: "en", Body: body})
		if got := slices.ContainsFunc(s.sents, func(s sentence) bool { return s.past }); got != want {
			t.Errorf("past in %q: %t, want %t", body, got, want)
		}
	}
}
