package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"conflictwire/enrich"
	"conflictwire/ingest"
	"conflictwire/ingest/feed"
	"conflictwire/sink"
	"conflictwire/sink/record"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// TestMain lets the test binary stand in for the program: with
// CONFLICTWIRE_MAIN set it is the program.
func TestMain(m *testing.M) {
	if os.Getenv("CONFLICTWIRE_MAIN") != "" {
		main()
	}
	os.Exit(m.Run())
}

// sharedData is the folder of test data that is not part of the project.
func sharedData(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("CONFLICTWIRE_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "shared")
	}
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("the shared test data is not here (set CONFLICTWIRE_SHARED): %v", err)
	}
	return filepath.Join(dir, "data")
}

// A world is publishers on loopback with real pages and feeds.
type world struct {
	feeds []ingest.Feed
	links map[string]bool // of the pages that feeds point at: each must become one article
	stale map[string]bool // of entries too old to take in
}

// newWorld serves the pages of shared/data/articles/fundus from several
// hosts, each with a feed of its pages dated now, and the feeds of
// shared/data/feeds/real with their links made to point at more such pages.
func newWorld(t testing.TB, hosts int) *world {
	t.Helper()
	data := sharedData(t)
	files, err := filepath.Glob(filepath.Join(data, "articles", "fundus", "html", "*.html.gz"))
	if err != nil || len(files) < 100 {
		t.Skipf("too few pages in %s: %d, %v", data, len(files), err)
	}
	slices.Sort(files)
	var pages [][]byte
	for _, f := range files {
		page, err := readFile(f)
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, page)
	}
	w := &world{links: map[string]bool{}, stale: map[string]bool{}}
	for h := range hosts {
		mux := http.NewServeMux()
		server := httptest.NewServer(mux)
		t.Cleanup(server.Close)
		serve := func(path string, page []byte) {
			mux.HandleFunc(path, func(rw http.ResponseWriter, _ *http.Request) {
				rw.Header().Set("Content-Type", "text/html")
				rw.Write(page)
			})
		}
		var links []string
		for i := h; i < len(pages); i += hosts {
			path := fmt.Sprintf("/page/%d.html", i)
			serve(path, pages[i])
			links = append(links, server.URL+path)
			w.links[server.URL+path] = true
		}
		mux.HandleFunc("/feed", feedOf(links))
		w.feeds = append(w.feeds, ingest.Feed{ID: fmt.Sprintf("host-%d", h), URL: server.URL + "/feed", Publisher: fmt.Sprintf("p%d", h%3)})
	}
	w.addRealFeeds(t, filepath.Join(data, "feeds", "real"), pages)
	return w
}

// feedOf is an RSS feed of pages published a few minutes ago.
func feedOf(links []string) http.HandlerFunc {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0"?><rss version="2.0"><channel><title>Pages</title>`)
	for i, l := range links {
		fmt.Fprintf(&b, "<item><title>Page %d</title><link>", i)
		xml.EscapeText(&b, []byte(l))
		fmt.Fprintf(&b, "</link><pubDate>%s</pubDate></item>", time.Now().Add(-time.Duration(i)*time.Minute).UTC().Format(time.RFC1123Z))
	}
	b.WriteString("</channel></rss>")
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/rss+xml")
		io.WriteString(w, b.String())
	}
}

var address = regexp.MustCompile(`https?://[^\s"'<>&\]\\)]+`)

// addRealFeeds serves real feeds. Every address in them is replaced by one on
// loopback, where a page answers.
func (w *world) addRealFeeds(t testing.TB, dir string, pages [][]byte) {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Skip(err)
	}
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	n := 0
	paths := map[string]string{}
	var mu sync.Mutex
	mux.HandleFunc("/real/", func(rw http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		rw.Header().Set("Content-Type", "text/html")
		i := 0
		fmt.Sscanf(r.URL.Path, "/real/%d", &i)
		rw.Write(pages[i%len(pages)])
	})
	for _, f := range files {
		body, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if len(body) > 300<<10 || !bytes.Contains(body, []byte("http")) || bytes.IndexByte(body, 0) >= 0 {
			continue // UTF-16 and the like cannot be rewritten bytewise
		}
		body = address.ReplaceAllFunc(body, func(link []byte) []byte {
			if bytes.Contains(link, []byte("w3.org")) || bytes.Contains(link, []byte("purl.org")) || bytes.Contains(link, []byte("jsonfeed.org")) {
				return link // names of formats
			}
			path, ok := paths[string(link)]
			if !ok {
				n++
				path = fmt.Sprintf("%s/real/%d", server.URL, n)
				paths[string(link)] = path
			}
			return []byte(path)
		})
		name := fmt.Sprintf("/feed/%d", len(w.feeds))
		if !w.expect(body, server.URL+name) {
			continue
		}
		mux.HandleFunc(name, func(rw http.ResponseWriter, _ *http.Request) { rw.Write(body) })
		w.feeds = append(w.feeds, ingest.Feed{ID: fmt.Sprintf("real-%d", len(w.feeds)), URL: server.URL + name, Publisher: "real"})
	}
}

