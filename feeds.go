package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"conflictwire/ingest"
	"conflictwire/ingest/feed"
	"conflictwire/ingest/fetch"
	"conflictwire/ingest/queue"

	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/text/unicode/norm"
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

// online asks web sites.
type online struct {
	Allow []string `placeholder:"PREFIX" help:"Private addresses that may be asked, such as 127.0.0.0/8."`
}

// with calls do with a client.
func (o online) with(do func(*fetch.Client) error) error {
	client, err := fetch.New(fetch.Config{Allow: o.Allow})
	if err != nil {
		return fmt.Errorf("--allow: %w", err)
	}
	defer client.Close()
	return do(client)
}

type feedsFindCmd struct {
	online
	URL string `arg:"" help:"Address of a web site or page."`
}

// Run implements the command.
func (c *feedsFindCmd) Run(ctx context.Context, s *streams) error {
	return c.with(func(client *fetch.Client) error {
		fmt.Fprintln(s.err, "asking the page and what it names, an address a second")
		return allowHint(findFeeds(ctx, client, webAddress(c.URL), func(link, what string) error {
			_, err := fmt.Fprintf(s.out, "%s\n    %s\n", plain(link), what)
			return err
		}))
	})
}

// webAddress makes a web address of what people type or paste: one without a
// scheme, or with that of feed readers.
func webAddress(s string) string {
	s = strings.TrimSpace(s)
	if rest, ok := strings.CutPrefix(s, "feed:"); ok {
		s = strings.TrimPrefix(rest, "//")
	}
	if !strings.Contains(s, "://") {
		return "https://" + s
	}
	return s
}

const maxFound = 12 // feeds that are asked of one site

// findFeeds asks a page, or a feed, and what it names; then the site's
// sitemaps and, when the page names nothing, the usual addresses. What turns
// out to be a feed is given to found at once. It fails when nothing does.
func findFeeds(ctx context.Context, client *fetch.Client, address string, found func(link, what string) error) error {
	res, err := client.Get(ctx, fetch.Request{URL: address})
	if err != nil {
		return err
	}
	if doc, err := parseFeed(res); err == nil {
		return found(res.URL, describeFeed(doc, "the address itself"))
	}
	type candidate struct{ url, why string }
	var list []candidate
	for _, d := range feed.Discover(res.Body, res.URL) {
		list = append(list, candidate{d.URL, d.Why})
	}
	declared := len(list)
	if sitemaps, err := client.Sitemaps(ctx, res.URL); err == nil {
		for _, link := range sitemaps {
			if strings.Contains(strings.ToLower(link), "news") {
				list = append(list, candidate{link, "named by robots.txt"})
			}
		}
	}
	if declared == 0 {
		for _, link := range feed.Guesses(res.URL) {
			list = append(list, candidate{link, "a usual address"})
		}
	}
	n, seen := 0, map[string]bool{}
	var fault error // of the first that the page names
	for i, l := range list {
		if n == maxFound || ctx.Err() != nil {
			break
		}
		var doc *feed.Feed
		res, err := client.Get(ctx, fetch.Request{URL: l.url})
		if err == nil {
			if seen[res.URL] {
				continue
			}
			seen[res.URL] = true
			doc, err = parseFeed(res)
		}
		switch {
		case err != nil && i < declared && fault == nil:
			fault = fmt.Errorf("%s: no feed found; of %d addresses that it names, the first is none: %w", address, declared, err)
		case err != nil || len(doc.Entries)+len(doc.Parts) == 0:
		default:
			n++
			if err := found(res.URL, describeFeed(doc, l.why)); err != nil {
				return err
			}
		}
	}
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case n > 0:
		return nil
	case fault != nil:
		return fault
	}
	return fmt.Errorf("%s: no feed found, neither named by the page nor at the usual addresses", address)
}

// parseFeed reads the feed in an answer.
func parseFeed(res *fetch.Response) (*feed.Feed, error) {
	return feed.Parse(res.Body, feed.Options{URL: res.URL, ContentType: res.Header.Get("Content-Type")})
}

// describeFeed is a feed in a line: title, format, size, and a remark.
func describeFeed(doc *feed.Feed, remark string) string {
	n := entries(len(doc.Entries))
	if len(doc.Parts) > 0 {
		n = count(len(doc.Parts), "sitemap")
	}
	list := []string{clipText(doc.Title, 200), doc.Format, n, remark}
	return plain(strings.Join(slices.DeleteFunc(list, func(s string) bool { return s == "" }), ", "))
}

