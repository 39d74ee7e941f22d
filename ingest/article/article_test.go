package article

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// testPage makes a page with the usual things around an article.
func testPage(head, article string) string {
	return `<!DOCTYPE html><html lang="en-GB"><head><meta charset="utf-8"><title>Ferry service resumes on the lake | Harbour Daily</title>
<meta property="og:site_name" content="Harbour Daily">` + head + `</head><body class="page-article has-newsletter">
<header><nav class="main-nav"><ul><li><a href="/">Home</a></li><li><a href="/world">World</a></li><li><a href="/sport">Sport</a></li></ul></nav></header>
<main><article>` + article + `</article></main>
<aside class="sidebar"><h3>Most read</h3><ul><li><a href="/a">Mayor opens a bridge that nobody had asked for</a></li><li><a href="/b">Bakers count the cost of a dry summer</a></li></ul></aside>
<div class="newsletter-signup"><p>Sign up for our morning newsletter and get the day's news in your inbox, free of charge, every weekday.</p><form><input name="e"><button>Subscribe</button></form></div>
<footer><p>© Harbour Daily. All rights reserved. Reproduction needs our consent in writing.</p><a href="/privacy">Privacy</a></footer></body></html>`
}

const (
	testHeadline = `<h1>Ferry service resumes on the lake</h1>`
	testOne      = `The ferry between the two towns ran again on Monday, three weeks after shelling had damaged the landing stage on the eastern shore.`
	testTwo      = `Hundreds of people waited from dawn, officials said, many of them with bags and children, and the first boat left shortly before eight.`
	testThree    = `"We had not seen our parents since the spring," said a teacher who crossed with her two sons, "and nobody could tell us when we would."`
	testFour     = `The operator said that it would run four crossings a day until the road in the north had been cleared of mines.`
	testBody     = `<p>` + testOne + `</p><p>` + testTwo + `</p><p>` + testThree + `</p><p>` + testFour + `</p>`
)

var testText = []string{testOne, testTwo, testThree, testFour}

func mustExtract(t *testing.T, html string) *Article {
	t.Helper()
	a, err := Extract(Page{URL: "https://harbour.example/world/ferry", ContentType: "text/html; charset=utf-8", Body: []byte(html)})
	if err != nil {
		t.Fatalf("Extract: %v", err)
	}
	return a
}

func texts(a *Article) []string {
	var out []string
	for _, p := range a.Body {
		out = append(out, p.Text)
	}
	return out
}

