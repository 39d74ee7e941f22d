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
)

const (
	threshold    = 0.9 // of a topic: one strong term and hardly a doubt
	repeat       = 0.1 // what a rule gains by each further match, as a share of its best
	maxRepeats   = 4
	maxEvidence  = 12 // spans of one topic
	needRelevant = 2.0

	// What is more likely wrong than right is not said.
	leastConfidence = 0.5

	// A text of less relevance has no topics: what matched was said in passing
	// or meant otherwise. So whatever has a topic is relevant.
	topicRelevance = 0.5
)

// A tally is what one rule found in a text.
type tally struct {
	best float64
	n    int32
	hit  int32 // the best
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
	s.readAll(langs, text)
	if own := langs &^ s.t.any; own&(own-1) != 0 {
		// Of many languages, the one most of whose words are found: a bomber
		// is a striker only in Italian.
		s.readAll(s.likeliest(own)|s.t.any, text)
	}
	s.weigh(text.Lead != "")
	s.addUp()
	s.count()
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
	trust := trust(s.literal+publicTrust*s.public, slices.Max(s.cues[:]), s.words)
	for i := range s.hits {
		h := &s.hits[i]
		r := &s.t.rules[h.rule]
		if s.barred(r, h) {
			continue
		}
		h.weight = baseWeight[r.class] * zone(h, lead) * s.sents[h.sent].doubt() * trust
		if s.denied(h) {
			h.weight *= denialFactor
		}
	}
}

func (s *scan) touch(rule int32) {
	if s.rules[rule].n == 0 {
		s.touched = append(s.touched, rule)
	}
	s.rules[rule].n++
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

// barred reports whether a hit does not count at all: for want of a word the
// topic needs, or because of one it must not stand with.
func (s *scan) barred(r *rule, h *hit) bool {
	if r.class != strong && s.t.needy[r.subject]&(1<<r.lang) != 0 && !s.needed[r.subject] && s.literal < needRelevant {
		return true
	}
	return slices.Contains(s.blocked, blocked{r.subject, h.sent})
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
	slices.SortFunc(s.hits, func(a, b hit) int {
		return cmp.Or(
			cmp.Compare(s.t.rules[a.rule].subject, s.t.rules[b.rule].subject),
			cmp.Compare(a.field, b.field),
			cmp.Compare(a.start, b.start),
			cmp.Compare(b.weight, a.weight),
			cmp.Compare(b.end, a.end),
			cmp.Compare(a.rule, b.rule))
	})
	for _, r := range s.touched {
		s.rules[r] = tally{}
	}
	s.touched = s.touched[:0]
	for i := 0; i < len(s.hits); {
		best := i
		j := i + 1
		for ; j < len(s.hits) && s.overlap(best, j); j++ {
			if s.hits[j].weight > s.hits[best].weight {
				best = j
			}
		}
		if h := &s.hits[best]; h.weight > 0 {
			s.touch(h.rule)
			if r := &s.rules[h.rule]; h.weight > r.best {
				r.best, r.hit = h.weight, int32(best)
			}
		}
		i = j
	}
	for _, r := range s.touched {
		tl := &s.rules[r]
		s.scores[s.t.rules[r].subject] += tl.best * (1 + repeat*float64(min(tl.n-1, maxRepeats)))
	}
}

// addUp measures how much of the text speaks of conflict, whatever the topic:
// every stretch of text counts once, under the rule that makes most of it.
func (s *scan) addUp() {
	slices.SortFunc(s.hits, func(a, b hit) int {
		return cmp.Or(cmp.Compare(a.field, b.field), cmp.Compare(a.start, b.start), cmp.Compare(b.weight, a.weight), cmp.Compare(a.rule, b.rule))
	})
	for i := 0; i < len(s.hits); {
		best := &s.hits[i]
		j := i + 1
		for ; j < len(s.hits) && s.hits[j].field == best.field && s.hits[j].start < best.end; j++ {
			if s.hits[j].weight > best.weight {
				best = &s.hits[j]
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

func (s *scan) overlap(i, j int) bool {
	a, b := &s.hits[i], &s.hits[j]
	return s.t.rules[a.rule].subject == s.t.rules[b.rule].subject && a.field == b.field && b.start < a.end
}

// result makes the answer, the only memory that outlives the scan.
func (s *scan) result(text *Text) Result {
	res := Result{Relevance: s.relevance()}
	if res.Relevance < topicRelevance {
		return res
	}
	for i := range s.t.topics {
		confidence := s.confidence(int32(i))
		if s.scores[i] < threshold-1e-9 || confidence < leastConfidence {
			continue
		}
		res.Topics = append(res.Topics, Topic{ID: s.t.topics[i].ID, Confidence: confidence, Evidence: s.evidence(int32(i), text)})
	}
	slices.SortStableFunc(res.Topics, func(a, b Topic) int { return cmp.Compare(b.Confidence, a.Confidence) })
	return res
}

// evidence lists the spans of a topic, heaviest first.
func (s *scan) evidence(subject int32, text *Text) []Span {
	var spans []Span
	for _, r := range s.touched {
		if s.t.rules[r].subject != subject {
			continue
		}
		h := &s.hits[s.rules[r].hit]
		field := [...]string{text.Headline, text.Lead, text.Body}[h.field]
		spans = append(spans, Span{
			Field: fieldNames[h.field], Start: int(h.start), End: int(h.end), Quote: field[h.start:h.end],
			Rule: s.t.rules[r].name, Weight: h.weight,
		})
	}
	slices.SortStableFunc(spans, func(a, b Span) int { return cmp.Compare(b.Weight, a.Weight) })
	return spans[:min(len(spans), maxEvidence)]
}

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
	why := fmt.Sprintf(": scored %.2f of %.1f by %s", s.scores[tt.subject], threshold, strings.Join(names, ", "))
	if r := s.relevance(); r < topicRelevance {
		why += fmt.Sprintf("; the relevance of the text is %.2f of %.2f", r, topicRelevance)
	}
	if c := s.confidence(tt.subject); c < leastConfidence {
		why += fmt.Sprintf("; the confidence is %.2f of %.2f", c, leastConfidence)
	}
	return why
}
