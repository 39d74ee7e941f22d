package article

import (
	_ "embed"
	"maps"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
)

// doubtful is the quality below which a site's rule is tried.
const doubtful = .4

// Sites are rules for the pages of certain sites: where headline, body, byline
// and date are, and what to leave out. A rule helps where the general way
// fails: on a page without a body, or with one of a quality below 0.4; or
// always, if the rule says so. A nil *Sites has the rules that are built in.
// The methods may be called concurrently.
type Sites struct {
	rules map[string]*rule // by domain, without "www."
}

// A rule says where things are on the pages of a domain and its subdomains.
// The strings are CSS selectors; a comma separates alternatives.
type rule struct {
	Domain string `yaml:"domain"`
	Prefer bool   `yaml:"prefer"` // take the rule in any case, not only where the general way fails
	Title  string `yaml:"title"`
	Body   string `yaml:"body"`   // elements that hold the body, in the order of the page
	Remove string `yaml:"remove"` // elements in them that are not part of it
	Byline string `yaml:"byline"` // an element for each author, or one with all
	Date   string `yaml:"date"`   // an element with a datetime or content attribute, or the date as its text
	Check  check  `yaml:"check"`
}

// A check is a page that a rule must read as given. The page is of our own
// wording, with the markup of the site.
type check struct {
	Page   string   `yaml:"page"`
	Title  string   `yaml:"title"`
	Byline []string `yaml:"byline"`
	Date   string   `yaml:"date"`
	Body   []string `yaml:"body"` // the paragraphs
}

// builtInRules is the file with the rules that are built in.
//
//go:embed sites.yaml
var builtInRules []byte

var builtIn = sync.OnceValue(func() *Sites {
	s := &Sites{rules: map[string]*rule{}}
	if err := s.load("sites.yaml", builtInRules); err != nil {
		panic(err) // unreachable: a test loads the file
	}
	return s
})

// Extract is [Extract] with the rules of s.
func (s *Sites) Extract(p Page) (*Article, error) {
	return s.extract(p, trees)
}

// rule returns the rule for an address, that of the longest domain; nil for none.
func (s *Sites) rule(address string) *rule {
	if s == nil {
		s = builtIn()
	}
	u, err := url.Parse(address)
	if err != nil || len(s.rules) == 0 {
		return nil
	}
	for host := strings.TrimPrefix(strings.ToLower(u.Hostname()), "www."); host != ""; {
		if r := s.rules[host]; r != nil {
			return r
		}
		_, host, _ = strings.Cut(host, ".")
	}
	return nil
}

// read composes the article, by the rule or by the classifier.
func (x *extraction) read(classify classifier, r *rule) {
	if r != nil && r.Prefer && x.obey(r) {
		return
	}
	x.compose(x.choose(classify))
	if len(x.article.Body) == 0 {
		x.fallBack()
	}
	x.finish()
	if r == nil {
		return
	}
	if len(x.article.Body) > 0 && x.article.Quality >= doubtful || !x.obey(r) {
		x.obeyFields(r, false)
	}
}

// finish fills in what depends on the body.
func (x *extraction) finish() {
	x.follow()
	x.illustrate()
	x.record()
	x.judge()
	x.examine()
}

// obey reads the article as the rule says. If that gives no body, it changes
// nothing and returns false.
func (x *extraction) obey(r *rule) bool {
	before := *x.article
	before.Sources = maps.Clone(before.Sources)
	a := x.article
	a.Body, a.Standfirst, a.Images, a.Media, a.Posts = nil, "", nil, nil, nil
	for _, field := range []string{"body", "standfirst", "images", "media", "posts", "partial"} {
		delete(a.Sources, field)
	}
	page, found := x.page, x.trace
	if found != nil {
		x.trace = &trace{asked: found.asked, chances: found.chances}
	}
	x.obeyFields(r, true)
	x.remove(r)
	// A rule is taken at its word: of the clean-up, only what is wrong in any body goes.
	taken := x.step(x.ruled(r), x.withoutRepeats, "repeats the headline, the byline or an earlier paragraph")
	taken = x.step(taken, x.withoutCaptions, "a picture's caption or credit")
	taken = x.step(taken, x.takeStandfirst, "moved to the standfirst")
	if x.write(taken); len(a.Body) == 0 {
		*a, x.page, x.trace = before, page, found
		return false
	}
	a.Method, a.Sources["body"] = "site", "site"
	x.finish()
	// The signals of quality are about the model's choice, not about the rule's.
	const whole, part = .7, .5
	if a.Quality = max(a.Quality, whole); a.Partial {
		a.Quality = part
	}
	return true
}

// obeyFields takes headline, byline and date as the rule says: all that the
// rule has, or only those that are still missing.
func (x *extraction) obeyFields(r *rule, all bool) {
	a := x.article
	document := goquery.NewDocumentFromNode(x.page.root)
	if r.Title != "" && (all || a.Title == "") {
		if nodes := document.Find(r.Title).Nodes; len(nodes) > 0 {
			if t := clean(visible(textOf(nodes[0]))); t != "" {
				a.Title, a.Sources["title"] = t, "site"
			}
		}
	}
	if r.Byline != "" && (all || len(a.Byline) == 0) {
		var found []author
		for _, n := range document.Find(r.Byline).Nodes {
			if text := apart(n); len(text) <= 4*maxNameSize && len(found) < maxAuthors {
				found = append(found, author{name: text})
			}
		}
		if people := x.people(found); len(people) > 0 {
			a.Byline = nil
			x.putByline("site", people)
		}
	}
	if r.Date != "" && (all || a.Published.IsZero()) {
		for _, n := range document.Find(r.Date).Nodes {
			if t, ok := timeOf(n); ok {
				a.Published, a.Sources["published"] = t, "site"
				break
			}
		}
	}
}

// timeOf reads the time that an element has in an attribute or as its text.
func timeOf(n *html.Node) (time.Time, bool) {
	for _, key := range []string{"datetime", "content", "title"} {
		if t, ok := parseTime(attr(n, key)); ok {
			return t, true
		}
	}
	text := clean(textOf(n))
	if t, ok := parseTime(text); ok {
		return t, true
	}
	if days := daysIn(text[:min(len(text), maxAttr)]); len(days) == 1 {
		return days[0], true
	}
	return time.Time{}, false
}

// ruled returns the blocks that the rule takes.
func (x *extraction) ruled(r *rule) []int {
	document := goquery.NewDocumentFromNode(x.page.root)
	body := map[*html.Node]bool{}
	for _, n := range document.Find(r.Body).Nodes {
		body[n] = true
	}
	take := make([]bool, len(x.page.elements))
	for i := range x.page.elements {
		e := &x.page.elements[i]
		take[i] = body[e.node] || e.parent >= 0 && take[e.parent]
	}
	var taken []int
	for i := range x.page.blocks {
		if el := x.page.blocks[i].el; el >= 0 && take[el] {
			taken = append(taken, i)
		}
	}
	return taken
}

// remove takes the elements that the rule names out of the page.
func (x *extraction) remove(r *rule) {
	if r.Remove == "" {
		return
	}
	for _, n := range goquery.NewDocumentFromNode(x.page.root).Find(r.Remove).Nodes {
		if n.Parent != nil {
			n.Parent.RemoveChild(n)
		}
	}
	head := x.page.head
	x.page = split(x.page.root)
	x.page.head = head
	x.page.title = x.titleBlock()
	x.page.survey()
}