func TestExtractKeepsOnlyTheBody(t *testing.T) {
	for _, tt := range []struct {
		name, html string
		want       []string // testText if nil
	}{
		{name: "plain", html: testHeadline + testBody},
		{name: "headline again", html: testHeadline + `<div class="body"><p>Ferry service resumes on the lake</p>` + testBody + `</div>`},
		{name: "paragraph twice", html: testHeadline + testBody + `<p>` + testTwo + `</p>`},
		{name: "related links", html: testHeadline + testBody + `<div class="related"><h3>Related</h3><ul><li><a href="/x">Landing stage hit by shells at night</a></li><li><a href="/y">What we know about the northern road</a></li></ul></div>`},
		{name: "pointer inside", html: testHeadline + strings.Replace(testBody, `</p><p>"We`, `</p><p><a href="/z">Read more: Landing stage hit by shells at night</a></p><p>"We`, 1)},
		{name: "share box", html: testHeadline + `<div class="share-tools"><span>Share</span><a href="#">Facebook</a><a href="#">WhatsApp</a></div>` + testBody},
		{name: "newsletter inside", html: testHeadline + strings.Replace(testBody, `</p><p>"We`, `</p><div class="newsletter-box"><p>Sign up for our newsletter to get the most important news each morning.</p></div><p>"We`, 1)},
		{name: "offer at the end", html: testHeadline + testBody + `<p>If you liked this story, there is much more where it came from: sign up for our <a href="/n">weekly letter from the lake</a>.</p>`},
		{name: "caption without a mark", html: testHeadline + `<p>In this Jan. 4 file photo, a boat leaves the eastern shore of the lake with the first passengers.</p>` + testBody},
		{name: "consent", html: `<div id="onetrust-consent-sdk"><p>We use cookies to store and access information on your device and to show you adverts that fit your interests.</p></div>` + testHeadline + testBody},
		{name: "comments", html: testHeadline + testBody + `<section id="comments" class="comments-area"><h2>2 comments</h2><ol class="comment-list"><li class="comment"><p>I waited there for five hours and saw no one from the town hall at all.</p></li><li class="comment"><p>At last some good news from the lake, let us hope that it stays like this.</p></li></ol></section>`},
		{name: "author bio", html: testHeadline + testBody + `<div class="author-bio"><img src="/jane.jpg"><p>Jane Doe is a reporter for Harbour Daily and has covered the lake towns since 2019.</p></div>`},
		{name: "byline and date", html: testHeadline + `<div class="byline">By <a rel="author" href="/jane">Jane Doe</a></div><time datetime="2026-05-04T09:30:00+02:00">4 May 2026</time>` + testBody},
		{name: "line breaks", html: testHeadline + `<div class="story-text">` + strings.Join(testText, "<br><br>") + `</div>`},
		{name: "divs", html: testHeadline + `<div class="article-body"><div>` + strings.Join(testText, `</div><div>`) + `</div></div>`},
		{name: "sub-head and list", html: testHeadline + `<p>` + testOne + `</p><p>` + testTwo + `</p><h2>What comes next</h2><p>` + testThree + `</p><p>` + testFour + `</p>`,
			want: []string{testOne, testTwo, "What comes next", testThree, testFour}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			want := tt.want
			if want == nil {
				want = testText
			}
			a := mustExtract(t, testPage("", tt.html))
			if got := texts(a); !slices.Equal(got, want) {
				t.Errorf("body = %q, want %q", got, want)
			}
			if a.Title != "Ferry service resumes on the lake" {
				t.Errorf("title = %q", a.Title)
			}
		})
	}
}

func TestExtractLeavesOutTheNextArticle(t *testing.T) {
	next := `<article><h1>Dry summer costs bakers dear</h1><p>Bakers in the valley paid a third more for flour this year than last, their guild said on Sunday, and many doubt that they can last.</p><p>The guild asked the ministry for help with the bills, and the ministry answered that it would look into the matter by the autumn.</p></article>`
	a := mustExtract(t, strings.Replace(testPage("", testHeadline+testBody), "</main>", next+"</main>", 1))
	if got := texts(a); !slices.Equal(got, testText) {
		t.Errorf("body = %q, want %q", got, testText)
	}
}

