package article

import (
	"bytes"
	"io"
	"mime"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/net/html/charset"
)

// Bounds on a page.
const (
	maxPage      = 8 << 20 // bytes of a page before decoding
	maxNesting   = 256     // elements deep in the second, cautious parse; the parser's own limit is 512
	maxTags      = 500_000 // tags of a page; ten times what large real ones have
	maxReopened  = 1 << 20 // nodes that unclosed formatting elements may cost before the cautious parse is chosen
	maxRoots     = 64      // repeated <html> and <body> tags, whose attributes the parser merges in quadratic time
	charsetProbe = 16 << 10
)

// parse reads a page into a tree, whatever its character set.
func parse(p Page) (*html.Node, error) {
	if len(p.Body) > maxPage {
		return nil, &Error{Reason: TooLarge}
	}
	if err := sniff(p); err != nil {
		return nil, err
	}
	text, err := decode(p.Body, p.ContentType)
	if err != nil {
		return nil, &Error{Reason: NotHTML, Err: err}
	}
	tags, cautious := costly(text)
	if tags > maxTags {
		return nil, &Error{Reason: TooLarge}
	}
	if !cautious {
		if root, err := html.Parse(bytes.NewReader(text)); err == nil {
			return root, nil
		}
	}
	root, err := html.Parse(bytes.NewReader(tame(text)))
	if err != nil {
		return nil, &Error{Reason: NotHTML, Err: err}
	}
	return root, nil
}

// sniff rejects what is plainly not a page of HTML.
func sniff(p Page) error {
	if t, _, err := mime.ParseMediaType(p.ContentType); err == nil {
		switch {
		case strings.HasPrefix(t, "image/"), strings.HasPrefix(t, "audio/"), strings.HasPrefix(t, "video/"),
			strings.HasPrefix(t, "font/"), t == "application/pdf", t == "application/zip", t == "application/json":
			return &Error{Reason: NotHTML}
		}
	}
	head := p.Body[:min(len(p.Body), 4<<10)]
	if bytes.IndexByte(p.Body, '<') < 0 || bytes.HasPrefix(head, []byte("%PDF-")) {
		return &Error{Reason: NotHTML}
	}
	control := 0
	for _, c := range head {
		if c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != 0x1b {
			control++
		}
	}
	// UTF-16 has a NUL in every other byte; it shows itself by where they are.
	if control*10 > len(head) && utf16Order(p.Body) == "" {
		return &Error{Reason: NotHTML}
	}
	return nil
}

// utf16Order names the UTF-16 flavour that a page without a byte order mark
// seems to be in, judged by the first characters being ASCII; "" means neither.
func utf16Order(b []byte) string {
	b = b[:min(len(b), 64)&^1]
	var little, big int
	for i := 0; i < len(b); i += 2 {
		switch {
		case b[i] != 0 && b[i+1] == 0:
			little++
		case b[i] == 0 && b[i+1] != 0:
			big++
		}
	}
	switch {
	case len(b) >= 8 && little*4 > len(b):
		return "utf-16le"
	case len(b) >= 8 && big*4 > len(b):
		return "utf-16be"
	}
	return ""
}

// decode returns a page as valid UTF-8. What the bytes are outweighs what is
// said about them: a byte order mark, then valid UTF-8 with at least one
// character beyond ASCII, then the header, then the page's own meta element.
func decode(b []byte, contentType string) ([]byte, error) {
	if bytes.HasPrefix(b, []byte("\xef\xbb\xbf")) {
		return bytes.ToValidUTF8(b[3:], []byte("\uFFFD")), nil
	}
	name := ""
	switch {
	case bytes.HasPrefix(b, []byte("\xff\xfe")):
		name = "utf-16le"
	case bytes.HasPrefix(b, []byte("\xfe\xff")):
		name = "utf-16be"
	default:
		name = utf16Order(b)
	}
	if name == "" {
		valid := utf8.Valid(b)
		if valid && !ascii(b) {
			return b, nil
		}
		name = declared(b, contentType)
		switch {
		case valid && name != "iso-2022-jp":
			return b, nil // ASCII reads the same in every other charset that pages use
		case name == "utf-8":
			return bytes.ToValidUTF8(b, []byte("\uFFFD")), nil
		case name == "":
			name = "windows-1252"
			if mostlyUTF8(b) {
				return bytes.ToValidUTF8(b, []byte("\uFFFD")), nil
			}
		}
	}
	enc, _ := charset.Lookup(name)
	if enc == nil {
		return bytes.ToValidUTF8(b, []byte("\uFFFD")), nil
	}
	out, err := enc.NewDecoder().Bytes(b)
	if err != nil {
		return nil, err
	}
	return bytes.TrimPrefix(out, []byte("\uFEFF")), nil
}

