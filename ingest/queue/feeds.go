package queue

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// A PollFunc polls one feed. state is what the last poll of the feed left,
// nil at the first. It returns when the feed is due next and the state to
// keep; a zero time retires the feed. After an error nothing is kept and the
// feed is handed out again soon.
type PollFunc func(ctx context.Context, feed string, state []byte) (next time.Time, keep []byte, err error)

// Feeds hands due feeds to poll and what hubs sent to push, n of each at
// once, until ctx is done. With a nil push the pushes stay where they are.
func (q *Queue) Feeds(ctx context.Context, n int, poll PollFunc, push PushFunc) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var errPush error
	var wg sync.WaitGroup
	if push != nil {
		wg.Go(func() {
			defer cancel() // one is no use without the other
			errPush = Work(ctx, q.feeds, pushConsumer, n, q.log, func(ctx context.Context, msg jetstream.Msg) { q.pushed(ctx, msg, push) })
		})
	}
	err := Work(ctx, q.feeds, pollConsumer, n, q.log, func(ctx context.Context, msg jetstream.Msg) { q.polled(ctx, msg, poll) })
	cancel()
	wg.Wait()
	return errors.Join(err, errPush)
}

// polled hands one due feed to poll and schedules the next time.
func (q *Queue) polled(ctx context.Context, msg jetstream.Msg, poll PollFunc) {
	feed := strings.TrimPrefix(msg.Subject(), "feed.due.")
	next, state, err := time.Now().Add(time.Hour), msg.Data(), error(nil)
	if len(state) == 0 {
		state = nil
	}
	if n := deliveries(msg); n > maxCrashes {
		q.log.Error("feed kills the worker or cannot be stored; put off for an hour", "feed", feed, "n", n)
	} else {
		err = safely(func() (err error) {
			next, state, err = poll(ctx, feed, state)
			return err
		})
	}
	// What was done is stored even when ctx ended meanwhile.
	stopped := ctx.Err() != nil
	ctx = context.WithoutCancel(ctx)
	if err == nil && !next.IsZero() {
		_, err = q.store(ctx, "feed.sched."+feed, "feed.sched."+feed, state, schedule(feed, next)...)
		if errors.Is(err, nats.ErrMaxPayload) {
			q.log.Error("feed's state is larger than the server takes; the old one is kept, for an hour", "feed", feed, "n", len(state))
			_, err = q.store(ctx, "feed.sched."+feed, "feed.sched."+feed, msg.Data(), schedule(feed, time.Now().Add(time.Hour))...)
		}
	}
	if err != nil && stopped {
		msg.Nak() // cut short by our own end: the next worker starts at once
		return
	}
	if err != nil {
		q.log.Warn("poll not finished", "feed", feed, "err", err)
		msg.NakWithDelay(q.ackWait / 4)
		return
	}
	msg.Ack()
}

// schedule makes a message due as a feed's.
func schedule(feed string, at time.Time) []jetstream.PublishOpt {
	return []jetstream.PublishOpt{jetstream.WithScheduleAt(at), jetstream.WithScheduleTarget("feed.due." + feed)}
}

// maxArming bounds the schedules under way to the server at once, and
// maxRetiring the feeds that are taken out at once.
const (
	maxArming   = 256
	maxRetiring = 16
)

// Reconcile makes the schedules agree with the list of feeds: feeds without
// one are made due within spread, and those not listed are taken out. Names
// must be single subject tokens. It may be called at any time, by any number
// of workers that share one list; after an error it may be called again.
func (q *Queue) Reconcile(ctx context.Context, feeds []string, spread time.Duration) (armed, retired int, err error) {
	stored, err := q.storedFeeds(ctx)
	if err != nil {
		return 0, 0, err
	}
	var missing []string
	for _, feed := range feeds {
		if err := checkToken("feed", feed); err != nil {
			return 0, 0, err
		}
		if !stored[feed].scheduled {
			missing = append(missing, feed)
		}
		delete(stored, feed)
	}
	if armed, err = q.armAll(ctx, missing, spread); err != nil {
		return armed, 0, err
	}
	retired, err = q.retire(ctx, stored)
	return armed, retired, err
}

