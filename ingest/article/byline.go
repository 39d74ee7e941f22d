package article

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Bounds on bylines.
const (
	maxAuthors  = 20
	maxNameSize = 80 // bytes of a name
)

// setByline finds the authors.
func (x *extraction) setByline() {
	h := &x.page.head
	var metas []author
	for _, m := range h.all("author", "article:author", "parsely-author", "sailthru.author", "dc.creator", "dcterms.creator", "byl", "cxenseparse:author") {
		if !strings.Contains(m, "://") {
			metas = append(metas, author{name: m})
		}
	}
	ld := x.people(x.linked.authors)
	named := x.people(metas)
	switch {
	case hasPerson(ld):
		x.putByline("json-ld", ld)
	case hasPerson(named):
		x.putByline("meta", named)
	default:
		seen := x.people(x.shownAuthors())
		switch {
		case len(ld) > 0 && len(seen) > 0 && seen[0].org:
			x.putByline("json-ld", ld) // what is shown begins with a house too: the names after it are of another box
		case hasPerson(seen):
			x.putByline("html", seen)
		case len(ld) > 0:
			x.putByline("json-ld", ld)
		case len(named) > 0:
			x.putByline("meta", named)
		case len(seen) > 0:
			x.putByline("html", seen)
		default:
			x.putByline("text", x.people(x.writtenAuthors()))
		}
	}
}

// writtenAuthors reads a line near the headline that begins like a byline: a
// word such as "By", then nothing but names.
func (x *extraction) writtenAuthors() []author {
	const before, after, longest = 2, 8, 14 // blocks around the headline; words of the line
	p := x.page
	if p.title < 0 {
		return nil
	}
	for i := max(p.title-before, 0); i < min(p.title+after, len(p.blocks)); i++ {
		b := &p.blocks[i]
		if i == p.title || b.tokens < 3 || b.tokens > longest {
			continue
		}
		line := clean(b.text)
		rest := withoutBy(line)
		if rest == line || rest == "" {
			continue
		}
		list := names(rest)
		if len(list) > 0 && !slices.ContainsFunc(list, func(n string) bool { return !isFullName(n) }) {
			return []author{{name: rest}}
		}
	}
	return nil
}

// isFullName reports whether s is two to four words that begin with a capital.
func isFullName(s string) bool {
	n := 0
	for w := range strings.FieldsSeq(s) {
		if r, _ := utf8.DecodeRuneInString(w); !unicode.IsUpper(r) {
			return false
		}
		n++
	}
	return 2 <= n && n <= 4
}

// putByline keeps the people among the authors and the agencies that wrote with
// them, or all if there are no people.
func (x *extraction) putByline(from string, found []author) {
	people := hasPerson(found)
	for _, a := range found {
		if people && a.org && !a.agency || slices.Contains(x.article.Byline, a.name) || len(x.article.Byline) >= maxAuthors {
			continue
		}
		x.article.Byline = append(x.article.Byline, a.name)
		x.article.Sources["byline"] = from
	}
}

func hasPerson(list []author) bool {
	return slices.ContainsFunc(list, func(a author) bool { return !a.org })
}

// shownAuthors reads the names that the page shows near its headline.
func (x *extraction) shownAuthors() []author {
	for _, list := range signed(x.page.root) {
		var found []author
		for _, n := range list {
			if inOtherBox(n) {
				continue
			}
			if text := apart(n); len(text) <= 4*maxNameSize {
				found = append(found, author{name: text})
			}
		}
		people := slices.DeleteFunc(x.people(found), func(a author) bool { return !a.org && isInitials(a.name) })
		if hasPerson(people) {
			const most = 4 // more are the authors of other articles
			return people[:min(len(people), most)]
		}
	}
	return nil
}

