package main

import (
	"context"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"conflictwire/deploy/demo"
	"conflictwire/ingest"
	"conflictwire/ingest/queue"
	"conflictwire/sink"
	"conflictwire/sink/record"

	"github.com/nats-io/nats.go/jetstream"
)

// A showing is what came of the demo's newsroom.
type showing struct {
	story    demo.Story
	pipeline *pipeline                   // no longer running, still open
	versions map[string][]*record.Record // of each article, oldest first, by article ID
	first    time.Duration               // until the first tagged article
}

// showDemo runs the demo's pipeline until its newsroom's story is told.
func showDemo(t *testing.T) *showing {
	t.Helper()
	r, err := builtInRules()
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	newsroom, err := demo.Start(t.Context(), demo.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(newsroom.Close)
	p, err := newPipeline(t.Context(), new(demoCmd).config(newsroom, t.TempDir()), r, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	s := &showing{story: newsroom.Story(), pipeline: p, versions: map[string][]*record.Record{}}
	var mu sync.Mutex
	newest := start
	p.onStore = func(res sink.Result) {
		mu.Lock()
		defer mu.Unlock()
		newest = time.Now()
		if s.first == 0 && len(res.Record.Conflictwire.Topics) > 0 {
			s.first = newest.Sub(start)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	go func() {
		defer cancel()
		for rest := false; !rest && ctx.Err() == nil; time.Sleep(100 * time.Millisecond) {
			mu.Lock()
			rest = time.Since(start) > s.story.Length+2*time.Second && time.Since(newest) > 2*time.Second
			mu.Unlock()
		}
	}()
	if err := p.run(ctx); err != nil {
		t.Fatal(err)
	}
	js, err := jetstream.New(p.conn)
	if err != nil {
		t.Fatal(err)
	}
	err = sink.Subscribe(t.Context(), js, sink.Query{Subject: "news.article.>", Since: start}, func(msg jetstream.Msg) error {
		rec, err := record.Decode(msg.Data())
		if err == nil {
			s.versions[rec.Conflictwire.ID] = append(s.versions[rec.Conflictwire.ID], rec)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestDemoTellsTheWholeStory holds what the pipeline published against what
// the newsroom knows that it put out.
func TestDemoTellsTheWholeStory(t *testing.T) {
	if testing.Short() {
		t.Skip("takes ten seconds")
	}
	t.Parallel() // most of it is waiting
	s := showDemo(t)
	if s.first == 0 || s.first > 10*time.Second {
		t.Errorf("first tagged article after %v, want at most 10 s", s.first)
	}
	var body, captions, topics, country, quiet rate
	for _, a := range s.story.Articles {
		id := ingest.Key(a.URL)
		got := s.versions[id]
		delete(s.versions, id)
		if a.Denied || a.DuplicateOf != "" {
			checkUnpublished(t, s.pipeline, a, got)
			continue
		}
		last := checkVersions(t, a, got)
		if last == nil {
			continue
		}
		text := strings.Join(strings.Fields(last.Body("text/plain")), " ")
		for _, paragraph := range a.Paragraphs {
			body.add(strings.Contains(text, paragraph))
		}
		if a.Caption != "" {
			leaks := strings.Contains(text, a.Caption)
			captions.add(!leaks)
			if leaks {
				t.Logf("%s: the caption %q is in the body", a.URL, a.Caption)
			}
		}
		if last.Language != a.Language {
			t.Errorf("%s: language %q, want %q", a.URL, last.Language, a.Language)
		}
		if a.Country != "" {
			country.add(last.Conflictwire.Country == a.Country)
		}
		tags := last.Conflictwire.Topics
		for _, want := range a.Topics {
			topics.add(slices.ContainsFunc(tags, func(x record.Topic) bool { return x.ID == "conflict."+want }))
		}
		if !a.Conflict {
			quiet.add(len(tags) == 0)
		}
	}
	for id, extra := range s.versions {
		t.Errorf("article %s is not in the story: %s", id, extra[0].Conflictwire.Provenance.URL)
	}
	body.atLeast(t, 0.95, "expected paragraphs found")
	captions.atLeast(t, 0.97, "captions kept out of bodies")
	topics.atLeast(t, 0.80, "topics that an article must have found")
	country.atLeast(t, 0.80, "countries of events right")
	quiet.atLeast(t, 0.80, "articles that are not about conflict left without a topic")
}

// A rate counts how often something held.
type rate struct{ held, all int }

func (r *rate) add(ok bool) {
	r.all++
	if ok {
		r.held++
	}
}

func (r *rate) atLeast(t *testing.T, least float64, what string) {
	t.Helper()
	got := float64(r.held) / float64(max(r.all, 1))
	t.Logf("%s: %d of %d, %.3f", what, r.held, r.all, got)
	if got < least {
		t.Errorf("%s: %d of %d, %.3f, want at least %.2f", what, r.held, r.all, got, least)
	}
}

// checkUnpublished checks that an article is in the ledger as what it is, and
// was not published. got are the records under its own address.
func checkUnpublished(t *testing.T, p *pipeline, a demo.Article, got []*record.Record) {
	t.Helper()
	want := queue.Denied
	if a.DuplicateOf != "" {
		want = queue.Duplicate
	}
	line, ok, err := p.queue.Ended(t.Context(), ingest.Key(a.URL))
	if err != nil || !ok || line.State != want {
		t.Errorf("%s is %q in the ledger, %v, want %q", a.URL, line.State, err, want)
	}
	if len(got) > 0 {
		t.Errorf("%s was published", a.URL)
	}
}

// checkVersions checks that an article has the versions that it must have, in
// order. It returns the last that has a text, or nil.
func checkVersions(t *testing.T, a demo.Article, got []*record.Record) *record.Record {
	t.Helper()
	want := []record.Op{record.New}
	if a.Versions > 1 {
		want = append(want, record.Update)
	}
	if a.Withdrawn {
		want = append(want, record.Withdraw)
	}
	var ops []record.Op
	var last *record.Record
	for i, rec := range got {
		ops = append(ops, rec.Conflictwire.Op)
		if rec.Version != strconv.Itoa(i+1) {
			t.Errorf("%s: version %s comes as no. %d", a.URL, rec.Version, i+1)
		}
		if rec.Conflictwire.Op != record.Withdraw {
			last = rec
		}
	}
	if !slices.Equal(ops, want) {
		t.Errorf("%s: versions %q, want %q", a.URL, ops, want)
	}
	if last != nil && last.Headline() != a.Title {
		t.Errorf("%s: headline %q, want %q", a.URL, last.Headline(), a.Title)
	}
	return last
}
