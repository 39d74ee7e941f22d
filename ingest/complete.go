package ingest

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"time"

	"conflictwire/ingest/feed"
	"conflictwire/ingest/fetch"
)

// What is done to find missed stories, and how much of it.
const (
	maxArchive = 10          // documents of a feed's archive that are read for one gap
	maxParts   = 3           // of an index of sitemaps, the newest, that are read
	maxSitemap = 16 << 20    // bytes of one sitemap as it is sent; packed, it may hold the 50 MB of its protocol
	healTime   = time.Minute // that one poll spends on it
	healPause  = time.Hour   // between two gaps that are healed
	healTries  = 3           // polls at which healing a gap is tried
	healSlack  = time.Hour   // by which dates of entries may be off
	failLimit  = 24 * time.Hour
	newsLimit  = 14 * 24 * time.Hour // of a feed whose rhythm is not known
	// leastWindow is how many entries a feed must have shown for it to tell
	// something that none is left: with one or two, each story is a gap.
	leastWindow = 3
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
	g.Row++
	if g.Since.IsZero() {
		g.Since = r.st.OK // kept until healing starts: what came in between counts too
	}
	if r.now.Sub(g.Healed) >= healPause {
		g.From, g.Since, g.Healed, g.Tries, g.Link = g.Since, time.Time{}, r.now, 0, r.doc.Prev
		if len(g.Link) > maxLink {
			g.Link = ""
		}
	}
	g.At = r.now
	level := slog.LevelWarn
	if g.Row > 1 { // a feed that shows something else each time
		level = slog.LevelDebug
	}
	in.Log.Log(context.Background(), level, "gap: stories may have been missed, the feed shows nothing of what it showed before", "feed", r.f.ID, "n", len(r.doc.Entries), "status", "last poll "+r.st.OK.Format(time.RFC3339))
}

// heal looks for the stories of a gap in the feed's archive (RFC 5005) and in
// the sitemap that the configuration names. Only a failure of our own store
// is an error.
func (in *Ingester) heal(ctx context.Context, r *round) error {
	g := r.st.Gap
	if g == nil || g.From.IsZero() {
		return nil
	}
	asking, cancel := context.WithTimeout(ctx, healTime)
	defer cancel()
	since, healed := g.From.Add(-healSlack), false
	asked, failed := map[string]bool{}, false
	for g.Link != "" && !healed && !asked[g.Link] && len(asked) < maxArchive {
		asked[g.Link] = true
		doc, reached, err := in.older(ctx, asking, r, "archive", g.Link, since)
		if err != nil {
			return err
		}
		if doc == nil {
			failed = true // asked again at the next poll
			break
		}
		g.Link, healed = doc.Prev, reached
	}
	if !failed && (asked[g.Link] || len(asked) == maxArchive) {
		g.Link = "" // it goes round, or on for too long
	}
	if !healed && r.f.Sitemap != "" {
		_, reached, err := in.older(ctx, asking, r, "sitemap", r.f.Sitemap, since)
		if err != nil {
			return err
		}
		healed = reached
	}
	switch g.Tries++; {
	case healed:
		g.From, g.Link = time.Time{}, ""
		in.Log.Info("gap is healed", "feed", r.f.ID, "n", g.Tries)
	case g.Tries >= healTries || r.f.Sitemap == "" && g.Link == "":
		g.From, g.Link = time.Time{}, ""
		if g.Row <= 1 {
			in.Log.Warn("gap is not healed: name a news sitemap of the feed's publisher in its \"sitemap\", or ask the feed more often", "feed", r.f.ID, "n", g.Tries)
		}
	}
	return nil
}

// older takes in the entries of a document with older stories: an archive or
// a sitemap. It reports whether the document reaches back to since, or to a
// story that is known. A document that cannot be had while asking goes on is
// logged, and nil.
func (in *Ingester) older(ctx, asking context.Context, r *round, via, link string, since time.Time) (doc *feed.Feed, reached bool, err error) {
	try := Attempt{At: r.now, Via: via}
	defer func() { r.st.note(try) }()
	res, err := in.Fetch.Get(asking, fetch.Request{URL: link, Accept: acceptFeed, MaxBytes: maxSitemap, Header: r.f.Header(link), Robots: !SameSite(link, r.f.URL)})
	if err == nil {
		try.Status, try.Took, try.Bytes = res.Status, res.Took, len(res.Body)
		doc, err = in.parse(asking, r.f, res)
	}
	if err != nil {
		try.Error = err.Error()
		in.Log.Warn("older stories cannot be had", "feed", r.f.ID, "link", link, "err", err)
		return nil, false, nil
	}
	list, _ := compare(r.f, doc, nil, r.now)
	for i := range list {
		m := &list[i]
		a, err := in.Known(ctx, m.Entry.Key)
		if err != nil {
			return doc, reached, err
		}
		at := m.Published
		if at.IsZero() && doc.Format != "sitemap" && m.seen.Updated != 0 {
			at = m.Entry.Updated // Atom asks for no other date
		}
		if a.Published || !at.IsZero() && at.Before(since) {
			reached = true
			continue
		} else if at.IsZero() {
			continue // nothing says that it is not years old
		}
		end, err := in.offer(ctx, r, doc.Format, m)
		if err != nil {
			return doc, reached, err
		}
		if end == queued {
			try.New++
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
		res, err := in.Fetch.Get(ctx, fetch.Request{URL: p.URL, Accept: acceptFeed, MaxBytes: maxSitemap, Header: f.Header(p.URL), Robots: !SameSite(p.URL, f.URL)})
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
		st.News = r.now
	}
	if len(r.fresh) > 0 && st.Failures == 0 {
		if !st.Silent.IsZero() {
			in.Log.Info("feed speaks again", "feed", r.f.ID, "n", len(r.fresh))
		}
		st.Silent = time.Time{}
		return
	}
	limit, breached := st.Rhythm.Silence()
	if limit == 0 && !st.Begun.IsZero() && r.now.Sub(later(st.Begun, st.News)) > newsLimit {
		limit, breached = newsLimit, true
	}
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

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// silence is the cause of a silence in a word or two.
func (st *state) silence() string {
	nothing := "stale: it answers, but with nothing new"
	if len(st.Window) == 0 {
		nothing = "empty: it answers, but without entries"
	}
	return cmp.Or(st.Cause, nothing)
}
