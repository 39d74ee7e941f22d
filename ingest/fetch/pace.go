package fetch

import (
	"context"
	"sync"
	"time"
)

// MaxWait is the longest that [Client.Get] sleeps until a host's turn. A turn
// further away is promised instead, with an error of class Throttled.
const MaxWait = 20 * time.Second

const (
	slotGrace = time.Minute // how late a promised turn may be taken
	maxHold   = time.Hour   // how long one host's rate limit on one URL holds back its other URLs
	maxHosts  = 1 << 16     // hosts whose turns are remembered at once
)

// turns hands out the turns of hosts, in memory: the generic cell rate
// algorithm without a burst, that is, one time per host at which the next turn
// is free. Its methods may be called concurrently.
type turns struct {
	mu    sync.Mutex
	hosts map[string]*hostTurns
}

type hostTurns struct {
	free time.Time // the next turn that nobody has
	held time.Time // the host has asked to be left alone until then
	last time.Time // when it was last asked, or will be next
}

// reserve takes the first free turn of host at or after from and frees the
// next one every later.
func (t *turns) reserve(host string, from time.Time, every time.Duration) time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	h := t.hosts[host]
	if h == nil {
		if every <= 0 {
			return from
		}
		h = t.add(host)
	}
	turn := from
	if h.free.After(from) {
		turn = h.free
	}
	h.free = turn.Add(every)
	return turn
}

// putOff keeps turns of host before until from being free.
func (t *turns) putOff(host string, until time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	h := t.hosts[host]
	if h == nil {
		h = t.add(host)
	}
	if until.After(h.free) {
		h.free = until
	}
}

// start returns when a request of host may go whose turn has come: now, or,
// if others were late for theirs, every after the last of them. One within
// another's turn goes now.
func (t *turns) start(host string, every time.Duration, within bool) time.Time {
	at := time.Now()
	if every <= 0 {
		return at
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	h := t.hosts[host]
	if h == nil {
		h = t.add(host)
	}
	if next := h.last.Add(every); !within && next.After(at) {
		at = next
	}
	if at.After(h.last) {
		h.last = at
	}
	return at
}

// ahead is how long the turns of host are taken already.
func (t *turns) ahead(host string, now time.Time) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	if h := t.hosts[host]; h != nil {
		return h.free.Sub(now)
	}
	return 0
}

// hold keeps host from being asked before until.
func (t *turns) hold(host string, until time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	h := t.hosts[host]
	if h == nil {
		h = t.add(host)
	}
	if until.After(h.held) {
		h.held = until
	}
}

// held returns until when host asked to be left alone; a time that has passed
// when it did not.
func (t *turns) held(host string) time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	if h := t.hosts[host]; h != nil {
		return h.held
	}
	return time.Time{}
}

// add makes an entry for host, first making room where that is needed. The
// caller holds t.mu.
func (t *turns) add(host string) *hostTurns {
	if len(t.hosts) >= maxHosts {
		now := time.Now()
		for name, h := range t.hosts {
			if !h.free.After(now) && !h.held.After(now) {
				delete(t.hosts, name) // says no more than no entry would
			}
		}
		// Should all be in force, some hosts' turns are forgotten: memory
		// stays bounded, at the price of a pace too quick there once. An
		// eighth goes at once, so that not every new host costs a sweep.
		for name := range t.hosts {
			if len(t.hosts) < maxHosts-maxHosts/8 {
				break
			}
			delete(t.hosts, name)
		}
	}
	h := &hostTurns{}
	t.hosts[host] = h
	return h
}

// seats bounds the requests under way, to one host and to all.
type seats struct {
	all     chan struct{}
	perHost int

	mu    sync.Mutex
	hosts map[string]*hostSeats // only those with somebody seated or waiting
}

type hostSeats struct {
	taken chan struct{}
	users int
}

func newSeats(all, perHost int) *seats {
	return &seats{all: make(chan struct{}, all), perHost: perHost, hosts: make(map[string]*hostSeats)}
}

// take waits for a seat at host and one among all, and returns the function
// that gives both back, or the context's error.
func (s *seats) take(ctx context.Context, host string) (leave func(), err error) {
	s.mu.Lock()
	h := s.hosts[host]
	if h == nil {
		h = &hostSeats{taken: make(chan struct{}, s.perHost)}
		s.hosts[host] = h
	}
	h.users++
	s.mu.Unlock()

	// The host's seat comes first: a crowd at one slow host must not sit on
	// the seats of all.
	select {
	case h.taken <- struct{}{}:
	case <-ctx.Done():
		s.forget(host, h)
		return nil, ctx.Err()
	}
	select {
	case s.all <- struct{}{}:
	case <-ctx.Done():
		<-h.taken
		s.forget(host, h)
		return nil, ctx.Err()
	}
	return func() {
		<-s.all
		<-h.taken
		s.forget(host, h)
	}, nil
}

func (s *seats) forget(host string, h *hostSeats) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if h.users--; h.users == 0 {
		delete(s.hosts, host)
	}
}

// sleepUntil waits until at; it returns the context's error if that comes first.
func sleepUntil(ctx context.Context, at time.Time) error {
	wait := time.Until(at)
	if wait <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
