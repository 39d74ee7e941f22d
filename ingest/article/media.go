package article

import (
	"net/url"
	"path"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A Media is a video or a sound recording that belongs to the article. It is a
// reference: nothing of it is fetched.
type Media struct {
	URL   string // of the file, or else of the player or the page that plays it; absolute
	Type  string // a media type such as "video/mp4" where the page gives one, or else "video" or "audio"
	Title string // plain text; may be empty
}

// Bounds on media.
const (
	maxMedia  = 20
	maxFrames = 100 // iframe elements that are looked at
)

// A player is a service whose frames show a recording.
type player struct{ host, path, kind string }

// players are known by the end of their host and the beginning of their path.
var players = []player{
	{"youtube.com", "/embed/", "video"}, {"youtube-nocookie.com", "/embed/", "video"}, {"player.vimeo.com", "/video/", "video"},
	{"dailymotion.com", "/embed/", "video"}, {"geo.dailymotion.com", "/player", "video"}, {"players.brightcove.net", "/", "video"},
	{"cdn.jwplayer.com", "/players/", "video"}, {"content.jwplatform.com", "/players/", "video"}, {"rutube.ru", "/play/embed/", "video"},
	{"vk.com", "/video_ext.php", "video"}, {"odysee.com", "/$/embed/", "video"}, {"facebook.com", "/plugins/video.php", "video"},
	{"player.twitch.tv", "/", "video"}, {"streamable.com", "/e/", "video"}, {"tiktok.com", "/embed/", "video"}, {"rumble.com", "/embed/", "video"},
	{"peertube.tv", "/videos/embed/", "video"}, {"w.soundcloud.com", "/player", "audio"}, {"open.spotify.com", "/embed", "audio"},
	{"embed.podcasts.apple.com", "/", "audio"}, {"embed.acast.com", "/", "audio"}, {"player.simplecast.com", "/", "audio"},
	{"omny.fm", "/shows/", "audio"}, {"podigee.io", "/", "audio"}, {"html5-player.libsyn.com", "/", "audio"}, {"playlist.megaphone.fm", "/", "audio"},
	{"player.megaphone.fm", "/", "audio"}, {"embed.podimo.com", "/", "audio"}, {"widget.spreaker.com", "/player", "audio"}, {"audioboom.com", "/boos/", "audio"},
}

// record lists the videos and sound recordings: those that JSON-LD and the head
// name, then the players in and just above the body.
func (x *extraction) record() {
	h := &x.page.head
	for _, m := range x.linked.media {
		x.addMedia(m, "json-ld")
	}
	for _, kind := range []string{"video", "audio"} {
		if u := h.get("og:"+kind+":secure_url", "og:"+kind, "og:"+kind+":url"); u != "" {
			x.addMedia(Media{URL: u, Type: mediaType(h.get("og:"+kind+":type"), u, kind)}, "meta")
		}
	}
	for i := range x.page.elements {
		e := &x.page.elements[i]
		switch a := e.node.DataAtom; {
		case a != atom.Video && a != atom.Audio && (a != 0 || !playing(e.node.Data)):
		case x.belongs(int32(i), int(e.first)):
			x.addMedia(played(e.node), "html")
		}
	}
	if len(h.frames) == 0 {
		return
	}
	at := make(map[*html.Node]int32, len(x.page.elements))
	for i := range x.page.elements {
		at[x.page.elements[i].node] = int32(i)
	}
	for _, n := range h.frames {
		m, ok := framed(n)
		if !ok {
			continue
		}
		for up := n.Parent; up != nil; up = up.Parent {
			if el, ok := at[up]; ok {
				if x.belongs(el, int(x.page.elements[el].first)) {
					x.addMedia(m, "html")
				}
				break
			}
		}
	}
}

// belongs reports whether what stands in element el, before block at, is part
// of the article: it is in the main element, or between headline and text.
func (x *extraction) belongs(el int32, at int) bool {
	pg := x.page
	if el < 0 || pg.best < 0 || pg.first < 0 {
		return false
	}
	e := &pg.elements[el]
	if e.veiled || e.inTags&(tAside|tNav|tFooter|tForm) != 0 || e.inside&(wRelated|wAd|wComment|wBio|wSidebar|wTeaser|wSignup) != 0 {
		return false
	}
	if e.within {
		return at <= pg.last+1
	}
	return pg.title >= 0 && at >= pg.title-3 && at <= pg.first+1 && e.apart&(wRelated|wTeaser|wAd|wSidebar) == 0
}

// addMedia adds m unless it is there, or cannot be shown.
func (x *extraction) addMedia(m Media, from string) {
	a := x.article
	m.URL = x.absolute(m.URL)
	if m.URL == "" || m.Type == "" || len(a.Media) >= maxMedia {
		return
	}
	m.URL = watchable(m.URL)
	for _, old := range a.Media {
		if old.URL == m.URL {
			return
		}
	}
	a.Media = append(a.Media, m)
	if a.Sources["media"] == "" {
		a.Sources["media"] = from
	}
}

// watchable turns the address of a YouTube player into that of its page, so
// that the same video has one address.
func watchable(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	id := ""
	switch host := strings.TrimPrefix(u.Hostname(), "www."); {
	case host == "youtu.be":
		id = strings.Trim(u.Path, "/")
	case host == "youtube.com" || host == "youtube-nocookie.com" || host == "m.youtube.com":
		if p, ok := strings.CutPrefix(u.Path, "/embed/"); ok {
			id = strings.Trim(p, "/")
		} else if u.Path == "/watch" {
			id = u.Query().Get("v")
		}
	}
	if id == "" || strings.ContainsFunc(id, func(r rune) bool { return !isWord(r) && r != '-' && r != '_' }) {
		return address
	}
	return "https://www.youtube.com/watch?v=" + id
}

// playing reports whether an element of a site's own making plays something.
func playing(tag string) bool {
	switch tag {
	case "amp-video", "amp-audio", "amp-youtube", "lite-youtube", "amp-vimeo", "amp-dailymotion", "amp-soundcloud":
		return true
	}
	return false
}

// played reads a video or audio element or one that stands for them.
func played(n *html.Node) Media {
	kind := "video"
	switch n.Data {
	case "amp-youtube", "lite-youtube":
		if id := attr(n, "data-videoid") + attr(n, "videoid"); id != "" {
			return Media{URL: "https://www.youtube.com/watch?v=" + id, Type: kind}
		}
	case "amp-vimeo":
		return Media{URL: "https://vimeo.com/" + attr(n, "data-videoid"), Type: kind}
	case "amp-dailymotion":
		return Media{URL: "https://www.dailymotion.com/video/" + attr(n, "data-videoid"), Type: kind}
	case "amp-soundcloud":
		return Media{URL: "https://api.soundcloud.com/tracks/" + attr(n, "data-trackid"), Type: "audio"}
	case "audio", "amp-audio":
		kind = "audio"
	}
	m := Media{URL: attr(n, "src"), Title: clean(attr(n, "title"))}
	declared := attr(n, "type")
	for c := n.FirstChild; c != nil && m.URL == ""; c = c.NextSibling {
		if c.DataAtom == atom.Source {
			m.URL, declared = attr(c, "src"), attr(c, "type")
		}
	}
	if strings.HasPrefix(m.URL, "blob:") || strings.HasPrefix(m.URL, "data:") {
		m.URL = ""
	}
	m.Type = mediaType(declared, m.URL, kind)
	return m
}

// framed reads an iframe; false if it does not show a recording of a known service.
func framed(n *html.Node) (Media, bool) {
	for _, key := range []string{"src", "data-src", "data-lazy-src", "data-cookieblock-src"} {
		u, err := url.Parse(attr(n, key))
		if err != nil || u.Host == "" {
			continue
		}
		host := u.Hostname()
		for _, p := range players {
			if (host == p.host || strings.HasSuffix(host, "."+p.host)) && strings.HasPrefix(u.Path, p.path) {
				if u.Scheme == "" {
					u.Scheme = "https"
				}
				return Media{URL: u.String(), Type: p.kind, Title: clean(attr(n, "title"))}, true
			}
		}
	}
	return Media{}, false
}

// mediaType returns the type that is declared if it is one of video or audio,
// or that of the address's ending, or else the kind. Players in a page of
// their own, declared as text/html, are of that kind.
func mediaType(declared, address, kind string) string {
	t, _, _ := strings.Cut(strings.ToLower(declared), ";")
	if t = strings.TrimSpace(t); strings.HasPrefix(t, "video/") || strings.HasPrefix(t, "audio/") {
		return t
	}
	address, _, _ = strings.Cut(address, "?")
	switch strings.ToLower(path.Ext(address)) {
	case ".mp4", ".m4v":
		return "video/mp4"
	case ".webm":
		return kind + "/webm"
	case ".m3u8":
		return "application/vnd.apple.mpegurl"
	case ".mp3":
		return "audio/mpeg"
	case ".m4a":
		return "audio/mp4"
	case ".ogg", ".oga", ".ogv":
		return kind + "/ogg"
	}
	return kind
}

// recordings reads a VideoObject or AudioObject, or a list of these.
func (g *graph) recordings(v any, kind string) []Media {
	switch v := v.(type) {
	case []any:
		var out []Media
		for _, e := range v[:min(len(v), maxMedia)] {
			if _, nested := e.([]any); !nested {
				out = append(out, g.recordings(e, kind)...)
			}
		}
		return out
	case object:
		if full, ok := g.byID[str(v["@id"])]; ok && v["contentUrl"] == nil && v["embedUrl"] == nil {
			v = full
		}
		for _, key := range []string{"contentUrl", "embedUrl", "url"} {
			if u := str(v[key]); u != "" {
				return []Media{{URL: u, Type: mediaType(str(v["encodingFormat"]), u, kind), Title: plain(str(v["name"]))}}
			}
		}
	}
	return nil
}
