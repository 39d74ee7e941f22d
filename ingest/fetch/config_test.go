package fetch

import (
	"strings"
	"testing"
	"time"
)

func TestConfigReportsEveryFault(t *testing.T) {
	c := Config{
		UserAgent: "7Up\n", Contact: "me (at) example", Timeout: -1, MaxBytes: -1, Pace: 2 * time.Hour,
		Connections: -1, Concurrency: -1, Allow: []string{"10.0.0.0/8", "10.1.2.3", "::1/129"}, Proxy: "ftp://a.example:1",
	}
	err := c.Validate()
	if err == nil {
		t.Fatal("no fault found")
	}
	lines := strings.Split(err.Error(), "\n")
	want := []string{"user_agent", "contact", "timeout", "max_bytes", "pace", "connections", "concurrency", "allow[1]", "allow[2]", "proxy"}
	if len(lines) != len(want) {
		t.Fatalf("%d faults, want %d:\n%v", len(lines), len(want), err)
	}
	for i, key := range want {
		if !strings.HasPrefix(lines[i], "fetch."+key+": ") {
			t.Errorf("fault %d = %q, want one of fetch.%s", i, lines[i], key)
		}
	}
	if _, err := New(c); err == nil {
		t.Error("New took a config with faults")
	}
}

func TestConfigZeroValueWorks(t *testing.T) {
	if err := (Config{}).Validate(); err != nil {
		t.Errorf("the zero config is at fault: %v", err)
	}
	got := (Config{}).withDefaults()
	want := Config{UserAgent: "Conflictwire/0.1", Timeout: 30 * time.Second, MaxBytes: 10 << 20, MaxRedirects: 5,
		Pace: time.Second, Connections: 2, Concurrency: 64}
	if got.agent() != want.UserAgent || got.Timeout != want.Timeout || got.MaxBytes != want.MaxBytes || got.MaxRedirects != want.MaxRedirects ||
		got.Pace != want.Pace || got.Connections != want.Connections || got.Concurrency != want.Concurrency {
		t.Errorf("defaults = %+v, want %+v", got, want)
	}
	none := Config{Pace: -1, MaxRedirects: -1, Contact: "https://wire.example/bot"}.withDefaults()
	if none.Pace != 0 || none.MaxRedirects != 0 {
		t.Errorf("negative pace and redirects = %v and %d, want none", none.Pace, none.MaxRedirects)
	}
	if got, want := none.agent(), "Conflictwire/0.1 (+https://wire.example/bot)"; got != want {
		t.Errorf("User-Agent = %q, want %q", got, want)
	}
}
