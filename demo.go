package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"conflictwire/deploy/demo"
	"conflictwire/ingest"
	"conflictwire/ingest/fetch"
	"conflictwire/ingest/queue"
	"conflictwire/sink"
	"conflictwire/sink/record"

	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/sync/errgroup"
)

type demoCmd struct {
	Stay   bool   `help:"Go on until interrupted and let others subscribe, for trying the other commands."`
	Listen string `default:"127.0.0.1:4222" placeholder:"ADDR" help:"With --stay: where subscribers connect."`
	JSON   bool   `help:"Print each record as one line of JSON instead."`
	Log    bool   `help:"Show the pipeline's log as well, on standard error."`
}

// Run implements the command.
func (c *demoCmd) Run(ctx context.Context, s *streams) (err error) {
	start := time.Now()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	newsroom, err := demo.Start(ctx, demo.Options{})
	if err != nil {
		return err
	}
	defer newsroom.Close()
	dir, err := os.MkdirTemp("", "conflictwire-demo-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	rules, err := loadRules("", "")
	if err != nil {
		return err
	}
	log := slog.New(slog.DiscardHandler)
	if c.Log {
		log = newLogger(s.err, false, slog.LevelInfo)
	}
	p, err := newPipeline(ctx, c.config(newsroom, dir), rules, log)
	if err != nil {
		return err
	}
	defer p.Close()
	js, err := jetstream.New(p.conn)
	if err != nil {
		return err
	}
	show := &show{out: s.out, start: start, json: c.JSON, pipeline: p, feeds: newsroom.Feeds()}
	show.intro()
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return p.run(ctx) })
	g.Go(func() error {
		return sink.Subscribe(ctx, js, sink.Query{Subject: "news.article.>", Since: start, Follow: true}, show.record)
	})
	g.Go(func() error {
		defer cancel()
		show.wait(ctx, newsroom.Story().Length)
		if err := show.end(ctx, c); err != nil || !c.Stay {
			return err
		}
		<-ctx.Done()
		return nil
	})
	return g.Wait()
}

// config is the demo's configuration: the newsroom's feeds, in a hurry.
func (c *demoCmd) config(newsroom *demo.Newsroom, dir string) *Config {
	cfg := &Config{
		Store: dir, Listen: "none", Every: time.Second,
		Fetch: fetch.Config{Pace: time.Millisecond, Connections: 8, Allow: []string{"127.0.0.0/8"}},
		Desks: []sink.Desk{{ID: "mideast-peace", Topics: []string{"peace"}, Countries: []string{"sy", "ye", "il", "ps", "lb", "iq", "ir"}}},
	}
	if c.Stay {
		cfg.Listen = c.Listen
	}
	for _, f := range newsroom.Feeds() {
		cfg.Feeds = append(cfg.Feeds, ingest.Feed{ID: f.ID, URL: f.URL, Title: f.Title, Publisher: f.Publisher, Language: f.Language, Country: f.Country})
	}
	return cfg
}

// A show prints what happens. Its methods may be called concurrently.
type show struct {
	out      io.Writer
	start    time.Time
	json     bool
	pipeline *pipeline
	feeds    []demo.Feed

	mu       sync.Mutex
	ops      map[record.Op]int
	tagged   int
	first    time.Duration // until the first tagged article
	example  string        // its address
	plain    []string      // headlines that were not tagged
	lastSeen time.Time
}

func (w *show) intro() {
	if w.json {
		return
	}
	publishers := map[string]bool{}
	for _, f := range w.feeds {
		publishers[f.Publisher] = true
	}
	fmt.Fprintf(w.out, "A small newsroom on this machine: %d invented publishers, %d feeds, all events invented.\n", len(publishers), len(w.feeds))
	fmt.Fprintf(w.out, "Feeds are polled, pages read, tagged and published over NATS; below, a subscriber to news.article.>\n\n")
	fmt.Fprintf(w.out, "time      in lng headline\n%17stopics with confidence, age, publisher\n\n", "")
}

