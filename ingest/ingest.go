// Package ingest takes in what publishers put out: Poll asks a feed that is
// due for its entries and queues a page for each that is new or changed, Read
// turns a queued page into an article.
//
// Nothing is kept in memory between the two: the state of a feed travels in
// its schedule, a page in its job.
package ingest

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"time"

	"conflictwire/ingest/article"
	"conflictwire/ingest/feed"
	"conflictwire/ingest/fetch"
	"conflictwire/ingest/queue"
	"conflictwire/ingest/rights"
	"conflictwire/ingest/websub"
)

// A Feed is a source as the configuration has it.
type Feed struct {
	ID        string        `yaml:"id"`        // names the feed for ever: a-z, 0-9 and "-", at most 64; required
	URL       string        `yaml:"url"`       // http or https; required
	Title     string        `yaml:"title"`     // for people; empty: the id
	Publisher string        `yaml:"publisher"` // slug of who publishes it, shared by all its feeds; empty: the id
	Language  string        `yaml:"language"`  // BCP 47, used where the page and the text leave doubt; empty: unknown
	Country   string        `yaml:"country"`   // where the publisher sits, ISO 3166-1 alpha-2; empty: unknown. Never used as the place of an event
	Every     time.Duration `yaml:"every"`     // time between polls, 1s to 24h, always the same; zero: it is learnt from the feed
	Least     time.Duration `yaml:"least"`     // least time between polls when it is learnt, 1s to 24h; zero: a fifth of the configuration's every
	Most      time.Duration `yaml:"most"`      // most time between polls when it is learnt, 1s to 24h; zero: twelve times the configuration's every
	Sitemap   string        `yaml:"sitemap"`   // news sitemap that shows the same stories for longer, asked when the feed may have missed some; empty: none
	Headers   []string      `yaml:"headers"`   // "Name: value" sent to the feed's host alone; $NAME in the value is taken from the environment
	Auth      string        `yaml:"auth"`      // "user:password" for basic authentication there; $NAME is taken from the environment; empty: none
}

// Name is what people call the feed's publisher.
func (f Feed) Name() string {
	if f.Title != "" {
		return f.Title
	}
	return f.ID
}

