package article

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func postTimes(a *Article) []string {
	var out []string
	for _, p := range a.Posts {
		out = append(out, p.Time.Format("15:04")+" "+p.Title)
	}
	return out
}

// livePosts are four posts as a page has them, the newest first.
func livePosts(class string) string {
	var b strings.Builder
	for i, text := range testText {
		hour := []string{"12", "11", "10", "09"}[i]
		b.WriteString(`<div class="` + class + `"><time datetime="2026-05-04T` + hour + `:00:00+02:00">` + hour + `.00</time><h3>Post at ` + hour + `</h3><p>` + text + `</p></div>`)
	}
	return b.String()
}

func TestExtractTakesLiveBlogsApart(t *testing.T) {
	linked := func(posts string) string {
		return `<script type="application/ld+json">{"@type":["LiveBlogPosting"],"headline":"Ferry service resumes on the lake","liveBlogUpdate":[` + posts + `]}</script>`
	}
	older := `{"@type":"BlogPosting","headline":"Older","datePublished":"2026-05-04T08:00:00+02:00","articleBody":"` + strings.ReplaceAll(testFour, `"`, `'`) + `"}`
	newer := `{"@type":"BlogPosting","headline":"Newer","datePublished":"2026-05-04T09:00:00+02:00","articleBody":"<p>` + strings.ReplaceAll(testOne, `"`, `'`) + `</p><p>See <a href='/road'>the road</a>.</p>"}`
	for _, tt := range []struct {
		name, head, html string
		want             []string
		from             string
		made             bool // whether the body is made of the posts
	}{
		{"json-ld, oldest first", linked(older + "," + newer), testBody, []string{"09:00 Newer", "08:00 Older"}, "json-ld", false},
		{"json-ld, nothing shown", linked(newer + "," + older), "", []string{"09:00 Newer", "08:00 Older"}, "json-ld", true},
		{"json-ld, one as an object", strings.NewReplacer("[{", "{", "}]", "}").Replace(linked(newer)), testBody, []string{"09:00 Newer"}, "json-ld", false},
		{"json-ld, empty posts", linked(`{"@type":"BlogPosting"},"x",null`), testBody, nil, "", false},
		{"shown", "", `<div class="live-blog">` + livePosts("post") + `</div>`, []string{"12:00 Post at 12", "11:00 Post at 11", "10:00 Post at 10", "09:00 Post at 09"}, "html", false},
		{"one time above an article", "", `<time datetime="2026-05-04T09:00:00Z">Monday</time>` + testBody, nil, "", false},
		{"times in other articles", "", testBody + `<div class="related">` + strings.Repeat(`<div class="teaser"><time datetime="2026-05-01T09:00:00Z">1 May</time><a href="/x">Landing stage hit by shells at night</a></div>`, 5) + `</div>`, nil, "", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := mustExtract(t, `<html><head><title>Ferry service resumes on the lake</title>`+tt.head+`</head><body>`+testHeadline+tt.html+`</body></html>`)
			if got := postTimes(a); !slices.Equal(got, tt.want) || a.Sources["posts"] != tt.from {
				t.Errorf("posts = %q from %q, want %q from %q", got, a.Sources["posts"], tt.want, tt.from)
			}
			for _, p := range a.Posts {
				if len(p.Body) == 0 || p.Body[0].Text == "" {
					t.Errorf("post %q has no body", p.Title)
				}
			}
			if made := a.Sources["body"] == "json-ld"; made != tt.made || made && len(a.Body) != 5 {
				t.Errorf("body = %q from %q", texts(a), a.Sources["body"])
			}
			if !tt.made && !slices.Contains(texts(a), testTwo) {
				t.Errorf("body = %q, want what is shown", texts(a))
			}
		})
	}
}

func TestPostsHaveCleanHTMLAndZones(t *testing.T) {
	a := mustExtract(t, testPage(`<script type="application/ld+json">{"@type":"LiveBlogPosting","liveBlogUpdate":[{"headline":"A &amp; b","datePublished":"2026-05-04T09:00:00+02:00","articleBody":"&lt;p&gt;See <a href='/road' onclick='x()'>the road<\/a>.&lt;/p&gt;<script>x()<\/script><p>Second</p>"}]}</script>`, testHeadline+testBody))
	if len(a.Posts) != 1 || len(a.Posts[0].Body) == 0 {
		t.Fatalf("posts = %+v", a.Posts)
	}
	p := a.Posts[0]
	if want := `See <a href="https://harbour.example/road">the road</a>.`; p.Body[0].HTML != want || p.Title != "A & b" {
		t.Errorf("post = %+v, want %q", p, want)
	}
	if _, offset := p.Time.Zone(); offset != 2*60*60 || p.Time.Equal(time.Time{}) {
		t.Errorf("time = %v", p.Time)
	}
}
