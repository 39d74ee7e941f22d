package rights

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"
)

// site is what hosts answer, by address; what is missing is 404. A first line
// text/html is the type.
type site map[string]string

func (s site) get(_ context.Context, url string, _ bool) (int, string, []byte, error) {
	body, ok := s[url]
	if !ok {
		return 404, "text/html", []byte("<h1>Not here</h1>"), nil
	}
	if rest, ok := strings.CutPrefix(body, "text/html\n"); ok {
		return 200, "Text/HTML; charset=utf-8", []byte(rest), nil
	}
	return 200, "application/octet-stream", []byte(body), nil
}

// header makes a header of names and values.
func header(pairs ...string) http.Header {
	h := http.Header{}
	for i := 0; i < len(pairs); i += 2 {
		h.Add(pairs[i], pairs[i+1])
	}
	return h
}

const rslOpen = `<?xml version="1.0"?><rsl xmlns="https://rslstandard.org/rsl">`

func TestOfReadsEverySource(t *testing.T) {
	const u = "https://a.example/news/one.html?x=1"
	const tdmrep, aitxt = "https://a.example/.well-known/tdmrep.json", "https://a.example/ai.txt"
	license := rslOpen + `<content url="/news/"><license><prohibits type="usage">ai-train</prohibits></license></content></rsl>`
	tests := []struct {
		name string
		page Page
		site site
		want Rights
	}{
		{name: "nothing is said", page: Page{URL: u}},
		{
			name: "header", page: Page{URL: u, Header: header("TDM-Reservation", " 1", "tdm-policy", "/policy.json")},
			want: Rights{TDM: true, Policy: "https://a.example/policy.json", Signals: []Signal{{"header tdm-reservation", "1"}}},
		},
		{
			name: "header permits", page: Page{URL: u, Header: header("tdm-reservation", "0", "tdm-policy", "https://a.example/p")},
			want: Rights{Signals: []Signal{{"header tdm-reservation", "0"}}},
		},
		{name: "header with another value", page: Page{URL: u, Header: header("tdm-reservation", "yes")}},
		{
			name: "two headers", page: Page{URL: u, Header: header("tdm-reservation", "0", "tdm-reservation", "1")},
			want: Rights{TDM: true, Signals: []Signal{{"header tdm-reservation", "1"}}},
		},
		{
			name: "file", page: Page{URL: u}, site: site{tdmrep: `[{"location":"/news/","tdm-reservation":1,"tdm-policy":"policy"}]`},
			want: Rights{TDM: true, Policy: "https://a.example/policy", Signals: []Signal{{"tdmrep.json", "1 for /news/"}}},
		},
		{
			name: "meta", page: Page{URL: u, Reservation: "1", Policy: "https://b.example/p#terms"},
			want: Rights{TDM: true, Policy: "https://b.example/p", Signals: []Signal{{"meta tdm-reservation", "1"}}},
		},
		{
			name: "header overrules file", page: Page{URL: u, Header: header("tdm-reservation", "0")},
			site: site{tdmrep: `[{"location":"/","tdm-reservation":1}]`},
			want: Rights{Signals: []Signal{{"header tdm-reservation", "0"}, {"tdmrep.json", "1, overruled for /"}}},
		},
		{
			name: "meta overrules header and file", page: Page{URL: u, Header: header("tdm-reservation", "0"), Reservation: "1"},
			site: site{tdmrep: `[{"location":"/","tdm-reservation":0,"tdm-policy":"https://a.example/p"}]`},
			want: Rights{TDM: true, Policy: "https://a.example/p", Signals: []Signal{
				{"meta tdm-reservation", "1"}, {"header tdm-reservation", "0, overruled"}, {"tdmrep.json", "0, overruled for /"}}},
		},
		{
			name: "bad meta overrules nothing", page: Page{URL: u, Header: header("tdm-reservation", "1"), Reservation: "2"},
			want: Rights{TDM: true, Signals: []Signal{{"header tdm-reservation", "1"}}},
		},
		{
			name: "policy is no address", page: Page{URL: u, Reservation: "1", Policy: "javascript:alert(1)"},
			want: Rights{TDM: true, Signals: []Signal{{"meta tdm-reservation", "1"}}},
		},
		{
			name: "robots", page: Page{URL: u, Header: header("X-Robots-Tag", "noarchive, nofollow", "X-Robots-Tag", "googlebot: noindex"), Robots: []string{"noai", "index", "noimageai", "noai"}},
			want: Rights{AI: true, NoIndex: true, Signals: []Signal{{"x-robots-tag", "noarchive"}, {"robots meta", "noai"}, {"robots meta", "noimageai"}}},
		},
		{
			name: "content usage", page: Page{URL: u, Header: header("Content-Usage", "train-ai=n, search=y")},
			want: Rights{AI: true, Signals: []Signal{{"content-usage", "train-ai=n, search=y"}}},
		},
		{
			name: "ai.txt", page: Page{URL: u}, site: site{aitxt: "User-Agent: *\nDisallow: *.html\nAllow: /\n"},
			want: Rights{AI: true, Signals: []Signal{{"ai.txt", "Disallow: *.html"}}},
		},
		{
			name: "rsl by Link header", page: Page{URL: u, Header: header("Link", `</other>; rel=next, </license.xml>; rel="license"; type="application/rsl+xml"`)},
			site: site{"https://a.example/license.xml": license},
			want: Rights{AI: true, Policy: "https://a.example/license.xml", Signals: []Signal{{"rsl", "reserves ai-train for /news/"}}},
		},
		{
			name: "rsl by page and robots.txt, once", page: Page{URL: u, Links: []string{"../l.xml"}, Licenses: []string{"https://a.example/l.xml#x", "ftp://a.example/l"}},
			site: site{"https://a.example/l.xml": license},
			want: Rights{AI: true, Policy: "https://a.example/l.xml", Signals: []Signal{{"rsl", "reserves ai-train for /news/"}}},
		},
		{
			name: "TDM policy before RSL document", page: Page{URL: u, Reservation: "1", Policy: "https://a.example/p", Links: []string{"/l.xml"}},
			site: site{"https://a.example/l.xml": license},
			want: Rights{TDM: true, AI: true, Policy: "https://a.example/p", Signals: []Signal{{"meta tdm-reservation", "1"}, {"rsl", "reserves ai-train for /news/"}}},
		},
		{
			name: "pages in place of files", page: Page{URL: u, Links: []string{"/l.xml"}},
			site: site{tdmrep: "<!doctype html>" + `[{"location":"/","tdm-reservation":1}]`, aitxt: "<!doctype html>\nUser-agent: *\nDisallow: /", "https://a.example/l.xml": "<!doctype html><p>&nbsp;<br></p>"},
		},
		{
			name: "JSON by the wrong type", page: Page{URL: u}, site: site{tdmrep: "text/html\n" + `[{"location":"/","tdm-reservation":1}]`},
			want: Rights{TDM: true, Signals: []Signal{{"tdmrep.json", "1 for /"}}},
		},
		{name: "text by the wrong type", page: Page{URL: u}, site: site{aitxt: "text/html\nUser-agent: *\nDisallow: /"}},
		{
			name: "no address", page: Page{URL: "::", Header: header("tdm-reservation", "1", "tdm-policy", "/p")},
			want: Rights{TDM: true, Signals: []Signal{{"header tdm-reservation", "1"}}},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := NewCache(tt.site.get, "Conflictwire/0.1").Of(t.Context(), tt.page)
			if err != nil {
				t.Fatal(err)
			}
			if g, w := toJSON(t, got), toJSON(t, tt.want); g != w {
				t.Errorf("got  %s\nwant %s", g, w)
			}
		})
	}
}

