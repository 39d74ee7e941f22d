package queue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// backoff is how long a page waits after each failed attempt; after the last
// it is a dead letter.
var backoff = [...]time.Duration{10 * time.Second, time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour}

// A Job is a page to read.
type Job struct {
	Key     string          `json:"key"`             // names the entry; one subject token
	URL     string          `json:"url"`             // where the page is; for people and the ledger
	Feed    string          `json:"feed"`            // the feed that showed it
	Added   time.Time       `json:"added"`           // when it was queued first
	Attempt int             `json:"attempt"`         // 1 at the first reading
	Slot    time.Time       `json:"slot,omitzero"`   // the host's turn that was promised to this job
	Reread  int             `json:"reread,omitzero"` // 0 for the first reading, n for the nth re-read
	Body    json.RawMessage `json:"body"`            // the caller's
}

// A ReadFunc reads one page and does all that follows from it. A nil error
// means that the result is stored for good. An [*End] in the error says how
// else the entry ended, a [*Retry] when to come back; any other error is
// tried again later and later, and in the end becomes a dead letter.
type ReadFunc func(ctx context.Context, job Job) error

// An End is the error of an entry that ended in another way than by being
// published.
type End struct {
	State  State
	ID     string // of the article it concerns, where there is one
	Reason string // for people, one line
}

// Error names the state and the reason.
func (e *End) Error() string { return string(e.State) + ": " + e.Reason }

// A Retry is the error of a page that must not be asked for before At.
type Retry struct {
	At       time.Time
	Promised bool // At is the host's turn, reserved for this job; not an attempt
	Free     bool // the page was not asked for; not an attempt
	Err      error
}

// Error names the time and the cause.
func (e *Retry) Error() string {
	return fmt.Sprintf("come back at %s: %v", e.At.Format(time.TimeOnly), e.Err)
}

// Unwrap returns e.Err.
func (e *Retry) Unwrap() error { return e.Err }

// Add queues a page. It reports false, and queues nothing, when a job of the
// same key is waiting or being read.
func (q *Queue) Add(ctx context.Context, job Job) (bool, error) {
	job.Added, job.Attempt = time.Now().UTC(), 1
	data, err := json.Marshal(job)
	if err != nil {
		return false, fmt.Errorf("encode job %s: %w", job.Key, err)
	}
	return q.store(ctx, "page.due."+job.Key, "page.*."+job.Key, data)
}

// Again schedules one more reading of a page, at a time counted in whole
// seconds; the job comes back with Reread one higher, at its first attempt. A
// later Again of the same key takes the place of an earlier one. A waiting
// re-read does not keep [Queue.Add] from queuing the entry; should both be due
// at once, the page is read twice, perhaps by two workers at the same time,
// which is harmless because versions are stored by compare-and-set, and if
// both fail, only one of them is tried again. A re-read whose every attempt
// failed ends with a line in the log and none in the ledger: its entry ended
// long before.
func (q *Queue) Again(ctx context.Context, job Job, at time.Time) error {
	if err := checkToken("key", job.Key); err != nil {
		return err
	}
	job.Attempt, job.Slot = 1, time.Time{}
	job.Reread++
	data, err := json.Marshal(job)
	if err != nil {
		return fmt.Errorf("encode job %s: %w", job.Key, err)
	}
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	subject := "reread." + job.Key
	if _, err := q.js.Publish(ctx, subject, data, jetstream.WithScheduleAt(at), jetstream.WithScheduleTarget("page.due."+job.Key)); err != nil {
		return fmt.Errorf("store %s: %w", subject, err)
	}
	return nil
}

// Forget takes back what [Queue.Again] scheduled, if it is not due yet. Jobs
// that end as gone or withdrawn need no call.
func (q *Queue) Forget(ctx context.Context, key string) error {
	if err := checkToken("key", key); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	if err := q.pages.Purge(ctx, jetstream.WithPurgeSubject("reread."+key)); err != nil {
		return fmt.Errorf("forget re-read of %s: %w", key, err)
	}
	return nil
}

