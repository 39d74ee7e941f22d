// Package article turns an HTML page into an article: headline, standfirst,
// body as paragraphs, byline, times, language, pictures, and where each came
// from. It is the only user of goquery.
package article

import (
	"fmt"
	"html"
	"net/url"
	"strings"
	"time"
)

// A Page is what was fetched.
type Page struct {
	URL         string // address after redirects; relative links resolve against it
	ContentType string // the HTTP header, which may carry the charset; may be empty
	Body        []byte
}

// An Article is what a page says. Text is plain, NFC, with white space folded.
// Zero values mean that the page did not say.
type Article struct {
	Title      string
	Standfirst string      // the summary that readers see above the body; not repeated in Body
	Body       []Paragraph // in reading order, without headline, byline, captions, credits and related links
	Byline     []string    // people, one name each, without "By"
	Published  time.Time   // in the zone that the page gives, UTC when it gives none
	Modified   time.Time   // the same; never before Published
	Language   string      // BCP 47 as declared, for example "en-GB"
	Section    string
	Keywords   []string
	Canonical  string // rel=canonical, absolute; empty when not given
	Publisher  string // the site's name
	AMP        string // address of the AMP version, absolute; empty when not given
	Images     []Image
	Media      []Media
	Posts      []Post   // of a live blog, the newest first; see [Extract] on what is in Body
	Robots     []string // robots meta directives in lower case, for example "noai"
	Reserved   Reserved

	Method  string            // what found the body: "blocks", "json-ld", "state" (data in scripts), "site" (a rule), "none"
	Quality float64           // 0 to 1, how much the extraction can be trusted
	Closed  bool              // the publisher says that it is not free to read
	Partial bool              // the body is known or strongly suspected to be incomplete (paywall, teaser)
	Sources map[string]string // field → where it came from, see [Extract]
}

// Reserved is what the head of a page says about rights in use, besides robots
// directives. It is not judged here.
type Reserved struct {
	TDM      string   // content of the meta tdm-reservation; empty when there is none
	Policy   string   // content of the meta tdm-policy
	Licenses []string // links of rel=license to RSL documents, absolute
}

// A Kind says what sort of paragraph a Paragraph is.
type Kind string

// The kinds of paragraph.
const (
	Text    Kind = "p"
	Heading Kind = "h2"
	Quote   Kind = "blockquote"
	Item    Kind = "li"
	Row     Kind = "tr" // a table row, cells joined by " | "
	Code    Kind = "pre"
)

// A Paragraph is one block of the body.
type Paragraph struct {
	Kind Kind
	Text string // plain text, never empty
	HTML string // the same as clean inline HTML (a, b, i, em, strong, br, sub, sup; links absolute, http or https)
}

// An Image is a picture that belongs to the article.
type Image struct {
	URL           string
	Width, Height int // pixels; zero when not given
	Caption       string
	Credit        string
}

// A Reason says why a page gave no article. None of them will pass by trying again.
type Reason string

// The reasons.
const (
	NotHTML  Reason = "not html"  // another format, or bytes that cannot be read as text
	TooLarge Reason = "too large" // more than 8 MiB, or more than 500,000 tags
	NoText   Reason = "no text"   // a page without an article body
)

// An Error is what [Extract] returns for a page that it cannot use.
type Error struct {
	Reason Reason
	Err    error // the cause, if there is one
}

// Error says what is wrong with the page.
func (e *Error) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("extract article: %s: %v", e.Reason, e.Err)
	}
	return "extract article: " + string(e.Reason)
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Extract finds the article in a page. It keeps no state: calls may run at the
// same time, and the same page gives the same article. Time and memory grow
// with the size of the page, which is bounded (see [TooLarge]), and with
// nothing else that a page can do.
//
// A live blog has both: Body is its text as the page shows it at the moment, in
// the page's order, and Posts has the dated posts that the page shows or lists
// in its data, which may go back further. Only when the page shows no text of
// its own is Body made of the posts. Posts without a time element, or times
// that do not belong to posts, make no live blog.
//
// Sources names for each field where it came from: "json-ld", "meta", "link",
// "html", "h1", "title", "time" (an element), "url" and "text" (the day only,
// taken as UTC), "site" (a rule); "partial" has the reason in words.
//
// The error is an [*Error]. With reason [NoText] there is an article all the
// same, which has what the page's head says and no body; otherwise it is nil.
func Extract(p Page) (*Article, error) {
	return extract(p, trees)
}