func toJSON(t *testing.T, r Rights) string {
	t.Helper()
	b, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestOfAsksNobodyWithoutGetter(t *testing.T) {
	page := Page{URL: "https://a.example/", Reservation: "1", Robots: []string{"noindex"}, Licenses: []string{"/l.xml"}}
	for name, c := range map[string]*Cache{"nil cache": nil, "nil getter": NewCache(nil, "x")} {
		r, err := c.Of(t.Context(), page)
		if err != nil || !r.TDM || !r.NoIndex || len(r.Signals) != 2 {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
	}
}

func TestSignalsStayBounded(t *testing.T) {
	h := http.Header{}
	for i := range 500 {
		h.Add("X-Robots-Tag", fmt.Sprintf("unavailable_after: 20%02d-01-01, noai, noindex, x%d", i%100, i))
		h.Add("Content-Usage", "train-ai=n;"+strings.Repeat("é\x00\n", 300))
		h.Add("Link", fmt.Sprintf(`<https://a.example/%d.xml>; rel=license; type="application/rsl+xml"`, i))
	}
	asked := 0
	c := NewCache(func(_ context.Context, url string, _ bool) (int, string, []byte, error) {
		asked++
		return 200, "", []byte(rslOpen + `<content url="/` + strings.Repeat("*ü", 500) + `"><license><prohibits>all</prohibits></license></content></rsl>`), nil
	}, "x")
	r, err := c.Of(t.Context(), Page{URL: "https://a.example/" + strings.Repeat("ü", 600), Header: h, Policy: "https://a.example/" + strings.Repeat("p", 3000), Reservation: "1"})
	if err != nil {
		t.Fatal(err)
	}
	if asked != 2+maxDocuments {
		t.Errorf("%d files were asked for, want %d", asked, 2+maxDocuments)
	}
	if len(r.Signals) > maxSignals || len(r.Policy) > maxPolicyURL {
		t.Errorf("%d signals, policy of %d bytes", len(r.Signals), len(r.Policy))
	}
	if last := r.Signals[len(r.Signals)-1].Source; last != fromRSL {
		t.Errorf("the last signal is %s: others crowd rsl out", last)
	}
	for _, s := range r.Signals {
		if len(s.Value) > maxValue || !utf8.ValidString(s.Value) || strings.ContainsAny(s.Value, "\x00\n") {
			t.Errorf("%s: value %q", s.Source, s.Value)
		}
	}
}

func TestFilesAreCachedForADay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked, status, body := 0, 200, `[{"location":"/","tdm-reservation":1}]`
		var fail error
		c := NewCache(func(_ context.Context, url string, _ bool) (int, string, []byte, error) {
			if !strings.HasSuffix(url, ".json") {
				return 404, "", nil, nil
			}
			asked++
			return status, "application/json", []byte(body), fail
		}, "x")
		check := func(tdm bool, asks int) {
			t.Helper()
			r, err := c.Of(t.Context(), Page{URL: "https://A.example:443/x"})
			if err != nil || r.TDM != tdm || asked != asks {
				t.Errorf("TDM %v, asked %d times, %v; want %v and %d", r.TDM, asked, err, tdm, asks)
			}
		}
		check(true, 1)
		time.Sleep(23 * time.Hour)
		check(true, 1)
		time.Sleep(time.Hour)
		body = `[]`
		check(false, 2)
		body = `[{"location":"/","tdm-reservation":1}]`
		time.Sleep(24 * time.Hour)
		check(true, 3)
		// Unreachable: what was known counts on, and the host is spared.
		fail = errors.New("connection refused")
		time.Sleep(24 * time.Hour)
		check(true, 4)
		time.Sleep(59 * time.Minute)
		check(true, 4)
		time.Sleep(time.Minute)
		fail, status = nil, 503
		check(true, 5)
		time.Sleep(time.Hour)
		status = 404
		check(false, 6)
		time.Sleep(23 * time.Hour)
		check(false, 6)
	})
}

