package queue

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"mime"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	// maxPushes bounds the pushes of one feed that wait at once.
	maxPushes = 32
	// maxPushTries is how often a push is handed out before it is dropped.
	maxPushTries = 20
	// pushPause is how long a push waits for the poll of its feed to end.
	pushPause = time.Second
	// pushRoom is what subject and headers of a push may take, in bytes.
	pushRoom = 4 << 10
)

// ErrPushRefused is the error of a push that is larger than the server takes,
// or one of too many: poll the feed instead, with [Queue.Hurry].
var ErrPushRefused = errors.New("push refused")

// A PushFunc works in what a hub sent of a feed. state is what the last poll
// left, nil before the first. It returns the state to keep, which takes the
// place of the other without changing when the feed is polled next. After an
// error nothing is kept and the push is handed out again soon, at most 20
// times; then it is dropped, because a poll sees the same entries. It may run
// more than once for a push, and a state that it returned may be lost when
// the feed fell due that moment.
type PushFunc func(ctx context.Context, feed string, state []byte, contentType string, body []byte) (keep []byte, err error)

// Push queues what a hub sent of a feed. A push with the body of one that
// waits still is no second one. It fails with [ErrPushRefused] when body is
// larger than the server's messages, or when 32 pushes of the feed wait.
func (q *Queue) Push(ctx context.Context, feed, contentType string, body []byte) error {
	if err := checkToken("feed", feed); err != nil {
		return err
	}
	if limit := q.js.Conn().MaxPayload() - pushRoom; int64(len(body)) > limit {
		return fmt.Errorf("%w: %d bytes for feed %s, at most %d", ErrPushRefused, len(body), feed, limit)
	}
	subjects := "feed.push." + feed + "."
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	info, err := q.feeds.Info(ctx, jetstream.WithSubjectFilter(subjects+"*"))
	if err != nil {
		return fmt.Errorf("pushes of feed %s: %w", feed, err)
	}
	if n := len(info.State.Subjects); n >= maxPushes {
		return fmt.Errorf("%w: %d for feed %s wait", ErrPushRefused, n, feed)
	}
	sum := sha256.Sum256(body)
	msg := &nats.Msg{Subject: subjects + hex.EncodeToString(sum[:8]), Data: body, Header: nats.Header{}}
	if _, _, err := mime.ParseMediaType(contentType); err == nil && len(contentType) <= 255 {
		msg.Header.Set("Content-Type", contentType)
	}
	_, err = q.swap(ctx, msg, msg.Subject, 0)
	return err
}

// pushed hands one push to push and stores the state it keeps.
func (q *Queue) pushed(ctx context.Context, msg jetstream.Msg, push PushFunc) {
	feed, _, _ := strings.Cut(strings.TrimPrefix(msg.Subject(), "feed.push."), ".")
	if n := deliveries(msg); n > maxPushTries {
		q.log.Warn("push dropped; a poll sees the same entries", "feed", feed, "n", n)
		msg.Ack()
		return
	}
	done, err := q.workIn(ctx, feed, msg, push)
	switch {
	case err != nil:
		q.log.Warn("push not finished", "feed", feed, "err", err)
		msg.NakWithDelay(max(q.ackWait/4, pushPause))
	case !done:
		msg.NakWithDelay(pushPause)
	default:
		msg.Ack()
	}
}

// workIn reports whether a push is done with: worked into the state of its
// feed, or of a feed that has retired. It is not while the feed is polled, or
// when a poll was quicker.
func (q *Queue) workIn(ctx context.Context, feed string, msg jetstream.Msg, push PushFunc) (bool, error) {
	sched, err := q.lastOf(ctx, feed)
	if err != nil {
		return false, err
	}
	if sched == nil {
		q.log.Debug("push of a retired feed dropped", "feed", feed)
		return true, nil
	}
	job := feedJob(sched.Subject, sched.Header, sched.Data, sched.Time)
	if job.Due {
		return false, nil
	}
	var keep []byte
	err = safely(func() (err error) {
		keep, err = push(ctx, feed, job.State, msg.Headers().Get("Content-Type"), msg.Data())
		return err
	})
	if err != nil {
		return false, err
	}
	if bytes.Equal(keep, job.State) {
		return true, nil
	}
	// What was done is stored even when ctx ended meanwhile.
	return q.rearm(context.WithoutCancel(ctx), feed, sched.Sequence, job.Next, keep)
}
