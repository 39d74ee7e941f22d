package ingest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"conflictwire/deploy/natsd"
	"conflictwire/ingest/fetch"
	"conflictwire/ingest/queue"
	"conflictwire/ingest/rhythm"

	"github.com/nats-io/nats.go/jetstream"
)

// A pressroom is a publisher whose answers a test sets.
type pressroom struct {
	*httptest.Server
	mu    sync.Mutex
	pages map[string]http.HandlerFunc
	asked map[string]int
}

func newPressroom(t *testing.T) *pressroom {
	s := &pressroom{pages: map[string]http.HandlerFunc{}, asked: map[string]int{}}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		h := s.pages[r.URL.Path]
		s.asked[r.URL.Path]++
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

func (s *pressroom) set(path string, h http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pages[path] = h
}

// serve answers with a text of the given media type.
func serve(mediaType, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", mediaType)
		fmt.Fprint(w, text)
	}
}

// rss is a feed of the given items: link, title, date.
func rss(items ...[3]string) http.HandlerFunc {
	var b strings.Builder
	b.WriteString(`<rss version="2.0"><channel><title>T</title>`)
	for _, i := range items {
		fmt.Fprintf(&b, "<item><link>%s</link><title>%s</title><pubDate>%s</pubDate></item>", i[0], i[1], i[2])
	}
	b.WriteString("</channel></rss>")
	return serve("application/rss+xml", b.String())
}

