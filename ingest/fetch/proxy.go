package fetch

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/proxy"
)

const (
	maxProxyHeader = 16 << 10        // bytes of a proxy's answer
	minProxyTry    = 2 * time.Second // for one address, while several share dialTimeout
	maxProxyUser   = 255             // bytes; what SOCKS5 can say
)

// A proxyServer is what Config.Proxy names.
type proxyServer struct {
	scheme         string // http, https or socks5
	addr           string // host and port
	user, password string // both empty: none
}

// String names p without its password.
func (p *proxyServer) String() string { return p.scheme + "://" + p.addr }

// parseProxy returns the proxy that s names; nil when s is empty. Its errors
// never repeat s, which may hold a password.
func parseProxy(s string) (*proxyServer, error) {
	if s == "" {
		return nil, nil
	}
	shape := errors.New("it is not a proxy such as http://proxy.example:3128, https://… or socks5://…")
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.Fragment != "" {
		return nil, shape
	}
	if u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "socks5" {
		return nil, shape
	}
	if port, err := strconv.ParseUint(u.Port(), 10, 16); err != nil || port == 0 || u.Hostname() == "" {
		return nil, fmt.Errorf("%q has no host and port such as proxy.example:3128", u.Host)
	}
	p := &proxyServer{scheme: u.Scheme, addr: u.Host}
	if u.User == nil {
		return p, nil
	}
	// Split here and not by url, which would make a variable of an escaped $.
	_, rest, _ := strings.Cut(s, "://")
	user, password, _ := strings.Cut(rest[:strings.LastIndexByte(rest[:len(rest)-len(u.Path)], '@')], ":")
	if p.user, err = proxySecret(user); err != nil {
		return nil, fmt.Errorf("user name: %w", err)
	}
	if p.password, err = proxySecret(password); err != nil {
		return nil, fmt.Errorf("password: %w", err)
	}
	if p.user == "" || strings.Contains(p.user, ":") || len(p.user) > maxProxyUser || len(p.password) > maxProxyUser {
		return nil, fmt.Errorf("user name and password must have 1 to %d bytes, and the name no colon", maxProxyUser)
	}
	if p.password == "" && p.scheme == "socks5" {
		return nil, errors.New("SOCKS5 knows no user name without a password")
	}
	return p, nil
}

// proxySecret returns what token, a user name or password in a URL, stands
// for: after a $, the environment variable of that name.
func proxySecret(token string) (string, error) {
	if name, ok := strings.CutPrefix(token, "$"); ok {
		value, ok := os.LookupEnv(name)
		if !ok || value == "" {
			return "", fmt.Errorf("environment variable %s is not set", name)
		}
		return value, nil
	}
	value, err := url.PathUnescape(token)
	if err != nil {
		return "", errors.New("bad percent escape")
	}
	return value, nil
}

// A proxyDialer connects through a proxy. Names are looked up here and the
// guard checks what they stand for; the proxy is told the address, so that it
// cannot look the name up another time and arrive elsewhere. The proxy itself
// is the operator's and is not checked.
type proxyDialer struct {
	server   *proxyServer
	guard    *guard
	resolver *net.Resolver
	tls      *tls.Config // for a proxy of scheme https
}

// DialContext is a [http.Transport]'s DialContext. It tries the addresses of a
// name in order; all of it takes at most dialTimeout.
func (d *proxyDialer) DialContext(ctx context.Context, _, address string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	addrs, err := d.resolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return nil, err
	}
	var first error
	for i, addr := range addrs {
		addr = addr.Unmap()
		err := d.guard.permit(addr)
		if err == nil {
			var conn net.Conn
			if conn, err = d.try(ctx, addr, port, len(addrs)-i); err == nil {
				return conn, nil
			}
		}
		if first == nil {
			first = err
		}
		if ctx.Err() != nil {
			break
		}
	}
	if first == nil {
		first = &net.DNSError{Err: "no addresses", Name: host, IsNotFound: true}
	}
	return nil, first
}