type feedsAddCmd struct {
	serverFlags
	online
	URL       string        `arg:"" help:"Address of the feed."`
	ID        string        `help:"Name of the feed, of a-z, 0-9 and -; made from its title when not given."`
	Title     string        `help:"Title for people; the feed's own when not given."`
	Publisher string        `help:"Slug of who publishes it; the id when not given."`
	Language  string        `help:"Language, such as en."`
	Country   string        `help:"Where the publisher sits, two letters."`
	Every     time.Duration `help:"Fixed time between polls; learnt from the feed when not given."`
	Sitemap   string        `placeholder:"URL" help:"News sitemap of the same stories, for healing gaps."`
	Unchecked bool          `help:"Add it without asking it first."`
}

// Run implements the command.
func (c *feedsAddCmd) Run(ctx context.Context, s *streams) error {
	f := ingest.Feed{
		ID: c.ID, URL: webAddress(c.URL), Title: clipText(c.Title, 200), Publisher: c.Publisher, Language: c.Language,
		Country: strings.ToLower(c.Country), Every: c.Every, Sitemap: c.Sitemap,
	}
	draft := f
	draft.ID = cmp.Or(f.ID, "new")
	if err := fitToAdd(draft); err != nil {
		return err
	}
	about := ""
	if !c.Unchecked {
		if err := c.with(func(client *fetch.Client) (err error) {
			about, err = checkNew(ctx, client, &f)
			return err
		}); err != nil {
			return allowHint(err)
		}
	}
	return c.withQueue(ctx, "feeds add", func(ctx context.Context, q *queue.Queue) error {
		rows, err := feedRows(ctx, q)
		if err != nil {
			return err
		}
		taken := takenBy(rows)
		for _, link := range []string{webAddress(c.URL), f.URL} {
			if id, ok := taken.urls[ingest.Canonical(link)]; ok {
				return fmt.Errorf("feed %s has this address already: see conflictwire feeds why %s", id, id)
			}
		}
		if f.ID == "" {
			f.ID = taken.newID(f)
		} else if taken.ids[f.ID] {
			return fmt.Errorf("there is a feed %s already: give another --id", f.ID)
		}
		if err := addFeed(ctx, q, f); err != nil {
			return err
		}
		_, err = fmt.Fprintf(s.out, "added %s at %s%s\nSee how it fares with: conflictwire feeds why %s\n", f.ID, plain(f.URL), about, f.ID)
		return err
	})
}

// checkNew asks a feed that is to be added, takes over what it says of itself
// and where it has moved for good, and describes it. Of a web page it says
// which feed it names.
func checkNew(ctx context.Context, client *fetch.Client, f *ingest.Feed) (about string, err error) {
	res, err := client.Get(ctx, fetch.Request{URL: f.URL})
	if err != nil {
		return "", err
	}
	doc, err := parseFeed(res)
	if err != nil {
		hint := "find feeds of the site with: conflictwire feeds find " + f.URL
		if list := feed.Discover(res.Body, res.URL); len(list) > 0 {
			hint = "it is a page that names " + plain(list[0].URL) + "; see all with: conflictwire feeds find " + f.URL
		}
		return "", fmt.Errorf("%s is no feed: %w; %s", f.URL, err, hint)
	}
	f.URL = cmp.Or(res.Permanent, f.URL)
	f.Title = cmp.Or(f.Title, clipText(plain(doc.Title), 200))
	f.Language = cmp.Or(f.Language, clipText(plain(doc.Language), 35))
	return "\n" + describeFeed(doc, ""), nil
}

// taken says which ids and addresses feeds have.
type taken struct {
	ids  map[string]bool
	urls map[string]string // canonical address → id
}

func takenBy(rows []*feedRow) taken {
	t := taken{map[string]bool{}, map[string]string{}}
	for _, r := range rows {
		t.ids[r.id] = true
		for _, link := range []string{r.url(), r.status.Asked} {
			if link != "" {
				t.urls[ingest.Canonical(link)] = r.id
			}
		}
	}
	return t
}

// newID makes an id that is free, from the feed's title or its address.
func (t taken) newID(f ingest.Feed) string {
	base := slugOf(f.Title)
	if u, err := url.Parse(f.URL); err == nil && len(base) < 3 {
		base = slugOf(strings.TrimPrefix(u.Hostname(), "www.") + " " + u.Path)
	}
	base = cmp.Or(strings.Trim(base[:min(len(base), 50)], "-"), "feed")
	id := base
	for n := 2; t.ids[id]; n++ {
		id = fmt.Sprintf("%s-%d", base, n)
	}
	return id
}

