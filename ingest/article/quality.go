package article

import "math"

// signals are what tells a good extraction from a bad one without knowing the truth.
type signals [numSignals]float64

const (
	sCertainty = iota // mean certainty of the classifier over the words of the page's prose
	sKept             // of the prose in the main element, that taken for the body
	sInner            // of the prose taken, that in the main element
	sWords            // logarithm of the words of the body
	sTitled           // the headline was found on the page
	sDated            // a time of publication was found
	sShort            // the body is much shorter than JSON-LD says, or than the page's own description
	sData             // the body comes from data in scripts
	numSignals
)

// trustBias and trust are a logistic regression of "F1 is at least .9" over the
// signals; train/quality.py fits it, MODEL.md says how well it does.
const trustBias = -4.04

var trust = signals{sCertainty: 6.69, sKept: -2.00, sInner: .91, sWords: -.06, sTitled: 1.15, sDated: .20, sShort: -.84, sData: -1.19}

// judge says how far the extraction can be trusted.
func (x *extraction) judge() {
	a := x.article
	a.Quality = 0
	if len(a.Body) == 0 {
		return
	}
	x.weighBody()
	z := trustBias
	for i, v := range x.signals {
		z += trust[i] * v
	}
	a.Quality = 1 / (1 + math.Exp(-z))
}

// weighBody fills in the signals that the body gives; choose has filled in the others.
func (x *extraction) weighBody() {
	a, s := x.article, &x.signals
	words := x.words
	if a.Method != "blocks" {
		words = countWords(a.Text())
	}
	full := max(x.linked.wordCount, countWords(plain(x.linked.body)))
	blurb := 0
	for _, b := range x.blurbs {
		blurb = max(blurb, countWords(b))
	}
	s[sWords] = float64(log(int32(words)))
	s[sTitled] = float64(bit(x.page.title >= 0))
	s[sDated] = float64(bit(!a.Published.IsZero()))
	s[sShort] = float64(bit(full > 0 && words*10 < full*6 || words < blurb))
	s[sData] = float64(bit(a.Method != "blocks"))
}

// weighChoice fills in the signals that the classifier's answers give.
func (x *extraction) weighChoice(chances []float32) {
	p := x.page
	var sure, prose, inside, kept, taken float64
	for i, chance := range chances {
		b := &p.blocks[i]
		if !b.isProse() {
			continue
		}
		n := float64(b.tokens)
		prose += n
		sure += n * math.Abs(2*float64(chance)-1)
		within := b.el >= 0 && p.elements[b.el].within
		if within {
			inside += n
		}
		if chance >= threshold {
			taken += n
			if within {
				kept += n
			}
		}
	}
	s := &x.signals
	s[sCertainty], s[sKept], s[sInner] = sure/max(prose, 1), kept/max(inside, 1), kept/max(taken, 1)
}
