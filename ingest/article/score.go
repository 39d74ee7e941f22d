package article

import "math"

// threshold is the chance from which a block is taken as part of the body.
const threshold = .5

// A classifier gives for each block of the page the chance that it is part of
// the article's body.
type classifier func(*extraction) []float32

// trees is the classifier in use.
func trees(x *extraction) []float32 {
	out := make([]float32, len(x.page.blocks))
	x.describeEach(func(i int, f *features) { out[i] = chanceOf(f) })
	return out
}

// chanceOf returns the chance that a block with these features is part of the body.
func chanceOf(f *features) float32 {
	return float32(1 / (1 + math.Exp(-float64(model.logit(f)))))
}
