package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"conflictwire/ingest"
	"conflictwire/ingest/queue"

	"github.com/nats-io/nats.go/jetstream"
)

type feedsCmd struct {
	List   feedsListCmd   `cmd:"" help:"List the feeds and how they fare."`
	Why    feedsWhyCmd    `cmd:"" help:"Show the last polls of a feed, and when it is asked next and why."`
	Poll   feedsPollCmd   `cmd:"" help:"Poll a feed now."`
	Find   feedsFindCmd   `cmd:"" help:"Find the feeds of a web site."`
	Add    feedsAddCmd    `cmd:"" help:"Add a feed to a running pipeline."`
	Remove feedsRemoveCmd `cmd:"" help:"Take out a feed that was added."`
	Pause  feedsPauseCmd  `cmd:"" help:"Stop polling a feed, until it is resumed."`
	Resume feedsResumeCmd `cmd:"" help:"Poll a paused feed again."`
	Import feedsImportCmd `cmd:"" help:"Add the feeds of an OPML file."`
	Export feedsExportCmd `cmd:"" help:"Write the feeds as OPML."`
}

// A feedRow is a feed with all that the server knows of it.
type feedRow struct {
	id     string
	feed   ingest.Feed // zero for a feed of the configuration
	source queue.Source
	job    queue.FeedJob
	known  bool // it has a schedule
	status ingest.Status
	fault  error // what is stored of it cannot be used
}

// feedRowFrom puts together what the server knows of a feed.
func feedRowFrom(id string, source queue.Source, job queue.FeedJob, known bool) *feedRow {
	r := &feedRow{id: id, source: source, job: job, known: known}
	if len(source.Feed) > 0 {
		r.feed, r.fault = ingest.DecodeFeed(id, source.Feed)
	}
	status, err := ingest.StatusOf(job.State)
	r.fault = cmp.Or(r.fault, err)
	// What an older feed of the same id left says nothing about this one.
	if r.feed.URL == "" || r.feed.URL == status.URL || len(status.Polls) > 0 && status.Polls[len(status.Polls)-1].At.After(source.At) {
		r.status = status
	}
	return r
}

func (r *feedRow) url() string { return cmp.Or(r.status.URL, r.feed.URL) }

// last is when the feed's last poll was; zero when there was none.
func (r *feedRow) last() time.Time {
	if n := len(r.status.Polls); n > 0 {
		return r.status.Polls[n-1].At
	}
	return time.Time{}
}

// conditions are the words for how a feed fares.
var conditions = []string{"ok", "new", "failing", "silent", "gap", "paused", "broken"}

// condition is one of them.
func (r *feedRow) condition() string {
	switch {
	case r.fault != nil:
		return "broken"
	case r.source.Paused:
		return "paused"
	case !r.status.Silent.IsZero():
		return "silent"
	case r.status.Failures > 0:
		return "failing"
	case r.status.OK.IsZero():
		return "new"
	case r.status.Healing:
		return "gap"
	}
	return "ok"
}

// withQueue connects to a pipeline's server for as long as f runs.
func (f serverFlags) withQueue(ctx context.Context, name string, do func(context.Context, *queue.Queue) error) error {
	conn, js, err := f.dial("conflictwire " + name)
	if err != nil {
		return err
	}
	defer conn.Close()
	q, err := queue.Attach(ctx, js)
	if errors.Is(err, jetstream.ErrBucketNotFound) {
		return fmt.Errorf("%w: the pipeline there is older than this program: upgrade it", err)
	}
	if err != nil {
		return noPipeline(err)
	}
	if err = do(ctx, q); errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		err = fmt.Errorf("%w: the NATS server does not answer in time", err)
	}
	return err
}

// feedRows are all feeds of a pipeline, by id.
func feedRows(ctx context.Context, q *queue.Queue) ([]*feedRow, error) {
	sources, err := q.Sources(ctx)
	if err != nil {
		return nil, err
	}
	var rows []*feedRow
	err = q.FeedStates(ctx, func(id string, j queue.FeedJob) error {
		rows = append(rows, feedRowFrom(id, sources[id], j, true))
		delete(sources, id)
		return nil
	})
	if err != nil {
		return nil, err
	}
	for id, s := range sources {
		if len(s.Feed) > 0 { // else: a note about a feed that is gone
			rows = append(rows, feedRowFrom(id, s, queue.FeedJob{}, false))
		}
	}
	slices.SortFunc(rows, func(a, b *feedRow) int { return strings.Compare(a.id, b.id) })
	return rows, nil
}

