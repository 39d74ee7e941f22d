// Package queue holds what is due and when, in JetStream: the schedules of
// feeds, the jobs for pages, and how each job ended.
//
//	FEEDS   feed.sched.<feed> ──at its time──► feed.due.<feed>
//	PAGES   page.sched.<key>  ──at its time──► page.due.<key>
//	LEDGER  ledger.<state>.<key>
//
// The bodies are the caller's. Nothing here is lost when a process dies: a
// job is acknowledged only after its handler returned and what follows from
// that (the next schedule, the retry, the ledger line) was stored. A handler
// may therefore run more than once for the same job.
package queue

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// Stream and consumer names.
const (
	feedsStream  = "FEEDS"
	pagesStream  = "PAGES"
	ledgerStream = "LEDGER"
	pollConsumer = "poll"
	readConsumer = "read"
)

const (
	// storeTimeout bounds one write, acknowledgement included.
	storeTimeout = 10 * time.Second
	// maxCrashes is how often a job may be handed out without coming back
	// before it is held to be what kills the worker.
	maxCrashes = 5
	// maxInFlight bounds the jobs of one kind handed out at once, over all workers.
	maxInFlight = 10_000
)

// A Config holds the queue's settings. The zero value is fit for use.
type Config struct {
	Replicas  int           // copies of each stream, 1, 3 or 5; 0 means 1
	LedgerAge time.Duration // how long the ledger remembers; 0 means 30 days
	AckWait   time.Duration // after which a job whose worker is silent goes to another; 0 means 10 s
	Log       *slog.Logger  // nil means none
}

// A Queue is a connection to the three streams. Its methods may be called
// concurrently.
type Queue struct {
	js      jetstream.JetStream
	feeds   jetstream.Stream
	pages   jetstream.Stream
	ledger  jetstream.Stream
	ackWait time.Duration
	backoff []time.Duration
	log     *slog.Logger
}

// Open makes the streams and consumers where they are missing and brings
// their settings up to date.
func Open(ctx context.Context, js jetstream.JetStream, cfg Config) (*Queue, error) {
	q := &Queue{js: js, ackWait: cmp.Or(cfg.AckWait, 10*time.Second), backoff: backoff[:], log: cfg.Log}
	if q.log == nil {
		q.log = slog.New(slog.DiscardHandler)
	}
	ledgerAge := cmp.Or(cfg.LedgerAge, 30*24*time.Hour)
	work := jetstream.StreamConfig{
		// No limit on bytes: a stream with schedules can only discard its
		// oldest messages, which would be lost. The server's own limit on its
		// store refuses new jobs instead, and the next poll offers them again.
		Retention:         jetstream.WorkQueuePolicy,
		Replicas:          max(cfg.Replicas, 1),
		AllowMsgSchedules: true,
		AllowDirect:       true,
	}
	feeds := work
	feeds.Name, feeds.Subjects, feeds.Description = feedsStream, []string{"feed.>"}, "when each feed is polled next, and its state"
	pages := work
	pages.Name, pages.Subjects, pages.Description = pagesStream, []string{"page.>"}, "pages to read"
	ledger := jetstream.StreamConfig{
		Name: ledgerStream, Subjects: []string{"ledger.>"}, Description: "how entries ended that were not published",
		MaxAge: ledgerAge, MaxMsgsPerSubject: 1, Replicas: max(cfg.Replicas, 1), AllowDirect: true,
	}
	var err error
	for _, s := range []struct {
		cfg jetstream.StreamConfig
		to  *jetstream.Stream
	}{{feeds, &q.feeds}, {pages, &q.pages}, {ledger, &q.ledger}} {
		if *s.to, err = EnsureStream(ctx, js, s.cfg); err != nil {
			return nil, err
		}
	}
	for _, c := range []struct {
		stream        jetstream.Stream
		durable, subj string
	}{{q.feeds, pollConsumer, "feed.due.>"}, {q.pages, readConsumer, "page.due.>"}} {
		if _, err := c.stream.CreateOrUpdateConsumer(ctx, jetstream.ConsumerConfig{
			Durable: c.durable, FilterSubject: c.subj, AckPolicy: jetstream.AckExplicitPolicy,
			AckWait: q.ackWait, MaxDeliver: -1, MaxAckPending: maxInFlight,
		}); err != nil {
			return nil, fmt.Errorf("consumer %s: %w", c.durable, err)
		}
	}
	return q, nil
}

// Attach returns a queue on streams that a pipeline has made, for looking into
// it. It fails when they are not there.
func Attach(ctx context.Context, js jetstream.JetStream) (*Queue, error) {
	q := &Queue{js: js, log: slog.New(slog.DiscardHandler)}
	var err error
	for name, to := range map[string]*jetstream.Stream{feedsStream: &q.feeds, pagesStream: &q.pages, ledgerStream: &q.ledger} {
		if *to, err = js.Stream(ctx, name); err != nil {
			return nil, fmt.Errorf("stream %s: %w", name, err)
		}
	}
	return q, nil
}

// store publishes data to subject if nothing is stored under unless, which
// may hold wildcards. It reports false when something is.
func (q *Queue) store(ctx context.Context, subject, unless string, data []byte, opts ...jetstream.PublishOpt) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	opts = append(opts, jetstream.WithExpectLastSequenceForSubject(0, unless))
	_, err := q.js.Publish(ctx, subject, data, opts...)
	if wrongLastSequence(err) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("store %s: %w", subject, err)
	}
	return true, nil
}

// wrongLastSequence reports whether a compare-and-set found another value:
// what was to be stored is there already.
func wrongLastSequence(err error) bool {
	e, ok := errors.AsType[*jetstream.APIError](err)
	return ok && e.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence
}

// deliveries is how often msg was handed out, 1 for the first time.
func deliveries(msg jetstream.Msg) int {
	m, err := msg.Metadata()
	if err != nil {
		return 1
	}
	return int(m.NumDelivered)
}
