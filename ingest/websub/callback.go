package websub

import (
	"bytes"
	"context"
	"crypto/hmac"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"
)

const (
	maxBody       = 10 << 20 // bytes of a delivery
	maxQuery      = 32 << 10 // bytes of a verification's query
	maxChallenge  = 4 << 10  // bytes
	maxType       = 200      // bytes of a Content-Type that is passed on
	maxReason     = 200      // characters of a hub's words
	maxAtOnce     = 16       // deliveries, and verifications, under way; at 10 MiB each this bounds memory
	maxFeedAtOnce = 2        // of one feed among them, so that no hub takes all the room
	handleTimeout = 10 * time.Second
	retryAfter    = 30              // seconds after which a hub that met a full house may come again
	defaultLease  = 24 * time.Hour  // of a hub that confirms without a time that can be read
	tellEvery     = 1 * time.Minute // between two lines about ignored deliveries
)

// ServeHTTP answers callbacks at …/<feed>/<token>, whatever stands before: a
// proxy may strip the path of Config.Callback or leave it.
//
//	GET   a hub verifies: 200 with its challenge, 404 when we do not want it
//	POST  a hub delivers: 202 stored, or ignored for its signature; 410 no
//	      longer wanted; 413 over 10 MiB; 415 compressed; 500 not stored
//
// An address that we did not give out is answered with 404 before anything is
// read or looked up. 503 with Retry-After means too much at once (16, 2 of
// one feed), or that [Feeds] could not answer.
func (s *Subscriber) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'")
	h.Set("Cache-Control", "no-store")
	var room *seats
	var answer func(context.Context, http.ResponseWriter, *http.Request, visit)
	switch r.Method {
	case http.MethodGet:
		room, answer = s.visits, s.verify
	case http.MethodPost:
		room, answer = s.deliveries, s.deliver
	default:
		h.Set("Allow", "GET, POST")
		refuse(w, http.StatusMethodNotAllowed)
		return
	}
	v, ok := s.open(r.URL.Path)
	if !ok {
		refuse(w, http.StatusNotFound)
		return
	}
	if !room.take(v.feed) {
		h.Set("Retry-After", strconv.Itoa(retryAfter))
		refuse(w, http.StatusServiceUnavailable)
		return
	}
	defer room.leave(v.feed)
	answer(s.alive, w, r, v)
}

// A visit is a callback at an address that we gave out.
type visit struct {
	feed string
	id   []byte // of the subscription that the address was given out for
}

// open finds out what the last two elements of a path stand for.
func (s *Subscriber) open(path string) (visit, bool) {
	rest, token, _ := cutLast(path)
	_, feed, ok := cutLast(rest)
	if !ok || !isFeed(feed) {
		return visit{}, false
	}
	id, ok := s.keys.open(feed, token)
	return visit{feed, id}, ok
}

func cutLast(path string) (before, last string, ok bool) {
	i := strings.LastIndexByte(path, '/')
	if i < 0 {
		return "", path, false
	}
	return path[:i], path[i+1:], true
}

// standing returns the feed's subscription, and whether it is the one that
// v's address was given out for.
func (s *Subscriber) standing(ctx context.Context, v visit) (sub Subscription, wanted bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, handleTimeout)
	defer cancel()
	sub, ok, err := s.feeds.Subscription(ctx, v.feed)
	if err != nil || !ok {
		return Subscription{}, false, err
	}
	return sub, hmac.Equal(v.id, s.keys.id(sub)), nil
}

// verify answers a hub that asks whether a request really came from us.
//
// It needs no list of open requests. What is wanted may be subscribed and
// must not be unsubscribed, whoever asks; what we once asked for and no longer
// want, the other way round.
func (s *Subscriber) verify(ctx context.Context, w http.ResponseWriter, r *http.Request, v visit) {
	in, ok := parseIntent(r.URL.RawQuery)
	if !ok || !hmac.Equal(s.keys.topicTag(v.feed, in.topic), v.id[:tagSize]) {
		refuse(w, http.StatusNotFound)
		return
	}
	sub, wanted, err := s.standing(ctx, v)
	if err != nil {
		s.unstored(w, v, err, http.StatusServiceUnavailable)
		return
	}
	ctx, cancel := context.WithTimeout(ctx, handleTimeout)
	defer cancel()
	switch {
	case in.mode == "subscribe" && wanted:
		err = s.feeds.Verified(ctx, sub, time.Now().Add(in.lease).UTC())
	case in.mode == "denied" && wanted:
		err = s.feeds.Denied(ctx, sub, in.reason)
	case in.mode == "subscribe", in.mode == "unsubscribe" && wanted:
		s.log.Debug("hub refused", "feed", v.feed, "step", in.mode)
		refuse(w, http.StatusNotFound)
		return
	}
	if err != nil {
		s.unstored(w, v, err, http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(in.challenge)))
	io.WriteString(w, in.challenge)
}

// An intent is what a hub asks about.
type intent struct {
	mode      string // subscribe, unsubscribe or denied
	topic     string
	challenge string        // not empty, but for denied
	lease     time.Duration // over 0, at most MaxLease
	reason    string
}

