package rhythm_test

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"conflictwire/ingest/rhythm"
)

var noon = time.Unix(epoch+9*week+12*hour, 0).UTC()

// window is n entries, the newest of them age old at noon.
func window(n int, age, gap time.Duration) (dates []time.Time) {
	for i := range n {
		dates = append(dates, noon.Add(-age-time.Duration(i)*gap))
	}
	return dates
}

func after(dates ...[]time.Time) (wait time.Duration, why string) {
	var r rhythm.Rhythm
	for i, d := range dates {
		r.Observe(noon.Add(time.Duration(i)*5*time.Minute), d)
	}
	return r.Next(noon.Add(time.Duration(len(dates)-1)*5*time.Minute), rhythm.Bounds{}, rhythm.Hints{})
}

func TestFirstPollTeachesTheRate(t *testing.T) {
	for _, c := range []struct {
		name        string
		dates       []time.Time
		least, most time.Duration
		why         string
	}{
		{"nothing known", nil, 5 * time.Minute, 5 * time.Minute, "no rhythm known yet; asked after 5m"},
		{"no dates", make([]time.Time, 20), 5 * time.Minute, 5 * time.Minute, "no rhythm known yet"},
		{"an agency", window(20, time.Minute, 3*time.Minute), time.Minute, 2 * time.Minute, "stories an hour"},
		{"a section", window(20, 20*time.Minute, 61*time.Minute), 4 * time.Minute, 10 * time.Minute, "1 story an hour"},
		{"a blog", window(20, 5*time.Hour, 50*time.Hour), 25 * time.Minute, time.Hour, "a week"},
		{"dead for years", window(20, 20000*time.Hour, time.Hour), time.Hour, time.Hour, "1 story a week"},
		{"one batch", window(20, 30*time.Minute, time.Second), 4 * time.Minute, 7 * time.Minute, "no rhythm known yet"},
		{"dated tomorrow", window(20, -24*time.Hour, time.Minute), 5 * time.Minute, 5 * time.Minute, "no rhythm"},
		{"one pinned", append(window(19, 20*time.Minute, 61*time.Minute), noon.AddDate(-5, 0, 0)), 4 * time.Minute, 10 * time.Minute, "1 story an hour"},
	} {
		wait, why := after(c.dates)
		if wait < c.least || wait > c.most || !strings.Contains(why, c.why) {
			t.Errorf("%s: wait %v (%s), want %v to %v and %q", c.name, wait, why, c.least, c.most, c.why)
		}
	}
}

func TestBatchAndLateEntriesAreOneStory(t *testing.T) {
	none, _ := after(window(20, time.Hour, 5*time.Hour), nil)
	one, _ := after(window(20, time.Hour, 5*time.Hour), window(1, -4*time.Minute, 0))
	batch, _ := after(window(20, time.Hour, 5*time.Hour), window(30, -4*time.Minute, time.Second))
	undated, _ := after(window(20, time.Hour, 5*time.Hour), make([]time.Time, 30))
	late, _ := after(window(20, time.Hour, 5*time.Hour), window(30, time.Hour, time.Hour))
	for name, wait := range map[string]time.Duration{"batch": batch, "undated": undated, "late": late} {
		if d := wait - one; wait >= none || d < -3*time.Minute || d > 3*time.Minute {
			t.Errorf("after a %s poll the wait is %v; %v after one story, %v after none", name, wait, one, none)
		}
	}
}

func TestPollsWaitForTheHourOfABatch(t *testing.T) {
	var r rhythm.Rhythm
	bounds := rhythm.Bounds{Most: 12 * time.Hour}
	start := noon.Truncate(24 * time.Hour)
	for h := range 21 * 24 {
		now := start.Add(time.Duration(h)*time.Hour + 10*time.Minute)
		var fresh []time.Time
		if h%24 == 6 {
			fresh = window(20, noon.Sub(now.Add(-6*time.Minute)), time.Second)
		}
		r.Observe(now, fresh)
	}
	start = start.Add(21 * 24 * time.Hour)
	for _, c := range []struct{ asked, least, most time.Duration }{
		{5*time.Hour + 35*time.Minute, 6 * time.Hour, 6*time.Hour + 10*time.Minute},
		{9*time.Hour + 10*time.Minute, 9*time.Hour + 40*time.Minute, 11 * time.Hour},
	} {
		r := r
		r.Observe(start.Add(c.asked), nil)
		wait, why := r.Next(start.Add(c.asked), bounds, rhythm.Hints{})
		if due := c.asked + wait; due < c.least || due > c.most {
			t.Errorf("a feed with a batch at 6:04 every day, asked at %v, is asked again at %v (%s)", c.asked, due, why)
		}
	}
}