// newIngester returns an ingester of one feed, "f", at /feed of the site,
// with a queue of its own.
func newIngester(t *testing.T, s *pressroom) (*Ingester, map[string]string) {
	t.Helper()
	server, err := natsd.Start(natsd.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	conn, err := server.Connect("test", nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	js, err := jetstream.New(conn)
	if err != nil {
		t.Fatal(err)
	}
	q, err := queue.Open(t.Context(), js, queue.Config{})
	if err != nil {
		t.Fatal(err)
	}
	client, err := fetch.New(fetch.Config{Allow: []string{"127.0.0.0/8"}, Pace: -1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	published := map[string]string{} // key → address
	return &Ingester{
		Fetch: client, Queue: q, Feeds: NewRoster([]Feed{{ID: "f", URL: s.URL + "/feed", Every: 5 * time.Minute}}),
		Known: func(_ context.Context, key string) (Existing, error) {
			link, ok := published[key]
			return Existing{Published: ok, Link: link, Feed: "f"}, nil
		},
		Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
	}, published
}

// waiting reports how the entry of a link stands in the queue: "", "due" or
// "waiting", or its state in the ledger.
func waiting(t *testing.T, in *Ingester, link string) string {
	t.Helper()
	_, state, err := in.Queue.Waiting(t.Context(), Key(link))
	if err != nil {
		t.Fatal(err)
	}
	if state == "" {
		line, _, err := in.Queue.Ended(t.Context(), Key(link))
		if err != nil {
			t.Fatal(err)
		}
		return string(line.State)
	}
	return state
}

// finish takes all jobs out of the queue, as if their pages had been read.
func finish(t *testing.T, in *Ingester, links ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	all := slices.Clone(links)
	err := in.Queue.Pages(ctx, 1, func(_ context.Context, job queue.Job) error {
		links = slices.DeleteFunc(links, func(l string) bool { return l == job.URL })
		if len(links) == 0 {
			cancel()
		}
		return nil
	})
	if err != nil || len(links) > 0 {
		t.Fatalf("left %v, %v", links, err)
	}
	for _, link := range all { // acknowledgements take a moment
		for waiting(t, in, link) == "due" && t.Context().Err() == nil {
			runtime.Gosched()
		}
	}
}

func TestPollQueuesWhatIsNewChangedOrVanished(t *testing.T) {
	s := newPressroom(t)
	in, published := newIngester(t, s)
	a, b, c, d := s.URL+"/a", s.URL+"/b?utm_source=rss", s.URL+"/c", s.URL+"/d"
	now := time.Now().UTC().Format(time.RFC1123Z)
	old := time.Now().Add(-10 * 24 * time.Hour).UTC().Format(time.RFC1123Z)
	var state []byte
	poll := func() {
		t.Helper()
		next, keep, err := in.Poll(t.Context(), "f", state)
		if err != nil || time.Until(next) < 4*time.Minute || time.Until(next) > 6*time.Minute {
			t.Fatalf("Poll = %v, %v", next, err)
		}
		state = keep
	}
	expect := func(step string, want map[string]string) {
		t.Helper()
		for link, w := range want {
			if got := waiting(t, in, link); got != w {
				t.Errorf("%s: %s is %q, want %q", step, link, got, w)
			}
		}
	}

	s.set("/feed", rss([3]string{a, "A", now}, [3]string{b, "B", now}, [3]string{a, "A again", now}, [3]string{c, "C", old}))
	poll()
	expect("first poll", map[string]string{a: "due", s.URL + "/b": "due", c: "stale"})

	finish(t, in, a, b)
	poll() // nothing new: the same bytes
	expect("second poll", map[string]string{a: "", b: "", c: "stale"})

	published[Key(a)], published[Key(b)] = a, b
	s.set("/feed", rss([3]string{d, "D", now}, [3]string{b, "B corrected", now}, [3]string{c, "C", old}))
	poll()
	expect("third poll", map[string]string{a: "due", b: "due", c: "stale", d: "due"})
	job, _, err := in.Queue.Waiting(t.Context(), Key(a))
	if err != nil || !strings.Contains(string(job.Body), `"vanished":true`) {
		t.Errorf("job of the vanished entry = %s, %v", job.Body, err)
	}
}

func TestPollLeavesOutWhatOtherFeedsBrought(t *testing.T) {
	s := newPressroom(t)
	in, published := newIngester(t, s)
	a := s.URL + "/a"
	published[Key(a)] = a
	s.set("/feed", rss([3]string{a, "A", ""}))
	_, state, err := in.Poll(t.Context(), "f", nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := waiting(t, in, a); got != "" {
		t.Errorf("a known article is %q", got)
	}
	s.set("/feed", rss([3]string{a, "A corrected", ""}))
	if _, _, err = in.Poll(t.Context(), "f", state); err != nil {
		t.Fatal(err)
	}
	if got := waiting(t, in, a); got != "due" {
		t.Errorf("a changed article is %q, want due", got)
	}
}

func TestPollOffersAChangeUntilItIsQueued(t *testing.T) {
	s := newPressroom(t)
	in, _ := newIngester(t, s)
	a := s.URL + "/a"
	s.set("/feed", rss([3]string{a, "A", ""}))
	_, state, err := in.Poll(t.Context(), "f", nil)
	if err != nil {
		t.Fatal(err)
	}
	// It changes while its page is still waiting to be read.
	s.set("/feed", rss([3]string{a, "A corrected", ""}))
	if _, state, err = in.Poll(t.Context(), "f", state); err != nil {
		t.Fatal(err)
	}
	finish(t, in, a)
	// The document is the same to the byte as at the last poll.
	if _, _, err = in.Poll(t.Context(), "f", state); err != nil {
		t.Fatal(err)
	}
	if got := waiting(t, in, a); got != "due" {
		t.Errorf("the change is %q, want due", got)
	}
}

func TestPollQueuesSwollenEntriesWithTheRest(t *testing.T) {
	s := newPressroom(t)
	in, _ := newIngester(t, s)
	escaped := strings.Repeat("&lt;", 1<<17) // six bytes each in JSON
	s.set("/feed", serve("application/rss+xml", `<rss version="2.0"><channel><title>T</title><item><link>`+s.URL+`/big</link><title>`+escaped+
		`</title><description>`+escaped+`</description><content:encoded xmlns:content="http://purl.org/rss/1.0/modules/content/">`+escaped+
		`</content:encoded></item><item><link>`+s.URL+`/small</link><title>S</title></item></channel></rss>`))
	if _, _, err := in.Poll(t.Context(), "f", nil); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/big", "/small"} {
		if got := waiting(t, in, s.URL+path); got != "due" {
			t.Errorf("%s is %q, want due", path, got)
		}
	}
	job, _, err := in.Queue.Waiting(t.Context(), Key(s.URL+"/big"))
	if err != nil || len(job.Body) > maxJob {
		t.Errorf("the job has %d bytes, %v; want at most %d", len(job.Body), err, maxJob)
	}
}

func TestPollAsksConditionallyAndOnceADayForAll(t *testing.T) {
	s := newPressroom(t)
	in, _ := newIngester(t, s)
	var asked []string
	s.set("/feed", func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Header.Get("If-None-Match")+"|"+r.Header.Get("If-Modified-Since"))
		if r.Header.Get("If-None-Match") != "" {
			w.WriteHeader(304)
			return
		}
		w.Header().Set("ETag", `"v1"`)
		w.Header().Set("Last-Modified", "Mon, 02 Jan 2006 15:04:05 GMT")
		rss([3]string{s.URL + "/a", "A", ""})(w, r)
	})
	var data []byte
	for i := range 3 {
		_, keep, err := in.Poll(t.Context(), "f", data)
		if err != nil {
			t.Fatal(err)
		}
		if data = keep; i == 1 {
			st := decodeState(data, s.URL+"/feed")
			st.Full = st.Full.Add(-25 * time.Hour)
			data, _ = json.Marshal(st)
		}
	}
	const conditional = `"v1"|Mon, 02 Jan 2006 15:04:05 GMT`
	if want := []string{"|", conditional, "|"}; !slices.Equal(asked, want) {
		t.Errorf("asked %q, want %q", asked, want)
	}
}

func TestPollBacksOffButNeverForLong(t *testing.T) {
	s := newPressroom(t)
	in, _ := newIngester(t, s)
	for _, tt := range []struct {
		name    string
		handler http.HandlerFunc
		least   []time.Duration // of the first polls
	}{
		{name: "server error", handler: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }, least: []time.Duration{9 * time.Minute, 18 * time.Minute, 36 * time.Minute}},
		{name: "not a feed", handler: serve("text/html", "<html><p>Hello"), least: []time.Duration{9 * time.Minute, 18 * time.Minute}},
		{name: "gone", handler: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(410) }, least: []time.Duration{5 * time.Hour}},
		{name: "told to wait, and the whole host with it", handler: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "7200")
			w.WriteHeader(429)
		}, least: []time.Duration{119 * time.Minute}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := "/" + strings.ReplaceAll(tt.name, " ", "-")[:4]
			s.set(path, tt.handler)
			in.Feeds = NewRoster([]Feed{{ID: "g", URL: s.URL + path}})
			var state []byte
			for i, least := range tt.least {
				next, keep, err := in.Poll(t.Context(), "g", state)
				if err != nil {
					t.Fatal(err)
				}
				if wait := time.Until(next); wait < least || wait > rhythm.MaxBackoff+rhythm.MaxBackoff/10 {
					t.Errorf("after failure %d the feed is due in %v, want at least %v and at most %v", i+1, wait, least, rhythm.MaxBackoff)
				}
				state = keep
			}
		})
	}
}

