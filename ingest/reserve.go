package ingest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"conflictwire/ingest/fetch"
	"conflictwire/ingest/queue"
	"conflictwire/ingest/rights"
)

const (
	maxRightsFile = 1 << 20          // bytes of a file in which a host says what it reserves
	maxRightsTime = 20 * time.Second // for all that are asked for one page
	lastRights    = 4                // the attempt at a page from which it does not wait for them
)

// respect finds out what the publisher reserves of a page, and does what the
// policy says: the article loses its body, or ends.
func (in *Ingester) respect(ctx context.Context, a *Article, res *fetch.Response, attempt int) error {
	bound, cancel := context.WithTimeout(ctx, maxRightsTime)
	defer cancel()
	r, err := in.Rights.Of(bound, rights.Page{
		URL: res.URL, Header: res.Header, Robots: a.Article.Robots, Licenses: res.Licenses,
		Reservation: a.Reserved.TDM, Policy: a.Reserved.Policy, Links: a.Reserved.Licenses,
	})
	if err != nil && ctx.Err() != nil {
		return err
	}
	if errors.Is(err, rights.ErrLater) && attempt < lastRights {
		return err // what the host reserves must not go unread because it is busy
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
	if fe, ok := errors.AsType[*fetch.Error](err); ok && fe.Status >= 300 && fe.Class != fetch.Throttled {
		return fe.Status, "", nil, nil // an answer; what broke off is none
	}
	if fe, ok := errors.AsType[*fetch.Error](err); ok && fe.Class == fetch.Throttled {
		return 0, "", nil, fmt.Errorf("%w: %w", rights.ErrLater, err)
	}
	if err != nil {
		return 0, "", nil, err
	}
	return res.Status, res.Header.Get("Content-Type"), res.Body, nil
}
