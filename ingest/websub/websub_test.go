package websub

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// subscribed returns a hub, a subscriber, and a subscription that the hub has
// verified.
func subscribed(t *testing.T) (*hub, *Subscriber, *world, Subscription) {
	t.Helper()
	h, f := newHub(t), &world{}
	s := start(t, f)
	sub := Subscription{Feed: "daily-wire", Hub: h.URL + "/hub", Topic: "http://daily.example/feed?a=1&b=2"}
	f.want(sub)
	if err := s.Subscribe(t.Context(), sub); err != nil {
		t.Fatal(err)
	}
	if h.subscribers() != 1 || len(f.verified) != 1 {
		t.Fatalf("hub has %d subscribers, feeds heard of %d verifications, want 1 and 1", h.subscribers(), len(f.verified))
	}
	return h, s, f, sub
}

func TestSubscribeAsksAsTheSpecSays(t *testing.T) {
	before := time.Now()
	h, s, f, sub := subscribed(t)
	form := h.asked[0]
	want := url.Values{
		"hub.mode": {"subscribe"}, "hub.topic": {sub.Topic}, "hub.callback": {s.Callback(sub)}, "hub.lease_seconds": {"864000"},
		"hub.secret": {form.Get("hub.secret")},
	}
	if form.Encode() != want.Encode() {
		t.Errorf("form = %v, want %v", form, want)
	}
	if n := len(form.Get("hub.secret")); n < 32 || n >= 200 {
		t.Errorf("hub.secret has %d bytes, want 32 to 199", n)
	}
	if strings.Contains(form.Encode(), url.QueryEscape(testSecret)) {
		t.Error("the configured secret went to the hub")
	}
	if until := f.verified[0]; until.Before(before.Add(10*24*time.Hour)) || until.After(time.Now().Add(10*24*time.Hour)) {
		t.Errorf("verified until %v, want 10 days from now", until)
	}
}

func TestSubscribeTellsWhatIsWrong(t *testing.T) {
	h, f := newHub(t), &world{}
	s := start(t, f)
	h.status = http.StatusUnprocessableEntity
	long := "http://daily.example/" + strings.Repeat("a", maxURL)
	for _, tt := range []struct{ feed, hub, topic, want string }{
		{"a", h.URL, "http://daily.example/feed", `status 422: "not today[2J\n"`},
		{"a", "http://10.0.0.1/", "http://daily.example/feed", "not on loopback"},
		{"a", "ftp://hub.example/", "http://daily.example/feed", `hub "ftp://hub.example/": is not an http or https address`},
		{"a", "/hub", "http://daily.example/feed", "is not an http"},
		{"a", "http://u:p@hub.example/", "http://daily.example/feed", "holds a user name"},
		{"a", "http://hub.example:8080/", "https://daily.example/feed", "would go in the clear"},
		{"a", h.URL, "urn:feed", `topic "urn:feed": is not an http`},
		{"a", h.URL, long, "is longer than 2048 bytes"},
		{"a", long, "http://daily.example/feed", "is longer than 2048 bytes"},
		{"../a", h.URL, "http://daily.example/feed", "the id is not of"},
		{"", h.URL, "http://daily.example/feed", "the id is not of"},
	} {
		tt.want = strings.ReplaceAll(tt.want, `\n"`, `"`) // the line feed is not printable
		err := s.Subscribe(t.Context(), Subscription{tt.feed, tt.hub, tt.topic})
		if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.HasPrefix(err.Error(), "subscribe feed ") {
			t.Errorf("feed %.40q, hub %.40q, topic %.40q: error %v, want one with %q", tt.feed, tt.hub, tt.topic, err, tt.want)
		}
	}
}

