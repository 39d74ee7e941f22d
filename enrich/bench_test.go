package enrich

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"conflictwire/enrich/actor"
	"conflictwire/enrich/place"
	"conflictwire/enrich/topic"
	"conflictwire/ingest"
	"conflictwire/ingest/article"
)

// textSize is how long the texts of the benchmarks are, in bytes.
const textSize = 4000

// BenchmarkTag measures Tag, the rules alone, on one core: texts per second,
// the microseconds of single calls, and how many times as long as a baseline
// they take at their best, see [pass]. Compare "x-pass" between runs: the rest
// depends on what else the machine does.
func BenchmarkTag(b *testing.B) {
	e := builtin(b)
	benchTexts(b, func(t Text) func() {
		return func() { e.Tag(t) }
	})
}

// BenchmarkEnrich measures Enrich, which tells the language first.
func BenchmarkEnrich(b *testing.B) {
	e := builtin(b)
	benchTexts(b, func(t Text) func() {
		a := &ingest.Article{Article: article.Article{Title: t.Headline, Language: t.Language}}
		for p := range strings.SplitSeq(t.Body, "\n\n") {
			a.Body = append(a.Body, article.Paragraph{Text: p})
		}
		return func() { e.Enrich(a) }
	})
}

// BenchmarkStart measures what a start waits for: reading all rules from
// scratch, side by side as the program does, and what they keep in memory.
func BenchmarkStart(b *testing.B) {
	took, kept := time.Hour, 0.0
	for b.Loop() {
		before := heap()
		start := time.Now()
		e, err := loadAll()
		if err != nil {
			b.Fatal(err)
		}
		took = min(took, time.Since(start))
		kept = heap() - before
		runtime.KeepAlive(e)
	}
	b.ReportMetric(float64(took.Microseconds())/1000, "load-ms") // the quickest
	b.ReportMetric(kept/(1<<20), "heap-MB")
	b.ReportMetric(0, "ns/op") // of the garbage collections too
}

// loadAll reads all rules again, which the Default functions do only once.
func loadAll() (*Enricher, error) {
	var (
		topics *topic.Tagger
		places *place.Gazetteer
		actors *actor.Register
		errs   [3]error
		wg     sync.WaitGroup
	)
	wg.Go(func() { topics, errs[0] = topic.Default() })
	wg.Go(func() { places, errs[1] = place.Load(os.DirFS(filepath.Join("place", "data"))) })
	wg.Go(func() { actors, errs[2] = actor.Load(os.DirFS(filepath.Join("actor", "data"))) })
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return New(topics, places).WithActors(actors), nil
}

// heap is what is in use, in bytes.
func heap() float64 {
	runtime.GC()
	runtime.GC() // what pools held is freed at the second
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}

var loadOnce = sync.OnceValues(loadAll)

