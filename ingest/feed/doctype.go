package feed

import (
	"bytes"
	"html"
)

// Bounds on the entities a document may declare for itself.
const (
	maxEntities    = 256  // declarations
	maxEntityValue = 1024 // bytes each
)

var entityDecl = []byte("<!ENTITY")

// declaredEntities reads the internal general entities declared in the body
// of a document type declaration; nil when there are none. Values are taken
// as text: markup and further entities in them are not expanded, so that no
// document can grow by more than maxEntityValue per reference.
func declaredEntities(body []byte) map[string]string {
	var out map[string]string
	for len(out) < maxEntities {
		i := bytes.Index(body, entityDecl)
		if i < 0 {
			break
		}
		body = bytes.TrimLeft(body[i+len(entityDecl):], xmlSpace)
		n := 0
		for n < len(body) && nameByte(body[n]) {
			n++
		}
		name := string(body[:n])
		rest := bytes.TrimLeft(body[n:], xmlSpace)
		if n == 0 || len(rest) == 0 || rest[0] != '"' && rest[0] != '\'' {
			continue // a parameter entity or an external one
		}
		end := bytes.IndexByte(rest[1:], rest[0])
		if end < 0 {
			break
		}
		if end <= maxEntityValue {
			if out == nil {
				out = make(map[string]string)
			}
			// The first declaration counts (XML 1.0 §4.2).
			if _, ok := out[name]; !ok {
				out[name] = html.UnescapeString(string(rest[1 : 1+end]))
			}
		}
		body = rest[1+end:]
	}
	return out
}

// isXMLDecl reports whether the body of a processing instruction is that of
// an XML declaration.
func isXMLDecl(body []byte) bool {
	return len(body) >= 3 && is(body[:3], "xml") && (len(body) == 3 || isSpace(body[3]))
}
