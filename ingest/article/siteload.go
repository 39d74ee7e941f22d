package article

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// Bounds on rule files.
const (
	maxRuleFiles = 100
	maxRuleFile  = 1 << 20 // bytes
	maxRules     = 5000
	maxSelector  = 1000 // bytes
	maxYAMLDepth = 16   // brackets and dashes
)

// LoadSites reads the rules in the *.yaml files at the top of fsys. They come
// on top of those that are built in; a rule for the same domain replaces the
// built-in one. The error joins everything that is wrong, each with file:line;
// a rule whose check fails is wrong. A file is a list of rules:
//
//	# The pages of harbour.example and of its subdomains.
//	- domain: harbour.example
//	  prefer: true                   # always, not only where the general way fails
//	  title: h1.title
//	  body: .story > p, .story > h2  # a CSS selector, as all of these; the only one that a rule must have
//	  remove: .story .box
//	  byline: .by a
//	  date: .by time                 # with datetime or content, or the date as text
//	  check:                         # a page of your own wording, with the site's markup
//	    page: |
//	      <h1 class="title">Ferry runs again</h1>
//	      <div class="by"><a>Jane Doe</a> <time datetime="2026-05-04T09:30:00Z">Monday</time></div>
//	      <div class="story"><p>The ferry between the two towns ran again on Monday.</p><p class="box">Buy tickets</p></div>
//	    title: Ferry runs again
//	    byline: [Jane Doe]
//	    date: 2026-05-04T09:30:00Z   # or the day
//	    body:                        # the paragraphs
//	      - The ferry between the two towns ran again on Monday.
//
// Every selector of a rule must find something in its check. Nothing of YAML
// that refers to other places (anchors, aliases, tags) is taken.
func LoadSites(fsys fs.FS) (*Sites, error) {
	s := &Sites{rules: maps.Clone(builtIn().rules)}
	names, err := fs.Glob(fsys, "*.yaml")
	if err != nil {
		return nil, fmt.Errorf("site rules: %w", err)
	}
	if len(names) > maxRuleFiles {
		return nil, fmt.Errorf("site rules: more than %d files", maxRuleFiles)
	}
	own := &Sites{rules: map[string]*rule{}}
	var faults []error
	for _, name := range names {
		info, err := fs.Stat(fsys, name)
		if err == nil && info.Size() > maxRuleFile {
			err = fmt.Errorf("%s: more than %d bytes", name, maxRuleFile)
		}
		var data []byte
		if err == nil {
			data, err = fs.ReadFile(fsys, name)
		}
		if err == nil {
			err = own.load(name, data)
		}
		if err != nil {
			faults = append(faults, err)
		}
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	maps.Copy(s.rules, own.rules)
	return s, nil
}

// load reads one file into s.
func (s *Sites) load(name string, data []byte) error {
	if len(data) > maxRuleFile {
		return fmt.Errorf("%s: more than %d bytes", name, maxRuleFile)
	}
	tokens := lexer.Tokenize(string(data))
	if t, why := refused(tokens); t != nil {
		return fmt.Errorf("%s:%d: %s", name, t.Position.Line, why)
	}
	file, err := parser.Parse(tokens, 0)
	if err != nil {
		return fmt.Errorf("%s:%w", name, located(err, 1))
	}
	var faults []error
	for _, d := range file.Docs {
		if d.Body == nil || d.Body.Type() == ast.NullType || d.Body.Type() == ast.CommentType {
			continue
		}
		list, ok := d.Body.(*ast.SequenceNode)
		if !ok {
			faults = append(faults, fmt.Errorf("%s:%d: want a list of rules", name, d.Body.GetToken().Position.Line))
			continue
		}
		for _, node := range list.Values {
			if err := s.add(node); err != nil {
				faults = append(faults, fmt.Errorf("%s:%w", name, err))
			}
		}
	}
	return errors.Join(faults...)
}

// refused returns the first token that a rule file may not have.
func refused(tokens token.Tokens) (*token.Token, string) {
	brackets, dashes, line := 0, 0, 0
	for _, t := range tokens {
		switch t.Type {
		case token.AnchorType, token.AliasType, token.TagType, token.MergeKeyType:
			return t, "anchors, aliases and tags are not taken: write the value itself"
		case token.MappingStartType, token.SequenceStartType:
			brackets++
		case token.MappingEndType, token.SequenceEndType:
			brackets--
		case token.SequenceEntryType, token.MappingKeyType:
			if t.Position.Line != line {
				line, dashes = t.Position.Line, 0
			}
			dashes++
		}
		if max(brackets, dashes) > maxYAMLDepth {
			return t, fmt.Sprintf("nested more than %d deep", maxYAMLDepth)
		}
	}
	return nil, ""
}

// located is a fault in YAML as "line: message".
func located(err error, line int) error {
	if y, ok := errors.AsType[yaml.Error](err); ok {
		if t := y.GetToken(); t != nil && t.Position != nil {
			line = t.Position.Line
		}
		return fmt.Errorf("%d: %s", line, y.GetMessage())
	}
	return fmt.Errorf("%d: %w", line, err)
}

// add reads, checks and adds the rule at node. The error begins with its line.
func (s *Sites) add(node ast.Node) error {
	line := 0
	if t := node.GetToken(); t != nil {
		line = t.Position.Line
	}
	r := &rule{}
	if err := yaml.NodeToValue(node, r, yaml.Strict()); err != nil {
		return located(err, line)
	}
	r.Domain = strings.TrimPrefix(strings.ToLower(strings.TrimSpace(r.Domain)), "www.")
	var err error
	switch {
	case r.Domain == "" || strings.ContainsAny(r.Domain, "/: \t") || !strings.Contains(r.Domain, "."):
		err = fmt.Errorf("domain: %q is not the name of a site, such as harbour.example", r.Domain)
	case s.rules[r.Domain] != nil:
		err = fmt.Errorf("%s: there is another rule for this domain", r.Domain)
	case len(s.rules) >= maxRules:
		err = fmt.Errorf("more than %d rules", maxRules)
	default:
		if err = r.verify(); err != nil {
			err = fmt.Errorf("%s: %w", r.Domain, err)
		}
	}
	if err != nil {
		return fmt.Errorf("%d: %w", line, err)
	}
	s.rules[r.Domain] = r
	return nil
}

// verify runs the check of a rule.
func (r *rule) verify() error {
	c := &r.Check
	if r.Body == "" || c.Page == "" || len(c.Body) == 0 {
		return errors.New("a rule has at least body, check.page and check.body")
	}
	p := Page{URL: "https://" + r.Domain + "/", ContentType: "text/html; charset=utf-8", Body: []byte("<!DOCTYPE html>" + c.Page)}
	root, err := parse(p)
	if err != nil {
		return fmt.Errorf("check.page: %w", err)
	}
	document := goquery.NewDocumentFromNode(root)
	for _, f := range []struct{ key, selector string }{{"title", r.Title}, {"body", r.Body}, {"remove", r.Remove}, {"byline", r.Byline}, {"date", r.Date}} {
		switch {
		case f.selector == "":
		case len(f.selector) > maxSelector:
			return fmt.Errorf("%s: more than %d bytes", f.key, maxSelector)
		case document.Find(f.selector).Length() == 0:
			return fmt.Errorf("%s: %q is no selector, or finds nothing in check.page", f.key, f.selector)
		}
	}
	x := newExtraction(p, split(root))
	x.obey(r)
	a := x.article
	var got []string
	for _, paragraph := range a.Body {
		got = append(got, paragraph.Text)
	}
	switch {
	case !slices.Equal(got, c.Body):
		return fmt.Errorf("check: body is %q, want %q", got, c.Body)
	case c.Title != "" && a.Title != c.Title:
		return fmt.Errorf("check: title is %q, want %q", a.Title, c.Title)
	case len(c.Byline) > 0 && !slices.Equal(a.Byline, c.Byline):
		return fmt.Errorf("check: byline is %q, want %q", a.Byline, c.Byline)
	}
	if want, ok := parseTime(c.Date); c.Date != "" && (!ok || !a.Published.Equal(want)) {
		return fmt.Errorf("check: date is %v, want %s", a.Published, c.Date)
	}
	return nil
}