func TestSubscribeKeepsTheSecretOfSecureFeeds(t *testing.T) {
	var asked string
	post := func(_ context.Context, to string, _ url.Values) (int, []byte, error) {
		asked = to
		return 204, nil, nil
	}
	s, err := New(Config{Callback: "https://news.example", Secret: testSecret}, post, &world{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ hub, topic, want string }{
		{"http://hub.example/x?y=1", "https://daily.example/", "https://hub.example/x?y=1"},
		{"http://hub.example:80/", "https://daily.example/", "https://hub.example/"},
		{"http://hub.example/", "http://daily.example/", "http://hub.example/"},
		{"https://hub.example:444/", "https://daily.example/", "https://hub.example:444/"},
	} {
		if err := s.Subscribe(t.Context(), Subscription{"a", tt.hub, tt.topic}); err != nil || asked != tt.want {
			t.Errorf("hub %s of topic %s was asked at %s (%v), want %s", tt.hub, tt.topic, asked, err, tt.want)
		}
	}
}

func TestDeliveryIsTakenWithEverySignature(t *testing.T) {
	h, s, f, sub := subscribed(t)
	for _, m := range methods {
		body := []byte("<rss>" + m.name + "</rss>")
		if got := h.distribute(s.Callback(sub), m.name, body); got != http.StatusAccepted {
			t.Errorf("%s: status %d, want 202", m.name, got)
		}
		if got, want := f.got(), []string{"application/rss+xml <rss>" + m.name + "</rss>"}; !slices.Equal(got, want) {
			t.Errorf("%s: delivered %q, want %q", m.name, got, want)
		}
	}
}

func TestDeliveryWithoutRightSignatureIsIgnored(t *testing.T) {
	h, s, f, sub := subscribed(t)
	callback, body := s.Callback(sub), []byte("<rss/>")
	secret := h.subs[callback].Get("hub.secret")
	other := s.keys.hubSecret(sub.Feed, s.keys.id(Subscription{sub.Feed, sub.Hub, sub.Topic + "2"}))
	for _, tt := range []struct {
		name string
		sigs []string
	}{
		{"none", nil},
		{"empty", []string{""}},
		{"unknown method", []string{"md5=" + strings.Repeat("0", 32)}},
		{"no hex", []string{"sha1=zz"}},
		{"empty digest", []string{"sha256="}},
		{"half a digest", []string{sign("sha256", secret, body)[:7+32]}},
		{"other body", []string{sign("sha256", secret, []byte("<rss>forged</rss>"))}},
		{"other topic's secret", []string{sign("sha256", other, body)}},
		{"configured secret", []string{sign("sha256", testSecret, body)}},
		{"right but weaker", []string{sign("sha1", secret, body) + ", sha512=00"}},
		{"right but weaker, in a second header", []string{"sha256=00", sign("sha1", secret, body)}},
		{"behind too many", []string{strings.Repeat("x=0,", maxSignatures) + sign("sha1", secret, body)}},
	} {
		if got := h.send(callback, http.Header{"X-Hub-Signature": tt.sigs}, bytes.NewReader(body)); got != http.StatusAccepted {
			t.Errorf("%s: status %d, want 202", tt.name, got)
		}
		if got := f.got(); got != nil {
			t.Errorf("%s: delivered %q", tt.name, got)
		}
	}
	both := http.Header{"X-Hub-Signature": {sign("sha1", "wrong", body) + "," + strings.ToUpper(sign("sha512", secret, body))}}
	if got := h.send(callback, both, bytes.NewReader(body)); got != http.StatusAccepted || len(f.got()) != 1 {
		t.Errorf("strongest right: status %d, or not delivered", got)
	}
}

func TestIgnoredDeliveriesAreLoggedOnceAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		f := &world{}
		s, err := New(Config{Callback: "https://news.example", Secret: testSecret}, nil, f, slog.New(slog.NewTextHandler(&log, nil)))
		if err != nil {
			t.Fatal(err)
		}
		sub := Subscription{"daily", "https://hub.example/", "https://daily.example/"}
		f.want(sub)
		for _, wait := range []time.Duration{0, 0, 0, tellEvery, 0} {
			time.Sleep(wait)
			s.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, s.Callback(sub), nil))
		}
		lines := strings.Split(strings.TrimSpace(log.String()), "\n")
		if len(lines) != 2 || !strings.HasSuffix(lines[0], " n=1") || !strings.HasSuffix(lines[1], " n=3") || !strings.Contains(lines[0], "feed=daily") {
			t.Errorf("log = %q, want two lines, of 1 and 3 deliveries of daily", lines)
		}
	})
}

func TestTokenHasOneSpelling(t *testing.T) {
	k := keys(testSecret)
	token := k.token("a", k.id(Subscription{Feed: "a", Hub: "https://hub.example/", Topic: "https://daily.example/"}))
	for _, c := range "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/ " {
		other := token[:len(token)-1] + string(c)
		if _, ok := k.open("a", other); ok != (other == token) {
			t.Errorf("token %s read as %s: %v", token, other, ok)
		}
	}
}

