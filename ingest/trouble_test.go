package ingest

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"conflictwire/ingest/feed"
	"conflictwire/ingest/queue"
	"conflictwire/ingest/websub"
)

func TestIndexWithValidator(t *testing.T) {
	s := newPressroom(t)
	in, _ := newIngester(t, s)
	stamp := time.Now().Add(-time.Hour).UTC().Format(time.RFC3339)
	s.set("/feed", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"i"`)
		if r.Header.Get("If-None-Match") == `"i"` {
			w.WriteHeader(304)
			return
		}
		serve("application/xml", `<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>`+s.URL+`/a.xml</loc></sitemap></sitemapindex>`)(w, r)
	})
	part := func(paths ...string) {
		b := ""
		for _, p := range paths {
			b += `<url><loc>` + s.URL + p + `</loc><lastmod>` + stamp + `</lastmod></url>`
		}
		s.set("/a.xml", serve("application/xml", `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">`+b+`</urlset>`))
	}
	part("/one")
	stored, _ := poll(t, in, nil)
	part("/two", "/one")
	_, st := poll(t, in, stored)
	if got := waiting(t, in, s.URL+"/two"); got != "due" {
		t.Errorf("/two is %q, want due; polls %+v", got, st.Polls)
	}
}

func TestMovedTwice(t *testing.T) {
	s := newPressroom(t)
	in, _ := newIngester(t, s)
	s.set("/feed", rss([3]string{s.URL + "/1", "One", ""}))
	stored, _ := poll(t, in, nil)
	stored = change(t, stored, func(st *state) { st.Home, st.Visited = s.URL+"/b", time.Now() })
	s.set("/feed", nil) // the old address is dead, that is why it moved
	s.set("/b", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/c", http.StatusMovedPermanently) })
	s.set("/c", rss([3]string{s.URL + "/1", "One", ""}))
	stored, st := poll(t, in, stored)
	t.Logf("poll 1: asked %s failures %d", st.Asked, st.Failures)
	for range 10 {
		stored, st = poll(t, in, stored)
	}
	if st.Failures > 0 {
		t.Errorf("feed alive at /b and /c fails %d times: asked at %s: %s", st.Failures, st.Asked, st.Error)
	}
}

func TestReusedID(t *testing.T) {
	s := newPressroom(t)
	in, _ := newIngester(t, s)
	doc := func(n int) http.HandlerFunc {
		return serve("application/rss+xml", fmt.Sprintf(`<rss version="2.0"><channel><title>T</title><item><guid isPermaLink="false">lead-story</guid><link>%s/s%d</link><title>Another story number %d entirely</title><pubDate>%s</pubDate></item></channel></rss>`, s.URL, n, n, ago(time.Minute)))
	}
	s.set("/feed", doc(1))
	stored, _ := poll(t, in, nil)
	finish(t, in, s.URL+"/s1")
	stored = change(t, stored, func(st *state) { st.Window[0].First = time.Now().Add(-8 * 24 * time.Hour) })
	s.set("/feed", doc(2))
	_, _ = poll(t, in, stored)
	job, q, _ := in.Queue.Waiting(t.Context(), Key(s.URL+"/s1"))
	line, _, _ := in.Queue.Ended(t.Context(), Key(s.URL+"/s1"))
	if q != "due" {
		t.Errorf("the new story is %q: %+v (%+v)", q, line, job)
	}
}

func TestHealArchiveTransient(t *testing.T) {
	s := newPressroom(t)
	in, _ := newIngester(t, s)
	atom := func(prev string, items ...string) http.HandlerFunc {
		b := `<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><id>urn:x:1</id><updated>2024-01-01T00:00:00Z</updated>`
		if prev != "" {
			b += `<link rel="prev-archive" href="` + s.URL + prev + `"/>`
		}
		for _, p := range items {
			b += `<entry><id>` + s.URL + p + `</id><title>Story ` + p + `</title><link href="` + s.URL + p + `"/><published>` + time.Now().Add(-time.Minute).UTC().Format(time.RFC3339) + `</published></entry>`
		}
		return serve("application/atom+xml", b+`</feed>`)
	}
	s.set("/feed", atom("", "/1", "/1a", "/1b"))
	stored, _ := poll(t, in, nil)
	s.set("/feed", atom("/arch", "/5"))
	s.set("/arch", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) })
	stored, st := poll(t, in, stored)
	t.Logf("after a 503 of the archive: gaps %d healing %v", st.Gaps, st.Healing)
	s.set("/arch", atom("", "/4", "/1"))
	s.set("/feed", atom("/arch", "/6", "/5"))
	poll(t, in, stored)
	if got := waiting(t, in, s.URL+"/4"); got != "due" {
		t.Errorf("/4 is %q, want due", got)
	}
}

