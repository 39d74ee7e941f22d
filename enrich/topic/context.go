package topic

// context reads context.yaml: the words of worlds that borrow the language of
// war, and the words that put a sentence in the past or deny it.
//
//	domains:
//	  sport: {en: [striker, goalkeeper*]}
//	literal: {en: [soldiers, refugees]}
//	public: {en: [government, border]}
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
		case "public":
			l.cues(e.value, atom{kind: atomPublic})
		case "past":
			l.cues(e.value, atom{kind: atomPast})
		case "negation":
			l.cues(e.value, atom{kind: atomNegation})
		default:
			l.f.add(e.at, "unknown key %q; want domains, literal, public, past or negation", e.key)
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
	worst   uint8             // the most of cues
	literal uint8             // words of real war
	past    bool
}

// How much company counts against, and for, the literal sense of a word.
const (
	cueDoubt     = 1.0 // what each cue in the sentence adds to the doubt, of which a term's weight is the inverse
	literalTrust = 1.0 // each word of real war in it divides the doubt
	pastFactor   = 0.5 // an event of long ago is not news
	denialFactor = 0.5
	denialWords  = 4 // how far a negation reaches

	// In the whole text each different word of real war is company, each of
	// public affairs half as much. Cues of another world, but for one, which
	// may be chance, and the length of a text that could name an army, a
	// minister or a victim and does not, are doubt.
	publicTrust = 0.5
	someTrust   = 0.8 // for the term itself
	textDoubt   = 0.4
	bareDoubt   = 0.7 // for every 100 words
	bareFrom    = 60  // words in which company may be missing
	bareTo      = 260
)

// cue counts a word of a domain.
func (s *sentence) cue(domain int32) {
	if n := &s.cues[domain]; *n < 255 {
		*n++
		s.worst = max(s.worst, *n)
	}
}

// doubt is the share of a match's weight that is left in the sentence.
func (s *sentence) doubt() float64 {
	factor := 1 / (1 + cueDoubt*float64(s.worst)/(1+literalTrust*float64(s.literal)))
	if s.past {
		factor *= pastFactor
	}
	return factor
}

// trust is the share of a match's weight that is left in a text with so much
// company, so many cues of its main other world and so many words.
func trust(company, cues float64, words int32) float64 {
	doubt := textDoubt*max(0, cues-1) + bareDoubt*float64(min(max(words, bareFrom), bareTo)-bareFrom)/100
	return (company + someTrust) / (company + someTrust + doubt)
}
