package fetch

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"
)

// A testProxy is an HTTP or SOCKS5 proxy that notes what it is asked to
// connect to, and connects to inside whatever that is.
type testProxy struct {
	t        *testing.T
	listener net.Listener
	inside   string
	login    string // user:password that it wants; empty: none
	answer   string // what it says in place of an HTTP answer; empty: the right thing

	mu    sync.Mutex
	asked []string
	fail  map[string]bool // addresses that it cannot reach
}

func newTestProxy(t *testing.T, inside string, config *tls.Config) *testProxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if config != nil {
		l = tls.NewListener(l, config)
	}
	p := &testProxy{t: t, listener: l, inside: inside, fail: map[string]bool{}}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go p.serve(conn)
		}
	}()
	return p
}

func (p *testProxy) url(scheme, login string) string {
	return scheme + "://" + login + p.listener.Addr().String()
}

func (p *testProxy) note(to string) (ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked = append(p.asked, to)
	return !p.fail[to]
}

func (p *testProxy) take() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	asked := p.asked
	p.asked = nil
	return asked
}

func (p *testProxy) serve(conn net.Conn) {
	defer conn.Close()
	br := bufio.NewReader(conn)
	first, err := br.Peek(1)
	if err != nil {
		return
	}
	shake := p.http
	if first[0] == 5 {
		shake = p.socks
	}
	if !shake(conn, br) {
		return
	}
	p.mu.Lock()
	inside := p.inside
	p.mu.Unlock()
	out, err := net.Dial("tcp", inside)
	if err != nil {
		p.t.Error(err)
		return
	}
	defer out.Close()
	go func() {
		_, _ = io.Copy(out, br)
		out.Close()
	}()
	_, _ = io.Copy(conn, out)
}

func (p *testProxy) http(conn net.Conn, br *bufio.Reader) bool {
	req, err := http.ReadRequest(br)
	if err != nil {
		return false
	}
	if req.Method != http.MethodConnect || req.Host != req.RequestURI {
		p.t.Errorf("the proxy was asked to %s %s at %s", req.Method, req.RequestURI, req.Host)
	}
	if want := base64.StdEncoding.EncodeToString([]byte(p.login)); p.login != "" && req.Header.Get("Proxy-Authorization") != "Basic "+want {
		fmt.Fprint(conn, "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
		return false
	}
	ok := p.note(req.RequestURI)
	switch {
	case p.answer != "":
		_, _ = io.WriteString(conn, p.answer)
		_, _ = io.Copy(io.Discard, conn) // the client ends it
		return false
	case !ok:
		fmt.Fprint(conn, "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
	default:
		fmt.Fprint(conn, "HTTP/1.1 200 Connection established\r\n\r\n")
	}
	return ok
}

func (p *testProxy) socks(conn net.Conn, br *bufio.Reader) bool {
	read := func(n int) []byte {
		b := make([]byte, n)
		_, _ = io.ReadFull(br, b)
		return b
	}
	read(int(read(2)[1]))
	if p.login == "" {
		_, _ = conn.Write([]byte{5, 0})
	} else {
		_, _ = conn.Write([]byte{5, 2})
		user := read(int(read(2)[1]))
		password := read(int(read(1)[0]))
		if string(user)+":"+string(password) != p.login {
			_, _ = conn.Write([]byte{1, 1})
			return false
		}
		_, _ = conn.Write([]byte{1, 0})
	}
	var host string
	switch read(4)[3] {
	case 1:
		host = netip.AddrFrom4([4]byte(read(4))).String()
	case 4:
		host = netip.AddrFrom16([16]byte(read(16))).String()
	default:
		p.t.Error("the proxy was asked to look up a name")
		return false
	}
	to := net.JoinHostPort(host, fmt.Sprint(binary.BigEndian.Uint16(read(2))))
	code := byte(5)
	if p.note(to) {
		code = 0
	}
	_, _ = conn.Write([]byte{5, code, 0, 1, 0, 0, 0, 0, 0, 0})
	return code == 0
}

func TestProxyIsToldTheAddress(t *testing.T) {
	t.Setenv("WIRE_PROXY_PASSWORD", "p@ss:w$rd")
	inside := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.Host) }))
	defer inside.Close()
	secure := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.Host, r.Proto) }))
	secure.EnableHTTP2 = true
	secure.StartTLS()
	defer secure.Close()
	for _, scheme := range []string{"http", "socks5"} {
		p := newTestProxy(t, inside.Listener.Addr().String(), nil)
		p.login = "desk:p@ss:w$rd"
		c, err := newClient(Config{Pace: -1, Proxy: p.url(scheme, "desk:$WIRE_PROXY_PASSWORD@")}, resolverOf("news.example", "8.8.8.8"))
		if err != nil {
			t.Fatal(err)
		}
		res, err := c.Get(t.Context(), Request{URL: "http://news.example/"})
		if err != nil || string(res.Body) != "news.example" {
			t.Errorf("%s: %v, %v", scheme, res, err)
		}
		res, err = c.Get(t.Context(), Request{URL: "http://[2606:4700::1]:8080/"})
		if err != nil || string(res.Body) != "[2606:4700::1]:8080" {
			t.Errorf("%s: %v, %v", scheme, res, err)
		}
		p.mu.Lock()
		p.inside = secure.Listener.Addr().String()
		p.mu.Unlock()
		transport := c.rt.(*http.Transport)
		transport.TLSClientConfig.RootCAs = secure.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
		transport.TLSClientConfig.ServerName = "example.com" // of the certificate
		if res, err = c.Get(t.Context(), Request{URL: "https://news.example/"}); err != nil || string(res.Body) != "news.exampleHTTP/2.0" {
			t.Errorf("%s: %v, %v", scheme, res, err)
		}
		if got, want := fmt.Sprint(p.take()), "[8.8.8.8:80 [2606:4700::1]:8080 8.8.8.8:443]"; got != want {
			t.Errorf("the %s proxy was asked for %s, want %s", scheme, got, want)
		}
		c.Close()
	}
}

