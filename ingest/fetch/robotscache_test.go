package fetch

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// getPage asks for a page under robots.txt.
func getPage(t *testing.T, c *Client, url string) error {
	t.Helper()
	_, err := c.Get(t.Context(), Request{URL: url, Robots: true})
	return err
}

func TestRobotsAreObeyedForPagesOnly(t *testing.T) {
	s, c := serve(t, Config{}, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/robots.txt" {
			fmt.Fprint(w, "User-agent: conflictwire\nDisallow: /no\n")
		}
	})
	if err := getPage(t, c, s.URL+"/yes"); err != nil {
		t.Error(err)
	}
	err := getPage(t, c, s.URL+"/no/x")
	if fe := wantClass(t, err, Denied); fe.URL != s.URL+"/no/x" || fe.Status != 0 {
		t.Errorf("error %+v", fe)
	}
	if _, err := c.Get(t.Context(), Request{URL: s.URL + "/no/x"}); err != nil {
		t.Errorf("feed: %v", err)
	}
	c.cfg.IgnoreRobots = true
	if err := getPage(t, c, s.URL+"/no/x"); err != nil {
		t.Errorf("robots.txt ignored by agreement: %v", err)
	}
}

const linkedRobots = `License: https://rights.example/all.xml
Sitemap: https://cdn.example/news.xml
User-agent: other
Disallow: /
license: HTTPS://a.example/paid?x=a b # dearer
License: /relative.xml
License: ftp://a.example/x
License: http://user:secret@a.example/x
License: https://rights.example/all.xml
Sitemap: /map.xml
Sitemap: //cdn.example/x
Sitemap: maps/x.xml
Site-map: http://a.example/older.xml
`

func TestLicensesComeWithPages(t *testing.T) {
	asked := 0
	c := newFake(t, Config{Pace: -1}, func(r *http.Request) (*http.Response, error) {
		switch {
		case r.URL.Path != "/robots.txt":
			if r.URL.Host == "b.example" {
				return reply(r, 302, "", "Location", "http://a.example/"), nil
			}
			return reply(r, 200, "ok"), nil
		case r.URL.Host == "a.example":
			asked++
			return reply(r, 200, linkedRobots), nil
		case r.URL.Host == "many.example":
			return reply(r, 200, strings.Repeat("License: https://x.example/"+strings.Repeat("y", maxRobotsLink)+"\n", 3)+manyLinks("License", 50)+manyLinks("Sitemap", 50)), nil
		}
		return reply(r, 404, ""), nil
	})
	tests := []struct {
		url    string
		robots bool
		want   []string
	}{
		{"http://a.example/", true, []string{"https://rights.example/all.xml", "https://a.example/paid?x=a%20b"}},
		{"http://b.example/", true, []string{"https://rights.example/all.xml", "https://a.example/paid?x=a%20b"}},
		{"http://a.example/", false, nil},
		{"http://c.example/", true, nil},
	}
	for _, tt := range tests {
		res, err := c.Get(t.Context(), Request{URL: tt.url, Robots: tt.robots})
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(res.Licenses, tt.want) || (tt.want == nil) != (res.Licenses == nil) {
			t.Errorf("licences of %s with robots %v = %q, want %q", tt.url, tt.robots, res.Licenses, tt.want)
		}
	}
	got, err := c.Sitemaps(t.Context(), "http://a.example/some/page")
	if want := []string{"https://cdn.example/news.xml", "http://a.example/map.xml", "http://a.example/older.xml"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("sitemaps = %q, %v, want %q", got, err, want)
	}
	if asked != 1 {
		t.Errorf("robots.txt was asked for %d times, want once", asked)
	}
	many, err := c.Sitemaps(t.Context(), "http://many.example")
	if err != nil || len(many) != 32 {
		t.Errorf("%d sitemaps, %v, want 32", len(many), err)
	}
	if res, err := c.Get(t.Context(), Request{URL: "http://many.example", Robots: true}); err != nil || len(res.Licenses) != 8 {
		t.Errorf("licences of many: %v, %v, want 8", res, err)
	}
	if got, err := c.Sitemaps(t.Context(), "http://c.example/"); got != nil || err != nil {
		t.Errorf("sitemaps without robots.txt = %q, %v", got, err)
	}
	_, err = c.Sitemaps(t.Context(), "http://user:secret@10.0.0.1/")
	if wantClass(t, err, Refused); strings.Contains(err.Error(), "secret") {
		t.Errorf("the error %q gives the password away", err)
	}
}

