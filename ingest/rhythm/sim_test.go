package rhythm_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"conflictwire/ingest/rhythm"
)

// A trace is when a feed published, and how it shows that. Times are Unix
// seconds; the simulation runs from its start to its end.
type trace struct {
	kind       string
	events     []int64
	start, end int64
	window     int  // entries that the document shows
	undated    bool // entries have no date
}

// A policy says how long to wait after a poll at now that first showed the
// entries of fresh.
type policy func(now time.Time, fresh []time.Time) time.Duration

// A result is what a policy made of traces.
type result struct {
	delays []float64 // seconds from publication to the poll that showed it
	polls  int
	hits   int // polls that found something, the first of a feed not counted
	missed int // entries that left the document unseen
	hours  float64
}

func (r *result) add(o result) {
	r.delays = append(r.delays, o.delays...)
	r.polls += o.polls
	r.hits += o.hits
	r.missed += o.missed
	r.hours += o.hours
}

func (r *result) mean() float64 {
	var sum float64
	for _, d := range r.delays {
		sum += d
	}
	return sum / float64(max(len(r.delays), 1))
}

func (r *result) p95() float64 {
	if len(r.delays) == 0 {
		return 0
	}
	slices.Sort(r.delays)
	return r.delays[len(r.delays)*95/100]
}

func (r *result) hitRate() float64 { return float64(r.hits) / float64(max(r.polls, 1)) }

// every is the mean time between two polls.
func (r *result) every() time.Duration {
	return time.Duration(r.hours / float64(r.polls) * float64(time.Hour))
}

// replay polls the feed of tr as next says, with a jitter of a tenth.
func (tr *trace) replay(rng *rand.Rand, next policy) result {
	res := result{hours: float64(tr.end-tr.start) / 3600}
	seen := -1 // events shown so far, -1 before the first poll
	for now := tr.start + 1 + rng.Int64N(300); now < tr.end; {
		shown, _ := slices.BinarySearch(tr.events, now+1)
		var fresh []time.Time
		for _, at := range tr.events[max(seen, shown-tr.window, 0):shown] {
			if tr.undated {
				fresh = append(fresh, time.Time{})
			} else {
				fresh = append(fresh, time.Unix(at, 0))
			}
			if seen >= 0 {
				res.delays = append(res.delays, float64(now-at))
			}
		}
		if seen >= 0 {
			res.missed += max(0, shown-seen-tr.window)
			res.polls++
			if shown > seen {
				res.hits++
			}
		}
		seen = shown
		wait := next(time.Unix(now, 0), fresh).Seconds()
		now += max(1, int64(wait*(0.95+0.1*rng.Float64())))
	}
	return res
}

// adaptive is the policy of the package.
func adaptive(r *rhythm.Rhythm) policy {
	return func(now time.Time, fresh []time.Time) time.Duration {
		r.Observe(now, fresh)
		wait, _ := r.Next(now, rhythm.Bounds{}, rhythm.Hints{})
		return wait
	}
}

func fixed(d time.Duration) policy {
	return func(time.Time, []time.Time) time.Duration { return d }
}

// epoch is a Monday, 00:00 UTC.
const (
	epoch = 1_767_571_200
	hour  = 3600
	day   = 24 * hour
	week  = 7 * day
)

// poisson draws events from..to at rate(t) an hour, at most most.
func poisson(rng *rand.Rand, from, to int64, most float64, rate func(int64) float64) []int64 {
	var events []int64
	for t := float64(from); ; {
		t += rng.ExpFloat64() / most * hour
		if t >= float64(to) {
			return events
		}
		if rng.Float64()*most < rate(int64(t)) {
			events = append(events, int64(t))
		}
	}
}

// cycle is 1 by day, night from 22 to 6 o'clock in a time zone, and weekend
// times that on Saturday and Sunday.
func cycle(zone int64, night, weekend float64) func(int64) float64 {
	return func(t int64) float64 {
		t += zone * hour
		w := 1.0
		if h := t / hour % 24; h < 6 || h >= 22 {
			w = night
		}
		if d := t / day % 7; d == 2 || d == 3 { // day 0 was a Thursday
			w *= weekend
		}
		return w
	}
}

// rates are those of a fleet, in stories an hour: agencies, papers, their
// sections, blogs.
var rates = []float64{20, 6, 3, 1.5, 0.7, 0.3, 0.1, 0.04, 0.01}

// made is a fleet of made feeds, seen for the given weeks.
func made(weeks int64) []*trace {
	rng := rand.New(rand.NewPCG(1, 2))
	const past = 8 * week
	end := int64(epoch) + weeks*week
	var all []*trace
	add := func(kind string, events []int64) {
		slices.Sort(events)
		all = append(all, &trace{kind: kind, events: events, start: epoch, end: end, window: 20})
	}
	for i, rate := range rates {
		flat := func(int64) float64 { return rate }
		add("flat", poisson(rng, epoch-past, end, rate, flat))
		daily := cycle(int64(i*5%24), 0.1, 1)
		add("daily", poisson(rng, epoch-past, end, rate*1.4, func(t int64) float64 { return 1.4 * rate * daily(t) }))
		weekly := cycle(int64(i*7%24), 0.1, 0.2)
		add("weekly", poisson(rng, epoch-past, end, rate*1.8, func(t int64) float64 { return 1.8 * rate * weekly(t) }))
		add("undated", poisson(rng, epoch-past, end, rate*1.4, func(t int64) float64 { return 1.4 * rate * daily(t) }))
		all[len(all)-1].undated = true
		add("burst", hawkes(rng, epoch-past, end, rate))
		add("dying", poisson(rng, epoch-past, (epoch+end)/2, rate*1.4, func(t int64) float64 { return 1.4 * rate * daily(t) }))
	}
	for i, every := range []int64{1, 4, 6, 12, 24, 24, 168} {
		var events []int64
		for t := int64(epoch - past); t < end; t += every * hour {
			at := t + int64(i*7%int(every))*hour + rng.Int64N(300)
			for range 3 + rng.IntN(20) {
				events = append(events, at+rng.Int64N(20))
			}
		}
		slices.Sort(events)
		n, _ := slices.BinarySearch(events, end)
		add("clock", events[:n])

		events = nil
		for _, at := range poisson(rng, epoch-past, end, 1/float64(every), func(int64) float64 { return 1 / float64(every) }) {
			for range 3 + rng.IntN(20) {
				events = append(events, min(at+rng.Int64N(20), end-1))
			}
		}
		add("batch", events)
	}
	return all
}

// hawkes draws stories that bring others: each 0.7 more within the next hour
// or so.
func hawkes(rng *rand.Rand, from, to int64, rate float64) []int64 {
	const children = 0.7
	events := poisson(rng, from, to, rate*(1-children), func(int64) float64 { return rate * (1 - children) })
	for i := 0; i < len(events); i++ {
		for range count(rng, children) {
			if at := events[i] + int64(rng.ExpFloat64()*0.5*hour); at < to {
				events = append(events, at)
			}
		}
	}
	return events
}

// count draws a Poisson number.
func count(rng *rand.Rand, mean float64) (n int) {
	for p := rng.Float64(); p > math.Exp(-mean); p *= rng.Float64() {
		n++
	}
	return n
}
