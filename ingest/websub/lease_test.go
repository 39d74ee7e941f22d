package websub

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

var monday = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

const testHub, testTopic, testCallback = "https://hub.example/", "https://daily.example/feed", "https://news.example/a/b"

// A step is something that happens to a lease some time after monday.
type step struct {
	at time.Duration
	do func(l *Lease, now time.Time)
}

func learn(hub, topic string) func(*Lease, time.Time) {
	return func(l *Lease, _ time.Time) { l.Learn(hub, topic) }
}
func ask(l *Lease, now time.Time) { l.Ask(now, testCallback) }
func verify(d time.Duration) func(*Lease, time.Time) {
	return func(l *Lease, now time.Time) { l.Verify(now, now.Add(d)) }
}
func deny(l *Lease, now time.Time) { l.Deny(now) }
func push(fresh, known int) func(*Lease, time.Time) {
	return func(l *Lease, now time.Time) { l.Push(now, fresh, known) }
}
func poll(fresh int) func(*Lease, time.Time) {
	return func(l *Lease, now time.Time) { l.Poll(now, fresh) }
}

// after replays steps on an empty lease, which is stored between any two.
func after(t *testing.T, steps ...step) *Lease {
	t.Helper()
	var l Lease
	for _, s := range steps {
		s.do(&l, monday.Add(s.at))
		data, err := json.Marshal(&l)
		if err != nil {
			t.Fatal(err)
		}
		l = Lease{}
		if err := json.Unmarshal(data, &l); err != nil {
			t.Fatal(err)
		}
	}
	return &l
}

const (
	minute = time.Minute
	hour   = time.Hour
	day    = 24 * hour
)

func TestLeaseIsDue(t *testing.T) {
	known := step{0, learn(testHub, testTopic)}
	asked := []step{known, {0, ask}}
	live := append(asked[:2:2], step{0, verify(10 * day)})
	for _, tt := range []struct {
		name     string
		steps    []step
		callback string
		at       time.Duration
		want     bool
	}{
		{"no hub", nil, testCallback, 0, false},
		{"never asked", []step{known}, testCallback, 0, true},
		{"just asked", asked, testCallback, 0, false},
		{"asked 59 minutes ago", asked, testCallback, 59 * minute, false},
		{"asked an hour ago", asked, testCallback, hour, true},
		{"asked twice, an hour ago", append(asked[:2:2], step{hour, ask}), testCallback, 2 * hour, false},
		{"asked twice, two hours ago", append(asked[:2:2], step{hour, ask}), testCallback, 3 * hour, true},
		{"asked many times, 23 hours ago", append(asked[:2:2], repeat(50, step{0, ask})...), testCallback, 23 * hour, false},
		{"asked many times, a day ago", append(asked[:2:2], repeat(50, step{0, ask})...), testCallback, day, true},
		{"asked by a clock a little ahead", []step{known, {minute, ask}}, testCallback, 0, false},
		{"asked by a clock years ahead", []step{known, {1000 * day, ask}}, testCallback, 0, true},
		{"verified", live, testCallback, hour, false},
		{"a day and an hour before the end", live, testCallback, 9*day - hour, false},
		{"a day before the end", live, testCallback, 9 * day, true},
		{"after the end", live, testCallback, 11 * day, true},
		{"renewal asked for, an hour ago", append(live[:3:3], step{9 * day, ask}), testCallback, 9*day + 59*minute, false},
		{"renewed", append(live[:3:3], step{9 * day, ask}, step{9 * day, verify(10 * day)}), testCallback, 10 * day, false},
		{"short lease, before its last third", []step{known, {0, ask}, {0, verify(hour)}}, testCallback, 39 * minute, false},
		{"short lease, in its last third", []step{known, {0, ask}, {0, verify(hour)}}, testCallback, 40 * minute, true},
		{"lease of seconds", []step{known, {0, ask}, {0, verify(time.Second)}}, testCallback, 9 * minute, false},
		{"lease of seconds, later", []step{known, {0, ask}, {0, verify(time.Second)}}, testCallback, 10 * minute, true},
		{"lease of a century", []step{known, {0, ask}, {0, verify(36500 * day)}}, testCallback, 29*day + minute, true},
		{"lease of a century, not again at once", []step{known, {0, ask}, {0, verify(36500 * day)}}, testCallback, hour, false},
		{"verified by a clock years ahead", []step{known, {0, ask}, {1000 * day, verify(day)}}, testCallback, hour, true},
		{"another callback", live, testCallback + "2", hour, true},
		{"another callback, just asked", live, testCallback + "2", 9 * minute, false},
		{"another hub", append(live[:3:3], step{hour, learn("https://new.example/", testTopic)}), testCallback, hour, true},
		{"another topic", append(live[:3:3], step{hour, learn(testHub, testTopic+"2")}), testCallback, hour, true},
		{"the same hub", append(live[:3:3], step{hour, learn(testHub, testTopic)}), testCallback, hour, false},
		{"no hub any more", append(live[:3:3], step{hour, learn("", testTopic)}), testCallback, 20 * day, false},
		{"denied", append(live[:3:3], step{hour, deny}), testCallback, 24 * hour, false},
		{"denied a day ago", append(live[:3:3], step{hour, deny}), testCallback, 25 * hour, true},
	} {
		l := after(t, tt.steps...)
		if got := l.Due(monday.Add(tt.at), tt.callback); got != tt.want {
			t.Errorf("%s: due %v, want %v: %+v", tt.name, got, tt.want, *l)
		}
	}
}

