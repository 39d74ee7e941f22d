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
	"slices"
	"strings"
	"time"

	"conflictwire/ingest"
	"conflictwire/ingest/feed"
	"conflictwire/ingest/fetch"
	"conflictwire/ingest/queue"

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
}

func (r *feedRow) url() string { return cmp.Or(r.status.URL, r.feed.URL) }

// condition is how the feed fares, in a word.
func (r *feedRow) condition() string {
	switch {
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
	if err != nil {
		return noPipeline(err)
	}
	return do(ctx, q)
}

// feedRows are all feeds of a pipeline, by id.
func feedRows(ctx context.Context, q *queue.Queue) ([]*feedRow, error) {
	sources, err := q.Sources(ctx)
	if err != nil {
		return nil, err
	}
	rows := map[string]*feedRow{}
	for id, s := range sources {
		r := &feedRow{id: id, source: s}
		if len(s.Feed) > 0 {
			if r.feed, err = ingest.DecodeFeed(id, s.Feed); err != nil {
				return nil, fmt.Errorf("%w (take it out with: conflictwire feeds remove %s)", err, id)
			}
		}
		rows[id] = r
	}
	err = q.FeedStates(ctx, func(id string, j queue.FeedJob) error {
		r := rows[id]
		if r == nil {
			r = &feedRow{id: id}
			rows[id] = r
		}
		r.job, r.known = j, true
		r.status, err = ingest.StatusOf(j.State)
		return err
	})
	if err != nil {
		return nil, err
	}
	var out []*feedRow
	for _, r := range rows {
		if r.known || len(r.source.Feed) > 0 { // else: a note about a feed that is gone
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(a, b *feedRow) int { return strings.Compare(a.id, b.id) })
	return out, nil
}

// feedRowOf is one of them. An unknown id is an error.
func feedRowOf(ctx context.Context, q *queue.Queue, id string) (*feedRow, error) {
	r := &feedRow{id: id}
	var ok bool
	var err error
	if r.source, ok, err = q.Source(ctx, id); err != nil {
		return nil, err
	}
	if ok && len(r.source.Feed) > 0 {
		if r.feed, err = ingest.DecodeFeed(id, r.source.Feed); err != nil {
			return nil, err
		}
	}
	if r.job, r.known, err = q.FeedState(ctx, id); err != nil {
		return nil, err
	}
	if !r.known && len(r.source.Feed) == 0 {
		return nil, fmt.Errorf("there is no feed %q: see conflictwire feeds list", id)
	}
	r.status, err = ingest.StatusOf(r.job.State)
	return r, err
}

type feedsListCmd struct {
	serverFlags
	Only string `placeholder:"STATE" help:"Only feeds that are ok, new, failing, silent, gap or paused; several with commas."`
	JSON bool   `help:"Print one JSON object a line."`
}

// Run implements the command.
func (c *feedsListCmd) Run(ctx context.Context, s *streams) error {
	return c.withQueue(ctx, "feeds list", func(ctx context.Context, q *queue.Queue) error {
		rows, err := feedRows(ctx, q)
		if err != nil {
			return err
		}
		only := strings.FieldsFunc(c.Only, func(r rune) bool { return r == ',' || r == ' ' })
		shown := 0
		for _, r := range rows {
			if len(only) > 0 && !slices.Contains(only, r.condition()) {
				continue
			}
			shown++
			if c.JSON {
				err = writeLine(s.out, r.json())
			} else {
				_, err = fmt.Fprintf(s.out, "%-8s %-32s %-22s %s\n", r.condition(), r.id, r.summary(time.Now()), plain(r.url()))
			}
			if err != nil {
				return err
			}
		}
		if !c.JSON {
			fmt.Fprintf(s.out, "%d of %d feeds\n", shown, len(rows))
		}
		return nil
	})
}

// summary is the most telling thing about the feed.
func (r *feedRow) summary(now time.Time) string {
	switch r.condition() {
	case "paused":
		return cmp.Or(clipText(plain(r.source.Note), 22), "by hand")
	case "silent":
		return r.status.Cause
	case "failing":
		return fmt.Sprintf("%s, %d in a row", cmp.Or(r.status.Cause, "error"), r.status.Failures)
	case "new":
		return "not polled yet"
	}
	if r.job.Due {
		return "being polled"
	}
	return "next in " + age(r.job.Next.Sub(now))
}

// feedOutRow is a feed as JSON.
type feedOutRow struct {
	ID       string    `json:"id"`
	URL      string    `json:"url"`
	State    string    `json:"state"`
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
	return feedOutRow{
		ID: r.id, URL: r.url(), State: r.condition(), Added: len(r.source.Feed) > 0, OK: r.status.OK, Next: r.job.Next.UTC(), Why: r.status.Why,
		Failures: r.status.Failures, Cause: r.status.Cause, Error: r.status.Error, Silent: r.status.Silent, Gaps: r.status.Gaps, Hub: r.status.Hub,
	}
}

// writeLine writes v as one line of JSON.
func writeLine(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

type feedsWhyCmd struct {
	serverFlags
	ID string `arg:"" help:"Feed."`
}

// Run implements the command.
func (c *feedsWhyCmd) Run(ctx context.Context, s *streams) error {
	return c.withQueue(ctx, "feeds why", func(ctx context.Context, q *queue.Queue) error {
		r, err := feedRowOf(ctx, q, c.ID)
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
	origin := "of the configuration file"
	if len(r.source.Feed) > 0 {
		origin = "added " + r.source.At.UTC().Format(time.RFC3339)
	}
	fmt.Fprintf(w, "%s  %s, %s\n%s\n", r.id, r.condition(), origin, plain(r.url()))
	line := func(format string, args ...any) { fmt.Fprintf(w, format+"\n", args...) }
	if st.Asked != "" && st.Asked != st.URL {
		line("It has moved for good and is asked at %s; put that into the configuration.", plain(st.Asked))
	}
	if st.Redirect != "" {
		line("It is redirected for good to %s; that is believed once it was seen for days.", plain(st.Redirect))
	}
	switch {
	case r.source.Paused:
		line("It is paused%s. Poll it again with: conflictwire feeds resume %s", because(r.source.Note), r.id)
	case !r.known:
		line("It has no schedule yet: a pipeline takes it up within seconds, if one runs.")
	case r.job.Due:
		line("It is due since %s: being polled, or waiting for a worker.", clock(r.job.Next, now))
	default:
		line("Next poll %s: %s.", clock(r.job.Next, now), cmp.Or(plain(st.Why), "the first one"))
	}
	if !st.OK.IsZero() {
		line("Last poll that worked %s; its document had %d entries.", clock(st.OK, now), st.Entries)
	}
	if st.Failures > 0 {
		line("Failing since %s (%s): %s", clock(st.Failing, now), st.Cause, plain(st.Error))
	}
	if !st.Silent.IsZero() {
		line("Silent: nothing new for longer than is usual; alarm %s. Cause: %s.", clock(st.Silent, now), st.Cause)
	} else if st.Limit > 0 {
		line("An alarm would be raised after %s without anything new.", short(st.Limit.Round(time.Minute)))
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
			promise = "subscribed until " + st.HubUntil.UTC().Format(time.RFC3339)
		}
		line("Hub %s, %s.", plain(st.Hub), promise)
	}
	for _, a := range slices.Backward(st.Polls) {
		line("  %s", attempt(a))
	}
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
	out := a.At.UTC().Format(time.RFC3339) + "  " + cmp.Or(a.Via, "poll")
	if a.Status != 0 {
		out += fmt.Sprintf("  %d in %s", a.Status, a.Took.Round(time.Millisecond))
	}
	if a.Bytes > 0 {
		out += fmt.Sprintf(", %d bytes", a.Bytes)
	}
	switch {
	case a.Error != "":
		out += "  " + plain(a.Error)
	case a.New+a.Changed == 0:
		out += "  nothing new"
	default:
		out += fmt.Sprintf("  %d new, %d changed", a.New, a.Changed)
	}
	return out
}

type feedsPollCmd struct {
	serverFlags
	ID   string        `arg:"" help:"Feed."`
	Wait time.Duration `default:"60s" help:"How long to wait for the result; 0 for not at all."`
}

// Run implements the command.
func (c *feedsPollCmd) Run(ctx context.Context, s *streams) error {
	return c.withQueue(ctx, "feeds poll", func(ctx context.Context, q *queue.Queue) error {
		r, err := feedRowOf(ctx, q, c.ID)
		if err != nil {
			return err
		}
		if r.source.Paused {
			return fmt.Errorf("feed %s is paused: conflictwire feeds resume %s", c.ID, c.ID)
		}
		start := time.Now().Truncate(time.Second)
		if _, err := q.Hurry(ctx, c.ID, time.Now()); err != nil {
			return err
		}
		for deadline := time.Now().Add(c.Wait); time.Now().Before(deadline); {
			if r, err = feedRowOf(ctx, q, c.ID); err != nil {
				return err
			}
			if n := len(r.status.Polls); n > 0 && !r.status.Polls[n-1].At.Before(start) && !r.job.Due {
				r.explain(s.out, time.Now())
				return nil
			}
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(300 * time.Millisecond):
			}
		}
		if c.Wait > 0 {
			return fmt.Errorf("feed %s is due, but was not polled within %s: is a pipeline running?", c.ID, short(c.Wait))
		}
		fmt.Fprintf(s.out, "feed %s is due\n", c.ID)
		return nil
	})
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
		found, err := findFeeds(ctx, client, webAddress(c.URL))
		if err != nil {
			return allowHint(err)
		}
		if len(found) == 0 {
			return fmt.Errorf("%s: no feed found, neither named by the page nor at the usual addresses", c.URL)
		}
		for _, f := range found {
			fmt.Fprintf(s.out, "%s\n    %s\n", plain(f.url), f.what)
		}
		return nil
	})
}

// webAddress puts a scheme before an address that was typed without one.
func webAddress(s string) string {
	if !strings.Contains(s, "://") {
		return "https://" + s
	}
	return s
}

// A foundFeed is an address that was asked, and holds a feed.
type foundFeed struct {
	url, what string
	doc       *feed.Feed
}

const maxFound = 12 // feeds that are asked of one site

// findFeeds asks a page, or a feed, and what it names; then the site's
// sitemaps and the usual addresses. Only what turns out to be a feed is
// returned.
func findFeeds(ctx context.Context, client *fetch.Client, address string) ([]foundFeed, error) {
	res, err := client.Get(ctx, fetch.Request{URL: address})
	if err != nil {
		return nil, err
	}
	opts := feed.Options{URL: res.URL, ContentType: res.Header.Get("Content-Type")}
	if doc, err := feed.Parse(res.Body, opts); err == nil {
		return []foundFeed{{res.URL, describeFeed(doc, "it is a feed"), doc}}, nil
	}
	type candidate struct{ url, why string }
	var list []candidate
	for _, d := range feed.Discover(res.Body, res.URL) {
		list = append(list, candidate{d.URL, strings.TrimSpace(d.Why + " " + d.Title)})
	}
	declared := len(list)
	sitemaps, err := client.Sitemaps(ctx, res.URL)
	if err == nil {
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
	var found []foundFeed
	seen := map[string]bool{}
	for _, l := range list {
		if len(found) == maxFound || ctx.Err() != nil {
			break
		}
		res, err := client.Get(ctx, fetch.Request{URL: l.url})
		if err != nil || seen[res.URL] {
			continue
		}
		seen[res.URL] = true
		doc, err := feed.Parse(res.Body, feed.Options{URL: res.URL, ContentType: res.Header.Get("Content-Type")})
		if err != nil || len(doc.Entries)+len(doc.Parts) == 0 {
			continue
		}
		found = append(found, foundFeed{res.URL, describeFeed(doc, l.why), doc})
	}
	return found, ctx.Err()
}

func describeFeed(doc *feed.Feed, why string) string {
	n := fmt.Sprintf("%d entries", len(doc.Entries))
	if len(doc.Parts) > 0 {
		n = fmt.Sprintf("%d sitemaps", len(doc.Parts))
	}
	return plain(strings.Join(slices.DeleteFunc([]string{doc.Title, doc.Format, n, why}, func(s string) bool { return s == "" }), ", "))
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
		ID: c.ID, URL: webAddress(c.URL), Title: c.Title, Publisher: c.Publisher, Language: c.Language, Country: c.Country, Every: c.Every, Sitemap: c.Sitemap,
	}
	if !c.Unchecked {
		if err := c.with(func(client *fetch.Client) error { return checkNew(ctx, client, &f) }); err != nil {
			return allowHint(err)
		}
	}
	return c.withQueue(ctx, "feeds add", func(ctx context.Context, q *queue.Queue) error {
		rows, err := feedRows(ctx, q)
		if err != nil {
			return err
		}
		taken := takenBy(rows)
		if id, ok := taken.urls[ingest.Canonical(f.URL)]; ok {
			return fmt.Errorf("feed %s has this address already", id)
		}
		if f.ID == "" {
			f.ID = taken.newID(f)
		} else if taken.ids[f.ID] {
			return fmt.Errorf("there is a feed %s already: give another --id", f.ID)
		}
		if err := addFeed(ctx, q, f); err != nil {
			return err
		}
		fmt.Fprintf(s.out, "added %s: %s\nSee how it fares with: conflictwire feeds why %s\n", f.ID, plain(f.Name()), f.ID)
		return nil
	})
}

// checkNew asks a feed that is to be added and takes over what it says of
// itself. Of a web page it says which feeds it names.
func checkNew(ctx context.Context, client *fetch.Client, f *ingest.Feed) error {
	res, err := client.Get(ctx, fetch.Request{URL: f.URL})
	if err != nil {
		return err
	}
	doc, err := feed.Parse(res.Body, feed.Options{URL: res.URL, ContentType: res.Header.Get("Content-Type")})
	if err != nil {
		hint := "find its feeds with: conflictwire feeds find " + f.URL
		if list := feed.Discover(res.Body, res.URL); len(list) > 0 {
			hint = "it is a page that names " + list[0].URL
		}
		return fmt.Errorf("%s: %w; %s", f.URL, err, hint)
	}
	f.Title = cmp.Or(f.Title, clipText(plain(doc.Title), 200))
	f.Language = cmp.Or(f.Language, clipText(plain(doc.Language), 35))
	return nil
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
		if r.url() != "" {
			t.urls[ingest.Canonical(r.url())] = r.id
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

// slugOf keeps the letters a to z and digits of a text, accents taken off.
func slugOf(s string) string {
	var b strings.Builder
	gap := false
	for _, r := range norm.NFKD.String(strings.ToLower(s)) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			if gap && b.Len() > 0 {
				b.WriteByte('-')
			}
			b.WriteRune(r)
			gap = false
		case r < 0x300 || r > 0x36f: // not an accent of the letter before
			gap = true
		}
	}
	return b.String()
}

// addFeed stores a feed on the server, where every worker learns of it.
func addFeed(ctx context.Context, q *queue.Queue, f ingest.Feed) error {
	if err := f.Validate(); err != nil {
		return err
	}
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
	ID string `arg:"" help:"Feed."`
}

// Run implements the command.
func (c *feedsRemoveCmd) Run(ctx context.Context, s *streams) error {
	return c.withQueue(ctx, "feeds remove", func(ctx context.Context, q *queue.Queue) error {
		r, err := feedRowOf(ctx, q, c.ID)
		if err != nil && len(r.raw()) == 0 {
			return err
		}
		if len(r.raw()) == 0 {
			return fmt.Errorf("feed %s is in the configuration file: take it out there, or: conflictwire feeds pause %s", c.ID, c.ID)
		}
		if err := q.RemoveSource(ctx, c.ID); err != nil {
			return err
		}
		fmt.Fprintf(s.out, "removed %s; its articles stay\n", c.ID)
		return nil
	})
}

// raw is the definition of a feed that was added; nil of others, and of none.
func (r *feedRow) raw() []byte {
	if r == nil {
		return nil
	}
	return r.source.Feed
}

type feedsPauseCmd struct {
	serverFlags
	ID   string `arg:"" help:"Feed."`
	Note string `help:"Why, for whoever looks."`
}

// Run implements the command.
func (c *feedsPauseCmd) Run(ctx context.Context, s *streams) error {
	return c.withQueue(ctx, "feeds pause", func(ctx context.Context, q *queue.Queue) error {
		if _, err := feedRowOf(ctx, q, c.ID); err != nil {
			return err
		}
		err := q.ChangeSource(ctx, c.ID, func(src *queue.Source) error {
			src.Paused, src.Note = true, clipText(c.Note, 500)
			return nil
		})
		if err == nil {
			fmt.Fprintf(s.out, "paused %s; poll it again with: conflictwire feeds resume %s\n", c.ID, c.ID)
		}
		return err
	})
}

type feedsResumeCmd struct {
	serverFlags
	ID string `arg:"" help:"Feed."`
}

// Run implements the command.
func (c *feedsResumeCmd) Run(ctx context.Context, s *streams) error {
	return c.withQueue(ctx, "feeds resume", func(ctx context.Context, q *queue.Queue) error {
		r, err := feedRowOf(ctx, q, c.ID)
		if err != nil {
			return err
		}
		if !r.source.Paused {
			return fmt.Errorf("feed %s is not paused", c.ID)
		}
		err = q.ChangeSource(ctx, c.ID, func(src *queue.Source) error {
			src.Paused, src.Note = false, ""
			return nil
		})
		if err != nil {
			return err
		}
		// The workers learn of it within a moment; the poll must not be sooner.
		if _, err := q.Hurry(ctx, c.ID, time.Now().Add(2*time.Second)); err != nil {
			return err
		}
		fmt.Fprintf(s.out, "resumed %s\n", c.ID)
		return nil
	})
}

type feedsImportCmd struct {
	serverFlags
	File   string `arg:"" help:"OPML file, or - for standard input."`
	DryRun bool   `help:"Only say what would be added."`
}

// Run implements the command.
func (c *feedsImportCmd) Run(ctx context.Context, s *streams) error {
	in := s.in
	if c.File != "-" {
		file, err := os.Open(c.File)
		if err != nil {
			return err
		}
		defer file.Close()
		in = file
	}
	list, err := feed.ReadOPML(in)
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
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
			f := ingest.Feed{URL: o.URL, Title: clipText(plain(o.Title), 200), Language: clipText(plain(o.Language), 35)}
			at := ingest.Canonical(f.URL)
			if _, ok := taken.urls[at]; ok {
				there++
				continue
			}
			f.ID = taken.newID(f)
			taken.ids[f.ID], taken.urls[at] = true, f.ID
			if !c.DryRun {
				if err := addFeed(ctx, q, f); err != nil {
					errs = append(errs, fmt.Errorf("%s: %w", plain(o.URL), err))
					continue
				}
			}
			added++
			fmt.Fprintf(s.out, "%-32s %s\n", f.ID, plain(f.URL))
		}
		what := "added"
		if c.DryRun {
			what = "would be added"
		}
		fmt.Fprintf(s.out, "%d %s, %d were there already\n", added, what, there)
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
			if r.url() == "" {
				continue // of the configuration, and not polled yet
			}
			list = append(list, feed.Outline{URL: r.url(), Title: cmp.Or(r.feed.Title, r.id), Language: r.feed.Language})
		}
		return feed.WriteOPML(s.out, "Feeds of Conflictwire", time.Now(), list)
	})
}
