// Package queue holds what is due and when, in JetStream: the schedules of
// feeds, the jobs for pages, and how each job ended.
//
//	FEEDS   feed.sched.<feed> ──at its time──► feed.due.<feed>
//	        feed.push.<feed>.<hash>: what a hub sent, until it is worked in
//	PAGES   page.sched.<key>  ──at its time──► page.due.<key>
//	        reread.<key>      ──at its time──► page.due.<key>
//	LEDGER  ledger.<state>.<key>
//	        ledger.sighted.<key>.<feed>: which feeds showed an entry
//
// and in two key-value buckets: SOURCES, what people changed about feeds while
// the program runs, and HOSTS, when each host may be asked next, for all
// workers together.
//
// The bodies are the caller's. Nothing here is lost when a process dies: a
// job is acknowledged only after its handler returned and what follows from
// that (the next schedule, the retry, the ledger line) was stored. A handler
// may therefore run more than once for the same job.
//
// FEEDS is written to the disk without waiting for it, unless it is
// replicated: one poll takes four writes, and all that a power cut can take
// are the states of the last feeds polled, which cost a second reading of
// what they list. Every other stream here is synced as the server does it.
package queue

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Stream and consumer names.
const (
	feedsStream  = "FEEDS"
	pagesStream  = "PAGES"
	ledgerStream = "LEDGER"
	pollConsumer = "poll"
	pushConsumer = "push"
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
	Memory    bool          // keep nothing on the disk, for tests and benchmarks
	Log       *slog.Logger  // nil means none
}

// A Queue is a connection to the streams and buckets. Its methods may be
// called concurrently.
type Queue struct {
	js      jetstream.JetStream
	feeds   jetstream.Stream
	pages   jetstream.Stream
	ledger  jetstream.Stream
	sources jetstream.KeyValue
	hosts   *hosts // nil in a queue of Attach
	ackWait time.Duration
	backoff []time.Duration
	log     *slog.Logger
}

// Open makes the streams, consumers and buckets where they are missing and
// brings their settings up to date.
func Open(ctx context.Context, js jetstream.JetStream, cfg Config) (*Queue, error) {
	q := &Queue{js: js, ackWait: cmp.Or(cfg.AckWait, 10*time.Second), backoff: backoff[:], log: cfg.Log}
	if q.log == nil {
		q.log = slog.New(slog.DiscardHandler)
	}
	storage, replicas := jetstream.FileStorage, max(cfg.Replicas, 1)
	if cfg.Memory {
		storage = jetstream.MemoryStorage
	}
	work := jetstream.StreamConfig{
		// No limit on bytes: a stream with schedules can only discard its
		// oldest messages, which would be lost. The server's own limit on its
		// store refuses new jobs instead, and the next poll offers them again.
		Retention:         jetstream.WorkQueuePolicy,
		Storage:           storage,
		Replicas:          replicas,
		AllowMsgSchedules: true,
		AllowDirect:       true,
	}
	feeds := work
	feeds.Name, feeds.Subjects, feeds.Description = feedsStream, []string{"feed.>"}, "when each feed is polled next, and its state"
	mode, err := persistMode(ctx, js, feeds)
	if err != nil {
		return nil, err
	}
	feeds.PersistMode = mode
	pages := work
	pages.Name, pages.Subjects, pages.Description = pagesStream, []string{"page.>", "reread.>"}, "pages to read"
	ledger := jetstream.StreamConfig{
		Name: ledgerStream, Subjects: []string{"ledger.>"}, Description: "how entries ended that were not published",
		MaxAge: cmp.Or(cfg.LedgerAge, 30*24*time.Hour), MaxMsgsPerSubject: 1, Storage: storage, Replicas: replicas, AllowDirect: true,
	}
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
	}{{q.feeds, pollConsumer, "feed.due.>"}, {q.feeds, pushConsumer, "feed.push.>"}, {q.pages, readConsumer, "page.due.>"}} {
		if _, err := c.stream.CreateOrUpdateConsumer(ctx, jetstream.ConsumerConfig{
			Durable: c.durable, FilterSubject: c.subj, AckPolicy: jetstream.AckExplicitPolicy,
			AckWait: q.ackWait, MaxDeliver: -1, MaxAckPending: maxInFlight,
		}); err != nil {
			return nil, fmt.Errorf("consumer %s: %w", c.durable, err)
		}
	}
	if q.sources, err = ensureBucket(ctx, js, sourcesConfig(storage, replicas)); err != nil {
		return nil, err
	}
	if q.hosts, err = openHosts(ctx, js, replicas); err != nil {
		return nil, err
	}
	return q, nil
}

// persistMode is how the stream of the feeds is written: that of the stream
// when there is one, because it cannot be changed, and otherwise without
// waiting for the disk where the server offers that.
func persistMode(ctx context.Context, js jetstream.JetStream, cfg jetstream.StreamConfig) (jetstream.PersistModeType, error) {
	stream, err := js.Stream(ctx, cfg.Name)
	switch {
	case err == nil:
		return stream.CachedInfo().Config.PersistMode, nil
	case cfg.Replicas > 1 || cfg.Storage == jetstream.MemoryStorage:
		return jetstream.DefaultPersistMode, nil
	case passes(err), errors.Is(err, jetstream.ErrStreamNotFound):
		return jetstream.AsyncPersistMode, nil
	}
	return jetstream.DefaultPersistMode, fmt.Errorf("stream %s: %w", cfg.Name, err)
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
	if q.sources, err = js.KeyValue(ctx, sourcesBucket); err != nil {
		return nil, fmt.Errorf("bucket %s: %w", sourcesBucket, err)
	}
	return q, nil
}

// store publishes data to subject if nothing is stored under unless, which
// may hold wildcards. It reports false when something is.
func (q *Queue) store(ctx context.Context, subject, unless string, data []byte, opts ...jetstream.PublishOpt) (bool, error) {
	return q.swap(ctx, &nats.Msg{Subject: subject, Data: data}, unless, 0, opts...)
}

// swap publishes msg if the newest message under filter is that of sequence
// seq, or if there is none and seq is 0. It reports false when it is another.
func (q *Queue) swap(ctx context.Context, msg *nats.Msg, filter string, seq uint64, opts ...jetstream.PublishOpt) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	opts = append(opts, jetstream.WithExpectLastSequenceForSubject(seq, filter))
	_, err := q.js.PublishMsg(ctx, msg, opts...)
	if wrongLastSequence(err) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("store %s: %w", msg.Subject, err)
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

// token is what may stand in a subject between two dots: the name of a feed
// or the key of an entry.
var token = regexp.MustCompile(`^[-_=a-zA-Z0-9]{1,128}$`)

// checkToken says what is wrong with a name that is to become part of a
// subject.
func checkToken(what, name string) error {
	if !token.MatchString(name) {
		return fmt.Errorf("%s %.130q: must be 1 to 128 letters, digits, '-', '_' or '='", what, name)
	}
	return nil
}
