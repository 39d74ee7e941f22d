package rights

import (
	"bytes"
	"container/list"
	"context"
	"errors"
	"strings"
	"sync"
	"time"
)

const (
	fileAge     = 24 * time.Hour // how long a file counts, or that there is none
	fileRetry   = time.Hour      // how long an unreachable one is not asked for again
	maxFile     = 1 << 20        // bytes of a file that count
	maxRules    = 4096           // of one file
	maxOrigins  = 1 << 16        // origins remembered at once
	maxMemory   = 64 << 20       // bytes of rules remembered at once
	maxOfOrigin = 16             // files remembered of one origin
)

// A Get fetches url for a [Cache], politely and within the caller's limits of
// size and time, and follows redirects. It returns the answer's status, its
// Content-Type and its body; err is for when there was no answer. own says that
// the file lies on the host of a page that was just asked for; licences can lie
// anywhere. It should
// wait for the host's turn rather than fail, since what fails counts as
// nothing said for an hour. It may be called concurrently.
type Get func(ctx context.Context, url string, own bool) (status int, contentType string, body []byte, err error)

// ErrLater is wrapped by the error of a [Get] that could not ask now: nothing
// is learnt from it, and [Cache.Of] returns it.
var ErrLater = errors.New("host is to be asked later")

// A Cache knows what hosts say about use, so that each is asked once a day: a
// file counts for 24 h, and so does that there is none; one that is
// unreachable (no answer, 408, 429 or 5xx) is left alone for 1 h, and what it
// said before counts on. It holds the 65,536 origins used last, within 64 MiB
// of what their files say. When several callers need a file, one asks and the
// others wait. Its methods may be called concurrently.
type Cache struct {
	get     Get
	product string

	mu      sync.Mutex
	entries map[string]*list.Element // of *origin, by name
	recent  list.List                // the one used last in front
	size    int
	flights map[flight]chan struct{} // files being asked for; closed when that is done
}

// NewCache returns an empty cache that asks with get; nil asks nobody, so that
// only pages and their headers count. product is the name under which
// robots directives and ai.txt are obeyed, such as Conflictwire/0.1: what it
// begins with up to the first character that no such name has.
func NewCache(get Get, product string) *Cache {
	return &Cache{
		get:     get,
		product: productToken(product),
		entries: make(map[string]*list.Element),
		flights: make(map[flight]chan struct{}),
	}
}

type flight struct{ origin, url string }

// A kind is which of the files something is.
type kind uint8

const (
	kindTDMRep kind = iota
	kindAITxt
	kindRSL
)

// A rule is what a file says about the pages of a pattern.
type rule struct {
	pattern  pattern
	reserved uses
	text     string // for Signal.Value
	policy   string // as written
}

// A file is what is known of a host's file, which may be that there is none.
type file struct {
	url   string
	rules []rule // the first that matches decides
	until time.Time
}

// find returns the rule for the page at s.
func (f *file) find(s spot) (rule, bool) {
	for _, r := range f.rules {
		if r.pattern.matches(s) {
			return r, true
		}
	}
	return rule{}, false
}

// size is about how many bytes f occupies.
func (f *file) size() int {
	n := 128 + len(f.url)
	for _, r := range f.rules {
		n += 96 + len(r.pattern.host) + len(r.pattern.path) + len(r.text) + len(r.policy)
	}
	return n
}

// An origin is the files of one, the one used last at the end. An RSL document
// belongs to the origin of the page that names it, wherever it lies.
type origin struct {
	name  string
	files []*file
	size  int
}

