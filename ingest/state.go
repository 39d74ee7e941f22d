package ingest

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"strings"
	"time"
)

// A state is what is remembered of a feed from poll to poll. It travels in
// the feed's schedule.
type state struct {
	URL          string    `json:"url"`
	ETag         string    `json:"etag,omitempty"`
	LastModified string    `json:"lastModified,omitempty"`
	Body         uint64    `json:"body,omitempty"`     // FNV-1a of the last document
	Full         time.Time `json:"full,omitzero"`      // the last answer with a body
	OK           time.Time `json:"ok,omitzero"`        // the last poll that worked
	Failures     int       `json:"failures,omitempty"` // in a row
	Error        string    `json:"error,omitempty"`    // of the last poll
	Slot         time.Time `json:"slot,omitzero"`      // the host's turn promised for the next poll
	Entries      seenList  `json:"entries,omitempty"`  // of the last document, in its order
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
	Key   string    // UUID
	Hash  uint64    // of what the feed said of it
	First time.Time // when the feed first showed it, to the second
}

// seenSize is the stored size of one, in bytes.
const seenSize = 16 + 8 + 4

// A seenList is stored as base64 of fixed-size binary: the state is written
// at every poll.
type seenList []seen

// MarshalText implements [encoding.TextMarshaler].
func (l seenList) MarshalText() ([]byte, error) {
	buf := make([]byte, 0, len(l)*seenSize)
	for _, s := range l {
		key, err := hex.DecodeString(strings.ReplaceAll(s.Key, "-", ""))
		if err != nil || len(key) != 16 {
			return nil, fmt.Errorf("entry key %q is not a UUID", s.Key)
		}
		buf = append(buf, key...)
		buf = binary.BigEndian.AppendUint64(buf, s.Hash)
		buf = binary.BigEndian.AppendUint32(buf, uint32(s.First.Unix()))
	}
	return base64.RawStdEncoding.AppendEncode(nil, buf), nil
}

// UnmarshalText implements [encoding.TextUnmarshaler].
func (l *seenList) UnmarshalText(text []byte) error {
	buf, err := base64.RawStdEncoding.AppendDecode(nil, text)
	if err != nil {
		return err
	}
	if len(buf)%seenSize != 0 {
		return fmt.Errorf("list of %d bytes is not of whole entries", len(buf))
	}
	*l = make(seenList, 0, len(buf)/seenSize)
	for ; len(buf) > 0; buf = buf[seenSize:] {
		*l = append(*l, seen{
			Key:   uuid(buf[:16]),
			Hash:  binary.BigEndian.Uint64(buf[16:]),
			First: time.Unix(int64(binary.BigEndian.Uint32(buf[24:])), 0).UTC(),
		})
	}
	return nil
}

// hash is a digest of what tells a reader that the entry changed. Links and
// ids are left out: publishers make them anew for every request.
func hash(e Entry) uint64 {
	h := fnv.New64a()
	for _, s := range []string{e.Title, e.Summary, e.Content, e.Updated.UTC().Format(time.RFC3339)} {
		h.Write([]byte(s))
		h.Write([]byte{0})
	}
	return h.Sum64()
}
