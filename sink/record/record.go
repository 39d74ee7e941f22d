// Package record is the message that subscribers receive: an IPTC ninjs 3.1
// news object with one member of our own, "conflictwire". Without that member
// it is valid ninjs 3.1. Schema is the JSON Schema of the whole.
//
// The package depends on the standard library alone, so that a subscriber in
// Go can import it without the pipeline.
package record

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"time"
)

// Schema is the JSON Schema (draft 2020-12) of a record.
//
//go:embed record.schema.json
var Schema []byte

// A Record is one version of an article. Fields follow ninjs 3.1
// (https://iptc.org/standards/ninjs/); times are UTC.
type Record struct {
	Standard           Standard      `json:"standard"`
	URI                string        `json:"uri"`                          // the same for ever: "urn:uuid:" and the article's id
	Type               string        `json:"type"`                         // "text"
	RepresentationType string        `json:"representationType,omitempty"` // "full", or "partial" when the body is known to be incomplete
	Version            string        `json:"version"`                      // from "1", one more each time the content or the tags changed
	PubStatus          PubStatus     `json:"pubStatus"`
	FirstCreated       time.Time     `json:"firstCreated"`            // when the first version was made
	VersionCreated     time.Time     `json:"versionCreated"`          // when this version was made
	ContentCreated     time.Time     `json:"contentCreated,omitzero"` // when the publisher says it was published
	Language           string        `json:"language,omitempty"`      // BCP 47; absent when unknown
	By                 string        `json:"by,omitempty"`            // the byline
	Located            string        `json:"located,omitempty"`       // where it was filed, as far as known
	CopyrightHolder    string        `json:"copyrightHolder,omitempty"`
	UsageTerms         string        `json:"usageTerms,omitempty"`
	EdNote             string        `json:"edNote,omitempty"` // why it was withdrawn or changed, for editors
	Headlines          []Text        `json:"headlines,omitempty"`
	Descriptions       []Text        `json:"descriptions,omitempty"` // role "standfirst"
	Bodies             []Text        `json:"bodies,omitempty"`       // plain text and clean HTML; offsets of evidence count bytes of the plain one
	People             []Person      `json:"people,omitempty"`       // rel "author"
	Subjects           []Subject     `json:"subjects,omitempty"`     // our tags and their IPTC Media Topics
	Places             []Place       `json:"places,omitempty"`
	InfoSources        []InfoSource  `json:"infoSources,omitempty"` // role "publisher": who published it
	Associations       []Association `json:"associations,omitempty"`
	AltIDs             []AltID       `json:"altIds,omitempty"` // role "canonical", "link" and "amp": addresses of the page
	Rights             *Rights       `json:"rightsInfo,omitempty"`
	Conflictwire       Conflictwire  `json:"conflictwire"`
}

// A PubStatus says whether an article may be used (ninjs pubStatus).
type PubStatus string

// The publication states.
const (
	Usable   PubStatus = "usable"
	Withheld PubStatus = "withheld"
	Canceled PubStatus = "canceled" // withdrawn by its publisher: stop using every version
)

// Standard names the format.
type Standard struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Schema  string `json:"schema,omitempty"`
}

// NinjsStandard is the value of [Record.Standard].
var NinjsStandard = Standard{Name: "ninjs", Version: "3.1", Schema: "https://www.iptc.org/std/ninjs/ninjs-schema_3.1.json"}

// A Text is a headline, description or body.
type Text struct {
	Role        string `json:"role,omitempty"`
	ContentType string `json:"contentType,omitempty"` // "text/plain" or "text/html"
	CharCount   int    `json:"charCount,omitempty"`
	WordCount   int    `json:"wordCount,omitempty"` // absent for languages without spaces
	Value       string `json:"value"`
}

// A Person is somebody with a part in the article.
type Person struct {
	Name string `json:"name"`
	Rel  string `json:"rel,omitempty"`
}

// A Subject is a tag: ours, with the literal "conflict.<group>.<topic>", or one
// of the IPTC Media Topics, with a URI under http://cv.iptc.org/newscodes/mediatopic/.
type Subject struct {
	Name       string `json:"name,omitempty"`
	Rel        string `json:"rel,omitempty"` // for IPTC: "exactMatch", "closeMatch" or "broadMatch" of ours
	URI        string `json:"uri,omitempty"`
	Literal    string `json:"literal,omitempty"` // "conflict.peace.ceasefire", or "medtop:20000073"
	Creator    string `json:"creator,omitempty"`
	Confidence int    `json:"confidence,omitempty"` // 0 to 100
}

