package article

import (
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Bounds on the data that scripts build a page with.
const (
	minState  = 1 << 10 // bytes of a script that is searched
	maxStarts = 16      // places in a script where data may begin
	maxRevive = 100_000 // values of a flattened list that are put together again
	maxTexts  = 2000    // paragraphs of a list
)

// stateBody returns the longest text in the data of the page's scripts that
// reads like an article: a string of HTML paragraphs, or a list of texts. It
// knows no site's format; data is whatever decodes as JSON after "=" or "(".
func (x *extraction) stateBody() string {
	s := search{budget: maxJSONNodes}
	var stream strings.Builder
	for _, script := range x.page.head.scripts {
		if piece, ok := streamPiece(script); ok {
			if stream.Len() < maxJSON {
				stream.WriteString(piece)
			}
			continue
		}
		for _, v := range dataIn(script) {
			if l, ok := v.([]any); ok {
				v = revive(l)
			}
			s.root, _ = v.(object)
			s.look(v, "", 0)
		}
	}
	for rest := stream.String(); rest != ""; {
		var row string
		row, rest = streamRow(rest)
		s.text(row, "", 0)
	}
	if s.best == "" {
		for _, script := range x.page.head.scripts {
			s.literals(script)
		}
	}
	return s.best
}

// streamMark begins a piece of what React streams. Pieces are cut anywhere, and
// the shortest may say how long the next one is.
const streamMark = "__next_f.push([1,"

// streamPiece returns the text of such a piece.
func streamPiece(script string) (piece string, ok bool) {
	_, rest, ok := strings.Cut(script, streamMark)
	if rest = strings.TrimLeft(rest, " "); !ok || rest == "" || rest[0] != '"' {
		return "", false
	}
	piece, _, ok = literal(rest)
	return piece, ok
}

// streamRow cuts the first row off a React stream: "id:JSON" up to the line's
// end, or "id:Tn,text" with n the length of the text in hexadecimal.
func streamRow(s string) (row, rest string) {
	if _, text, ok := strings.Cut(s[:min(len(s), 32)], ":T"); ok {
		if length, _, ok := strings.Cut(text, ","); ok {
			start := strings.IndexByte(s, ',') + 1
			if n, err := strconv.ParseUint(length, 16, 31); err == nil && int(n) <= len(s)-start {
				return s[start : start+int(n)], s[start+int(n):]
			}
		}
	}
	row, rest, _ = strings.Cut(s, "\n")
	if id, data, ok := strings.Cut(row, ":"); ok && len(id) < 8 {
		row = data
	}
	return strings.TrimSpace(row), rest
}

// dataIn decodes the JSON in a script.
func dataIn(s string) []any {
	var out []any
	for tries := 0; tries < maxStarts; {
		i := strings.IndexAny(s, "{[\"'")
		if i < 0 || len(s)-i < minState/2 {
			break
		}
		before := strings.TrimRight(s[max(0, i-16):i], " \t\r\n")
		s = s[i:]
		begins := before == "" || before[len(before)-1] == '=' || before[len(before)-1] == '('
		if s[0] == '"' || s[0] == '\'' {
			text, rest, ok := literal(s)
			if !ok {
				tries++ // an apostrophe in a comment, say; what follows may be data
				rest = s[1:]
			} else if begins && len(text) >= minState/2 {
				tries++
				out = append(out, dataOf(text)...)
			}
			s = rest
			continue
		}
		if !begins {
			s = s[1:]
			continue
		}
		tries++
		d := json.NewDecoder(strings.NewReader(s))
		var v any
		if d.Decode(&v) != nil {
			s = s[1:]
			continue
		}
		out = append(out, v)
		s = s[d.InputOffset():]
	}
	return out
}

// search looks for the best text in decoded data.
type search struct {
	best   string
	budget int    // values that may still be looked at
	root   object // what references lead into
}

// look searches v, which is the value of key.
func (s *search) look(v any, key string, depth int) {
	if s.budget--; depth > 2*maxJSONDepth || s.budget < 0 {
		return
	}
	switch v := v.(type) {
	case string:
		s.text(v, key, depth)
	case []any:
		if joined := s.textsOf(v); len(joined) > len(s.best) && readsLikeBody(joined, key) {
			s.best = joined
		}
		for _, e := range v {
			s.look(e, key, depth+1)
		}
	case object:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			s.look(v[k], k, depth+1)
		}
	}
}

