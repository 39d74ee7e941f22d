package fetch

import (
	"cmp"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// shared returns the path of a file of the test data kept outside the module,
// and skips the test where there is none.
func shared(t *testing.T, name string) string {
	t.Helper()
	path := filepath.Join(cmp.Or(os.Getenv("CONFLICTWIRE_SHARED"), "../../../shared"), name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("set CONFLICTWIRE_SHARED to the folder of test data: %v", err)
	}
	return path
}

// rawPath returns path and query of url just as written.
func rawPath(url string) string {
	_, rest, _ := strings.Cut(url, "://")
	if i := strings.IndexByte(rest, '/'); i >= 0 {
		return rest[i:]
	}
	return "/"
}

func TestRobotsAgreesWithReferenceVectors(t *testing.T) {
	data, err := os.ReadFile(shared(t, "data/feeds/robots_cases.json"))
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Test, Robots, UA, URL string
		Allowed               bool
	}
	if err := json.Unmarshal(data, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) < 142 {
		t.Errorf("%d cases, want at least 142", len(cases))
	}
	for i, tt := range cases {
		if got := parseRobots([]byte(tt.Robots), tt.UA).allowed(rawPath(tt.URL)); got != tt.Allowed {
			t.Errorf("case %d (%s): robots.txt %q: %s allowed to ask for %q = %v, want %v", i, tt.Test, tt.Robots, tt.UA, tt.URL, got, tt.Allowed)
		}
	}
}

func TestRobotsDecides(t *testing.T) {
	long := "/" + strings.Repeat("a", maxRobotsLine)
	tests := []struct {
		name, robots, path string
		want               bool
	}{
		{"no file", "", "/a", true},
		{"byte order mark", "\ufeffUser-agent: *\nDisallow: /", "/a", false},
		{"old line ends", "User-agent: *\rDisallow: /a\rAllow: /a/b", "/a/c", false},
		{"comment after a rule", "User-agent: * # all\nDisallow: /a # not this", "/a", false},
		{"word after the star", "User-agent: * all\nDisallow: /a", "/a", false},
		{"star in a name", "User-agent: *bot\nDisallow: /a", "/a", true},
		{"another product", "User-agent: Otherbot\nDisallow: /", "/a", true},
		{"own group alone counts", "User-agent: *\nDisallow: /\n\nUser-agent: conflictwire\nDisallow: /b", "/a", true},
		{"own empty group allows all", "User-agent: *\nDisallow: /\nUser-agent: Conflictwire\nDisallow:", "/a", true},
		{"groups of one product add up", "User-agent: Conflictwire\nDisallow: /a\nUser-agent: x\nDisallow: /c\nUser-agent: Conflictwire\nDisallow: /b", "/b", false},
		{"several products share a group", "User-agent: Conflictwire\nUser-agent: x\n\nDisallow: /a", "/a", false},
		{"version after the product", "User-agent: Conflictwire/0.1\nDisallow: /a", "/a", false},
		{"longer product name", "User-agent: Conflictwirebot\nDisallow: /a", "/a", true},
		{"crawl delay ends no group", "User-agent: *\nCrawl-delay: 5\nDisallow: /a", "/a", false},
		{"rule before any group", "Disallow: /\nUser-agent: *\nDisallow: /b", "/a", true},
		{"longest rule", "User-agent: *\nDisallow: /news\nAllow: /news/public\nDisallow: /news/public/x", "/news/public/y", true},
		{"allow wins a tie", "User-agent: *\nDisallow: /a\nAllow: /a", "/a", true},
		{"star in the middle", "User-agent: *\nDisallow: /*/print/", "/2026/05/print/7", false},
		{"star needs what follows it", "User-agent: *\nDisallow: /*/print/", "/2026/05/reprint/7", true},
		{"stars and end", "User-agent: *\nDisallow: /*a*b$", "/xaxbab", false},
		{"end only there", "User-agent: *\nDisallow: /*.pdf$", "/x.pdf?download=1", true},
		{"end overlaps nothing", "User-agent: *\nDisallow: /ab*ba$", "/aba", true},
		{"dollar inside is a letter", "User-agent: *\nDisallow: /a$b", "/a$b", false},
		{"query counts", "User-agent: *\nDisallow: /*?print", "/a?print=1", false},
		{"escapes in either case", "User-agent: *\nDisallow: /caf%c3%a9", "/caf%C3%A9", false},
		{"unescaped rule", "User-agent: *\nDisallow: /café", "/caf%C3%A9", false},
		{"line too long is cut", "User-agent: *\nDisallow: " + long + "b", long + "c", false},
		{"binary rubbish", "\x00\xff\xfe: \x01\nUser-agent: *\nDisallow: /a\x00", "/a", true},
		{"HTML in its place", "<!doctype html>\n<p>User-agent: *</p>\n<p>Disallow: /</p>", "/a", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := parseRobots([]byte(tt.robots), "Conflictwire").allowed(tt.path); got != tt.want {
				t.Errorf("robots.txt %.200q: allowed(%.60q) = %v, want %v", tt.robots, tt.path, got, tt.want)
			}
		})
	}
}

