package queue

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	hostsBucket = "HOSTS"
	// hostsAge is how long a host's next free turn is remembered after it was
	// written. It is longer than the slowest pace, which is an hour; of turns
	// promised further ahead than that, the last may be given out once more.
	hostsAge = 2 * time.Hour
	// maxReserveTries bounds how often a turn is asked for that others took.
	maxReserveTries = 50
	// maxReservePause is the longest pause between two of these tries.
	maxReservePause = 50 * time.Millisecond
)

// hosts is the bucket with the next free turn of each host: the generic cell
// rate algorithm without a burst, in the memory of the server.
type hosts struct {
	js       jetstream.JetStream
	replicas int
	// lanes let the goroutines of one process ask for a host one after the
	// other, so that only those of different processes get into each other's
	// way. Whoever holds the token of a lane may go.
	lanes [64]chan struct{}

	mu sync.Mutex
	kv jetstream.KeyValue
}

// openHosts makes the bucket where it is missing.
func openHosts(ctx context.Context, js jetstream.JetStream, replicas int) (*hosts, error) {
	h := &hosts{js: js, replicas: replicas}
	for i := range h.lanes {
		h.lanes[i] = make(chan struct{}, 1)
	}
	return h, h.make(ctx)
}

// make makes the bucket: at the start, and after the server was started again
// and has forgotten what it had in memory.
func (h *hosts) make(ctx context.Context) error {
	kv, err := ensureBucket(ctx, h.js, jetstream.KeyValueConfig{
		Bucket: hostsBucket, Description: "when each host may be asked next",
		Storage: jetstream.MemoryStorage, Replicas: h.replicas, History: 1, TTL: hostsAge, MaxValueSize: 256,
	})
	if err != nil {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.kv = kv
	return nil
}

// bucket returns the bucket.
func (h *hosts) bucket() jetstream.KeyValue {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.kv
}

// Reserve takes the first free turn of host at or after from and frees the
// next one every later, for all workers on the same server together; with an
// every of zero it frees the same one again. It fails when ctx is done, when
// the server is away for 10 s, and when others were quicker 50 times in a row;
// a turn may be lost then, but none is given out twice. It needs a queue of
// [Open].
func (q *Queue) Reserve(ctx context.Context, host string, from time.Time, every time.Duration) (time.Time, error) {
	if q.hosts == nil {
		return time.Time{}, errors.New("this queue only looks: it has no turns of hosts")
	}
	turn, err := q.hosts.reserve(ctx, host, from, every)
	if err != nil {
		return time.Time{}, fmt.Errorf("turn of host %.100q: %w", host, err)
	}
	return turn, nil
}

func (h *hosts) reserve(ctx context.Context, host string, from time.Time, every time.Duration) (time.Time, error) {
	sum := sha256.Sum256([]byte(host))
	key := hex.EncodeToString(sum[:16])
	lane := h.lanes[int(sum[0])%len(h.lanes)]
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	select {
	case lane <- struct{}{}:
		defer func() { <-lane }()
	case <-ctx.Done():
		return time.Time{}, ctx.Err()
	}
	var err error
	for try := range maxReserveTries {
		var turn time.Time
		turn, err = h.try(ctx, key, from, every)
		switch {
		case err == nil:
			return turn, nil
		case lost(err):
			err = cmp.Or(h.make(ctx), err)
		case !errors.Is(err, errTaken):
			return time.Time{}, err
		}
		pause(ctx, rand.N(min(time.Millisecond<<min(try, 10), maxReservePause)))
		if ctx.Err() != nil {
			break
		}
	}
	return time.Time{}, err
}

// errTaken says that another worker took the turn.
var errTaken = errors.New("taken by others each time")

// try tries once to take the turn under key.
func (h *hosts) try(ctx context.Context, key string, from time.Time, every time.Duration) (time.Time, error) {
	kv := h.bucket()
	entry, err := kv.Get(ctx, key)
	known := err == nil
	if err != nil && !errors.Is(err, jetstream.ErrKeyNotFound) {
		return time.Time{}, err
	}
	turn := from
	if known {
		if n, err := strconv.ParseInt(string(entry.Value()), 10, 64); err == nil && time.Unix(0, n).After(from) {
			turn = time.Unix(0, n)
		}
	}
	if every <= 0 {
		return turn, nil // frees what was free
	}
	next := strconv.AppendInt(nil, turn.Add(every).UnixNano(), 10)
	if known {
		_, err = kv.Update(ctx, key, next, entry.Revision())
	} else {
		_, err = kv.Create(ctx, key, next)
	}
	if wrongLastSequence(err) || errors.Is(err, jetstream.ErrKeyExists) {
		return time.Time{}, errTaken
	}
	return turn, err
}

// lost reports whether err is that of a bucket that is not there.
func lost(err error) bool {
	return errors.Is(err, jetstream.ErrBucketNotFound) || errors.Is(err, jetstream.ErrStreamNotFound) ||
		errors.Is(err, jetstream.ErrNoStreamResponse) || errors.Is(err, nats.ErrNoResponders)
}
