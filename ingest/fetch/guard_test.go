package fetch

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

// special are addresses that no publisher has, and whose answers nobody may
// see through us, in every form in which one can be written.
var special = []string{
	// IPv4 by the IANA registry, first and last of the larger blocks.
	"0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.254", "100.100.100.200",
	"127.0.0.1", "127.0.0.2", "127.255.255.254", "169.254.0.1", "169.254.169.254", "169.254.170.2",
	"172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.0.1", "192.168.255.255",
	"198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
	// Public by number, yet the host's own platform.
	"168.63.129.16",
	// IPv6.
	"::", "::1", "100::1", "fc00::1", "fd00:ec2::254", "fd12:3456:789a::1", "fe80::1", "febf::1", "fec0::1", "ff02::1", "ff0e::1",
	"2001:db8::1", "2001:2::1", "2001:10::1", "2001:20::1", "3fff::1", "5f00::1", "64:ff9b:1::1",
	// IPv4 inside IPv6: mapped, compatible, NAT64, 6to4, Teredo.
	"::ffff:10.0.0.1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::ffff:168.63.129.16", "::ffff:c0a8:1", "::ffff:0.0.0.0",
	"::10.0.0.1", "::127.0.0.1",
	"64:ff9b::10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::169.254.169.254", "64:ff9b::168.63.129.16", "64:ff9b:1::10.0.0.1",
	"2002:a00:1::1", "2002:7f00:1::1", "2002:a9fe:a9fe::1", "2002:c0a8:1::", "2002:a83f:8110::1",
	"2001:0:a00:1::1", "2001::f5ff:fffe", "2001:0:4136:e378:8000:63bf:80ff:fffe",
	"::ffff:0:10.0.0.1",
}

// disguised are hosts that some resolvers and browsers take for an address.
var disguised = []string{
	"2130706433", "0x7f000001", "0x7f.1", "017700000001", "0177.0.0.1", "127.1", "127.0.1", "0", "0x0", "0xa9fea9fe", "2852039166",
	"１２７.０.０.１", "①②⑦.⓪.⓪.①", "127。0。0。1", "127.0.0.1.", "[fe80::1%25eth0]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:127.0.0.1]", "[0000::0001]",
}

// urlHost writes addr as the host of a URL.
func urlHost(addr string) string {
	if strings.Contains(addr, ":") {
		return "[" + addr + "]"
	}
	return addr
}

// resolverOf returns a resolver that knows just one name, by its addresses.
func resolverOf(name string, addrs ...string) *net.Resolver {
	var ips []netip.Addr
	for _, addr := range addrs {
		ips = append(ips, netip.MustParseAddr(addr))
	}
	return &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		client, server := net.Pipe()
		go func() {
			defer server.Close()
			for answerDNS(server, name+".", ips) == nil {
			}
		}()
		return client, nil
	}}
}

// answerDNS answers one question in the framing of DNS over TCP.
func answerDNS(conn net.Conn, name string, ips []netip.Addr) error {
	var size [2]byte
	if _, err := io.ReadFull(conn, size[:]); err != nil {
		return err
	}
	query := make([]byte, binary.BigEndian.Uint16(size[:]))
	if _, err := io.ReadFull(conn, query); err != nil {
		return err
	}
	var p dnsmessage.Parser
	header, err := p.Start(query)
	if err != nil {
		return err
	}
	question, err := p.Question()
	if err != nil {
		return err
	}
	header.Response, header.RecursionAvailable = true, true
	b := dnsmessage.NewBuilder(make([]byte, 2, 512), header)
	_ = b.StartQuestions()
	_ = b.Question(question)
	_ = b.StartAnswers()
	rh := dnsmessage.ResourceHeader{Name: question.Name, Class: dnsmessage.ClassINET}
	for _, ip := range ips {
		switch {
		case !strings.EqualFold(question.Name.String(), name):
		case question.Type == dnsmessage.TypeA && ip.Is4():
			_ = b.AResource(rh, dnsmessage.AResource{A: ip.As4()})
		case question.Type == dnsmessage.TypeAAAA && ip.Is6():
			_ = b.AAAAResource(rh, dnsmessage.AAAAResource{AAAA: ip.As16()})
		}
	}
	reply, err := b.Finish()
	if err != nil {
		return err
	}
	binary.BigEndian.PutUint16(reply, uint16(len(reply)-2))
	_, err = conn.Write(reply)
	return err
}

