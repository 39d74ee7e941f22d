package feed

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
)

// Limits of sitemaps. Size and number of addresses are those of the sitemap
// protocol.
const (
	maxSitemap         = 50 << 20  // bytes, unpacked and in UTF-8
	maxSitemapURLs     = 50_000    // addresses read; more are counted only
	maxSitemapElements = 2_000_000 // elements
	maxSitemapText     = 4096      // bytes of one text; of longer ones the rest is left out
	maxParts           = 1000      // sitemaps of an index

	// sniffed is how far into a document its root element is looked for, in
	// bytes, and textLines how many lines show that a text is a sitemap.
	sniffed   = 64 << 10
	textLines = 100
)

var (
	errSitemapSize     = fmt.Errorf("sitemap larger than %d bytes", maxSitemap)
	errSitemapElements = fmt.Errorf("more than %d elements in a sitemap", maxSitemapElements)
	errNoSitemap       = errors.New("no sitemap root element")
)

// A sitemapKind says what sort of sitemap a document is.
type sitemapKind uint8

const (
	noSitemap sitemapKind = iota
	urlSet
	sitemapIndex
	textSitemap
)

// root and record are the names of the elements of an XML sitemap.
func (k sitemapKind) root() string {
	if k == sitemapIndex {
		return "sitemapindex"
	}
	return "urlset"
}

func (k sitemapKind) record() string {
	if k == sitemapIndex {
		return "sitemap"
	}
	return "url"
}

// sitemapKindOf looks at the start of a document.
func sitemapKindOf(head []byte, contentType string) sitemapKind {
	if enc, n := unicodeForm(head); enc != nil {
		head, _ = enc.NewDecoder().Bytes(head[n:]) // a character cut in two does no harm here
	}
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), xmlSpace)
	if mediaType, _, err := mime.ParseMediaType(contentType); err == nil && mediaType == "text/plain" && isURLList(head) {
		return textSitemap
	}
	if len(head) == 0 || head[0] == '{' {
		return noSitemap
	}
	l := lexer{doc: head}
	var t token
	for l.next(&t) {
		switch local := t.local(); {
		case t.kind != tokenStart:
		case kindOf(local) != kindNone:
			return noSitemap
		case is(local, urlSet.root()):
			return urlSet
		case is(local, sitemapIndex.root()):
			return sitemapIndex
		}
	}
	return noSitemap
}

// isURLList reports whether the first lines of a text are addresses, one a
// line. The last line of head may be cut.
func isURLList(head []byte) bool {
	n := 0
	for line := range bytes.Lines(head) {
		line = bytes.TrimSpace(line)
		if len(line) == 0 {
			continue
		}
		if !isWeb(string(line)) || bytes.ContainsAny(line, " \t<>\"") {
			return false
		}
		if n++; n == textLines {
			break
		}
	}
	return n > 0
}

// A sitemapReader reads an XML sitemap from a stream: what is understood of
// it goes into records, whatever the state of the markup around them.
type sitemapReader struct {
	stream
	p        *parser
	kind     sitemapKind
	fallback encoding.Encoding // for text that is not UTF-8; nil for a guess

	elements int
	open     []string // local names of the open elements, in lower case
	record   int      // index in open of the record being read; 0 for none
	prefix   string   // of that record
	foreign  bool     // the innermost element has another prefix than the record
	closed   bool     // the end of the root element came
	text     []byte   // of the innermost element
	cur      siteURL

	entries newest[siteEntry]
	parts   newest[Part]
	seen    int
}

// sitemap reads a document of that kind from r, which starts with head. When
// r gives data, whole is that; otherwise it is nil.
func (p *parser) sitemap(r io.Reader, head, whole []byte, kind sitemapKind) (*Feed, error) {
	if len(whole) > maxSitemap {
		return nil, errSitemapSize
	}
	s := &sitemapReader{p: p, kind: kind}
	s.entries.limit, s.parts.limit = p.opts.MaxEntries, maxParts
	if enc, n := unicodeForm(head); enc != nil {
		if _, err := io.CopyN(io.Discard, r, int64(n)); err != nil {
			return nil, err
		}
		s.src = enc.NewDecoder().Reader(r)
	} else if enc, latin := labelled(p.opts.ContentType, head); enc != nil && !latin {
		s.src = enc.NewDecoder().Reader(r)
	} else {
		s.fallback = enc
		s.src = r
		if whole != nil {
			s.lex.doc, s.eof = bytes.TrimPrefix(whole, []byte("\xef\xbb\xbf")), true
		}
	}
	var err error
	if kind == textSitemap {
		err = s.readText()
	} else {
		err = s.readXML()
	}
	if err != nil {
		return nil, err
	}
	return s.feed(), nil
}

// labelled returns the encoding that a document is labelled with, nil for
// UTF-8 and for labels not to be believed, and whether it has one byte per
// character.
func labelled(contentType string, head []byte) (enc encoding.Encoding, latin bool) {
	for _, label := range []string{headerCharset(contentType), declaredCharset(head)} {
		enc, name := charset.Lookup(label)
		switch {
		case enc == nil || name == "utf-8" || name == "replacement" || strings.HasPrefix(name, "utf-16"):
		case strings.EqualFold(label, "us-ascii") || strings.EqualFold(label, "ascii"):
		case isLatin(name):
			return enc, true
		case !utf8.Valid(head[:max(len(head)-utf8.UTFMax, 0)]) || bytes.IndexFunc(head, func(r rune) bool { return r >= 0x80 }) < 0:
			return enc, false
		}
	}
	return nil, false
}

