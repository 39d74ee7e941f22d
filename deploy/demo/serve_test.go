package demo

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestConditionalRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newsroom(t)
		for _, f := range n.Feeds() {
			first := get(n, f.URL)
			if first.Code != http.StatusOK {
				t.Fatalf("%s answers %d", f.ID, first.Code)
			}
			tag, modified := first.Header().Get("ETag"), first.Header().Get("Last-Modified")
			if f.ID == "sidelines-sport" {
				if tag+modified != "" {
					t.Errorf("%s has validators %s, %s", f.ID, tag, modified)
				}
				continue
			}
			for _, h := range [][2]string{{"If-None-Match", tag}, {"If-Modified-Since", modified}} {
				if got := get(n, f.URL, h[0], h[1]); f.ID != "tageblatt-politik" && got.Code != http.StatusNotModified {
					t.Errorf("%s with %s: %s answers %d, want 304", f.ID, h[0], h[1], got.Code)
				}
			}
			if got := get(n, f.URL, "If-None-Match", `"other"`, "If-Modified-Since", modified); got.Code != http.StatusOK {
				t.Errorf("%s with another ETag answers %d, want 200", f.ID, got.Code)
			}
		}
	})
}

func TestGzipIsOfferedByThoseWhoHaveIt(t *testing.T) {
	n := newsroom(t)
	for _, h := range n.houses {
		if got := get(n, h.base+"/", "Accept-Encoding", "br, gzip").Header().Get("Content-Encoding") == "gzip"; got != h.zips {
			t.Errorf("%s: gzip %v, want %v", h.slug, got, h.zips)
		}
	}
}

func TestTimelineAppearsCorrectsWithdraws(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newsroom(t)
		status := make(map[*article][]int)
		titles := make(map[*article][]string)
		inFeed := make(map[*article][]bool)
		// Steps lie on full tenths of a second; look between them.
		for time.Sleep(50 * time.Millisecond); time.Since(n.start) < after; time.Sleep(500 * time.Millisecond) {
			for _, h := range n.houses {
				feeds := make(map[string]string)
				for _, c := range h.channels {
					if c.dies == 0 {
						doc, err := n.feed(h, c, n.elapsed())
						if err != nil {
							t.Fatal(err)
						}
						feeds[c.id] = string(doc.body)
					}
				}
				for _, a := range h.articles {
					w := get(n, a.url)
					status[a] = append(status[a], w.Code)
					if w.Code == http.StatusOK && a.layout != "" {
						titles[a] = append(titles[a], a.text(n.elapsed()).title)
						if !strings.Contains(visible(w.Body.String()), a.text(n.elapsed()).title) {
							t.Errorf("%s at %v does not show %q", a.url, n.elapsed(), a.text(n.elapsed()).title)
						}
					}
					seen := false
					for _, body := range feeds {
						seen = seen || strings.Contains(body, strings.ReplaceAll(a.url, "&", "&amp;"))
					}
					inFeed[a] = append(inFeed[a], seen)
				}
			}
		}
		for a, got := range status {
			var want []int
			if a.appears > 0 {
				want = append(want, http.StatusNotFound)
			}
			want = append(want, http.StatusOK)
			if a.withdrawn > 0 {
				want = append(want, http.StatusGone)
			}
			if got := slices.Compact(slices.Clone(got)); !slices.Equal(got, want) {
				t.Errorf("%s answers %v one after another, want %v", a.url, got, want)
			}
			for i, code := range got {
				if inFeed[a][i] != (code == http.StatusOK) {
					t.Errorf("%s at look %d: page answers %d, in its feed %v", a.url, i, code, inFeed[a][i])
				}
			}
		}
	})
}