// expect notes what must become of the entries of a feed. It reports false
// for feeds with entries that do not point at a page of ours.
func (w *world) expect(body []byte, base string) bool {
	doc, err := feed.Parse(body, feed.Options{URL: base, MaxEntries: 1000})
	if err != nil {
		return false
	}
	for _, e := range doc.Entries {
		if !strings.Contains(e.Link, "/real/") || strings.ContainsAny(e.Link, "?#") {
			return false
		}
	}
	for _, e := range doc.Entries {
		if !e.Published.IsZero() && time.Since(e.Published) > ingest.DefaultMaxAge {
			w.stale[e.Link] = true
		} else {
			w.links[e.Link] = true
		}
	}
	return len(doc.Entries) > 0
}

// config writes a configuration for the world and returns its path.
func (w *world) config(t testing.TB) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("every: 2s\nfetch: {pace: -1s, connections: 8, allow: [127.0.0.0/8]}\ndesks:\n")
	b.WriteString("  - {id: all}\n  - {id: english, languages: [en]}\n  - {id: armed, topics: [armed, civilians], relevance: 0.5}\nfeeds:\n")
	for _, f := range w.feeds {
		fmt.Fprintf(&b, "  - {id: %s, url: %q, publisher: %s}\n", f.ID, f.URL, f.Publisher)
	}
	path := filepath.Join(t.TempDir(), "conflictwire.yaml")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// A tally is what an independent subscriber saw: how often each message id
// arrived, and the records of news.article.>.
type tally struct {
	mu      sync.Mutex
	seen    map[string]int // subject and version
	records map[string]*record.Record
	newest  time.Time
}

func newTally() *tally { return &tally{seen: map[string]int{}, records: map[string]*record.Record{}} }

func (y *tally) add(t testing.TB, subject string, data []byte) {
	rec, err := record.Decode(data)
	if err != nil {
		t.Errorf("%s: %v", subject, err)
		return
	}
	y.mu.Lock()
	defer y.mu.Unlock()
	y.newest = time.Now()
	y.seen[subject+" v"+rec.Version]++
	if strings.HasPrefix(subject, "news.article.") {
		y.records[rec.Conflictwire.ID] = rec
	}
}

// quiet reports whether nothing arrived for a while.
func (y *tally) quiet(d time.Duration) bool {
	y.mu.Lock()
	defer y.mu.Unlock()
	return !y.newest.IsZero() && time.Since(y.newest) > d
}

// check compares what was seen with the world.
func (y *tally) check(t *testing.T, w *world) {
	t.Helper()
	y.mu.Lock()
	defer y.mu.Unlock()
	for id, n := range y.seen {
		if n != 1 {
			t.Errorf("%s arrived %d times", id, n)
		}
	}
	byLink := map[string]int{}
	want := map[string]bool{}
	for id, rec := range y.records {
		c := &rec.Conflictwire
		byLink[c.Provenance.URL]++
		if rec.Version != "1" {
			t.Errorf("%s has version %s though nobody changed it", c.Provenance.URL, rec.Version)
		}
		lang := rec.Language
		if lang == "" {
			lang = "und"
		}
		want[fmt.Sprintf("news.article.%s.%s.%s v1", id, lang, c.Provenance.Publisher)] = true
		for _, topic := range c.Topics {
			if topic.Confidence < sink.DefaultConfidence {
				continue
			}
			want[fmt.Sprintf("news.topic.%s.%s.%s v1", strings.TrimPrefix(topic.ID, "conflict."), c.Country, id)] = true
		}
		want["news.desk.all."+id+" v1"] = true
		if rec.Language == "en" {
			want["news.desk.english."+id+" v1"] = true
		}
		if c.Relevance >= 0.5 && slices.ContainsFunc(c.Topics, func(t record.Topic) bool {
			return strings.HasPrefix(t.ID, "conflict.armed.") || strings.HasPrefix(t.ID, "conflict.civilians.")
		}) {
			want["news.desk.armed."+id+" v1"] = true
		}
		checkEvidence(t, rec)
	}
	for link := range w.links {
		if byLink[link] != 1 {
			t.Errorf("%s became %d articles, want 1", link, byLink[link])
		}
	}
	if len(byLink) != len(w.links) {
		t.Errorf("%d articles of %d pages", len(byLink), len(w.links))
	}
	for id := range want {
		if y.seen[id] == 0 {
			t.Errorf("%s is missing", id)
		}
	}
	for id := range y.seen {
		if !want[id] {
			t.Errorf("%s arrived and should not have", id)
		}
	}
	t.Logf("%d articles, %d messages in all", len(y.records), len(y.seen))
}

