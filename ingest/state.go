package ingest

import (
	"cmp"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"strings"
	"time"

	"conflictwire/ingest/rhythm"
	"conflictwire/ingest/websub"
)

// A state is what is remembered of a feed from poll to poll. It travels in
// the feed's schedule.
type state struct {
	URL          string        `json:"url"`
	ETag         string        `json:"etag,omitempty"`
	LastModified string        `json:"lastModified,omitempty"`
	Body         uint64        `json:"body,omitempty"`     // FNV-1a of the last document
	Full         time.Time     `json:"full,omitzero"`      // the last answer with a body
	OK           time.Time     `json:"ok,omitzero"`        // the last poll that worked
	Failures     int           `json:"failures,omitempty"` // in a row
	Failing      time.Time     `json:"failing,omitzero"`   // since when
	Gone         int           `json:"gone,omitempty"`     // answers of 410 in a row
	Error        string        `json:"error,omitempty"`    // of the last poll
	Cause        string        `json:"cause,omitempty"`    // the same in a word: "dns", "http"; see [fetch.Error]
	Slot         time.Time     `json:"slot,omitzero"`      // the host's turn promised for the next poll
	Home         string        `json:"home,omitempty"`     // where it has moved for good; empty: URL
	Left         string        `json:"left,omitempty"`     // the Home given up last, tried again when URL fails too
	Visited      time.Time     `json:"visited,omitzero"`   // when URL was last tried while the feed is asked at Home
	Moved        *move         `json:"moved,omitempty"`
	Hints        *hints        `json:"hints,omitempty"` // of the last document
	Rhythm       rhythm.Rhythm `json:"rhythm,omitzero"`
	Begun        time.Time     `json:"begun,omitzero"`  // the first poll that worked
	News         time.Time     `json:"news,omitzero"`   // the last poll that found something new
	Silent       time.Time     `json:"silent,omitzero"` // since when the silence is an alarm
	Gap          *gap          `json:"gap,omitempty"`
	Lease        websub.Lease  `json:"lease,omitzero"`
	Polls        []Attempt     `json:"polls,omitempty"`  // the last ones, newest last
	Why          string        `json:"why,omitempty"`    // the next poll is when it is
	Window       window        `json:"window,omitempty"` // entries of the last document, in its order
}

// A move is a permanent redirect of the feed that is not believed yet.
type move struct {
	To    string    `json:"to"`
	Since time.Time `json:"since"` // when it was first seen
	Polls int       `json:"polls"` // that it was seen at, in a row
}

// hints are what the last document said of how often to ask.
type hints struct {
	TTL       time.Duration  `json:"ttl,omitempty"`
	Update    time.Duration  `json:"update,omitempty"`
	SkipHours []int          `json:"skipHours,omitempty"`
	SkipDays  []time.Weekday `json:"skipDays,omitempty"`
}

// A gap is a poll that shared no entry with the one before.
type gap struct {
	Count  int       `json:"count"`           // so far
	Row    int       `json:"row,omitempty"`   // one poll after the other, now
	At     time.Time `json:"at"`              // the last
	Since  time.Time `json:"since,omitzero"`  // the poll before the first gap that waits for healPause
	Healed time.Time `json:"healed,omitzero"` // when healing was last begun
	From   time.Time `json:"from,omitzero"`   // the poll before it; zero once it is healed or given up
	Tries  int       `json:"tries,omitempty"` // at healing it
	Link   string    `json:"link,omitempty"`  // where the feed's archive goes on
}

// An Attempt is one poll, as people are told of it.
type Attempt struct {
	At      time.Time     `json:"at"`
	Via     string        `json:"via,omitempty"` // "push", "archive", "sitemap"; empty for a poll of the feed
	Status  int           `json:"status,omitempty"`
	Took    time.Duration `json:"took,omitempty"`
	Bytes   int           `json:"bytes,omitempty"`
	New     int           `json:"new,omitempty"`
	Changed int           `json:"changed,omitempty"`
	Error   string        `json:"error,omitempty"`
}

