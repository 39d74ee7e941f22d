package feed

import (
	"bytes"
	"fmt"
	"mime"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

// maxDeclaration is how far into a document its XML declaration is looked
// for, in bytes.
const maxDeclaration = 1024

// decode turns data into UTF-8 without a byte order mark and in characters
// XML allows. It returns data itself when there is nothing to change.
//
// A byte order mark decides; then UTF-16 and UTF-32 recognised by their first
// character; then the charset of the HTTP header and the XML declaration, in
// that order, if the bytes agree with it; then UTF-8 if the bytes are valid.
// What is left is UTF-8 with damage, or windows-1252.
func decode(data []byte, contentType string) ([]byte, faultSet, error) {
	if enc, n := unicodeForm(data); enc != nil {
		out, err := enc.NewDecoder().Bytes(data[n:])
		if err != nil {
			return nil, 0, fmt.Errorf("decode UTF-16 or UTF-32: %w", err)
		}
		out, faults := legal(out)
		return out, faults, nil
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	valid := utf8.Valid(data)
	for _, label := range []string{headerCharset(contentType), declaredCharset(data)} {
		enc, name := charset.Lookup(label)
		switch {
		case enc == nil || name == "utf-8" || name == "replacement" || strings.HasPrefix(name, "utf-16"):
			continue
		case strings.EqualFold(label, "us-ascii") || strings.EqualFold(label, "ascii"):
			continue // the default of old servers for text/xml
		case valid && isLatin(name):
			// Text of one byte per character is next to never valid UTF-8 by
			// chance; wrong labels are common.
			continue
		}
		out, err := enc.NewDecoder().Bytes(data)
		if err == nil && bytes.Count(out, replacement) <= len(data)/100 {
			out, faults := legal(out)
			return out, faults, nil
		}
	}
	if valid {
		out, faults := legal(data)
		return out, faults, nil
	}
	out, faults := legal(mixed(data))
	faults.add(faultEncoding)
	return out, faults, nil
}

var replacement = []byte("\uFFFD")

// unicodeForm recognises UTF-16 and UTF-32 by a byte order mark, of n bytes,
// or by the first character being "<" or "{".
func unicodeForm(b []byte) (enc encoding.Encoding, n int) {
	big32, little32 := utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM), utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM)
	big16, little16 := unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	marks := []struct {
		prefix string
		enc    encoding.Encoding
		n      int
	}{
		{"\x00\x00\xfe\xff", big32, 4}, {"\xff\xfe\x00\x00", little32, 4},
		{"\xfe\xff", big16, 2}, {"\xff\xfe", little16, 2},
		{"\x00\x00\x00<", big32, 0}, {"<\x00\x00\x00", little32, 0},
		{"\x00<\x00", big16, 0}, {"<\x00", little16, 0},
		{"\x00{\x00", big16, 0}, {"{\x00", little16, 0},
	}
	for _, m := range marks {
		if bytes.HasPrefix(b, []byte(m.prefix)) {
			return m.enc, m.n
		}
	}
	return nil, 0
}

// headerCharset returns the charset parameter of a Content-Type header.
func headerCharset(contentType string) string {
	if contentType == "" {
		return ""
	}
	_, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return ""
	}
	return params["charset"]
}

// declaredCharset returns the encoding named by an XML declaration.
func declaredCharset(b []byte) string {
	head := b[:min(len(b), maxDeclaration)]
	i := bytes.Index(head, []byte("<?xml"))
	if i < 0 {
		return ""
	}
	head, _, _ = bytes.Cut(head[i:], piClose)
	_, value, ok := bytes.Cut(head, []byte("encoding"))
	if !ok {
		return ""
	}
	value = bytes.TrimLeft(value, xmlSpace+"=")
	if len(value) == 0 || value[0] != '"' && value[0] != '\'' {
		return ""
	}
	label, _, _ := bytes.Cut(value[1:], value[:1])
	return string(label)
}

// isLatin reports whether the named encoding has one byte per character.
func isLatin(name string) bool {
	return strings.HasPrefix(name, "windows-") || strings.HasPrefix(name, "iso-8859-") ||
		strings.HasPrefix(name, "koi8-") || name == "macintosh" || name == "x-mac-cyrillic"
}

// mixed reads bytes that are not valid UTF-8. If most of what is not ASCII is
// UTF-8, only the bytes that are not are taken for windows-1252, as they are
// when a page pastes one text into another; otherwise all are.
func mixed(data []byte) []byte {
	good, bad := 0, 0
	for i := 0; i < len(data); {
		r, n := utf8.DecodeRune(data[i:])
		if n > 1 {
			good++
		} else if r == utf8.RuneError {
			bad++
		}
		i += n
	}
	out := make([]byte, 0, len(data)+2*bad)
	for i := 0; i < len(data); {
		r, n := utf8.DecodeRune(data[i:])
		switch {
		case r == utf8.RuneError && n == 1, bad > good && n > 1:
			n = 1
			c := data[i]
			if good >= bad && (c == 0xC2 || c == 0xC3 || c == 0xE2) {
				// Rather the first byte of a character that was cut in two.
				r = utf8.RuneError
			} else {
				r = charmap.Windows1252.DecodeByte(c)
			}
		}
		out = utf8.AppendRune(out, r)
		i += n
	}
	return out
}

// legal drops from valid UTF-8 what XML does not allow. JSON needs the same:
// control characters may stand in neither.
func legal(b []byte) ([]byte, faultSet) {
	i := illegal(b)
	if i < 0 {
		return b, 0
	}
	var faults faultSet
	faults.add(faultCharacter)
	out := make([]byte, 0, len(b))
	for ; i >= 0; i = illegal(b) {
		out = append(out, b[:i]...)
		_, n := utf8.DecodeRune(b[i:])
		b = b[i+n:]
	}
	return append(out, b...), faults
}

// illegal returns the index of the first character XML does not allow, or -1.
func illegal(b []byte) int {
	for i, c := range b {
		if c < 0x20 && !isSpace(c) {
			return i
		}
		if c == 0xEF && i+2 < len(b) && b[i+1] == 0xBF && b[i+2] >= 0xBE { // U+FFFE, U+FFFF
			return i
		}
	}
	return -1
}