// feedRowOf is one of them, by its id or its address. One that is not there is
// an error.
func feedRowOf(ctx context.Context, q *queue.Queue, name string) (*feedRow, error) {
	id := name
	if strings.ContainsAny(name, "./") { // which no id has
		rows, err := feedRows(ctx, q)
		if err != nil {
			return nil, err
		}
		id = takenBy(rows).urls[ingest.Canonical(webAddress(name))]
	}
	unknown := fmt.Errorf("there is no feed %q: see conflictwire feeds list", name)
	if !feedID.MatchString(id) {
		return nil, unknown
	}
	source, _, err := q.Source(ctx, id)
	if err != nil {
		return nil, err
	}
	job, known, err := q.FeedState(ctx, id)
	if err != nil {
		return nil, err
	}
	if !known && len(source.Feed) == 0 {
		return nil, unknown
	}
	return feedRowFrom(id, source, job, known), nil
}

var feedID = regexp.MustCompile(`^[a-z0-9-]{1,64}$`)

type feedsRemoveCmd struct {
	serverFlags
	Feed string `arg:"" help:"Id or address of the feed."`
}

// Run implements the command.
func (c *feedsRemoveCmd) Run(ctx context.Context, s *streams) error {
	return c.withQueue(ctx, "feeds remove", func(ctx context.Context, q *queue.Queue) error {
		r, err := feedRowOf(ctx, q, c.Feed)
		if isJSON(err) && feedID.MatchString(c.Feed) { // it cannot even be looked at
			r, err = &feedRow{id: c.Feed, source: queue.Source{Feed: json.RawMessage("{}")}}, nil
		}
		if err != nil {
			return err
		}
		if len(r.source.Feed) == 0 {
			return fmt.Errorf("feed %s is in the configuration: take it out there, or: conflictwire feeds pause %s", r.id, r.id)
		}
		if err := q.RemoveSource(ctx, r.id); err != nil {
			return err
		}
		for deadline := time.Now().Add(removeWait); r.known && time.Now().Before(deadline) && pause(ctx, 100*time.Millisecond); {
			if _, r.known, err = q.FeedState(ctx, r.id); err != nil {
				return err
			}
		}
		if r.known {
			_, err = fmt.Fprintf(s.out, "removed %s from the server; it has a schedule still: no pipeline runs, or the configuration names it too\n", r.id)
			return err
		}
		_, err = fmt.Fprintf(s.out, "removed %s; its articles stay\n", r.id)
		return err
	})
}

const removeWait = 5 * time.Second // for a pipeline to take a schedule out

// pause waits; it reports false when ctx ended meanwhile.
func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

// isJSON reports whether an error is of JSON that does not decode.
func isJSON(err error) bool {
	_, syntax := errors.AsType[*json.SyntaxError](err)
	_, kind := errors.AsType[*json.UnmarshalTypeError](err)
	return syntax || kind
}

type feedsPauseCmd struct {
	serverFlags
	Feed string `arg:"" help:"Id or address of the feed."`
	Note string `help:"Why, for whoever looks."`
}

// Run implements the command.
func (c *feedsPauseCmd) Run(ctx context.Context, s *streams) error {
	return c.withQueue(ctx, "feeds pause", func(ctx context.Context, q *queue.Queue) error {
		r, err := feedRowOf(ctx, q, c.Feed)
		if err != nil {
			return err
		}
		err = q.ChangeSource(ctx, r.id, func(src *queue.Source) error {
			src.Paused, src.Note = true, cmp.Or(clipText(plain(c.Note), 500), src.Note)
			return nil
		})
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(s.out, "paused %s; poll it again with: conflictwire feeds resume %s\n", r.id, r.id)
		return err
	})
}

type feedsResumeCmd struct {
	serverFlags
	Feed string `arg:"" help:"Id or address of the feed."`
}

// Run implements the command.
func (c *feedsResumeCmd) Run(ctx context.Context, s *streams) error {
	return c.withQueue(ctx, "feeds resume", func(ctx context.Context, q *queue.Queue) error {
		r, err := feedRowOf(ctx, q, c.Feed)
		if err != nil {
			return err
		}
		if !r.source.Paused {
			return fmt.Errorf("feed %s is not paused", r.id)
		}
		err = q.ChangeSource(ctx, r.id, func(src *queue.Source) error {
			src.Paused, src.Note = false, ""
			return nil
		})
		if err != nil {
			return err
		}
		// The workers learn of it within a moment; the poll must not be sooner.
		if _, err := q.Hurry(ctx, r.id, time.Now().Add(2*time.Second)); err != nil {
			return err
		}
		_, err = fmt.Fprintf(s.out, "resumed %s; it is polled within seconds\n", r.id)
		return err
	})
}
