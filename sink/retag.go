package sink

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"conflictwire/enrich"
	"conflictwire/sink/record"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// TextOf is the text of a record as the tagger takes it.
func TextOf(rec *record.Record) enrich.Text {
	return enrich.Text{Language: cmp.Or(rec.Language, "und"), Headline: rec.Headline(), Lead: rec.Standfirst(), Body: rec.Body("text/plain")}
}

// Retag stores the newest version of an article once more under the tags that
// tag gives it, as a version of its own, if these are about other topics or
// another country than it has. The outcome is Unchanged when they are not, or
// when the article is withdrawn, and Unknown when there is none. It may be
// called again; that stores nothing.
func (s *Sink) Retag(ctx context.Context, id string, tag func(enrich.Text) enrich.Tags) (Result, error) {
	for range maxTries {
		prev, err := s.last(ctx, id)
		switch {
		case err != nil:
			return Result{}, err
		case prev.rec == nil:
			return Result{Outcome: Unknown, ID: id}, nil
		case prev.rec.PubStatus == record.Canceled:
			return Result{Outcome: Unchanged, ID: id}, nil
		}
		rec := *prev.rec
		s.label(&rec, tag(TextOf(prev.rec)))
		if SameTags(prev.rec, &rec) {
			return Result{Outcome: Unchanged, ID: id}, nil
		}
		rec.VersionCreated = time.Now().UTC().Truncate(time.Second)
		follow(&rec, prev.rec)
		rec.Conflictwire.Op = record.Retag
		stored, err := s.store(ctx, &rec, prev.seq)
		if errors.Is(err, nats.ErrMaxPayload) {
			return Result{Outcome: TooLarge, ID: id}, nil
		}
		if err != nil {
			return Result{}, err
		}
		if stored {
			return Result{Outcome: Stored, ID: id, Record: &rec}, nil
		}
	}
	return Result{}, fmt.Errorf("retag %s: lost %d races in a row", id, maxTries)
}

// SameTags reports whether two versions are about the same topics and happen
// in the same country.
func SameTags(a, b *record.Record) bool {
	ids := func(r *record.Record) (out []string) {
		for _, t := range r.Conflictwire.Topics {
			out = append(out, t.ID)
		}
		slices.Sort(out)
		return out
	}
	return a.Conflictwire.Country == b.Conflictwire.Country && slices.Equal(ids(a), ids(b))
}

// Newest hands the newest version of every article to handle, in no order that
// means anything, one at a time: those whose newest version was made since a
// time, withdrawn ones left out. One whose language changed may come twice. It ends at what was stored when it began,
// when ctx is done, or with the first error of handle.
func Newest(ctx context.Context, js jetstream.JetStream, since time.Time, handle func(*record.Record) error) error {
	stream, err := js.Stream(ctx, NewsStream)
	if err != nil {
		return fmt.Errorf("stream %s: %w", NewsStream, err)
	}
	cons, err := stream.OrderedConsumer(ctx, jetstream.OrderedConsumerConfig{
		FilterSubjects: []string{"news.article.>"}, DeliverPolicy: jetstream.DeliverLastPerSubjectPolicy,
	})
	if err != nil {
		return fmt.Errorf("read %s: %w", NewsStream, err)
	}
	info, err := cons.Info(ctx)
	if err != nil {
		return fmt.Errorf("read %s: %w", NewsStream, err)
	}
	left := info.NumPending
	if left == 0 {
		return nil
	}
	iter, err := cons.Messages()
	if err != nil {
		return fmt.Errorf("read %s: %w", NewsStream, err)
	}
	defer iter.Stop()
	for ; left > 0; left-- {
		msg, err := next(ctx, cons, iter)
		if msg == nil {
			return err
		}
		rec, err := record.Decode(msg.Data())
		if err != nil {
			return err
		}
		if rec.PubStatus == record.Canceled || rec.VersionCreated.Before(since) {
			continue
		}
		if err := handle(rec); err != nil {
			return err
		}
	}
	return nil
}

// next waits for a message; nil without an error means that none is left:
// those that were pending have aged out.
func next(ctx context.Context, cons jetstream.Consumer, iter jetstream.MessagesContext) (jetstream.Msg, error) {
	for {
		wait, cancel := context.WithTimeout(ctx, 5*time.Second)
		msg, err := iter.Next(jetstream.NextContext(wait))
		cancel()
		if err == nil || ctx.Err() != nil {
			return msg, ctx.Err()
		}
		if !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, nats.ErrTimeout) {
			return nil, fmt.Errorf("read %s: %w", NewsStream, err)
		}
		info, err := cons.Info(ctx)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", NewsStream, err)
		}
		if info.NumPending == 0 {
			return nil, nil
		}
	}
}
