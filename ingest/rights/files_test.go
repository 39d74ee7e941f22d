package rights

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// at is the spot of a page of a.example.
func at(t *testing.T, path string) spot {
	t.Helper()
	s, _ := place("https://a.example" + path)
	if s.origin == "" {
		t.Fatalf("%q is no path", path)
	}
	return s
}

// names returns the names of uses.
func names(u uses) string {
	var words []string
	for i, name := range useNames {
		if u&(1<<i) != 0 {
			words = append(words, name)
		}
	}
	return strings.Join(words, " ")
}

// says returns what the first of rules that matches path says; "-" where none does.
func says(t *testing.T, rules []rule, path string) string {
	t.Helper()
	r, ok := (&file{rules: rules}).find(at(t, path))
	if !ok {
		return "-"
	}
	return names(r.reserved)
}

func TestPatternMatches(t *testing.T) {
	tests := []struct {
		pattern, path string
		want          bool
	}{
		{"/", "/a", true},
		{"", "/a", true},
		{"*", "/", true},
		{"/news", "/newsroom", true},
		{"/News", "/news", false},
		{"news/", "/news/1", true},
		{"/news/$", "/news/", true},
		{"/news/$", "/news/1", false},
		{"/*.jpg$", "/a/b.jpg", true},
		{"/*.jpg$", "/a/b.jpg?w=1", false},
		{"/*/print/", "/2026/05/print/7", true},
		{"/*/print/", "/print/7", false},
		{"/ab*ba$", "/aba", false},
		{"/*a*b$", "/xaxbab", true},
		{"/caf%c3%a9", "/café", true},
		{"/café", "/caf%C3%A9", true},
		{"/%7Ejoe", "/~joe", true},
		{"/a%2fb", "/a/b", false},
		{"/foo-%24", "/foo-$", true},
		{"/foo-%2A", "/foo-*", true},
		{"/a$b", "/a$b", true},
		{"/a*", "/a*b", true},
		{"/100%", "/100%25", true},
		{"/100%$", "/100%25", true},
		{"/100%2", "/100%20", false},
		{"https://a.example/x", "/x/1", true},
		{"HTTPS://A.example:443/x", "/x/1", true},
		{"https://a.example", "/x", true},
		{"https://a.example?q", "/x", false},
		{"https://b.example/x", "/x/1", false},
		{"https://*.example/x", "/x/1", true},
		{"https://*.a.example/x", "/x/1", false},
		{"https://*/x", "/x/1", true},
	}
	for _, tt := range tests {
		p, ok := parsePattern(tt.pattern)
		if !ok {
			t.Errorf("pattern %q cannot be used", tt.pattern)
			continue
		}
		if got := p.matches(at(t, tt.path)); got != tt.want {
			t.Errorf("%q matches %q = %v, want %v", tt.pattern, tt.path, got, tt.want)
		}
	}
	for _, s := range []string{"https:///x", "/" + strings.Repeat("x", maxPattern), "/a\nb"} {
		if p, ok := parsePattern(s); ok {
			t.Errorf("pattern %.20q is used as %.40v", s, p)
		}
	}
}

