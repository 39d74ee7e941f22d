package queue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	sourcesBucket = "SOURCES"
	// maxSource bounds one source, encoded, in bytes.
	maxSource = 64 << 10
	// maxChangeTries bounds how often a change is repeated that met another.
	maxChangeTries = 50
)

// A Source is what was changed about a feed while the program runs.
type Source struct {
	Feed   json.RawMessage `json:"feed,omitempty"` // the feed's definition; empty when it is the configuration's
	Paused bool            `json:"paused,omitempty"`
	Note   string          `json:"note,omitempty"` // for people: why it is paused
	At     time.Time       `json:"at"`             // of the last change
}

// sourcesConfig is the bucket of the sources.
func sourcesConfig(storage jetstream.StorageType, replicas int) jetstream.KeyValueConfig {
	return jetstream.KeyValueConfig{
		Bucket: sourcesBucket, Description: "feeds added and changed while the program runs",
		Storage: storage, Replicas: replicas, History: 1, MaxValueSize: maxSource + 1024, // room for headers
	}
}

// Sources returns all sources by the id of their feed. Those that do not
// decode are logged and left out.
func (q *Queue) Sources(ctx context.Context) (map[string]Source, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	w, err := q.sources.WatchAll(ctx, jetstream.IgnoreDeletes())
	if err != nil {
		return nil, fmt.Errorf("sources: %w", err)
	}
	defer w.Stop()
	all := map[string]Source{}
	for {
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("sources: %w", ctx.Err())
		case <-time.After(storeTimeout):
			return nil, errors.New("sources: the server does not answer")
		case e, ok := <-w.Updates():
			if !ok {
				return nil, errors.New("sources: connection closed")
			}
			if e == nil {
				return all, nil
			}
			s, err := decodeSource(e)
			if err != nil {
				q.log.Error("source left out", "feed", e.Key(), "err", err)
				continue
			}
			all[e.Key()] = s
		}
	}
}

// Source returns the source of a feed, and false when there is none.
func (q *Queue) Source(ctx context.Context, id string) (Source, bool, error) {
	if err := checkToken("feed", id); err != nil {
		return Source{}, false, err
	}
	e, err := q.sources.Get(ctx, id)
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return Source{}, false, nil
	}
	if err != nil {
		return Source{}, false, fmt.Errorf("source %s: %w", id, err)
	}
	s, err := decodeSource(e)
	return s, err == nil, err
}

// ChangeSource stores what f makes of the source of a feed; f gets the zero
// Source when there is none. Should somebody else change it meanwhile, f is
// called again with the new one. An error of f changes nothing and is
// returned as it is. A source is at most 64 KiB in JSON; its time becomes now.
func (q *Queue) ChangeSource(ctx context.Context, id string, f func(*Source) error) error {
	if err := checkToken("feed", id); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	for range maxChangeTries {
		var s Source
		e, err := q.sources.Get(ctx, id)
		known := err == nil
		if known {
			s, err = decodeSource(e)
		} else if errors.Is(err, jetstream.ErrKeyNotFound) {
			err = nil
		}
		if err != nil {
			return fmt.Errorf("source %s: %w", id, err)
		}
		if err := f(&s); err != nil {
			return err
		}
		data, err := encodeSource(id, s)
		if err != nil {
			return err
		}
		if known {
			_, err = q.sources.Update(ctx, id, data, e.Revision())
		} else {
			_, err = q.sources.Create(ctx, id, data)
		}
		switch {
		case err == nil:
			return nil
		case !wrongLastSequence(err) && !errors.Is(err, jetstream.ErrKeyExists):
			return fmt.Errorf("store source %s: %w", id, err)
		}
		pause(ctx, rand.N(20*time.Millisecond))
	}
	return fmt.Errorf("store source %s: others changed it %d times meanwhile: try again", id, maxChangeTries)
}

// RemoveSource removes the source of a feed, if there is one.
func (q *Queue) RemoveSource(ctx context.Context, id string) error {
	if err := checkToken("feed", id); err != nil {
		return err
	}
	if _, err := q.sources.Get(ctx, id); errors.Is(err, jetstream.ErrKeyNotFound) {
		return nil
	}
	if err := q.sources.Purge(ctx, id); err != nil {
		return fmt.Errorf("remove source %s: %w", id, err)
	}
	return nil
}

// WatchSources calls f with each source there is, then with each change,
// until ctx is done, and returns nil then; nil for a source means that it was
// removed. f may see the same source more than once and is never called
// concurrently. A server that is away is waited for, and what happened
// meanwhile is caught up with. Sources that do not decode are logged and left
// out.
func (q *Queue) WatchSources(ctx context.Context, f func(id string, s *Source)) error {
	known := map[string]bool{}
	for ctx.Err() == nil {
		if err := q.watchSources(ctx, known, f); err != nil && ctx.Err() == nil {
			q.log.Warn("sources not followed; trying again", "err", err)
		}
		pause(ctx, time.Second)
	}
	return nil
}

// watchSources is WatchSources until the watch breaks off. known are the
// sources that f was told of.
func (q *Queue) watchSources(ctx context.Context, known map[string]bool, f func(id string, s *Source)) error {
	w, err := q.sources.WatchAll(ctx)
	if err != nil {
		return err
	}
	defer w.Stop()
	// The client itself finds out some 20 s after a reconnection that the
	// server has forgotten its watch.
	back := q.js.Conn().StatusChanged(nats.CONNECTED)
	defer q.js.Conn().RemoveStatusListener(back)
	remove := func(id string) {
		if known[id] {
			delete(known, id)
			f(id, nil)
		}
	}
	seen := map[string]bool{} // until all that is present has come
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-back:
			return errors.New("connection was lost")
		case e, ok := <-w.Updates():
			switch {
			case !ok:
				return errors.New("watch closed")
			case e == nil:
				for id := range known {
					if !seen[id] {
						remove(id)
					}
				}
				seen = nil
			case e.Operation() != jetstream.KeyValuePut:
				remove(e.Key())
			default:
				s, err := decodeSource(e)
				if err != nil {
					q.log.Warn("source left out", "feed", e.Key(), "err", err)
					continue
				}
				known[e.Key()] = true
				if seen != nil {
					seen[e.Key()] = true
				}
				f(e.Key(), &s)
			}
		}
	}
}

func encodeSource(id string, s Source) ([]byte, error) {
	s.At = time.Now().UTC()
	data, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("encode source %s: %w", id, err)
	}
	if len(data) > maxSource {
		return nil, fmt.Errorf("source %s: %d bytes, at most %d", id, len(data), maxSource)
	}
	return data, nil
}

func decodeSource(e jetstream.KeyValueEntry) (Source, error) {
	var s Source
	if err := json.Unmarshal(e.Value(), &s); err != nil {
		return Source{}, fmt.Errorf("source %s does not decode: %w: remove it and add it again", e.Key(), err)
	}
	return s, nil
}
