package article

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// walker builds a page. The walk is a loop, not a recursion, so that no nesting
// can exhaust the stack.
type walker struct {
	page
	stack  []int32 // open block-level elements
	inline []inline
	now    inline // the look of text at this point
	text   []byte
	start  int32 // first run of the current block
	linked int32
	marked int32
	breaks int32 // line breaks in a row
	lines  int32
	space  bool // a blank is due before the next sign
}

// inline is the state that an inline element changes and that its end restores.
type inline struct {
	node   *html.Node // the element that made the change
	link   *html.Node
	look   look
	clicks int32 // open links and buttons
}

// split takes a document apart.
func split(root *html.Node) *page {
	w := &walker{page: page{root: root}}
	for n := root; n != nil; {
		if w.enter(n) && n.FirstChild != nil && len(w.blocks) < maxBlocks {
			n = n.FirstChild
			continue
		}
		for n != nil {
			w.leave(n)
			if n.NextSibling != nil && len(w.blocks) < maxBlocks {
				n = n.NextSibling
				break
			}
			n = n.Parent
		}
	}
	w.flush()
	return &w.page
}

// enter handles the start of n and reports whether to read what is in it.
func (w *walker) enter(n *html.Node) bool {
	switch n.Type {
	case html.TextNode:
		w.addText(n.Data)
		return false
	case html.DocumentNode:
		return true
	case html.ElementNode:
	default:
		return false
	}
	switch n.DataAtom {
	case atom.Title, atom.Meta, atom.Link, atom.Script, atom.Base, atom.Iframe:
		w.head.collect(n)
		return false
	case atom.Style, atom.Noscript, atom.Template, atom.Svg, atom.Select, atom.Textarea, atom.Object,
		atom.Math, atom.Canvas, atom.Datalist, atom.Map, atom.Rt, atom.Rp:
		return false
	case atom.Br:
		w.lineBreak()
		return false
	case atom.Img:
		w.addPicture(n)
		return false
	case atom.Html:
		w.head.language = attr(n, "lang")
	}
	if n.DataAtom == 0 && n.Data == "amp-img" {
		w.addPicture(n)
		return false
	}
	if isBlock(n) || w.isPictureText(n) {
		w.flush()
		w.open(n)
		return true
	}
	w.inline = append(w.inline, w.now)
	w.now.node = n
	switch n.DataAtom {
	case atom.A:
		w.now.link = n
		w.now.clicks++
	case atom.Strong:
		w.now.look |= strong
	case atom.B:
		w.now.look |= bold
	case atom.Em:
		w.now.look |= emphasis
	case atom.I:
		w.now.look |= italic
	case atom.Sub:
		w.now.look |= subscript
	case atom.Sup:
		w.now.look |= superscript
	case atom.Time:
		w.stamp(n)
	}
	return true
}

// leave handles the end of n.
func (w *walker) leave(n *html.Node) {
	if k := len(w.stack) - 1; k >= 0 && w.elements[w.stack[k]].node == n {
		w.flush()
		w.elements[w.stack[k]].last = int32(len(w.blocks))
		w.stack = w.stack[:k]
		if n.DataAtom == atom.Button {
			w.now.clicks--
		}
		return
	}
	if k := len(w.inline) - 1; k >= 0 && w.now.node == n {
		w.now = w.inline[k]
		w.inline = w.inline[:k]
	}
}

// top returns the index of the innermost open element, or -1.
func (w *walker) top() int32 {
	if len(w.stack) == 0 {
		return -1
	}
	return w.stack[len(w.stack)-1]
}