// signed returns the elements that may hold an author, in the order of the page,
// the most trustworthy list first: what is declared as author; links in a byline
// and what is named as an author's name or links to one; and all that is named
// after a byline or an author. The walk is a loop, as that of split.
func signed(root *html.Node) (lists [3][]*html.Node) {
	put := func(k int, n *html.Node) {
		if len(lists[k]) <= maxAuthors {
			lists[k] = append(lists[k], n)
		}
	}
	var declared, byline *html.Node // the outermost that is open
	for n := root; n != nil; {
		if n.Type == html.ElementNode {
			m := marksOf(n)
			if m.declared || declared != nil && m.name {
				put(0, n)
			}
			if link := n.DataAtom == atom.A; m.authorName || link && (m.author || m.linked || byline != nil) {
				put(1, n)
			}
			if m.author || m.byline {
				put(2, n)
			}
			if m.property && declared == nil {
				declared = n
			}
			if m.byline && byline == nil {
				byline = n
			}
		}
		if n.FirstChild != nil {
			n = n.FirstChild
			continue
		}
		for n != nil {
			if n == declared {
				declared = nil
			}
			if n == byline {
				byline = nil
			}
			if n.NextSibling != nil {
				n = n.NextSibling
				break
			}
			n = n.Parent
		}
	}
	return lists
}

// marks are the signs of an author that an element's attributes give.
type marks struct {
	declared, property, name           bool // rel=author or itemprop=author; the latter alone; itemprop=name
	author, authorName, byline, linked bool // named so; links to an author's page
}

func marksOf(n *html.Node) (m marks) {
	for _, a := range n.Attr[:min(len(n.Attr), maxAttrs)] {
		v := a.Val[:min(len(a.Val), maxAttr)]
		switch a.Key {
		case "itemprop":
			m.property = v == "author"
			m.declared = m.declared || m.property
			m.name = v == "name"
		case "rel":
			m.declared = m.declared || strings.Contains(v, "author") && slices.Contains(strings.Fields(v), "author")
		case "id":
			m.author = m.author || v == "author"
		case "href":
			m.linked = strings.Contains(v, "/author/") || strings.Contains(v, "/autor/") || strings.Contains(v, "/authors/")
		case "class":
			if !strings.Contains(v, "uthor") && !strings.Contains(v, "line") && !strings.Contains(v, "Line") {
				continue // most; spares them the folding of case
			}
			v := strings.ToLower(v)
			m.author = m.author || strings.Contains(v, "author")
			m.authorName = strings.Contains(v, "author-name") || strings.Contains(v, "author__name") || strings.Contains(v, "authorname")
			m.byline = strings.Contains(v, "byline")
		}
	}
	return m
}

// inOtherBox reports whether n is, or is in, what shows other articles' authors.
func inOtherBox(n *html.Node) bool {
	for ; n != nil; n = n.Parent {
		switch n.DataAtom {
		case atom.Aside, atom.Footer, atom.Nav:
			return true
		}
		class := strings.ToLower(attr(n, "class"))
		if strings.Contains(class, "related") || strings.Contains(class, "comment") || strings.Contains(class, "teaser") {
			return true
		}
	}
	return false
}

// apart returns the text of a byline with a blank between its elements, which
// are often set apart by style alone.
func apart(n *html.Node) string {
	const most = 40 // texts; more are not a byline
	var parts []string
	for d := range n.Descendants() {
		if d.Type == html.TextNode && !unseen(d.Parent) {
			if parts = append(parts, d.Data); len(parts) > most {
				break
			}
		}
	}
	return clean(visible(strings.Join(parts, " ")))
}

// isInitials reports whether a name is an abbreviation such as "jse".
func isInitials(name string) bool {
	const most = 4 // letters
	return len(name) <= most && !strings.Contains(name, " ")
}

// people makes names out of bylines: several authors in one string are told
// apart, "By", roles and places go, and what is no name is left out.
func (x *extraction) people(list []author) []author {
	var out []author
	for _, a := range list {
		list := names(a.name)
		for _, n := range list {
			// After a house's name, single words are its place: "Harbour Daily, London".
			org := a.org || x.organisation(n) || !strings.Contains(n, " ") && x.organisation(list[0])
			if !slices.ContainsFunc(out, func(b author) bool { return fold(b.name) == fold(n) }) {
				out = append(out, author{n, org, org && len(list) == 1 && isNewsAgency(n) && !x.house(n)})
			}
		}
	}
	return out
}

