//go:build unix

package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	scaleRate  = 400 // polls a second that fall due
	scaleHosts = 16
	scaleState = 2048 // bytes: an ETag this long makes states as large as those of feeds with 40 entries
)

// feedsFile writes a configuration of n feeds at the given hosts, each asked
// every so often.
func feedsFile(tb testing.TB, n int, hosts []string, every time.Duration) string {
	tb.Helper()
	var b bytes.Buffer
	fmt.Fprintf(&b, "every: %s\nworkers: {feeds: 64}\nfetch: {pace: -1s, connections: 16, allow: [127.0.0.0/8]}\nfeeds:\n", every)
	for i := range n {
		fmt.Fprintf(&b, "  - {id: feed-%06d, url: %q, publisher: p%d, language: en, every: %s}\n", i, fmt.Sprintf("%s/feed/%06d", hosts[i%len(hosts)], i), i%1000, every)
	}
	path := filepath.Join(tb.TempDir(), "conflictwire.yaml")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		tb.Fatal(err)
	}
	return path
}

// TestPublisherProcess is no test: BenchmarkManyFeeds runs it in a process of
// its own. It serves feeds, tells on its output which one was asked and when,
// and ends with its input.
func TestPublisherProcess(t *testing.T) {
	if os.Getenv("CONFLICTWIRE_PUBLISHER") == "" {
		t.Skip("is the publisher of BenchmarkManyFeeds")
	}
	etag := `"` + strings.Repeat("0123456789abcdef", scaleState/16) + `"`
	var mu sync.Mutex
	var hosts []string
	for range scaleHosts {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		hosts = append(hosts, "http://"+l.Addr().String())
		go http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			now := time.Now()
			w.Header().Set("ETag", etag)
			if r.Header.Get("If-None-Match") == etag {
				w.WriteHeader(http.StatusNotModified)
			} else {
				w.Header().Set("Content-Type", "application/rss+xml")
				io.WriteString(w, `<rss version="2.0"><channel><title>Quiet</title></channel></rss>`)
			}
			mu.Lock()
			defer mu.Unlock()
			fmt.Printf("%s %d\n", strings.TrimPrefix(r.URL.Path, "/feed/"), now.UnixNano())
		}))
	}
	mu.Lock()
	fmt.Println(strings.Join(hosts, " "))
	mu.Unlock()
	io.Copy(io.Discard, os.Stdin)
}

// A rota is when feeds were to be asked, and when they were.
type rota struct {
	mu          sync.Mutex
	planned     map[string]time.Time
	asked       map[string]int
	first, late []time.Duration // of first polls, and of later ones
	last        time.Time       // a feed was asked
}

// ask takes down that a feed was asked.
func (r *rota) ask(id string, at time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last = at
	r.asked[id]++
	due, ok := r.planned[id]
	switch {
	case !ok: // armed before we listened
	case r.asked[id] == 1:
		r.first = append(r.first, at.Sub(due))
	default:
		r.late = append(r.late, at.Sub(due))
	}
}

// plan takes down a schedule on its way into the stream.
func (r *rota) plan(m *nats.Msg) {
	at, err := time.Parse(time.RFC3339, strings.TrimPrefix(m.Header.Get(jetstream.ScheduleHeader), "@at "))
	if err != nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.planned[strings.TrimPrefix(m.Subject, "feed.sched.feed-")] = at
}

// rounds is how often the feed asked least was asked.
func (r *rota) rounds(n int) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.asked) < n {
		return 0
	}
	least := 1 << 30
	for _, k := range r.asked {
		least = min(least, k)
	}
	return least
}

func (r *rota) lastAsked() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.last
}

// percentile sorts list.
func percentile(list []time.Duration, p int) float64 {
	if len(list) == 0 {
		return 0
	}
	slices.Sort(list)
	return list[(len(list)-1)*p/100].Seconds()
}

