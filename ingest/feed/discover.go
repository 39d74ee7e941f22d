package feed

import (
	"bytes"
	"cmp"
	"net/url"
	"path"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/charset"
)

// A Candidate is an address that may be a feed.
type Candidate struct {
	URL   string // absolute, http or https, without fragment
	Title string // as the page gives it; may be empty
	Type  string // media type as the page gives it; empty for plain links
	Why   string // what in the page speaks for it, for people
}

const (
	maxCandidates = 50
	maxGuesses    = 16
	maxAddress    = 2048    // bytes of one address
	maxPage       = 4 << 20 // bytes of a page that are looked at
	maxLabel      = 200     // bytes of a title, and of a link's text
	maxSeen       = 2000    // candidates noted before the best are chosen
)

// Discover finds the feeds that a page of HTML from the address pageURL
// names: in its head, and by links that look like feeds. The best come first:
// what the page declares before what only looks like a feed, and feeds of
// comments, authors and tags last. There are at most 50, none twice; none of
// them was asked whether it is a feed.
//
// Only the first 4 MiB of the page are read. Any bytes are taken; pageURL may
// be empty, then only absolute addresses are found. Discover may be called
// concurrently.
func Discover(page []byte, pageURL string) []Candidate {
	page = page[:min(len(page), maxPage)]
	enc, name, _ := charset.DetermineEncoding(page, "")
	if name != "utf-8" {
		if out, err := enc.NewDecoder().Bytes(page); err == nil {
			page = out
		}
	}
	d := discovery{base: absolute(pageURL), seen: make(map[string]int)}
	d.read(page)
	slices.SortStableFunc(d.found, func(a, b ranked) int { return cmp.Compare(a.rank, b.rank) })
	out := make([]Candidate, 0, min(len(d.found), maxCandidates))
	for _, r := range d.found[:min(len(d.found), maxCandidates)] {
		out = append(out, r.Candidate)
	}
	return out
}

// A ranked is a candidate with its rank; lower is better.
type ranked struct {
	Candidate
	rank int
}

// What the ranks are made of.
const (
	rankDeclared = 0   // link rel=alternate with the type of a feed
	rankVague    = 10  // the same with a type of any XML or JSON
	rankAddress  = 20  // a link with the address of a feed
	rankText     = 40  // a link that is called a feed
	rankForeign  = 5   // a link to another site
	rankPart     = 100 // of an author, a tag, a search
	rankComments = 200
)

// A discovery is the state of one call of Discover.
type discovery struct {
	base    *url.URL
	hasBase bool // a base element was read; the first counts
	found   []ranked
	seen    map[string]int // address to index in found
}

