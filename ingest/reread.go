package ingest

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"conflictwire/ingest/queue"
)

// DefaultReread is when pages are read again: publishers correct most of what
// they correct within hours.
var DefaultReread = []time.Duration{15 * time.Minute, 2 * time.Hour, 24 * time.Hour}

// rereadSlack is how near the next reading may be to count as done by this one.
const rereadSlack = 30 * time.Second

// Again schedules the next reading of a job's page, counted from when its
// entry appeared, if there is one to come. page is the page as it was just
// read; zero keeps what an earlier reading noted. Call it before the job ends.
func (in *Ingester) Again(ctx context.Context, job queue.Job, page Mark) error {
	var e Entry
	if err := json.Unmarshal(job.Body, &e); err != nil || e.Link == "" || e.Vanished {
		return nil
	}
	now := time.Now()
	if e.FirstSeen.IsZero() {
		e.FirstSeen = now
	}
	for n, after := range in.Reread {
		at := e.FirstSeen.Add(after)
		if at.Sub(now) < rereadSlack {
			continue
		}
		if page != (Mark{}) {
			e.Page = &page
		}
		e.Content, e.Summary = "", "" // only the page is looked at again
		link := e.Link
		if e.Page != nil {
			link = cmp.Or(e.Page.URL, link)
		}
		body, err := json.Marshal(e)
		if err != nil {
			return fmt.Errorf("encode entry %s: %w", job.Key, err)
		}
		return in.Queue.Again(ctx, queue.Job{Key: job.Key, URL: link, Feed: job.Feed, Added: at.UTC(), Reread: n, Body: body}, at)
	}
	return nil
}
