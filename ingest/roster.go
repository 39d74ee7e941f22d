package ingest

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sync"

	"conflictwire/ingest/queue"
)

// A Roster is the list of feeds: those of the configuration, and those that
// were added, paused or taken out while the pipeline ran, which every worker
// learns of through the server. Its methods may be called concurrently.
type Roster struct {
	mu         sync.RWMutex
	configured map[string]Feed
	added      map[string]Feed
	paused     map[string]string // id → why
}

// NewRoster returns a roster of the feeds of a configuration.
func NewRoster(configured []Feed) *Roster {
	r := &Roster{configured: map[string]Feed{}, added: map[string]Feed{}, paused: map[string]string{}}
	for _, f := range configured {
		r.configured[f.ID] = f
	}
	return r
}

// Get returns a feed. The configuration's definition goes before one that was
// added.
func (r *Roster) Get(id string) (Feed, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	f, ok := r.configured[id]
	if !ok {
		f, ok = r.added[id]
	}
	return f, ok
}

// Paused says why a feed is not asked; ok is false when it is.
func (r *Roster) Paused(id string) (why string, ok bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	why, ok = r.paused[id]
	return why, ok
}

// IDs lists all feeds, paused ones too, in order.
func (r *Roster) IDs() []string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	all := maps.Clone(r.added)
	maps.Copy(all, r.configured)
	return slices.Sorted(maps.Keys(all))
}

// Learn takes over what the server keeps of a feed; nil when it keeps nothing
// (any more). It reports whether the list of feeds changed. The error is of a
// definition that is not usable, which is then left out.
func (r *Roster) Learn(id string, s *queue.Source) (changed bool, err error) {
	var f Feed
	has := false
	if s != nil && len(s.Feed) > 0 {
		if f, err = DecodeFeed(id, s.Feed); err != nil {
			return false, err
		}
		has = true
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	_, had := r.added[id]
	if has {
		r.added[id] = f
	} else {
		delete(r.added, id)
	}
	if s != nil && s.Paused {
		r.paused[id] = s.Note
	} else {
		delete(r.paused, id)
	}
	return had != has, nil
}

// DecodeFeed reads a feed as [queue.Source] keeps it, and checks it.
func DecodeFeed(id string, data []byte) (Feed, error) {
	var f Feed
	if err := json.Unmarshal(data, &f); err != nil {
		return f, fmt.Errorf("feed %s as stored on the server: %w", id, err)
	}
	f.ID = id
	if err := f.Validate(); err != nil {
		return f, fmt.Errorf("feed %s as stored on the server: %w", id, err)
	}
	return f, nil
}