func TestStrangersLearnNothing(t *testing.T) {
	h, s, f, sub := subscribed(t)
	callback := s.Callback(sub)
	base, token := callback[:strings.LastIndex(callback, "/")], callback[strings.LastIndex(callback, "/")+1:]
	theirs, err := New(Config{Callback: s.prefix, Secret: "some other secret key"}, nil, f, nil)
	if err != nil {
		t.Fatal(err)
	}
	flip := func(i int) string {
		c := byte('A')
		if token[i] == c {
			c = 'B'
		}
		return token[:i] + string(c) + token[i+1:]
	}
	f.want(sub, Subscription{"other", sub.Hub, sub.Topic})
	f.lookups = 0
	q := url.Values{"hub.mode": {"subscribe"}, "hub.topic": {sub.Topic}, "hub.challenge": {"x"}, "hub.lease_seconds": {"60"}}
	for _, address := range []string{
		base + "/" + flip(0), base + "/" + flip(30), base + "/" + flip(len(token)-2),
		base + "/", base, base + "/" + token + "=", base + "/" + token + "A", base + "/" + token + "/",
		s.prefix + "/other/" + token, s.prefix + "/Daily-Wire/" + token, s.prefix + "//" + token, s.prefix + "/" + token,
		theirs.Callback(sub),
	} {
		if status, body, _ := h.verify(address, q); status != http.StatusNotFound || strings.Contains(body, "x") {
			t.Errorf("GET %s: %d %q, want 404", address, status, body)
		}
		if status := h.send(address, nil, strings.NewReader("<rss/>")); status != http.StatusNotFound {
			t.Errorf("POST %s: %d, want 404", address, status)
		}
	}
	if f.lookups != 0 {
		t.Errorf("strangers caused %d lookups, want none", f.lookups)
	}
	for _, path := range []string{"/", "/proxied/" + sub.Feed + "/" + token} {
		// What the proxy leaves before feed and token does not count.
		want := map[bool]int{true: http.StatusOK, false: http.StatusNotFound}[len(path) > 1]
		if status, _, _ := h.verify(strings.TrimSuffix(s.prefix, "/websub")+path, q); status != want {
			t.Errorf("GET %s: %d, want %d", path, status, want)
		}
	}
}

