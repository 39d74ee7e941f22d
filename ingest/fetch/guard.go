package fetch

import (
	"fmt"
	"net/netip"
	"slices"
	"syscall"

	"code.dny.dev/ssrf"
)

// A guard decides which addresses may be dialled: public ones and those an
// operator allowed. It hangs in the dialer, behind name resolution, so that
// the address checked is the address dialled, or that a proxy is asked to
// dial, whatever DNS says next time.
type guard struct {
	allow  []netip.Prefix
	public *ssrf.Guardian
	// sealed, when set, is what every dial ends in that passed the check: the
	// tests of the guard must not reach anybody should the guard be broken.
	sealed error
}

var (
	// nat64 is the well-known prefix of RFC 6052: its addresses reach the
	// IPv4 address in their last four bytes.
	nat64 = netip.MustParsePrefix("64:ff9b::/96")
	// azure is the platform address of Azure, which looks public, is reached
	// from every virtual machine there, and serves its metadata.
	azure = netip.MustParsePrefix("168.63.129.16/32")
)

// newGuard returns a guard that lets through public addresses and allow, whose
// elements must be valid prefixes.
func newGuard(allow []string) (*guard, error) {
	g := &guard{public: ssrf.New(ssrf.WithAnyPort(), ssrf.WithDeniedV4Prefixes(azure))}
	for _, s := range allow {
		p, err := netip.ParsePrefix(s)
		if err != nil {
			return nil, err
		}
		g.allow = append(g.allow, p.Masked())
	}
	return g, nil
}

// check returns an error wrapping ErrAddress unless addr may be dialled.
func (g *guard) check(addr netip.Addr) error {
	real := addr.Unmap()
	if nat64.Contains(real) {
		b := real.As16()
		real = netip.AddrFrom4([4]byte(b[12:]))
	}
	if slices.ContainsFunc(g.allow, func(p netip.Prefix) bool { return p.Contains(real) }) {
		return nil
	}
	// 6to4 and Teredo, which also carry IPv4 addresses, are refused whole.
	if err := g.public.SafeAddr(real); err != nil {
		return fmt.Errorf("%w: %s", ErrAddress, addr)
	}
	return nil
}

// control is a [net.Dialer]'s Control.
func (g *guard) control(network, address string, _ syscall.RawConn) error {
	if network != "tcp4" && network != "tcp6" {
		return fmt.Errorf("%w: network %s", ErrAddress, network)
	}
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("%w: %v", ErrAddress, err)
	}
	return g.permit(ap.Addr())
}

// permit is check for an address that is about to be dialled.
func (g *guard) permit(addr netip.Addr) error {
	if err := g.check(addr); err != nil {
		return err
	}
	return g.sealed
}
