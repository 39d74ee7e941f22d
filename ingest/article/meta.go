package article

import (
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/text/unicode/norm"
)

// maxMeta is the number of meta elements that are read.
const maxMeta = 400

const maxLicenses = 4 // links to licences that are read

// head is what stands in the elements that are not shown.
type head struct {
	title     string
	language  string
	base      string
	canonical string
	amp       string // address of the AMP page
	licenses  []string
	metas     []meta
	frames    []*html.Node // iframe elements
	linked    []string     // JSON-LD scripts
	scripts   []string     // other scripts, for the data in them
}

// meta is one name (or property, itemprop) in lower case with its content.
type meta struct{ name, content string }

// collect reads a title, meta, link, base, script or iframe element.
func (h *head) collect(n *html.Node) {
	switch n.DataAtom {
	case atom.Title:
		if h.title == "" && n.FirstChild != nil && n.Parent != nil && n.Parent.DataAtom != atom.Svg {
			h.title = plain(n.FirstChild.Data)
		}
	case atom.Base:
		if h.base == "" {
			h.base = attr(n, "href")
		}
	case atom.Link:
		if h.canonical == "" && strings.EqualFold(attr(n, "rel"), "canonical") {
			h.canonical = attr(n, "href")
		}
		if h.amp == "" && strings.EqualFold(attr(n, "rel"), "amphtml") {
			h.amp = attr(n, "href")
		}
		if len(h.licenses) < maxLicenses && strings.EqualFold(attr(n, "rel"), "license") && strings.EqualFold(attr(n, "type"), "application/rsl+xml") {
			h.licenses = append(h.licenses, attr(n, "href"))
		}
	case atom.Iframe:
		if len(h.frames) < maxFrames {
			h.frames = append(h.frames, n)
		}
	case atom.Meta:
		content := attr(n, "content")
		if content == "" || len(h.metas) >= maxMeta {
			return
		}
		for _, key := range []string{"property", "name", "itemprop", "http-equiv"} {
			if name := attr(n, key); name != "" {
				h.metas = append(h.metas, meta{strings.ToLower(name), content})
			}
		}
	case atom.Script:
		if n.FirstChild == nil || n.FirstChild.Data == "" {
			return
		}
		s := n.FirstChild.Data
		switch t := strings.ToLower(attr(n, "type")); {
		case strings.Contains(t, "ld+json"):
			if len(h.linked) < maxScripts {
				h.linked = append(h.linked, s)
			}
		case (len(s) >= minState || strings.Contains(s, streamMark)) && len(h.scripts) < maxScripts:
			h.scripts = append(h.scripts, s)
		}
	}
}

// get returns the content of the first name that is there, in the order asked for, as plain text.
func (h *head) get(names ...string) string {
	for _, name := range names {
		for _, m := range h.metas {
			if m.name == name {
				if s := plain(m.content); s != "" {
					return s
				}
			}
		}
	}
	return ""
}