// text considers a string, which may be JSON again.
func (s *search) text(v, key string, depth int) {
	if len(v) <= len(s.best) || len(v) < minState/2 {
		return
	}
	if v[0] == '{' || v[0] == '[' {
		for _, inner := range decodeJSON(v) {
			s.look(inner, key, depth+1)
		}
		return
	}
	if readsLikeBody(v, key) {
		s.best = v
	}
}

// textsOf joins the texts of a list of paragraphs: strings, or objects with a
// text, content or html, as editors' data models have them, or references to
// such objects, as Apollo's cache has them.
func (s *search) textsOf(list []any) string {
	var parts []string
	for _, e := range list[:min(len(list), maxTexts)] {
		switch e := e.(type) {
		case object:
			if ref, ok := e["__ref"].(string); ok {
				e, _ = s.root[ref].(object)
			}
			for _, k := range []string{"html", "text", "content", "value", "data", "body"} {
				if t, ok := e[k].(string); ok && len(t) > 1 {
					parts = append(parts, t)
					break
				}
			}
		case string:
			parts = append(parts, e)
		}
	}
	if len(parts) < 2 {
		return ""
	}
	return strings.Join(parts, "\n\n")
}

// readsLikeBody reports whether s is running text of some length, under a key
// that is not one of program data.
func readsLikeBody(s, key string) bool {
	const least = 400 // bytes
	if len(s) < least {
		return false
	}
	text := plain(s)
	if strings.ContainsAny(text[:min(len(text), 200)], "{}\\") || strings.Count(text, "http") > 20 {
		return false
	}
	switch strings.ToLower(key) {
	case "css", "script", "scripts", "style", "styles", "svg", "query", "terms", "privacy", "consent", "comments":
		return false
	}
	b := block{text: text}
	b.measure(nil)
	stops := 0
	for _, r := range text {
		switch r {
		case '.', '!', '?', '。', '؟', '।':
			stops++
		}
	}
	return b.tokens >= 60 && stops*60 >= int(b.tokens)
}

// dataOf decodes a text that holds data: as JSON, percent-encoded or not.
func dataOf(text string) []any {
	if strings.HasPrefix(text, "%7B") || strings.HasPrefix(text, "%5B") {
		if plain, err := url.PathUnescape(text); err == nil {
			text = plain
		}
	}
	if text = strings.TrimSpace(text); text == "" || text[0] != '{' && text[0] != '[' {
		return nil
	}
	return decodeJSON(text)
}

// revive puts together what Nuxt sends as one flat list, in which objects and
// lists hold the places of their members ("devalue"): the value at place 0. A
// list of another kind is returned as it is.
func revive(flat []any) any {
	if len(flat) < 2 || !isFlat(flat[0]) {
		return flat
	}
	budget := maxRevive
	var at func(v any, depth int) any
	at = func(v any, depth int) any {
		n, ok := v.(float64)
		i := int(n)
		if budget--; !ok || n != float64(i) || i < 0 || i >= len(flat) || budget < 0 || depth > maxJSONDepth {
			return nil
		}
		switch v := flat[i].(type) {
		case object:
			out := make(object, len(v))
			for _, k := range slices.Sorted(maps.Keys(v)) {
				out[k] = at(v[k], depth+1)
			}
			return out
		case []any:
			if tag, ok := first2(v); ok && tag != "" { // ["Reactive", 1]
				return at(v[1], depth+1)
			}
			out := make([]any, 0, len(v))
			for _, e := range v {
				out = append(out, at(e, depth+1))
			}
			return out
		default:
			return v
		}
	}
	return at(0.0, 0)
}