func TestHealUndatedArchive(t *testing.T) {
	s := newPressroom(t)
	in, published := newIngester(t, s)
	doc := func(prev string, from, to int) http.HandlerFunc {
		b := `<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>T</title>`
		if prev != "" {
			b += `<atom:link rel="prev-archive" href="` + s.URL + prev + `"/>`
		}
		for i := to; i > from; i-- {
			b += fmt.Sprintf(`<item><link>%s/%d</link><title>Story number %d of a long history</title></item>`, s.URL, i, i)
		}
		return serve("application/rss+xml", b+`</channel></rss>`)
	}
	s.set("/feed", doc("/arch", 1000, 1002))
	stored, _ := poll(t, in, nil)
	for i := 1001; i <= 1002; i++ {
		published[Key(fmt.Sprintf("%s/%d", s.URL, i))] = fmt.Sprintf("%s/%d", s.URL, i)
	}
	finish(t, in, s.URL+"/1001", s.URL+"/1002")
	s.set("/arch", doc("", 0, 1003))
	s.set("/feed", doc("/arch", 1003, 1005))
	_, st := poll(t, in, stored)
	n := 0
	for i := 1; i <= 1000; i++ {
		if waiting(t, in, fmt.Sprintf("%s/%d", s.URL, i)) == "due" {
			n++
		}
	}
	t.Logf("%+v", st.Polls)
	if n > 0 {
		t.Errorf("%d stories from before the first poll are queued as new", n)
	}
}

func TestPausedFeedTakesPushes(t *testing.T) {
	s := newPressroom(t)
	in, _ := newIngester(t, s)
	in.Feeds.Learn("f", &queue.Source{Paused: true, Note: "publishes rubbish"})
	_, err := in.Pushed(t.Context(), "f", nil, "application/rss+xml", []byte(`<rss version="2.0"><channel><title>T</title><item><link>`+s.URL+`/x</link><title>Rubbish</title></item></channel></rss>`))
	if err != nil {
		t.Fatal(err)
	}
	if got := waiting(t, in, s.URL+"/x"); got != "" {
		t.Errorf("paused feed: pushed entry is %q", got)
	}
}

func TestHugeHub(t *testing.T) {
	s := newPressroom(t)
	in, _ := newIngester(t, s)
	sub, err := websub.New(websub.Config{Callback: "https://news.example/websub", Secret: "0123456789abcdef0123"}, in.PostHub, in, nil)
	if err != nil {
		t.Fatal(err)
	}
	in.Hubs = sub
	s.set("/feed", serve("application/rss+xml", `<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>T</title><atom:link rel="hub" href="https://hub.example/`+strings.Repeat("a", 1<<20)+`"/><item><link>`+s.URL+`/1</link><title>One</title></item></channel></rss>`))
	keep, _ := poll(t, in, nil)
	if len(keep) > 100_000 {
		t.Errorf("state of %d bytes", len(keep))
	}
}

func TestStampFlip(t *testing.T) {
	at := time.Date(2025, 1, 1, 12, 0, 0, 0, time.UTC)
	doc := func(stamp func(i int) time.Time, n int) *feed.Feed {
		d := &feed.Feed{}
		for i := range n {
			d.Entries = append(d.Entries, feed.Entry{Link: fmt.Sprintf("https://x.example/%d", i), Title: "T", Updated: stamp(i)})
		}
		return d
	}
	changes := func(list []match) (n int) {
		for _, m := range list {
			if m.changed {
				n++
			}
		}
		return n
	}
	win := func(list []match) (w window) {
		for _, m := range list {
			w = append(w, m.seen)
		}
		return w
	}
	// stamped at the moment of the request
	l1, _ := compare(Feed{}, doc(func(int) time.Time { return at }, 500), nil, at)
	// the same, made across the turn of a second
	l2, _ := compare(Feed{}, doc(func(i int) time.Time { return at.Add(time.Duration(300+i/400) * time.Second) }, 500), win(l1), at)
	l3, _ := compare(Feed{}, doc(func(int) time.Time { return at.Add(600 * time.Second) }, 500), win(l2), at)
	// undated entries, then one dated joins
	u1, _ := compare(Feed{}, doc(func(int) time.Time { return time.Time{} }, 500), nil, at)
	u2, _ := compare(Feed{}, doc(func(i int) time.Time {
		if i == 500 {
			return at
		}
		return time.Time{}
	}, 501), win(u1), at)
	if a, b, c := changes(l2), changes(l3), changes(u2); a+b+c > 0 {
		t.Errorf("changed though nothing did: %d, then %d; undated: %d", a, b, c)
	}
}

