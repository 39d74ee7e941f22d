package ingest

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"slices"
	"strings"
	"time"

	"conflictwire/ingest/article"
	"conflictwire/ingest/fetch"
	"conflictwire/ingest/queue"
)

const (
	acceptPage = "text/html, application/xhtml+xml, */*;q=0.1"
	// missingAfter is at which attempt a page that answers 404 is held to be
	// gone: new articles appear in feeds before every server has them.
	missingAfter = 3
	// missingAgain is the same for a page that was published: half an hour of
	// maintenance must not withdraw articles.
	missingAgain = 5
	// goodEnough is the extraction quality from which the page's body is used;
	// below it, what the feed says may be longer and better.
	goodEnough = 0.4
	// maxBooked is how far ahead pages book the turns of their host. It is the
	// longest that they keep its feeds waiting.
	maxBooked = 5 * time.Minute
	maxMark   = 1024 // bytes of a validator that is kept
)

// Read fetches the page of a job and makes an article of it. Its errors are
// those of a [queue.ReadFunc]: an end, a time to come back, or a reason to try
// again.
func (in *Ingester) Read(ctx context.Context, job queue.Job) (*Article, error) {
	var e Entry
	if err := json.Unmarshal(job.Body, &e); err != nil {
		return nil, &queue.End{State: queue.Dead, Reason: "entry does not decode: " + err.Error()}
	}
	e.Key = job.Key
	a := &Article{ID: job.Key, Entry: e}
	f, ok, err := in.feed(ctx, job.Feed)
	switch {
	case err != nil:
		return nil, err
	case !ok && job.Reread > 0:
		return nil, &queue.End{State: queue.Unchanged, Reason: "its feed was taken out of the list"}
	case !ok:
		f = Feed{ID: job.Feed}
	}
	a.Feed = f
	existing, err := in.Known(ctx, job.Key)
	if err != nil {
		return nil, err
	}
	if e.Link == "" {
		a.Method = "none"
		return a, a.fromFeed()
	}
	req := fetch.Request{URL: e.Link, Accept: acceptPage, Robots: true, Slot: job.Slot, Book: maxBooked}
	if e.Page != nil {
		req.URL, req.ETag, req.LastModified = cmp.Or(e.Page.URL, e.Link), e.Page.ETag, e.Page.LastModified
	}
	req.Header = a.Feed.Header(req.URL)
	res, err := in.Fetch.Get(ctx, req)
	if err != nil {
		return nil, pageError(err, job, existing.Published)
	}
	if res.Status == 304 {
		return nil, &queue.End{State: queue.Unchanged, Reason: "the page is not modified"}
	}
	if frontPage(res.URL) && !frontPage(e.Link) {
		return nil, missing(job, existing.Published, fmt.Errorf("leads to the front page %s", res.URL))
	}
	if e.Vanished {
		// What the feed said of it is not known here, and much of an article
		// may come from there; changes were seen while it was in the feed.
		return nil, &queue.End{State: queue.Unchanged, Reason: "left its feed, but the page is there"}
	}
	if t, _, err := mime.ParseMediaType(res.Header.Get("Content-Type")); err == nil && !isPage(t) {
		return nil, &queue.End{State: queue.NotArticle, Reason: "is " + t}
	}
	sum := sha256.Sum256(res.Body)
	a.URL, a.Fetched = res.URL, res.Fetched.UTC()
	a.Page = Mark{URL: res.URL, ETag: validator(res.ETag), LastModified: validator(res.LastModified), SHA256: hex.EncodeToString(sum[:])}
	if e.Page != nil && e.Page.SHA256 == a.Page.SHA256 {
		return nil, &queue.End{State: queue.Unchanged, Reason: "the page is the same to the byte"}
	}
	page, err := in.extract(article.Page{URL: res.URL, ContentType: res.Header.Get("Content-Type"), Body: res.Body})
	if page != nil {
		a.Article = *page // without a body, what the head says is still good
		a.identify()
	} else {
		a.Sources = map[string]string{"page": err.Error()}
	}
	if err := in.respect(ctx, a, res, job.Attempt); err != nil {
		return nil, err
	}
	for _, v := range res.Header.Values("X-Robots-Tag") {
		a.Article.Robots = append(a.Article.Robots, directives(v)...)
	}
	a.Robots = slices.Compact(slices.Sorted(slices.Values(a.Article.Robots)))
	if a.Withheld != "" {
		return a, nil
	}
	if len(a.Body) == 0 || a.Quality < goodEnough {
		if job.Reread > 0 {
			// What the feed carried is as old as the job: only the page is news.
			return nil, &queue.End{State: queue.Unchanged, Reason: "the page gives no body"}
		}
		return a, a.fromFeed()
	}
	a.fillIn()
	return a, nil
}

