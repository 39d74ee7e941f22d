package article

import (
	"testing"
	"time"
)

func TestAddressDateIsUnambiguous(t *testing.T) {
	for _, tt := range []struct{ address, want string }{
		{"https://harbour.example/2026/05/04/ferry", "2026-05-04"},
		{"https://harbour.example/world/2026-05-04-ferry.html", "2026-05-04"},
		{"https://harbour.example/world/2026/may/04/ferry", "2026-05-04"},
		{"https://harbour.example/a/20260504/ferry", "2026-05-04"},
		{"https://harbour.example/n1/2026/0504/c1001-40223222.html", "2026-05-04"},
		{"https://harbour.example/2026/05/04/ferry-20260504", "2026-05-04"},
		{"https://harbour.example/2026/05/04/ferry-of-2025-01-01", ""},
		{"https://harbour.example/2026/05/ferry", ""},
		{"https://harbour.example/04/05/2026/ferry", ""},
		{"https://harbour.example/2026/13/04/ferry", ""},
		{"https://harbour.example/2026/02/30/ferry", ""},
		{"https://harbour.example/story/40223222", ""},
		{"https://harbour.example/?d=2026-05-04", ""},
		{"", ""},
	} {
		if got := addressDate(tt.address); got != tt.want {
			t.Errorf("addressDate(%q) = %q, want %q", tt.address, got, tt.want)
		}
	}
}

func TestDaysInTextAreUnambiguous(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want []string
	}{
		{"4 May 2026", []string{"2026-05-04"}},
		{"Published: Monday, May 4th, 2026 at 9:30 am", []string{"2026-05-04"}},
		{"Veröffentlicht am 4. Mai 2026 um 15:44", []string{"2026-05-04"}},
		{"erstellt: 04.05.2026, 15:25 in: Politik | Kommentare: 3", []string{"2026-05-04"}},
		{"4 de mayo de 2026", []string{"2026-05-04"}},
		{"4 мая 2026 г.", []string{"2026-05-04"}},
		{"2026年5月4日 23:52", []string{"2026-05-04"}},
		{"2026년 5월 4일", []string{"2026-05-04"}},
		{"2026. 05. 04.", []string{"2026-05-04"}},
		{"2026-05-04", []string{"2026-05-04"}},
		{"13/05/2026", []string{"2026-05-13"}},
		{"05/13/2026", []string{"2026-05-13"}},
		{"04/05/2026", nil}, // day or month first?
		{"4 May 2026, updated 6 May 2026", []string{"2026-05-04", "2026-05-06"}},
		{"on 4 May", nil},
		{"in May 2026", nil},
		{"31 February 2026", nil},
		{"3-2-1 and 2026", nil},
		{"", nil},
	} {
		var got []string
		for _, d := range daysIn(tt.in) {
			got = append(got, d.Format(time.DateOnly))
		}
		if len(got) != len(tt.want) || len(got) > 0 && got[0] != tt.want[0] {
			t.Errorf("daysIn(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestPublishedComesFromTheBestSource(t *testing.T) {
	const shown = `<div>4. Mai 2026</div>`
	for _, tt := range []struct{ name, url, head, html, want, from string }{
		{"json-ld", "/2026/05/01/x", `<script type="application/ld+json">{"@type":"NewsArticle","datePublished":"2026-05-04T09:30:00+02:00"}</script>`, shown, "2026-05-04T09:30:00+02:00", "json-ld"},
		{"zone of another source", "/x", `<script type="application/ld+json">{"@type":"NewsArticle","datePublished":"2026-05-04T09:30:00"}</script><meta property="article:published_time" content="2026-05-04T09:30:00+02:00">`, "", "2026-05-04T09:30:00+02:00", "meta"},
		{"another time elsewhere", "/x", `<script type="application/ld+json">{"@type":"NewsArticle","datePublished":"2026-05-04T09:30:00"}</script><meta property="article:published_time" content="2026-05-04T10:30:00+02:00">`, "", "2026-05-04T09:30:00Z", "json-ld"},
		{"time element", "/2026/05/01/x", "", `<time datetime="2026-05-04T09:30:00Z">Monday</time>`, "2026-05-04T09:30:00Z", "time"},
		{"address", "/2026/05/01/x", "", shown, "2026-05-01T00:00:00Z", "url"},
		{"text", "/x", "", shown, "2026-05-04T00:00:00Z", "text"},
		{"text of a caption", "/x", "", `<figure><img src="/a.jpg"><figcaption>The pier on 2 May 2026</figcaption></figure>` + shown, "2026-05-04T00:00:00Z", "text"},
		{"nothing", "/x", "", "", "0001-01-01T00:00:00Z", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a, err := Extract(Page{URL: "https://harbour.example" + tt.url, Body: []byte(testPage(tt.head, testHeadline+tt.html+testBody))})
			if err != nil {
				t.Fatal(err)
			}
			if got := a.Published.Format(time.RFC3339); got != tt.want || a.Sources["published"] != tt.from {
				t.Errorf("published = %s from %q, want %s from %q", got, a.Sources["published"], tt.want, tt.from)
			}
		})
	}
}

func TestZonedSeesZones(t *testing.T) {
	for in, want := range map[string]bool{
		"2026-05-04T09:30:00Z": true, "2026-05-04T09:30:00+02:00": true, "2026-05-04T09:30:00-0500": true, "Mon, 04 May 2026 09:30:00 GMT": true,
		"2026-05-04T09:30:00": false, "2026-05-04": false, "04-05-2026": false, "": false,
	} {
		if got := zoned(in); got != want {
			t.Errorf("zoned(%q) = %v, want %v", in, got, want)
		}
	}
}

func FuzzDaysIn(f *testing.F) {
	f.Add("4 May 2026", "https://harbour.example/2026/05/04/")
	f.Add("2026年5月4日", "/20260504/")
	f.Fuzz(func(t *testing.T, text, address string) {
		for _, d := range daysIn(text) {
			if y := d.Year(); y < 1990 || y > 2100 {
				t.Errorf("daysIn(%q) = %v", text, d)
			}
		}
		addressDate(address)
	})
}