func manyLinks(key string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%s: https://x.example/%d\n", key, i)
	}
	return b.String()
}

func TestRobotsCountAtEveryHop(t *testing.T) {
	c := newFake(t, Config{Pace: -1}, func(r *http.Request) (*http.Response, error) {
		switch {
		case r.URL.String() == "http://b.example/robots.txt":
			return reply(r, 200, "User-agent: *\nDisallow: /no"), nil
		case r.URL.Path == "/robots.txt":
			return reply(r, 404, ""), nil
		case r.URL.Host == "a.example":
			return reply(r, 301, "", "Location", "http://b.example"+r.URL.Path), nil
		}
		return reply(r, 200, "ok"), nil
	})
	if err := getPage(t, c, "http://a.example/yes"); err != nil {
		t.Error(err)
	}
	if fe := wantClass(t, getPage(t, c, "http://a.example/no"), Denied); fe.URL != "http://b.example/no" {
		t.Errorf("denied %s, want http://b.example/no", fe.URL)
	}
}

func TestRobotsByStatus(t *testing.T) {
	tests := []struct {
		name   string
		answer func(r *http.Request) (*http.Response, error)
		want   Class
		ok     bool
	}{
		{"missing", func(r *http.Request) (*http.Response, error) { return reply(r, 404, "Disallow: /"), nil }, 0, true},
		{"gone", func(r *http.Request) (*http.Response, error) { return reply(r, 410, ""), nil }, 0, true},
		{"unauthorised", func(r *http.Request) (*http.Response, error) { return reply(r, 401, ""), nil }, 0, true},
		{"forbidden", func(r *http.Request) (*http.Response, error) { return reply(r, 403, ""), nil }, 0, true},
		{"rate limit", func(r *http.Request) (*http.Response, error) { return reply(r, 429, ""), nil }, Throttled, false},
		{"server error", func(r *http.Request) (*http.Response, error) { return reply(r, 500, ""), nil }, Transient, false},
		{"no answer", func(r *http.Request) (*http.Response, error) { return nil, errors.New("connection reset") }, Transient, false},
		{"unknown encoding", func(r *http.Request) (*http.Response, error) {
			return reply(r, 200, "x", "Content-Encoding", "exi"), nil
		}, Transient, false},
		{"redirect loop", func(r *http.Request) (*http.Response, error) {
			return reply(r, 302, "", "Location", "/robots.txt"), nil
		}, 0, true},
		{"redirect to nowhere", func(r *http.Request) (*http.Response, error) {
			return reply(r, 302, "", "Location", "http://10.0.0.1/robots.txt"), nil
		}, 0, true},
		{"five redirects to a ban", func(r *http.Request) (*http.Response, error) {
			if n := len(r.URL.RawQuery); n < 5 {
				return reply(r, 301, "", "Location", "/robots.txt?"+strings.Repeat("x", n+1)), nil
			}
			return reply(r, 200, "User-agent: *\nDisallow: /"), nil
		}, Denied, false},
		{"huge, ban in front", func(r *http.Request) (*http.Response, error) {
			return reply(r, 200, "User-agent: *\nDisallow: /\n"+strings.Repeat("#\n", maxRobots)), nil
		}, Denied, false},
		{"huge, ban behind", func(r *http.Request) (*http.Response, error) {
			return reply(r, 200, "User-agent: *\n"+strings.Repeat("#\n", maxRobots)+"Disallow: /\n"), nil
		}, 0, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				asked := 0
				c := newFake(t, Config{}, func(r *http.Request) (*http.Response, error) {
					if r.URL.Path == "/robots.txt" {
						asked++
						return tt.answer(r)
					}
					return reply(r, 200, "ok"), nil
				})
				for range 2 {
					err := getPage(t, c, "http://a.example/page")
					if tt.ok && err != nil {
						t.Fatal(err)
					}
					if !tt.ok {
						wantClass(t, err, tt.want)
					}
				}
				if asked > maxRobotsRedirects+1 {
					t.Errorf("robots.txt was asked for %d times for two pages", asked)
				}
			})
		})
	}
}

