package topic

// context reads context.yaml: the words of worlds that borrow the language of
// war, and the words that put a sentence in the past or deny it.
//
//	domains:
//	  sport: {en: [striker, goalkeeper*]}
//	literal: {en: [soldiers, refugees]}
//	past: {en: [anniversary of]}
//	negation: {en: [no, denied]}
func (l *loader) context(root node) {
	for _, e := range root.fields(l.f) {
		switch e.key {
		case "domains":
			for _, d := range e.value.fields(l.f) {
				if len(l.t.domains) == maxDomains {
					l.f.add(d.at, "more than %d domains", maxDomains)
					return
				}
				l.cues(d.value, atom{kind: atomDomain, index: int32(len(l.t.domains))})
				l.t.domains = append(l.t.domains, d.key)
			}
		case "literal":
			l.cues(e.value, atom{kind: atomLiteral})
		case "past":
			l.cues(e.value, atom{kind: atomPast})
		case "negation":
			l.cues(e.value, atom{kind: atomNegation})
		default:
			l.f.add(e.at, "unknown key %q; want domains, literal, past or negation", e.key)
		}
	}
}

func (l *loader) cues(n node, a atom) {
	for _, byLang := range n.fields(l.f) {
		lang, ok := l.language(byLang.key)
		if !ok {
			l.f.add(byLang.at, "language %q is not one we know; see languageScript", byLang.key)
			continue
		}
		l.words(byLang.value, lang, a)
	}
}

const maxDomains = 16

// A sentence is what the words of one sentence say about each other.
type sentence struct {
	cues    [maxDomains]uint8 // words of each domain
	literal uint8             // words of real war
	past    bool
}

// How much company counts against, and for, the literal sense of a word. One
// cue may be chance and weighs half.
const (
	cueDoubt     = 1.0  // what each cue in the sentence adds to the doubt, of which a term's weight is the inverse
	literalTrust = 1.0  // each word of real war in it divides the doubt
	textDoubt    = 0.12 // what each different cue in the whole text adds, but for one, which may be chance
	textTrust    = 1.0  // and how many of them a different word of real war takes off
	pastFactor   = 0.5  // an event of long ago is not news
	denialFactor = 0.5
	denialWords  = 4 // how far a negation reaches
)

// doubt is the share of a match's weight that is left in the sentence.
func (s *sentence) doubt() float64 {
	worst := uint8(0)
	for _, n := range s.cues {
		worst = max(worst, n)
	}
	factor := 1 / (1 + cueDoubt*float64(worst)/(1+literalTrust*float64(s.literal)))
	if s.past {
		factor *= pastFactor
	}
	return factor
}

// textContext is the share of a match's weight that is left in a text with
// so many cues of its main other domain, and so much literal talk of war.
func textContext(cues, literal float64) float64 {
	return 1 / (1 + textDoubt*max(0, cues-1-textTrust*literal))
}
