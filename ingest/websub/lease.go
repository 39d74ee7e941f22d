package websub

import (
	"hash/fnv"
	"time"
)

// A Lease is what is remembered of a feed's hub: whether it must be asked
// again, and how far it can be relied on. The zero value is a feed without a
// hub. Its methods only compute; times come from the caller, and are kept to
// the second. It is stored as JSON of some 300 bytes and must not be used
// concurrently.
//
// A lease moves through these states:
//
//	none    Hub is empty: the feed names no hub. Learn leads on.
//	wanted  the hub is known and has not confirmed. Due says when to ask: at
//	        once, then after 1h, 2h, 4h … 24h without an answer.
//	live    Verify brought an Until that is to come. Due from a third of the
//	        lease before its end, at most a day. Polls go on as without a hub.
//	proven  live, and three deliveries brought entries before a poll did. Every
//	        slows the polls: by 2 after 3 such deliveries, 3 after 6, up to 12.
//	doubted a poll found entries that no delivery had brought. Polls go at full
//	        pace. If the hub brings the entries within 2 minutes it was only
//	        slower, and nothing is lost; otherwise it is live again, counts as
//	        Missed once more, and earns trust from nothing.
//
// A hub that falls silent is found out by the polls that go on, a lease that
// ends unrenewed is wanted again, and Deny leads to wanted with a day's wait.
type Lease struct {
	Hub   string `json:"hub,omitempty"`
	Topic string `json:"topic,omitempty"`

	Via   uint32    `json:"via,omitempty"`  // hash of the callback address that was asked for
	Asked time.Time `json:"asked,omitzero"` // when the hub was last asked
	Asks  int       `json:"asks,omitempty"` // since it last confirmed
	From  time.Time `json:"from,omitzero"`  // when it last confirmed
	Until time.Time `json:"until,omitzero"` // what it confirmed

	Pushed  time.Time `json:"pushed,omitzero"`   // the last delivery
	Early   int       `json:"early,omitempty"`   // deliveries that came before polling, since trust was last lost
	Settled bool      `json:"settled,omitempty"` // a poll has been since the lease began: what later polls find is younger than it
	Doubt   time.Time `json:"doubt,omitzero"`    // when a poll first found what the hub still owes
	Owed    int       `json:"owed,omitempty"`    // entries that it owes
	Missed  int       `json:"missed,omitempty"`  // how often trust was lost
}

const (
	askAgain   = 10 * time.Minute // between two requests to a hub that confirms them
	askWait    = time.Hour        // after a request that was not confirmed; doubled for each
	maxAskWait = 24 * time.Hour
	maxAsks    = 6 // more do not lengthen the wait
	maxRenew   = 24 * time.Hour
	grace      = 2 * time.Minute // for a hub to bring what a poll found first
	proof      = 3               // early deliveries that prove a hub, and that each further step takes
	maxSlow    = 12              // times slower than configured
	maxEvery   = time.Hour       // between polls of a feed with a proven hub, unless they are configured rarer
	maxSkew    = time.Hour       // between the clocks of workers; a time further ahead is a mistake
)

// Learn notes which hub and topic the feed names now, both empty for none.
// When they are new, all that is remembered of others is dropped.
//
// Call it at the end of a poll, and ask (see Due) at the beginning of the
// next: the hub may verify at once, and Feeds must know the subscription by
// then.
func (l *Lease) Learn(hub, topic string) {
	if hub == "" || topic == "" {
		hub, topic = "", ""
	}
	if l.Hub != hub || l.Topic != topic {
		// When the last was asked stays: a feed that names another hub at each
		// poll must not send us to all of them.
		*l = Lease{Hub: hub, Topic: topic, Asked: l.Asked, Asks: l.Asks}
	}
}

// Subscription is what the hub is asked for; false when there is no hub.
func (l *Lease) Subscription(feed string) (Subscription, bool) {
	return Subscription{Feed: feed, Hub: l.Hub, Topic: l.Topic}, l.Hub != ""
}

