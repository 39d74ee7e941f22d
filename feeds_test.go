package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"conflictwire/deploy/natsd"
	"conflictwire/ingest"
	"conflictwire/ingest/feed"
	"conflictwire/ingest/fetch"
	"conflictwire/ingest/queue"

	"github.com/nats-io/nats.go/jetstream"
)

func TestSlugOf(t *testing.T) {
	for in, want := range map[string]string{
		"":                           "",
		"Coast News":                 "coast-news",
		"  -- The «Émigré» Côté! ":   "the-emigre-cote",
		"Süddeutsche Straße 24/7":    "suddeutsche-strasse-24-7",
		"Ørsted, Łódź & Þór":         "orsted-lodz-thor",
		"People's Daily, l’Humanité": "peoples-daily-lhumanite",
		"朝日新聞":                       "",
		"الشرق 24":                   "24",
		"ﬁne print\x1b[31m":          "fine-print-31m",
		"İstanbul ışık":              "istanbul-isik",
	} {
		if got := slugOf(in); got != want {
			t.Errorf("slugOf(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestNewIDIsFreeAndValid(t *testing.T) {
	taken := taken{ids: map[string]bool{"coast": true, "coast-2": true}}
	for _, tt := range []struct{ title, url, want string }{
		{"Inland", "https://a.example/feed", "inland"},
		{"Coast", "https://a.example/feed", "coast-3"},
		{"", "https://www.a.example/world/rss.xml", "a-example-world-rss-xml"},
		{"朝日新聞", "https://a.example/", "a-example"},
		{"BG", "https://a.example/bg", "a-example-bg"},
		{"", "://", "feed"},
		{strings.Repeat("nine char ", 20), "https://a.example/", strings.Repeat("nine-char-", 5)[:49]},
	} {
		f := ingest.Feed{ID: taken.newID(ingest.Feed{Title: tt.title, URL: tt.url}), URL: "https://a.example/"}
		if f.ID != tt.want {
			t.Errorf("id of %q at %q is %q, want %q", tt.title, tt.url, f.ID, tt.want)
		}
		if err := f.Validate(); err != nil {
			t.Errorf("id of %q at %q: %v", tt.title, tt.url, err)
		}
	}
}

func TestTakenByKnowsAddressesInAnyForm(t *testing.T) {
	taken := takenBy([]*feedRow{
		{id: "coast", status: ingest.Status{URL: "https://www.a.example/feed/", Asked: "https://new.a.example/rss"}},
		{id: "inland", feed: ingest.Feed{URL: "http://b.example/feed?a=1&b=2"}},
		{id: "unpolled"},
	})
	for link, want := range map[string]string{
		"http://a.example/feed":                          "coast",
		"https://a.example/feed?utm_source=mail#top":     "coast",
		"https://new.a.example/rss/":                     "coast",
		"https://www.b.example/feed?b=2&a=1":             "inland",
		"https://b.example/feed":                         "",
		"https://A.example/feed/":                        "coast",
		"https://a.example/Feed":                         "",
		webAddress(" feed://www.a.example/feed "):        "coast",
		webAddress("feed:http://b.example/feed?a=1&b=2"): "inland",
	} {
		if got := taken.urls[ingest.Canonical(link)]; got != want {
			t.Errorf("%s is the address of %q, want %q", link, got, want)
		}
	}
	if !taken.ids["unpolled"] || len(taken.urls) != 3 {
		t.Errorf("taken are %v", taken)
	}
}

// at is the time at which the rows of the tests are looked at.
var at = time.Date(2026, 3, 2, 3, 0, 0, 0, time.UTC)

// ago is a time before it.
func ago(d time.Duration) time.Time { return at.Add(-d) }

// exampleRows has a feed in every condition.
func exampleRows() []*feedRow {
	waiting := queue.FeedJob{Next: at.Add(5 * time.Minute)}
	good := ingest.Status{URL: "https://a.example/feed", Asked: "https://a.example/feed", OK: ago(time.Minute), Entries: 1}
	with := func(f func(*ingest.Status)) ingest.Status {
		st := good
		f(&st)
		return st
	}
	return []*feedRow{
		{id: "ok", known: true, job: waiting, status: with(func(st *ingest.Status) {
			st.Why, st.Limit = "about 4 stories an hour", 3*time.Hour
			st.Hub, st.HubUntil = "https://hub.example/", at.Add(72*time.Hour)
			st.Polls = []ingest.Attempt{
				{At: ago(time.Hour), Via: "push", Bytes: 1, New: 2, Changed: 1},
				{At: ago(time.Minute), Status: 304, Took: 20 * time.Millisecond},
			}
		})},
		{id: "added", source: queue.Source{Feed: []byte("{}"), At: ago(time.Minute)}, feed: ingest.Feed{URL: "https://b.example/feed"}},
		{id: "due", known: true, job: queue.FeedJob{Next: ago(time.Second), Due: true}, status: good},
		{id: "late", known: true, job: queue.FeedJob{Next: ago(0)}, status: good},
		{id: "failing", known: true, job: waiting, status: with(func(st *ingest.Status) {
			st.Failures, st.Failing, st.Cause, st.Error = 2, ago(3*time.Hour), "http", "status 404 \x1b[2J\u009b\u202e"
			st.Polls = []ingest.Attempt{{At: ago(time.Hour), Status: 404, Error: "status 404\x07\nno"}}
		})},
		{id: "silent", known: true, job: waiting, status: with(func(st *ingest.Status) {
			st.Silent, st.Cause = ago(3*24*time.Hour), "stale: it answers, but with nothing new"
		})},
		{id: "gap", known: true, job: waiting, status: with(func(st *ingest.Status) {
			st.Gaps, st.LastGap, st.Healing = 2, ago(time.Hour), true
			st.Asked, st.Redirect, st.Hub = "https://c.example/feed", "https://d.example/feed", "https://hub.example/"
		})},
		{id: "paused", known: true, job: waiting, source: queue.Source{Paused: true, At: ago(time.Hour), Note: "asked\nus \x1b[31m"}, status: good},
		{id: "broken", known: true, job: waiting, source: queue.Source{Feed: []byte("{}")}, fault: errors.New("no\x1b url")},
	}
}

func TestTableIsAlignedAndHarmless(t *testing.T) {
	var out bytes.Buffer
	if err := table(&out, exampleRows(), at); err != nil {
		t.Fatal(err)
	}
	want := `ok       ok       next in 5 min      https://a.example/feed
new      added    next at once       https://b.example/feed
ok       due      being polled       https://a.example/feed
ok       late     next at once       https://a.example/feed
failing  failing  http, 2 polls      https://a.example/feed
silent   silent   stale, for 3 days  https://a.example/feed
gap      gap      next in 5 min      https://a.example/feed
paused   paused   for 60 min         https://a.example/feed (asked us [31m)
broken   broken                       no url
`
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
	var got []string
	for _, r := range exampleRows() {
		got = append(got, r.condition())
	}
	for _, c := range conditions {
		if !slices.Contains(got, c) {
			t.Errorf("no feed is %s", c)
		}
	}
}

func TestExplainSaysItAll(t *testing.T) {
	want := map[string]string{
		"ok": `ok  ok, from the configuration
https://a.example/feed
Next poll 2026-03-02T03:05:00Z (in 5 min): about 4 stories an hour.
Last poll that worked 2026-03-02T02:59:00Z (60 s ago); its document had 1 entry.
An alarm is raised after 3h without anything new.
Hub https://hub.example/, subscribed until 2026-03-05T03:00:00Z (in 3 days).
Last polls, newest first:
  2026-03-02T02:59:00Z  poll     status 304, 20ms, nothing new
  2026-03-02T02:00:00Z  push     1 byte, 2 new, 1 changed
`,
		"added": `added  new, added while the pipeline ran, last changed 2026-03-02T02:59:00Z (60 s ago)
https://b.example/feed
It has no schedule yet: a pipeline takes it up within seconds, if one runs.
`,
		"due": `due  ok, from the configuration
https://a.example/feed
Due since 2026-03-02T02:59:59Z (1 s ago): it is being polled, or waits for a worker.
Last poll that worked 2026-03-02T02:59:00Z (60 s ago); its document had 1 entry.
`,
		"failing": `failing  failing, from the configuration
https://a.example/feed
Next poll 2026-03-02T03:05:00Z (in 5 min): the first one.
Last poll that worked 2026-03-02T02:59:00Z (60 s ago); its document had 1 entry.
Failing since 2026-03-02T00:00:00Z (3 h ago), 2 polls: status 404 [2J
Last polls, newest first:
  2026-03-02T02:00:00Z  poll     status 404, status 404 no
`,
		"silent": `silent  silent, from the configuration
https://a.example/feed
Next poll 2026-03-02T03:05:00Z (in 5 min): the first one.
Last poll that worked 2026-03-02T02:59:00Z (60 s ago); its document had 1 entry.
Silent: it brings nothing new for longer than is usual. Alarm 2026-02-27T03:00:00Z (3 days ago); cause: stale: it answers, but with nothing new.
`,
		"gap": `gap  gap, from the configuration
https://a.example/feed
It has moved for good and is asked at https://c.example/feed; put that into the configuration.
It is redirected for good to https://d.example/feed; that is believed once it was seen for days.
Next poll 2026-03-02T03:05:00Z (in 5 min): the first one.
Last poll that worked 2026-03-02T02:59:00Z (60 s ago); its document had 1 entry.
Gaps, polls that shared nothing with the one before: 2, the last 2026-03-02T02:00:00Z (60 min ago); its stories are being looked for.
Hub https://hub.example/, which has not confirmed.
`,
		"paused": `paused  paused, from the configuration
https://a.example/feed
Paused 2026-03-02T02:00:00Z (60 min ago) (asked us [31m). Poll it again with: conflictwire feeds resume paused
Last poll that worked 2026-03-02T02:59:00Z (60 s ago); its document had 1 entry.
`,
		"late": `late  ok, from the configuration
https://a.example/feed
Next poll at once.
Last poll that worked 2026-03-02T02:59:00Z (60 s ago); its document had 1 entry.
`,
		"broken": `broken  broken, added while the pipeline ran, last changed 0001-01-01T00:00:00Z (`,
	}
	for _, r := range exampleRows() {
		var out bytes.Buffer
		r.explain(&out, at)
		if got := out.String(); got != want[r.id] && (r.id != "broken" || !strings.HasPrefix(got, want[r.id])) {
			t.Errorf("%s: got\n%s\nwant\n%s", r.id, out.String(), want[r.id])
		}
		if strings.ContainsAny(out.String(), "\x1b\x07\u009b\u202e") {
			t.Errorf("%s: control characters in %q", r.id, out.String())
		}
		if line, err := json.Marshal(r.json()); err != nil || !bytes.Contains(line, []byte(`"state":"`+r.condition()+`"`)) {
			t.Errorf("%s: JSON %s, %v", r.id, line, err)
		}
	}
}

// TestOldStateIsNotTheNewFeeds: a feed that is taken out and added again at
// another address shows nothing of the old one.
func TestOldStateIsNotTheNewFeeds(t *testing.T) {
	source := queue.Source{Feed: []byte(`{"URL": "https://a.example/new"}`), At: at}
	for _, tt := range []struct {
		state, want string
	}{
		{``, "https://a.example/new"},
		{`{"url": "https://a.example/old", "failures": 3, "polls": [{"at": "2026-03-01T00:00:00Z"}]}`, "https://a.example/new"},
		// The configuration's definition goes before one that was added.
		{`{"url": "https://a.example/old", "polls": [{"at": "2026-03-03T00:00:00Z"}]}`, "https://a.example/old"},
		{`{"url": 1}`, "https://a.example/new"},
	} {
		r := feedRowFrom("coast", source, queue.FeedJob{State: []byte(tt.state)}, true)
		if r.url() != tt.want || r.status.Failures != 0 {
			t.Errorf("with the state %s: %s, %d failures; want %s", tt.state, r.url(), r.status.Failures, tt.want)
		}
		if broken := strings.Contains(tt.state, "1}"); (r.fault != nil) != broken {
			t.Errorf("with the state %s: fault %v", tt.state, r.fault)
		}
	}
}

const smallFeed = `<rss version="2.0"><channel><title>All&#27;[31m news</title><language>en-gb</language>
<item><title>One</title><link>https://a.example/one</link></item></channel></rss>`

// siteWithFeeds has pages that name feeds, and feeds.
func siteWithFeeds(t *testing.T) (string, *fetch.Client) {
	t.Helper()
	mux := http.NewServeMux()
	page := func(path, contentType, body string) {
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", contentType)
			fmt.Fprint(w, body)
		})
	}
	link := func(href string) string {
		return `<link rel="alternate" type="application/rss+xml" href="` + href + `">`
	}
	page("/all.xml", "application/rss+xml", smallFeed)
	page("/empty.xml", "application/rss+xml", `<rss version="2.0"><channel><title>Empty</title></channel></rss>`)
	page("/named", "text/html", "<html><head>"+link("/lost.xml")+link("/empty.xml")+link("/all.xml")+link("/away.xml")+link("/all.xml?again=1")+"</head>")
	page("/lost", "text/html", "<html><head>"+link("/lost.xml")+"</head>")
	page("/plain", "text/html", "<html><body>Nothing here</body>")
	page("/feed", "text/xml", smallFeed) // a usual address
	var many strings.Builder
	for i := range maxFound + 3 {
		many.WriteString(link(fmt.Sprintf("/all.xml?n=%d", i)))
	}
	page("/many", "text/html", "<html><head>"+many.String()+"</head>")
	mux.Handle("/moved.xml", http.RedirectHandler("/all.xml", http.StatusMovedPermanently))
	mux.Handle("/away.xml", http.RedirectHandler("/all.xml", http.StatusFound))
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	client, err := fetch.New(fetch.Config{Pace: -1, Allow: []string{"127.0.0.0/8"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	return server.URL, client
}

func TestFindFeeds(t *testing.T) {
	site, client := siteWithFeeds(t)
	for _, tt := range []struct {
		path  string
		want  []string
		fault string
	}{
		{path: "/all.xml", want: []string{"/all.xml: All[31m news, rss, 1 entry, the address itself"}},
		{path: "/named", want: []string{
			"/all.xml: All[31m news, rss, 1 entry, link rel=alternate",
			"/all.xml?again=1: All[31m news, rss, 1 entry, link rel=alternate",
		}},
		{path: "/plain", want: []string{"/feed: All[31m news, rss, 1 entry, a usual address"}},
		{path: "/lost", fault: site + "/lost: no feed found; of 1 addresses that it names, the first is none: fetch " + site + "/lost.xml: not-found: status 404"},
		{path: "/nowhere", fault: "fetch " + site + "/nowhere: not-found: status 404"},
	} {
		var got []string
		err := findFeeds(t.Context(), client, site+tt.path, func(link, what string) error {
			got = append(got, strings.TrimPrefix(link, site)+": "+what)
			return nil
		})
		if fmt.Sprint(err) != tt.fault && (err != nil || tt.fault != "") {
			t.Errorf("%s: error %v, want %s", tt.path, err, tt.fault)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: found %q, want %q", tt.path, got, tt.want)
		}
	}

	n := 0
	if err := findFeeds(t.Context(), client, site+"/many", func(string, string) error { n++; return nil }); err != nil || n != maxFound {
		t.Errorf("of many feeds %d are found, want %d (%v)", n, maxFound, err)
	}
	full := errors.New("full")
	if err := findFeeds(t.Context(), client, site+"/many", func(string, string) error { return full }); err != full {
		t.Errorf("when nobody takes the feeds: %v, want %v", err, full)
	}
	ctx, cancel := context.WithCancel(t.Context())
	err := findFeeds(ctx, client, site+"/many", func(string, string) error { cancel(); return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted: %v, want %v", err, context.Canceled)
	}
}

func TestCheckNewTakesOverWhatAFeedSays(t *testing.T) {
	site, client := siteWithFeeds(t)
	for _, tt := range []struct {
		in, want ingest.Feed
		fault    string
	}{
		{
			in:   ingest.Feed{URL: site + "/all.xml"},
			want: ingest.Feed{URL: site + "/all.xml", Title: "All[31m news", Language: "en-gb"},
		},
		{
			in:   ingest.Feed{URL: site + "/moved.xml", Title: "Ours", Language: "de"},
			want: ingest.Feed{URL: site + "/all.xml", Title: "Ours", Language: "de"},
		},
		{
			in:   ingest.Feed{URL: site + "/away.xml", Title: "Ours", Language: "de"},
			want: ingest.Feed{URL: site + "/away.xml", Title: "Ours", Language: "de"},
		},
		{in: ingest.Feed{URL: site + "/named"}, fault: "it is a page that names " + site + "/lost.xml; see all with: conflictwire feeds find " + site + "/named"},
		{in: ingest.Feed{URL: site + "/plain"}, fault: "find feeds of the site with: conflictwire feeds find " + site + "/plain"},
		{in: ingest.Feed{URL: site + "/nowhere"}, fault: "status 404"},
	} {
		f := tt.in
		about, err := checkNew(t.Context(), client, &f)
		switch {
		case tt.fault != "":
			if err == nil || !strings.HasSuffix(err.Error(), tt.fault) {
				t.Errorf("%s: error %v, want … %s", tt.in.URL, err, tt.fault)
			}
		case err != nil:
			t.Errorf("%s: %v", tt.in.URL, err)
		case f.URL != tt.want.URL || f.Title != tt.want.Title || f.Language != tt.want.Language:
			t.Errorf("%s: became %+v, want %+v", tt.in.URL, f, tt.want)
		case about != "\nAll[31m news, rss, 1 entry":
			t.Errorf("%s: described as %q", tt.in.URL, about)
		}
	}
}

// feedsOn runs a feeds command against a server and returns what it printed.
func feedsOn(server *natsd.Server, args ...string) (code int, stdout, stderr string) {
	var out, errs bytes.Buffer
	code = run(append(append([]string{"feeds"}, args...), "--server", server.URL()), strings.NewReader(""), &out, &errs)
	return code, out.String(), errs.String()
}

// TestFeedsOfServerWithoutWorker asks a server on which no pipeline ever ran,
// and then one that is left with what a pipeline had there.
func TestFeedsOfServerWithoutWorker(t *testing.T) {
	t.Parallel()
	server, err := natsd.Start(natsd.Config{Dir: t.TempDir(), Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	for _, args := range [][]string{
		{"list"}, {"why", "a"}, {"poll", "a"}, {"pause", "a"}, {"resume", "a"}, {"remove", "a"}, {"export"}, {"add", "--unchecked", "https://a.example/"},
	} {
		if code, _, stderr := feedsOn(server, args...); code != exitFailure || !strings.Contains(stderr, "has conflictwire run on this server?") {
			t.Errorf("%q on an empty server ended with %d and said %q", args, code, stderr)
		}
	}

	conn, err := server.Connect("test", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	js, err := jetstream.New(conn)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := queue.Open(t.Context(), js, queue.Config{}); err != nil {
		t.Fatal(err)
	}
	expect := func(code int, stdout, stderr string, args ...string) {
		t.Helper()
		c, out, errs := feedsOn(server, args...)
		if c != code || !strings.Contains(out, stdout) || !strings.Contains(errs, stderr) {
			t.Errorf("%q ended with %d\n%s%s\nwant %d\n%s\n%s", args, c, out, errs, code, stdout, stderr)
		}
	}
	expect(exitOK, "0 of 0 feeds\n", "", "list")
	expect(exitOK, "added a-example-one at https://a.example/one\nSee how", "", "add", "--unchecked", "a.example/one")
	expect(exitOK, "new      a-example-one  next at once  https://a.example/one\n1 of 1 feed\n", "", "list")
	expect(exitOK, "It has no schedule yet", "", "why", "a-example-one")
	expect(exitFailure, "", "a-example-one is due, but was not polled within 1s: is a pipeline running", "poll", "a-example-one", "--wait", "1s")
	expect(exitOK, "paused a-example-one", "", "pause", "a-example-one")

	// What cannot be used is named, hides no other feed, and can be taken out.
	sources, err := js.KeyValue(t.Context(), "SOURCES")
	if err != nil {
		t.Fatal(err)
	}
	put := func(id, value string) {
		t.Helper()
		if _, err := sources.PutString(t.Context(), id, value); err != nil {
			t.Fatal(err)
		}
	}
	put("future", `{"feed": {"URL": "gopher://a.example/"}}`)
	expect(exitOK, "broken   future", "", "list")
	expect(exitOK, "paused   a-example-one", "", "list")
	expect(exitOK, "What the server keeps of it cannot be used: feed future", "", "why", "future")
	put("garbage", `{"feed`)
	expect(exitOK, "broken   future", "", "list")
	expect(exitFailure, "", "source garbage does not decode", "why", "garbage")
	expect(exitOK, "removed garbage", "", "remove", "garbage")
	expect(exitOK, "removed future", "", "remove", "future")
	expect(exitOK, "removed a-example-one", "", "remove", "a-example-one")
	expect(exitFailure, "", "there is no feed", "remove", "a-example-one")

	// Interrupted: what was cut short does not pass for done.
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, cmd := range []interface {
		Run(context.Context, *streams) error
	}{
		&feedsPollCmd{serverFlags{Server: server.URL()}, "a", time.Minute},
		&feedsListCmd{serverFlags: serverFlags{Server: server.URL()}},
	} {
		var out, errs bytes.Buffer
		if code := report(cmd.Run(ctx, &streams{nil, &out, &errs}), &errs); code != exitInterrupted {
			t.Errorf("%T interrupted ended with %d: %s", cmd, code, errs.String())
		}
	}
}

// TestExportReadsBack: what is exported can be imported.
func TestExportReadsBack(t *testing.T) {
	t.Parallel()
	server, err := natsd.Start(natsd.Config{Dir: t.TempDir(), Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	conn, err := server.Connect("test", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	js, err := jetstream.New(conn)
	if err != nil {
		t.Fatal(err)
	}
	q, err := queue.Open(t.Context(), js, queue.Config{})
	if err != nil {
		t.Fatal(err)
	}
	// One of the configuration that was not polled yet.
	if _, _, err := q.Reconcile(t.Context(), []string{"coast"}, 0); err != nil {
		t.Fatal(err)
	}
	var list []feed.Outline
	for i := range 200 {
		list = append(list, feed.Outline{URL: fmt.Sprintf("https://a.example/feed/%d?a&b", i), Title: fmt.Sprintf("Feed <%d> & more", i), Language: "en"})
	}
	var opml bytes.Buffer
	if err := feed.WriteOPML(&opml, "Feeds", at, list); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	if code := run([]string{"feeds", "import", "-", "--server", server.URL()}, &opml, &out, &errs); code != exitOK || !strings.HasSuffix(out.String(), "200 feeds added, 0 there already\n") {
		t.Fatalf("import ended with %d: %s%s", code, out.String(), errs.String())
	}
	code, stdout, stderr := feedsOn(server, "export")
	if code != exitOK || !strings.HasPrefix(stderr, "1 feed left out: ") {
		t.Errorf("export ended with %d and said %q", code, stderr)
	}
	back, err := feed.ReadOPML(strings.NewReader(stdout))
	if err != nil {
		t.Fatal(err)
	}
	byURL := func(a, b feed.Outline) int { return strings.Compare(a.URL, b.URL) }
	slices.SortFunc(list, byURL)
	slices.SortFunc(back, byURL)
	if !slices.EqualFunc(back, list, func(a, b feed.Outline) bool { return a.URL == b.URL && a.Title == b.Title && a.Language == b.Language }) {
		t.Errorf("%d feeds came back, not the %d as they were: %+v", len(back), len(list), back[:min(len(back), 3)])
	}
}
