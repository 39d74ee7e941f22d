package rhythm

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"
)

// Bounds hold the time between two polls. Fields that are not above zero mean
// 1m, 5m and 1h, or what fits the others; Most overrules Least, and both
// overrule Usual.
type Bounds struct {
	Least time.Duration
	Usual time.Duration // of a feed of which nothing is known; about the mean over all feeds
	Most  time.Duration // where it equals Least, the time is fixed; beyond two days, rates are learnt badly
}

// Hints are what the publisher says about polling; zero fields say nothing.
type Hints struct {
	TTL       time.Duration  // RSS ttl: asked no sooner, unless history shows that it changes sooner
	Update    time.Duration  // sy:updatePeriod over sy:updateFrequency: like TTL
	Fresh     time.Duration  // what Cache-Control leaves: asked no sooner, up to Usual
	SkipHours []int          // RSS skipHours, 0 to 23 UTC: not asked then, unless Most runs out
	SkipDays  []time.Weekday // RSS skipDays, UTC: like SkipHours
}

// Next says how long to wait for the next poll, always within b, and why, in
// one sentence for people.
func (r *Rhythm) Next(now time.Time, b Bounds, h Hints) (wait time.Duration, why string) {
	b = b.orDefault()
	if b.Least == b.Most {
		return b.Most, fmt.Sprintf("asked every %s, as configured", brief(b.Most))
	}
	at := max(now.Unix(), 0) // a machine without a clock may be before 1970
	p, mean := r.profile(), r.base()*r.busy()
	wait, rate := r.due(at, &p, mean, b), mean*p.at(at)
	known := r.s.Moments >= 1 || r.s.Span >= 24
	if known {
		why = fmt.Sprintf("about %s at this time; asked after %s", pace(rate), brief(wait))
	} else {
		why = fmt.Sprintf("no rhythm known yet; asked after %s", brief(wait))
	}
	put := func(d time.Duration, reason string) {
		if d = min(d, b.Most); d > wait {
			wait = d
			why += fmt.Sprintf(", put off to %s %s", brief(d), reason)
		}
	}
	if hint := max(h.TTL, h.Update); !(r.s.Moments >= 3 && rate*hint.Hours() >= 1) {
		put(hint, "as the publisher asks")
	}
	put(min(h.Fresh, b.Usual), "because caches still hold the last answer")
	put(h.skip(now.Add(wait)).Sub(now), "because the publisher pauses until then")
	return wait, why
}

func (b Bounds) orDefault() Bounds {
	b.Usual = cmp.Or(max(b.Usual, 0), 5*time.Minute)
	b.Most = cmp.Or(max(b.Most, 0), max(time.Hour, b.Usual))
	b.Least = min(cmp.Or(max(b.Least, 0), min(time.Minute, b.Usual)), b.Most)
	b.Usual = min(max(b.Usual, b.Least), b.Most)
	return b
}

// due finds the time in which the wanted number of polls adds up to one. It
// looks ahead: a night ends when the morning begins, and what comes on the
// hour is asked for on the hour.
func (r *Rhythm) due(at int64, p *profile, mean float64, b Bounds) time.Duration {
	var wait, polls float64 // seconds, share of a poll
	for {
		every := b.Usual.Seconds() * math.Sqrt(reference/(mean*p.at(at)*r.phase(at)))
		every = min(max(every, b.Least.Seconds()), b.Most.Seconds())
		step := float64(300 - at%300)
		if rest := (1 - polls) * every; rest <= step {
			d := time.Duration(math.Round(wait+rest)) * time.Second
			return min(max(d, b.Least), b.Most)
		}
		polls += step / every
		wait += step
		at += int64(step)
	}
}

// skip is at, or the end of the pause that at falls into.
func (h Hints) skip(at time.Time) time.Time {
	at = at.UTC()
	for range 7 * 24 {
		if !slices.Contains(h.SkipHours, at.Hour()) && !slices.Contains(h.SkipDays, at.Weekday()) {
			break
		}
		at = at.Truncate(time.Hour).Add(time.Hour)
	}
	return at
}

// Silence says how long after its newest story the feed is abnormally silent,
// nights and weekends considered, and whether it was at its last poll. The
// limit is 0 while too little is known.
func (r *Rhythm) Silence() (limit time.Duration, breached bool) {
	s, p := &r.s, r.profile()
	if s.Gaps < enoughGaps {
		return 0, false
	}
	left := float64(s.Gap) * (2 + 16/float64(s.Gaps))
	at := int64(s.Newest)
	for at-int64(s.Newest) < longest {
		w, step := p.at(at), 3600-at%3600
		if left < w*float64(step)/3600 {
			at += int64(left / w * 3600)
			break
		}
		left -= w * float64(step) / 3600
		at += step
	}
	least := patience
	if s.Hours < enoughHours {
		least = greenhorn
	}
	secs := max(at-int64(s.Newest), int64(least))
	return time.Duration(secs) * time.Second, int64(s.Last)-int64(s.Newest) > secs
}

// pace names a rate in stories an hour.
func pace(rate float64) string {
	name := func(n float64, unit string) string {
		if n < 1.5 {
			return "1 story " + unit
		}
		return fmt.Sprintf("%.0f stories %s", n, unit)
	}
	switch {
	case rate >= 0.95:
		return name(rate, "an hour")
	case rate*24 >= 0.95:
		return name(rate*24, "a day")
	}
	return name(max(rate*168, 1), "a week")
}

// brief writes 1h30m for 1h30m0s, and 3m for 2m51s.
func brief(d time.Duration) string {
	if d >= 100*time.Second {
		d = d.Round(time.Minute)
	}
	h, m, s := d/time.Hour, d%time.Hour/time.Minute, (d % time.Minute).Round(time.Second)
	switch {
	case h > 0 && m > 0:
		return fmt.Sprintf("%dh%dm", h, m)
	case h > 0:
		return fmt.Sprintf("%dh", h)
	case m > 0 && s == 0:
		return fmt.Sprintf("%dm", m)
	}
	return d.Round(time.Second).String()
}
