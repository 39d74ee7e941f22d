package websub

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"
)

const (
	headerTimeout   = 5 * time.Second  // from the first byte to the end of the header
	readTimeout     = 30 * time.Second // of a whole request
	writeTimeout    = 60 * time.Second // from the header to the end of the answer: the body, and two calls of Feeds
	idleTimeout     = 60 * time.Second // of a connection without a request
	shutdownTimeout = 5 * time.Second
	maxHeader       = maxQuery + 16<<10 // bytes
	maxConnections  = 256               // further ones wait to be accepted
)

// Serve takes callbacks on Config.Listen until ctx is done, then lets those
// under way finish for up to 5 s, and returns nil. It returns an error when
// the address cannot be listened on. Call it once.
func (s *Subscriber) Serve(ctx context.Context) error {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", s.listen)
	if err != nil {
		return fmt.Errorf("listen for hubs on %s (stop what uses that address, or give another websub.listen): %w", s.listen, err)
	}
	return s.serve(ctx, l)
}

func (s *Subscriber) serve(ctx context.Context, l net.Listener) error {
	defer s.end()
	server := &http.Server{
		Handler:           s,
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(&bounded{l, make(chan struct{}, maxConnections)}) }()
	select {
	case err := <-served:
		return fmt.Errorf("listen for hubs on %s: %w", l.Addr(), err)
	case <-ctx.Done():
	}
	wait, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
	defer cancel()
	if server.Shutdown(wait) != nil {
		server.Close() // their hubs send again what is cut off here
	}
	<-served
	return nil
}

// bounded is a listener with a bound on open connections.
type bounded struct {
	net.Listener
	open chan struct{}
}

// Accept waits until there is room.
func (b *bounded) Accept() (net.Conn, error) {
	b.open <- struct{}{}
	leave := sync.OnceFunc(func() { <-b.open })
	c, err := b.Listener.Accept()
	if err != nil {
		leave()
		return nil, err
	}
	return &boundedConn{c, leave}, nil
}

type boundedConn struct {
	net.Conn
	leave func()
}

func (c *boundedConn) Close() error {
	defer c.leave()
	return c.Conn.Close()
}
