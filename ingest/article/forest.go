package article

import (
	_ "embed"
	"encoding/binary"
	"math"
)

// A forest is the sum of a linear function of the features and of regression
// trees made by gradient boosting (train/README.md).
type forest struct {
	bias  float32
	slope features
	roots []int32
	nodes []node
}

// A node asks whether a feature is over a threshold; without one it is a leaf,
// and the threshold is its value. The nodes of a tree stand in the order of a
// walk that goes left, "not over", first.
type node struct {
	threshold float32
	feature   int16 // -1 for a leaf
	right     int16 // distance to the node for "over"; that for "not over" is the next
}

//go:embed model.bin
var modelFile string

// model is the forest in use. It is made once and only read.
var model = readForest(modelFile)

// readForest decodes a model file, in little endian: the bias as a float32, the
// numbers of features and of trees as uint32; the slopes as float32; for each tree,
// the number of its nodes as a uint32; for each node, the threshold as a float32,
// feature and distance as int16.
func readForest(file string) *forest {
	b := []byte(file)
	word := func() uint32 {
		v := binary.LittleEndian.Uint32(b)
		b = b[4:]
		return v
	}
	f := &forest{bias: math.Float32frombits(word())}
	if n := word(); n != numFeatures {
		panic("model.bin is for other features: train it anew") // unreachable: TestModelFitsTheFeatures
	}
	f.roots = make([]int32, word())
	for i := range f.slope {
		f.slope[i] = math.Float32frombits(word())
	}
	size := int32(0)
	for k := range f.roots {
		f.roots[k] = size
		size += int32(word())
	}
	f.nodes = make([]node, size)
	for i := range f.nodes {
		n := &f.nodes[i]
		n.threshold = math.Float32frombits(word())
		place := word()
		n.feature, n.right = int16(place), int16(place>>16)
	}
	return f
}

// Most blocks of a page are links and labels that a few trees see through: from
// the tree early on, a sum below hopeless ends the evaluation. Of the training
// pages, that spares two thirds of the blocks most of the trees, and none whose
// chance would be over a quarter in the end.
const (
	early    = 12
	hopeless = -3.75
)

// logit returns the sum: the logarithm of the odds that a
// block with these features is part of the body.
func (f *forest) logit(x *features) float32 {
	var a, b, c, d float32 // four sums, since an addition waits for the one before
	i := 0
	for ; i+4 <= numFeatures; i += 4 {
		a += f.slope[i] * x[i]
		b += f.slope[i+1] * x[i+1]
		c += f.slope[i+2] * x[i+2]
		d += f.slope[i+3] * x[i+3]
	}
	for ; i < numFeatures; i++ {
		a += f.slope[i] * x[i]
	}
	sum := f.bias + a + b + c + d
	for k, i := range f.roots {
		n := f.nodes[i]
		for n.feature >= 0 {
			if x[n.feature] <= n.threshold {
				i++
			} else {
				i += int32(n.right)
			}
			n = f.nodes[i]
		}
		sum += n.threshold
		if k >= early && sum < hopeless {
			break
		}
	}
	return sum
}
