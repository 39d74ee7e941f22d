package article

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

// proseModel takes long blocks without links for the body.
func proseModel(f *features) float32 {
	return max(.01, min(.99, f[fTokens]/6-f[fLinkShare]-f[fFurniture]))
}

func TestExplainChangesNothing(t *testing.T) {
	p := Page{URL: "https://harbour.example/ferry", Body: []byte(testPage("", testHeadline+testBody))}
	_, a, err := Explain(p)
	if err != nil {
		t.Fatal(err)
	}
	if want, err := Extract(p); err != nil || !reflect.DeepEqual(a, want) {
		t.Errorf("Explain gives %+v, Extract %+v, %v", a, want, err)
	}
}

func TestExplainTellsWhatBecameOfEachBlock(t *testing.T) {
	const lead = "Boats cross again three weeks after the shelling, and families meet for the first time since spring"
	p := Page{URL: "https://harbour.example/ferry", Body: []byte(testPage(`<meta name="description" content="`+lead+`">`,
		testHeadline+`<p class="standfirst">`+lead+`</p>`+testBody+`<p>`+testTwo+`</p>`))}
	blocks, a, err := (*Sites)(nil).explain(p, proseModel)
	if err != nil {
		t.Fatal(err)
	}
	parts := map[Part][]string{}
	for _, b := range blocks {
		parts[b.Part] = append(parts[b.Part], b.Text)
		if b.Reason == "" || b.Path == "" || b.Chance < 0 || b.Chance > 1 || b.Words <= 0 {
			t.Errorf("block = %+v", b)
		}
		for i, f := range b.Features {
			if f.Name == "" || strings.HasPrefix(f.Name, "feature ") || f.Moves == 0 {
				t.Errorf("feature %d of %q = %+v", i, b.Text, f)
			}
		}
	}
	for _, tt := range []struct {
		part Part
		text string
	}{
		{InTitle, "Ferry service resumes on the lake"}, {InStandfirst, lead}, {InBody, testOne}, {InBody, testTwo}, {Dropped, testTwo}, {LeftOut, "Home"},
	} {
		if !strings.Contains(strings.Join(parts[tt.part], "\n"), tt.text) {
			t.Errorf("%s = %q, want %q in it", tt.part, parts[tt.part], tt.text)
		}
	}
	if len(parts[InBody]) != len(a.Body) {
		t.Errorf("%d blocks in the body, want %d", len(parts[InBody]), len(a.Body))
	}
	if !slices.ContainsFunc(blocks, func(b Block) bool { return b.Part == LeftOut && len(b.Features) > 0 }) {
		t.Error("no features for any block that is left out")
	}
}

func TestExplainKnowsRulesAndEmptyPages(t *testing.T) {
	s, err := loadRules(t, strings.Replace(testRule, "  title: .t\n", "  title: .t\n  prefer: true\n", 1))
	if err != nil {
		t.Fatal(err)
	}
	blocks, a, err := s.Explain(Page{URL: "https://harbour.example/", Body: []byte(`<h1 class="t">Ferry</h1><div class="b"><p>` + testOne + `</p></div><p>` + testTwo + `</p>`)})
	if err != nil || a.Method != "site" {
		t.Fatalf("method = %q, %v", a.Method, err)
	}
	for _, b := range blocks {
		if want := map[string]Part{testOne: InBody, testTwo: LeftOut}[b.Text]; want != "" && (b.Part != want || !strings.Contains(b.Reason, "rule")) {
			t.Errorf("%q is %s because %s, want %s", b.Text, b.Part, b.Reason, want)
		}
	}
	blocks, a, err = Explain(Page{Body: []byte(`<title>Gone</title><p>Not here.`)})
	if err == nil || a == nil || len(blocks) != 1 || blocks[0].Part == InBody {
		t.Errorf("blocks = %+v, article %v, error %v", blocks, a, err)
	}
	if blocks, a, err = Explain(Page{Body: []byte("no page")}); err == nil || a != nil || blocks != nil {
		t.Errorf("blocks = %+v, article %v, error %v", blocks, a, err)
	}
}

func TestFeaturesHaveNames(t *testing.T) {
	seen := map[string]int{}
	for k := range int(numFeatures) {
		name := featureName(k)
		if j, ok := seen[name]; ok || strings.HasPrefix(name, "feature ") {
			t.Errorf("feature %d is called %q, as is %d", k, name, j)
		}
		seen[name] = k
	}
}
