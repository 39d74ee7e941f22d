package fetch

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"time"

	"github.com/ncruces/go-dns"
)

const (
	maxNames   = 1 << 16   // DNS answers remembered at once
	maxNameTTL = time.Hour // how long one of them counts, whatever it says
)

// newTransport returns the one transport of a client, whose every connection
// passes g. A proxy named in the environment would dial where g cannot see;
// that of cfg is told what to dial.
func newTransport(cfg Config, g *guard, resolver *net.Resolver) (*http.Transport, error) {
	dial, err := newDial(cfg, g, cachingResolver(resolver))
	if err != nil {
		return nil, err
	}
	return &http.Transport{
		Proxy:                  nil,
		DialContext:            dial,
		ForceAttemptHTTP2:      true,
		HTTP2:                  &http.HTTP2Config{SendPingTimeout: pingAfter, PingTimeout: pingTimeout},
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    tlsTimeout,
		ResponseHeaderTimeout:  headerTimeout,
		MaxResponseHeaderBytes: maxHeaderBytes,
		MaxIdleConns:           maxIdle,
		MaxIdleConnsPerHost:    cfg.Connections,
		IdleConnTimeout:        idleTimeout,
		DisableCompression:     true, // decoder does more encodings, and bounds them
	}, nil
}

// newDial returns the function that makes the connections.
func newDial(cfg Config, g *guard, resolver *net.Resolver) (func(ctx context.Context, network, address string) (net.Conn, error), error) {
	server, err := parseProxy(cfg.Proxy)
	if err != nil {
		return nil, err
	}
	if server != nil {
		d := &proxyDialer{server: server, guard: g, resolver: resolver, tls: &tls.Config{MinVersion: tls.VersionTLS12}}
		return d.DialContext, nil
	}
	return (&net.Dialer{Timeout: dialTimeout, Control: g.control, Resolver: resolver}).DialContext, nil
}

// cachingResolver returns a resolver that remembers what parent (nil: the
// system's servers, asked in Go) answers, for as long as the answer says. What
// does not exist is asked for again: the answer seldom says for how long, and
// the schedule already asks seldom for a host that is gone.
func cachingResolver(parent *net.Resolver) *net.Resolver {
	return dns.NewCachingResolver(parent, dns.MaxCacheEntries(maxNames), dns.MaxCacheTTL(maxNameTTL), dns.NegativeCache(false))
}
