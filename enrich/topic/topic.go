// Package topic says which conflict topics a text is about, how sure it is,
// and which words made it say so.
//
// The knowledge is in rule files (the folder data): for every topic, and in
// every language, terms that are enough alone, terms that need company, and
// words that must or must not stand near. Editors change them without a
// programmer; a file carries its own tests, and a taxonomy whose tests fail
// is not loaded. The program owns only the mechanism: finding terms in many
// writings (fold.go, sift.go, walk.go), telling war from its metaphors in
// sport and business (context.go), adding up
// (score.go), and choosing between topics that tell one event (yield.go).
package topic

import (
	"embed"
	"io/fs"
	"slices"
	"sync"
)

// A Text is what is tagged. Offsets of evidence count bytes in these fields.
type Text struct {
	Language string // BCP 47 primary subtag, for example "en"; "und" when unknown
	Headline string
	Lead     string // standfirst; may be empty
	Body     string // plain text, paragraphs separated by blank lines
}

// A Result is what the tagger says of one text.
type Result struct {
	Relevance float64 // 0 to 1: is this about conflict at all
	Topics    []Topic // the topics that reached their threshold, most confident first
}

// A Topic is one tag with its evidence.
type Topic struct {
	ID         string  // "peace.ceasefire"
	Confidence float64 // 0 to 1
	Evidence   []Span  // what carried it, heaviest first, never empty
}

// A Span is a stretch of a field that carried a tag.
type Span struct {
	Field      string // "headline", "lead" or "body"
	Start, End int    // bytes: field[Start:End] == Quote
	Quote      string
	Rule       string // which line of which topic file, for example "peace.ceasefire/en/strong/cease*fire"
	Weight     float64
}

// An Info describes a topic, or a group of topics, of a taxonomy.
type Info struct {
	ID     string // "peace.ceasefire"; of a group "peace"
	Label  string // English, for people
	Group  string // "peace"
	IPTC   []Code
	ACLED  []string // event types
	PLOVER []string // event types, with mode or context
}

// A Code is a concept of the IPTC Media Topics and how it matches ours.
type Code struct {
	Code  string // "medtop:20000073"
	Name  string // English
	Match string // how the concept relates to the topic: "exact", "close", "broad" or "related"
}

// A Tagger holds a taxonomy. It does not change and may be used by any number
// of goroutines at once.
type Tagger struct {
	version string
	topics  []Info // in order of ID
	groups  []Info

	alphabet   *alphabet
	tries      []*trie // by language
	rules      []rule
	nears      []near
	nearGroups []uint8   // by near: its groups, as bits
	yields     [][]int32 // by topic: those that go first
	yielders   []int32   // topics that yield, each after those that go first
	needy      []langSet // by topic: languages whose likely and weak terms need a word of atomNeed
	domains    []string
	langs      map[string]uint8
	scripts    [scripts]langSet // languages by script
	any        langSet

	pool sync.Pool // of *scan
}

//go:embed data
var embedded embed.FS

// Default loads the taxonomy that comes with the program. It does not run the
// tests in the files, which the tests of this package have done.
func Default() (*Tagger, error) {
	data, err := fs.Sub(embedded, "data")
	if err != nil {
		return nil, err // unreachable: the folder is embedded
	}
	t, _, err := load(data)
	if err != nil {
		return nil, err
	}
	return t, nil
}

// Version identifies the rule files: taxonomies with the same version give
// the same results, apart from changes of the program.
func (t *Tagger) Version() string { return t.version }

// Topics lists the topics in order of ID. The caller owns the list.
func (t *Tagger) Topics() []Info { return slices.Clone(t.topics) }

// Groups lists the groups of topics in order of ID. The caller owns the list.
func (t *Tagger) Groups() []Info { return slices.Clone(t.groups) }

// languagesOf returns the languages whose terms apply to text: its own, or
// all of its script when it has none or we have no rules in it.
func (t *Tagger) languagesOf(text *Text) langSet {
	if n, ok := t.langs[text.Language]; ok && text.Language != anyLanguage {
		return 1<<n | t.any
	}
	sample := text.Headline
	if len(text.Body) > len(sample) {
		sample = text.Body
	}
	return t.scripts[mainScript(sample)] | t.any
}