const maxAttempts = 12 // that a state keeps

// note keeps an attempt.
func (st *state) note(a Attempt) {
	a.At, a.Took, a.Error = a.At.Truncate(time.Second), a.Took.Truncate(time.Millisecond), clip(a.Error, 200)
	st.Polls = append(st.Polls, a)
	if n := len(st.Polls) - maxAttempts; n > 0 {
		st.Polls = append(st.Polls[:0], st.Polls[n:]...)
	}
}

// address is where the feed is asked.
func (st *state) address() string {
	return cmp.Or(st.Home, st.URL)
}

// decodeState reads a stored state. One that does not decode, or belongs to
// another address, is as good as none: the worst that follows is that entries
// are offered again, and found to be known.
func decodeState(data []byte, link string) state {
	var st state
	if len(data) == 0 || json.Unmarshal(data, &st) != nil || st.URL != link {
		return state{URL: link}
	}
	return st
}

// A seen is an entry of the last poll.
type seen struct {
	Key     string    // UUID
	Hash    uint64    // of its words
	ID      uint64    // of the publisher's own id; 0 when that is not to be relied on
	First   time.Time // when the feed first showed it, to the second
	Site    uint32    // digest of the site of its link
	Updated uint32    // when the publisher last changed it, Unix time; 0 when that is not to be relied on
}

// seenSize is the stored size of one, in bytes.
const seenSize = 16 + 8 + 8 + 4 + 4 + 4

// A window is the entries that a feed showed. It is stored as base64 of
// fixed-size binary: the state is written at every poll.
type window []seen

// MarshalText implements [encoding.TextMarshaler].
func (l window) MarshalText() ([]byte, error) {
	buf := make([]byte, 0, len(l)*seenSize)
	for _, s := range l {
		key, err := hex.DecodeString(strings.ReplaceAll(s.Key, "-", ""))
		if err != nil || len(key) != 16 {
			return nil, fmt.Errorf("entry key %q is not a UUID", s.Key)
		}
		buf = append(buf, key...)
		buf = binary.BigEndian.AppendUint64(buf, s.Hash)
		buf = binary.BigEndian.AppendUint64(buf, s.ID)
		buf = binary.BigEndian.AppendUint32(buf, uint32(s.First.Unix()))
		buf = binary.BigEndian.AppendUint32(buf, s.Updated)
		buf = binary.BigEndian.AppendUint32(buf, s.Site)
	}
	return base64.RawStdEncoding.AppendEncode(nil, buf), nil
}

// UnmarshalText implements [encoding.TextUnmarshaler].
func (l *window) UnmarshalText(text []byte) error {
	buf, err := base64.RawStdEncoding.AppendDecode(nil, text)
	if err != nil {
		return err
	}
	if len(buf)%seenSize != 0 {
		return fmt.Errorf("list of %d bytes is not of whole entries", len(buf))
	}
	*l = make(window, 0, len(buf)/seenSize)
	for ; len(buf) > 0; buf = buf[seenSize:] {
		*l = append(*l, seen{
			Key:     uuid(buf[:16]),
			Hash:    binary.BigEndian.Uint64(buf[16:]),
			ID:      binary.BigEndian.Uint64(buf[24:]),
			First:   time.Unix(int64(binary.BigEndian.Uint32(buf[32:])), 0).UTC(),
			Updated: binary.BigEndian.Uint32(buf[36:]),
			Site:    binary.BigEndian.Uint32(buf[40:]),
		})
	}
	return nil
}

// digestOf is FNV-1a over texts.
func digestOf(texts ...string) uint64 {
	h := fnv.New64a()
	for _, s := range texts {
		h.Write([]byte(s))
		h.Write([]byte{0})
	}
	return h.Sum64()
}