func TestRobotsAreCachedForADay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked, status, body := 0, 200, "User-agent: *\nDisallow: /old"
		c := newFake(t, Config{}, func(r *http.Request) (*http.Response, error) {
			if r.URL.Path == "/robots.txt" {
				asked++
				return reply(r, status, body), nil
			}
			return reply(r, 200, "ok"), nil
		})
		check := func(path string, want Class, asks int) {
			t.Helper()
			err := getPage(t, c, "http://a.example"+path)
			if got := ClassOf(err); err != nil && got != want || err == nil && want != Transient {
				t.Errorf("%s: %v, want class %v", path, err, want)
			}
			if asked != asks {
				t.Errorf("%s: robots.txt was asked for %d times, want %d", path, asked, asks)
			}
		}
		check("/old", Denied, 1)
		check("/new", Transient, 1)
		time.Sleep(23 * time.Hour)
		check("/old", Denied, 1)
		body = "User-agent: *\nDisallow: /new"
		time.Sleep(time.Hour)
		check("/old", Transient, 2)
		check("/new", Denied, 2)
		// Unreachable: what was known counts on, and the server is spared.
		status = 500
		time.Sleep(25 * time.Hour)
		check("/new", Denied, 3)
		check("/old", Transient, 3)
		time.Sleep(robotsRetry)
		check("/new", Denied, 4)
		status = 404
		time.Sleep(robotsRetry)
		check("/new", Transient, 5)
	})
}

func TestRobotsDoNotDelayTheFirstPage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &log{start: time.Now()}
		c := newFake(t, Config{}, func(r *http.Request) (*http.Response, error) {
			l.note(r)
			if r.URL.Path == "/robots.txt" {
				time.Sleep(250 * time.Millisecond)
			}
			return reply(r, 200, "User-agent: *\nCrawl-delay: 3"), nil
		})
		var wg sync.WaitGroup
		for _, url := range []string{"http://a.example/first", "http://a.example/more", "http://a.example/more"} {
			wg.Go(func() {
				if err := getPage(t, c, url); err != nil {
					t.Error(err)
				}
			})
			synctest.Wait()
		}
		wg.Wait()
		// robots.txt has the turn at 0s and the first page goes with it, for
		// which the turn at 1s is given up; the crawl delay counts from there.
		l.want(t, "0s http://a.example/robots.txt", "250ms http://a.example/first", "4s http://a.example/more", "7s http://a.example/more")
	})
}

func TestCrawlDelayIsThePaceOfFeedsToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &log{start: time.Now()}
		c := newFake(t, Config{Pace: 2 * time.Second}, func(r *http.Request) (*http.Response, error) {
			l.note(r)
			delay := map[string]string{"slow.example": "9000", "quick.example": "0.1"}[r.URL.Host]
			return reply(r, 200, "User-agent: *\nCrawl-delay: "+delay), nil
		})
		for _, host := range []string{"http://slow.example", "http://quick.example"} {
			l.start, l.at = time.Now(), nil
			_ = getPage(t, c, host+"/1")
			for range 2 {
				ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
				_, err := c.Get(ctx, Request{URL: host + "/feed"})
				if ClassOf(err) == Throttled {
					fe := wantClass(t, err, Throttled)
					time.Sleep(time.Until(fe.Until))
					_, err = c.Get(ctx, Request{URL: host + "/feed", Slot: fe.Until})
				}
				if err != nil {
					t.Error(err)
				}
				cancel()
			}
			if host == "http://slow.example" {
				l.want(t, "0s "+host+"/robots.txt", "0s "+host+"/1", "32s "+host+"/feed", "1m2s "+host+"/feed")
			} else {
				l.want(t, "0s "+host+"/robots.txt", "0s "+host+"/1", "4s "+host+"/feed", "6s "+host+"/feed")
			}
		}
	})
}

