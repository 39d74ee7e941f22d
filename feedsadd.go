package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
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
	last map[string]int    // the number given last to what an id begins with; may be nil
}

func takenBy(rows []*feedRow) taken {
	t := taken{map[string]bool{}, map[string]string{}, map[string]int{}}
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
	for n := max(t.last[base], 1); t.ids[id]; {
		n++
		id = fmt.Sprintf("%s-%d", base, n)
		if t.last != nil {
			t.last[base] = n // a list may give one title to all its feeds
		}
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
				list = append(list, feed.Outline{URL: r.url(), Title: plain(cmp.Or(r.feed.Title, r.id)), Language: r.feed.Language})
			}
		}
		if n := len(rows) - len(list); n > 0 {
			fmt.Fprintf(s.err, "%s left out: the address of a feed from the configuration is known after its first poll\n", count(n, "feed"))
		}
		return feed.WriteOPML(s.out, "Feeds of Conflictwire", time.Now(), list)
	})
}
