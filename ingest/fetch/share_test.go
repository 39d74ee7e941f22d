package fetch

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// store returns a Reserve that keeps what it is told in memory, and counts
// what it is asked by key.
func store() (Reserve, *sync.Map) {
	shared := &turns{hosts: make(map[string]*hostTurns)}
	var asked sync.Map
	return func(_ context.Context, key string, from time.Time, every time.Duration) (time.Time, error) {
		n, _ := asked.LoadOrStore(key, new(int))
		shared.mu.Lock()
		*n.(*int)++
		shared.mu.Unlock()
		return shared.reserve(key, from, every), nil
	}, &asked
}

func TestSharedTurnsDecide(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		c := newFake(t, Config{Pace: 7 * time.Second}, func(r *http.Request) (*http.Response, error) {
			asked++
			return reply(r, 200, "ok"), nil
		})
		var turn time.Time
		c.ShareTurns(func(_ context.Context, key string, from time.Time, every time.Duration) (time.Time, error) {
			if key == "a.example:443"+pauseKey {
				return from, nil
			}
			if key != "a.example:443" || from.Before(time.Now()) || every != 7*time.Second {
				t.Errorf("reserve(%q, %v, %v)", key, from, every)
			}
			return turn, nil
		})
		get := func() error {
			_, err := c.Get(t.Context(), Request{URL: "https://a.example/"})
			return err
		}
		turn = time.Now().Add(MaxWait)
		if err := get(); err != nil || !time.Now().Equal(turn) {
			t.Errorf("went at %v, want %v: %v", time.Now(), turn, err)
		}
		turn = time.Now().Add(MaxWait + 1)
		if fe := wantClass(t, get(), Throttled); !fe.Until.Equal(turn) {
			t.Errorf("promised %v, want %v", fe.Until, turn)
		}
		// What was promised last counts here too, whatever the store says next.
		next := turn.Add(7 * time.Second)
		turn = time.Time{}
		if fe := wantClass(t, get(), Throttled); !fe.Until.Equal(next) || asked != 1 {
			t.Errorf("asked %d times and promised %v, want once and %v", asked, fe.Until, next)
		}
	})
}

func TestSharedTurnsThatFailLeaveTheOwn(t *testing.T) {
	tests := []struct {
		name    string
		reserve Reserve
		asked   int           // in 30 requests, all but the first of which wait
		delay   time.Duration // of the first request
	}{
		{"refuses", func(context.Context, string, time.Time, time.Duration) (time.Time, error) {
			return time.Time{}, errors.New("no server")
		}, 3, 0},
		{"hangs", func(ctx context.Context, _ string, _ time.Time, _ time.Duration) (time.Time, error) {
			<-ctx.Done()
			return time.Time{}, ctx.Err()
		}, 3, shareTimeout},
		{"has gone mad", func(_ context.Context, _ string, from time.Time, _ time.Duration) (time.Time, error) {
			return from.AddDate(900, 0, 0), nil
		}, 59, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var last time.Time
				c := newFake(t, Config{}, func(r *http.Request) (*http.Response, error) {
					if gap := time.Since(last); gap < time.Second {
						t.Errorf("went %v after the last", gap)
					}
					last = time.Now()
					return reply(r, 200, "ok"), nil
				})
				asked := 0
				c.ShareTurns(func(ctx context.Context, key string, from time.Time, every time.Duration) (time.Time, error) {
					asked++
					return tt.reserve(ctx, key, from, every)
				})
				start := time.Now()
				for i := range 30 {
					if _, err := c.Get(t.Context(), Request{URL: "http://a.example/"}); err != nil {
						t.Fatal(err)
					}
					if took := time.Since(start); i == 0 && took != tt.delay {
						t.Errorf("the first request took %v, want %v", took, tt.delay)
					}
				}
				if asked != tt.asked {
					t.Errorf("the store was asked %d times, want %d", asked, tt.asked)
				}
			})
		})
	}
}