// A Place is a country.
type Place struct {
	Name    string   `json:"name"`
	Rel     string   `json:"rel,omitempty"`     // "event", "dateline" or "mentioned"
	Literal string   `json:"literal,omitempty"` // ISO 3166-1 alpha-2, lower case
	GeoJSON *GeoJSON `json:"geoJSON,omitempty"` // of the event, when a city or a region is known; see Location.Point for which
}

// GeoJSON is a point as RFC 7946 has it.
type GeoJSON struct {
	Type        string     `json:"type"`        // "Point"
	Coordinates [2]float64 `json:"coordinates"` // longitude, latitude
}

// An InfoSource is where it came from.
type InfoSource struct {
	Name string `json:"name"`
	Role string `json:"role,omitempty"`
	URI  string `json:"uri,omitempty"`
}

// An Association is a picture, video or recording that belongs to the article.
// Its caption and credit are never part of a body.
type Association struct {
	Name            string      `json:"name"`
	URI             string      `json:"uri"`
	Type            string      `json:"type"`                      // "picture", "video" or "audio"
	Headlines       []Text      `json:"headlines,omitempty"`       // the title of a video or recording
	Descriptions    []Text      `json:"descriptions,omitempty"`    // role "caption"
	CopyrightHolder string      `json:"copyrightHolder,omitempty"` // the credit
	Renditions      []Rendition `json:"renditions,omitempty"`
}

// A Rendition is one file of a picture, video or recording.
type Rendition struct {
	Name        string `json:"name"`
	Href        string `json:"href,omitempty"`
	ContentType string `json:"contentType,omitempty"`
	Width       int    `json:"width,omitempty"`
	Height      int    `json:"height,omitempty"`
}

// An AltID is another name of the article.
type AltID struct {
	Role  string `json:"role"`
	Value string `json:"value"`
}

// Rights points at what the publisher says about use.
type Rights struct {
	LinkedRights string `json:"linkedRights,omitempty"`
}

// Conflictwire is our own member.
type Conflictwire struct {
	ID         string     `json:"id"`               // a UUID (RFC 9562, version 5, of the canonical address)
	Op         Op         `json:"op"`               // what this version is
	Digest     string     `json:"digest"`           // of the content; equal digests mean equal content
	Relevance  float64    `json:"relevance"`        // 0 to 1: is this about conflict at all
	Topics     []Topic    `json:"topics"`           // most confident first; empty when there is none
	Country    string     `json:"country"`          // of the event, ISO 3166-1 alpha-2 in lower case; "zz" when unknown
	Places     []Location `json:"places"`           // with evidence
	Actors     []Actor    `json:"actors,omitempty"` // parties that the text names, those of the headline first; at most 30
	Taxonomy   string     `json:"taxonomy"`         // version of the rules
	Posts      []Post     `json:"posts,omitempty"`  // of a live blog, the newest first, at most 100; the body has them too
	Extraction Extraction `json:"extraction"`       // how far the body can be trusted
	Provenance Provenance `json:"provenance"`
	Changes    []string   `json:"changes,omitempty"` // fields that differ from the version before
}

// An Op says what a version is.
type Op string

// The operations.
const (
	New      Op = "new"
	Update   Op = "update"
	Withdraw Op = "withdraw"
	Retag    Op = "retag" // the same content under other tags
)

// A Post is one entry of a live blog.
type Post struct {
	Time  time.Time `json:"time,omitzero"` // absent when the page does not say
	Title string    `json:"title,omitempty"`
	Text  string    `json:"text"` // plain
}

// A Topic is a tag with the words that carried it.
type Topic struct {
	ID         string     `json:"id"`         // "conflict.peace.ceasefire"
	Confidence float64    `json:"confidence"` // 0 to 1
	ACLED      []string   `json:"acled,omitempty"`
	PLOVER     []string   `json:"plover,omitempty"`
	Evidence   []Evidence `json:"evidence"`
}

// A Location is a place with the words that name it.
type Location struct {
	Country    string     `json:"country"`
	Role       string     `json:"role"`
	Confidence float64    `json:"confidence"`
	Evidence   []Evidence `json:"evidence"`
	Point      *Point     `json:"point,omitempty"` // of the event
}

// A Point is where the most exact place named for the event is, in degrees of
// WGS 84. One of precision "country" says no more than the country does.
type Point struct {
	Name      string  `json:"name,omitempty"` // of the city or region
	Latitude  float64 `json:"latitude"`
	Longitude float64 `json:"longitude"`
	Precision string  `json:"precision"` // "city", "region" or "country"
}