// try connects to one of the left addresses, in its share of the time.
func (d *proxyDialer) try(ctx context.Context, addr netip.Addr, port string, left int) (net.Conn, error) {
	deadline, _ := ctx.Deadline()
	share := max(time.Until(deadline)/time.Duration(left), minProxyTry)
	ctx, cancel := context.WithTimeout(ctx, share)
	defer cancel()
	to := net.JoinHostPort(addr.String(), port)
	var conn net.Conn
	var err error
	if d.server.scheme == "socks5" {
		conn, err = d.socks(ctx, to)
	} else {
		conn, err = d.connect(ctx, to)
	}
	if err != nil {
		return nil, &proxyError{proxy: d.server.String(), to: to, err: err, late: ctx.Err() != nil}
	}
	return conn, nil
}

// dialProxy connects to the proxy itself.
func (d *proxyDialer) dialProxy(ctx context.Context) (net.Conn, error) {
	return (&net.Dialer{Resolver: d.resolver}).DialContext(ctx, "tcp", d.server.addr)
}

// socks asks a SOCKS5 proxy to connect to the address to.
func (d *proxyDialer) socks(ctx context.Context, to string) (net.Conn, error) {
	var auth *proxy.Auth
	if d.server.user != "" {
		auth = &proxy.Auth{User: d.server.user, Password: d.server.password}
	}
	s, err := proxy.SOCKS5("tcp", d.server.addr, auth, dialFunc(func(ctx context.Context) (net.Conn, error) { return d.dialProxy(ctx) }))
	if err != nil {
		return nil, err
	}
	return s.(proxy.ContextDialer).DialContext(ctx, "tcp", to)
}

// A dialFunc dials the same whatever it is asked for.
type dialFunc func(ctx context.Context) (net.Conn, error)

func (f dialFunc) Dial(_, _ string) (net.Conn, error) { return f(context.Background()) }

func (f dialFunc) DialContext(ctx context.Context, _, _ string) (net.Conn, error) { return f(ctx) }

// connect asks an HTTP proxy to connect to the address to.
func (d *proxyDialer) connect(ctx context.Context, to string) (conn net.Conn, err error) {
	if conn, err = d.dialProxy(ctx); err != nil {
		return nil, err
	}
	raw := conn
	// Ends whatever read or write is going on when ctx does.
	stop := context.AfterFunc(ctx, func() { _ = raw.SetDeadline(time.Unix(1, 0)) })
	defer func() {
		if !stop() && err == nil {
			err = ctx.Err()
		}
		if err != nil {
			raw.Close()
		}
	}()
	if d.server.scheme == "https" {
		tc := tls.Client(conn, d.tlsConfig())
		if err := tc.HandshakeContext(ctx); err != nil {
			return nil, err
		}
		conn = tc
	}
	req := &http.Request{Method: http.MethodConnect, URL: &url.URL{Opaque: to}, Host: to, Header: http.Header{"User-Agent": {""}}}
	if d.server.user != "" {
		basic := &http.Request{Header: http.Header{}}
		basic.SetBasicAuth(d.server.user, d.server.password)
		req.Header["Proxy-Authorization"] = basic.Header["Authorization"]
	}
	if err := req.Write(conn); err != nil {
		return nil, err
	}
	br := bufio.NewReader(io.LimitReader(conn, maxProxyHeader))
	res, err := http.ReadResponse(br, req)
	if err != nil {
		return nil, fmt.Errorf("read the answer, of which %d bytes count: %w", maxProxyHeader, err)
	}
	if res.StatusCode < 200 || res.StatusCode > 299 {
		return nil, fmt.Errorf("status %d", res.StatusCode)
	}
	if br.Buffered() > 0 {
		return nil, errors.New("more than an answer came back")
	}
	return conn, nil
}

func (d *proxyDialer) tlsConfig() *tls.Config {
	c := d.tls.Clone()
	if c.ServerName == "" {
		c.ServerName, _, _ = net.SplitHostPort(d.server.addr)
	}
	return c
}

// A proxyError says why there is no connection through a proxy.
type proxyError struct {
	proxy, to string
	err       error
	late      bool // the time for it had run out
}

// Error names the proxy without its password.
func (e *proxyError) Error() string {
	return fmt.Sprintf("proxy %s: connect to %s: %v", e.proxy, e.to, e.err)
}

// Unwrap returns the cause.
func (e *proxyError) Unwrap() error { return e.err }

// timeout reports whether there might have been a connection with more time.
func (e *proxyError) timeout() bool {
	ne, ok := errors.AsType[net.Error](e.err)
	return e.late || ok && ne.Timeout()
}