// A burst of one worker is asked for in its order and one at a time, so that
// it loses nothing to itself.
func TestSharedTurnsAreAskedForOneAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newFake(t, Config{Connections: 30}, func(r *http.Request) (*http.Response, error) { return reply(r, 200, "ok"), nil })
		reserve, _ := store()
		var mu sync.Mutex
		busy, asked := false, 0
		c.ShareTurns(func(ctx context.Context, key string, from time.Time, every time.Duration) (time.Time, error) {
			if strings.HasSuffix(key, pauseKey) {
				return from, nil
			}
			mu.Lock()
			if busy {
				t.Error("asked twice at once")
			}
			busy = true
			asked++
			mu.Unlock()
			time.Sleep(time.Millisecond)
			mu.Lock()
			busy = false
			mu.Unlock()
			return reserve(ctx, key, from, every)
		})
		start := time.Now()
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				if _, err := c.Get(t.Context(), Request{URL: "http://a.example/"}); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if took := time.Since(start); asked != 20 || took > 19*time.Second+50*time.Millisecond {
			t.Errorf("20 requests asked %d times and took %v, want 20 times and about 19s", asked, took)
		}
	})
}

func TestPauseReachesOtherWorkers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		reserve, _ := store()
		var workers [2]*Client
		var asked [2]int
		for i := range workers {
			workers[i] = newFake(t, Config{Pace: 4 * time.Second}, func(r *http.Request) (*http.Response, error) {
				asked[i]++
				if r.URL.Path == "/limited" {
					return reply(r, 429, "", "Retry-After", "600"), nil
				}
				return reply(r, 200, "ok"), nil
			})
			workers[i].ShareTurns(reserve)
		}
		get := func(i int, path string, slot time.Time) error {
			_, err := workers[i].Get(t.Context(), Request{URL: "http://a.example" + path, Slot: slot})
			return err
		}
		start := time.Now()
		until := start.Add(4*time.Second + 600*time.Second)
		if err := get(0, "/", time.Time{}); err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		wg.Go(func() { wantClass(t, get(0, "/limited", time.Time{}), Throttled) }) // in 4 s
		synctest.Wait()
		// These have their turns before anybody knows of the pause.
		wg.Go(func() {
			if fe := wantClass(t, get(1, "/", time.Time{}), Throttled); fe.Until.Before(until) {
				t.Errorf("one who slept is sent back to %v, want %v or later", fe.Until.Sub(start), until.Sub(start))
			}
		})
		synctest.Wait()
		for range 3 {
			wg.Go(func() { _ = get(1, "/", time.Time{}) })
		}
		synctest.Wait()
		slot := wantClass(t, get(1, "/", time.Time{}), Throttled).Until
		if want := start.Add(24 * time.Second); !slot.Equal(want) {
			t.Fatalf("promised %v, want %v", slot.Sub(start), want.Sub(start))
		}
		time.Sleep(time.Until(slot))
		if fe := wantClass(t, get(1, "/", slot), Throttled); fe.Until.Before(until) {
			t.Errorf("a promised turn in the pause is sent back to %v, want %v or later", fe.Until.Sub(start), until.Sub(start))
		}
		wg.Wait()
		if fe := wantClass(t, get(1, "/", time.Time{}), Throttled); fe.Until.Before(until) {
			t.Errorf("a new request goes at %v, want %v or later", fe.Until.Sub(start), until.Sub(start))
		}
		if asked != [2]int{2, 0} {
			t.Errorf("the workers asked %v times, want 2 and 0", asked)
		}
	})
}