func TestOnlyWhatIsWantedIsVerified(t *testing.T) {
	h, s, f, sub := subscribed(t)
	second := Subscription{"second", sub.Hub, "http://second.example/feed"}
	f.want(sub, second)
	intent := func(mode, topic string) url.Values {
		return url.Values{"hub.mode": {mode}, "hub.topic": {topic}, "hub.challenge": {"echo"}, "hub.lease_seconds": {"3600"}}
	}
	with := func(q url.Values, key string, values ...string) url.Values { q[key] = values; return q }
	movedTopic := Subscription{sub.Feed, sub.Hub, "http://daily.example/new"}
	movedHub := Subscription{sub.Feed, "https://new.example/", sub.Topic}
	for _, tt := range []struct {
		name string
		at   Subscription // whose callback is visited
		now  *Subscription
		q    url.Values
		want int
	}{
		{"again", sub, &sub, intent("subscribe", sub.Topic), 200},
		{"topic with escaped letters", sub, &sub, intent("subscribe", "http://d%61ily.example/feed?a=1&b=2"), 200},
		{"topic of another feed", sub, &sub, intent("subscribe", second.Topic), 404},
		{"topic of nobody", sub, &sub, intent("subscribe", sub.Topic+"#"), 404},
		{"topic that differs in an escaped slash", sub, &sub, intent("subscribe", "http://daily.example%2Ffeed?a=1&b=2"), 404},
		{"no topic", sub, &sub, intent("subscribe", ""), 404},
		{"third party unsubscribes", sub, &sub, intent("unsubscribe", sub.Topic), 404},
		{"third party unsubscribes from the new hub", movedHub, &movedHub, intent("unsubscribe", sub.Topic), 404},
		{"topic was dropped", sub, &movedTopic, intent("subscribe", sub.Topic), 404},
		{"hub was dropped", sub, &movedHub, intent("subscribe", sub.Topic), 404},
		{"feed was dropped", sub, nil, intent("subscribe", sub.Topic), 404},
		{"we unsubscribe, topic was dropped", sub, &movedTopic, intent("unsubscribe", sub.Topic), 200},
		{"we unsubscribe, hub was dropped", sub, &movedHub, intent("unsubscribe", sub.Topic), 200},
		{"we unsubscribe, feed was dropped", sub, nil, intent("unsubscribe", sub.Topic), 200},
		{"we unsubscribe, but the hub means another topic", sub, nil, intent("unsubscribe", second.Topic), 404},
		{"unknown mode", sub, &sub, intent("publish", sub.Topic), 404},
		{"no mode", sub, &sub, intent("", sub.Topic), 404},
		{"no challenge", sub, &sub, with(intent("subscribe", sub.Topic), "hub.challenge"), 404},
		{"longest challenge", sub, &sub, with(intent("subscribe", sub.Topic), "hub.challenge", strings.Repeat("c", maxChallenge)), 200},
		{"challenge too long", sub, &sub, with(intent("subscribe", sub.Topic), "hub.challenge", strings.Repeat("c", maxChallenge+1)), 404},
		{"two topics", sub, &sub, with(intent("subscribe", sub.Topic), "hub.topic", sub.Topic, second.Topic), 404},
		{"two modes", sub, &sub, with(intent("subscribe", sub.Topic), "hub.mode", "subscribe", "unsubscribe"), 404},
		{"more parameters", sub, &sub, with(intent("subscribe", sub.Topic), "hub.callback", "x", "y"), 200},
		{"denied, but not this one", sub, &movedHub, intent("denied", sub.Topic), 200},
	} {
		f.want(second)
		if tt.now != nil {
			f.want(*tt.now, second)
		}
		f.verified, f.denied = nil, nil
		status, body, header := h.verify(s.Callback(tt.at), tt.q)
		echo := tt.want == 200 && tt.q.Get("hub.mode") != "denied"
		if status != tt.want || echo != (body == tt.q.Get("hub.challenge")) {
			t.Errorf("%s: status %d, body %.20q, want %d, echo %v", tt.name, status, body, tt.want, echo)
		}
		if heard := len(f.verified) > 0; heard != (echo && tt.q.Get("hub.mode") == "subscribe") {
			t.Errorf("%s: feeds heard of it: %v", tt.name, heard)
		}
		if len(f.denied) != 0 {
			t.Errorf("%s: feeds heard of a denial", tt.name)
		}
		if got := header.Get("Content-Type"); got != "text/plain; charset=utf-8" || header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: Content-Type %q, nosniff %q", tt.name, got, header.Get("X-Content-Type-Options"))
		}
	}
}

func TestUnsubscribeAttackAtTheHubFails(t *testing.T) {
	h, s, f, sub := subscribed(t)
	// Somebody who learnt the callback asks the hub in our name.
	form := url.Values{"hub.mode": {"unsubscribe"}, "hub.topic": {sub.Topic}, "hub.callback": {s.Callback(sub)}}
	if status, _, err := postForm(t.Context(), h.URL, form); err != nil || status != http.StatusUnprocessableEntity || h.subscribers() != 1 {
		t.Errorf("status %d (%v), %d subscribers left, want 422 and 1", status, err, h.subscribers())
	}
	// So do we, while the feed still wants it; then for real.
	if err := s.Unsubscribe(t.Context(), sub); err == nil || h.subscribers() != 1 {
		t.Errorf("unsubscribed what is wanted: %v, %d subscribers left", err, h.subscribers())
	}
	f.want()
	if err := s.Unsubscribe(t.Context(), sub); err != nil || h.subscribers() != 0 {
		t.Errorf("Unsubscribe: %v, %d subscribers left, want none", err, h.subscribers())
	}
	if _, ok := h.asked[len(h.asked)-1]["hub.secret"]; ok {
		t.Error("the secret went out with a request that has no use for it")
	}
	if status := h.distribute(s.Callback(sub), "sha256", []byte("<rss/>")); status != http.StatusGone || f.got() != nil {
		t.Errorf("delivery of what is not wanted: status %d, want 410 and nothing delivered", status)
	}
}

func TestDenialReachesFeeds(t *testing.T) {
	h, s, f, sub := subscribed(t)
	q := url.Values{"hub.mode": {"denied"}, "hub.topic": {sub.Topic}, "hub.reason": {"no\r\nlevel=ERROR " + strings.Repeat("ж", 300)}}
	status, body, _ := h.verify(s.Callback(sub), q)
	if want := []string{"nolevel=ERROR " + strings.Repeat("ж", maxReason-14)}; status != 200 || body != "" || !slices.Equal(f.denied, want) {
		t.Errorf("status %d, body %q, reasons %q, want 200, none, %q", status, body, f.denied, want)
	}
}

