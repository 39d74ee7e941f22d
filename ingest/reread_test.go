package ingest

import (
	"encoding/json"
	"errors"
	"net/http"
	"testing"
	"time"

	"conflictwire/ingest/queue"
	"conflictwire/ingest/rights"
)

// again is the job of the reading that is scheduled for a link.
func again(t *testing.T, in *Ingester, link string) (queue.Job, Entry) {
	t.Helper()
	job, state, err := in.Queue.Waiting(t.Context(), Key(link))
	if err != nil || state != "again" {
		t.Fatalf("waiting: %q, %v; want again", state, err)
	}
	var e Entry
	if err := json.Unmarshal(job.Body, &e); err != nil {
		t.Fatal(err)
	}
	return job, e
}

func TestPagesAreReadAgainOnSchedule(t *testing.T) {
	s := newPressroom(t)
	in, _ := newIngester(t, s)
	in.Reread = DefaultReread
	link := s.URL + "/a"
	for _, tt := range []struct {
		age  time.Duration // of the entry
		want int           // number of the next reading; 0: none
	}{
		{0, 1}, {10 * time.Minute, 1}, {14*time.Minute + 50*time.Second, 2}, {time.Hour, 2}, {3 * time.Hour, 3}, {25 * time.Hour, 0},
	} {
		job := jobOf(t, Entry{Link: link, FirstSeen: time.Now().Add(-tt.age), Content: "long", Title: "T"}, 1)
		if err := in.Again(t.Context(), job, Mark{ETag: `"1"`}); err != nil {
			t.Fatal(err)
		}
		_, state, err := in.Queue.Waiting(t.Context(), job.Key)
		if err != nil {
			t.Fatal(err)
		}
		if tt.want == 0 {
			if state != "" {
				t.Errorf("after %v: %q, want none", tt.age, state)
			}
			continue
		}
		next, e := again(t, in, link)
		if next.Reread != tt.want || e.Page == nil || e.Page.ETag != `"1"` || e.Content != "" || e.Title != "T" {
			t.Errorf("after %v: reading %d of %+v, want %d", tt.age, next.Reread, e, tt.want)
		}
		if err := in.Queue.Forget(t.Context(), job.Key); err != nil {
			t.Fatal(err)
		}
	}
}