func TestUnreachableSaysNothingForAnHour(t *testing.T) {
	for _, tt := range []struct {
		status int
		err    error
		again  bool // within two hours
	}{
		{status: 500, again: true},
		{status: 429, again: true},
		{status: 408, again: true},
		{status: 200, err: errors.New("no route"), again: true},
		{err: context.DeadlineExceeded, again: true}, // the getter's own
		{status: 401},
		{status: 404},
		{status: 301},
	} {
		synctest.Test(t, func(t *testing.T) {
			asked := 0
			c := NewCache(func(context.Context, string, bool) (int, string, []byte, error) {
				asked++
				return tt.status, "", []byte(`[{"location":"/","tdm-reservation":1}]`), tt.err
			}, "x")
			for _, want := range []int{2, 2, 4} {
				r, err := c.Of(t.Context(), Page{URL: "https://a.example/"})
				if err != nil || toJSON(t, r) != "{}" {
					t.Errorf("%d, %v: %s, %v", tt.status, tt.err, toJSON(t, r), err)
				}
				if !tt.again {
					want = 2
				}
				if asked != want {
					t.Errorf("%d, %v: asked %d times, want %d", tt.status, tt.err, asked, want)
				}
				time.Sleep(40 * time.Minute)
			}
		})
	}
}

