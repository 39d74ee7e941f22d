package sink

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"math"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"conflictwire/enrich"
	"conflictwire/enrich/actor"
	"conflictwire/enrich/place"
	"conflictwire/ingest"
	"conflictwire/ingest/article"
	"conflictwire/ingest/rights"
	"conflictwire/sink/record"
)

// tagPrefix goes before the id of a topic wherever others see it.
const tagPrefix = "conflict."

// wire writes an enriched article as version 1 of a record made at now.
func (s *Sink) wire(r *enrich.Record, now time.Time) *record.Record {
	rec := &record.Record{
		Standard: record.NinjsStandard, URI: "urn:uuid:" + r.ID, Type: "text", RepresentationType: "full",
		Version: "1", PubStatus: record.Usable, FirstCreated: now, VersionCreated: now, ContentCreated: r.Published.UTC(),
		By: strings.Join(r.Byline, ", "), Associations: slices.Concat(pictures(r.Images), recordings(r.Media)),
		InfoSources: []record.InfoSource{{Name: cmp.Or(r.Publisher, r.Feed.Name()), Role: "publisher"}},
	}
	if r.Partial {
		rec.RepresentationType = "partial"
	}
	if r.Language != "und" {
		rec.Language = r.Language
	}
	if r.Title != "" {
		rec.Headlines = []record.Text{{Role: "main", ContentType: "text/plain", Value: r.Title}}
	}
	if r.Standfirst != "" {
		rec.Descriptions = []record.Text{{Role: "standfirst", ContentType: "text/plain", Value: r.Standfirst}}
	}
	if r.PlainBody != "" {
		rec.Bodies = []record.Text{
			{Role: "main", ContentType: "text/plain", CharCount: utf8.RuneCountInString(r.PlainBody), WordCount: words(r.PlainBody, r.Language), Value: r.PlainBody},
			{Role: "main", ContentType: "text/html", Value: r.Article.HTML()},
		}
	}
	for _, name := range r.Byline {
		rec.People = append(rec.People, record.Person{Name: name, Rel: "author"})
	}
	for _, alt := range []record.AltID{{Role: "link", Value: r.Entry.Link}, {Role: "canonical", Value: r.Canonical}, {Role: "amp", Value: r.AMP}} {
		if alt.Value != "" {
			rec.AltIDs = append(rec.AltIDs, alt)
		}
	}
	if r.Withheld != "" {
		rec.UsageTerms = "body left out: " + r.Withheld
	}
	if r.Rights.Policy != "" {
		rec.Rights = &record.Rights{LinkedRights: r.Rights.Policy}
	}
	rec.Conflictwire = record.Conflictwire{
		ID: r.ID, Op: record.New, Digest: digest(r.Article),
		Relevance: round(r.Relevance), Topics: s.topicsOf(r.Tags), Country: r.Country, Places: locations(r.Places), Taxonomy: r.Taxonomy,
		Posts:      posts(r.Posts),
		Extraction: record.Extraction{Method: r.Method, Quality: round(r.Quality), Partial: r.Partial, Closed: r.Closed, Sources: r.Sources},
		Provenance: record.Provenance{
			Feed: r.Feed.ID, FeedURL: r.Feed.URL, Entry: r.Entry.Key, EntryID: r.Entry.ID, Publisher: publisher(r.Feed),
			URL: r.URL, FirstSeen: r.Entry.FirstSeen.Truncate(time.Second), Fetched: r.Fetched.Truncate(time.Second), Robots: r.Robots, SHA256: r.Page.SHA256,
			Feeds: feeds(r.Article), Rights: reserved(r.Rights),
		},
	}
	s.label(rec, r.Tags)
	return rec
}

// label writes what the article is about into rec, in the place of what is
// there.
func (s *Sink) label(rec *record.Record, tags enrich.Tags) {
	rec.Subjects, rec.Places, rec.Located = s.subjects(tags), nil, ""
	for _, p := range tags.Places {
		rec.Places = append(rec.Places, record.Place{Name: p.Name, Rel: string(p.Role), Literal: p.Country, GeoJSON: geoJSON(p.Point)})
		if p.Role == place.Dateline && rec.Located == "" {
			rec.Located = p.Name
		}
	}
	c := &rec.Conflictwire
	c.Relevance, c.Topics, c.Country, c.Places, c.Taxonomy = round(tags.Relevance), s.topicsOf(tags), tags.Country, locations(tags.Places), tags.Taxonomy
	c.Actors = actors(tags.Actors)
}

// publisher is the last token of the subject.
func publisher(f ingest.Feed) string {
	if f.Publisher != "" {
		return f.Publisher
	}
	return f.ID
}

// subjects are the tags as ninjs has them: ours, then the IPTC Media Topics
// they map to. "related" concepts would need evidence of their own.
func (s *Sink) subjects(tags enrich.Tags) []record.Subject {
	var out []record.Subject
	at := map[string]int{} // IPTC code → its place in out
	for _, t := range tags.Topics {
		info, confidence := (*s.topics.Load())[t.ID], int(math.Round(100*t.Confidence))
		out = append(out, record.Subject{Name: info.Label, Literal: tagPrefix + t.ID, Creator: "conflictwire", Confidence: confidence})
		for _, c := range info.IPTC {
			if c.Match == "related" {
				continue
			}
			if i, ok := at[c.Code]; ok {
				out[i].Confidence = max(out[i].Confidence, confidence)
				continue
			}
			at[c.Code] = len(out)
			number := strings.TrimPrefix(c.Code, "medtop:")
			out = append(out, record.Subject{
				Name: c.Name, Rel: c.Match + "Match", Literal: c.Code, Creator: "conflictwire", Confidence: confidence,
				URI: "http://cv.iptc.org/newscodes/mediatopic/" + number,
			})
		}
	}
	return out
}

