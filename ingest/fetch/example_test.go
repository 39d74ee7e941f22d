package fetch_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"

	"conflictwire/ingest/fetch"
)

// A feed is polled with the validators of the poll before, so that a feed
// without news costs a few hundred bytes, and not before the publisher says
// that there can be something new.
func ExampleClient_Get() {
	publisher := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"monday"`)
		w.Header().Set("Cache-Control", "max-age=300")
		if r.Header.Get("If-None-Match") == `"monday"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		fmt.Fprint(w, "<rss/>")
	}))
	defer publisher.Close()

	client, err := fetch.New(fetch.Config{
		Contact: "https://wire.example/bot",
		Pace:    -1,
		Allow:   []string{"127.0.0.0/8", "::1/128"}, // the publisher of this example is on loopback
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close()

	req := fetch.Request{URL: publisher.URL + "/feed", Accept: "application/rss+xml"}
	for range 2 {
		res, err := client.Get(context.Background(), req)
		if err != nil {
			fmt.Println(fetch.ClassOf(err), err)
			return
		}
		fmt.Printf("%d %q, fresh for %v\n", res.Status, res.Body, res.Fresh)
		req.ETag, req.LastModified = res.ETag, res.LastModified
	}

	_, err = client.Get(context.Background(), fetch.Request{URL: "http://169.254.169.254/latest/meta-data"})
	fmt.Println(fetch.ClassOf(err), errors.Is(err, fetch.ErrAddress))
	// Output:
	// 200 "<rss/>", fresh for 5m0s
	// 304 "", fresh for 5m0s
	// refused true
}
