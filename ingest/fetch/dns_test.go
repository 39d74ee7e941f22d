package fetch

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

// A nameServer answers over UDP on loopback, and counts what it is asked. Any
// name with an A record has ip; none has AAAA records.
type nameServer struct {
	conn  net.PacketConn
	ip    atomic.Pointer[netip.Addr]
	ttl   atomic.Uint32
	none  atomic.Bool // no name exists
	asked atomic.Int32
}

func newNameServer(t *testing.T, ip string, ttl uint32) *nameServer {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &nameServer{conn: conn}
	s.set(ip)
	s.ttl.Store(ttl)
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.serve(t)
	}()
	t.Cleanup(func() { conn.Close(); <-done })
	return s
}

func (s *nameServer) set(ip string) { s.ip.Store(new(netip.MustParseAddr(ip))) }

func (s *nameServer) serve(t *testing.T) {
	buf := make([]byte, 4096)
	for {
		n, from, err := s.conn.ReadFrom(buf)
		if err != nil {
			return
		}
		var p dnsmessage.Parser
		header, err := p.Start(buf[:n])
		if err != nil {
			t.Error(err)
			return
		}
		question, err := p.Question()
		if err != nil {
			t.Error(err)
			return
		}
		header.Response, header.RecursionAvailable = true, true
		if s.none.Load() {
			header.RCode = dnsmessage.RCodeNameError
		}
		b := dnsmessage.NewBuilder(nil, header)
		_ = b.StartQuestions()
		_ = b.Question(question)
		if question.Type == dnsmessage.TypeA {
			s.asked.Add(1)
			if !s.none.Load() {
				_ = b.StartAnswers()
				_ = b.AResource(dnsmessage.ResourceHeader{Name: question.Name, Class: dnsmessage.ClassINET, TTL: s.ttl.Load()}, dnsmessage.AResource{A: s.ip.Load().As4()})
			}
		}
		reply, err := b.Finish()
		if err != nil {
			t.Error(err)
			return
		}
		_, _ = s.conn.WriteTo(reply, from)
	}
}

// resolver returns one that asks s alone.
func (s *nameServer) resolver() *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", s.conn.LocalAddr().String())
	}}
}

func TestNamesAreRememberedForTheirTTL(t *testing.T) {
	s := newNameServer(t, "192.0.2.1", 3600)
	r := cachingResolver(s.resolver())
	lookup := func(name string) string {
		addrs, err := r.LookupHost(t.Context(), name)
		if err != nil || len(addrs) != 1 {
			t.Fatalf("%s: %v, %v", name, addrs, err)
		}
		return addrs[0]
	}
	for range 5 {
		if got := lookup("a.example."); got != "192.0.2.1" {
			t.Errorf("looked up %s, want 192.0.2.1", got)
		}
	}
	if got := s.asked.Load(); got != 1 {
		t.Errorf("5 lookups within the TTL asked %d times, want once", got)
	}
	s.ttl.Store(0)
	for range 3 {
		lookup("b.example.")
	}
	if got := s.asked.Load(); got != 4 {
		t.Errorf("3 lookups of a name without a TTL asked %d times, want 3", got-1)
	}
	s.ttl.Store(1)
	lookup("c.example.")
	s.set("192.0.2.2")
	asked := s.asked.Load()
	for lookup("c.example.") != "192.0.2.2" {
		if asked != s.asked.Load() {
			t.Fatal("a new answer was not taken")
		}
		time.Sleep(50 * time.Millisecond)
	}
	if got := lookup("a.example."); got != "192.0.2.1" {
		t.Errorf("looked up %s within the TTL, want still 192.0.2.1", got)
	}
	s.none.Store(true)
	for range 2 {
		_, err := r.LookupHost(t.Context(), "gone.example.")
		if de, ok := errors.AsType[*net.DNSError](err); !ok || !de.IsNotFound {
			t.Errorf("a name that does not exist: %v", err)
		}
	}
	s.none.Store(false)
	lookup("gone.example.") // asked for again
}

func TestNameThatIsReboundIsStillRefused(t *testing.T) {
	inside := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the inside was reached") }))
	defer inside.Close()
	u, err := url.Parse(inside.URL)
	if err != nil {
		t.Fatal(err)
	}
	s := newNameServer(t, "8.8.8.8", 1)
	c, err := newClient(Config{Pace: -1}, s.resolver())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	sealed := errors.New("passed the guard")
	c.guard.sealed = sealed
	get := func() error {
		_, err := c.Get(t.Context(), Request{URL: "http://evil.example:" + u.Port() + "/"})
		return err
	}
	if err := get(); !errors.Is(err, sealed) {
		t.Fatalf("a public address: %v, want it to pass the guard", err)
	}
	s.set("127.0.0.1")
	for range 200 {
		if err = get(); !errors.Is(err, sealed) {
			break
		}
		time.Sleep(50 * time.Millisecond) // until the TTL has passed
	}
	if !errors.Is(wantClass(t, err, Refused), ErrAddress) {
		t.Errorf("rebound: %v, want %v", err, ErrAddress)
	}
}
