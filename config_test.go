package main

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// builtInRules are loaded once for all tests.
var builtInRules = sync.OnceValues(func() (*rules, error) { return loadRules("", "") })

// load parses a configuration and checks it against the built-in rules.
func load(t testing.TB, text string) (*Config, error) {
	t.Helper()
	cfg, doc, err := parseConfig("c.yaml", []byte(text))
	if err != nil {
		return nil, err
	}
	r, err := builtInRules()
	if err != nil {
		t.Fatal(err)
	}
	doc.check(cfg.validateDesks(r.topics))
	return cfg, doc.err()
}

// faultsOf loads a configuration and returns its faults as "line key: what is
// wrong", without file name and snippets. A snippet that is not the line of
// the file is an error.
func faultsOf(t testing.TB, text string) []string {
	t.Helper()
	_, err := load(t, text)
	shows := strings.NewReplacer("\t", "    ").Replace(text)
	var faults []string
	for _, e := range unjoin(err) {
		_, what, ok := strings.Cut(e.Error(), "c.yaml:")
		if !ok {
			t.Errorf("fault %q does not name the file", e)
		}
		what, snippet, _ := strings.Cut(what, "\n    ")
		n, shown, ok := strings.Cut(snippet, " | ")
		if ok && (!strings.HasPrefix(what, n+":") || !strings.Contains(shows, strings.TrimSuffix(shown, "…"))) {
			t.Errorf("fault %q shows %q", what, snippet)
		}
		faults = append(faults, strings.Replace(what, ":", "", 1))
	}
	return faults
}

func TestConfigTellsAllFaultsInOrder(t *testing.T) {
	const text = `# All that can go wrong.
every: 5 minutes
retension: 40h
max_age: 800h
confidence: 1.5
max_store: 20GiB
max_news: -1
listen: 4222
store: ~/news
nats: {replicas: 3}
fetch:
  timeout: [30s]
  pace: -1s
  connections: -2
  allow:
    - 10.0.0.0/8
    - localhost
  agent: me
workers:
  feeds: 1.5
  pages: -64
feeds:
  - id: a
    url: https://a.example/feed
    every: 1ms
  - {id: a, url: "https://b.example/feed", country: gbr}
  - id: c
    url: ftp://c.example/feed
  - {id: d, ulr: "https://d.example/feed"}
  - https://e.example/feed
  - id: F
    publisher: A B
    url: https://a.example/feed
    every: 5m
    every: 6m
desks:
  - id: one
    topics: [peace, war]
    relevance: 2
  - {id: one, countries: [SY], confidence: high}
  - topics: peace
feed: []
`
	want := []string{
		"2 every: 5 minutes is not a duration such as 90s, 15m or 12h",
		`3 retension: unknown key; is "retention" meant?`,
		"4 max_age: the max_age of 800h is not shorter than the retention of 720h by a day: an article that was forgotten could be published again",
		"5 confidence: 1.5 is not between 0 and 1",
		"6 max_store: 20GiB is not a whole number",
		"7 max_news: -1 is negative",
		`8 listen: "4222" is not host:port, such as 127.0.0.1:4222; none for no listener`,
		`9 store: "~/news": ~ is not put in for your home directory: write the path in full`,
		"10 nats.replicas: 3 copies need servers elsewhere, named by nats.url: the embedded server is alone",
		"12 fetch.timeout: a list is not a duration such as 90s, 15m or 12h",
		"14 fetch.connections: -2 is negative",
		`17 fetch.allow[1]: "localhost" is not a prefix such as 10.20.0.0/16`,
		"18 fetch.agent: unknown key",
		"20 workers.feeds: 1.5 is not a whole number",
		"21 workers.pages: -64 is negative",
		"25 feeds[0].every: 1ms is not between 1s and 24h",
		`26 feeds[1].id: "a" is the id of feeds[0] already`,
		`26 feeds[1].country: "gbr" is not a two-letter code`,
		`28 feeds[2].url: "ftp://c.example/feed" is not an http or https address`,
		`29 feeds[3].ulr: unknown key; is "url" meant?`,
		"30 feeds[4]: https://e.example/feed is not a set of keys",
		`31 feeds[5].id: "F" is not of a-z, 0-9 and - (at most 64)`,
		`32 feeds[5].publisher: "A B" is not of a-z, 0-9 and - (at most 64)`,
		"33 feeds[5].url: feeds[0] has this address already",
		"35 feeds[5].every: line 34 has this key already",
		`38 desks[0].topics: there is no topic or group "war"`,
		"39 desks[0].relevance: 2 is not between 0 and 1",
		`40 desks[1].id: "one" is the id of desks[0] already`,
		`40 desks[1].countries: "SY" is not a two-letter code in lower case`,
		"40 desks[1].confidence: high is not a number",
		"41 desks[2].topics: peace is not a list",
		`41 desks[2].id: "" is not of a-z, 0-9 and - (at most 64)`,
		`42 feed: unknown key; is "feeds" meant?`,
	}
	// Other parts name the item of a list or the list: both stand on the line.
	item := regexp.MustCompile(`(topics|countries)\[\d+\]`)
	got := faultsOf(t, text)
	for i := range max(len(got), len(want)) {
		var g, w string
		if i < len(got) {
			g = item.ReplaceAllString(got[i], "$1")
		}
		if i < len(want) {
			w = want[i]
		}
		if g != w {
			t.Errorf("fault %d:\n got %s\nwant %s", i, g, w)
		}
	}
}