func TestHubOffStillSlows(t *testing.T) {
	s := newPressroom(t)
	in, _ := newIngester(t, s) // no Hubs: websub was taken out of the configuration
	s.set("/feed", rss([3]string{s.URL + "/1", "One", ""}))
	stored, _ := poll(t, in, nil)
	stored = change(t, stored, func(st *state) {
		st.Lease = websub.Lease{Hub: "https://hub.example/", Topic: s.URL + "/feed", From: time.Now(), Until: time.Now().Add(10 * 24 * time.Hour), Early: 36, Settled: true}
	})
	for i := 2; i < 5; i++ {
		s.set("/feed", rss([3]string{fmt.Sprint(s.URL, "/", i), fmt.Sprint("Story that no hub told us of ", i), ""}, [3]string{fmt.Sprint(s.URL, "/", i-1), "One", ""}))
		var next time.Time
		var err error
		if next, stored, err = in.Poll(t.Context(), "f", stored); err != nil {
			t.Fatal(err)
		}
		if w := time.Until(next); w > 6*time.Minute {
			t.Errorf("every 5m, no hub: next in %v", w)
		}
	}
}

func TestBadSourceRetires(t *testing.T) {
	s := newPressroom(t)
	in, _ := newIngester(t, s)
	if err := in.Queue.ChangeSource(t.Context(), "g", func(src *queue.Source) error {
		src.Feed = []byte(`{"URL":"` + s.URL + `/g","Headers":["X: $NOT_SET_HERE"]}`)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	next, keep, err := in.Poll(t.Context(), "g", []byte(`{"url":"`+s.URL+`/g","window":""}`))
	if err == nil && next.IsZero() {
		t.Errorf("a feed of the list is retired by a worker that cannot read its definition: %v %s", next, keep)
	}
}

// A feed moved for good to /b; /b ends with 410, the old address lives.
func TestGoneAtNewAddress(t *testing.T) {
	s := newPressroom(t)
	in, _ := newIngester(t, s)
	s.set("/feed", rss([3]string{s.URL + "/1", "One", ""}))
	stored, _ := poll(t, in, nil)
	stored = change(t, stored, func(st *state) {
		st.Home, st.Visited = s.URL+"/b", time.Now()
		st.Failures, st.Gone, st.Failing = 2, 2, time.Now().Add(-13*time.Hour)
	})
	s.set("/b", serve410)
	_, st := poll(t, in, stored)
	src, ok, err := in.Queue.Source(t.Context(), "f")
	if ok && src.Paused {
		t.Errorf("retired (%s, %v) though %s answers; asked at %s", src.Note, err, s.URL+"/feed", st.Asked)
	}
}

func serve410(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(410) }

// Dead re-read ends the chain.

// A push of one entry and the poll that shows it again.
func TestPushThenPollChanged(t *testing.T) {
	s := newPressroom(t)
	in, _ := newIngester(t, s)
	at := ago(time.Minute)
	entry := func(n int) string {
		return fmt.Sprintf(`<entry><id>%s/%d</id><title>A story of several words %d</title><link href="%s/%d"/><updated>%s</updated></entry>`, s.URL, n, n, s.URL, n, time.Now().Truncate(time.Minute).UTC().Format(time.RFC3339))
	}
	_ = at
	doc := func(from, to int) string {
		b := `<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><id>urn:x</id><updated>2025-01-01T00:00:00Z</updated>`
		for i := to; i > from; i-- {
			b += entry(i)
		}
		return b + `</feed>`
	}
	s.set("/feed", serve("application/atom+xml", doc(0, 20)))
	stored, _ := poll(t, in, nil)
	keep, err := in.Pushed(t.Context(), "f", stored, "application/atom+xml", []byte(doc(20, 21)))
	if err != nil {
		t.Fatal(err)
	}
	finish(t, in, s.URL+"/21")
	s.set("/feed", serve("application/atom+xml", doc(1, 21)))
	_, st := poll(t, in, keep)
	t.Logf("%+v", st.Polls)
	if n := st.Polls[len(st.Polls)-1].Changed; n > 0 || waiting(t, in, s.URL+"/21") == "due" {
		t.Errorf("changed %d, /21 %s", n, waiting(t, in, s.URL+"/21"))
	}
}

// A silent feed that never had entries.

// A poll of entries that other feeds brought, or that are too old.
func TestStaleCountsAsNew(t *testing.T) {
	s := newPressroom(t)
	in, published := newIngester(t, s)
	s.set("/feed", rss([3]string{s.URL + "/1", "One", ago(time.Minute)}))
	stored, _ := poll(t, in, nil)
	published[Key(s.URL+"/2")] = s.URL + "/2"
	s.set("/feed", rss([3]string{s.URL + "/2", "Two", ago(time.Minute)}, [3]string{s.URL + "/1", "One", ago(time.Minute)}, [3]string{s.URL + "/0", "Old", ago(20 * 24 * time.Hour)}))
	_, st := poll(t, in, stored)
	if n := st.Polls[1].New; n != 0 {
		t.Errorf("%d new (Lease.Poll counts them as owed by the hub)", n)
	}
}

// Single-entry feeds.
func TestOneEntryGap(t *testing.T) {
	s := newPressroom(t)
	in, _ := newIngester(t, s)
	var stored []byte
	var st Status
	for i := range 5 {
		s.set("/feed", rss([3]string{fmt.Sprint(s.URL, "/", i), fmt.Sprint("Alert ", i), ago(time.Minute)}))
		stored, st = poll(t, in, stored)
	}
	if st.Gaps > 0 {
		t.Errorf("a feed of one entry: %d gap alarms of 4 polls", st.Gaps)
	}
}

// A paused feed that comes back after a correction: the entry left and came back.
func TestParkedOldAddress(t *testing.T) {
	s := newPressroom(t)
	in, _ := newIngester(t, s)
	s.set("/b", rss([3]string{s.URL + "/1", "One", ""}))
	s.set("/feed", serve("text/html", "<html><body>This domain is for sale</body></html>"))
	stored, _ := poll(t, in, nil)
	stored = change(t, stored, func(st *state) { st.Home, st.Visited, st.Failures = s.URL+"/b", time.Now().Add(-25*time.Hour), 0 })
	var st Status
	for range 10 {
		stored, st = poll(t, in, stored)
	}
	if st.Failures > 0 {
		t.Errorf("alive at its new address, asked at %s: %d failures: %s", st.Asked, st.Failures, st.Error)
	}
}

func TestHomeHiccup(t *testing.T) {
	s := newPressroom(t)
	in, _ := newIngester(t, s)
	s.set("/feed", rss([3]string{s.URL + "/1", "One", ""}))
	stored, _ := poll(t, in, nil)
	stored = change(t, stored, func(st *state) { st.Home, st.Visited = s.URL+"/b", time.Now() })
	s.set("/feed", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404) }) // long gone
	s.set("/b", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) })
	var st Status
	for range moveTries {
		stored, st = poll(t, in, stored)
	}
	s.set("/b", rss([3]string{s.URL + "/1", "One", ""}))
	for range 30 {
		stored, st = poll(t, in, stored)
		stored = change(t, stored, func(st *state) { st.Failing = st.Failing.Add(-24 * time.Hour) })
	}
	if st.Failures > 0 {
		t.Errorf("/b was away for 3 polls; 30 polls later it is asked at %s: %d failures", st.Asked, st.Failures)
	}
}