// house reports whether name is that of the site or its publisher.
func (x *extraction) house(name string) bool {
	f := fold(name)
	for _, site := range []string{x.linked.publisher, x.page.head.get("og:site_name"), x.host()} {
		if s := fold(site); s != "" && (f == s || len(f) > 4 && strings.Contains(s, f) || len(s) > 4 && strings.HasPrefix(f, s)) {
			return true
		}
	}
	return false
}

// isNewsAgency reports whether name is that of an agency: "dpa", "Deutsche
// Presse-Agentur", "Keystone-SDA", "AFP Deutschland".
func isNewsAgency(name string) bool {
	name = strings.ToLower(name)
	if isAgency(name) {
		return true
	}
	n, short := 0, 0
	for w := range strings.FieldsFuncSeq(name, func(r rune) bool { return !isWord(r) }) {
		if _, ok := newsAgencies[w]; ok {
			return true
		}
		if _, ok := shortAgencies[w]; ok {
			short++
		}
		n++
	}
	return n > 0 && n == short
}

// organisation reports whether name is that of the site, of an agency or of a desk.
func (x *extraction) organisation(name string) bool {
	if x.house(name) || isNewsAgency(name) {
		return true
	}
	for w := range strings.FieldsSeq(strings.ToLower(name)) {
		if _, ok := deskWords[strings.Trim(w, ".,()-")]; ok {
			return true
		}
	}
	return false
}

// names splits one byline into names.
func names(s string) []string {
	s = clean(s)
	s = strings.TrimLeft(s, "@•|–-— :")
	s = withoutBy(s)
	if strings.Contains(s, "://") || strings.Contains(s, "www.") {
		return nil
	}
	for _, mark := range []string{" | ", " • ", " · ", " – ", " - ", " (", "\n"} {
		if head, tail, ok := strings.Cut(s, mark); ok && len(head) > 3 {
			if mark == " | " && isName(withoutBy(tail)) {
				s = head + "; " + tail
				continue
			}
			s = head
		}
	}
	for _, and := range []string{" and ", " & ", " und ", " et ", " y ", " och ", " og ", " ja ", " и ", " e ", " en ", " ve ", " i ", " și ", " dan ", " with ", " mit "} {
		s = strings.ReplaceAll(s, and, "; ")
	}
	if i := strings.IndexByte(s, '('); i >= 0 {
		s = s[:i]
	}
	parts := strings.FieldsFunc(s, func(r rune) bool {
		return r == ',' || r == ';' || r == '/' || r == '、' || r == '،' || r == '，'
	})
	for i := range parts {
		parts[i] = withoutBy(strings.TrimSpace(parts[i]))
	}
	if len(parts) == 2 && strings.Contains(s, ",") && oneWord(parts[0]) && oneWord(parts[1]) && isName(parts[0]+" "+parts[1]) {
		return []string{parts[1] + " " + parts[0]} // "Doe, Jane"
	}
	var out []string
	for _, p := range parts {
		// A part after the first that has a role in it belongs to the name before it.
		if isName(p) && (len(out) == 0 || !hasRole(p)) && len(out) < maxAuthors {
			out = append(out, strings.TrimSuffix(strings.Trim(p, " .:*"), " 기자"))
		}
	}
	return out
}

func oneWord(s string) bool {
	return !strings.Contains(s, " ") && strings.ContainsFunc(s, unicode.IsLower)
}

// withoutBy takes "By", "Von" and the like off the front.
func withoutBy(s string) string {
	for again := true; again; {
		again = false
		for _, by := range byWords {
			if len(s) > len(by) && strings.EqualFold(s[:len(by)], by) {
				next, _ := utf8.DecodeRuneInString(s[len(by):])
				if next == ' ' || next == ':' {
					s = strings.TrimLeft(s[len(by):], " :")
					again = true
				}
			}
		}
	}
	return strings.TrimSpace(s)
}

