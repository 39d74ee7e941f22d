package fetch

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// A Class says what the caller should do about a failed request.
type Class uint8

const (
	Transient Class = iota // try again after backing off; the zero value, so what is not classified is retried
	Throttled              // try again at Error.Until with Request.Slot set to it, not before
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
	Err    error     // the cause; never nil
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

// ClassOf reports the class of err: that of the first [*Error] in its tree,
// or Transient if there is none.
func ClassOf(err error) Class {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Class
	}
	return Transient
}

// Causes that decide the class of an error that the transport or a decoder
// hands back wrapped.
var (
	errAddress  = errors.New("address is not public")
	errTooLarge = errors.New("body larger than allowed")
	errEncoding = errors.New("unknown content encoding")
	errTimeout  = errors.New("request took longer than allowed")
	errIdle     = errors.New("body stalled")
)

// classify returns the class of an exchange that ended without a whole answer.
func classify(err error) Class {
	switch {
	case errors.Is(err, errAddress):
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
