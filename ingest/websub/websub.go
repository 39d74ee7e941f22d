// Package websub hears from hubs that a feed has news (W3C Recommendation
// WebSub, 2018), so that good hubs make most polls needless.
//
// It holds the protocol and its security and stores nothing: the secrets of
// every subscription are derived from one key that all workers share, so that
// any worker can check what a hub sends to any other. What is remembered of a
// feed's hub is a [Lease], which the caller keeps with the feed.
//
// A hub is believed no more than a publisher. What it delivers is taken only
// with a right signature, and however well it works, polling goes on, slower,
// and finds out when the hub falls silent.
package websub

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A Subscription is a topic of a hub that a feed follows.
type Subscription struct {
	Feed  string // id of the feed: a-z, 0-9 and "-", at most 64
	Hub   string // the feed's rel=hub: http or https, at most 2 KiB
	Topic string // the feed's rel=self; where it names none, the feed's address; likewise
}

// Feeds is what the callbacks need of the program. Its methods are called
// concurrently, each with a ctx that ends after 10 s. An error makes the hub
// try again, so it should mean that nothing was stored.
type Feeds interface {
	// Subscription returns what the feed is to be subscribed to now, and false
	// when nothing, or when there is no such feed.
	Subscription(ctx context.Context, feed string) (sub Subscription, ok bool, err error)
	// Verified says that the hub confirmed sub until then, at most [MaxLease]
	// from now. Hubs may say so again at any time.
	Verified(ctx context.Context, sub Subscription, until time.Time) error
	// Denied says that the hub will not, or no longer, serve sub. reason is
	// the hub's, printable, at most 200 characters, perhaps empty.
	Denied(ctx context.Context, sub Subscription, reason string) error
	// Delivered brings a document of the topic, of at most 10 MiB, whose
	// signature is right: the whole feed or only its new entries. Only the
	// body is signed; contentType is what the request says, at most 200
	// bytes, perhaps empty. The same document may come again. What is
	// accepted must be on the disk when it returns nil.
	Delivered(ctx context.Context, sub Subscription, contentType string, body []byte) error
}

// A Post sends a form to a hub and returns the answer's status and the
// beginning of its body. It must be guarded like any fetch: the address comes
// out of a feed. It should follow 307 and 308 with the form, though never from
// https to http, since the form holds a secret.
type Post func(ctx context.Context, url string, form url.Values) (status int, body []byte, err error)

// A Subscriber asks hubs for subscriptions and answers their callbacks. Its
// methods may be called concurrently.
type Subscriber struct {
	prefix string // of callback addresses, without a slash at the end
	listen string
	lease  time.Duration
	keys   keys
	post   Post
	feeds  Feeds
	log    *slog.Logger

	visits     *seats // verifications under way
	deliveries *seats
	alive      context.Context // ends with the listener
	end        context.CancelFunc

	mu      sync.Mutex
	ignored int       // deliveries since the last line in the log about them
	told    time.Time // when that was
}

// New returns a subscriber, or the error of cfg.Validate. A cfg without
// Callback is an error too: push is off then, and there is nothing to run.
// log may be nil for none.
func New(cfg Config, post Post, feeds Feeds, log *slog.Logger) (*Subscriber, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if cfg.Callback == "" {
		return nil, errors.New("callback: is empty, which turns push off")
	}
	secret, err := cfg.secret()
	if err != nil {
		return nil, err // unreachable: Validate has looked it up
	}
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	alive, end := context.WithCancel(context.Background())
	return &Subscriber{
		prefix: strings.TrimRight(cfg.Callback, "/"), listen: cfg.listen(), lease: cfg.lease(), keys: keys(secret),
		post: post, feeds: feeds, log: log,
		visits: newSeats(), deliveries: newSeats(), alive: alive, end: end,
	}, nil
}