func repeat(n int, steps ...step) []step {
	var all []step
	for range n {
		all = append(all, steps...)
	}
	return all
}

func TestLeaseEarnsAndLosesTrust(t *testing.T) {
	live := []step{{0, learn(testHub, testTopic)}, {0, ask}, {0, verify(10 * day)}, {minute, poll(20)}}
	with := func(more ...step) []step { return append(live[:len(live):len(live)], more...) }
	p, early := step{hour, push(1, 0)}, func(n int) []step { return repeat(n, step{hour, push(1, 0)}) }
	for _, tt := range []struct {
		name   string
		steps  []step
		at     time.Duration
		every  time.Duration
		want   time.Duration
		missed int
	}{
		{"live", live, hour, 5 * minute, 5 * minute, 0},
		{"two early", with(p, p), hour, 5 * minute, 5 * minute, 0},
		{"three early", with(p, p, p), hour, 5 * minute, 10 * minute, 0},
		{"deliveries without news", with(repeat(9, step{hour, push(0, 20)})...), hour, 5 * minute, 5 * minute, 0},
		{"six early", with(early(6)...), hour, 5 * minute, 15 * minute, 0},
		{"a hundred early", with(early(100)...), hour, 5 * minute, hour, 0},
		{"a hundred early, polled every second", with(early(100)...), hour, time.Second, 12 * time.Second, 0},
		{"a hundred early, polled every 40 minutes", with(early(100)...), hour, 40 * minute, hour, 0},
		{"a hundred early, polled every 6 hours", with(early(100)...), hour, 6 * hour, 6 * hour, 0},
		{"polls without news", with(append(early(3), step{2 * hour, poll(0)})...), 2 * hour, 5 * minute, 10 * minute, 0},
		{"a poll was first", with(append(early(3), step{2 * hour, poll(1)})...), 2 * hour, 5 * minute, 5 * minute, 0},
		{"a poll was first, the hub a minute later", with(append(early(3), step{2 * hour, poll(1)}, step{2*hour + minute, push(0, 1)})...), 3 * hour, 5 * minute, 10 * minute, 0},
		{"a poll found two, the hub brought one", with(append(early(3), step{2 * hour, poll(2)}, step{2*hour + minute, push(0, 1)})...), 2*hour + minute, 5 * minute, 5 * minute, 0},
		{"a poll found two, the hub brought them one by one", with(append(early(3), step{2 * hour, poll(2)}, step{2*hour + minute, push(0, 1)}, step{2*hour + minute, push(0, 1)})...), 3 * hour, 5 * minute, 10 * minute, 0},
		{"a poll was first, the hub brought other things", with(append(early(3), step{2 * hour, poll(1)}, step{2*hour + minute, push(1, 0)}, step{2*hour + 2*minute, poll(0)})...), 3 * hour, 5 * minute, 5 * minute, 1},
		{"a poll was first, the hub three minutes later", with(append(early(3), step{2 * hour, poll(1)}, step{2*hour + 3*minute, push(0, 1)})...), 3 * hour, 5 * minute, 5 * minute, 1},
		{"two polls found one each, the hub brought one", with(append(early(3), step{2 * hour, poll(1)}, step{2*hour + minute, poll(1)}, step{2*hour + minute, push(0, 1)})...), 2*hour + minute, 5 * minute, 5 * minute, 0},
		{"grace counts from the first of two polls", with(append(early(3), step{2 * hour, poll(1)}, step{2*hour + minute, poll(1)}, step{2*hour + 2*minute, push(0, 2)})...), 3 * hour, 5 * minute, 5 * minute, 1},
		{"trust was lost, three early", with(append(early(30), step{2 * hour, poll(1)}, step{3 * hour, poll(0)}, step{3 * hour, push(1, 0)}, step{3 * hour, push(1, 0)}, step{3 * hour, push(1, 0)})...), 3 * hour, 5 * minute, 10 * minute, 1},
		{"the hub fell silent", with(append(early(30), step{2 * hour, poll(1)}, step{3 * hour, poll(1)}, step{4 * hour, poll(1)}, step{5 * hour, poll(0)})...), 5 * hour, 5 * minute, 5 * minute, 3},
		{"the first poll finds what is older than the lease", append(live[:3:3], append(early(3), step{2 * hour, poll(9)}, step{3 * hour, poll(0)})...), 3 * hour, 5 * minute, 10 * minute, 0},
		{"polls before the hub confirmed", []step{live[0], {0, poll(9)}, {0, ask}, {hour, poll(9)}, {2 * hour, verify(day)}, {3 * hour, poll(9)}, {4 * hour, poll(0)}}, 4 * hour, 5 * minute, 5 * minute, 0},
		{"the lease ended", with(early(100)...), 10 * day, 5 * minute, 5 * minute, 0},
		{"the lease ended, and another began", with(append(early(3), step{11 * day, verify(day)}, step{11 * day, poll(9)}, step{11*day + hour, poll(0)})...), 11*day + hour, 5 * minute, 10 * minute, 0},
		{"renewed in time", with(append(early(3), step{9 * day, verify(10 * day)}, step{9*day + minute, poll(1)}, step{9*day + hour, poll(0)})...), 10 * day, 5 * minute, 5 * minute, 1},
		{"denied", with(append(early(100), step{2 * hour, deny})...), 2 * hour, 5 * minute, 5 * minute, 0},
		{"no hub any more", with(append(early(100), step{2 * hour, learn("", "")})...), 2 * hour, 5 * minute, 5 * minute, 0},
	} {
		l := after(t, tt.steps...)
		now := monday.Add(tt.at)
		if got := l.Every(now, tt.every); got != tt.want || l.Missed != tt.missed {
			t.Errorf("%s: every %v, missed %d, want %v and %d: %+v", tt.name, got, l.Missed, tt.want, tt.missed, *l)
		}
		if l.Early > maxSlow*proof {
			t.Errorf("%s: %d early deliveries are counted, want at most %d", tt.name, l.Early, maxSlow*proof)
		}
		if slower := l.Every(now, minute) > minute; slower != l.Proven(now) {
			t.Errorf("%s: slower %v, proven %v", tt.name, slower, l.Proven(now))
		}
	}
}

