package topic

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// How much more a term says in the headline, and at the start of a text.
const (
	headlineZone = 2.0
	leadZone     = 1.5
	leadBytes    = 300 // of a body without a lead
	shortWords   = 40  // a text that has only so many words is its own headline
)

const (
	threshold    = 0.8 // of a topic: one strong term and hardly a doubt
	repeat       = 0.1 // what a rule gains by each further match, as a share of its best
	maxRepeats   = 4
	maxEvidence  = 12  // spans of one topic
	maxSupport   = 0.4 // what weak terms add up to at most: they carry no topic by themselves
	needRelevant = 2.0

	// What is more likely wrong than right is not said.
	leastConfidence = 0.5

	// A text of less relevance has no topics: what matched was said in passing
	// or meant otherwise. So whatever has a topic is relevant.
	topicRelevance = 0.5
)

// A tally is what one rule found in a text.
type tally struct {
	rule int32
	n    int32
	hit  int32 // the best
	best float64
}

// Tag says which topics text is about. It may be called by any number of
// goroutines at once. A field is read to 256 KiB.
func (t *Tagger) Tag(text Text) Result {
	s := t.pool.Get().(*scan)
	defer t.pool.Put(s)
	s.run(&text)
	return s.result(&text)
}

// run fills s.scores.
func (s *scan) run(text *Text) {
	langs := s.t.languagesOf(text)
	if own := langs &^ s.t.any; own&(own-1) != 0 {
		// Of many languages, the one most of whose words are found: a bomber
		// is a striker only in Italian.
		s.counting = true
		s.readAll(own, text)
		s.counting = false
		langs = s.likeliest(own) | s.t.any
	}
	s.readAll(langs, text)
	s.alone = text.Headline == "" && text.Lead == ""
	s.weigh(text.Lead != "")
	s.sort()
	s.group()
	s.addUp()
	s.count()
	s.believe()
	if s.yield() {
		clear(s.scores)
		s.count()
		s.top = slices.Max(s.scores[:len(s.t.topics)])
		s.raise()
	}
}

// readAll finds the terms of langs in all fields.
func (s *scan) readAll(langs langSet, text *Text) {
	s.reset(langs)
	s.read(inHeadline, text.Headline)
	s.read(inLead, text.Lead)
	s.read(inBody, text.Body)
}

// likeliest returns those of langs of which most terms were found.
func (s *scan) likeliest(langs langSet) langSet {
	var best langSet
	most := int32(0)
	for lang := range maxLanguages {
		one := langSet(1) << lang
		switch n := s.found[lang]; {
		case langs&one == 0 || n < most:
		case n == most:
			best |= one
		default:
			best, most = one, n
		}
	}
	return best
}

// weigh gives each hit its weight, by class, zone and company.
func (s *scan) weigh(lead bool) {
	s.settle()
	s.narrow()
	s.trust = trust(s.literal+publicTrust*s.public, slices.Max(s.cues[:]), s.words)
	for i := range s.hits {
		h := &s.hits[i]
		r := &s.t.rules[h.rule]
		if !s.lacks(r) && s.bar(r, h) == nil {
			h.weight = s.weight(r, h, lead)
		}
	}
}

// weight is what a hit says if nothing keeps it from counting.
func (s *scan) weight(r *rule, h *hit, lead bool) float64 {
	w := baseWeight[r.class] * zone(h, lead) * s.sents[h.sent].doubt() * s.trust
	if s.denied(h) {
		w *= denialFactor
	}
	return w
}

// tally counts the hit at, of one of the rules that the tallies from first on
// are of.
func (s *scan) tally(first int, at int32) {
	h := &s.hits[at]
	i := first
	for i < len(s.tallies) && s.tallies[i].rule != h.rule {
		i++
	}
	if i == len(s.tallies) {
		s.tallies = append(s.tallies, tally{rule: h.rule})
	}
	t := &s.tallies[i]
	t.n++
	if h.weight > t.best {
		t.best, t.hit = h.weight, at
	}
}

func zone(h *hit, lead bool) float64 {
	switch {
	case h.field == inHeadline:
		return headlineZone
	case h.field == inLead, !lead && h.start < leadBytes:
		return leadZone
	}
	return 1
}

// lacks reports whether r does not count for want of a word its topic needs.
func (s *scan) lacks(r *rule) bool {
	return r.class != strong && s.t.needy[r.subject]&(1<<r.lang) != 0 && !s.needed[r.subject] && s.literal < needRelevant
}

// bar returns the phrase that h must not stand with, or nil.
func (s *scan) bar(r *rule, h *hit) *blocked {
	for i := range s.blocked {
		if b := &s.blocked[i]; b.subject == r.subject && s.bars(b, h) {
			return b
		}
	}
	return nil
}

// denied reports whether a word that says no stands shortly before h.
func (s *scan) denied(h *hit) bool {
	for _, d := range s.denials {
		if d.sent == h.sent && d.word < h.word && h.word-d.word <= denialWords {
			return true
		}
	}
	return false
}