// open adds the block-level element n.
func (w *walker) open(n *html.Node) {
	e := element{node: n, parent: w.top(), first: int32(len(w.blocks))}
	class := ""
	for i, a := range n.Attr {
		if i >= maxAttrs {
			break
		}
		switch a.Key {
		case "class":
			class = a.Val
			own := classWords.scan(a.Val)
			e.words |= own
			e.hidden = e.hidden || own&wHidden != 0 && hides(a.Val)
		case "id", "data-testid", "data-component", "data-type", "role":
			e.words |= classWords.scan(a.Val)
		case "hidden":
			e.hidden = true
		case "aria-hidden":
			e.hidden = e.hidden || a.Val == "true"
		case "style":
			e.hidden = e.hidden || invisible(a.Val)
		case "itemprop":
			e.body = e.body || strings.EqualFold(a.Val, "articleBody")
			e.lead = e.lead || strings.EqualFold(a.Val, "description")
		case "datetime":
			w.stamp(n)
		}
	}
	e.tags, e.veiled, e.bodied = tagOf(n.DataAtom), e.hidden, e.body
	if e.parent >= 0 {
		up := &w.elements[e.parent]
		e.depth = up.depth + 1
		e.tags |= up.tags
		e.veiled, e.bodied = e.veiled || up.veiled, e.bodied || up.bodied
	}
	class, _, _ = strings.Cut(strings.TrimSpace(class), " ")
	e.path = hashString(n.Data) ^ hashString(class[:min(len(class), maxAttr)])*31
	w.elements = append(w.elements, e)
	w.stack = append(w.stack, int32(len(w.elements)-1))
	if n.DataAtom == atom.Button {
		w.now.clicks++
	}
}

// addText takes in a text node: white space folded to single blanks, signs that
// have no width left out.
func (w *walker) addText(s string) {
	before, first := len(w.text), w.space
	counted := int32(0)
	for i, r := range s {
		switch {
		case r <= ' ' || r == 0x85 || r == 0xA0 || r == 0x3000 || 0x2000 <= r && r <= 0x200A || r == 0x2028 || r == 0x2029 || r == 0x202F:
			w.space = len(w.text) > 0
			continue
		case r == 0xAD || r == 0x200B || r == 0x2060 || r == 0xFEFF || 0x7F <= r && r < 0xA0:
			continue
		}
		if len(w.text) >= maxBlockText {
			s = s[:i]
			break
		}
		if w.space {
			w.text = append(w.text, ' ')
			w.space = false
		}
		w.text = utf8.AppendRune(w.text, r)
		counted++
	}
	if s != "" && (len(w.text) > before || w.space != first) {
		w.runs = append(w.runs, run{s, w.now.link, w.now.look})
	}
	if counted == 0 {
		return
	}
	w.breaks = 0
	if w.now.clicks > 0 {
		w.linked += counted
	}
	if w.now.look&(strong|bold) != 0 {
		w.marked += counted
	}
}

// lineBreak takes in a <br>: two in a row end a paragraph.
func (w *walker) lineBreak() {
	if len(w.text) == 0 || len(w.text) >= maxBlockText {
		return
	}
	if w.breaks++; w.breaks >= 2 {
		w.flush()
		return
	}
	w.lines++
	w.space = true
	w.runs = append(w.runs, run{})
}

func (w *walker) addPicture(n *html.Node) {
	if len(w.pictures) < maxPictures {
		w.pictures = append(w.pictures, picture{n, w.top(), int32(len(w.blocks))})
	}
}

// stamp notes the machine-readable time that n carries.
func (w *walker) stamp(n *html.Node) {
	if len(w.times) >= maxTimes {
		return
	}
	if v := attr(n, "datetime"); v != "" {
		hint := classWords.scan(attr(n, "class"))
		w.times = append(w.times, stamp{v, w.top(), int32(len(w.blocks)), hint, attr(n, "itemprop")})
	}
}

