package place

import "bytes"

// How far, in words, context reaches.
const (
	reach          = 4
	reachIdeograph = 8 // each ideograph and each kana is a word
)

// cues returns the classes that word i has as context, a bit for each kind.
func (g *Gazetteer) cues(p *page, i int, lang string) uint16 {
	var set uint16
	s := search{trie: g.context, page: p, lang: lang, bit: languageBit(lang), first: i}
	var buf [8]int
	for _, off := range begins(buf[:0], p.key(i), p.words[i].script, lang) {
		s.best, s.end, s.rest = nil, 0, 0
		s.walk(0, i, off)
		for _, n := range s.best {
			set |= 1 << n.kind
		}
		if set != 0 {
			break
		}
	}
	return set
}

func has(set uint16, k kind) bool { return set&(1<<k) != 0 }

// look reads the words around each hit of a page.
func (g *Gazetteer) look(p *page, hits []hit, lang string) {
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
				next = hits[j].first
				break
			}
		}
		g.before(h, prev, lang)
		g.after(h, next, lang)
		if prefixed(h) {
			h.locative, h.beside = true, true
		}
		if (h.person || h.kind == town) && !h.locative && g.inPersonName(h, prev, next, lang) {
			h.refused = true
		}
	}
}

// before reads the words before h, back to prev, the hit before it.
func (g *Gazetteer) before(h, prev *hit, lang string) {
	p := h.page
	stop := 0
	if prev != nil {
		stop = prev.end
	}
	n := reach
	if p.words[h.first].script == ideographs {
		n = reachIdeograph
	}
	for i := h.first - 1; i >= max(stop, h.first-n); i-- {
		if p.words[i].sentence != p.words[h.first].sentence {
			return
		}
		c := g.cues(p, i, lang)
		near := i == h.first-1 || i == h.first-2
		switch {
		case has(c, cueIn):
			h.locative, h.beside = true, near
			return
		case has(c, cueArea):
			h.area = true
		case has(c, cueActor) && near:
			h.actor = true
			return
		case has(c, cueFrom) && near:
			h.origin = true
			return
		case p.words[i].comma && i < h.first-1:
			return
		}
	}
	// "in Iran, Iraq and Syria": what holds for one holds for the next.
	if prev != nil && h.first-prev.end <= 1 && prev.locative && p.words[h.first].sentence == p.words[prev.end-1].sentence {
		h.locative = true
	}
}

// after reads the words behind h, up to the next hit.
func (g *Gazetteer) after(h *hit, next int, lang string) {
	p := h.page
	n := 2
	if s := p.words[h.end-1].script; s == ideographs || s == katakana {
		n = reachIdeograph
	}
	for i := h.end; i < min(next, h.end+n, len(p.words)); i++ {
		if p.words[i].sentence != p.words[h.first].sentence || p.words[i-1].comma {
			return
		}
		c := g.cues(p, i, lang)
		switch {
		case has(c, cueAt):
			h.locative, h.beside = true, true
			return
		case has(c, cueArea):
			h.area = true
		case has(c, cueActor):
			h.actor = true
			return
		}
	}
}

// prefixed reports whether the particle "in" is written in one with h.
func prefixed(h *hit) bool {
	w := h.page.words[h.first]
	lead := h.page.keys[w.from : int(w.from)+h.off]
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
func (g *Gazetteer) inPersonName(h, prev *hit, next int, lang string) bool {
	p := h.page
	named := func(i int) bool {
		w := &p.words[i]
		return w.upper && !w.caps && !p.title && g.cues(p, i, lang) == 0
	}
	if i := h.first - 1; i >= 0 && p.words[i].sentence == p.words[h.first].sentence {
		if has(g.cues(p, i, lang), cuePerson) {
			return true
		}
		if p.words[i].joined && (prev == nil || prev.end <= i) && named(i) && i > 0 && p.words[i-1].sentence == p.words[i].sentence {
			return true
		}
	}
	i := h.end
	return i < len(p.words) && i != next && p.words[i-1].joined && p.words[i].start-p.words[i-1].end == 1 &&
		p.words[i].sentence == p.words[i-1].sentence && named(i)
}