func TestCorrectionChangesFeedAndPage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newsroom(t)
		mali := n.article(t, "meridian/mali-market-drone-strike")
		_, c := n.channel(t, "meridian-world")
		feed := mali.house.base + c.path
		before := get(n, feed)
		page := get(n, mali.url)
		time.Sleep(3500 * time.Millisecond)
		later := get(n, feed, "If-None-Match", before.Header().Get("ETag"))
		if later.Code != http.StatusOK {
			t.Fatalf("feed answers %d after a correction", later.Code)
		}
		if !strings.Contains(later.Body.String(), "<atom:updated>") || strings.Contains(before.Body.String(), "<atom:updated>") {
			t.Error("the feed does not tell of the update, or tells too early")
		}
		corrected := get(n, mali.url)
		for _, tt := range []struct {
			page         string
			toll, others string
		}{{visible(page.Body.String()), "kills at least 11 in", "kills at least 14 in"}, {visible(corrected.Body.String()), "kills at least 14 in", "kills at least 11 in"}} {
			if !strings.Contains(tt.page, tt.toll) || strings.Contains(tt.page, tt.others) {
				t.Errorf("page should say %q and not %q", tt.toll, tt.others)
			}
		}
		if !strings.Contains(visible(corrected.Body.String()), "Correction:") {
			t.Error("page does not own up to the correction")
		}
	})
}

func TestFeedDiesAndFeedIsSlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newsroom(t)
		h, slow := n.channel(t, "tageblatt-politik")
		start := time.Now()
		if w := get(n, h.base+slow.path); w.Code != http.StatusOK || time.Since(start) != 1500*time.Millisecond {
			t.Errorf("slow feed answers %d after %v", w.Code, time.Since(start))
		}
		h, mortal := n.channel(t, "herald-live")
		if w := get(n, h.base+mortal.path); w.Code != http.StatusOK {
			t.Errorf("feed answers %d before its time", w.Code)
		}
		time.Sleep(2 * time.Second)
		if w := get(n, h.base+mortal.path); w.Code != http.StatusGone {
			t.Errorf("dead feed answers %d, want 410", w.Code)
		}
	})
}

func TestCopiesAppearTwoSecondsAfterTheirOriginals(t *testing.T) {
	n := newsroom(t)
	for _, h := range n.houses {
		for _, a := range h.articles {
			if a.original != nil && (a.original.house == h || a.appears-a.original.appears != 2*time.Second) {
				t.Errorf("%s appears %v after %s", a.url, a.appears-a.original.appears, a.original.url)
			}
		}
	}
}

func TestRobotsForbidTheArchive(t *testing.T) {
	n := newsroom(t)
	body := get(n, "http://herald.test/robots.txt").Body.String()
	if !strings.Contains(body, "Disallow: /archive/\n") {
		t.Errorf("robots.txt is %q", body)
	}
	var denied []string
	for _, a := range n.Story().Articles {
		if a.Denied {
			denied = append(denied, a.URL)
		}
	}
	if want := []string{"http://herald.test/archive/archive-1974-storm.html"}; !slices.Equal(denied, want) {
		t.Errorf("denied %q, want %q", denied, want)
	}
	if w := get(n, "http://nawafidh.test/robots.txt"); w.Code != http.StatusNotFound {
		t.Errorf("publisher without robots.txt answers %d", w.Code)
	}
}

func TestTrackingParametersLeadToTheSamePage(t *testing.T) {
	n := newsroom(t)
	for _, tt := range []struct {
		url  string
		want int
	}{
		{n.article(t, "herald/supermarket-price-war").url + "?utm_source=rss", http.StatusOK},
		{n.article(t, "stepnoy/granitsa-boi-stihli").url + "&from=mail", http.StatusOK},
		{"http://stepnoy.test/news.php?id=1", http.StatusNotFound},
		{"http://herald.test/business/", http.StatusNotFound},
		{"http://herald.test/feed/other", http.StatusNotFound},
	} {
		if w := get(n, tt.url); w.Code != tt.want {
			t.Errorf("%s answers %d, want %d", tt.url, w.Code, tt.want)
		}
	}
}
