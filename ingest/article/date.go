package article

import (
	"strconv"
	"strings"
	"time"
)

// setTimes finds the times of publication and of the last change. The day in
// the address or in the text counts only where no machine-readable time does.
func (x *extraction) setTimes() {
	h := &x.page.head
	a := x.article
	x.setTime("published", &a.Published,
		source{"json-ld", x.linked.published},
		source{"meta", h.get("article:published_time", "og:article:published_time", "datepublished", "date.published", "article:published", "pubdate",
			"publishdate", "publish-date", "publication_date", "parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime", "og:published_time",
			"dc.date.issued", "dcterms.created", "dc.date", "dcterms.date", "date", "dc.date.created", "article.published", "published_time", "originalpublicationdate", "last-modified-date")})
	if a.Published.IsZero() {
		x.setTime("published", &a.Published,
			source{"time", x.shownTime()},
			source{"url", addressDate(x.from)},
			source{"text", x.writtenDate()})
	}
	x.setTime("modified", &a.Modified,
		source{"json-ld", x.linked.modified},
		source{"meta", h.get("article:modified_time", "og:updated_time", "datemodified", "lastmod", "last-modified", "dcterms.modified", "dc.date.modified", "article:modified")},
		source{"time", x.changeTime()})
	if a.Modified.Before(a.Published) {
		a.Modified = time.Time{}
		delete(a.Sources, "modified")
	}
}

// setTime gives a field the first value that can be read as a time. Where that
// has no zone and a later value is the same time with one, it is the later.
func (x *extraction) setTime(field string, to *time.Time, from ...source) {
	for i, s := range from {
		t, ok := parseTime(s.value)
		if !ok {
			continue
		}
		for _, other := range from[i+1:] {
			const clock = "2006-01-02T15:04"
			if u, ok := parseTime(other.value); ok && !zoned(s.value) && zoned(other.value) && u.Format(clock) == t.Format(clock) {
				t, s = u, other
				break
			}
		}
		*to = t
		x.article.Sources[field] = s.name
		return
	}
}

// zoned reports whether a time is written with its zone: "Z", a name, or hours
// and minutes after a sign that is not one of the date's.
func zoned(s string) bool {
	s = strings.TrimSpace(s)
	if strings.HasSuffix(s, "Z") || strings.HasSuffix(s, "GMT") || strings.HasSuffix(s, "UTC") {
		return true
	}
	const day = len("2006-01-02")
	i := strings.LastIndexAny(s, "+-")
	if i <= day {
		return false
	}
	offset := strings.Replace(s[i+1:], ":", "", 1)
	return digits(offset) && (len(offset) == 2 || len(offset) == 4)
}

// changeTime returns the datetime of a time element that is declared as that of
// the last change.
func (x *extraction) changeTime() string {
	for _, s := range x.page.times {
		if strings.EqualFold(s.prop, "dateModified") {
			return s.value
		}
	}
	return ""
}

// shownTime returns the datetime of the time element that is most likely that
// of publication: called so, close to the headline, not in a list of others.
func (x *extraction) shownTime() string {
	best, most := "", -1<<30
	for i, s := range x.page.times {
		if _, ok := parseTime(s.value); !ok {
			continue
		}
		points := -i
		if strings.EqualFold(s.prop, "datePublished") {
			points += 100
		}
		if s.hint&wTime != 0 {
			points += 10
		}
		if x.page.hints(s.el)&(wRelated|wComment|wSidebar|wTeaser) != 0 {
			points -= 50
		}
		if near := int(s.at) - x.page.title; x.page.title >= 0 && near >= -6 && near <= 15 {
			points += 40
		}
		if points > most {
			best, most = s.value, points
		}
	}
	return best
}

// timeLayouts are the ways in which pages write times, beyond RFC 3339.
var timeLayouts = []string{
	time.RFC3339, "2006-01-02T15:04:05.999999999Z0700", "2006-01-02T15:04:05.999Z07", "2006-01-02T15:04Z07:00", "2006-01-02T15:04Z0700",
	"2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05Z0700", "2006-01-02 15:04:05 Z0700", "2006-01-02 15:04:05 Z07:00",
	"2006-01-02 15:04:05 MST", "2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02", "2006/01/02 15:04:05", "2006/01/02 15:04", "2006/01/02", "20060102T150405Z", "20060102T1504Z", "20060102",
	time.RFC1123Z, time.RFC1123, "Mon, 2 Jan 2006 15:04:05 -0700", "Mon, 2 Jan 2006 15:04:05 MST", "Mon, 2 Jan 2006 15:04:05", "Mon Jan 2 15:04:05 MST 2006", "Mon Jan 2 15:04:05 -0700 2006",
	"January 2, 2006, 3:04 PM", "January 2, 2006 3:04 PM", "January 2, 2006", "Jan 2, 2006 3:04 PM", "Jan 2, 2006", "2 January 2006 15:04", "2 January 2006", "2 Jan 2006 15:04", "2 Jan 2006",
	"02.01.2006 15:04:05", "02.01.2006 15:04", "02.01.2006, 15:04", "2.1.2006 15:04", "02.01.2006", "2.1.2006", "02-01-2006 15:04", "02-01-2006", "2006-01-02T15:04:05 Z07:00", "2006-01-02T15:04:05 Z0700", "2006-1-2", "2006-1-2 15:04:05", "2006-01-02 3:04 PM", "1/2/2006 3:04:05 PM", "1/2/2006 3:04 PM", "1/2/2006",
}

// parseTime reads a time as pages give it: in one of timeLayouts, as Unix
// seconds, or as Unix milliseconds. A time without a zone is taken as UTC.
// Years before 1990 and after 2100 are mistakes.
func parseTime(s string) (time.Time, bool) {
	s = strings.TrimSpace(s)
	if len(s) < 6 || len(s) > 64 {
		return time.Time{}, false
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil && len(s) >= 10 {
		switch len(s) {
		case 10:
			return plausible(time.Unix(n, 0).UTC())
		case 13:
			return plausible(time.UnixMilli(n).UTC())
		}
	}
	s, _, _ = strings.Cut(s, "[") // 2026-01-02T15:04:05+01:00[Europe/Paris]
	for _, v := range []string{s, strings.ReplaceAll(s, "GMT", ""), strings.ReplaceAll(s, "Z+", "+")} {
		v = strings.TrimSpace(v)
		for _, layout := range timeLayouts {
			if t, err := time.Parse(layout, v); err == nil {
				return plausible(t)
			}
		}
		if len(v) > 19 {
			if t, err := time.Parse("2006-01-02T15:04:05", v[:19]); err == nil {
				return plausible(t)
			}
		}
	}
	return time.Time{}, false
}

func plausible(t time.Time) (time.Time, bool) {
	if y := t.Year(); y < 1990 || y > 2100 {
		return time.Time{}, false
	}
	return t, true
}
