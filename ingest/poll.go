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
	"conflictwire/ingest/rhythm"
)

// acceptFeed prefers feeds and takes whatever comes.
const acceptFeed = "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.5"

// maxStale bounds the entries of one poll that the ledger is told were too old.
const maxStale = 200

// maxVanished bounds the pages looked at in one poll because their entries
// left the feed; feeds sorted by popularity lose entries all the time.
const maxVanished = 10

// unusableWait is how long a feed waits whose definition this worker cannot
// use.
const unusableWait = 10 * time.Minute

// Poll asks the feed called id for its entries, queues a page for each that
// is new or changed, and returns when the feed is due next with the state to
// keep (a [queue.PollFunc]). What is wrong with the feed itself is no error:
// it is logged, and the feed comes back later and later, at most every 6
// hours. A feed that is not configured is retired.
func (in *Ingester) Poll(ctx context.Context, id string, stored []byte) (next time.Time, keep []byte, err error) {
	f, ok, err := in.feed(ctx, id)
	switch {
	case err != nil:
		return time.Time{}, nil, err
	case !ok && in.Feeds.Unusable(id):
		return time.Now().Add(unusableWait), stored, nil // another worker may understand its definition
	case !ok:
		return time.Time{}, nil, nil
	}
	st := decodeState(stored, f.URL)
	wait := rhythm.MaxBackoff
	why, paused, err := in.paused(ctx, id)
	if err != nil {
		return time.Time{}, nil, err
	}
	if paused {
		st.Why = "paused: " + why
	} else if wait, err = in.poll(ctx, f, &st); err != nil {
		return time.Time{}, nil, err
	}
	if keep, err = json.Marshal(st); err != nil {
		return time.Time{}, nil, fmt.Errorf("encode state of feed %s: %w", id, err)
	}
	return time.Now().Add(wait), keep, nil
}

// feed finds a feed. One that this worker has not heard of may have been
// added a moment ago.
func (in *Ingester) feed(ctx context.Context, id string) (Feed, bool, error) {
	if f, ok := in.Feeds.Get(id); ok {
		return f, true, nil
	}
	s, ok, err := in.Queue.Source(ctx, id)
	if err != nil || !ok {
		return Feed{}, false, err
	}
	if _, err := in.Feeds.Learn(id, &s); err != nil {
		in.Log.Error("feed left out", "feed", id, "err", err)
	}
	f, ok := in.Feeds.Get(id)
	return f, ok, nil
}

// paused says why a feed is not asked. What this worker heard may be old: the
// server is asked before a feed is left alone for hours.
func (in *Ingester) paused(ctx context.Context, id string) (why string, paused bool, err error) {
	if _, paused := in.Feeds.Paused(id); !paused {
		return "", false, nil
	}
	s, ok, err := in.Queue.Source(ctx, id)
	return s.Note, ok && s.Paused, err
}

// A round is one poll under way.
type round struct {
	f     Feed
	st    *state
	now   time.Time
	res   *fetch.Response
	doc   *feed.Feed // nil when the document is the one of last time
	fresh []time.Time
	stale int // entries that were too old
	Attempt
}

// poll brings st up to date and says how long to wait.
func (in *Ingester) poll(ctx context.Context, f Feed, st *state) (time.Duration, error) {
	r := &round{f: f, st: st, now: time.Now().UTC()}
	r.At = r.now
	in.subscribe(ctx, r)
	if err := in.ask(ctx, r); err != nil {
		if ctx.Err() != nil {
			return 0, ctx.Err()
		}
		return in.failed(ctx, r, err)
	}
	if r.doc != nil {
		if err := in.takeIn(ctx, r); err != nil {
			return 0, err
		}
	}
	if err := in.heal(ctx, r); err != nil {
		return 0, err
	}
	if st.Failures > 0 {
		in.Log.Info("feed is back", "feed", f.ID, "n", st.Failures)
	}
	st.Rhythm.Observe(r.now, r.fresh)
	st.OK, st.Failures, st.Failing, st.Gone, st.Error, st.Cause = r.now, 0, time.Time{}, 0, "", ""
	if st.Begun.IsZero() {
		st.Begun = r.now
	}
	if st.Home == "" {
		st.Left = ""
	}
	in.learnHub(r)
	in.listen(r)
	st.note(r.Attempt)
	in.Log.Debug("polled", "feed", f.ID, "n", r.New+r.Changed, "took", r.Took)
	return in.next(r), nil
}

