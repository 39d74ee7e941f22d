package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"conflictwire/ingest"
	"conflictwire/ingest/queue"
	"conflictwire/sink/record"
)

// shelling is a page about a shelling with a toll; head and extra are added to
// its head and its body.
func shelling(head string, toll int, extra string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, `<!DOCTYPE html><html lang="en"><head><title>Shelling at the ferry</title>%s</head><body><article><h1>Shelling at the ferry</h1>`, head)
		fmt.Fprintf(w, "<p>Shells hit the landing stage at dawn and killed %d people, the mayor said, while the first boat was being loaded with flour and medicine.</p>", toll)
		fmt.Fprint(w, "<p>The ferry stopped at once, and rescuers searched the shore until noon for others who had been waiting in the queue since the night before.</p>"+extra+"</article></body></html>")
	}
}

// pipelineOf is a pipeline of one feed, "f", at /feed of a site.
func pipelineOf(t *testing.T, url string) *pipeline {
	return opened(t, plainConfig(t, ingest.Feed{ID: "f", URL: url + "/feed"}))
}

// work is what the queue does with a job: it writes the ledger line of its end.
func work(t *testing.T, p *pipeline, job queue.Job) string {
	t.Helper()
	err := p.read(t.Context(), job)
	end, ok := errors.AsType[*queue.End](err)
	if err != nil && !ok {
		t.Logf("retry: %v", err)
		return "retry"
	}
	if !ok {
		t.Logf("%s reread %d: stored", job.URL, job.Reread)
		return "stored"
	}
	line := queue.Line{State: end.State, Key: job.Key, URL: job.URL, Feed: job.Feed, ID: end.ID, Reason: end.Reason}
	if end.State == queue.Gone {
		p.queue.Forget(t.Context(), job.Key)
	}
	if job.Reread > 0 && end.State != queue.Published && end.State != queue.Gone && end.State != queue.Withdrawn {
		t.Logf("%s reread %d: %s id %.8s %s (no line)", job.URL, job.Reread, end.State, end.ID, end.Reason)
		return string(end.State) // as queue.end does
	}
	if err := p.queue.Record(t.Context(), line); err != nil {
		t.Fatal(err)
	}
	t.Logf("%s reread %d: %s id %.8s %s", job.URL, job.Reread, end.State, end.ID, end.Reason)
	return string(end.State)
}

func jobFor(link string) queue.Job {
	body, _ := json.Marshal(ingest.Entry{Link: link, Title: "Shelling at the ferry"})
	return queue.Job{Key: ingest.Key(link), URL: link, Feed: "f", Attempt: 1, Body: body}
}

// next is the re-read that waits.
func next(t *testing.T, p *pipeline, link string) queue.Job {
	t.Helper()
	job, state, err := p.queue.Waiting(t.Context(), ingest.Key(link))
	if err != nil || state != "again" {
		t.Fatalf("no re-read of %s waits: %q %v", link, state, err)
	}
	return job
}

func TestRereadForgetsID(t *testing.T) {
	s := newNewsstand(t)
	p := pipelineOf(t, s.URL)
	link := s.URL + "/from-feed"
	s.set("/from-feed", shelling(`<link rel="canonical" href="`+s.URL+`/canonical">`, 3, ""))
	work(t, p, jobFor(link))     // published under /canonical
	work(t, p, next(t, p, link)) // the page is the same to the byte
	s.set("/from-feed", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(410) })
	job := next(t, p, link)
	work(t, p, job)
	rec, err := p.sink.Last(t.Context(), ingest.Key(s.URL+"/canonical"))
	if err != nil || rec == nil || rec.PubStatus != record.Canceled {
		t.Errorf("the page is gone (410), the record is %v", rec.PubStatus)
	}
}

func TestDeniedForgetsID(t *testing.T) {
	s := newNewsstand(t)
	p := pipelineOf(t, s.URL)
	link := s.URL + "/from-feed"
	s.set("/from-feed", shelling(`<link rel="canonical" href="`+s.URL+`/canonical">`, 3, ""))
	work(t, p, jobFor(link))
	re := next(t, p, link)
	s.set("/from-feed", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(403) })
	work(t, p, re)
	if k, _ := p.known(t.Context(), ingest.Key(link)); !k.Published {
		t.Error("after one 403 at a re-read the published entry is no longer known")
	}
	// the entry is changed: page with another canonical
	s.set("/from-feed", shelling(`<link rel="canonical" href="`+s.URL+`/other">`, 5, ""))
	work(t, p, jobFor(link))
	if rec, _ := p.sink.Last(t.Context(), ingest.Key(s.URL+"/other")); rec != nil {
		t.Errorf("published a second time, as version %s of %s", rec.Version, rec.URI)
	}
}

