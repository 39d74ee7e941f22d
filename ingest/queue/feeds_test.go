package queue

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
)

func TestHurriedFeedIsDueOnce(t *testing.T) {
	q := open(t)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if _, _, err := q.Reconcile(ctx, []string{"a"}, 0); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	old := start.Add(4 * time.Second).Truncate(time.Second)
	polls := 0
	armed := make(chan bool)
	go func() {
		<-armed // the first poll has set the time to old
		for ctx.Err() == nil {
			if ok, err := q.Hurry(ctx, "a", time.Now()); ok || err != nil {
				if err != nil {
					t.Error(err)
				}
				return
			}
			pause(ctx, time.Millisecond)
		}
	}()
	go func() {
		// Well past the old time, nothing more has come.
		pause(ctx, time.Until(old.Add(2*time.Second)))
		cancel()
	}()
	err := q.Feeds(ctx, 1, func(_ context.Context, feed string, state []byte) (time.Time, []byte, error) {
		polls++
		switch polls {
		case 1:
			close(armed)
			return old, []byte("learnt"), nil
		case 2:
			if string(state) != "learnt" || !time.Now().Before(old) {
				t.Errorf("hurried poll at %v with state %q, want before %v", time.Now(), state, old)
			}
		default:
			t.Errorf("poll no. %d at %v", polls, time.Now())
		}
		return time.Now().Add(time.Hour), []byte("more"), nil
	}, nil)
	if err != nil || polls != 2 {
		t.Errorf("%d polls, %v, want 2", polls, err)
	}
	if ok, err := q.Hurry(t.Context(), "nobody", time.Now()); ok || err != nil {
		t.Errorf("Hurry of an unknown feed = %t, %v", ok, err)
	}
}

func TestFeedStates(t *testing.T) {
	q := open(t)
	const n = 50
	ids := names(n)
	at := time.Now().Add(time.Hour).Truncate(time.Second)
	for _, feed := range ids[:3] {
		if ok, err := q.store(t.Context(), "feed.sched."+feed, "feed.*."+feed, []byte("state of "+feed), schedule(feed, at)...); !ok || err != nil {
			t.Fatal(ok, err)
		}
	}
	if _, _, err := q.Reconcile(t.Context(), ids, 0); err != nil {
		t.Fatal(err)
	}
	if err := q.Push(t.Context(), ids[5], "text/xml", []byte("<rss/>")); err != nil {
		t.Fatal(err)
	}
	waitDue(t, q, n-3)
	seen := map[string]FeedJob{}
	if err := q.FeedStates(t.Context(), func(id string, j FeedJob) error {
		if _, ok := seen[id]; ok {
			t.Errorf("%s twice", id)
		}
		seen[id] = j
		return nil
	}); err != nil || len(seen) != n {
		t.Fatalf("%d feeds, %v, want %d", len(seen), err, n)
	}
	for i, id := range ids {
		j := seen[id]
		one, ok, err := q.FeedState(t.Context(), id)
		if !ok || err != nil || string(one.State) != string(j.State) || !one.Next.Equal(j.Next) || one.Due != j.Due {
			t.Fatalf("FeedState = %+v, %t, %v, FeedStates has %+v", one, ok, err, j)
		}
		if i < 3 && (string(j.State) != "state of "+id || !j.Next.Equal(at) || j.Due) {
			t.Errorf("waiting feed = %+v", j)
		}
		if i >= 3 && (j.State != nil || !j.Due || time.Since(j.Next) > time.Minute) {
			t.Errorf("due feed = %+v", j)
		}
	}
	if _, ok, err := q.FeedState(t.Context(), "nobody"); ok || err != nil {
		t.Errorf("FeedState of an unknown feed = %t, %v", ok, err)
	}
	// The same in many small answers.
	seen2 := map[string]bool{}
	if err := q.scan(t.Context(), feedsStream, "feed.*.*", 7, func(msg *nats.Msg) error {
		seen2[msg.Header.Get("Nats-Subject")] = true
		return nil
	}); err != nil || len(seen2) != n {
		t.Errorf("scan finds %d subjects, %v, want %d", len(seen2), err, n)
	}
	boom := errors.New("boom")
	if err := q.FeedStates(t.Context(), func(string, FeedJob) error { return boom }); !errors.Is(err, boom) {
		t.Errorf("FeedStates = %v, want the function's error", err)
	}
}

