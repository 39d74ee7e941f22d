package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"conflictwire/deploy/natsd"
	"conflictwire/ingest"
	"conflictwire/ingest/fetch"
	"conflictwire/ingest/queue"
	"conflictwire/ingest/rights"
	"conflictwire/sink"
	"conflictwire/sink/record"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// patience is how long tests wait for what must happen at some time.
const patience = 60 * time.Second

// A newsstand is a publisher whose answers a test sets while it is asked.
type newsstand struct {
	*httptest.Server
	mu    sync.Mutex
	pages map[string]http.HandlerFunc
	asked map[string][]time.Time // of a path, "" of all that have a page
}

func newNewsstand(t *testing.T) *newsstand {
	s := &newsstand{pages: map[string]http.HandlerFunc{}, asked: map[string][]time.Time{}}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		now := time.Now()
		s.mu.Lock()
		h := s.pages[r.URL.Path]
		for _, path := range []string{"", r.URL.Path} {
			s.asked[path] = append(s.asked[path], now)
		}
		s.mu.Unlock()
		if h == nil {
			http.NotFound(w, r)
			return
		}
		h(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *newsstand) set(path string, h http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pages[path] = h
}

// times are when a path was asked for; all requests with an empty path.
func (s *newsstand) times(path string) []time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.asked[path])
}

// story is a page of two paragraphs, the second of the given words.
func story(headline, words string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, `<!DOCTYPE html><html lang="en"><head><title>%s</title></head><body><article><h1>%s</h1>
<p>Shells hit the landing stage at dawn while the first boat was being loaded with flour and medicine, the mayor said on Sunday.</p>
<p>%s</p></article></body></html>`, headline, headline, words)
	}
}

const (
	firstWords  = "Rescuers searched the shore until noon and found 4 people dead among those who had been waiting in the queue since the night before."
	betterWords = "Rescuers searched the shore until noon and found 7 people dead among those who had been waiting in the queue since the night before."
)

// plainConfig is a configuration without pace. Feeds are asked once an hour
// unless they say otherwise.
func plainConfig(t *testing.T, feeds ...ingest.Feed) *Config {
	return &Config{Store: t.TempDir(), Listen: "none", Every: time.Hour, Fetch: fetch.Config{Pace: -1, Allow: []string{"127.0.0.0/8"}}, Feeds: feeds}
}

// opened opens a pipeline and closes it in the end.
func opened(t *testing.T, cfg *Config) *pipeline {
	t.Helper()
	rules, err := loadRules("", "")
	if err != nil {
		t.Fatal(err)
	}
	p, err := newPipeline(t.Context(), cfg, rules, slog.New(slog.NewTextHandler(t.Output(), nil)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

// started runs a pipeline until the test ends.
func started(t *testing.T, p *pipeline) *pipeline {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- p.run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("run: %v", err)
		}
	})
	return p
}

// awaitThat waits until ok is true.
func awaitThat(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !ok(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("after %v it is not so that %s", patience, what)
		}
	}
}

// newest is the newest version of the article of a link, nil when there is
// none.
func newest(t *testing.T, p *pipeline, link string) *record.Record {
	t.Helper()
	rec, err := p.sink.Last(t.Context(), ingest.Key(link))
	if err != nil {
		t.Fatal(err)
	}
	return rec
}

func awaitVersion(t *testing.T, p *pipeline, link, version string) *record.Record {
	t.Helper()
	var rec *record.Record
	awaitThat(t, "there is version "+version+" of "+link, func() bool {
		rec = newest(t, p, link)
		return rec != nil && rec.Version == version
	})
	return rec
}

// stands is how the entry of a link stands in the queue, "" when it does not.
func stands(t *testing.T, p *pipeline, link string) string {
	t.Helper()
	_, state, err := p.queue.Waiting(t.Context(), ingest.Key(link))
	if err != nil {
		t.Fatal(err)
	}
	return state
}

// readAgain makes the next reading of a page, which is minutes away, due now.
func readAgain(t *testing.T, p *pipeline, link string) {
	t.Helper()
	var job queue.Job
	awaitThat(t, "a reading of "+link+" is scheduled", func() bool {
		var state string
		var err error
		if job, state, err = p.queue.Waiting(t.Context(), ingest.Key(link)); err != nil {
			t.Fatal(err)
		}
		return state == "again"
	})
	job.Reread--
	if err := p.queue.Again(t.Context(), job, time.Now()); err != nil {
		t.Fatal(err)
	}
}

