package fetch

import (
	"io"
	"net/http"
	"testing"
)

// The two halves of a benchmark share one server, so that their ratio means
// something on a busy machine.

func BenchmarkNotModified(b *testing.B) {
	s, c := serve(b, Config{}, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"7"`)
		w.WriteHeader(http.StatusNotModified)
	})
	b.Run("Client", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := c.Get(b.Context(), Request{URL: s.URL + "/feed", ETag: `"7"`}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("net/http", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			req, err := http.NewRequestWithContext(b.Context(), http.MethodGet, s.URL+"/feed", nil)
			if err != nil {
				b.Fatal(err)
			}
			req.Header.Set("If-None-Match", `"7"`)
			res, err := s.Client().Do(req)
			if err != nil {
				b.Fatal(err)
			}
			_, _ = io.Copy(io.Discard, res.Body)
			res.Body.Close()
		}
	})
}

func BenchmarkPage(b *testing.B) {
	page := prose(60 << 10)
	gz := encode(b, "gzip", page)
	s, c := serve(b, Config{}, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(gz)
	})
	b.Run("Client", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(len(page)))
		for b.Loop() {
			if _, err := c.Get(b.Context(), Request{URL: s.URL}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("net/http", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(len(page)))
		for b.Loop() {
			res, err := s.Client().Get(s.URL)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := io.ReadAll(res.Body); err != nil {
				b.Fatal(err)
			}
			res.Body.Close()
		}
	})
}