func TestPushesAreWorkedIntoTheWaitingState(t *testing.T) {
	q := open(t)
	ctx, cancel := context.WithTimeout(t.Context(), 40*time.Second)
	defer cancel()
	if _, _, err := q.Reconcile(ctx, []string{"a"}, 0); err != nil {
		t.Fatal(err)
	}
	waitDue(t, q, 1)
	// The pushes come before the first poll, so they wait for it: one twice,
	// one that fails once, one that is no news, and one of nobody's.
	for _, body := range []string{"one", "one", "two", "none"} {
		if err := q.Push(ctx, "a", "text/xml; charset=utf-8", []byte(body)); err != nil {
			t.Fatal(err)
		}
	}
	if err := q.Push(ctx, "gone", "text/xml", []byte("x")); err != nil {
		t.Fatal(err)
	}
	at := time.Now().Add(time.Hour).Truncate(time.Second)
	var mu sync.Mutex
	handed := map[string]int{}
	go func() {
		defer cancel()
		for ctx.Err() == nil {
			if got := subjects(t, q.feeds); len(got) == 1 && got["feed.sched.a"] == 1 {
				return
			}
			pause(ctx, 50*time.Millisecond)
		}
	}()
	err := q.Feeds(ctx, 2, func(context.Context, string, []byte) (time.Time, []byte, error) {
		pause(ctx, time.Second/4) // the pushes come meanwhile
		return at, []byte("polled"), nil
	}, func(_ context.Context, feed string, state []byte, contentType string, body []byte) ([]byte, error) {
		mu.Lock()
		defer mu.Unlock()
		handed[string(body)]++
		if feed != "a" || contentType != "text/xml; charset=utf-8" {
			t.Errorf("push of feed %s as %q", feed, contentType)
		}
		switch {
		case !strings.HasPrefix(string(state), "polled"):
			t.Errorf("push with state %q", state)
		case string(body) == "none":
			return state, nil
		case string(body) == "two" && handed["two"] == 1:
			panic("a bug")
		}
		return fmt.Append(state, "+", string(body)), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if handed["one"] == 0 || handed["two"] < 2 || handed["none"] == 0 || handed["x"] != 0 {
		t.Errorf("pushes handed out: %v", handed)
	}
	job, ok, err := q.FeedState(context.WithoutCancel(ctx), "a")
	if got := string(job.State); got != "polled+one+two" && got != "polled+two+one" || !job.Next.Equal(at) || !ok || err != nil {
		t.Errorf("FeedState = %q, %v, %t, %v", job.State, job.Next, ok, err)
	}
}

func TestPushesAreBounded(t *testing.T) {
	q := open(t)
	if err := q.Push(t.Context(), "a", "", make([]byte, q.js.Conn().MaxPayload())); !errors.Is(err, ErrPushRefused) {
		t.Errorf("a push larger than a message: %v", err)
	}
	if err := q.Push(t.Context(), "a", "", make([]byte, q.js.Conn().MaxPayload()-pushRoom)); err != nil {
		t.Errorf("the largest push: %v", err)
	}
	var err error
	for i := 0; i < 2*maxPushes && err == nil; i++ {
		err = q.Push(t.Context(), "b", "text/xml\r\nNats-Rollup: all", fmt.Append(nil, i))
	}
	if !errors.Is(err, ErrPushRefused) {
		t.Errorf("push after push: %v", err)
	}
	if got := len(subjects(t, q.feeds)); got != maxPushes+1 {
		t.Errorf("%d pushes wait, want %d", got, maxPushes+1)
	}
	if err := q.Push(t.Context(), "b.c", "", nil); err == nil {
		t.Error("a push of a feed with a bad name is stored")
	}
	// A waiting push is no schedule, and goes with its feed.
	if armed, retired, err := q.Reconcile(t.Context(), []string{"b"}, time.Hour); armed != 1 || retired != 0 || err != nil {
		t.Errorf("Reconcile = %d, %d, %v, want 1, 0", armed, retired, err)
	}
	if got := subjects(t, q.feeds); got["feed.sched.b"] != 1 || len(got) != maxPushes+1 {
		t.Errorf("after Reconcile: %d subjects, %d schedules", len(got), got["feed.sched.b"])
	}
	if armed, retired, err := q.Reconcile(t.Context(), nil, 0); armed != 0 || retired != 1 || err != nil {
		t.Errorf("Reconcile = %d, %d, %v, want 0, 1", armed, retired, err)
	}
	if got := subjects(t, q.feeds); len(got) != 0 {
		t.Errorf("left %v", got)
	}
}
