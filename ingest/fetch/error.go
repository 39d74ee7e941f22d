package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Class says what the caller should do about a failed request.
type Class uint8

const (
	Transient Class = iota // try again after backing off; the zero value, so what is not classified is retried
	Throttled              // try again at Error.Until, not before, with Request.Slot set to it unless it is Unbooked
	Denied                 // 401, 402, 403, 451 or robots.txt: the publisher does not want this; respect it
	NotFound               // 404: perhaps not yet or no longer there
	Gone                   // 410: do not ask again
	TooLarge               // larger than allowed, or a decompression bomb
	Refused                // not asked, by us: a forbidden address, a bad URL or scheme, too many redirects
	Unusable               // an answer that is of no use: other 4xx, undecodable or of another kind than asked for
)

var classNames = [...]string{
	Transient: "transient",
	Throttled: "throttled",
	Denied:    "denied",
	NotFound:  "not-found",
	Gone:      "gone",
	TooLarge:  "too-large",
	Refused:   "refused",
	Unusable:  "unusable",
}

// String returns the name of c in lower case, fit for a metric label.
func (c Class) String() string {
	if int(c) < len(classNames) {
		return classNames[c]
	}
	return "class(" + strconv.Itoa(int(c)) + ")"
}

// An Error says why a request brought no usable answer.
type Error struct {
	Class  Class
	URL    string    // the address that failed, which after a redirect is not the one asked for
	Status int       // the HTTP status; zero when there was no answer
	Until  time.Time // of class Throttled: the promised turn; zero otherwise
	// Unbooked is whether Until is no turn, only when to ask anew (see
	// Request.Book).
	Unbooked bool
	Err      error // the cause; never nil
}

// Error names the address, the class and the cause.
func (e *Error) Error() string {
	if e.Class == Throttled {
		return fmt.Sprintf("fetch %s: throttled until %s: %v", e.URL, e.Until.UTC().Format(time.RFC3339), e.Err)
	}
	return fmt.Sprintf("fetch %s: %v: %v", e.URL, e.Class, e.Err)
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Cause returns in a word or two, of a closed set, what went wrong:
//
//   - "dns": the host's name could not be looked up
//   - "connect": no connection to the host or the proxy, or one that broke
//   - "tls": the host could not prove who it is, or speaks no TLS we take
//   - "timeout": any wait that took too long, or that the caller's context ended
//   - "http": a status or an answer of no use, or a request that was malformed
//   - "throttled": a rate limit, or a turn too far away to wait for
//   - "robots": robots.txt denies it, or answers so that nothing may be asked for
//   - "redirect": too many, or one that leads where no URL leads
//   - "address": a malformed URL, or an address that is not public ([ErrAddress])
//   - "too large": a body larger than allowed
//   - "content": a body of another kind than asked for, or one that cannot be decoded
func (e *Error) Cause() string {
	err := e.Err
	is := func(targets ...error) bool {
		return slices.ContainsFunc(targets, func(target error) bool { return errors.Is(err, target) })
	}
	proxy, behindProxy := errors.AsType[*proxyError](err)
	network, _ := errors.AsType[net.Error](err)
	_, name := errors.AsType[*net.DNSError](err)
	_, op := errors.AsType[*net.OpError](err)
	switch {
	case e.Class == Throttled:
		return "throttled"
	case is(ErrAddress):
		return "address"
	case is(errRobots):
		return "robots"
	case is(errRedirect):
		return "redirect"
	case is(errHeader):
		return "http"
	case e.Class == Refused:
		return "address"
	case e.Class == TooLarge:
		return "too large"
	case is(errTimeout, errIdle, context.DeadlineExceeded, context.Canceled):
		return "timeout"
	case behindProxy && !proxy.timeout():
		return "connect"
	case behindProxy:
		return "timeout"
	case name:
		return "dns"
	case network != nil && network.Timeout():
		return "timeout"
	case is(errTLS):
		return "tls"
	case is(errContent, errEncoding, errDecode):
		return "content"
	case op || is(io.EOF, io.ErrUnexpectedEOF):
		return "connect"
	}
	return "http"
}

// ClassOf reports the class of err: that of the first [*Error] in its tree,
// or Transient if there is none.
func ClassOf(err error) Class {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Class
	}
	return Transient
}

// ErrAddress is in the tree of an error of class Refused if the reason is the
// address, of the URL or of one it leads to: it is not public, and no prefix
// in Config.Allow holds it.
var ErrAddress = errors.New("address is not public")

// Causes that decide the class of an error that the transport or a decoder
// hands back wrapped, or what Cause calls it.
var (
	errTooLarge = errors.New("body larger than allowed")
	errEncoding = errors.New("unknown content encoding")
	errDecode   = errors.New("decode body")
	errTimeout  = errors.New("request took longer than allowed")
	errIdle     = errors.New("body stalled")
	errPause    = errors.New("the host asked for a pause")
	errTLS      = errors.New("TLS handshake failed")
	errContent  = errors.New("unwanted content")
	errRobots   = errors.New("denied by robots.txt")
	errRedirect = errors.New("redirect")
	errHeader   = errors.New("header may not be set")
)

// classify returns the class of an exchange that ended without a whole answer.
func classify(err error) Class {
	switch {
	case errors.Is(err, ErrAddress):
		return Refused
	case errors.Is(err, errTooLarge):
		return TooLarge
	case errors.Is(err, errEncoding):
		return Unusable
	}
	return Transient
}

// classOfStatus returns the class of an answer that is neither a 200, a 304
// nor a redirect.
func classOfStatus(status int, h http.Header) Class {
	switch status {
	case http.StatusTooManyRequests:
		return Throttled
	case http.StatusForbidden, http.StatusServiceUnavailable:
		// Some publishers answer 403 where they mean 429; only a rate limit
		// says when to come back.
		if h.Get("Retry-After") != "" {
			return Throttled
		}
		if status == http.StatusForbidden {
			return Denied
		}
		return Transient
	case http.StatusUnauthorized, http.StatusPaymentRequired, http.StatusUnavailableForLegalReasons:
		return Denied
	case http.StatusNotFound:
		return NotFound
	case http.StatusGone:
		return Gone
	case http.StatusRequestTimeout, http.StatusMisdirectedRequest, http.StatusTooEarly:
		return Transient
	}
	if status >= 300 && status < 500 {
		return Unusable
	}
	return Transient
}

const (
	maxRetryAfter     = 24 * time.Hour // nobody is waited for longer than this
	defaultRetryAfter = time.Minute    // of a rate limit that does not say for how long
)

// retryAfter returns when the answer with header h, received at now, asks us
// to come back (RFC 9110, section 10.2.3): never before now and never more
// than maxRetryAfter later. A header that cannot be read counts as
// defaultRetryAfter.
func retryAfter(h http.Header, now time.Time) time.Time {
	wait := defaultRetryAfter
	value := strings.TrimSpace(h.Get("Retry-After"))
	if seconds, err := strconv.ParseUint(value, 10, 64); err == nil || errors.Is(err, strconv.ErrRange) {
		wait = maxRetryAfter
		if seconds < uint64(maxRetryAfter/time.Second) {
			wait = time.Duration(seconds) * time.Second
		}
	} else if at, err := http.ParseTime(value); err == nil {
		// Counted by the server's own clock when it tells it, since that is
		// the clock by which it chose the date.
		if date, err := http.ParseTime(h.Get("Date")); err == nil {
			wait = at.Sub(date)
		} else {
			wait = at.Sub(now)
		}
	}
	return now.Add(min(max(wait, 0), maxRetryAfter))
}
