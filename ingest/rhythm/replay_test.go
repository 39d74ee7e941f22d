package rhythm_test

import (
	"cmp"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"conflictwire/ingest/feed"
	"conflictwire/ingest/rhythm"
)

// real makes traces of the dates in the feeds kept beside the project. Where
// they go back some days they are replayed as they are, the first third being
// what the first poll shows. From shorter ones silences are drawn at random,
// to fill the given weeks.
func real(t *testing.T, weeks int64) []*trace {
	dir := filepath.Join(cmp.Or(os.Getenv("CONFLICTWIRE_SHARED"), "../../../shared"), "data", "feeds", "real")
	files, _ := filepath.Glob(filepath.Join(dir, "*"))
	if len(files) == 0 {
		t.Log("no corpus of feeds; set CONFLICTWIRE_SHARED to the folder that has data/feeds")
	}
	rng := rand.New(rand.NewPCG(6, 7))
	var all []*trace
	known := map[int64]bool{}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := feed.Parse(data, feed.Options{MaxEntries: 1000})
		if err != nil {
			continue
		}
		var dates []int64
		for _, e := range doc.Entries {
			if at := cmp.Or(max(e.Published.Unix(), 0), max(e.Updated.Unix(), 0)); at > 0 {
				dates = append(dates, at)
			}
		}
		slices.Sort(dates)
		if len(dates) == 0 || known[dates[len(dates)-1]] {
			continue // the same feed again
		}
		n := len(dates)
		known[dates[n-1]] = true
		old, _ := slices.BinarySearch(dates, dates[n-1]-16*week)
		if dates = dates[old:]; len(dates) < 10 || dates[len(dates)-1]-dates[0] < hour {
			continue // hardly alive, or one batch
		}
		n = len(dates)
		if dates[n-1]-dates[0] > 2*day {
			all = append(all, &trace{kind: "real", events: dates, start: dates[n/3], end: dates[n-1] + hour, window: max(10, n/3)})
			continue
		}
		tr := &trace{kind: "gaps", start: epoch, end: epoch + weeks*week, window: n}
		for at := int64(epoch - week); at < tr.end; {
			tr.events = append(tr.events, at)
			i := 1 + rng.IntN(n-1)
			at += dates[i] - dates[i-1]
		}
		all = append(all, tr)
	}
	return all
}

// floors are how many times the mean delay of a kind of feed must shrink.
// Feeds of one rate without hours (gaps) gain nothing, and must not lose.
var floors = map[string]float64{
	"flat": 1.9, "daily": 2.1, "weekly": 2.1, "undated": 2.1, "burst": 1.9, "dying": 2.8,
	"clock": 4, "batch": 1.3, "real": 1.3, "gaps": 0.95,
}

func TestAdaptivePollingBeatsFixedIntervals(t *testing.T) {
	const weeks = 4
	traces := append(made(weeks), real(t, weeks)...)
	var kinds []string
	ours, same := map[string]*result{}, map[string]*result{}
	var pooled, pooledSame result
	for i, tr := range traces {
		if ours[tr.kind] == nil {
			kinds = append(kinds, tr.kind)
			ours[tr.kind], same[tr.kind] = &result{}, &result{}
		}
		res := tr.replay(rand.New(rand.NewPCG(3, uint64(i))), adaptive(&rhythm.Rhythm{}))
		ours[tr.kind].add(res)
		pooled.add(res)
	}
	for i, tr := range traces {
		same[tr.kind].add(tr.replay(rand.New(rand.NewPCG(4, uint64(i))), fixed(ours[tr.kind].every())))
		pooledSame.add(tr.replay(rand.New(rand.NewPCG(5, uint64(i))), fixed(pooled.every())))
	}
	t.Log("adaptive / fixed interval with as many requests")
	compare := func(kind string, a, f *result) (gain float64) {
		gain = f.mean() / a.mean()
		t.Logf("%-7s every %4.1fm, %6d entries: mean %4.1fm / %4.1fm = %4.2fx, p95 %4.1fm / %4.1fm, hits %4.1f%% / %4.1f%%, missed %d / %d",
			kind, a.every().Minutes(), len(a.delays), a.mean()/60, f.mean()/60, gain, a.p95()/60, f.p95()/60,
			100*a.hitRate(), 100*f.hitRate(), a.missed, f.missed)
		return gain
	}
	for _, k := range kinds {
		if gain, floor := compare(k, ours[k], same[k]), floors[k]; gain < floor {
			t.Errorf("%s: the mean delay shrinks %.2f times, want %v", k, gain, floor)
		}
	}
	if gain := compare("all", &pooled, &pooledSame); gain < 1.8 {
		t.Errorf("the mean delay shrinks only %.2f times, want 1.8", gain)
	}
	if got, floor := pooled.hitRate(), 1.4*pooledSame.hitRate(); got < floor {
		t.Errorf("%.1f%% of the polls find something, want %.1f%%", 100*got, 100*floor)
	}
	if pooled.missed > pooledSame.missed {
		t.Errorf("%d entries are missed, more than the %d with fixed intervals", pooled.missed, pooledSame.missed)
	}
	if every := pooled.every(); every < 4*time.Minute {
		t.Errorf("feeds are asked every %v on average, more often than Usual allows", every)
	}
}

func TestSilenceIsReportedSeldomAndSoon(t *testing.T) {
	const weeks = 26
	var kinds []string
	alarms, years := map[string]float64{}, map[string]float64{}
	for i, tr := range append(made(weeks), real(t, weeks)...) {
		if years[tr.kind] == 0 {
			kinds = append(kinds, tr.kind)
		}
		var r rhythm.Rhythm
		breached, last := false, tr.events[len(tr.events)-1]
		var told time.Duration // after the last entry
		res := tr.replay(rand.New(rand.NewPCG(7, uint64(i))), func(now time.Time, fresh []time.Time) time.Duration {
			r.Observe(now, fresh)
			was := breached
			_, breached = r.Silence()
			if breached && !was {
				if silent := now.Unix() - last; tr.kind == "dying" && silent > 0 {
					told = time.Duration(silent) * time.Second
				} else {
					alarms[tr.kind]++
				}
			}
			return time.Hour
		})
		years[tr.kind] += res.hours / 24 / 365
		if tr.kind == "dying" {
			gap := time.Duration((last - tr.events[0]) / int64(len(tr.events)) * int64(time.Second))
			t.Logf("dying, a story every %v: told after %v", gap.Round(time.Minute), told.Round(time.Minute))
			if told == 0 || told > 24*time.Hour+15*gap {
				t.Errorf("a feed with a story every %v dies, and somebody is told after %v", gap, told)
			}
		}
	}
	var sum, all float64
	for _, k := range kinds {
		t.Logf("%-7s %4.1f feed-years, %.2f false alarms in each", k, years[k], alarms[k]/years[k])
		if alarms[k] > 1.5*years[k] {
			t.Errorf("%s: %v false alarms in %.1f feed-years", k, alarms[k], years[k])
		}
		sum, all = sum+alarms[k], all+years[k]
	}
	if t.Logf("all     %4.1f feed-years, %.2f false alarms in each", all, sum/all); sum > 0.6*all {
		t.Errorf("%v false alarms in %.1f feed-years, want 0.6 in each", sum, all)
	}
}
