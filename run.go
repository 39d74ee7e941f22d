package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync/atomic"
	"time"

	"conflictwire/deploy/natsd"
	"conflictwire/enrich"
	"conflictwire/ingest"
	"conflictwire/ingest/fetch"
	"conflictwire/ingest/queue"
	"conflictwire/ingest/rights"
	"conflictwire/ingest/websub"
	"conflictwire/sink"
	"conflictwire/sink/record"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/sync/errgroup"
)

// A pipeline is all parts, connected. Its method run is the program.
type pipeline struct {
	cfg     *Config
	rules   *rules        // as loaded at the start
	nats    *natsd.Server // nil when the server is elsewhere
	conn    *nats.Conn
	queue   *queue.Queue
	ingest  *ingest.Ingester
	enrich  atomic.Pointer[enrich.Enricher]
	sink    *sink.Sink
	log     *slog.Logger
	onStore func(sink.Result) // called after each version that this process stored; may be nil
}

// connect starts the embedded server or dials the one that is configured.
func connect(cfg *Config, log *slog.Logger) (*natsd.Server, *nats.Conn, error) {
	if cfg.NATS.URL != "" {
		conn, err := natsd.Dial(cfg.NATS.URL, cfg.NATS.Creds, "conflictwire", log)
		return nil, conn, err
	}
	dir, err := cfg.storeDir()
	if err != nil {
		return nil, nil, err
	}
	server, err := natsd.Start(natsd.Config{Dir: dir, Listen: cfg.listen(), MaxStore: cfg.MaxStore, Log: log})
	if err != nil {
		return nil, nil, err
	}
	conn, err := server.Connect("conflictwire", log)
	if err != nil {
		server.Close()
		return nil, nil, err
	}
	return server, conn, nil
}

// newPipeline opens all parts. Close it in the end.
func newPipeline(ctx context.Context, cfg *Config, r *rules, log *slog.Logger) (p *pipeline, err error) {
	p = &pipeline{cfg: cfg, rules: r, log: log}
	p.enrich.Store(r.enricher())
	defer func() {
		if err != nil {
			p.Close()
		}
	}()
	client, err := fetch.New(cfg.Fetch)
	if err != nil {
		return p, err
	}
	if p.nats, p.conn, err = connect(cfg, log); err != nil {
		return p, err
	}
	js, err := jetstream.New(p.conn)
	if err != nil {
		return p, err
	}
	if p.queue, err = queue.Open(ctx, js, queue.Config{Replicas: cfg.NATS.Replicas, LedgerAge: cfg.Retention, Log: log}); err != nil {
		return p, err
	}
	if p.sink, err = sink.Open(ctx, js, r.topics.Topics(), sink.Config{
		Retention: cfg.Retention, MaxBytes: cfg.MaxNews, Replicas: cfg.NATS.Replicas, Confidence: cfg.Confidence, Desks: cfg.Desks, Log: log,
	}); err != nil {
		return p, err
	}
	if p.nats == nil { // other workers may ask the same hosts
		client.ShareTurns(p.queue.Reserve)
	}
	p.ingest = &ingest.Ingester{
		Fetch: client, Queue: p.queue, Feeds: ingest.NewRoster(cfg.Feeds), Every: cfg.Every, MaxAge: cfg.MaxAge, Reread: cfg.reread(),
		Sites: r.sites, Policy: cfg.Rights, Known: p.known, Log: log,
	}
	agent := cmp.Or(cfg.Fetch.UserAgent, "Conflictwire")
	p.ingest.Rights = rights.NewCache(nil, agent)
	if cfg.Rights.AsksFiles() {
		p.ingest.Rights = rights.NewCache(p.ingest.RightsFile, agent)
	}
	if cfg.WebSub.Callback != "" {
		if p.ingest.Hubs, err = websub.New(cfg.WebSub, p.ingest.PostHub, p.ingest, log); err != nil {
			return p, fmt.Errorf("websub: %w", err)
		}
	}
	return p, nil
}

// Close lets go of the server. Call it after run has returned.
func (p *pipeline) Close() {
	if p.ingest != nil {
		p.ingest.Fetch.Close()
	}
	if p.conn != nil {
		// Acknowledgements are on their way still.
		if err := p.conn.FlushTimeout(5 * time.Second); err != nil {
			p.log.Warn("last acknowledgements not sent; their jobs are done again", "err", err)
		}
		p.conn.Close()
	}
	if p.nats != nil {
		p.nats.Close()
	}
}

