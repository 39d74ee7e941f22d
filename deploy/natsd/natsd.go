// Package natsd runs a NATS server with JetStream inside this process, and
// connects to it or to a server elsewhere.
//
// The embedded server syncs every write to the disk before it acknowledges
// it: with the default of syncing every two minutes a power cut loses all
// that was acknowledged since.
package natsd

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gofrs/flock"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

const (
	// maxPayload bounds one message, in bytes. A record with its body as text
	// and as HTML stays far below it.
	maxPayload = 8 << 20
	// syncInterval is how much a power cut takes of the one stream that is not
	// synced at every write, the schedules of feeds: what is lost there is
	// polled again.
	syncInterval = 10 * time.Second
	// readyTimeout is how long the server may take to open its store; a
	// million messages take some 5 s.
	readyTimeout = 2 * time.Minute
	// minFree is the disk space below which the server does not start, in
	// bytes: a stream that hits the end of the disk stays frozen until restart.
	minFree = 64 << 20
)

// A Config says where the server keeps its data and who may reach it.
type Config struct {
	Dir      string       // store directory, made when absent; one server at a time
	Listen   string       // host:port for clients; empty: only this process can connect
	MaxStore int64        // most bytes in Dir; 0 means 20 GiB
	Log      *slog.Logger // nil means none
}

// A Server is a running embedded server.
type Server struct {
	nats *server.Server
	lock *flock.Flock
	log  *logger
}

// Start starts a server and returns once it accepts connections. It fails
// when another process has the store open, when the listening address is in
// use or not a loopback address (the server has no users and no TLS: put a
// real NATS server in front of other machines and use its URL), or when the
// disk is full.
func Start(cfg Config) (*Server, error) {
	if cfg.Dir == "" {
		return nil, errors.New("nats server: no store directory")
	}
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("nats server store: %w", err)
	}
	if free, err := freeBytes(cfg.Dir); err == nil && free < minFree {
		return nil, fmt.Errorf("nats server store %s: %d MiB free, at least %d needed: free some space or give another --store", cfg.Dir, free>>20, minFree>>20)
	}
	opts, err := options(cfg)
	if err != nil {
		return nil, err
	}
	lock := flock.New(filepath.Join(cfg.Dir, "lock"))
	// The server itself does not lock its store: two on one directory would
	// both acknowledge writes under the same sequence numbers.
	if ok, err := lock.TryLock(); err != nil {
		return nil, fmt.Errorf("lock store %s: %w", cfg.Dir, err)
	} else if !ok {
		return nil, fmt.Errorf("store %s is in use by another process: stop it, or give another --store", cfg.Dir)
	}
	ns, err := server.NewServer(opts)
	if err != nil {
		lock.Unlock()
		return nil, fmt.Errorf("nats server: %w", err)
	}
	log := &logger{log: cfg.Log, broken: make(chan struct{})}
	if log.log == nil {
		log.log = slog.New(slog.DiscardHandler)
	}
	ns.SetLoggerV2(log, false, false, false)
	s := &Server{nats: ns, lock: lock, log: log}
	ns.Start()
	if !ns.ReadyForConnections(readyTimeout) {
		s.Close()
		return nil, fmt.Errorf("nats server: not ready: %s", log.reason())
	}
	return s, nil
}

func options(cfg Config) (*server.Options, error) {
	opts := &server.Options{
		ServerName:         "conflictwire",
		JetStream:          true,
		StoreDir:           cfg.Dir,
		SyncAlways:         true,
		SyncInterval:       syncInterval,
		JetStreamMaxStore:  cfg.MaxStore,
		JetStreamMaxMemory: 256 << 20,
		MaxPayload:         maxPayload,
		NoSigs:             true,
		DontListen:         cfg.Listen == "",
	}
	if opts.JetStreamMaxStore == 0 {
		opts.JetStreamMaxStore = 20 << 30
	}
	if cfg.Listen == "" {
		return opts, nil
	}
	host, port, err := ParseListen(cfg.Listen)
	if err != nil {
		return nil, fmt.Errorf("listen address %w", err)
	}
	opts.Port = port
	if opts.Port == 0 {
		opts.Port = server.RANDOM_PORT
	} else if l, err := net.Listen("tcp", cfg.Listen); err != nil {
		// The server would only log this and stay half alive.
		return nil, fmt.Errorf("listen address %s: %w (another conflictwire or nats-server? give another --listen)", cfg.Listen, err)
	} else {
		l.Close()
	}
	opts.Host = host
	return opts, nil
}

