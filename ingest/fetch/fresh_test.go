package fetch

import (
	"net/http"
	"testing"
	"time"
)

func TestFreshnessIsRead(t *testing.T) {
	received := time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
	const noon, past, soon = "Mon, 04 May 2026 12:00:00 GMT", "Mon, 04 May 2026 11:00:00 GMT", "Mon, 04 May 2026 12:05:00 GMT"
	tests := []struct {
		name   string
		header http.Header
		want   time.Duration
	}{
		{"nothing", http.Header{}, 0},
		{"max-age", http.Header{"Cache-Control": {"public, max-age=300"}}, 5 * time.Minute},
		{"max-age in capitals", http.Header{"Cache-Control": {"Public,Max-Age=300"}}, 5 * time.Minute},
		{"max-age in quotes", http.Header{"Cache-Control": {`max-age="300", private`}}, 5 * time.Minute},
		{"max-age with space", http.Header{"Cache-Control": {" , max-age = 300 ,"}}, 5 * time.Minute},
		{"max-age in a quoted value", http.Header{"Cache-Control": {`x="a\", max-age=9", max-age=300`}}, 5 * time.Minute},
		{"quote never closed", http.Header{"Cache-Control": {`x="a, max-age=300`}}, 0},
		{"less age", http.Header{"Cache-Control": {"max-age=300"}, "Age": {"120"}}, 3 * time.Minute},
		{"older than fresh", http.Header{"Cache-Control": {"max-age=300"}, "Age": {"301"}}, 0},
		{"ages", http.Header{"Cache-Control": {"max-age=300"}, "Age": {"60, 200"}}, 4 * time.Minute},
		{"age unreadable", http.Header{"Cache-Control": {"max-age=300"}, "Age": {"old"}}, 0},
		{"age without end", http.Header{"Cache-Control": {"max-age=300"}, "Age": {"99999999999999999999"}}, 0},
		{"age negative", http.Header{"Cache-Control": {"max-age=300"}, "Age": {"-60"}}, 0},
		{"shared only", http.Header{"Cache-Control": {"s-maxage=300"}}, 0},
		{"shared is not ours", http.Header{"Cache-Control": {"s-maxage=30, max-age=300"}}, 5 * time.Minute},
		{"over a day", http.Header{"Cache-Control": {"max-age=31536000, immutable"}}, 24 * time.Hour},
		{"without end", http.Header{"Cache-Control": {"max-age=99999999999999999999999"}}, 24 * time.Hour},
		{"no-store", http.Header{"Cache-Control": {"max-age=300", "no-store"}}, 0},
		{"no-cache", http.Header{"Cache-Control": {"no-cache, max-age=300"}}, 0},
		{"no-cache of a field", http.Header{"Cache-Control": {`no-cache="Set-Cookie, X", max-age=300`}}, 0},
		{"must-revalidate", http.Header{"Cache-Control": {"must-revalidate, max-age=0"}, "Expires": {soon}}, 0},
		{"must-revalidate later", http.Header{"Cache-Control": {"must-revalidate, max-age=300"}}, 5 * time.Minute},
		{"negative", http.Header{"Cache-Control": {"max-age=-1"}, "Expires": {soon}}, 0},
		{"signed", http.Header{"Cache-Control": {"max-age=+300"}}, 0},
		{"fraction", http.Header{"Cache-Control": {"max-age=1.5"}}, 0},
		{"no value", http.Header{"Cache-Control": {"max-age"}}, 0},
		{"at odds", http.Header{"Cache-Control": {"max-age=300, max-age=30"}}, 0},
		{"twice the same", http.Header{"Cache-Control": {"max-age=300", "max-age=300"}}, 5 * time.Minute},
		{"expires", http.Header{"Expires": {soon}}, 5 * time.Minute},
		{"expires by its own clock", http.Header{"Expires": {soon}, "Date": {past}}, 65 * time.Minute},
		{"expires less age", http.Header{"Expires": {soon}, "Date": {noon}, "Age": {"60"}}, 4 * time.Minute},
		{"max-age before expires", http.Header{"Expires": {soon}, "Cache-Control": {"max-age=60"}}, time.Minute},
		{"expires under another directive", http.Header{"Expires": {soon}, "Cache-Control": {"public"}}, 5 * time.Minute},
		{"expired", http.Header{"Expires": {past}, "Date": {noon}}, 0},
		{"expires 0", http.Header{"Expires": {"0"}}, 0},
		{"expires twice", http.Header{"Expires": {soon, soon}}, 0},
		{"expires by an unreadable date", http.Header{"Expires": {soon}, "Date": {"noon"}}, 0},
		{"expires far off", http.Header{"Expires": {"Fri, 31 Dec 9999 23:59:59 GMT"}, "Date": {noon}}, 24 * time.Hour},
	}
	for _, tt := range tests {
		if got := freshness(tt.header, received); got != tt.want {
			t.Errorf("%s: freshness(%v) = %v, want %v", tt.name, tt.header, got, tt.want)
		}
	}
}

func TestGetTellsFreshness(t *testing.T) {
	s, c := serve(t, Config{}, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "max-age=600")
		if r.Header.Get("If-None-Match") != "" {
			w.WriteHeader(http.StatusNotModified)
		}
	})
	for _, etag := range []string{"", `"7"`} {
		if res, err := c.Get(t.Context(), Request{URL: s.URL, ETag: etag}); err != nil || res.Fresh != 10*time.Minute {
			t.Errorf("with ETag %q: %+v, %v, want fresh for 10m", etag, res, err)
		}
	}
}

func FuzzFreshness(f *testing.F) {
	f.Add("max-age=300", "", "", "")
	f.Add(`x="\", max-age=1", MAX-AGE="5" ,,=`, "0", "x", "7, 8")
	f.Add("", "Fri, 31 Dec 9999 23:59:59 GMT", "Mon, 01 Jan 0000 00:00:00 GMT", "99999999999999999999")
	f.Add("no-store", "Mon, 04 May 2026 12:05:00 GMT", "", "-1")
	f.Fuzz(func(t *testing.T, control, expires, date, age string) {
		received := time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
		h := http.Header{"Cache-Control": {control}, "Expires": {expires}, "Date": {date}}
		young := freshness(h, received)
		h["Age"] = []string{age}
		old := freshness(h, received)
		if young < 0 || young > maxFresh || old < 0 || old > young {
			t.Errorf("freshness of %q = %v, and %v without Age", h, old, young)
		}
		h["Cache-Control"] = []string{control, "no-store"}
		if got := freshness(h, received); got != 0 {
			t.Errorf("freshness of %q = %v, want 0", h, got)
		}
	})
}