func TestTDMRep(t *testing.T) {
	tests := []struct {
		name, body, path, want string
	}{
		{"number", `[{"location":"/","tdm-reservation":1}]`, "/a", "tdm"},
		{"zero", `[{"location":"/","tdm-reservation":0}]`, "/a", ""},
		{"string", `[{"location":"/","tdm-reservation":"1"}]`, "/a", "tdm"},
		{"truth", `[{"location":"/","tdm-reservation":true}]`, "/a", "tdm"},
		{"untruth", `[{"location":"/","tdm-reservation":false}]`, "/a", ""},
		{"two", `[{"location":"/","tdm-reservation":2}]`, "/a", "-"},
		{"null", `[{"location":"/","tdm-reservation":null}]`, "/a", "-"},
		{"list", `[{"location":"/","tdm-reservation":[1]}]`, "/a", "-"},
		{"no value", `[{"location":"/"}]`, "/a", "-"},
		{"no location", `[{"tdm-reservation":1}]`, "/a", "-"},
		{"location of another type", `[{"location":["/"],"tdm-reservation":1},{"location":"/","tdm-reservation":1}]`, "/a", "tdm"},
		{"policy of another type", `[{"location":"/","tdm-reservation":1,"tdm-policy":{"a":1}}]`, "/a", "tdm"},
		{"first match", `[{"location":"/a/b","tdm-reservation":0},{"location":"/a","tdm-reservation":1},{"location":"/a/c","tdm-reservation":0}]`, "/a/c", "tdm"},
		{"no match", `[{"location":"/a","tdm-reservation":1}]`, "/b", "-"},
		{"other entries", `[7,"x",null,[],{"location":"/","tdm-reservation":1}]`, "/a", "tdm"},
		{"byte order mark", "\ufeff" + `[{"location":"/","tdm-reservation":1}]`, "/a", "tdm"},
		{"comma too many", `[{"location":"/","tdm-reservation":1},]`, "/a", "tdm"},
		{"cut off", `[{"location":"/","tdm-reservation":1},{"loca`, "/b", "tdm"},
		{"no list", `{"location":"/","tdm-reservation":1}`, "/a", "-"},
		{"empty", ``, "/a", "-"},
		{"deep", strings.Repeat("[", 1<<20), "/a", "-"},
		{"deep value", `[{"location":"/","tdm-reservation":1},` + strings.Repeat(`{"a":`, 1<<19), "/a", "tdm"},
		{"long location", `[{"location":"/` + strings.Repeat("*", maxPattern) + `","tdm-reservation":1}]`, "/a", "-"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := says(t, parseTDMRep([]byte(tt.body)), tt.path); got != tt.want {
				t.Errorf("%.200s: %s reserves %q, want %q", tt.body, tt.path, got, tt.want)
			}
		})
	}
	huge := "[" + strings.Repeat(`{"location":"/a","tdm-reservation":1},`, 3*maxRules) + "{}]"
	if n := len(parseTDMRep([]byte(huge))); n != maxRules {
		t.Errorf("%d rules of a huge file count, want %d", n, maxRules)
	}
}

func TestAITxt(t *testing.T) {
	tests := []struct {
		name, body, path, want string
	}{
		{"everything", "User-Agent: *\nDisallow: /\nDisallow: *", "/a", "ai"},
		{"text is allowed", "# Spawning AI\nUser-agent: *\n/\nAllow: *.html\nDisallow: *.jpg\nAllow: /", "/a.html", ""},
		{"images are not", "User-agent: *\nAllow: *.html\nDisallow: *.jpg\nAllow: /", "/a.jpg", "ai"},
		{"extension is an end", "User-agent: *\nDisallow: *.c\nAllow: /", "/a.com", ""},
		{"extension before a query", "User-agent: *\nDisallow: *.jpg\nAllow: /", "/a.jpg?w=1", "ai"},
		{"rest", "User-agent: *\nAllow: *.jpg\nDisallow: /", "/a/", "ai"},
		{"longest", "User-agent: *\nDisallow: /\nAllow: /open/", "/open/a", ""},
		{"tie allows", "User-agent: *\nDisallow: /a\nAllow: /a", "/a", ""},
		{"another's group", "User-agent: GPTBot\nDisallow: /", "/a", "-"},
		{"own group alone counts", "User-agent: *\nDisallow: /\n\nUser-agent: conflictwire/1.0\nAllow: /", "/a", ""},
		{"group of two", "User-agent: GPTBot\nUser-agent: *\nDisallow: /", "/a", "ai"},
		{"group after a group", "User-agent: *\nDisallow: /\nUser-agent: GPTBot\nAllow: /", "/a", "ai"},
		{"rule before any group", "Disallow: /", "/a", "-"},
		{"empty rule", "User-agent: *\nDisallow:", "/a", "-"},
		{"old line ends", "User-agent: *\rDisallow: /", "/a", "ai"},
		{"comment", "User-agent: * # all\nDisallow: / # all", "/a", "ai"},
		{"another format of the name", "# ai.txt\nTraining: deny\n", "/a", "-"},
		{"page", " <html>\nUser-agent: *\nDisallow: /", "/a", "-"},
		{"rubbish", "\x00\xff:\x01\nUser-agent: *\nDisallow: /a\x00", "/a", "-"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := says(t, parseAITxt([]byte(tt.body), "Conflictwire"), tt.path); got != tt.want {
				t.Errorf("%q: %s reserves %q, want %q", tt.body, tt.path, got, tt.want)
			}
		})
	}
	huge := "User-agent: *\n" + strings.Repeat("Disallow: /a\n", 3*maxRules)
	if n := len(parseAITxt([]byte(huge), "x")); n > maxRules || n < maxRules-1 {
		t.Errorf("%d rules of a huge file count, want %d", n, maxRules)
	}
}