// TestExtractLeavesOutTheListAbove has a headline that does not share an element
// with the text, and a classifier that takes everything.
func TestExtractLeavesOutTheListAbove(t *testing.T) {
	page := `<html><head><title>Ferry service resumes on the lake</title></head><body>
<div class="breaking"><ul><li>Ferry service resumes on the lake: the boats between the two towns ran again on Monday.</li><li>Mayor opens a bridge: the road to it has yet to be built, and nobody had asked for it.</li></ul></div>
<div class="top">` + testHeadline + `</div><div class="text">` + testBody + `</div></body></html>`
	a, err := extract(Page{URL: "https://harbour.example/1", Body: []byte(page)}, func(x *extraction) []float32 {
		return slices.Repeat([]float32{1}, len(x.page.blocks))
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := texts(a); !slices.Equal(got, testText) {
		t.Errorf("body = %q, want %q", got, testText)
	}
}

func TestExtractKeepsCaptionsOut(t *testing.T) {
	const caption = `A boat leaves the eastern shore with the first passengers on Monday`
	for _, tt := range []struct{ name, figure, caption, credit string }{
		{"figcaption", `<figure><img src="/boat.jpg"><figcaption>` + caption + ` Jane Doe/Reuters</figcaption></figure>`, caption, "Jane Doe/Reuters"},
		{"figcaption and span", `<figure><img src="/boat.jpg"><figcaption>` + caption + `<span class="credit">Jane Doe/Reuters</span></figcaption></figure>`, caption, "Jane Doe/Reuters"},
		{"divs", `<div class="image"><img src="/boat.jpg"><div class="caption">` + caption + `</div><div class="credit">Photo: Jane Doe</div></div>`, caption, "Jane Doe"},
		{"paragraph", `<div class="pic"><img src="/boat.jpg"><p>` + caption + ` Jane Doe/Reuters</p></div>`, caption, "Jane Doe/Reuters"},
		{"brackets", `<p><img src="/boat.jpg"></p><p>` + caption + ` (AFP)</p>`, caption, "AFP"},
		{"table", `<table><tr><td><img src="/boat.jpg"></td></tr><tr><td>` + caption + ` Jane Doe/AP</td></tr></table>`, caption, "Jane Doe/AP"},
		{"class on a line", `<p><img src="/boat.jpg"></p><p class="caption">` + caption + `.</p>`, caption + ".", ""},
		{"picture in a line", `<p class="picture left"><img src="/boat.jpg">` + caption + `</p>`, caption, ""},
		{"span", `<p><span class="image"><img src="/boat.jpg"><span class="figcaption">` + caption + `</span></span></p>`, caption, ""},
		{"copyright", `<figure><img src="/boat.jpg"><small>© Jane Doe</small></figure>`, "", "© Jane Doe"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := mustExtract(t, testPage("", testHeadline+tt.figure+testBody))
			if got := texts(a); !slices.Equal(got, testText) {
				t.Errorf("body = %q, want %q", got, testText)
			}
			if len(a.Images) != 1 {
				t.Fatalf("images = %+v, want one", a.Images)
			}
			im := a.Images[0]
			if im.URL != "https://harbour.example/boat.jpg" || im.Caption != tt.caption || im.Credit != tt.credit {
				t.Errorf("image = %+v, want caption %q, credit %q", im, tt.caption, tt.credit)
			}
		})
	}
}

// TestExtractSeedArticle puts an article that begins with a caption into pages
// of several makes.
func TestExtractSeedArticle(t *testing.T) {
	root := os.Getenv("CONFLICTWIRE_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared")
	}
	raw, err := os.ReadFile(filepath.Join(root, "data", "seed", "syria-truce.txt"))
	if err != nil {
		t.Skip("the seed article is not there; set CONFLICTWIRE_SHARED")
	}
	lines := strings.Split(strings.TrimSpace(string(raw)), "\n")
	caption, paragraphs := lines[1], slices.DeleteFunc(lines[2:], func(s string) bool { return strings.TrimSpace(s) == "" })
	words, credit := splitCredit(caption)
	if !strings.HasSuffix(credit, "/Reuters") || strings.Contains(words, "Reuters") {
		t.Fatalf("splitCredit(%q) = %q, %q", caption, words, credit)
	}
	body := "<p>" + strings.Join(paragraphs, "</p>\n<p>") + "</p>"
	for name, figure := range map[string]string{
		"figure":      `<figure><img src="/m.jpg"><figcaption>` + caption + `</figcaption></figure>`,
		"two spans":   `<figure><img src="/m.jpg"><figcaption><span>` + words + `</span> <span class="credit">` + credit + `</span></figcaption></figure>`,
		"wp-caption":  `<div id="attachment_7" class="wp-caption"><img src="/m.jpg"><p class="wp-caption-text">` + caption + `</p></div>`,
		"paragraph":   `<p>` + caption + `</p>`,
		"with image":  `<p><img src="/m.jpg"><br>` + caption + `</p>`,
		"two lines":   `<div class="lead-media"><img src="/m.jpg"><div>` + words + `</div><div>` + credit + `</div></div>`,
		"photo class": `<div class="article-photo"><img src="/m.jpg"><p>` + words + ` <em>` + credit + `</em></p></div>`,
	} {
		t.Run(name, func(t *testing.T) {
			a := mustExtract(t, `<html lang="en"><head><title>Truce</title></head><body><h1>Truce</h1><div class="content">`+figure+body+`</div></body></html>`)
			if strings.Contains(a.Text(), "Reuters") || strings.Contains(a.Text(), words) || strings.Contains(a.Standfirst, "Reuters") {
				t.Errorf("caption in %q", a.Text()[:200])
			}
			if len(a.Body) != len(paragraphs) {
				t.Errorf("%d paragraphs, want %d: %q", len(a.Body), len(paragraphs), texts(a))
			}
		})
	}
}