func TestPollRetiresAFeedThatIsNotConfigured(t *testing.T) {
	in, _ := newIngester(t, newPressroom(t))
	if next, _, err := in.Poll(t.Context(), "other", nil); !next.IsZero() || err != nil {
		t.Errorf("Poll = %v, %v", next, err)
	}
}

// page is an article page with the given canonical link and body.
func page(canonical string, paragraphs ...string) http.HandlerFunc {
	var b strings.Builder
	b.WriteString(`<!DOCTYPE html><html lang="en"><head><title>Talks go on</title>`)
	if canonical != "" {
		fmt.Fprintf(&b, `<link rel="canonical" href="%s">`, canonical)
	}
	b.WriteString(`</head><body><article><h1>Talks go on</h1>`)
	for _, p := range paragraphs {
		b.WriteString("<p>" + p + "</p>")
	}
	b.WriteString("</article></body></html>")
	return serve("text/html; charset=utf-8", b.String())
}

var prose = []string{
	"Delegates from both sides of the river met again on Tuesday in the old customs house, and again they left without a paper to sign.",
	"The mediator said that the list of open questions had become shorter by two, and that this was more than anybody had hoped for in spring.",
	"A third meeting is planned for next week, if the roads allow it and if the guards at the bridge can agree on who lifts the barrier first.",
}

func TestReadMakesAnArticle(t *testing.T) {
	s := newPressroom(t)
	in, _ := newIngester(t, s)
	s.set("/a", page(s.URL+"/canonical/a", prose...))
	s.set("/copy", page("https://elsewhere.example/a", prose...))
	s.set("/home", page(s.URL+"/", prose...))
	s.set("/teaser", page("", "Subscribe."))
	s.set("/moved", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/a", http.StatusMovedPermanently) })
	for _, tt := range []struct {
		name, path   string
		entry        Entry
		id, original string
		text         string // that the body holds
		method       string
		partial      bool
	}{
		{name: "canonical address on the same site", path: "/a", id: s.URL + "/canonical/a", text: "customs house", method: "blocks"},
		{name: "after a redirect", path: "/moved", id: s.URL + "/canonical/a", text: "customs house", method: "blocks"},
		{name: "copy of another site's article", path: "/copy", id: s.URL + "/copy", original: "https://elsewhere.example/a", text: "customs house", method: "blocks"},
		{name: "canonical address is the front page", path: "/home", id: s.URL + "/home", text: "customs house", method: "blocks"},
		{name: "body from the feed", path: "/teaser", entry: Entry{Content: "<p>" + strings.Join(prose, "</p><p>") + "</p>"}, id: s.URL + "/teaser", text: "lifts the barrier", method: "feed", partial: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.entry.Link = s.URL + tt.path
			a := read(t, in, tt.entry)
			wantOriginal := ""
			if tt.original != "" {
				wantOriginal = Key(tt.original)
			}
			if a.ID != Key(tt.id) || a.Original != wantOriginal {
				t.Errorf("id %s, original %q, want %s, %q", a.ID, a.Original, Key(tt.id), wantOriginal)
			}
			if !strings.Contains(a.Text(), tt.text) || a.Method != tt.method || a.Partial != tt.partial {
				t.Errorf("body %q by %s, partial %t", a.Text(), a.Method, a.Partial)
			}
		})
	}
}

