package article

import (
	"html"
	"slices"
	"strings"
)

// fallBack takes the body from the page's data when its elements hold none:
// from JSON-LD, or from the state that a script would build the page with.
func (x *extraction) fallBack() {
	const least = 200 // bytes; less is a teaser
	if body := x.linked.body; len(body) >= least {
		x.article.Body = x.paragraphs(body, x.article.Title)
		x.article.Method = "json-ld"
	} else if body := x.stateBody(); len(body) >= least {
		x.article.Body = x.paragraphs(body, x.article.Title)
		x.article.Method = "state"
	}
	if len(x.article.Body) > 0 {
		x.article.Sources["body"] = x.article.Method
	}
}

// paragraphs makes paragraphs out of text that is plain or HTML, without a
// line that repeats title, captions and credits.
func (x *extraction) paragraphs(text, title string) []Paragraph {
	if strings.Contains(text, "&lt;") {
		text = html.UnescapeString(text)
	}
	pieces := []string{text}
	if !hasTag(text, "p", "br", "div", "li", "h2", "h3", "section", "article") {
		pieces = strings.Split(text, "\n")
	}
	const most = 500 // pieces that are read as HTML
	var out []Paragraph
	tagged := 0
	for _, piece := range pieces {
		if tagged < most && hasTag(piece) {
			tagged++
			out = append(out, marked(piece, x.from)...)
		} else if line := plain(piece); line != "" {
			out = append(out, Paragraph{Text, line, html.EscapeString(line)})
		}
	}
	name := fold(title)
	return slices.DeleteFunc(out, func(p Paragraph) bool {
		return name != "" && fold(p.Text) == name || isCredit(p.Text) || isPlaceholder(p.Text)
	})
}

// hasTag reports whether s has a start tag of one of these elements, or of any
// if there are no names.
func hasTag(s string, names ...string) bool {
	const most = 200 // tags that are looked at
	for range most {
		i := strings.IndexByte(s, '<')
		if i < 0 {
			return false
		}
		s = s[i+1:]
		end := 0
		for end < len(s) && (s[end]|0x20 >= 'a' && s[end]|0x20 <= 'z' || end > 0 && '0' <= s[end] && s[end] <= '9') {
			end++
		}
		if end > 0 && (len(names) == 0 || slices.Contains(names, strings.ToLower(s[:end]))) {
			return true
		}
	}
	return false
}

// marked reads a piece of HTML as [Fragment] does, without captions and buttons.
func marked(fragment, base string) []Paragraph {
	root, err := parse(Page{Body: []byte("<!DOCTYPE html><body>" + fragment), ContentType: "text/html; charset=utf-8"})
	if err != nil {
		return nil
	}
	x := newExtraction(Page{URL: base}, split(root))
	for i := range x.page.blocks {
		if el := x.page.blocks[i].el; el < 0 || x.page.elements[el].tags&(tFigcaption|tButton|tForm|tAside|tNav) == 0 && !x.isCaption(i) {
			x.add(i)
		}
	}
	return x.article.Body
}