func ascii(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// mostlyUTF8 tells a UTF-8 page with a few broken bytes from one in a legacy
// charset: only the former has whole multi-byte sequences in plenty.
func mostlyUTF8(b []byte) bool {
	good, bad := 0, 0
	for i := 0; i < len(b); {
		if b[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n <= 1 {
			bad++
		} else {
			good++
		}
		i += n
	}
	return good > 4*bad
}

// declared returns the canonical name of the charset that the header or else
// the page claims; "" means none that is known.
func declared(b []byte, contentType string) string {
	if _, params, err := mime.ParseMediaType(contentType); err == nil {
		if _, name := charset.Lookup(params["charset"]); name != "" {
			return name
		}
	}
	head := bytes.ToLower(b[:min(len(b), charsetProbe)])
	for {
		_, rest, ok := bytes.Cut(head, []byte("charset"))
		if !ok {
			return ""
		}
		head = rest
		rest = bytes.TrimLeft(rest, " \t\r\n")
		if !bytes.HasPrefix(rest, []byte("=")) {
			continue
		}
		rest = bytes.TrimLeft(rest[1:], " \t\r\n\"'")
		end := bytes.IndexAny(rest, "\"'; \t\r\n>/")
		if end < 0 {
			return ""
		}
		_, name := charset.Lookup(string(rest[:end]))
		switch name {
		case "":
			continue
		case "utf-16le", "utf-16be":
			return "utf-8" // a meta element that could be read byte by byte is not in UTF-16 (WHATWG HTML, prescan)
		}
		return name
	}
}

// costly counts the tags and reports whether the plain parse could take far more
// than linear time or room. A formatting element left open is opened again in every later block,
// so that n of them in m blocks make n×m nodes; and each repeated <html> or
// <body> merges its attributes with all those before. Both counts err upwards
// (they see comments and scripts too), which costs such a page only its bold and
// italic.
func costly(b []byte) (tags int, cautious bool) {
	formatting, roots := 0, 0
	for {
		i := bytes.IndexByte(b, '<')
		if i < 0 || i+1 >= len(b) {
			break
		}
		b = b[i+1:]
		tags++
		switch b[0] | 0x20 {
		case 'b', 'c', 'e', 'f', 'h', 'i', 's', 't', 'u':
			n := 1
			for n < len(b) && n < 8 && 'a' <= b[n]|0x20 && b[n]|0x20 <= 'z' {
				n++
			}
			switch string(bytes.ToLower(b[:n])) {
			case "b", "big", "code", "em", "font", "i", "s", "small", "strike", "strong", "tt", "u":
				formatting++
			case "html", "body":
				roots++
			}
		}
	}
	return tags, roots > maxRoots || min(formatting, 512)*tags > maxReopened
}

// tame rewrites a page that the parser refuses or that would cost it too much:
// without formatting elements, without repeated roots, and without the start
// tags of elements nested too deep (their end tags then match nothing).
func tame(b []byte) []byte {
	var out bytes.Buffer
	out.Grow(len(b))
	z := html.NewTokenizer(bytes.NewReader(b))
	depth, roots := 0, 0
	for {
		switch t := z.Next(); t {
		case html.ErrorToken:
			if z.Err() != io.EOF {
				return out.Bytes()
			}
			out.Write(z.Raw())
			return out.Bytes()
		case html.StartTagToken, html.EndTagToken:
			raw := z.Raw()
			name, _ := z.TagName()
			switch a := atom.Lookup(name); {
			case formatting(a):
				continue
			case a == atom.Html || a == atom.Body:
				if roots++; roots > maxRoots {
					continue
				}
			case void(a):
			case t == html.EndTagToken:
				depth = max(depth-1, 0)
			default:
				if depth++; depth > maxNesting {
					depth--
					continue
				}
			}
			out.Write(raw)
		default:
			out.Write(z.Raw())
		}
	}
}

func formatting(a atom.Atom) bool {
	switch a {
	case atom.B, atom.Big, atom.Code, atom.Em, atom.Font, atom.I, atom.S, atom.Small, atom.Strike,
		atom.Strong, atom.Tt, atom.U, atom.Nobr:
		return true
	}
	return false
}

func void(a atom.Atom) bool {
	switch a {
	case atom.Area, atom.Base, atom.Br, atom.Col, atom.Embed, atom.Hr, atom.Img, atom.Input, atom.Link,
		atom.Meta, atom.Param, atom.Source, atom.Track, atom.Wbr:
		return true
	}
	return false
}
