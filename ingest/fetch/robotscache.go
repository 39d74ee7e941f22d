package fetch

import (
	"container/list"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"
)

const (
	robotsAge          = 24 * time.Hour  // how long a robots.txt counts (RFC 9309, section 2.4)
	robotsRetry        = 5 * time.Minute // how long an unreachable one is not asked for again
	maxRobotsRedirects = 5               // RFC 9309, section 2.3.1.2
	maxRobotsOrigins   = 1 << 16         // origins remembered at once
	maxRobotsMemory    = 64 << 20        // bytes of rules remembered at once
)

// Sitemaps returns the sitemaps that the robots.txt of address's origin names:
// absolute http and https URLs in the order of the file, at most 32; none if
// there is no robots.txt. A robots.txt not known yet is asked for, in a turn
// of the host and with the errors of [Client.Get]; one that is costs nothing.
// Config.IgnoreRobots does not matter here. The sitemaps need not be on the
// same host: whoever asks for one decides whether to trust it. Sitemaps may
// be called concurrently.
func (c *Client) Sitemaps(ctx context.Context, address string) ([]string, error) {
	t, err := newTarget(address, nil, c.guard)
	if err != nil {
		return nil, &Error{Class: Refused, URL: redact(address), Err: err}
	}
	rules, err := c.robotsFor(ctx, t, func() error { return c.takeTurn(ctx, t, time.Time{}, 0) })
	if err != nil {
		return nil, err
	}
	var sitemaps []string
	for _, link := range rules.sitemaps {
		if strings.HasPrefix(link, "/") {
			link = webURL(t.origin + link)
		}
		if link != "" {
			sitemaps = append(sitemaps, link)
		}
	}
	return sitemaps, nil
}

// robotsFor returns the rules of t's origin, out of the cache where it can.
// Where it cannot, it calls turn before it asks, and fails as turn does; when
// several callers need the same file, one asks and the others wait.
func (c *Client) robotsFor(ctx context.Context, t target, turn func() error) (*robots, error) {
	for {
		known, flight, lead := c.robots.lookup(t.origin)
		if flight == nil {
			return known.rules, known.err
		}
		if !lead {
			select {
			case <-flight:
				continue
			case <-ctx.Done():
				return nil, &Error{URL: t.String(), Err: ctx.Err()}
			}
		}
		if err := turn(); err != nil {
			c.robots.land(t.origin, nil)
			return nil, err
		}
		rules, err := c.fetchRobots(ctx, t)
		switch {
		case err == nil:
			known = &robotsEntry{rules: rules, until: time.Now().Add(robotsAge)}
		case ctx.Err() != nil || ClassOf(err) != Transient:
			// Of this request alone: the next one has its own turn and answer.
			c.robots.land(t.origin, nil)
			return nil, err
		case known != nil && known.rules != nil:
			// Section 2.4: what was known counts on while nothing newer can be had.
			known = &robotsEntry{rules: known.rules, until: time.Now().Add(robotsRetry)}
		default:
			known = &robotsEntry{err: err, until: time.Now().Add(robotsRetry)}
		}
		c.robots.land(t.origin, known)
		return known.rules, known.err
	}
}