func TestOneFlightForEachFile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		asked := map[string]int{}
		c := NewCache(func(_ context.Context, url string, _ bool) (int, string, []byte, error) {
			mu.Lock()
			asked[url]++
			mu.Unlock()
			time.Sleep(time.Second)
			if strings.HasSuffix(url, ".json") {
				return 200, "", []byte(`[{"location":"/","tdm-reservation":1}]`), nil
			}
			return 404, "", nil, nil
		}, "x")
		var wg sync.WaitGroup
		for i := range 100 {
			wg.Go(func() {
				r, err := c.Of(t.Context(), Page{URL: fmt.Sprintf("https://h%d.example/%d", i%4, i), Links: []string{"/l.xml"}})
				if err != nil || !r.TDM {
					t.Errorf("%+v, %v", r, err)
				}
			})
		}
		wg.Wait()
		if len(asked) != 12 {
			t.Errorf("%d files were asked for, want 12: %v", len(asked), asked)
		}
		for url, n := range asked {
			if n != 1 {
				t.Errorf("%s was asked for %d times", url, n)
			}
		}
		if len(c.flights) != 0 {
			t.Errorf("%d flights never landed", len(c.flights))
		}
	})
}

func TestLeaderWhoGivesUpLeavesTheFlightToTheNext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		c := NewCache(func(ctx context.Context, url string, _ bool) (int, string, []byte, error) {
			asked++
			select {
			case <-ctx.Done():
				return 0, "", nil, ctx.Err()
			case <-time.After(time.Minute):
				return 200, "", []byte(`[{"location":"/","tdm-reservation":1}]`), nil
			}
		}, "x")
		short, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		var wg sync.WaitGroup
		wg.Go(func() {
			if _, err := c.Of(short, Page{URL: "https://a.example/"}); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("the leader's error is %v", err)
			}
		})
		synctest.Wait()
		wg.Go(func() {
			if r, err := c.Of(t.Context(), Page{URL: "https://a.example/"}); err != nil || !r.TDM {
				t.Errorf("%+v, %v", r, err)
			}
		})
		wg.Wait()
		if asked != 3 { // twice for tdmrep.json, once for ai.txt
			t.Errorf("asked %d times, want 3", asked)
		}
		if _, err := c.Of(short, Page{URL: "https://b.example/"}); err == nil || asked != 3 {
			t.Errorf("after the end of ctx: %v, asked %d times", err, asked)
		}
	})
}

func TestPanicOfTheGetterEndsItsFlight(t *testing.T) {
	c := NewCache(func(context.Context, string, bool) (int, string, []byte, error) { panic("no") }, "x")
	func() {
		defer func() { _ = recover() }()
		_, _ = c.Of(t.Context(), Page{URL: "https://a.example/"})
	}()
	if len(c.flights) != 0 {
		t.Error("the flight never landed")
	}
}

