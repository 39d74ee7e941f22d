// Package rhythm learns how often a feed brings something, and says when to
// ask it next and after how long a silence somebody should be told.
//
// A feed with λ stories an hour that is asked f times an hour shows them 1/2f
// late on average. For a given number of requests over all feeds the delays
// add up to the least when f grows with the square root of λ, so that is the
// rule, feed by feed and hour by hour. Everything here is a pure function of
// the times given to it: no clock, no randomness, no request. Jitter is the
// caller's business.
package rhythm

import (
	"encoding/base64"
	"encoding/binary"
	"math"
	"slices"
	"time"
)

const (
	reference = 1.0 // stories an hour of a feed that is asked every Usual

	memory      = 21 * 24.0      // hours; time constant of the rate
	burst       = 2.0            // hours; time constant of how busy it is now
	doubt       = 2.0            // stories; weight of the rate against that
	days        = 21             // times an hour of the day is averaged over
	weeks       = 6              // times a day of the week is averaged over
	pseudo      = 1.5            // stories; weight of an even day and week against the profile
	evenHour    = 12.0           // the same for an even hour against the phase
	gapMemory   = 120 * 24.0     // hours; time constant of the longest silence
	longest     = 56 * 24 * 3600 // seconds; what is older says nothing of today
	away        = 2 * 24 * 3600  // seconds; a poll this late missed something
	unit        = 1024           // of the averages, in stories
	minWeight   = 0.05           // of the quietest hour
	maxFresh    = 1000           // entries of a poll that are looked at
	patience    = 6 * 3600.0     // seconds; no shorter silence is worth a word
	greenhorn   = 72 * 3600.0    // seconds; the same before the week is known
	enoughGaps  = 8              // before a silence means anything
	enoughHours = 14 * 24        // before nights and weekends are known
)

// A Rhythm is what is known of a feed's habits. The zero value knows nothing.
// It is small, meant to be stored with the feed at every poll: its text, and
// so its JSON, is at most 160 bytes. It must not be used concurrently.
type Rhythm struct{ s state }

// A state is stored as it stands, big-endian.
type state struct {
	Last, Newest    uint32     // Unix time of the last poll, and of the newest story
	Moments, Span   float32    // stories, and hours they came in; fading with memory
	Busy, Expected  float32    // stories, and how many the rate foretold; fading with burst
	Gap             float32    // longest silence in hours of usual activity; fading with gapMemory
	Gaps            uint16     // number of silences learnt from
	Hours           uint16     // full hours learnt from
	ThisHour, Today uint16     // stories so far
	PerHour         [24]uint16 // mean stories in that hour of the day, UTC
	PerDay          [7]uint16  // mean stories an hour on that day of the week
	Minutes         [12]uint8  // stories in each five minutes of the hour, halved when one overflows
}

// version is the first byte of a stored Rhythm.
const version = 1

// IsZero reports whether nothing is known yet.
func (r Rhythm) IsZero() bool { return r.s == state{} }

// MarshalText implements [encoding.TextMarshaler].
func (r Rhythm) MarshalText() ([]byte, error) {
	if r.IsZero() {
		return nil, nil
	}
	buf, err := binary.Append([]byte{version}, binary.BigEndian, r.s)
	if err != nil {
		return nil, err
	}
	return base64.RawStdEncoding.AppendEncode(nil, buf), nil
}

// UnmarshalText implements [encoding.TextUnmarshaler]. Text that is damaged,
// or of another version, gives a Rhythm that knows nothing, and no error: the
// state that it is part of is worth more, and it learns again.
func (r *Rhythm) UnmarshalText(text []byte) error {
	*r = Rhythm{}
	var s state
	buf, err := base64.RawStdEncoding.AppendDecode(nil, text)
	if err != nil || len(buf) != 1+binary.Size(s) || buf[0] != version {
		return nil
	}
	if _, err := binary.Decode(buf[1:], binary.BigEndian, &s); err != nil {
		return nil
	}
	for _, f := range []float32{s.Moments, s.Span, s.Busy, s.Expected, s.Gap} {
		if !(f >= 0 && f < 1e6) {
			return nil
		}
	}
	r.s = s
	return nil
}