// all returns every content of the given names, as plain text, once each.
func (h *head) all(names ...string) []string {
	var out []string
	for _, m := range h.metas {
		if slices.Contains(names, m.name) {
			if s := plain(m.content); s != "" && !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
	}
	return out
}

// describe fills in everything but the headline and the body: each field from the best source that has it.
func (x *extraction) describe() {
	a, h, l := x.article, &x.page.head, &x.linked
	x.setByline()
	x.setTimes()
	x.set("language", &a.Language,
		source{"html", languageTag(h.language)},
		source{"meta", languageTag(h.get("og:locale", "content-language", "language", "dc.language"))},
		source{"json-ld", languageTag(l.language)})
	x.set("section", &a.Section,
		source{"json-ld", l.section},
		source{"meta", h.get("article:section", "section", "parsely-section", "category")})
	x.set("publisher", &a.Publisher,
		source{"json-ld", l.publisher},
		source{"meta", h.get("og:site_name", "application-name", "publisher", "dc.publisher")})
	x.set("canonical", &a.Canonical, source{"link", x.absolute(h.canonical)})
	x.set("amp", &a.AMP, source{"link", x.absolute(h.amp)})
	if a.Keywords = keywords(l.keywords, h); len(a.Keywords) > 0 {
		a.Sources["keywords"] = "meta"
		if len(l.keywords) > 0 {
			a.Sources["keywords"] = "json-ld"
		}
	}
	a.Reserved = Reserved{TDM: h.get("tdm-reservation"), Policy: h.get("tdm-policy")}
	for _, link := range h.licenses {
		if link = x.absolute(link); link != "" {
			a.Reserved.Licenses = append(a.Reserved.Licenses, link)
		}
	}
	for _, s := range h.all("robots") {
		for _, d := range splitList(strings.ToLower(s)) {
			if !slices.Contains(a.Robots, d) {
				a.Robots = append(a.Robots, d)
			}
		}
	}
}

// A source is a value and where it came from.
type source struct{ name, value string }

// set gives a field its first non-empty value and notes the source.
func (x *extraction) set(field string, to *string, from ...source) {
	for _, s := range from {
		if s.value != "" {
			*to = s.value
			x.article.Sources[field] = s.name
			return
		}
	}
}

// keywords joins what JSON-LD and the head give.
func keywords(from []string, h *head) []string {
	const most = 50
	if len(from) == 0 {
		if from = h.all("article:tag"); len(from) < 2 {
			for _, s := range h.all("article:tag", "news_keywords", "keywords", "parsely-tags", "sailthru.tags") {
				from = append(from, splitList(s)...)
			}
		}
	}
	var out []string
	for _, k := range from {
		if k = clean(k); k != "" && len(k) <= 100 && !slices.Contains(out, k) && len(out) < most {
			out = append(out, k)
		}
	}
	return out
}

// languageTag makes a BCP 47 tag out of "en_GB", "EN-gb", "en"; "" if it cannot be one.
func languageTag(s string) string {
	s, _, _ = strings.Cut(s, ",")
	parts := strings.FieldsFunc(strings.TrimSpace(s), func(r rune) bool { return r == '_' || r == '-' })
	if len(parts) == 0 || len(parts) > 4 {
		return ""
	}
	for i, p := range parts {
		if len(p) < 1 || len(p) > 8 || strings.ContainsFunc(p, func(r rune) bool { return r >= 0x80 || !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
			return ""
		}
		switch {
		case i == 0 || len(p) > 4:
			parts[i] = strings.ToLower(p)
		case len(p) == 4:
			parts[i] = strings.ToUpper(p[:1]) + strings.ToLower(p[1:])
		default:
			parts[i] = strings.ToUpper(p)
		}
	}
	if n := len(parts[0]); n < 2 || n > 3 {
		return ""
	}
	return strings.Join(parts, "-")
}

// absolute resolves a reference against the page and returns it if it is http or https.
func (x *extraction) absolute(ref string) string {
	if ref == "" || len(ref) >= maxAttr || x.base == nil && !strings.Contains(ref, "://") {
		return ""
	}
	u, err := url.Parse(strings.TrimSpace(ref))
	if err != nil {
		return ""
	}
	if x.base != nil {
		u = x.base.ResolveReference(u)
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return ""
	}
	return u.String()
}

// splitList splits a comma- or semicolon-separated list.
func splitList(s string) []string {
	var out []string
	for p := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == ',' || r == ';' || r == '،' || r == '、' }) {
		if p = strings.TrimSpace(p); p != "" {
			out = append(out, p)
		}
	}
	return out
}

// clean folds white space and composes (NFC).
func clean(s string) string {
	return norm.NFC.String(strings.Join(strings.Fields(strings.ToValidUTF8(s, "\uFFFD")), " "))
}

// plain is clean for text that may hold character references and tags.
func plain(s string) string {
	if strings.IndexByte(s, '&') >= 0 {
		s = html.UnescapeString(s)
	}
	if strings.IndexByte(s, '<') >= 0 {
		s = untag(s)
	}
	if strings.ContainsFunc(s, func(r rune) bool { return r == 0xAD || r == 0x200B || r == 0xFEFF || r == 0x2060 }) {
		s = strings.NewReplacer("\u00AD", "", "\u200B", "", "\uFEFF", "", "\u2060", "").Replace(s)
	}
	return clean(s)
}

// untag leaves out what looks like tags.
func untag(s string) string {
	var b strings.Builder
	for {
		i := strings.IndexByte(s, '<')
		if i < 0 || i+1 >= len(s) {
			break
		}
		b.WriteString(s[:i])
		s = s[i:]
		if c := s[1]; c != '/' && c != '!' && (c|0x20 < 'a' || c|0x20 > 'z') {
			b.WriteByte('<')
			s = s[1:]
			continue
		}
		end := strings.IndexByte(s, '>')
		if end < 0 {
			break
		}
		b.WriteByte(' ')
		s = s[end+1:]
	}
	b.WriteString(s)
	return b.String()
}

// fold lowers case and drops everything but letters and digits, for comparison.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z' || '0' <= r && r <= '9':
			return r
		case 'A' <= r && r <= 'Z':
			return r + 'a' - 'A'
		case r >= utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r)):
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}