// builtin is the enricher of the rules, places and actors of the program.
func builtin(t testing.TB) *Enricher {
	t.Helper()
	e, err := loadOnce()
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// benchTexts runs a benchmark for each set of texts. prepare returns the call
// that is measured.
func benchTexts(b *testing.B, prepare func(Text) func()) {
	for _, set := range []struct {
		name  string
		texts []Text
	}{
		{"en/conflict", grow(english, conflictOf)},
		{"en/ordinary", grow(english, ordinaryOf)},
		{"en/mixed", mix(english)},
		{"all/conflict", grow(languages, conflictOf)},
		{"all/ordinary", grow(languages, ordinaryOf)},
		{"all/mixed", mix(languages)},
	} {
		b.Run(set.name, func(b *testing.B) { measure(b, set.texts, prepare) })
	}
	b.Run("real", func(b *testing.B) { measure(b, realTexts(b), prepare) })
}

// measure times the calls for texts in turn, each next to one pass over the
// same text.
func measure(b *testing.B, texts []Text, prepare func(Text) func()) {
	calls := make([]func(), len(texts))
	for i, t := range texts {
		calls[i] = prepare(t)
		calls[i]() // pools are warm
	}
	took := make([]time.Duration, 0, 1<<16)
	best, passes := map[int]time.Duration{}, map[int]time.Duration{} // by text
	var all time.Duration
	n := 0
	for b.Loop() {
		i := n % len(texts)
		t0 := time.Now()
		calls[i]()
		t1 := time.Now()
		pass(texts[i].Body)
		p, d := time.Since(t1), t1.Sub(t0)
		if n < len(texts) {
			best[i], passes[i] = d, p
		}
		best[i], passes[i] = min(best[i], d), min(passes[i], p)
		all += d
		if n++; len(took) < cap(took) {
			took = append(took, d)
		}
	}
	slices.Sort(took)
	at := func(percent int) float64 { return float64(took[(len(took)-1)*percent/100].Nanoseconds()) / 1000 }
	b.ReportMetric(float64(all.Nanoseconds())/float64(n), "ns/op") // without the baseline
	b.ReportMetric(float64(n)/all.Seconds(), "texts/s")
	b.ReportMetric(at(50), "p50-µs")
	b.ReportMetric(at(99), "p99-µs")
	b.ReportMetric(sum(best)/sum(passes), "x-pass")
}

func sum(times map[int]time.Duration) (seconds float64) {
	for _, d := range times {
		seconds += d.Seconds()
	}
	return seconds
}

// pass is the baseline: it decodes the letters of a text and counts its words.
func pass(text string) (words int) {
	inside := false
	for _, r := range text {
		in := unicode.IsLetter(r)
		if in && !inside {
			words++
		}
		inside = in
	}
	return words
}

// A sample is news of conflict, and of sport, business or culture, in one
// language. The first sentence of each is the headline.
type sample struct{ language, conflict, ordinary string }

func conflictOf(s sample) string { return s.conflict }
func ordinaryOf(s sample) string { return s.ordinary }

// grow makes a text of each sample: its sentences over and over, each time
// with other numbers and beginning at another sentence.
func grow(samples []sample, of func(sample) string) []Text {
	var texts []Text
	for _, s := range samples {
		sentences := strings.Split(of(s), "\n")
		t := Text{Language: s.language, Headline: sentences[0]}
		sentences = sentences[1:]
		var body strings.Builder
		for n := 0; body.Len() < textSize; n++ {
			for i := range sentences {
				body.WriteString(strings.ReplaceAll(sentences[(i+n)%len(sentences)], "%d", fmt.Sprint(3+n*7+i)))
				body.WriteByte(' ')
			}
			body.WriteString("\n\n")
		}
		t.Body = cut(body.String())
		texts = append(texts, t)
	}
	return texts
}

// mix is one text of conflict to three others.
func mix(samples []sample) []Text {
	conflict, other := grow(samples, conflictOf), grow(samples, ordinaryOf)
	var texts []Text
	for i, t := range conflict {
		texts = append(texts, t)
		for k := range 3 {
			texts = append(texts, other[(3*i+k)%len(other)])
		}
	}
	return texts
}

// cut shortens a text to textSize, not within a letter.
func cut(text string) string {
	n := min(textSize, len(text))
	for n > 0 && n < len(text) && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}

// realTexts joins the leads of labelled news, of which many are short, to
// texts of one language each. They are not part of the repository.
func realTexts(b *testing.B) []Text {
	dir := os.Getenv("CONFLICTWIRE_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "shared")
	}
	f, err := os.Open(filepath.Join(dir, "data", "tags", "relevance.jsonl.gz"))
	if err != nil {
		b.Skip("no evaluation data: set CONFLICTWIRE_SHARED to the folder that holds data/tags")
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		b.Fatal(err)
	}
	sc := bufio.NewScanner(z)
	sc.Buffer(nil, 8<<20)
	var texts []Text
	open := map[string]*strings.Builder{} // by language
	for sc.Scan() {
		var row struct{ Title, Text, Lang string }
		if err := json.Unmarshal(sc.Bytes(), &row); err != nil {
			b.Fatal(err)
		}
		body := open[row.Lang]
		if body == nil {
			body = &strings.Builder{}
			open[row.Lang] = body
		}
		body.WriteString(cut(row.Text))
		body.WriteString("\n\n")
		if body.Len() >= textSize {
			headline, rest, _ := strings.Cut(cut(body.String()), ". ")
			texts = append(texts, Text{Language: row.Lang, Headline: headline, Body: rest})
			body.Reset()
		}
	}
	if err := sc.Err(); err != nil {
		b.Fatal(err)
	}
	return texts
}
