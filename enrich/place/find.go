package place

// maxHits bounds what is kept of one text.
const maxHits = 2048

// A hit is a name found in a page.
type hit struct {
	name
	page       *page
	first, end int  // words: [first, end)
	off        int  // bytes of the first word's key that stand before the name
	rivals     bool // the same words name another place as well
	dateline   bool
	locative   bool // the words before or after it say "in" or "near"
	beside     bool // and do so directly
	area       bool // a word like "city" or "province" stands beside it
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
	*trie
	page  *page
	lang  string
	bit   uint32 // of lang; 0: any
	first int    // the word that a name must begin with
	best  []name // names that end at end
	end   int
	rest  int // bytes of ending behind the best name's last word
}

// find returns the longest names in p, from left to right.
func (g *Gazetteer) find(p *page, lang string) []hit {
	var hits []hit
	capitals := capitalizesPeoples(lang)
	s := search{page: p, lang: lang, bit: languageBit(lang)}
	var buf [8]int
	for i := 0; i < len(p.words) && len(hits) < maxHits; {
		next := i + 1
		for _, off := range begins(buf[:0], p.key(i), p.words[i].script, lang) {
			s.first, s.best, s.end, s.rest = i, nil, 0, 0
			s.trie = g.names
			if w := &p.words[i]; !w.upper && w.script == latin && capitals {
				s.trie = g.small // most words of a text: the rest begin no name
			}
			s.walk(0, i, off)
			if s.end == 0 {
				continue
			}
			hits = s.keep(hits, hit{page: p, first: i, end: s.end, off: off})
			next = s.end
			break
		}
		i = next
	}
	return hits
}

// keep appends h once for each place that the best names may mean.
func (s *search) keep(hits []hit, h hit) []hit {
	start := len(hits)
next:
	for _, n := range s.best {
		if n.kind == blocked {
			return hits[:start]
		}
		for j := start; j < len(hits); j++ {
			if hits[j].place == n.place {
				if n.kind > hits[j].kind {
					hits[j].name = n
				}
				continue next
			}
		}
		h.name = n
		hits = append(hits, h)
	}
	// A town does not make a city or a country doubtful.
	known := 0
	for _, h := range hits[start:] {
		if h.kind != town {
			known++
		}
	}
	for j := start; j < len(hits); j++ {
		hits[j].rivals = known > 1 || len(hits)-start > 1 && (known == 0 || hits[j].kind == town)
	}
	return hits
}

// counts reports whether h tells its country by itself.
func (h *hit) counts() bool { return !h.alone && !h.rivals && h.kind != town }

// walk follows the edges from n by the key of word i from byte k on.
func (s *search) walk(n uint32, i, k int) {
	key := s.page.key(i)
	for ; ; k++ {
		nd := &s.nodes[n]
		rest := len(key) - k
		if nd.ends && rest <= maxEnd {
			if star := s.child(n, anyEnd); star != 0 {
				s.arrive(star, i, rest)
			}
			if rest > 0 {
				if stem := s.child(n, caseEnd); stem != 0 && s.ending(i, key[k:]) {
					s.arrive(stem, i, rest)
				}
			}
		}
		if rest == 0 {
			s.arrive(n, i, 0)
			return
		}
		if nd.stop && rest <= maxEnd && s.ending(i, key[k:]) {
			s.arrive(n, i, rest)
		}
		if n = s.child(n, key[k]); n == 0 {
			return
		}
	}
}

func (s *search) ending(i int, rest []byte) bool {
	return endingsOf(s.lang, s.page.words[i].script)[string(rest)]
}

// arrive notes the names of n, which end with word i, and goes on to the
// word after it.
func (s *search) arrive(n uint32, i, rest int) {
	if names := s.nodes[n].names; names != 0 {
		end := i + 1
		if end > s.end || end == s.end && rest < s.rest {
			if fit := s.fit(s.trie.names[names]); len(fit) > 0 {
				s.best, s.end, s.rest = fit, end, rest
			}
		}
	}
	if !s.page.words[i].joined || i+1 >= len(s.page.words) {
		return
	}
	next := s.child(n, nextWord)
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
	var fit []name
	for i := range names {
		if s.allows(&names[i]) {
			fit = append(fit, names[i])
		}
	}
	return fit
}

func (s *search) allows(n *name) bool {
	if s.bit != 0 && n.langs != 0 && n.langs&s.bit == 0 {
		return false
	}
	w := &s.page.words[s.first]
	switch {
	case n.caps: // among capitals only, "US" may be "us"
		return w.caps && (!s.page.caps || w.end-w.start > 2)
	case n.upper, n.kind == people && capitalizesPeoples(s.lang) && w.script == latin:
		return w.upper
	}
	return true
}

// capitalizesPeoples reports whether adjectives of countries begin with a
// capital letter in lang.
func capitalizesPeoples(lang string) bool { return lang == "en" || lang == "nl" || lang == "tr" }