// parseIntent reads the query of a verification. It reports false when
// something is missing, too long or given twice.
func parseIntent(query string) (intent, bool) {
	if len(query) > maxQuery {
		return intent{}, false
	}
	q, err := url.ParseQuery(query)
	if err != nil {
		return intent{}, false
	}
	for _, key := range []string{"hub.mode", "hub.topic", "hub.challenge", "hub.lease_seconds", "hub.reason"} {
		if len(q[key]) > 1 {
			return intent{}, false
		}
	}
	in := intent{mode: q.Get("hub.mode"), topic: q.Get("hub.topic")}
	if in.topic == "" || len(in.topic) > maxURL {
		return intent{}, false
	}
	switch in.mode {
	case "denied":
		in.reason = printable(q.Get("hub.reason"), maxReason)
		return in, true
	case "subscribe", "unsubscribe":
		in.challenge, in.lease = q.Get("hub.challenge"), parseLease(q.Get("hub.lease_seconds"))
		return in, in.challenge != "" && len(in.challenge) <= maxChallenge
	}
	return intent{}, false
}

// parseLease reads hub.lease_seconds. WebSub demands it and forbids leases
// without an end; hubs of older protocols send none, or centuries.
func parseLease(s string) time.Duration {
	seconds, err := strconv.ParseUint(s, 10, 64)
	switch {
	case seconds > uint64(MaxLease/time.Second): // also of numbers out of range
		return MaxLease
	case err != nil || seconds == 0:
		return defaultLease
	}
	return time.Duration(seconds) * time.Second
}

// deliver takes a document from a hub.
func (s *Subscriber) deliver(ctx context.Context, w http.ResponseWriter, r *http.Request, v visit) {
	sub, wanted, err := s.standing(ctx, v)
	if err != nil {
		s.unstored(w, v, err, http.StatusServiceUnavailable)
		return
	}
	if !wanted {
		refuse(w, http.StatusGone)
		return
	}
	if enc := r.Header.Get("Content-Encoding"); enc != "" && !strings.EqualFold(enc, "identity") {
		refuse(w, http.StatusUnsupportedMediaType)
		return
	}
	body, err := readBody(w, r)
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		s.log.Debug("push too large", "feed", v.feed)
		refuse(w, http.StatusRequestEntityTooLarge)
		return
	}
	if err != nil {
		refuse(w, http.StatusBadRequest) // broken off, or too slow
		return
	}
	if err := checkSignature(r.Header["X-Hub-Signature"], s.keys.hubSecret(v.feed, v.id), body); err != nil {
		// Acknowledged like any other, so that a forger learns nothing.
		s.ignore(v.feed, err)
		w.WriteHeader(http.StatusAccepted)
		return
	}
	contentType := r.Header.Get("Content-Type")
	if len(contentType) > maxType {
		contentType = ""
	}
	ctx, cancel := context.WithTimeout(ctx, handleTimeout)
	defer cancel()
	if err := s.feeds.Delivered(ctx, sub, contentType, body); err != nil {
		s.unstored(w, v, err, http.StatusInternalServerError)
		return
	}
	w.WriteHeader(http.StatusAccepted)
}

// readBody reads the body of a delivery, at most maxBody.
func readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if r.ContentLength > maxBody {
		return nil, &http.MaxBytesError{Limit: maxBody}
	}
	var buf bytes.Buffer
	if r.ContentLength > 0 {
		buf.Grow(int(r.ContentLength) + bytes.MinRead) // in one piece, so that maxBody bounds what is taken
	}
	_, err := buf.ReadFrom(http.MaxBytesReader(w, r.Body, maxBody))
	return buf.Bytes(), err
}

// unstored answers a callback that is to come again.
func (s *Subscriber) unstored(w http.ResponseWriter, v visit, err error, status int) {
	s.log.Warn("callback not finished", "feed", v.feed, "err", err)
	w.Header().Set("Retry-After", strconv.Itoa(retryAfter))
	refuse(w, status)
}

// ignore logs a delivery that is passed over, at most one line a minute:
// whoever knows a callback address could otherwise fill the log.
func (s *Subscriber) ignore(feed string, err error) {
	s.mu.Lock()
	s.ignored++
	n := s.ignored
	tell := time.Since(s.told) >= tellEvery
	if tell {
		s.ignored, s.told = 0, time.Now()
	}
	s.mu.Unlock()
	if tell {
		s.log.Warn("push ignored", "feed", feed, "err", err, "n", n)
	}
}

// refuse answers with status and closes the connection, so that nobody's
// unread body is read to its end.
func refuse(w http.ResponseWriter, status int) {
	w.Header().Set("Connection", "close")
	http.Error(w, http.StatusText(status), status)
}

// printable is s with everything but printable characters taken out, cut to
// n of them.
func printable(s string, n int) string {
	var b strings.Builder
	for _, r := range s {
		if n == 0 {
			break
		}
		if unicode.IsPrint(r) && r != unicode.ReplacementChar {
			b.WriteRune(r)
			n--
		}
	}
	return b.String()
}

// seats bounds what is under way, in all and for each feed.
type seats struct {
	mu    sync.Mutex
	taken int
	feeds map[string]int
}

func newSeats() *seats { return &seats{feeds: map[string]int{}} }

// take reports whether there was room. If so, leave must follow.
func (s *seats) take(feed string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.taken == maxAtOnce || s.feeds[feed] == maxFeedAtOnce {
		return false
	}
	s.taken++
	s.feeds[feed]++
	return true
}

func (s *seats) leave(feed string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.taken--
	if s.feeds[feed]--; s.feeds[feed] == 0 {
		delete(s.feeds, feed)
	}
}
