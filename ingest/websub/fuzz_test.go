package websub

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

func FuzzSignature(f *testing.F) {
	for _, m := range methods {
		f.Add(sign(m.name, "key", []byte("body")), []byte("body"))
	}
	f.Add("sha1=00,sha512=,md5=1", []byte{})
	f.Add("=,=,,=", []byte("x"))
	f.Add("SHA256 = 00", []byte("x"))
	f.Fuzz(func(t *testing.T, header string, body []byte) {
		err := checkSignature([]string{header}, "key", body)
		right := false
		for _, m := range methods {
			right = right || strings.Contains(strings.ToLower(header), sign(m.name, "key", body))
		}
		if err == nil && !right {
			t.Errorf("header %q was taken for a signature of %q", header, body)
		}
		if checkSignature([]string{header, sign("sha512", "key", body)}, "other", body) == nil {
			t.Errorf("header %q was taken with another key", header)
		}
	})
}

func FuzzVerification(f *testing.F) {
	w := &world{}
	s, err := New(Config{Callback: "https://news.example", Secret: testSecret}, nil, w, nil)
	if err != nil {
		f.Fatal(err)
	}
	sub := Subscription{"daily", "https://hub.example/", "https://daily.example/feed?a=%41"}
	w.want(sub)
	path := strings.TrimPrefix(s.Callback(sub), "https://news.example")
	topic := url.QueryEscape(sub.Topic)
	f.Add(path, "hub.mode=subscribe&hub.challenge=x&hub.lease_seconds=60&hub.topic="+topic)
	f.Add(path, "hub.mode=unsubscribe&hub.challenge=x&hub.topic="+topic)
	f.Add(path, "hub.mode=denied&hub.reason=%00%ff&hub.topic="+topic)
	f.Add(path, "hub.mode=subscribe&hub.mode=subscribe;a&%zz&hub.challenge=<script>")
	f.Add("/x"+path, "")
	f.Add(strings.ToUpper(path), "hub.mode=subscribe&hub.challenge=x&hub.topic="+topic)
	f.Fuzz(func(t *testing.T, path, query string) {
		w.verified, w.denied = nil, nil
		r := &http.Request{Method: http.MethodGet, URL: &url.URL{Path: path, RawQuery: query}}
		answer := httptest.NewRecorder()
		s.ServeHTTP(answer, r)
		q, _ := url.ParseQuery(query)
		ours := strings.HasSuffix("/"+path, strings.TrimPrefix(s.Callback(sub), "https://news.example"))
		switch answer.Code {
		case http.StatusNotFound:
			if len(w.verified)+len(w.denied) > 0 {
				t.Errorf("feeds heard of %q %q, which was refused", path, query)
			}
		case http.StatusOK:
			if !ours || unescapeUnreserved(q.Get("hub.topic")) != unescapeUnreserved(sub.Topic) || q.Get("hub.mode") == "unsubscribe" {
				t.Errorf("%q %q was accepted", path, query)
			}
			if got := answer.Body.String(); q.Get("hub.mode") == "subscribe" && got != q.Get("hub.challenge") {
				t.Errorf("%q was answered with %q", query, got)
			}
		default:
			t.Errorf("%q %q: status %d", path, query, answer.Code)
		}
	})
}

func FuzzToken(f *testing.F) {
	k := keys(testSecret)
	id := k.id(Subscription{"daily", "https://hub.example/", "https://daily.example/"})
	f.Add("daily", k.token("daily", id))
	f.Add("", "")
	f.Fuzz(func(t *testing.T, feed, token string) {
		id, ok := k.open(feed, token)
		if ok && k.token(feed, id) != token {
			t.Errorf("feed %q: %q was taken, though it is written %q", feed, token, k.token(feed, id))
		}
	})
}
