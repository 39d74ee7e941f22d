package feed

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Limits of a JSON document; encoding/json recurses per level.
const (
	maxJSONDepth  = 64
	maxJSONValues = 400_000 // outside dropped items
)

var (
	errJSONValues = fmt.Errorf("more than %d JSON values", maxJSONValues)
	errJSONDepth  = fmt.Errorf("JSON nested deeper than %d", maxJSONDepth)
	errJSON       = errors.New("malformed JSON")
)

// A jsonSurvey is the guard's view of a JSON document.
type jsonSurvey struct {
	dropped int
	edits   []edit
	// When the document is cut short: where the last whole item ends.
	whole int
	cut   bool
}

// A jsonScanner is the state of scanJSON.
type jsonScanner struct {
	jsonSurvey
	maxEntries int
	depth      int
	values     int
	key        []byte // the last string directly inside the top object
	items      int    // counted so far; -1 outside the top-level "items"
	itemAt     int    // where the last item starts
	dropFrom   int    // where the items beyond the limit start; -1 for none
}

// scanJSON walks doc once without decoding: it bounds the depth and finds the
// items beyond maxEntries. It does not check the grammar otherwise.
func scanJSON(doc []byte, maxEntries int) (jsonSurvey, error) {
	s := jsonScanner{maxEntries: maxEntries, items: -1, dropFrom: -1}
	for i := 0; i < len(doc); i++ {
		var err error
		switch c := doc[i]; c {
		case '"':
			start := i + 1
			i = endOfString(doc, start)
			if s.depth == 1 && i < len(doc) {
				s.key = doc[start:i]
			}
		case ',', ':':
			if s.dropFrom < 0 {
				if s.values++; s.values > maxJSONValues {
					err = errJSONValues
				}
			}
		case '[', '{':
			err = s.opened(c, i)
		case ']', '}':
			err = s.closed(i)
		}
		if err != nil {
			return s.jsonSurvey, err
		}
	}
	s.cut = s.depth > 0
	return s.jsonSurvey, nil
}

// endOfString returns where the string ends whose first character is doc[i].
func endOfString(doc []byte, i int) int {
	for ; i < len(doc) && doc[i] != '"'; i++ {
		if doc[i] == '\\' {
			i++
		}
	}
	return i
}

func (s *jsonScanner) opened(c byte, i int) error {
	s.depth++
	switch {
	case s.depth > maxJSONDepth:
		return errJSONDepth
	case s.depth == 2 && c == '[' && s.items < 0 && string(s.key) == "items":
		s.items = 0
	case s.depth == 3 && s.items >= 0:
		s.itemAt = i
	}
	return nil
}

func (s *jsonScanner) closed(i int) error {
	s.depth--
	switch {
	case s.depth < 0:
		return errJSON
	case s.items < 0:
	case s.depth == 2 && s.items < s.maxEntries:
		s.items++
		s.whole = i + 1
	case s.depth == 2:
		s.items++
		s.dropped++
		if s.dropFrom < 0 {
			s.dropFrom = cmp.Or(s.whole, s.itemAt)
		}
	case s.depth == 1:
		if s.dropFrom >= 0 {
			s.edits = append(s.edits, edit{s.dropFrom, i, ""})
			s.dropFrom = -1
		}
		s.items, s.key = -1, nil
	}
	return nil
}

// mendJSON makes of a JSON document that gofeed cannot read one that it can:
// it closes what was cut short after the last whole item, and drops or
// converts the fields of the wrong type.
func mendJSON(doc []byte, s *jsonSurvey) ([]byte, faultSet, error) {
	var faults faultSet
	tree, err := decodeTree(doc)
	if err != nil && s.cut && s.whole > 0 {
		faults.add(faultTruncated)
		tree, err = decodeTree(append(doc[:s.whole:s.whole], "]}"...))
	}
	if err != nil {
		return nil, 0, err
	}
	clean := coerceObject(tree, feedFields)
	out, err := json.Marshal(clean)
	if err != nil {
		return nil, 0, err
	}
	if faults == 0 {
		faults.add(faultJSONType)
	}
	return out, faults, nil
}

