package ingest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"time"

	"conflictwire/ingest/feed"
	"conflictwire/ingest/fetch"
	"conflictwire/ingest/queue"
)

// acceptFeed prefers feeds and takes whatever comes.
const acceptFeed = "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.5"

// maxVanished bounds the pages looked at in one poll because their entries
// left the feed; feeds sorted by popularity lose entries all the time.
const maxVanished = 10

// Poll asks the feed called id for its entries, queues a page for each that
// is new or changed, and returns when the feed is due next with the state to
// keep (a [queue.PollFunc]). What is wrong with the feed itself is no error:
// it is logged, and the feed comes back later and later, at most every 6
// hours. A feed that is not configured is retired.
func (in *Ingester) Poll(ctx context.Context, id string, stored []byte) (next time.Time, keep []byte, err error) {
	f, ok := in.Feeds[id]
	if !ok {
		return time.Time{}, nil, nil
	}
	st := decodeState(stored, f.URL)
	wait, err := in.poll(ctx, f, &st)
	if err != nil {
		return time.Time{}, nil, err
	}
	if keep, err = json.Marshal(st); err != nil {
		return time.Time{}, nil, fmt.Errorf("encode state of feed %s: %w", id, err)
	}
	return time.Now().Add(wait), keep, nil
}

// poll brings st up to date and says how long to wait.
func (in *Ingester) poll(ctx context.Context, f Feed, st *state) (time.Duration, error) {
	now := time.Now().UTC()
	req := fetch.Request{URL: f.URL, Accept: acceptFeed, Slot: st.Slot}
	if now.Sub(st.Full) < fullPoll {
		req.ETag, req.LastModified = st.ETag, st.LastModified
	}
	st.Slot = time.Time{}
	res, err := in.Fetch.Get(ctx, req)
	if err != nil {
		if ctx.Err() != nil {
			return 0, ctx.Err()
		}
		return in.failed(f, st, err), nil
	}
	var doc *feed.Feed
	sum := fnv.New64a()
	sum.Write(res.Body)
	if res.Status != 304 && sum.Sum64() != st.Body {
		if doc, err = feed.Parse(res.Body, feed.Options{URL: res.URL, ContentType: res.Header.Get("Content-Type"), MaxEntries: maxEntries}); err != nil {
			return in.failed(f, st, err), nil
		}
		added, pending, err := in.takeIn(ctx, f, doc, st, now)
		if err != nil {
			return 0, err
		}
		if st.Body = sum.Sum64(); pending {
			// The same document must be read again at the next poll.
			st.Body, res.ETag, res.LastModified = 0, "", ""
		}
		in.Log.Debug("polled", "feed", f.ID, "n", added, "took", res.Took)
		if doc.Dropped > 0 {
			in.Log.Warn("feed is too long; its last entries are left out", "feed", f.ID, "n", doc.Dropped)
		}
	}
	if res.Status != 304 {
		st.Full = now
	}
	if res.ETag != "" || res.LastModified != "" || res.Status != 304 {
		st.ETag, st.LastModified = res.ETag, res.LastModified
	}
	if st.Failures > 0 {
		in.Log.Info("feed is back", "feed", f.ID, "n", st.Failures)
	}
	st.OK, st.Failures, st.Error = now, 0, ""
	return jitter(in.every(f)), nil
}

// failed notes a poll that came to nothing and says how long to wait.
func (in *Ingester) failed(f Feed, st *state, err error) time.Duration {
	var until time.Time
	if fe, ok := errors.AsType[*fetch.Error](err); ok {
		if until = fe.Until; fe.Class == fetch.Throttled && fe.Status == 0 {
			st.Slot = until // the host's turn is far off; no failure of the feed
			return time.Until(until)
		}
		if fe.Class == fetch.Gone {
			in.Log.Error("feed is gone: take it out of the configuration or give its new address", "feed", f.ID, "link", f.URL, "err", err)
			st.Failures = max(st.Failures, 20)
		}
	}
	st.Failures++
	st.Error = clip(err.Error(), 500)
	wait := min(in.every(f)<<min(st.Failures, 12), maxBackoff)
	if wait <= 0 || st.Failures > 12 {
		wait = maxBackoff
	}
	wait = max(jitter(wait), time.Until(until))
	in.Log.Warn("poll failed", "feed", f.ID, "link", f.URL, "n", st.Failures, "status", "again in "+wait.Round(time.Second).String(), "err", err)
	return wait
}

