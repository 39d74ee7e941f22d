package fetch

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"runtime/metrics"
	"sync"
	"testing"
	"time"
)

const maxHeapGrowth = 64 << 20 // bytes that one hostile answer may cost

// heap returns the bytes of the objects on the heap, dead ones not yet swept
// included.
func heap() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// growth returns by how many bytes the heap grew at most while f ran.
func growth(f func()) uint64 {
	runtime.GC()
	base := heap()
	var peak uint64
	done := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			peak = max(peak, heap())
			select {
			case <-done:
				return
			case <-time.After(time.Millisecond):
			}
		}
	})
	f()
	close(done)
	wg.Wait()
	return max(peak, heap()) - min(base, peak)
}

func TestHostileAnswersEndInLittleMemory(t *testing.T) {
	bombs := map[string][]byte{}
	for _, encoding := range []string{"gzip", "br", "zstd", "deflate"} {
		bombs["/"+encoding] = encode(t, encoding, make([]byte, 50<<20))
	}
	s, c := serve(t, Config{Timeout: 2 * time.Second}, func(w http.ResponseWriter, r *http.Request) {
		junk := prose(64 << 10)
		switch path := r.URL.Path; path {
		case "/endless":
			for r.Context().Err() == nil {
				if _, err := w.Write(junk); err != nil {
					return
				}
			}
		case "/headers":
			conn, _, err := w.(http.Hijacker).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close()
			_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\n")
			for i := 0; err == nil; i++ {
				_, err = fmt.Fprintf(conn, "X-%d: %s\r\n", i, junk[:1000])
			}
		case "/early":
			conn, _, err := w.(http.Hijacker).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close()
			for err == nil {
				_, err = io.WriteString(conn, "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")
			}
		case "/slow":
			for r.Context().Err() == nil {
				_, _ = w.Write(junk[:1])
				w.(http.Flusher).Flush()
				time.Sleep(10 * time.Millisecond)
			}
		case "/redirect":
			http.Redirect(w, r, "/redirect?"+r.URL.RawQuery+string(junk[:1000]), http.StatusFound)
		default:
			w.Header().Set("Content-Encoding", path[1:])
			_, _ = w.Write(bombs[path])
		}
	})
	tests := []struct {
		path, cause string
	}{
		{"/gzip", "too large"}, {"/br", "too large"}, {"/zstd", "too large"}, {"/deflate", "too large"},
		{"/endless", "too large"}, {"/headers", "http"}, {"/early", "http"}, {"/slow", "timeout"}, {"/redirect", "redirect"},
	}
	for _, tt := range tests {
		var err error
		grown := growth(func() { _, err = c.Get(t.Context(), Request{URL: s.URL + tt.path}) })
		fe, ok := errors.AsType[*Error](err)
		if !ok || fe.Cause() != tt.cause {
			t.Errorf("%s: %v, want cause %q", tt.path, err, tt.cause)
		}
		t.Logf("%s: %.1f MB, %.200v", tt.path, float64(grown)/(1<<20), err)
		if grown > maxHeapGrowth {
			t.Errorf("%s: the heap grew by %d bytes, more than %d", tt.path, grown, maxHeapGrowth)
		}
	}
}
