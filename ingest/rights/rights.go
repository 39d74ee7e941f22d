// Package rights says what publishers reserve. It reads the signals by which
// the web says to machines what may be done with a page, and tells what they
// amount to:
//
//   - TDMRep, the W3C group's protocol for reserving text and data mining:
//     the headers tdm-reservation and tdm-policy, metas of the same names, and
//     /.well-known/tdmrep.json. A meta overrules the header and the header the
//     file, as the protocol's processing priority has it.
//   - Robots directives, in metas and in X-Robots-Tag.
//   - ai.txt, Spawning's file, which is written like robots.txt.
//   - RSL 1.0, Really Simple Licensing: a document that robots.txt, a Link
//     header or the page points at.
//   - The header Content-Usage of the IETF's working group aipref, a draft.
//
// [Cache.Of] reads them for one page, and [Policy.Decide] says what an
// operator wants to follow from that.
package rights

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

const (
	maxSignals   = 32      // of one page
	maxValue     = 200     // bytes of a signal's value
	maxPolicyURL = 2 << 10 // bytes
	maxDocuments = 3       // RSL documents looked at for one page
)

// A Page is what is known of a page before its host is asked for more. Only
// URL is needed.
type Page struct {
	// URL is the address at which the page was found, after redirects.
	URL string
	// Header is that of the answer the page came in.
	Header http.Header
	// Robots are the directives of the page's robots metas in lower case, one
	// a string or several with commas, in the order of the page.
	Robots []string
	// Reservation and Policy are the contents of the metas tdm-reservation
	// and tdm-policy; empty where there are none.
	Reservation, Policy string
	// Links are the addresses of the page's links of rel=license and type
	// application/rsl+xml. Those in Header are found without it.
	Links []string
	// Licenses are the addresses of the License lines in the robots.txt of
	// the page's host.
	Licenses []string
}

// Rights are what a publisher reserves of a page. The zero value reserves
// nothing. They travel with the article, and are read by editors.
type Rights struct {
	// TDM is whether text and data mining is reserved.
	TDM bool `json:"tdm,omitempty"`
	// AI is whether some use by AI is reserved: training, or as input.
	AI bool `json:"ai,omitempty"`
	// NoIndex is whether the page asks not to be indexed or archived, or is
	// past the time until which it may be.
	NoIndex bool `json:"noIndex,omitempty"`
	// Policy is where the terms are to be had: the TDM policy, else the RSL
	// document; absolute and at most 2 KiB. Empty when nothing is reserved
	// that has one.
	Policy string `json:"policy,omitempty"`
	// Signals are what was said and where: first TDMRep, then robots
	// directives, Content-Usage, ai.txt and RSL. At most 32.
	Signals []Signal `json:"signals,omitempty"`

	grounds [len(useNames)][]Signal // for each use the signals that reserve it
}

// A Signal is one thing that a publisher says about use, which may also be that
// it is permitted.
type Signal struct {
	// Source is where it was said, such as "tdmrep.json" or "robots meta".
	Source string `json:"source"`
	// Value is what was said, for people to read; at most 200 bytes.
	Value string `json:"value"`
}

// The names of signals' sources, in the order of Rights.Signals.
const (
	fromMeta   = "meta tdm-reservation"
	fromHeader = "header tdm-reservation"
	fromTDMRep = "tdmrep.json"
	fromXTag   = "x-robots-tag"
	fromRobots = "robots meta"
	fromUsage  = "content-usage"
	fromAITxt  = "ai.txt"
	fromRSL    = "rsl"
)

// uses is a set of what can be reserved.
type uses uint8

const (
	mining uses = 1 << iota
	ai
	indexing
)

// useNames are the names of uses, in the order of their bits.
var useNames = [...]string{"tdm", "ai", "noindex"}