func (s *Sink) topicsOf(tags enrich.Tags) []record.Topic {
	out := make([]record.Topic, 0, len(tags.Topics)) // [] in JSON, not null
	for _, t := range tags.Topics {
		info := (*s.topics.Load())[t.ID]
		topic := record.Topic{ID: tagPrefix + t.ID, Confidence: round(t.Confidence), ACLED: info.ACLED, PLOVER: info.PLOVER}
		for _, e := range t.Evidence {
			topic.Evidence = append(topic.Evidence, record.Evidence{Field: e.Field, Start: e.Start, End: e.End, Quote: e.Quote, Rule: e.Rule, Weight: round(e.Weight)})
		}
		out = append(out, topic)
	}
	return out
}

func actors(list []actor.Actor) []record.Actor {
	var out []record.Actor
	for _, a := range list {
		r := record.Actor{ID: a.ID, Name: a.Name, Kind: string(a.Kind), Country: a.Country, Wikidata: a.Wikidata, Count: a.Count}
		for _, e := range a.Evidence {
			r.Evidence = append(r.Evidence, record.Evidence{Field: e.Field, Start: e.Start, End: e.End, Quote: e.Quote})
		}
		out = append(out, r)
	}
	return out
}

func locations(places []place.Place) []record.Location {
	out := make([]record.Location, 0, len(places))
	for _, p := range places {
		l := record.Location{Country: p.Country, Role: string(p.Role), Confidence: round(p.Confidence)}
		if at := p.Point; at.Precision != "" {
			l.Point = &record.Point{Name: at.Name, Latitude: at.Latitude, Longitude: at.Longitude, Precision: string(at.Precision)}
		}
		for _, e := range p.Evidence {
			l.Evidence = append(l.Evidence, record.Evidence{Field: e.Field, Start: e.Start, End: e.End, Quote: e.Quote})
		}
		out = append(out, l)
	}
	return out
}

// geoJSON writes the point of a city or a region. That of a country is left
// out: nobody who draws it on a map could see what it means.
func geoJSON(p place.Point) *record.GeoJSON {
	if p.Precision != place.City && p.Precision != place.Region {
		return nil
	}
	return &record.GeoJSON{Type: "Point", Coordinates: [2]float64{p.Longitude, p.Latitude}}
}

// pictures writes images as associated items. Images whose address is not
// absolute are left out: ninjs wants a URI.
func pictures(images []article.Image) []record.Association {
	var out []record.Association
	for _, i := range images {
		if u, err := url.Parse(i.URL); err != nil || !u.IsAbs() {
			continue
		}
		a := record.Association{Name: "picture", URI: i.URL, Type: "picture", CopyrightHolder: i.Credit}
		if i.Caption != "" {
			a.Descriptions = []record.Text{{Role: "caption", ContentType: "text/plain", Value: i.Caption}}
		}
		a.Renditions = []record.Rendition{{Name: "original", Href: i.URL, Width: i.Width, Height: i.Height}}
		out = append(out, a)
	}
	return out
}

// recordings writes videos and sound as associated items.
func recordings(media []article.Media) []record.Association {
	var out []record.Association
	for _, m := range media {
		if u, err := url.Parse(m.URL); err != nil || !u.IsAbs() {
			continue
		}
		kind, _, file := strings.Cut(m.Type, "/")
		if kind != "video" && kind != "audio" {
			continue
		}
		a := record.Association{Name: kind, URI: m.URL, Type: kind}
		if m.Title != "" {
			a.Headlines = []record.Text{{Role: "main", ContentType: "text/plain", Value: m.Title}}
		}
		if file { // else it is a player's page
			a.Renditions = []record.Rendition{{Name: "original", Href: m.URL, ContentType: m.Type}}
		}
		out = append(out, a)
	}
	return out
}

const maxPosts = 100 // of a live blog in one record

// posts writes the newest posts of a live blog.
func posts(list []article.Post) []record.Post {
	var out []record.Post
	for _, p := range list[:min(len(list), maxPosts)] {
		body := article.Article{Body: p.Body}
		out = append(out, record.Post{Time: p.Time, Title: p.Title, Text: body.Text()})
	}
	return out
}

// feeds lists the feeds that showed an article, its own first; nil when there
// is no other.
func feeds(a *ingest.Article) []string {
	out := []string{a.Feed.ID}
	for _, id := range a.Sighted {
		if !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	if len(out) == 1 {
		return nil
	}
	return out
}

func reserved(r rights.Rights) *record.Reserved {
	if len(r.Signals) == 0 {
		return nil
	}
	out := &record.Reserved{TDM: r.TDM, AI: r.AI, NoIndex: r.NoIndex}
	for _, s := range r.Signals {
		out.Signals = append(out.Signals, record.Signal{Source: s.Source, Value: s.Value})
	}
	return out
}

// digest is over what a reader reads. Addresses of pictures and the like
// change without anybody having changed the article.
func digest(a *ingest.Article) string {
	h := sha256.New()
	for _, s := range append([]string{a.Title, a.Standfirst, a.Text()}, a.Byline...) {
		h.Write([]byte(strings.Join(strings.Fields(s), " ")))
		h.Write([]byte{0})
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// words counts words; 0 for languages that do not put spaces between them.
func words(text, lang string) int {
	if slices.Contains([]string{"zh", "ja", "th"}, lang) {
		return 0
	}
	return len(strings.Fields(text))
}

// round keeps three decimals, which is more than any of these figures means.
func round(x float64) float64 { return math.Round(x*1000) / 1000 }