func TestCacheStaysBounded(t *testing.T) {
	rules := make([]rule, maxRules)
	for i := range rules {
		rules[i].text = strings.Repeat("x", maxValue)
	}
	c := NewCache(nil, "x")
	asked := map[string]int{}
	use := func(origin string) {
		t.Helper()
		fl := flight{origin, "u"}
		if _, wait, lead := c.lookup(fl); lead {
			asked[origin]++
			c.land(fl, &file{url: fl.url, rules: rules, until: time.Now().Add(time.Hour)})
		} else if wait != nil {
			t.Fatalf("%v is under way", fl)
		}
		if c.size > maxMemory {
			t.Fatalf("%d bytes", c.size)
		}
	}
	for i := range 200 {
		use("often")
		use(fmt.Sprint(i))
	}
	if asked["often"] != 1 {
		t.Errorf("the one used most was dropped %d times", asked["often"]-1)
	}
	if len(c.entries) != c.recent.Len() || c.entries["0"] != nil || c.entries["199"] == nil || c.size < maxMemory/2 {
		t.Errorf("%d entries of %d bytes", len(c.entries), c.size)
	}
	sum := 0
	for el := c.recent.Front(); el != nil; el = el.Next() {
		sum += el.Value.(*origin).size
	}
	if sum != c.size {
		t.Errorf("the sizes add up to %d, the cache believes %d", sum, c.size)
	}
}

func TestCacheBoundsOriginsAndTheirFiles(t *testing.T) {
	c := NewCache(nil, "x")
	for i := range maxOrigins + 100 {
		fl := flight{fmt.Sprint("https://h", i, ".example"), "u"}
		if _, wait, lead := c.lookup(fl); wait == nil || !lead {
			t.Fatalf("%v is known or under way", fl)
		}
		c.land(fl, &file{url: fl.url, until: time.Now().Add(time.Hour)})
	}
	if len(c.entries) != maxOrigins || c.recent.Len() != maxOrigins {
		t.Errorf("%d origins, want %d", len(c.entries), maxOrigins)
	}
	asked := map[string]int{}
	c = NewCache(func(ctx context.Context, url string, _ bool) (int, string, []byte, error) {
		asked[url]++
		return site{}.get(ctx, url, true)
	}, "x")
	for i := range 100 {
		if _, err := c.Of(t.Context(), Page{URL: "https://a.example/", Links: []string{fmt.Sprintf("/l%d.xml", i)}}); err != nil {
			t.Fatal(err)
		}
	}
	o := c.entries["https://a.example"].Value.(*origin)
	var urls []string
	for _, f := range o.files {
		urls = append(urls, f.url)
	}
	if len(urls) != maxOfOrigin || !slices.Contains(urls, "https://a.example/l99.xml") || asked["https://a.example/ai.txt"] != 1 {
		t.Errorf("%d files: %v, asked for %v", len(urls), urls, asked)
	}
}

func BenchmarkOf(b *testing.B) {
	s := site{
		"https://a.example/.well-known/tdmrep.json": `[{"location":"/video/*.mp4","tdm-reservation":0},{"location":"/news/","tdm-reservation":1,"tdm-policy":"https://a.example/p"}]`,
		"https://a.example/ai.txt":                  "User-Agent: *\nDisallow: *.jpg\nDisallow: *.png\nDisallow: /\n",
		"https://a.example/l.xml":                   rslOpen + `<content url="/"><license><prohibits>ai-all</prohibits></license></content></rsl>`,
	}
	for _, bb := range []struct {
		name string
		site site
		page Page
	}{
		{"silent", site{}, Page{URL: "https://a.example/news/2026/11/one.html", Header: header("Content-Type", "text/html"), Robots: []string{"index", "follow"}}},
		{"all", s, Page{URL: "https://a.example/news/2026/11/one.html", Header: header("X-Robots-Tag", "noarchive"), Robots: []string{"noai"}, Licenses: []string{"https://a.example/l.xml"}}},
	} {
		b.Run(bb.name, func(b *testing.B) {
			c := NewCache(bb.site.get, "Conflictwire/0.1")
			b.ReportAllocs()
			for b.Loop() {
				if _, err := c.Of(b.Context(), bb.page); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
