package sink

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"conflictwire/enrich"
	"conflictwire/ingest"
	"conflictwire/sink/record"

	"github.com/nats-io/nats.go"
)

// An Outcome says what Publish or Withdraw came to.
type Outcome string

// The outcomes.
const (
	Stored    Outcome = "stored"    // a new version is in NEWS
	Unchanged Outcome = "unchanged" // the newest version says the same
	Duplicate Outcome = "duplicate" // another entry brought the same article
	Unknown   Outcome = "unknown"   // there is nothing to withdraw
	TooLarge  Outcome = "too-large" // over what the server takes as one message
)

// A Result is what became of a record.
type Result struct {
	Outcome Outcome
	ID      string         // of the article concerned
	Record  *record.Record // the version that was stored; nil for other outcomes
}

// Publish stores r as the first version of its article, or as the next one
// when its content differs from the newest. When Publish returns without an
// error the result is on the disk. It may be called again with the same
// article; that stores nothing.
func (s *Sink) Publish(ctx context.Context, r *enrich.Record) (Result, error) {
	rec := s.wire(r, time.Now().UTC().Truncate(time.Second))
	if r.Original != "" && r.Original != rec.Conflictwire.ID {
		original, err := s.last(ctx, r.Original)
		if err != nil {
			return Result{}, err
		}
		if original.rec != nil && original.rec.PubStatus != record.Canceled && similar(original.rec, rec) {
			return Result{Outcome: Duplicate, ID: r.Original}, nil
		}
	}
	for range maxTries {
		id := rec.Conflictwire.ID
		prev, err := s.last(ctx, id)
		if err != nil {
			return Result{}, err
		}
		if prev.rec != nil {
			switch outcome := compare(prev.rec, rec); outcome {
			case Stored:
				follow(rec, prev.rec)
			case Unknown: // two articles that claim one address: this one moves
				rename(rec)
				continue
			default:
				return Result{Outcome: outcome, ID: id}, nil
			}
		}
		stored, err := s.store(ctx, rec, prev.seq)
		if errors.Is(err, nats.ErrMaxPayload) {
			return Result{Outcome: TooLarge, ID: id}, nil
		}
		if err != nil {
			return Result{}, err
		}
		if stored {
			return Result{Outcome: Stored, ID: id, Record: rec}, nil
		}
	}
	return Result{}, fmt.Errorf("store %s: lost %d races in a row", rec.URI, maxTries)
}

// compare says what rec is to prev, the newest version under the same id:
// Stored when it is to follow it, Unchanged or Duplicate when it adds
// nothing, Unknown when it is another article.
func compare(prev, rec *record.Record) Outcome {
	p, r := &prev.Conflictwire, &rec.Conflictwire
	sameEntry := p.Provenance.Entry == r.Provenance.Entry
	switch {
	case prev.PubStatus == record.Canceled && (sameEntry && link(prev) == link(rec) || similar(prev, rec)):
		return Stored // it is back
	case p.Digest == r.Digest && prev.PubStatus == rec.PubStatus:
		if sameEntry {
			return Unchanged
		}
		return Duplicate
	case sameEntry && (link(prev) == link(rec) || similar(prev, rec)), r.Provenance.Entry == r.ID && similar(prev, rec):
		return Stored
	case similar(prev, rec):
		return Duplicate
	}
	return Unknown
}

// link is the canonical form of the address that the feed gave. An entry may
// get a new one when its headline is edited; with other words as well, the
// publisher has used its id again for another story.
func link(r *record.Record) string {
	for _, alt := range r.AltIDs {
		if alt.Role == "link" {
			return ingest.Canonical(alt.Value)
		}
	}
	return ""
}

// follow makes rec the version after prev.
func follow(rec, prev *record.Record) {
	rec.Version = strconv.Itoa(versionOf(prev.Version) + 1)
	rec.FirstCreated = prev.FirstCreated
	rec.Conflictwire.Op = record.Update
	if at := prev.Conflictwire.Provenance.FirstSeen; !at.IsZero() {
		rec.Conflictwire.Provenance.FirstSeen = at
	}
	rec.Conflictwire.Changes = changes(prev, rec)
}

