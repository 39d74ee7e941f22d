package ingest

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"conflictwire/ingest/feed"
	"conflictwire/ingest/queue"
	"conflictwire/ingest/websub"
)

// What a hub says about a subscription travels the way of what it delivers,
// to whoever has the feed's state: as a document of one of these types.
const (
	maxHub        = 2 << 10 // bytes of the address of a hub or a topic
	leaseVerified = "application/vnd.conflictwire.lease-verified+json"
	leaseDenied   = "application/vnd.conflictwire.lease-denied+json"
)

// A verdict is what a hub says about a subscription.
type verdict struct {
	Hub    string    `json:"hub"`
	Topic  string    `json:"topic"`
	Until  time.Time `json:"until,omitzero"`
	Reason string    `json:"reason,omitempty"`
}

// subscribe asks the feed's hub, when that is due.
func (in *Ingester) subscribe(ctx context.Context, r *round) {
	if in.Hubs == nil {
		return
	}
	sub, ok := r.st.Lease.Subscription(r.f.ID)
	if !ok {
		return
	}
	callback := in.Hubs.Callback(sub)
	if !r.st.Lease.Due(r.now, callback) {
		return
	}
	r.st.Lease.Ask(r.now, callback)
	if err := in.Hubs.Subscribe(ctx, sub); err != nil {
		in.Log.Warn("hub not subscribed to; it is asked again later", "feed", r.f.ID, "err", err)
	}
}

// learnHub notes which hub the feed names, and how the hub compares with the
// poll.
func (in *Ingester) learnHub(r *round) {
	r.st.Lease.Poll(r.now, r.New)
	if in.Hubs != nil && r.doc != nil {
		hub, self := hubOf(r.res.Header, r.res.URL)
		hub, self = secure(cmp.Or(r.doc.Hub, hub), r.st.address()), cmp.Or(r.doc.Self, self, r.st.address())
		if max(len(hub), len(self)) > maxHub {
			hub, self = "", ""
		}
		r.st.Lease.Learn(hub, self)
	}
}

// secure is the address of a hub, under https where the feed is: it is told a
// secret.
func secure(hub, feed string) string {
	u, err := url.Parse(hub)
	if err == nil && u.Scheme == "http" && u.Port() == "" && strings.HasPrefix(feed, "https:") {
		u.Scheme = "https"
		return u.String()
	}
	return hub
}

// hubOf finds hub and topic in the Link headers of an answer.
func hubOf(h http.Header, base string) (hub, self string) {
	for _, l := range feed.LinkHeader(h.Values("Link"), base) {
		switch {
		case l.Rel == "hub" && hub == "":
			hub = l.URL
		case l.Rel == "self" && self == "":
			self = l.URL
		}
	}
	return hub, self
}

// Subscription implements [websub.Feeds].
func (in *Ingester) Subscription(ctx context.Context, id string) (websub.Subscription, bool, error) {
	f, ok, err := in.feed(ctx, id)
	if err != nil || !ok {
		return websub.Subscription{}, false, err
	}
	job, ok, err := in.Queue.FeedState(ctx, id)
	if err != nil || !ok {
		return websub.Subscription{}, false, err
	}
	st := decodeState(job.State, f.URL)
	sub, ok := st.Lease.Subscription(id)
	return sub, ok, nil
}

// Verified implements [websub.Feeds].
func (in *Ingester) Verified(ctx context.Context, sub websub.Subscription, until time.Time) error {
	return in.pass(ctx, sub.Feed, leaseVerified, verdict{Hub: sub.Hub, Topic: sub.Topic, Until: until})
}

// Denied implements [websub.Feeds].
func (in *Ingester) Denied(ctx context.Context, sub websub.Subscription, reason string) error {
	return in.pass(ctx, sub.Feed, leaseDenied, verdict{Hub: sub.Hub, Topic: sub.Topic, Reason: reason})
}

func (in *Ingester) pass(ctx context.Context, id, contentType string, v verdict) error {
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode what the hub of feed %s says: %w", id, err)
	}
	return in.Queue.Push(ctx, id, contentType, data)
}

// Delivered implements [websub.Feeds]. A document that is too large for the
// queue makes the feed due instead.
func (in *Ingester) Delivered(ctx context.Context, sub websub.Subscription, contentType string, body []byte) error {
	if contentType == leaseVerified || contentType == leaseDenied {
		return nil // ours alone
	}
	err := in.Queue.Push(ctx, sub.Feed, contentType, body)
	if errors.Is(err, queue.ErrPushRefused) {
		return in.hurry(ctx, sub.Feed)
	}
	return err
}