// An Actor is a party that the text names: an armed group, a government, an
// international body.
type Actor struct {
	ID       string     `json:"id"`                 // "hezbollah": never changes
	Name     string     `json:"name"`               // in English
	Kind     string     `json:"kind"`               // "armed-group", "armed-forces", "security", "government" or "international"
	Country  string     `json:"country"`            // of its seat; "zz" for several
	Wikidata string     `json:"wikidata,omitempty"` // "Q41053"
	Count    int        `json:"count"`              // how often it is named
	Evidence []Evidence `json:"evidence"`           // the first places
}

// Evidence is a stretch of the text. The bytes from Start to End of the field
// are Quote: "headline" is the first headline, "lead" the first description,
// "body" the body of type text/plain.
type Evidence struct {
	Field  string  `json:"field"`
	Start  int     `json:"start"`
	End    int     `json:"end"`
	Quote  string  `json:"quote"`
	Rule   string  `json:"rule,omitempty"`
	Weight float64 `json:"weight,omitempty"`
}

// Extraction says how the body was found.
type Extraction struct {
	Method  string            `json:"method"`
	Quality float64           `json:"quality"` // 0 to 1
	Partial bool              `json:"partial,omitempty"`
	Closed  bool              `json:"closed,omitempty"`  // the publisher says that it is not free to read
	Sources map[string]string `json:"sources,omitempty"` // field → where on the page it stood
}

// Provenance says where it came from and how.
type Provenance struct {
	Feed      string    `json:"feed"`                // id of the feed that showed it
	Feeds     []string  `json:"feeds,omitempty"`     // ids of all feeds that had shown it when this version was made, if there is another one
	FeedURL   string    `json:"feedUrl,omitempty"`   // the feed's address
	Entry     string    `json:"entry"`               // key of the entry in that feed
	EntryID   string    `json:"entryId,omitempty"`   // the publisher's own id (guid, atom:id)
	Publisher string    `json:"publisher,omitempty"` // slug, the last token of the subject
	URL       string    `json:"url,omitempty"`       // the page as fetched
	FirstSeen time.Time `json:"firstSeen,omitzero"`  // when the feed first showed it
	Fetched   time.Time `json:"fetched,omitzero"`    // when the page was fetched
	Robots    []string  `json:"robots,omitempty"`    // directives of the page and its headers
	Rights    *Reserved `json:"rights,omitempty"`    // what the publisher reserves; absent when there is no sign of it
	SHA256    string    `json:"sha256,omitempty"`    // of the page as fetched, hexadecimal
}

// Reserved is what the publisher reserves, as machines are told.
type Reserved struct {
	TDM     bool     `json:"tdm,omitempty"`     // text and data mining
	AI      bool     `json:"ai,omitempty"`      // use by AI
	NoIndex bool     `json:"noIndex,omitempty"` // to be indexed or archived
	Signals []Signal `json:"signals"`
}

// A Signal is one sign of it.
type Signal struct {
	Source string `json:"source"` // where it stood: "header tdm-reservation", "robots meta", "ai.txt"
	Value  string `json:"value"`
}

// Encode returns the record as JSON, on one line. The angle brackets of its
// HTML are left as they are.
func (r *Record) Encode() ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(r); err != nil {
		return nil, fmt.Errorf("encode record %s: %w", r.URI, err)
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n")), nil
}

// Decode reads a record. Members that it does not know are passed over, so
// that subscribers outlive additions.
func Decode(data []byte) (*Record, error) {
	var r Record
	if err := json.Unmarshal(data, &r); err != nil {
		return nil, fmt.Errorf("decode record: %w", err)
	}
	return &r, nil
}

// Headline is the first headline, or "".
func (r *Record) Headline() string {
	if len(r.Headlines) == 0 {
		return ""
	}
	return r.Headlines[0].Value
}

// Standfirst is the first description, or "".
func (r *Record) Standfirst() string {
	if len(r.Descriptions) == 0 {
		return ""
	}
	return r.Descriptions[0].Value
}

// Body is the body of the given media type, or "".
func (r *Record) Body(contentType string) string {
	for _, b := range r.Bodies {
		if b.ContentType == contentType {
			return b.Value
		}
	}
	return ""
}

// Field is the text that evidence of that field points into, or "".
func (r *Record) Field(name string) string {
	switch name {
	case "headline":
		return r.Headline()
	case "lead":
		return r.Standfirst()
	case "body":
		return r.Body("text/plain")
	}
	return ""
}

// Publisher is the name of the publisher, or "".
func (r *Record) Publisher() string {
	for _, s := range r.InfoSources {
		if s.Role == "publisher" {
			return s.Name
		}
	}
	return ""
}
