package fetch

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestConnectionsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		now, most := map[string]int{}, map[string]int{}
		c := newFake(t, Config{Pace: -1, Connections: 3, Concurrency: 5}, func(r *http.Request) (*http.Response, error) {
			for _, key := range []string{"all", r.URL.Host} {
				mu.Lock()
				now[key]++
				most[key] = max(most[key], now[key])
				mu.Unlock()
				defer func() { mu.Lock(); now[key]--; mu.Unlock() }()
			}
			time.Sleep(time.Second)
			return reply(r, 200, "ok"), nil
		})
		var wg sync.WaitGroup
		for i := range 40 {
			wg.Go(func() {
				if _, err := c.Get(t.Context(), Request{URL: fmt.Sprintf("http://%c.example/", 'a'+i%4)}); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if most["all"] != 5 || most["a.example"] > 3 || len(c.seats.hosts) != 0 || len(c.seats.all) != 0 {
			t.Errorf("most at once: %v; seats left taken: %d and %d", most, len(c.seats.hosts), len(c.seats.all))
		}
	})
}

func TestWaitForConnectionEndsWithContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newFake(t, Config{Pace: -1, Connections: 1, Concurrency: 1}, func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, context.Cause(r.Context())
		})
		var wg sync.WaitGroup
		wg.Go(func() { _, _ = c.Get(t.Context(), Request{URL: "http://a.example/"}) })
		synctest.Wait()
		for _, url := range []string{"http://a.example/", "http://b.example/"} {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			_, err := c.Get(ctx, Request{URL: url})
			if !errors.Is(wantClass(t, err, Transient), context.DeadlineExceeded) {
				t.Errorf("%s: %v, want %v", url, err, context.DeadlineExceeded)
			}
			cancel()
		}
		wg.Wait()
		if len(c.seats.hosts) != 0 {
			t.Errorf("seats of %d hosts are left taken", len(c.seats.hosts))
		}
	})
}

func TestTimeouts(t *testing.T) {
	trickle := func(every time.Duration) roundTripper {
		return func(r *http.Request) (*http.Response, error) {
			res := reply(r, 200, "")
			res.Body, res.ContentLength = &slowBody{ctx: r.Context(), every: every}, -1
			return res, nil
		}
	}
	hang := func(r *http.Request) (*http.Response, error) {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	tests := []struct {
		name  string
		rt    roundTripper
		cause error
		after time.Duration
	}{
		{"no answer", hang, errTimeout, 30 * time.Second},
		{"body that stalls", trickle(time.Hour), errIdle, bodyIdle},
		{"body that trickles", trickle(bodyIdle - time.Second), errTimeout, 30 * time.Second},
		{"redirects that dawdle", func(r *http.Request) (*http.Response, error) {
			select {
			case <-time.After(8 * time.Second):
				return reply(r, 302, "", "Location", "/"), nil
			case <-r.Context().Done():
				return nil, r.Context().Err()
			}
		}, errTimeout, 30 * time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newFake(t, Config{}, tt.rt)
				start := time.Now()
				_, err := c.Get(t.Context(), Request{URL: "http://a.example/"})
				if wantClass(t, err, Transient); !errors.Is(err, tt.cause) || time.Since(start) != tt.after {
					t.Errorf("after %v: %v, want %v after %v", time.Since(start), err, tt.cause, tt.after)
				}
			})
		})
	}
}

// A slowBody yields a byte at a time until its context ends.
type slowBody struct {
	ctx   context.Context
	every time.Duration
}

func (b *slowBody) Read(p []byte) (int, error) {
	if err := sleepUntil(b.ctx, time.Now().Add(b.every)); err != nil {
		return 0, err
	}
	return copy(p, "x"), nil
}

func (b *slowBody) Close() error { return nil }
