package article

import (
	"slices"
	"testing"
)

func TestExtractListsRecordings(t *testing.T) {
	const noise = `<aside class="sidebar"><iframe src="https://www.youtube.com/embed/zzz"></iframe><video src="/other.mp4"></video></aside>`
	for _, tt := range []struct {
		name, head, html string
		want             []Media
		from             string
	}{
		{"youtube frame", "", `<iframe title="First boat" src="//www.youtube-nocookie.com/embed/abc_1-2?rel=0"></iframe>`, []Media{{"https://www.youtube.com/watch?v=abc_1-2", "video", "First boat"}}, "html"},
		{"frame loaded late", "", `<iframe data-src="https://player.vimeo.com/video/7"></iframe>`, []Media{{"https://player.vimeo.com/video/7", "video", ""}}, "html"},
		{"podcast", "", `<iframe src="https://w.soundcloud.com/player/?url=x"></iframe>`, []Media{{"https://w.soundcloud.com/player/?url=x", "audio", ""}}, "html"},
		{"other frames", "", `<iframe src="https://ads.example/embed/abc"></iframe><iframe src="https://notyoutube.com/embed/abc"></iframe><iframe src="javascript:x"></iframe>`, nil, ""},
		{"video element", "", `<video poster="/p.jpg"><source src="/boat.webm" type="video/webm"><source src="/boat.mp4"></video>`, []Media{{"https://harbour.example/boat.webm", "video/webm", ""}}, "html"},
		{"audio element", "", `<audio src="/boat.mp3?x=1"></audio>`, []Media{{"https://harbour.example/boat.mp3?x=1", "audio/mpeg", ""}}, "html"},
		{"data of its own", "", `<video src="blob:https://harbour.example/1"></video><video src="data:video/mp4;base64,AA"></video>`, nil, ""},
		{"amp", "", `<amp-youtube data-videoid="abc"></amp-youtube>`, []Media{{"https://www.youtube.com/watch?v=abc", "video", ""}}, "html"},
		{"head", `<meta property="og:video" content="https://harbour.example/boat.m3u8"><meta property="og:video:type" content="text/html">`, "", []Media{{"https://harbour.example/boat.m3u8", "application/vnd.apple.mpegurl", ""}}, "meta"},
		{"json-ld of the article", `<script type="application/ld+json">{"@type":"NewsArticle","video":[{"@type":"VideoObject","name":"First boat","embedUrl":"https://www.youtube.com/embed/abc","contentUrl":"/boat.mp4"}],"audio":{"@type":"AudioObject","contentUrl":"/boat","encodingFormat":"audio/ogg; codecs=opus"}}</script>`, "",
			[]Media{{"https://harbour.example/boat.mp4", "video/mp4", "First boat"}, {"https://harbour.example/boat", "audio/ogg", ""}}, "json-ld"},
		{"json-ld of the page", `<script type="application/ld+json">[{"@type":"NewsArticle"},{"@type":"VideoObject","embedUrl":"https://www.youtube.com/embed/abc"}]</script>`, `<iframe src="https://www.youtube.com/embed/abc?start=3"></iframe>`,
			[]Media{{"https://www.youtube.com/watch?v=abc", "video", ""}}, "json-ld"},
		{"none", "", "", nil, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := mustExtract(t, testPage(tt.head, testHeadline+tt.html+testBody)+noise)
			if !slices.Equal(a.Media, tt.want) || a.Sources["media"] != tt.from {
				t.Errorf("media = %+v from %q, want %+v from %q", a.Media, a.Sources["media"], tt.want, tt.from)
			}
			if !slices.Equal(texts(a), testText) {
				t.Errorf("body = %q", texts(a))
			}
		})
	}
}

func TestExtractReadsAMP(t *testing.T) {
	a := mustExtract(t, testPage(`<link rel="amphtml" href="/amp/ferry"><link rel="canonical" href="/ferry">`, testHeadline+`<figure><amp-img src="/boat.jpg" width="640" height="400"></amp-img><figcaption>A boat leaves the shore <span class="credit">Jane Doe/Reuters</span></figcaption></figure>`+testBody))
	if a.AMP != "https://harbour.example/amp/ferry" || a.Canonical != "https://harbour.example/ferry" || a.Sources["amp"] != "link" {
		t.Errorf("amp %q from %q, canonical %q", a.AMP, a.Sources["amp"], a.Canonical)
	}
	want := []Image{{URL: "https://harbour.example/boat.jpg", Width: 640, Height: 400, Caption: "A boat leaves the shore", Credit: "Jane Doe/Reuters"}}
	if !slices.Equal(a.Images, want) {
		t.Errorf("images = %+v, want %+v", a.Images, want)
	}
}

func FuzzMedia(f *testing.F) {
	f.Add("https://www.youtube.com/watch?v=abc", "video/mp4; x", "video")
	f.Add("https://youtu.be/%zz", "text/html", "audio")
	f.Fuzz(func(t *testing.T, address, declared, kind string) {
		if mediaType(declared, address, "video") == "" {
			t.Error("no type")
		}
		if once := watchable(address); watchable(once) != once {
			t.Errorf("watchable(%q) is not stable", address)
		}
	})
}