func TestConfigRefusesWhatIsNotPlainYAML(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       string // of the only fault; empty if there must be none
	}{
		{"empty", "", ""},
		{"comments only", "# nothing yet\n", ""},
		{"document markers", "---\nevery: 5m\n...\n", ""},
		{"null values", "every:\nfeeds: ~\nnats: null\n", ""},
		{"byte order mark", "\ufeffevery: 5m\n", ""},
		{"CRLF", "every: 5m\r\nmax_age: 48h\r\n", ""},
		{"quoted and folded", "store: >-\n  /srv/\n  news\nlisten: 'none'\n", ""},
		{"zero for the default", "every: 0\nmax_age: 0s\nconfidence: 1\n", ""},
		{"negative number that means none", "fetch: {max_redirects: -1, pace: -1s}\n", ""},
		{"fault after a byte order mark", "\ufeffevery: x\n", "1 every: x is not a duration such as 90s, 15m or 12h"},
		{"fault after CRLF", "every: 5m\r\nmax_age: x\r\n", "2 max_age: x is not a duration such as 90s, 15m or 12h"},
		{"number without a unit", "every: 300\n", "1 every: 300 is not a duration such as 90s, 15m or 12h"},
		{"yes", "fetch: {ignore_robots: yes}\n", "1 fetch.ignore_robots: yes is not true or false"},
		{"not a number", "confidence: .nan\n", "1 confidence: .nan is not a number"},
		{"too large a number", "max_store: 99999999999999999999\n", "1 max_store: 99999999999999999999 is not a whole number"},
		{"text", "hello\n", "1 hello is not a set of keys"},
		{"list", "- every: 5m\n", "1 a list is not a set of keys"},
		{"keys for a list", "desks: {id: a}\n", "1 desks: a set of keys is not a list"},
		{"retention too short for the default max_age", "retention: 100h\n", "1 retention: the max_age of 168h is not shorter than the retention of 100h by a day: an article that was forgotten could be published again"},
		{"retention out of bounds", "retention: 1h\n", "1 retention: 1h is not between 25h and 87600h"},
		{"two documents", "every: 5m\n---\nevery: 6m\n", "3 a second document begins; a configuration is one"},
		{"tab", "fetch:\n\tpace: 1s\n", "2 found character '\t' that cannot start any token"},
		{"unclosed", "feeds: [\n", "1 sequence end token ']' not found"},
		{"anchor and alias", "every: &a 5m\nmax_age: 48h\n", "1 every: anchors (&), aliases (*) and tags (!) are not taken: write the value itself"},
		{"alias", "every: *a\n", "1 every: anchors (&), aliases (*) and tags (!) are not taken: write the value itself"},
		{"tag", "every: !!str 5m\n", "1 every: anchors (&), aliases (*) and tags (!) are not taken: write the value itself"},
		{"merge", "fetch:\n  <<: {pace: 1s}\n", "2 fetch.<<: merge keys (<<) are not taken: write the values themselves"},
		{"twice", "every: 5m\nevery: 6m\n", "2 every: line 1 has this key already"},
		{"not UTF-8", "every: 5m\nstore: \xff\n", "2 this is not text in UTF-8"},
		{"UTF-16", "e\x00v\x00", "1 this is not text in UTF-8"},
		{"deep brackets", "feeds: " + strings.Repeat("[", 100_000), "1 nested more than 32 deep"},
		{"deep keys", "feeds: " + strings.Repeat("{a: ", 100_000), "1 nested more than 32 deep"},
		{"deep dashes", strings.Repeat("- ", 100_000), "1 nested more than 32 deep"},
		{"long key", strings.Repeat("k", 100_000) + ": 1\n", "1 " + strings.Repeat("k", maxSnippet-1) + "…: unknown key"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := strings.Join(faultsOf(t, tt.text), "\n"); got != tt.want {
				t.Errorf("faults of %.60q:\n got %s\nwant %s", tt.text, got, tt.want)
			}
		})
	}
}

