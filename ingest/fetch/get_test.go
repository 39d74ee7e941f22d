package fetch

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// loopback lets the test servers be reached.
var loopback = []string{"127.0.0.0/8", "::1/128"}

// serve returns a server of h and a client that may reach it, without a pace
// unless cfg has one.
func serve(t testing.TB, cfg Config, h http.HandlerFunc) (*httptest.Server, *Client) {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	cfg.Allow = loopback
	if cfg.Pace == 0 {
		cfg.Pace = -1
	}
	c, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return s, c
}

func TestGetSendsWhatItShould(t *testing.T) {
	var got http.Header
	s, c := serve(t, Config{Contact: "https://wire.example/bot"}, func(w http.ResponseWriter, r *http.Request) { got = r.Header.Clone() })
	const etag, modified = `W/"a b, ""c"`, "yesterday, about noon" // as received, however odd
	if _, err := c.Get(t.Context(), Request{URL: s.URL, ETag: etag, LastModified: modified, Accept: "text/html"}); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"User-Agent": "Conflictwire/0.1 (+https://wire.example/bot)", "Accept": "text/html", "Accept-Encoding": "gzip, br, zstd, deflate",
		"If-None-Match": etag, "If-Modified-Since": modified,
	}
	for key, value := range want {
		if got.Get(key) != value {
			t.Errorf("%s = %q, want %q", key, got.Get(key), value)
		}
	}
	if len(got) != len(want) {
		t.Errorf("sent %v, more than wanted", got)
	}
	if _, err := c.Get(t.Context(), Request{URL: s.URL}); err != nil {
		t.Fatal(err)
	}
	if _, ok := got["If-None-Match"]; ok || got.Get("If-Modified-Since") != "" || got.Get("Accept") != "*/*" {
		t.Errorf("sent %v with a plain request", got)
	}
}

func TestGetReturnsPageWithHeaders(t *testing.T) {
	page := prose(100 << 10)
	s, c := serve(t, Config{}, func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("ETag", `W/"7"`)
		h.Set("Last-Modified", "Mon, 04 May 2026 12:00:00 GMT")
		h.Set("TDM-Reservation", "1")
		h.Set("X-Robots-Tag", "noai")
		h.Set("Content-Encoding", "br")
		_, _ = w.Write(encode(t, "br", page))
	})
	before := time.Now()
	res, err := c.Get(t.Context(), Request{URL: s.URL + "/a#b"})
	if err != nil {
		t.Fatal(err)
	}
	if res.Status != 200 || res.URL != s.URL+"/a" || !bytes.Equal(res.Body, page) || res.Permanent != "" {
		t.Errorf("status %d, URL %q, %d bytes, permanent %q", res.Status, res.URL, len(res.Body), res.Permanent)
	}
	if res.ETag != `W/"7"` || res.LastModified != "Mon, 04 May 2026 12:00:00 GMT" {
		t.Errorf("validators = %q, %q", res.ETag, res.LastModified)
	}
	if res.Header.Get("tdm-reservation") != "1" || res.Header.Get("x-robots-tag") != "noai" {
		t.Errorf("rights headers are missing in %v", res.Header)
	}
	if res.Fetched.Before(before) || res.Took <= 0 || res.Took > time.Since(before) {
		t.Errorf("fetched %v, took %v", res.Fetched, res.Took)
	}
}

