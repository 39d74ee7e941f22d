package feed

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/url"

	"github.com/mmcdole/gofeed/atom"
	"github.com/mmcdole/gofeed/json"
	"github.com/mmcdole/gofeed/rss"
)

const (
	// maxSize bounds a document, in bytes, after decompression and again
	// after conversion to UTF-8.
	maxSize = 16 << 20

	// defaultMaxEntries is what Options.MaxEntries means when it is zero.
	defaultMaxEntries = 2000
)

var (
	errSize  = fmt.Errorf("document larger than %d bytes", maxSize)
	errEmpty = errors.New("empty document")
)

// Options says what is known about a document besides its bytes. The zero
// value is usable.
type Options struct {
	// URL is where the document was found, after redirects: the base of
	// relative links. When empty, the feed's own links serve.
	URL string
	// ContentType is the HTTP header of that name. Only its charset is used,
	// and that a list of addresses is text/plain; otherwise the format shows in
	// the document.
	ContentType string
	// MaxEntries is how many entries are read, the first in document order, of
	// a sitemap the newest; zero means 2,000. The rest are counted in
	// [Feed.Dropped].
	MaxEntries int
}

// Parse reads an RSS 0.9x, 1.0 or 2.0, Atom 0.3 or 1.0, or JSON Feed document,
// an XML sitemap (with the Google extensions for news and images), a sitemap
// index, and, if the Content-Type is text/plain, a list of addresses. Any of
// them may be packed with gzip.
//
// A damaged document is mended and read as far as it makes sense, and
// [Feed.Repaired] says so; of a document cut short only whole entries are
// kept. Parse fails when data is none of these (a page of HTML, nothing), or
// beyond the limits: 16 MiB, 256 levels of elements, 256 attributes of one
// element, 64 namespaces in scope, 400,000 elements; for JSON 64 levels and
// 400,000 values; for sitemaps 50 MiB and 2,000,000 elements; when packed, 200
// times its size. Trying again with the same bytes fails
// again. It neither panics nor takes more than a small multiple of the
// document's size in memory and time.
//
// A sitemap gives an entry for each address, with what the sitemap says about
// it and no more: Published comes from a news date alone, Title is empty
// without a news title. Of more than [Options.MaxEntries] the newest stay, in
// document order; at most 50,000 addresses are looked at. Title and Language
// of the feed are those of the publication, if all entries have the same.
//
// Parse is deterministic, does not modify data, does not keep it, and may be
// called concurrently.
func Parse(data []byte, opts Options) (*Feed, error) {
	p := parser{opts: opts}
	p.opts.MaxEntries = max(cmp.Or(opts.MaxEntries, defaultMaxEntries), 0)
	if base, err := url.Parse(opts.URL); err == nil && base.IsAbs() {
		p.base = base
	}
	f, err := p.document(data)
	if err != nil {
		return nil, fmt.Errorf("parse feed: %w", err)
	}
	f.Repaired = p.faults.names()
	return f, nil
}

// A parser is the state of one call of Parse.
type parser struct {
	opts   Options
	base   *url.URL
	faults faultSet
}

// document finds out what data is: packed or not, sitemap or feed.
func (p *parser) document(data []byte) (*Feed, error) {
	if !isGzip(data) {
		head := data[:min(len(data), sniffed)]
		if kind := sitemapKindOf(head, p.opts.ContentType); kind != noSitemap {
			return p.sitemap(bytes.NewReader(data), head, data, kind)
		}
		return p.feed(data)
	}
	u, err := newUnzipper(data)
	if err != nil {
		return nil, err
	}
	defer func() {
		if u.damaged {
			p.faults.add(faultCompression)
		}
	}()
	r := bufio.NewReaderSize(u, sniffed)
	head, err := r.Peek(sniffed)
	if err != nil && err != io.EOF {
		return nil, err
	}
	if kind := sitemapKindOf(head, p.opts.ContentType); kind != noSitemap {
		return p.sitemap(r, bytes.Clone(head), nil, kind)
	}
	doc, err := io.ReadAll(io.LimitReader(r, maxSize+1))
	if err != nil {
		return nil, err
	}
	return p.feed(doc)
}

// feed reads a document that is no sitemap.
func (p *parser) feed(data []byte) (*Feed, error) {
	if len(data) > maxSize {
		return nil, errSize
	}
	doc, faults, err := decode(data, p.opts.ContentType)
	if err != nil {
		return nil, err
	}
	if len(doc) > maxSize {
		return nil, errSize
	}
	p.faults |= faults
	return p.parse(doc)
}

func (p *parser) parse(doc []byte) (*Feed, error) {
	doc = bytes.TrimLeft(doc, xmlSpace+"\ufeff")
	switch {
	case len(doc) == 0:
		return nil, errEmpty
	case doc[0] == '{':
		return p.json(doc)
	}
	return p.xml(doc)
}

// xml parses an RSS, RDF or Atom document. gofeed gets it only in a form in
// which the guard found it well-formed and within the limits: as it is, or
// mended first.
func (p *parser) xml(doc []byte) (*Feed, error) {
	s, fault, err := scan(doc, p.base, p.opts.MaxEntries)
	if err != nil {
		return nil, err
	}
	if fault == faultNone {
		f, err := p.translate(s)
		if err == nil && len(f.Entries) == len(s.entries) {
			return f, nil
		}
	}
	mended, faults, err := mend(doc)
	if err != nil {
		return nil, err
	}
	p.faults |= faults
	p.faults.add(fault)
	s, fault, err = scan(mended, p.base, p.opts.MaxEntries)
	switch {
	case err != nil:
		return nil, err
	case fault != faultNone:
		return nil, fmt.Errorf("mended document still has %s", faultNames[fault])
	}
	return p.translate(s)
}

// translate runs gofeed over a document that was surveyed.
func (p *parser) translate(s *survey) (f *Feed, err error) {
	// gofeed sees nothing but bounded, well-formed documents. Should one make
	// it panic all the same, that costs this document and not the process.
	defer func() {
		if r := recover(); r != nil {
			f, err = nil, fmt.Errorf("gofeed panicked: %v", r)
		}
	}()
	r := bytes.NewReader(s.edited())
	if s.kind == kindAtom {
		af, err := (&atom.Parser{}).Parse(r)
		if err != nil {
			return nil, err
		}
		f = p.fromAtom(af, s)
	} else {
		rf, err := (&rss.Parser{}).Parse(r)
		if err != nil {
			return nil, err
		}
		f = p.fromRSS(rf, s)
	}
	f.Dropped = s.dropped
	return f, nil
}

// json parses a JSON Feed document.
func (p *parser) json(doc []byte) (*Feed, error) {
	s, err := scanJSON(doc, p.opts.MaxEntries)
	if err != nil {
		return nil, err
	}
	if len(s.edits) > 0 {
		doc = (&survey{doc: doc, end: len(doc), edits: s.edits}).edited()
	}
	jf, err := (&json.Parser{}).Parse(bytes.NewReader(doc))
	if err != nil {
		var faults faultSet
		if doc, faults, err = mendJSON(doc, &s); err != nil {
			return nil, err
		}
		p.faults |= faults
		if jf, err = (&json.Parser{}).Parse(bytes.NewReader(doc)); err != nil {
			return nil, err
		}
	}
	if jf.Items == nil && jf.Version == "" {
		return nil, errNotJSONFeed
	}
	f := p.fromJSON(jf, doc)
	f.Dropped = s.dropped
	return f, nil
}

var errNotJSONFeed = errors.New("a JSON document but not a JSON Feed")
