package queue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// A State says how an entry ended. The values are part of the ledger's
// subjects and never change meaning.
type State string

// The ends of an entry, besides a record of its own in NEWS.
const (
	Published  State = "published"   // under the ID of its canonical address
	Unchanged  State = "unchanged"   // read again, nothing new
	Duplicate  State = "duplicate"   // the article ID has it already
	Denied     State = "denied"      // robots.txt, rights, or the publisher refuses
	Stale      State = "stale"       // older than what NEWS remembers, so it may have been published before
	Gone       State = "gone"        // 404 or 410, and never published
	Withdrawn  State = "withdrawn"   // 404 or 410 after it was published
	NotArticle State = "not-article" // no text, not a web page
	TooLarge   State = "too-large"   // over the size limit
	Dead       State = "dead"        // every attempt failed; the line carries the job
)

// A Line is what the ledger holds of an entry.
type Line struct {
	State    State     `json:"state"`
	Key      string    `json:"key"`
	URL      string    `json:"url,omitempty"`
	Feed     string    `json:"feed,omitempty"`
	ID       string    `json:"id,omitempty"` // the article concerned
	Reason   string    `json:"reason,omitempty"`
	At       time.Time `json:"at"`
	Attempts int       `json:"attempts,omitempty"`
	Job      *Job      `json:"job,omitempty"` // of a dead letter, to queue it again
}

// end writes the ledger line of a job. A page that is gone is not read again.
// A re-read says nothing of an entry that ended long before, unless it makes a
// difference.
func (q *Queue) end(ctx context.Context, job Job, end End) error {
	line := Line{State: end.State, Key: job.Key, URL: job.URL, Feed: job.Feed, ID: end.ID, Reason: end.Reason, Attempts: job.Attempt}
	switch end.State {
	case Published, Withdrawn:
	case Gone:
		if err := q.Forget(ctx, job.Key); err != nil {
			return err
		}
	default:
		if job.Reread > 0 {
			q.log.Info("read again, nothing new", "id", job.Key, "link", job.URL, "feed", job.Feed, "n", job.Reread, "status", end.State, "err", end.Reason)
			return nil
		}
		if end.State == Dead {
			line.Job = &job
		}
	}
	return q.Record(ctx, line)
}

const maxText = 2048 // bytes of an address or a reason in a line

// clip cuts s to what a line holds.
func clip(s string) string { return strings.ToValidUTF8(s[:min(len(s), maxText)], "") }

// Record writes a line for an entry that ended without a job of its own. The
// time is now.
func (q *Queue) Record(ctx context.Context, line Line) error {
	line.At = time.Now().UTC()
	line.URL, line.Reason = clip(line.URL), clip(line.Reason)
	data, err := json.Marshal(line)
	if err != nil {
		return fmt.Errorf("encode ledger line %s: %w", line.Key, err)
	}
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	subject := "ledger." + string(line.State) + "." + line.Key
	if _, err := q.js.Publish(ctx, subject, data); err != nil {
		return fmt.Errorf("store %s: %w", subject, err)
	}
	return nil
}

// Ended returns the newest ledger line of an entry, and false when there is
// none.
func (q *Queue) Ended(ctx context.Context, key string) (Line, bool, error) {
	return q.ended(ctx, "ledger.*."+key)
}

// ended returns the newest line under a subject.
func (q *Queue) ended(ctx context.Context, subject string) (Line, bool, error) {
	var line Line
	msg, err := q.ledger.GetLastMsgForSubject(ctx, subject)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return line, false, nil
	}
	if err != nil {
		return line, false, fmt.Errorf("%s: %w", subject, err)
	}
	if err := json.Unmarshal(msg.Data, &line); err != nil {
		return line, false, fmt.Errorf("%s: %w", subject, err)
	}
	return line, true, nil
}

// Became returns the newest line that says which article an entry became, of
// state Published or Duplicate, whatever happened to it since; false when
// there is none.
func (q *Queue) Became(ctx context.Context, key string) (Line, bool, error) {
	line, ok, err := q.Ended(ctx, key)
	if err != nil || !ok || line.State == Published || line.State == Duplicate {
		return line, ok, err
	}
	var best Line
	for _, state := range []State{Published, Duplicate} {
		l, there, err := q.ended(ctx, "ledger."+string(state)+"."+key)
		if err != nil {
			return best, false, err
		}
		if there && l.At.After(best.At) {
			best = l
		}
	}
	return best, best.State != "", nil
}

// Waiting returns the job of an entry that is queued, and "due" or "waiting"
// for its next attempt, or "again" when all that waits is a re-read of its
// page; "" when there is none.
func (q *Queue) Waiting(ctx context.Context, key string) (job Job, state string, err error) {
	msg, err := q.pages.GetLastMsgForSubject(ctx, "page.*."+key)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		msg, err = q.pages.GetLastMsgForSubject(ctx, "reread."+key)
	}
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return job, "", nil
	}
	if err != nil {
		return job, "", fmt.Errorf("job %s: %w", key, err)
	}
	job.Key = key
	if err := job.decode(msg.Data); err != nil {
		return job, "", err
	}
	switch {
	case strings.HasPrefix(msg.Subject, "page.due."):
		return job, "due", nil
	case strings.HasPrefix(msg.Subject, "reread."):
		return job, "again", nil
	}
	return job, "waiting", nil
}

// Tally counts the entries in the ledger by how they ended. An entry counts
// once for each state it was in.
func (q *Queue) Tally(ctx context.Context) (map[State]int, error) {
	info, err := q.ledger.Info(ctx, jetstream.WithSubjectFilter("ledger.*.*"))
	if err != nil {
		return nil, fmt.Errorf("tally of the ledger: %w", err)
	}
	counts := map[State]int{}
	for subject := range info.State.Subjects {
		if state, _, ok := strings.Cut(strings.TrimPrefix(subject, "ledger."), "."); ok {
			counts[State(state)]++
		}
	}
	return counts, nil
}

// maxSightings bounds the feeds that [Queue.Sightings] returns for one entry.
const maxSightings = 100

// Sight notes that feed showed an entry. Noting it again changes nothing; the
// ledger forgets it at its own age, counted from the first time.
func (q *Queue) Sight(ctx context.Context, key, feed string) error {
	if err := errors.Join(checkToken("key", key), checkToken("feed", feed)); err != nil {
		return err
	}
	subject := "ledger.sighted." + key + "." + feed
	_, err := q.store(ctx, subject, subject, nil)
	return err
}

// Sightings returns the feeds that showed an entry, sorted, at most 100.
func (q *Queue) Sightings(ctx context.Context, key string) ([]string, error) {
	if err := checkToken("key", key); err != nil {
		return nil, err
	}
	prefix := "ledger.sighted." + key + "."
	info, err := q.ledger.Info(ctx, jetstream.WithSubjectFilter(prefix+"*"))
	if err != nil {
		return nil, fmt.Errorf("sightings of %s: %w", key, err)
	}
	var feeds []string
	for subject := range info.State.Subjects {
		feeds = append(feeds, strings.TrimPrefix(subject, prefix))
	}
	slices.Sort(feeds)
	return feeds[:min(len(feeds), maxSightings)], nil
}
