package queue

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// EnsureStream makes a stream, or brings its settings up to date. A new
// cluster takes a while until it can make streams, longer when several
// workers ask at once, so EnsureStream goes on trying for a minute.
func EnsureStream(ctx context.Context, js jetstream.JetStream, cfg jetstream.StreamConfig) (stream jetstream.Stream, err error) {
	err = ensure(ctx, func() (err error) {
		stream, err = js.CreateOrUpdateStream(ctx, cfg)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("stream %s: %w", cfg.Name, err)
	}
	return stream, nil
}

// ensureBucket is EnsureStream for a key-value bucket.
func ensureBucket(ctx context.Context, js jetstream.JetStream, cfg jetstream.KeyValueConfig) (kv jetstream.KeyValue, err error) {
	err = ensure(ctx, func() (err error) {
		kv, err = js.CreateOrUpdateKeyValue(ctx, cfg)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("bucket %s: %w", cfg.Bucket, err)
	}
	return kv, nil
}

// ensure repeats try for a minute while its error is one that passes.
func ensure(ctx context.Context, try func() error) error {
	for last := time.Now().Add(time.Minute); ; pause(ctx, time.Second) {
		err := try()
		if err == nil || !passes(err) || ctx.Err() != nil || time.Now().After(last) {
			return err
		}
	}
}

// passes reports whether err is that of a server that is not ready yet.
func passes(err error) bool {
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, nats.ErrNoResponders) || errors.Is(err, jetstream.ErrNoStreamResponse)
}

// Work hands the messages of a durable pull consumer to handle, n at once,
// until ctx is done, and returns when the last call has returned. While
// handle runs, the server is told that the message is being worked on; what
// it leaves without acknowledgement comes back after the consumer's AckWait.
// Work fails only when the consumer is not there; a server that is away is
// waited for.
func Work(ctx context.Context, stream jetstream.Stream, durable string, n int, log *slog.Logger, handle func(context.Context, jetstream.Msg)) error {
	cons, err := stream.Consumer(ctx, durable)
	if err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return fmt.Errorf("consumer %s: %w", durable, err)
	}
	alive := cons.CachedInfo().Config.AckWait / 4
	var wg sync.WaitGroup
	for range max(n, 1) {
		wg.Go(func() {
			for ctx.Err() == nil {
				msg, err := next(ctx, cons)
				switch {
				case err == nil:
					attend(ctx, msg, alive, handle)
				case ctx.Err() == nil && !quiet(err):
					log.Warn("queue not answering", "step", durable, "err", err)
					pause(ctx, time.Second)
				}
			}
		})
	}
	wg.Wait()
	return nil
}

// next waits for a message, at most half a minute.
func next(ctx context.Context, cons jetstream.Consumer) (jetstream.Msg, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	return cons.Next(jetstream.FetchContext(ctx))
}

// quiet reports whether err only says that there was nothing to do.
func quiet(err error) bool {
	return errors.Is(err, jetstream.ErrNoMessages) || errors.Is(err, nats.ErrTimeout) ||
		errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)
}

// attend runs handle on msg and tells the server every so often that it is
// still at it.
func attend(ctx context.Context, msg jetstream.Msg, every time.Duration, handle func(context.Context, jetstream.Msg)) {
	done := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
				// An error here means that the connection is away; then the
				// message comes back, which every handler is made for.
				_ = msg.InProgress()
			}
		}
	})
	handle(ctx, msg)
	close(done)
	wg.Wait()
}

// pause waits for d or until ctx is done.
func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

// safely calls f and turns a panic into an error: one page that finds a bug
// must not take the others with it.
func safely(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return f()
}