func TestCopyFrozen(t *testing.T) {
	s, agency := newNewsstand(t), newNewsstand(t)
	p := pipelineOf(t, s.URL)
	copyLink, original := s.URL+"/copy", agency.URL+"/original"
	head := `<link rel="canonical" href="` + original + `">`
	s.set("/copy", shelling(head, 3, ""))
	agency.set("/original", shelling("", 3, ""))
	work(t, p, jobFor(copyLink)) // first: the original is not known yet
	work(t, p, jobFor(original))
	s.set("/copy", shelling(head, 3, "<!-- rendered anew -->"))
	work(t, p, next(t, p, copyLink)) // 15 minutes later
	if _, state, _ := p.queue.Waiting(t.Context(), ingest.Key(copyLink)); state != "again" {
		t.Errorf("published copy has no further re-reads: %q", state)
	}
	s.set("/copy", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(410) })
	work(t, p, jobFor(copyLink))
	if rec, _ := p.sink.Last(t.Context(), ingest.Key(copyLink)); rec.PubStatus != record.Canceled {
		t.Errorf("the published copy is gone (410), its record is %s, version %s", rec.PubStatus, rec.Version)
	}
}

func TestBackFromWithdrawal(t *testing.T) {
	s := newNewsstand(t)
	p := pipelineOf(t, s.URL)
	link := s.URL + "/a"
	s.set("/", shelling("", 0, ""))
	s.set("/a", shelling("", 3, ""))
	work(t, p, jobFor(link))
	// A deploy: for a moment every page leads to the front page.
	s.set("/a", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/", http.StatusFound) })
	re := next(t, p, link)
	state := work(t, p, re)
	rec, _ := p.sink.Last(t.Context(), ingest.Key(link))
	if rec.PubStatus == record.Canceled {
		t.Errorf("one temporary redirect (302) at attempt %d: %s, %s", re.Attempt, state, rec.PubStatus)
	}
	// It is back, and its entry comes back into the feed.
	s.set("/a", shelling("", 3, ""))
	s.set("/feed", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/rss+xml")
		fmt.Fprintf(w, `<rss version="2.0"><channel><title>T</title><item><link>%s</link><title>Shelling at the ferry</title></item></channel></rss>`, link)
	})
	if _, _, err := p.ingest.Poll(t.Context(), "f", nil); err != nil {
		t.Fatal(err)
	}
	if _, state, _ := p.queue.Waiting(t.Context(), ingest.Key(link)); state == "" {
		t.Error("the entry is back and is not read: the article stays withdrawn")
	}
}

// A paywall that closes after publication is no correction, whether the page is
// read again by itself or because its entry changed.
func TestPaywallClosesLater(t *testing.T) {
	for name, again := range map[string]func(*testing.T, *pipeline, string) queue.Job{
		"read again":    next,
		"entry changed": func(_ *testing.T, _ *pipeline, link string) queue.Job { return jobFor(link) }, // only its date
	} {
		t.Run(name, func(t *testing.T) {
			s := newNewsstand(t)
			p := pipelineOf(t, s.URL)
			link := s.URL + "/a"
			long := "<p>" + strings.Repeat("Witnesses on the northern bank counted the shells and said that the guns stood behind the brick works all that week. ", 20) + "</p>"
			s.set("/a", shelling("", 3, long))
			work(t, p, jobFor(link))
			s.set("/a", shelling(`<script type="application/ld+json">{"@context":"https://schema.org","@type":"NewsArticle","headline":"Shelling at the ferry","isAccessibleForFree":false}</script>`, 3, ""))
			work(t, p, again(t, p, link))
			rec, _ := p.sink.Last(t.Context(), ingest.Key(link))
			if rec.Version != "1" {
				t.Errorf("version %s of %d bytes is published: the text is lost to a paywall", rec.Version, len(rec.Body("text/plain")))
			}
		})
	}
}

func aSecond(t *testing.T) (context.Context, func()) {
	return context.WithTimeout(t.Context(), time.Second)
}

