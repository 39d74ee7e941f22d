package place

import "bytes"

// How far, in words, context reaches.
const (
	reach          = 4
	reachIdeograph = 8 // each ideograph and each kana is a word
)

// asked marks the cues of a word that have been looked up.
const asked = 1 << 15

// cues returns the classes that word i has as context, a bit for each kind.
func (s *scan) cues(p *page, i int) uint16 {
	w := &p.words[i]
	if w.cues == 0 {
		w.cues = asked | s.lookUp(p, i)
	}
	return w.cues
}

func (s *scan) lookUp(p *page, i int) (set uint16) {
	s.search.page, s.search.trie = p, s.g.context
	w := &p.words[i]
	want := s.tongue.orInflected(startsCue, w.script)
	if w.starts&want != 0 {
		set = s.search.cues(i, 0)
	}
	if set != 0 || !s.tongue.prefixes(w.script) {
		return set
	}
	for _, off := range s.tongue.begins(s.offs[:0], p.key(i), w.script) {
		if s.g.starts.of(p.head(i, off))&want == 0 {
			continue
		}
		if set = s.search.cues(i, off); set != 0 {
			break
		}
	}
	return set
}

// cues returns the classes of the context that begins at byte off of word i.
func (s *search) cues(i, off int) (set uint16) {
	s.from(i, off)
	for _, n := range s.best {
		set |= 1 << n.kind
	}
	return set
}

func has(set uint16, k kind) bool { return set&(1<<k) != 0 }

// look reads the words around each hit of a page.
func (s *scan) look(p *page, hits []hit) {
	for i := range hits {
		h := &hits[i]
		var prev *hit
		for j := i - 1; j >= 0; j-- {
			if hits[j].first < h.first {
				prev = &hits[j]
				break
			}
		}
		next := len(p.words)
		for j := i + 1; j < len(hits); j++ {
			if hits[j].first > h.first {
				next = int(hits[j].first)
				break
			}
		}
		s.before(h, prev)
		s.after(h, next)
		if prefixed(h) {
			h.locative, h.beside = true, true
		}
		if (h.person || h.kind == town) && !h.locative && s.inPersonName(h, prev, next) {
			h.refused = true
		}
	}
}

// before reads the words before h, back to prev, the hit before it.
func (s *scan) before(h, prev *hit) {
	p := h.page
	stop := 0
	if prev != nil {
		stop = int(prev.end)
	}
	n := reach
	if p.words[h.first].script == ideographs {
		n = reachIdeograph
	}
	for i := int(h.first) - 1; i >= max(stop, int(h.first)-n); i-- {
		if p.words[i].sentence != p.words[h.first].sentence {
			return
		}
		c := s.cues(p, i)
		near := i >= int(h.first)-2
		switch {
		case has(c, cueIn):
			h.locative, h.beside = true, near
			return
		case has(c, cueArea):
			h.area = true
			h.wide = h.wide || !has(c, cueSpot)
		case has(c, cueActor) && near:
			h.actor = true
			return
		case has(c, cueFrom) && near:
			h.origin = true
			return
		case p.words[i].comma && i < int(h.first)-1:
			return
		}
	}
	// "in Iran, Iraq and Syria": what holds for one holds for the next.
	if prev != nil && h.first-prev.end <= 1 && prev.locative && p.words[h.first].sentence == p.words[prev.end-1].sentence {
		h.locative = true
	}
}

// after reads the words behind h, up to the next hit.
func (s *scan) after(h *hit, next int) {
	p := h.page
	n := 2
	if last := p.words[h.end-1].script; last == ideographs || last == katakana {
		n = reachIdeograph
	}
	for i := int(h.end); i < min(next, int(h.end)+n, len(p.words)); i++ {
		if p.words[i].sentence != p.words[h.first].sentence || p.words[i-1].comma {
			return
		}
		c := s.cues(p, i)
		switch {
		case has(c, cueAt):
			h.locative, h.beside = true, true
			return
		case has(c, cueArea):
			h.area = true
			h.wide = h.wide || !has(c, cueSpot)
		case has(c, cueActor):
			h.actor = true
			return
		}
	}
}

// prefixed reports whether the particle "in" is written in one with h.
func prefixed(h *hit) bool {
	w := h.page.words[h.first]
	lead := h.page.keys[w.from : w.from+h.off]
	switch w.script {
	case arabic:
		return bytes.Contains(lead, []byte("ب"))
	case hebrew:
		return bytes.Contains(lead, []byte("ב"))
	}
	return h.off > 0 && w.script == latin // a point of the compass
}

// inPersonName reports whether h, which is also a name of people, is part of
// the name of one: another capitalized word of no meaning here stands
// directly before or after it.
func (s *scan) inPersonName(h, prev *hit, next int) bool {
	p := h.page
	named := func(i int) bool {
		w := &p.words[i]
		return w.upper && !w.caps && !p.title && s.cues(p, i) == asked
	}
	if i := int(h.first) - 1; i >= 0 && p.words[i].sentence == p.words[h.first].sentence {
		if has(s.cues(p, i), cuePerson) {
			return true
		}
		if p.words[i].joined && (prev == nil || int(prev.end) <= i) && named(i) && i > 0 && p.words[i-1].sentence == p.words[i].sentence {
			return true
		}
	}
	i := int(h.end)
	return i < len(p.words) && i != next && p.words[i-1].joined && p.words[i].start-p.words[i-1].end == 1 &&
		p.words[i].sentence == p.words[i-1].sentence && named(i)
}
