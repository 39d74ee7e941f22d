package rights

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
)

// An Action is what happens to an article whose publisher reserves something.
type Action string

const (
	// Publish publishes it whole.
	Publish Action = "publish"
	// NoBody publishes it without its text.
	NoBody Action = "no-body"
	// Skip does not publish it.
	Skip Action = "skip"
)

// strict orders actions.
func (a Action) strict() int {
	switch a {
	case NoBody:
		return 1
	case Skip:
		return 2
	}
	return 0
}

// A Policy is the rights part of the configuration. Its zero value is ready
// for use.
type Policy struct {
	// TDM is what happens to articles of which text and data mining is
	// reserved: publish, no-body or skip. Empty means no-body.
	TDM Action `yaml:"tdm"`
	// AI is what happens to articles of which use by AI is reserved. Empty
	// means no-body.
	AI Action `yaml:"ai"`
	// NoIndex is what happens to articles that ask not to be indexed or
	// archived. Empty means publish.
	NoIndex Action `yaml:"noindex"`
	// Files says whether each host is asked once a day for tdmrep.json, ai.txt
	// and its RSL license (on), or only the page and its headers count (off).
	// Empty means on.
	Files string `yaml:"files"`
}

// Validate reports every fault of p, each beginning with its key, as one
// joined error; nil when there is none.
func (p Policy) Validate() error {
	var faults []error
	for _, f := range []struct {
		key    string
		action Action
	}{{"tdm", p.TDM}, {"ai", p.AI}, {"noindex", p.NoIndex}} {
		switch f.action {
		case "", Publish, NoBody, Skip:
		default:
			faults = append(faults, fmt.Errorf("%s: %q is not publish, no-body or skip", f.key, f.action))
		}
	}
	switch p.Files {
	case "", "on", "off":
	default:
		faults = append(faults, fmt.Errorf("files: %q is not on or off", p.Files))
	}
	return errors.Join(faults...)
}

// AsksFiles reports whether hosts are to be asked for their files. Where not,
// [NewCache] gets no getter.
func (p Policy) AsksFiles() bool { return p.Files != "off" }

// Decide says what to do with an article of which r is reserved: the strictest
// action wins. The reason names what is reserved and the signals that say so,
// for the ledger and the log; it is empty when the action is Publish, and does
// not name signals when r did not come from [Cache.Of] but out of JSON. p must
// be valid.
func (p Policy) Decide(r Rights) (action Action, reason string) {
	cases := []struct {
		reserved bool
		action   Action
		what     string
	}{ // in the order of useNames
		{r.TDM, cmp.Or(p.TDM, NoBody), "text and data mining is reserved"},
		{r.AI, cmp.Or(p.AI, NoBody), "use by AI is reserved"},
		{r.NoIndex, cmp.Or(p.NoIndex, Publish), "the page asks not to be indexed or archived"},
	}
	action = Publish
	for _, c := range cases {
		if c.reserved && c.action.strict() > action.strict() {
			action = c.action
		}
	}
	if action == Publish {
		return Publish, ""
	}
	var reasons []string
	for i, c := range cases {
		if c.reserved && c.action == action {
			reasons = append(reasons, c.what+evidence(r.grounds[i]))
		}
	}
	return action, strings.Join(reasons, "; ")
}

// evidence names the first of signals, and says how many more there are.
func evidence(signals []Signal) string {
	switch n := len(signals); n {
	case 0:
		return ""
	case 1:
		return fmt.Sprintf(" (%s: %s)", signals[0].Source, signals[0].Value)
	default:
		return fmt.Sprintf(" (%s: %s, and %d more)", signals[0].Source, signals[0].Value, n-1)
	}
}