// unaccented are the letters that do not come apart into one of a to z and an
// accent.
var unaccented = strings.NewReplacer("ß", "ss", "æ", "ae", "œ", "oe", "ø", "o", "ł", "l", "đ", "d", "ð", "d", "þ", "th", "ı", "i", "ħ", "h")

// slugOf keeps the letters a to z and digits of a text, accents taken off.
func slugOf(s string) string {
	var b strings.Builder
	gap := false
	for _, r := range norm.NFKD.String(unaccented.Replace(strings.ToLower(s))) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			if gap && b.Len() > 0 {
				b.WriteByte('-')
			}
			b.WriteRune(r)
			gap = false
		case r == '\'' || r == '’': // inside a word
		case r < 0x300 || r > 0x36f: // not an accent of the letter before
			gap = true
		}
	}
	return b.String()
}

// fitToAdd says what is wrong with a feed that is to be added.
func fitToAdd(f ingest.Feed) error {
	if u, err := url.Parse(f.URL); err == nil && u.User != nil {
		return errors.New("the address holds a user name or password: put the feed into the configuration, with its \"auth\"")
	}
	return f.Validate()
}

// addFeed stores a feed on the server, where every worker learns of it.
func addFeed(ctx context.Context, q *queue.Queue, f ingest.Feed) error {
	data, err := json.Marshal(f)
	if err != nil {
		return fmt.Errorf("encode feed %s: %w", f.ID, err)
	}
	return q.ChangeSource(ctx, f.ID, func(src *queue.Source) error {
		if len(src.Feed) > 0 {
			return fmt.Errorf("there is a feed %s already", f.ID)
		}
		*src = queue.Source{Feed: data}
		return nil
	})
}

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

type feedsImportCmd struct {
	serverFlags
	File   string `arg:"" help:"OPML file, or - for standard input."`
	DryRun bool   `help:"Only say what would be added."`
}

// Run implements the command.
func (c *feedsImportCmd) Run(ctx context.Context, s *streams) error {
	in, name := s.in, "standard input"
	if c.File != "-" {
		file, err := os.Open(c.File)
		if err != nil {
			return err
		}
		defer file.Close()
		in, name = file, c.File
	}
	list, err := feed.ReadOPML(in)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if len(list) == 0 {
		return fmt.Errorf("%s: the list names no feed", name)
	}
	return c.withQueue(ctx, "feeds import", func(ctx context.Context, q *queue.Queue) error {
		rows, err := feedRows(ctx, q)
		if err != nil {
			return err
		}
		taken := takenBy(rows)
		added, there := 0, 0
		var errs []error
		for _, o := range list {
			if err := ctx.Err(); err != nil {
				return err
			}
			f := ingest.Feed{URL: o.URL, Title: clipText(plain(o.Title), 200), Language: clipText(plain(o.Language), 35)}
			at := ingest.Canonical(f.URL)
			if _, ok := taken.urls[at]; ok {
				there++
				continue
			}
			f.ID = taken.newID(f)
			err := fitToAdd(f)
			if err == nil && !c.DryRun {
				err = addFeed(ctx, q, f)
			}
			if err != nil {
				errs = append(errs, fmt.Errorf("%s left out: %w", cmp.Or(f.Title, f.ID), err))
				continue
			}
			taken.ids[f.ID], taken.urls[at] = true, f.ID
			added++
			if _, err := fmt.Fprintf(s.out, "%-32s  %s\n", f.ID, plain(f.URL)); err != nil {
				return err
			}
		}
		what := "added"
		if c.DryRun {
			what = "would be added"
		}
		if _, err := fmt.Fprintf(s.out, "%s %s, %d there already\n", count(added, "feed"), what, there); err != nil {
			return err
		}
		return errors.Join(errs...)
	})
}

type feedsExportCmd struct {
	serverFlags
}

// Run implements the command.
func (c *feedsExportCmd) Run(ctx context.Context, s *streams) error {
	return c.withQueue(ctx, "feeds export", func(ctx context.Context, q *queue.Queue) error {
		rows, err := feedRows(ctx, q)
		if err != nil {
			return err
		}
		var list []feed.Outline
		for _, r := range rows {
			if r.url() != "" {
				list = append(list, feed.Outline{URL: r.url(), Title: cmp.Or(r.feed.Title, r.id), Language: r.feed.Language})
			}
		}
		if n := len(rows) - len(list); n > 0 {
			fmt.Fprintf(s.err, "%s left out: the address of a feed from the configuration is known after its first poll\n", count(n, "feed"))
		}
		return feed.WriteOPML(s.out, "Feeds of Conflictwire", time.Now(), list)
	})
}