// A storedFeed is what the stream holds of a feed.
type storedFeed struct{ scheduled, pushed bool }

func (q *Queue) storedFeeds(ctx context.Context) (map[string]storedFeed, error) {
	info, err := q.feeds.Info(ctx, jetstream.WithSubjectFilter("feed.>"))
	if err != nil {
		return nil, fmt.Errorf("list schedules: %w", err)
	}
	stored := make(map[string]storedFeed, len(info.State.Subjects))
	for subject := range info.State.Subjects {
		kind, rest, _ := strings.Cut(strings.TrimPrefix(subject, "feed."), ".")
		feed, _, _ := strings.Cut(rest, ".")
		s := stored[feed]
		if kind == "push" {
			s.pushed = true
		} else {
			s.scheduled = true
		}
		stored[feed] = s
	}
	return stored, nil
}

// armAll schedules feeds that have neither a schedule nor are due, at random
// times within spread, and returns how many that were. Many are under way at
// once; the first error ends it.
func (q *Queue) armAll(ctx context.Context, feeds []string, spread time.Duration) (armed int, err error) {
	var flying []jetstream.PubAckFuture
	land := func() {
		ok, e := landed(ctx, flying[0])
		if flying = flying[1:]; ok {
			armed++
		} else if err == nil {
			err = e
		}
	}
	for _, feed := range feeds {
		if len(flying) == maxArming {
			land()
		}
		if err != nil {
			break
		}
		at := time.Now()
		if spread > 0 {
			at = at.Add(rand.N(spread))
		}
		f, e := q.js.PublishAsync("feed.sched."+feed, nil, append(schedule(feed, at), jetstream.WithExpectLastSequenceForSubject(0, "feed.*."+feed))...)
		if e != nil {
			err = fmt.Errorf("store feed.sched.%s: %w", feed, e)
			break
		}
		flying = append(flying, f)
	}
	for len(flying) > 0 {
		land()
	}
	return armed, err
}

// landed waits for the server's answer and reports whether the message was
// stored. It is not when there was another already.
func landed(ctx context.Context, f jetstream.PubAckFuture) (bool, error) {
	var err error
	select {
	case <-f.Ok():
		return true, nil
	case err = <-f.Err():
		if wrongLastSequence(err) {
			return false, nil
		}
	case <-ctx.Done():
		err = ctx.Err()
	case <-time.After(storeTimeout):
		err = context.DeadlineExceeded
	}
	return false, fmt.Errorf("store %s: %w", f.Msg().Subject, err)
}

// retire takes feeds out and returns how many of them had a schedule.
func (q *Queue) retire(ctx context.Context, feeds map[string]storedFeed) (retired int, err error) {
	var wg sync.WaitGroup
	var mu sync.Mutex
	free := make(chan struct{}, maxRetiring)
	for feed, s := range feeds {
		free <- struct{}{}
		wg.Go(func() {
			defer func() { <-free }()
			e := q.takeOut(ctx, feed, s)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case e != nil:
				err = cmp.Or(err, e)
			case s.scheduled:
				retired++
			}
		})
	}
	wg.Wait()
	return retired, err
}

func (q *Queue) takeOut(ctx context.Context, feed string, s storedFeed) error {
	var subjects []string
	if s.scheduled {
		subjects = append(subjects, "feed.*."+feed)
	}
	if s.pushed {
		subjects = append(subjects, "feed.push."+feed+".*")
	}
	for _, subject := range subjects {
		if err := q.feeds.Purge(ctx, jetstream.WithPurgeSubject(subject)); err != nil {
			return fmt.Errorf("retire feed %s: %w", feed, err)
		}
	}
	return nil
}
