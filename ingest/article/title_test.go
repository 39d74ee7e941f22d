package article

import (
	"slices"
	"testing"
)

func TestTitleIsTheHeadlineAlone(t *testing.T) {
	og := func(s string) string { return `<meta property="og:title" content="` + s + `">` }
	ld := func(s string) string {
		return `<script type="application/ld+json">{"@type":"NewsArticle","headline":"` + s + `"}</script>`
	}
	const want = "Ferry service resumes on the lake"
	for _, tt := range []struct{ name, head, h1, want string }{
		{"kicker in JSON-LD and heading", ld("Lake towns: "+want) + og(want), "Lake towns: " + want, want},
		{"kicker of its own element", og(want), `<span class="kicker">Lake towns</span><span>` + want + `</span>`, want},
		{"kicker without a name or blank", og(want), `<span>Lake towns</span><span>` + want + `</span>`, want},
		{"two kickers", og("After the shelling: " + want), "Lake towns - " + want, want},
		{"two kickers, one a word of it", og("Night " + want), "Lake towns - " + want, "Lake towns - " + want},
		{"all titles have the kicker", ld("Lake towns: "+want) + og("Lake towns: "+want), want, "Lake towns: " + want},
		{"the end is not the headline", og("on the lake"), want, want},
		{"another wording", ld(want) + og("How the ferry came back"), want, want},
		{"site behind", ld(want+" | Harbour Daily") + og(want+" - Harbour Daily"), "", want},
		{"cut by the site", ld("Ferry service resumes on…"), want, want},
		{"line break", "", "Ferry service resumes<br>on the lake", want},
		{"spans without blank", "", "<span>Ferry service resumes</span><span>On the lake</span>", "Ferry service resumes On the lake"},
		{"first letter apart", "", `<span class="initial">F</span>erry service resumes on the lake`, want},
		{"soft hyphens and references", ld("Ferry ser\u00advice resumes &amp; stays"), "Ferry service resumes &amp; stays", "Ferry service resumes & stays"},
		{"hidden words", "", `<span class="sr-only">Article: </span>` + want, want},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h1 := ""
			if tt.h1 != "" {
				h1 = "<h1>" + tt.h1 + "</h1>"
			}
			if a := mustExtract(t, testPage(tt.head, h1+testBody)); a.Title != tt.want {
				t.Errorf("title = %q from %s, want %q", a.Title, a.Sources["title"], tt.want)
			}
		})
	}
}

func TestWithoutSiteKnowsEastAsianTitles(t *testing.T) {
	for _, tt := range []struct{ title, site, want string }{
		{"渡船恢复通航-国际-港湾日报", "港湾日报", "渡船恢复通航"},
		{"渡し船が再開｜港湾日報", "港湾日報", "渡し船が再開"},
		{"여객선 운항 재개-정치ㅣ항구일보", "항구일보", "여객선 운항 재개"},
		{"Ferry-boat", "boat daily", "Ferry-boat"},
		{"Winter_night", "night", "Winter"},
	} {
		if got := withoutSite(tt.title, tt.site); got != tt.want {
			t.Errorf("withoutSite(%q, %q) = %q, want %q", tt.title, tt.site, got, tt.want)
		}
	}
}

func TestBylineKeepsAgenciesAndLeavesTheHouse(t *testing.T) {
	authors := func(s string) string {
		return `<meta property="og:site_name" content="Harbour Daily"><script type="application/ld+json">{"@type":"NewsArticle","author":[` + s + `]}</script>`
	}
	for _, tt := range []struct {
		name, head, html string
		want             []string
		from             string
	}{
		{"person and house", authors(`{"@type":"Person","name":"Jane Doe"},{"@type":"Organization","name":"Harbour Daily"}`), "", []string{"Jane Doe"}, "json-ld"},
		{"person and agency", authors(`{"@type":"Person","name":"Jane Doe"},{"@type":"Organization","name":"AFP"}`), "", []string{"Jane Doe", "AFP"}, "json-ld"},
		{"agency shown first", authors(`{"@type":"Organization","name":"dpa"}`), `<div class="author">dpa</div><div class="author">Mary Major</div>`, []string{"dpa"}, "json-ld"},
		{"initials shown", authors(`{"@type":"Organization","name":"Harbour Daily"}`), `<div class="author">jdo</div>`, []string{"Harbour Daily"}, "json-ld"},
		{"called like an agency", "", `<div class="author">Sid Smith</div>`, []string{"Sid Smith"}, "html"},
		{"no blank between elements", "", `<div class="author">By<span>Jane Doe</span></div>`, []string{"Jane Doe"}, "html"},
		{"line of text", "", `<ul><li>Von: Jane DOE, Max Muster</li></ul>`, []string{"Jane DOE", "Max Muster"}, "text"},
		{"line that is none", "", `<ul><li>By the lake, again</li></ul>`, nil, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := mustExtract(t, testPage(tt.head, testHeadline+tt.html+testBody))
			if !slices.Equal(a.Byline, tt.want) || a.Sources["byline"] != tt.from {
				t.Errorf("byline = %q from %q, want %q from %q", a.Byline, a.Sources["byline"], tt.want, tt.from)
			}
		})
	}
}

func FuzzTitle(f *testing.F) {
	f.Add("Lake towns: Ferry service resumes on the lake", "Ferry service resumes on the lake", "Harbour Daily")
	f.Add("渡船恢复通航-国际-港湾日报", "«Ferry»", "港湾日报")
	f.Add("\xff–|", "|ㅣ", "ㅣ")
	f.Fuzz(func(t *testing.T, a, b, site string) {
		if got := withoutKicker(a, b); len(got) > len(a) {
			t.Errorf("withoutKicker(%q, %q) = %q", a, b, got)
		}
		if got := withoutSite(a, site); len(got) > len(a) {
			t.Errorf("withoutSite(%q, %q) = %q", a, site, got)
		}
	})
}
