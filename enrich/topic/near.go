package topic

// Bounds on the search for one near rule: words looked at together, and tries
// to give every group a word of its own.
const (
	maxWindow = 24
	maxSteps  = 500
)

// A sighting is a word of near rules, found. Most rules have never all their
// groups in one sentence: sightings are only noted as the sentence is read, and
// looked at when it ends, if a rule has a word for each group.
type sighting struct {
	seats      []seat
	word       int32
	start, end int32
}

// sight notes a word of near rules.
func (s *scan) sight(seats []seat, start, end int32) {
	seats = seats[:min(len(seats), maxMembers-s.sighted)]
	s.sighted += len(seats)
	s.sightings = append(s.sightings, sighting{seats, s.word, start, end})
	for _, x := range seats {
		lack := s.lack[x.near()] &^ x.bit()
		s.lack[x.near()] = lack
		s.full = s.full || lack == 0
	}
}

// endSentence makes hits of the near rules that match in the current sentence.
func (s *scan) endSentence() {
	if len(s.sightings) == 0 {
		return
	}
	for i := 0; i < len(s.sightings) && s.full; i++ {
		w := &s.sightings[i]
		for _, x := range w.seats {
			if s.lack[x.near()] == 0 && len(s.hits) < maxHits {
				s.member(w, x)
			}
		}
	}
	copy(s.lack, s.t.nearGroups)
	s.sightings, s.full = s.sightings[:0], false
}

// A member is a sighting that may be part of a match.
type member struct {
	before     int32 // the member of the same rule before it in the sentence, or noMember
	word       int32
	start, end int32
	group      uint8
}

const noMember = -1

// A pending is what a near rule has found of the current sentence.
type pending struct {
	sentence int64 // serial number of the sentence
	last     int32 // the latest member
	have     uint8 // groups, as bits
}

// member notes a word of a near rule, and makes a hit when the rule has a
// different word for every group, in one sentence, close together, in any
// order.
func (s *scan) member(w *sighting, x seat) {
	near, group := x.near(), x.group()
	p := &s.pending[near]
	if now := s.serial + int64(s.sent); p.sentence != now {
		*p = pending{sentence: now, last: noMember}
	}
	s.members = append(s.members, member{p.last, w.word, w.start, w.end, group})
	p.last = int32(len(s.members) - 1)
	p.have |= x.bit()
	n := &s.t.nears[near]
	if p.have != n.all {
		return
	}
	// The members within reach of the newest, newest first.
	var window [maxWindow]*member
	count := 0
	for at := p.last; at != noMember && count < maxWindow && s.members[at].word >= w.word-n.within; at = s.members[at].before {
		window[count] = &s.members[at]
		count++
	}
	var chosen [maxGroups]*member
	chosen[group] = window[0]
	steps := maxSteps
	if choose(window[:count], chosen[:n.groups], 0, &steps) {
		s.hits = append(s.hits, s.joined(chosen[:n.groups], n.rule))
		p.last, p.have = noMember, 0 // a word is used once
	}
}

// choose finds words for the groups from g on, none overlapping another.
// It gives up, as if there were none, when steps run out.
func choose(window, chosen []*member, g int, steps *int) bool {
	if g == len(chosen) {
		return true
	}
	if chosen[g] != nil { // the newest word, which every choice must use
		return choose(window, chosen, g+1, steps)
	}
	for _, m := range window {
		if *steps--; *steps < 0 {
			return false
		}
		if int(m.group) == g && !overlaps(m, chosen) {
			chosen[g] = m
			if choose(window, chosen, g+1, steps) {
				return true
			}
			chosen[g] = nil
		}
	}
	return false
}

func overlaps(m *member, chosen []*member) bool {
	for _, c := range chosen {
		if c != nil && m.start < c.end && c.start < m.end {
			return true
		}
	}
	return false
}

// joined is the stretch from the first of the words to the last.
func (s *scan) joined(chosen []*member, rule int32) hit {
	first := chosen[0]
	h := hit{rule: rule, subject: s.t.rules[rule].subject, sent: s.sent, start: first.start, end: first.end, word: first.word, field: s.field, near: true, claims: int32(len(s.claims))}
	for _, m := range chosen {
		s.claims = append(s.claims, claim{m.start, m.end, s.field, true})
		h.start, h.end, h.word = min(h.start, m.start), max(h.end, m.end), min(h.word, m.word)
	}
	return h
}