func TestConfigIsNotBlownUpByAliases(t *testing.T) {
	var b strings.Builder
	b.WriteString("a0: &a0 [x, x, x, x, x, x, x, x, x]\n")
	for i := range 30 {
		b.WriteString(strings.NewReplacer("N", string(rune('a'+i%26))+"1", "P", "a0").Replace("N: &N [*P, *P, *P, *P, *P, *P]\n"))
	}
	b.WriteString("desks: *a1\n")
	if got := faultsOf(t, b.String()); len(got) < 2 || !strings.Contains(got[len(got)-1], "aliases (*)") {
		t.Errorf("faults = %q", got)
	}
}

func TestConfigTellsAHundredFaults(t *testing.T) {
	_, err := load(t, "desks:\n"+strings.Repeat("  - {id: A}\n", 5000))
	got := unjoin(err)
	if len(got) != maxFaults+1 || !strings.Contains(got[maxFaults].Error(), "and 9899 more") {
		t.Errorf("%d faults, the last %q", len(got), got[len(got)-1])
	}
}

func TestConfigReadsEveryKind(t *testing.T) {
	got, err := load(t, `
store: /srv/news
every: 90s
confidence: 0.5
max_store: 1073741824
nats: {url: "nats://a:4222", replicas: 3}
fetch: {ignore_robots: true, allow: [10.0.0.0/8], pace: -1s}
feeds:
- {id: 007, url: http://a.example/, title: 1.10, language: no}
`)
	if err != nil {
		t.Fatal(err)
	}
	f := got.Feeds[0]
	if got.Store != "/srv/news" || got.Every != 90*time.Second || got.Confidence != 0.5 || got.MaxStore != 1<<30 ||
		got.NATS.Replicas != 3 || !got.Fetch.IgnoreRobots || got.Fetch.Allow[0] != "10.0.0.0/8" || got.Fetch.Pace != -time.Second {
		t.Errorf("got %+v", got)
	}
	if f.ID != "007" || f.Title != "1.10" || f.Language != "no" {
		t.Errorf("numbers and words are not taken as written: %+v", f)
	}
	if got, err := load(t, "every: 10m\n"); err != nil || len(got.Feeds) < 60 {
		t.Errorf("without feeds: %d feeds, %v; want the built-in ones", len(got.Feeds), err)
	}
}

