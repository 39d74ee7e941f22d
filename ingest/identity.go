package ingest

import (
	"crypto/sha1"
	"encoding/hex"
	"net"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// tracking are query parameters that say how a reader came, not what is read.
// Names ending in "*" stand for all that begin so. Facts from the lists of
// ClearURLs and of the advertisers' own manuals.
var tracking = []string{
	"utm_*", "fbclid", "gclid", "dclid", "gclsrc", "msclkid", "yclid", "twclid", "igshid", "igsh", "mc_cid", "mc_eid",
	"_ga", "_gl", "_hsenc", "_hsmi", "mkt_tok", "vero_*", "oly_*", "pk_*", "mtm_*", "piwik_*", "at_*", "wt_*", "wtmc", "wt.mc_id",
	"cmpid", "cmp", "icid", "ito", "ocid", "ncid", "spm", "sref", "ref_src", "ref_url", "smid", "soc_src", "soc_trk", "traffic_source",
	"xtor", "ns_*", "guccounter", "guce_*", "feature", "partner", "rss", "output", "outputtype", "amp",
}

// Canonical brings an address into the form by which articles are told apart:
// https, host in lower case without "www.", "m." or "amp." and without the
// usual port, no fragment, no tracking parameters, no slash at the end. It is
// for comparing, not for fetching. Addresses that do not parse are returned
// as they are.
func Canonical(link string) string {
	u, err := url.Parse(strings.TrimSpace(link))
	if err != nil || u.Host == "" {
		return link
	}
	host, port := strings.ToLower(u.Hostname()), u.Port()
	for _, p := range []string{"www.", "m.", "amp.", "mobile."} {
		// "m.example" keeps its m: what is left must still be a site.
		if rest, ok := strings.CutPrefix(host, p); ok && strings.Contains(rest, ".") {
			host = rest
			break
		}
	}
	host = strings.TrimSuffix(host, ".")
	if port != "" && port != "80" && port != "443" {
		host = net.JoinHostPort(host, port)
	}
	u.Scheme, u.Host, u.User, u.Fragment, u.RawFragment = "https", host, nil, "", ""
	path := u.EscapedPath()
	for _, suffix := range []string{"/amp/", "/amp"} {
		path = strings.TrimSuffix(path, suffix)
	}
	path = strings.TrimRight(path, "/")
	query := canonicalQuery(u.RawQuery)
	if query != "" {
		query = "?" + query
	}
	return "https://" + host + path + query
}

// canonicalQuery leaves out tracking parameters and sorts the rest.
func canonicalQuery(raw string) string {
	var keep []string
	for p := range strings.SplitSeq(raw, "&") {
		name, _, _ := strings.Cut(p, "=")
		if name = strings.ToLower(name); name != "" && !tracks(name) {
			keep = append(keep, p)
		}
	}
	slices.Sort(keep)
	return strings.Join(slices.Compact(keep), "&")
}

func tracks(name string) bool {
	return slices.ContainsFunc(tracking, func(t string) bool {
		prefix, open := strings.CutSuffix(t, "*")
		return name == t || open && strings.HasPrefix(name, prefix)
	})
}

// Key is the UUID of an address: version 5 of RFC 9562 in the name space of
// URLs, of its canonical form. It names entries, jobs and articles.
func Key(link string) string {
	h := sha1.New()
	h.Write([]byte{0x6b, 0xa7, 0xb8, 0x11, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8})
	h.Write([]byte(Canonical(link)))
	b := h.Sum(nil)[:16]
	b[6] = b[6]&0x0f | 0x50
	b[8] = b[8]&0x3f | 0x80
	return uuid(b)
}

// uuid writes 16 bytes in the usual form.
func uuid(b []byte) string {
	s := hex.EncodeToString(b)
	return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:]
}

// SameSite reports whether two addresses belong to one publisher's site: the
// same registrable domain (by the Public Suffix List), or the same host and
// port where there is none, as with IP addresses.
func SameSite(a, b string) bool {
	x, y := site(a), site(b)
	return x != "" && x == y
}

func site(link string) string {
	u, err := url.Parse(link)
	if err != nil {
		return ""
	}
	host := strings.ToLower(u.Hostname())
	if net.ParseIP(host) == nil {
		if d, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil {
			return d
		}
	}
	return strings.ToLower(u.Host)
}

// frontPage reports whether link leads to a site's front page, where no
// article is.
func frontPage(link string) bool {
	u, err := url.Parse(link)
	return err == nil && strings.Trim(u.Path, "/") == "" && u.RawQuery == ""
}
