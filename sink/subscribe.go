package sink

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// A Query says what to subscribe to.
type Query struct {
	Subject string    // "news.topic.peace.>"; wildcards as in NATS
	Since   time.Time // replay what was stored since; zero: only what comes from now on
	Follow  bool      // go on with what comes; false: end when all stored records were handed out
}

// Subscribe hands each record under the query's subject to handle, in the
// order of storing, one at a time, first those stored and then those that
// come. It resumes by itself after a lost connection, without loss or
// repetition. It returns when ctx is done, when a query without Follow is at
// its end, or with the first error of handle.
func Subscribe(ctx context.Context, js jetstream.JetStream, q Query, handle func(jetstream.Msg) error) error {
	name, err := streamOf(q.Subject)
	if err != nil {
		return err
	}
	stream, err := js.Stream(ctx, name)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		return fmt.Errorf("this server has no stream %s: has conflictwire run on it?", name)
	}
	if err != nil {
		return fmt.Errorf("stream %s: %w", name, err)
	}
	cfg := jetstream.OrderedConsumerConfig{FilterSubjects: []string{q.Subject}, DeliverPolicy: jetstream.DeliverNewPolicy}
	if !q.Since.IsZero() {
		cfg.DeliverPolicy, cfg.OptStartTime = jetstream.DeliverByStartTimePolicy, &q.Since
	}
	cons, err := stream.OrderedConsumer(ctx, cfg)
	if err != nil {
		return fmt.Errorf("subscribe to %s: %w", q.Subject, err)
	}
	if !q.Follow {
		info, err := cons.Info(ctx)
		if err != nil {
			return fmt.Errorf("subscribe to %s: %w", q.Subject, err)
		}
		if info.NumPending == 0 {
			return nil
		}
	}
	iter, err := cons.Messages()
	if err != nil {
		return fmt.Errorf("subscribe to %s: %w", q.Subject, err)
	}
	defer iter.Stop()
	for {
		msg, err := iter.Next(jetstream.NextContext(ctx))
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return fmt.Errorf("subscription to %s: %w", q.Subject, err)
		}
		if err := handle(msg); err != nil {
			return err
		}
		if meta, err := msg.Metadata(); !q.Follow && err == nil && meta.NumPending == 0 {
			return nil
		}
	}
}

// streamOf says which stream holds a subject.
func streamOf(subject string) (string, error) {
	t := strings.Split(subject, ".")
	if len(t) < 2 || t[0] != "news" || strings.ContainsAny(subject, " \t\r\n") {
		return "", fmt.Errorf("%q is not a subject of ours: news.article.>, news.topic.<group>.<topic>.<country>.> or news.desk.<desk>.>", subject)
	}
	switch t[1] {
	case "article":
		return NewsStream, nil
	case "topic", "desk":
		return CopiesStream, nil
	}
	return "", fmt.Errorf("%q spans several streams: choose news.article.> (every article once), news.topic.> or news.desk.>", subject)
}