// Callback returns the address at which sub's hub reaches this program. It is
// hard to guess, differs for each feed, hub and topic, and changes with
// Config.Callback and Config.Secret. Treat it as a secret: do not log it.
func (s *Subscriber) Callback(sub Subscription) string {
	return s.prefix + "/" + sub.Feed + "/" + s.keys.token(sub.Feed, s.keys.id(sub))
}

// Subscribe asks sub's hub to subscribe, or to renew. Nil means only that the
// hub heard it: it confirms by a callback, perhaps before Subscribe returns,
// and that callback is refused unless [Feeds] says by then that sub is wanted.
// Any error is worth a later try, as [Lease] arranges.
//
// The request holds the secret for signatures. A hub that is named with http
// by a topic under https is therefore asked under https.
func (s *Subscriber) Subscribe(ctx context.Context, sub Subscription) error {
	return s.ask(ctx, "subscribe", sub)
}

// Unsubscribe asks sub's hub to deliver no more. The hub's callback is
// refused as long as [Feeds] says that sub is wanted. It is a courtesy: a hub
// that delivers what is no longer wanted is told so (410), and every lease ends.
func (s *Subscriber) Unsubscribe(ctx context.Context, sub Subscription) error {
	return s.ask(ctx, "unsubscribe", sub)
}

func (s *Subscriber) ask(ctx context.Context, mode string, sub Subscription) error {
	hub, err := checkSubscription(sub)
	if err != nil {
		return fmt.Errorf("%s feed %.64q: %w", mode, sub.Feed, err)
	}
	form := url.Values{
		"hub.mode":     {mode},
		"hub.topic":    {sub.Topic},
		"hub.callback": {s.Callback(sub)},
	}
	if mode == "subscribe" {
		form.Set("hub.lease_seconds", strconv.Itoa(int(s.lease/time.Second)))
		form.Set("hub.secret", s.keys.hubSecret(sub.Feed, s.keys.id(sub)))
	}
	status, body, err := s.post(ctx, hub, form)
	if err != nil {
		return fmt.Errorf("%s feed %s at hub %s: %w", mode, sub.Feed, hub, err)
	}
	if status < 200 || status > 299 {
		return fmt.Errorf("%s feed %s at hub %s: status %d: %q", mode, sub.Feed, hub, status, printable(string(body), maxReason))
	}
	return nil
}

// checkSubscription returns the address at which sub's hub is asked.
func checkSubscription(sub Subscription) (hub string, err error) {
	if !isFeed(sub.Feed) {
		return "", errors.New("the id is not of a-z, 0-9 and - (at most 64)")
	}
	topic, err := parseURL(sub.Topic)
	if err != nil {
		return "", fmt.Errorf("topic %.200q: %w", sub.Topic, err)
	}
	u, err := parseURL(sub.Hub)
	if err != nil {
		return "", fmt.Errorf("hub %.200q: %w", sub.Hub, err)
	}
	if u.Scheme == "https" || topic.Scheme == "http" {
		return sub.Hub, nil
	}
	// Whoever reads the secret on its way can put words into the mouth of a
	// publisher who took care that nobody can.
	if port := u.Port(); port != "" && port != "80" {
		return "", fmt.Errorf("hub %.200q: is http on a port of its own while the topic is https, so the secret would go in the clear", sub.Hub)
	}
	u.Scheme, u.Host = "https", strings.TrimSuffix(u.Host, ":80")
	return u.String(), nil
}

// maxURL is the longest address of a hub or topic, in bytes.
const maxURL = 2 << 10

func parseURL(s string) (*url.URL, error) {
	if len(s) > maxURL {
		return nil, fmt.Errorf("is longer than %d bytes", maxURL)
	}
	u, err := url.Parse(s)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" {
		return nil, errors.New("is not an http or https address")
	}
	if u.User != nil {
		return nil, errors.New("holds a user name")
	}
	return u, nil
}

var _ http.Handler = (*Subscriber)(nil)

// isFeed reports whether s can be the id of a feed.
func isFeed(s string) bool {
	return len(s) > 0 && len(s) <= 64 && !strings.ContainsFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-')
	})
}