// isFlat reports whether v, the first value of a list, holds places of others.
func isFlat(v any) bool {
	switch v := v.(type) {
	case object:
		for _, e := range v {
			if _, ok := e.(float64); !ok {
				return false
			}
		}
		return len(v) > 0
	case []any:
		_, ok := first2(v)
		return ok
	}
	return false
}

// first2 returns the name in a pair of a name and a place.
func first2(v []any) (string, bool) {
	if len(v) != 2 {
		return "", false
	}
	name, ok := v[0].(string)
	_, place := v[1].(float64)
	return name, ok && place
}

// literals considers the strings of a script that is a program, such as Nuxt's
// function of the page's data: the long ones, and those of one key together.
func (s *search) literals(script string) {
	lists := map[string][]string{}
	size, strays, last := 0, 0, ""
	for rest := script; strays < maxStarts; {
		i := strings.IndexAny(rest, "\"'`")
		if i < 0 || size > maxJSON {
			break
		}
		key := keyBefore(rest[max(0, i-32):i])
		if strings.TrimSpace(rest[:i]) == ":" {
			key = last // {"key": "text"}
		}
		text, after, ok := literal(rest[i:])
		if !ok {
			strays++
			rest = rest[i+1:]
			continue
		}
		rest, last = after, text
		size += len(text)
		s.text(text, key, 0)
		switch key {
		case "html", "text", "content", "value", "body":
			if len(lists[key]) < maxTexts && len(text) > 1 {
				lists[key] = append(lists[key], text)
			}
		}
	}
	for _, key := range slices.Sorted(maps.Keys(lists)) {
		if joined := strings.Join(lists[key], "\n\n"); len(lists[key]) > 1 {
			s.text(joined, key, 0)
		}
	}
}

// keyBefore returns the name before a colon at the end of s.
func keyBefore(s string) string {
	s, ok := strings.CutSuffix(strings.TrimRight(s, " "), ":")
	if !ok {
		return ""
	}
	s = strings.Trim(s, " \"'")
	return s[strings.LastIndexFunc(s, func(r rune) bool { return !isWord(r) && r != '_' && r != '$' })+1:]
}

// literal reads the string of JavaScript that s begins with and returns what it
// says and what follows it; false for one that does not end on its line.
func literal(s string) (text, rest string, ok bool) {
	quote := s[0]
	ends := func(i int) bool { return i >= len(s) || s[i] == quote || s[i] == '\n' && quote != '`' }
	i := 1
	for !ends(i) && s[i] != '\\' {
		i++
	}
	if i < len(s) && s[i] == quote {
		return s[1:i], s[i+1:], true
	}
	out := append(make([]byte, 0, 2*i), s[1:i]...)
	for !ends(i) {
		if s[i] != '\\' || i+1 >= len(s) {
			out = append(out, s[i])
			i++
			continue
		}
		c := s[i+1]
		i += 2
		switch c {
		case 'n', 'r':
			out = append(out, '\n')
		case 't', 'b', 'f', 'v':
			out = append(out, ' ')
		case 'x':
			r, n := hexRune(s[i:], 2)
			out, i = utf8.AppendRune(out, r), i+n
		case 'u':
			r, n := hexRune(s[i:], 4)
			i += n
			if utf16.IsSurrogate(r) && strings.HasPrefix(s[i:], `\u`) {
				low, m := hexRune(s[i+2:], 4)
				r = utf16.DecodeRune(r, low)
				i += 2 + m
			}
			out = utf8.AppendRune(out, r)
		default:
			out = append(out, c)
		}
	}
	if i >= len(s) || s[i] != quote {
		return "", "", false
	}
	return string(out), s[i+1:], true
}

// hexRune reads a rune of n hexadecimal digits and returns how many bytes it took.
func hexRune(s string, n int) (rune, int) {
	if len(s) < n {
		return utf8.RuneError, len(s)
	}
	v, err := strconv.ParseUint(s[:n], 16, 32)
	if err != nil {
		return utf8.RuneError, 0
	}
	return rune(v), n
}
