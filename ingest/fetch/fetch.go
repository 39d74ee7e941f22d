// Package fetch asks publishers for feeds and pages, politely and safely:
// conditional requests, one pace per host, robots.txt, and limits on size,
// time, redirects and addresses.
package fetch

import (
	"net/http"
	"time"
)

// A Request says what to fetch.
type Request struct {
	URL          string
	ETag         string // sent as If-None-Match when not empty, as received
	LastModified string // sent as If-Modified-Since when not empty, as received
	Accept       string // the Accept header; empty means */*
	Robots       bool   // obey robots.txt: true for pages, false for feeds, which are offered to machines
	MaxBytes     int64  // limit on the decompressed body; zero means Config.MaxBytes
	// Within asks at once, in the turn of an earlier request to the same host:
	// for the one or two small files that belong to a page. The host is left
	// alone the longer afterwards, and a pause it asked for is kept. It means
	// nothing after a redirect to another host, or with a Slot.
	Within bool
	// Header is sent besides, such as Authorization, Cookie or X-Token, but
	// only to the origin (scheme, host and port) of URL: a redirect to another
	// drops it for good, and robots.txt is asked for without it. It may not
	// set what the client or the protocol sets (Accept, Accept-Encoding,
	// User-Agent, Host, Range, If-*, Content-*, Proxy-*, Connection and its
	// kin), nor hold more than 32 values or 16 KiB; that is an error of class
	// Refused. No error shows its values.
	Header http.Header
	// Book is how far ahead the host's turn is booked at most. Beyond it the
	// error of class Throttled is Unbooked: come back then, and ask anew. So a
	// crowd of pages does not keep a feed of the same host waiting for hours.
	// Zero books any turn.
	Book time.Duration
	// Slot is a time at which this request was promised its turn by an
	// earlier [Error] of class Throttled (its Until); zero when it was not.
	Slot time.Time
}

// A Response is an answer that can be used: of Get a 200 with a body, or a
// 304; of Post any.
type Response struct {
	URL          string // after redirects
	Status       int
	Header       http.Header
	Body         []byte // without content encodings; nil for 304. A file that is itself compressed (.xml.gz) stays so
	ETag         string
	LastModified string
	Permanent    string        // where 301 and 308 alone lead from the start; empty when there was none
	Fetched      time.Time     // when the answer began
	Took         time.Duration // from asking to the last byte, without waiting for the host's turn
	// Fresh is for how long the answer, 304 too, says that asking again is
	// pointless (RFC 9111: max-age less Age, or Expires less Date; not
	// s-maxage, which is for shared caches), at most 24h; zero when it does not
	// say or cannot be read. It is a hint for a schedule: nothing is cached
	// here. Vary needs no care, for one URL is always asked with the same
	// headers by one caller.
	Fresh time.Duration
	// Licenses are the licences for machines (rslstandard.org) that the
	// License lines of the origin's robots.txt name: absolute http and https
	// URLs, which may be on other hosts, at most 8. It is nil when there are
	// none, and when robots.txt did not count.
	Licenses []string
}