func TestRobotsReadsCrawlDelay(t *testing.T) {
	tests := []struct {
		value string
		want  time.Duration
	}{
		{"5", 5 * time.Second},
		{" 2.5 ", 2500 * time.Millisecond},
		{"86400", maxCrawlDelay},
		{"1e300", maxCrawlDelay},
		{"inf", maxCrawlDelay},
		{"nan", 0},
		{"-3", 0},
		{"ten", 0},
		{"", 0},
	}
	for _, tt := range tests {
		if got := parseRobots([]byte("User-agent: *\nCrawl-delay: "+tt.value+"\n"), "Conflictwire").delay; got != tt.want {
			t.Errorf("Crawl-delay %q = %v, want %v", tt.value, got, tt.want)
		}
	}
	own := "User-agent: *\nCrawl-delay: 20\n\nUser-agent: Conflictwire\nDisallow: /x\n"
	if got := parseRobots([]byte(own), "Conflictwire").delay; got != 0 {
		t.Errorf("Crawl-delay of others' group = %v for ours, want 0", got)
	}
}

func TestRobotsCountsOnlyWholeLinesOfItsLimit(t *testing.T) {
	head := "User-agent: *\nDisallow: /a\n"
	filler := strings.Repeat("#", maxRobots-len(head)-len("\nDisallow: /"))
	r := parseRobots([]byte(head+filler+"\nDisallow: /private\n"), "x") // cut right behind the slash
	if r.allowed("/a") {
		t.Error("a rule before the limit does not count")
	}
	if !r.allowed("/b") {
		t.Error("half of the line at the limit counts as a rule")
	}
}

func TestRobotsMatchesInLinearTime(t *testing.T) {
	// A backtracking matcher would need longer than the universe has.
	pattern := strings.Repeat("*a", 4000) + "$"
	path := "/" + strings.Repeat("a", maxURL-2) + "b"
	r := parseRobots([]byte("User-agent: *\nDisallow: /"+pattern+"\n"), "x")
	if !r.allowed(path) {
		t.Error("the pattern matches a path with another end")
	}
}

func FuzzRobots(f *testing.F) {
	f.Add([]byte("User-agent: *\nDisallow: /*a*b$\nAllow: /index.html\nCrawl-delay: 3"), "Conflictwire", "/a/b?c")
	f.Add([]byte("\xef\xbb\xbfuser-agent Conflictwire\ndisallow /%e3%83\r\rallow: %zz"), "x", "/%E3")
	f.Add([]byte("useragent:*\n:\n::\n#\nallow:$\nallow:*"), "", "")
	f.Fuzz(func(t *testing.T, data []byte, product, path string) {
		r := parseRobots(data, product)
		if r.delay < 0 || r.delay > maxCrawlDelay {
			t.Errorf("delay = %v", r.delay)
		}
		got := r.allowed(path)
		// The longest match found the slow way must agree.
		best, want := -1, true
		for _, rule := range r.rules {
			if slowMatch(rule.pattern, cmp.Or(path, "/")) && (len(rule.pattern) > best || len(rule.pattern) == best && rule.allow) {
				best, want = len(rule.pattern), rule.allow
			}
		}
		if got != want {
			t.Errorf("robots.txt %q: allowed(%q) = %v, want %v", data, path, got, want)
		}
	})
}

// slowMatch is the matcher of the RFC's examples taken literally: the set of
// places that the pattern can have reached.
func slowMatch(pattern, path string) bool {
	at := make([]bool, len(path)+1)
	at[0] = true
	for i := range len(pattern) {
		if pattern[i] == '$' && i == len(pattern)-1 {
			return at[len(path)]
		}
		next := make([]bool, len(path)+1)
		for j := range at {
			if !at[j] {
				continue
			}
			if pattern[i] == '*' {
				for k := j; k <= len(path); k++ {
					next[k] = true
				}
				break
			}
			if j < len(path) && path[j] == pattern[i] {
				next[j+1] = true
			}
		}
		at = next
	}
	for _, ok := range at {
		if ok {
			return true
		}
	}
	return false
}