func (d *discovery) read(page []byte) {
	z := html.NewTokenizer(bytes.NewReader(page))
	var anchor map[string]string // of the a element that is open
	var text []byte
	for {
		typ := z.Next()
		switch typ {
		case html.ErrorToken:
			if anchor != nil {
				d.anchor(anchor, string(text))
			}
			return
		case html.TextToken:
			if anchor != nil && len(text) < maxLabel {
				raw := z.Text()
				text = append(text, raw[:min(len(raw), maxLabel)]...)
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			name, has := z.TagName()
			switch string(name) {
			case "base":
				d.baseElement(attributes(z, has))
			case "link":
				d.link(attributes(z, has))
			case "a", "area":
				if anchor != nil {
					d.anchor(anchor, string(text))
				}
				anchor, text = attributes(z, has), text[:0]
			case "img":
				if anchor != nil && len(text) < maxLabel {
					text = append(append(text, ' '), label(attributes(z, has)["alt"])...)
				}
			}
		case html.EndTagToken:
			if name, _ := z.TagName(); string(name) == "a" && anchor != nil {
				d.anchor(anchor, string(text))
				anchor = nil
			}
		}
	}
}

// attributes returns the attributes of the tag just read; the first of a name
// counts.
func attributes(z *html.Tokenizer, has bool) map[string]string {
	out := make(map[string]string)
	for n := 0; has && n < maxAttrs; n++ {
		var key, value []byte
		key, value, has = z.TagAttr()
		if _, ok := out[string(key)]; !ok && len(value) <= maxAddress {
			out[string(key)] = string(value)
		}
	}
	return out
}

func (d *discovery) baseElement(attrs map[string]string) {
	if d.hasBase || attrs["href"] == "" {
		return
	}
	d.hasBase = true
	if u := absolute(resolve(d.base, attrs["href"])); u != nil && isWeb(u.String()) {
		d.base = u
	}
}

// link reads a link element.
func (d *discovery) link(attrs map[string]string) {
	rels := strings.Fields(strings.ToLower(attrs["rel"]))
	typ, _, _ := strings.Cut(strings.ToLower(attrs["type"]), ";")
	typ = strings.TrimSpace(typ)
	rank := -1
	switch typ {
	case "application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml", "application/x.atom+xml", "text/rss+xml", "text/rss", "text/atom":
		rank = rankDeclared
	case "application/xml", "text/xml", "application/json":
		rank = rankVague
	}
	switch {
	case slices.Contains(rels, "alternate") && rank >= 0:
	case slices.Contains(rels, "feed"):
		rank = rankDeclared
	default:
		return
	}
	d.add(attrs["href"], attrs["title"], attrs["type"], "link rel="+strings.Join(rels, " "), rank)
}

// anchor reads a link in the text of the page.
func (d *discovery) anchor(attrs map[string]string, text string) {
	href, text := attrs["href"], label(text)
	typ, _, _ := strings.Cut(strings.ToLower(attrs["type"]), ";")
	switch {
	case typ == "application/rss+xml" || typ == "application/atom+xml" || typ == "application/feed+json":
		d.add(href, cmp.Or(attrs["title"], text), attrs["type"], "link with the type of a feed", rankAddress)
	case looksLikeFeed(href):
		d.add(href, cmp.Or(attrs["title"], text), "", "link to the address of a feed", rankAddress)
	case isCalledFeed(text) || isCalledFeed(attrs["title"]) || isCalledFeed(attrs["aria-label"]):
		d.add(href, cmp.Or(text, attrs["title"]), "", "link that is called a feed", rankText)
	}
}

// add notes a candidate; of one address the best.
func (d *discovery) add(href, title, mediaType, why string, rank int) {
	u := d.canonical(href)
	if u == nil || strings.Contains(u.Path, "/wp-json") || strings.HasSuffix(u.Path, "/oembed") || isForReaders(u) {
		return
	}
	if d.base != nil && !strings.EqualFold(u.Hostname(), d.base.Hostname()) {
		rank += rankForeign
	}
	rank += partOf(u, title)
	c := ranked{Candidate{URL: u.String(), Title: label(title), Type: label(mediaType), Why: why}, rank}
	if i, ok := d.seen[c.URL]; ok {
		if rank < d.found[i].rank {
			c.Title = cmp.Or(c.Title, d.found[i].Title)
			d.found[i] = c
		}
		return
	}
	if len(d.found) < maxSeen {
		d.seen[c.URL] = len(d.found)
		d.found = append(d.found, c)
	}
}

// canonical makes an address absolute and writes it in one way; nil when it
// is not on the Web.
func (d *discovery) canonical(href string) *url.URL {
	href = strings.TrimSpace(href)
	// "feed:https://…" and "feed://…" are how some pages call feed readers.
	if rest, ok := strings.CutPrefix(href, "feed:"); ok {
		if strings.HasPrefix(rest, "//") {
			rest = "https:" + rest
		}
		href = rest
	}
	if href == "" || href[0] == '#' || len(href) > maxAddress {
		return nil
	}
	u, err := url.Parse(href)
	if err != nil {
		return nil
	}
	if d.base != nil {
		u = d.base.ResolveReference(u)
	}
	return canonicalURL(u)
}

// canonicalURL writes an address on the Web in one way; nil for others.
func canonicalURL(u *url.URL) *url.URL {
	if u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return nil
	}
	c := *u
	c.Host = strings.ToLower(c.Host)
	if port := c.Port(); c.Scheme == "http" && port == "80" || c.Scheme == "https" && port == "443" {
		c.Host = strings.TrimSuffix(c.Host, ":"+port)
	}
	c.User, c.Fragment, c.RawFragment = nil, "", ""
	if c.Path == "" {
		c.Path = "/"
	}
	// Only what reads back as the same address can be asked for.
	if back, err := url.Parse(c.String()); err != nil || back.Host != c.Host || len(c.String()) > maxAddress {
		return nil
	}
	return &c
}