// roundTripper is a transport made of a func.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// reply returns an answer to r with a body and pairs of header keys and values.
func reply(r *http.Request, status int, body string, header ...string) *http.Response {
	h := http.Header{}
	for i := 0; i < len(header); i += 2 {
		h.Add(header[i], header[i+1])
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)), Request: r}
}

func wantRefused(t *testing.T, c *Client, path, address string) {
	t.Helper()
	for _, robots := range []bool{false, true} {
		_, err := c.Get(t.Context(), Request{URL: address, Robots: robots})
		if ClassOf(err) != Refused || !errors.Is(err, ErrAddress) {
			t.Errorf("%s: Get(%s) with robots %v = %v, want class refused by address", path, address, robots, err)
		}
	}
}

func TestGuardRefusesSpecialAddresses(t *testing.T) {
	const name = "evil.example"
	for _, addr := range special {
		c, err := newClient(Config{Pace: -1}, resolverOf(name, addr))
		if err != nil {
			t.Fatal(err)
		}
		c.guard.sealed = errors.New("passed the guard")
		transport := c.rt
		literal := "http://" + urlHost(addr) + ":8080/metadata"
		wantRefused(t, c, "direct", literal)
		wantRefused(t, c, "DNS", "https://"+name+"/metadata")
		for _, to := range []string{literal, "//" + urlHost(addr), "http://" + name + "/metadata"} {
			c.rt = roundTripper(func(r *http.Request) (*http.Response, error) {
				if r.URL.Host != "good.example" {
					return transport.RoundTrip(r)
				}
				if r.URL.Path == "/robots.txt" {
					return reply(r, 404, ""), nil
				}
				return reply(r, 302, "", "Location", to), nil
			})
			wantRefused(t, c, "redirect to "+to, "http://good.example/")
		}
		network := "tcp4"
		if strings.Contains(addr, ":") {
			network = "tcp6"
		}
		if err := c.guard.control(network, netip.AddrPortFrom(netip.MustParseAddr(addr), 443).String(), nil); !errors.Is(err, ErrAddress) {
			t.Errorf("control(%s) = %v, want a refusal", addr, err)
		}
		c.Close()
	}
}