// Pages hands due pages to read, n at once, until ctx is done.
func (q *Queue) Pages(ctx context.Context, n int, read ReadFunc) error {
	return Work(ctx, q.pages, readConsumer, n, q.log, func(ctx context.Context, msg jetstream.Msg) {
		job := Job{Key: strings.TrimPrefix(msg.Subject(), "page.due.")}
		var err error
		if n := deliveries(msg); n > maxCrashes {
			job.decode(msg.Data())
			err = &End{State: Dead, Reason: fmt.Sprintf("handed out %d times without an answer: it may kill the worker", n)}
		} else if err = job.decode(msg.Data()); err == nil {
			err = safely(func() error { return read(ctx, job) })
		}
		if ctx.Err() != nil && err != nil {
			msg.Nak() // cut short by our own end: the next worker starts at once
			return
		}
		if err := q.settle(context.WithoutCancel(ctx), job, err); err != nil {
			q.log.Warn("result not stored; the job comes back", "id", job.Key, "link", job.URL, "err", err)
			msg.NakWithDelay(q.ackWait / 4)
			return
		}
		msg.Ack()
	})
}

// decode fills the job from its stored form. A body that does not decode ends
// as a dead letter: it will not get better.
func (j *Job) decode(data []byte) error {
	key := j.Key
	if err := json.Unmarshal(data, j); err != nil {
		*j = Job{Key: key}
		return &End{State: Dead, Reason: "job does not decode: " + err.Error()}
	}
	j.Key = key
	return nil
}

// settle stores what follows from the outcome err of job.
func (q *Queue) settle(ctx context.Context, job Job, err error) error {
	if err == nil {
		return nil
	}
	if end, ok := errors.AsType[*End](err); ok {
		return q.end(ctx, job, *end)
	}
	var at time.Time
	if retry, ok := errors.AsType[*Retry](err); ok {
		at = retry.At
		if retry.Promised || retry.Free {
			if job.Slot = retry.At; !retry.Promised {
				job.Slot = time.Time{}
			}
			return q.putOff(ctx, job, at)
		}
	}
	if job.Attempt > len(q.backoff) {
		q.log.Error("dead letter", "id", job.Key, "link", job.URL, "feed", job.Feed, "n", job.Attempt, "err", err)
		return q.end(ctx, job, End{State: Dead, Reason: err.Error()})
	}
	if wait := time.Now().Add(q.backoff[job.Attempt-1]); at.Before(wait) {
		at = wait
	}
	q.log.Warn("page put off", "id", job.Key, "link", job.URL, "feed", job.Feed, "n", job.Attempt, "status", "again in "+time.Until(at).Round(time.Second).String(), "err", err)
	job.Attempt++
	job.Slot = time.Time{}
	return q.putOff(ctx, job, at)
}

// putOff schedules job for at. A schedule that is there already was stored by
// an earlier run of this attempt.
func (q *Queue) putOff(ctx context.Context, job Job, at time.Time) error {
	data, err := json.Marshal(job)
	if err != nil {
		return fmt.Errorf("encode job %s: %w", job.Key, err)
	}
	subject := "page.sched." + job.Key
	when, target := jetstream.WithScheduleAt(at), jetstream.WithScheduleTarget("page.due."+job.Key)
	ok, err := q.store(ctx, subject, subject, data, when, target)
	if ok || err != nil || job.Reread > 0 {
		return err
	}
	// A re-read of the page may have been put off before; what the feed says
	// now goes first.
	there, err := q.pages.GetLastMsgForSubject(ctx, subject)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return errors.New("its schedule fired this moment") // the job comes back
	}
	if err != nil {
		return fmt.Errorf("schedule of job %s: %w", job.Key, err)
	}
	var other Job
	if json.Unmarshal(there.Data, &other) != nil || other.Reread == 0 {
		return nil // stored by an earlier run of this attempt
	}
	ok, err = q.swap(ctx, &nats.Msg{Subject: subject, Data: data}, subject, there.Sequence, when, target)
	if err == nil && !ok {
		err = errors.New("its schedule changed this moment")
	}
	return err
}