func TestExtractLeavesOutTheMarksOfTemplates(t *testing.T) {
	for _, mark := range []string{"$$ARTICLE_AD$$", "{{ inline-ad }}", "[ad_1]", "[gallery ids=1,2]", "[button link=/kit]Send us yours[/button]", "%%SLOT%%"} {
		a := mustExtract(t, testPage("", testHeadline+strings.Replace(testBody, `</p><p>"We`, `</p><p>`+mark+`</p><p>"We`, 1)))
		if got := texts(a); !slices.Equal(got, testText) {
			t.Errorf("%s: body = %q, want %q", mark, got, testText)
		}
	}
	for _, s := range []string{"", "[sic]", "[to be continued]", "$$", "{{", "$5 for a seat, $$ for a cabin", "[1] See the town's own count"} {
		if isPlaceholder(s) {
			t.Errorf("isPlaceholder(%q) = true", s)
		}
	}
}

func TestExtractStandfirst(t *testing.T) {
	const lead = `Boats cross again three weeks after the shelling, and families meet for the first time since spring`
	for _, tt := range []struct{ name, head, html, want string }{
		{"class", "", testHeadline + `<p class="standfirst">` + lead + `</p>` + testBody, lead},
		{"description", `<meta property="og:description" content="` + lead + `">`, testHeadline + `<div>` + lead + `</div><div class="text">` + testBody + `</div>`, lead},
		{"description not shown", `<meta name="description" content="` + lead + `">`, testHeadline + testBody, ""},
		{"first paragraph", `<meta name="description" content="` + testOne + `">`, testHeadline + `<div class="text">` + testBody + `</div>`, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := mustExtract(t, testPage(tt.head, tt.html))
			if a.Standfirst != tt.want {
				t.Errorf("standfirst = %q, want %q", a.Standfirst, tt.want)
			}
			if got := texts(a); !slices.Equal(got, testText) {
				t.Errorf("body = %q, want %q", got, testText)
			}
		})
	}
}

func TestExtractErrors(t *testing.T) {
	for _, tt := range []struct {
		name string
		page Page
		want Reason
	}{
		{"empty", Page{}, NotHTML},
		{"text", Page{Body: []byte("just some words")}, NotHTML},
		{"pdf", Page{Body: []byte("%PDF-1.7 <<>>")}, NotHTML},
		{"image by header", Page{ContentType: "image/png", Body: []byte("<p>words</p>")}, NotHTML},
		{"binary", Page{Body: []byte(strings.Repeat("<\x00\x01\x02\x03\x04\x05", 100))}, NotHTML},
		{"too large", Page{Body: make([]byte, maxPage+1)}, TooLarge},
		{"no text", Page{Body: []byte("<html><head><title>Gone</title></head><body><nav><a href=/>Home</a></nav></body></html>")}, NoText},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a, err := Extract(tt.page)
			e, ok := errors.AsType[*Error](err)
			if !ok || e.Reason != tt.want {
				t.Fatalf("Extract: %v, want reason %q", err, tt.want)
			}
			if (a != nil) != (tt.want == NoText) {
				t.Errorf("article = %+v", a)
			}
		})
	}
}

