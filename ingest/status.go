package ingest

import (
	"encoding/json"
	"fmt"
	"time"
)

// A Status is what is known of a feed from its polls, for people.
type Status struct {
	URL      string        // as configured
	Asked    string        // where it is asked: URL, unless it has moved for good
	OK       time.Time     // the last poll that worked; zero when none has
	Failures int           // in a row
	Failing  time.Time     // since when; zero when it does not
	Error    string        // of the last poll
	Cause    string        // of the failure, or of the silence, in a word or two; empty when there is neither
	Silent   time.Time     // since when its silence is an alarm; zero when it is not
	Gaps     int           // polls that shared nothing with the one before
	LastGap  time.Time     // zero when there was none
	Healing  bool          // the stories of the last gap are still being looked for
	Hub      string        // that tells what is new; empty when there is none
	HubUntil time.Time     // until when it has promised to; zero when it has not
	Entries  int           // that the last document showed
	Redirect string        // a permanent redirect that is not believed yet
	Polls    []Attempt     // the last ones, newest last
	Why      string        // the next poll is when it is
	Limit    time.Duration // how long a silence is usual; zero when that is not known
}

// StatusOf reads the state that a feed's last poll left; nil before the first.
func StatusOf(stored []byte) (Status, error) {
	if len(stored) == 0 {
		return Status{}, nil
	}
	var st state
	if err := json.Unmarshal(stored, &st); err != nil {
		return Status{}, fmt.Errorf("state of a feed: %w", err)
	}
	s := Status{
		URL: st.URL, Asked: st.address(), OK: st.OK, Failures: st.Failures, Failing: st.Failing, Error: st.Error, Cause: st.Cause,
		Silent: st.Silent, Hub: st.Lease.Hub, HubUntil: st.Lease.Until, Entries: len(st.Window), Polls: st.Polls, Why: st.Why,
	}
	s.Limit, _ = st.Rhythm.Silence()
	if !st.Silent.IsZero() {
		s.Cause = st.silence()
	}
	if g := st.Gap; g != nil {
		s.Gaps, s.LastGap, s.Healing = g.Count, g.At, !g.From.IsZero()
	}
	if st.Moved != nil {
		s.Redirect = st.Moved.To
	}
	return s, nil
}
