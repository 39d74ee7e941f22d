package ingest

import (
	"cmp"
	"context"
	"errors"
	"time"

	"conflictwire/ingest/feed"
	"conflictwire/ingest/fetch"
)

// What is done to find missed stories, and how much of it.
const (
	maxArchive = 10        // documents of a feed's archive that are read for one gap
	maxParts   = 3         // of an index of sitemaps, the newest, that are read
	maxSitemap = 50 << 20  // bytes of one sitemap, as its protocol has it
	healTries  = 3         // polls at which healing a gap is tried
	healSlack  = time.Hour // by which dates of entries may be off
	failLimit  = 24 * time.Hour
)

// missed notes that the feed shows nothing of what it showed at the last
// poll: what came and went between is not known.
func (in *Ingester) missed(r *round) {
	g := r.st.Gap
	if g == nil {
		g = &gap{}
		r.st.Gap = g
	}
	g.Count++
	g.At, g.From, g.Tries = r.now, r.st.OK, 0
	in.Log.Warn("gap: stories may have been missed, the feed shows nothing of what it showed before", "feed", r.f.ID, "n", len(r.doc.Entries), "status", "last poll "+g.From.Format(time.RFC3339))
}

// heal looks for the stories of a gap in the feed's archive (RFC 5005) and in
// the sitemap that the configuration names. Only a failure of our own store
// is an error.
func (in *Ingester) heal(ctx context.Context, r *round) error {
	g := r.st.Gap
	if g == nil || g.From.IsZero() {
		return nil
	}
	since, healed := g.From.Add(-healSlack), false
	archive := ""
	if r.doc != nil {
		archive = r.doc.Prev
	}
	for n := 0; archive != "" && !healed && n < maxArchive; n++ {
		doc, reached, err := in.older(ctx, r, "archive", archive, since)
		if err != nil {
			return err
		}
		archive, healed = "", reached
		if doc != nil {
			archive = doc.Prev
		}
	}
	if !healed && r.f.Sitemap != "" {
		_, reached, err := in.older(ctx, r, "sitemap", r.f.Sitemap, since)
		if err != nil {
			return err
		}
		healed = reached
	}
	switch g.Tries++; {
	case healed:
		g.From = time.Time{}
		in.Log.Info("gap is healed", "feed", r.f.ID, "n", g.Tries)
	case g.Tries >= healTries || r.f.Sitemap == "" && archive == "":
		g.From = time.Time{}
		in.Log.Warn("gap is not healed: name a news sitemap of the feed's publisher in its \"sitemap\", or ask the feed more often", "feed", r.f.ID, "n", g.Tries)
	}
	return nil
}

// older takes in the entries of a document with older stories: an archive or
// a sitemap. It reports whether the document reaches back to since, or to a
// story that is known. A document that cannot be had is logged, and nil.
func (in *Ingester) older(ctx context.Context, r *round, via, link string, since time.Time) (doc *feed.Feed, reached bool, err error) {
	a := Attempt{At: r.now, Via: via}
	defer func() { r.st.note(a) }()
	res, err := in.Fetch.Get(ctx, fetch.Request{URL: link, Accept: acceptFeed, MaxBytes: maxSitemap, Header: r.f.Header(link)})
	if err == nil {
		a.Status, a.Took, a.Bytes = res.Status, res.Took, len(res.Body)
		doc, err = in.parse(ctx, r.f, res)
	}
	if err != nil {
		a.Error = err.Error()
		in.Log.Warn("older stories cannot be had", "feed", r.f.ID, "link", link, "err", err)
		return nil, false, ctx.Err()
	}
	list, _ := compare(r.f, doc, nil, r.now)
	for i := range list {
		m := &list[i]
		at := m.date()
		if at.IsZero() && doc.Format == "sitemap" {
			continue // nothing says that it is not years old
		}
		if !at.IsZero() && at.Before(since) {
			reached = true
			continue
		}
		_, known, err := in.Known(ctx, m.Entry.Key)
		if err != nil {
			return doc, reached, err
		}
		if known {
			reached = true
			continue
		}
		queued, err := in.offer(ctx, r, doc.Format, m)
		if err != nil {
			return doc, reached, err
		}
		if queued {
			a.New++
		}
	}
	return doc, reached, nil
}

// parts reads the newest sitemaps of an index in its place. It fails when
// none of them can be had.
func (in *Ingester) parts(ctx context.Context, f Feed, index *feed.Feed) error {
	var errs []error
	read := 0
	for _, p := range index.Parts[:min(len(index.Parts), maxParts)] {
		res, err := in.Fetch.Get(ctx, fetch.Request{URL: p.URL, Accept: acceptFeed, MaxBytes: maxSitemap, Header: f.Header(p.URL)})
		var doc *feed.Feed
		if err == nil {
			doc, err = feed.Parse(res.Body, feed.Options{URL: res.URL, ContentType: res.Header.Get("Content-Type"), MaxEntries: maxEntries - len(index.Entries)})
		}
		if err != nil {
			errs = append(errs, err)
			continue
		}
		read++
		index.Entries = append(index.Entries, doc.Entries...)
		if len(index.Entries) >= maxEntries {
			break
		}
	}
	index.Format = "sitemap"
	if read == 0 {
		return errors.Join(errs...)
	}
	for _, err := range errs {
		in.Log.Warn("part of a sitemap left out", "feed", f.ID, "err", err)
	}
	return nil
}

// listen raises the alarm when a feed has brought nothing for longer than it
// ever does, with the cause, once; and says when it speaks again.
func (in *Ingester) listen(r *round) {
	st := r.st
	if len(r.fresh) > 0 {
		if !st.Silent.IsZero() {
			in.Log.Info("feed speaks again", "feed", r.f.ID, "n", len(r.fresh))
		}
		st.Silent = time.Time{}
		return
	}
	limit, breached := st.Rhythm.Silence()
	if !breached && !st.Failing.IsZero() && r.now.Sub(st.Failing) > failLimit {
		limit, breached = failLimit, true
	}
	if !breached || !st.Silent.IsZero() {
		return
	}
	st.Silent = r.now
	in.Log.Error("feed is silent: it brings nothing new for longer than is usual", "feed", r.f.ID, "link", st.address(),
		"status", "limit "+limit.Round(time.Minute).String(), "err", st.silence())
}

// silence is the cause of a silence in a word or two.
func (st *state) silence() string {
	nothing := "stale: it answers, but with nothing new"
	if len(st.Window) == 0 {
		nothing = "empty: it answers, but without entries"
	}
	return cmp.Or(st.Cause, nothing)
}