func TestArticleHTMLIsSafeAndWhole(t *testing.T) {
	a := mustExtract(t, testPage("", testHeadline+`<p>`+testOne+` <a href="/road" onclick="x()">The road</a> is <b>still</b> closed.</p>
<p>`+testTwo+` <a href="javascript:alert(1)">Trap</a> &lt;script&gt;</p><h2>What comes next</h2>
<p>`+testThree+`</p><blockquote><p>`+testFour+`</p></blockquote>
<p>The operator named three things that it needs before more boats can run on the lake:</p><ul><li>fuel for the month that is paid for in advance</li><li>a pilot for the second boat who knows the shoals</li></ul><p>`+"The town hall said on Tuesday that it would answer the letter within the week."+`</p>`))
	got := a.HTML()
	for _, want := range []string{
		`<a href="https://harbour.example/road">The road</a> is <b>still</b> closed.</p>`,
		`Trap &lt;script&gt;</p>`, "<h2>What comes next</h2>", "<blockquote>\n<p>The operator", "<ul>\n<li>fuel for", "</li>\n</ul>\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("HTML lacks %q:\n%s", want, got)
		}
	}
	for _, never := range []string{"javascript:", "onclick", "<script"} {
		if strings.Contains(got, never) {
			t.Errorf("HTML has %q:\n%s", never, got)
		}
	}
}

func TestExtractReadsTheHead(t *testing.T) {
	a := mustExtract(t, testPage(`<link rel="canonical" href="/world/ferry-42"><meta name="robots" content="index, NOAI"><meta name="keywords" content="lake, ferry"><meta property="article:section" content="World">
<script type="application/ld+json">{"@context":"https://schema.org","@graph":[{"@type":"WebPage","@id":"#p"},{"@type":"NewsArticle","headline":"Ferry service resumes on the lake &amp; beyond",
"author":[{"@id":"#jane"},{"@type":"Organization","name":"Harbour Daily"}],"datePublished":"2026-05-04T09:30:00+02:00","dateModified":"2026-05-04T11:00:00+02:00",
"publisher":{"@type":"Organization","name":"Harbour Daily"},"image":{"@type":"ImageObject","url":"https://harbour.example/lead.jpg","width":1200,"height":"800px"},},{"@type":"Person","@id":"#jane","name":"Jane Doe"}]}</script>`, testHeadline+testBody))
	if a.Title != "Ferry service resumes on the lake & beyond" || a.Sources["title"] != "json-ld" {
		t.Errorf("title = %q from %q", a.Title, a.Sources["title"])
	}
	if !slices.Equal(a.Byline, []string{"Jane Doe"}) {
		t.Errorf("byline = %q", a.Byline)
	}
	if want := time.Date(2026, 5, 4, 7, 30, 0, 0, time.UTC); !a.Published.Equal(want) {
		t.Errorf("published = %v, want %v", a.Published, want)
	}
	if a.Modified.Sub(a.Published) != 90*time.Minute {
		t.Errorf("modified = %v", a.Modified)
	}
	if a.Language != "en-GB" || a.Section != "World" || a.Publisher != "Harbour Daily" || a.Canonical != "https://harbour.example/world/ferry-42" {
		t.Errorf("language %q, section %q, publisher %q, canonical %q", a.Language, a.Section, a.Publisher, a.Canonical)
	}
	if !slices.Equal(a.Keywords, []string{"lake", "ferry"}) || !slices.Equal(a.Robots, []string{"index", "noai"}) {
		t.Errorf("keywords %q, robots %q", a.Keywords, a.Robots)
	}
	if len(a.Images) == 0 || a.Images[0] != (Image{URL: "https://harbour.example/lead.jpg", Width: 1200, Height: 800}) {
		t.Errorf("images = %+v", a.Images)
	}
	if a.Quality < .5 || a.Quality > 1 || a.Partial {
		t.Errorf("quality %v, partial %v", a.Quality, a.Partial)
	}
}

