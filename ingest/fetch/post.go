package fetch

import (
	"context"
	"net/http"
	"net/url"
	"time"
)

const maxPostAnswer = 64 << 10 // bytes of the body that answers a form

// Post sends form (application/x-www-form-urlencoded) to address, as a WebSub
// subscriber does to a hub, and returns the answer, whatever its status:
// redirects are not followed, and of the body come the first 64 KiB, or as
// much as could be read. It waits, checks the address and gives up as
// [Client.Get] does, and its errors are the same, except that robots.txt is
// not asked and a status is no error. A hub that asks for a pause (429, or 503
// or 403 with Retry-After) is left alone by later requests. After an error
// other than Refused or Throttled the form may have arrived: Post does not
// send it twice of its own accord once the host may have read it. It may be
// called concurrently.
func (c *Client) Post(ctx context.Context, address string, form url.Values) (*Response, error) {
	t, err := newTarget(address, nil, c.guard)
	if err != nil {
		return nil, &Error{Class: Refused, URL: redact(address), Err: err}
	}
	if err := c.takeTurn(ctx, t, time.Time{}, 0); err != nil {
		return nil, err
	}
	header := http.Header{"Accept": {"*/*"}, "Content-Type": {"application/x-www-form-urlencoded"}}
	var spent time.Duration
	a, err := c.ask(ctx, t, query{method: http.MethodPost, header: header, limit: maxPostAnswer, form: form.Encode()}, &spent)
	if err != nil {
		return nil, err
	}
	if classOfStatus(a.status, a.header) == Throttled {
		_ = c.refusal(ctx, t, a) // for the hold; the caller sees the status
	}
	return &Response{URL: t.String(), Status: a.status, Header: a.header, Body: a.body, Fetched: a.began, Took: spent}, nil
}
