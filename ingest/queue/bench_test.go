package queue

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"conflictwire/deploy/natsd"

	"github.com/nats-io/nats.go/jetstream"
)

// connected returns a queue on a server in dir, where the streams of before
// are made first, and what closes both.
func connected(b testing.TB, dir string, cfg Config, before ...jetstream.StreamConfig) (*Queue, func()) {
	b.Helper()
	s, err := natsd.Start(natsd.Config{Dir: dir})
	if err != nil {
		b.Fatal(err)
	}
	nc, err := s.Connect("bench", nil)
	if err != nil {
		b.Fatal(err)
	}
	js, err := jetstream.New(nc)
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range before {
		if _, err := js.CreateStream(b.Context(), c); err != nil {
			b.Fatal(err)
		}
	}
	q, err := Open(b.Context(), js, cfg)
	if err != nil {
		b.Fatal(err)
	}
	return q, func() { nc.Close(); s.Close() }
}

// syncRate is how many appends of 4 KiB to a file opened with O_SYNC the disk
// takes each second, counted for one second.
func syncRate(b testing.TB) float64 {
	b.Helper()
	f, err := os.OpenFile(filepath.Join(b.TempDir(), "x"), os.O_CREATE|os.O_WRONLY|os.O_APPEND|os.O_SYNC, 0o600)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	data := make([]byte, 4096)
	start, n := time.Now(), 0
	for ; time.Since(start) < time.Second; n++ {
		if _, err := f.Write(data); err != nil {
			b.Fatal(err)
		}
	}
	return float64(n) / time.Since(start).Seconds()
}

func names(n int) []string {
	ids := make([]string, n)
	for i := range ids {
		ids[i] = fmt.Sprintf("feed-%06d", i)
	}
	return ids
}

// synced is FEEDS as it would be without its persist mode.
var synced = jetstream.StreamConfig{Name: feedsStream, Subjects: []string{"feed.>"}, Retention: jetstream.WorkQueuePolicy, AllowMsgSchedules: true, AllowDirect: true}

// BenchmarkPolls is what the queue itself costs: feeds that are all due, 64 at
// once, each put off by an hour with a state of 1 KiB. One operation is one
// poll. On files, x/sync is the rate over that of synced appends of the same
// disk, measured just before and after; "synced" shows what FEEDS would take
// if each of its writes were synced.
func BenchmarkPolls(b *testing.B) {
	for _, bb := range []struct {
		name   string
		memory bool
		before []jetstream.StreamConfig
	}{{name: "memory", memory: true}, {name: "files"}, {name: "synced", before: []jetstream.StreamConfig{synced}}} {
		memory := bb.memory
		b.Run(bb.name, func(b *testing.B) {
			q, done := connected(b, b.TempDir(), Config{Memory: memory}, bb.before...)
			defer done()
			if _, _, err := q.Reconcile(b.Context(), names(b.N), 0); err != nil {
				b.Fatal(err)
			}
			waitDue(b, q, b.N)
			before := 0.0
			if !memory {
				before = syncRate(b)
			}
			state := make([]byte, 1024)
			ctx, cancel := context.WithCancel(b.Context())
			var polls atomic.Int64
			b.ResetTimer()
			if err := q.Feeds(ctx, 64, func(context.Context, string, []byte) (time.Time, []byte, error) {
				if polls.Add(1) == int64(b.N) {
					cancel()
				}
				return time.Now().Add(time.Hour), state, nil
			}, nil); err != nil {
				b.Fatal(err)
			}
			b.StopTimer()
			rate := float64(b.N) / b.Elapsed().Seconds()
			b.ReportMetric(rate, "polls/s")
			if !memory {
				b.ReportMetric(rate/((before+syncRate(b))/2), "x/sync")
			}
		})
	}
}

// waitDue waits until n feeds are due.
func waitDue(b testing.TB, q *Queue, n int) {
	b.Helper()
	for {
		info, err := q.feeds.Info(b.Context(), jetstream.WithSubjectFilter("feed.due.>"))
		if err != nil {
			b.Fatal(err)
		}
		if len(info.State.Subjects) >= n {
			return
		}
		pause(b.Context(), 100*time.Millisecond)
	}
}