func TestHubIsSentAwayWhenNothingCanBeStored(t *testing.T) {
	h, s, f, sub := subscribed(t)
	f.fail(errors.New("disk full"))
	q := url.Values{"hub.mode": {"subscribe"}, "hub.topic": {sub.Topic}, "hub.challenge": {"echo"}}
	status, body, header := h.verify(s.Callback(sub), q)
	if status != 503 || strings.Contains(body, "echo") || strings.Contains(body, "disk") || header.Get("Retry-After") == "" {
		t.Errorf("verification: %d %q, Retry-After %q, want a plain 503", status, body, header.Get("Retry-After"))
	}
	if status := h.distribute(s.Callback(sub), "sha1", []byte("<rss/>")); status != 503 {
		t.Errorf("delivery without lookup: %d, want 503", status)
	}
	f.fail(nil)
	f.deliver = func(context.Context) { f.fail(errors.New("disk full")) }
	if status := h.distribute(s.Callback(sub), "sha1", []byte("<rss/>")); status != 500 {
		t.Errorf("delivery that is not stored: %d, want 500", status)
	}
}

func TestLeaseSecondsAreBounded(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want time.Duration
	}{
		{"1", time.Second}, {"86400", 24 * time.Hour}, {"2592000", MaxLease}, {"2592001", MaxLease}, {"315359999", MaxLease},
		{"99999999999999999999999", MaxLease}, {"9223372036854775807", MaxLease}, {"18446744073709551615", MaxLease},
		{"", defaultLease}, {"0", defaultLease}, {"-1", defaultLease}, {"1.5", defaultLease}, {"1e3", defaultLease}, {"week", defaultLease},
	} {
		if got := parseLease(tt.in); got != tt.want {
			t.Errorf("parseLease(%q) = %v, want %v", tt.in, got, tt.want)
		}
	}
}

func TestOtherMethodsAreRefused(t *testing.T) {
	h, s, _, sub := subscribed(t)
	for _, method := range []string{"HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "X"} {
		req, _ := http.NewRequest(method, s.Callback(sub), nil)
		res, err := h.client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != 405 || res.Header.Get("Allow") != "GET, POST" {
			t.Errorf("%s: %d, Allow %q, want 405", method, res.StatusCode, res.Header.Get("Allow"))
		}
	}
}

// unsized hides the length of a reader.
type unsized struct{ *bytes.Reader }

type unreadable struct{ t *testing.T }

func (u unreadable) Read([]byte) (int, error) {
	u.t.Error("a body that says it is too large was read")
	return 0, io.EOF
}

func TestBodiesAreBounded(t *testing.T) {
	h, s, f, sub := subscribed(t)
	secret := h.subs[s.Callback(sub)].Get("hub.secret")
	// Without a socket: a client that is cut off while it writes may miss the answer.
	post := func(size int, sized bool, header ...string) int {
		body := make([]byte, size)
		r := httptest.NewRequest(http.MethodPost, s.Callback(sub), bytes.NewReader(body))
		if !sized {
			r = httptest.NewRequest(http.MethodPost, s.Callback(sub), unsized{bytes.NewReader(body)})
		}
		r.Header.Set("X-Hub-Signature", sign("sha256", secret, body))
		for i := 0; i+1 < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w.Code
	}
	for _, sized := range []bool{true, false} {
		if got := post(maxBody, sized); got != 202 || len(f.got()) != 1 {
			t.Errorf("largest body, length told %v: %d, want 202 and delivered", sized, got)
		}
		if got := post(maxBody+1, sized); got != 413 || f.got() != nil {
			t.Errorf("body too large, length told %v: %d, want 413", sized, got)
		}
	}
	told := httptest.NewRequest(http.MethodPost, s.Callback(sub), unreadable{t})
	told.ContentLength = maxBody + 1
	w := httptest.NewRecorder()
	if s.ServeHTTP(w, told); w.Code != 413 {
		t.Errorf("body that says it is too large: %d, want 413", w.Code)
	}
	if got := post(10, true, "Content-Encoding", "gzip"); got != 415 || f.got() != nil {
		t.Errorf("compressed body: %d, want 415", got)
	}
	if got := post(0, true); got != 202 || len(f.got()) != 1 {
		t.Errorf("empty body: %d, want 202", got)
	}
	if got := post(0, true, "Content-Type", strings.Repeat("x", maxType+1)); got != 202 || !slices.Equal(f.got(), []string{" "}) {
		t.Errorf("long Content-Type: %d, or passed on", got)
	}
}

