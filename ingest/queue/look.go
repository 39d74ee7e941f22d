package queue

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// scanBatch is how many messages are asked for at once, and scanBytes how
// many bytes of them.
const (
	scanBatch = 10_000
	scanBytes = 8 << 20
)

// A FeedJob is where a feed stands in the queue.
type FeedJob struct {
	State []byte    // what its last poll left; nil before the first
	Next  time.Time // when it is due, or since when it is
	Due   bool      // it is being polled, or waits for a worker
}

// feedJob reads the message of a feed.
func feedJob(subject string, h nats.Header, data []byte, stored time.Time) FeedJob {
	job := FeedJob{State: data, Next: stored, Due: strings.HasPrefix(subject, "feed.due.")}
	if len(data) == 0 {
		job.State = nil
	}
	if at, ok := strings.CutPrefix(h.Get(jetstream.ScheduleHeader), "@at "); ok && !job.Due {
		if t, err := time.Parse(time.RFC3339, at); err == nil {
			job.Next = t
		}
	}
	return job
}

// lastOf returns the newest message of a feed, schedule or due; nil when the
// queue does not know the feed. A poll arms the next schedule before it takes
// the due message away, so the newest one is where the feed stands.
func (q *Queue) lastOf(ctx context.Context, feed string) (*jetstream.RawStreamMsg, error) {
	if err := checkToken("feed", feed); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	msg, err := q.feeds.GetLastMsgForSubject(ctx, "feed.*."+feed)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("schedule of feed %s: %w", feed, err)
	}
	return msg, nil
}

// FeedState returns where a feed stands, and false when the queue does not
// know it.
func (q *Queue) FeedState(ctx context.Context, feed string) (FeedJob, bool, error) {
	msg, err := q.lastOf(ctx, feed)
	if msg == nil {
		return FeedJob{}, false, err
	}
	return feedJob(msg.Subject, msg.Header, msg.Data, msg.Time), true, nil
}

// FeedStates calls f once for each feed, in no order, and returns the first
// error of f as it is. Feeds that are polled meanwhile may be shown as they
// were before or after.
func (q *Queue) FeedStates(ctx context.Context, f func(feed string, j FeedJob) error) error {
	told := map[string]bool{}
	return q.scan(ctx, feedsStream, "feed.*.*", scanBatch, func(msg *nats.Msg) error {
		subject := msg.Header.Get(jetstream.SubjectHeader)
		_, feed, _ := strings.Cut(strings.TrimPrefix(subject, "feed."), ".")
		if told[feed] {
			return nil
		}
		told[feed] = true
		stored, err := time.Parse(time.RFC3339Nano, msg.Header.Get(jetstream.TimeStampHeaer))
		if err != nil {
			return fmt.Errorf("time of %s: %w", subject, err)
		}
		return f(feed, feedJob(subject, msg.Header, msg.Data, stored))
	})
}

// scan calls visit with each message of a stream under filter, in the order of
// their sequences: those there are when it begins, and those that take their
// place meanwhile. A work queue has no consumers but its own, so the messages
// are got directly, many at a time.
func (q *Queue) scan(ctx context.Context, stream, filter string, batch int, visit func(*nats.Msg) error) error {
	nc := q.js.Conn()
	sub, err := nc.SubscribeSync(nc.NewInbox())
	if err != nil {
		return fmt.Errorf("list %s: %w", stream, err)
	}
	defer sub.Unsubscribe()
	for seq := uint64(1); seq != 0; {
		req, err := json.Marshal(map[string]any{"seq": seq, "next_by_subj": filter, "batch": batch, "max_bytes": scanBytes})
		if err == nil {
			err = nc.PublishRequest(q.api()+"DIRECT.GET."+stream, sub.Subject, req)
		}
		if err == nil {
			seq, err = q.page(ctx, sub, visit)
		}
		if err != nil {
			return fmt.Errorf("list %s: %w", stream, err)
		}
	}
	return nil
}

// page hands the messages of one answer to visit and returns the sequence to
// go on from, 0 when there is no more.
func (q *Queue) page(ctx context.Context, sub *nats.Subscription, visit func(*nats.Msg) error) (next uint64, err error) {
	ctx, cancel := context.WithTimeout(ctx, 3*storeTimeout)
	defer cancel()
	for {
		msg, err := sub.NextMsgWithContext(ctx)
		if err != nil {
			return 0, err
		}
		switch status := msg.Header.Get("Status"); status {
		case "":
		case "204": // the end of this answer
			if pending := msg.Header.Get("Nats-Num-Pending"); pending == "" || pending == "0" {
				return 0, nil
			}
			return next, nil
		case "404":
			return 0, nil
		default:
			return 0, fmt.Errorf("server answers %s %s", status, msg.Header.Get("Description"))
		}
		seq, err := strconv.ParseUint(msg.Header.Get(jetstream.SequenceHeader), 10, 64)
		if err != nil {
			return 0, fmt.Errorf("sequence: %w", err)
		}
		next = seq + 1
		if err := visit(msg); err != nil {
			return 0, err
		}
	}
}

// api is what the subjects of JetStream's requests begin with.
func (q *Queue) api() string {
	opts := q.js.Options()
	if opts.Domain != "" {
		return "$JS." + opts.Domain + ".API."
	}
	return strings.TrimSuffix(cmp.Or(opts.APIPrefix, "$JS.API"), ".") + "."
}

// Hurry makes a waiting feed due at a given time, in whole seconds, with the
// state it has; a time that has passed means now. It reports false when the
// feed is due or being polled already, and when the queue does not know it.
func (q *Queue) Hurry(ctx context.Context, feed string, at time.Time) (bool, error) {
	for range maxChangeTries {
		msg, err := q.lastOf(ctx, feed)
		if msg == nil || strings.HasPrefix(msg.Subject, "feed.due.") {
			return false, err
		}
		ok, err := q.rearm(ctx, feed, msg.Sequence, at, msg.Data)
		if ok || err != nil {
			return ok, err
		}
		pause(ctx, 10*time.Millisecond)
		if ctx.Err() != nil {
			return false, ctx.Err()
		}
	}
	return false, fmt.Errorf("feed %s: its schedule changed %d times meanwhile: try again", feed, maxChangeTries)
}

// rearm puts another schedule in the place of that of sequence seq, which
// JetStream then forgets. It reports false when another is there, or none.
//
// A schedule whose time has come is copied into the server's own queue first
// and stored a moment later. When rearm falls into that moment, the feed is
// due once, at once, with the state it had before.
func (q *Queue) rearm(ctx context.Context, feed string, seq uint64, at time.Time, state []byte) (bool, error) {
	subject := "feed.sched." + feed
	return q.swap(ctx, &nats.Msg{Subject: subject, Data: state}, subject, seq, schedule(feed, at)...)
}