// decodeTree decodes a JSON object; numbers keep their digits.
func decodeTree(doc []byte) (map[string]any, error) {
	var tree map[string]any
	dec := json.NewDecoder(bytes.NewReader(doc))
	dec.UseNumber()
	err := dec.Decode(&tree)
	return tree, err
}

// A fieldType says what a field of JSON Feed has to be.
type fieldType uint8

const (
	typeString fieldType = iota
	typeStrings
	typeAuthor
	typeAuthors
	typeItems
	typeAttachments
	typeHubs
	typeAny // gofeed takes anything
)

// The fields of JSON Feed 1.1 that are read; all others are dropped.
var (
	feedFields = map[string]fieldType{
		"version": typeString, "title": typeString, "home_page_url": typeString, "feed_url": typeString,
		"description": typeString, "language": typeString, "next_url": typeString,
		"author": typeAuthor, "authors": typeAuthors, "items": typeItems, "hubs": typeHubs,
	}
	itemFields = map[string]fieldType{
		"id": typeAny, "url": typeString, "external_url": typeString, "title": typeString,
		"content_html": typeString, "content_text": typeString, "summary": typeString,
		"image": typeString, "banner_image": typeString, "language": typeString,
		"date_published": typeString, "date_modified": typeString,
		"author": typeAuthor, "authors": typeAuthors, "tags": typeStrings, "attachments": typeAttachments,
	}
	authorFields     = map[string]fieldType{"name": typeString, "url": typeString}
	hubFields        = map[string]fieldType{"type": typeString, "url": typeString}
	attachmentFields = map[string]fieldType{
		"url": typeString, "mime_type": typeString, "title": typeString, "size_in_bytes": typeAny,
	}
)

func coerceObject(in map[string]any, fields map[string]fieldType) map[string]any {
	out := make(map[string]any, len(in))
	for name, typ := range fields {
		if v, ok := in[name]; ok && v != nil {
			if v = coerce(v, typ); v != nil {
				out[name] = v
			}
		}
	}
	return out
}

// coerce makes v a value of the type, nil when there is no sensible one.
func coerce(v any, typ fieldType) any {
	switch typ {
	case typeString:
		return coerceString(v)
	case typeStrings:
		var out []any
		for _, e := range list(v) {
			// "a, b" is what some write for ["a", "b"].
			if s, ok := v.(string); ok {
				for part := range strings.SplitSeq(s, ",") {
					out = append(out, strings.TrimSpace(part))
				}
			} else if s := coerceString(e); s != nil {
				out = append(out, s)
			} else if m, ok := e.(map[string]any); ok && m["name"] != nil {
				out = append(out, coerceString(m["name"]))
			}
		}
		return out
	case typeAuthor:
		if l := list(v); len(l) > 0 {
			return author(l[0])
		}
		return nil
	case typeAuthors:
		return objects(v, author)
	case typeItems:
		return objects(v, func(e any) any { return fieldsOf(e, itemFields) })
	case typeAttachments:
		return objects(v, func(e any) any { return fieldsOf(e, attachmentFields) })
	case typeHubs:
		return objects(v, func(e any) any { return fieldsOf(e, hubFields) })
	default:
		return v
	}
}

// coerceString returns strings as they are, numbers and truth values as JSON
// writes them, the first string of a list, and nil for all else.
func coerceString(v any) any {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	case []any:
		if len(v) > 0 {
			if s, ok := v[0].(string); ok {
				return s
			}
		}
	}
	return nil
}

// list returns v as a list: itself, or a list of it alone.
func list(v any) []any {
	if l, ok := v.([]any); ok {
		return l
	}
	return []any{v}
}

// objects applies f to each element of v and keeps what it makes.
func objects(v any, f func(any) any) any {
	out := []any{}
	for _, e := range list(v) {
		if o := f(e); o != nil {
			out = append(out, o)
		}
	}
	return out
}

// author accepts a plain name for an author object.
func author(v any) any {
	if s, ok := v.(string); ok {
		return map[string]any{"name": s}
	}
	return fieldsOf(v, authorFields)
}

// fieldsOf coerces the fields of an object; nil when v is none.
func fieldsOf(v any, fields map[string]fieldType) any {
	if m, ok := v.(map[string]any); ok {
		return coerceObject(m, fields)
	}
	return nil
}
