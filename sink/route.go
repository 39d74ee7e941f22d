package sink

import (
	"context"
	"fmt"
	"strings"
	"time"

	"conflictwire/ingest/queue"
	"conflictwire/sink/record"

	"github.com/nats-io/nats.go/jetstream"
)

// routers is how many records are routed at once.
const routers = 8

// Route copies each record of NEWS to the subjects of its topics and of the
// desks that take it, until ctx is done. Copies are derived from the stored
// record alone, so it does not matter which worker makes them, or how often.
func (s *Sink) Route(ctx context.Context) error {
	return queue.Work(ctx, s.news, routerConsumer, routers, s.log, func(ctx context.Context, msg jetstream.Msg) {
		ctx = context.WithoutCancel(ctx) // a record that is begun is finished
		if err := s.route(ctx, msg.Data()); err != nil {
			s.log.Warn("record not routed; it comes back", "id", msg.Subject(), "err", err)
			msg.NakWithDelay(2 * time.Second)
			return
		}
		msg.Ack()
	})
}

func (s *Sink) route(ctx context.Context, data []byte) error {
	rec, err := record.Decode(data)
	if err != nil {
		s.log.Error("record in NEWS does not decode; passed over", "err", err)
		return nil
	}
	current := s.subjectsOf(rec)
	for _, subject := range current {
		if err := s.copyTo(ctx, rec, data, subject, false); err != nil {
			return err
		}
	}
	if versionOf(rec.Version) <= 1 {
		return nil
	}
	// Whoever got an earlier version gets the correction or withdrawal too,
	// under the subject where it came, though the article no longer belongs there.
	former, err := s.formerSubjects(ctx, rec.Conflictwire.ID, current)
	if err != nil {
		return err
	}
	for _, subject := range former {
		if err := s.copyTo(ctx, rec, data, subject, true); err != nil {
			return err
		}
	}
	return nil
}

// subjectsOf lists where copies of rec belong, without the leading "news.".
func (s *Sink) subjectsOf(rec *record.Record) []string {
	c := &rec.Conflictwire
	var out []string
	for _, t := range c.Topics {
		if t.Confidence >= s.least {
			out = append(out, "topic."+strings.TrimPrefix(t.ID, tagPrefix)+"."+c.Country+"."+c.ID)
		}
	}
	for _, d := range s.desks {
		if rec.PubStatus == record.Usable && d.takes(rec) {
			out = append(out, "desk."+d.ID+"."+c.ID)
		}
	}
	return out
}

// formerSubjects lists where copies of an article are, beyond current.
func (s *Sink) formerSubjects(ctx context.Context, id string, current []string) ([]string, error) {
	is := map[string]bool{}
	for _, c := range current {
		is[c] = true
	}
	var out []string
	for _, filter := range []string{"news.topic.*.*.*." + id, "news.desk.*." + id} {
		info, err := s.copies.Info(ctx, jetstream.WithSubjectFilter(filter))
		if err != nil {
			return nil, fmt.Errorf("earlier copies of %s: %w", id, err)
		}
		for subject := range info.State.Subjects {
			if rest := strings.TrimPrefix(subject, "news."); !is[rest] {
				out = append(out, rest)
			}
		}
	}
	return out, nil
}

// copyTo stores rec under a subject unless this version or a later one is
// there.
func (s *Sink) copyTo(ctx context.Context, rec *record.Record, data []byte, subject string, former bool) error {
	msg := message(rec, data, "copy."+subject, ":"+subject)
	if former {
		msg.Header.Set("News-Former", "true")
	}
	var seq uint64
	for range maxTries {
		if versionOf(rec.Version) > 1 {
			last, err := s.copies.GetLastMsgForSubject(ctx, "news."+subject)
			switch {
			case err == nil && versionOf(last.Header.Get("News-Version")) >= versionOf(rec.Version):
				return nil
			case err == nil:
				seq = last.Sequence
			case isNotFound(err):
				seq = 0
			default:
				return fmt.Errorf("newest copy on %s: %w", subject, err)
			}
		}
		ok, err := s.put(ctx, msg, "news."+subject, seq)
		if err != nil || ok || versionOf(rec.Version) == 1 {
			return err // of version 1: another is there, which can only be this one or a later
		}
	}
	return fmt.Errorf("copy %s to %s: lost %d races in a row", rec.URI, subject, maxTries)
}
