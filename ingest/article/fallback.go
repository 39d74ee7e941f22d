package article

import (
	"encoding/json"
	"html"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Bounds on the data that scripts build a page with.
const (
	minState  = 1 << 10 // bytes of a script that is searched
	maxStarts = 16      // places in a script where data may begin
)

// fallBack takes the body from the page's data when its elements hold none:
// from JSON-LD, or from the state that a script would build the page with.
func (x *extraction) fallBack() {
	const least = 200 // bytes; less is a teaser
	if body := x.linked.body; len(body) >= least {
		x.addParagraphs(body)
		x.article.Method = "json-ld"
	} else if body := x.stateBody(); len(body) >= least {
		x.addParagraphs(body)
		x.article.Method = "state"
	}
	if len(x.article.Body) > 0 {
		x.article.Sources["body"] = x.article.Method
	}
}

// stateBody returns the longest text in the data of the page's scripts that
// reads like an article: a string of HTML paragraphs, or a list of texts. It
// knows no site's format; data is whatever decodes as JSON after "=" or "(".
func (x *extraction) stateBody() string {
	s := search{budget: maxJSONNodes}
	var stream strings.Builder
	for _, script := range x.page.head.scripts {
		for _, v := range dataIn(script) {
			// React streams its data in pieces: push([1, "piece"]).
			if l, ok := v.([]any); ok && len(l) == 2 && l[0] == 1.0 {
				if piece, ok := l[1].(string); ok && stream.Len() < maxJSON {
					stream.WriteString(piece)
					continue
				}
			}
			s.look(v, "", 0)
		}
	}
	for rest := stream.String(); rest != ""; {
		var row string
		row, rest = streamRow(rest)
		s.text(row, "", 0)
	}
	return s.best
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
		i := strings.IndexAny(s, "{[")
		if i < 0 || len(s)-i < minState/2 {
			break
		}
		before := strings.TrimRight(s[max(0, i-16):i], " \t\r\n")
		s = s[i:]
		if before != "" && before[len(before)-1] != '=' && before[len(before)-1] != '(' {
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
	budget int // values that may still be looked at
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
		if joined := textsOf(v); len(joined) > len(s.best) && readsLikeBody(joined, key) {
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
// text, content or html, as editors' data models have them.
func textsOf(list []any) string {
	const most = 2000
	var parts []string
	for _, e := range list[:min(len(list), most)] {
		switch e := e.(type) {
		case object:
			for _, k := range []string{"html", "text", "content", "value", "data", "body"} {
				if s, ok := e[k].(string); ok && len(s) > 1 {
					parts = append(parts, s)
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

// addParagraphs adds text, plain or HTML, as paragraphs.
func (x *extraction) addParagraphs(text string) {
	if strings.Contains(text, "&lt;") {
		text = html.UnescapeString(text)
	}
	for _, tag := range []string{"</p>", "<br>", "<br/>", "<br />", "</h2>", "</h3>", "</li>", "</div>"} {
		text = strings.ReplaceAll(text, tag, "\n")
	}
	for line := range strings.Lines(text) {
		if line = plain(line); line != "" && fold(line) != fold(x.article.Title) && !isCredit(line) {
			x.article.Body = append(x.article.Body, Paragraph{Text, line, html.EscapeString(line)})
		}
	}
}
