package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestErrorTellsCause(t *testing.T) {
	dial := func(err error) error { return &net.OpError{Op: "dial", Net: "tcp", Err: err} }
	tests := []struct {
		err  *Error
		want string
	}{
		{&Error{Err: dial(&net.DNSError{Err: "no such host", IsNotFound: true})}, "dns"},
		{&Error{Err: dial(&net.DNSError{Err: "i/o timeout", IsTimeout: true})}, "dns"},
		{&Error{Err: dial(errors.New("connection refused"))}, "connect"},
		{&Error{Err: &net.OpError{Op: "read", Err: errors.New("connection reset by peer")}}, "connect"},
		{&Error{Err: io.EOF}, "connect"},
		{&Error{Status: 200, Err: fmt.Errorf("read body: %w", io.ErrUnexpectedEOF)}, "connect"},
		{&Error{Err: fmt.Errorf("%w: bad certificate", errTLS)}, "tls"},
		{&Error{Err: fmt.Errorf("%w: %w", errTLS, context.DeadlineExceeded)}, "timeout"},
		{&Error{Err: dial(context.DeadlineExceeded)}, "timeout"},
		{&Error{Err: fmt.Errorf("%w: %w", errTimeout, io.EOF)}, "timeout"},
		{&Error{Status: 200, Err: errIdle}, "timeout"},
		{&Error{Err: context.Canceled}, "timeout"},
		{&Error{Class: Gone, Status: 410, Err: errors.New("status 410")}, "http"},
		{&Error{Class: Denied, Status: 403, Err: errors.New("status 403")}, "http"},
		{&Error{Err: errors.New("malformed HTTP response")}, "http"},
		{&Error{Class: Denied, Err: errRobots}, "robots"},
		{&Error{Class: Throttled, Status: 429, Err: errors.New("status 429")}, "throttled"},
		{&Error{Class: Throttled, Err: context.DeadlineExceeded}, "throttled"},
		{&Error{Class: Refused, Err: fmt.Errorf("%w: 10.0.0.1", ErrAddress)}, "address"},
		{&Error{Class: Refused, Err: fmt.Errorf("%w to x: %w", errRedirect, ErrAddress)}, "address"},
		{&Error{Class: Refused, Err: errors.New("URL has no host")}, "address"},
		{&Error{Class: Refused, Err: fmt.Errorf("%w: more than 5", errRedirect)}, "redirect"},
		{&Error{Class: TooLarge, Status: 200, Err: errTooLarge}, "too large"},
		{&Error{Class: Unusable, Status: 200, Err: fmt.Errorf("%w: exi", errEncoding)}, "content"},
		{&Error{Class: Unusable, Status: 200, Err: errContent}, "content"},
		{&Error{Err: &proxyError{proxy: "http://p:1", err: errors.New("status 403")}}, "connect"},
		{&Error{Err: &proxyError{proxy: "http://p:1", err: &net.DNSError{}}}, "connect"},
		{&Error{Err: &proxyError{proxy: "http://p:1", err: io.EOF, late: true}}, "timeout"},
	}
	for _, tt := range tests {
		if got := tt.err.Cause(); got != tt.want {
			t.Errorf("cause of %v = %q, want %q", tt.err, got, tt.want)
		}
	}
}

// What the table takes for granted, off the wire.
func TestGetTellsCause(t *testing.T) {
	certified := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	certified.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	certified.StartTLS()
	defer certified.Close()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	s, c := serve(t, Config{Timeout: time.Second}, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/robots.txt":
			w.WriteHeader(http.StatusInternalServerError)
		case "/loop":
			http.Redirect(w, r, "/loop", http.StatusFound)
		case "/inside":
			http.Redirect(w, r, "http://10.0.0.1/", http.StatusFound)
		case "/astray":
			w.Header().Set("Location", "gopher://a.example/")
			w.WriteHeader(http.StatusFound)
		case "/gzip":
			w.Header().Set("Content-Encoding", "gzip")
			fmt.Fprint(w, "this is no gzip but something long enough to be read as one")
		case "/slow":
			<-r.Context().Done()
		case "/cut", "/rubbish", "/half":
			conn, _, err := w.(http.Hijacker).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			switch r.URL.Path {
			case "/rubbish":
				fmt.Fprint(conn, "SSH-2.0-OpenSSH_9.9\r\n\r\n")
			case "/half":
				fmt.Fprint(conn, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
			}
			conn.Close()
		default:
			w.WriteHeader(http.StatusTeapot)
		}
	})
	tests := []struct {
		url    string
		robots bool
		want   string
	}{
		{certified.URL, false, "tls"},
		{strings.Replace(s.URL, "http:", "https:", 1), false, "tls"},
		{"http://" + closed.Addr().String(), false, "connect"},
		{s.URL + "/cut", false, "connect"},
		{s.URL + "/half", false, "connect"},
		{s.URL + "/rubbish", false, "http"},
		{s.URL + "/teapot", false, "http"},
		{s.URL + "/page", true, "robots"},
		{s.URL + "/loop", false, "redirect"},
		{s.URL + "/astray", false, "redirect"},
		{s.URL + "/inside", false, "address"},
		{s.URL + "/gzip", false, "content"},
		{s.URL + "/slow", false, "timeout"},
		{"gopher://a.example/", false, "address"},
	}
	for _, tt := range tests {
		_, err := c.Get(t.Context(), Request{URL: tt.url, Robots: tt.robots})
		fe, ok := errors.AsType[*Error](err)
		if !ok || fe.Cause() != tt.want {
			t.Errorf("cause of %v = %q, want %q", err, fe.Cause(), tt.want)
		}
	}
	nowhere, err := newClient(Config{Pace: -1}, resolverOf("other.example", "8.8.8.8"))
	if err != nil {
		t.Fatal(err)
	}
	defer nowhere.Close()
	_, err = nowhere.Get(t.Context(), Request{URL: "http://news.example./"})
	if fe := wantClass(t, err, Transient); fe.Cause() != "dns" {
		t.Errorf("cause of %v = %q, want dns", err, fe.Cause())
	}
}