// A world of many hosts and four workers, in virtual time: no host may be
// asked sooner than its pace after the last time, or in a pause it asked for,
// whoever asks.
func TestWorldStaysPolite(t *testing.T) {
	hosts, each := 10_000, 6
	if testing.Short() {
		hosts = 1_000
	}
	synctest.Test(t, func(t *testing.T) {
		const pace, workers = 2 * time.Second, 4
		w := &world{start: time.Now(), pace: pace, hosts: make(map[string]*worldHost)}
		reserve, _ := store()
		var clients [workers]*Client
		for i := range clients {
			clients[i] = newFake(t, Config{Pace: pace, Connections: 8, Concurrency: 1 << 16}, w.answer)
			clients[i].ShareTurns(reserve)
		}
		rng := rand.New(rand.NewPCG(7, 7))
		var jobs []worldJob
		for i := range hosts {
			name := fmt.Sprintf("h%d.example", i)
			h := &worldHost{every: pace, took: time.Duration(rng.IntN(1500)) * time.Millisecond}
			n := each
			switch i % 100 {
			case 0: // so busy that turns are promised
				n = 10 * each
			case 1, 2, 3: // robots.txt asks for more
				h.every = time.Duration(3+rng.IntN(28)) * time.Second
				for _, c := range clients {
					c.robots.lookup("http://" + name)
					c.robots.land("http://"+name, &robotsEntry{rules: &robots{delay: h.every}, until: w.start.Add(robotsAge)})
				}
			case 4, 5: // has enough of us twice
				h.limits = 2
			case 6: // both
				n, h.limits = 5*each, 1
			}
			w.hosts[name] = h
			burst := time.Duration(rng.IntN(3600)) * time.Second
			for range n {
				jobs = append(jobs, worldJob{rng.IntN(workers), "http://" + name + "/", burst + time.Duration(rng.IntN(40_000))*time.Millisecond, h.every > pace})
			}
		}
		// Each of these workers' hands does one job after the other, as there
		// would be no memory for a goroutine a job.
		slices.SortFunc(jobs, func(a, b worldJob) int { return cmp.Compare(a.at, b.at) })
		queue := make(chan worldJob)
		var wg sync.WaitGroup
		for range 4096 {
			wg.Go(func() {
				for j := range queue {
					w.do(t, clients[j.worker], j)
				}
			})
		}
		for _, j := range jobs {
			_ = sleepUntil(t.Context(), w.start.Add(j.at))
			queue <- j
		}
		close(queue)
		wg.Wait()
		if w.violations > 0 || w.served != len(jobs) {
			t.Errorf("%d violations (%s), %d of %d served", w.violations, w.first, w.served, len(jobs))
		}
		if w.promised == 0 || w.limited == 0 || w.slow == 0 {
			t.Errorf("the world was too kind: %d promises, %d rate limits, %d gaps by Crawl-delay", w.promised, w.limited, w.slow)
		}
		t.Logf("%d hosts, %d requests of %d workers in %v of their time: %d violations, %d promised turns, %d rate limits, %d gaps by Crawl-delay",
			hosts, w.served, workers, time.Since(w.start).Round(time.Second), w.violations, w.promised, w.limited, w.slow)
	})
}

type worldJob struct {
	worker int
	url    string
	at     time.Duration
	robots bool // only where robots.txt is known: it is asked within a turn
}

// A world notes when its hosts are asked. Its methods may be called
// concurrently.
type world struct {
	mu                                          sync.Mutex
	start                                       time.Time
	pace                                        time.Duration
	hosts                                       map[string]*worldHost
	violations, served, promised, limited, slow int
	first                                       string // violation
}

type worldHost struct {
	every  time.Duration
	took   time.Duration // to answer
	limits int           // rate limits left to answer with
	n      int           // requests so far
	last   time.Time
	closed time.Time // the end of the pause asked for
}

func (w *world) answer(r *http.Request) (*http.Response, error) {
	w.mu.Lock()
	h := w.hosts[r.URL.Host]
	now := time.Now()
	if gap := now.Sub(h.last); h.n > 0 && gap < h.every || now.Before(h.closed) {
		if w.violations++; w.violations == 1 {
			w.first = fmt.Sprintf("%s %v after the last, want %v, and %v before the end of a pause", r.URL.Host, gap, h.every, h.closed.Sub(now))
		}
	}
	if h.n > 0 && h.every > w.pace {
		w.slow++
	}
	h.last = now
	h.n++
	limit := h.limits > 0 && h.n%3 == 0
	if limit {
		h.limits--
		w.limited++
	}
	w.mu.Unlock()
	if !limit {
		time.Sleep(h.took)
		return reply(r, 200, "ok"), nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	h.closed = now.Add(90 * time.Second)
	return reply(r, 429, "", "Retry-After", "90"), nil
}

// do asks until it is answered, taking the turns it is promised.
func (w *world) do(t *testing.T, c *Client, j worldJob) {
	req := Request{URL: j.url, Robots: j.robots}
	for range 50 {
		_, err := c.Get(t.Context(), req)
		if err == nil {
			w.mu.Lock()
			w.served++
			w.mu.Unlock()
			return
		}
		fe, ok := errors.AsType[*Error](err)
		if !ok || fe.Class != Throttled {
			t.Errorf("%s: %v", j.url, err)
			return
		}
		w.mu.Lock()
		w.promised++
		w.mu.Unlock()
		req.Slot = fe.Until
		_ = sleepUntil(t.Context(), req.Slot)
	}
	t.Errorf("%s: never answered", j.url)
}