// awaitEnd waits for an entry's line in the ledger.
func awaitEnd(t *testing.T, p *pipeline, link string, state queue.State) {
	t.Helper()
	awaitThat(t, fmt.Sprintf("%s ended as %s", link, state), func() bool {
		line, _, err := p.queue.Ended(t.Context(), ingest.Key(link))
		if err != nil {
			t.Fatal(err)
		}
		return line.State == state
	})
}

// TestReadingAgainFindsCorrectionsAndWithdrawals: the feed is asked once, so
// only the pages can tell.
func TestReadingAgainFindsCorrectionsAndWithdrawals(t *testing.T) {
	t.Parallel()
	s := newNewsstand(t)
	a, b := s.URL+"/a", s.URL+"/b"
	s.set("/feed", feedOf([]string{a, b}))
	s.set("/a", story("Shelling at the ferry", firstWords))
	s.set("/b", story("Shelling at the bridge", firstWords))
	p := started(t, opened(t, plainConfig(t, ingest.Feed{ID: "f", URL: s.URL + "/feed"})))
	awaitVersion(t, p, a, "1")
	awaitVersion(t, p, b, "1")

	s.set("/a", story("Shelling at the ferry", betterWords))
	readAgain(t, p, a)
	rec := awaitVersion(t, p, a, "2")
	if rec.Conflictwire.Op != record.Update || !strings.Contains(rec.Field("body"), "7 people") {
		t.Errorf("version 2 is a %q that says %q", rec.Conflictwire.Op, rec.Field("body"))
	}
	for link, path := range map[string]string{b: "/b", a: "/a"} { // nothing new now
		n := len(s.times(path))
		readAgain(t, p, link)
		awaitThat(t, path+" is read, and to be read again", func() bool { return len(s.times(path)) > n && stands(t, p, link) == "again" })
	}

	s.set("/a", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "gone", http.StatusGone) })
	readAgain(t, p, a)
	rec = awaitVersion(t, p, a, "3")
	if rec.PubStatus != record.Canceled || rec.Conflictwire.Op != record.Withdraw || len(rec.Bodies) != 0 {
		t.Errorf("version 3 is a %q, %q, with %d bodies; want a withdrawal", rec.Conflictwire.Op, rec.PubStatus, len(rec.Bodies))
	}
	awaitEnd(t, p, a, queue.Withdrawn)
	// It is looked at again: a withdrawal can be a mistake.
	s.set("/a", story("Shelling at the ferry", betterWords))
	readAgain(t, p, a)
	if rec = awaitVersion(t, p, a, "4"); rec.PubStatus != record.Usable || !strings.Contains(rec.Field("body"), "7 people") {
		t.Errorf("version 4 is %q and says %q; want the article back", rec.PubStatus, rec.Field("body"))
	}
	if rec := newest(t, p, b); rec.Version != "1" {
		t.Errorf("the page that nobody touched has version %s", rec.Version)
	}
	if n := len(s.times("/feed")); n != 1 {
		t.Errorf("the feed was asked %d times: it may have told of the change", n)
	}
}

func TestAnArticleInTwoFeedsIsOneRecord(t *testing.T) {
	t.Parallel()
	s := newNewsstand(t)
	link := s.URL + "/a"
	p := opened(t, plainConfig(t,
		ingest.Feed{ID: "front", URL: s.URL + "/front", Publisher: "courier"},
		ingest.Feed{ID: "world", URL: s.URL + "/world", Publisher: "courier"},
		ingest.Feed{ID: "late", URL: s.URL + "/late", Publisher: "courier"}))
	s.set("/front", feedOf([]string{link}))
	s.set("/world", feedOf([]string{link + "?utm_source=world"}))
	published := make(chan struct{})
	s.set("/late", func(w http.ResponseWriter, r *http.Request) {
		select { // it shows the article when it is published
		case <-published:
		case <-r.Context().Done():
		}
		feedOf([]string{link + "#top"})(w, r)
	})
	sightings := func() []string {
		ids, err := p.queue.Sightings(context.Background(), ingest.Key(link))
		if err != nil {
			t.Error(err)
		}
		return ids
	}
	s.set("/a", func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil && len(sightings()) == 0 { // until the other feed has shown it
			time.Sleep(10 * time.Millisecond)
		}
		story("Shelling at the ferry", firstWords)(w, r)
	})
	started(t, p)
	rec := awaitVersion(t, p, link, "1")
	close(published)
	c := rec.Conflictwire.Provenance
	if ids := slices.Sorted(slices.Values(c.Feeds)); !slices.Equal(ids, []string{"front", "world"}) || c.Publisher != "courier" {
		t.Errorf("feeds %q of %q, want front and world of courier", c.Feeds, c.Publisher)
	}
	awaitThat(t, "the third feed is sighted", func() bool { return slices.Contains(sightings(), "late") })
	y := replay(t, p.conn)
	if len(y.records) != 1 {
		t.Errorf("%d articles, want 1", len(y.records))
	}
	for id, n := range y.seen {
		if n != 1 || !strings.HasSuffix(id, " v1") {
			t.Errorf("%s is stored %d times", id, n)
		}
	}
	if n := len(s.times("/a")); n != 1 {
		t.Errorf("the page was read %d times, want once", n)
	}
}