// flush ends the current block.
func (w *walker) flush() {
	if len(w.text) > 0 && len(w.blocks) < maxBlocks {
		b := block{
			text: string(w.text), el: w.top(),
			runs:   [2]int32{w.start, int32(len(w.runs))},
			linked: w.linked, marked: w.marked, lines: w.lines - w.breaks,
		}
		if b.el >= 0 {
			b.tag = w.elements[b.el].node.DataAtom
		}
		w.hashes = b.measure(w.hashes)
		w.blocks = append(w.blocks, b)
	}
	w.start = int32(len(w.runs))
	w.text = w.text[:0]
	w.linked, w.marked, w.lines, w.breaks = 0, 0, 0, 0
	w.space = false
}

// isBlock reports whether text inside n stands apart from text before and after.
// Elements of a site's own making count as such.
func isBlock(n *html.Node) bool {
	switch n.DataAtom {
	case atom.P, atom.Div, atom.Section, atom.Article, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6,
		atom.Li, atom.Ul, atom.Ol, atom.Menu, atom.Blockquote, atom.Figure, atom.Figcaption, atom.Table, atom.Thead,
		atom.Tbody, atom.Tfoot, atom.Tr, atom.Td, atom.Th, atom.Caption, atom.Pre, atom.Header, atom.Footer,
		atom.Aside, atom.Main, atom.Hr, atom.Dl, atom.Dd, atom.Dt, atom.Html, atom.Head, atom.Body, atom.Button,
		atom.Form, atom.Nav, atom.Label, atom.Address, atom.Summary, atom.Details, atom.Fieldset, atom.Legend,
		atom.Center, atom.Hgroup, atom.Dialog, atom.Video, atom.Audio, atom.Search:
		return true
	case 0:
		return strings.IndexByte(n.Data, '-') > 0
	}
	return false
}

// invisible reports whether an inline style hides its element.
func invisible(style string) bool {
	style = strings.ToLower(style[:min(len(style), maxAttr)])
	for _, property := range []string{"display", "visibility"} {
		_, v, ok := strings.Cut(style, property)
		v = strings.TrimLeft(v, " \t:")
		if ok && (strings.HasPrefix(v, "none") || strings.HasPrefix(v, "hidden")) {
			return true
		}
	}
	return false
}

// hides reports whether one of the classes is a usual name for "not shown", and
// none shows the element again on wider screens, as "md:block" does.
func hides(class string) bool {
	found := false
	for name := range strings.FieldsSeq(class[:min(len(class), maxAttr)]) {
		switch name {
		case "hidden", "is-hidden", "u-hidden", "hide", "d-none", "display-none", "visually-hidden", "visuallyhidden", "sr-only", "screen-reader-text", "invisible":
			found = true
		default:
			if strings.Contains(name, ":") || strings.HasPrefix(name, "d-") {
				return false
			}
		}
	}
	return found
}

// isPictureText reports whether n, an inline element, belongs to a picture, so
// that its text stands apart from what is around it: it is named as a caption,
// is in a caption and named as the credit, or is named as a picture and begins
// with one.
func (w *walker) isPictureText(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Span, atom.Small, atom.Cite, atom.Em, atom.I:
	default:
		return false
	}
	class := attr(n, "class")
	if class == "" {
		return false
	}
	if strings.Contains(class, "aption") && classWords.scan(class)&wCaption != 0 {
		return true
	}
	if c := n.FirstChild; c != nil && c.DataAtom == atom.Img && c.NextSibling != nil && classWords.scan(class)&wMedia != 0 {
		return true
	}
	top := w.top()
	if top < 0 || w.elements[top].tags&(tFigure|tFigcaption) == 0 && w.elements[top].words&(wCaption|wMedia) == 0 {
		return false
	}
	return classWords.scan(class)&wCredit != 0
}

// attr returns the value of the attribute named key, without blanks around it.
func attr(n *html.Node, key string) string {
	for _, a := range n.Attr[:min(len(n.Attr), maxAttrs)] {
		if a.Key == key {
			if len(a.Val) > maxAttr {
				return strings.TrimSpace(strings.ToValidUTF8(a.Val[:maxAttr], "")) // the cut may be within a sign
			}
			return strings.TrimSpace(a.Val)
		}
	}
	return ""
}