// Of returns what the publisher of page reserves. It asks the page's host for
// what is not in the cache: tdmrep.json, ai.txt and up to three RSL documents,
// one after the other. What cannot be had or read counts as nothing said; the
// error is that of ctx, when it ended before all was read, or wraps [ErrLater],
// and then the Rights are what was known by then. A nil Cache, or one without a getter, asks
// nobody. Of may be called concurrently.
func (c *Cache) Of(ctx context.Context, page Page) (Rights, error) {
	var r Rights
	now := time.Now()
	at, base := place(page.URL)
	files := c != nil && c.get != nil && at.origin != ""

	said := [...]struct{ source, reservation, policy, where string }{
		{source: fromMeta, reservation: page.Reservation, policy: page.Policy},
		{source: fromHeader, reservation: reservationOf(page.Header), policy: page.Header.Get("Tdm-Policy")},
		{source: fromTDMRep},
	}
	if files {
		f, err := c.file(ctx, at.origin, at.origin+"/.well-known/tdmrep.json", kindTDMRep)
		if err != nil {
			return r, err
		}
		if rule, ok := f.find(at); ok {
			tdmrep := &said[2]
			tdmrep.reservation, tdmrep.policy = "0", rule.policy
			if rule.reserved != 0 {
				tdmrep.reservation = "1"
			}
			tdmrep.where = " for " + rule.text
		}
	}
	decided, policy := false, ""
	for _, s := range said {
		if s.source == fromTDMRep {
			base, _ = url.Parse(at.origin) // in a file, relative to the host
		}
		if policy == "" {
			policy = absolute(base, s.policy)
		}
		reserved, ok := reservation(s.reservation)
		if !ok {
			continue
		}
		signal, u := Signal{Source: s.source, Value: strings.TrimSpace(s.reservation) + s.where}, uses(0)
		switch {
		case decided:
			signal.Value = strings.TrimSpace(s.reservation) + ", overruled" + s.where
		case reserved:
			u = mining
		}
		decided = true
		r.add(signal, u)
	}
	if r.TDM {
		r.Policy = policy
	}

	product := ""
	if c != nil {
		product = c.product
	}
	var directives []directive
	for _, v := range page.Header.Values("X-Robots-Tag") {
		directives = append(directives, parseDirectives(v, product)...)
	}
	r.direct(fromXTag, directives, now)
	r.direct(fromRobots, parseDirectives(strings.Join(page.Robots, ","), product), now)
	if value := strings.Join(page.Header.Values("Content-Usage"), ", "); value != "" {
		if u, ok := parseUsage(value); ok {
			r.add(Signal{Source: fromUsage, Value: value}, u)
		}
	}
	if !files {
		return r, nil
	}

	f, err := c.file(ctx, at.origin, at.origin+"/ai.txt", kindAITxt)
	if err != nil {
		return r, err
	}
	if rule, ok := f.find(at); ok {
		r.add(Signal{Source: fromAITxt, Value: rule.text}, rule.reserved)
	}
	for _, doc := range documents(page) {
		f, err := c.file(ctx, at.origin, doc, kindRSL)
		if err != nil {
			return r, err
		}
		rule, ok := f.find(at)
		if !ok {
			continue
		}
		r.add(Signal{Source: fromRSL, Value: rule.text}, rule.reserved)
		if r.Policy == "" && rule.reserved != 0 {
			r.Policy = absolute(nil, doc)
		}
	}
	return r, nil
}

// add puts s, which reserves u, among the signals.
func (r *Rights) add(s Signal, u uses) {
	r.TDM = r.TDM || u&mining != 0
	r.AI = r.AI || u&ai != 0
	r.NoIndex = r.NoIndex || u&indexing != 0
	if len(r.Signals) == maxSignals {
		return
	}
	s.Value = clean(s.Value)
	r.Signals = append(r.Signals, s)
	for i := range useNames {
		if u&(1<<i) != 0 {
			r.grounds[i] = append(r.grounds[i], s)
		}
	}
}

// direct adds what robots directives from source ask for, each once, and of
// several dates one that is past.
func (r *Rights) direct(source string, directives []directive, now time.Time) {
	for i, d := range directives {
		u, ok := d.asks(now)
		if !ok || slices.ContainsFunc(directives[:i], func(e directive) bool {
			before, _ := e.asks(now)
			return e.name == d.name && before == u
		}) {
			continue
		}
		r.add(Signal{Source: source, Value: d.String()}, u)
	}
}

// reservationOf returns the value of the header tdm-reservation. Of several,
// one that reserves counts.
func reservationOf(h http.Header) string {
	all := h.Values("Tdm-Reservation")
	if len(all) == 0 {
		return ""
	}
	for v := range strings.SplitSeq(strings.Join(all, ","), ",") {
		if yes, ok := reservation(v); ok && yes {
			return v
		}
	}
	return all[0]
}

// reservation reads a value of tdm-reservation. Others than 1 and 0 are
// errors, which to the protocol is the same as nothing.
func reservation(v string) (reserved, ok bool) {
	v = strings.TrimSpace(v)
	return v == "1", v == "1" || v == "0"
}

// documents returns the addresses of the RSL documents that count for page,
// those nearest to it first, without fragments.
func documents(page Page) []string {
	base, err := url.Parse(page.URL)
	if err != nil {
		return nil
	}
	var docs []string
	for _, list := range [][]string{linksTo(page.Header), page.Links, page.Licenses} {
		for _, ref := range list {
			doc := absolute(base, ref)
			if doc == "" || slices.Contains(docs, doc) {
				continue
			}
			if docs = append(docs, doc); len(docs) == maxDocuments {
				return docs
			}
		}
	}
	return docs
}

// absolute returns ref, taken relative to base if that is not nil, as an
// address of the web without fragment and user; empty when it is none or is
// longer than a policy may be.
func absolute(base *url.URL, ref string) string {
	ref = strings.TrimSpace(ref)
	if ref == "" || len(ref) > maxPolicyURL {
		return ""
	}
	u, err := url.Parse(ref)
	if err != nil {
		return ""
	}
	if base != nil {
		u = base.ResolveReference(u)
	}
	u.Fragment, u.RawFragment, u.User = "", "", nil
	s := u.String()
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || len(s) > maxPolicyURL {
		return ""
	}
	return s
}

// clean makes a publisher's words fit for a record and a log: one line of
// valid, printable text of at most maxValue bytes.
func clean(s string) string {
	s = s[:min(len(s), 4*maxValue)]
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	s = strings.TrimSpace(s)
	if len(s) > maxValue {
		end := maxValue
		for !utf8.RuneStart(s[end]) {
			end--
		}
		s = s[:end]
	}
	return s
}
