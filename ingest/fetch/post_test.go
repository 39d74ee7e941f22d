package fetch

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestPostSendsForm(t *testing.T) {
	var got url.Values
	var header http.Header
	s, c := serve(t, Config{}, func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil || r.Method != http.MethodPost {
			t.Errorf("%s: %v", r.Method, err)
		}
		got, header = r.PostForm, r.Header.Clone()
		switch r.URL.Path {
		case "/redirect":
			http.Redirect(w, r, "/", http.StatusTemporaryRedirect)
		case "/endless":
			for range 64 {
				_, _ = w.Write(prose(4 << 10))
			}
		case "/empty":
			w.Header().Set("Content-Encoding", "gzip")
			w.WriteHeader(http.StatusAccepted)
		case "/refused":
			w.Header().Set("Content-Encoding", "br")
			w.WriteHeader(http.StatusBadRequest)
			_, _ = w.Write(encode(t, "br", []byte("no such topic")))
		default:
			w.WriteHeader(http.StatusAccepted)
		}
	})
	form := url.Values{"hub.mode": {"subscribe"}, "hub.topic": {"http://a.example/?a=b&c=ü"}}
	tests := []struct {
		path, body string
		status     int
	}{
		{"/", "", 202}, {"/redirect", "", 307}, {"/empty", "", 202}, {"/refused", "no such topic", 400}, {"/endless", strings.Repeat(string(prose(4<<10)), 16), 200},
	}
	for _, tt := range tests {
		res, err := c.Post(t.Context(), s.URL+tt.path, form)
		if err != nil || res.Status != tt.status || string(res.Body) != tt.body || res.URL != s.URL+tt.path {
			t.Errorf("%s: %.200v, %v, want status %d and %d bytes", tt.path, res, err, tt.status, len(tt.body))
		}
		if got.Encode() != form.Encode() || header.Get("Content-Type") != "application/x-www-form-urlencoded" || header.Get("User-Agent") != "Conflictwire/0.1" {
			t.Errorf("%s was sent %v with %v", tt.path, got, header)
		}
	}
	if res, err := c.Post(t.Context(), s.URL, nil); err != nil || res.Status != 202 || len(got) != 0 {
		t.Errorf("an empty form: %v, %v", res, err)
	}
}

func TestPostIsGuardedAndPaced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &log{start: time.Now()}
		var fault error
		c := newFake(t, Config{}, func(r *http.Request) (*http.Response, error) {
			_, _ = io.Copy(io.Discard, r.Body)
			l.note(r)
			if r.URL.Path == "/busy" {
				return reply(r, 429, "", "Retry-After", "600"), nil
			}
			return reply(r, 204, ""), fault
		})
		for _, u := range []string{"http://10.0.0.1/hub", "http://[::1]/", "ftp://a.example/", "http://user:secret@a.example/"} {
			_, err := c.Post(t.Context(), u, nil)
			if wantClass(t, err, Refused); strings.Contains(err.Error(), "secret") {
				t.Errorf("the error %q gives the password away", err)
			}
		}
		for range 2 {
			if res, err := c.Post(t.Context(), "http://hub.example/", nil); err != nil || res.Status != 204 {
				t.Errorf("%v, %v", res, err)
			}
		}
		fault = errors.New("connection reset")
		_, err := c.Post(t.Context(), "http://hub.example/", nil)
		if !errors.Is(wantClass(t, err, Transient), fault) {
			t.Errorf("%v, want %v", err, fault)
		}
		if res, err := c.Post(t.Context(), "http://hub.example/busy", nil); err != nil || res.Status != 429 || res.Header.Get("Retry-After") != "600" {
			t.Errorf("%v, %v, want 429", res, err)
		}
		_, err = c.Post(t.Context(), "http://hub.example/", nil)
		wantClass(t, err, Throttled)
		l.want(t, "0s http://hub.example/", "1s http://hub.example/", "2s http://hub.example/", "3s http://hub.example/busy")
	})
}
