package websub

import (
	"bytes"
	"context"
	"crypto/hmac"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// A hub follows the part of WebSub that hubs have to: it takes requests,
// verifies them at the callback, and distributes signed documents.
type hub struct {
	*httptest.Server
	client *http.Client

	mu     sync.Mutex
	subs   map[string]url.Values // by callback: the request that was verified last
	asked  []url.Values          // every request
	status int                   // answer to requests instead of verifying; 0: verify
}

func newHub(t *testing.T) *hub {
	h := &hub{subs: map[string]url.Values{}}
	h.Server = httptest.NewServer(http.HandlerFunc(h.request))
	h.client = h.Server.Client()
	t.Cleanup(h.Close)
	return h
}

// request is a hub that verifies before it answers, which is the hardest on
// the subscriber.
func (h *hub) request(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil || r.Method != http.MethodPost {
		http.Error(w, "bad form", http.StatusBadRequest)
		return
	}
	h.mu.Lock()
	h.asked = append(h.asked, r.PostForm)
	status := h.status
	h.mu.Unlock()
	if status != 0 {
		http.Error(w, "not today\x1b[2J", status)
		return
	}
	form := r.PostForm
	lease := form.Get("hub.lease_seconds")
	if code, body, _ := h.verify(form.Get("hub.callback"), url.Values{
		"hub.mode": form["hub.mode"], "hub.topic": form["hub.topic"], "hub.challenge": {"c-h<a>l&l e"}, "hub.lease_seconds": {lease},
	}); code/100 != 2 || body != "c-h<a>l&l e" {
		http.Error(w, fmt.Sprintf("verification failed: %d %q", code, body), http.StatusUnprocessableEntity)
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if form.Get("hub.mode") == "subscribe" {
		h.subs[form.Get("hub.callback")] = form
	} else {
		delete(h.subs, form.Get("hub.callback"))
	}
	w.WriteHeader(http.StatusAccepted)
}

// verify sends the GET of a verification or denial.
func (h *hub) verify(callback string, q url.Values) (status int, body string, header http.Header) {
	res, err := h.client.Get(callback + "?" + q.Encode())
	if err != nil {
		return 0, err.Error(), nil
	}
	defer res.Body.Close()
	b, _ := io.ReadAll(res.Body)
	return res.StatusCode, string(b), res.Header
}

// distribute delivers body, signed by method; "" leaves the signature out.
func (h *hub) distribute(callback, method string, body []byte) int {
	h.mu.Lock()
	secret := h.subs[callback].Get("hub.secret")
	h.mu.Unlock()
	header := http.Header{"Content-Type": {"application/rss+xml"}, "Link": {`<https://elsewhere.example/>; rel="self"`}}
	if method != "" {
		header.Set("X-Hub-Signature", sign(method, secret, body))
	}
	return h.send(callback, header, bytes.NewReader(body))
}

func (h *hub) send(callback string, header http.Header, body io.Reader) int {
	req, err := http.NewRequest(http.MethodPost, callback, body)
	if err != nil {
		return 0
	}
	req.Header = header
	res, err := h.client.Do(req)
	if err != nil {
		return 0
	}
	defer res.Body.Close()
	io.Copy(io.Discard, res.Body)
	return res.StatusCode
}

func (h *hub) subscribers() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.subs)
}

func sign(method, secret string, body []byte) string {
	for _, m := range methods {
		if m.name == method {
			mac := hmac.New(m.new, []byte(secret))
			mac.Write(body)
			return method + "=" + hex.EncodeToString(mac.Sum(nil))
		}
	}
	return method + "=00"
}

// world is the program that a subscriber belongs to.
type world struct {
	mu        sync.Mutex
	subs      map[string]Subscription
	verified  []time.Time
	denied    []string
	delivered []string // content type, space, body
	lookups   int
	err       error                     // of every method
	deliver   func(ctx context.Context) // called by Delivered; may be nil
}

func (f *world) Subscription(_ context.Context, feed string) (Subscription, bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.lookups++
	sub, ok := f.subs[feed]
	return sub, ok, f.err
}

func (f *world) Verified(_ context.Context, _ Subscription, until time.Time) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.verified = append(f.verified, until)
	return f.err
}

func (f *world) Denied(_ context.Context, _ Subscription, reason string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.denied = append(f.denied, reason)
	return f.err
}

func (f *world) Delivered(ctx context.Context, _ Subscription, contentType string, body []byte) error {
	if f.deliver != nil {
		f.deliver(ctx)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err == nil {
		f.delivered = append(f.delivered, contentType+" "+string(body))
	}
	return f.err
}

func (f *world) want(subs ...Subscription) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.subs = map[string]Subscription{}
	for _, sub := range subs {
		f.subs[sub.Feed] = sub
	}
}

func (f *world) fail(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.err = err
}

// got is what was delivered since the last call.
func (f *world) got() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	list := f.delivered
	f.delivered = nil
	return list
}

const testSecret = "a secret of the newsroom"

// start returns a subscriber that answers on loopback.
func start(t *testing.T, feeds Feeds) *Subscriber {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	s, err := New(Config{Callback: "http://" + server.Listener.Addr().String() + "/websub/", Secret: testSecret},
		postForm, feeds, slog.New(slog.NewTextHandler(t.Output(), nil)))
	if err != nil {
		t.Fatal(err)
	}
	server.Config.Handler = s
	server.Start()
	t.Cleanup(server.Close)
	return s
}

// postForm is a Post for loopback.
func postForm(ctx context.Context, to string, form url.Values) (int, []byte, error) {
	if !strings.HasPrefix(to, "http://127.0.0.1:") {
		return 0, nil, errors.New("not on loopback")
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to, strings.NewReader(form.Encode()))
	if err != nil {
		return 0, nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, 4<<10))
	return res.StatusCode, body, err
}
