package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"conflictwire/ingest"
	"conflictwire/ingest/queue"
)

type feedsListCmd struct {
	serverFlags
	Only string `placeholder:"STATE" help:"Only feeds that are ok, new, failing, silent, gap, paused or broken; several with commas."`
	JSON bool   `help:"Print one JSON object a line."`
}

// Run implements the command.
func (c *feedsListCmd) Run(ctx context.Context, s *streams) error {
	only := strings.FieldsFunc(c.Only, func(r rune) bool { return r == ',' || r == ' ' })
	for _, o := range only {
		if !slices.Contains(conditions, o) {
			return fmt.Errorf("--only %q: a feed is %s", o, strings.Join(conditions, ", "))
		}
	}
	return c.withQueue(ctx, "feeds list", func(ctx context.Context, q *queue.Queue) error {
		rows, err := feedRows(ctx, q)
		if err != nil {
			return err
		}
		all := len(rows)
		if len(only) > 0 {
			rows = slices.DeleteFunc(rows, func(r *feedRow) bool { return !slices.Contains(only, r.condition()) })
		}
		if c.JSON {
			for _, r := range rows {
				if err := writeLine(s.out, r.json()); err != nil {
					return err
				}
			}
			return nil
		}
		if err := table(s.out, rows, time.Now()); err != nil {
			return err
		}
		_, err = fmt.Fprintf(s.out, "%d of %s\n", len(rows), count(all, "feed"))
		return err
	})
}

// table writes a line for each feed. What may be written from right to left,
// or in wide characters, ends its line.
func table(w io.Writer, rows []*feedRow, now time.Time) error {
	ids, sums := 0, 0
	for _, r := range rows {
		ids, sums = max(ids, len(r.id)), max(sums, len(r.summary(now)))
	}
	for _, r := range rows {
		line := fmt.Sprintf("%-8s %-*s  %-*s  %s", r.condition(), ids, r.id, sums, r.summary(now), plain(r.url()))
		switch {
		case r.fault != nil:
			line += " " + plain(r.fault.Error())
		case r.source.Paused:
			line += because(r.source.Note)
		}
		if _, err := fmt.Fprintln(w, strings.TrimRight(line, " ")); err != nil {
			return err
		}
	}
	return nil
}

// summary is the most telling thing about the feed, in a few words of ASCII.
func (r *feedRow) summary(now time.Time) string {
	switch r.condition() {
	case "broken":
		return ""
	case "paused":
		return "for " + age(now.Sub(r.source.At))
	case "silent":
		cause, _, _ := strings.Cut(r.status.Cause, ":")
		return cause + ", for " + age(now.Sub(r.status.Silent))
	case "failing":
		return fmt.Sprintf("%s, %s", cmp.Or(r.status.Cause, "error"), count(r.status.Failures, "poll"))
	}
	switch {
	case r.job.Due:
		return "being polled"
	case r.known && r.job.Next.After(now):
		return "next in " + age(r.job.Next.Sub(now))
	}
	return "next at once"
}

// count is a number of things.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// feedOutRow is a feed as JSON.
type feedOutRow struct {
	ID       string    `json:"id"`
	URL      string    `json:"url"`
	State    string    `json:"state"`
	Note     string    `json:"note,omitempty"`  // why it is paused
	Added    bool      `json:"added,omitempty"` // while the pipeline ran; else it is of the configuration
	OK       time.Time `json:"ok,omitzero"`
	Next     time.Time `json:"next,omitzero"`
	Why      string    `json:"why,omitempty"`
	Failures int       `json:"failures,omitempty"`
	Cause    string    `json:"cause,omitempty"`
	Error    string    `json:"error,omitempty"`
	Silent   time.Time `json:"silent,omitzero"`
	Gaps     int       `json:"gaps,omitempty"`
	Hub      string    `json:"hub,omitempty"`
}