// An article that came back stays withdrawn while its entry stays in the feed.
func TestWithdrawnInFeedNeverBack(t *testing.T) {
	s := newNewsstand(t)
	p := pipelineOf(t, s.URL)
	link := s.URL + "/a"
	n := 0
	s.set("/feed", func(w http.ResponseWriter, r *http.Request) {
		n++
		w.Header().Set("Content-Type", "application/rss+xml")
		fmt.Fprintf(w, `<rss version="2.0"><channel><title>T %d</title><item><link>%s</link><title>Shelling at the ferry</title></item></channel></rss>`, n, link)
	})
	s.set("/a", shelling("", 3, ""))
	_, st, err := p.ingest.Poll(t.Context(), "f", nil)
	if err != nil {
		t.Fatal(err)
	}
	work(t, p, jobFor(link))
	if err := p.queue.Record(t.Context(), queue.Line{State: queue.Unchanged, Key: "x"}); err != nil {
		t.Fatal(err)
	}
	re := again(t, p, link)
	s.set("/a", http.NotFound) // maintenance of 40 minutes
	re.Attempt = 5
	work(t, p, re)
	rec, _ := p.sink.Last(t.Context(), ingest.Key(link))
	t.Logf("after 404 five times: %s", rec.PubStatus)
	s.set("/a", shelling("", 3, ""))
	drain(t, p, link)
	for range 3 {
		if _, st, err = p.ingest.Poll(t.Context(), "f", st); err != nil {
			t.Fatal(err)
		}
	}
	if _, state, _ := p.queue.Waiting(t.Context(), ingest.Key(link)); state == "" {
		t.Error("page and entry are there; nothing will read it again: it stays withdrawn")
	} else if re := next(t, p, link); work(t, p, re) != "stored" {
		t.Error("it is read again and not published")
	}
}

func again(t *testing.T, p *pipeline, link string) queue.Job {
	// the first job is still due in this test; make the re-read by hand
	job := jobFor(link)
	job.Reread, job.Added = 1, time.Now().Add(time.Second)
	return job
}

// drain takes the first job out, as if it had been worked.
func drain(t *testing.T, p *pipeline, link string) {
	ctx, cancel := aSecond(t)
	defer cancel()
	p.queue.Pages(ctx, 1, func(c context.Context, j queue.Job) error { return nil })
}

func TestChangedEntry404(t *testing.T) {
	s := newNewsstand(t)
	p := pipelineOf(t, s.URL)
	link := s.URL + "/a"
	s.set("/a", shelling("", 3, ""))
	work(t, p, jobFor(link))
	s.set("/a", http.NotFound)
	job := jobFor(link) // its entry changed, or left the feed
	job.Attempt = 3     // 70 seconds after the first
	work(t, p, job)
	if rec, _ := p.sink.Last(t.Context(), ingest.Key(link)); rec.PubStatus == record.Canceled {
		t.Error("a published article is withdrawn after 70 s of 404")
	}
}

func TestHijackByRedirect(t *testing.T) {
	b, a := newNewsstand(t), newNewsstand(t)
	p := pipelineOf(t, a.URL)
	b.set("/story", shelling("", 3, ""))
	a.set("/r", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, b.URL+"/story", http.StatusFound) })
	work(t, p, jobFor(a.URL+"/r")) // before b's feed is polled
	a.set("/r", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, `<html><head><title>Send money</title></head><body><article><h1>Send money</h1><p>`+strings.Repeat("It was our own troops, every other account is a lie, and you should send money to the address below at once. ", 6)+`</p></article></body></html>`)
	})
	work(t, p, jobFor(a.URL+"/r"))
	rec, _ := p.sink.Last(t.Context(), ingest.Key(b.URL+"/story"))
	if rec.Headline() != "Shelling at the ferry" {
		t.Errorf("b's article is now, version %s: %q at %s", rec.Version, rec.Headline(), rec.Conflictwire.Provenance.URL)
	}
	k, _ := p.known(t.Context(), ingest.Key(b.URL+"/story"))
	t.Logf("b's entry is %+v", k)
}