func TestAITxtCountsOnlyWholeLinesOfItsLimit(t *testing.T) {
	head := "User-agent: *\nAllow: /a\n"
	body := head + strings.Repeat("#", maxFile-len(head)-len("\nDisallow: /")) + "\nDisallow: /private\n"
	if got := says(t, NewCache(nil, "x").parse(kindAITxt, "text/plain", []byte(body)), "/b"); got != "-" {
		t.Errorf("half of the line at the limit reserves %q", got)
	}
}

func TestRSL(t *testing.T) {
	one := func(license string) string {
		return rslOpen + `<content url="/*"><license>` + license + `</license></content></rsl>`
	}
	tests := []struct {
		name, body, path, want string
	}{
		{"prohibits all", one(`<prohibits type="usage">all</prohibits>`), "/a", "tdm ai noindex"},
		{"prohibits AI", one(`<prohibits type="usage">ai-all</prohibits>`), "/a", "ai"},
		{"prohibits training", one(`<prohibits type="usage"> search-x, AI-Train </prohibits>`), "/a", "ai"},
		{"prohibits search", one(`<prohibits type="usage">search</prohibits>`), "/a", "noindex"},
		{"permits all", one(`<permits type="usage">all</permits>`), "/a", ""},
		{"permits search", one(`<permits type="usage">search</permits>`), "/a", "ai"},
		{"prohibition before permission", one(`<permits type="usage">all</permits><prohibits type="usage">ai-input</prohibits>`), "/a", "ai"},
		{"nothing listed, free", one(`<payment type="free"/>`), "/a", ""},
		{"attribution is given", one(`<payment type="attribution"></payment>`), "/a", ""},
		{"subscription", one(`<permits type="usage">ai-train ai-input</permits><payment type="subscription"><custom>https://a.example/</custom></payment>`), "/a", "tdm ai"},
		{"free search, paid AI", rslOpen + `<content url="/"><license><permits type="usage">search</permits><payment type="free"/></license><license><permits type="usage">ai-all</permits><payment type="crawl"><amount currency="USD">1</amount></payment></license></content></rsl>`, "/a", "ai"},
		{"only for some users", one(`<permits type="user">education</permits>`), "/a", "tdm ai"},
		{"license server", rslOpen + `<content url="/" server="https://l.example"><license><permits type="usage">all</permits></license></content></rsl>`, "/a", "tdm ai"},
		{"no license", rslOpen + `<content url="/"><copyright>A</copyright></content></rsl>`, "/a", "-"},
		{"another path", rslOpen + `<content url="/b"><license/></content></rsl>`, "/a", "-"},
		{"longest path", rslOpen + `<content url="/"><license><prohibits>all</prohibits></license></content><content url="https://a.example/open/*"><license/></content></rsl>`, "/open/1", ""},
		{"one path twice", rslOpen + `<content url="/"><license/></content><content url="/"><license><prohibits>ai-train</prohibits></license></content></rsl>`, "/a", "ai"},
		{"with prefixes", `<r:rsl xmlns:r="https://rslstandard.org/rsl"><r:content url="/"><r:license><r:prohibits type="usage">ai-train</r:prohibits></r:license></r:content></r:rsl>`, "/a", "ai"},
		{"cut off in the second", rslOpen + `<content url="/a"><license><prohibits>ai-train</prohibits></license></content><content url="/"><license><proh`, "/a", "ai"},
		{"cut off in the first", rslOpen + `<content url="/"><license><permits>all</permits></license>`, "/a", "-"},
		{"another encoding", `<?xml version="1.0" encoding="ISO-8859-1"?><rsl><content url="/"><license><legal>` + "caf\xe9" + `</legal><prohibits>ai-train</prohibits></license></content></rsl>`, "/a", "ai"},
		{"document type", `<!DOCTYPE rsl [<!ENTITY u "/">]><rsl><content url="/"><license><prohibits>all</prohibits></license></content></rsl>`, "/a", "-"},
		{"own entity", rslOpen + `<content url="/"><license><prohibits>&all;</prohibits></license></content></rsl>`, "/a", "-"},
		{"another root", `<rss><content url="/"><license><prohibits>all</prohibits></license></content></rss>`, "/a", "-"},
		{"too many ends", rslOpen + `</rsl></rsl></rsl><content url="/"><license><prohibits>all</prohibits></license></content>`, "/a", "-"},
		{"too deep", rslOpen + strings.Repeat("<a>", maxDepth) + `<content url="/"><license><prohibits>all</prohibits></license></content>`, "/a", "-"},
		{"deep", rslOpen + `<content url="/"><license>` + strings.Repeat("<a>", 200_000), "/a", "-"},
		{"empty", "", "/a", "-"},
		{"text", "Disallow: /", "/a", "-"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := says(t, parseRSL([]byte(tt.body)), tt.path); got != tt.want {
				t.Errorf("%.300s: %s reserves %q, want %q", tt.body, tt.path, got, tt.want)
			}
		})
	}
	var huge strings.Builder
	for i := range 2 * maxRules {
		fmt.Fprintf(&huge, `<content url="/%d"><license/></content>`, i)
	}
	if n := len(parseRSL([]byte(rslOpen + huge.String()))); n != maxRules {
		t.Errorf("%d rules of a huge file count, want %d", n, maxRules)
	}
}

