package article

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

// testRule is a rule for a site whose pages the general way cannot read.
const testRule = `# Rules of a test.
- domain: harbour.example
  title: .t
  body: .b
  remove: .b .ad
  byline: .w b
  date: .d
  check:
    page: |
      <div class="t">Ferry runs again</div><div class="w">By <b>Jane Doe</b></div><i class="d">4 May 2026</i>
      <div class="b"><p>The ferry between the two towns ran again on Monday, three weeks after the shelling.</p><p class="ad">Buy tickets</p></div>
    title: Ferry runs again
    byline: [Jane Doe]
    date: 2026-05-04
    body:
      - The ferry between the two towns ran again on Monday, three weeks after the shelling.
`

func loadRules(t *testing.T, text string) (*Sites, error) {
	t.Helper()
	return LoadSites(fstest.MapFS{"harbour.yaml": {Data: []byte(text)}})
}

func TestBuiltInRulesPassTheirChecks(t *testing.T) {
	s := &Sites{rules: map[string]*rule{}}
	if err := s.load("sites.yaml", builtInRules); err != nil {
		t.Fatal(err)
	}
	if len(s.rules) != len(builtIn().rules) {
		t.Errorf("%d rules, want %d", len(s.rules), len(builtIn().rules))
	}
}

func TestSitesReadWhatTheGeneralWayDoesNot(t *testing.T) {
	s, err := loadRules(t, testRule)
	if err != nil {
		t.Fatal(err)
	}
	const page = `<html><body><div class="t">Ferry service resumes on the lake</div><div class="w">By <b>Jane Doe</b> and <b>John Roe</b></div><i class="d">5 May 2026, noon</i>
<aside class="comments"><form><div class="b"><button>` + testOne + `</button><button>` + testTwo + `</button><p class="ad">Buy tickets now, before they are gone, at the window.</p></div></form></aside></body></html>`
	for _, tt := range []struct {
		name, url string
		ruled     bool
	}{
		{"the domain", "https://harbour.example/ferry", true},
		{"with www", "https://www.harbour.example/ferry", true},
		{"a subdomain", "https://news.harbour.example/ferry", true},
		{"another domain", "https://otherharbour.example/ferry", false},
		{"no address", "", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			blind := func(x *extraction) []float32 { return make([]float32, len(x.page.blocks)) }
			a, _ := s.extract(Page{URL: tt.url, Body: []byte(page)}, blind)
			if a == nil {
				t.Fatal("no article")
			}
			if ruled := a.Method == "site"; ruled != tt.ruled {
				t.Fatalf("method = %q, want by rule: %v; body %q", a.Method, tt.ruled, texts(a))
			}
			if !tt.ruled {
				return
			}
			if got := texts(a); !slices.Equal(got, testText[:2]) || a.Quality < doubtful {
				t.Errorf("body = %q, quality %v", got, a.Quality)
			}
			if a.Title != "Ferry service resumes on the lake" || !slices.Equal(a.Byline, []string{"Jane Doe", "John Roe"}) {
				t.Errorf("title %q, byline %q", a.Title, a.Byline)
			}
			if want := time.Date(2026, 5, 5, 0, 0, 0, 0, time.UTC); !a.Published.Equal(want) {
				t.Errorf("published = %v, want %v", a.Published, want)
			}
			for _, field := range []string{"title", "body", "byline", "published"} {
				if a.Sources[field] != "site" {
					t.Errorf("source of %s = %q", field, a.Sources[field])
				}
			}
		})
	}
}

func TestSitesLeaveGoodPagesAlone(t *testing.T) {
	page := Page{URL: "https://harbour.example/ferry", Body: []byte(testPage("", testHeadline+testBody+`<div class="b"><p>`+strings.Repeat("Something else altogether. ", 9)+`</p></div>`))}
	for _, tt := range []struct{ rule, method string }{
		{testRule, "blocks"},
		{strings.Replace(testRule, "  title: .t\n", "  title: .t\n  prefer: true\n", 1), "site"},
	} {
		s, err := loadRules(t, tt.rule)
		if err != nil {
			t.Fatal(err)
		}
		a, err := s.Extract(page)
		if err != nil {
			t.Fatal(err)
		}
		if a.Method != tt.method {
			t.Errorf("method = %q, want %q", a.Method, tt.method)
		}
	}
}