// BenchmarkManyFeeds is CONFLICTWIRE_FEEDS feeds in the real program, in a
// process of its own, with intervals such that 400 fall due each second. Each
// is polled twice or more. It reports how late polls were, against the
// schedules that the program stored, which count in whole seconds, until the
// publisher got the request; memory and cores of the program, its embedded
// server included; and how long it takes after a start until a feed is asked,
// when the program was stopped before and when it was killed.
func BenchmarkManyFeeds(b *testing.B) {
	n, err := strconv.Atoi(os.Getenv("CONFLICTWIRE_FEEDS"))
	if err != nil {
		b.Skip("takes minutes; set CONFLICTWIRE_FEEDS=100000")
	}
	r := &rota{planned: map[string]time.Time{}, asked: map[string]int{}}
	hosts := scalePublisher(b, r)
	every := max(time.Duration(n)*time.Second/scaleRate, 2*time.Second).Round(time.Second)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	addr := listener.Addr().String()
	listener.Close()
	args := []string{"run", "--config", feedsFile(b, n, hosts, every), "--store", b.TempDir(), "--listen", addr, "--log-level", "warn"}

	began := time.Now()
	p := launch(b, args)
	conn, err := nats.Connect("nats://"+addr, nats.RetryOnFailedConnect(true), nats.MaxReconnects(-1), nats.ReconnectWait(20*time.Millisecond), nats.IgnoreDiscoveredServers())
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	sub, err := conn.Subscribe("feed.sched.*", r.plan)
	if err != nil {
		b.Fatal(err)
	}
	sub.SetPendingLimits(-1, -1)
	b.ReportMetric(polling(b, p, r, began), "first-start-s")

	ctx, cancel := context.WithTimeout(b.Context(), 4*every+2*time.Minute)
	defer cancel()
	peak, half, usedBefore := 0.0, time.Time{}, time.Duration(0)
	for r.rounds(n) < 2 {
		select {
		case <-ctx.Done():
			b.Fatalf("after %v not all feeds were polled twice:\n%s", time.Since(began), clipText(p.log.String(), 2000))
		case <-time.After(time.Second):
		}
		peak = max(peak, rssOf(b, p))
		if half.IsZero() && r.rounds(n) >= 1 {
			half, usedBefore = time.Now(), cpuOf(b, p)
		}
	}
	b.ReportMetric((cpuOf(b, p)-usedBefore).Seconds()/time.Since(half).Seconds(), "cores")
	b.ReportMetric(peak, "rss-peak-MB") // of reading the configuration
	b.ReportMetric(rssOf(b, p), "rss-MB")
	r.mu.Lock()
	b.ReportMetric(percentile(r.first, 99), "first-late-p99-s")
	b.ReportMetric(percentile(r.late, 50), "late-p50-s")
	b.ReportMetric(percentile(r.late, 99), "late-p99-s")
	b.ReportMetric(percentile(r.late, 100), "late-max-s")
	r.mu.Unlock()

	for _, how := range []struct {
		signal syscall.Signal
		metric string
	}{{syscall.SIGTERM, "restart-s"}, {syscall.SIGKILL, "restart-killed-s"}} {
		if err := p.cmd.Process.Signal(how.signal); err != nil {
			b.Fatal(err)
		}
		_ = p.cmd.Wait()
		time.Sleep(time.Second) // what was asked before is told
		began := time.Now()
		p = launch(b, args)
		b.ReportMetric(polling(b, p, r, began), how.metric)
	}
	b.ReportMetric(0, "ns/op")
}

// scalePublisher starts the publisher's process and returns its hosts.
func scalePublisher(b *testing.B, r *rota) []string {
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
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	if !lines.Scan() {
		b.Fatalf("the publisher does not come up: %v", lines.Err())
	}
	hosts := strings.Fields(lines.Text())
	read := make(chan struct{})
	go func() {
		defer close(read)
		for lines.Scan() {
			var id string
			var at int64
			if n, _ := fmt.Sscan(lines.Text(), &id, &at); n == 2 {
				r.ask(id, time.Unix(0, at))
			}
		}
	}()
	b.Cleanup(func() { in.Close(); <-read; cmd.Wait() })
	return hosts
}

// launch starts the program; it is killed in the end.
func launch(b *testing.B, args []string) *program {
	b.Helper()
	p := &program{cmd: exec.Command(os.Args[0], args...)}
	p.cmd.Env = append(os.Environ(), "CONFLICTWIRE_MAIN=1")
	p.cmd.Stderr = &p.log
	if err := p.cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(p.kill)
	return p
}

// polling waits until a feed is asked and returns the seconds since began.
func polling(b *testing.B, p *program, r *rota, began time.Time) float64 {
	b.Helper()
	for !r.lastAsked().After(began) {
		if time.Since(began) > 3*time.Minute {
			b.Fatalf("no feed is asked:\n%s", clipText(p.log.String(), 2000))
		}
		time.Sleep(10 * time.Millisecond)
	}
	return r.lastAsked().Sub(began).Seconds()
}

// rssOf is the memory of the program in MB, 0 where the system does not tell.
func rssOf(b *testing.B, p *program) float64 {
	data, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	for line := range strings.Lines(string(data)) {
		if f := strings.Fields(line); len(f) > 1 && f[0] == "VmRSS:" {
			kb, _ := strconv.Atoi(f[1])
			return float64(kb) / 1024
		}
	}
	return 0
}

// cpuOf is the processor time that the program has used, 0 where the system
// does not tell.
func cpuOf(b *testing.B, p *program) time.Duration {
	data, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	_, rest, _ := strings.Cut(string(data), ") ")
	f := strings.Fields(rest)
	if len(f) < 13 {
		return 0
	}
	user, _ := strconv.Atoi(f[11])
	system, _ := strconv.Atoi(f[12])
	return time.Duration(user+system) * 10 * time.Millisecond
}

// BenchmarkLoadConfig reads a configuration of 100,000 feeds. The baseline is
// what the YAML library itself takes to decode it, without lines and checks.
func BenchmarkLoadConfig(b *testing.B) {
	path := feedsFile(b, 100_000, []string{"http://127.0.0.1:1", "http://127.0.0.1:2"}, 5*time.Minute)
	data, err := os.ReadFile(path)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("loadConfig", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		b.ReportAllocs()
		for b.Loop() {
			cfg, _, err := loadConfig(path)
			if err != nil || len(cfg.Feeds) != 100_000 {
				b.Fatal(err)
			}
			b.StopTimer()
			runtime.GC()
			b.StartTimer()
		}
	})
	b.Run("library", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		b.ReportAllocs()
		for b.Loop() {
			var cfg Config
			if err := yaml.Unmarshal(data, &cfg); err != nil || len(cfg.Feeds) != 100_000 {
				b.Fatal(err)
			}
		}
	})
}
