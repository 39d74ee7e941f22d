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
	"testing"
	"testing/synctest"
	"time"
)

// echo returns its item after work(item).
func echo(work func(id string)) func([]byte) (any, error) {
	return func(item []byte) (any, error) {
		var in struct{ ID string }
		if err := json.Unmarshal(item, &in); err != nil {
			return nil, err
		}
		work(in.ID)
		return in, nil
	}
}

func TestBatchKeepsOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var in, want, out bytes.Buffer
		for i := range 500 {
			fmt.Fprintf(&in, "{\"id\": \"%d\"}\n", i)
			fmt.Fprintf(&want, "{\"ID\":\"%d\"}\n", i)
		}
		err := batch(t.Context(), &streams{in: &in, out: &out}, echo(func(id string) {
			if strings.HasSuffix(id, "7") {
				time.Sleep(time.Second) // a slow one, in a bubble where time costs nothing
			}
		}))
		if err != nil || out.String() != want.String() {
			t.Errorf("err %v, output:\n%s", err, out.String())
		}
	})
}

func TestBatchContainsFaults(t *testing.T) {
	const in = `{"id": "a"}

{"id": "b", "x": "<&>"}
not JSON
{"id": 5}
[]
{"id": "c"}
   
{"id": "d"}
{"id": "e"}` // no line end
	const want = `{"ID":"a"}
{"id":"b","error":"no luck"}
{"id":"","error":"not JSON: invalid character 'o' in literal null (expecting 'u')"}
{"id":"","error":"\"id\" is of type number, not string"}
{"id":"","error":"array is not an object"}
{"id":"c","error":"panic: index out of range"}
{"id":"d","error":"json: unsupported type: func()"}
{"ID":"e"}
`
	var out bytes.Buffer
	err := batch(t.Context(), &streams{in: strings.NewReader(in), out: &out}, func(item []byte) (any, error) {
		switch {
		case bytes.Contains(item, []byte(`"b"`)):
			return nil, errors.New("no luck")
		case bytes.Contains(item, []byte(`"c"`)):
			panic("index out of range")
		case bytes.Contains(item, []byte(`"d"`)):
			return func() {}, nil
		}
		return echo(func(string) {})(item)
	})
	if err != nil || out.String() != want {
		t.Errorf("err %v, output:\n%s\nwant:\n%s", err, out.String(), want)
	}
}

func TestBatchRefusesLongLine(t *testing.T) {
	in := io.MultiReader(strings.NewReader("{\"id\": \"a\"}\n"), io.LimitReader(spaces{}, maxLine+10), strings.NewReader("\n{\"id\": \"b\"}\n"))
	var out bytes.Buffer
	err := batch(t.Context(), &streams{in: in, out: &out}, echo(func(string) {}))
	if err == nil || !strings.Contains(err.Error(), "line 2 of the input is longer than 67108864 bytes") {
		t.Errorf("err = %v", err)
	}
	if got, want := out.String(), "{\"ID\":\"a\"}\n"; got != want {
		t.Errorf("output %q, want %q: what came before is done", got, want)
	}
}

type spaces struct{}

func (spaces) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

// TestBatchStreams expects each answer before it gives the next item.
func TestBatchStreams(t *testing.T) {
	in, w := io.Pipe()
	r, out := io.Pipe()
	ended := make(chan error, 1)
	go func() { ended <- batch(t.Context(), &streams{in: in, out: out}, echo(func(string) {})) }()
	lines := bufio.NewScanner(r)
	for i := range 3 {
		fmt.Fprintf(w, "{\"id\": \"%d\"}\n", i)
		if !lines.Scan() || lines.Text() != fmt.Sprintf(`{"ID":"%d"}`, i) {
			t.Fatalf("answer %d is %q, %v", i, lines.Text(), lines.Err())
		}
	}
	w.Close()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestBatchEndsWithContext(t *testing.T) {
	in, w := io.Pipe() // from which nothing more comes, as from a terminal
	defer w.Close()
	ctx, cancel := context.WithCancel(t.Context())
	var out bytes.Buffer
	ended := make(chan error, 1)
	go func() { ended <- batch(ctx, &streams{in: in, out: &out}, echo(func(string) {})) }()
	fmt.Fprintln(w, `{"id": "a"}`)
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v, want %v", err, context.Canceled)
	}
}

func TestBatchEndsWhenOutputIsClosed(t *testing.T) {
	in, w := io.Pipe()
	defer w.Close()
	r, out := io.Pipe()
	r.CloseWithError(io.ErrClosedPipe)
	go func() {
		for i := 0; ; i++ {
			if _, err := fmt.Fprintf(w, "{\"id\": \"%d\"}\n", i); err != nil {
				return
			}
		}
	}()
	if err := batch(t.Context(), &streams{in: in, out: out}, echo(func(string) {})); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("err = %v, want %v", err, io.ErrClosedPipe)
	}
	in.Close()
}

// TestBatchReadsGzippedPages is the page command's batch.
func TestBatchReadsGzippedPages(t *testing.T) {
	page := "<html lang=en><title>A title</title><article><h1>A title</h1>" + strings.Repeat("<p>The army shelled the village for a third day, residents said on Monday.</p>", 4) + "</article>"
	in, err := json.Marshal(map[string]string{"id": "1", "file": writeTemp(t, page), "url": "https://a.example/1"})
	if err != nil {
		t.Fatal(err)
	}
	input := string(in) + "\n{\"id\": \"2\", \"file\": \"/nowhere.html\"}\n{\"id\": \"3\"}\n"
	var out bytes.Buffer
	if code := run([]string{"page", "--batch"}, strings.NewReader(input), &out, t.Output()); code != exitOK {
		t.Fatal(code)
	}
	lines := strings.Split(out.String(), "\n")
	if len(lines) != 4 || !strings.Contains(lines[0], `"text":"The army shelled`) ||
		lines[1] != `{"id":"2","error":"open /nowhere.html: no such file or directory"}` || lines[2] != `{"id":"3","error":"no file named"}` {
		t.Errorf("output:\n%s", out.String())
	}
}

func BenchmarkBatch(b *testing.B) {
	line := []byte(`{"id": "a", "text": "` + strings.Repeat("word ", 500) + "\"}\n")
	in := bytes.Repeat(line, 100*runtime.GOMAXPROCS(0))
	b.SetBytes(int64(len(in)))
	for b.Loop() {
		if err := batch(b.Context(), &streams{in: bytes.NewReader(in), out: io.Discard}, echo(func(string) {})); err != nil {
			b.Fatal(err)
		}
	}
}