func TestLeaseIsStoredSmall(t *testing.T) {
	if data, err := json.Marshal(Lease{}); err != nil || string(data) != "{}" {
		t.Errorf("the zero lease is stored as %s (%v), want {}", data, err)
	}
	l := after(t, step{1, learn(testHub, testTopic)}, step{1, ask}, step{1, verify(day)}, step{1, poll(1)}, step{1, push(1, 0)}, step{1, poll(1)})
	data, err := json.Marshal(l)
	if err != nil || len(data) > 400 || strings.Contains(string(data), testCallback) {
		t.Errorf("%d bytes (%v), want at most 400 and no callback address: %s", len(data), err, data)
	}
}

func ExampleLease() {
	now := time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
	callback := "https://news.example/websub/daily/…" // Subscriber.Callback

	var l Lease
	l.Learn("https://hub.example/", "https://daily.example/feed") // from the feed, in the first poll
	if l.Due(now, callback) {                                     // in the second
		l.Ask(now, callback) // … and Subscriber.Subscribe
	}
	l.Verify(now, now.Add(10*24*time.Hour)) // Feeds.Verified
	l.Poll(now, 0)
	fmt.Println(l.Every(now, 5*time.Minute))
	for range 3 {
		l.Push(now, 1, 0) // Feeds.Delivered
	}
	fmt.Println(l.Every(now, 5*time.Minute))
	l.Poll(now, 1) // a poll finds what the hub did not bring
	fmt.Println(l.Every(now, 5*time.Minute))
	// Output:
	// 5m0s
	// 10m0s
	// 5m0s
}
