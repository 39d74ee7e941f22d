package fetch

import (
	"cmp"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"
)

// Config is the fetch part of the configuration. Its zero value is ready for
// use. A proxy named in the environment (HTTP_PROXY and its kin) is ignored;
// only Proxy counts.
type Config struct {
	// UserAgent is the product that publishers see, and the name under which
	// robots.txt is obeyed (its letters up to the first other character).
	// Empty means Conflictwire/0.1.
	UserAgent string `yaml:"user_agent"`
	// Contact is a web page or e-mail address at which a publisher reaches
	// whoever runs this; it is sent as (+Contact) after UserAgent. Empty
	// sends none, which some publishers answer with 403.
	Contact string `yaml:"contact"`
	// Timeout bounds one request, redirects and body included, but not the
	// wait for the host's turn. Zero means 30s.
	Timeout time.Duration `yaml:"timeout"`
	// MaxBytes bounds a decompressed body in bytes. Zero means 10 MiB
	// (10485760).
	MaxBytes int64 `yaml:"max_bytes"`
	// MaxRedirects bounds how many redirects one request follows. Zero means
	// 5; negative follows none.
	MaxRedirects int `yaml:"max_redirects"`
	// Pace is the least time between the starts of two requests to one host
	// (name and port). A larger Crawl-delay in the host's robots.txt replaces
	// it. Zero means 1s; negative means none.
	Pace time.Duration `yaml:"pace"`
	// Connections bounds the requests under way to one host. Zero means 2.
	Connections int `yaml:"connections"`
	// Concurrency bounds the requests under way to all hosts together. Zero
	// means 64.
	Concurrency int `yaml:"concurrency"`
	// IgnoreRobots asks for pages without asking robots.txt first, for
	// publishers with whom that is agreed. False, the default, obeys it.
	IgnoreRobots bool `yaml:"ignore_robots"`
	// Allow lists prefixes of addresses that may be reached although they are
	// not public, such as 10.20.0.0/16 or ::1/128. Empty allows none: loopback,
	// private, link-local and other special addresses are refused.
	Allow []string `yaml:"allow"`
	// Proxy is asked to make every connection: http://, https:// or socks5://,
	// then user:password@ if it wants them, host and port. A user name or
	// password that is $NAME is taken from the environment variable NAME,
	// which must be set; write a leading $ that is meant as %24. Names are
	// looked up here, and the proxy is told the address, after the same check
	// as without it (it must let CONNECT through to ports 80 and 443). The
	// proxy's own address need not be public. Empty means none.
	Proxy string `yaml:"proxy"`
}

const maxPace = time.Hour // a longer pace is a slip of the pen

// Validate reports every fault of c, each with the path of its key, as one
// joined error; nil when there is none.
func (c Config) Validate() error {
	var faults []error
	fault := func(key, format string, args ...any) {
		faults = append(faults, fmt.Errorf("fetch."+key+": "+format, args...))
	}
	if c.UserAgent != "" && (productToken(c.UserAgent) == "" || !isHeaderText(c.UserAgent)) {
		fault("user_agent", "%q does not begin with a product name in ASCII, such as Newsroom/1.0", c.UserAgent)
	}
	if strings.ContainsAny(c.Contact, " ()\\") || !isHeaderText(c.Contact) {
		fault("contact", "%q is not a web or e-mail address", c.Contact)
	}
	if c.Timeout < 0 {
		fault("timeout", "%v is negative", c.Timeout)
	}
	if c.MaxBytes < 0 {
		fault("max_bytes", "%d is negative", c.MaxBytes)
	}
	if c.Pace > maxPace {
		fault("pace", "%v is longer than %v", c.Pace, maxPace)
	}
	if c.Connections < 0 {
		fault("connections", "%d is negative", c.Connections)
	}
	if c.Concurrency < 0 {
		fault("concurrency", "%d is negative", c.Concurrency)
	}
	for i, s := range c.Allow {
		if _, err := netip.ParsePrefix(s); err != nil {
			fault(fmt.Sprintf("allow[%d]", i), "%q is not a prefix such as 10.20.0.0/16", s)
		}
	}
	if _, err := parseProxy(c.Proxy); err != nil {
		fault("proxy", "%v", err)
	}
	return errors.Join(faults...)
}

// withDefaults returns c with the value that each zero stands for.
func (c Config) withDefaults() Config {
	c.UserAgent = cmp.Or(c.UserAgent, "Conflictwire/0.1")
	c.Timeout = cmp.Or(c.Timeout, 30*time.Second)
	c.MaxBytes = cmp.Or(c.MaxBytes, 10<<20)
	c.MaxRedirects = max(cmp.Or(c.MaxRedirects, 5), 0)
	c.Pace = max(cmp.Or(c.Pace, time.Second), 0)
	c.Connections = cmp.Or(c.Connections, 2)
	c.Concurrency = cmp.Or(c.Concurrency, 64)
	return c
}

// agent is the User-Agent header of a c with defaults.
func (c Config) agent() string {
	if c.Contact == "" {
		return c.UserAgent
	}
	return c.UserAgent + " (+" + c.Contact + ")"
}

// isHeaderText reports whether s can stand in a header: printable ASCII.
func isHeaderText(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' })
}