func TestDirectives(t *testing.T) {
	tests := []struct {
		value string
		want  string // what is reserved, and by which directives
	}{
		{"noindex, nofollow", "noindex: noindex"},
		{"NONE", "noindex: none"},
		{"noarchive", "noindex: noarchive"},
		{"noai, noimageai", "ai: noai noimageai"},
		{"nosnippet, notranslate", ": nosnippet"},
		{"all", ":"},
		{"googlebot: noindex, noai", ":"},
		{"Conflictwire: noindex", "noindex: noindex"},
		{"conflictwirebot: noindex", ":"},
		{"*: noindex", "noindex: noindex"},
		{"noai, googlebot: noindex, conflictwire: noarchive", "ai noindex: noai noarchive"},
		{"max-snippet: 20, noindex", "noindex: noindex"},
		{"googlebot: unavailable_after: 2020-01-01", ":"},
		{"unavailable_after: 2020-01-01", "noindex: unavailable_after: 2020-01-01"},
		{"unavailable_after: 2999-01-01", ": unavailable_after: 2999-01-01"},
		{"unavailable_after: 25 jun 2010 15:00:00 pst, noai", "ai noindex: unavailable_after: 25 jun 2010 15:00:00 pst noai"},
		{"unavailable_after: Friday, 25-Jun-10 15:00:00 UTC", "noindex: unavailable_after: Friday, 25-Jun-10 15:00:00 UTC"},
		{"unavailable_after: fri, 25 jun 2010 15:00:00 gmt, noai", "ai noindex: unavailable_after: fri, 25 jun 2010 15:00:00 gmt noai"},
		{"unavailable_after: 2010-06-25T15:00:00Z", "noindex: unavailable_after: 2010-06-25T15:00:00Z"},
		{"unavailable_after: soon, noai", "ai: unavailable_after: soon noai"},
		{"unavailable_after: 2999-01-01, unavailable_after: 2020-01-01", "noindex: unavailable_after: 2999-01-01 unavailable_after: 2020-01-01"},
		{"", ":"},
		{",,:,::,", ":"},
	}
	for _, tt := range tests {
		var r Rights
		r.direct(fromXTag, parseDirectives(tt.value, "Conflictwire"), time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
		var reserved, values []string
		for word, on := range map[string]bool{"tdm": r.TDM, "ai": r.AI, "noindex": r.NoIndex} {
			if on {
				reserved = append(reserved, word)
			}
		}
		slices.Sort(reserved)
		for _, s := range r.Signals {
			values = append(values, s.Value)
		}
		got := strings.TrimSuffix(strings.Join(reserved, " ")+": "+strings.Join(values, " "), " ")
		if got != tt.want {
			t.Errorf("%q: %q, want %q", tt.value, got, tt.want)
		}
	}
	if n := len(parseDirectives(strings.Repeat("noai,", 100_000), "x")); n > maxDirectives {
		t.Errorf("%d directives of one header", n)
	}
}

func TestUsage(t *testing.T) {
	tests := []struct {
		value, want string
		ok          bool
	}{
		{"train-ai=n", "ai", true},
		{"train-ai=y, search=y", "", true},
		{"search=n", "noindex", true},
		{"tdm=n;exception=x, ai-use=n", "tdm ai", true},
		{"bots=n", "tdm ai", true},
		{"train-ai=n, train-ai=y", "", true},
		{"train-ai", "", false},
		{`train-ai="n"`, "", false},
		{"train-ai=?0", "", false},
		{`x="a, train-ai=n"`, "", false},
		{"other=n", "", false},
		{"", "", false},
	}
	for _, tt := range tests {
		if got, ok := parseUsage(tt.value); names(got) != tt.want || ok != tt.ok {
			t.Errorf("Content-Usage %q reserves %q, %v; want %q, %v", tt.value, names(got), ok, tt.want, tt.ok)
		}
	}
}

func TestLinkHeaders(t *testing.T) {
	tests := []struct {
		value string
		want  []string
	}{
		{`<https://a.example/l.xml>; rel="license"; type="application/rsl+xml"`, []string{"https://a.example/l.xml"}},
		{`</l?a,b;c>;TYPE=application/rsl+xml;Rel="next License"`, []string{"/l?a,b;c"}},
		{`</a>; rel=license; title="x, y", </b>; rel=license; type="application/rsl+xml"`, []string{"/b"}},
		{`</a>; rel=license; type=text/html`, nil},
		{`</a>; rel=preload; type="application/rsl+xml"`, nil},
		{`</a; rel=license; type="application/rsl+xml"`, nil},
		{`"; rel=license`, nil},
		{`</a>; rel=license; type="application/rsl+xml", ` + strings.Repeat("x", maxLinkHeader), nil},
	}
	for _, tt := range tests {
		if got := linksTo(http.Header{"Link": {tt.value}}); !slices.Equal(got, tt.want) {
			t.Errorf("Link %.80q: %q, want %q", tt.value, got, tt.want)
		}
	}
}

// bounded fails when rules from a fuzzed file break what the cache promises,
// and matches them against a page.
func bounded(t *testing.T, rules []rule) {
	if len(rules) > maxRules {
		t.Errorf("%d rules", len(rules))
	}
	for _, r := range rules {
		if len(r.text) > maxValue || len(r.policy) > maxPolicyURL || len(r.pattern.path) > 3*maxPattern+8 {
			t.Errorf("rule of %d, %d and %d bytes", len(r.text), len(r.policy), len(r.pattern.path))
		}
	}
	(&file{rules: rules}).find(at(t, "/news/2026/a.html?b=c"))
}

func FuzzTDMRep(f *testing.F) {
	f.Add([]byte(`[{"location":"/*a$","tdm-reservation":1,"tdm-policy":"https://a.example/p"},{"location":"https://a.example/%c3","tdm-reservation":"0"}]`))
	f.Fuzz(func(t *testing.T, data []byte) { bounded(t, parseTDMRep(data)) })
}

func FuzzAITxt(f *testing.F) {
	f.Add([]byte("User-Agent: *\nDisallow: *.html\nAllow: /a*b$ # c\n"))
	f.Fuzz(func(t *testing.T, data []byte) { bounded(t, parseAITxt(data, "x")) })
}

func FuzzRSL(f *testing.F) {
	f.Add([]byte(rslOpen + `<content url="/*" server=""><license><permits type="usage">search,ai-all</permits><payment type="free"/></license></content></rsl>`))
	f.Fuzz(func(t *testing.T, data []byte) { bounded(t, parseRSL(data)) })
}

func FuzzRobotsTag(f *testing.F) {
	f.Add("noai, googlebot: noindex, unavailable_after: Friday, 25-Jun-10 15:00:00 UTC", "x")
	f.Fuzz(func(t *testing.T, value, product string) {
		var r Rights
		r.direct(fromXTag, parseDirectives(value, product), time.Now())
		for _, s := range r.Signals {
			if len(s.Value) > maxValue || s.Value == "" {
				t.Errorf("value %q", s.Value)
			}
		}
		parseUsage(value)
		linksTo(http.Header{"Link": {value}})
	})
}
