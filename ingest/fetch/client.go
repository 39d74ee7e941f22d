package fetch

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"mime"
	"net"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync/atomic"
	"time"
)

const (
	dialTimeout    = 10 * time.Second // to connect, all addresses together
	tlsTimeout     = 10 * time.Second
	headerTimeout  = 20 * time.Second // from the request to the answer's header
	bodyIdle       = 10 * time.Second // between two pieces of a body
	idleTimeout    = 90 * time.Second // of an unused connection
	pingAfter      = 15 * time.Second // of silence on a busy HTTP/2 connection, to notice that it is dead
	pingTimeout    = 10 * time.Second
	maxIdle        = 512       // unused connections kept, all hosts together
	maxHeaderBytes = 128 << 10 // of an answer's header
	maxDrain       = 32 << 10  // bytes of an unwanted body read to keep its connection
	drainTimeout   = time.Second
)

// A Client fetches over HTTP/1.1 and HTTP/2. Its methods may be called
// concurrently. It keeps no cookies, and sends no credentials but those in
// Request.Header and those of the proxy.
type Client struct {
	cfg     Config // with defaults
	agent   string
	product string // the name under which robots.txt is obeyed
	guard   *guard
	rt      http.RoundTripper
	close   func()
	decoder decoder
	turns   *turns
	shared  *sharedTurns // nil: the turns are this client's alone
	seats   *seats
	robots  *robotsCache
}

// New returns a client configured by cfg, or the error of cfg.Validate.
func New(cfg Config) (*Client, error) { return newClient(cfg, nil) }

// newClient returns a client that looks up names with resolver; nil means the
// system's. What that answers is remembered.
func newClient(cfg Config, resolver *net.Resolver) (*Client, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	cfg = cfg.withDefaults()
	guard, err := newGuard(cfg.Allow)
	if err != nil {
		return nil, err // unreachable: Validate has parsed them
	}
	transport, err := newTransport(cfg, guard, resolver)
	if err != nil {
		return nil, err // only if the environment has changed since Validate
	}
	return &Client{
		cfg:     cfg,
		agent:   cfg.agent(),
		product: productToken(cfg.UserAgent),
		guard:   guard,
		rt:      transport,
		close:   transport.CloseIdleConnections,
		turns:   &turns{hosts: make(map[string]*hostTurns)},
		seats:   newSeats(cfg.Concurrency, cfg.Connections),
		robots:  newRobotsCache(),
	}, nil
}

// Close closes the connections that are not in use. Calls under way go on.
func (c *Client) Close() { c.close() }

// every is the pace of t's host.
func (c *Client) every(t target) time.Duration {
	return max(c.cfg.Pace, c.robots.delay(t.origin))
}

// takeTurn waits for the turn of t's host. A turn more than MaxWait away, or
// beyond the deadline of ctx, is promised with an error of class Throttled.
// slot is a turn promised before; zero when none was.
//
// book is how far ahead a turn is booked at most, zero for any; beyond it, the
// error names a time to come back and promises nothing.
func (c *Client) takeTurn(ctx context.Context, t target, slot time.Time, book time.Duration) error {
	if err := ctx.Err(); err != nil {
		return &Error{URL: t.String(), Err: err}
	}
	now := time.Now()
	turn := slot
	if slot.IsZero() || now.Sub(slot) > slotGrace {
		if book > 0 && c.turns.ahead(t.host, now) > book {
			until := now.Add(book + rand.N(book/2+1)) // not all at once
			return &Error{Class: Throttled, URL: t.String(), Until: until, Unbooked: true, Err: fmt.Errorf("%s is booked for more than %v", t.host, book)}
		}
		var err error
		if turn, err = c.reserve(ctx, t.host, now, c.every(t)); err != nil {
			return &Error{URL: t.String(), Err: fmt.Errorf("reserve a turn at %s: %w", t.host, err)}
		}
	}
	deadline, limited := ctx.Deadline()
	if turn.Sub(now) > MaxWait || limited && turn.After(deadline) {
		return &Error{Class: Throttled, URL: t.String(), Until: turn, Err: fmt.Errorf("the next turn at %s is later", t.host)}
	}
	if err := sleepUntil(ctx, turn); err != nil {
		return &Error{URL: t.String(), Err: err}
	}
	// Another request may have learnt during the sleep that the host wants rest.
	if held := c.held(ctx, t.host, turn.After(now) || !slot.IsZero()); held.After(time.Now()) {
		return c.putOff(ctx, t, held, 0, errPause)
	}
	return nil
}

// putOff returns the error that promises the first free turn of t's host at or
// after from.
func (c *Client) putOff(ctx context.Context, t target, from time.Time, status int, cause error) error {
	until, err := c.reserve(ctx, t.host, from, c.every(t))
	if err != nil || until.Before(from) {
		until = from
	}
	return &Error{Class: Throttled, URL: t.String(), Status: status, Until: until, Err: cause}
}

// refusal returns the error for an answer that is neither usable nor a
// redirect. A rate limit also holds back the host's other requests.
func (c *Client) refusal(ctx context.Context, t target, a answer) error {
	cause := fmt.Errorf("status %d", a.status)
	class := classOfStatus(a.status, a.header)
	if class != Throttled {
		return &Error{Class: class, URL: t.String(), Status: a.status, Err: cause}
	}
	now := time.Now()
	until := retryAfter(a.header, now)
	// One URL's rate limit may be meant for the client as a whole, but must
	// not take away a whole host for a day.
	pause := now.Add(min(until.Sub(now), maxHold))
	c.hold(ctx, t.host, pause)
	// Told even if the caller has given up, as the hold is.
	err := c.putOff(context.WithoutCancel(ctx), t, pause, a.status, cause)
	if fe, ok := errors.AsType[*Error](err); ok && fe.Until.Before(until) {
		fe.Until = until
	}
	return err
}

