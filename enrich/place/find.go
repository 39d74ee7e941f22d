package place

// maxHits bounds what is kept of one page.
const maxHits = 2048

// A hit is a name found in a page.
type hit struct {
	name
	page       *page
	first, end int32 // words: [first, end)
	off        int32 // bytes of the first word's key that stand before the name
	seat       bool  // of a government, which the name may stand for
	rivals     bool  // the same words name another place as well
	dateline   bool
	locative   bool // the words before or after it say "in" or "near"
	beside     bool // and do so directly
	area       bool // a word like "city" or "province" stands beside it
	wide       bool // and a word of what is larger than a town, like "province"
	origin     bool // somebody or something is from there
	actor      bool // it does something, rather than being where it is done
	refused    bool // it is no place at all, or cannot be told
	weight     float64
}

func (h *hit) span() Span {
	w := h.page.words
	from, to := w[h.first].start, w[h.end-1].end
	return Span{Field: h.page.field, Start: int(from), End: int(to), Quote: h.page.text[from:to]}
}

// A search is one walk of a page through a trie.
type search struct {
	*tongue
	trie  *trie
	page  *page
	first int    // the word that a name must begin with
	best  []name // names that end at end
	end   int
	rest  int    // bytes of ending behind the best name's last word
	some  []name // memory for best
}

// from seeks the longest names that begin at byte off of word i.
func (s *search) from(i, off int) {
	s.first, s.best, s.end, s.rest = i, nil, 0, 0
	if n, k := s.trie.enter(s.page.key(i)[off:]); n != 0 {
		s.walk(n, i, off+k)
	}
}

// find appends the longest names in p to s.hits, from left to right.
func (s *scan) find(p *page) {
	start := len(s.hits)
	s.search.page, s.search.trie = p, s.g.names
	for i := 0; i < len(p.words) && len(s.hits)-start < maxHits; i++ {
		w := &p.words[i]
		want := s.tongue.names[w.script][one(w.upper)]
		if w.starts&want != 0 && s.seek(p, i, 0) || s.tongue.prefixes(w.script) && s.seekWithin(p, i, want) {
			i = s.search.end - 1
		}
	}
}

// seek notes the longest name that begins at byte off of word i.
func (s *scan) seek(p *page, i, off int) bool {
	s.search.from(i, off)
	if s.search.end == 0 {
		return false
	}
	s.keep(p, i, off)
	return true
}

// seekWithin seeks a name behind what is written in one with word i.
func (s *scan) seekWithin(p *page, i int, want uint8) bool {
	for _, off := range s.tongue.begins(s.offs[:0], p.key(i), p.words[i].script) {
		if s.g.starts.of(p.head(i, off))&want != 0 && s.seek(p, i, off) {
			return true
		}
	}
	return false
}

// keep notes the best names, which begin at byte off of word i, once for each
// place that they may mean.
func (s *scan) keep(p *page, i, off int) {
	start := len(s.hits)
next:
	for _, n := range s.search.best {
		if n.kind == blocked {
			s.hits = s.hits[:start]
			return
		}
		for j := start; j < len(s.hits); j++ {
			if s.hits[j].place == n.place {
				point := onePoint(s.hits[j].point, n.point)
				if n.kind > s.hits[j].kind {
					s.hits[j].name = n
				}
				s.hits[j].point = point
				s.hits[j].seat = s.hits[j].seat || n.kind == capital
				continue next
			}
		}
		s.hits = append(s.hits, hit{})
		h := &s.hits[len(s.hits)-1]
		h.name, h.page, h.first, h.end, h.off, h.seat = n, p, int32(i), int32(s.search.end), int32(off), n.kind == capital
	}
	// A town does not make a city or a country doubtful.
	found := s.hits[start:]
	known := 0
	for i := range found {
		if found[i].kind != town {
			known++
		}
	}
	for i := range found {
		found[i].rivals = known > 1 || len(found) > 1 && (known == 0 || found[i].kind == town)
	}
}

// counts reports whether h tells its country by itself.
func (h *hit) counts() bool { return !h.alone && !h.rivals && h.kind != town }

// walk follows the edges from n by the key of word i from byte k on.
func (s *search) walk(n uint32, i, k int) {
	key, endings := s.page.key(i), s.endingsOf(s.page.words[i].script)
	for {
		nd := &s.trie.nodes[n]
		if nd.tails > 0 {
			tail := s.trie.tails[nd.tail : nd.tail+uint32(nd.tails)]
			if len(key)-k < len(tail) || string(key[k:k+len(tail)]) != string(tail) {
				return
			}
			k += len(tail)
		}
		rest := len(key) - k
		if nd.ends&endsMore != 0 && rest <= maxEnd {
			if star := s.trie.child(n, anyEnd); star != 0 {
				s.arrive(star, i, rest)
			}
			if rest > 0 && endings.has(key[k:]) {
				if stem := s.trie.child(n, caseEnd); stem != 0 {
					s.arrive(stem, i, rest)
				}
			}
		}
		if rest == 0 {
			s.arrive(n, i, 0)
			return
		}
		if nd.ends&endsWord != 0 && endings.has(key[k:]) {
			s.arrive(n, i, rest)
		}
		if n = s.trie.child(n, key[k]); n == 0 {
			return
		}
		k++
	}
}

// arrive notes the names of n, which end with word i, and goes on to the
// word after it.
func (s *search) arrive(n uint32, i, rest int) {
	if nd := &s.trie.nodes[n]; nd.count > 0 {
		end := i + 1
		if end > s.end || end == s.end && rest < s.rest {
			if fit := s.fit(s.trie.names[nd.names : nd.names+uint32(nd.count)]); len(fit) > 0 {
				s.best, s.end, s.rest = fit, end, rest
			}
		}
	}
	if !s.page.words[i].joined || i+1 >= len(s.page.words) {
		return
	}
	next := s.trie.child(n, nextWord)
	if next == 0 {
		return
	}
	s.walk(next, i+1, 0)
	if key := s.page.key(i + 1); s.page.words[i+1].script == arabic && len(key) >= len(article)+6 && string(key[:len(article)]) == article {
		s.walk(next, i+1, len(article))
	}
}

// fit returns those of names that the text's language and the case of its
// letters allow.
func (s *search) fit(names []name) []name {
	all := true
	for i := range names {
		all = all && s.allows(&names[i])
	}
	if all {
		return names
	}
	s.some = s.some[:0]
	for i := range names {
		if s.allows(&names[i]) {
			s.some = append(s.some, names[i])
		}
	}
	return s.some
}

func (s *search) allows(n *name) bool {
	if s.bit != 0 && n.langs != 0 && n.langs&s.bit == 0 {
		return false
	}
	w := &s.page.words[s.first]
	switch {
	case n.caps: // among capitals only, "US" may be "us"
		return w.caps && (!s.page.caps || w.end-w.start > 2)
	case n.upper, n.kind == people && s.capitals && w.script == latin:
		return w.upper
	}
	return true
}
