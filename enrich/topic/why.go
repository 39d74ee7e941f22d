package topic

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A Miss is a topic that a text came near and does not have.
type Miss struct {
	ID         string
	Score      float64 // of what counted; a topic needs [Threshold]
	Confidence float64 // 0 to 1, by the score
	Reason     string  // in English, for editors: everything that was in the way
	Evidence   []Span  // what counted, heaviest first; may be empty
	Vetoed     []Veto  // what did not count, heaviest first; may be empty
}

// A Veto is a stretch of text that matched a rule of a topic and did not count.
type Veto struct {
	Span          // Weight is what it would have weighed
	Reason string // in English: the word that was in the way, or that was missing
}

// Threshold is the score that a topic needs: about one strong term.
const Threshold = threshold

// nearMiss is how much of the threshold a topic must have reached, or would
// have reached but for vetoes, to be worth a mention.
const nearMiss = 0.6

// Why tags text as [Tagger.Tag] does, and says which topics it came near, the
// nearest first: those that scored three fifths of [Threshold] or would have
// but for the words not and needs of a rule file. It is slower than Tag, and
// like it may be called by any number of goroutines at once.
func (t *Tagger) Why(text Text) (Result, []Miss) {
	s := t.pool.Get().(*scan)
	defer t.pool.Put(s)
	s.run(&text)
	res := s.result(&text)
	var misses []Miss
	reach := map[string]float64{} // score with what was vetoed
	for i := range t.topics {
		id := t.topics[i].ID
		if slices.ContainsFunc(res.Topics, func(found Topic) bool { return found.ID == id }) {
			continue
		}
		vetoed := s.vetoed(int32(i), &text)
		reach[id] = s.scores[i]
		for _, v := range vetoed {
			reach[id] += v.Weight
		}
		if reach[id] < nearMiss*threshold {
			continue
		}
		misses = append(misses, Miss{
			ID: id, Score: s.scores[i], Confidence: s.confidence(int32(i)), Reason: s.reason(int32(i), vetoed),
			Evidence: s.evidence(int32(i), &text), Vetoed: vetoed,
		})
	}
	slices.SortStableFunc(misses, func(a, b Miss) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(reach[b.ID], reach[a.ID]))
	})
	return res, misses
}

// vetoed lists what matched for a topic and did not count: of each rule the
// heaviest match, of all at most maxEvidence.
func (s *scan) vetoed(subject int32, text *Text) []Veto {
	var out []Veto
	for i := range s.hits {
		h := &s.hits[i]
		r := &s.t.rules[h.rule]
		if r.subject != subject || h.weight > 0 {
			continue
		}
		v := Veto{Span: s.span(h, text, s.weight(r, h, text.Lead != "")), Reason: "the text has none of the words that the topic needs"}
		if to := s.better(subject); to >= 0 {
			v.Reason = fmt.Sprintf("the text tells of %s, which goes first", s.t.topics[to].ID)
		}
		if b := s.bar(r, h); b != nil {
			v.Reason = fmt.Sprintf("%q stands in the same sentence", text.field(b.field)[b.from:b.to])
			if b.term {
				v.Reason = fmt.Sprintf("it is part of %q", text.field(b.field)[b.from:b.to])
			}
		}
		at := slices.IndexFunc(out, func(o Veto) bool { return o.Rule == v.Rule })
		switch {
		case at < 0:
			out = append(out, v)
		case v.Weight > out[at].Weight:
			out[at] = v
		}
	}
	slices.SortStableFunc(out, func(a, b Veto) int { return cmp.Compare(b.Weight, a.Weight) })
	return out[:min(len(out), maxEvidence)]
}

// reason says what was in the way of a topic.
func (s *scan) reason(subject int32, vetoed []Veto) string {
	var why []string
	if s.scores[subject] < threshold-1e-9 {
		why = append(why, fmt.Sprintf("scored %.2f of %.1f", s.scores[subject], threshold))
	}
	for _, v := range vetoed[:min(len(vetoed), 2)] {
		why = append(why, fmt.Sprintf("%q does not count: %s", v.Quote, v.Reason))
	}
	return strings.TrimPrefix(strings.Join(why, "; ")+s.doubts(subject), "; ")
}

// doubts says what speaks against a topic besides its score.
func (s *scan) doubts(subject int32) string {
	out := ""
	if s.rel < topicRelevance {
		out += fmt.Sprintf("; the relevance of the text is %.2f of %.2f", s.rel, topicRelevance)
	}
	if c := s.confidence(subject); c < leastConfidence {
		out += fmt.Sprintf("; the confidence is %.2f of %.2f", c, leastConfidence)
	}
	return out
}
