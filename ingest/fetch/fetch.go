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
	// Slot is a time at which this request was promised its turn by an
	// earlier [Error] of class Throttled (its Until); zero when it was not.
	Slot time.Time
}

// A Response is an answer that can be used: 200 with a body, or 304.
type Response struct {
	URL          string // after redirects
	Status       int    // 200 or 304
	Header       http.Header
	Body         []byte // decompressed; nil for 304
	ETag         string
	LastModified string
	Permanent    string        // where 301 and 308 alone lead from the start; empty when there was none
	Fetched      time.Time     // when the answer began
	Took         time.Duration // from asking to the last byte, without waiting for the host's turn
}
