package article

import (
	"bytes"
	"encoding/json"
	"io"
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

// Bounds on embedded JSON.
const (
	maxJSON      = 4 << 20 // bytes of one script
	maxJSONDepth = 24      // levels that are looked into
	maxJSONNodes = 50_000  // objects and arrays that are looked into, per page
)

// An object is a JSON object as decoded.
type object = map[string]any

// decodeJSON reads the JSON values in s one after the other, and is lenient:
// see mend. It returns those before the first that cannot be read.
func decodeJSON(s string) []any {
	if len(s) > maxJSON {
		return nil
	}
	if strings.HasPrefix(strings.TrimSpace(s), "{&quot;") || strings.HasPrefix(strings.TrimSpace(s), "[{&quot;") {
		s = html.UnescapeString(s)
	}
	d := json.NewDecoder(bytes.NewReader(mend(s)))
	var out []any
	for len(out) < maxScripts {
		var v any
		if err := d.Decode(&v); err != nil {
			if err != io.EOF && len(out) == 0 {
				return nil
			}
			break
		}
		out = append(out, v)
	}
	return out
}

// mend makes JSON out of what templates print as such: control characters in
// strings become blanks, escapes that JSON does not know lose their backslash,
// commas before a closing bracket and between or after values go, and so do the
// marks of comments and CDATA around it.
func mend(s string) []byte {
	out := make([]byte, 0, len(s))
	quoted := false
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case quoted && c == '\\' && i+1 < len(s):
			i++
			if strings.IndexByte(`"\/bfnrtu`, s[i]) >= 0 {
				out = append(out, '\\')
			}
			if s[i] < ' ' {
				out = append(out, ' ')
				continue
			}
			out = append(out, s[i])
		case quoted && c < ' ':
			out = append(out, ' ')
		case c == '"':
			quoted = !quoted
			out = append(out, c)
		case quoted:
			out = append(out, c)
		case c == ',':
			if rest := strings.TrimLeft(s[i+1:min(len(s), i+256)], " \t\r\n"); rest != "" && strings.IndexByte("}],", rest[0]) >= 0 {
				continue
			}
			out = append(out, c)
		case c == ';' || c < ' ':
			out = append(out, ' ')
		case c == '<' || c == '/':
			n := commentMark(s[i:])
			i += n - 1
		default:
			out = append(out, c)
		}
	}
	return out
}

// commentMark returns the length of the comment or CDATA mark that s begins with, at least 1.
func commentMark(s string) int {
	for _, mark := range []string{"<!--", "<![CDATA[", "//<![CDATA[", "//]]>", "//"} {
		if strings.HasPrefix(s, mark) {
			return len(mark)
		}
	}
	if strings.HasPrefix(s, "/*") {
		if n := strings.Index(s, "*/"); n > 0 {
			return n + 2
		}
	}
	return 1
}

// pixels reads a number of pixels: 640, "640", "640px", or an object with such a value.
func pixels(v any) int {
	const most = 100_000
	n := 0
	switch v := v.(type) {
	case float64:
		if 0 < v && v <= most {
			n = int(v)
		}
	case string:
		n, _ = strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(v), "px"))
	case object:
		if s, ok := v["value"]; ok {
			if _, nested := s.(object); !nested {
				return pixels(s)
			}
		}
	}
	if n < 0 || n > most {
		return 0
	}
	return n
}

// typeOf returns the first @type of o, without a namespace.
func typeOf(o object) string {
	t := first(strs(o["@type"]))
	return t[strings.LastIndexAny(t, "/:#")+1:]
}

// str returns v if it is a string, the first string of a list, or the @value of an object.
func str(v any) string {
	switch v := v.(type) {
	case string:
		return strings.TrimSpace(v)
	case []any:
		if len(v) > 0 {
			if s, ok := v[0].(string); ok {
				return strings.TrimSpace(s)
			}
		}
	case object:
		if s, ok := v["@value"].(string); ok {
			return strings.TrimSpace(s)
		}
	}
	return ""
}

// strs returns the strings of a list, or the one string.
func strs(v any) []string {
	list, ok := v.([]any)
	if !ok {
		if s := str(v); s != "" {
			return []string{s}
		}
		return nil
	}
	var out []string
	for _, e := range list {
		if s := str(e); s != "" {
			out = append(out, s)
		}
	}
	return out
}

func first(s []string) string {
	if len(s) == 0 {
		return ""
	}
	return s[0]
}