// next says when the feed is due again, and why.
func (in *Ingester) next(r *round) time.Duration {
	st, h := r.st, rhythm.Hints{Fresh: r.res.Fresh}
	if st.Hints != nil {
		h.TTL, h.Update, h.SkipHours, h.SkipDays = st.Hints.TTL, st.Hints.Update, st.Hints.SkipHours, st.Hints.SkipDays
	}
	wait, why := st.Rhythm.Next(r.now, in.bounds(r.f), h)
	if slow := st.Lease.Every(r.now, wait); slow > wait && in.Hubs != nil {
		wait, why = slow, why+", less often because its hub tells what is new"
	}
	st.Why = why
	return jitter(wait)
}

// ask gets the feed's document and notes in the state what HTTP said of it.
// r.doc stays nil when the document is the one of last time.
func (in *Ingester) ask(ctx context.Context, r *round) (err error) {
	st := r.st
	req := fetch.Request{URL: st.address(), Accept: acceptFeed, Slot: st.Slot, Header: r.f.Header(st.address())}
	if r.now.Sub(st.Full) < fullPoll {
		req.ETag, req.LastModified = st.ETag, st.LastModified
	}
	st.Slot = time.Time{}
	if st.Home != "" && r.now.Sub(st.Visited) >= fullPoll {
		// Once a day the configured address is asked whether it is back.
		st.Visited = r.now
		old := fetch.Request{URL: st.URL, Accept: acceptFeed, Header: r.f.Header(st.URL)}
		if in.isBack(ctx, old) {
			in.Log.Info("feed is back at its old address", "feed", r.f.ID, "link", st.URL)
			st.moveTo("")
			req = old
		}
	}
	if r.res, err = in.Fetch.Get(ctx, req); err != nil {
		return err
	}
	res := r.res
	r.Status, r.Took, r.Bytes = res.Status, res.Took, len(res.Body)
	if res.Status != 304 {
		sum := fnv.New64a()
		sum.Write(res.Body)
		if body := sum.Sum64(); body != st.Body {
			if r.doc, err = in.parse(ctx, r.f, res); err != nil {
				return err
			}
			if st.Body = body; len(r.doc.Parts) > 0 {
				st.Body, res.ETag, res.LastModified = 0, "", "" // an index stays the same while its parts change
			}
			st.Hints = hintsOf(r.doc)
			if r.doc.Dropped > 0 {
				in.Log.Warn("feed is too long; its last entries are left out", "feed", r.f.ID, "n", r.doc.Dropped)
			}
		}
		st.Full = r.now
	}
	if res.ETag != "" || res.LastModified != "" || res.Status != 304 {
		st.ETag, st.LastModified = validator(res.ETag), validator(res.LastModified)
	}
	in.follow(r)
	return nil
}

// isBack reports whether a feed that has moved answers at an address itself.
func (in *Ingester) isBack(ctx context.Context, old fetch.Request) bool {
	res, err := in.Fetch.Get(ctx, old)
	if err != nil || res.Permanent != "" {
		return false
	}
	doc, err := feed.Parse(res.Body, feed.Options{URL: res.URL, ContentType: res.Header.Get("Content-Type"), MaxEntries: 1})
	return err == nil && (len(doc.Entries) > 0 || len(doc.Parts) > 0)
}

