package feed

import (
	"bytes"
	"html"
	"strconv"
	"unicode/utf8"
)

// A fault is one way in which a document is not what its format demands.
type fault uint8

const (
	faultNone fault = iota
	faultEncoding
	faultCharacter
	faultDeclaration
	faultJunk
	faultDoctype
	faultEntity
	faultAmpersand
	faultAttribute
	faultMarkup
	faultUnclosed
	faultMismatch
	faultTruncated
	faultJSONType
	faultCompression
	faultCount // how many there are
)

// faultNames are what Feed.Repaired says.
var faultNames = [faultCount]string{
	faultEncoding:    "invalid bytes for the encoding",
	faultCharacter:   "characters not allowed in XML",
	faultDeclaration: "XML declaration not at the start",
	faultJunk:        "text outside the root element",
	faultDoctype:     "entities declared in the document type",
	faultEntity:      "undefined entities",
	faultAmpersand:   "ampersands not escaped",
	faultAttribute:   "malformed attributes",
	faultMarkup:      "malformed markup",
	faultUnclosed:    "unclosed comment, section or tag",
	faultMismatch:    "mismatched tags",
	faultTruncated:   "document cut short",
	faultJSONType:    "JSON fields of the wrong type",
	faultCompression: "compressed data damaged or cut short",
}

// A faultSet is the faults found in one document.
type faultSet uint32

func (s *faultSet) add(f fault) {
	if f != faultNone {
		*s |= 1 << f
	}
}

// names lists the faults in a fixed order.
func (s faultSet) names() []string {
	var out []string
	for f := range faultCount {
		if s&(1<<f) != 0 {
			out = append(out, faultNames[f])
		}
	}
	return out
}

// maxReference is the longest entity or character reference looked for, in
// bytes between "&" and ";"; the longest name in HTML has 31.
const maxReference = 40

// reference splits off the reference that s, which starts with "&", starts
// with. The name is nil when s starts with a bare ampersand.
func reference(s []byte) (name []byte, length int) {
	window := s[1:min(len(s), maxReference+2)]
	n := bytes.IndexByte(window, ';')
	if n <= 0 {
		return nil, 1
	}
	for i, c := range window[:n] {
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '#' && i == 0 || i > 0 && (c == '_' || c == '-' || c == '.')) {
			return nil, 1
		}
	}
	return window[:n], n + 2
}

// checkReferences finds the first fault in the references of escaped text.
func checkReferences(s []byte) fault {
	for {
		i := bytes.IndexByte(s, '&')
		if i < 0 {
			return faultNone
		}
		s = s[i:]
		name, n := reference(s)
		switch {
		case name == nil:
			return faultAmpersand
		case name[0] == '#':
			if r, ok := charReference(name); !ok {
				return faultAmpersand
			} else if !xmlChar(r) || name[1] == 'X' {
				return faultCharacter
			}
		case !predefined(name):
			return faultEntity
		}
		s = s[n:]
	}
}

// predefined reports whether XML itself defines the entity.
func predefined(name []byte) bool {
	switch string(name) {
	case "amp", "lt", "gt", "quot", "apos":
		return true
	}
	return false
}

// charReference reads "#160" or "#xA0". It reports false when name has not
// that form, and the code point 0 when it is beyond Unicode.
func charReference(name []byte) (rune, bool) {
	digits, base := name[1:], 10
	if len(digits) > 0 && (digits[0] == 'x' || digits[0] == 'X') {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(string(digits), base, 64)
	if err != nil || n > utf8.MaxRune {
		return 0, len(digits) > 0 && err == nil
	}
	return rune(n), true
}

// xmlChar reports whether XML 1.0 allows r in a document.
func xmlChar(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' ||
		0x20 <= r && r <= 0xD7FF || 0xE000 <= r && r <= 0xFFFD || 0x10000 <= r && r <= 0x10FFFF
}

// unescape resolves the references of escaped text.
func unescape(s []byte) string {
	if bytes.IndexByte(s, '&') < 0 {
		return string(s)
	}
	return html.UnescapeString(string(s))
}

// appendEscaped appends s to dst, escaped for use in text and in attributes.
func appendEscaped(dst []byte, s string) []byte {
	for i := range len(s) {
		switch c := s[i]; c {
		case '&':
			dst = append(dst, "&amp;"...)
		case '<':
			dst = append(dst, "&lt;"...)
		case '>':
			dst = append(dst, "&gt;"...)
		case '"':
			dst = append(dst, "&quot;"...)
		default:
			dst = append(dst, c)
		}
	}
	return dst
}
