package rights

import (
	"context"
	"fmt"
	"strings"
	"testing"
)

func TestPolicyDecides(t *testing.T) {
	// with says that signals reserve r.
	with := func(r Rights) Rights {
		for _, s := range []struct {
			signal Signal
			u      uses
		}{
			{Signal{"meta tdm-reservation", "0"}, 0}, {Signal{"header tdm-reservation", "1"}, mining}, {Signal{"x-robots-tag", "noindex"}, indexing},
			{Signal{"ai.txt", "Disallow: /"}, ai}, {Signal{"rsl", "reserves ai-train for /"}, ai},
		} {
			if s.u == mining && r.TDM || s.u == ai && r.AI || s.u == indexing && r.NoIndex || s.u == 0 {
				r.add(s.signal, s.u)
			}
		}
		return r
	}
	const tdm, byAI = "text and data mining is reserved (header tdm-reservation: 1)", "use by AI is reserved (ai.txt: Disallow: /, and 1 more)"
	const noIndex = "the page asks not to be indexed or archived (x-robots-tag: noindex)"
	tests := []struct {
		policy Policy
		rights Rights
		want   Action
		reason string
	}{
		{Policy{}, Rights{}, Publish, ""},
		{Policy{}, Rights{TDM: true}, NoBody, "text and data mining is reserved"},
		{Policy{}, with(Rights{TDM: true}), NoBody, tdm},
		{Policy{}, with(Rights{AI: true}), NoBody, byAI},
		{Policy{}, with(Rights{NoIndex: true}), Publish, ""},
		{Policy{NoIndex: Skip}, with(Rights{NoIndex: true, TDM: true}), Skip, noIndex},
		{Policy{}, with(Rights{NoIndex: true, TDM: true, AI: true}), NoBody, tdm + "; " + byAI},
		{Policy{TDM: Publish, AI: Publish}, with(Rights{TDM: true, AI: true}), Publish, ""},
		{Policy{TDM: Skip}, with(Rights{TDM: true, AI: true}), Skip, tdm},
	}
	for _, tt := range tests {
		if got, reason := tt.policy.Decide(tt.rights); got != tt.want || reason != tt.reason {
			t.Errorf("%+v on %+v = %s, %q; want %s, %q", tt.policy, tt.rights, got, reason, tt.want, tt.reason)
		}
	}
}

func TestPolicyIsValidated(t *testing.T) {
	for _, p := range []Policy{{}, {TDM: Publish, AI: NoBody, NoIndex: Skip, Files: "off"}, {Files: "on"}} {
		if err := p.Validate(); err != nil {
			t.Errorf("%+v: %v", p, err)
		}
	}
	err := Policy{TDM: "no body", AI: "Skip", NoIndex: "index", Files: "yes"}.Validate()
	if err == nil {
		t.Fatal("everything is wrong and nothing found")
	}
	for i, line := range strings.Split(err.Error(), "\n") {
		if key := []string{"tdm: ", "ai: ", "noindex: ", "files: "}[i]; !strings.HasPrefix(line, key) {
			t.Errorf("fault %q does not begin with %q", line, key)
		}
	}
	if !(Policy{}).AsksFiles() || (Policy{Files: "off"}).AsksFiles() {
		t.Error("files: on is not the default, or off does not turn it off")
	}
}

func ExampleCache_Of() {
	get := func(_ context.Context, url string, _ bool) (int, string, []byte, error) {
		if url == "https://paper.example/.well-known/tdmrep.json" {
			return 200, "application/json", []byte(`[{"location": "/news/", "tdm-reservation": 1}]`), nil
		}
		return 404, "", nil, nil
	}
	cache := NewCache(get, "Conflictwire/0.1")
	r, err := cache.Of(context.Background(), Page{URL: "https://paper.example/news/1"})
	if err != nil {
		return // the context ended
	}
	fmt.Println(Policy{}.Decide(r))
	// Output: no-body text and data mining is reserved (tdmrep.json: 1 for /news/)
}
