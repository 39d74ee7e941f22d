package fetch

import (
	"crypto/tls"
	"net"
	"net/http"
)

// newTransport returns the one transport of a client, whose every connection
// passes g.
func newTransport(cfg Config, g *guard, resolver *net.Resolver) *http.Transport {
	dialer := &net.Dialer{Timeout: dialTimeout, Control: g.control, Resolver: resolver}
	return &http.Transport{
		Proxy:                  nil, // a proxy would dial where the guard cannot see
		DialContext:            dialer.DialContext,
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
	}
}