// moveTo makes home the address at which the feed is asked; empty for the
// configured one. Validators of another address mean nothing there.
func (st *state) moveTo(home string) {
	st.Home, st.Moved, st.ETag, st.LastModified = home, nil, "", ""
}

// validator is v, or nothing when it is too long to keep.
func validator(v string) string {
	if len(v) > maxMark {
		return ""
	}
	return v
}

// parse reads a document; of an index of sitemaps, the newest parts with it.
func (in *Ingester) parse(ctx context.Context, f Feed, res *fetch.Response) (*feed.Feed, error) {
	doc, err := feed.Parse(res.Body, feed.Options{URL: res.URL, ContentType: res.Header.Get("Content-Type"), MaxEntries: maxEntries})
	if err == nil && len(doc.Parts) > 0 {
		err = in.parts(ctx, f, doc)
	}
	return doc, err
}

func hintsOf(doc *feed.Feed) *hints {
	if doc.TTL == 0 && doc.Update == 0 && len(doc.SkipHours) == 0 && len(doc.SkipDays) == 0 {
		return nil
	}
	return &hints{TTL: doc.TTL, Update: doc.Update, SkipHours: doc.SkipHours, SkipDays: doc.SkipDays}
}

// When a permanent redirect is believed, and when it is given up again.
const (
	moveAge   = 3 * 24 * time.Hour
	movePolls = 20
	moveTries = 3
)

// follow learns the feed's new address. A redirect is believed only after it
// was seen for days, and led to a feed each time: a maintenance page must not
// capture one.
func (in *Ingester) follow(r *round) {
	st, to := r.st, r.res.Permanent
	if len(to) > maxLink {
		to = ""
	}
	switch {
	case to == "":
		st.Moved = nil
	case st.Moved == nil || st.Moved.To != to:
		st.Moved = &move{To: to, Since: r.now, Polls: 1}
	default:
		m := st.Moved
		if m.Polls++; m.Polls >= movePolls && r.now.Sub(m.Since) >= moveAge {
			st.Visited = r.now
			st.moveTo(m.To)
			in.Log.Warn("feed has moved for good: it is asked at its new address; put it into the configuration", "feed", r.f.ID, "link", to)
		}
	}
}

// When a feed that answers 410 is no longer asked.
const (
	goneAge   = 12 * time.Hour
	gonePolls = 3
)

// failed notes a poll that came to nothing and says how long to wait.
func (in *Ingester) failed(ctx context.Context, r *round, err error) (time.Duration, error) {
	st := r.st
	var until time.Time
	class := fetch.Unusable // what came is no feed
	cause := "parse"
	if fe, ok := errors.AsType[*fetch.Error](err); ok {
		until, class, cause, r.Status = fe.Until, fe.Class, fe.Cause(), fe.Status
		if class == fetch.Throttled && fe.Status == 0 {
			st.Slot = until // the host's turn is far off; no failure of the feed
			st.Why = "it waits for its turn at the host"
			in.listen(r)
			return time.Until(until), nil
		}
	}
	st.Cause = cause
	if st.Failures++; st.Failures == 1 {
		st.Failing = r.now
	}
	if class == fetch.Gone {
		st.Cause, st.Gone = "gone", st.Gone+1
	} else {
		st.Gone = 0
	}
	switch {
	case st.Home != "" && st.Failures >= moveTries:
		in.Log.Warn("feed does not answer at its new address: back to the old one", "feed", r.f.ID, "link", st.Home)
		st.Left = st.Home
		st.moveTo("")
		st.Gone, st.Failures = 0, 0
	case st.Left != "" && st.Failures >= moveTries:
		in.Log.Warn("feed does not answer at its old address either: once more to the new one", "feed", r.f.ID, "link", st.Left)
		st.moveTo(st.Left)
		st.Left, st.Visited, st.Gone, st.Failures = "", r.now, 0, 0
	case st.Gone >= gonePolls && r.now.Sub(st.Failing) >= goneAge:
		if err := in.retire(ctx, r); err != nil {
			return 0, err
		}
	case class == fetch.Gone:
		in.Log.Error("feed is gone: take it out, or give its new address", "feed", r.f.ID, "link", st.address(), "err", err)
	}
	st.Error = clip(err.Error(), 500)
	r.Error = st.Error
	st.note(r.Attempt)
	in.listen(r)
	wait := max(min(jitter(rhythm.Backoff(persistence(class), st.Failures, in.bounds(r.f).Usual)), rhythm.MaxBackoff), time.Until(until))
	st.Why = fmt.Sprintf("the last %s failed", times(st.Failures, "poll"))
	in.Log.Warn("poll failed", "feed", r.f.ID, "link", st.address(), "n", st.Failures, "status", "again in "+wait.Round(time.Second).String(), "err", err)
	return wait, nil
}

