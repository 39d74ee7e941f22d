// Package enrich says what an article is about: its language, the conflict
// topics with the words that carry them, the places, and the parties named.
package enrich

import (
	"strings"

	"conflictwire/enrich/actor"
	"conflictwire/enrich/language"
	"conflictwire/enrich/place"
	"conflictwire/enrich/topic"
	"conflictwire/ingest"
)

// A Record is an article with what was found out about it.
type Record struct {
	*ingest.Article
	Language  string // BCP 47 primary subtag; "und" when unknown
	PlainBody string // the body that evidence points into
	Tags
}

// Tags are what a text is about.
type Tags struct {
	Relevance float64       // 0 to 1: is it about conflict at all
	Topics    []topic.Topic // most confident first
	Places    []place.Place // where it happens first
	Country   string        // of the event, ISO 3166-1 alpha-2 in lower case; "zz" when unknown
	Actors    []actor.Actor // those of the headline first; none without [Enricher.WithActors]
	Taxonomy  string        // version of the rules
}

// A Text is what is tagged.
type Text struct {
	Language string // BCP 47 primary subtag; "und" when unknown
	Headline string
	Lead     string // the standfirst
	Body     string // plain text, paragraphs separated by blank lines
}

// An Enricher holds the rules. Its methods may be called concurrently.
type Enricher struct {
	topics *topic.Tagger
	places *place.Gazetteer
	actors *actor.Register // or nil
}

// New returns an enricher of the given rules.
func New(topics *topic.Tagger, places *place.Gazetteer) *Enricher {
	return &Enricher{topics: topics, places: places}
}

// WithActors returns an enricher that also names the actors of r.
func (e *Enricher) WithActors(r *actor.Register) *Enricher {
	with := *e
	with.actors = r
	return &with
}

// Why tags the text of t and says which topics it came near; see [topic.Tagger.Why].
func (e *Enricher) Why(t Text) (topic.Result, []topic.Miss) { return e.topics.Why(topic.Text(t)) }

// Topics returns what the taxonomy says of each topic.
func (e *Enricher) Topics() []topic.Info { return e.topics.Topics() }

// Enrich runs the steps in order. It only reads a.
func (e *Enricher) Enrich(a *ingest.Article) *Record {
	r := &Record{Article: a, PlainBody: a.Text()}
	start := r.PlainBody[:min(len(r.PlainBody), language.MaxText)]
	r.Language = language.Detect(strings.Join([]string{a.Title, a.Standfirst, start}, "\n"), a.Article.Language, a.Entry.Language, a.Feed.Language)
	r.Tags = e.Tag(Text{Language: r.Language, Headline: a.Title, Lead: a.Standfirst, Body: r.PlainBody})
	return r
}

// Tag says what a text is about.
func (e *Enricher) Tag(t Text) Tags {
	found := e.topics.Tag(topic.Text(t))
	places := e.places.Find(place.Text(t))
	tags := Tags{
		Relevance: found.Relevance,
		Topics:    found.Topics,
		Places:    places,
		Country:   place.EventCountry(places),
		Taxonomy:  e.topics.Version(),
	}
	if e.actors != nil {
		tags.Actors = e.actors.Find(actor.Text(t))
	}
	return tags
}
