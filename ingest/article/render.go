package article

import (
	"html"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// lookTags are the elements for each look, the outermost first.
var lookTags = []struct {
	look look
	name string
}{{strong, "strong"}, {bold, "b"}, {emphasis, "em"}, {italic, "i"}, {subscript, "sub"}, {superscript, "sup"}}

// inlineHTML writes block i as inline HTML. It is made anew out of text, links
// and looks, so that nothing of the page's own markup can get through.
func (x *extraction) inlineHTML(i int) string {
	b := &x.page.blocks[i]
	var w inlineWriter
	for _, r := range x.page.runs[b.runs[0]:b.runs[1]] {
		if r.text == "" {
			w.lineBreak()
			continue
		}
		href := ""
		if r.link != nil {
			href = x.absolute(attr(r.link, "href"))
		}
		w.write(r.text, r.look, href)
	}
	w.space, w.breaks = false, false // none is due at the end
	w.turn(0, "")
	return w.out.String()
}

// inlineWriter writes runs of text, opening and closing elements as they change.
type inlineWriter struct {
	out    strings.Builder
	look   look
	href   string
	space  bool // a blank is due
	breaks bool // a line break is due
}

func (w *inlineWriter) lineBreak() {
	w.breaks = w.out.Len() > 0
}

func (w *inlineWriter) write(text string, l look, href string) {
	text = visible(text)
	folded := strings.Join(strings.Fields(text), " ")
	if folded == "" {
		w.space = w.space || text != ""
		return
	}
	r, _ := utf8.DecodeRuneInString(text)
	w.space = w.space || unicode.IsSpace(r)
	if w.out.Len() == 0 {
		w.space = false
	}
	w.turn(l, href)
	w.out.WriteString(html.EscapeString(norm.NFC.String(folded)))
	r, _ = utf8.DecodeLastRuneInString(text)
	w.space = unicode.IsSpace(r)
}

// turn closes and opens elements; a blank or line break that is due goes between.
func (w *inlineWriter) turn(l look, href string) {
	changed := l != w.look || href != w.href
	if changed {
		for k := len(lookTags) - 1; k >= 0; k-- {
			if w.look&lookTags[k].look != 0 {
				w.out.WriteString("</" + lookTags[k].name + ">")
			}
		}
		if w.href != "" && href != w.href {
			w.out.WriteString("</a>")
		}
	}
	switch {
	case w.breaks:
		w.out.WriteString("<br>")
	case w.space:
		w.out.WriteByte(' ')
	}
	w.space, w.breaks = false, false
	if !changed {
		return
	}
	if href != "" && href != w.href {
		w.out.WriteString(`<a href="` + html.EscapeString(href) + `">`)
	}
	for _, t := range lookTags {
		if l&t.look != 0 {
			w.out.WriteString("<" + t.name + ">")
		}
	}
	w.look, w.href = l, href
}

// visible leaves out signs without width and controls.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		if r == 0xAD || r == 0x200B || r == 0x2060 || r == 0xFEFF || r < ' ' && !unicode.IsSpace(r) || 0x7F <= r && r < 0xA0 && r != 0x85 {
			return -1
		}
		return r
	}, s)
}