// run is the pipeline: feeds that are due are polled, queued pages are read,
// enriched and published, records are routed to topics and desks. It returns
// when ctx is done and all that was begun is finished, or when a part cannot
// go on.
func (p *pipeline) run(ctx context.Context) error {
	if err := p.learnSources(ctx); err != nil {
		return err
	}
	armed, retired, err := p.queue.Reconcile(ctx, p.ingest.Feeds.IDs(), p.spread())
	if err != nil {
		return err
	}
	p.log.Info("started", "feed", len(p.ingest.Feeds.IDs()), "n", armed, "status", fmt.Sprintf("%d feeds new, %d retired", armed, retired))
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return p.watchSources(ctx) })
	g.Go(func() error { p.watchTopics(ctx); return nil })
	g.Go(func() error {
		return p.queue.Feeds(ctx, cmp.Or(p.cfg.Workers.Feeds, 16), p.ingest.Poll, p.ingest.Pushed)
	})
	g.Go(func() error { return p.queue.Pages(ctx, cmp.Or(p.cfg.Workers.Pages, 64), p.read) })
	g.Go(func() error { return p.sink.Route(ctx) })
	if p.ingest.Hubs != nil {
		g.Go(func() error { return p.ingest.Hubs.Serve(ctx) })
	}
	if p.nats != nil {
		g.Go(func() error { return p.nats.Wait(ctx) })
	}
	err = g.Wait()
	p.log.Info("stopped")
	return err
}

// learnSources takes over the feeds that were added or paused while a pipeline
// ran.
func (p *pipeline) learnSources(ctx context.Context) error {
	sources, err := p.queue.Sources(ctx)
	if err != nil {
		return err
	}
	for id, s := range sources {
		if _, err := p.ingest.Feeds.Learn(id, &s); err != nil {
			p.log.Error("feed left out", "feed", id, "err", err)
		}
	}
	return nil
}

// watchSources follows the changes to that list, and arms and retires feeds
// once it has been quiet for a moment.
func (p *pipeline) watchSources(ctx context.Context) error {
	changed := make(chan struct{}, 1)
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		return p.queue.WatchSources(ctx, func(id string, s *queue.Source) {
			differs, err := p.ingest.Feeds.Learn(id, s)
			if err != nil {
				p.log.Error("feed left out", "feed", id, "err", err)
			}
			if differs {
				select {
				case changed <- struct{}{}:
				default:
				}
			}
		})
	})
	g.Go(func() error {
		for {
			select {
			case <-ctx.Done():
				return nil
			case <-changed:
			}
			select {
			case <-ctx.Done():
				return nil
			case <-time.After(time.Second):
			}
			armed, retired, err := p.queue.Reconcile(ctx, p.ingest.Feeds.IDs(), 0)
			if err != nil {
				p.log.Error("list of feeds not brought up to date; trying again", "err", err)
				select {
				case changed <- struct{}{}:
				default:
				}
				continue
			}
			p.log.Info("feeds changed", "feed", len(p.ingest.Feeds.IDs()), "status", fmt.Sprintf("%d feeds new, %d retired", armed, retired))
		}
	})
	return g.Wait()
}

// spread is over how long the first polls are spread: some twenty a second.
func (p *pipeline) spread() time.Duration {
	d := time.Duration(len(p.ingest.Feeds.IDs())) * 50 * time.Millisecond
	if d < time.Second {
		return 0 // schedules have a resolution of a second
	}
	return min(d, cmp.Or(p.cfg.Every, 5*time.Minute))
}

// read is the way of one page: read, enrich, publish (a [queue.ReadFunc]).
func (p *pipeline) read(ctx context.Context, job queue.Job) error {
	prev, err := p.publishedAs(ctx, job.Key)
	if err != nil {
		return err
	}
	if job.Reread > 0 {
		if prev == nil || prev.Conflictwire.Provenance.Fetched.After(job.Added) {
			return &queue.End{State: queue.Unchanged, Reason: "read again meanwhile, or withdrawn"}
		}
		// Whatever this reading comes to, the next one is due at its time.
		if err := p.ingest.Again(ctx, job, ingest.Mark{}); err != nil {
			return err
		}
	}
	a, err := p.ingest.Read(ctx, job)
	if end, ok := errors.AsType[*queue.End](err); ok && end.State == queue.Gone {
		return p.withdraw(ctx, job, end)
	}
	if err != nil {
		return err
	}
	if prev != nil {
		// An entry that became an article stays that article, whatever address
		// its page gives itself later, and whoever it says it was copied from.
		if at := prev.Conflictwire.Provenance.URL; at == "" || a.URL == "" || ingest.SameSite(a.URL, at) {
			a.ID, a.Original = prev.Conflictwire.ID, ""
		}
		if (a.Closed && !prev.Conflictwire.Extraction.Closed || a.Partial) && a.Withheld == "" && prev.RepresentationType == "full" {
			return &queue.End{State: queue.Unchanged, Reason: "the page shows less than before"}
		}
	}
	if a.Sighted, err = p.queue.Sightings(ctx, job.Key); err != nil {
		return err
	}
	res, err := p.sink.Publish(ctx, p.enrich.Load().Enrich(a))
	if err != nil {
		return err
	}
	switch res.Outcome {
	case sink.Duplicate:
		return &queue.End{State: queue.Duplicate, ID: res.ID, Reason: "another entry brought the same article"}
	case sink.TooLarge:
		return &queue.End{State: queue.TooLarge, ID: res.ID, Reason: "the record is larger than the NATS server's max_payload"}
	}
	if err := p.ingest.Again(ctx, job, a.Page); err != nil {
		return err
	}
	if res.Outcome == sink.Unchanged {
		return &queue.End{State: queue.Unchanged, ID: res.ID, Reason: "the newest version says the same"}
	}
	p.stored(res)
	if was, _, err := p.queue.Became(ctx, job.Key); err != nil {
		return err
	} else if res.ID != job.Key || was.State == queue.Duplicate {
		// Stored under another name than the entry's: leave a sign.
		return &queue.End{State: queue.Published, ID: res.ID, Reason: "under its canonical address"}
	}
	return nil
}