// ParseListen splits an address for [Config.Listen] and says what is wrong
// with it: the host must be on loopback. Port 0 means any free one.
func ParseListen(addr string) (host string, port int, err error) {
	host, number, err := net.SplitHostPort(addr)
	if err != nil {
		return "", 0, fmt.Errorf("%q is not host:port, such as 127.0.0.1:4222", addr)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return "", 0, fmt.Errorf("%q is not on loopback: the embedded server has no users and no TLS; for other machines run a NATS server and use --nats", addr)
	}
	if port, err = strconv.Atoi(number); err != nil || port < 0 || port > 65535 {
		return "", 0, fmt.Errorf("%q: the port must be a number from 0 to 65535", addr)
	}
	return host, port, nil
}

// URL is the address for clients outside this process; empty when the server
// does not listen.
func (s *Server) URL() string {
	if s.nats.Addr() == nil {
		return ""
	}
	return s.nats.ClientURL()
}

// Connect opens a connection inside this process, without a socket.
func (s *Server) Connect(name string, log *slog.Logger) (*nats.Conn, error) {
	return connect("", name, log, nats.InProcessServer(s.nats))
}

// Wait returns nil when ctx is done, and an error when the server met a disk
// that is full or broken: the stream that met it takes no more writes until
// the server is started again, even when there is space again.
func (s *Server) Wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case <-s.log.broken:
		return fmt.Errorf("nats server cannot write to its store: %s; free some space and start again", s.log.reason())
	}
}

// Close stops the server and gives the store free. Close connections first.
// What was acknowledged is on the disk.
func (s *Server) Close() {
	s.nats.Shutdown()
	s.nats.WaitForShutdown()
	s.lock.Unlock()
}

// Dial connects to a NATS server elsewhere; urls is one address, or several
// separated by commas. creds is a credentials file;
// empty means none. Dial fails when the server cannot be reached now; after
// that the connection is kept up for ever.
func Dial(urls, creds, name string, log *slog.Logger) (*nats.Conn, error) {
	var opts []nats.Option
	if creds != "" {
		opts = append(opts, nats.UserCredentials(creds))
	}
	return connect(urls, name, log, opts...)
}

func connect(urls, name string, log *slog.Logger, more ...nats.Option) (*nats.Conn, error) {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	opts := append([]nats.Option{
		nats.Name(name),
		nats.MaxReconnects(-1),
		nats.ReconnectWait(500 * time.Millisecond),
		// A publish while the server is away must fail at once. Buffered, it
		// would be sent after the caller was told that it failed.
		nats.ReconnectBufSize(-1),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err != nil {
				log.Warn("nats connection lost", "err", err)
			}
		}),
		nats.ReconnectHandler(func(c *nats.Conn) { log.Info("nats connection back", "link", c.ConnectedUrlRedacted()) }),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { log.Warn("nats error", "err", err) }),
	}, more...)
	nc, err := nats.Connect(urls, opts...)
	if err != nil {
		return nil, fmt.Errorf("connect to nats %s: %w", redacted(urls), err)
	}
	return nc, nil
}

// redacted is a list of server addresses without their passwords.
func redacted(urls string) string {
	var out []string
	for s := range strings.SplitSeq(urls, ",") {
		if u, err := url.Parse(strings.TrimSpace(s)); err == nil {
			out = append(out, u.Redacted())
		}
	}
	return strings.Join(out, ",")
}

// A logger hands the server's own log on: warnings and errors as they are,
// the rest at debug level.
type logger struct {
	log    *slog.Logger
	last   atomic.Value  // string, the newest error
	once   sync.Once     // closes broken
	broken chan struct{} // closed after a write to the store failed
}

// reason is the newest error that the server logged.
func (l *logger) reason() string {
	if s, ok := l.last.Load().(string); ok {
		return s
	}
	return "no reason given"
}

func (l *logger) Noticef(format string, v ...any) {
	l.log.Debug("nats server", "status", fmt.Sprintf(format, v...))
}
func (l *logger) Debugf(format string, v ...any) {}
func (l *logger) Tracef(format string, v ...any) {}

func (l *logger) Warnf(format string, v ...any) {
	l.log.Warn("nats server", "err", fmt.Sprintf(format, v...))
}

func (l *logger) Errorf(format string, v ...any) {
	l.last.Store(fmt.Sprintf(format, v...))
	l.log.Error("nats server", "err", l.reason())
	// The server says this nowhere else, in these words, of streams,
	// consumers and its own log alike.
	if strings.Contains(strings.ToLower(format), "critical write error") {
		l.once.Do(func() { close(l.broken) })
	}
}

func (l *logger) Fatalf(format string, v ...any) { l.Errorf(format, v...) }
