package feed

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// An Outline is one feed of a list of subscriptions.
type Outline struct {
	URL      string   // of the feed, http or https
	Title    string   // may be empty
	Site     string   // the site's page; may be empty
	Language string   // as the list says it; mostly empty
	Groups   []string // names of the folders it lies in, the outermost first; nil for none
}

// Limits of lists of subscriptions.
const (
	maxOPML         = 32 << 20 // bytes
	maxOutlineDepth = 32       // folders one in another
	maxOutlines     = 100_000  // outlines, folders included
	maxOutlineText  = 2048     // bytes of a name or an address; longer addresses count as missing
)

var (
	errNoOPML       = errors.New("no opml root element")
	errOPMLSize     = fmt.Errorf("list of subscriptions larger than %d bytes", maxOPML)
	errOutlineDepth = fmt.Errorf("folders nested deeper than %d", maxOutlineDepth)
	errOutlines     = fmt.Errorf("more than %d outlines", maxOutlines)
)

// ReadOPML reads a list of subscriptions, OPML 1.0 or 2.0, in the order of
// the document. It takes what feed readers really export: ampersands that are
// not escaped, wrong encodings, no XML declaration, attributes in any case, a
// missing end. An outline with the address of a feed is a subscription, any
// other a folder; subscriptions that are not on the Web are left out.
//
// It fails when r fails, when there is no OPML in it, and beyond the limits:
// 32 MiB, 32 folders one in another, 100,000 outlines.
func ReadOPML(r io.Reader) ([]Outline, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxOPML+1))
	if err != nil {
		return nil, fmt.Errorf("read OPML: %w", err)
	}
	if len(data) > maxOPML {
		return nil, fmt.Errorf("read OPML: %w", errOPMLSize)
	}
	doc, _, err := decode(data, "")
	if err != nil {
		return nil, fmt.Errorf("read OPML: %w", err)
	}
	list, err := outlines(doc)
	if err != nil {
		return nil, fmt.Errorf("read OPML: %w", err)
	}
	return list, nil
}

// outlines walks the document. Everything is in the attributes of start tags,
// so that the rest of the markup may be in any state.
func outlines(doc []byte) ([]Outline, error) {
	l := lexer{doc: doc}
	var out []Outline
	var open []string // a folder's name, "" for a subscription or a folder without name
	var t token
	root, count := false, 0
	for l.next(&t) {
		switch {
		case t.kind == tokenStart && is(t.local(), "opml"):
			root = true
		case !root:
		case t.kind == tokenEnd && is(t.local(), "outline"):
			if len(open) > 0 {
				open = open[:len(open)-1]
			}
		case t.kind == tokenEnd && is(t.local(), "body"):
			open = nil
		case t.kind != tokenStart || t.cut || !is(t.local(), "outline"):
		default:
			if count++; count > maxOutlines {
				return nil, errOutlines
			}
			o, name := outline(&t)
			if o.URL != "" {
				o.Groups = namesOf(open)
				out, name = append(out, o), ""
			}
			if t.empty {
				continue
			}
			if len(open) >= maxOutlineDepth {
				return nil, errOutlineDepth
			}
			open = append(open, name)
		}
	}
	if !root {
		return nil, errNoOPML
	}
	return out, nil
}

// namesOf returns the folders that have a name; nil when there are none.
func namesOf(open []string) []string {
	var out []string
	for _, name := range open {
		if name != "" {
			out = append(out, name)
		}
	}
	return out
}

// outline reads the attributes of an outline: a subscription, or when it has
// no address, a folder of the name.
func outline(t *token) (o Outline, name string) {
	var text, title, plainURL, kind string
	for i := range t.attrs {
		a := &t.attrs[i]
		if len(a.value) > 6*maxOutlineText { // escaped, a byte takes up to six
			continue
		}
		m := mender{}
		m.text(a.value, true)
		value := fold(unescape(m.out))
		switch strings.ToLower(string(a.name)) {
		case "xmlurl":
			o.URL = value
		case "url":
			plainURL = value
		case "type":
			kind = strings.ToLower(value)
		case "htmlurl":
			o.Site = value
		case "text":
			text = value
		case "title":
			title = value
		case "language":
			o.Language = value
		}
	}
	if o.URL == "" && (kind == "rss" || kind == "atom") {
		o.URL = plainURL // some OPML 1.0
	}
	if rest, ok := strings.CutPrefix(o.URL, "feed:"); ok {
		if strings.HasPrefix(rest, "//") {
			rest = "http:" + rest
		}
		o.URL = rest
	}
	if !isFeedAddress(o.URL) {
		return Outline{}, bounded(cmp.Or(text, title))
	}
	if !isWeb(o.Site) || len(o.Site) > maxOutlineText {
		o.Site = ""
	}
	// Where there is no title, some programs repeat the address as the text.
	if o.Title = bounded(cmp.Or(title, text)); o.Title == o.URL {
		o.Title = ""
	}
	o.Language = bounded(o.Language)
	return o, ""
}

