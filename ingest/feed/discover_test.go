package feed

import (
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func addresses(list []Candidate) []string {
	out := []string{}
	for _, c := range list {
		out = append(out, c.URL)
	}
	return out
}

func TestDiscoverFindsFeeds(t *testing.T) {
	const a = "https://a.example"
	tests := []struct {
		name, page string
		want       []string
	}{
		{"nothing", "", []string{}},
		{"RSS", `<link rel="alternate" type="application/rss+xml" href="/rss">`, []string{a + "/rss"}},
		{"Atom in odd spelling", `<LINK REL="Alternate home" TYPE=" application/ATOM+xml; charset=utf-8" HREF='atom.xml'/>`, []string{a + "/news/atom.xml"}},
		{"JSON Feed", `<link rel=alternate type=application/feed+json href=f.json>`, []string{a + "/news/f.json"}},
		{"rel feed", `<link rel="feed" href="/f">`, []string{a + "/f"}},
		{"base", `<base href="//b.example/x/"><base href="/y/"><link rel="alternate" type="text/xml" href="f">`, []string{"https://b.example/x/f"}},
		{"other alternates", `<link rel="alternate" hreflang="fr" href="/fr"><link rel="alternate" type="application/json" href="/wp-json/wp/v2/posts/1"><link rel="alternate" type="application/json+oembed" href="/o"><link rel="stylesheet" type="application/rss+xml" href="/s"><link rel="alternate" type="application/rss+xml">`, []string{}},
		{"in a comment or script", `<!-- <link rel="alternate" type="application/rss+xml" href="/1"> --><script>'<a href="/rss">'</script>`, []string{}},
		{"links", `<a href="/sport">Sport</a><a href="/feed/">x</a><a href="/a.rss">x</a><a href="?format=rss">x</a><a href="/rss/world.xml">x</a><a href="/sitemap.xml">Sitemap</a><a href="/help"><b>RSS</b></a><a href="/k"><img alt="RSS feed" src="i"></a><a href="mailto:rss@a.example">RSS</a><a href="javascript:void(0)">RSS</a><a href="#rss">RSS</a>`,
			[]string{a + "/feed/", a + "/a.rss", a + "/news/?format=rss", a + "/rss/world.xml", a + "/help", a + "/k"}},
		{"best first", `<link rel="alternate" type="application/rss+xml" title="Comments" href="/comments/feed/"><a href="https://b.example/rss">x</a><a href="/about/rss">x</a><link rel="alternate" type="application/rss+xml" href="/tag/war/feed"><link rel="alternate" type="text/xml" href="/x"><link rel="alternate" type="application/rss+xml" title="News" href="/feed/">`,
			[]string{a + "/feed/", a + "/x", a + "/about/rss", "https://b.example/rss", a + "/tag/war/feed", a + "/comments/feed/"}},
		{"twice", `<a href="/rss#x">RSS</a><link rel="alternate" type="application/rss+xml" href="HTTPS://A.example:443/rss"><a href="//user:secret@a.example/rss">x</a>`, []string{a + "/rss"}},
		{"schemes of readers", `<a href="feed:https://a.example/1">x</a><a href="feed://a.example/2">x</a><a href="https://www.feedly.com/i/rss">RSS</a>`, []string{a + "/1", a + "/2"}},
		{"never closed", `<a href="/rss"><a href="/atom">x<div`, []string{a + "/rss", a + "/atom"}},
		{"bytes of another encoding", "<meta charset=windows-1251><a href='/x'>RSS \xcf</a>", []string{a + "/x"}},
		{"long inline data", "<script>" + strings.Repeat("x", 1<<20) + `</script><link rel="alternate" type="application/rss+xml" href="/rss">`, []string{a + "/rss"}},
	}
	for _, tt := range tests {
		if got := addresses(Discover([]byte(tt.page), "https://A.example/news/")); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: got %q\nwant %q", tt.name, got, tt.want)
		}
	}
	got := Discover([]byte(`<link rel="alternate" type="application/rss+xml" title=" Harbour &amp; World
		news" href="https://a.example/rss">`), "")
	if want := []Candidate{{"https://a.example/rss", "Harbour & World news", "application/rss+xml", "link rel=alternate"}}; !slices.Equal(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	got = Discover([]byte(`<a href="/rss">All news</a><link rel="alternate" type="application/rss+xml" href="/rss">`), "https://a.example")
	if want := []Candidate{{"https://a.example/rss", "All news", "application/rss+xml", "link rel=alternate"}}; !slices.Equal(got, want) {
		t.Errorf("of a feed named twice: got %+v, want %+v", got, want)
	}
	if got := Discover([]byte(numbered(5000, `<a href="/%d.rss">x</a>`)), a); len(got) != maxCandidates || got[49].URL != a+"/49.rss" {
		t.Errorf("%d candidates of many", len(got))
	}
}

func TestGuessesStayOnTheSite(t *testing.T) {
	got := Guesses("HTTP://u:p@a.Example:80/world/?x=1#y")
	if len(got) != maxGuesses || got[0] != "http://a.example/world/feed" || got[3] != "http://a.example/feed" || !slices.Contains(got, "http://a.example/sitemap_index.xml") {
		t.Errorf("got %q", got)
	}
	for _, g := range got {
		if u, err := url.Parse(g); err != nil || u.Host != "a.example" || u.User != nil || u.RawQuery != "" {
			t.Errorf("guess %q", g)
		}
	}
	if got := Guesses("https://a.example/story.html"); len(got) != 13 || got[0] != "https://a.example/feed" {
		t.Errorf("for a page: %q", got)
	}
	for _, bad := range []string{"", "a.example", "ftp://a.example/", "https://", "https://a b/", "::"} {
		if got := Guesses(bad); len(got) > 0 {
			t.Errorf("Guesses(%q) = %q", bad, got)
		}
	}
}

func TestLinkHeaderReadsRelations(t *testing.T) {
	tests := []struct {
		in   []string
		want []Link
	}{
		{nil, nil},
		{[]string{`<https://hub.example/>; rel="hub"`}, []Link{{"hub", "https://hub.example/", ""}}},
		{[]string{`<https://hub.example/>; rel=hub, </f>; rel="self"`, `<l>;rel=license;type="text/html"`},
			[]Link{{"hub", "https://hub.example/", ""}, {"self", "https://a.example/f", ""}, {"license", "https://a.example/n/l", "text/html"}}},
		{[]string{`<https://a.example/1>; title="a, b; rel=x <c>"; REL = "Self  HUB" ; rel=other`},
			[]Link{{"self", "https://a.example/1", ""}, {"hub", "https://a.example/1", ""}}},
		{[]string{`<1>; rel="a\"b"`}, []Link{{`a"b`, "https://a.example/n/1", ""}}},
		{[]string{`<1>; rel=self; anchor="#x", <2>; rel=self; anchor="https://a.example/n/page"`}, []Link{{"self", "https://a.example/n/2", ""}}},
		{[]string{`junk, <1>, <2>; rel, <3>; rel=hub`, `<4; rel=hub`, `<mailto:x>; rel=hub, <javascript:x>; rel=hub`}, []Link{{"hub", "https://a.example/n/3", ""}}},
		{[]string{`<1>; rel="never closed`}, []Link{{"never", "https://a.example/n/1", ""}, {"closed", "https://a.example/n/1", ""}}},
		{[]string{`<1>; rel=hub, <1>; rel=hub`}, []Link{{"hub", "https://a.example/n/1", ""}}},
	}
	for _, tt := range tests {
		if got := LinkHeader(tt.in, "https://a.example/n/page"); !slices.Equal(got, tt.want) {
			t.Errorf("%q: got %+v, want %+v", tt.in, got, tt.want)
		}
	}
	if got := LinkHeader([]string{numbered(500, "<https://a.example/%d>; rel=x,")}, ""); len(got) != maxLinks {
		t.Errorf("%d links of many", len(got))
	}
	if got := LinkHeader([]string{`</f>; rel=self`}, ""); got != nil {
		t.Errorf("without a base: %+v", got)
	}
	if got := LinkHeader([]string{strings.Repeat("x", maxLinkHeader), `<https://a.example/>; rel=self`}, ""); got != nil {
		t.Errorf("beyond the limit: %+v", got)
	}
}

func FuzzDiscover(f *testing.F) {
	f.Add([]byte(`<base href="/x/"><link rel="alternate" type="application/rss+xml" title="x" href="/f"><a href="feed:x">RSS</a>`), "https://a.example/n")
	f.Add([]byte("\xff\xfe<\x00a\x00 \x00h\x00r\x00e\x00f\x00=\x00/\x00r\x00s\x00s\x00>\x00"), "http://b.example:80")
	f.Fuzz(func(t *testing.T, page []byte, base string) {
		list := Discover(page, base)
		if len(list) > maxCandidates {
			t.Errorf("%d candidates", len(list))
		}
		all := addresses(list)
		slices.Sort(all)
		if len(slices.Compact(all)) != len(list) {
			t.Errorf("an address twice: %q", all)
		}
		for _, c := range slices.Concat(all, Guesses(base)) {
			if u, err := url.Parse(c); err != nil || !isWeb(c) || u.Host == "" || u.Fragment != "" || len(c) > maxAddress {
				t.Errorf("candidate %q: %v", c, err)
			}
		}
	})
}

func FuzzLinkHeader(f *testing.F) {
	f.Add(`<https://hub.example/>; rel="hub self"; title="a\"b,c", </x>;rel=license;type=text/html;anchor="#a"`, "https://a.example/n")
	f.Fuzz(func(t *testing.T, value, base string) {
		list := LinkHeader([]string{value, value}, base)
		if len(list) > maxLinks {
			t.Errorf("%d links", len(list))
		}
		for _, l := range list {
			if !isWeb(l.URL) || l.Rel == "" || l.Rel != strings.ToLower(l.Rel) {
				t.Errorf("link %+v", l)
			}
			// What was read can be written and read again.
			if !strings.ContainsAny(l.URL+l.Rel+l.Type, "<>\"\\") {
				again := LinkHeader([]string{fmt.Sprintf(`<%s>; rel="%s"; type="%s"`, l.URL, l.Rel, l.Type)}, base)
				if len(again) != 1 || again[0] != l {
					t.Errorf("%+v read again as %+v", l, again)
				}
			}
		}
	})
}
