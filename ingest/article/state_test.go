package article

import (
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestExtractReadsTheStateOfScripts(t *testing.T) {
	quote := func(v any) string {
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return strings.ReplaceAll(string(b), `</`, `<\/`)
	}
	var body []string
	for _, end := range []string{"", " So it went on.", " Nobody knew why."} {
		for _, s := range testText {
			body = append(body, s+end)
		}
	}
	text := strings.Join(body, "\n\n")
	markup := "<p>" + strings.Join(body, "</p><p>") + "</p>"
	var texts2 []any
	cache := object{"ROOT_QUERY": object{"article": object{"__ref": "Article:1"}}, "Article:1": object{"title": "Ferry"}}
	var refs []any
	for i, s := range body {
		texts2 = append(texts2, object{"type": "p", "text": s})
		id := "Paragraph:" + string(rune('a'+i))
		cache[id] = object{"text": s}
		refs = append(refs, object{"__ref": id})
	}
	cache["Article:1"].(object)["blocks"] = refs
	flat := []any{[]any{"Reactive", 1}, object{"data": 2}, object{"story": 3}, object{"title": 4, "body": 5}, "Ferry", markup}
	for _, tt := range []struct{ name, script string }{
		{"assignment", `window.__STATE__ = ` + quote(object{"story": object{"body": text}}) + `;`},
		{"JSON.parse, double quotes", `window.__STATE__ = JSON.parse(` + quote(quote(object{"story": object{"body": markup}})) + `);`},
		{"JSON.parse, single quotes", `window.__STATE__ = JSON.parse('` + strings.NewReplacer(`\`, `\\`, `'`, `\'`, `"`, `\x22`).Replace(quote(object{"story": object{"body": markup}})) + `');`},
		{"percent", `window.__STATE__ = decodeURIComponent("` + url.PathEscape(quote(object{"story": object{"body": text}})) + `");`},
		{"after a comment", "// don't touch\nwindow.__STATE__ = " + quote(object{"story": object{"body": text}})},
		{"JSON in JSON", `window.__STATE__ = ` + quote(object{"data": quote(object{"story": object{"body": text}})})},
		{"Apollo", `window.__APOLLO_STATE__ = ` + quote(cache)},
		{"Nuxt list", quote(flat)},
		{"Nuxt function", `window.__NUXT__=(function(a,b){return {data:[{title:"Ferry",body:` + quote(markup) + `,open:!0}],x:void 0}}(null,1));`},
		{"function with paragraphs", `window.__APP__=(function(a){return {blocks:[` + strings.ReplaceAll(strings.ReplaceAll(strings.Trim(quote(texts2), "[]"), `"text":`, `text:`), `"type":"p"`, `type:a`) + `]}}("p"));`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := mustExtract(t, `<html><head><title>Ferry</title></head><body><div id="root"></div><script>`+tt.script+`</script></body></html>`)
			if got := texts(a); a.Method != "state" || !slices.Equal(got, body) {
				t.Errorf("method %q, body %q", a.Method, got)
			}
		})
	}
}

func TestStateIsNotTakenForABody(t *testing.T) {
	terms := strings.Repeat("You accept these terms by using the site. They are long and nobody reads them. ", 20)
	for _, tt := range []struct{ name, script string }{
		{"terms", `window.x = {"terms":"` + terms + `"}`},
		{"style", `window.x = {"css":"` + strings.Repeat("a{color:red} ", 200) + `"}`},
		{"program", `function f(){` + strings.Repeat(`g("a","b");`, 300) + `}`},
	} {
		if a, err := Extract(Page{Body: []byte(`<html><title>x</title><body><script>` + tt.script + `</script></body></html>`)}); err == nil {
			t.Errorf("%s: body = %q", tt.name, texts(a))
		}
	}
}

// TestExtractJoinsTheStream has the length of a text in a script of its own.
func TestExtractJoinsTheStream(t *testing.T) {
	body := "<p>" + strings.Join(testText, "</p><p>") + "</p>"
	body += `<div class="caption"><p>A boat leaves the eastern shore</p></div>$$AD$$` + strings.ReplaceAll(body, ".", ", they say.")
	page := "<html><head><title>Ferry</title></head><body><div id=root></div>"
	for _, piece := range []string{"1:I[4,[],\"Mark\"]\n2:T" + strconv.FormatInt(int64(len(body)), 16) + ",", body, `3:["$","$L2",null,{"state":{"words":"` + strings.Repeat("ferry ", 200) + `"}}]` + "\n"} {
		raw, err := json.Marshal(piece)
		if err != nil {
			t.Fatal(err)
		}
		page += "<script>self.__next_f.push([1," + string(raw) + "])</script>"
	}
	a := mustExtract(t, page+"</body></html>")
	if len(a.Body) != 2*len(testText) || strings.Contains(a.Text(), "$") || strings.Contains(a.Text(), "eastern shore\n") {
		t.Errorf("body = %q", texts(a))
	}
}

func TestReviveIsBounded(t *testing.T) {
	loop := []any{object{"a": 1.0}, []any{0.0, 0.0, 1.0, 1.0}}
	start := time.Now()
	revive(loop)
	if d := time.Since(start); d > 5*time.Second {
		t.Errorf("a list that refers to itself took %v", d)
	}
	if got, ok := revive([]any{"a", "b"}).([]any); !ok || len(got) != 2 {
		t.Errorf("a plain list became %v", got)
	}
}

func TestLiteralReadsJavaScriptStrings(t *testing.T) {
	for _, tt := range []struct {
		in, text, rest string
		ok             bool
	}{
		{`"abc" x`, "abc", " x", true},
		{`'it\'s'`, "it's", "", true},
		{`"a\nb\u00e9\x41"`, "a\nbéA", "", true},
		{`"\ud83d\ude00"`, "😀", "", true},
		{"`two\nlines`", "two\nlines", "", true},
		{`"open`, "", "", false},
		{"'one\nline'", "", "", false},
		{`"\`, "", "", false},
		{`"\u12"`, "\uFFFD", "", false},
	} {
		text, rest, ok := literal(tt.in)
		if ok != tt.ok || ok && (text != tt.text || rest != tt.rest) {
			t.Errorf("literal(%q) = %q, %q, %v; want %q, %q, %v", tt.in, text, rest, ok, tt.text, tt.rest, tt.ok)
		}
	}
}

func FuzzState(f *testing.F) {
	f.Add(`window.a = JSON.parse("{\"b\":[1]}")`)
	f.Add(`[["Reactive",1],{"a":2},"b"]`)
	f.Add("x='\\u12'; y=`\\`")
	f.Fuzz(func(t *testing.T, script string) {
		script += strings.Repeat(" ", minState)
		p := &page{}
		p.head.scripts = []string{script}
		x := &extraction{page: p, article: &Article{Sources: map[string]string{}}}
		x.stateBody()
		if s := script[:min(len(script), 100)]; s != "" {
			literal(s)
		}
	})
}
