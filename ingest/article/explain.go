package article

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// A Part says what became of a block.
type Part string

// The parts.
const (
	InBody       Part = "body"
	InTitle      Part = "headline"
	InStandfirst Part = "standfirst"
	Dropped      Part = "dropped" // taken as part of the body at first, and left out again
	LeftOut      Part = "out"
)

// A Block is the text between two block-level tags of a page, with what became
// of it and why.
type Block struct {
	Text     string
	Path     string // the elements around it, the outermost first: "main > article.story > p"
	Words    int
	Links    float64 // 0 to 1, the share of the text that is links
	Chance   float64 // 0 to 1, that it is part of the body, as the model sees it; -1 if it was not asked
	Part     Part
	Reason   string    // why, in words
	Features []Feature // what moved the chance most, the strongest first; of the first 2000 blocks only
}

// A Feature is something that the model sees of a block.
type Feature struct {
	Name  string
	Value float64
	Moves float64 // by how much it raises the logarithm of the odds, against a block that is like the others of the page in this; 0.7 doubles the odds
}

// Bounds on explanations.
const (
	maxExplained = 2000 // blocks with features
	topFeatures  = 6    // of a block
	maxPath      = 6    // elements
)

// trace is kept while an article is extracted when somebody wants to know why.
type trace struct {
	asked   bool      // whether the model was asked
	chances []float32 // of the blocks
	before  []int     // blocks that came into the clean-up
	after   []int     // blocks that came out of it
	why     map[int]string
}

// Explain extracts the article as [Extract] does and tells of each block of
// the page, in order, what became of it and why. It takes many times as long.
// The article and the error are those of Extract; blocks come with reason
// [NoText] too.
func Explain(p Page) ([]Block, *Article, error) {
	return (*Sites)(nil).Explain(p)
}

// Explain is [Explain] with the rules of s.
func (s *Sites) Explain(p Page) ([]Block, *Article, error) {
	return s.explain(p, chanceOf)
}

// explain is Explain with the model as an argument.
func (s *Sites) explain(p Page, model func(*features) float32) ([]Block, *Article, error) {
	root, err := parse(p)
	if err != nil {
		return nil, nil, err
	}
	x := newExtraction(p, split(root))
	x.trace = &trace{}
	x.read(func(x *extraction) []float32 {
		chances := make([]float32, len(x.page.blocks))
		x.describeEach(func(i int, f *features) { chances[i] = model(f) })
		*x.trace = trace{asked: true, chances: chances}
		return chances
	}, s.rule(p.URL))
	blocks := x.explain(model)
	if len(x.article.Body) == 0 {
		return blocks, x.article, &Error{Reason: NoText}
	}
	return blocks, x.article, nil
}

// step is f(taken). If a trace is kept, it notes which blocks f left out.
func (x *extraction) step(taken []int, f func([]int) []int, why string) []int {
	if x.trace == nil {
		return f(taken)
	}
	before := slices.Clone(taken) // f may change taken
	after := f(taken)
	t := x.trace
	if t.why == nil {
		t.before, t.why = before, map[int]string{}
	}
	for _, i := range before {
		if !slices.Contains(after, i) {
			t.why[i] = why
		}
	}
	t.after = slices.Clone(after)
	return after
}

// explain tells of each block what became of it.
func (x *extraction) explain(model func(*features) float32) []Block {
	a, t := x.article, x.trace
	out := make([]Block, len(x.page.blocks))
	came, stayed := membership(t.before, len(out)), membership(t.after, len(out))
	shown := a.Method == "blocks" || a.Method == "site"
	for i := range x.page.blocks {
		b, o := &x.page.blocks[i], &out[i]
		*o = Block{
			Text: clean(b.text), Path: x.page.pathOf(b.el), Words: int(b.tokens), Links: float64(share(b.linked, b.runes)), Chance: -1, Part: LeftOut,
		}
		if i < len(t.chances) {
			o.Chance = float64(t.chances[i])
		}
		switch {
		case a.Standfirst != "" && o.Text == a.Standfirst:
			o.Part, o.Reason = InStandfirst, "stands under the headline, and is named or described as a summary"
		case i == x.page.title:
			o.Part, o.Reason = InTitle, "the heading that agrees best with the page's titles"
		case stayed[i] && shown:
			o.Part, o.Reason = InBody, "the model takes it"
		case stayed[i]:
			o.Part, o.Reason = Dropped, "all that was taken is too little for an article"
		case came[i]:
			o.Part, o.Reason = Dropped, cmp.Or(t.why[i], "left out by the clean-up")
		case t.asked:
			o.Reason = "the model leaves it out"
		default:
			o.Reason = "the site's rule does not take it"
		}
		if a.Method == "site" {
			o.Chance = -1
			if o.Part == InBody {
				o.Reason = "the site's rule takes it"
			}
		}
	}
	if a.Method != "site" && t.asked {
		x.weigh(out, model)
	}
	return out
}

// membership returns which of n blocks are in a list.
func membership(list []int, n int) []bool {
	in := make([]bool, n)
	for _, i := range list {
		if i < n {
			in[i] = true
		}
	}
	return in
}

// weigh finds the features that moved the chance of each block: each is set to
// what it is on average on this page, and the chance is asked for again. That
// needs nothing of the model but its answers.
func (x *extraction) weigh(out []Block, model func(*features) float32) {
	var mean features
	described := make([]features, 0, min(len(out), maxExplained))
	x.describeEach(func(_ int, f *features) {
		for k, v := range f {
			mean[k] += v / float32(len(out))
		}
		if len(described) < maxExplained {
			described = append(described, *f)
		}
	})
	for i := range described {
		f := &described[i]
		whole := logit(model(f))
		var found []Feature
		for k, v := range f {
			if v == mean[k] {
				continue
			}
			f[k] = mean[k]
			moves := whole - logit(model(f))
			f[k] = v
			const least = .1
			if math.Abs(moves) >= least {
				found = append(found, Feature{featureName(k), float64(v), moves})
			}
		}
		slices.SortStableFunc(found, func(a, b Feature) int { return cmp.Compare(math.Abs(b.Moves), math.Abs(a.Moves)) })
		out[i].Features = slices.Clip(found[:min(len(found), topFeatures)])
	}
}

// logit is the logarithm of the odds, within bounds where the chance is next to
// certain.
func logit(chance float32) float64 {
	const least = 1e-5
	c := min(max(float64(chance), least), 1-least)
	return math.Log(c / (1 - c))
}

// pathOf writes the elements around and at el, the innermost few.
func (p *page) pathOf(el int32) string {
	var parts []string
	for ; el >= 0 && len(parts) < maxPath; el = p.elements[el].parent {
		parts = append(parts, selectorOf(p.elements[el].node))
	}
	slices.Reverse(parts)
	return strings.Join(parts, " > ")
}

// selectorOf writes an element with its id and first class.
func selectorOf(n *html.Node) string {
	const most = 40 // bytes of a name
	s := n.Data[:min(len(n.Data), most)]
	if id := attr(n, "id"); id != "" && !strings.ContainsAny(id, " \t\n") {
		s += "#" + id[:min(len(id), most)]
	}
	if class := first(strings.Fields(attr(n, "class"))); class != "" {
		s += "." + class[:min(len(class), most)]
	}
	return strings.ToValidUTF8(s, "")
}