func TestConfigFindsTopicsBesideItself(t *testing.T) {
	path := filepath.Join(t.TempDir(), "c.yaml")
	if err := os.WriteFile(path, []byte("topics: nowhere\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, _, err := loadConfig(path)
	if err == nil || !strings.Contains(err.Error(), "nowhere") {
		t.Errorf("error of a folder that is not there: %v", err)
	}
}

func TestBuiltInConfigIsRich(t *testing.T) {
	cfg, _, err := loadConfig("") // ids and addresses are checked to be unique
	if err != nil {
		t.Fatal(err)
	}
	languages, countries, publishers := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, f := range cfg.Feeds {
		languages[f.Language], countries[f.Country], publishers[f.Publisher] = true, true, true
		if f.Language == "" || f.Country == "" || f.Publisher == "" || f.Title == "" {
			t.Errorf("feed %s lacks something: %+v", f.ID, f)
		}
		if f.Country != strings.ToLower(f.Country) {
			t.Errorf("feed %s: country %s is not in lower case", f.ID, f.Country)
		}
	}
	if len(cfg.Feeds) < 60 || len(languages) < 10 || len(countries) < 25 || len(publishers) < 50 {
		t.Errorf("%d feeds, %d languages, %d countries, %d publishers; want 60, 10, 25, 50", len(cfg.Feeds), len(languages), len(countries), len(publishers))
	}
}

// TestBuiltInConfigShowsEveryKey holds deploy/conflictwire.yaml against the
// struct: every key is there, as a key or as a commented key.
func TestBuiltInConfigShowsEveryKey(t *testing.T) {
	var check func(typ reflect.Type, path string)
	check = func(typ reflect.Type, path string) {
		for f := range typ.Fields() {
			key := f.Tag.Get("yaml")
			if key == "" {
				t.Errorf("%s has no key", join(path, f.Name))
				continue
			}
			if !regexp.MustCompile(`(?m)^(#? *(- )?\{?|.*[{,] )` + key + `(:|  )`).Match(defaultConfig) {
				t.Errorf("%s is not in deploy/conflictwire.yaml", join(path, key))
			}
			elem := f.Type
			if elem.Kind() == reflect.Slice {
				elem = elem.Elem()
			}
			if elem.Kind() == reflect.Struct {
				check(elem, join(path, key))
			}
		}
	}
	check(reflect.TypeFor[Config](), "")
}

// TestBuiltInConfigCommentsAreValid takes the comment signs off: what the
// file offers for copying must be right.
func TestBuiltInConfigCommentsAreValid(t *testing.T) {
	text := regexp.MustCompile(`(?m)^#( *(?:- )?[a-z_]+:(?:[ \n]|$))`).ReplaceAllString(string(defaultConfig), "$1")
	text = regexp.MustCompile(`(?m)^store: .*$`).ReplaceAllString(text, "store: /srv/conflictwire") // for people: ~
	cfg, err := load(t, text)
	if err != nil {
		t.Fatal(err)
	}
	if len(cfg.Desks) == 0 || cfg.Workers.Pages == 0 || cfg.Fetch.UserAgent == "" {
		t.Errorf("the comments were not taken off: %+v", cfg)
	}
}

func FuzzConfig(f *testing.F) {
	f.Add(string(defaultConfig[:2000]))
	for _, s := range []string{
		"", "every: 5m", "a: &a [*a]", "? [a]\n: b", "feeds:\n- {id: a, url: http://a}\n- ", "fetch: {allow: [1, 2]}",
		"|\n x", "\"\\u0000\"", "---\n---\n", "%YAML 1.1\n---\n!!map {every: 5m}", "<<: {every: 5m}", "every: !!binary x", "- - - a", "{,}", "'", "[[[", "a: >+\n\n",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var cfg Config
		d, err := decodeYAML("c", []byte(text), &cfg)
		if err != nil {
			return
		}
		d.check(cfg.validate())
		faults := len(d.faults)
		err = d.err()
		if (err != nil) != (faults > 0) {
			t.Errorf("%d faults and error %v", faults, err)
		}
		for _, e := range unjoin(err) {
			if len(e.Error()) > 4096 {
				t.Errorf("an error of %d bytes", len(e.Error()))
			}
		}
	})
}
