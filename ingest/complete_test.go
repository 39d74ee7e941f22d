package ingest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"conflictwire/ingest/queue"
)

// ago is a date for a feed.
func ago(d time.Duration) string { return time.Now().Add(-d).UTC().Format(time.RFC1123Z) }

// poll polls the feed "f" and returns the state to keep, and that as people
// are told of it.
func poll(t *testing.T, in *Ingester, state []byte) ([]byte, Status) {
	t.Helper()
	_, state, err := in.Poll(t.Context(), "f", state)
	if err != nil {
		t.Fatal(err)
	}
	st, err := StatusOf(state)
	if err != nil {
		t.Fatal(err)
	}
	return state, st
}

// change edits a stored state, as time would.
func change(t *testing.T, stored []byte, f func(*state)) []byte {
	t.Helper()
	var st state
	if err := json.Unmarshal(stored, &st); err != nil {
		t.Fatal(err)
	}
	f(&st)
	data, err := json.Marshal(st)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// archived is an Atom feed of the given paths with dates, whose older entries
// stand at prev.
func archived(site, prev string, entries ...[2]string) http.HandlerFunc {
	var b strings.Builder
	b.WriteString(`<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><id>urn:t</id>`)
	if prev != "" {
		fmt.Fprintf(&b, `<link rel="prev-archive" href="%s"/>`, site+prev)
	}
	for _, e := range entries {
		fmt.Fprintf(&b, `<entry><id>%s</id><title>Story %s</title><link href="%s"/><published>%s</published></entry>`, site+e[0], e[0], site+e[0], e[1])
	}
	b.WriteString(`</feed>`)
	return serve("application/atom+xml", b.String())
}

func TestGapIsHealedFromTheArchive(t *testing.T) {
	s := newPressroom(t)
	in, published := newIngester(t, s)
	at := func(d time.Duration) string { return time.Now().Add(-d).UTC().Format(time.RFC3339) }
	s.set("/feed", archived(s.URL, "", [2]string{"/1", at(30 * time.Hour)}, [2]string{"/0", at(31 * time.Hour)}, [2]string{"/00", at(32 * time.Hour)}))
	stored, st := poll(t, in, nil)
	if st.Gaps != 0 {
		t.Fatalf("the first poll has %d gaps", st.Gaps)
	}
	published[Key(s.URL+"/1")] = s.URL + "/1"
	stored = change(t, stored, func(st *state) { st.OK = st.OK.Add(-26 * time.Hour) })

	s.set("/feed", archived(s.URL, "/archive/2", [2]string{"/9", at(time.Hour)}, [2]string{"/8", at(2 * time.Hour)}))
	s.set("/archive/2", archived(s.URL, "/archive/1", [2]string{"/7", at(5 * time.Hour)}, [2]string{"/6", at(6 * time.Hour)}))
	s.set("/archive/1", archived(s.URL, "/archive/0", [2]string{"/5", at(9 * time.Hour)}, [2]string{"/1", at(30 * time.Hour)}))
	_, st = poll(t, in, stored)
	if st.Gaps != 1 || st.Healing || st.LastGap.IsZero() {
		t.Errorf("gaps %d, still healing %t; want 1, healed", st.Gaps, st.Healing)
	}
	for _, path := range []string{"/9", "/8", "/7", "/6", "/5"} {
		if got := waiting(t, in, s.URL+path); got != "due" {
			t.Errorf("%s is %q, want due", path, got)
		}
	}
	if n := s.asked["/archive/0"]; n != 0 {
		t.Error("the archive was read further than the last known story")
	}
	if last := st.Polls[len(st.Polls)-1]; last.New != 2 {
		t.Errorf("the poll brought %d, want 2", last.New)
	}
	if a := st.Polls[1]; a.Via != "archive" || a.New != 2 {
		t.Errorf("the archive brought %+v", a)
	}
}

func TestGapIsHealedFromTheSitemap(t *testing.T) {
	s := newPressroom(t)
	in, _ := newIngester(t, s)
	in.Feeds = NewRoster([]Feed{{ID: "f", URL: s.URL + "/feed", Sitemap: s.URL + "/news.xml", Every: time.Hour}})
	s.set("/feed", rss([3]string{s.URL + "/1", "One", ago(3 * time.Hour)}, [3]string{s.URL + "/0", "Zero", ago(4 * time.Hour)}, [3]string{s.URL + "/00", "Before", ago(5 * time.Hour)}))
	stored, _ := poll(t, in, nil)
	stored = change(t, stored, func(st *state) { st.OK = st.OK.Add(-2 * time.Hour) })
	s.set("/feed", rss([3]string{s.URL + "/5", "Five", ago(time.Minute)}))
	stored, st := poll(t, in, stored) // the sitemap is away
	if st.Gaps != 1 || !st.Healing {
		t.Fatalf("gaps %d, healing %t, want 1, true", st.Gaps, st.Healing)
	}
	stamp := func(d time.Duration) string { return time.Now().Add(-d).UTC().Format(time.RFC3339) }
	s.set("/news.xml", serve("application/xml", `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
		<url><loc>`+s.URL+`/4</loc><news:news><news:title>Four</news:title><news:publication_date>`+stamp(time.Hour)+`</news:publication_date></news:news></url>
		<url><loc>`+s.URL+`/old</loc><news:news><news:title>Old</news:title><news:publication_date>`+stamp(40*time.Hour)+`</news:publication_date></news:news></url>
		<url><loc>`+s.URL+`/undated</loc></url></urlset>`))
	_, st = poll(t, in, stored) // the feed is the same
	if st.Healing {
		t.Error("the gap is not healed")
	}
	for path, want := range map[string]string{"/5": "due", "/4": "due", "/old": "", "/undated": ""} {
		if got := waiting(t, in, s.URL+path); got != want {
			t.Errorf("%s is %q, want %q", path, got, want)
		}
	}
}

func TestSitemapIndexIsPolledAsAFeed(t *testing.T) {
	s := newPressroom(t)
	in, _ := newIngester(t, s)
	stamp := time.Now().Add(-time.Hour).UTC().Format(time.RFC3339)
	s.set("/feed", serve("application/xml", `<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
		<sitemap><loc>`+s.URL+`/a.xml</loc><lastmod>`+stamp+`</lastmod></sitemap><sitemap><loc>`+s.URL+`/away.xml</loc><lastmod>`+stamp+`</lastmod></sitemap></sitemapindex>`))
	s.set("/a.xml", serve("application/xml", `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
		<url><loc>`+s.URL+`/fresh</loc><lastmod>`+stamp+`</lastmod></url><url><loc>`+s.URL+`/undated</loc></url></urlset>`))
	stored, st := poll(t, in, nil)
	if st.Failures > 0 || st.Entries != 2 {
		t.Fatalf("%+v", st)
	}
	s.set("/a.xml", serve("application/xml", `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>`+s.URL+`/later</loc></url>
		<url><loc>`+s.URL+`/fresh</loc><lastmod>`+stamp+`</lastmod></url><url><loc>`+s.URL+`/undated</loc></url></urlset>`))
	poll(t, in, stored) // the index is the same to the byte
	// What a sitemap shows at first without a date may be years old; later, it is new.
	for path, want := range map[string]string{"/fresh": "due", "/undated": "stale", "/later": "due"} {
		if got := waiting(t, in, s.URL+path); got != want {
			t.Errorf("%s is %q, want %q", path, got, want)
		}
	}
}

func TestPermanentRedirectIsBelievedAfterDays(t *testing.T) {
	s := newPressroom(t)
	in, _ := newIngester(t, s)
	s.set("/feed", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/new", http.StatusMovedPermanently) })
	s.set("/new", rss([3]string{s.URL + "/1", "One", ""}))
	var stored []byte
	var st Status
	for range movePolls {
		stored, st = poll(t, in, stored)
	}
	if st.Asked != s.URL+"/feed" || st.Redirect != s.URL+"/new" {
		t.Fatalf("after many polls of one day it is asked at %s, redirect %q", st.Asked, st.Redirect)
	}
	stored = change(t, stored, func(st *state) { st.Moved.Since = st.Moved.Since.Add(-moveAge) })
	stored, st = poll(t, in, stored)
	if st.Asked != s.URL+"/new" {
		t.Fatalf("after days it is asked at %s", st.Asked)
	}
	before := s.asked["/feed"]
	if stored, _ = poll(t, in, stored); s.asked["/feed"] != before {
		t.Error("the old address is still asked")
	}
	// It moves on, and the way there is gone.
	s.set("/new", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/newer", http.StatusMovedPermanently)
	})
	s.set("/newer", rss([3]string{s.URL + "/1", "One", ""}))
	s.set("/feed", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404) })
	for range movePolls + 1 {
		stored, st = poll(t, in, stored)
	}
	if st.Asked != s.URL+"/new" || st.Failures > 0 {
		t.Fatalf("on its second way it is asked at %s, %d failures", st.Asked, st.Failures)
	}
	stored = change(t, stored, func(st *state) { st.Moved.Since = st.Moved.Since.Add(-moveAge) })
	if stored, st = poll(t, in, stored); st.Asked != s.URL+"/newer" {
		t.Fatalf("after its second way it is asked at %s", st.Asked)
	}
	// Once a day it is seen whether the old address is back.
	s.set("/feed", rss([3]string{s.URL + "/1", "One", ""}))
	stored = change(t, stored, func(st *state) { st.Visited = st.Visited.Add(-25 * time.Hour) })
	if stored, st = poll(t, in, stored); st.Asked != s.URL+"/feed" {
		t.Fatalf("back at its old address, it is asked at %s", st.Asked)
	}
	s.set("/feed", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/new", http.StatusMovedPermanently) })
	s.set("/new", rss([3]string{s.URL + "/1", "One", ""}))
	for range movePolls {
		stored, st = poll(t, in, stored)
	}
	stored = change(t, stored, func(st *state) { st.Moved.Since = st.Moved.Since.Add(-moveAge) })
	stored, st = poll(t, in, stored)
	// 410 there is no end of the feed while the old address may live.
	s.set("/new", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(410) })
	for range moveTries {
		stored, st = poll(t, in, stored)
		stored = change(t, stored, func(st *state) { st.Failing = st.Failing.Add(-goneAge) })
	}
	if src, _, err := in.Queue.Source(t.Context(), "f"); err != nil || src.Paused || st.Asked != s.URL+"/feed" {
		t.Fatalf("retired %t at %s, %v", src.Paused, st.Asked, err)
	}
	s.set("/feed", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/new", http.StatusMovedPermanently) })
	s.set("/new", rss([3]string{s.URL + "/1", "One", ""}))
	for range movePolls {
		stored, st = poll(t, in, stored)
	}
	stored = change(t, stored, func(st *state) { st.Moved.Since = st.Moved.Since.Add(-moveAge) })
	stored, _ = poll(t, in, stored)
	// The new address breaks: the old one counts again.
	s.set("/new", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404) })
	for range moveTries {
		stored, st = poll(t, in, stored)
	}
	if st.Asked != s.URL+"/feed" {
		t.Errorf("after failures there it is asked at %s", st.Asked)
	}
}