// readText reads one address a line.
func (s *sitemapReader) readText() error {
	var r io.Reader = s.src
	if s.eof {
		r = bytes.NewReader(s.lex.doc)
	}
	lines := bufio.NewScanner(io.LimitReader(r, maxSitemap+1))
	lines.Buffer(make([]byte, 0, 4096), sniffed)
	size := 0
	for lines.Scan() {
		if size += len(lines.Bytes()) + 1; size > maxSitemap+1 {
			return errSitemapSize
		}
		s.cur = siteURL{loc: s.plain(bytes.TrimPrefix(lines.Bytes(), []byte("\xef\xbb\xbf")), true)}
		s.endRecord()
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("text sitemap: %w", err)
	}
	return nil
}

func (s *sitemapReader) readXML() error {
	var t token
	for {
		ok, err := s.next(&t)
		if err != nil {
			return err
		}
		if !ok {
			break
		}
		s.p.faults.add(t.fault)
		switch t.kind {
		case tokenText, tokenCDATA:
			if len(s.open) == 0 {
				if len(bytes.Trim(t.body, xmlSpace)) > 0 {
					s.p.faults.add(faultJunk)
				}
			} else if s.record > 0 && len(s.text) <= maxSitemapText {
				s.text = append(s.text, s.plain(t.body, t.kind == tokenCDATA)...)
			}
		case tokenStart:
			if err := s.startTag(&t); err != nil {
				return err
			}
		case tokenEnd:
			s.endTag(string(bytes.ToLower(t.local())))
		}
	}
	if len(s.open) == 0 {
		return errNoSitemap
	}
	if !s.closed || s.record > 0 {
		s.p.faults.add(faultTruncated) // what was open is not whole
	}
	return nil
}

// plain reads a piece of text in any state: escaped unless literal.
func (s *sitemapReader) plain(b []byte, literal bool) string {
	b = b[:min(len(b), 2*maxSitemapText)]
	if !utf8.Valid(b) {
		if out, err := decoded(s.fallback, b); err == nil {
			b = out
		} else {
			s.p.faults.add(faultEncoding)
			b = mixed(b)
		}
	}
	b, faults := legal(b)
	s.p.faults |= faults
	if literal || bytes.IndexByte(b, '&') < 0 {
		return string(b)
	}
	// The mender knows what a reference may mean. What it writes is escaped.
	m := mender{}
	m.text(b, false)
	s.p.faults |= m.faults
	return unescape(m.out)
}

var errNoEncoding = errors.New("no encoding")

func decoded(enc encoding.Encoding, b []byte) ([]byte, error) {
	if enc == nil {
		return nil, errNoEncoding
	}
	return enc.NewDecoder().Bytes(b)
}

func (s *sitemapReader) startTag(t *token) error {
	local := strings.ToLower(string(t.local()[:min(len(t.local()), 64)]))
	if len(s.open) == 0 {
		if local != s.kind.root() || t.cut {
			s.p.faults.add(faultJunk)
			return nil
		}
		s.closed = t.empty
		s.open = append(s.open, local)
		return nil
	}
	if s.elements++; s.elements > maxSitemapElements {
		return errSitemapElements
	}
	if len(t.attrs) > maxAttrs {
		return errAttrs
	}
	prefix, _, qualified := bytes.Cut(t.name, []byte(":"))
	if !qualified {
		prefix = nil
	}
	if local == s.kind.record() && !(s.record > 0 && s.prefix != string(prefix)) {
		s.beginRecord(string(prefix))
	} else if top := len(s.open) - 1; s.record > 0 && top > s.record && isSitemapLeaf(s.open[top]) {
		s.p.faults.add(faultMismatch) // its end tag is missing
		s.endLeaf()
		s.open = s.open[:top]
	}
	s.text = s.text[:0]
	if t.empty || t.cut {
		return nil
	}
	if len(s.open) >= maxDepth {
		return errDepth
	}
	s.foreign = s.prefix != string(prefix)
	s.open = append(s.open, local)
	return nil
}

// beginRecord starts a record, and ends one that has no end tag.
func (s *sitemapReader) beginRecord(prefix string) {
	if s.record > 0 {
		s.p.faults.add(faultMismatch)
		s.endLeaf()
		s.endRecord()
	}
	if s.closed || len(s.open) > 1 {
		s.p.faults.add(faultMismatch)
	}
	s.open, s.closed = s.open[:1], false
	s.record, s.prefix, s.cur = 1, prefix, siteURL{}
}

func (s *sitemapReader) endTag(name string) {
	if len(s.open) == 0 {
		s.p.faults.add(faultJunk)
		return
	}
	floor := s.record
	if name == s.kind.root() {
		floor = 0
	}
	top := len(s.open) - 1
	i := top
	for i >= floor && s.open[i] != name {
		i--
	}
	if i < floor {
		s.p.faults.add(faultMismatch)
		return // stray, or misspelt: then what comes next ends the element
	}
	if i < top {
		s.p.faults.add(faultMismatch)
	}
	s.endLeaf()
	if s.record > 0 && i <= s.record {
		s.endRecord()
	}
	if i == 0 {
		s.open, s.closed = s.open[:1], true // more may follow all the same
		return
	}
	s.open = s.open[:i]
}
