package article

import (
	"math"
	"testing"
)

// TestModelFitsTheFeatures also keeps readForest from panicking in the program.
func TestModelFitsTheFeatures(t *testing.T) {
	f := readForest(modelFile)
	if len(f.roots) == 0 {
		t.Fatal("no trees")
	}
	for k, root := range f.roots {
		end := int32(len(f.nodes))
		if k+1 < len(f.roots) {
			end = f.roots[k+1]
		}
		for i := root; i < end; i++ {
			n := f.nodes[i]
			if n.feature >= numFeatures {
				t.Fatalf("tree %d asks for feature %d of %d", k, n.feature, numFeatures)
			}
			if n.feature >= 0 && (n.right <= 1 || i+int32(n.right) >= end) {
				t.Fatalf("tree %d, node %d: right child at %d of %d", k, i-root, i+int32(n.right)-root, end-root)
			}
		}
	}
}

func TestForestAddsUpItsTrees(t *testing.T) {
	f := &forest{
		bias:  .5,
		roots: []int32{0, 3},
		nodes: []node{{2, fTokens, 2}, {-1, -1, 0}, {1, -1, 0}, {4, -1, 0}},
	}
	f.slope[fRunes] = 2
	for _, tt := range []struct{ tokens, runes, want float32 }{
		{2, 0, .5 - 1 + 4},
		{2.5, 0, .5 + 1 + 4},
		{2.5, 3, .5 + 6 + 1 + 4},
	} {
		x := features{fTokens: tt.tokens, fRunes: tt.runes}
		if got := f.logit(&x); got != tt.want {
			t.Errorf("logit of %v words, %v runes = %v, want %v", tt.tokens, tt.runes, got, tt.want)
		}
	}
}

func TestForestDoesNotAllocate(t *testing.T) {
	var x features
	if n := testing.AllocsPerRun(100, func() { chanceOf(&x) }); n != 0 {
		t.Errorf("chanceOf allocates %v times", n)
	}
	if c := chanceOf(&x); math.IsNaN(float64(c)) || c < 0 || c > 1 {
		t.Errorf("chanceOf = %v", c)
	}
}

func TestDateLines(t *testing.T) {
	for _, tt := range []struct {
		text string
		want bool
	}{
		{"4 May 2026", true},
		{"Updated: 04.05.2026 14:30 (CET)", true},
		{"Понедельник, 4 мая 2026, 12:30", true},
		{"2026年5月4日 12時30分", true},
		{"04.05.2026", true},
		{"In May 2026", false},
		{"The 2026 season", false},
		{"On 4 May 2026 the ferry ran again.", false},
		{"May", false},
		{"", false},
	} {
		if got := isDateLine(tt.text); got != tt.want {
			t.Errorf("isDateLine(%q) = %v, want %v", tt.text, got, tt.want)
		}
	}
}

func TestClassesHide(t *testing.T) {
	for _, tt := range []struct {
		class string
		want  bool
	}{
		{"hidden", true},
		{"intro d-none", true},
		{"hidden md:block", false},
		{"d-none d-md-block", false},
		{"overflow-hidden", false},
		{"", false},
	} {
		if got := hides(tt.class); got != tt.want {
			t.Errorf("hides(%q) = %v, want %v", tt.class, got, tt.want)
		}
	}
}
