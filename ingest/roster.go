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
	unusable   map[string]bool   // added, but with a definition that this worker cannot use
}

// NewRoster returns a roster of the feeds of a configuration.
func NewRoster(configured []Feed) *Roster {
	r := &Roster{configured: map[string]Feed{}, added: map[string]Feed{}, paused: map[string]string{}, unusable: map[string]bool{}}
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

// Unusable reports whether a feed was added with a definition that this
// worker cannot use. Another may: it must not be retired.
func (r *Roster) Unusable(id string) bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.unusable[id]
}

// IDs lists all feeds, paused and unusable ones too, in order.
func (r *Roster) IDs() []string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	all := maps.Clone(r.added)
	maps.Copy(all, r.configured)
	for id := range r.unusable {
		all[id] = Feed{}
	}
	return slices.Sorted(maps.Keys(all))
}

// Learn takes over what the server keeps of a feed; nil when it keeps nothing
// (any more). It reports whether the list of feeds changed. The error is of a
// definition that is not usable; the feed stays in the list and is not asked.
func (r *Roster) Learn(id string, s *queue.Source) (changed bool, err error) {
	var f Feed
	has := s != nil && len(s.Feed) > 0
	if has {
		f, err = DecodeFeed(id, s.Feed)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	_, had := r.added[id]
	had = had || r.unusable[id]
	delete(r.added, id)
	delete(r.unusable, id)
	switch {
	case has && err != nil:
		r.unusable[id] = true
	case has:
		r.added[id] = f
	}
	if s != nil && s.Paused {
		r.paused[id] = s.Note
	} else {
		delete(r.paused, id)
	}
	return had != has, err
}

// DecodeFeed reads a feed as [queue.Source] keeps it, and checks it. Headers
// and auth are refused: whoever can write to the server must not learn what is
// in the environment here.
func DecodeFeed(id string, data []byte) (Feed, error) {
	var f Feed
	if err := json.Unmarshal(data, &f); err != nil {
		return f, fmt.Errorf("feed %s as stored on the server: %w", id, err)
	}
	f.ID = id
	if len(f.Headers) > 0 || f.Auth != "" {
		return f, fmt.Errorf("feed %s as stored on the server: headers and auth are taken from the configuration file only", id)
	}
	if err := f.Validate(); err != nil {
		return f, fmt.Errorf("feed %s as stored on the server: %w", id, err)
	}
	return f, nil
}
