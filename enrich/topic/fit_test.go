package topic

import (
	"bufio"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var fit = flag.Bool("fit", false, "print newly fitted weights for sure.go, and how they do on sources they have not seen")

// A labelled text is one of a collection whose topics are known.
type labelled struct {
	Text, Title, Lang, Source string
	Relevant                  *bool
	Labels, Optional          []string
}

func (l *labelled) relevant() bool {
	if l.Relevant != nil {
		return *l.Relevant
	}
	return len(l.Labels) > 0
}

// readLabelled reads a set of labelled texts.
func readLabelled(t *testing.T, name string) []labelled {
	t.Helper()
	path := filepath.Join(cmp.Or(os.Getenv("CONFLICTWIRE_SHARED"), "../../../shared"), "data", "tags", name)
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("no labelled texts; set CONFLICTWIRE_SHARED to the folder that has data/tags")
	} else if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := io.Reader(f)
	if strings.HasSuffix(name, ".gz") {
		if r, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	}
	var out []labelled
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		l := labelled{}
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		l.Lang = cmp.Or(l.Lang, "und")
		out = append(out, l)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// An example is one row to fit: its first feature is always 1.
type example struct {
	source string
	x      []float64
	yes    bool
	weight float64
}

// balance gives every source the same say. Each language of the texts written
// in all of them is one.
func balance(rows []example) {
	n := map[string]float64{}
	for _, r := range rows {
		n[r.source]++
	}
	for i := range rows {
		rows[i].weight = 1000 / n[rows[i].source]
	}
}

// train fits a logistic model by Newton's method, slightly held to zero.
func train(rows []example, n int) []float64 {
	const ridge, rounds = 1.0, 25
	w := make([]float64, n)
	for range rounds {
		grad := make([]float64, n)
		hess := make([][]float64, n)
		for i := range hess {
			hess[i] = make([]float64, n+1)
			if i > 0 {
				hess[i][i], grad[i] = ridge, -ridge*w[i]
			}
		}
		for _, r := range rows {
			p := logistic(w, r.x)
			miss := -p
			if r.yes {
				miss++
			}
			for i := range n {
				grad[i] += r.weight * miss * r.x[i]
				for j := range n {
					hess[i][j] += r.weight * (p*(1-p) + 1e-6) * r.x[i] * r.x[j]
				}
			}
		}
		for i := range n {
			hess[i][n] = grad[i]
		}
		for i, step := range solve(hess) {
			w[i] += step
		}
	}
	return w
}

// solve solves linear equations, the right side last in each row.
func solve(m [][]float64) []float64 {
	n := len(m)
	for i := range n {
		best := i
		for k := i + 1; k < n; k++ {
			if math.Abs(m[k][i]) > math.Abs(m[best][i]) {
				best = k
			}
		}
		m[i], m[best] = m[best], m[i]
		for k := range n {
			if k == i || m[i][i] == 0 {
				continue
			}
			f := m[k][i] / m[i][i]
			for j := i; j <= n; j++ {
				m[k][j] -= f * m[i][j]
			}
		}
	}
	out := make([]float64, n)
	for i := range n {
		if m[i][i] != 0 {
			out[i] = m[i][n] / m[i][i]
		}
	}
	return out
}

// leaveOut predicts each source with a model fitted on the others.
func leaveOut(rows []example, n int) []float64 {
	sources := map[string]bool{}
	for _, r := range rows {
		sources[r.source] = true
	}
	out := make([]float64, len(rows))
	for source := range sources {
		var others []example
		for _, r := range rows {
			if r.source != source {
				others = append(others, r)
			}
		}
		w := train(others, n)
		for i, r := range rows {
			if r.source == source {
				out[i] = logistic(w, r.x)
			}
		}
	}
	return out
}

// calibration is the mean distance of confidence and truth over ten bins,
// every source having the same say, and a table of the bins.
func calibration(rows []example, p []float64) (ece float64, table string) {
	var n, sum, right [10]float64
	total := 0.0
	for i, r := range rows {
		b := min(int(p[i]*10), 9)
		n[b] += r.weight
		sum[b] += r.weight * p[i]
		if r.yes {
			right[b] += r.weight
		}
		total += r.weight
	}
	var b strings.Builder
	for i := range n {
		if n[i] > 0 {
			ece += math.Abs(sum[i]-right[i]) / total
			fmt.Fprintf(&b, "\n  %.1f: said %.3f, right %.3f, share %.3f", float64(i)/10, sum[i]/n[i], right[i]/n[i], n[i]/total)
		}
	}
	return ece, b.String()
}

// ordinary is how much more ordinary news counts in fitting relevance: a feed
// has more of it than our collections.
const ordinary = 1.25

func relevanceExamples(t *testing.T, tagger *Tagger) []example {
	s := newScan(tagger)
	var rows []example
	for _, l := range slices.Concat(readLabelled(t, "relevance.jsonl.gz"), readLabelled(t, "gold.jsonl")) {
		s.run(&Text{Language: l.Lang, Headline: l.Title, Body: l.Text})
		x := s.relevanceFeatures()
		rows = append(rows, example{source: l.Source, x: x[:], yes: l.relevant()})
	}
	balance(rows)
	for i := range rows {
		if !rows[i].yes {
			rows[i].weight *= ordinary
		}
	}
	return rows
}

// topicExamples are the topics found, on sources that label all of theirs.
func topicExamples(t *testing.T, tagger *Tagger) []example {
	index := map[string]int{}
	for i, info := range tagger.topics {
		index["conflict."+info.ID] = i
	}
	texts := slices.Concat(readLabelled(t, "topics.jsonl.gz"), readLabelled(t, "gold.jsonl"))
	labels := map[string]map[string]bool{}
	for _, l := range texts {
		if labels[l.Source] == nil {
			labels[l.Source] = map[string]bool{}
		}
		for _, id := range l.Labels {
			labels[l.Source][id] = true
		}
	}
	s := newScan(tagger)
	var rows []example
	for _, l := range texts {
		if slices.Contains([]string{"rams", "hkprotest"}, l.Source) { // one label a text, or the same for all
			continue
		}
		s.run(&Text{Language: l.Lang, Headline: l.Title, Body: l.Text})
		if s.relevance() < topicRelevance {
			continue
		}
		for id := range labels[l.Source] {
			i, ok := index[id]
			if !ok || s.scores[i] < 0.5 || slices.Contains(l.Optional, id) {
				continue
			}
			x := s.confidenceFeatures(int32(i))
			rows = append(rows, example{source: l.Source, x: x[:], yes: slices.Contains(l.Labels, id)})
		}
	}
	balance(rows)
	return rows
}

// TestTaggerKnowsHowSureItIs compares what the tagger says of labelled texts
// with what is true of them; go test -v shows the tables.
func TestTaggerKnowsHowSureItIs(t *testing.T) {
	const most = 0.05
	tagger, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range []struct {
		name    string
		rows    []example
		weights []float64
	}{
		{"relevance", relevanceExamples(t, tagger), relevanceWeights[:]},
		{"confidence", topicExamples(t, tagger), confidenceWeights[:]},
	} {
		balance(m.rows)
		said := make([]float64, len(m.rows))
		for i, r := range m.rows {
			said[i] = logistic(m.weights, r.x)
		}
		off, table := calibration(m.rows, said)
		t.Logf("%s: off by %.3f in the mean%s", m.name, off, table)
		if off > most {
			t.Errorf("%s is off by %.3f in the mean, want at most %.2f; run go test -fit", m.name, off, most)
		}
	}
}

func TestFit(t *testing.T) {
	if !*fit {
		t.Skip("run with -fit after a change of rules")
	}
	tagger, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range []struct {
		name string
		rows []example
	}{
		{"relevanceWeights", relevanceExamples(t, tagger)},
		{"confidenceWeights", topicExamples(t, tagger)},
	} {
		n := len(m.rows[0].x)
		t.Logf("%s = %.3f", m.name, train(m.rows, n))
		ece, table := calibration(m.rows, leaveOut(m.rows, n))
		t.Logf("%s on sources not seen: error %.3f%s", m.name, ece, table)
	}
}
