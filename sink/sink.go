// Package sink publishes what was found out as versioned records on NATS.
//
//	NEWS    news.article.<id>.<language>.<publisher>            every article once
//	COPIES  news.topic.<group>.<topic>.<country>.<id>           one copy per topic
//	        news.desk.<desk>.<id>                               one copy per desk
//
// Records are written under store.<rest>; the streams rename that to
// news.<rest>, keep it, and republish it to core NATS. So a live subscriber
// and one that replays use the same subject, see only what is stored, and see
// each version once.
//
// Every write is a compare-and-set on the sequence of the version before, so
// that any step may run twice, in any number of processes.
package sink

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"sync/atomic"
	"time"

	"conflictwire/enrich/topic"
	"conflictwire/ingest/queue"
	"conflictwire/sink/record"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Names of the streams, for subscribers that make their own consumers.
const (
	NewsStream   = "NEWS"
	CopiesStream = "COPIES"
)

const (
	routerConsumer = "router"
	// storeTimeout bounds one write, acknowledgement included.
	storeTimeout = 10 * time.Second
	// maxVersions is how many versions of one article are kept.
	maxVersions = 16
	// maxTries bounds the attempts of one compare-and-set loop. Each loss means
	// that somebody else stored a version.
	maxTries = 16
	// headerRoom is left in a message for its headers, in bytes.
	headerRoom = 16 << 10
)

// A Config holds the sink's settings. The zero value is fit for use.
type Config struct {
	Retention  time.Duration // how long NEWS and COPIES keep records; 0 means 30 days
	MaxBytes   int64         // most bytes of each of the two, oldest discarded first; 0 means no limit but the store's
	Replicas   int           // copies of each stream: 1, 3 or 5; 0 means 1
	Confidence float64       // least confidence of a topic that gets a copy on its subject, 0 to 1; 0 means [DefaultConfidence]
	Desks      []Desk
	Log        *slog.Logger // nil means none
}

// DefaultConfidence is how sure a topic must be for its subject where the
// configuration does not say. A subscriber trusts a subject; what is less sure
// stays in the record, for those who search.
const DefaultConfidence = 0.85

// DefaultRetention is how long records are kept where the configuration does
// not say.
const DefaultRetention = 30 * 24 * time.Hour

// A Sink publishes records. Its methods may be called concurrently.
type Sink struct {
	js     jetstream.JetStream
	news   jetstream.Stream
	copies jetstream.Stream
	topics atomic.Pointer[map[string]topic.Info] // by ID
	desks  []Desk
	least  float64
	log    *slog.Logger
}

// Open makes the streams and the router's consumer where they are missing and
// brings their settings up to date. topics is the taxonomy, for the codes of
// other vocabularies.
func Open(ctx context.Context, js jetstream.JetStream, topics []topic.Info, cfg Config) (*Sink, error) {
	s := &Sink{js: js, desks: cfg.Desks, least: cmp.Or(cfg.Confidence, DefaultConfidence), log: cfg.Log}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	s.Use(topics)
	common := jetstream.StreamConfig{
		MaxAge:            cmp.Or(cfg.Retention, DefaultRetention),
		MaxBytes:          cmp.Or(cfg.MaxBytes, -1),
		MaxMsgsPerSubject: maxVersions,
		Replicas:          max(cfg.Replicas, 1),
		Compression:       jetstream.S2Compression, // copies of one article lie next to each other
		AllowDirect:       true,
	}
	news, copies := common, common
	news.Name, news.Description = NewsStream, "every version of every article"
	news.Subjects = []string{"store.article.>"}
	news.SubjectTransform = &jetstream.SubjectTransformConfig{Source: "store.article.>", Destination: "news.article.>"}
	news.RePublish = &jetstream.RePublish{Source: "news.article.>", Destination: "news.article.>"}
	copies.Name, copies.Description = CopiesStream, "the same by topic and by desk"
	copies.Subjects = []string{"store.copy.>"}
	copies.SubjectTransform = &jetstream.SubjectTransformConfig{Source: "store.copy.>", Destination: "news.>"}
	copies.RePublish = &jetstream.RePublish{Source: "news.>", Destination: "news.>"}
	var err error
	if s.news, err = queue.EnsureStream(ctx, js, news); err != nil {
		return nil, err
	}
	if s.copies, err = queue.EnsureStream(ctx, js, copies); err != nil {
		return nil, err
	}
	if _, err := s.news.CreateOrUpdateConsumer(ctx, jetstream.ConsumerConfig{
		Durable: routerConsumer, AckPolicy: jetstream.AckExplicitPolicy, AckWait: 10 * time.Second, MaxDeliver: -1, MaxAckPending: 1000,
	}); err != nil {
		return nil, fmt.Errorf("consumer %s: %w", routerConsumer, err)
	}
	return s, nil
}

