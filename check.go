package main

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"conflictwire/ingest"
	"conflictwire/ingest/feed"
	"conflictwire/ingest/fetch"
)

type checkCmd struct {
	Config string `short:"c" type:"path" placeholder:"FILE" help:"Configuration file. Without one, the built-in configuration."`
	Online bool   `help:"Ask every feed as well, and say what came."`
}

// Run implements the command.
func (c *checkCmd) Run(ctx context.Context, s *streams) error {
	cfg, rules, err := loadConfig(c.Config)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "configuration: %d feeds, %d desks\n", len(cfg.Feeds), len(cfg.Desks))
	fmt.Fprintf(s.out, "taxonomy %s: %d groups, %d topics\n", rules.topics.Version(), len(rules.topics.Groups()), len(rules.topics.Topics()))
	if !c.Online {
		return nil
	}
	client, err := fetch.New(cfg.Fetch)
	if err != nil {
		return err
	}
	defer client.Close()
	return checkOnline(ctx, s, client, cfg.Feeds)
}

// checkOnline polls every feed once and prints a line for each, in order. The
// error counts those that failed.
func checkOnline(ctx context.Context, s *streams, client *fetch.Client, feeds []ingest.Feed) error {
	results := make([]string, len(feeds))
	errs := make([]error, len(feeds))
	var wg sync.WaitGroup
	slots := make(chan struct{}, 16)
	for i, f := range feeds {
		wg.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			results[i], errs[i] = checkFeed(ctx, client, f)
		})
	}
	wg.Wait()
	failed := 0
	for i, f := range feeds {
		if errs[i] != nil {
			failed++
			fmt.Fprintf(s.out, "FAIL  %-28s %v\n", f.ID, errs[i])
			continue
		}
		fmt.Fprintf(s.out, "ok    %-28s %s\n", f.ID, results[i])
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d feeds failed", failed, len(feeds))
	}
	return nil
}

// checkFeed asks one feed and says in a few words what it holds.
func checkFeed(ctx context.Context, client *fetch.Client, f ingest.Feed) (string, error) {
	res, err := client.Get(ctx, fetch.Request{URL: f.URL, Header: f.Header(f.URL)})
	if err != nil {
		return "", err
	}
	doc, err := feed.Parse(res.Body, feed.Options{URL: res.URL, ContentType: res.Header.Get("Content-Type")})
	if err != nil {
		return "", err
	}
	newest := slices.MaxFunc(append(doc.Entries, feed.Entry{}), func(a, b feed.Entry) int { return a.Published.Compare(b.Published) }).Published
	out := fmt.Sprintf("%s, %d entries", doc.Format, len(doc.Entries))
	if !newest.IsZero() {
		out += ", newest " + age(time.Since(newest)) + " old"
	}
	if res.Permanent != "" {
		out += ", moved for good to " + res.Permanent
	}
	return out, nil
}