// TestWorkersShareArticlesAndPace has two workers on one NATS server. Turns of
// a host are a pace apart by the clock. A request may be late for its turn, by
// the server's answer and by how late a busy machine wakes sleepers up, so the
// next may follow it sooner, but never is one early: n requests on, n paces
// have gone by, less what the first of them was late. Half a pace is allowed
// for that; without shared turns two requests on are a whole pace too early.
// Robots.txt and files on rights go within a page's turn and are left out.
func TestWorkersShareArticlesAndPace(t *testing.T) {
	t.Parallel()
	const (
		pace  = 400 * time.Millisecond
		late  = pace / 2
		pages = 8
	)
	server, err := natsd.Start(natsd.Config{Dir: t.TempDir(), Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	var hosts []*newsstand
	var feeds []ingest.Feed
	var links []string
	for h := range 2 {
		s := newNewsstand(t)
		var own []string
		for i := range pages {
			path := fmt.Sprintf("/%d", i)
			s.set(path, story(fmt.Sprintf("Shelling number %d at ferry %d", i, h), firstWords))
			own = append(own, s.URL+path)
		}
		s.set("/feed", feedOf(own))
		feeds = append(feeds, ingest.Feed{ID: fmt.Sprintf("host-%d", h), URL: s.URL + "/feed"})
		hosts, links = append(hosts, s), append(links, own...)
	}
	var workers []*pipeline
	var mu sync.Mutex
	stored := map[int]int{}
	for w := range 2 {
		cfg := plainConfig(t, feeds...)
		cfg.NATS.URL = server.URL()
		cfg.Workers = Workers{Feeds: 1, Pages: 2}
		cfg.Fetch.Pace, cfg.Fetch.IgnoreRobots = pace, true
		cfg.Rights.Files = "off"
		p := opened(t, cfg)
		p.onStore = func(sink.Result) {
			mu.Lock()
			defer mu.Unlock()
			stored[w]++
		}
		workers = append(workers, started(t, p))
	}
	for _, link := range links {
		awaitVersion(t, workers[0], link, "1")
	}
	y := replay(t, workers[1].conn)
	if len(y.records) != len(links) {
		t.Errorf("%d articles of %d pages", len(y.records), len(links))
	}
	for id, n := range y.seen {
		if n != 1 || !strings.HasSuffix(id, " v1") {
			t.Errorf("%s is stored %d times", id, n)
		}
	}
	closest := time.Hour
	for _, s := range hosts {
		times := s.times("")
		if len(times) != 1+pages {
			t.Errorf("%d requests, want one of the feed and %d of pages", len(times), pages)
		}
		for i := range times {
			for n := 1; i+n < len(times); n++ {
				if took, least := times[i+n].Sub(times[i]), time.Duration(n)*pace-late; took < least {
					t.Errorf("request %d came %v after request %d, want %v at least", i+n, took, i, least)
				}
			}
			if i > 0 {
				closest = min(closest, times[i].Sub(times[i-1]))
			}
		}
	}
	mu.Lock()
	defer mu.Unlock()
	if stored[0] == 0 || stored[1] == 0 {
		t.Errorf("articles by worker %v: one of them did nothing", stored)
	}
	t.Logf("closest two requests %v, articles by worker %v", closest, stored)
}

// still waits until a path has not been asked for d.
func still(t *testing.T, s *newsstand, path string, d time.Duration) {
	t.Helper()
	from := time.Now()
	awaitThat(t, fmt.Sprintf("%s is not asked for %v", path, d), func() bool {
		at := from
		if times := s.times(path); len(times) > 0 && times[len(times)-1].After(at) {
			at = times[len(times)-1]
		}
		return time.Since(at) > d
	})
}

func TestFeedsComeAndGoWhileThePipelineRuns(t *testing.T) {
	t.Parallel()
	s := newNewsstand(t)
	a, b, c := s.URL+"/a", s.URL+"/b", s.URL+"/c"
	for _, path := range []string{"/a", "/b", "/c"} {
		s.set(path, story("Shelling at the ferry "+path, firstWords))
	}
	s.set("/old", feedOf([]string{a}))
	s.set("/new", feedOf([]string{b}))
	p := started(t, opened(t, plainConfig(t, ingest.Feed{ID: "old", URL: s.URL + "/old"})))
	awaitVersion(t, p, a, "1")

	asked := func() int { return len(s.times("/new")) }
	if err := addFeed(t.Context(), p.queue, ingest.Feed{ID: "new", URL: s.URL + "/new", Every: time.Second}); err != nil {
		t.Fatal(err)
	}
	awaitVersion(t, p, b, "1")
	awaitThat(t, "the added feed is asked again and again", func() bool { return asked() >= 3 })

	pause := func(paused bool) {
		t.Helper()
		if err := p.queue.ChangeSource(t.Context(), "new", func(src *queue.Source) error { src.Paused = paused; return nil }); err != nil {
			t.Fatal(err)
		}
	}
	pause(true)
	still(t, s, "/new", 3*time.Second) // it was due every second
	pause(false)
	if _, err := p.queue.Hurry(t.Context(), "new", time.Now().Add(2*time.Second)); err != nil { // as feeds resume does
		t.Fatal(err)
	}
	n := asked()
	awaitThat(t, "the feed is asked when it is resumed", func() bool { return asked() > n+1 })

	if err := p.queue.RemoveSource(t.Context(), "new"); err != nil {
		t.Fatal(err)
	}
	still(t, s, "/new", 3*time.Second)
	if _, ok, err := p.queue.FeedState(t.Context(), "new"); ok || err != nil {
		t.Errorf("the feed that was removed has a schedule: %t, %v", ok, err)
	}
	s.set("/new", feedOf([]string{c}))
	if n := len(s.times("/c")); n != 0 {
		t.Errorf("a page of the removed feed was asked %d times", n)
	}
	if newest(t, p, b) == nil {
		t.Error("the removed feed took its article with it")
	}
	if _, ok, err := p.queue.FeedState(t.Context(), "old"); !ok || err != nil {
		t.Errorf("the feed of the configuration is not armed: %v", err)
	}
}

// TestReservedTextIsNotPublished holds the record against both texts that
// there are: the page's and the feed's.
func TestReservedTextIsNotPublished(t *testing.T) {
	t.Parallel()
	s := newNewsstand(t)
	a, b := s.URL+"/reserved", s.URL+"/free"
	policy := s.URL + "/policy.json"
	s.set("/feed", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/rss+xml")
		io.WriteString(w, `<rss version="2.0"><channel><title>T</title>`)
		for _, link := range []string{a, b} {
			fmt.Fprintf(w, `<item><title>Shelling at the ferry kills four</title><link>%s</link><description>The feed carries words of its own about flour, medicine and the long night of waiting.</description></item>`, link)
		}
		io.WriteString(w, `</channel></rss>`)
	})
	s.set("/reserved", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("TDM-Reservation", "1")
		w.Header().Set("TDM-Policy", policy)
		story("Shelling at the ferry kills four", firstWords)(w, r)
	})
	s.set("/free", story("Shelling at the bridge kills four", firstWords))
	p := started(t, opened(t, plainConfig(t, ingest.Feed{ID: "f", URL: s.URL + "/feed"})))
	if p.cfg.Rights != (rights.Policy{}) {
		t.Fatal("this is about the policy without a word in the configuration")
	}
	rec := awaitVersion(t, p, a, "1")
	data, err := rec.Encode()
	if err != nil {
		t.Fatal(err)
	}
	for _, words := range []string{"Rescuers searched", "landing stage", "words of its own"} {
		if bytes.Contains(data, []byte(words)) {
			t.Errorf("the record has %q: %.3000s", words, data)
		}
	}
	c := &rec.Conflictwire
	if rec.Headline() != "Shelling at the ferry kills four" || len(rec.Bodies) != 0 || rec.RepresentationType != "partial" || rec.PubStatus != record.Usable {
		t.Errorf("headline %q, %d bodies, %s, %s", rec.Headline(), len(rec.Bodies), rec.RepresentationType, rec.PubStatus)
	}
	if !strings.Contains(rec.UsageTerms, "body left out") || rec.Rights == nil || rec.Rights.LinkedRights != policy {
		t.Errorf("usage terms %q, rights %+v", rec.UsageTerms, rec.Rights)
	}
	if r := c.Provenance.Rights; r == nil || !r.TDM || len(r.Signals) == 0 {
		t.Errorf("reserved %+v, want text and data mining with its sign", r)
	}
	free := awaitVersion(t, p, b, "1")
	if !strings.Contains(free.Field("body"), "Rescuers searched") || free.UsageTerms != "" || free.Conflictwire.Provenance.Rights != nil {
		t.Errorf("a page without reservation: %q, terms %q, rights %+v", free.Field("body"), free.UsageTerms, free.Conflictwire.Provenance.Rights)
	}
}