// read reads an entry that must become an article.
func read(t *testing.T, in *Ingester, e Entry) *Article {
	t.Helper()
	a, err := in.Read(t.Context(), jobOf(t, e, 1))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func jobOf(t *testing.T, e Entry, attempt int) queue.Job {
	t.Helper()
	body, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	return queue.Job{Key: Key(e.Link), URL: e.Link, Feed: "f", Attempt: attempt, Body: body}
}

func TestReadTakesFromTheFeedWhatThePageLacks(t *testing.T) {
	s := newPressroom(t)
	in, _ := newIngester(t, s)
	s.set("/a", page("", prose...))
	at := time.Now().Add(-time.Hour).UTC().Truncate(time.Second)
	a := read(t, in, Entry{Link: s.URL + "/a", Title: "From the feed", Authors: []string{"Ada Quist"}, Published: at})
	if a.Title != "Talks go on" || !slices.Equal(a.Byline, []string{"Ada Quist"}) || !a.Published.Equal(at) {
		t.Errorf("title %q, byline %q, published %v", a.Title, a.Byline, a.Published)
	}
	if a.Sources["byline"] != "feed" || a.Sources["published"] != "feed" || a.Sources["title"] == "feed" {
		t.Errorf("sources %v", a.Sources)
	}
	// No page at all: what the feed carries is the article.
	a = read(t, in, Entry{Title: "Only <b>here</b>", Content: "<p>" + prose[0] + "</p>"})
	if a.Title != "Only here" || !a.Partial || !strings.Contains(a.Text(), "customs house") {
		t.Errorf("article without a page: %q, %q", a.Title, a.Text())
	}
}

func TestReadEnds(t *testing.T) {
	s := newPressroom(t)
	in, _ := newIngester(t, s)
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
	}
	s.set("/gone", status(410))
	s.set("/denied", status(403))
	s.set("/busy", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Retry-After", "60"); w.WriteHeader(429) })
	s.set("/down", status(502))
	s.set("/pdf", serve("application/pdf", "%PDF-1.7"))
	s.set("/empty", serve("text/html", "<html><body></body></html>"))
	s.set("/front", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/", http.StatusFound) })
	s.set("/", page("", prose...))
	s.set("/robots.txt", serve("text/plain", "User-agent: *\nDisallow: /secret/"))
	s.set("/secret/a", page("", prose...))
	for _, tt := range []struct {
		path    string
		attempt int
		want    queue.State // empty: tried again
		retry   bool        // at a given time
	}{
		{path: "/gone", want: queue.Gone},
		{path: "/missing", attempt: 1},
		{path: "/missing", attempt: missingAfter, want: queue.Gone},
		{path: "/denied", want: queue.Denied},
		{path: "/secret/a", want: queue.Denied},
		{path: "/pdf", want: queue.NotArticle},
		{path: "/empty", want: queue.NotArticle},
		{path: "/front", attempt: 1},
		{path: "/front", attempt: missingAfter, want: queue.Gone},
		{path: "/down"},
		{path: "/busy", retry: true},
	} {
		t.Run(tt.path, func(t *testing.T) {
			_, err := in.Read(t.Context(), jobOf(t, Entry{Link: s.URL + tt.path}, max(tt.attempt, 1)))
			if err == nil {
				t.Fatal("read")
			}
			var state queue.State
			if end, ok := errors.AsType[*queue.End](err); ok {
				state = end.State
			}
			retry, again := errors.AsType[*queue.Retry](err)
			if state != tt.want || again != tt.retry {
				t.Errorf("error %v ends in %q, retry %v, want %q, %t", err, state, retry, tt.want, tt.retry)
			}
		})
	}
	if n := s.asked["/secret/a"]; n != 0 {
		t.Errorf("a page that robots.txt forbids was asked for %d times", n)
	}
}
