package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"sync"
)

// maxLine bounds one line of batch input, in bytes.
const maxLine = 64 << 20

// A failed is the output line of an item that could not be processed.
type failed struct {
	ID    string `json:"id"`
	Error string `json:"error"`
}

// batch reads one JSON object a line and writes what f makes of each, one a
// line, in the same order, working on all cores. An item that fails, or is
// not JSON, yields a line with "id" and "error"; the rest goes on.
func batch(ctx context.Context, s *streams, f func(item []byte) (any, error)) error {
	type slot chan []byte
	// As many lines are in memory as there are slots: those being worked on,
	// and a few that wait for a slow one before them.
	order := make(chan slot, 4*runtime.GOMAXPROCS(0))
	work := make(chan func())
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for do := range work {
				do()
			}
		})
	}
	readErr := make(chan error, 1)
	go func() {
		defer close(order)
		defer close(work)
		sc := bufio.NewScanner(s.in)
		sc.Buffer(make([]byte, 64<<10), maxLine)
		for sc.Scan() {
			if len(bytes.TrimSpace(sc.Bytes())) == 0 {
				continue
			}
			item, done := bytes.Clone(sc.Bytes()), make(slot, 1)
			select {
			case order <- done:
			case <-ctx.Done():
				readErr <- ctx.Err()
				return
			}
			work <- func() { done <- answer(item, f) }
		}
		readErr <- sc.Err()
	}()
	out := bufio.NewWriter(s.out)
	var writeErr error
	for done := range order {
		line := <-done
		if writeErr == nil {
			if _, writeErr = out.Write(line); len(order) == 0 && writeErr == nil {
				writeErr = out.Flush() // nobody waits for lines that are ready
			}
		}
	}
	wg.Wait()
	err := errors.Join(<-readErr, writeErr, out.Flush())
	if errors.Is(err, bufio.ErrTooLong) {
		return fmt.Errorf("a line is longer than %d bytes", maxLine)
	}
	return err
}

// answer is the output line of one item, a panic included: a bug that one
// item finds must not end the others.
func answer(item []byte, f func([]byte) (any, error)) (line []byte) {
	var id struct {
		ID string `json:"id"`
	}
	fail := func(err any) []byte {
		line, _ := json.Marshal(failed{id.ID, fmt.Sprint(err)})
		return append(line, '\n')
	}
	defer func() {
		if p := recover(); p != nil {
			line = fail(fmt.Errorf("panic: %v", p))
		}
	}()
	if err := json.Unmarshal(item, &id); err != nil {
		return fail(fmt.Errorf("not an object with an id: %w", err))
	}
	v, err := f(item)
	if err != nil {
		return fail(err)
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return fail(err)
	}
	return buf.Bytes()
}

// writeJSON prints one value for people, indented.
func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
