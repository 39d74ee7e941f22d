package feed

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// What a feed says about itself for those who poll it.

const (
	// maxTTL bounds what a feed may ask for.
	maxTTL = 365 * 24 * time.Hour
	// minUpdate is the shortest period of updates believed: a frequency is
	// only a number in the feed.
	minUpdate = time.Minute
)

// timeToLive reads the ttl of RSS 2.0, in minutes; zero when it is none.
func timeToLive(s string) time.Duration {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil || n <= 0 {
		return 0
	}
	if n > int(maxTTL/time.Minute) {
		return maxTTL
	}
	return time.Duration(n) * time.Minute
}

// updatePeriod reads the syndication module: a period, daily if it is
// missing, and how many times an update comes in it. Zero when the feed has
// neither, or a period nobody knows.
func (x extensions) updatePeriod() time.Duration {
	if len(x["sy"]) == 0 {
		return 0
	}
	name, frequency := x.text("sy", "updatePeriod"), x.text("sy", "updateFrequency")
	if name == "" && frequency == "" {
		return 0
	}
	const day = 24 * time.Hour
	var period time.Duration
	switch strings.ToLower(name) {
	case "hourly":
		period = time.Hour
	case "", "daily":
		period = day
	case "weekly":
		period = 7 * day
	case "monthly":
		period = 30 * day
	case "yearly":
		period = 365 * day
	default:
		return 0
	}
	if n, err := strconv.Atoi(frequency); err == nil && n > 1 {
		period /= time.Duration(n)
	}
	return max(period, minUpdate)
}

// skipHours reads hours of the day. RSS 0.91 counts them from 1 to 24, RSS 2.0
// from 0; that is the same hour either way. A list that leaves no hour is no
// hint and gives nil.
func skipHours(list []string) []int {
	var hours []int
	for _, s := range list {
		n, err := strconv.Atoi(strings.TrimSpace(s))
		if err == nil && n >= 0 && n <= 24 && !slices.Contains(hours, n%24) {
			hours = append(hours, n%24)
		}
	}
	if len(hours) == 24 {
		return nil
	}
	slices.Sort(hours)
	return hours
}

// skipDays reads English names of days, whole or their first three letters.
// A list that leaves no day is no hint and gives nil.
func skipDays(list []string) []time.Weekday {
	var days []time.Weekday
	for _, s := range list {
		s = strings.TrimSpace(s)
		for d := time.Sunday; d <= time.Saturday; d++ {
			if (strings.EqualFold(s, d.String()) || strings.EqualFold(s, d.String()[:3])) && !slices.Contains(days, d) {
				days = append(days, d)
			}
		}
	}
	if len(days) == 7 {
		return nil
	}
	slices.Sort(days)
	return days
}

// historyNamespace is the vocabulary of RFC 5005.
const historyNamespace = "http://purl.org/syndication/history/1.0"

// history notes what a feed document is in the sense of RFC 5005: the address
// of what came before it, and its kind. gofeed files elements of that
// vocabulary under the prefix the document has for it.
func (p *parser) history(f *Feed, x extensions, prefix, prevArchive, next string) {
	f.Complete = len(x[prefix]["complete"]) > 0
	f.Archive = len(x[prefix]["archive"]) > 0
	for _, ref := range []string{prevArchive, next} {
		if f.Prev = p.elsewhere(ref, f); f.Prev != "" {
			return
		}
	}
}

// elsewhere returns the absolute address of another document of the feed, ""
// when ref leads nowhere, or back to the document it stands in.
func (p *parser) elsewhere(ref string, f *Feed) string {
	base := p.base
	if base == nil {
		base = absolute(f.Self)
	}
	address := resolve(base, ref)
	if !isWeb(address) || address == p.opts.URL || address == f.Self {
		return ""
	}
	if _, err := url.Parse(address); err != nil {
		return ""
	}
	return address
}