// isName reports whether s can be the name of a person or a house.
func isName(s string) bool {
	if len(s) < 2 || len(s) > maxNameSize || len(strings.Fields(s)) > 6 {
		return false
	}
	letters, digits := 0, 0
	for _, r := range s {
		switch {
		case unicode.IsLetter(r):
			letters++
		case unicode.IsDigit(r):
			digits++
		case r == '@' || r == '?' || r == '!' || r == '{' || r == '=' || r == '…' || r == '%' || r == '#' || r == '"':
			return false
		}
	}
	if letters < 2 || digits > 2 {
		return false
	}
	switch strings.ToLower(s) {
	case "by", "von", "par", "por", "null", "undefined", "none", "author", "autor", "admin", "unknown", "n/a", "about the author", "read more",
		"view profile", "all posts", "see more", "posts", "bio", "contributors", "authors", "follow", "share", "autoren":
		return false
	}
	return !allRole(s)
}

// hasRole reports whether a word of s is that of an office, allRole whether all are.
func hasRole(s string) bool {
	for w := range strings.FieldsSeq(strings.ToLower(s)) {
		if _, ok := roleWords[strings.Trim(w, ".,:()")]; ok {
			return true
		}
	}
	return false
}

func allRole(s string) bool {
	n := 0
	for w := range strings.FieldsSeq(strings.ToLower(s)) {
		if _, ok := roleWords[strings.Trim(w, ".,:()")]; !ok {
			return false
		}
		n++
	}
	return n > 0
}

// byWords stand before a name.
var byWords = []string{
	"written by", "words by", "story by", "reported by", "posted by", "published by", "report by", "analysis by", "opinion by", "by",
	"ein kommentar von", "eine analyse von", "von", "text", "par", "por", "door", "texte", "di", "a cura di", "de notre correspondant",
	"av", "af", "tekst", "autor", "autorin", "author", "autore", "автор", "текст", "yazan", "oleh", "penulis", "bởi", "بقلم", "كتب", "tekijä",
	"interview", "από", "文", "記者", "autorzy",
}

// roleWords are words for what authors are.
var roleWords = wordSet("editor editors correspondent reporter reporters writer writers staff senior chief political deputy associate assistant " +
	"columnist journalist contributor contributing producer analyst international national world foreign diplomatic defence defense security " +
	"business sports sport technology science health education environment royal crime news bureau managing executive digital freelance " +
	"redakteur redakteurin korrespondent korrespondentin reporterin journalistin autor autorin chefredakteur ressort leiter leiterin " +
	"journaliste correspondant rédacteur rédactrice envoyé spécial redactor redactora periodista corresponsal giornalista inviato redattore " +
	"журналист корреспондент обозреватель редактор editor-in-chief intern affairs opinion video photographer content trainee professor dr commentator the of for in and on at")

// deskWords are words that make a byline that of a house or a desk.
var deskWords = wordSet("press news newsroom newsdesk desk staff team redaktion redaktionsteam redacción redaccion rédaction redactie " +
	"redazione redakcja redakce redaktionen redakcia редакция editorial board correspondents online media network service online-redaktion tv wire " +
	"times post newspaper magazine gazette herald tribune radio associated")

// newsAgencies are words that make a name that of an agency, shortAgencies those
// that do so on their own only, because people are called so too.
var (
	newsAgencies = wordSet("reuters afp dpa ansa dapd sda bloomberg xinhua interfax kyodo yonhap ritzau ntb tasr agerpres ukrinform anadolu irna " +
		"agency agencies agencia agencias agência agence agentur agenzia agentura ajansı агентство")
	shortAgencies = wordSet("efe apa tass ats sid kna epd pti ani upi jiji lusa belga anp mti ctk čtk aap cp ap pa tt keystone")
)

func wordSet(s string) map[string]struct{} {
	m := map[string]struct{}{}
	for w := range strings.FieldsSeq(s) {
		m[w] = struct{}{}
	}
	return m
}