func TestGapAtEachPoll(t *testing.T) {
	s := newPressroom(t)
	in, _ := newIngester(t, s)
	in.Feeds = NewRoster([]Feed{{ID: "f", URL: s.URL + "/feed", Sitemap: s.URL + "/news.xml", Every: 30 * time.Minute}})
	in.Known = func(context.Context, string) (Existing, error) { return Existing{}, nil }
	show := func(n int) {
		var items [][3]string
		for i := range 4 {
			items = append(items, [3]string{fmt.Sprintf("%s/%d-%d", s.URL, n, i), fmt.Sprintf("Story %d %d", n, i), ago(time.Minute)})
		}
		s.set("/feed", rss(items...))
		s.set("/news.xml", serve("application/xml", fmt.Sprintf(`<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>%s/missed%d</loc><news:news><news:publication_date>%s</news:publication_date><news:title>Missed %d</news:title></news:news></url><url><loc>%s/older%d</loc><news:news><news:publication_date>%s</news:publication_date><news:title>Older</news:title></news:news></url></urlset>`,
			s.URL, n, time.Now().Add(-2*time.Minute).UTC().Format(time.RFC3339), n, s.URL, n, time.Now().Add(-20*time.Hour).UTC().Format(time.RFC3339))))
	}
	show(0)
	stored, _ := poll(t, in, nil)
	missing := 0
	for n := 1; n <= 6; n++ { // three hours
		show(n)
		stored = change(t, stored, func(st *state) {
			st.OK = st.OK.Add(-30 * time.Minute)
			if st.Gap != nil {
				st.Gap.At, st.Gap.Healed = st.Gap.At.Add(-30*time.Minute), st.Gap.Healed.Add(-30*time.Minute)
			}
		})
		stored, _ = poll(t, in, stored)
		if waiting(t, in, fmt.Sprintf("%s/missed%d", s.URL, n)) == "" {
			missing++
		}
	}
	if missing > 3 {
		t.Errorf("a gap every 30 minutes for 3 hours: the sitemap healed all but %d of 6; asked %d times", missing, s.asked["/news.xml"])
	}
}

