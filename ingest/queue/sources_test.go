package queue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"conflictwire/deploy/natsd"

	"github.com/nats-io/nats.go/jetstream"
)

func TestSourcesAreChangedOneAfterTheOther(t *testing.T) {
	q := open(t)
	if _, ok, err := q.Source(t.Context(), "a"); ok || err != nil {
		t.Errorf("Source of nothing = %t, %v", ok, err)
	}
	if err := q.RemoveSource(t.Context(), "a"); err != nil {
		t.Error(err)
	}
	// Many changes at once, none of them lost.
	const n = 12
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			if err := q.ChangeSource(t.Context(), "a", func(s *Source) error {
				s.Note += "x"
				return nil
			}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if s, ok, err := q.Source(t.Context(), "a"); len(s.Note) != n || !ok || err != nil || time.Since(s.At) > time.Minute {
		t.Errorf("Source = %+v, %t, %v, want %d changes", s, ok, err, n)
	}
	boom := errors.New("boom")
	if err := q.ChangeSource(t.Context(), "a", func(s *Source) error { s.Paused = true; return boom }); err != boom {
		t.Errorf("ChangeSource = %v, want the function's own error", err)
	}
	if err := q.ChangeSource(t.Context(), "b", func(s *Source) error {
		s.Feed, s.Note = json.RawMessage(`{"id":"b"}`), "by hand"
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	all, err := q.Sources(t.Context())
	if err != nil || len(all) != 2 || all["a"].Paused || string(all["b"].Feed) != `{"id":"b"}` || all["b"].Note != "by hand" {
		t.Errorf("Sources = %+v, %v", all, err)
	}
	if err := q.RemoveSource(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	if all, err := q.Sources(t.Context()); err != nil || len(all) != 1 {
		t.Errorf("Sources after removal = %+v, %v", all, err)
	}
	if err := q.ChangeSource(t.Context(), "a", func(s *Source) error { s.Note += "new"; return nil }); err != nil {
		t.Fatal(err)
	}
	if s, _, err := q.Source(t.Context(), "a"); s.Note != "new" || err != nil {
		t.Errorf("Source made again = %+v, %v", s, err)
	}
}

func TestSourcesAreBounded(t *testing.T) {
	q := open(t)
	for _, id := range []string{"", "a.b", "a b", "*", ">", "é", strings.Repeat("a", 129)} {
		if err := q.ChangeSource(t.Context(), id, func(*Source) error { return nil }); err == nil {
			t.Errorf("ChangeSource(%q) succeeds", id)
		}
	}
	if err := q.ChangeSource(t.Context(), "a", func(s *Source) error { s.Note = strings.Repeat("n", maxSource-200); return nil }); err != nil {
		t.Errorf("a source just below the limit: %v", err)
	}
	if err := q.ChangeSource(t.Context(), "a", func(s *Source) error { s.Note = strings.Repeat("n", maxSource); return nil }); err == nil {
		t.Error("a source above the limit is stored")
	}
}

func TestWatchSourcesSurvivesARestart(t *testing.T) {
	dir, listen := t.TempDir(), "127.0.0.1:0"
	start := func() *natsd.Server {
		s, err := natsd.Start(natsd.Config{Dir: dir, Listen: listen})
		if err != nil {
			t.Fatal(err)
		}
		listen = strings.TrimPrefix(s.URL(), "nats://")
		return s
	}
	s := start()
	dial := func() *Queue {
		nc, err := natsd.Dial("nats://"+listen, "", "test", nil)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(nc.Close)
		js, err := jetstream.New(nc)
		if err != nil {
			t.Fatal(err)
		}
		q, err := Open(t.Context(), js, Config{AckWait: time.Second})
		if err != nil {
			t.Fatal(err)
		}
		return q
	}
	q := dial()
	note := func(q *Queue, id string) {
		t.Helper()
		if err := q.ChangeSource(t.Context(), id, func(s *Source) error { s.Note += "x"; return nil }); err != nil {
			t.Fatal(err)
		}
	}
	note(q, "a")
	note(q, "b")
	var mu sync.Mutex
	seen := map[string]string{}
	await := func(want string) {
		t.Helper()
		got := ""
		for deadline := time.Now().Add(60 * time.Second); time.Now().Before(deadline); pause(t.Context(), 20*time.Millisecond) {
			mu.Lock()
			got = ""
			for _, id := range slices.Sorted(maps.Keys(seen)) {
				got += fmt.Sprintf("%s=%s ", id, seen[id])
			}
			mu.Unlock()
			if got == want {
				return
			}
		}
		t.Fatalf("watched %q, want %q", got, want)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() {
		ended <- q.WatchSources(ctx, func(id string, s *Source) {
			mu.Lock()
			defer mu.Unlock()
			if s == nil {
				delete(seen, id)
			} else {
				seen[id] = s.Note
			}
		})
	}()
	await("a=x b=x ")
	note(q, "a")
	if err := q.RemoveSource(t.Context(), "b"); err != nil {
		t.Fatal(err)
	}
	await("a=xx ")
	s.Close()
	s = start()
	defer s.Close()
	other := dial() // the watcher's connection may not be back yet
	note(other, "c")
	// A source that went without leaving a mark, as when the bucket is lost.
	stream, err := other.js.Stream(t.Context(), "KV_"+sourcesBucket)
	if err != nil {
		t.Fatal(err)
	}
	if err := stream.Purge(t.Context(), jetstream.WithPurgeSubject("$KV."+sourcesBucket+".a")); err != nil {
		t.Fatal(err)
	}
	await("c=x ")
	// The turns of hosts were in the server's memory.
	if _, err := other.Reserve(t.Context(), "a.example", time.Now(), time.Second); err != nil {
		t.Error(err)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("WatchSources = %v", err)
	}
}
