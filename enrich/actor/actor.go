// Package actor names the parties to a conflict that a text speaks of: armed
// groups, armed forces, security organs, governments and international bodies.
//
// Their names in the languages of the news are data (data/actors.tsv, which
// says how to write them); editors add a name without a programmer. All names
// are looked for in one pass. What an actor does in the story is not said: to
// be named is not to have done it.
package actor

import (
	"cmp"
	"embed"
	"io/fs"
	"slices"
	"sync"
)

// A Text is what is searched. Offsets of evidence count bytes in these fields.
type Text struct {
	Language string // BCP 47 primary subtag; "und" when unknown
	Headline string
	Lead     string
	Body     string
}

// A Kind says what an actor is.
type Kind string

// The kinds of actors.
const (
	ArmedGroup    Kind = "armed-group"
	ArmedForces   Kind = "armed-forces"
	Security      Kind = "security" // police, border guards, secret services
	Government    Kind = "government"
	International Kind = "international"
)

// An Actor is a party that the text names.
type Actor struct {
	ID       string // "hezbollah": never changes, never used again for another
	Name     string // in English
	Kind     Kind
	Country  string // of its seat, ISO 3166-1 alpha-2 in lower case; "zz" for several
	Wikidata string // "Q41053"; empty when we are not certain
	Count    int    // how often the text names it
	Evidence []Span // the first places, at most [MaxEvidence], never empty
}

// A Span is a stretch of a field that names an actor.
type Span struct {
	Field      string // "headline", "lead" or "body"
	Start, End int    // bytes: field[Start:End] == Quote
	Quote      string
}

// Bounds on an answer.
const (
	MaxActors   = 30
	MaxEvidence = 5 // spans of one actor
)

// A Register knows the names of actors. It does not change once loaded, and
// its methods may be called concurrently.
type Register struct {
	actors []Actor // without evidence
	heads  heads   // of the names in trie that begin with ASCII
	keys   keySet  // of all
	trie   trie
	langs  map[string]uint32 // bit of each language that limits a name
	pool   sync.Pool         // of *search
}

//go:embed data/actors.tsv
var embedded embed.FS

var loadDefault = sync.OnceValues(func() (*Register, error) {
	data, err := fs.Sub(embedded, "data")
	if err != nil {
		return nil, err
	}
	return Load(data)
})

// Default returns the register of the data that the program carries. It is
// loaded at the first call, in some milliseconds, and shared.
func Default() (*Register, error) { return loadDefault() }

// Len returns how many actors the register knows.
func (r *Register) Len() int { return len(r.actors) }

// Find returns the actors that t names: those of the headline first, then
// those named most often, at most [MaxActors]. Of names that overlap the
// longest counts. Fields are read to 256 KiB.
func (r *Register) Find(t Text) []Actor {
	s := r.pool.Get().(*search)
	defer r.pool.Put(s)
	s.reset(r.langs[t.Language])
	s.read(0, t.Headline)
	s.read(1, t.Lead)
	s.read(2, t.Body)
	s.text = "" // the pool must not keep it
	return s.answer([...]string{t.Headline, t.Lead, t.Body})
}

var fieldNames = [...]string{"headline", "lead", "body"}

// answer makes the answer of what was found.
func (s *search) answer(fields [3]string) []Actor {
	if len(s.found) == 0 {
		return nil
	}
	out := s.count()
	spans := 0
	for i := range out {
		spans += min(out[i].Count, MaxEvidence)
	}
	free := make([]Span, spans) // one piece of memory for all
	for i := range out {
		n := min(out[i].Count, MaxEvidence)
		out[i].Evidence, free = free[:0:n], free[n:]
	}
	for _, f := range s.found {
		if a := &out[s.nth[f.actor]-1]; len(a.Evidence) < MaxEvidence {
			a.Evidence = append(a.Evidence, Span{fieldNames[f.field], int(f.start), int(f.end), fields[f.field][f.start:f.end]})
		}
	}
	for _, f := range s.found {
		s.nth[f.actor] = 0
	}
	slices.SortStableFunc(out, func(a, b Actor) int {
		return cmp.Or(afterHeadline(&a)-afterHeadline(&b), b.Count-a.Count)
	})
	return slices.Clip(out[:min(len(out), MaxActors)])
}

// count lists the actors found with their counts, in the order of the text,
// and numbers them.
func (s *search) count() []Actor {
	var out []Actor
	for _, f := range s.found {
		if s.nth[f.actor] == 0 {
			out = append(out, s.r.actors[f.actor])
			s.nth[f.actor] = int32(len(out))
		}
		out[s.nth[f.actor]-1].Count++
	}
	return out
}

// afterHeadline is 1 for an actor whom the headline does not name.
func afterHeadline(a *Actor) int {
	if a.Evidence[0].Field == fieldNames[0] {
		return 0
	}
	return 1
}
