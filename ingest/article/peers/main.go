// Command peers runs this project's article extractor and three others over the
// same pages and prints one table: F1, precision, recall and pages per second on
// one core. It is a module of its own, so that the others never become
// dependencies of the program.
//
//	cd ingest/article/peers
//	GOMAXPROCS=1 go run . DIR...
//
// A DIR holds ground-truth.jsonl, one object a line with id, url and either body
// or the snippets with and without, and html/ID.html.gz.
//
// With -texts FOLDER it also writes what each extractor found, for the training
// (see ../train/README.md).
package main

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// A page is one line of the ground truth with its HTML.
type page struct {
	ID      string   `json:"id"`
	URL     string   `json:"url"`
	Want    string   `json:"body"`
	With    []string `json:"with"`
	Without []string `json:"without"`

	html  []byte
	signs bool // of a set in which characters without blanks between them count as words
}

func main() {
	passes := flag.Int("passes", 2, "how often each page is timed")
	texts := flag.String("texts", "", "write what each extractor found into this `folder`")
	flag.Parse()
	runtime.GOMAXPROCS(1)
	if err := run(os.Stdout, flag.Args(), *passes, *texts); err != nil {
		fmt.Fprintln(os.Stderr, "peers:", err)
		os.Exit(1)
	}
}

func run(out io.Writer, dirs []string, passes int, texts string) error {
	if len(dirs) == 0 {
		return errors.New("which data directory? see go doc")
	}
	for _, dir := range dirs {
		pages, err := load(dir)
		if err != nil {
			return fmt.Errorf("load %s: %w", dir, err)
		}
		set := filepath.Base(dir)
		found, took := measure(pages, passes)
		report(out, set, pages, found, took, passes)
		if texts == "" {
			continue
		}
		for k, e := range extractors {
			if e.name == parseOnly {
				continue
			}
			if err := save(filepath.Join(texts, set, e.name+".jsonl"), pages, found[k]); err != nil {
				return fmt.Errorf("save the texts of %s: %w", e.name, err)
			}
		}
	}
	return nil
}

// load reads the pages of a data directory.
func load(dir string) ([]page, error) {
	f, err := os.Open(filepath.Join(dir, "ground-truth.jsonl"))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	const longest = 16 << 20 // bytes of a line
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, longest)
	var pages []page
	for lines.Scan() {
		p := page{signs: filepath.Base(dir) == "fundus"}
		if err := json.Unmarshal(lines.Bytes(), &p); err != nil {
			return nil, fmt.Errorf("line %d: %w", len(pages)+1, err)
		}
		if p.html, err = unzip(filepath.Join(dir, "html", p.ID+".html.gz")); err != nil {
			return nil, err
		}
		pages = append(pages, p)
	}
	return pages, lines.Err()
}

func unzip(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, fmt.Errorf("unzip %s: %w", name, err)
	}
	return io.ReadAll(z)
}

// measure runs all extractors over all pages, page by page in turn, so that what
// else the machine does weighs on all of them alike.
func measure(pages []page, passes int) (found [][]string, took []time.Duration) {
	found = make([][]string, len(extractors))
	took = make([]time.Duration, len(extractors))
	for k := range found {
		found[k] = make([]string, len(pages))
	}
	for pass := range passes {
		for i, p := range pages {
			for k, e := range extractors {
				start := time.Now()
				text := attempt(e, p)
				took[k] += time.Since(start)
				if pass == 0 {
					found[k][i] = text
				}
			}
		}
	}
	return found, took
}

// attempt is e.extract for a page that may be too much for it: an error or a
// panic counts as no text.
func attempt(e extractor, p page) (text string) {
	defer func() {
		if recover() != nil {
			text = ""
		}
	}()
	text, err := e.extract(p)
	if err != nil {
		return ""
	}
	return text
}

func report(out io.Writer, set string, pages []page, found [][]string, took []time.Duration, passes int) {
	fmt.Fprintf(out, "%s, %d pages, %s\n\n", set, len(pages), runtime.Version())
	fmt.Fprintln(out, "| extractor | F1 | precision | recall | pages/s/core | × parse |")
	fmt.Fprintln(out, "|---|---|---|---|---|---|")
	for k, e := range extractors {
		scores := "— | — | —"
		if e.name != parseOnly {
			f := score(pages, found[k])
			scores = fmt.Sprintf("%.3f | %.3f | %.3f", f.f1(), f.precision, f.recall)
		}
		rate := float64(len(pages)*passes) / took[k].Seconds()
		fmt.Fprintf(out, "| %s | %s | %.0f | %.2f |\n", e.name, scores, rate, float64(took[k])/float64(took[0]))
	}
	fmt.Fprintln(out)
}

// save writes one line for each page, in the form that the scorers read.
func save(name string, pages []page, found []string) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	lines := json.NewEncoder(w)
	for i, p := range pages {
		err = errors.Join(err, lines.Encode(map[string]string{"id": p.ID, "text": strings.TrimSpace(found[i])}))
	}
	return errors.Join(err, w.Flush(), f.Close())
}