func (r *feedRow) json() feedOutRow {
	st := &r.status
	out := feedOutRow{
		ID: r.id, URL: r.url(), State: r.condition(), Note: r.source.Note, Added: len(r.source.Feed) > 0, OK: st.OK.Truncate(time.Second),
		Next: r.job.Next.UTC(), Why: st.Why, Failures: st.Failures, Error: st.Error, Silent: st.Silent.Truncate(time.Second), Gaps: st.Gaps, Hub: st.Hub,
	}
	if st.Failures > 0 || !st.Silent.IsZero() {
		out.Cause = st.Cause
	}
	if r.fault != nil {
		out.Error = r.fault.Error()
	}
	return out
}

// writeLine writes v as one line of JSON.
func writeLine(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

type feedsWhyCmd struct {
	serverFlags
	Feed string `arg:"" help:"Id or address of the feed."`
}

// Run implements the command.
func (c *feedsWhyCmd) Run(ctx context.Context, s *streams) error {
	return c.withQueue(ctx, "feeds why", func(ctx context.Context, q *queue.Queue) error {
		r, err := feedRowOf(ctx, q, c.Feed)
		if err != nil {
			return err
		}
		r.explain(s.out, time.Now())
		return nil
	})
}

// explain tells all about a feed in plain words.
func (r *feedRow) explain(w io.Writer, now time.Time) {
	st := &r.status
	line := func(format string, args ...any) { fmt.Fprintf(w, format+"\n", args...) }
	origin := "from the configuration"
	if len(r.source.Feed) > 0 {
		origin = "added while the pipeline ran, last changed " + clock(r.source.At, now)
	}
	line("%s  %s, %s", r.id, r.condition(), origin)
	if r.url() != "" {
		line("%s", plain(r.url()))
	}
	if r.fault != nil {
		line("What the server keeps of it cannot be used: %s. Take it out with: conflictwire feeds remove %s", plain(r.fault.Error()), r.id)
	}
	if st.Asked != "" && st.Asked != st.URL {
		line("It has moved for good and is asked at %s; put that into the configuration.", plain(st.Asked))
	}
	if st.Redirect != "" {
		line("It is redirected for good to %s; that is believed once it was seen for days.", plain(st.Redirect))
	}
	switch {
	case r.source.Paused:
		line("Paused %s%s. Poll it again with: conflictwire feeds resume %s", clock(r.source.At, now), because(r.source.Note), r.id)
	case !r.known:
		line("It has no schedule yet: a pipeline takes it up within seconds, if one runs.")
	case r.job.Due:
		line("Due since %s: it is being polled, or waits for a worker.", clock(r.job.Next, now))
	case !r.job.Next.After(now):
		line("Next poll at once.")
	default:
		line("Next poll %s: %s.", clock(r.job.Next, now), cmp.Or(plain(st.Why), "the first one"))
	}
	if !st.OK.IsZero() {
		line("Last poll that worked %s; its document had %s.", clock(st.OK, now), entries(st.Entries))
	}
	if st.Failures > 0 {
		line("Failing since %s, %s: %s", clock(st.Failing, now), count(st.Failures, "poll"), plain(cmp.Or(st.Error, st.Cause)))
	}
	if !st.Silent.IsZero() {
		line("Silent: it brings nothing new for longer than is usual. Alarm %s; cause: %s.", clock(st.Silent, now), st.Cause)
	} else if st.Limit > 0 {
		line("An alarm is raised after %s without anything new.", short(st.Limit.Round(time.Minute)))
	}
	if st.Gaps > 0 {
		healing := ""
		if st.Healing {
			healing = "; its stories are being looked for"
		}
		line("Gaps, polls that shared nothing with the one before: %d, the last %s%s.", st.Gaps, clock(st.LastGap, now), healing)
	}
	if st.Hub != "" {
		promise := "which has not confirmed"
		if st.HubUntil.After(now) {
			promise = "subscribed until " + clock(st.HubUntil, now)
		}
		line("Hub %s, %s.", plain(st.Hub), promise)
	}
	if len(st.Polls) > 0 {
		line("Last polls, newest first:")
	}
	for _, a := range slices.Backward(st.Polls) {
		line("  %s", attempt(a))
	}
}

// entries is a number of entries.
func entries(n int) string {
	if n == 1 {
		return "1 entry"
	}
	return fmt.Sprintf("%d entries", n)
}

// because puts a reason into a sentence.
func because(note string) string {
	if note == "" {
		return ""
	}
	return " (" + plain(note) + ")"
}

// clock is a time with its distance from now.
func clock(t, now time.Time) string {
	at := t.UTC().Format(time.RFC3339)
	if d := t.Sub(now); d > 0 {
		return at + " (in " + age(d) + ")"
	}
	return at + " (" + age(now.Sub(t)) + " ago)"
}

// attempt is one poll on a line.
func attempt(a ingest.Attempt) string {
	out := fmt.Sprintf("%s  %-7s  ", a.At.UTC().Format(time.RFC3339), cmp.Or(a.Via, "poll"))
	var parts []string
	if a.Status != 0 {
		parts = append(parts, fmt.Sprintf("status %d", a.Status))
	}
	if a.Took > 0 {
		parts = append(parts, a.Took.Round(time.Millisecond).String())
	}
	if a.Bytes > 0 {
		parts = append(parts, count(a.Bytes, "byte"))
	}
	if a.New > 0 {
		parts = append(parts, fmt.Sprintf("%d new", a.New))
	}
	if a.Changed > 0 {
		parts = append(parts, fmt.Sprintf("%d changed", a.Changed))
	}
	switch {
	case a.Error != "":
		parts = append(parts, plain(a.Error))
	case a.New+a.Changed == 0:
		parts = append(parts, "nothing new")
	}
	return out + strings.Join(parts, ", ")
}

type feedsPollCmd struct {
	serverFlags
	Feed string        `arg:"" help:"Id or address of the feed."`
	Wait time.Duration `default:"60s" help:"How long to wait for the result; 0 for not at all."`
}

// Run implements the command.
func (c *feedsPollCmd) Run(ctx context.Context, s *streams) error {
	return c.withQueue(ctx, "feeds poll", func(ctx context.Context, q *queue.Queue) error {
		r, err := feedRowOf(ctx, q, c.Feed)
		if err != nil {
			return err
		}
		if r.source.Paused {
			return fmt.Errorf("feed %s is paused%s: first conflictwire feeds resume %s", r.id, because(r.source.Note), r.id)
		}
		start := time.Now().Truncate(time.Second)
		if _, err := q.Hurry(ctx, r.id, start); err != nil {
			return err
		}
		if c.Wait <= 0 {
			_, err := fmt.Fprintf(s.out, "feed %s is due\n", r.id)
			return err
		}
		if r, err = c.wait(ctx, q, r.id, start); err != nil {
			return err
		}
		r.explain(s.out, time.Now())
		switch {
		case r.last().Before(start):
			return fmt.Errorf("feed %s was not asked: %s", r.id, plain(r.status.Why))
		case r.status.Failures > 0:
			return fmt.Errorf("feed %s: the poll failed", r.id)
		}
		return nil
	})
}

// wait waits until a feed that was due at start has its next schedule.
func (c *feedsPollCmd) wait(ctx context.Context, q *queue.Queue, id string, start time.Time) (*feedRow, error) {
	for deadline := time.Now().Add(c.Wait); time.Now().Before(deadline); {
		r, err := feedRowOf(ctx, q, id)
		if err != nil {
			return nil, err
		}
		// A schedule whose time is that of the call is still our own.
		if !r.job.Due && r.job.Next.After(start) && len(r.job.State) > 0 {
			return r, nil
		}
		if !pause(ctx, 200*time.Millisecond) {
			return nil, ctx.Err()
		}
	}
	return nil, fmt.Errorf("feed %s is due, but was not polled within %s: is a pipeline running, and has its host more feeds waiting?", id, short(c.Wait))
}