// Attach returns a sink on streams that a pipeline has made. It fails when
// they are not there.
func Attach(ctx context.Context, js jetstream.JetStream, topics []topic.Info) (*Sink, error) {
	s := &Sink{js: js, log: slog.New(slog.DiscardHandler)}
	s.Use(topics)
	var err error
	if s.news, err = js.Stream(ctx, NewsStream); err != nil {
		return nil, fmt.Errorf("stream %s: %w", NewsStream, err)
	}
	if s.copies, err = js.Stream(ctx, CopiesStream); err != nil {
		return nil, fmt.Errorf("stream %s: %w", CopiesStream, err)
	}
	return s, nil
}

// Use makes topics the taxonomy from now on.
func (s *Sink) Use(topics []topic.Info) {
	byID := make(map[string]topic.Info, len(topics))
	for _, t := range topics {
		byID[t.ID] = t
	}
	s.topics.Store(&byID)
}

// A stored is the newest version under some subject.
type stored struct {
	rec *record.Record
	seq uint64
}

// last returns the newest version of an article; its rec is nil when there is
// none.
func (s *Sink) last(ctx context.Context, id string) (stored, error) {
	msg, err := s.news.GetLastMsgForSubject(ctx, "news.article."+id+".>")
	if isNotFound(err) {
		return stored{}, nil
	}
	if err != nil {
		return stored{}, fmt.Errorf("newest version of %s: %w", id, err)
	}
	rec, err := record.Decode(msg.Data)
	if err != nil {
		return stored{}, fmt.Errorf("newest version of %s: %w", id, err)
	}
	return stored{rec: rec, seq: msg.Sequence}, nil
}

// Last returns the newest version of an article, nil when there is none.
func (s *Sink) Last(ctx context.Context, id string) (*record.Record, error) {
	st, err := s.last(ctx, id)
	return st.rec, err
}

// put stores msg if the newest message under the subject filter guard has
// sequence seq, 0 meaning that there is none. It reports false when there is
// another.
func (s *Sink) put(ctx context.Context, msg *nats.Msg, guard string, seq uint64) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	ack, err := s.js.PublishMsg(ctx, msg, jetstream.WithExpectLastSequenceForSubject(seq, guard))
	if e, ok := errors.AsType[*jetstream.APIError](err); ok && e.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("store %s: %w", msg.Subject, err)
	}
	// The server saw this message id within the last minutes: somebody stored
	// this version, perhaps with other content.
	return !ack.Duplicate, nil
}

// message makes the message of rec for a subject below "store.". suffix sets
// the message ids of copies apart.
func message(rec *record.Record, data []byte, subject, suffix string) *nats.Msg {
	msg := nats.NewMsg("store." + subject)
	msg.Data = data
	h := msg.Header
	version := rec.URI + "@" + rec.Version
	h.Set("Nats-Msg-Id", version+suffix)
	h.Set("News-Id", rec.Conflictwire.ID)
	h.Set("News-Version", rec.Version)
	h.Set("News-Op", string(rec.Conflictwire.Op))
	// CloudEvents 1.0 in binary mode (NATS protocol binding 1.0.2).
	h.Set("Content-Type", "application/json")
	h.Set("ce-specversion", "1.0")
	h.Set("ce-type", "conflictwire.news.article.v1")
	h.Set("ce-id", version)
	h.Set("ce-source", cmp.Or(rec.Conflictwire.Provenance.FeedURL, "urn:conflictwire:feed:"+rec.Conflictwire.Provenance.Feed))
	h.Set("ce-subject", rec.Conflictwire.ID)
	h.Set("ce-time", rec.VersionCreated.Format(time.RFC3339))
	h.Set("traceparent", traceparent(rec))
	return msg
}

// traceparent (W3C Trace Context) gives all versions and copies of an article
// one trace, and each version its own parent.
func traceparent(rec *record.Record) string {
	id := []byte(nil)
	for _, c := range []byte(rec.Conflictwire.ID) {
		if c != '-' {
			id = append(id, c)
		}
	}
	v, _ := strconv.Atoi(rec.Version)
	return fmt.Sprintf("00-%s-%016x-00", id, v)
}

// versionOf is the number of a version as ninjs has it, a string; 0 when it is
// none of ours.
func versionOf(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

func isNotFound(err error) bool { return errors.Is(err, jetstream.ErrMsgNotFound) }
