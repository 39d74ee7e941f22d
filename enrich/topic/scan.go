package topic

import (
	"math/bits"
	"slices"
)

// The fields of a text, in order of reading.
const (
	inHeadline uint8 = iota
	inLead
	inBody
)

var fieldNames = [...]string{"headline", "lead", "body"}

// A hit is a rule that matched at a place.
type hit struct {
	rule       int32
	subject    int32 // of the rule
	sent       int32 // sentence, counted through all fields
	start, end int32 // bytes of the field
	word       int32 // number of the first word in the field
	field      uint8
	near       bool
	claims     int32 // of a near rule: where its words begin in scan.claims
	weight     float64
}

// maxHits bounds the work one text can cause; an article has some dozens.
const (
	maxHits    = 4096
	maxMembers = 1 << 15
)

// A blocked is a phrase with which a topic must not match. If it contains a
// term of the topic, as stocks rallied does, it takes back only that term, from
// start to end; else it speaks of the whole sentence.
type blocked struct {
	subject, sent int32
	from, to      int32 // the phrase
	start, end    int32
	field         uint8
	term          bool
}

// A cue is a word of another world, found.
type cue struct {
	domain, atom, sent int32
	start, end         int32
	field              uint8
}

// A claim is a stretch of text that a rule has a use for.
type claim struct {
	start, end int32
	field      uint8
	member     bool // of a near rule
}

// A denial is a word that says no.
type denial struct{ sent, word int32 }

// A scan is one pass over a text, with all its memory.
type scan struct {
	t        *Tagger
	tries    []*trie // of the languages looked for
	counting bool    // only find out which languages have most terms in the text

	folded    folded
	looks     []look
	found     [maxLanguages]int32 // terms by language
	field     uint8
	word      int32 // of the current word
	sent      int32
	hits      []hit
	members   []member
	pending   []pending  // by near
	lack      []uint8    // by near: groups not seen in the sentence, as bits
	full      bool       // some near lacks none
	sightings []sighting // of the sentence
	sighted   int        // in the text
	serial    int64      // of the first sentence of this text
	sents     []sentence
	blocked   []blocked
	denials   []denial
	needed    []bool // by subject
	cuesAt    []cue
	order     []uint64 // of hits: by place
	grouped   []int32  // and by subject, then place
	begin     []int32  // by subject: where it begins in grouped
	claims    []claim
	cueSeen   []int32 // atoms of cues found, each once
	cues      [maxDomains]float64

	tallies []tally   // of rules, those of each subject together
	best    []int32   // hits that are evidence for the topic at hand
	scores  []float64 // by subject
	literal float64   // different words of real war
	public  float64   // and of public affairs
	words   int32
	alone   bool
	trust   float64 // that words are meant as in war
	top     float64 // of scores, before lift
	rel     float64
	lift    float64 // what topics get back of trust
	seen    []uint8 // by rule
	mass    [classes]float64
}

func newScan(t *Tagger) *scan {
	subjects := len(t.topics) + 1
	return &scan{t: t, needed: make([]bool, subjects), seen: make([]uint8, len(t.rules)), pending: make([]pending, len(t.nears)), lack: slices.Clone(t.nearGroups), scores: make([]float64, subjects), begin: make([]int32, subjects+1)}
}

// reset forgets the last text.
func (s *scan) reset(langs langSet) {
	// Serials start at 1, so that nothing is pending in a new scan.
	s.serial += int64(len(s.sents)) + 1
	s.choose(langs)
	s.field, s.word, s.sent = 0, 0, 0
	s.hits, s.members, s.sents, s.blocked, s.denials, s.cuesAt, s.claims, s.cueSeen = s.hits[:0], s.members[:0], s.sents[:0], s.blocked[:0], s.denials[:0], s.cuesAt[:0], s.claims[:0], s.cueSeen[:0]
	clear(s.found[:])
	clear(s.needed)
	clear(s.scores)
	clear(s.cues[:])
	s.literal, s.public, s.words, s.sighted = 0, 0, 0, 0
	clear(s.mass[:])
}

// choose sets out to look for terms of langs.
func (s *scan) choose(langs langSet) {
	s.tries = s.tries[:0]
	for ; langs != 0; langs &= langs - 1 {
		s.tries = append(s.tries, s.t.tries[bits.TrailingZeros64(uint64(langs))])
	}
}

