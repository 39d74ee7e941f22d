package queue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"conflictwire/deploy/natsd"

	"github.com/nats-io/nats.go/jetstream"
)

// open returns a queue on a server of its own.
func open(t *testing.T) *Queue {
	t.Helper()
	s, err := natsd.Start(natsd.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	nc, err := s.Connect("test", nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	q, err := Open(t.Context(), js, Config{AckWait: time.Second, Log: slog.New(slog.NewTextHandler(t.Output(), nil))})
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// subjects is how many messages stream holds under each subject.
func subjects(t *testing.T, s jetstream.Stream) map[string]uint64 {
	t.Helper()
	info, err := s.Info(t.Context(), jetstream.WithSubjectFilter(">"))
	if err != nil {
		t.Fatal(err)
	}
	return info.State.Subjects
}

func TestReconcileArmsAndRetires(t *testing.T) {
	q := open(t)
	for _, tt := range []struct {
		feeds          []string
		armed, retired int
	}{
		{[]string{"a", "b", "c"}, 3, 0},
		{[]string{"a", "b", "c"}, 0, 0},
		{[]string{"b", "d"}, 1, 2},
		{nil, 0, 2},
	} {
		armed, retired, err := q.Reconcile(t.Context(), tt.feeds, time.Hour)
		if err != nil || armed != tt.armed || retired != tt.retired {
			t.Errorf("Reconcile(%v) = %d, %d, %v, want %d, %d", tt.feeds, armed, retired, err, tt.armed, tt.retired)
		}
		if got := subjects(t, q.feeds); len(got) != len(tt.feeds) {
			t.Errorf("after Reconcile(%v): %v", tt.feeds, got)
		}
	}
}

func TestFeedsComeRoundWithTheirState(t *testing.T) {
	q := open(t)
	if _, _, err := q.Reconcile(t.Context(), []string{"a", "b"}, 0); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	var mu sync.Mutex
	polls := map[string][]string{}
	err := q.Feeds(ctx, 2, func(_ context.Context, feed string, state []byte) (time.Time, []byte, error) {
		mu.Lock()
		defer mu.Unlock()
		polls[feed] = append(polls[feed], string(state))
		n := len(polls[feed])
		if len(polls["a"]) >= 4 && len(polls["b"]) >= 3 {
			cancel()
		}
		switch {
		case feed == "a" && n == 2:
			panic("a bug")
		case feed == "b" && n == 2:
			return time.Time{}, nil, errors.New("pages could not be stored")
		}
		return time.Now(), fmt.Appendf(nil, "%s%d", feed, n), nil
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	// A poll that failed is repeated with the state it had.
	for feed, want := range map[string]string{"a": "[ a1 a1 a3]", "b": "[ b1 b1]"} {
		if got := fmt.Sprint(polls[feed]); len(got) < len(want) || got[:len(want)-1] != want[:len(want)-1] {
			t.Errorf("states of feed %s = %s, want %s…", feed, got, want)
		}
	}
	// Whatever happened, each feed has exactly one message, once the last
	// acknowledgements have arrived.
	for deadline := time.Now().Add(10 * time.Second); len(subjects(t, q.feeds)) > 2 && time.Now().Before(deadline); {
		pause(t.Context(), 10*time.Millisecond)
	}
	for subject, n := range subjects(t, q.feeds) {
		if n != 1 {
			t.Errorf("%d messages on %s", n, subject)
		}
	}
	if got := subjects(t, q.feeds); len(got) != 2 {
		t.Errorf("subjects = %v, want one of each feed", got)
	}
}

func TestFeedRetiresItself(t *testing.T) {
	q := open(t)
	if _, _, err := q.Reconcile(t.Context(), []string{"a"}, 0); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := q.Feeds(ctx, 1, func(context.Context, string, []byte) (time.Time, []byte, error) {
		cancel()
		return time.Time{}, nil, nil
	}, nil); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(10 * time.Second); len(subjects(t, q.feeds)) > 0 && time.Now().Before(deadline); {
		pause(t.Context(), 10*time.Millisecond)
	}
	if got := subjects(t, q.feeds); len(got) != 0 {
		t.Errorf("subjects = %v, want none", got)
	}
}

func TestAddQueuesAKeyOnce(t *testing.T) {
	q := open(t)
	for i, want := range []bool{true, false, false} {
		if got, err := q.Add(t.Context(), Job{Key: "k", URL: "https://a.example/1"}); got != want || err != nil {
			t.Errorf("Add no. %d = %t, %v, want %t", i+1, got, err, want)
		}
	}
}

func TestPagesEnd(t *testing.T) {
	q := open(t)
	q.backoff = make([]time.Duration, len(backoff)) // every retry at once

	boom := errors.New("boom")
	want := map[string]State{
		"ok": "", "gone": Gone, "fails": Dead, "panics": Dead, "promised": "", "later": "", "garbage": Dead,
	}
	for key := range want {
		if key == "garbage" {
			if _, err := q.js.Publish(t.Context(), "page.due.garbage", []byte("{")); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if _, err := q.Add(t.Context(), Job{Key: key, URL: "https://a.example/" + key, Feed: "a", Body: json.RawMessage(`{}`)}); err != nil {
			t.Fatal(err)
		}
	}
	var reads [3]atomic.Int32
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	go func() {
		defer cancel()
		for ctx.Err() == nil && len(subjects(t, q.pages)) > 0 {
			pause(ctx, 50*time.Millisecond)
		}
	}()
	err := q.Pages(ctx, 4, func(_ context.Context, job Job) error {
		switch job.Key {
		case "gone":
			return fmt.Errorf("read: %w", &End{State: Gone, Reason: "410"})
		case "fails":
			reads[0].Add(1)
			return boom
		case "panics":
			panic(boom)
		case "promised":
			if reads[1].Add(1) == 1 {
				return &Retry{At: time.Now().Add(time.Second), Promised: true, Err: boom}
			}
			if job.Slot.IsZero() || job.Attempt != 1 {
				return &End{State: Dead, Reason: fmt.Sprintf("slot %v, attempt %d", job.Slot, job.Attempt)}
			}
		case "later":
			if reads[2].Add(1) == 1 {
				return &Retry{At: time.Now().Add(time.Second), Err: boom}
			}
			if !job.Slot.IsZero() || job.Attempt != 2 {
				return &End{State: Dead, Reason: fmt.Sprintf("slot %v, attempt %d", job.Slot, job.Attempt)}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := subjects(t, q.pages); len(got) != 0 {
		t.Errorf("pages left: %v", got)
	}
	for key, state := range want {
		line, ok, err := q.Ended(context.WithoutCancel(t.Context()), key)
		if err != nil || ok != (state != "") || line.State != state {
			t.Errorf("Ended(%s) = %+v, %t, %v, want state %q", key, line, ok, err, state)
		}
		if line.State == Dead && line.Job == nil {
			t.Errorf("dead letter of %s does not carry its job", key)
		}
	}
	if got, want := int(reads[0].Load()), len(backoff)+1; got != want {
		t.Errorf("a failing page was read %d times, want %d", got, want)
	}
}

func TestPageThatKillsTheWorkerIsPutAside(t *testing.T) {
	q := open(t)
	if _, err := q.Add(t.Context(), Job{Key: "k"}); err != nil {
		t.Fatal(err)
	}
	cons, err := q.pages.Consumer(t.Context(), readConsumer)
	if err != nil {
		t.Fatal(err)
	}
	for range maxCrashes {
		msg, err := cons.Next()
		if err != nil {
			t.Fatal(err)
		}
		msg.Nak() // as good as a worker that died, without the wait
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	go func() {
		defer cancel()
		for ctx.Err() == nil && len(subjects(t, q.pages)) > 0 {
			pause(ctx, 20*time.Millisecond)
		}
	}()
	if err := q.Pages(ctx, 1, func(context.Context, Job) error {
		t.Error("read once more")
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if line, _, err := q.Ended(t.Context(), "k"); line.State != Dead || err != nil {
		t.Errorf("Ended = %+v, %v, want a dead letter", line, err)
	}
}

func TestRereads(t *testing.T) {
	q := open(t)
	q.backoff = make([]time.Duration, len(backoff))
	job := Job{Key: "k", URL: "https://a.example/1", Body: json.RawMessage(`{"etag":1}`)}
	if err := q.Again(t.Context(), job, time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if got, state, err := q.Waiting(t.Context(), "k"); state != "again" || got.Reread != 1 || err != nil {
		t.Errorf("Waiting = %+v, %q, %v, want again", got, state, err)
	}
	// It does not stand in the way of a change, and goes on waiting behind it.
	if ok, err := q.Add(t.Context(), job); !ok || err != nil {
		t.Errorf("Add beside a re-read = %t, %v", ok, err)
	}
	if _, state, err := q.Waiting(t.Context(), "k"); state != "due" || err != nil {
		t.Errorf("Waiting = %q, %v, want due", state, err)
	}
	if err := q.Forget(t.Context(), "k"); err != nil {
		t.Fatal(err)
	}
	if got := subjects(t, q.pages); len(got) != 1 || got["page.due.k"] != 1 {
		t.Errorf("after Forget: %v", got)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	var reads []int
	withdrawn := false
	go func() {
		defer cancel()
		for ctx.Err() == nil && (len(subjects(t, q.pages)) > 0) {
			pause(ctx, 50*time.Millisecond)
		}
	}()
	if err := q.Pages(ctx, 1, func(ctx context.Context, job Job) error {
		if string(job.Body) != `{"etag":1}` || job.Attempt != 1 && !withdrawn {
			t.Errorf("job = %+v", job)
		}
		reads = append(reads, job.Reread)
		switch job.Reread {
		case 0, 1:
			job.Attempt, job.Slot = 3, time.Now() // belong to the reading that has ended
			later := q.Again(ctx, job, time.Now().Add(time.Hour))
			return errors.Join(later, q.Again(ctx, job, time.Now())) // takes its place
		}
		if err := q.Again(ctx, job, time.Now().Add(time.Hour)); err != nil {
			return err
		}
		withdrawn = true
		return &End{State: Gone, Reason: "410"}
	}); err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(reads) != "[0 1 2]" {
		t.Errorf("readings = %v", reads)
	}
	if got := subjects(t, q.pages); len(got) != 0 {
		t.Errorf("a page that is gone is read again: %v", got)
	}
	if line, _, err := q.Ended(t.Context(), "k"); line.State != Gone || err != nil {
		t.Errorf("Ended = %+v, %v", line, err)
	}
}

func TestRereadThatFailsLeavesTheEntryAsItEnded(t *testing.T) {
	q := open(t)
	q.backoff = nil
	if err := q.Record(t.Context(), Line{State: Published, Key: "k", ID: "other"}); err != nil {
		t.Fatal(err)
	}
	if err := q.Again(t.Context(), Job{Key: "k"}, time.Now()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	go func() {
		defer cancel()
		for ctx.Err() == nil && len(subjects(t, q.pages)) > 0 {
			pause(ctx, 50*time.Millisecond)
		}
	}()
	if err := q.Pages(ctx, 1, func(context.Context, Job) error { return errors.New("down") }); err != nil {
		t.Fatal(err)
	}
	if line, ok, err := q.Ended(t.Context(), "k"); line.ID != "other" || !ok || err != nil {
		t.Errorf("Ended = %+v, %t, %v, want the line of before", line, ok, err)
	}
}

func TestSightings(t *testing.T) {
	q := open(t)
	if feeds, err := q.Sightings(t.Context(), "k"); len(feeds) != 0 || err != nil {
		t.Errorf("Sightings of nothing = %v, %v", feeds, err)
	}
	for _, feed := range []string{"c", "a", "c", "b"} {
		if err := q.Sight(t.Context(), "k", feed); err != nil {
			t.Fatal(err)
		}
	}
	if err := q.Sight(t.Context(), "other", "z"); err != nil {
		t.Fatal(err)
	}
	if feeds, err := q.Sightings(t.Context(), "k"); fmt.Sprint(feeds) != "[a b c]" || err != nil {
		t.Errorf("Sightings = %v, %v", feeds, err)
	}
	if _, ok, err := q.Ended(t.Context(), "k"); ok || err != nil {
		t.Errorf("Ended of an entry that was only sighted = %t, %v", ok, err)
	}
	if err := q.Record(t.Context(), Line{State: Stale, Key: "k"}); err != nil {
		t.Fatal(err)
	}
	if counts, err := q.Tally(t.Context()); fmt.Sprint(counts) != "map[stale:1]" || err != nil {
		t.Errorf("Tally = %v, %v", counts, err)
	}
	for i := range maxSightings + 1 {
		if err := q.Sight(t.Context(), "crowd", fmt.Sprintf("f%d", i)); err != nil {
			t.Fatal(err)
		}
	}
	if feeds, err := q.Sightings(t.Context(), "crowd"); len(feeds) != maxSightings || err != nil {
		t.Errorf("%d sightings, %v, want %d", len(feeds), err, maxSightings)
	}
}