// An answer is what came back for one request, whatever its status.
type answer struct {
	status int
	header http.Header
	body   []byte // of a 200 only
	began  time.Time
}

// redirects reports whether a says where to go instead.
func (a answer) redirects() bool {
	switch a.status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
		http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return a.header.Get("Location") != ""
	}
	return false
}

// A query is what one request asks.
type query struct {
	method string      // GET or POST; empty means GET
	header http.Header // to which ask adds its own
	limit  int64       // bytes of a body
	form   string      // of a POST
	within bool        // goes right after another in that one's turn
}

// ask sends one request to t and reads the answer: the body of a 200, or
// whatever of a body that a POST brings can be read. spent is the part of
// Config.Timeout that is used up, to which ask adds its own, the wait for a
// seat excepted. When that wait has made it late for its turn, ask waits on,
// so as not to come close upon another. Its errors are of type *Error; with
// errTooLarge comes the beginning of the body.
func (c *Client) ask(ctx context.Context, t target, q query, spent *time.Duration) (a answer, err error) {
	leave, err := c.seats.take(ctx, t.host)
	if err != nil {
		return a, &Error{URL: t.String(), Err: fmt.Errorf("wait for a connection: %w", err)}
	}
	defer leave()
	if err := sleepUntil(ctx, c.turns.start(t.host, c.every(t), q.within)); err != nil {
		return a, &Error{URL: t.String(), Err: err}
	}
	if held := c.turns.held(t.host); !q.within && held.After(time.Now()) {
		return a, c.putOff(ctx, t, held, 0, errPause)
	}
	start := time.Now()
	defer func() { *spent += time.Since(start) }()

	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	timer := time.AfterFunc(c.cfg.Timeout-*spent, func() { cancel(errTimeout) })
	defer timer.Stop()

	// Many errors of the handshake have no type to know them by.
	var handshake atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{TLSHandshakeDone: func(_ tls.ConnectionState, err error) {
		handshake.Store(err != nil)
	}})
	q.header.Set("User-Agent", c.agent)
	q.header.Set("Accept-Encoding", acceptEncoding)
	req := (&http.Request{Method: http.MethodGet, URL: t.url, Host: t.url.Host, Header: q.header}).WithContext(ctx)
	if q.method == http.MethodPost {
		req.Method = http.MethodPost
		req.ContentLength = int64(len(q.form))
		req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(q.form)), nil }
		req.Body, _ = req.GetBody()
	}
	res, err := c.rt.RoundTrip(req)
	if err != nil {
		if handshake.Load() {
			err = fmt.Errorf("%w: %w", errTLS, err)
		}
		return a, failure(ctx, t, 0, err)
	}
	a = answer{status: res.StatusCode, header: res.Header, began: time.Now()}
	body := res.Body
	defer body.Close()
	stall := time.AfterFunc(bodyIdle, func() { cancel(errIdle) })
	defer stall.Stop()
	res.Body = &watchedBody{ReadCloser: body, stall: stall}

	switch {
	case q.method == http.MethodPost:
		a.body, _ = c.decoder.read(res, q.limit) // the status says what became of the form
	case a.status == http.StatusOK:
		if err := unwanted(res.Header.Get("Content-Type"), q.header.Get("Accept")); err != nil {
			return a, &Error{Class: Unusable, URL: t.String(), Status: a.status, Err: err}
		}
		if a.body, err = c.decoder.read(res, q.limit); err != nil {
			return a, failure(ctx, t, a.status, err)
		}
	}
	// What is left decides only whether the connection can be used again.
	stall.Reset(drainTimeout)
	_, _ = io.CopyN(io.Discard, body, maxDrain)
	return a, nil
}

// failure returns the error for an exchange that broke off; when ctx was
// cancelled, the reason for that says more than err.
func failure(ctx context.Context, t target, status int, err error) error {
	if cause := context.Cause(ctx); cause != nil && !errors.Is(err, cause) {
		err = fmt.Errorf("%w: %w", cause, err)
	}
	return &Error{Class: classify(err), URL: t.String(), Status: status, Err: err}
}

// A watchedBody puts off stall whenever bytes arrive.
type watchedBody struct {
	io.ReadCloser
	stall *time.Timer
}

func (b *watchedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if n > 0 {
		b.stall.Reset(bodyIdle)
	}
	return n, err
}

// unwanted returns an error if contentType names a kind of file that nobody
// asked for with accept and that cannot be mislabelled text. An accept that
// takes anything, or none, wants all.
func unwanted(contentType, accept string) error {
	if accept == "" || accept == "*/*" {
		return nil
	}
	media, _, _ := mime.ParseMediaType(contentType)
	major, _, _ := strings.Cut(media, "/")
	switch major {
	case "audio", "video", "image", "font":
	default:
		if media != "application/pdf" && media != "application/zip" {
			return nil
		}
	}
	if media == "image/svg+xml" || strings.Contains(accept, media) || strings.Contains(accept, major+"/*") {
		return nil
	}
	return fmt.Errorf("%w: of type %s", errContent, media)
}