func TestFloodIsSentAway(t *testing.T) {
	h, s, f, sub := subscribed(t)
	var all []Subscription
	for i := range maxAtOnce {
		all = append(all, Subscription{fmt.Sprintf("feed-%d", i), sub.Hub, sub.Topic})
	}
	f.want(append(all, sub)...)
	inside, open := make(chan struct{}), make(chan struct{})
	f.deliver = func(context.Context) { inside <- struct{}{}; <-open }
	deliver := func(sub Subscription) int {
		body := []byte("<rss/>")
		sig := sign("sha256", s.keys.hubSecret(sub.Feed, s.keys.id(sub)), body)
		return h.send(s.Callback(sub), http.Header{"X-Hub-Signature": {sig}}, bytes.NewReader(body))
	}
	var wg sync.WaitGroup
	begin := func(sub Subscription) {
		wg.Go(func() {
			if got := deliver(sub); got != 202 {
				t.Errorf("delivery of %s that found room: %d, want 202", sub.Feed, got)
			}
		})
		<-inside
	}
	for range maxFeedAtOnce {
		begin(sub)
	}
	if got := deliver(sub); got != 503 {
		t.Errorf("third delivery of one feed at once: %d, want 503", got)
	}
	for i := range maxAtOnce - maxFeedAtOnce {
		begin(all[i])
	}
	if got := deliver(all[maxAtOnce-1]); got != 503 {
		t.Errorf("delivery beyond %d at once: %d, want 503", maxAtOnce, got)
	}
	q := url.Values{"hub.mode": {"subscribe"}, "hub.topic": {sub.Topic}, "hub.challenge": {"echo"}}
	if status, _, _ := h.verify(s.Callback(sub), q); status != 200 {
		t.Errorf("verification while deliveries are many: %d, want 200", status)
	}
	close(open)
	wg.Wait()
	f.deliver = nil
	if got := deliver(sub); got != 202 {
		t.Errorf("delivery after the flood: %d, want 202", got)
	}
	for _, room := range []*seats{s.deliveries, s.visits} {
		if n, feeds := room.state(); n != 0 || feeds != 0 {
			t.Errorf("%d seats left taken, of %d feeds", n, feeds)
		}
	}
}

func (s *seats) state() (taken, feeds int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.taken, len(s.feeds)
}

func TestPanicGivesTheSeatBack(t *testing.T) {
	h, s, f, sub := subscribed(t)
	f.deliver = func(context.Context) { panic(http.ErrAbortHandler) }
	h.distribute(s.Callback(sub), "sha256", []byte("<rss/>"))
	if n, _ := s.deliveries.state(); n != 0 {
		t.Error("the seat of a delivery that panicked is still taken")
	}
}

// pipes is a listener in memory, so that time can be the test's own.
type pipes struct {
	dial chan net.Conn
	once sync.Once
	done chan struct{}
}

func newPipes() *pipes { return &pipes{dial: make(chan net.Conn), done: make(chan struct{})} }

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.dial:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}
func (p *pipes) Close() error   { p.once.Do(func() { close(p.done) }); return nil }
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1} }

func (p *pipes) connect() net.Conn {
	ours, theirs := net.Pipe()
	p.dial <- theirs
	return ours
}

func TestSlowHubsAreCutOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &world{}
		s, err := New(Config{Callback: "https://news.example", Secret: testSecret}, nil, f, nil)
		if err != nil {
			t.Fatal(err)
		}
		sub := Subscription{"a", "https://hub.example/", "https://daily.example/"}
		f.want(sub)
		l := newPipes()
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- s.serve(ctx, l) }()

		path := strings.TrimPrefix(s.Callback(sub), "https://news.example")
		for _, tt := range []struct {
			name, begin, more string
			want              time.Duration
		}{
			{"silent", "", "", headerTimeout},
			{"header by the letter", "POST " + path + " HTTP/1.1\r\nHost: a\r\nX-Slow: ", "a", headerTimeout},
			{"body by the letter", "POST " + path + " HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n", "a", readTimeout},
		} {
			c, start := l.connect(), time.Now()
			answer := make(chan struct{})
			go func() {
				defer close(answer)
				buf := make([]byte, 1024)
				for {
					if _, err := c.Read(buf); err != nil {
						return
					}
				}
			}()
			c.Write([]byte(tt.begin))
			for err := error(nil); err == nil && time.Since(start) < 10*time.Minute; {
				time.Sleep(time.Second)
				if tt.more != "" {
					_, err = c.Write([]byte(tt.more))
				} else {
					select {
					case <-answer:
						err = net.ErrClosed
					default:
					}
				}
			}
			if took := time.Since(start); took < tt.want || took > tt.want+2*time.Second {
				t.Errorf("%s: cut off after %v, want %v", tt.name, took, tt.want)
			}
			c.Close()
			<-answer
		}
		if got := f.got(); got != nil {
			t.Errorf("delivered %q", got)
		}
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
}

func TestServeBoundsConnections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := New(Config{Callback: "https://news.example", Secret: testSecret}, nil, &world{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		l := newPipes()
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- s.serve(ctx, l) }()
		for range maxConnections {
			defer l.connect().Close()
		}
		start := time.Now()
		defer l.connect().Close() // once an idle one was cut off
		if waited := time.Since(start); waited != headerTimeout {
			t.Errorf("connection %d was accepted after %v, want %v", maxConnections+1, waited, headerTimeout)
		}
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
}

func TestServeEndsWithinFiveSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &world{}
		s, err := New(Config{Callback: "https://news.example", Secret: testSecret}, nil, f, nil)
		if err != nil {
			t.Fatal(err)
		}
		sub := Subscription{"a", "https://hub.example/", "https://daily.example/"}
		f.want(sub)
		begun, cut := make(chan struct{}), make(chan struct{})
		f.deliver = func(ctx context.Context) { close(begun); <-ctx.Done(); close(cut) }
		l := newPipes()
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- s.serve(ctx, l) }()
		c := l.connect()
		defer c.Close()
		fmt.Fprintf(c, "POST %s HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nX-Hub-Signature: %s\r\n\r\n",
			strings.TrimPrefix(s.Callback(sub), "https://news.example"), sign("sha256", s.keys.hubSecret("a", s.keys.id(sub)), nil))
		<-begun
		start := time.Now()
		cancel()
		if err := <-ended; err != nil || time.Since(start) != shutdownTimeout {
			t.Errorf("serve returned %v after %v, want nil after %v", err, time.Since(start), shutdownTimeout)
		}
		<-cut
		if took := time.Since(start); took != shutdownTimeout {
			t.Errorf("the delivery under way was cut off after %v, want %v", took, shutdownTimeout)
		}
		if n, err := c.Read(make([]byte, 1)); err == nil {
			t.Errorf("the connection is open after the end: read %d bytes", n)
		}
	})
}

func TestServeNamesTheAddressInUse(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	s, err := New(Config{Callback: "https://news.example", Secret: testSecret, Listen: l.Addr().String()}, nil, &world{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = s.Serve(t.Context())
	if err == nil || !strings.Contains(err.Error(), l.Addr().String()) || !strings.Contains(err.Error(), "websub.listen") {
		t.Errorf("Serve = %v, want an error that names %v and websub.listen", err, l.Addr())
	}
}

func TestCallbacksAreUniqueAndShared(t *testing.T) {
	cfg := Config{Callback: "https://news.example/websub/", Secret: testSecret}
	one, err := New(cfg, nil, &world{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	two, err := New(cfg, nil, &world{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]Subscription{}
	for _, sub := range []Subscription{
		{"a", "https://h.example/", "https://t.example/"}, {"b", "https://h.example/", "https://t.example/"},
		{"a", "https://h.example/2", "https://t.example/"}, {"a", "https://h.example/", "https://t.example/2"},
	} {
		for _, s := range []string{one.Callback(sub), one.keys.hubSecret(sub.Feed, one.keys.id(sub))} {
			if other, ok := seen[s]; ok {
				t.Errorf("%v and %v share %s", sub, other, s)
			}
			seen[s] = sub
		}
		if got := two.Callback(sub); got != one.Callback(sub) || !strings.HasPrefix(got, "https://news.example/websub/"+sub.Feed+"/") {
			t.Errorf("callback at another worker is %s, want %s", got, one.Callback(sub))
		}
	}
}