// Observe notes a poll at now that worked, and the publication times of the
// entries it was the first to show; a zero time is an entry without a date.
// A poll that found nothing, or was answered with 304, is to be observed too;
// one that failed is not. Entries within a minute are one story: a batch is
// no busy feed. Dates before the last poll (come late) or in the future
// count as that poll's and this one's time. At most 1,000 entries are looked
// at.
//
// The first poll shows a window of old entries and teaches the rate at once,
// from their dates; so does the first after eight weeks, or after a change of
// the clock. Without dates it teaches nothing.
func (r *Rhythm) Observe(now time.Time, fresh []time.Time) {
	s := &r.s
	from, to := int64(s.Last), now.Unix()
	if to <= 0 || to > math.MaxUint32 {
		return
	}
	fresh = fresh[:min(len(fresh), maxFresh)]
	if to-from > longest || from-to > away {
		r.begin(to, fresh)
		return
	}
	if to <= from {
		return
	}
	moments := make([]int64, 0, len(fresh))
	for _, t := range fresh {
		at := to
		if !t.IsZero() {
			at = min(max(t.Unix(), from+1), to)
		}
		moments = append(moments, at)
	}
	moments = distinct(moments)
	if to-from > away && len(moments) > 0 {
		// It was not asked for days; what came meanwhile may have left the
		// document again.
		s.Last, s.Newest = uint32(moments[0]), uint32(moments[0])
		s.ThisHour, s.Today = 0, 0
		moments = moments[1:]
	}
	r.advance(to, moments)
	r.silences(moments)
}

// begin learns from a window of entries.
func (r *Rhythm) begin(to int64, fresh []time.Time) {
	r.s = state{}
	var moments []int64
	for _, t := range fresh {
		if at := t.Unix(); at > 0 && at <= to {
			moments = append(moments, at)
		}
	}
	moments = distinct(moments)
	// The oldest tenth may be pinned or left behind.
	if n := len(moments); n > 1 {
		moments = moments[n/10:]
	}
	from := to
	if len(moments) > 0 {
		from = max(moments[0], to-longest)
		r.s.Newest = uint32(moments[0])
		moments = moments[1:] // the span begins with it
	}
	r.s.Last = uint32(from)
	r.advance(to, moments)
	r.silences(moments)
}

// distinct sorts moments and keeps those at least a minute after the last
// one kept.
func distinct(moments []int64) []int64 {
	slices.Sort(moments)
	kept := moments[:0]
	for _, at := range moments {
		if len(kept) == 0 || at-kept[len(kept)-1] >= 60 {
			kept = append(kept, at)
		}
	}
	return kept
}

// advance moves on to the time to, hour by hour.
func (r *Rhythm) advance(to int64, moments []int64) {
	s := &r.s
	for at := int64(s.Last); at < to; {
		end := min(to, (at/3600+1)*3600)
		n := 0
		for len(moments) > 0 && moments[0] <= end {
			if moments[0] > at {
				n++
				s.minute(moments[0])
			}
			moments = moments[1:]
		}
		h := float64(end-at) / 3600
		p := r.profile()
		fade(&s.Busy, h, burst, float64(n))
		fade(&s.Expected, h, burst, r.base()*p.at(at)*h)
		fade(&s.Moments, h, memory, float64(n))
		fade(&s.Span, h, memory, h)
		fade(&s.Gap, h, gapMemory, 0)
		s.ThisHour += uint16(n)
		s.Today += uint16(n)
		if end%3600 == 0 {
			s.hourOver(int(at / 3600 % 24))
		}
		if end%86400 == 0 {
			s.dayOver(weekday(at))
		}
		at, s.Last = end, uint32(end)
	}
}

// minute notes when in its hour a story came.
func (s *state) minute(at int64) {
	i := at / 300 % 12
	if s.Minutes[i] == math.MaxUint8 {
		for i := range s.Minutes {
			s.Minutes[i] /= 2
		}
	}
	s.Minutes[i]++
}