func TestGuardRefusesDisguisedAddresses(t *testing.T) {
	g, err := newGuard(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, host := range disguised {
		if target, err := newTarget("http://"+host+"/", nil, g); err == nil {
			t.Errorf("host %q was taken, as %q", host, target.host)
		}
	}
}

func TestGuardLetsPublicAddressesPass(t *testing.T) {
	g, err := newGuard(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, addr := range []string{"8.8.8.8", "1.1.1.1", "100.63.255.255", "172.32.0.1", "192.167.0.1", "168.63.129.15",
		"2606:4700:4700::1111", "2a00:1450:4001::1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"} {
		if err := g.check(netip.MustParseAddr(addr)); err != nil {
			t.Errorf("check(%s) = %v, want nil", addr, err)
		}
	}
}

func TestGuardOpensWhatIsAllowed(t *testing.T) {
	g, err := newGuard([]string{"10.20.0.9/16", "fd00:1::/32"})
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		addr string
		want bool
	}{
		{"10.20.255.1", true}, {"::ffff:10.20.0.1", true}, {"64:ff9b::10.20.0.1", true}, {"fd00:1::7", true},
		{"10.21.0.1", false}, {"::ffff:10.21.0.1", false}, {"fd00:2::7", false}, {"2002:a14:1::1", false},
	}
	for _, tt := range tests {
		if got := g.check(netip.MustParseAddr(tt.addr)) == nil; got != tt.want {
			t.Errorf("check(%s) passes = %v, want %v", tt.addr, got, tt.want)
		}
	}
}

func TestGuardAllowsNameOfAllowedAddress(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.Host) }))
	defer s.Close()
	u, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	c, err := newClient(Config{Pace: -1, Allow: []string{"127.0.0.1/32"}}, resolverOf("desk.example", "127.0.0.1"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	res, err := c.Get(t.Context(), Request{URL: "http://desk.example:" + u.Port() + "/"})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := string(res.Body), "desk.example:"+u.Port(); got != want {
		t.Errorf("asked for host %q, want %q", got, want)
	}
}

func TestGuardRefusesLocalhost(t *testing.T) {
	c, err := New(Config{Pace: -1})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	wantRefused(t, c, "hosts file", "http://localhost:8222/varz")
}

func TestGuardIgnoresProxyOfEnvironment(t *testing.T) {
	proxy := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a proxy was asked") }))
	defer proxy.Close()
	t.Setenv("HTTP_PROXY", proxy.URL)
	t.Setenv("HTTPS_PROXY", proxy.URL)
	c, err := newClient(Config{Pace: -1}, resolverOf("evil.example", "10.0.0.1"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	wantRefused(t, c, "proxy", "http://evil.example/")
}

func TestTargetIsChecked(t *testing.T) {
	g, err := newGuard(nil)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		raw, base string
		want      string // empty: refused
	}{
		{"http://News.Example", "", "http://news.example/"},
		{"https://news.example:443/a?b#c", "", "https://news.example/a?b"},
		{"http://news.example:8080/", "", "http://news.example:8080/"},
		{" http://news.example/a\n b ", "", "http://news.example/a%20b"},
		{"http://news.example/100%/x", "", "http://news.example/100%25/x"},
		{"http://news.example/caf\xe9", "", "http://news.example/caf%E9"},
		{"http://news.example/?q=a b\"é", "", "http://news.example/?q=a%20b%22%C3%A9"},
		{"http://Bücher.example/", "", "http://xn--bcher-kva.example/"},
		{"http://under_score.news.example/", "", "http://under_score.news.example/"},
		{"http://8.8.8.8/", "", "http://8.8.8.8/"},
		{"http://[2606:4700::1]:80/", "", "http://[2606:4700::1]/"},
		{"/next?x", "https://news.example/a/b", "https://news.example/next?x"},
		{"../c", "https://news.example/a/b/d", "https://news.example/a/c"},
		{"//other.example/c", "https://news.example/", "https://other.example/c"},
		{"", "", ""},
		{"news.example/feed", "", ""},
		{"feed://news.example/", "", ""},
		{"file:///etc/passwd", "", ""},
		{"gopher://news.example/", "", ""},
		{"javascript:alert(1)", "https://news.example/", ""},
		{"http:news.example", "", ""},
		{"http:///path", "", ""},
		{"http://:80/", "", ""},
		{"http://user@news.example/", "", ""},
		{"http://user:secret@news.example/", "", ""},
		{"//user:secret@news.example/", "https://news.example/", ""},
		{"http://news.example:0/", "", ""},
		{"http://news.example:65536/", "", ""},
		{"http://news.example:x/", "", ""},
		{"http://news..example/", "", ""},
		{"http://news example/", "", ""},
		{"http://news.example\x00/", "", ""},
		{"http://exa%41mple.example/", "", ""},
		{"http://localhost:9/%zz" + strings.Repeat("a", maxURL), "", ""},
	}
	for _, tt := range tests {
		var base *url.URL
		if tt.base != "" {
			if base, err = url.Parse(tt.base); err != nil {
				t.Fatal(err)
			}
		}
		got := ""
		if target, err := newTarget(tt.raw, base, g); err == nil {
			got = target.String()
		} else if strings.Contains(err.Error(), "secret") {
			t.Errorf("newTarget(%q): the error %q gives the password away", tt.raw, err)
		}
		if got != tt.want {
			t.Errorf("newTarget(%.60q, %q) = %q, want %q", tt.raw, tt.base, got, tt.want)
		}
	}
}

func FuzzTarget(f *testing.F) {
	f.Add("http://news.example/a?b=c#d")
	f.Add("//[::ffff:127.0.0.1]:80/%")
	f.Add("https://user:secret@１２７.1:443")
	f.Add("http://xn--.example\t/\xff?\xff")
	g, err := newGuard(nil)
	if err != nil {
		f.Fatal(err)
	}
	base := &url.URL{Scheme: "https", Host: "news.example", Path: "/a/b"}
	f.Fuzz(func(t *testing.T, raw string) {
		got, err := newTarget(raw, base, g)
		if err != nil || len(raw) > maxURL/4 { // escaped, it may grow to three times its length
			return
		}
		if got.url.User != nil || got.url.Fragment != "" || !isHeaderText(got.String()) || !isHeaderText(got.host) || !isHeaderText(got.path()) || strings.Contains(got.path(), " ") {
			t.Errorf("newTarget(%.200q) = %.200q of host %q", raw, got, got.host)
		}
		again, err := newTarget(got.String(), nil, g)
		if err != nil || again.String() != got.String() || again.host != got.host {
			t.Errorf("newTarget(%.200q) = %.200q, which as a URL is %.200q (%v)", raw, got, again.url, err)
		}
	})
}
