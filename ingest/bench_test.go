//go:build unix

package ingest

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"conflictwire/deploy/natsd"
	"conflictwire/ingest/fetch"
	"conflictwire/ingest/queue"
	"conflictwire/ingest/rhythm"

	"github.com/nats-io/nats.go/jetstream"
)

const (
	benchHosts   = 16 // of the publisher
	benchPollers = 64
	benchETag    = `"5f0c-64a1b2c3d4e5f"`
)

// TestPublisherProcess is no test: BenchmarkPolls runs it in a process of its
// own, so that the publisher's work is not counted as ours. It answers each
// conditional request with 304 until its input ends.
func TestPublisherProcess(t *testing.T) {
	if os.Getenv("CONFLICTWIRE_PUBLISHER") == "" {
		t.Skip("is the publisher of BenchmarkPolls")
	}
	var hosts []string
	for range benchHosts {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		hosts = append(hosts, "http://"+l.Addr().String())
		go http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("ETag", benchETag)
			w.Header().Set("Cache-Control", "max-age=60")
			if r.Header.Get("If-None-Match") != benchETag {
				http.Error(w, "not conditional", http.StatusBadRequest)
				return
			}
			w.WriteHeader(http.StatusNotModified)
		}))
	}
	fmt.Println(strings.Join(hosts, " "))
	io.Copy(io.Discard, os.Stdin)
}

// publisher starts such a process and returns its hosts.
func publisher(b *testing.B) []string {
	b.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestPublisherProcess$")
	cmd.Env = append(os.Environ(), "CONFLICTWIRE_PUBLISHER=1")
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { in.Close(); cmd.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		b.Fatalf("the publisher does not come up: %q, %v", line, err)
	}
	return strings.Fields(line)
}

// weeks is the rhythm of a feed that was polled every hour for four weeks and
// brought a story in each by day.
func weeks(now time.Time) (r rhythm.Rhythm) {
	for at := now.Add(-28 * 24 * time.Hour); at.Before(now); at = at.Add(time.Hour) {
		var fresh []time.Time
		if h := at.Hour(); h > 6 && h < 22 {
			fresh = append(fresh, at.Add(-20*time.Minute))
		}
		r.Observe(at, fresh)
	}
	return r
}

// learnt is the state of a feed of 40 entries that was polled for long.
func learnt(b *testing.B, link string, r rhythm.Rhythm) []byte {
	b.Helper()
	now := time.Now().UTC()
	st := state{URL: link, ETag: benchETag, Body: digestOf(link), Full: now.Add(-time.Hour), OK: now.Add(-6 * time.Minute), Rhythm: r, Why: "6m0s: as often as it brings stories"}
	for i := range 40 {
		e := fmt.Sprintf("%s/story/%d", link, i)
		st.Window = append(st.Window, seen{Key: Key(e), Hash: digestOf(e), ID: digestOf("id " + e), First: now.Add(-time.Duration(i) * time.Hour)})
	}
	for range maxAttempts {
		st.note(Attempt{At: now, Status: 304, Took: 80 * time.Millisecond})
	}
	data, err := json.Marshal(st)
	if err != nil {
		b.Fatal(err)
	}
	return data
}

// cpu is the processor time that this process has used.
func cpu(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// measure runs work, which is b.N polls, and reports how many that were a
// second, and how many a second of one core of this process.
func measure(b *testing.B, work func()) float64 {
	b.Helper()
	before := cpu(b)
	b.ResetTimer()
	work()
	b.StopTimer()
	rate := float64(b.N) / b.Elapsed().Seconds()
	b.ReportMetric(rate, "polls/s")
	b.ReportMetric(float64(b.N)/(cpu(b)-before).Seconds(), "polls/s/core")
	return rate
}

// syncRate is how many appends of 4 KiB to a file opened with O_SYNC the disk
// takes each second, counted for one second.
func syncRate(b *testing.B) float64 {
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

// BenchmarkPolls is the whole way of a feed that has nothing new: due, asked
// over a connection that is open, answered with 304, armed again. All feeds are
// due, 64 are polled at once, and each has the state of one that was polled
// for weeks. One operation is one poll. polls/s/core counts the processor time
// of this process, the embedded server's share included; the publisher is
// another process.
//
//   - get is the baseline: the same requests by a bare http.Client.
//   - poll is Ingester.Poll alone, with the state decoded and encoded.
//   - memory has the queue in memory, files on the disk; there, x/sync is the
//     rate over that of synced appends, measured just before and after.
//
// Say how many feeds there are with -benchtime=20000x.
func BenchmarkPolls(b *testing.B) {
	hosts := publisher(b)
	b.Run("get", func(b *testing.B) {
		client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: benchPollers, MaxIdleConns: benchHosts * benchPollers}}
		defer client.CloseIdleConnections()
		measure(b, func() {
			together(b, func(i int) {
				req, err := http.NewRequestWithContext(b.Context(), http.MethodGet, hosts[i%len(hosts)]+"/feed", nil)
				if err != nil {
					b.Error(err)
					return
				}
				req.Header.Set("If-None-Match", benchETag)
				res, err := client.Do(req)
				if err != nil {
					b.Error(err)
					return
				}
				io.Copy(io.Discard, res.Body)
				res.Body.Close()
				if res.StatusCode != http.StatusNotModified {
					b.Errorf("status %d", res.StatusCode)
				}
			})
		})
	})
	b.Run("poll", func(b *testing.B) {
		in, states, done := polled(b, hosts, queue.Config{Memory: true}, benchPollers)
		defer done()
		ids := in.Feeds.IDs()
		measure(b, func() {
			together(b, func(i int) {
				id := ids[i%len(ids)]
				if next, keep, err := in.Poll(b.Context(), id, states[id]); next.IsZero() || len(keep) == 0 || err != nil {
					b.Errorf("Poll = %v, %d bytes, %v", next, len(keep), err)
				}
			})
		})
	})
	for _, bb := range []struct {
		name   string
		memory bool
	}{{"memory", true}, {"files", false}} {
		b.Run(bb.name, func(b *testing.B) {
			in, states, done := polled(b, hosts, queue.Config{Memory: bb.memory}, b.N)
			defer done()
			due(b, in.Queue, states)
			before := 0.0
			if !bb.memory {
				before = syncRate(b)
			}
			ctx, cancel := context.WithCancel(b.Context())
			defer cancel()
			var polls, bad atomic.Int64
			rate := measure(b, func() {
				if err := in.Queue.Feeds(ctx, benchPollers, func(ctx context.Context, id string, stored []byte) (time.Time, []byte, error) {
					next, keep, err := in.Poll(context.WithoutCancel(ctx), id, stored)
					if time.Until(next) < time.Second {
						bad.Add(1)
					}
					if polls.Add(1) == int64(b.N) {
						cancel()
					}
					return next, keep, err
				}, in.Pushed); err != nil {
					b.Fatal(err)
				}
			})
			if n := bad.Load(); n > 0 {
				b.Errorf("%d polls failed or were to be repeated at once", n)
			}
			if !bb.memory {
				b.ReportMetric(rate/((before+syncRate(b))/2), "x/sync")
			}
			checkPolled(b, in.Queue, b.N)
		})
	}
}