// TestNothingIsLostByKillWhilePagesAreReadAgain corrects all pages, makes them
// due, and kills the program while it reads them.
func TestNothingIsLostByKillWhilePagesAreReadAgain(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a quarter of a minute")
	}
	t.Parallel()
	const pages, answered = 60, 20 // before it is killed
	s := newNewsstand(t)
	release := make(chan struct{})
	open := sync.OnceFunc(func() { close(release) })
	t.Cleanup(open) // before the newsstand closes
	var links []string
	for i := range pages {
		path := fmt.Sprintf("/%d", i)
		s.set(path, story(fmt.Sprintf("Shelling number %d", i), firstWords))
		links = append(links, s.URL+path)
	}
	s.set("/feed", feedOf(links))
	config := filepath.Join(t.TempDir(), "conflictwire.yaml")
	text := fmt.Sprintf("every: 1h\nfetch: {pace: -1s, connections: 64, allow: [127.0.0.0/8]}\nfeeds:\n  - {id: f, url: %q}\n", s.URL+"/feed")
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := listener.Addr().String()
	listener.Close()
	args := []string{"run", "--config", config, "--store", t.TempDir(), "--listen", addr}

	p := start(t, args...)
	t.Cleanup(func() {
		p.kill()
		if t.Failed() {
			t.Logf("log of the last run:\n%s", p.log.String())
		}
	})
	conn, q := dialled(t, addr)
	waiting := func(want string) (n int) {
		for _, link := range links {
			_, state, err := q.Waiting(t.Context(), ingest.Key(link))
			if err != nil {
				t.Fatal(err)
			}
			if state == want {
				n++
			}
		}
		return n
	}
	awaitThat(t, "all pages are to be read again", func() bool { return waiting("again") == pages })

	var asked atomic.Int64
	for i := range pages {
		s.set(fmt.Sprintf("/%d", i), func(w http.ResponseWriter, r *http.Request) {
			if asked.Add(1) > answered {
				select {
				case <-release:
				case <-r.Context().Done():
					return
				}
			}
			story(fmt.Sprintf("Shelling number %d", i), betterWords)(w, r)
		})
	}
	for _, link := range links {
		job, _, err := q.Waiting(t.Context(), ingest.Key(link))
		if err != nil {
			t.Fatal(err)
		}
		job.Reread--
		if err := q.Again(t.Context(), job, time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	articles := func() int {
		js, err := jetstream.New(conn)
		if err != nil {
			t.Fatal(err)
		}
		stream, err := js.Stream(t.Context(), sink.NewsStream)
		if err != nil {
			t.Fatal(err)
		}
		return int(stream.CachedInfo().State.Msgs)
	}
	awaitThat(t, "some corrections are stored", func() bool { return articles() >= pages+answered/2 })
	t.Logf("killed with %d versions stored, %d readings due and %d to come", articles(), waiting("due"), waiting("again"))
	p.kill()
	conn.Close()
	open()

	p = start(t, args...)
	conn, q = dialled(t, addr)
	awaitThat(t, "all corrections are stored", func() bool { return articles() >= 2*pages })
	// What was in work when it died was handed out again.
	awaitThat(t, "all pages are to be read once more", func() bool { return waiting("again") == pages })
	versions := map[string]int{}
	for id, n := range replay(t, conn).seen {
		if n != 1 {
			t.Errorf("%s is stored %d times", id, n)
		}
		if strings.HasPrefix(id, "news.article.") {
			_, version, _ := strings.Cut(id, " ")
			versions[version]++
		}
	}
	if versions["v1"] != pages || versions["v2"] != pages || len(versions) != 2 {
		t.Errorf("versions %v, want %d of v1 and of v2", versions, pages)
	}
}

// dialled waits for the server of a program and returns a queue on it.
func dialled(t *testing.T, addr string) (conn *nats.Conn, q *queue.Queue) {
	t.Helper()
	awaitThat(t, "the program's server and queue are there", func() bool {
		var err error
		if conn == nil {
			if conn, err = nats.Connect("nats://" + addr); err != nil {
				return false
			}
		}
		js, err := jetstream.New(conn)
		if err != nil {
			t.Fatal(err)
		}
		q, err = queue.Attach(t.Context(), js)
		return err == nil
	})
	t.Cleanup(conn.Close)
	return conn, q
}