// takeIn queues what is new, changed or vanished in doc and notes the entries
// in st. It returns how many pages it queued, and whether a change could not
// be queued because the entry's earlier job is still waiting.
func (in *Ingester) takeIn(ctx context.Context, f Feed, doc *feed.Feed, st *state, now time.Time) (added int, pending bool, err error) {
	before := make(map[string]seen, len(st.Entries))
	for _, e := range st.Entries {
		before[e.Key] = e
	}
	entries := make([]seen, 0, len(doc.Entries))
	present := make(map[string]bool, len(doc.Entries))
	for _, fe := range doc.Entries {
		e := entryOf(f, fe)
		if e.Language == "" {
			e.Language = doc.Language
		}
		if present[e.Key] {
			continue // the same link twice in one document
		}
		present[e.Key] = true
		old, known := before[e.Key]
		s := seen{Key: e.Key, Hash: hash(e), First: now}
		if known {
			s.First = old.First
		}
		if !known || old.Hash != s.Hash {
			e.FirstSeen = s.First
			queued, err := in.offer(ctx, f, e, known, now)
			if err != nil {
				return added, false, err
			}
			if queued {
				added++
			} else if known {
				s.Hash, pending = old.Hash, true // offered again at the next poll
			}
		}
		entries = append(entries, s)
	}
	n, err := in.vanished(ctx, f, st.Entries, present)
	st.Entries = entries
	return added + n, pending, err
}

// offer queues the page of an entry that is new in its feed or has changed.
// It reports false when a job for it was waiting already.
func (in *Ingester) offer(ctx context.Context, f Feed, e Entry, changed bool, now time.Time) (bool, error) {
	// NEWS forgets after its retention. An older entry may have been published
	// before, so it must not come in again; undated ones count from when the
	// feed first showed them.
	if at := e.Published; (!at.IsZero() && now.Sub(at) > in.maxAge()) || now.Sub(e.FirstSeen) > in.maxAge() {
		return true, in.Queue.Record(ctx, queue.Line{State: queue.Stale, Key: e.Key, URL: e.Link, Feed: f.ID,
			Reason: fmt.Sprintf("published %s, first seen %s, limit %v", e.Published.Format(time.DateOnly), e.FirstSeen.Format(time.DateOnly), in.maxAge())})
	}
	if !changed {
		if _, ok, err := in.Known(ctx, e.Key); err != nil || ok {
			return ok, err // another feed brought it
		}
	}
	return in.add(ctx, f, e)
}

func (in *Ingester) add(ctx context.Context, f Feed, e Entry) (bool, error) {
	body, err := json.Marshal(e)
	if err == nil && len(body) > maxJob {
		// One swollen entry must not keep the rest of its feed out; the page
		// says it all again.
		e.Content, e.Summary, e.Tags, e.Images = "", "", nil, nil
		body, err = json.Marshal(e)
	}
	if err != nil {
		return false, fmt.Errorf("encode entry %s: %w", e.Key, err)
	}
	return in.Queue.Add(ctx, queue.Job{Key: e.Key, URL: e.Link, Feed: f.ID, Body: body})
}

// vanished queues a look at the pages of published entries that left the feed
// while entries listed after them stayed: publishers take withdrawn articles
// out of their feeds, and the old ones fall off the end.
func (in *Ingester) vanished(ctx context.Context, f Feed, before []seen, present map[string]bool) (added int, err error) {
	last := -1
	for i, s := range before {
		if present[s.Key] {
			last = i
		}
	}
	for i, s := range before {
		if i >= last || added == maxVanished {
			break
		}
		if present[s.Key] {
			continue
		}
		link, ok, err := in.Known(ctx, s.Key)
		if err != nil {
			return added, err
		}
		if !ok || link == "" {
			continue
		}
		queued, err := in.add(ctx, f, Entry{Key: s.Key, Link: link, FirstSeen: s.First, Vanished: true})
		if err != nil {
			return added, err
		}
		if queued {
			added++
		}
	}
	return added, nil
}

func (in *Ingester) every(f Feed) time.Duration {
	switch {
	case f.Every > 0:
		return f.Every
	case in.Every > 0:
		return in.Every
	}
	return defaultEvery
}

func (in *Ingester) maxAge() time.Duration {
	if in.MaxAge > 0 {
		return in.MaxAge
	}
	return DefaultMaxAge
}

// jitter spreads d by a tenth, so that feeds do not stay in step.
func jitter(d time.Duration) time.Duration {
	return d - d/20 + rand.N(max(d/10, 1))
}