// isFeedAddress reports whether a list may hold the address.
func isFeedAddress(s string) bool {
	return isWeb(s) && len(s) <= maxOutlineText && absolute(s) != nil && bounded(s) == s
}

// fold makes white space of any kind and length one space, as attributes do
// not keep it, and drops what XML cannot hold.
func fold(s string) string {
	if illegal([]byte(s)) >= 0 {
		b, _ := legal([]byte(s))
		s = string(b)
	}
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r <= ' ' }), " ")
}

// A folder of a list that is being written.
type folder struct {
	name    string
	folders []*folder
	feeds   []Outline
	byName  map[string]*folder
}

// in returns the folder of that name inside f, made if need be.
func (f *folder) in(name string) *folder {
	if g := f.byName[name]; g != nil {
		return g
	}
	if f.byName == nil {
		f.byName = make(map[string]*folder)
	}
	g := &folder{name: name}
	f.byName[name] = g
	f.folders = append(f.folders, g)
	return g
}

// WriteOPML writes a list of subscriptions as OPML 2.0, with at as the time of
// its making. Subscriptions of one group come together: first those of no
// further group, then the groups in the order in which they were first named.
// What it writes, [ReadOPML] reads back, white space in names apart.
//
// It fails when w fails, for an address that is not http or https, and beyond
// the limits of ReadOPML; then nothing was written.
func WriteOPML(w io.Writer, title string, at time.Time, list []Outline) error {
	root := &folder{}
	count := len(list)
	for _, o := range list {
		if !isFeedAddress(o.URL) {
			return fmt.Errorf("write OPML: %.200q is not the address of a feed", o.URL)
		}
		f, depth := root, 0
		for _, name := range o.Groups {
			if name = bounded(name); name == "" {
				continue
			}
			if depth++; depth > maxOutlineDepth {
				return fmt.Errorf("write OPML: %s: %w", o.URL, errOutlineDepth)
			}
			if f.byName[name] == nil {
				count++
			}
			f = f.in(name)
		}
		f.feeds = append(f.feeds, o)
	}
	if count > maxOutlines {
		return fmt.Errorf("write OPML: %w", errOutlines)
	}
	var b bytes.Buffer
	b.WriteString(xml.Header + "<opml version=\"2.0\">\n<head>\n<title>")
	b.Write(appendEscaped(nil, bounded(title)))
	b.WriteString("</title>\n<dateCreated>" + at.UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT") + "</dateCreated>\n</head>\n<body>\n")
	root.write(&b, 0)
	b.WriteString("</body>\n</opml>\n")
	if b.Len() > maxOPML {
		return fmt.Errorf("write OPML: %w", errOPMLSize)
	}
	if _, err := w.Write(b.Bytes()); err != nil {
		return fmt.Errorf("write OPML: %w", err)
	}
	return nil
}

// bounded makes s a text that a list keeps as it is.
func bounded(s string) string {
	s = fold(strings.ToValidUTF8(s, "\uFFFD"))
	if len(s) > maxOutlineText {
		s = strings.TrimSpace(strings.ToValidUTF8(s[:maxOutlineText], ""))
	}
	return s
}

// write writes what is in the folder.
func (f *folder) write(b *bytes.Buffer, depth int) {
	indent := strings.Repeat("  ", depth)
	attribute := func(name, value string) {
		if value != "" {
			b.WriteString(" " + name + `="`)
			b.Write(appendEscaped(nil, value))
			b.WriteByte('"')
		}
	}
	for _, o := range f.feeds {
		title := bounded(o.Title)
		b.WriteString(indent + `<outline type="rss"`)
		attribute("text", cmp.Or(title, o.URL)) // OPML demands one
		attribute("title", title)
		attribute("xmlUrl", o.URL)
		if isWeb(o.Site) && bounded(o.Site) == o.Site {
			attribute("htmlUrl", o.Site)
		}
		attribute("language", bounded(o.Language))
		b.WriteString("/>\n")
	}
	for _, g := range f.folders {
		b.WriteString(indent + "<outline")
		attribute("text", g.name)
		attribute("title", g.name)
		b.WriteString(">\n")
		g.write(b, depth+1)
		b.WriteString(indent + "</outline>\n")
	}
}
