package queue

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"conflictwire/deploy/natsd"

	"github.com/nats-io/nats.go/jetstream"
)

// another returns a second queue on the server of q, as another worker has.
func another(t *testing.T, s *natsd.Server) *Queue {
	t.Helper()
	nc, err := s.Connect("another", nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	q, err := Open(t.Context(), js, Config{AckWait: time.Second, Memory: true})
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func TestReserveKeepsTurnsApartForAllWorkers(t *testing.T) {
	s, err := natsd.Start(natsd.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	queues := []*Queue{another(t, s), another(t, s), another(t, s)}
	const each, every = 40, 3 * time.Second // turns of each host in each queue
	from := time.Now()
	var mu sync.Mutex
	turns := map[string][]time.Time{}
	var wg sync.WaitGroup
	begin := make(chan bool)
	for _, q := range queues {
		for g := range 2 * each {
			host := fmt.Sprintf("%d.example", g%2)
			wg.Go(func() {
				<-begin
				turn, err := q.Reserve(t.Context(), host, from, every)
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				turns[host] = append(turns[host], turn)
			})
		}
	}
	close(begin)
	wg.Wait()
	for host, at := range turns {
		slices.SortFunc(at, time.Time.Compare)
		// Nobody's turn is lost either: they follow each other without a gap.
		for i, turn := range at {
			if want := from.Add(time.Duration(i) * every); !turn.Equal(want) {
				t.Fatalf("turn no. %d of %s is %v after the first, want %v", i+1, host, turn.Sub(from), want.Sub(from))
			}
		}
		if want := len(queues) * each; len(at) != want {
			t.Errorf("%d turns of %s, want %d", len(at), host, want)
		}
	}
	// An hour later the host is free again, and a peek frees what it took.
	later := from.Add(time.Hour)
	for range 2 {
		if turn, err := queues[0].Reserve(t.Context(), "0.example", later, 0); !turn.Equal(later) || err != nil {
			t.Errorf("later turn = %v, %v, want %v", turn, err, later)
		}
	}
}

func TestReserveSurvivesTheLossOfItsBucket(t *testing.T) {
	q := open(t)
	now := time.Now()
	for range 2 {
		if turn, err := q.Reserve(t.Context(), "a.example", now, time.Minute); !turn.Equal(now) || err != nil {
			t.Fatalf("Reserve = %v, %v, want %v", turn, err, now)
		}
		if err := q.js.DeleteKeyValue(t.Context(), hostsBucket); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := q.Reserve(ctx, "a.example", now, time.Minute); err == nil {
		t.Error("Reserve with a context that is done succeeds")
	}
}