func TestNextKeepsBoundsAndHints(t *testing.T) {
	fast, slow := rhythm.Rhythm{}, rhythm.Rhythm{}
	fast.Observe(noon, window(20, time.Minute, 3*time.Minute))
	slow.Observe(noon, window(20, time.Hour, 20*time.Hour))
	var none rhythm.Rhythm
	min := time.Minute
	for _, c := range []struct {
		name        string
		r           *rhythm.Rhythm
		b           rhythm.Bounds
		h           rhythm.Hints
		least, most time.Duration
		why         string
	}{
		{"fixed", &fast, rhythm.Bounds{Least: 7 * min, Most: 7 * min}, rhythm.Hints{TTL: time.Hour}, 7 * min, 7 * min, "asked every 7m, as configured"},
		{"fast", &fast, rhythm.Bounds{Least: 4 * min}, rhythm.Hints{}, 4 * min, 4 * min, ""},
		{"slow", &slow, rhythm.Bounds{Most: 6 * min}, rhythm.Hints{}, 6 * min, 6 * min, ""},
		{"usual", &none, rhythm.Bounds{Usual: 9 * min}, rhythm.Hints{}, 9 * min, 9 * min, ""},
		{"usual below a minute", &none, rhythm.Bounds{Usual: 30 * time.Second}, rhythm.Hints{}, 30 * time.Second, 30 * time.Second, "after 30s"},
		{"upside down", &none, rhythm.Bounds{Least: time.Hour, Most: min}, rhythm.Hints{}, min, min, ""},
		{"negative", &none, rhythm.Bounds{Least: -1, Usual: -1, Most: -1}, rhythm.Hints{TTL: -5, Fresh: -5}, 5 * min, 5 * min, ""},
		{"ttl of an unknown feed", &none, rhythm.Bounds{}, rhythm.Hints{TTL: 30 * min}, 30 * min, 30 * min, "as the publisher asks"},
		{"ttl overruled", &fast, rhythm.Bounds{}, rhythm.Hints{TTL: time.Hour, Update: 24 * time.Hour}, min, 2 * min, ""},
		{"update up to Most", &slow, rhythm.Bounds{}, rhythm.Hints{Update: 24 * time.Hour}, time.Hour, time.Hour, "put off to 1h"},
		{"fresh up to Usual", &fast, rhythm.Bounds{}, rhythm.Hints{Fresh: 24 * time.Hour}, 5 * min, 5 * min, "caches"},
		{"skipped hour", &none, rhythm.Bounds{}, rhythm.Hints{SkipHours: []int{12}}, time.Hour, time.Hour, "pauses"},
		{"skipped until Most", &fast, rhythm.Bounds{Most: 2 * time.Hour}, rhythm.Hints{SkipDays: []time.Weekday{noon.Weekday()}}, 2 * time.Hour, 2 * time.Hour, "pauses"},
		{"another hour skipped", &none, rhythm.Bounds{}, rhythm.Hints{SkipHours: []int{13, 99}}, 5 * min, 5 * min, ""},
	} {
		wait, why := c.r.Next(noon, c.b, c.h)
		if wait < c.least || wait > c.most || !strings.Contains(why, c.why) {
			t.Errorf("%s: wait %v (%s), want %v to %v and %q", c.name, wait, why, c.least, c.most, c.why)
		}
	}
}

func TestSilenceNeedsHistory(t *testing.T) {
	var r rhythm.Rhythm
	if limit, breached := r.Silence(); limit != 0 || breached {
		t.Errorf("nothing known: limit %v, breached %v", limit, breached)
	}
	r.Observe(noon, window(20, 20000*time.Hour, time.Hour))
	if limit, breached := r.Silence(); limit == 0 || !breached {
		t.Errorf("a feed dead for years: limit %v, breached %v", limit, breached)
	}
	r = rhythm.Rhythm{}
	r.Observe(noon, window(20, time.Minute, time.Minute))
	r.Observe(noon.Add(40*time.Hour), nil)
	if limit, breached := r.Silence(); limit < 48*time.Hour || breached {
		t.Errorf("a feed known for 20 minutes: limit %v, breached %v after 40 hours", limit, breached)
	}
}

