package websub

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// BenchmarkStranger is what a request costs at an address that we did not
// give out.
func BenchmarkStranger(b *testing.B) {
	s, err := New(Config{Callback: "https://news.example", Secret: testSecret}, nil, &world{}, nil)
	if err != nil {
		b.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/daily/"+strings.Repeat("A", tokens.EncodedLen(idSize+macSize)), nil)
	b.ReportAllocs()
	for b.Loop() {
		s.ServeHTTP(httptest.NewRecorder(), r)
	}
}

// BenchmarkDelivery is what a signed delivery of 256 KiB costs before it is
// handed on.
func BenchmarkDelivery(b *testing.B) {
	w := &world{}
	s, err := New(Config{Callback: "https://news.example", Secret: testSecret}, nil, w, nil)
	if err != nil {
		b.Fatal(err)
	}
	sub := Subscription{"daily", "https://hub.example/", "https://daily.example/"}
	w.want(sub)
	body := make([]byte, 256<<10)
	for _, m := range methods {
		b.Run(m.name, func(b *testing.B) {
			sig := sign(m.name, s.keys.hubSecret(sub.Feed, s.keys.id(sub)), body)
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				r := httptest.NewRequest(http.MethodPost, s.Callback(sub), bytes.NewReader(body))
				r.Header.Set("X-Hub-Signature", sig)
				s.ServeHTTP(httptest.NewRecorder(), r)
				if len(w.got()) != 1 {
					b.Fatal("not delivered")
				}
			}
		})
	}
}
