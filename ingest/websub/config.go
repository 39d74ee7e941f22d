package websub

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
)

// Config is the websub part of the configuration. The zero value turns push
// off: feeds are polled, and no port is opened.
type Config struct {
	// Callback is the public https address under which hubs reach this
	// program, such as https://news.example/websub; a reverse proxy passes
	// what comes there to Listen. http is taken for loopback only. At most
	// 512 bytes. Empty turns push off.
	Callback string `yaml:"callback"`
	// Listen is where callbacks are taken, host:port, as plain HTTP. Empty
	// means 127.0.0.1:8089. Each worker on one machine needs its own port.
	Listen string `yaml:"listen"`
	// Secret is the key from which the secrets of all subscriptions are
	// derived, 16 to 1024 bytes, or $NAME for the value of that environment
	// variable. All workers must have the same. When it changes, hubs are
	// asked anew. Required with Callback.
	Secret string `yaml:"secret"`
	// Lease is for how long hubs are asked to deliver before they must be
	// asked again, 1h to 720h; they may decide otherwise. Zero means 240h
	// (10 days).
	Lease time.Duration `yaml:"lease"`
}

const (
	minSecret   = 16   // bytes
	maxSecret   = 1024 // bytes
	maxCallback = 512  // bytes
	minLease    = time.Hour
)

// MaxLease is the longest time for which a hub's word is taken. A hub that
// grants more is asked again all the same.
const MaxLease = 30 * 24 * time.Hour

// Validate reports every fault of c, each beginning with its key, as one
// joined error; nil when there is none.
func (c Config) Validate() error {
	var faults []error
	fault := func(key, format string, args ...any) {
		faults = append(faults, fmt.Errorf(key+": "+format, args...))
	}
	if c.Callback != "" {
		if err := checkCallback(c.Callback); err != nil {
			fault("callback", "%.200q %w", c.Callback, err)
		}
	}
	if host, port, err := net.SplitHostPort(c.listen()); err != nil {
		fault("listen", "%.200q is not host:port, such as 127.0.0.1:8089", c.Listen)
	} else if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 || strings.ContainsAny(host, "/ ") {
		fault("listen", "%.200q has no port from 1 to 65535 behind a plain host", c.Listen)
	}
	if secret, err := c.secret(); c.Callback == "" {
		// Not used, so the environment need not have it.
	} else if err != nil {
		fault("secret", "%w", err)
	} else if len(secret) < minSecret || len(secret) > maxSecret {
		fault("secret", "has %d bytes, not %d to %d; openssl rand -hex 32 makes a good one", len(secret), minSecret, maxSecret)
	}
	if c.Lease != 0 && (c.Lease < minLease || c.Lease > MaxLease) {
		fault("lease", "%v is not between 1h and 720h", c.Lease)
	}
	return errors.Join(faults...)
}

func checkCallback(s string) error {
	if len(s) > maxCallback {
		return fmt.Errorf("is longer than %d bytes", maxCallback)
	}
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Hostname() == "" || (u.Scheme != "https" && u.Scheme != "http"):
		return errors.New("is not an https address such as https://news.example/websub")
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		return errors.New("is http, and not on loopback: hubs must reach this program over https")
	case u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return errors.New("holds more than scheme, host, port and path")
	}
	return nil
}

func isLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// secret is the key itself.
func (c Config) secret() (string, error) {
	name, ok := strings.CutPrefix(c.Secret, "$")
	if !ok {
		return c.Secret, nil
	}
	value, ok := os.LookupEnv(name)
	if !ok {
		return "", fmt.Errorf("the environment variable %.64q is not set", name)
	}
	return value, nil
}

func (c Config) listen() string       { return cmp.Or(c.Listen, "127.0.0.1:8089") }
func (c Config) lease() time.Duration { return cmp.Or(c.Lease, 10*24*time.Hour) }
