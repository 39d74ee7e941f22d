package websub

import (
	"strings"
	"testing"
	"time"
)

func TestConfigReportsEveryFault(t *testing.T) {
	t.Setenv("WEBSUB_SHORT", "tiny")
	t.Setenv("WEBSUB_GOOD", strings.Repeat("k", minSecret))
	const good = "https://news.example/websub"
	for _, tt := range []struct {
		cfg  Config
		want []string // beginnings of the lines
	}{
		{Config{}, nil},
		{Config{Secret: "$WEBSUB_MISSING"}, nil}, // push is off
		{Config{Callback: good, Secret: "$WEBSUB_GOOD", Lease: time.Hour, Listen: "0.0.0.0:1"}, nil},
		{Config{Callback: good, Secret: "$WEBSUB_GOOD", Lease: MaxLease, Listen: ":65535"}, nil},
		{Config{Callback: "http://127.0.0.1:8089", Secret: testSecret, Listen: "[::1]:80"}, nil},
		{Config{Callback: "http://[::1]:8089", Secret: testSecret}, nil},
		{Config{Callback: "http://localhost:8089", Secret: testSecret}, nil},
		{Config{Callback: good}, []string{"secret: has 0 bytes, not 16 to 1024"}},
		{Config{Callback: good, Secret: "$WEBSUB_SHORT"}, []string{"secret: has 4 bytes"}},
		{Config{Callback: good, Secret: strings.Repeat("k", maxSecret+1)}, []string{"secret: has 1025 bytes"}},
		{Config{Callback: good, Secret: "$WEBSUB_MISSING"}, []string{`secret: the environment variable "WEBSUB_MISSING" is not set`}},
		{Config{Callback: "http://news.example", Secret: testSecret}, []string{`callback: "http://news.example" is http`}},
		{Config{Callback: "news.example", Secret: testSecret}, []string{`callback: "news.example" is not an https address`}},
		{Config{Callback: "https:///x", Secret: testSecret}, []string{"callback: "}},
		{Config{Callback: "ftp://news.example", Secret: testSecret}, []string{"callback: "}},
		{Config{Callback: good + "?a=b", Secret: testSecret}, []string{"callback: "}},
		{Config{Callback: good + "?", Secret: testSecret}, []string{"callback: "}},
		{Config{Callback: good + "#a", Secret: testSecret}, []string{"callback: "}},
		{Config{Callback: "https://u:p@news.example", Secret: testSecret}, []string{"callback: "}},
		{Config{Callback: good + strings.Repeat("a", maxCallback), Secret: testSecret}, []string{"callback: "}},
		{Config{Callback: "ftp://", Secret: "x", Listen: "8089", Lease: -1}, []string{"callback: ", "listen: ", "secret: ", "lease: "}},
		{Config{Listen: "127.0.0.1:0", Lease: time.Minute}, []string{"listen: ", "lease: "}},
		{Config{Listen: "127.0.0.1:http", Lease: MaxLease + 1}, []string{"listen: ", "lease: "}},
		{Config{Listen: "http://127.0.0.1:80"}, []string{"listen: "}},
	} {
		var lines []string
		err := tt.cfg.Validate()
		if err != nil {
			lines = strings.Split(err.Error(), "\n")
		}
		ok := len(lines) == len(tt.want)
		for i := 0; ok && i < len(lines); i++ {
			ok = strings.HasPrefix(lines[i], tt.want[i])
		}
		if !ok {
			t.Errorf("%+v: faults %q, want %q", tt.cfg, lines, tt.want)
		}
		if s, err := New(tt.cfg, nil, nil, nil); (err == nil) != (tt.want == nil && tt.cfg.Callback != "") || (err == nil) != (s != nil) {
			t.Errorf("New(%+v) = %v, %v", tt.cfg, s, err)
		}
	}
}
