// Package demo is a small newsroom on loopback: eight invented publishers with
// their feeds and pages, for trying and testing the pipeline without the
// outside world.
//
// It behaves as the real web does. Some feeds are broken, slow, mislabelled or
// die; pages carry the clutter that pages carry; over the first seven seconds
// new articles appear, some are corrected, two are withdrawn and three are
// carried by a second publisher. All texts are our own and all events in them
// are invented; they lie in articles/<publisher>/<slug>.txt, to be read and
// edited without knowing Go.
package demo

import (
	"context"
	"embed"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"
)

//go:embed articles feeds labels layouts
var files embed.FS

// Options say how a [Newsroom] runs. The zero value is ready to use.
type Options struct {
	Speed float64      // the timeline runs this many times faster; 0 means 1
	Log   *slog.Logger // one Debug line a request; nil means none
}

// A Newsroom is a set of running publishers. Its methods may be called
// concurrently.
type Newsroom struct {
	speed   float64
	start   time.Time
	now     func() time.Time
	log     *slog.Logger
	houses  []*house
	servers []*http.Server
	serving sync.WaitGroup
	forget  func() bool // that ctx ends the newsroom
}

// A Feed is what an editor would enter to follow one feed.
type Feed struct {
	ID        string // stable, unique in the newsroom
	URL       string
	Title     string
	Publisher string // slug, the same for all feeds of one publisher
	Language  string // BCP 47
	Country   string // of the publisher, ISO 3166 alpha-2, lower case
	Note      string // what is particular about this feed; empty if it is in order
}

// An Article is what a perfect pipeline makes of one page once the timeline
// has run to its end.
type Article struct {
	URL         string        // as in rel=canonical of the page; for a copy, the page itself
	Publisher   string        // slug
	Feeds       []string      // IDs of the feeds that carry it
	Language    string        // BCP 47
	Title       string        // of the last version
	Paragraphs  []string      // of the last version, subheadings included, standfirst not
	Appears     time.Duration // after the start, at Speed 1; 0 if there from the start
	Versions    int           // texts published one after another; 2 if corrected
	Withdrawn   bool          // the page ends as 410 and leaves its feeds
	Denied      bool          // robots.txt forbids the page, so it must never be fetched
	DuplicateOf string        // URL of the original if this is a syndicated copy
	Conflict    bool          // is it about conflict at all
	Topics      []string      // "group.topic", all of which it must be tagged with; more may fit
	Country     string        // where it happens, ISO 3166 alpha-2 in lower case; empty if that is open to argument
	Caption     string        // of the photo, which must not get into the body; empty if none
}

// A Story tells everything that happens in a newsroom.
type Story struct {
	Articles []Article
	Length   time.Duration // after which nothing changes any more, at the newsroom's speed
}

// Start serves each publisher on a port of its own on 127.0.0.1 and returns
// once all accept connections. The timeline begins at that moment. The
// newsroom runs until ctx is done or Close is called.
func Start(ctx context.Context, opts Options) (*Newsroom, error) {
	listeners := make(map[string]net.Listener)
	closeAll := func() {
		for _, ln := range listeners {
			ln.Close()
		}
	}
	for _, h := range houses() {
		ln, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
		if err != nil {
			closeAll()
			return nil, fmt.Errorf("listen for publisher %s: %w", h.slug, err)
		}
		listeners[h.slug] = ln
	}
	n, err := open(opts, time.Now, func(slug string) string {
		return "http://" + listeners[slug].Addr().String()
	})
	if err != nil {
		closeAll()
		return nil, err
	}
	for _, h := range n.houses {
		srv := &http.Server{
			Handler:           n.handler(h),
			ReadHeaderTimeout: 5 * time.Second,
			ErrorLog:          slog.NewLogLogger(n.log.Handler(), slog.LevelDebug),
		}
		n.servers = append(n.servers, srv)
		n.serving.Go(func() { srv.Serve(listeners[h.slug]) })
	}
	n.forget = context.AfterFunc(ctx, n.stop)
	return n, nil
}

// open loads the articles into a newsroom that serves nothing yet, whose
// timeline begins now and whose publishers live at the URLs base returns.
func open(opts Options, now func() time.Time, base func(slug string) string) (*Newsroom, error) {
	n := &Newsroom{speed: opts.Speed, start: now(), now: now, log: opts.Log, houses: houses()}
	if n.speed <= 0 {
		n.speed = 1
	}
	if n.log == nil {
		n.log = slog.New(slog.DiscardHandler)
	}
	for _, h := range n.houses {
		h.base = base(h.slug)
		if err := h.load(files); err != nil {
			return nil, err
		}
		for _, a := range h.articles {
			for i := range a.texts {
				a.texts[i].replace("{today}", n.published(a).Weekday().String())
			}
			a.url = h.base + h.pathOf(a, n.published(a))
		}
	}
	return n, linkCopies(n.houses)
}

// Close stops all publishers at once and waits until they have stopped.
// Closing again does nothing.
func (n *Newsroom) Close() {
	n.forget()
	n.stop()
	n.serving.Wait()
}

func (n *Newsroom) stop() {
	for _, srv := range n.servers {
		srv.Close() // what the listeners say on the way out helps nobody
	}
}

// Feeds lists the feeds of all publishers, always in the same order.
func (n *Newsroom) Feeds() []Feed {
	var feeds []Feed
	for _, h := range n.houses {
		for _, c := range h.channels {
			feeds = append(feeds, Feed{
				ID: c.id, URL: h.base + c.path, Title: c.title,
				Publisher: h.slug, Language: h.language, Country: h.country, Note: c.note,
			})
		}
	}
	return feeds
}

// Story returns what happens in the newsroom from start to end.
func (n *Newsroom) Story() Story {
	var s Story
	var last time.Duration
	for _, h := range n.houses {
		for _, a := range h.articles {
			s.Articles = append(s.Articles, a.expected())
			last = max(last, a.appears, a.withdrawn, a.texts[len(a.texts)-1].at)
		}
		for _, c := range h.channels {
			last = max(last, c.dies)
		}
	}
	s.Length = time.Duration(float64(last) / n.speed)
	return s
}

// elapsed is how far the timeline has run.
func (n *Newsroom) elapsed() time.Duration {
	return time.Duration(float64(n.now().Sub(n.start)) * n.speed)
}

// moment is when the timeline reaches d.
func (n *Newsroom) moment(d time.Duration) time.Time {
	return n.start.Add(time.Duration(float64(d) / n.speed))
}

// published is the date an article bears, in its publisher's zone.
func (n *Newsroom) published(a *article) time.Time {
	if a.appears > 0 {
		return n.moment(a.appears).In(a.house.zone)
	}
	return n.start.Add(-a.age).In(a.house.zone)
}
