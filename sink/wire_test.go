package sink

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"conflictwire/enrich/actor"
	"conflictwire/enrich/place"
	"conflictwire/ingest/article"
	"conflictwire/ingest/rights"
	"conflictwire/sink/record"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

var update = flag.Bool("update", false, "write the golden files anew")

// sample is a record with every member.
func sample(t *testing.T) *record.Record {
	t.Helper()
	s, _ := open(t, Config{})
	r := enriched("https://a.example/1", "Truce holds", body, "sy", "peace.ceasefire", "peace.talks")
	r.Canonical, r.Article.Robots, r.Page.SHA256, r.Partial = "https://a.example/1", []string{"noai"}, "00ff", true
	r.Sources = map[string]string{"title": "json-ld"}
	r.AMP, r.Closed, r.Sighted = "https://a.example/1/amp", true, []string{"b-feed"}
	r.Media = []article.Media{{URL: "https://a.example/v.mp4", Type: "video/mp4", Title: "The bridge"}, {URL: "https://player.example/7", Type: "audio"}, {URL: "/relative", Type: "video"}}
	r.Posts = []article.Post{{Time: time.Date(2026, 5, 1, 11, 0, 0, 0, time.UTC), Title: "11:00", Body: []article.Paragraph{{Kind: article.Text, Text: "The guns fell silent."}}}}
	r.Rights = rights.Rights{AI: true, Policy: "https://a.example/terms", Signals: []rights.Signal{{Source: "robots meta", Value: "noai"}}}
	r.Actors = []actor.Actor{{ID: "hezbollah", Name: "Hezbollah", Kind: actor.ArmedGroup, Country: "lb", Wikidata: "Q41053", Count: 2, Evidence: []actor.Span{{Field: "headline", Start: 0, End: 5, Quote: "Truce"}}}}
	r.Places[0].Point = place.Point{Name: "Aleppo", Latitude: 36.2, Longitude: 37.16, Precision: place.City}
	r.Withheld = "use by AI is reserved"
	return s.wire(r, time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC))
}

func TestWireFormat(t *testing.T) {
	got, err := json.MarshalIndent(sample(t), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden := filepath.Join("testdata", "record.golden")
	if *update {
		if err := os.WriteFile(golden, append(got, '\n'), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(append(got, '\n'), want) {
		t.Errorf("the wire format changed; run with -update and review the difference:\n%s", got)
	}
}

func TestRecordFollowsItsSchema(t *testing.T) {
	schema := compile(t, "urn:conflictwire:schema:record:1", closed(t, record.Schema))
	for name, rec := range versions(t) {
		if err := schema.Validate(generic(t, rec)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	bad := generic(t, sample(t)).(map[string]any)
	bad["conflictwire"].(map[string]any)["country"] = "Syria"
	if schema.Validate(bad) == nil {
		t.Error("the schema takes a country that is not a code")
	}
}

func TestRecordWithoutOurMemberIsNinjs(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(shared(t), "data", "schemas", "ninjs-schema_3.1.json"))
	if err != nil {
		t.Skipf("the IPTC's schema is not here: %v", err)
	}
	schema := compile(t, record.NinjsStandard.Schema, data)
	for name, rec := range versions(t) {
		v := generic(t, rec).(map[string]any)
		delete(v, "conflictwire")
		if err := schema.Validate(v); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		v["conflictwire"] = true
		if schema.Validate(v) == nil {
			t.Errorf("%s: the schema takes members it does not know, so this test shows nothing", name)
		}
	}
}

// versions are records of every kind.
func versions(t *testing.T) map[string]*record.Record {
	t.Helper()
	s, _ := open(t, Config{})
	bare := publish(t, s, enriched("https://a.example/2", "Budget passes", "Members voted late.", "zz"))
	gone, err := s.Withdraw(t.Context(), bare.ID, "410")
	if err != nil {
		t.Fatal(err)
	}
	return map[string]*record.Record{"full": sample(t), "bare": bare.Record, "withdrawn": gone.Record}
}

// generic is rec as a JSON value.
func generic(t *testing.T, rec *record.Record) any {
	t.Helper()
	data, err := rec.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return decoded(t, data)
}

// decoded is a JSON document.
func decoded(t *testing.T, data []byte) any {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// point is what we use of GeoJSON (RFC 7946), which ninjs refers to.
const point = `{"type": "object", "required": ["type", "coordinates"], "additionalProperties": false, "properties": {
	"type": {"const": "Point"},
	"coordinates": {"type": "array", "minItems": 2, "maxItems": 2, "prefixItems": [
		{"type": "number", "minimum": -180, "maximum": 180}, {"type": "number", "minimum": -90, "maximum": 90}]}}}`

// compile compiles a schema.
func compile(t *testing.T, url string, data []byte) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	doc := decoded(t, data)
	if id, ok := doc.(map[string]any)["$id"].(string); ok {
		url = id
	}
	for u, d := range map[string]any{url: doc, "https://geojson.org/schema/GeoJSON.json": decoded(t, []byte(point))} {
		if err := c.AddResource(u, d); err != nil {
			t.Fatal(err)
		}
	}
	schema, err := c.Compile(url)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// closed is the schema made to refuse members it does not name, so that none
// is left out of it.
func closed(t *testing.T, data []byte) []byte {
	t.Helper()
	var v any
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			if _, ok := v["properties"].(map[string]any); ok {
				v["additionalProperties"] = false
			}
			for _, x := range v {
				walk(x)
			}
		case []any:
			for _, x := range v {
				walk(x)
			}
		}
	}
	walk(v)
	out, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// shared is the folder of test data that is not part of the project.
func shared(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("CONFLICTWIRE_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "shared")
	}
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("the shared test data is not here (set CONFLICTWIRE_SHARED): %v", err)
	}
	return dir
}

func TestPointOfACountryIsNotDrawn(t *testing.T) {
	s, _ := open(t, Config{})
	for precision, drawn := range map[place.Precision]bool{place.City: true, place.Region: true, place.Country: false, "": false} {
		r := enriched("https://a.example/1", "Truce holds", body, "sy", "peace.ceasefire")
		r.Places[0].Point = place.Point{Latitude: 35, Longitude: 38.5, Precision: precision}
		rec := s.wire(r, time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC))
		if at := rec.Places[0].GeoJSON; (at != nil) != drawn || at != nil && at.Coordinates != [2]float64{38.5, 35} {
			t.Errorf("geoJSON of a point of precision %q = %v", precision, at)
		}
		if at := rec.Conflictwire.Places[0].Point; (at != nil) != (precision != "") || at != nil && at.Precision != string(precision) {
			t.Errorf("point of precision %q = %v", precision, at)
		}
	}
}
