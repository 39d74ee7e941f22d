package fetch

import (
	"context"
	"sync/atomic"
	"time"
)

const (
	shareTimeout = 2 * time.Second  // for one answer of the shared store
	shareRetry   = 10 * time.Second // how long a store that failed is not asked
	maxShared    = 25 * time.Hour   // a shared turn further away is not believed; maxRetryAfter and a queue fit
	maxLate      = 3                // turns that were over before they were known
	maxAsking    = 64               // questions to the shared store under way
	pauseKey     = "!pause"         // after a host's name: until when it asked to be left alone
)

// A Reserve takes the first free turn of key at or after from and frees the
// next one every later, in a store that several workers share: of two callers
// with the same key, wherever they are, none gets a turn less than its
// predecessor's every after it. An every of zero takes nothing and only asks
// when the next free turn is. key is a host's name and port, or that with
// "!pause" behind it: up to 300 bytes of printable ASCII. The store may forget
// a key once its next free turn has passed. The workers' clocks must agree;
// by how much they do not, turns can come too close.
//
// A Reserve must return when ctx ends, which is 2s away at most, and must be
// safe for concurrent use.
type Reserve func(ctx context.Context, key string, from time.Time, every time.Duration) (time.Time, error)

// ShareTurns makes c share the turns of hosts, and the pauses that hosts ask
// for, with every other client of the same r. It must be called before c is
// used. Requests of c for one host ask r one after the other, each from the
// turn that this client alone would have given it, so that a burst here is no
// contest there.
//
// An r that fails fails no request: until 10s later its turns are those of
// this client alone, which keeps the pace of each worker, but not of all
// together. So it is with a turn that is more than a day away.
func (c *Client) ShareTurns(r Reserve) {
	c.shared = &sharedTurns{reserve: r, asking: newSeats(maxAsking, 1)}
}

// sharedTurns are the turns that other workers know of too. Its methods may
// be called concurrently.
type sharedTurns struct {
	reserve Reserve
	asking  *seats
	down    atomic.Int64 // when a store that failed may be asked again, in Unix nanoseconds
}

// ask calls s.reserve within its bounds; it reports false if that has brought
// nothing.
func (s *sharedTurns) ask(ctx context.Context, key string, from time.Time, every time.Duration) (time.Time, bool) {
	now := time.Now()
	if now.UnixNano() < s.down.Load() {
		return time.Time{}, false
	}
	bound, cancel := context.WithTimeout(ctx, shareTimeout)
	defer cancel()
	turn, err := s.reserve(bound, key, from, every)
	switch {
	case err == nil:
		return turn, turn.Before(from.Add(maxShared))
	case ctx.Err() == nil: // the store's fault, not the caller's
		s.down.Store(time.Now().Add(shareRetry).UnixNano())
	}
	return time.Time{}, false
}

// reserve takes the first turn of host at or after from that is free here and
// with all whom c shares with, and frees the next one every later. Its only
// error is that of ctx.
func (c *Client) reserve(ctx context.Context, host string, from time.Time, every time.Duration) (time.Time, error) {
	if c.shared == nil {
		return c.turns.reserve(host, from, every), nil
	}
	leave, err := c.shared.asking.take(ctx, host)
	if err != nil {
		return time.Time{}, err
	}
	defer leave()
	var turn time.Time
	for range maxLate {
		turn = c.turns.reserve(host, from, every)
		later, ok := c.shared.ask(ctx, host, turn, every)
		if ok && later.After(turn) {
			turn = later
			c.turns.putOff(host, turn.Add(every))
		}
		if from = time.Now(); !ok || from.Sub(turn) <= every/10 {
			break
		}
		// The answer took so long that the turn is over, and another worker may
		// be about to take the next.
	}
	return turn, nil
}

// hold keeps host from being asked before until, by anybody: also by those
// who have a turn already.
func (c *Client) hold(ctx context.Context, host string, until time.Time) {
	c.turns.hold(host, until)
	if c.shared != nil {
		// Told even if the caller has given up: the host has not.
		c.shared.ask(context.WithoutCancel(ctx), host+pauseKey, until, time.Nanosecond)
	}
}

// held returns until when host asked to be left alone; a time that has passed
// when it did not. The others are asked only if waited is set: what they
// learnt before a turn was taken, that turn already allows for.
func (c *Client) held(ctx context.Context, host string, waited bool) time.Time {
	held := c.turns.held(host)
	if now := time.Now(); waited && c.shared != nil && !held.After(now) {
		if until, ok := c.shared.ask(ctx, host+pauseKey, now, 0); ok && until.After(now) {
			c.turns.hold(host, until)
			return until
		}
	}
	return held
}