func (s *state) hourOver(hour int) {
	average(&s.PerHour[hour], float64(s.ThisHour), min(int(s.Hours)/24+1, days))
	s.ThisHour = 0
	s.Hours += min(1, math.MaxUint16-s.Hours)
}

func (s *state) dayOver(day int) {
	if s.Hours >= 24 { // the first day was not seen in full
		average(&s.PerDay[day], float64(s.Today)/24, min((int(s.Hours)-24)/168+1, weeks))
	}
	s.Today = 0
}

// average moves mean, of n values with this one, to v.
func average(mean *uint16, v float64, n int) {
	m := float64(*mean)
	m += (v*unit - m) / float64(n)
	*mean = uint16(min(m+.5, math.MaxUint16))
}

// fade lets *x shrink for h hours and adds more.
func fade(x *float32, h, constant, more float64) {
	*x = float32(float64(*x)*math.Exp(-h/constant) + more)
}

// silences learns from the time between stories.
func (r *Rhythm) silences(moments []int64) {
	s, p := &r.s, r.profile()
	for _, at := range moments {
		if at <= int64(s.Newest) {
			continue
		}
		if s.Newest > 0 {
			s.Gap = max(s.Gap, float32(p.activity(int64(s.Newest), at)))
			s.Gaps += min(1, math.MaxUint16-s.Gaps)
		}
		s.Newest = uint32(at)
	}
}

// base is the rate of a mean hour, in stories an hour.
func (r *Rhythm) base() float64 {
	return (float64(r.s.Moments) + 1) / (float64(r.s.Span) + 1/reference)
}

// busy says how many times more came in the last hours than foretold.
func (r *Rhythm) busy() float64 {
	return (float64(r.s.Busy) + doubt) / (float64(r.s.Expected) + doubt)
}

// A profile is the share of each hour of the day and day of the week in the
// activity of a feed; 1 is the mean.
type profile struct {
	hours [24]float64
	days  [7]float64
}

func (p *profile) at(t int64) float64 {
	return max(p.hours[t/3600%24]*p.days[weekday(t)], minWeight)
}

// profile is the one learnt so far; what little is known is drawn to 1.
func (r *Rhythm) profile() profile {
	var p profile
	s := &r.s
	hours, now := int(s.Hours), int(s.Last/3600)
	var seen [24]float64 // how often each average was fed
	var sum, n float64
	for h, m := range s.PerHour {
		ago := (now - 1 - h + 24) % 24
		seen[h] = float64(min((hours-ago+23)/24, days))
		sum += seen[h] * float64(m) / unit
		n += seen[h]
	}
	for h, m := range s.PerHour {
		p.hours[h] = (seen[h]*float64(m)/unit + pseudo) / (seen[h]*sum/max(n, 1) + pseudo)
	}
	sum = 0
	for _, m := range s.PerDay {
		sum += float64(m) / unit
	}
	n = 0
	if hours >= enoughHours {
		n = 24 * float64(min(hours/168, weeks))
	}
	for d, m := range s.PerDay {
		p.days[d] = (n*float64(m)/unit + pseudo) / (n*sum/7 + pseudo)
	}
	return p
}

// phase is the share of the five minutes of at in the activity of an hour; 1
// is the mean. Schedulers and caches make many feeds change by the clock.
func (r *Rhythm) phase(at int64) float64 {
	sum := 0
	for _, n := range r.s.Minutes {
		sum += int(n)
	}
	return (12*float64(r.s.Minutes[at/300%12]) + evenHour) / (float64(sum) + evenHour)
}

// weekday is that of a Unix time; 1970 began on a Thursday.
func weekday(at int64) int { return int(at/86400+4) % 7 }

// activity is the time from a to b in hours weighted with the profile.
func (p *profile) activity(a, b int64) float64 {
	a = max(a, b-longest)
	var sum float64
	for a < b {
		end := min(b, (a/3600+1)*3600)
		sum += p.at(a) * float64(end-a) / 3600
		a = end
	}
	return sum
}