// fetchRobots asks for the robots.txt of t's origin. Its errors are Transient
// when the file is unreachable, which forbids the whole origin for now, or of
// the class that the page itself would meet: Throttled, or Refused by address.
func (c *Client) fetchRobots(ctx context.Context, t target) (*robots, error) {
	next, err := newTarget("/robots.txt", t.url, c.guard)
	if err != nil {
		return nil, &Error{Class: Refused, URL: t.String(), Err: err}
	}
	var spent time.Duration
	for hops := 0; ; hops++ {
		a, err := c.ask(ctx, next, query{header: http.Header{"Accept": {"text/plain, */*;q=0.1"}}, limit: maxRobots, within: hops > 0}, &spent)
		if errors.Is(err, errTooLarge) {
			return parseRobots(a.body, c.product), nil
		}
		if err != nil {
			if fe, ok := errors.AsType[*Error](err); ok && fe.Class == Refused && hops > 0 {
				return &robots{}, nil // leads nowhere we would go: as good as none
			}
			return nil, unreachable(err)
		}
		if a.status == http.StatusOK {
			return parseRobots(a.body, c.product), nil
		}
		if a.redirects() {
			if next, err = newTarget(a.header.Get("Location"), next.url, c.guard); err != nil || hops >= maxRobotsRedirects {
				return &robots{}, nil
			}
			// Part of the turn that led here, but the host's next turn is later for it.
			if _, err := c.reserve(ctx, next.host, time.Now(), c.every(next)); err != nil {
				return nil, &Error{URL: next.String(), Err: err}
			}
			continue
		}
		switch err := c.refusal(ctx, next, a); {
		case ClassOf(err) == Throttled:
			return nil, err
		case a.status >= 500 || a.status == http.StatusTooManyRequests:
			return nil, unreachable(&Error{URL: next.String(), Status: a.status, Err: fmt.Errorf("%w until it answers: status %d", errRobots, a.status)})
		}
		return &robots{}, nil // section 2.3.1.3: unavailable, so there are no rules
	}
}

// unreachable makes err Transient unless it says something about the origin
// as a whole.
func unreachable(err error) error {
	fe, ok := errors.AsType[*Error](err)
	if !ok || fe.Class == Refused || fe.Class == Throttled {
		return err
	}
	return &Error{URL: fe.URL, Status: fe.Status, Err: fmt.Errorf("robots.txt unreachable: %w", fe.Err)}
}

// A robotsCache keeps the rules of the origins used last. Its methods may be
// called concurrently.
type robotsCache struct {
	mu      sync.Mutex
	entries map[string]*list.Element // of *robotsEntry
	recent  list.List                // the one used last in front
	size    int
	flights map[string]chan struct{} // origins being asked; closed when that is done
}

type robotsEntry struct {
	origin string
	rules  *robots // nil when err is not
	err    error
	until  time.Time
}

func newRobotsCache() *robotsCache {
	return &robotsCache{entries: make(map[string]*list.Element), flights: make(map[string]chan struct{})}
}

// lookup returns the entry of origin and no flight, if the entry is fresh;
// otherwise the flight to wait for, or, if lead is set, the caller's own,
// which must end in land, and then the outdated entry or nil.
func (c *robotsCache) lookup(origin string) (e *robotsEntry, flight chan struct{}, lead bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if el := c.entries[origin]; el != nil {
		e = el.Value.(*robotsEntry)
		if time.Now().Before(e.until) {
			c.recent.MoveToFront(el)
			return e, nil, false
		}
	}
	if flight := c.flights[origin]; flight != nil {
		return nil, flight, false
	}
	flight = make(chan struct{})
	c.flights[origin] = flight
	return e, flight, true
}

// land ends the caller's flight with e, or with nothing learnt if e is nil.
func (c *robotsCache) land(origin string, e *robotsEntry) {
	c.mu.Lock()
	defer c.mu.Unlock()
	close(c.flights[origin])
	delete(c.flights, origin)
	if e == nil {
		return
	}
	c.remove(c.entries[origin])
	e.origin = origin
	c.entries[origin] = c.recent.PushFront(e)
	c.size += e.size()
	for len(c.entries) > maxRobotsOrigins || c.size > maxRobotsMemory {
		c.remove(c.recent.Back())
	}
}

// remove drops el, which may be nil. The caller holds c.mu.
func (c *robotsCache) remove(el *list.Element) {
	if el == nil {
		return
	}
	e := c.recent.Remove(el).(*robotsEntry)
	delete(c.entries, e.origin)
	c.size -= e.size()
}

// delay returns the crawl delay of origin as far as it is known.
func (c *robotsCache) delay(origin string) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	if el := c.entries[origin]; el != nil {
		if rules := el.Value.(*robotsEntry).rules; rules != nil {
			return rules.delay
		}
	}
	return 0
}

func (e *robotsEntry) size() int {
	if e.rules == nil {
		return len(e.origin)
	}
	return len(e.origin) + e.rules.size()
}