func TestTemporaryRedirectIsNeverBelieved(t *testing.T) {
	s := newPressroom(t)
	in, _ := newIngester(t, s)
	s.set("/feed", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/new", http.StatusFound) })
	s.set("/new", rss([3]string{s.URL + "/1", "One", ""}))
	var stored []byte
	var st Status
	for range movePolls + 5 {
		stored, st = poll(t, in, stored)
	}
	if st.Redirect != "" || st.Asked != s.URL+"/feed" {
		t.Errorf("asked at %s, redirect %q", st.Asked, st.Redirect)
	}
}

func TestSilenceIsAnAlarmWithACause(t *testing.T) {
	s := newPressroom(t)
	in, _ := newIngester(t, s)
	items := make([][3]string, 0, 48)
	for n := range 48 {
		items = append(items, [3]string{fmt.Sprintf("%s/%d", s.URL, n), fmt.Sprint("Story ", n), ago(time.Duration(n) * 2 * time.Hour)})
	}
	s.set("/feed", rss(items...))
	stored, st := poll(t, in, nil)
	if !st.Silent.IsZero() || st.Limit == 0 {
		t.Fatalf("silent since %v, limit %v; want no alarm and a limit", st.Silent, st.Limit)
	}
	// Failing for more than a day is a silence, whatever its rhythm.
	s.set("/feed", serve("text/html", "<html><p>Under maintenance"))
	stored, st = poll(t, in, stored)
	if st.Cause != "parse" || !st.Silent.IsZero() {
		t.Fatalf("cause %q, silent since %v", st.Cause, st.Silent)
	}
	stored = change(t, stored, func(st *state) { st.Failing = st.Failing.Add(-25 * time.Hour) })
	stored, st = poll(t, in, stored)
	if st.Silent.IsZero() || st.Cause != "parse" {
		t.Errorf("silent since %v, cause %q; want an alarm for parse", st.Silent, st.Cause)
	}
	// It speaks again.
	s.set("/feed", rss(append([][3]string{{s.URL + "/new", "New", ago(0)}}, items...)...))
	if _, st = poll(t, in, stored); !st.Silent.IsZero() || st.Failures != 0 {
		t.Errorf("silent since %v, %d failures", st.Silent, st.Failures)
	}
}

func TestSilenceOfAFeedThatAnswers(t *testing.T) {
	s := newPressroom(t)
	in, _ := newIngester(t, s)
	items := make([][3]string, 0, 48)
	for n := range 48 { // the newest is two months old
		items = append(items, [3]string{fmt.Sprintf("%s/%d", s.URL, n), fmt.Sprint("Story ", n), ago(1500*time.Hour + time.Duration(n)*2*time.Hour)})
	}
	s.set("/feed", rss(items...))
	stored, _ := poll(t, in, nil)
	if _, st := poll(t, in, stored); st.Silent.IsZero() || !strings.Contains(st.Cause, "stale") {
		t.Errorf("silent since %v, cause %q; want an alarm for a stale feed", st.Silent, st.Cause)
	}
}

func TestPausedFeedIsNotAsked(t *testing.T) {
	s := newPressroom(t)
	in, _ := newIngester(t, s)
	s.set("/feed", rss([3]string{s.URL + "/1", "One", ""}))
	stored, _ := poll(t, in, nil)
	if err := in.Queue.ChangeSource(t.Context(), "f", func(src *queue.Source) error { src.Paused, src.Note = true, "asked us to"; return nil }); err != nil {
		t.Fatal(err)
	}
	src, _, err := in.Queue.Source(t.Context(), "f")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := in.Feeds.Learn("f", &src); err != nil {
		t.Fatal(err)
	}
	before := s.asked["/feed"]
	stored, st := poll(t, in, stored)
	if s.asked["/feed"] != before || !strings.Contains(st.Why, "asked us to") || st.Entries != 1 {
		t.Errorf("asked %d times more; %+v", s.asked["/feed"]-before, st)
	}
	if _, err := in.Feeds.Learn("f", nil); err != nil {
		t.Fatal(err)
	}
	if poll(t, in, stored); s.asked["/feed"] != before+1 {
		t.Error("the resumed feed is not asked")
	}
}

func TestFeedThatIsGoneIsRetired(t *testing.T) {
	s := newPressroom(t)
	in, _ := newIngester(t, s)
	s.set("/feed", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusGone) })
	paused := func() bool {
		src, _, err := in.Queue.Source(t.Context(), "f")
		if err != nil {
			t.Fatal(err)
		}
		return src.Paused && strings.Contains(src.Note, "410")
	}
	var stored []byte
	for range gonePolls + 2 {
		stored, _ = poll(t, in, stored)
	}
	if paused() {
		t.Fatal("retired after answers of one moment")
	}
	stored = change(t, stored, func(st *state) { st.Failing = st.Failing.Add(-goneAge) })
	if _, st := poll(t, in, stored); !paused() || st.Cause != "gone" {
		t.Errorf("paused %t, cause %q", paused(), st.Cause)
	}
}

