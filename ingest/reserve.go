package ingest

import (
	"context"
	"errors"
	"time"

	"conflictwire/ingest/fetch"
	"conflictwire/ingest/queue"
	"conflictwire/ingest/rights"
)

const (
	maxRightsFile = 1 << 20          // bytes of a file in which a host says what it reserves
	maxRightsTime = 20 * time.Second // for all that are asked for one page
)

// respect finds out what the publisher reserves of a page, and does what the
// policy says: the article loses its body, or ends.
func (in *Ingester) respect(ctx context.Context, a *Article, res *fetch.Response) error {
	bound, cancel := context.WithTimeout(ctx, maxRightsTime)
	defer cancel()
	r, err := in.Rights.Of(bound, rights.Page{
		URL: res.URL, Header: res.Header, Robots: a.Article.Robots, Licenses: res.Licenses,
		Reservation: a.Reserved.TDM, Policy: a.Reserved.Policy, Links: a.Reserved.Licenses,
	})
	if err != nil && ctx.Err() != nil {
		return err
	}
	a.Rights = r // what was known in time
	switch action, reason := in.Policy.Decide(r); action {
	case rights.Skip:
		return &queue.End{State: queue.Denied, Reason: reason}
	case rights.NoBody:
		a.withhold(reason)
	}
	return nil
}

// withhold takes the text out of an article: headline, byline, date and
// address stay.
func (a *Article) withhold(reason string) {
	a.Body, a.Posts, a.Standfirst = nil, nil, ""
	a.Withheld, a.Partial, a.Method = reason, true, "withheld"
	a.Sources = map[string]string{"body": "left out: " + reason}
	a.fillIn()
}

// RightsFile asks a host for a file in which it says what it reserves (a
// [rights.Get]): on the page's own host right after the page, in the same
// turn, and elsewhere like a page.
func (in *Ingester) RightsFile(ctx context.Context, url string, own bool) (status int, contentType string, body []byte, err error) {
	res, err := in.Fetch.Get(ctx, fetch.Request{URL: url, MaxBytes: maxRightsFile, Within: own, Robots: !own, Book: maxBooked})
	if fe, ok := errors.AsType[*fetch.Error](err); ok && fe.Status >= 300 {
		return fe.Status, "", nil, nil // an answer; what broke off is none
	}
	if err != nil {
		return 0, "", nil, err
	}
	return res.Status, res.Header.Get("Content-Type"), res.Body, nil
}