// hurry makes a feed due that its hub says has news, but no sooner than it
// may be asked, and not while it fails.
func (in *Ingester) hurry(ctx context.Context, id string) error {
	f, ok := in.Feeds.Get(id)
	job, known, err := in.Queue.FeedState(ctx, id)
	if err != nil || !ok || !known || job.Due {
		return err
	}
	st := decodeState(job.State, f.URL)
	at := later(time.Now(), st.OK.Add(in.bounds(f).Least))
	if st.Failures > 0 || !at.Before(job.Next) {
		return nil
	}
	_, err = in.Queue.Hurry(ctx, id, at)
	return err
}

// PostHub asks a hub (a [websub.Post]).
func (in *Ingester) PostHub(ctx context.Context, to string, form url.Values) (status int, body []byte, err error) {
	res, err := in.Fetch.Post(ctx, to, form)
	if err != nil {
		return 0, nil, err
	}
	return res.Status, res.Body, nil
}

// Pushed takes in what the feed's hub sent, and returns the state to keep (a
// [queue.PushFunc]). A document that is no feed is logged and left: the next
// poll sees the entries.
func (in *Ingester) Pushed(ctx context.Context, id string, stored []byte, contentType string, body []byte) (keep []byte, err error) {
	f, ok, err := in.feed(ctx, id)
	if err != nil || !ok {
		return stored, err
	}
	st := decodeState(stored, f.URL)
	now := time.Now().UTC()
	switch contentType {
	case leaseVerified, leaseDenied:
		in.settle(&st, id, contentType, body, now)
	default:
		if _, paused := in.Feeds.Paused(id); paused {
			return stored, nil
		}
		if err := in.takePush(ctx, &round{f: f, st: &st, now: now}, contentType, body); err != nil {
			return nil, err
		}
	}
	if keep, err = json.Marshal(st); err != nil {
		return nil, fmt.Errorf("encode state of feed %s: %w", id, err)
	}
	return keep, nil
}

// settle notes what a hub says about the subscription.
func (in *Ingester) settle(st *state, id, contentType string, body []byte, now time.Time) {
	var v verdict
	if json.Unmarshal(body, &v) != nil || v.Hub != st.Lease.Hub || v.Topic != st.Lease.Topic {
		return // of a hub that the feed no longer names
	}
	if contentType == leaseVerified {
		st.Lease.Verify(now, v.Until)
		in.Log.Info("hub will tell what is new", "feed", id, "link", v.Hub, "status", "until "+v.Until.UTC().Format(time.RFC3339))
		return
	}
	st.Lease.Deny(now)
	in.Log.Warn("hub refuses the subscription", "feed", id, "link", v.Hub, "err", v.Reason)
}

// takePush queues what is new or changed in a document that a hub sent. It
// may be the whole feed or only its new entries, so what it does not show is
// still there.
func (in *Ingester) takePush(ctx context.Context, r *round, contentType string, body []byte) (err error) {
	st := r.st
	r.Attempt = Attempt{At: r.now, Via: "push", Bytes: len(body)}
	r.doc, err = feed.Parse(body, feed.Options{URL: st.address(), ContentType: contentType, MaxEntries: maxEntries})
	if err != nil {
		in.Log.Warn("what the hub sent is no feed", "feed", r.f.ID, "link", st.Lease.Hub, "err", err)
		r.Error = err.Error()
		st.note(r.Attempt)
		return nil
	}
	known := 0
	list, _ := compare(r.f, r.doc, st.Window, r.now)
	fresh := make(window, 0, len(list))
	at := make(map[string]int, len(st.Window))
	for i, s := range st.Window {
		at[s.Key] = i
	}
	for i := range list {
		m := &list[i]
		if m.known && !m.changed {
			known++
			continue
		}
		end, err := in.offer(ctx, r, r.doc.Format, m)
		if err != nil {
			return err
		}
		switch {
		case end == elsewhere:
		case !m.known:
			if end == queued {
				r.New++
			}
			r.fresh = append(r.fresh, m.date())
			fresh = append(fresh, m.seen)
		case end == queued:
			known++
			r.Changed++
			st.Window[at[m.seen.Key]] = m.seen
		}
	}
	st.Window = append(fresh, st.Window...)
	st.Window = st.Window[:min(len(st.Window), maxEntries)]
	st.Lease.Push(r.now, r.New, known)
	st.Rhythm.Observe(r.now, r.fresh)
	in.listen(r)
	st.note(r.Attempt)
	return nil
}