func TestGetConditionalAnswers(t *testing.T) {
	s, c := serve(t, Config{}, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"7"`)
		if r.Header.Get("If-None-Match") == `"7"` || r.URL.Path == "/liar" {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		_, _ = io.WriteString(w, "page")
	})
	res, err := c.Get(t.Context(), Request{URL: s.URL, ETag: `"7"`})
	if err != nil || res.Status != 304 || res.Body != nil || res.ETag != `"7"` {
		t.Errorf("known page = %+v, %v, want 304 without a body", res, err)
	}
	res, err = c.Get(t.Context(), Request{URL: s.URL, ETag: `"6"`})
	if err != nil || res.Status != 200 || string(res.Body) != "page" {
		t.Errorf("changed page = %+v, %v, want 200", res, err)
	}
	_, err = c.Get(t.Context(), Request{URL: s.URL + "/liar"})
	if fe := wantClass(t, err, Transient); fe.Status != 304 {
		t.Errorf("status = %d, want 304", fe.Status)
	}
}

func TestGetFollowsRedirects(t *testing.T) {
	// A path such as /301/302/end redirects with 301 to /302/end, and so on.
	s, c := serve(t, Config{}, func(w http.ResponseWriter, r *http.Request) {
		head, rest, _ := strings.Cut(r.URL.Path[1:], "/")
		var status int
		if _, err := fmt.Sscan(head, &status); err == nil {
			w.Header().Set("Location", "/"+rest)
			w.WriteHeader(status)
		}
		_, _ = io.WriteString(w, r.URL.Path)
	})
	tests := []struct {
		path, permanent string
		class           Class // Transient: it arrives
	}{
		{"/end", "", Transient},
		{"/301/end", "/end", Transient},
		{"/308/301/end", "/end", Transient},
		{"/302/301/end", "", Transient},
		{"/301/307/301/end", "/307/301/end", Transient},
		{"/303/end", "", Transient},
		{"/302/302/302/302/302/end", "", Transient},
		{"/302/302/302/302/302/302/end", "", Refused},
		{"/300/end", "", Unusable},
		{"/305/end", "", Unusable},
	}
	for _, tt := range tests {
		res, err := c.Get(t.Context(), Request{URL: s.URL + tt.path})
		if tt.class != Transient {
			wantClass(t, err, tt.class)
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", tt.path, err)
			continue
		}
		if tt.permanent != "" {
			tt.permanent = s.URL + tt.permanent
		}
		if res.URL != s.URL+"/end" || string(res.Body) != "/end" || res.Permanent != tt.permanent {
			t.Errorf("%s leads to %q (permanent %q), want /end (permanent %q)", tt.path, res.URL, res.Permanent, tt.permanent)
		}
	}
}

func TestGetRefusesBadRedirects(t *testing.T) {
	var to string
	s, c := serve(t, Config{}, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", to)
		w.WriteHeader(http.StatusFound)
	})
	for _, to = range []string{"file:///etc/passwd", "http://user:secret@" + s.Listener.Addr().String(), "http://169.254.169.254/latest", "gopher://a.example/", "http://[::]:22/", "http:///x", "/"} {
		_, err := c.Get(t.Context(), Request{URL: s.URL})
		wantClass(t, err, Refused)
		if strings.Contains(err.Error(), "secret") {
			t.Errorf("the error %q gives the password away", err)
		}
	}
	to = ""
	_, err := c.Get(t.Context(), Request{URL: s.URL})
	wantClass(t, err, Unusable)
}

func TestGetWithoutRedirects(t *testing.T) {
	s, c := serve(t, Config{MaxRedirects: -1}, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/b", http.StatusFound) })
	_, err := c.Get(t.Context(), Request{URL: s.URL})
	wantClass(t, err, Refused)
}

func TestGetClassifiesStatuses(t *testing.T) {
	s, c := serve(t, Config{}, func(w http.ResponseWriter, r *http.Request) {
		var status int
		_, _ = fmt.Sscanf(r.URL.Path, "/%d", &status)
		w.WriteHeader(status)
	})
	for status, want := range map[int]Class{404: NotFound, 410: Gone, 401: Denied, 403: Denied, 451: Denied, 429: Throttled, 500: Transient, 418: Unusable, 204: Transient} {
		_, err := c.Get(t.Context(), Request{URL: fmt.Sprintf("%s/%d", s.URL, status)})
		if fe := wantClass(t, err, want); fe.Status != status || !strings.HasPrefix(fe.URL, s.URL) {
			t.Errorf("error %+v, want status %d", fe, status)
		}
		if status == 429 {
			c.turns.hosts = map[string]*hostTurns{} // or the host would be left alone
		}
	}
}

func TestGetNeverReturnsHalfAPage(t *testing.T) {
	page := encode(t, "gzip", prose(50<<10))
	s, c := serve(t, Config{}, func(w http.ResponseWriter, r *http.Request) {
		conn, buf, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		switch r.URL.Path {
		case "/short":
			fmt.Fprintf(buf, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
		case "/chunk":
			fmt.Fprintf(buf, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n")
		case "/badchunk":
			fmt.Fprintf(buf, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\nzz\r\n")
		case "/gzip":
			fmt.Fprintf(buf, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n%s", page[:len(page)-9])
		case "/nothing":
		case "/rubbish":
			fmt.Fprintf(buf, "SSH-2.0-OpenSSH_9.9\r\n")
		case "/header":
			fmt.Fprintf(buf, "HTTP/1.1 200 OK\r\nX: %s\r\nContent-Length: 0\r\n\r\n", strings.Repeat("x", 2*maxHeaderBytes))
		}
		_ = buf.Flush()
	})
	for _, path := range []string{"/short", "/chunk", "/badchunk", "/gzip", "/nothing", "/rubbish", "/header"} {
		res, err := c.Get(t.Context(), Request{URL: s.URL + path})
		if res != nil {
			t.Errorf("%s: %d bytes were returned", path, len(res.Body))
		}
		wantClass(t, err, Transient)
	}
}

func TestGetLimitsSize(t *testing.T) {
	s, c := serve(t, Config{MaxBytes: 1000}, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/unannounced" {
			w.(http.Flusher).Flush()
		}
		_, _ = w.Write(prose(1500))
	})
	for _, path := range []string{"/", "/unannounced"} {
		_, err := c.Get(t.Context(), Request{URL: s.URL + path})
		wantClass(t, err, TooLarge)
		res, err := c.Get(t.Context(), Request{URL: s.URL + path, MaxBytes: 1500})
		if err != nil || len(res.Body) != 1500 {
			t.Errorf("%s with a limit of its own: %v", path, err)
		}
	}
}

func TestGetRefusesOtherKindsOfContent(t *testing.T) {
	const page = "text/html,application/xhtml+xml;q=0.9"
	tests := []struct {
		contentType, accept string
		want                bool
	}{
		{"text/html; charset=utf-8", page, true}, {"application/octet-stream", page, true}, {"", page, true}, {"text/plain", page, true},
		{"video/mp4", page, false}, {"application/pdf", page, false}, {"IMAGE/JPEG", page, false}, {"audio/mpeg; x=y", page, false},
		{"video/mp4", "", true}, {"video/mp4", "*/*", true}, {"image/svg+xml", page, true}, {"image/png", "image/*", true}, {"application/pdf", "application/pdf", true},
		{"application/gzip", page, true}, {"application/x-gzip", "*/*", true}, {"application/gzip", "", true}, {"application/x-gzip", page, true},
	}
	for _, tt := range tests {
		if got := unwanted(tt.contentType, tt.accept) == nil; got != tt.want {
			t.Errorf("type %q accepted with %q = %v, want %v", tt.contentType, tt.accept, got, tt.want)
		}
	}
	s, c := serve(t, Config{}, func(w http.ResponseWriter, r *http.Request) { w.Header().Set("Content-Type", "video/mp4") })
	_, err := c.Get(t.Context(), Request{URL: s.URL, Accept: page})
	wantClass(t, err, Unusable)
}

func TestGetReusesConnections(t *testing.T) {
	s, c := serve(t, Config{}, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/missing":
			http.NotFound(w, r)
		case "/br":
			w.Header().Set("Content-Encoding", "br")
			_, _ = w.Write(encode(t, "br", prose(5000)))
		case "/deflate":
			w.Header().Set("Content-Encoding", "deflate")
			_, _ = w.Write(encode(t, "raw-deflate", prose(5000)))
		case "/304":
			w.WriteHeader(http.StatusNotModified)
		}
	})
	var dialed atomic.Int32
	ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{ConnectDone: func(string, string, error) { dialed.Add(1) }})
	for _, path := range []string{"/", "/missing", "/br", "/deflate", "/304", "/"} {
		_, _ = c.Get(ctx, Request{URL: s.URL + path, ETag: "x"})
	}
	if got := dialed.Load(); got != 1 {
		t.Errorf("6 requests took %d connections, want 1", got)
	}
}

func TestGetSpeaksHTTP2AndModernTLS(t *testing.T) {
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, r.Proto, " ", r.TLS.Version >= 0x0303)
	}))
	s.EnableHTTP2 = true
	s.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError) // the first request is meant to fail
	s.StartTLS()
	defer s.Close()
	c, err := New(Config{Pace: -1, Allow: loopback})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_, err = c.Get(t.Context(), Request{URL: s.URL})
	wantClass(t, err, Transient) // a certificate that nobody has vouched for

	c.rt.(*http.Transport).TLSClientConfig.RootCAs = s.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	res, err := c.Get(t.Context(), Request{URL: s.URL})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := string(res.Body), "HTTP/2.0 true"; got != want {
		t.Errorf("spoke %s, want %s", got, want)
	}
}

func TestGetConcurrently(t *testing.T) {
	page := prose(20 << 10)
	gz := encode(t, "gzip", page)
	s, c := serve(t, Config{Connections: 8}, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/robots.txt" {
			_, _ = io.WriteString(w, "User-agent: *\nDisallow: /no\n")
			return
		}
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(gz)
	})
	var wg sync.WaitGroup
	for i := range 64 {
		wg.Go(func() {
			path := "/yes"
			if i%8 == 0 {
				path = "/no"
			}
			res, err := c.Get(t.Context(), Request{URL: s.URL + path, Robots: true})
			if path == "/no" {
				if ClassOf(err) != Denied {
					t.Errorf("%s: %v, want class denied", path, err)
				}
			} else if err != nil || !bytes.Equal(res.Body, page) {
				t.Errorf("%s: %v", path, err)
			}
		})
	}
	wg.Wait()
}

func TestGetLeavesCompressedFilesAsTheyAre(t *testing.T) {
	file := encode(t, "gzip", prose(5000))
	s, c := serve(t, Config{}, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/x-gzip")
		_, _ = w.Write(file)
	})
	res, err := c.Get(t.Context(), Request{URL: s.URL + "/sitemap.xml.gz", Accept: "application/xml"})
	if err != nil || !bytes.Equal(res.Body, file) {
		t.Errorf("a gzip file without Content-Encoding was changed: %v", err)
	}
}

func TestGetRefusesBadURLs(t *testing.T) {
	c := newFake(t, Config{}, func(r *http.Request) (*http.Response, error) {
		t.Errorf("%s was asked for", r.URL)
		return nil, errors.New("no")
	})
	for _, u := range []string{"", "://", "ftp://a.example/", "http://", "http://user:secret@a.example/", "http://user:se@secret@a b.example/?@", "//:secret@", "http://10.0.0.1/", "http://a.example:99999/"} {
		_, err := c.Get(t.Context(), Request{URL: u})
		wantClass(t, err, Refused)
		if strings.Contains(err.Error(), "secret") {
			t.Errorf("the error %q gives the password away", err)
		}
	}
}