func TestExtractFallsBackToData(t *testing.T) {
	long := strings.Join(append(testText, testText...), `\n\n`)
	long = strings.ReplaceAll(long, `"`, `\"`)
	for name, tt := range map[string]struct{ head, method string }{
		"json-ld":        {`<script type="application/ld+json">{"@type":"NewsArticle","articleBody":"` + long + `"}</script>`, "json-ld"},
		"hydration":      {`<script id="__NEXT_DATA__" type="application/json">{"props":{"article":{"title":"x","body":"` + long + `"}}}</script>`, "state"},
		"paragraph list": {`<script>window.__STATE__ = {"story":{"blocks":[{"text":"` + strings.ReplaceAll(long, `\n\n`, `"},{"text":"`) + `"}]}};</script>`, "state"},
		"stream":         {`<script>self.__next_f.push([1,"5:` + strings.ReplaceAll(strings.ReplaceAll(`{"body":"`+long+`"}`, `\`, `\\`), `"`, `\"`) + `"])</script>`, "state"},
	} {
		t.Run(name, func(t *testing.T) {
			a := mustExtract(t, `<html><head><title>Ferry</title>`+tt.head+`</head><body><div id="root"></div></body></html>`)
			if a.Method != tt.method || len(a.Body) != 8 || a.Body[0].Text != testOne || a.Body[7].Text != testFour {
				t.Errorf("method %q, body %q", a.Method, texts(a))
			}
		})
	}
}

func TestExtractSeesPaywalls(t *testing.T) {
	open := mustExtract(t, testPage("", testHeadline+testBody))
	closed := mustExtract(t, testPage(`<script type="application/ld+json">{"@type":"NewsArticle","isAccessibleForFree":"False","wordCount":900}</script>`, testHeadline+`<p>`+testOne+`</p><p>`+testTwo+`</p>`))
	if open.Partial || !closed.Partial {
		t.Errorf("partial = %v for an open page, %v for a closed one", open.Partial, closed.Partial)
	}
	if closed.Quality >= open.Quality {
		t.Errorf("quality of a part %v, of the whole %v", closed.Quality, open.Quality)
	}
}

// TestExtractReadsTablesOfTheNineties has links, an advertisement and a date
// above the headline, and text between line breaks.
func TestExtractReadsTablesOfTheNineties(t *testing.T) {
	const lead = `Boats cross again three weeks after the shelling, and families meet for the first time since spring`
	a := mustExtract(t, `<html><head><title>Ferry service resumes on the lake // Harbour Daily</title><meta name="description" content="`+lead+`"><meta name="author" content="Jane Doe"></head><body>
<table width="900"><tr><td colspan="3"><a href="/">Harbour Daily</a> <a href="/world">World</a> | <a href="/sport">Sport</a> |</td></tr>
<tr valign="top"><td width="170"><b>Most read</b><br>&bull; <a href="/a">Mayor opens a bridge that nobody had asked for</a><br>&bull; <a href="/b">Bakers count the cost of a dry summer</a><br>&bull; <a href="/c">Choir wins a prize that it had lost</a><br><br>
<table border="1"><tr><td><font size="1">Advertisement<br>Slippers of felt made by hand, sent to all parts of the province.</font></td></tr></table></td>
<td width="560"><font size="1">04.05.2026 09:30 (updated 04.05.2026 11:00)</font><h1>Ferry service resumes on the lake</h1><b>`+lead+`</b><br><br>
`+strings.Join(testText, "<br><br>\n")+`<br><br><i>Jane Doe</i><hr><font size="2">Share: <a href="/print">copy link</a></font></td>
<td width="170"><b>Newsletter</b><br><font size="2">Get the most important news each morning in your inbox, free of charge.</font></td></tr></table></body></html>`)
	if got := texts(a); !slices.Equal(got, testText) {
		t.Errorf("body = %q, want %q", got, testText)
	}
	if a.Standfirst != lead {
		t.Errorf("standfirst = %q, want %q", a.Standfirst, lead)
	}
}
