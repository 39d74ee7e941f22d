package fetch

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// newFake returns a client that asks rt instead of the network.
func newFake(t *testing.T, cfg Config, rt roundTripper) *Client {
	t.Helper()
	c, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	c.rt = rt
	return c
}

// wantClass fails the test unless err is an *Error of class, which it returns.
func wantClass(t *testing.T, err error, class Class) *Error {
	t.Helper()
	fe, ok := errors.AsType[*Error](err)
	if !ok || fe.Class != class {
		t.Fatalf("error = %v, want one of class %v", err, class)
	}
	if (class == Throttled) == fe.Until.IsZero() {
		t.Errorf("class %v has Until %v", class, fe.Until)
	}
	return fe
}

// A log notes when which URL was asked for.
type log struct {
	mu    sync.Mutex
	start time.Time
	at    []string
}

func (l *log) note(r *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.at = append(l.at, fmt.Sprintf("%v %s", time.Since(l.start), r.URL))
}

func (l *log) want(t *testing.T, want ...string) {
	t.Helper()
	if !slices.Equal(l.at, want) {
		t.Errorf("asked for\n%q, want\n%q", l.at, want)
	}
}

func TestPaceSeparatesRequestsToOneHost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &log{start: time.Now()}
		c := newFake(t, Config{}, func(r *http.Request) (*http.Response, error) {
			l.note(r)
			return reply(r, 200, "ok"), nil
		})
		for _, u := range []string{"http://a.example/1", "http://a.example/2", "http://b.example/1", "http://a.example:8080/1", "http://A.example:80/3"} {
			if _, err := c.Get(t.Context(), Request{URL: u}); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(time.Minute) // idleness saves up no turns
		for range 2 {
			if _, err := c.Get(t.Context(), Request{URL: "http://a.example/4"}); err != nil {
				t.Fatal(err)
			}
		}
		l.want(t, "0s http://a.example/1", "1s http://a.example/2", "1s http://b.example/1", "1s http://a.example:8080/1", "2s http://a.example/3",
			"1m2s http://a.example/4", "1m3s http://a.example/4")
	})
}

func TestPacePromisesTurnsBeyondMaxWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const n = 60
		start := time.Now()
		var mu sync.Mutex
		var asked []time.Duration
		c := newFake(t, Config{Connections: n, Concurrency: n}, func(r *http.Request) (*http.Response, error) {
			mu.Lock()
			defer mu.Unlock()
			asked = append(asked, time.Since(start))
			return reply(r, 200, "ok"), nil
		})
		var wg sync.WaitGroup
		var promised atomic.Int32
		for range n {
			wg.Go(func() {
				req := Request{URL: "http://a.example/"}
				_, err := c.Get(t.Context(), req)
				if err == nil {
					return
				}
				if time.Since(start) != 0 {
					t.Error("a promise came late")
				}
				promised.Add(1)
				req.Slot = wantClass(t, err, Throttled).Until
				time.Sleep(time.Until(req.Slot) + 300*time.Millisecond) // its caller is a little late
				if _, err := c.Get(t.Context(), req); err != nil {
					t.Errorf("request with a promised turn: %v", err)
				}
			})
		}
		wg.Wait()
		if got, want := promised.Load(), int32(n-21); got != want {
			t.Errorf("%d requests were promised a turn, want %d", got, want)
		}
		slices.Sort(asked)
		for i, at := range asked {
			want := time.Duration(i) * time.Second
			if i > 20 {
				want += 300 * time.Millisecond
			}
			if at != want {
				t.Errorf("request %d went at %v, want %v", i, at, want)
			}
		}
	})
}

func TestPaceOfRequestsWithinATurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &log{start: time.Now()}
		c := newFake(t, Config{}, func(r *http.Request) (*http.Response, error) {
			l.note(r)
			switch r.URL.Path {
			case "/away":
				return reply(r, 302, "", "Location", "http://b.example/x"), nil
			case "/busy":
				return reply(r, 429, "", "Retry-After", "60"), nil
			}
			return reply(r, 200, "ok"), nil
		})
		get := func(path string, within bool) error {
			_, err := c.Get(t.Context(), Request{URL: "http://a.example" + path, Within: within})
			return err
		}
		for _, path := range []string{"/page", "/rights", "/page", "/away", "/page"} {
			if err := get(path, path == "/rights" || path == "/away"); err != nil {
				t.Errorf("%s: %v", path, err)
			}
		}
		fe := wantClass(t, get("/busy", true), Throttled)
		if until := wantClass(t, get("/rights", true), Throttled).Until; until.Before(fe.Until) {
			t.Errorf("in the host's pause, until %v, a request is sent back to %v", fe.Until, until)
		}
		l.want(t, "0s http://a.example/page", "0s http://a.example/rights", "2s http://a.example/page", "2s http://a.example/away",
			"2s http://b.example/x", "4s http://a.example/page", "4s http://a.example/busy")
	})
}

func TestPaceHoldsForRequestsThatAreLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var last time.Time
		c := newFake(t, Config{}, func(r *http.Request) (*http.Response, error) {
			mu.Lock()
			if gap := time.Since(last); gap < time.Second {
				t.Errorf("asked %v after the last time", gap)
			}
			last = time.Now()
			odd := last.Unix() % 2
			mu.Unlock()
			time.Sleep(time.Duration(5-odd) * time.Second) // both seats get free at once
			return reply(r, 200, "ok"), nil
		})
		var wg sync.WaitGroup
		for range 12 {
			wg.Go(func() {
				if _, err := c.Get(t.Context(), Request{URL: "http://a.example/"}); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	})
}

func TestPaceForgetsPromiseNotTaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &log{start: time.Now()}
		c := newFake(t, Config{Pace: 10 * time.Second}, func(r *http.Request) (*http.Response, error) {
			l.note(r)
			return reply(r, 200, "ok"), nil
		})
		slot := time.Now().Add(30 * time.Second)
		early := wantClass(t, func() error { _, err := c.Get(t.Context(), Request{URL: "http://a.example/", Slot: slot}); return err }(), Throttled)
		if !early.Until.Equal(slot) {
			t.Errorf("a request too early for its turn is sent back to %v, want %v", early.Until, slot)
		}
		time.Sleep(30*time.Second + slotGrace + time.Nanosecond)
		for range 2 { // too late: like any other
			if _, err := c.Get(t.Context(), Request{URL: "http://a.example/", Slot: slot}); err != nil {
				t.Fatal(err)
			}
			slot = slot.Add(-time.Hour)
		}
		l.want(t, "1m30.000000001s http://a.example/", "1m40.000000001s http://a.example/")
	})
}

func TestPaceWaitEndsWithContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newFake(t, Config{Pace: 10 * time.Second}, func(r *http.Request) (*http.Response, error) { return reply(r, 200, "ok"), nil })
		get := func(ctx context.Context) error {
			_, err := c.Get(ctx, Request{URL: "http://a.example/"})
			return err
		}
		if err := get(t.Context()); err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(3*time.Second, cancel)
		if err := get(ctx); !errors.Is(wantClass(t, err, Transient), context.Canceled) || time.Since(start) != 3*time.Second {
			t.Errorf("after %v: %v, want %v after 3s", time.Since(start), err, context.Canceled)
		}
		// A deadline before the turn makes sleeping pointless.
		ctx, cancel = context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		start = time.Now()
		fe := wantClass(t, get(ctx), Throttled)
		if time.Since(start) != 0 || !fe.Until.Equal(start.Add(17*time.Second)) {
			t.Errorf("after %v a turn in %v was promised, want 17s at once", time.Since(start), fe.Until.Sub(start))
		}
		cancel()
		wantClass(t, get(ctx), Transient)
	})
}

func TestPaceNegativeMeansNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newFake(t, Config{Pace: -1}, func(r *http.Request) (*http.Response, error) { return reply(r, 200, "ok"), nil })
		start := time.Now()
		for range 100 {
			if _, err := c.Get(t.Context(), Request{URL: "http://a.example/"}); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(start); took != 0 {
			t.Errorf("100 requests took %v", took)
		}
		if n := len(c.turns.hosts); n != 0 {
			t.Errorf("%d hosts are remembered for nothing", n)
		}
	})
}

