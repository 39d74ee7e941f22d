package ingest

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"conflictwire/ingest/websub"
)

// A hub is a WebSub hub of one subscriber, reached through a Subscriber that
// it calls directly.
type hub struct {
	*httptest.Server
	mu               sync.Mutex
	callback, secret string
	topic            string
	subscriber       http.Handler
}

func newHub(t *testing.T) *hub {
	h := &hub{}
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.mu.Lock()
		h.callback, h.secret, h.topic = r.FormValue("hub.callback"), r.FormValue("hub.secret"), r.FormValue("hub.topic")
		h.mu.Unlock()
		w.WriteHeader(http.StatusAccepted)
	}))
	t.Cleanup(h.Close)
	return h
}

// call makes a request to the callback and returns the answer.
func (h *hub) call(t *testing.T, method, query, contentType string, body string, sign bool) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(method, h.callback+query, strings.NewReader(body))
	r.Header.Set("Content-Type", contentType)
	if sign {
		mac := hmac.New(sha256.New, []byte(h.secret))
		io.WriteString(mac, body)
		r.Header.Set("X-Hub-Signature", "sha256="+hex.EncodeToString(mac.Sum(nil)))
	}
	w := httptest.NewRecorder()
	h.subscriber.ServeHTTP(w, r)
	return w
}

func TestHubTellsWhatIsNew(t *testing.T) {
	s, h := newPressroom(t), newHub(t)
	in, _ := newIngester(t, s)
	sub, err := websub.New(websub.Config{Callback: "https://news.example/websub", Secret: "0123456789abcdef0123"}, in.PostHub, in, nil)
	if err != nil {
		t.Fatal(err)
	}
	in.Hubs, h.subscriber = sub, sub
	item := func(n int) string {
		return fmt.Sprintf(`<item><link>%s/%d</link><title>Story %d</title></item>`, s.URL, n, n)
	}
	document := func(items ...string) string {
		return `<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>T</title><atom:link rel="hub" href="` + h.URL + `"/><atom:link rel="self" href="` +
			s.URL + `/feed"/>` + strings.Join(items, "") + `</channel></rss>`
	}
	s.set("/feed", serve("application/rss+xml", document(item(1))))

	// The queue does what it does in a pipeline: polls come round, pushes reach
	// the state in between.
	if _, _, err := in.Queue.Reconcile(t.Context(), []string{"f"}, 0); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- in.Queue.Feeds(ctx, 2, in.Poll, in.Pushed) }()
	defer func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}()
	status := func() Status {
		job, _, err := in.Queue.FeedState(t.Context(), "f")
		if err != nil {
			t.Fatal(err)
		}
		st, err := StatusOf(job.State)
		if err != nil {
			t.Fatal(err)
		}
		return st
	}
	until := func(what string, ok func() bool) {
		t.Helper()
		for deadline := time.Now().Add(20 * time.Second); !ok(); time.Sleep(20 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("no %s: %+v", what, status())
			}
		}
	}
	until("hub in the first poll", func() bool { return status().Hub == h.URL })
	if _, err := in.Queue.Hurry(t.Context(), "f", time.Now()); err != nil { // the second asks the hub
		t.Fatal(err)
	}
	until("subscription", func() bool { h.mu.Lock(); defer h.mu.Unlock(); return h.callback != "" })
	until("end of that poll", func() bool { return len(status().Polls) == 2 })

	query := "?hub.mode=subscribe&hub.challenge=c123&hub.lease_seconds=864000&hub.topic=" + url.QueryEscape(h.topic)
	if w := h.call(t, "GET", query, "", "", false); w.Code != 200 || w.Body.String() != "c123" {
		t.Fatalf("verification: %d %s", w.Code, w.Body)
	}
	until("verified lease", func() bool { return status().HubUntil.After(time.Now().Add(200 * time.Hour)) })

	// A push with a wrong signature is ignored, one with the right one is taken.
	if w := h.call(t, "POST", "", "application/rss+xml", document(item(666)), false); w.Code >= 300 {
		t.Errorf("unsigned delivery: %d", w.Code)
	}
	if w := h.call(t, "POST", "", "application/rss+xml", document(item(2)), true); w.Code >= 300 {
		t.Fatalf("delivery: %d %s", w.Code, w.Body)
	}
	until("pushed story", func() bool { return waiting(t, in, s.URL+"/2") == "due" })
	until("push in the state", func() bool { return status().Entries == 2 })
	if got := waiting(t, in, s.URL+"/666"); got != "" {
		t.Errorf("the unsigned story is %q", got)
	}
	// The poll that follows finds the same entry: nothing new, no gap.
	s.set("/feed", serve("application/rss+xml", document(item(2), item(1))))
	n := len(status().Polls)
	if _, err := in.Queue.Hurry(t.Context(), "f", time.Now()); err != nil {
		t.Fatal(err)
	}
	until("third poll", func() bool { return len(status().Polls) > n })
	st := status()
	if last := st.Polls[len(st.Polls)-1]; last.New != 0 || last.Changed != 0 || st.Gaps != 0 {
		t.Errorf("after the push the poll found %+v, gaps %d", last, st.Gaps)
	}
	// What is no feed changes nothing.
	h.call(t, "POST", "", "text/html", "<html>Hello", true)
	until("failed push in the state", func() bool { p := status().Polls; return p[len(p)-1].Error != "" })
	if st := status(); st.Entries != 2 {
		t.Errorf("%d entries, want 2", st.Entries)
	}
}

func TestStrangersCannotSpeakForAHub(t *testing.T) {
	in, _ := newIngester(t, newPressroom(t))
	// A delivery that names itself a verdict is nobody's.
	err := in.Delivered(t.Context(), websub.Subscription{Feed: "f"}, leaseVerified, []byte(`{"until":"2030-01-01T00:00:00Z"}`))
	if err != nil {
		t.Fatal(err)
	}
	keep, err := in.Pushed(t.Context(), "f", nil, leaseVerified, []byte(`{"hub":"https://evil.example/","topic":"x","until":"2030-01-01T00:00:00Z"}`))
	if err != nil {
		t.Fatal(err)
	}
	if st, err := StatusOf(keep); err != nil || !st.HubUntil.IsZero() {
		t.Errorf("%+v, %v", st, err)
	}
}

func TestSecureHub(t *testing.T) {
	for _, tt := range []struct{ hub, feed, want string }{
		{"http://hub.example/", "https://a.example/feed", "https://hub.example/"},
		{"http://hub.example/", "http://a.example/feed", "http://hub.example/"},
		{"http://hub.example:8080/", "https://a.example/feed", "http://hub.example:8080/"},
		{"", "https://a.example/feed", ""},
	} {
		if got := secure(tt.hub, tt.feed); got != tt.want {
			t.Errorf("secure(%q, %q) = %q, want %q", tt.hub, tt.feed, got, tt.want)
		}
	}
}