func atomOf(s *pressroom, prev string, items ...string) http.HandlerFunc {
	b := `<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><id>urn:x:1</id><updated>2024-01-01T00:00:00Z</updated>`
	if prev != "" {
		b += `<link rel="prev-archive" href="` + s.URL + prev + `"/>`
	}
	for i, p := range items {
		b += `<entry><id>` + s.URL + p + `</id><title>Story ` + p + `</title><link href="` + s.URL + p + `"/><updated>` + time.Now().Add(-time.Duration(i+1)*3*time.Minute).UTC().Format(time.RFC3339) + `</updated></entry>`
	}
	return serve("application/atom+xml", b+`</feed>`)
}

func TestAtomArchiveUpdatedOnly(t *testing.T) {
	s := newPressroom(t)
	in, published := newIngester(t, s)
	s.set("/feed", atomOf(s, "", "/1", "/2", "/3"))
	stored, _ := poll(t, in, nil)
	published[Key(s.URL+"/1")] = s.URL + "/1"
	s.set("/feed", atomOf(s, "/arch", "/5", "/6", "/7"))
	s.set("/arch", atomOf(s, "", "/4", "/1", "/2"))
	_, st := poll(t, in, stored)
	if got := waiting(t, in, s.URL+"/4"); got != "due" {
		t.Errorf("/4 is %q, healing %v, gaps %d", got, st.Healing, st.Gaps)
	}
}

func TestSecondArchiveTransient(t *testing.T) {
	s := newPressroom(t)
	in, published := newIngester(t, s)
	at := func(d time.Duration) string { return time.Now().Add(-d).UTC().Format(time.RFC3339) }
	e := func(p string, d time.Duration) [2]string { return [2]string{p, at(d)} }
	s.set("/feed", archived(s.URL, "", e("/1", 30*time.Minute), e("/2", 31*time.Minute), e("/3", 32*time.Minute)))
	stored, _ := poll(t, in, nil)
	published[Key(s.URL+"/1")] = s.URL + "/1"
	s.set("/feed", archived(s.URL, "/a1", e("/9", time.Minute), e("/8", 2*time.Minute), e("/7", 3*time.Minute)))
	s.set("/a1", archived(s.URL, "/a2", e("/6", 4*time.Minute)))
	s.set("/a2", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) })
	stored, st := poll(t, in, stored)
	t.Logf("healing %v", st.Healing)
	s.set("/a2", archived(s.URL, "", e("/5", 5*time.Minute), e("/1", 30*time.Minute)))
	poll(t, in, stored)
	if got := waiting(t, in, s.URL+"/5"); got != "due" {
		t.Errorf("/5 is %q though its archive was away for one poll only", got)
	}
}

