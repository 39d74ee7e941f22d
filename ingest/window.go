package ingest

import (
	"strings"
	"time"

	"conflictwire/ingest/feed"
)

// A match is an entry of a document beside what the last poll knew of it.
type match struct {
	Entry
	seen         // what to remember of it
	known   bool // the last poll showed it
	changed bool // and its text differs since
}

// compare pairs the entries of a document with those of the poll before, and
// tells which are new and which changed. Entries are told apart by their
// links; but publishers also
//
//   - give an entry a new link under the old id, when a headline and so the
//     slug was edited;
//   - put a token into each link that differs at every request;
//   - list one link twice, or one id twice;
//   - date all entries at the moment of the request.
//
// An entry whose link is new keeps the key of an entry that has left when the
// publisher's id is the same and can be relied on, or when every word is the
// same, and both lie on one site: a feed must not get hold of another's entry. overlap reports whether anything was shown before.
func compare(f Feed, doc *feed.Feed, before window, now time.Time) (list []match, overlap bool) {
	present, ids := map[string]bool{}, map[uint64]int{}
	clock := stampsAll(doc)
	for _, fe := range doc.Entries {
		e := entryOf(f, fe)
		if e.Language == "" {
			e.Language = clip(doc.Language, 64)
		}
		if present[e.Key] {
			continue
		}
		present[e.Key] = true
		s := seen{Key: e.Key, Hash: hash(e), ID: durable(e), Site: uint32(digestOf(site(e.Link))), First: now}
		if !clock && !e.Updated.IsZero() {
			s.Updated = uint32(e.Updated.Unix())
		}
		ids[s.ID]++
		list = append(list, match{Entry: e, seen: s})
	}
	byKey, byID, byHash := index(before)
	taken := map[string]bool{}
	for i := range list {
		m := &list[i]
		old, ok := byKey[m.seen.Key]
		first := old.First
		if !ok && m.seen.ID != 0 && ids[m.seen.ID] == 1 {
			old, ok = byID[m.seen.ID]
			ok = ok && old.Key != "" && !present[old.Key] && old.Site == m.seen.Site
			if first = old.First; ok && m.Published.After(old.First) {
				first = now // dated anew: it may be another story under an id that is used again
			}
		}
		if !ok && telling(m.Entry) {
			old, ok = byHash[m.seen.Hash]
			first = old.First
			ok = ok && old.Key != "" && !present[old.Key] && old.Site == m.seen.Site
		}
		if !ok || taken[old.Key] {
			continue
		}
		taken[old.Key] = true
		m.known, m.changed = true, old.Hash != m.seen.Hash || old.Updated != 0 && m.seen.Updated != 0 && old.Updated != m.seen.Updated
		m.seen.Key, m.seen.First = old.Key, first
		m.Entry.Key = old.Key
		overlap = true
	}
	return list, overlap
}

// index finds entries by key, by id and by text; those that two share are
// there without a key.
func index(before window) (byKey map[string]seen, byID, byHash map[uint64]seen) {
	byKey, byID, byHash = make(map[string]seen, len(before)), make(map[uint64]seen, len(before)), make(map[uint64]seen, len(before))
	put := func(to map[uint64]seen, at uint64, s seen) {
		if _, twice := to[at]; twice {
			s = seen{}
		}
		to[at] = s
	}
	for _, s := range before {
		byKey[s.Key] = s
		put(byID, s.ID, s)
		put(byHash, s.Hash, s)
	}
	return byKey, byID, byHash
}

// stampsAll reports whether a document dates all its entries alike, within
// two minutes, so that their dates say when it was made and not when they
// changed.
func stampsAll(doc *feed.Feed) bool {
	if len(doc.Entries) < 3 {
		return false
	}
	for _, e := range doc.Entries {
		if d := e.Updated.Sub(doc.Entries[0].Updated); d.Abs() > 2*time.Minute {
			return false
		}
	}
	return true
}

// hash is a digest of the words of an entry. Links and ids are left out:
// publishers make them anew for every request.
func hash(e Entry) uint64 { return digestOf(e.Title, e.Summary, e.Content) }

// durable is a digest of the publisher's id of an entry, 0 when it cannot be
// relied on to name the same article tomorrow: it is short, like a position
// in a list, or it is the link, which has changed if we look here.
func durable(e Entry) uint64 {
	if len(e.ID) < 6 || e.Link != "" && Canonical(e.ID) == Canonical(e.Link) {
		return 0
	}
	return digestOf(e.ID)
}

// telling reports whether the words of an entry are enough to know it by.
func telling(e Entry) bool {
	return len(strings.Fields(e.Title)) >= 4 || len(e.Title) >= 30 || len(e.Summary)+len(e.Content) >= 80
}