func TestFeedAddedAMomentAgoIsNotRetired(t *testing.T) {
	s := newPressroom(t)
	in, _ := newIngester(t, s)
	s.set("/g", rss([3]string{s.URL + "/1", "One", ""}))
	def, err := json.Marshal(Feed{ID: "g", URL: s.URL + "/g"})
	if err != nil {
		t.Fatal(err)
	}
	if err := in.Queue.ChangeSource(t.Context(), "g", func(src *queue.Source) error { src.Feed = def; return nil }); err != nil {
		t.Fatal(err)
	}
	if next, _, err := in.Poll(t.Context(), "g", nil); err != nil || next.IsZero() || s.asked["/g"] != 1 {
		t.Errorf("Poll = %v, %v, asked %d times", next, err, s.asked["/g"])
	}
}

func TestSecretsGoToTheFeedsSiteAlone(t *testing.T) {
	t.Setenv("NEWS_TOKEN", "s3cret")
	s, other := newPressroom(t), newPressroom(t)
	in, _ := newIngester(t, s)
	in.Feeds = NewRoster([]Feed{{ID: "f", URL: s.URL + "/feed", Headers: []string{"X-Token: $NEWS_TOKEN"}, Auth: "desk:$NEWS_TOKEN"}})
	got := map[string]string{}
	note := func(name string, h http.HandlerFunc) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			user, password, _ := r.BasicAuth()
			got[name] = r.Header.Get("X-Token") + "|" + user + "|" + password
			h(w, r)
		}
	}
	s.set("/feed", note("feed", rss([3]string{s.URL + "/own", "Own", ""})))
	s.set("/own", note("own", page("", prose...)))
	other.set("/theirs", note("theirs", page("", prose...)))
	poll(t, in, nil)
	read(t, in, Entry{Link: s.URL + "/own"})
	read(t, in, Entry{Link: other.URL + "/theirs"})
	const all = "s3cret|desk|s3cret"
	if got["feed"] != all || got["own"] != all || got["theirs"] != "||" {
		t.Errorf("sent %v", got)
	}
}

func TestValidateNamesSecretsThatAreNotSet(t *testing.T) {
	f := Feed{ID: "f", URL: "https://a.example/", Headers: []string{"X-Token: $NOT_SET_ANYWHERE"}}
	if err := f.Validate(); err == nil || !strings.Contains(err.Error(), "headers: $NOT_SET_ANYWHERE is not set") {
		t.Errorf("Validate = %v", err)
	}
	f = Feed{ID: "f", URL: "https://a.example/", Auth: "secretwithoutcolon"}
	if err := f.Validate(); err == nil || strings.Contains(err.Error(), "secretwithout") {
		t.Errorf("Validate = %v; want an error that does not show the secret", err)
	}
}