func TestRereadOnlyBelievesThePage(t *testing.T) {
	s := newPressroom(t)
	in, _ := newIngester(t, s)
	asked := ""
	s.set("/a", func(w http.ResponseWriter, r *http.Request) {
		asked = r.Header.Get("If-None-Match")
		w.Header().Set("ETag", `"v1"`)
		if asked == `"v1"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		page("", prose...)(w, r)
	})
	e := Entry{Link: s.URL + "/a", Title: "T"}
	first := read(t, in, e)
	if first.Page.ETag != `"v1"` || len(first.Page.SHA256) != 64 {
		t.Fatalf("mark %+v", first.Page)
	}
	reread := func(e Entry) (*Article, error) {
		job := jobOf(t, e, 1)
		job.Reread = 1
		return in.Read(t.Context(), job)
	}
	unchanged := func(what string, err error) {
		t.Helper()
		if end, ok := errors.AsType[*queue.End](err); !ok || end.State != queue.Unchanged {
			t.Errorf("%s: %v, want unchanged", what, err)
		}
	}
	e.Page = &first.Page
	_, err := reread(e)
	unchanged("304", err)
	if asked != `"v1"` {
		t.Errorf("asked with If-None-Match %q", asked)
	}
	s.set("/a", page("", prose...))
	_, err = reread(e)
	unchanged("the same bytes", err)
	s.set("/a", page("", append(prose[:2:2], "The guards have agreed, and the meeting will take place on Friday in the town hall of the northern bank.")...))
	if a, err := reread(e); err != nil || a.Page.SHA256 == first.Page.SHA256 {
		t.Errorf("a corrected page: %+v, %v", a, err)
	}
	// A page that shows nothing any more does not bring back what the feed said.
	s.set("/a", page("", "Subscribe."))
	_, err = reread(e)
	unchanged("an empty page", err)
}

func TestReservedRightsAreRespected(t *testing.T) {
	for _, tt := range []struct {
		name      string
		policy    rights.Policy
		header    [2]string
		file      string // tdmrep.json
		withheld  bool
		denied    bool
		tdm, mark bool
	}{
		{name: "nothing reserved"},
		{name: "a header", header: [2]string{"Tdm-Reservation", "1"}, withheld: true, tdm: true},
		{name: "the host's file", file: `[{"location": "/a", "tdm-reservation": 1}]`, withheld: true, tdm: true},
		{name: "the host's file, of another path", file: `[{"location": "/b", "tdm-reservation": 1}]`},
		{name: "the file not asked", policy: rights.Policy{Files: "off"}, file: `[{"location": "/a", "tdm-reservation": 1}]`},
		{name: "skipped", policy: rights.Policy{TDM: rights.Skip}, header: [2]string{"Tdm-Reservation", "1"}, denied: true},
		{name: "licensed", policy: rights.Policy{TDM: rights.Publish}, header: [2]string{"Tdm-Reservation", "1"}, tdm: true},
		{name: "noindex is told and published", header: [2]string{"X-Robots-Tag", "noindex"}, mark: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newPressroom(t)
			in, _ := newIngester(t, s)
			in.Policy = tt.policy
			if tt.policy.AsksFiles() {
				in.Rights = rights.NewCache(in.RightsFile, "Conflictwire")
			}
			if tt.file != "" {
				s.set("/.well-known/tdmrep.json", serve("application/json", tt.file))
			}
			s.set("/a", func(w http.ResponseWriter, r *http.Request) {
				if tt.header[0] != "" {
					w.Header().Set(tt.header[0], tt.header[1])
				}
				page("", prose...)(w, r)
			})
			a, err := in.Read(t.Context(), jobOf(t, Entry{Link: s.URL + "/a", Title: "T", Content: "<p>What the feed carried.</p>"}, 1))
			if end, ok := errors.AsType[*queue.End](err); tt.denied != (ok && end.State == queue.Denied) {
				t.Fatalf("err %v, want denied %t", err, tt.denied)
			}
			if tt.denied {
				return
			}
			if got := a.Withheld != ""; got != tt.withheld || (len(a.Body) == 0) != tt.withheld || a.Title == "" {
				t.Errorf("withheld %q, body of %d paragraphs, title %q", a.Withheld, len(a.Body), a.Title)
			}
			if a.Rights.TDM != tt.tdm || a.Rights.NoIndex != tt.mark || (tt.tdm || tt.mark) != (len(a.Rights.Signals) > 0) {
				t.Errorf("rights %+v", a.Rights)
			}
		})
	}
}

func TestPageWaitsForWhatABusyHostReserves(t *testing.T) {
	s := newPressroom(t)
	in, _ := newIngester(t, s)
	in.Rights = rights.NewCache(in.RightsFile, "Conflictwire")
	s.set("/a", page("", prose...))
	busy := func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Retry-After", "1"); w.WriteHeader(429) }
	s.set("/.well-known/tdmrep.json", busy)
	e := Entry{Link: s.URL + "/a", Title: "T"}
	if a, err := in.Read(t.Context(), jobOf(t, e, 1)); err == nil {
		t.Fatalf("read with a body of %d paragraphs before the host could be asked", len(a.Body))
	}
	s.set("/.well-known/tdmrep.json", serve("application/json", `[{"location": "/a", "tdm-reservation": 1}]`))
	time.Sleep(1100 * time.Millisecond) // the pause the host asked for
	if a, err := in.Read(t.Context(), jobOf(t, e, 2)); err != nil || a.Withheld == "" {
		t.Errorf("%+v, %v; want it without its body", a, err)
	}
}

func TestOtherFeedsAreSighted(t *testing.T) {
	s := newPressroom(t)
	in, published := newIngester(t, s)
	in.Feeds = NewRoster([]Feed{{ID: "f", URL: s.URL + "/feed"}, {ID: "g", URL: s.URL + "/g"}, {ID: "h", URL: s.URL + "/h"}})
	a := s.URL + "/a"
	for _, path := range []string{"/feed", "/g", "/h"} {
		s.set(path, rss([3]string{a, "A", ""}))
	}
	poll := func(id string) {
		t.Helper()
		if _, _, err := in.Poll(t.Context(), id, nil); err != nil {
			t.Fatal(err)
		}
	}
	poll("f")
	poll("g") // the job waits
	finish(t, in, a)
	published[Key(a)] = a
	poll("h") // it is published
	if got, err := in.Queue.Sightings(t.Context(), Key(a)); err != nil || len(got) != 2 || got[0] != "g" || got[1] != "h" {
		t.Errorf("Sightings = %v, %v, want g and h", got, err)
	}
	if _, state, _ := in.Queue.Waiting(t.Context(), Key(a)); state != "" {
		t.Errorf("the page is %q again", state)
	}
}