// retire pauses a feed whose publisher says, again and again, that it has
// ended.
func (in *Ingester) retire(ctx context.Context, r *round) error {
	note := "its publisher has ended it: 410 since " + r.st.Failing.Format(time.DateOnly)
	err := in.Queue.ChangeSource(ctx, r.f.ID, func(s *queue.Source) error {
		s.Paused, s.Note = true, note
		return nil
	})
	if err == nil {
		in.Log.Error("feed retired: take it out, or give its new address; conflictwire feeds resume asks it again", "feed", r.f.ID, "link", r.st.address(), "err", note)
	}
	return err
}

// persistence says how lasting failures of a class are.
func persistence(c fetch.Class) rhythm.Trouble {
	switch c {
	case fetch.Gone:
		return rhythm.Gone
	case fetch.NotFound, fetch.Unusable, fetch.TooLarge, fetch.Denied, fetch.Refused:
		return rhythm.Unusable
	}
	return rhythm.Transient
}

// takeIn queues what is new, changed or vanished in the document and notes
// its entries in the state.
func (in *Ingester) takeIn(ctx context.Context, r *round) error {
	st, before := r.st, r.st.Window
	list, overlap := compare(r.f, r.doc, before, r.now)
	if len(list) > 0 && len(before) >= leastWindow && !overlap {
		in.missed(r)
	} else if st.Gap != nil && overlap {
		st.Gap.Row = 0
	}
	after, present, pending := make(window, 0, len(list)), make(map[string]bool, len(list)), false
	for i := range list {
		m := &list[i]
		present[m.seen.Key] = true
		if !m.known || m.changed {
			end, err := in.offer(ctx, r, r.doc.Format, m)
			if err != nil {
				return err
			}
			switch {
			case end == elsewhere:
				pending = true // seen anew at the next poll
				continue
			case !m.known:
				r.fresh = append(r.fresh, m.date())
				if end == queued {
					r.New++
				}
			case end == waits:
				m.seen.Hash, pending = ^m.seen.Hash, true // offered again at the next poll
			case end == queued:
				r.Changed++
			}
		}
		after = append(after, m.seen)
	}
	if err := in.vanished(ctx, r, before, present); err != nil {
		return err
	}
	if n := r.stale - maxStale; n > 0 {
		in.Log.Info("more old entries than the ledger takes of one poll", "feed", r.f.ID, "n", n)
	}
	if st.Window = after; pending {
		// The same document must be read again at the next poll.
		st.Body, st.ETag, st.LastModified = 0, "", ""
	}
	return nil
}

// date is when the publisher says that the entry appeared; zero when it does
// not say.
func (e *Entry) date() time.Time {
	if !e.Published.IsZero() {
		return e.Published
	}
	return e.Updated
}

// An offered says what became of an entry that was offered.
type offered int

const (
	queued    offered = iota
	waits             // an earlier job for it waits; a change must be offered again
	old               // it is too old to be taken in
	there             // another feed brought it
	elsewhere         // another feed's job for it waits, and may come to nothing
)