var slug = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$`)

// Validate reports all that is wrong with the feed, joined.
func (f Feed) Validate() error {
	var errs []error
	if !slug.MatchString(f.ID) {
		errs = append(errs, fmt.Errorf("id: %q is not of a-z, 0-9 and - (at most 64)", f.ID))
	}
	if f.Publisher != "" && !slug.MatchString(f.Publisher) {
		errs = append(errs, fmt.Errorf("publisher: %q is not of a-z, 0-9 and - (at most 64)", f.Publisher))
	}
	if !isWeb(f.URL) {
		errs = append(errs, fmt.Errorf("url: %q is not an http or https address", f.URL))
	}
	if f.Every != 0 && (f.Every < time.Second || f.Every > 24*time.Hour) {
		errs = append(errs, fmt.Errorf("every: %v is not between 1s and 24h", f.Every))
	}
	for name, d := range map[string]time.Duration{"least": f.Least, "most": f.Most} {
		if d != 0 && (d < time.Second || d > 24*time.Hour) {
			errs = append(errs, fmt.Errorf("%s: %v is not between 1s and 24h", name, d))
		}
	}
	if f.Most != 0 && f.Most < f.Least {
		errs = append(errs, fmt.Errorf("most: %v is less than least, %v", f.Most, f.Least))
	}
	if f.Sitemap != "" && !isWeb(f.Sitemap) {
		errs = append(errs, fmt.Errorf("sitemap: %q is not an http or https address", f.Sitemap))
	}
	if _, err := f.secrets(); err != nil {
		errs = append(errs, err)
	}
	if len(f.Country) != 0 && len(f.Country) != 2 {
		errs = append(errs, fmt.Errorf("country: %q is not a two-letter code", f.Country))
	}
	return errors.Join(errs...)
}

func isWeb(link string) bool {
	u, err := url.Parse(link)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && u.User == nil
}

var fromEnvironment = regexp.MustCompile(`\$[A-Za-z_][A-Za-z0-9_]*`)

// secrets are the headers that the feed's site is sent, with what they take
// from the environment put in. The errors do not show values.
func (f Feed) secrets() (http.Header, error) {
	if len(f.Headers) == 0 && f.Auth == "" {
		return nil, nil
	}
	var missing []string
	expand := func(s string) string {
		return fromEnvironment.ReplaceAllStringFunc(s, func(name string) string {
			v, ok := os.LookupEnv(name[1:])
			if !ok {
				missing = append(missing, name)
			}
			return v
		})
	}
	h, key := http.Header{}, "headers"
	for i, line := range f.Headers {
		name, value, ok := strings.Cut(line, ":")
		if name = strings.TrimSpace(name); !ok || name == "" {
			return nil, fmt.Errorf("headers[%d]: it is not of the form \"Name: value\"", i)
		}
		h.Add(name, expand(strings.TrimSpace(value)))
	}
	if f.Auth != "" {
		if !strings.Contains(f.Auth, ":") {
			return nil, errors.New("auth: it is not of the form user:password")
		}
		if len(missing) == 0 {
			key = "auth"
		}
		h.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(expand(f.Auth))))
	}
	if len(missing) > 0 {
		return nil, fmt.Errorf("%s: %s is not set in the environment", key, strings.Join(missing, ", "))
	}
	return h, nil
}

// Header is what a request to link is sent besides the usual: the feed's
// headers, if link is on the feed's own host, "www." aside, and as safe from
// eavesdroppers.
func (f Feed) Header(link string) http.Header {
	if len(f.Headers) == 0 && f.Auth == "" || !sameHost(link, f.URL) {
		return nil
	}
	h, err := f.secrets()
	if err != nil {
		return nil // unreachable: Validate has tried
	}
	return h
}

func sameHost(link, feed string) bool {
	l, err := url.Parse(link)
	if err != nil {
		return false
	}
	f, err := url.Parse(feed)
	if err != nil {
		return false
	}
	name := func(u *url.URL) string { return strings.TrimPrefix(strings.ToLower(u.Host), "www.") }
	return name(l) == name(f) && l.Scheme == f.Scheme
}

// An Entry is what a feed says of one article. It travels in the page's job.
type Entry struct {
	Key       string          `json:"-"`    // of the link; names the job
	Link      string          `json:"link"` // as the feed has it, absolute; empty when it has none
	ID        string          `json:"id,omitempty"`
	Title     string          `json:"title,omitempty"`
	Summary   string          `json:"summary,omitempty"` // HTML
	Content   string          `json:"content,omitempty"` // HTML
	Authors   []string        `json:"authors,omitempty"`
	Published time.Time       `json:"published,omitzero"`
	Updated   time.Time       `json:"updated,omitzero"`
	Tags      []string        `json:"tags,omitempty"`
	Language  string          `json:"language,omitempty"`
	Images    []article.Image `json:"images,omitempty"`
	FirstSeen time.Time       `json:"firstSeen,omitzero"`
	Vanished  bool            `json:"vanished,omitempty"` // it left the feed before older entries did: look whether the page is gone
	Page      *Mark           `json:"page,omitempty"`     // the page as it was last read; in jobs that read it again
}

// A Mark tells whether a page is the one that was read before.
type Mark struct {
	URL          string `json:"url,omitempty"` // where it was, after redirects
	ETag         string `json:"etag,omitempty"`
	LastModified string `json:"lastModified,omitempty"`
	SHA256       string `json:"sha256,omitempty"`
}

// An Article is a page that was read, together with where it came from.
type Article struct {
	article.Article
	ID       string // UUID of its address, the same for ever
	Original string // UUID of the address that it says it was copied from; empty when it is nobody's copy
	URL      string // the page as fetched, after redirects
	Feed     Feed
	Entry    Entry
	Fetched  time.Time
	Robots   []string // directives of the page and its headers, in lower case
	Rights   rights.Rights
	Withheld string   // why the policy on rights leaves the body out; empty when it does not
	Page     Mark     // of the page as fetched; zero when there was none
	Sighted  []string // IDs of other feeds that showed it so far
}

// An Existing is what is known of the article of an entry. The zero value is
// an article that is not there, or was withdrawn.
type Existing struct {
	Published bool
	Link      string    // its page; empty when the article is another entry's
	Feed      string    // that brought its newest version
	Fetched   time.Time // when that was read for the newest version
}

// Known says what there is of the article of an entry.
type Known func(ctx context.Context, key string) (Existing, error)

// An Ingester polls and reads. Its methods may be called concurrently.
type Ingester struct {
	Fetch  *fetch.Client
	Queue  *queue.Queue
	Feeds  *Roster
	Every  time.Duration      // between polls of a feed whose rhythm is not known, and of all on average; zero: 5 minutes
	MaxAge time.Duration      // entries older than this are not taken in; zero: 7 days
	Reread []time.Duration    // how long after an entry appeared its page is read again, ascending; none: not at all
	Sites  *article.Sites     // rules for pages of certain sites; nil: the built-in ones
	Rights *rights.Cache      // what hosts say about use; nil: only pages are asked
	Policy rights.Policy      // what follows from it
	Hubs   *websub.Subscriber // of feeds that have one; nil: they are polled like the others
	Known  Known
	Log    *slog.Logger
}

// Queue, pace and size of entries.
const (
	defaultEvery  = 5 * time.Minute
	DefaultMaxAge = 7 * 24 * time.Hour
	fullPoll      = 24 * time.Hour // after which a feed is asked unconditionally: some servers answer 304 for ever
	maxEntries    = 1000           // of one feed document
	maxField      = 64 << 10       // bytes of an entry's content or summary
	maxJob        = 512 << 10      // bytes of an entry in its job; a NATS server takes 1 MiB by default
	maxLink       = 8 << 10        // bytes of an address
)

// entryOf takes over what a feed says of an entry.
func entryOf(f Feed, e feed.Entry) Entry {
	out := Entry{
		Link: e.Link, ID: clip(e.ID, 2048), Title: clip(e.Title, 4096), Summary: clip(e.Summary, maxField), Content: clip(e.Content, maxField),
		Authors: clipAll(e.Authors, 50), Published: e.Published, Updated: e.Updated, Tags: clipAll(e.Tags, 100), Language: clip(e.Language, 64),
	}
	if len(out.Link) > maxLink {
		out.Link = "" // no server takes it; what the feed says is the article
	}
	for _, i := range e.Images[:min(len(e.Images), 20)] {
		out.Images = append(out.Images, article.Image{URL: i.URL, Width: i.Width, Height: i.Height, Caption: clip(i.Caption, 4096), Credit: clip(i.Credit, 1024)})
	}
	switch {
	case out.Link != "":
		out.Key = Key(out.Link)
	case out.ID != "":
		out.Key = Key("urn:conflictwire:id:" + f.URL + " " + out.ID)
	default:
		out.Key = Key("urn:conflictwire:title:" + f.URL + " " + out.Title)
	}
	return out
}

// clipAll keeps the first n of list, each cut to what a name may be long.
func clipAll(list []string, n int) []string {
	var out []string
	for _, s := range list[:min(len(list), n)] {
		out = append(out, clip(s, 300))
	}
	return out
}

// clip cuts s to at most n bytes, at the start of a rune.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && s[n]&0xC0 == 0x80 {
		n--
	}
	return s[:n]
}