func TestRateLimitHoldsBackHost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &log{start: time.Now()}
		limited := true
		c := newFake(t, Config{}, func(r *http.Request) (*http.Response, error) {
			l.note(r)
			if limited && r.URL.Host == "a.example" {
				return reply(r, 429, "slow down", "Retry-After", "90"), nil
			}
			return reply(r, 200, "ok"), nil
		})
		get := func(url string, slot time.Time) error {
			_, err := c.Get(t.Context(), Request{URL: url, Slot: slot})
			return err
		}
		start := time.Now()
		first := wantClass(t, get("http://a.example/1", time.Time{}), Throttled)
		if first.Status != 429 || !first.Until.Equal(start.Add(90*time.Second)) {
			t.Errorf("status %d, turn in %v, want 429 and 1m30s", first.Status, first.Until.Sub(start))
		}
		limited = false
		second := wantClass(t, get("http://a.example/2", time.Time{}), Throttled)
		if second.Status != 0 || !second.Until.Equal(start.Add(91*time.Second)) {
			t.Errorf("another request: status %d, turn in %v, want 0 and 1m31s", second.Status, second.Until.Sub(start))
		}
		if err := get("http://b.example/", time.Time{}); err != nil {
			t.Errorf("another host: %v", err)
		}
		time.Sleep(time.Until(first.Until))
		for i, slot := range []time.Time{first.Until, second.Until} {
			if err := get(fmt.Sprintf("http://a.example/%d", i+1), slot); err != nil {
				t.Error(err)
			}
		}
		l.want(t, "0s http://a.example/1", "0s http://b.example/", "1m30s http://a.example/1", "1m31s http://a.example/2")
	})
}

func TestRateLimitReachesThoseAlreadyWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked atomic.Int32
		c := newFake(t, Config{}, func(r *http.Request) (*http.Response, error) {
			asked.Add(1)
			return reply(r, 503, "", "Retry-After", "600"), nil
		})
		start := time.Now()
		var mu sync.Mutex
		seen := map[time.Time]bool{}
		var wg sync.WaitGroup
		for range 10 {
			wg.Go(func() {
				_, err := c.Get(t.Context(), Request{URL: "http://a.example/"})
				fe := wantClass(t, err, Throttled)
				mu.Lock()
				defer mu.Unlock()
				if fe.Until.Before(start.Add(10*time.Minute)) || seen[fe.Until] {
					t.Errorf("turn in %v is too early or another's", fe.Until.Sub(start))
				}
				seen[fe.Until] = true
			})
		}
		wg.Wait()
		if got := asked.Load(); got != 1 {
			t.Errorf("the host was asked %d times, want once", got)
		}
	})
}

func TestLongRateLimitOfOneURLDoesNotTakeTheHost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newFake(t, Config{}, func(r *http.Request) (*http.Response, error) {
			if r.URL.Path == "/limited" {
				return reply(r, 403, "", "Retry-After", "999999"), nil
			}
			return reply(r, 200, "ok"), nil
		})
		start := time.Now()
		_, err := c.Get(t.Context(), Request{URL: "http://a.example/limited"})
		if fe := wantClass(t, err, Throttled); !fe.Until.Equal(start.Add(24 * time.Hour)) {
			t.Errorf("turn in %v, want 24h", fe.Until.Sub(start))
		}
		_, err = c.Get(t.Context(), Request{URL: "http://a.example/"})
		if fe := wantClass(t, err, Throttled); fe.Until.After(start.Add(maxHold + time.Minute)) {
			t.Errorf("another URL's turn is in %v, want about %v", fe.Until.Sub(start), maxHold)
		}
	})
}

func TestTurnsStayBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		turns := &turns{hosts: make(map[string]*hostTurns)}
		reserve := func(from, to int) {
			for i := from; i < to; i++ {
				turns.reserve(fmt.Sprint(i), time.Now(), time.Second)
			}
		}
		reserve(0, maxHosts)
		time.Sleep(2 * time.Second)
		reserve(maxHosts, maxHosts+1)
		if got := len(turns.hosts); got != 1 {
			t.Errorf("%d hosts are remembered after all turns have passed, want 1", got)
		}
		reserve(maxHosts, 3*maxHosts)
		if got := len(turns.hosts); got > maxHosts {
			t.Errorf("%d hosts are remembered, more than %d", got, maxHosts)
		}
	})
}