// extract finds the article on a page.
func (in *Ingester) extract(p article.Page) (*article.Article, error) {
	if in.Sites != nil {
		return in.Sites.Extract(p)
	}
	return article.Extract(p)
}

func isPage(mediaType string) bool {
	return strings.HasSuffix(mediaType, "html") || strings.HasSuffix(mediaType, "+xml") || mediaType == "text/plain" || mediaType == "application/xml"
}

// directives splits the value of an X-Robots-Tag header.
func directives(v string) (out []string) {
	for d := range strings.SplitSeq(v, ",") {
		if d = strings.ToLower(strings.TrimSpace(d)); d != "" {
			out = append(out, d)
		}
	}
	return out
}

// pageError says what follows from a page that could not be fetched.
func pageError(err error, job queue.Job, published bool) error {
	fe, ok := errors.AsType[*fetch.Error](err)
	if !ok {
		return err
	}
	state := queue.State("")
	switch fe.Class {
	case fetch.Throttled:
		return &queue.Retry{At: fe.Until, Promised: fe.Status == 0 && !fe.Unbooked, Free: fe.Unbooked, Err: err}
	case fetch.Denied, fetch.Refused:
		state = queue.Denied
	case fetch.Gone:
		state = queue.Gone
	case fetch.TooLarge:
		state = queue.TooLarge
	case fetch.Unusable:
		state = queue.NotArticle
	case fetch.NotFound:
		return missing(job, published, err)
	}
	if state == "" {
		return err
	}
	return &queue.End{State: state, Reason: err.Error()}
}

// missing is the end of a page that is not there, once it was not for long
// enough; until then it is asked again.
func missing(job queue.Job, published bool, cause error) error {
	after := missingAfter
	if job.Reread > 0 || published {
		after = missingAgain
	}
	if job.Attempt < after {
		return cause
	}
	return &queue.End{State: queue.Gone, Reason: cause.Error()}
}

// identify sets the article's ID from the address that the page gives itself,
// where that can be believed: it is on the same site and not its front page.
// A canonical address elsewhere names the original of a copy.
func (a *Article) identify() {
	a.ID = Key(a.URL)
	switch c := a.Canonical; {
	case c == "" || frontPage(c):
	case SameSite(c, a.URL):
		a.ID = Key(c)
	default:
		a.Original = Key(c)
	}
}

// fromFeed takes the body from what the feed carried, where that is longer
// than what the page gave. It fails with an end when there is no text at all.
func (a *Article) fromFeed() error {
	best := len(a.Article.Text())
	for _, html := range []string{a.Entry.Content, a.Entry.Summary} {
		carried := article.Article{Body: article.Fragment(html, a.Entry.Link)}
		if n := len(carried.Text()); n > best {
			a.Body, best = carried.Body, n
			a.Method, a.Quality = "feed", min(a.Quality, goodEnough)
		}
	}
	a.Partial = true
	a.fillIn()
	if best == 0 && a.Title == "" {
		return &queue.End{State: queue.NotArticle, Reason: "no text on the page and none in the feed"}
	}
	return nil
}

// fillIn takes from the feed what the page does not say.
func (a *Article) fillIn() {
	if a.Sources == nil {
		a.Sources = map[string]string{}
	}
	fill := func(field string, missing bool, set func()) {
		if missing {
			set()
			a.Sources[field] = "feed"
		}
	}
	fill("title", a.Title == "" && a.Entry.Title != "", func() {
		title := article.Article{Body: article.Fragment(a.Entry.Title, "")}
		a.Title = strings.Join(strings.Fields(title.Text()), " ")
	})
	fill("byline", len(a.Byline) == 0 && len(a.Entry.Authors) > 0, func() { a.Byline = a.Entry.Authors })
	fill("published", a.Published.IsZero() && !a.Entry.Published.IsZero(), func() { a.Published = a.Entry.Published.UTC() })
	fill("modified", a.Modified.IsZero() && !a.Entry.Updated.IsZero(), func() { a.Modified = a.Entry.Updated.UTC() })
	fill("keywords", len(a.Keywords) == 0 && len(a.Entry.Tags) > 0, func() { a.Keywords = a.Entry.Tags })
	fill("images", len(a.Images) == 0 && len(a.Entry.Images) > 0, func() { a.Images = a.Entry.Images })
	if a.Published.After(time.Now().Add(24 * time.Hour)) {
		a.Sources["published"] = fmt.Sprintf("dropped: %s lies in the future", a.Published.Format(time.RFC3339))
		a.Published = time.Time{}
	}
}