// together calls f with 0 to b.N-1, 64 at once.
func together(b *testing.B, f func(i int)) {
	var wg sync.WaitGroup
	var next atomic.Int64
	for range benchPollers {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < b.N; i = int(next.Add(1)) - 1 {
				f(i)
			}
		})
	}
	wg.Wait()
}

// polled returns an ingester of n feeds with a queue of its own, and the
// states of the feeds.
func polled(b *testing.B, hosts []string, cfg queue.Config, n int) (in *Ingester, states map[string][]byte, done func()) {
	b.Helper()
	server, err := natsd.Start(natsd.Config{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	conn, err := server.Connect("bench", nil)
	if err != nil {
		b.Fatal(err)
	}
	js, err := jetstream.New(conn)
	if err != nil {
		b.Fatal(err)
	}
	q, err := queue.Open(b.Context(), js, cfg)
	if err != nil {
		b.Fatal(err)
	}
	client, err := fetch.New(fetch.Config{Allow: []string{"127.0.0.0/8"}, Pace: -1, Connections: benchPollers})
	if err != nil {
		b.Fatal(err)
	}
	feeds := make([]Feed, n)
	states = make(map[string][]byte, n)
	habits := weeks(time.Now().UTC())
	for i := range feeds {
		feeds[i] = Feed{ID: fmt.Sprintf("feed-%06d", i), URL: fmt.Sprintf("%s/feed/%d", hosts[i%len(hosts)], i)}
		states[feeds[i].ID] = learnt(b, feeds[i].URL, habits)
	}
	in = &Ingester{
		Fetch: client, Queue: q, Feeds: NewRoster(feeds), Log: slog.New(slog.DiscardHandler),
		Known: func(context.Context, string) (Existing, error) { return Existing{}, nil },
	}
	return in, states, func() { client.Close(); conn.Close(); server.Close() }
}

// due gives each feed its state and waits until all are due.
func due(b *testing.B, q *queue.Queue, states map[string][]byte) {
	b.Helper()
	var ids []string
	for id := range states {
		ids = append(ids, id)
	}
	if _, _, err := q.Reconcile(b.Context(), ids, 0); err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	var left atomic.Int64
	left.Store(int64(len(ids)))
	at := time.Now().Add(2*time.Second + time.Duration(len(ids))*200*time.Microsecond)
	if err := q.Feeds(ctx, benchPollers, func(_ context.Context, id string, _ []byte) (time.Time, []byte, error) {
		if left.Add(-1) == 0 {
			cancel()
		}
		return at, states[id], nil
	}, nil); err != nil {
		b.Fatal(err)
	}
	for n := 0; n < len(ids); time.Sleep(100 * time.Millisecond) {
		n = 0
		if err := q.FeedStates(b.Context(), func(_ string, j queue.FeedJob) error {
			if j.Due && len(j.State) > 0 {
				n++
			}
			return nil
		}); err != nil {
			b.Fatal(err)
		}
	}
}

// checkPolled fails unless each of n feeds waits for its next poll, the last
// one answered with 304.
func checkPolled(b *testing.B, q *queue.Queue, n int) {
	b.Helper()
	good := 0
	for end := time.Now().Add(10 * time.Second); good != n && time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		good = 0 // the last acknowledgements are on their way
		if err := q.FeedStates(b.Context(), func(id string, j queue.FeedJob) error {
			st, err := StatusOf(j.State)
			if err != nil {
				return err
			}
			last := st.Polls[len(st.Polls)-1]
			if !j.Due && time.Since(st.OK) < 5*time.Minute && last.Status == 304 && st.Entries == 40 {
				good++
			}
			return nil
		}); err != nil {
			b.Fatal(err)
		}
	}
	if good != n {
		b.Errorf("%d of %d feeds were polled and wait for the next time", good, n)
	}
}