// count adds the hits up. Of hits of one subject that overlap the heaviest
// counts, and further hits of one rule count little.
func (s *scan) count() {
	s.tallies = s.tallies[:0]
	for i := 0; i < len(s.grouped); {
		first, subject := len(s.tallies), s.hits[s.grouped[i]].subject
		for i < len(s.grouped) && s.hits[s.grouped[i]].subject == subject {
			at := s.grouped[i]
			best := &s.hits[at]
			for i++; i < len(s.grouped); i++ {
				h := &s.hits[s.grouped[i]]
				if h.subject != subject || !best.overlaps(h) {
					break
				}
				if h.heavier(best) {
					at, best = s.grouped[i], h
				}
			}
			if best.weight > 0 {
				s.tally(first, at)
			}
		}
		s.score(subject, s.tallies[first:])
	}
}

// score is the score of a subject by what its rules found.
func (s *scan) score(subject int32, tallies []tally) {
	support := 0.0
	for i := range tallies {
		t := &tallies[i]
		score := t.best * (1 + repeat*float64(min(t.n-1, maxRepeats)))
		if s.t.rules[t.rule].class == weak {
			score = min(score, maxSupport*s.trust-support)
			support += score
		}
		s.scores[subject] += score
	}
}

// addUp measures how much of the text speaks of conflict, whatever the topic:
// every stretch of text counts once, under the rule that makes most of it.
func (s *scan) addUp() {
	for i := 0; i < len(s.order); {
		best := &s.hits[place(s.order[i])]
		j := i + 1
		for ; j < len(s.order); j++ {
			h := &s.hits[place(s.order[j])]
			if !best.overlaps(h) {
				break
			}
			if h.heavier(best) {
				best = h
			}
		}
		if n := &s.seen[best.rule]; *n <= maxRepeats {
			w := best.weight
			if *n > 0 {
				w *= repeat
			}
			*n++
			s.mass[s.t.rules[best.rule].class] += w
		}
		i = j
	}
	for i := range s.hits {
		s.seen[s.hits[i].rule] = 0
	}
}

// believe gives the topics back what the text as a whole took from them, so
// far as the text turns out to be about conflict: whether its words are meant
// is settled then, and a long report need not say soldiers in every line.
func (s *scan) believe() {
	s.top = slices.Max(s.scores[:len(s.t.topics)])
	s.rel = s.relevance()
	s.lift = 1 + (1/s.trust-1)*s.rel
	if s.alone && s.words <= shortWords {
		s.lift *= headlineZone / leadZone
	}
	s.raise()
}

// raise gives the scores of count their lift.
func (s *scan) raise() {
	for i := range s.scores {
		s.scores[i] *= s.lift
	}
}

// overlaps reports whether g, which begins no earlier, begins within h.
func (h *hit) overlaps(g *hit) bool { return h.field == g.field && g.start < h.end }

// heavier reports whether h is to be preferred to g, which it overlaps.
func (h *hit) heavier(g *hit) bool {
	if h.weight != g.weight {
		return h.weight > g.weight
	}
	return h.start == g.start && (h.end > g.end || h.end == g.end && h.rule < g.rule)
}

// result makes the answer, the only memory that outlives the scan.
func (s *scan) result(text *Text) Result {
	res := Result{Relevance: s.rel}
	if res.Relevance < topicRelevance {
		return res
	}
	for i := range s.t.topics {
		if s.scores[i] < threshold-1e-9 {
			continue
		}
		confidence := s.confidence(int32(i))
		if confidence < leastConfidence {
			continue
		}
		res.Topics = append(res.Topics, Topic{ID: s.t.topics[i].ID, Confidence: confidence, Evidence: s.evidence(int32(i), text)})
	}
	slices.SortStableFunc(res.Topics, func(a, b Topic) int { return cmp.Compare(b.Confidence, a.Confidence) })
	return res
}

// evidence lists the spans of a topic, heaviest first.
func (s *scan) evidence(subject int32, text *Text) []Span {
	s.best = s.best[:0]
	for i := range s.tallies {
		if at := s.tallies[i].hit; s.hits[at].subject == subject {
			s.best = append(s.best, at)
		}
	}
	if len(s.best) == 0 {
		return nil
	}
	spans := make([]Span, len(s.best))
	for i, at := range s.best {
		spans[i] = s.span(&s.hits[at], text, s.hits[at].weight)
	}
	slices.SortStableFunc(spans, func(a, b Span) int { return cmp.Compare(b.Weight, a.Weight) })
	return spans[:min(len(spans), maxEvidence)]
}

// span is the stretch of text of a hit of so much weight.
func (s *scan) span(h *hit, text *Text, weight float64) Span {
	return Span{
		Field: fieldNames[h.field], Start: int(h.start), End: int(h.end), Quote: text.field(h.field)[h.start:h.end],
		Rule: s.t.rules[h.rule].name, Weight: weight * s.lift,
	}
}

func (t *Text) field(n uint8) string { return [...]string{t.Headline, t.Lead, t.Body}[n] }

// explain says what a topic of a failed test scored, and by which rules.
func (t *Tagger) explain(tt test) string {
	s := newScan(t)
	s.run(&tt.text)
	spans := s.evidence(tt.subject, &tt.text)
	names := make([]string, len(spans))
	for i, sp := range spans {
		names[i] = fmt.Sprintf("%s (%.2f)", sp.Rule, sp.Weight)
	}
	if len(names) == 0 {
		names = []string{"no rule matched"}
	}
	return fmt.Sprintf(": scored %.2f of %.1f by %s%s", s.scores[tt.subject], threshold, strings.Join(names, ", "), s.doubts(tt.subject))
}