func TestTimeWithoutPollsIsNoSilence(t *testing.T) {
	var r rhythm.Rhythm
	now := noon
	r.Observe(now, window(20, 0, time.Hour))
	for range 20 * 24 {
		now = now.Add(time.Hour)
		r.Observe(now, []time.Time{now})
	}
	before, _ := r.Silence()
	now = now.Add(10 * 24 * time.Hour)
	r.Observe(now, []time.Time{now.Add(-2 * time.Hour), now.Add(-time.Hour)})
	if limit, breached := r.Silence(); breached || limit > before+time.Hour {
		t.Errorf("after ten days without polls the limit is %v, breached %v; it was %v", limit, breached, before)
	}
}

func TestRhythmSurvivesStorage(t *testing.T) {
	var r rhythm.Rhythm
	rng := rand.New(rand.NewPCG(8, 9))
	now := noon
	for range 3000 {
		now = now.Add(time.Duration(rng.Int64N(int64(20 * time.Minute))))
		r.Observe(now, []time.Time{now.Add(-time.Second)})
		data, err := json.Marshal(r)
		if err != nil || len(data) > 160 {
			t.Fatalf("%d bytes, %v: %s", len(data), err, data)
		}
		var back rhythm.Rhythm
		if err := json.Unmarshal(data, &back); err != nil || back != r {
			t.Fatalf("came back as %+v (%v), was %+v", back, err, r)
		}
	}
	var zero struct {
		R rhythm.Rhythm `json:"r,omitzero"`
	}
	if data, err := json.Marshal(zero); err != nil || string(data) != "{}" {
		t.Errorf("a zero rhythm is stored as %s, %v", data, err)
	}
}

func TestBackoffGrowsToSixHours(t *testing.T) {
	for _, c := range []struct {
		why      rhythm.Trouble
		failures int
		usual    time.Duration
		want     time.Duration
	}{
		{rhythm.Transient, 1, 5 * time.Minute, 10 * time.Minute},
		{rhythm.Transient, 2, 5 * time.Minute, 20 * time.Minute},
		{rhythm.Transient, 6, 5 * time.Minute, 320 * time.Minute},
		{rhythm.Transient, 7, 5 * time.Minute, 6 * time.Hour},
		{rhythm.Transient, 1 << 60, time.Minute, 6 * time.Hour},
		{rhythm.Transient, -1, 0, 10 * time.Minute},
		{rhythm.Unusable, 1, 5 * time.Minute, 10 * time.Minute},
		{rhythm.Unusable, 3, 5 * time.Minute, 160 * time.Minute},
		{rhythm.Gone, 1, 5 * time.Minute, 6 * time.Hour},
		{rhythm.Transient, 1, 1 << 62, 6 * time.Hour},
	} {
		if got := rhythm.Backoff(c.why, c.failures, c.usual); got != c.want {
			t.Errorf("Backoff(%d, %d, %v) = %v, want %v", c.why, c.failures, c.usual, got, c.want)
		}
	}
}

// FuzzRhythm feeds it stored states and dates from anywhere.
func FuzzRhythm(f *testing.F) {
	var r rhythm.Rhythm
	r.Observe(noon, window(20, time.Minute, 3*time.Minute))
	text, _ := r.MarshalText()
	f.Add(text, noon.Unix(), int64(60), int64(-5))
	f.Add([]byte("\n"), int64(0), int64(0), int64(1)<<62)
	f.Add([]byte(""), int64(1)<<62, int64(-1), int64(-1)<<62)
	f.Add([]byte("000 00"), int64(-304), int64(-113), int64(1)<<62)
	f.Fuzz(func(t *testing.T, text []byte, at, step, date int64) {
		var r rhythm.Rhythm
		if err := r.UnmarshalText(text); err != nil {
			t.Fatal(err)
		}
		now := time.Unix(at, 0)
		for range 3 {
			r.Observe(now, []time.Time{now.Add(-time.Hour), time.Unix(date, 0), {}})
			wait, why := r.Next(now, rhythm.Bounds{}, rhythm.Hints{SkipHours: []int{int(date)}})
			if wait < time.Minute || wait > time.Hour || why == "" {
				t.Fatalf("wait %v, %q", wait, why)
			}
			if limit, _ := r.Silence(); limit < 0 {
				t.Fatalf("limit %v", limit)
			}
			now = now.Add(time.Duration(step))
		}
		text, err := r.MarshalText()
		var back rhythm.Rhythm
		if err != nil || back.UnmarshalText(text) != nil {
			t.Fatal(err)
		}
	})
}

func BenchmarkObserveAndNext(b *testing.B) {
	var r rhythm.Rhythm
	now := noon
	r.Observe(now, window(20, time.Minute, 3*time.Minute))
	for b.Loop() {
		now = now.Add(5 * time.Minute)
		r.Observe(now, []time.Time{now})
		r.Next(now, rhythm.Bounds{}, rhythm.Hints{})
	}
}