func TestClockFeedReturns(t *testing.T) {
	s := newPressroom(t)
	in, published := newIngester(t, s)
	doc := func(items ...int) http.HandlerFunc {
		b := `<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><id>urn:x</id><updated>2025-01-01T00:00:00Z</updated>`
		for _, n := range items {
			b += fmt.Sprintf(`<entry><id>%s/%d</id><title>A story of several words %d</title><link href="%s/%d"/><updated>%s</updated></entry>`, s.URL, n, n, s.URL, n, time.Now().UTC().Format(time.RFC3339))
		}
		return serve("application/atom+xml", b+`</feed>`)
	}
	known := in.Known
	in.Known = func(ctx context.Context, k string) (Existing, error) {
		a, err := known(ctx, k)
		a.Fetched = time.Now().Add(-time.Hour)
		return a, err
	}
	s.set("/feed", doc(1, 2, 3, 4, 5))
	stored, _ := poll(t, in, nil)
	for i := 1; i <= 5; i++ {
		published[Key(fmt.Sprintf("%s/%d", s.URL, i))] = fmt.Sprintf("%s/%d", s.URL, i)
		finish(t, in, fmt.Sprintf("%s/%d", s.URL, i))
	}
	reads := 0
	for range 3 {
		s.set("/feed", doc(1, 2, 3, 4)) // the last falls off the end
		stored, _ = poll(t, in, stored)
		s.set("/feed", doc(1, 2, 3, 4, 5)) // and is back: it is popular
		stored, _ = poll(t, in, stored)
		if waiting(t, in, s.URL+"/5") == "due" {
			reads++
			finish(t, in, s.URL+"/5")
		}
	}
	if reads > 0 {
		t.Errorf("a feed that dates all entries at the request: the one that comes and goes is read again %d of 3 times", reads)
	}
}

func TestEmptyFeedAlarms(t *testing.T) {
	s := newPressroom(t)
	in, _ := newIngester(t, s)
	s.set("/feed", rss())
	stored, _ := poll(t, in, nil)
	stored = change(t, stored, func(st *state) { st.Begun = st.Begun.Add(-15 * 24 * time.Hour) })
	_, st := poll(t, in, stored)
	if st.Silent.IsZero() {
		t.Error("no alarm")
	}
}

func TestLeftAndBackChanged(t *testing.T) {
	s := newPressroom(t)
	in, published := newIngester(t, s)
	known := in.Known
	in.Known = func(ctx context.Context, k string) (Existing, error) {
		a, err := known(ctx, k)
		a.Fetched = time.Now().Add(-30 * time.Minute)
		return a, err
	}
	a, b := s.URL+"/a", s.URL+"/b"
	s.set("/feed", rss([3]string{a, "Three dead at the ferry landing", ago(time.Hour)}, [3]string{b, "B", ago(time.Hour)}))
	stored, _ := poll(t, in, nil)
	finish(t, in, a, b)
	published[Key(a)], published[Key(b)] = a, b
	s.set("/feed", rss([3]string{b, "B", ago(time.Hour)}))
	stored, _ = poll(t, in, stored)
	finish(t, in, a)
	s.set("/feed", rss([3]string{a, "Nine dead at the ferry landing", ago(time.Minute)}, [3]string{b, "B", ago(time.Hour)}))
	poll(t, in, stored)
	if got := waiting(t, in, a); got != "due" {
		t.Errorf("corrected and put back with a new pubDate: %q", got)
	}
}

// Every poll a change that waits, or an entry elsewhere: is the feed asked with validators?
func TestElsewhereFirstSeen(t *testing.T) {
	s := newPressroom(t)
	in, _ := newIngester(t, s)
	in.Feeds = NewRoster([]Feed{{ID: "f", URL: s.URL + "/feed", Every: time.Minute}, {ID: "g", URL: s.URL + "/g", Every: time.Minute}})
	s.set("/g", rss([3]string{s.URL + "/1", "One", ""}, [3]string{s.URL + "/2", "Two", ""}))
	if _, _, err := in.Poll(t.Context(), "g", nil); err != nil {
		t.Fatal(err)
	}
	s.set("/feed", rss([3]string{s.URL + "/1", "One", ""}, [3]string{s.URL + "/2", "Two", ""}, [3]string{s.URL + "/3", "Three", ""}))
	stored, st := poll(t, in, nil)
	for range 3 {
		stored, st = poll(t, in, stored)
	}
	t.Logf("%+v", st.Polls)
	finish(t, in, s.URL+"/1", s.URL+"/2", s.URL+"/3")
	poll(t, in, stored)
	if waiting(t, in, s.URL+"/1") != "due" { // g's job came to nothing
		t.Errorf("/1 %q", waiting(t, in, s.URL+"/1"))
	}
}
