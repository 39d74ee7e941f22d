package demo

import (
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"
)

// after is when the timeline is over.
const after = 10 * time.Second

// newsroom opens a newsroom that can be asked with get.
func newsroom(t *testing.T) *Newsroom {
	t.Helper()
	n, err := open(Options{}, time.Now, func(slug string) string { return "http://" + slug + ".test" })
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// get asks the publisher at url, headers being names and values in turn.
func get(n *Newsroom, url string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", url, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	for _, h := range n.houses {
		if strings.HasPrefix(url, h.base+"/") {
			n.handler(h).ServeHTTP(w, r)
		}
	}
	return w
}

func (n *Newsroom) channel(t *testing.T, id string) (*house, *channel) {
	t.Helper()
	for _, h := range n.houses {
		for _, c := range h.channels {
			if c.id == id {
				return h, c
			}
		}
	}
	t.Fatalf("no feed %q", id)
	return nil, nil
}

// article finds the article of a file by "publisher/slug".
func (n *Newsroom) article(t *testing.T, name string) *article {
	t.Helper()
	for _, h := range n.houses {
		for _, a := range h.articles {
			if h.slug+"/"+a.slug == name {
				return a
			}
		}
	}
	t.Fatalf("no article %q", name)
	return nil
}

func TestStoryOffersWhatADemonstrationNeeds(t *testing.T) {
	n := newsroom(t)
	count := make(map[string]int)
	topics := make(map[string]bool)
	for _, a := range n.Story().Articles {
		switch {
		case a.DuplicateOf != "":
			count["copies"]++
			continue
		case a.Appears == 0:
			count["at once"]++
		default:
			count["later"]++
		}
		count[a.Language]++
		if a.Versions > 1 {
			count["corrected"]++
		}
		if a.Withdrawn {
			count["withdrawn"]++
		}
		if a.Denied {
			count["denied"]++
		}
		if !a.Conflict {
			count["treacherous"]++
		}
		for _, topic := range a.Topics {
			topics[topic] = true
			if _, err := fs.Stat(os.DirFS("../../enrich/topic/data"), strings.ReplaceAll(topic, ".", "/")+".yaml"); err != nil {
				t.Errorf("%s: topic %q is not in the taxonomy", a.URL, topic)
			}
		}
	}
	for what, least := range map[string]int{
		"at once": 45, "later": 12, "copies": 3, "corrected": 4, "withdrawn": 2, "denied": 1, "treacherous": 14,
		"en": 28, "es": 5, "fr": 5, "de": 5, "ar": 5, "ru": 5,
	} {
		if count[what] < least {
			t.Errorf("%d articles %s, want at least %d", count[what], what, least)
		}
	}
	if len(topics) < 30 {
		t.Errorf("%d topics, want at least 30", len(topics))
	}
	if got, want := n.Story().Length, 6600*time.Millisecond; got != want {
		t.Errorf("story takes %v, want %v", got, want)
	}
	if got := len(n.Feeds()); got < 13 {
		t.Errorf("%d feeds, want at least 13", got)
	}
}

func TestStartServesUntilClosed(t *testing.T) {
	n, err := Start(t.Context(), Options{Speed: 100})
	if err != nil {
		t.Fatal(err)
	}
	defer n.Close()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	hosts := make(map[string]bool)
	for _, f := range n.Feeds() {
		resp, err := client.Get(f.URL)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		hosts[resp.Request.URL.Host] = true
		if resp.StatusCode != http.StatusOK && resp.StatusCode != http.StatusGone {
			t.Errorf("%s answers %s", f.ID, resp.Status)
		}
	}
	if len(hosts) != len(n.houses) {
		t.Errorf("%d ports for %d publishers", len(hosts), len(n.houses))
	}
	n.Close()
	n.Close()
	if _, err := client.Get(n.Feeds()[0].URL); err == nil {
		t.Error("serves after Close")
	}
}
