package article

import "math"

// threshold is the chance from which a block is taken as part of the body.
const threshold = .5

// A classifier gives the chance that a block with these features is part of
// the article's body.
type classifier func(*features) float32

// linear is the classifier in use: the logistic function of a weighted sum.
func linear(f *features) float32 {
	z := float32(bias)
	for i, v := range f {
		z += weights[i] * v
	}
	return float32(1 / (1 + math.Exp(-float64(z))))
}