func TestRedirectsCountAgainstThePace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &log{start: time.Now()}
		c := newFake(t, Config{}, func(r *http.Request) (*http.Response, error) {
			l.note(r)
			switch r.URL.Path {
			case "/here":
				return reply(r, 302, "", "Location", "/there"), nil
			case "/away":
				return reply(r, 302, "", "Location", "http://b.example/end"), nil
			}
			return reply(r, 200, "ok"), nil
		})
		for _, path := range []string{"/here", "/away", "/away"} {
			if _, err := c.Get(t.Context(), Request{URL: "http://a.example" + path}); err != nil {
				t.Fatal(err)
			}
		}
		l.want(t, "0s http://a.example/here", "0s http://a.example/there",
			"2s http://a.example/away", "2s http://b.example/end",
			"3s http://a.example/away", "3s http://b.example/end")
	})
}

func TestPromisedRequestArrivesAcrossABusyHost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newFake(t, Config{}, func(r *http.Request) (*http.Response, error) {
			if r.URL.Host == "a.example" {
				return reply(r, 302, "", "Location", "http://busy.example/end"), nil
			}
			return reply(r, 200, "ok"), nil
		})
		start := time.Now()
		if _, err := c.reserve(t.Context(), "busy.example:80", start.Add(10*time.Minute), 0); err != nil {
			t.Fatal(err)
		}
		for range 600 {
			_, _ = c.reserve(t.Context(), "busy.example:80", start, time.Second)
		}
		_, err := c.Get(t.Context(), Request{URL: "http://a.example/"})
		fe := wantClass(t, err, Throttled)
		time.Sleep(time.Until(fe.Until))
		if _, err := c.Get(t.Context(), Request{URL: "http://a.example/", Slot: fe.Until}); err != nil {
			t.Errorf("second time: %v", err)
		}
	})
}

func TestRobotsLeaderWithoutTurnLeavesItToTheNext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		c := newFake(t, Config{}, func(r *http.Request) (*http.Response, error) {
			asked++
			return reply(r, 404, ""), nil
		})
		_, _ = c.reserve(t.Context(), "a.example:80", time.Now(), time.Minute)
		seen := map[time.Time]bool{}
		for range 3 {
			fe := wantClass(t, getPage(t, c, "http://a.example/"), Throttled)
			if seen[fe.Until] {
				t.Errorf("two requests were promised the turn at %v", fe.Until)
			}
			seen[fe.Until] = true
		}
		if asked != 0 || len(c.robots.flights) != 0 {
			t.Errorf("%d requests went, %d are under way", asked, len(c.robots.flights))
		}
	})
}

func TestRobotsCacheStaysBounded(t *testing.T) {
	c := newRobotsCache()
	rules := parseRobots([]byte("User-agent: *\n"+strings.Repeat("Disallow: /"+strings.Repeat("x", 1000)+"\n", 400)), "x")
	for i := range 2 * maxRobotsMemory / rules.size() {
		origin := fmt.Sprint("http://", i, ".example")
		if _, flight, lead := c.lookup(origin); flight == nil || !lead {
			t.Fatalf("%s is known or under way", origin)
		}
		c.land(origin, &robotsEntry{rules: rules, until: time.Now().Add(time.Hour)})
		if e, flight, _ := c.lookup("http://0.example"); flight != nil || e.rules != rules {
			t.Fatal("the entry used most was dropped")
		}
	}
	if c.size > maxRobotsMemory || len(c.entries) != c.recent.Len() || len(c.entries) < maxRobotsMemory/rules.size()-1 {
		t.Errorf("%d entries of %d bytes", len(c.entries), c.size)
	}
}
