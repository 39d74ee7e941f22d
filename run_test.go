package main

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"conflictwire/ingest"
	"conflictwire/ingest/fetch"
	"conflictwire/ingest/queue"
)

// TestEntryStaysTheArticleItBecame reads one entry several times while its
// page changes the address that it gives itself.
func TestEntryStaysTheArticleItBecame(t *testing.T) {
	canonical, toll := "", 3
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/robots.txt" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, `<!DOCTYPE html><html lang="en"><head><title>Shelling at the ferry</title>%s</head><body><article><h1>Shelling at the ferry</h1>`, canonical)
		fmt.Fprintf(w, "<p>Shells hit the landing stage at dawn and killed %d people, the mayor said, while the first boat was being loaded with flour and medicine.</p>", toll)
		fmt.Fprint(w, "<p>The ferry stopped at once, and rescuers searched the shore until noon for others who had been waiting in the queue since the night before.</p></article></body></html>")
	}))
	defer server.Close()
	rules, err := loadRules("", "")
	if err != nil {
		t.Fatal(err)
	}
	cfg := &Config{Store: t.TempDir(), Listen: "none", Fetch: fetch.Config{Pace: -1, Allow: []string{"127.0.0.0/8"}},
		Feeds: []ingest.Feed{{ID: "f", URL: server.URL + "/feed"}}}
	p, err := newPipeline(t.Context(), cfg, rules, slog.New(slog.NewTextHandler(t.Output(), nil)))
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	link := server.URL + "/a"
	body, err := json.Marshal(ingest.Entry{Link: link})
	if err != nil {
		t.Fatal(err)
	}
	for i, path := range []string{"", "/b", "/c"} {
		if toll++; path != "" {
			canonical = `<link rel="canonical" href="` + server.URL + path + `">`
		}
		if err := p.read(t.Context(), queue.Job{Key: ingest.Key(link), URL: link, Feed: "f", Attempt: 1, Body: body}); err != nil {
			t.Fatalf("reading %d: %v", i+1, err)
		}
	}
	rec, err := p.sink.Last(t.Context(), ingest.Key(link))
	if err != nil || rec == nil || rec.Version != "3" {
		t.Errorf("newest version %+v, %v; want 3 versions of one article", rec, err)
	}
	for _, path := range []string{"/b", "/c"} {
		if rec, err := p.sink.Last(t.Context(), ingest.Key(server.URL+path)); rec != nil || err != nil {
			t.Errorf("%s became an article of its own: %v", path, err)
		}
	}
}
