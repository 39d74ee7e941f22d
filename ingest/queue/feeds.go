package queue

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// A PollFunc polls one feed. state is what the last poll of the feed left,
// nil at the first. It returns when the feed is due next and the state to
// keep; a zero time retires the feed. After an error nothing is kept and the
// feed is handed out again soon.
type PollFunc func(ctx context.Context, feed string, state []byte) (next time.Time, keep []byte, err error)

// Feeds hands due feeds to poll, n at once, until ctx is done.
func (q *Queue) Feeds(ctx context.Context, n int, poll PollFunc) error {
	return Work(ctx, q.feeds, pollConsumer, n, q.log, func(ctx context.Context, msg jetstream.Msg) {
		feed := strings.TrimPrefix(msg.Subject(), "feed.due.")
		next, state, err := time.Now().Add(time.Hour), msg.Data(), error(nil)
		if n := deliveries(msg); n > maxCrashes {
			q.log.Error("feed kills the worker or cannot be stored; put off for an hour", "feed", feed, "n", n)
		} else {
			err = safely(func() (err error) {
				next, state, err = poll(ctx, feed, msg.Data())
				return err
			})
		}
		// What was done is stored even when ctx ended meanwhile.
		ctx = context.WithoutCancel(ctx)
		if err == nil && !next.IsZero() {
			_, err = q.arm(ctx, feed, "feed.sched."+feed, next, state)
		}
		if err != nil {
			q.log.Warn("poll not finished", "feed", feed, "err", err)
			msg.NakWithDelay(q.ackWait / 4)
			return
		}
		msg.Ack()
	})
}

// arm schedules feed unless something is stored under the subject unless.
// It reports whether it did.
func (q *Queue) arm(ctx context.Context, feed, unless string, at time.Time, state []byte) (bool, error) {
	return q.store(ctx, "feed.sched."+feed, unless, state,
		jetstream.WithScheduleAt(at), jetstream.WithScheduleTarget("feed.due."+feed))
}

// Reconcile makes the schedules agree with the list of feeds: feeds without
// one are made due within spread, and those not listed are taken out. Names
// must be single subject tokens. It may be called at any time, by any number
// of workers that share one list.
func (q *Queue) Reconcile(ctx context.Context, feeds []string, spread time.Duration) (armed, retired int, err error) {
	info, err := q.feeds.Info(ctx, jetstream.WithSubjectFilter("feed.>"))
	if err != nil {
		return 0, 0, fmt.Errorf("list schedules: %w", err)
	}
	stored := map[string]bool{}
	for subject := range info.State.Subjects {
		_, feed, _ := strings.Cut(strings.TrimPrefix(subject, "feed."), ".")
		stored[feed] = true
	}
	for _, feed := range feeds {
		if stored[feed] {
			delete(stored, feed)
			continue
		}
		at := time.Now()
		if spread > 0 {
			at = at.Add(rand.N(spread))
		}
		ok, err := q.arm(ctx, feed, "feed.*."+feed, at, nil)
		if err != nil {
			return armed, retired, err
		}
		if ok {
			armed++
		}
	}
	for feed := range stored {
		if err := q.feeds.Purge(ctx, jetstream.WithPurgeSubject("feed.*."+feed)); err != nil {
			return armed, retired, fmt.Errorf("retire feed %s: %w", feed, err)
		}
		retired++
	}
	return armed, retired, nil
}
