package main

import (
	"bytes"
	"net/url"
	"strings"

	"codeberg.org/readeck/go-readability/v2"
	"conflictwire/ingest/article"
	distiller "github.com/markusmobius/go-domdistiller"
	"github.com/markusmobius/go-trafilatura"
	"golang.org/x/net/html"
)

// An extractor finds the text of an article in a page. It parses the page itself.
type extractor struct {
	name    string
	extract func(page) (string, error)
}

// parseOnly is the name of the entry that only parses: the floor that the
// others are measured against.
const parseOnly = "html.Parse"

// extractors are the programs compared. Those that take a parsed tree are given
// one, because their own readers convert character sets at twice the cost.
var extractors = []extractor{
	{parseOnly, func(p page) (string, error) {
		_, err := html.Parse(bytes.NewReader(p.html))
		return "", err
	}},
	{"conflictwire", ours},
	{"go-trafilatura", func(p page) (string, error) { return trafila(p, true) }},
	{"go-trafilatura fast", func(p page) (string, error) { return trafila(p, false) }},
	{"go-readability", readable},
	{"go-domdistiller", distil},
}

func ours(p page) (string, error) {
	a, err := article.Extract(article.Page{URL: p.URL, ContentType: "text/html; charset=utf-8", Body: p.html})
	if err != nil {
		return "", err
	}
	if a.Standfirst != "" {
		return a.Standfirst + "\n" + a.Text(), nil
	}
	return a.Text(), nil
}

func trafila(p page, fallback bool) (string, error) {
	root, err := html.Parse(bytes.NewReader(p.html))
	if err != nil {
		return "", err
	}
	r, err := trafilatura.ExtractDocument(root, trafilatura.Options{OriginalURL: p.address(), EnableFallback: fallback, ExcludeComments: true})
	if err != nil {
		return "", err
	}
	return textOf(r.ContentNode), nil
}

func readable(p page) (string, error) {
	root, err := html.Parse(bytes.NewReader(p.html))
	if err != nil {
		return "", err
	}
	a, err := readability.FromDocument(root, p.address())
	if err != nil || a.Node == nil {
		return "", err
	}
	return textOf(a.Node), nil
}

func distil(p page) (string, error) {
	root, err := html.Parse(bytes.NewReader(p.html))
	if err != nil {
		return "", err
	}
	r, err := distiller.Apply(root, &distiller.Options{OriginalURL: p.address(), SkipPagination: true})
	if err != nil {
		return "", err
	}
	return textOf(r.Node), nil
}

// address is the page's URL, or one of a reserved name if that cannot be parsed.
func (p page) address() *url.URL {
	u, err := url.Parse(p.URL)
	if err != nil || u.Host == "" {
		return &url.URL{Scheme: "https", Host: "page.example", Path: "/"}
	}
	return u
}

// apart are the elements whose text stands on lines of its own.
var apart = map[string]bool{
	"article": true, "aside": true, "blockquote": true, "br": true, "dd": true, "div": true, "dl": true, "dt": true, "figcaption": true, "figure": true,
	"footer": true, "h1": true, "h2": true, "h3": true, "h4": true, "h5": true, "h6": true, "header": true, "hr": true, "li": true, "main": true, "ol": true,
	"p": true, "pre": true, "section": true, "table": true, "td": true, "th": true, "tr": true, "ul": true,
}

// textOf writes the text beneath n, blocks on lines of their own.
func textOf(n *html.Node) string {
	if n == nil {
		return ""
	}
	var b strings.Builder
	var write func(*html.Node)
	write = func(n *html.Node) {
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
			return
		}
		if n.Type == html.ElementNode && (n.Data == "script" || n.Data == "style" || n.Data == "noscript") {
			return
		}
		line := n.Type == html.ElementNode && apart[n.Data]
		if line {
			b.WriteByte('\n')
		}
		for c := range n.ChildNodes() {
			write(c)
		}
		if line {
			b.WriteByte('\n')
		}
	}
	write(n)
	return b.String()
}