// Due reports whether the hub should be asked now. callback is
// [Subscriber.Callback] of the subscription: when it changed, the hub must
// hear of it.
func (l *Lease) Due(now time.Time, callback string) bool {
	if l.Hub == "" {
		return false
	}
	wait := askAgain
	if l.Asks > 0 {
		wait = min(askWait<<(min(l.Asks, maxAsks)-1), maxAskWait)
	}
	if since := now.Sub(l.Asked); since >= -maxSkew && since < wait {
		return false
	}
	if l.Via != viaOf(callback) {
		return true
	}
	left := l.Until.Sub(now)
	return left <= min(l.Until.Sub(l.From)/3, maxRenew) || left > MaxLease+maxSkew
}

// Ask notes that the hub is being asked, whatever becomes of it. Store it
// before the request goes out.
func (l *Lease) Ask(now time.Time, callback string) {
	l.Asked, l.Via, l.Asks = toSecond(now), viaOf(callback), min(l.Asks+1, maxAsks)
}

// Verify notes that the hub confirmed until then.
func (l *Lease) Verify(now, until time.Time) {
	if !l.live(now) {
		l.Settled = false
	}
	if latest := now.Add(MaxLease); until.After(latest) {
		until = latest
	}
	l.From, l.Until, l.Asks = toSecond(now), toSecond(until), 0
}

// Deny notes that the hub will not serve the topic. It is asked again after
// a day.
func (l *Lease) Deny(now time.Time) {
	*l = Lease{Hub: l.Hub, Topic: l.Topic, Via: l.Via, Asked: toSecond(now), Asks: maxAsks, Pushed: l.Pushed, Missed: l.Missed}
}

// Push notes a delivery: fresh entries that were not known, and known ones
// that a poll or an earlier delivery had brought.
func (l *Lease) Push(now time.Time, fresh, known int) {
	l.settle(now)
	l.Pushed = toSecond(now)
	if l.Owed -= known; l.Owed <= 0 {
		l.Owed, l.Doubt = 0, time.Time{}
	}
	if fresh > 0 {
		l.Early = min(l.Early+1, maxSlow*proof)
	}
}

// Poll notes a poll that worked: fresh entries that were not known. Changed
// entries do not count, since hubs need not tell of changes, nor do entries
// that were too old to take in.
func (l *Lease) Poll(now time.Time, fresh int) {
	l.settle(now)
	if !l.live(now) {
		return
	}
	if !l.Settled {
		l.Settled = true // what this poll found may be older than the lease
		return
	}
	if fresh > 0 {
		if l.Doubt.IsZero() {
			l.Doubt = toSecond(now)
		}
		l.Owed += fresh
	}
}

// settle takes trust from a hub whose grace is over.
func (l *Lease) settle(now time.Time) {
	if !l.Doubt.IsZero() && now.Sub(l.Doubt) >= grace {
		l.Doubt, l.Owed, l.Early = time.Time{}, 0, 0
		l.Missed++
	}
}

// Proven reports whether the hub can be relied on now, so that polls may be
// rarer.
func (l *Lease) Proven(now time.Time) bool {
	return l.live(now) && l.Early >= proof && l.Doubt.IsZero()
}

// Every is the time to wait between polls of a feed that without a hub is
// polled every d: d itself unless the hub is proven, otherwise up to 12 times
// d, but not over an hour.
func (l *Lease) Every(now time.Time, d time.Duration) time.Duration {
	if d >= maxEvery || !l.Proven(now) {
		return d
	}
	return min(d*time.Duration(min(1+l.Early/proof, maxSlow)), maxEvery)
}

// live reports whether the hub has confirmed and its lease has not ended.
func (l *Lease) live(now time.Time) bool { return l.Hub != "" && now.Before(l.Until) }

// viaOf is the hash of a callback address; the address itself is a secret.
func viaOf(callback string) uint32 {
	h := fnv.New32a()
	h.Write([]byte(callback))
	return h.Sum32()
}

func toSecond(t time.Time) time.Time { return t.UTC().Truncate(time.Second) }