// newSentence begins a sentence, unless the current one is still empty.
func (s *scan) newSentence(used bool) {
	if !used {
		return
	}
	s.endSentence()
	s.sents = append(s.sents, sentence{})
	s.sent = int32(len(s.sents) - 1)
}

// record notes what the terms that end at a node mean.
func (s *scan) record(t *trie, at uint32, start, end int) {
	outs, seats := t.meaning(at)
	s.found[t.lang] += int32(len(outs) + len(seats))
	if s.counting {
		return
	}
	f, to := s.folded.span(start, end)
	if len(seats) > 0 {
		s.sight(seats, int32(f), int32(to))
	}
	for i := range outs {
		s.note(&outs[i], int32(f), int32(to))
	}
}

// note takes one use of a term down.
func (s *scan) note(a *output, from, to int32) {
	switch a.kind {
	case atomRule:
		if len(s.hits) < maxHits {
			s.hits = append(s.hits, hit{rule: a.index, subject: s.t.rules[a.index].subject, sent: s.sent, start: from, end: to, word: s.word, field: s.field})
			if a.claims {
				s.claims = append(s.claims, claim{from, to, s.field, false})
			}
		}
	case atomNeed:
		s.needed[a.index] = true
	case atomNot:
		if len(s.blocked) < maxHits {
			s.blocked = append(s.blocked, blocked{subject: a.index, sent: s.sent, from: from, to: to, field: s.field})
		}
	case atomDomain:
		if len(s.cuesAt) < maxCues {
			s.cuesAt = append(s.cuesAt, cue{a.index, a.id, s.sent, from, to, s.field})
		}
	case atomLiteral:
		if n := &s.sents[s.sent].literal; *n < 255 {
			*n++
		}
		if s.unseen(a.id) {
			s.literal++
		}
	case atomPublic:
		if s.unseen(a.id) {
			s.public++
		}
	case atomPast:
		s.sents[s.sent].past = true
	case atomNegation:
		if len(s.denials) < maxHits {
			s.denials = append(s.denials, denial{s.sent, s.word})
		}
	}
}

// maxCues is how many cues of war and other worlds are looked at.
const maxCues = 256

// settle counts the cues, each for its sentence and once for the text. One
// that a rule of conflict has a use for, as looting has for supermarkets,
// says nothing.
func (s *scan) settle() {
	for i := range s.cuesAt {
		c := &s.cuesAt[i]
		if s.claimed(c) {
			continue
		}
		s.sents[c.sent].cue(c.domain)
		if s.unseen(c.atom) {
			s.cues[c.domain]++
		}
	}
}

// narrow finds the terms that a blocked phrase contains.
func (s *scan) narrow() {
	for i := range s.blocked {
		b := &s.blocked[i]
		start, end := b.to, b.from
		for j := range s.hits {
			if h := &s.hits[j]; h.sent == b.sent && !h.near && b.from <= h.start && h.end <= b.to && h.subject == b.subject {
				start, end = min(start, h.start), max(end, h.end)
			}
		}
		if start < end {
			b.term, b.start, b.end = true, start, end
		}
	}
}

// bars reports whether b keeps h, of its subject, from counting.
func (s *scan) bars(b *blocked, h *hit) bool {
	switch {
	case b.sent != h.sent:
		return false
	case !b.term:
		return true
	case !h.near:
		return h.start < b.end && b.start < h.end
	}
	groups := s.t.nears[s.t.rules[h.rule].near].groups
	for _, m := range s.claims[h.claims : h.claims+groups] {
		if m.start < b.end && b.start < m.end {
			return true
		}
	}
	return false
}

// claimed reports whether a cue is a member of a near rule that matched, or
// part of a longer term.
func (s *scan) claimed(c *cue) bool {
	for _, m := range s.claims {
		if m.field == c.field && m.start <= c.start && c.end <= m.end && (m.member || c.end-c.start < m.end-m.start) {
			return true
		}
	}
	return false
}

// unseen reports whether a cue is found for the first time in the text.
func (s *scan) unseen(atom int32) bool {
	if len(s.cueSeen) == maxCues || slices.Contains(s.cueSeen, atom) {
		return false
	}
	s.cueSeen = append(s.cueSeen, atom)
	return true
}
