package fetch

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"
)

// Get fetches req.URL, following redirects. It blocks until the host's turn
// has come, which is at most [MaxWait] away (for each further host that a
// redirect leads to, as long again), until there is a free connection, and
// then for up to Config.Timeout. Its errors are of type [*Error]; when ctx
// ends first the error is Transient and wraps that of ctx. It may be called
// concurrently.
//
// The host's first page costs two turns, one of them for robots.txt, but does
// not wait for the second; neither does a redirect within the host.
func (c *Client) Get(ctx context.Context, req Request) (*Response, error) {
	t, err := newTarget(req.URL, nil, c.guard)
	if err != nil {
		return nil, &Error{Class: Refused, URL: redact(req.URL), Err: err}
	}
	if err := checkHeader(req.Header); err != nil {
		return nil, &Error{Class: Refused, URL: t.String(), Err: err}
	}
	v := visit{client: c, req: req, straight: true}
	for hops := 0; ; hops++ {
		if err := v.admit(ctx, t); err != nil {
			return nil, err
		}
		a, err := c.ask(ctx, t, query{header: v.header(), limit: cmp.Or(req.MaxBytes, c.cfg.MaxBytes), within: v.within}, &v.spent)
		if err != nil {
			return nil, err
		}
		switch conditional := req.ETag != "" || req.LastModified != ""; {
		case a.status == http.StatusOK, a.status == http.StatusNotModified && conditional:
			return v.response(t, a), nil
		case a.redirects():
			if hops >= c.cfg.MaxRedirects {
				return nil, &Error{Class: Refused, URL: t.String(), Status: a.status, Err: fmt.Errorf("%w: more than %d", errRedirect, c.cfg.MaxRedirects)}
			}
			if t, err = v.follow(t, a); err != nil {
				return nil, err
			}
		case a.status == http.StatusNotModified:
			return nil, &Error{URL: t.String(), Status: a.status, Err: errors.New("not modified, but the request was not conditional")}
		default:
			return nil, c.refusal(ctx, t, a)
		}
	}
}

// A visit is one Get on its way.
type visit struct {
	client    *Client
	req       Request
	hosts     []string      // whose turn this request has had
	spent     time.Duration // of Config.Timeout
	straight  bool          // only permanent redirects so far
	away      bool          // has been at another origin than the request's
	within    bool          // the next request goes in a turn already taken
	rules     *robots       // of the origin being asked; nil when they do not count
	permanent string
}

// header returns the header of the next request.
func (v *visit) header() http.Header {
	h := http.Header{"Accept": {cmp.Or(v.req.Accept, "*/*")}}
	if !v.away {
		for key, values := range v.req.Header {
			key = http.CanonicalHeaderKey(key)
			h[key] = append(h[key], values...)
		}
	}
	if v.req.ETag != "" {
		h["If-None-Match"] = []string{v.req.ETag}
	}
	if v.req.LastModified != "" {
		h["If-Modified-Since"] = []string{v.req.LastModified}
	}
	return h
}

// admit returns once t may be asked for: robots.txt allows it and its host's
// turn has come.
func (v *visit) admit(ctx context.Context, t target) error {
	c := v.client
	askedRobots := false
	if v.req.Robots && !c.cfg.IgnoreRobots {
		rules, err := c.robotsFor(ctx, t, func() error {
			askedRobots = true
			return v.turn(ctx, t)
		})
		if err != nil {
			return err
		}
		v.rules = rules
		if !rules.allowed(t.path()) {
			return &Error{Class: Denied, URL: t.String(), Err: errRobots}
		}
	}
	if !askedRobots {
		return v.turn(ctx, t)
	}
	// robots.txt went in this request's turn, and t goes right after it, but
	// for that the host is left alone the longer afterwards.
	return v.charge(ctx, t)
}

// turn waits for the turn of t's host, unless this request has had it.
func (v *visit) turn(ctx context.Context, t target) error {
	if slices.Contains(v.hosts, t.host) {
		return v.charge(ctx, t)
	}
	var slot time.Time
	if len(v.hosts) == 0 {
		slot = v.req.Slot
	}
	if v.req.Within && len(v.hosts) == 0 && slot.IsZero() {
		if held := v.client.turns.held(t.host); held.After(time.Now()) {
			return v.client.putOff(ctx, t, held, 0, errPause)
		}
		v.hosts = append(v.hosts, t.host)
		return v.charge(ctx, t)
	}
	v.within = false
	err := v.client.takeTurn(ctx, t, slot, v.req.Book)
	fe, ok := errors.AsType[*Error](err)
	if ok && fe.Class == Throttled && len(v.hosts) > 0 && !v.req.Slot.IsZero() && !v.client.turns.held(t.host).After(time.Now()) {
		// The caller has waited for a turn once. Were it sent back at a later
		// hop too, it would begin anew each time and never arrive; the turn
		// now reserved keeps the host's average right.
		err = nil
	}
	if err == nil {
		v.hosts = append(v.hosts, t.host)
	}
	return err
}

// charge puts off the next turn of t's host by one, for a request that goes
// within a turn already taken.
func (v *visit) charge(ctx context.Context, t target) error {
	v.within = true
	if _, err := v.client.reserve(ctx, t.host, time.Now(), v.client.every(t)); err != nil {
		return &Error{URL: t.String(), Err: fmt.Errorf("reserve a turn at %s: %w", t.host, err)}
	}
	return nil
}

// follow returns where the redirect a leads from t.
func (v *visit) follow(t target, a answer) (target, error) {
	location := a.header.Get("Location")
	next, err := newTarget(location, t.url, v.client.guard)
	if err != nil {
		return target{}, &Error{Class: Refused, URL: t.String(), Status: a.status, Err: fmt.Errorf("%w to %.200q: %w", errRedirect, redact(location), err)}
	}
	if a.status != http.StatusMovedPermanently && a.status != http.StatusPermanentRedirect {
		v.straight = false
	}
	if next.origin != t.origin {
		v.away = true
	}
	if v.straight {
		v.permanent = next.String()
	}
	return next, nil
}

func (v *visit) response(t target, a answer) *Response {
	res := &Response{
		URL:          t.String(),
		Status:       a.status,
		Header:       a.header,
		Body:         a.body,
		ETag:         a.header.Get("ETag"),
		LastModified: a.header.Get("Last-Modified"),
		Permanent:    v.permanent,
		Fetched:      a.began,
		Took:         v.spent,
		Fresh:        freshness(a.header, a.began),
	}
	if v.rules != nil {
		res.Licenses = slices.Clone(v.rules.licenses)
	}
	return res
}