// offer queues the page of an entry that is new in its feed or has changed.
func (in *Ingester) offer(ctx context.Context, r *round, format string, m *match) (offered, error) {
	m.FirstSeen = m.First
	// NEWS forgets after its retention. An older entry may have been published
	// before, so it must not come in again; undated ones count from when the
	// feed first showed them. A sitemap lists all that a site ever had: there,
	// what the first poll finds without a date is old.
	stale := r.now.Sub(m.FirstSeen) > in.maxAge()
	if at := m.Published; !at.IsZero() {
		stale = stale || r.now.Sub(at) > in.maxAge()
	} else if format == "sitemap" {
		at = m.Entry.Updated
		stale = stale || at.IsZero() && r.st.OK.IsZero() || !at.IsZero() && r.now.Sub(at) > in.maxAge()
	}
	if stale {
		if r.stale++; r.stale > maxStale {
			return old, nil
		}
		return old, in.Queue.Record(ctx, queue.Line{State: queue.Stale, Key: m.Entry.Key, URL: m.Link, Feed: r.f.ID,
			Reason: fmt.Sprintf("published %s, first seen %s, limit %v", m.date().Format(time.DateOnly), m.FirstSeen.Format(time.DateOnly), in.maxAge())})
	}
	a, err := in.Known(ctx, m.Entry.Key)
	if err != nil {
		return there, err
	}
	if a.Published {
		if !m.known {
			err = in.Queue.Sight(ctx, m.Entry.Key, r.f.ID)
		}
		// One that comes back may have been changed since it was read. Whether an
		// article changed is for its own feed to say, and for its own site's.
		changed := m.known || !a.Fetched.IsZero() && (m.seen.Updated != 0 && m.Entry.Updated.After(a.Fetched) || m.Published.After(a.Fetched))
		if err != nil || !changed || a.Feed != "" && a.Feed != r.f.ID && !SameSite(m.Link, r.f.URL) {
			return there, err
		}
	}
	ok, err := in.add(ctx, r.f, m.Entry)
	switch {
	case err != nil || ok:
		return queued, err
	case !m.known:
		return elsewhere, in.Queue.Sight(ctx, m.Entry.Key, r.f.ID)
	}
	return waits, nil
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
func (in *Ingester) vanished(ctx context.Context, r *round, before window, present map[string]bool) error {
	last, looks := -1, 0
	for i, s := range before {
		if present[s.Key] {
			last = i
		}
	}
	for _, s := range before[:max(last, 0)] {
		if looks == maxVanished {
			break
		}
		if present[s.Key] {
			continue
		}
		a, err := in.Known(ctx, s.Key)
		if err != nil {
			return err
		}
		if a.Link == "" {
			continue
		}
		ok, err := in.add(ctx, r.f, Entry{Key: s.Key, Link: a.Link, FirstSeen: s.First, Vanished: true})
		if err != nil {
			return err
		}
		if ok {
			looks++
		}
	}
	r.Changed += looks
	return nil
}

// bounds are between which times the feed is asked.
func (in *Ingester) bounds(f Feed) rhythm.Bounds {
	if f.Every > 0 {
		return rhythm.Bounds{Least: f.Every, Usual: f.Every, Most: f.Every}
	}
	usual := defaultEvery
	if in.Every > 0 {
		usual = in.Every
	}
	b := rhythm.Bounds{Least: max(usual/5, time.Second), Usual: usual, Most: min(usual*12, rhythm.MaxBackoff)}
	if f.Least > 0 {
		b.Least = f.Least
	}
	if f.Most > 0 {
		b.Most = f.Most
	}
	b.Most = max(b.Most, b.Least)
	b.Usual = min(max(b.Usual, b.Least), b.Most)
	return b
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

// times is n and a noun, for people.
func times(n int, noun string) string {
	if n == 1 {
		return noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
