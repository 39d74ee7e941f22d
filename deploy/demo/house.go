package demo

import (
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// A house is one publisher.
type house struct {
	slug     string
	name     string
	language string
	country  string
	layout   string // of pages that name none
	zone     *time.Location
	path     string // of a page; {section}, {slug}, {number} and {date} are filled in
	robots   string // robots.txt; none if empty
	zips     bool   // answers with gzip if asked
	channels []*channel
	base     string // URL without a path
	articles []*article
}

// A channel is one feed of a house, with its peculiarities.
type channel struct {
	id       string
	path     string
	title    string
	note     string
	format   string              // rss, atom, rdf or json
	sections []string            // what it carries; empty means all
	dates    string              // layout of its dates, in UTC if it ends in GMT
	guid     guidStyle           // what stands for an item
	track    string              // query that links in the feed carry
	full     bool                // gives the whole text, not the standfirst only
	charset  string              // UTF-8 if empty
	mislabel bool                // says UTF-8 all the same
	spoil    func([]byte) []byte // what becomes of the document on the way out
	delay    time.Duration       // before it answers, at Speed 1
	dies     time.Duration       // answers 410 from then on
	visits   atomic.Int64        // makes churning guids churn
}

// A guidStyle says what a feed gives as the identity of an item.
type guidStyle uint8

const (
	guidLink   guidStyle = iota // the link, as a permalink
	guidTag                     // a tag: URI
	guidQuery                   // an http URL that is not the link
	guidNumber                  // a bare number
	guidNone                    // nothing
	guidChurn                   // another with every answer
)

const gmt = "Mon, 02 Jan 2006 15:04:05 GMT"

const openRobots = "User-agent: *\nDisallow: /search\nDisallow: /account/\nAllow: /\n"

// houses returns all publishers, without their articles.
func houses() []*house {
	return []*house{{
		slug: "meridian", name: "Meridian News Agency", language: "en", country: "gb", layout: "jsonld",
		zone: time.UTC, path: "/{section}/{slug}-{number}", robots: openRobots, zips: true,
		channels: []*channel{
			{id: "meridian-world", path: "/rss/world.xml", title: "Meridian: World", format: "rss", sections: []string{"world"}, dates: gmt, note: "gzip"},
			{id: "meridian-diplomacy", path: "/atom/diplomacy.xml", title: "Meridian: Diplomacy", format: "atom", sections: []string{"diplomacy"}, dates: time.RFC3339, guid: guidTag, note: "Atom"},
			{id: "meridian-security", path: "/json/security.json", title: "Meridian: Security", format: "json", sections: []string{"security"}, dates: time.RFC3339, note: "JSON Feed"},
		},
	}, {
		slug: "herald", name: "The North Coast Herald", language: "en", country: "ca", layout: "portal",
		zone: time.FixedZone("AST", -4*3600), path: "/{section}/{slug}.html",
		robots: "# we like visitors, but our archive is for subscribers\nUser-agent: *\nDisallow: /archive/\n",
		channels: []*channel{
			{id: "herald-news", path: "/feed/", title: "The North Coast Herald", format: "rss", dates: time.RFC1123Z, guid: guidQuery, track: "utm_source=rss&utm_medium=feed&utm_campaign=news", full: true, note: "full texts, tracking parameters, one link that robots.txt forbids"},
			{id: "herald-live", path: "/feed/live/", title: "The North Coast Herald: Live", format: "rss", sections: []string{"world"}, dates: "2 Jan 2006 15:04:05 -0700", guid: guidQuery, dies: 3500 * time.Millisecond, note: "dies: 410 after 3.5 s"},
		},
	}, {
		slug: "cordillera", name: "La Cordillera", language: "es", country: "cl", layout: "soup",
		zone: time.FixedZone("-03", -3*3600), path: "/noticias/{date}/{slug}.html", robots: openRobots, zips: true,
		channels: []*channel{
			{id: "cordillera-portada", path: "/rss/portada.xml", title: "La Cordillera: Portada", format: "rss", sections: []string{"world", "sociedad"}, dates: time.RFC1123Z, guid: guidNumber, charset: "windows-1252", mislabel: true, note: "windows-1252 that says it is UTF-8"},
			{id: "cordillera-dialogo", path: "/rss/dialogo.xml", title: "La Cordillera: Diálogo y paz", format: "rss", sections: []string{"dialogo"}, dates: time.RFC1123Z, track: "at_medium=RSS&at_campaign=dialogo"},
		},
	}, {
		slug: "courrier", name: "Le Courrier des Quais", language: "fr", country: "fr", layout: "figure",
		zone: time.FixedZone("CET", 3600), path: "/{section}/article/{date}/{slug}_{number}.html", robots: openRobots,
		channels: []*channel{
			{id: "courrier-monde", path: "/rss/monde.xml", title: "Le Courrier des Quais : Monde", format: "rss", sections: []string{"world"}, dates: time.RFC1123Z, guid: guidNone, track: "xtor=RSS-3&from=rss", spoil: damage, note: "broken: undefined entities, naked ampersands, cut off at the end; no guids"},
			{id: "courrier-vie", path: "/atom/vie.xml", title: "Le Courrier des Quais : La vie", format: "atom", sections: []string{"vie"}, dates: time.RFC3339, note: "Atom"},
		},
	}, {
		slug: "nawafidh", name: "نوافذ اليوم", language: "ar", country: "jo", layout: "microdata",
		zone: time.FixedZone("+03", 3*3600), path: "/ar/{section}/{number}/{slug}",
		channels: []*channel{
			{id: "nawafidh-akhbar", path: "/index.rdf", title: "نوافذ اليوم", format: "rdf", dates: time.RFC3339, note: "RSS 1.0 (RDF), right to left"},
		},
	}, {
		slug: "stepnoy", name: "Степной вестник", language: "ru", country: "kz", layout: "table",
		zone: time.FixedZone("+05", 5*3600), path: "/news.php?id={number}", robots: openRobots,
		channels: []*channel{
			{id: "stepnoy-lenta", path: "/export/lenta.xml", title: "Степной вестник: лента", format: "rss", dates: time.RFC1123Z, guid: guidNumber, charset: "windows-1251", note: "windows-1251; two items share one guid"},
		},
	}, {
		slug: "tageblatt", name: "Nordufer Tageblatt", language: "de", country: "de", layout: "og",
		zone: time.FixedZone("CET", 3600), path: "/{section}/{slug}-{number}.html", robots: openRobots, zips: true,
		channels: []*channel{
			{id: "tageblatt-politik", path: "/rss/politik.rss", title: "Nordufer Tageblatt: Politik", format: "rss", sections: []string{"world"}, dates: time.RFC1123Z, track: "utm_source=rss&utm_medium=referral", delay: 1500 * time.Millisecond, note: "slow: answers after 1.5 s"},
			{id: "tageblatt-leben", path: "/rss/leben.rss", title: "Nordufer Tageblatt: Leben", format: "rss", sections: []string{"leben"}, dates: time.RFC1123Z, full: true},
		},
	}, {
		slug: "sidelines", name: "Sidelines", language: "en", country: "mt", layout: "amp",
		zone: time.FixedZone("CET", 3600), path: "/{date}/{slug}/", robots: openRobots, zips: true,
		channels: []*channel{
			{id: "sidelines-sport", path: "/sport/rss", title: "Sidelines: Sport", format: "rss", sections: []string{"sport"}, dates: gmt, guid: guidChurn, note: "new guids with every answer, no validators"},
			{id: "sidelines-style", path: "/style/feed.json", title: "Sidelines: Style & Screen", format: "json", sections: []string{"style"}, dates: time.RFC3339, guid: guidNumber, note: "JSON Feed"},
		},
	}}
}

// pathOf is where the house puts an article published at t.
func (h *house) pathOf(a *article, t time.Time) string {
	return strings.NewReplacer(
		"{section}", a.section,
		"{slug}", a.slug,
		"{number}", strconv.Itoa(a.number()),
		"{date}", t.Format("2006/01/02"),
	).Replace(h.path)
}

// find returns the article at a request URI, without regard to a query that
// is not part of its address.
func (h *house) find(uri string) *article {
	for _, a := range h.articles {
		rest, ok := strings.CutPrefix(h.base+uri, a.url)
		if ok && (rest == "" || rest[0] == '?' || rest[0] == '&') {
			return a
		}
	}
	return nil
}

// carries says whether the feed has the article among its items while the
// article is out.
func (c *channel) carries(a *article) bool {
	return len(c.sections) == 0 || slices.Contains(c.sections, a.section)
}

// date writes t as the feed writes dates.
func (c *channel) date(t time.Time) string {
	if c.dates == gmt {
		t = t.UTC()
	}
	return t.Format(c.dates)
}

// guidOf returns what the feed says identifies an item, and whether it says
// that it is the link.
func (c *channel) guidOf(a *article, visit int64) (guid string, permalink bool) {
	if a.guid != "" {
		return a.guid, false
	}
	number := strconv.Itoa(a.number())
	switch c.guid {
	case guidTag:
		return "tag:" + a.house.slug + ".example,2024:" + a.slug, false
	case guidQuery:
		return a.house.base + "/?p=" + number, false
	case guidNumber:
		return number, false
	case guidNone:
		return "", false
	case guidChurn:
		return number + "-" + strconv.FormatInt(visit, 36), false
	default:
		return a.url, true
	}
}
