package article

// words is the set of hints that an element's class and id give, read by one
// pass of a byte automaton over the names.
type words uint32

const (
	wComment   words = 1 << iota // reader comments
	wRelated                     // other articles
	wShare                       // share and follow buttons
	wNav                         // navigation, menus, breadcrumbs, footers
	wAd                          // advertising and sponsoring
	wSignup                      // newsletter, registration, donation
	wConsent                     // cookie and privacy notices
	wPaywall                     // subscription walls, and what they hide
	wAuthor                      // bylines and author boxes
	wBio                         // author biographies
	wTags                        // keyword lists
	wTime                        // publication times
	wWidget                      // players, polls, tickers, embeds
	wMedia                       // pictures and videos
	wCaption                     // picture captions
	wCredit                      // picture credits
	wBody                        // article body
	wArticle                     // article, post, story
	wContent                     // content, main, text
	wParagraph                   // paragraphs of running text
	wLead                        // standfirst
	wHeadline                    // headlines
	wKicker                      // the line above a headline
	wQuote                       // pull quotes
	wBox                         // boxes beside the text: info boxes, facts
	wSidebar                     // side columns
	wHidden                      // not shown on screen
	wTool                        // print, bookmark, font size, audio
	wLive                        // live blogs
	wTeaser                      // teasers, cards, promotions
	wCorrect                     // corrections, disclaimers, copyright lines
	wAds2                        // containers named after ad technology
)

// wordList says which words set which hint. A "-" matches any boundary: the
// start, the end, a blank, "_", "-", another sign, or a change from lower to
// upper case.
var wordList = []struct {
	hint  words
	words []string
}{
	{wComment, []string{"comment", "disqus", "livefyre", "kommentar", "comentario", "discussion", "respond-", "-replies", "viafoura", "spot-im", "coral-talk"}},
	{wRelated, []string{"related", "recommend", "recirc", "more-", "-most-", "popular", "trending", "outbrain", "taboola", "read-also", "readmore", "read-next", "also-read", "see-also", "similar", "suggest", "further", "latest-", "onward", "mostread", "relacionad", "weitere", "verwandt", "plista", "next-", "upnext", "linkbox", "link-box", "seealso", "ligatus"}},
	{wShare, []string{"share", "sharing", "social", "follow", "facebook", "twitter", "whatsapp", "addthis", "sns-"}},
	{wNav, []string{"-nav-", "navigation", "navbar", "-menu", "breadcrumb", "footer", "pagination", "pager", "-toc", "table-of-contents", "masthead", "toolbar", "skip-link", "sitemap", "topbar", "-header-nav"}},
	{wAd, []string{"-ad-", "-ads-", "advert", "sponsor", "-promo", "adsense", "anzeige", "werbung", "publicidad", "-banner", "affiliate", "marketing", "commercial", "-dfp", "adslot", "product-"}},
	{wSignup, []string{"newsletter", "signup", "sign-up", "sign-in", "signin", "subscri", "register", "donat", "login", "optin", "-cta-", "mailing", "membership", "abonn", "fundrais", "support-us"}},
	{wConsent, []string{"cookie", "consent", "gdpr", "onetrust", "privacy", "-cmp-", "didomi", "modal", "popup", "overlay", "dialog", "lightbox"}},
	{wPaywall, []string{"paywall", "premium", "-piano", "regwall", "locked", "-plus-", "meteredcontent", "metered"}},
	{wAuthor, []string{"author", "byline", "-autor", "writer", "contributor", "journalist", "redakt"}},
	{wBio, []string{"-bio-", "author-bio", "authorbio", "author-info", "author-box", "authorbox", "about-author", "about-the-author", "author-desc", "author-card", "biograph", "author-profile"}},
	{wTags, []string{"-tag-", "-tags-", "keyword", "-topics", "tag-list", "taglist", "hashtag", "-categor", "-label"}},
	{wTime, []string{"timestamp", "-date-", "dateline", "pubdate", "publish", "-time-", "datetime", "updated", "-posted", "entry-meta", "post-meta", "article-meta", "meta-data", "metadata", "reading-time", "readtime", "article-info", "-meta-"}},
	{wWidget, []string{"widget", "player", "-poll", "embed", "quiz", "ticker", "carousel", "slider", "slideshow", "weather", "stock", "twitter-tweet", "instagram", "rating", "-vote", "chart", "calculator", "-game-"}},
	{wMedia, []string{"image", "figure", "gallery", "photo", "picture", "media", "video", "-img", "-foto", "bild-", "audio", "podcast"}},
	{wCaption, []string{"caption", "bildunterschrift", "bildtext", "legend", "-bu-", "didascalia", "img-desc", "image-desc", "photo-desc", "-pie-foto"}},
	{wCredit, []string{"credit", "copyright", "-source-", "photographer", "quelle", "fotograf", "attribution", "rightsholder", "image-source"}},
	{wBody, []string{"articlebody", "article-body", "article-text", "articletext", "story-body", "storybody", "entry-content", "post-content", "article-content", "articlecontent", "body-text", "bodytext", "story-content", "post-body", "postbody", "content-body", "contentbody", "article-main", "main-text", "maintext", "rich-text", "richtext", "wysiwyg", "text-body", "textbody", "single-content", "field-name-body", "article-detail", "td-post-content", "news-text", "newstext", "fulltext", "full-text", "story-text", "body-copy", "bodycopy", "body-content", "article-copy", "detail-text", "article-page", "cuerpo", "corpo"}},
	{wArticle, []string{"article", "story", "-post", "entry", "artikel", "articulo", "articolo", "artigo"}},
	{wContent, []string{"content", "-main", "-text", "-body", "prose", "conteudo", "contenido", "inhalt"}},
	{wParagraph, []string{"paragraph", "-para-", "absatz", "-text-", "textblock", "text-block"}},
	{wLead, []string{"-lead", "summary", "intro", "standfirst", "-dek-", "-deck", "subtitle", "sub-title", "subheadline", "sub-headline", "abstract", "excerpt", "vorspann", "chapo", "-lede", "sommario", "entradilla", "subhead", "ingress", "-sapo", "teaser-text", "article-desc", "unterzeile", "description"}},
	{wHeadline, []string{"headline", "-title", "heading", "-titulo", "-titre"}},
	{wKicker, []string{"kicker", "eyebrow", "overline", "dachzeile", "spitzmarke", "topline", "-rubric", "supertitle"}},
	{wQuote, []string{"pullquote", "pull-quote", "blockquote", "-quote"}},
	{wBox, []string{"infobox", "info-box", "factbox", "fact-box", "-box-", "-aside", "sidebox", "-card", "-faq", "-callout", "highlight", "key-point", "keypoint", "takeaway"}},
	{wSidebar, []string{"sidebar", "side-bar", "-rail", "right-col", "rightcol", "-secondary", "-side-", "marginal"}},
	{wHidden, []string{"sr-only", "visually-hidden", "visuallyhidden", "screen-reader", "screenreader", "-hidden-", "-hide-", "print-only", "u-hide", "offscreen", "-invisible", "d-none", "display-none"}},
	{wTool, []string{"-print", "bookmark", "font-size", "-button", "-btn", "-tools", "toggle", "text-to-speech", "-listen", "readspeaker", "tooltip", "-copy-", "-icon", "control"}},
	{wLive, []string{"liveblog", "live-blog", "live-post", "live-update", "liveticker", "live-ticker", "live-entry"}},
	{wTeaser, []string{"teaser", "-card", "promo", "-tout", "thumbnail", "thumb-", "-grid", "-listing", "-feed", "headlines", "-item-list", "news-list", "package", "series-", "collection"}},
	{wCorrect, []string{"disclaimer", "correction", "legal", "copyright", "-rights", "footnote", "endnote", "impressum", "licence", "license", "editors-note", "editor-note"}},
	{wAds2, []string{"-dfp", "-gpt-", "google-ad", "adunit", "ad-unit", "adcontainer", "ad-container", "prebid", "teads", "-mpu", "leaderboard", "skyscraper", "billboard"}},
}