// looksLikeFeed reports whether an address is one that feeds have.
func looksLikeFeed(href string) bool {
	if hasPrefixFold(href, "feed:") {
		return true
	}
	u, err := url.Parse(strings.TrimSpace(href))
	if err != nil || u.Opaque != "" {
		return false
	}
	p := strings.ToLower(strings.TrimRight(u.Path, "/"))
	last := path.Base(p)
	switch path.Ext(last) {
	case ".rss", ".atom", ".rdf":
		return true
	case ".xml", ".json", ".php", ".asp", ".aspx", ".jsp", ".cms":
		stem := strings.TrimSuffix(last, path.Ext(last))
		if strings.Contains(p, "sitemap") {
			return false
		}
		return hasWord(stem, "rss", "feed", "feeds", "atom", "rdf", "rss2") ||
			path.Ext(last) == ".xml" && (stem == "index" || strings.Contains(p, "/rss/") || strings.Contains(p, "/feed") || strings.Contains(p, "/atom/"))
	}
	switch last {
	case "feed", "feeds", "rss", "rss2", "atom", "rdf", "rssfeed", "rss-feed":
		return true
	}
	if strings.HasPrefix(u.Hostname(), "feeds.") && len(p) > 1 || u.Hostname() == "rss.app" {
		return true
	}
	if len(u.RawQuery) > maxAddress {
		return false
	}
	q := u.Query()
	for _, name := range []string{"feed", "format", "type", "output", "alt"} {
		switch strings.ToLower(q.Get(name)) {
		case "rss", "rss2", "atom", "rdf", "feed":
			return true
		}
	}
	return false
}

// hasWord reports whether s, split at what is no letter or digit, has one of
// the words.
func hasWord(s string, words ...string) bool {
	for w := range strings.FieldsFuncSeq(s, func(r rune) bool { return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9') }) {
		if slices.Contains(words, w) {
			return true
		}
	}
	return false
}

// isCalledFeed reports whether a link's text says that it leads to a feed.
func isCalledFeed(text string) bool {
	text = strings.ToLower(text)
	return len(text) <= 60 && (hasWord(text, "rss") || hasWord(text, "atom") && hasWord(text, "feed"))
}

// isForReaders reports whether an address hands a feed to a reader's site
// rather than being one.
func isForReaders(u *url.URL) bool {
	for _, site := range []string{"feedly.com", "inoreader.com", "netvibes.com", "newsblur.com", "bloglines.com", "subtome.com", "add.my.yahoo.com", "facebook.com", "twitter.com", "x.com"} {
		if h := u.Hostname(); h == site || strings.HasSuffix(h, "."+site) {
			return true
		}
	}
	return false
}

// partOf ranks feeds that are not the news of the site: comments, and those
// of one author, tag or search.
func partOf(u *url.URL, title string) int {
	p, title := strings.ToLower(u.Path)+"/", strings.ToLower(title)
	switch {
	case strings.Contains(p, "/comments/"), strings.Contains(p, "comments.xml"), strings.Contains(p, "comments.rss"), hasWord(title, "comments", "comment"), u.Query().Get("withcomments") != "":
		return rankComments
	}
	for _, part := range []string{"/author/", "/authors/", "/tag/", "/tags/", "/search/", "/user/", "/profile/", "/podcast", "/jobs/"} {
		if strings.Contains(p, part) {
			return rankPart
		}
	}
	return 0
}

// label folds white space and bounds the length.
func label(s string) string {
	s = s[:min(len(s), 8*maxLabel)]
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > maxLabel {
		s = s[:maxLabel]
	}
	return strings.ToValidUTF8(s, "")
}

// Guesses returns addresses at which a site that names no feed may have one,
// the likeliest first: below the page's own path, then at the site's root,
// then the usual sitemaps. All are on the same origin as siteURL; there are
// at most 16, and none for what is no address on the Web.
func Guesses(siteURL string) []string {
	u, err := url.Parse(strings.TrimSpace(siteURL))
	if err != nil {
		return nil
	}
	root := canonicalURL(u)
	if root == nil {
		return nil
	}
	root.RawQuery, root.ForceQuery = "", false
	var out []string
	add := func(p string) {
		c := *root
		c.Path, c.RawPath = p, ""
		if s := c.String(); len(out) < maxGuesses && len(s) <= maxAddress && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	if section := strings.TrimRight(root.Path, "/"); section != "" && path.Ext(section) == "" {
		add(section + "/feed")
		add(section + "/rss")
		add(section + "/rss.xml")
	}
	for _, p := range []string{
		"/feed", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml", "/feeds", "/feed.json",
		"/news-sitemap.xml", "/sitemap-news.xml", "/sitemap_news.xml", "/sitemap.xml", "/sitemap_index.xml",
	} {
		add(p)
	}
	return out
}