// record takes in one message of the subscription.
func (w *show) record(msg jetstream.Msg) error {
	rec, err := record.Decode(msg.Data())
	if err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ops == nil {
		w.ops = map[record.Op]int{}
	}
	w.lastSeen = time.Now()
	w.ops[rec.Conflictwire.Op]++
	if w.json {
		_, err = fmt.Fprintf(w.out, "%s\n", msg.Data())
		return err
	}
	if rec.Conflictwire.Op == record.New {
		if len(rec.Conflictwire.Topics) == 0 {
			w.plain = append(w.plain, rec.Headline())
			return nil
		}
		w.tagged++
		if w.first == 0 {
			w.first, w.example = time.Since(w.start), rec.Conflictwire.Provenance.URL
		}
	}
	_, err = fmt.Fprintln(w.out, lines(rec))
	return err
}

// wait lets the newsroom's story run to its end and the pipeline come to
// rest, printing now and then how far it is.
func (w *show) wait(ctx context.Context, length time.Duration) {
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	for n := 1; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		w.mu.Lock()
		rest := time.Since(w.start) > length && time.Since(w.lastSeen) > 1200*time.Millisecond
		total := w.ops[record.New]
		if !w.json && (rest || n%4 == 0) {
			fmt.Fprintf(w.out, "-- %.0f s: %d articles, %d tagged, %d corrected, %d withdrawn\n",
				time.Since(w.start).Seconds(), total, w.tagged, w.ops[record.Update], w.ops[record.Withdraw])
		}
		w.mu.Unlock()
		if rest {
			return
		}
	}
}

// end sums up and says what to try next.
func (w *show) end(ctx context.Context, c *demoCmd) error {
	if w.json || ctx.Err() != nil {
		return nil
	}
	ended, err := w.pipeline.queue.Tally(ctx)
	if err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.tagged == 0 {
		return errors.New("no article came through; demo --log shows what happened to them")
	}
	fmt.Fprintf(w.out, "\nFirst tagged article after %.1f s.\nNot published: %d duplicates of an article from elsewhere, %d denied by robots.txt.\n",
		w.first.Seconds(), ended[queue.Duplicate], ended[queue.Denied])
	if len(w.plain) > 0 {
		slices.SortFunc(w.plain, func(a, b string) int { return cmp.Compare(len(a), len(b)) })
		fmt.Fprintf(w.out, "Published without a topic, whatever their words say:\n")
		for _, h := range w.plain[:min(len(w.plain), 6)] {
			fmt.Fprintf(w.out, "    %s\n", plain(h))
		}
	}
	next := []string{
		"conflictwire demo --stay                               keep this newsroom going; then, in a second terminal:",
		"  conflictwire sub 'news.topic.peace.>' --since 1h     one topic group, replayed and then live",
		"  conflictwire sub --topic peace.ceasefire --json -n 1 --since 1h",
		"                                                       a whole record, with the words that carried each tag",
		"  conflictwire feeds list                              how each feed fares; feeds why says when it is asked and why",
		"conflictwire run                                       the real thing: built-in list of news feeds",
		"conflictwire tag --title 'Rebels sign truce' FILE      tag a text of your own",
	}
	if c.Stay {
		server := w.pipeline.nats.URL()
		flag := ""
		if server != defaultServer {
			flag = " --server " + server
		}
		next = []string{
			"Listening on " + server + " until you press Ctrl-C. In a second terminal:",
			"  conflictwire sub" + flag + " 'news.topic.peace.>' --since 1h",
			"  conflictwire sub" + flag + " 'news.desk.mideast-peace.>' --since 1h --json",
			"  conflictwire feeds list" + flag,
			"  conflictwire trace" + flag + " '" + w.example + "'",
		}
	}
	fmt.Fprintf(w.out, "\nTo try next:\n  %s\n", strings.Join(next, "\n  "))
	return nil
}