// extract is Extract with the classifier as an argument.
func extract(p Page, classify classifier) (*Article, error) {
	return (*Sites)(nil).extract(p, classify)
}

func (s *Sites) extract(p Page, classify classifier) (*Article, error) {
	root, err := parse(p)
	if err != nil {
		return nil, err
	}
	x := newExtraction(p, split(root))
	x.read(classify, s.rule(p.URL))
	if len(x.article.Body) == 0 {
		return x.article, &Error{Reason: NoText}
	}
	return x.article, nil
}

// Text returns the body as plain text, its paragraphs and sub-heads separated
// by blank lines. The standfirst is not in it.
func (a *Article) Text() string {
	var b strings.Builder
	for i, p := range a.Body {
		if i > 0 {
			b.WriteString("\n\n")
		}
		b.WriteString(p.Text)
	}
	return b.String()
}

// HTML returns the body as HTML that is safe to show: p, h2, blockquote, ul, li,
// table, tr, td and pre around the inline HTML of the paragraphs. The standfirst
// and the pictures are not in it.
func (a *Article) HTML() string {
	var b strings.Builder
	open := Text // what the last paragraph was part of: a list, a table, a quotation
	enclose := func(k Kind) {
		if k == open {
			return
		}
		b.WriteString(enclosures[open].end)
		b.WriteString(enclosures[k].start)
		open = k
	}
	for _, p := range a.Body {
		enclose(p.Kind)
		switch p.Kind {
		case Row:
			b.WriteString("<tr>")
			for cell := range strings.SplitSeq(p.Text, cellMark) {
				b.WriteString("<td>" + html.EscapeString(cell) + "</td>")
			}
			b.WriteString("</tr>\n")
		case Quote, Text:
			b.WriteString("<p>" + p.HTML + "</p>\n")
		case Heading, Item, Code:
			fmt.Fprintf(&b, "<%s>%s</%[1]s>\n", p.Kind, p.HTML)
		}
	}
	enclose(Text)
	return b.String()
}

// enclosures are the elements around paragraphs of one kind in a row.
var enclosures = map[Kind]struct{ start, end string }{
	Quote: {"<blockquote>\n", "</blockquote>\n"},
	Item:  {"<ul>\n", "</ul>\n"},
	Row:   {"<table>\n", "</table>\n"},
}

// extraction is the work on one page.
type extraction struct {
	page    *page
	from    string // the address of the page
	base    *url.URL
	linked  linked
	article *Article

	titles      map[uint32]struct{} // words of the titles
	description map[uint32]struct{} // sequences of four words of the descriptions
	declared    map[uint32]struct{} // the same of the body in JSON-LD
	blurbs      []string            // the descriptions
	folded      []string            // the same as fold makes them
	kept        []int               // the blocks that the body is made of
	words       int                 // of them
	signals     signals             // of a good extraction
	trace       *trace              // what happened to the blocks; nil unless an explanation is wanted
}

func newExtraction(from Page, p *page) *extraction {
	x := &extraction{page: p, from: from.URL, article: &Article{Sources: map[string]string{}, Method: "none"}}
	x.base, _ = url.Parse(from.URL)
	if x.base != nil && p.head.base != "" {
		if u, err := x.base.Parse(p.head.base); err == nil {
			x.base = u
		}
	}
	h := &p.head
	titles := []string{h.title, h.get("og:title", "twitter:title")}
	x.linked = readGraph(h.linked).article(from.URL, titles)
	for _, s := range []string{x.linked.description, h.get("og:description"), h.get("description"), h.get("twitter:description")} {
		if s != "" {
			x.blurbs = append(x.blurbs, s)
			x.folded = append(x.folded, fold(s))
		}
	}
	x.titles = wordSetOf(append(titles, x.linked.headline)...)
	x.description = sequencesOf(x.blurbs...)
	if x.linked.body != "" {
		x.declared = sequencesOf(plain(x.linked.body))
	}
	x.setTitle()
	p.title = x.titleBlock()
	x.describe()
	p.survey()
	return x
}

// host returns the page's host without "www." and the top-level domain.
func (x *extraction) host() string {
	if x.base == nil {
		return ""
	}
	h := strings.TrimPrefix(x.base.Hostname(), "www.")
	if i := strings.LastIndexByte(h, '.'); i > 0 {
		h = h[:i]
	}
	return h
}