func TestProxyIsNotToldSpecialAddresses(t *testing.T) {
	for _, scheme := range []string{"http", "socks5"} {
		p := newTestProxy(t, "127.0.0.1:1", nil)
		for _, addr := range special {
			c, err := newClient(Config{Pace: -1, Proxy: p.url(scheme, "")}, resolverOf("evil.example", addr))
			if err != nil {
				t.Fatal(err)
			}
			wantRefused(t, c, scheme+" proxy", "http://"+urlHost(addr)+"/")
			wantRefused(t, c, scheme+" proxy and DNS", "https://evil.example/")
			wantRefused(t, c, scheme+" proxy", "http://localhost/")
			c.Close()
		}
		if got := p.take(); len(got) > 0 {
			t.Errorf("the %s proxy was asked for %v", scheme, got)
		}
	}
}

func TestProxyTriesEveryAddress(t *testing.T) {
	inside := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, "ok") }))
	defer inside.Close()
	p := newTestProxy(t, inside.Listener.Addr().String(), nil)
	c, err := newClient(Config{Pace: -1, Proxy: p.url("http", "")}, resolverOf("news.example", "8.8.8.8", "10.0.0.1", "8.8.4.4"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	p.mu.Lock()
	p.fail["8.8.8.8:80"], p.fail["8.8.4.4:80"] = true, true
	p.mu.Unlock()
	_, err = c.Get(t.Context(), Request{URL: "http://news.example/"})
	wantClass(t, err, Transient)
	p.mu.Lock()
	p.fail["8.8.4.4:80"] = false
	p.mu.Unlock()
	if _, err := c.Get(t.Context(), Request{URL: "http://news.example/"}); err != nil {
		t.Error(err)
	}
	for _, to := range p.take() {
		if to != "8.8.8.8:80" && to != "8.8.4.4:80" {
			t.Errorf("the proxy was asked for %s", to)
		}
	}
}

func TestProxyOverTLS(t *testing.T) {
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.Host) }))
	defer site.Close()
	certs := httptest.NewUnstartedServer(nil)
	certs.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	certs.StartTLS()
	defer certs.Close()
	p := newTestProxy(t, site.Listener.Addr().String(), &tls.Config{Certificates: certs.TLS.Certificates})
	c, err := newClient(Config{Pace: -1, Proxy: p.url("https", "desk:secret@")}, resolverOf("news.example", "8.8.8.8"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_, err = c.Get(t.Context(), Request{URL: "http://news.example/"})
	if fe := wantClass(t, err, Transient); fe.Cause() != "connect" || strings.Contains(err.Error(), "secret") {
		t.Errorf("a proxy nobody vouches for: %q, %v", fe.Cause(), err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(certs.Certificate())
	server, err := parseProxy(p.url("https", "desk:secret@"))
	if err != nil {
		t.Fatal(err)
	}
	p.login = "desk:secret"
	d := &proxyDialer{server: server, guard: c.guard, resolver: cachingResolver(resolverOf("news.example", "8.8.8.8")), tls: &tls.Config{RootCAs: pool}}
	c.rt.(*http.Transport).DialContext = d.DialContext
	if res, err := c.Get(t.Context(), Request{URL: "http://news.example/"}); err != nil || string(res.Body) != "news.example" {
		t.Errorf("%v, %v", res, err)
	}
}

func TestProxyFailuresNameIt(t *testing.T) {
	tests := []struct{ name, scheme, answer, login, want string }{
		{"wrong password", "http", "", "desk:other", "status 407"},
		{"wrong password", "socks5", "", "desk:other", ""},
		{"forbidden", "http", "HTTP/1.1 403 Forbidden\r\n\r\n", "", "status 403"},
		{"not a proxy", "http", "SSH-2.0-OpenSSH_9.9\r\n\r\n", "", "malformed"},
		{"endless answer", "http", "HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 2*maxProxyHeader), "", "16384 bytes"},
		{"talks first", "http", "HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "", "more than an answer"},
	}
	for _, tt := range tests {
		p := newTestProxy(t, "127.0.0.1:1", nil)
		p.answer, p.login = tt.answer, tt.login
		c, err := newClient(Config{Pace: -1, Proxy: p.url(tt.scheme, "desk:secret@")}, resolverOf("news.example", "8.8.8.8"))
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.Get(t.Context(), Request{URL: "http://news.example/"})
		fe := wantClass(t, err, Transient)
		if s := err.Error(); strings.Contains(s, "secret") || !strings.Contains(s, "proxy "+p.url(tt.scheme, "")) || !strings.Contains(s, tt.want) || fe.Cause() != "connect" {
			t.Errorf("%s %s: %q (%s), want %q from the proxy and no password", tt.scheme, tt.name, s, fe.Cause(), tt.want)
		}
		c.Close()
	}
}

func TestProxyThatHangsIsGivenUp(t *testing.T) {
	for _, scheme := range []string{"http", "https", "socks5"} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close() // accepts nothing
		c, err := newClient(Config{Pace: -1, Proxy: scheme + "://" + l.Addr().String(), Timeout: 200 * time.Millisecond}, resolverOf("news.example", "8.8.8.8"))
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.Get(t.Context(), Request{URL: "http://news.example/"})
		if fe := wantClass(t, err, Transient); fe.Cause() != "timeout" {
			t.Errorf("%s: %q, %v, want a timeout", scheme, fe.Cause(), err)
		}
		// What dials ends too, by its own limit or its context.
		server, err := parseProxy(scheme + "://" + l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		d := &proxyDialer{server: server, guard: c.guard, resolver: cachingResolver(resolverOf("news.example", "8.8.8.8")), tls: &tls.Config{}}
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		_, err = d.DialContext(ctx, "tcp", "8.8.8.8:80")
		if pe, ok := errors.AsType[*proxyError](err); !ok || !pe.timeout() {
			t.Errorf("%s: dialled with %v, want a timeout", scheme, err)
		}
		cancel()
		c.Close()
	}
}

func TestProxyIsParsed(t *testing.T) {
	t.Setenv("WIRE_USER", "desk")
	t.Setenv("WIRE_PASSWORD", "top@secret/:")
	t.Setenv("WIRE_EMPTY", "")
	tests := []struct {
		raw  string
		want *proxyServer // nil: a fault
	}{
		{"http://proxy.example:3128", &proxyServer{"http", "proxy.example:3128", "", ""}},
		{"HTTPS://proxy.example:3128/", &proxyServer{"https", "proxy.example:3128", "", ""}},
		{"socks5://[::1]:1080", &proxyServer{"socks5", "[::1]:1080", "", ""}},
		{"http://$WIRE_USER:$WIRE_PASSWORD@10.0.0.1:1", &proxyServer{"http", "10.0.0.1:1", "desk", "top@secret/:"}},
		{"http://u:a%24b%40c@10.0.0.1:1", &proxyServer{"http", "10.0.0.1:1", "u", "a$b@c"}},
		{"http://u:%24WIRE_USER@10.0.0.1:1/", &proxyServer{"http", "10.0.0.1:1", "u", "$WIRE_USER"}},
		{"http://u:a$WIRE_USER@10.0.0.1:1", &proxyServer{"http", "10.0.0.1:1", "u", "a$WIRE_USER"}},
		{"http://u@10.0.0.1:1", &proxyServer{"http", "10.0.0.1:1", "u", ""}},
		{"socks5://u@10.0.0.1:1", nil},
		{"http://$WIRE_UNSET:secret@10.0.0.1:1", nil},
		{"http://u:$WIRE_EMPTY@10.0.0.1:1", nil},
		{"http://:secret@10.0.0.1:1", nil},
		{"http://u:secret@proxy.example", nil},
		{"http://u:secret@:3128", nil},
		{"http://u:secret@proxy.example:0", nil},
		{"http://u:secret@proxy.example:99999", nil},
		{"http://u:secret@proxy.example:1/path", nil},
		{"http://u:secret@proxy.example:1?x", nil},
		{"http://u:sec ret@proxy.example:1", nil},
		{"http://u:secret%zz@proxy.example:1", nil},
		{"ftp://u:secret@proxy.example:1", nil},
		{"u:secret@proxy.example:1", nil},
		{"socks5://u:" + strings.Repeat("secret", 50) + "@proxy.example:1", nil},
	}
	for _, tt := range tests {
		got, err := parseProxy(tt.raw)
		if (err != nil) != (tt.want == nil) || got != nil && *got != *tt.want {
			t.Errorf("parseProxy(%q) = %+v, %v, want %+v", tt.raw, got, err, tt.want)
		}
		if fault := (Config{Proxy: tt.raw}).Validate(); (fault != nil) != (tt.want == nil) || fault != nil && strings.Contains(fault.Error(), "sec") {
			t.Errorf("config with %q: %v, want a fault: %v, without the password", tt.raw, fault, tt.want == nil)
		}
	}
}