func TestClosedNeverCorrected(t *testing.T) {
	s := newNewsstand(t)
	p := pipelineOf(t, s.URL)
	link := s.URL + "/a"
	head := `<script type="application/ld+json">{"@context":"https://schema.org","@type":"NewsArticle","headline":"Shelling at the ferry","isAccessibleForFree":false}</script>`
	long := "<p>" + strings.Repeat("Witnesses on the northern bank counted the shells and said that the guns stood behind the brick works all that week. ", 20) + "</p>"
	s.set("/a", shelling(head, 3, long))
	work(t, p, jobFor(link))
	rec, _ := p.sink.Last(t.Context(), ingest.Key(link))
	t.Logf("version %s %s closed %v partial %v", rec.Version, rec.RepresentationType, rec.Conflictwire.Extraction.Closed, rec.Conflictwire.Extraction.Partial)
	s.set("/a", shelling(head, 9, long))
	work(t, p, next(t, p, link))
	if rec, _ := p.sink.Last(t.Context(), ingest.Key(link)); rec.Version != "2" {
		t.Error("the correction of an article marked as not free is not published")
	}
}

// The version is stored, what follows is not (the server was away for a

// moment): the job comes back, and the chain of re-reads ends.
func TestChainEndsAfterRedelivery(t *testing.T) {
	s := newNewsstand(t)
	p := pipelineOf(t, s.URL)
	link := s.URL + "/a"
	s.set("/a", func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(1100 * time.Millisecond)
		shelling("", 3, "")(w, r)
	})
	work(t, p, jobFor(link))
	re := next(t, p, link)
	s.set("/a", func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(1100 * time.Millisecond)
		shelling("", 4, "")(w, r)
	})
	// what read does up to where the worker dies:
	if err := p.ingest.Again(t.Context(), re, ingest.Mark{}); err != nil {
		t.Fatal(err)
	}
	a, err := p.ingest.Read(t.Context(), re)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.sink.Publish(t.Context(), p.enrich.Load().Enrich(a)); err != nil {
		t.Fatal(err)
	}
	// the job comes back
	work(t, p, re)
	// the next re-read fires; by then the page has changed
	re = next(t, p, link)
	s.set("/a", shelling("", 9, ""))
	work(t, p, re)
	if rec, _ := p.sink.Last(t.Context(), ingest.Key(link)); rec.Version != "3" {
		t.Errorf("version %s: the re-read after the redelivery reads nothing", rec.Version)
	}
}

// A copy that was a duplicate and then became an article of its own.
func TestDuplicateThenOwn(t *testing.T) {
	s, agency := newNewsstand(t), newNewsstand(t)
	p := pipelineOf(t, s.URL)
	copyLink, original := s.URL+"/copy", agency.URL+"/original"
	head := `<link rel="canonical" href="` + original + `">`
	s.set("/copy", shelling(head, 3, ""))
	agency.set("/original", shelling("", 3, ""))
	work(t, p, jobFor(original))
	work(t, p, jobFor(copyLink)) // duplicate
	agency.set("/original", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(410) })
	work(t, p, jobFor(original)) // the agency takes it back
	time.Sleep(1100 * time.Millisecond)
	s.set("/copy", shelling(head, 5, ""))
	work(t, p, jobFor(copyLink)) // its entry changed: now an article of its own
	rec, _ := p.sink.Last(t.Context(), ingest.Key(copyLink))
	if rec == nil {
		t.Fatal("not published")
	}
	k, _ := p.known(t.Context(), ingest.Key(copyLink))
	t.Logf("published as version %s; known %+v", rec.Version, k)
	s.set("/copy", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(410) })
	work(t, p, next(t, p, copyLink))
	work(t, p, jobFor(copyLink))
	if rec, _ := p.sink.Last(t.Context(), ingest.Key(copyLink)); rec.PubStatus != record.Canceled {
		t.Errorf("the copy's page is gone (410); its record is %s", rec.PubStatus)
	}
}

// A look at a page whose entry left the feed: 70 s of 404 withdraw.
func TestVanished404(t *testing.T) {
	s := newNewsstand(t)
	p := pipelineOf(t, s.URL)
	link := s.URL + "/a"
	s.set("/a", shelling("", 3, ""))
	work(t, p, jobFor(link))
	s.set("/a", http.NotFound)
	job := jobFor(link)
	job.Body = []byte(`{"link":"` + link + `","vanished":true}`)
	job.Attempt = 3
	work(t, p, job)
	if rec, _ := p.sink.Last(t.Context(), ingest.Key(link)); rec.PubStatus == record.Canceled {
		t.Error("a published article is withdrawn after 70 s of 404")
	}
}
