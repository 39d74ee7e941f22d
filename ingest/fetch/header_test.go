package fetch

import (
	"errors"
	"net/http"
	"strings"
	"testing"
)

func TestHeaderStaysWithItsOrigin(t *testing.T) {
	const secret = "Basic c2VjcmV0"
	tests := []struct {
		start string
		hops  map[string]string // URL without scheme, or whole: where it leads
		want  []string          // that get the secret
		never []string
	}{
		{"http://a.example/1", map[string]string{"http://a.example/1": "/2"},
			[]string{"http://a.example/1", "http://a.example/2"}, nil},
		{"http://a.example/1", map[string]string{"http://a.example/1": "http://b.example/2", "http://b.example/2": "http://a.example/3"},
			[]string{"http://a.example/1"}, []string{"http://b.example/2", "http://a.example/3"}},
		{"http://a.example/1", map[string]string{"http://a.example/1": "https://a.example/2"},
			[]string{"http://a.example/1"}, []string{"https://a.example/2"}},
		{"http://a.example/1", map[string]string{"http://a.example/1": "http://a.example:8080/2"},
			[]string{"http://a.example/1"}, []string{"http://a.example:8080/2"}},
		{"http://a.example/1", map[string]string{"http://a.example/1": "http://sub.a.example/2"},
			[]string{"http://a.example/1"}, []string{"http://sub.a.example/2"}},
		{"http://a.example:80/1", map[string]string{"http://a.example/1": "http://A.EXAMPLE:80/2"},
			[]string{"http://a.example/1", "http://a.example/2"}, nil},
	}
	for _, tt := range tests {
		got := map[string]bool{}
		c := newFake(t, Config{Pace: -1}, func(r *http.Request) (*http.Response, error) {
			u := r.URL.String()
			has := r.Header.Get("Authorization") == secret && r.Header.Get("X-Token") == "7"
			if !has && (r.Header.Get("Authorization") != "" || r.Header.Get("X-Token") != "") {
				t.Errorf("%s got half of the header: %v", u, r.Header)
			}
			got[u] = has
			if to, ok := tt.hops[u]; ok {
				return reply(r, 301, "", "Location", to), nil
			}
			if r.URL.Path == "/robots.txt" {
				return reply(r, 404, ""), nil
			}
			return reply(r, 200, "ok"), nil
		})
		if _, err := c.Get(t.Context(), Request{URL: tt.start, Robots: true, Header: http.Header{"Authorization": {secret}, "x-token": {"7"}}}); err != nil {
			t.Errorf("%s: %v", tt.start, err)
		}
		for _, u := range tt.want {
			if !got[u] {
				t.Errorf("%s did not get the header", u)
			}
			delete(got, u)
		}
		for _, u := range tt.never {
			if _, ok := got[u]; !ok {
				t.Errorf("%s was not asked", u)
			}
		}
		for u, has := range got {
			if has {
				t.Errorf("%s got the header", u)
			}
		}
	}
}

func TestHeaderThatMayNotBeSetIsRefused(t *testing.T) {
	asked := 0
	c := newFake(t, Config{Pace: -1}, func(r *http.Request) (*http.Response, error) {
		asked++
		return nil, errors.New("down")
	})
	tooMany := http.Header{}
	for range maxExtraFields + 1 {
		tooMany.Add("X-Many", "secret")
	}
	bad := []http.Header{
		{"Host": {"secret"}}, {"host": {"secret"}}, {"User-Agent": {"secret"}}, {"user-agent": {"secret"}}, {"Accept": {"secret"}}, {"Accept-Encoding": {"secret"}},
		{"Content-Length": {"secret"}}, {"Content-Type": {"secret"}}, {"Connection": {"secret"}}, {"Keep-Alive": {"secret"}}, {"TE": {"secret"}},
		{"Transfer-Encoding": {"secret"}}, {"Upgrade": {"secret"}}, {"Proxy-Authorization": {"secret"}}, {"If-None-Match": {"secret"}}, {"Range": {"secret"}},
		{"X-Token": {"secret\r\nHost: b.example"}}, {"X-Token": {"secret\x00"}}, {"X Token": {"secret"}}, {"": {"secret"}}, {"X:": {"secret"}},
		{":authority": {"secret"}}, {"X-Tokén": {"secret"}}, tooMany, {"X-Long": {strings.Repeat("secret", maxExtraBytes/6)}},
	}
	for _, h := range bad {
		_, err := c.Get(t.Context(), Request{URL: "http://a.example/", Header: h})
		fe := wantClass(t, err, Refused)
		if strings.Contains(err.Error(), "secret") || fe.Cause() != "http" {
			t.Errorf("the error %q (%s) of %.60v gives the value away or has another cause than http", err, fe.Cause(), h)
		}
	}
	if asked > 0 {
		t.Errorf("the host was asked %d times", asked)
	}
	_, err := c.Get(t.Context(), Request{URL: "http://a.example/", Header: http.Header{"Cookie": {"id=secret"}, "Authorization": {"Bearer secret"}, "Accept-Language": {"uk"}}})
	if wantClass(t, err, Transient); strings.Contains(err.Error(), "secret") || asked != 1 {
		t.Errorf("asked %d times, then %v", asked, err)
	}
}
