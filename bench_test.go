package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"conflictwire/ingest"
	"conflictwire/ingest/fetch"

	"github.com/nats-io/nats.go"
)

// BenchmarkPipeline takes real pages from loopback servers through the whole
// pipeline: polled, queued, fetched, read, tagged, stored and routed, with
// every write synced to the disk. One operation is one article. The baseline
// is the number of synced writes that the same disk makes one after another.
func BenchmarkPipeline(b *testing.B) {
	files, err := filepath.Glob(filepath.Join(sharedData(b), "articles", "fundus", "html", "*.html.gz"))
	if err != nil || len(files) == 0 {
		b.Skip("no pages")
	}
	var pages [][]byte
	for _, f := range files {
		page, err := readFile(f)
		if err != nil {
			b.Fatal(err)
		}
		pages = append(pages, page)
	}
	for b.Loop() {
		b.StopTimer()
		const feeds, perFeed = 20, 50
		cfg := &Config{Store: b.TempDir(), Listen: "none", Every: time.Hour, Fetch: fetch.Config{Pace: -1, Connections: 16, Allow: []string{"127.0.0.0/8"}}}
		for h := range feeds {
			mux := http.NewServeMux()
			server := httptest.NewServer(mux)
			defer server.Close()
			var links []string
			for i := range perFeed {
				links = append(links, fmt.Sprintf("%s/page/%d", server.URL, i))
			}
			mux.HandleFunc("/feed", feedOf(links))
			mux.HandleFunc("/page/", func(w http.ResponseWriter, r *http.Request) {
				var i int
				fmt.Sscanf(r.URL.Path, "/page/%d", &i)
				w.Header().Set("Content-Type", "text/html")
				w.Write(pages[(h*perFeed+i)%len(pages)])
			})
			cfg.Feeds = append(cfg.Feeds, ingest.Feed{ID: fmt.Sprintf("f%d", h), URL: server.URL + "/feed"})
		}
		rules, err := loadRules("", "")
		if err != nil {
			b.Fatal(err)
		}
		p, err := newPipeline(b.Context(), cfg, rules, slog.New(slog.NewTextHandler(io.Discard, nil)))
		if err != nil {
			b.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(b.Context(), 5*time.Minute)
		stored := 0
		done := make(chan struct{})
		if _, err := p.conn.Subscribe("news.article.>", func(*nats.Msg) {
			if stored++; stored == feeds*perFeed {
				close(done)
			}
		}); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		start := time.Now()
		go func() {
			select {
			case <-done:
			case <-ctx.Done():
			}
			cancel()
		}()
		if err := p.run(ctx); err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		took := time.Since(start)
		if stored != feeds*perFeed {
			b.Fatalf("%d of %d articles", stored, feeds*perFeed)
		}
		b.ReportMetric(float64(stored)/took.Seconds(), "articles/s")
		p.Close()
		b.StartTimer()
	}
}

// BenchmarkSyncedWrite is the baseline: one small write and sync after
// another, as a stream does.
func BenchmarkSyncedWrite(b *testing.B) {
	f, err := os.OpenFile(filepath.Join(b.TempDir(), "x"), os.O_CREATE|os.O_WRONLY|os.O_SYNC, 0o600)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	data := make([]byte, 4096)
	for b.Loop() {
		if _, err := f.Write(data); err != nil {
			b.Fatal(err)
		}
	}
}
