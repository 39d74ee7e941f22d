package main

import (
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// flow is the order in which an article passes through the packages. A
// package may import those of earlier lines, and of its own line only itself:
// the leaves of a line know nothing of each other.
var flow = [][]string{
	{"ingest/fetch", "ingest/feed", "ingest/article", "ingest/rights", "ingest/rhythm", "ingest/websub", "ingest/queue", "enrich/language", "enrich/topic", "enrich/place", "enrich/actor", "sink/record"},
	{"ingest"},
	{"enrich"},
	{"sink"},
	{"deploy/natsd", "deploy/demo", "deploy/clients", "deploy/clients/go"},
	{"."},
}

// homes says which packages may import a module from outside. The main
// package and tests may use any of them to connect the parts.
var homes = map[string][]string{
	"github.com/mmcdole/gofeed":             {"ingest/feed"},
	"github.com/PuerkitoBio/goquery":        {"ingest/article"},
	"golang.org/x/net/html":                 {"ingest/article", "ingest/feed"},
	"golang.org/x/net/html/atom":            {"ingest/article"},
	"golang.org/x/net/html/charset":         {"ingest/article", "ingest/feed"},
	"golang.org/x/net/idna":                 {"ingest/fetch"},
	"golang.org/x/net/proxy":                {"ingest/fetch"},
	"github.com/ncruces/go-dns":             {"ingest/fetch"},
	"golang.org/x/net/publicsuffix":         {"ingest"},
	"golang.org/x/text":                     {".", "ingest/article", "ingest/feed", "enrich/topic", "enrich/place", "enrich/language"},
	"golang.org/x/sync":                     {"."},
	"golang.org/x/sys":                      {"deploy/natsd"},
	"code.dny.dev/ssrf":                     {"ingest/fetch"},
	"github.com/klauspost/compress":         {"ingest/fetch"},
	"github.com/andybalholm/brotli":         {"ingest/fetch"},
	"github.com/nats-io/nats.go":            {"ingest/queue", "sink", "deploy/natsd", "deploy/clients/go", "."},
	"github.com/nats-io/nats-server/v2":     {"deploy/natsd"},
	"github.com/gofrs/flock":                {"deploy/natsd"},
	"github.com/goccy/go-yaml":              {"enrich/topic", "ingest/article", "."},
	"github.com/alecthomas/kong":            {"."},
	"github.com/rogpeppe/go-internal":       {},
	"github.com/santhosh-tekuri/jsonschema": {},
}

// A goPackage is a folder of Go files.
type goPackage struct {
	dir   string // relative to the module, "." for main
	files []*ast.File
	tests []*ast.File
}

// packages parses the whole module.
func packages(t *testing.T, fset *token.FileSet) []goPackage {
	t.Helper()
	byDir := map[string]*goPackage{}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && path != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || hasModule(path)) {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") {
			return nil
		}
		f, err := parser.ParseFile(fset, path, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		dir := filepath.ToSlash(filepath.Dir(path))
		p := byDir[dir]
		if p == nil {
			p = &goPackage{dir: dir}
			byDir[dir] = p
		}
		if strings.HasSuffix(path, "_test.go") {
			p.tests = append(p.tests, f)
		} else {
			p.files = append(p.files, f)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var all []goPackage
	for _, p := range byDir {
		all = append(all, *p)
	}
	return all
}

// hasModule reports whether a folder is a module of its own, as the clients
// in deploy/clients are.
func hasModule(dir string) bool {
	found, _ := filepath.Glob(filepath.Join(dir, "go.mod"))
	return len(found) > 0
}

func placeOf(dir string) int {
	return slices.IndexFunc(flow, func(l []string) bool { return slices.Contains(l, dir) })
}

func TestImportsFollowTheFlow(t *testing.T) {
	fset := token.NewFileSet()
	for _, p := range packages(t, fset) {
		at := placeOf(p.dir)
		if at < 0 {
			t.Errorf("package %s has no place in the flow: put it into arch_test.go and ARCHITECTURE.md, or somewhere else", p.dir)
			continue
		}
		for _, f := range p.files {
			for _, imp := range f.Imports {
				path, _ := strconv.Unquote(imp.Path.Value)
				rest, ours := strings.CutPrefix(path, "conflictwire/")
				if !ours {
					continue
				}
				if to := placeOf(rest); to >= at {
					t.Errorf("%s: %s imports %s, which does not stand before it in the flow", fset.Position(imp.Pos()), p.dir, rest)
				}
				// A group's own leaves, and the groups before it, no more:
				// enrich/place is no business of ingest.
				if group(rest) != group(p.dir) && placeOf(group(rest)) >= placeOf(group(p.dir)) {
					t.Errorf("%s: %s imports %s, a leaf of a later part", fset.Position(imp.Pos()), p.dir, rest)
				}
			}
		}
	}
}

// group is the part that a package belongs to: the first element of its path.
func group(dir string) string {
	first, _, _ := strings.Cut(dir, "/")
	if first == "deploy" {
		return "deploy/natsd" // deploy is a folder, not a package
	}
	return first
}

func TestModulesHaveOneHome(t *testing.T) {
	fset := token.NewFileSet()
	for _, p := range packages(t, fset) {
		for _, f := range p.files {
			for _, imp := range f.Imports {
				path, _ := strconv.Unquote(imp.Path.Value)
				first, _, _ := strings.Cut(path, "/")
				if !strings.Contains(first, ".") {
					continue // standard library, or ours
				}
				if !slices.Contains(homeOf(path), p.dir) {
					t.Errorf("%s: %s is not at home in %s", fset.Position(imp.Pos()), path, p.dir)
				}
			}
		}
	}
}

// homeOf finds the longest entry of homes that path belongs to.
func homeOf(path string) []string {
	for p := path; p != "" && p != "."; p = filepath.ToSlash(filepath.Dir(p)) {
		if h, ok := homes[p]; ok {
			return h
		}
	}
	return nil
}

func TestExportedNamesAreDocumented(t *testing.T) {
	fset := token.NewFileSet()
	for _, p := range packages(t, fset) {
		if len(p.files) == 0 {
			continue
		}
		d, err := doc.NewFromFiles(fset, p.files, "conflictwire/"+p.dir)
		if err != nil {
			t.Fatal(err)
		}
		missing := func(kind, name, text string) {
			if strings.TrimSpace(text) == "" {
				t.Errorf("%s: %s %s has no doc comment", p.dir, kind, name)
			}
		}
		missing("package", p.dir, d.Doc)
		values := func(list []*doc.Value) {
			for _, v := range list {
				for _, spec := range v.Decl.Specs {
					// A comment above the group, above the name or behind it.
					vs := spec.(*ast.ValueSpec)
					for _, name := range vs.Names {
						if name.IsExported() {
							missing("value", name.Name, v.Doc+vs.Doc.Text()+vs.Comment.Text())
						}
					}
				}
			}
		}
		funcs := func(of string, list []*doc.Func) {
			for _, f := range list {
				if token.IsExported(f.Name) {
					missing("func", of+f.Name, f.Doc)
				}
			}
		}
		values(d.Consts)
		values(d.Vars)
		funcs("", d.Funcs)
		for _, typ := range d.Types {
			if token.IsExported(typ.Name) {
				missing("type", typ.Name, typ.Doc)
			}
			values(typ.Consts)
			values(typ.Vars)
			funcs("", typ.Funcs)
			funcs(typ.Name+".", typ.Methods)
		}
	}
}

func TestTestNamesHaveNoUnderscore(t *testing.T) {
	fset := token.NewFileSet()
	for _, p := range packages(t, fset) {
		for _, f := range p.tests {
			for _, d := range f.Decls {
				fn, ok := d.(*ast.FuncDecl)
				if ok && strings.HasPrefix(fn.Name.Name, "Test") && strings.Contains(fn.Name.Name, "_") {
					t.Errorf("%s: %s: test names have no underscore", fset.Position(fn.Pos()), fn.Name.Name)
				}
			}
		}
	}
}