// checkEvidence holds every span against the text.
func checkEvidence(t *testing.T, rec *record.Record) {
	t.Helper()
	spans := []record.Evidence{}
	for _, topic := range rec.Conflictwire.Topics {
		if len(topic.Evidence) == 0 {
			t.Errorf("%s: topic %s without evidence", rec.URI, topic.ID)
		}
		spans = append(spans, topic.Evidence...)
	}
	for _, place := range rec.Conflictwire.Places {
		spans = append(spans, place.Evidence...)
	}
	for _, e := range spans {
		text := rec.Field(e.Field)
		if e.Start < 0 || e.End > len(text) || e.Start >= e.End || text[e.Start:e.End] != e.Quote {
			t.Errorf("%s: evidence %+v is not what the %s says", rec.URI, e, e.Field)
		}
	}
}

func TestEveryArticleArrivesOnce(t *testing.T) {
	if testing.Short() {
		t.Skip("takes several seconds")
	}
	w := newWorld(t, 6)
	cfg, rules, err := loadConfig(w.config(t))
	if err != nil {
		t.Fatal(err)
	}
	cfg.Store, cfg.Listen = t.TempDir(), "127.0.0.1:0"
	p, err := newPipeline(t.Context(), cfg, rules, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	live := newTally()
	conn, err := nats.Connect(p.nats.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Subscribe("news.>", func(m *nats.Msg) { live.add(t, m.Subject, m.Data) }); err != nil {
		t.Fatal(err)
	}
	if err := conn.Flush(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	go func() {
		defer cancel()
		// Several more polls of every feed go by after the last article.
		for ctx.Err() == nil && !live.quiet(5*time.Second) {
			time.Sleep(100 * time.Millisecond)
		}
	}()
	if err := p.run(ctx); err != nil {
		t.Fatal(err)
	}
	if err := conn.Flush(); err != nil {
		t.Fatal(err)
	}
	live.check(t, w)
	replayed := replay(t, conn)
	replayed.check(t, w)
	if !maps.Equal(live.seen, replayed.seen) {
		t.Error("live and replayed subscribers saw different messages")
	}
	counts, err := p.queue.Tally(context.WithoutCancel(ctx))
	if err != nil || counts["stale"] != len(w.stale) {
		t.Errorf("%d entries are stale in the ledger, %v; want %d", counts["stale"], err, len(w.stale))
	}
}

// replay reads all that is stored, as a subscriber does that comes late.
func replay(t *testing.T, conn *nats.Conn) *tally {
	t.Helper()
	js, err := jetstream.New(conn)
	if err != nil {
		t.Fatal(err)
	}
	y := newTally()
	for _, name := range []string{sink.NewsStream, sink.CopiesStream} {
		stream, err := js.Stream(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		cons, err := stream.CreateConsumer(t.Context(), jetstream.ConsumerConfig{AckPolicy: jetstream.AckNonePolicy})
		if err != nil {
			t.Fatal(err)
		}
		for left := cons.CachedInfo().NumPending; left > 0; {
			batch, err := cons.FetchNoWait(500)
			if err != nil {
				t.Fatal(err)
			}
			for m := range batch.Messages() {
				y.add(t, m.Subject(), m.Data())
				left--
			}
		}
	}
	return y
}

// A program is the real program in a process of its own.
type program struct {
	cmd *exec.Cmd
	log bytes.Buffer
}

func start(t *testing.T, args ...string) *program {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := &program{cmd: exec.Command(exe, args...)}
	p.cmd.Env = append(os.Environ(), "CONFLICTWIRE_MAIN=1")
	p.cmd.Stderr = &p.log
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return p
}

// kill ends the program with SIGKILL.
func (p *program) kill() {
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
}

func TestNothingIsLostOrDoubledByKill(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	t.Parallel() // most of it is waiting
	w := newWorld(t, 6)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := listener.Addr().String()
	listener.Close()
	args := []string{"run", "--config", w.config(t), "--store", t.TempDir(), "--listen", addr}
	stored := func(conn *nats.Conn) uint64 {
		js, err := jetstream.New(conn)
		if err != nil {
			t.Fatal(err)
		}
		n := uint64(0)
		for _, name := range []string{sink.NewsStream, sink.CopiesStream} {
			if s, err := js.Stream(t.Context(), name); err == nil {
				n += s.CachedInfo().State.Msgs
			}
		}
		return n
	}
	deadline := time.Now().Add(2 * time.Minute)
	var p *program
	var conn *nats.Conn
	// Kill it twice, each time after some more has been stored.
	for kills, least := 0, uint64(40); ; least += 300 {
		p = start(t, args...)
		for conn = nil; conn == nil; {
			if conn, err = nats.Connect("nats://" + addr); err != nil {
				if time.Now().After(deadline) {
					p.kill()
					t.Fatalf("the program does not come up: %v\n%s", err, p.log.String())
				}
				time.Sleep(20 * time.Millisecond)
			}
		}
		if kills == 2 {
			break
		}
		for stored(conn) < least && time.Now().Before(deadline) {
			time.Sleep(5 * time.Millisecond)
		}
		t.Logf("killed with %d messages stored", stored(conn))
		conn.Close()
		p.kill()
		kills++
	}
	defer p.kill()
	defer conn.Close()
	// What was in work when it died comes back after AckWait, 10 s.
	for n, since := uint64(0), time.Now(); time.Since(since) < 14*time.Second && time.Now().Before(deadline); time.Sleep(200 * time.Millisecond) {
		if now := stored(conn); now != n {
			n, since = now, time.Now()
		}
	}
	replay(t, conn).check(t, w)
	if t.Failed() {
		t.Logf("log of the last run:\n%s", p.log.String())
	}
}

// TestSeedArticle is the article that the project began with, behind a page
// with its photograph.
func TestSeedArticle(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(sharedData(t), "seed", "syria-truce.txt"))
	if err != nil {
		t.Skip(err)
	}
	headline, rest, _ := strings.Cut(string(text), "\n")
	first, rest, _ := strings.Cut(strings.TrimSpace(rest), "\n")
	const credit = "Denis Balibouse/Reuters"
	caption := strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(first), credit))
	if caption == first {
		t.Fatal("the first line is not the photograph's caption with its credit")
	}
	var body strings.Builder
	for p := range strings.SplitSeq(rest, "\n\n") {
		fmt.Fprintf(&body, "<p>%s</p>\n", strings.TrimSpace(p))
	}
	for name, figure := range map[string]string{
		"figure":           `<figure><img src="/1.jpg"><figcaption>` + caption + ` <span class="credit">` + credit + `</span></figcaption></figure>`,
		"credit in text":   `<figure><img src="/1.jpg"><figcaption>` + caption + " " + credit + `</figcaption></figure>`,
		"divs":             `<div class="image"><img src="/1.jpg"><div class="caption">` + caption + `</div><div class="credit">` + credit + `</div></div>`,
		"paragraph":        `<div class="media"><img src="/1.jpg"><p class="image-caption">` + caption + " " + credit + `</p></div>`,
		"caption on image": `<img src="/1.jpg" alt="` + caption + `"><p class="photo-credit">` + credit + `</p>`,
	} {
		t.Run(name, func(t *testing.T) {
			page := `<!DOCTYPE html><html lang="en"><head><title>` + headline + `</title></head><body><nav><a href="/">Home</a></nav><article><h1>` +
				headline + `</h1>` + figure + body.String() + `</article><footer>All rights reserved</footer></body></html>`
			in, _ := json.Marshal(map[string]string{"id": "seed", "file": writeTemp(t, page), "url": "https://a.example/syria"})
			var out bytes.Buffer
			if code := run([]string{"page", "--batch"}, bytes.NewReader(in), &out, t.Output()); code != 0 {
				t.Fatal(code)
			}
			var got pageOut
			if err := json.Unmarshal(out.Bytes(), &got); err != nil {
				t.Fatal(err)
			}
			for _, no := range []string{"Balibouse", "barely alive' Denis", caption} {
				if strings.Contains(got.Text, no) {
					t.Errorf("the body has %q", no)
				}
			}
			if !strings.Contains(got.Text, "The UN special envoy for Syria has appealed") || !strings.Contains(got.Text, "what could be the next steps") {
				t.Errorf("the body lacks its first or last sentence: %q", got.Text)
			}
			r, err := loadRules("", "")
			if err != nil {
				t.Fatal(err)
			}
			tags := tag(r.enricher(), "", enrich.Text{Headline: got.Title, Body: got.Text})
			var topics []string
			for _, x := range tags.Topics {
				topics = append(topics, x.ID)
			}
			if !slices.Contains(topics, "conflict.peace.ceasefire") || !slices.Contains(topics, "conflict.peace.talks") || tags.Country != "sy" {
				t.Errorf("topics %q in %s, want peace.ceasefire and peace.talks in sy", topics, tags.Country)
			}
		})
	}
}

func writeTemp(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "page.html.gz")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z := gzip.NewWriter(f)
	io.WriteString(z, text)
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}