// file returns what is known of the file at url, and asks for it where that is
// nothing or too old. The error is that of ctx.
func (c *Cache) file(ctx context.Context, of, url string, k kind) (*file, error) {
	for {
		known, wait, lead := c.lookup(flight{of, url})
		if wait == nil {
			return known, nil
		}
		if !lead {
			select {
			case <-wait:
				continue
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}
		return c.ask(ctx, of, url, k, known)
	}
}

// ask fetches the file at url and ends the caller's flight for it, even when
// the getter panics. old is what was known, or nil.
func (c *Cache) ask(ctx context.Context, of, url string, k kind, old *file) (*file, error) {
	var f *file
	defer func() { c.land(flight{of, url}, f) }()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	status, contentType, body, err := c.get(ctx, url, strings.HasPrefix(url, of+"/"))
	if ctx.Err() != nil {
		return nil, ctx.Err() // says nothing about the host
	}
	if errors.Is(err, ErrLater) {
		return nil, err
	}
	now := time.Now()
	switch {
	case err != nil, status >= 500, status == 429, status == 408:
		f = &file{url: url, until: now.Add(fileRetry)}
		if old != nil {
			f.rules = old.rules
		}
	case status < 200 || status > 299:
		f = &file{url: url, until: now.Add(fileAge)}
	default:
		f = &file{url: url, rules: c.parse(k, contentType, body), until: now.Add(fileAge)}
	}
	return f, nil
}

// parse reads a file. JSON and XML are known by their form, for they are often
// sent as text/html; ai.txt has so little of one that a page in its place, with
// the status of success, is known by its type.
func (c *Cache) parse(k kind, contentType string, body []byte) []rule {
	cut := len(body) > maxFile
	body = body[:min(len(body), maxFile)]
	switch k {
	case kindTDMRep:
		return parseTDMRep(body)
	case kindAITxt:
		if strings.Contains(strings.ToLower(contentType), "html") {
			return nil
		}
		if cut {
			// Half a line could allow or forbid far more than the whole.
			body = body[:max(bytes.LastIndexAny(body, "\r\n"), 0)]
		}
		return parseAITxt(body, c.product)
	default:
		return parseRSL(body)
	}
}

// lookup returns what is known of a file and no flight, if that is fresh;
// otherwise the flight to wait for, or, if lead is set, the caller's own,
// which must end in land, and then what is outdated or nil.
func (c *Cache) lookup(fl flight) (known *file, wait chan struct{}, lead bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if el := c.entries[fl.origin]; el != nil {
		c.recent.MoveToFront(el)
		o := el.Value.(*origin)
		if i := o.index(fl.url); i >= 0 {
			known = o.files[i]
			if time.Now().Before(known.until) {
				copy(o.files[i:], o.files[i+1:])
				o.files[len(o.files)-1] = known
				return known, nil, false
			}
		}
	}
	if wait := c.flights[fl]; wait != nil {
		return nil, wait, false
	}
	wait = make(chan struct{})
	c.flights[fl] = wait
	return known, wait, true
}

// land ends the caller's flight with f, or with nothing learnt if f is nil.
func (c *Cache) land(fl flight, f *file) {
	c.mu.Lock()
	defer c.mu.Unlock()
	close(c.flights[fl])
	delete(c.flights, fl)
	if f == nil {
		return
	}
	el := c.entries[fl.origin]
	if el == nil {
		el = c.recent.PushFront(&origin{name: fl.origin, size: 256 + len(fl.origin)})
		c.entries[fl.origin] = el
		c.size += el.Value.(*origin).size
	}
	c.recent.MoveToFront(el)
	o := el.Value.(*origin)
	before := o.size
	if i := o.index(fl.url); i >= 0 {
		o.drop(i)
	}
	if len(o.files) >= maxOfOrigin {
		o.drop(0)
	}
	o.files = append(o.files, f)
	o.size += f.size()
	c.size += o.size - before
	for len(c.entries) > maxOrigins || c.size > maxMemory {
		last := c.recent.Remove(c.recent.Back()).(*origin)
		delete(c.entries, last.name)
		c.size -= last.size
	}
}

func (o *origin) index(url string) int {
	for i, f := range o.files {
		if f.url == url {
			return i
		}
	}
	return -1
}

func (o *origin) drop(i int) {
	o.size -= o.files[i].size()
	copy(o.files[i:], o.files[i+1:])
	o.files[len(o.files)-1] = nil
	o.files = o.files[:len(o.files)-1]
}
