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
	"strings"
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
// not JSON, yields a line with "id" and "error"; the rest goes on. Empty lines
// yield nothing.
//
// It ends with the input, when out takes no more, or when ctx is done. In the
// last two cases it does not wait for a read that is under way.
func batch(ctx context.Context, s *streams, f func(item []byte) (any, error)) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	// As many lines are in memory as there are slots: those being worked on,
	// and a few that wait for a slow one before them.
	order := make(chan chan []byte, 4*runtime.GOMAXPROCS(0))
	work := make(chan func())
	for range runtime.GOMAXPROCS(0) {
		go func() {
			for do := range work {
				do()
			}
		}()
	}
	var readErr error // of the reader; read it after order is closed
	go func() {
		defer close(order)
		defer close(work)
		readErr = scan(ctx, s.in, func(item []byte) {
			done := make(chan []byte, 1)
			select {
			case order <- done:
				work <- func() { done <- answer(item, f) }
			case <-ctx.Done():
			}
		})
	}()
	out := bufio.NewWriter(s.out)
	for {
		select {
		case done, ok := <-order:
			if !ok {
				return errors.Join(readErr, out.Flush())
			}
			if _, err := out.Write(<-done); err != nil {
				return err
			}
			if len(order) > 0 {
				continue
			}
			// Nobody waits for lines that are ready.
			if err := out.Flush(); err != nil {
				return err
			}
		case <-ctx.Done():
			return errors.Join(ctx.Err(), out.Flush())
		}
	}
}

// scan hands every line that is not empty to take, until ctx is done.
func scan(ctx context.Context, in io.Reader, take func(line []byte)) error {
	sc := bufio.NewScanner(in)
	sc.Buffer(make([]byte, 64<<10), maxLine)
	n := 0
	for ctx.Err() == nil && sc.Scan() {
		n++
		if line := bytes.TrimSpace(sc.Bytes()); len(line) > 0 {
			take(bytes.Clone(line))
		}
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if errors.Is(sc.Err(), bufio.ErrTooLong) {
		return fmt.Errorf("line %d of the input is longer than %d bytes; it and what follows is not done", n+1, maxLine)
	}
	return sc.Err()
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
	if err := decodeItem(item, &id); err != nil {
		return fail(err)
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

// decodeItem reads an item into the struct at to.
func decodeItem(item []byte, to any) error {
	err := json.Unmarshal(item, to)
	if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		if e.Field == "" {
			return fmt.Errorf("%s is not an object", e.Value)
		}
		return fmt.Errorf("%q is of type %s, not %s", strings.ToLower(e.Field), e.Value, e.Type)
	}
	if err != nil {
		return fmt.Errorf("not JSON: %w", err)
	}
	return nil
}

// writeJSON prints one value for people, indented.
func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