// classWords is wordList as an automaton. It is made once and only read.
var classWords = newScanner()

// scanner is an Aho-Corasick automaton over 27 signs: the letters and the boundary.
type scanner struct {
	next [][27]int16
	out  []words
}

func newScanner() *scanner {
	s := &scanner{next: make([][27]int16, 1), out: make([]words, 1)}
	for _, entry := range wordList {
		for _, w := range entry.words {
			at := int16(0)
			for i := range len(w) {
				c := sign(w[i])
				if s.next[at][c] == 0 {
					s.next = append(s.next, [27]int16{})
					s.out = append(s.out, 0)
					s.next[at][c] = int16(len(s.next) - 1)
				}
				at = s.next[at][c]
			}
			s.out[at] |= entry.hint
		}
	}
	fail := make([]int16, len(s.next))
	var queue []int16
	for _, n := range s.next[0] {
		if n != 0 {
			queue = append(queue, n)
		}
	}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		s.out[at] |= s.out[fail[at]]
		for c, n := range s.next[at] {
			if n == 0 {
				s.next[at][c] = s.next[fail[at]][c]
				continue
			}
			fail[n] = s.next[fail[at]][c]
			queue = append(queue, n)
		}
	}
	return s
}

// sign maps a byte to 1–26 for a letter of either case, and to 0 for a boundary.
func sign(c byte) int {
	if c |= 0x20; 'a' <= c && c <= 'z' {
		return int(c-'a') + 1
	}
	return 0
}

// scan returns the hints in name. Only the first maxName bytes count.
func (s *scanner) scan(name string) words {
	const maxName = 1 << 10
	name = name[:min(len(name), maxName)]
	at := s.next[0][0]
	found := words(0)
	lower, boundary := false, true
	for i := range len(name) {
		c := name[i]
		if 'A' <= c && c <= 'Z' && lower {
			at = s.next[at][0]
			found |= s.out[at]
		}
		lower = 'a' <= c && c <= 'z'
		k := sign(c)
		if k == 0 && boundary {
			continue // "story__body" reads like "story-body"
		}
		boundary = k == 0
		at = s.next[at][k]
		found |= s.out[at]
	}
	if !boundary {
		found |= s.out[s.next[at][0]]
	}
	return found
}