func TestLoadSitesNamesFaults(t *testing.T) {
	change := func(old, new string) string { return strings.Replace(testRule, old, new, 1) }
	for _, tt := range []struct{ name, text, want string }{
		{"unknown key", change("  byline: .w b", "  bylines: .w b"), `harbour.yaml:6: unknown field "bylines"`},
		{"wrong type", change("  title: .t", "  title: [.t, .u]"), "harbour.yaml:3: "},
		{"no domain", change("harbour.example", "harbour"), `harbour.yaml:2: domain: "harbour" is not the name of a site`},
		{"address", change("harbour.example", "https://harbour.example/"), `harbour.yaml:2: domain: `},
		{"no check", testRule[:strings.Index(testRule, "  check:")], "harbour.yaml:2: harbour.example: a rule has at least body, check.page and check.body"},
		{"bad selector", change("body: .b", "body: .b[["), `harbour.yaml:2: harbour.example: body: ".b[[" is no selector, or finds nothing`},
		{"dead selector", change("remove: .b .ad", "remove: .gone"), `remove: ".gone" is no selector, or finds nothing`},
		{"failing body", change("      - The ferry", "      - A ferry"), "harbour.yaml:2: harbour.example: check: body is"},
		{"failing title", change("    title: Ferry", "    title: A ferry"), "check: title is"},
		{"failing byline", change("[Jane Doe]", "[John Doe]"), "check: byline is"},
		{"failing date", change("    date: 2026-05-04", "    date: 2026-05-05"), "check: date is"},
		{"twice", testRule + testRule, "harbour.yaml:18: harbour.example: there is another rule"},
		{"not a list", "domain: harbour.example\n", "harbour.yaml:1: want a list of rules"},
		{"not yaml", "- domain: [\n", "harbour.yaml:1: "},
		{"alias", "- &a\n  domain: harbour.example\n- *a\n", "harbour.yaml:1: anchors, aliases and tags"},
		{"deep", strings.Repeat("[", 40), "harbour.yaml:1: nested more than 16 deep"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := loadRules(t, tt.text)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error = %v, want %q in it", err, tt.want)
			}
		})
	}
}

func TestLoadSitesReplacesBuiltInRules(t *testing.T) {
	s, err := loadRules(t, strings.Replace(testRule, "harbour.example", "wikinews.org", 1))
	if err != nil {
		t.Fatal(err)
	}
	if r := s.rule("https://en.wikinews.org/wiki/Ferry"); r == nil || r.Title != ".t" {
		t.Errorf("rule = %+v, want ours", r)
	}
	var none *Sites
	if r := none.rule("https://en.wikinews.org/wiki/Ferry"); r == nil || r.Title != "#firstHeading" {
		t.Errorf("rule = %+v, want the one that is built in", r)
	}
	if s, err := LoadSites(fstest.MapFS{}); err != nil || len(s.rules) != len(builtIn().rules) {
		t.Errorf("LoadSites of nothing = %v, %v", s, err)
	}
}

func FuzzLoadSites(f *testing.F) {
	f.Add(testRule)
	f.Add("- domain: a.b\n  body: p\n  check: {page: <p>x, body: [x]}\n")
	f.Add("- - - -\n")
	f.Fuzz(func(t *testing.T, text string) {
		s := &Sites{rules: map[string]*rule{}}
		if err := s.load("x.yaml", []byte(text)); err != nil && !strings.HasPrefix(err.Error(), "x.yaml:") {
			t.Errorf("error without a place: %v", err)
		}
		s.Extract(Page{URL: "https://harbour.example/", Body: []byte(`<p class="b">x`)})
	})
}