// changes names the fields that differ.
func changes(prev, rec *record.Record) []string {
	var out []string
	for _, f := range []struct {
		name string
		same bool
	}{
		{"pubStatus", prev.PubStatus == rec.PubStatus},
		{"headline", prev.Headline() == rec.Headline()},
		{"standfirst", prev.Standfirst() == rec.Standfirst()},
		{"body", prev.Body("text/plain") == rec.Body("text/plain")},
		{"by", prev.By == rec.By},
		{"language", prev.Language == rec.Language},
		{"topics", slices.EqualFunc(prev.Conflictwire.Topics, rec.Conflictwire.Topics, func(a, b record.Topic) bool { return a.ID == b.ID })},
		{"country", prev.Conflictwire.Country == rec.Conflictwire.Country},
	} {
		if !f.same {
			out = append(out, f.name)
		}
	}
	return out
}

// rename gives rec the identity of its own link, of its entry, or, where both
// are taken, one that nothing else can claim: the next of these after the one
// it has. They are the same at every reading.
func rename(rec *record.Record) {
	c := &rec.Conflictwire
	entry, own := c.Provenance.Entry, link(rec)
	ids := []string{entry, ingest.Key("urn:conflictwire:entry:" + entry + " " + own)}
	if own != "" {
		ids = append([]string{ingest.Key(own)}, ids...)
	}
	for slices.Contains(ids, c.ID) && len(ids) > 1 {
		ids = ids[1:]
	}
	c.ID = ids[0]
	rec.URI = "urn:uuid:" + c.ID
}

// store writes rec as the version after the one with sequence seq.
func (s *Sink) store(ctx context.Context, rec *record.Record, seq uint64) (bool, error) {
	data, err := rec.Encode()
	if err != nil {
		return false, err
	}
	// Copies have longer headers; what is stored must be routed too.
	if int64(len(data)+headerRoom) > s.js.Conn().MaxPayload() {
		return false, nats.ErrMaxPayload
	}
	c := &rec.Conflictwire
	lang := rec.Language
	if lang == "" {
		lang = "und"
	}
	id := "article." + c.ID
	msg := message(rec, data, id+"."+lang+"."+c.Provenance.Publisher, "")
	return s.put(ctx, msg, "news."+id+".>", seq)
}

// Withdraw stores a last version of an article that its publisher took back:
// canceled, without body and tags. reason is for editors. The outcome is
// Unknown when there is no such article, Unchanged when it is withdrawn
// already.
func (s *Sink) Withdraw(ctx context.Context, id, reason string) (Result, error) {
	for range maxTries {
		prev, err := s.last(ctx, id)
		switch {
		case err != nil:
			return Result{}, err
		case prev.rec == nil:
			return Result{Outcome: Unknown, ID: id}, nil
		case prev.rec.PubStatus == record.Canceled:
			return Result{Outcome: Unchanged, ID: id}, nil
		}
		rec := *prev.rec
		rec.PubStatus, rec.EdNote = record.Canceled, "withdrawn by the publisher: "+reason
		rec.VersionCreated = time.Now().UTC().Truncate(time.Second)
		rec.Descriptions, rec.Bodies, rec.Associations, rec.Subjects, rec.Places = nil, nil, nil, nil, nil
		rec.Conflictwire.Topics, rec.Conflictwire.Places, rec.Conflictwire.Actors = []record.Topic{}, []record.Location{}, nil
		rec.Conflictwire.Digest = ""
		follow(&rec, prev.rec)
		rec.Conflictwire.Op = record.Withdraw
		stored, err := s.store(ctx, &rec, prev.seq)
		if err != nil {
			return Result{}, err
		}
		if stored {
			return Result{Outcome: Stored, ID: id, Record: &rec}, nil
		}
	}
	return Result{}, fmt.Errorf("withdraw %s: lost %d races in a row", id, maxTries)
}

// similar reports whether two records tell the same story in mostly the same
// words: equal headlines, or half of the shorter body's word triples in the
// other.
func similar(a, b *record.Record) bool {
	x, y := normal(a.Headline()), normal(b.Headline())
	if len(x) > 0 && slices.Equal(x, y) {
		return true
	}
	x, y = normal(a.Body("text/plain")), normal(b.Body("text/plain"))
	if len(x) > len(y) {
		x, y = y, x
	}
	const n = 3
	if len(x) < n {
		return false
	}
	have := make(map[[n]string]bool, len(y))
	for i := range len(y) - n + 1 {
		have[[n]string(y[i:i+n])] = true
	}
	found := 0
	for i := range len(x) - n + 1 {
		if have[[n]string(x[i:i+n])] {
			found++
		}
	}
	return 2*found >= len(x)-n+1
}

// normal splits text into its first thousand words, in lower case.
func normal(text string) []string {
	w := strings.Fields(strings.ToLower(text))
	return w[:min(len(w), 1000)]
}