// withdraw takes back the article of an entry whose page is gone, if it was
// published.
func (p *pipeline) withdraw(ctx context.Context, job queue.Job, end *queue.End) error {
	id, err := p.articleOf(ctx, job.Key)
	if err != nil {
		return err
	}
	if id == "" {
		return end // the article is another entry's
	}
	rec, err := p.sink.Last(ctx, id)
	if err != nil {
		return err
	}
	if rec != nil && !speaksFor(job, rec) {
		return end
	}
	res, err := p.sink.Withdraw(ctx, id, end.Reason)
	if err != nil {
		return err
	}
	if res.Outcome == sink.Unknown {
		return end
	}
	p.stored(res)
	// Its entry may stay in the feed: look once more whether it is back.
	if err := p.ingest.Again(ctx, job, ingest.Mark{URL: job.URL}); err != nil {
		return err
	}
	return &queue.End{State: queue.Withdrawn, ID: id, Reason: end.Reason}
}

// speaksFor reports whether the page of a job being gone means that the article
// is: it is the article's own page, on its own site, and not another address
// that led there.
func speaksFor(job queue.Job, rec *record.Record) bool {
	at := rec.Conflictwire.Provenance.URL
	if at == "" || job.URL == at {
		return true
	}
	for _, alt := range rec.AltIDs {
		if alt.Role == "link" && alt.Value == job.URL {
			return ingest.SameSite(job.URL, at)
		}
	}
	return false
}

// stored tells the log, and whoever asked, of a new version.
func (p *pipeline) stored(res sink.Result) {
	if res.Record == nil {
		return
	}
	c := res.Record.Conflictwire
	var topics []string
	for _, t := range c.Topics {
		topics = append(topics, t.ID)
	}
	p.log.Info("published", "id", c.ID, "status", c.Op, "feed", c.Provenance.Feed, "topic", topics, "link", c.Provenance.URL)
	if p.onStore != nil {
		p.onStore(res)
	}
}

// articleOf is the ID of the article that an entry became: its key, unless
// the ledger says that it was published under another. It is "" for an entry
// that was found to be a duplicate of another's article.
func (p *pipeline) articleOf(ctx context.Context, key string) (string, error) {
	line, ok, err := p.queue.Became(ctx, key)
	switch {
	case err != nil:
		return "", err
	case ok && line.State == queue.Duplicate:
		return "", nil
	case ok && line.ID != "":
		return line.ID, nil
	}
	return key, nil
}

// publishedAs is the newest version of the article that an entry became, nil
// when it has become none, or is a duplicate of another entry's.
func (p *pipeline) publishedAs(ctx context.Context, key string) (*record.Record, error) {
	id, err := p.articleOf(ctx, key)
	if err != nil || id == "" {
		return nil, err
	}
	return p.sink.Last(ctx, id)
}

// known says what there is of the article of an entry (an [ingest.Known]).
func (p *pipeline) known(ctx context.Context, key string) (ingest.Existing, error) {
	id, err := p.articleOf(ctx, key)
	if err != nil || id == "" {
		return ingest.Existing{Published: err == nil}, err
	}
	rec, err := p.sink.Last(ctx, id)
	if err != nil || rec == nil || rec.PubStatus == record.Canceled {
		return ingest.Existing{}, err // one that was withdrawn may come back
	}
	from := rec.Conflictwire.Provenance
	return ingest.Existing{Published: true, Link: from.URL, Feed: from.Feed, Fetched: from.Fetched}, nil
}

// newLogger writes to w, as text or as JSON, from the given level on.
func newLogger(w io.Writer, json bool, level slog.Level) *slog.Logger {
	opts := &slog.HandlerOptions{Level: level}
	if json {
		return slog.New(slog.NewJSONHandler(w, opts))
	}
	return slog.New(slog.NewTextHandler(w, opts))
}
