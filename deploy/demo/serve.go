package demo

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"net/http"
	"strings"
	"time"
)

// handler answers for one publisher.
func (n *Newsroom) handler(h *house) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /robots.txt", func(w http.ResponseWriter, r *http.Request) {
		if h.robots == "" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		fmt.Fprint(w, h.robots)
	})
	mux.HandleFunc("GET /img/{name}", func(w http.ResponseWriter, r *http.Request) {
		answer(w, r, h.zips, document{contentType: "image/svg+xml", body: picture(r.PathValue("name")), changed: n.start})
	})
	for _, c := range h.channels {
		pattern := "GET " + c.path
		if strings.HasSuffix(pattern, "/") {
			pattern += "{$}" // that path only, not all below it
		}
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { n.serveFeed(w, r, h, c) })
	}
	mux.HandleFunc("GET /", func(w http.ResponseWriter, r *http.Request) { n.servePage(w, r, h) })
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n.log.DebugContext(r.Context(), "demo publisher asked", "feed", h.slug, "link", r.URL.RequestURI())
		mux.ServeHTTP(w, r)
	})
}

func (n *Newsroom) serveFeed(w http.ResponseWriter, r *http.Request, h *house, c *channel) {
	if c.delay > 0 {
		select {
		case <-time.After(time.Duration(float64(c.delay) / n.speed)):
		case <-r.Context().Done():
			return
		}
	}
	elapsed := n.elapsed()
	if c.dies > 0 && c.dies <= elapsed {
		http.Error(w, "this feed has been discontinued", http.StatusGone)
		return
	}
	doc, err := n.feed(h, c, elapsed)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	answer(w, r, h.zips, doc)
}

func (n *Newsroom) servePage(w http.ResponseWriter, r *http.Request, h *house) {
	elapsed := n.elapsed()
	render := func() (document, error) { return n.front(h, elapsed) }
	if r.URL.Path != "/" {
		a := h.find(r.URL.RequestURI())
		switch {
		case a == nil || !a.out(elapsed):
			http.NotFound(w, r)
			return
		case a.gone(elapsed):
			http.Error(w, "this article has been withdrawn", http.StatusGone)
			return
		}
		render = func() (document, error) { return n.page(a, elapsed) }
	}
	doc, err := render()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	answer(w, r, h.zips, doc)
}

// A document is an answer before it meets the request's conditions.
type document struct {
	contentType string
	body        []byte
	changed     time.Time // zero if it has no validators
}

// answer sends doc, or 304 if the client has it already, compressed if both
// sides are willing.
func answer(w http.ResponseWriter, r *http.Request, zips bool, doc document) {
	head := w.Header()
	head.Set("Content-Type", doc.contentType)
	tag := ""
	if !doc.changed.IsZero() {
		sum := sha256.Sum256(doc.body)
		tag = `"` + hex.EncodeToString(sum[:8]) + `"`
	}
	if zips {
		head.Set("Vary", "Accept-Encoding")
		if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			var z bytes.Buffer
			zw := gzip.NewWriter(&z)
			zw.Write(doc.body) // into memory: cannot fail
			zw.Close()
			doc.body = z.Bytes()
			head.Set("Content-Encoding", "gzip")
			if tag != "" {
				tag = "W/" + tag // the same words in other bytes
			}
		}
	}
	if tag != "" {
		head.Set("ETag", tag)
	}
	http.ServeContent(w, r, "", doc.changed, bytes.NewReader(doc.body))
}

// picture draws a plain landscape in colours that depend on name.
func picture(name string) []byte {
	hue := crc32.ChecksumIEEE([]byte(name)) % 360
	return fmt.Appendf(nil, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1200 675">`+
		`<rect width="1200" height="675" fill="hsl(%d 35%% 82%%)"/><circle cx="900" cy="190" r="70" fill="hsl(%d 60%% 92%%)"/>`+
		`<path d="M0 480 320 300 560 450 820 260 1200 500V675H0Z" fill="hsl(%d 28%% 45%%)"/></svg>`, hue, (hue+40)%360, (hue+200)%360)
}