// BenchmarkArm is the first start with many feeds. One operation is one feed.
func BenchmarkArm(b *testing.B) {
	q, done := connected(b, b.TempDir(), Config{})
	defer done()
	ids := names(b.N)
	b.ResetTimer()
	if _, _, err := q.Reconcile(b.Context(), ids, time.Hour); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "feeds/s")
}

// BenchmarkManyFeeds is CONFLICTWIRE_FEEDS feeds, armed over a minute for
// each 100,000, polled by 64 workers and put off by as much again. It reports how
// late the second polls were, which includes that schedules count in whole
// seconds; the memory of client and server together; how long it takes to look
// at all states; and how long a restart takes until schedules are reconciled.
func BenchmarkManyFeeds(b *testing.B) {
	n, err := strconv.Atoi(os.Getenv("CONFLICTWIRE_FEEDS"))
	if err != nil {
		b.Skip("takes minutes; set CONFLICTWIRE_FEEDS=100000")
	}
	spread := time.Duration(n) * 600 * time.Microsecond
	dir, ids := b.TempDir(), names(n)
	q, done := connected(b, dir, Config{})
	start := time.Now()
	if armed, _, err := q.Reconcile(b.Context(), ids, spread); armed != n || err != nil {
		b.Fatal(armed, err)
	}
	b.ReportMetric(time.Since(start).Seconds(), "arm-s")
	var mu sync.Mutex
	var late []time.Duration
	peak := 0.0
	pad := make([]byte, 1024)
	ctx, cancel := context.WithTimeout(b.Context(), 10*time.Minute)
	defer cancel()
	if err := q.Feeds(ctx, 64, func(_ context.Context, _ string, state []byte) (time.Time, []byte, error) {
		if state == nil { // the server alone knows when the first poll was planned
			next := time.Now().Add(spread).UTC().Truncate(time.Second)
			return next, append([]byte(next.Format(time.RFC3339)), pad...), nil
		}
		planned, err := time.Parse(time.RFC3339, string(state[:len(state)-len(pad)]))
		if err != nil {
			return time.Time{}, nil, err
		}
		mu.Lock()
		defer mu.Unlock()
		if late = append(late, time.Since(planned)); len(late) == n {
			cancel()
		}
		if len(late)%1000 == 0 {
			peak = max(peak, rss())
		}
		return time.Now().Add(time.Hour), state, nil
	}, nil); err != nil {
		b.Fatal(err)
	}
	if len(late) != n {
		b.Fatalf("%d of %d feeds came round", len(late), n)
	}
	slices.Sort(late)
	b.ReportMetric(late[n/2].Seconds(), "late-p50-s")
	b.ReportMetric(late[n*99/100].Seconds(), "late-p99-s")
	b.ReportMetric(late[n-1].Seconds(), "late-max-s")
	b.ReportMetric(peak, "rss-MB")
	count := 0
	start = time.Now()
	if err := q.FeedStates(b.Context(), func(string, FeedJob) error { count++; return nil }); err != nil || count != n {
		b.Fatal(count, err)
	}
	b.ReportMetric(time.Since(start).Seconds(), "states-s")
	done()
	runtime.GC()
	start = time.Now()
	q, done = connected(b, dir, Config{})
	defer done()
	if armed, retired, err := q.Reconcile(b.Context(), ids, spread); armed+retired != 0 || err != nil {
		b.Fatal(armed, retired, err)
	}
	b.ReportMetric(time.Since(start).Seconds(), "restart-s")
	b.ReportMetric(0, "ns/op")
}

// rss is the memory of this process in MB, 0 where the system does not tell.
func rss() float64 {
	data, _ := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(data)) {
		if f := strings.Fields(line); len(f) > 1 && f[0] == "VmRSS:" {
			kb, _ := strconv.Atoi(f[1])
			return float64(kb) / 1024
		}
	}
	return 0
}
