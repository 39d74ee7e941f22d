package topic

import "errors"

// A class is how much one term says.
type class uint8

const (
	weak class = iota
	likely
	strong
	classes
)

func (c class) String() string { return [...]string{"weak", "likely", "strong"}[c] }

// baseWeight is what a term of each class adds in the body of a text, if no
// doubt takes from it (context.go). A topic needs the sum of threshold.
var baseWeight = [classes]float64{weak: 0.2, likely: 0.5, strong: 1}

// A rule is a term, or words that stand close together, that counts for a
// topic or for relevance.
type rule struct {
	subject int32 // index of the topic; relevance is one more than the last
	class   class
	lang    uint8
	near    int32  // number of the near, if it is one
	name    string // "peace.ceasefire/en/strong/cease-fire*"
}

// A near is a rule of several groups of words.
type near struct {
	rule   int32
	groups int32 // at most maxGroups
	all    uint8 // groups, as bits
	within int32 // words from the first to the last
}

const maxGroups = 6

// An atomKind says what it means that a term occurs.
type atomKind uint8

const (
	atomRule     atomKind = iota // index: the rule
	atomNear                     // index: the near; group
	atomNeed                     // index: the topic
	atomNot                      // index: the topic
	atomDomain                   // index: the domain
	atomLiteral                  // the sentence speaks of real war
	atomPublic                   // the text speaks of public affairs
	atomPast                     // the sentence tells of the past
	atomNegation                 // the sentence, or the words before a match, deny
)

// An atom is the use of a term by one line of one rule file.
type atom struct {
	kind   atomKind
	group  uint8
	claims bool // a rule whose words mean nothing else where it matches
	index  int32
}

// A compiler enters terms, and the atoms they are used for, into the tries.
type compiler struct {
	atoms    int32 // so far
	langs    map[string]uint8
	folded   *folder
	alphabet *alphabet
	tries    []*trieBuilder     // by language
	known    []map[string]int32 // by language: the nodes of terms as written; most stand in many rules
	sym      []uint16           // of the term at hand
	runes    []rune
}

func newCompiler() *compiler {
	return &compiler{langs: map[string]uint8{}, folded: newFolder(), alphabet: newAlphabet()}
}

// language numbers a language; ok is false when there are too many or its
// script is not known.
func (c *compiler) language(tag string) (uint8, bool) {
	if n, ok := c.langs[tag]; ok {
		return n, true
	}
	if _, ok := languageScript[tag]; !ok && tag != anyLanguage || len(c.langs) == maxLanguages {
		return 0, false
	}
	n := uint8(len(c.langs))
	c.langs[tag] = n
	c.tries = append(c.tries, newTrieBuilder())
	c.known = append(c.known, map[string]int32{})
	return n, true
}

// term enters a term of a language and returns its node.
func (c *compiler) term(term string, lang uint8) (int32, error) {
	if at, ok := c.known[lang][term]; ok {
		return at, nil
	}
	folded, err := foldTerm(c.runes[:0], c.folded, term)
	if err != nil {
		return 0, err
	}
	c.runes, c.sym = folded, c.sym[:0]
	for _, r := range folded {
		sym := symPunct
		switch r {
		case ' ':
			sym = symSpace
		case '*':
			sym = symStar
		case punctRune:
		default:
			if sym = c.alphabet.use(r); sym == symMax {
				return 0, errors.New("the terms use too many different letters")
			}
		}
		c.sym = append(c.sym, sym)
	}
	at := c.tries[lang].add(c.sym)
	c.known[lang][term] = at
	return at, nil
}

// mean gives the term at a node of a language one more meaning.
func (c *compiler) mean(lang uint8, at int32, a atom) {
	c.tries[lang].mean(at, output{a, c.atoms})
	c.atoms++
}
