package article

import "math"

// signals are what tells a good extraction from a bad one without knowing the truth.
type signals [numSignals]float64

const (
	sCertainty = iota // mean certainty of the classifier over the words of the page's prose
	sDoubt            // words it is not sure of, by those it took
	sGap              // words of prose left out between the first and the last taken, by those taken
	sPieces           // blocks by the word: one for five at most
	sAlike            // of the prose taken, that at places alike
	sQuoted           // of the page's description, that found in the text; .8 if there is none to speak of
	sShort            // the body is much shorter than JSON-LD says, or than the page's own description
	numSignals
)

// trustBias and trust are a logistic regression of "F1 is at least .9" over the
// signals; train/quality.py fits it, MODEL.md says how well it does.
const trustBias = -1.71

var trust = signals{sCertainty: 1.87, sDoubt: -1.30, sGap: -.80, sPieces: -1.96, sAlike: 2.03, sQuoted: .15, sShort: -.15}

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
		s[sDoubt], s[sGap], s[sAlike] = 0, 0, 1 // the classifier had no part in it
	} else {
		x.weighPlaces()
	}
	full := max(x.linked.wordCount, countWords(plain(x.linked.body)))
	blurb := 0
	for _, b := range x.blurbs {
		blurb = max(blurb, countWords(b))
	}
	s[sPieces] = min(float64(len(a.Body))/float64(max(words, 1)), .2)
	s[sQuoted] = x.quotedShare()
	s[sShort] = float64(bit(full > 0 && words*10 < full*6 || words < blurb))
}

// weighPlaces fills in the signals of where the blocks of the body are.
func (x *extraction) weighPlaces() {
	p, s := x.page, &x.signals
	words, prose, gap, most := int32(0), int32(0), int32(0), int32(0)
	places := map[uint64]int32{}
	for k, i := range x.kept {
		b := &p.blocks[i]
		words += b.tokens
		if b.isProse() {
			prose += b.tokens
			place := p.path(b)
			places[place] += b.tokens
			most = max(most, places[place])
		}
		if k == 0 {
			continue
		}
		for j := x.kept[k-1] + 1; j < i; j++ {
			if p.blocks[j].isProse() {
				gap += p.blocks[j].tokens
			}
		}
	}
	s[sGap] = min(float64(gap)/float64(max(words, 1)), 1)
	s[sAlike] = float64(share(most, prose))
}

// quotedShare returns the share of the description's sequences of four words
// that are in the text.
func (x *extraction) quotedShare() float64 {
	const least, none = 5, .8 // sequences; what stands for fewer
	if len(x.description) < least {
		return none
	}
	found := map[uint32]struct{}{}
	look := func(words []uint32) {
		for i := 0; i+4 <= len(words); i++ {
			if h := four(words[i:]); contains(x.description, h) {
				found[h] = struct{}{}
			}
		}
	}
	look((&block{text: x.article.Standfirst}).measure(nil))
	if x.article.Method != "blocks" {
		look((&block{text: x.article.Text()}).measure(nil))
		return float64(len(found)) / float64(len(x.description))
	}
	for _, i := range x.kept {
		b := &x.page.blocks[i]
		look(x.page.hashes[b.hashes[0]:b.hashes[1]])
	}
	return float64(len(found)) / float64(len(x.description))
}

func contains(set map[uint32]struct{}, h uint32) bool {
	_, ok := set[h]
	return ok
}

// weighChoice fills in the signals that the classifier's answers give.
func (x *extraction) weighChoice(chances []float32) {
	const from, to = .2, .8 // chances that are neither here nor there
	p := x.page
	var sure, prose, doubt, taken float64
	for i, chance := range chances {
		b := &p.blocks[i]
		n := float64(b.tokens)
		if chance > from && chance < to {
			doubt += n
		}
		if chance >= threshold {
			taken += n
		}
		if b.isProse() {
			prose += n
			sure += n * math.Abs(2*float64(chance)-1)
		}
	}
	s := &x.signals
	s[sCertainty], s[sDoubt] = sure/max(prose, 1), min(doubt/max(taken, 1), 1)
}
