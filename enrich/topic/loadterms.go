package topic

import (
	"strings"
)

// terms reads the terms of one subject in all languages.
func (l *loader) terms(n node, subject int32, id string) {
	for _, byLang := range n.fields(l.f) {
		lang, ok := l.language(byLang.key)
		if !ok {
			l.f.add(byLang.at, "language %q is not one we know; see languageScript", byLang.key)
			continue
		}
		prefix := id + "/" + byLang.key + "/"
		seen := map[int32]class{}
		for _, e := range byLang.value.fields(l.f) {
			switch e.key {
			case "strong":
				l.rulesOf(e.value, seen, rule{subject: subject, class: strong, lang: lang, name: prefix + "strong/"})
			case "likely":
				l.rulesOf(e.value, seen, rule{subject: subject, class: likely, lang: lang, name: prefix + "likely/"})
			case "weak":
				l.rulesOf(e.value, seen, rule{subject: subject, class: weak, lang: lang, name: prefix + "weak/"})
			case "near":
				for _, it := range e.value.items(l.f) {
					l.near(it, rule{subject: subject, lang: lang, name: prefix + "near/"})
				}
			case "needs":
				l.t.needy[subject] |= 1 << lang
				l.words(e.value, lang, atom{kind: atomNeed, index: subject})
			case "not":
				l.words(e.value, lang, atom{kind: atomNot, index: subject})
			default:
				l.f.add(e.at, "unknown key %q; want strong, likely, weak, near, needs or not", e.key)
			}
		}
	}
}

// rulesOf makes a rule like r of every term of a list.
func (l *loader) rulesOf(list node, seen map[int32]class, r rule) {
	prefix := r.name
	for _, it := range list.items(l.f) {
		at := l.enter(it, r.lang)
		if at == 0 {
			continue
		}
		if before, ok := seen[at]; ok {
			// Spellings that fold to the same are no fault of the editor.
			if before != r.class {
				l.f.add(it, "term %q is %v here, but %v above", it.text, r.class, before)
			}
			continue
		}
		seen[at] = r.class
		r.name = prefix + it.text
		l.mean(r.lang, at, atom{kind: atomRule, claims: r.class != weak, index: int32(len(l.t.rules))})
		l.t.rules = append(l.t.rules, r)
	}
}

// words makes every term of a list an atom like a.
func (l *loader) words(list node, lang uint8, a atom) (first string) {
	for _, it := range list.items(l.f) {
		if at := l.enter(it, lang); at != 0 {
			l.mean(lang, at, a)
			if first == "" {
				first = it.text
			}
		}
	}
	return first
}

// enter enters a term and returns its node, 0 if there is something wrong with it.
func (l *loader) enter(n node, lang uint8) int32 {
	s := n.scalar(l.f)
	if s == "" {
		return 0
	}
	at, err := l.term(s, lang)
	if err != nil {
		l.f.add(n, "%v", err)
	}
	return at
}

// near reads one entry of near. The rule is named after the first word of
// each group.
func (l *loader) near(n node, r rule) {
	id := int32(len(l.t.nears))
	nr := near{rule: int32(len(l.t.rules)), within: 8}
	var firsts []string
	var weight string
	for _, e := range n.fields(l.f) {
		switch e.key {
		case "all":
			groups := e.value.items(l.f)
			if len(groups) < 2 || len(groups) > maxGroups {
				l.f.add(e.at, "want 2 to %d groups of words, got %d", maxGroups, len(groups))
				return
			}
			for g, list := range groups {
				if list.text == "" && len(list.list) == 0 {
					l.f.add(e.at, "group %d has no words", g+1)
				}
				firsts = append(firsts, l.words(list, r.lang, atom{kind: atomNear, group: uint8(g), index: id}))
			}
			nr.groups, nr.all = int32(len(groups)), 1<<len(groups)-1
		case "within":
			nr.within = int32(l.number(e.value, 1, maxWithin))
		case "weight":
			weight = e.value.scalar(l.f)
		default:
			l.f.add(e.at, "unknown key %q; want all, within or weight", e.key)
		}
	}
	switch weight {
	case "strong":
		r.class = strong
	case "likely":
		r.class = likely
	case "weak":
		r.class = weak
	default:
		l.f.add(n, "near: weight %q; want strong, likely or weak", weight)
	}
	if nr.groups == 0 {
		l.f.add(n, "near: no groups of words (all)")
		return
	}
	r.near = id
	r.name += strings.Join(firsts, "~")
	l.t.rules = append(l.t.rules, r)
	l.t.nears = append(l.t.nears, nr)
	l.t.nearGroups = append(l.t.nearGroups, nr.all)
}

// number reads a whole number between lo and hi.
func (l *loader) number(n node, lo, hi int) int {
	s := n.text
	v := 0
	for _, c := range s {
		if c < '0' || c > '9' || v > hi {
			v = -1
			break
		}
		v = v*10 + int(c-'0')
	}
	if s == "" || v < lo || v > hi {
		l.f.add(n, "want a whole number from %d to %d, got %q", lo, hi, s)
		return lo
	}
	return v
}

// readTests reads the tests of one subject.
func (l *loader) readTests(n node, subject int32) {
	for _, it := range n.items(l.f) {
		tt := test{at: it, subject: subject}
		given := 0
		for _, e := range it.fields(l.f) {
			switch e.key {
			case "lang":
				tt.text.Language = e.value.scalar(l.f)
			case "headline":
				tt.text.Headline = e.value.scalar(l.f)
			case "match", "never":
				tt.text.Body, tt.want = e.value.scalar(l.f), e.key == "match"
				given++
			default:
				l.f.add(e.at, "unknown key %q; want lang, headline, match or never", e.key)
			}
		}
		if given != 1 || tt.text.Language == "" {
			l.f.add(it, "a test wants lang, and one of match and never")
			continue
		}
		l.tests = append(l.tests, tt)
	}
}

// runTests tags the text of every test. A failure quotes what was found.
func (t *Tagger) runTests(tests []test, f *faults) {
	for _, tt := range tests {
		r := t.Tag(tt.text)
		if int(tt.subject) == len(t.topics) {
			if got := r.Relevance >= 0.5; got != tt.want {
				f.add(tt.at, "test: relevance of %q is %.2f, want relevant %t", tt.text.Body, r.Relevance, tt.want)
			}
			continue
		}
		id := t.topics[tt.subject].ID
		var found *Topic
		for i := range r.Topics {
			if r.Topics[i].ID == id {
				found = &r.Topics[i]
			}
		}
		switch {
		case tt.want && found == nil:
			f.add(tt.at, "test: %s is not among the topics of %q%s", id, tt.text.Body, t.explain(tt))
		case !tt.want && found != nil:
			f.add(tt.at, "test: %s must not be a topic of %q, but is, by %s", id, tt.text.Body, found.Evidence[0].Rule)
		}
	}
}
