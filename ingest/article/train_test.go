package article

import (
	"bufio"
	"compress/gzip"
	"encoding/binary"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/publicsuffix"
)

// The training of the model; train/README.md says how to use these.
var (
	dataFlag     = flag.String("data", "", "training: `folder` with one folder for each set of pages")
	featuresFlag = flag.String("features", "", "training: write features and labels into this `folder`")
	votesFlag    = flag.String("votes", "", "training: `folder` with the texts that other extractors found")
	scoresFlag   = flag.String("scores", "", "training: `file` with a chance for each block, to extract with")
	textsFlag    = flag.String("texts", "", "training: write the articles extracted into this `folder`")
)

// sets are the folders of pages, in the order of the rows.
var sets = []string{"scrapinghub", "fundus", "trafeval"}

// voters are the extractors whose texts label pages that have no body in the ground truth.
var voters = []string{"go-trafilatura", "go-trafilatura fast", "go-readability", "go-domdistiller"}

// A sample is one page of the training data.
type sample struct {
	ID        string   `json:"id"`
	URL       string   `json:"url"`
	Publisher string   `json:"publisher"`
	Body      string   `json:"body"`
	With      []string `json:"with"`
	Without   []string `json:"without"`

	set  string
	html []byte
}

// group is what must not be on both sides of a split: the publisher, or else the registered domain.
func (s *sample) group() string {
	u, err := url.Parse(s.URL)
	if err != nil || u.Hostname() == "" {
		return s.set + " " + s.ID
	}
	domain, err := publicsuffix.EffectiveTLDPlusOne(u.Hostname())
	if err != nil {
		return u.Hostname()
	}
	return domain
}

// samples reads the pages of one set.
func samples(tb testing.TB, set string) []sample {
	tb.Helper()
	return samplesIn(tb, *dataFlag, set)
}

func samplesIn(tb testing.TB, data, set string) []sample {
	tb.Helper()
	dir := filepath.Join(data, set)
	f, err := os.Open(filepath.Join(dir, "ground-truth.jsonl"))
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 16<<20)
	var out []sample
	for lines.Scan() {
		s := sample{set: set}
		if err := json.Unmarshal(lines.Bytes(), &s); err != nil {
			tb.Fatal(err)
		}
		if s.html, err = unzip(filepath.Join(dir, "html", s.ID+".html.gz")); err != nil {
			tb.Fatal(err)
		}
		out = append(out, s)
	}
	if err := lines.Err(); err != nil {
		tb.Fatal(err)
	}
	return out
}

func unzip(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}

// rowsPage is a line of pages.jsonl: where the rows of a page are.
type rowsPage struct {
	Set   string `json:"set"`
	ID    string `json:"id"`
	Group string `json:"group"`
	First int    `json:"first"`
	Count int    `json:"count"`
	Want  int    `json:"want"` // words of the body in the ground truth
}

// TestFeatures writes features.f32 (a row of numFeatures for each block),
// labels.f32 (see labelBlocks) and pages.jsonl.
func TestFeatures(t *testing.T) {
	if *featuresFlag == "" || *dataFlag == "" {
		t.Skip("for training only: needs -data and -features")
	}
	features, done := create(t, filepath.Join(*featuresFlag, "features.f32"))
	defer done()
	labels, done := create(t, filepath.Join(*featuresFlag, "labels.f32"))
	defer done()
	index, done := create(t, filepath.Join(*featuresFlag, "pages.jsonl"))
	defer done()
	groups := map[string]string{} // of a publisher with several domains
	first := 0
	for _, set := range sets {
		votes := readVotes(t, set)
		for _, s := range samples(t, set) {
			group := s.group()
			if s.Publisher != "" {
				if groups[s.Publisher] == "" {
					groups[s.Publisher] = group
				}
				group = groups[s.Publisher]
			}
			row := rowsPage{Set: set, ID: s.ID, Group: group, First: first}
			if x := s.prepare(); x != nil {
				blocks := x.describeBlocks()
				for i := range blocks {
					write(t, features, blocks[i][:])
				}
				for _, l := range x.page.labelBlocks(&s, votes[s.ID]) {
					write(t, labels, l[:])
				}
				row.Count = len(blocks)
			}
			b := block{text: s.Body}
			row.Want = len(b.measure(nil))
			first += row.Count
			if err := json.NewEncoder(index).Encode(row); err != nil {
				t.Fatal(err)
			}
		}
	}
	signs, done := create(t, filepath.Join(*featuresFlag, "signs.json"))
	defer done()
	if err := json.NewEncoder(signs).Encode(signsOf()); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d rows of %d features", first, numFeatures)
}

// signsOf says which features may only speak against the body (-1) or for it (1).
// It keeps the trees from learning an accident of a few pages.
func signsOf() (out [numFeatures]int) {
	for _, f := range []int{
		fLinkShare, fFurniture, fVeiled, fSeen, fInComments, fInTeasers, fInSidebar, fInOffer, fHeadingOffer, fBranchOffer, fBranchLinks, fMarks,
		fUp + 1, fUp + 8, fUp + 15, fUp + 22, fBeside + 6*2 + 1, fBeside + 6*3 + 1, // links in the elements around and the blocks beside
	} {
		out[f] = -1
	}
	for k := range 20 {
		if (tAside|tNav|tFooter|tForm|tFigcaption|tButton)>>k&1 != 0 {
			out[fIn+k] = -1
		}
	}
	const against = wComment | wRelated | wShare | wNav | wAd | wSignup | wConsent | wAuthor | wBio | wTags | wCaption | wCredit | wSidebar | wTeaser | wCorrect | wAds2 | wTool
	for k := range 32 {
		if against>>k&1 != 0 {
			out[fInside+k], out[fNear+k] = -1, -1
		}
		if (wBody|wParagraph)>>k&1 != 0 {
			out[fNear+k] = 1
		}
	}
	for _, f := range []int{fInDeclared, fBodied, fPathShare, fPathTokens, fSpotShare} {
		out[f] = 1
	}
	return out
}

// prepare takes a page apart, up to the point where its blocks can be described.
func (s *sample) prepare() *extraction {
	root, err := parse(Page{URL: s.URL, Body: s.html})
	if err != nil {
		return nil
	}
	return newExtraction(Page{URL: s.URL}, split(root))
}

// Columns of labels.f32.
const (
	lTokens  = iota
	lGold    // share of the text that is in the body of the ground truth; -1 if that has none
	lWanted  // 1 if it holds a wanted snippet, 0 if it holds an unwanted one, else -1
	lProse   // the block reads like running text
	lVotes   // share of the text that each voter found; -1 if it did not vote
	numLabel = lVotes + 4
)

// labelBlocks says of each block what the ground truth and the voters say.
func (p *page) labelBlocks(s *sample, votes []string) [][numLabel]float32 {
	out := make([][numLabel]float32, len(p.blocks))
	gold := newQuote(s.Body)
	var voted []quote
	for _, v := range votes {
		voted = append(voted, newQuote(v))
	}
	for i := range p.blocks {
		b, l := &p.blocks[i], &out[i]
		l[lTokens], l[lProse] = float32(b.tokens), bit(b.isProse())
		l[lGold], l[lWanted] = -1, -1
		if s.Body != "" {
			l[lGold] = gold.share(p, b)
		}
		for k := range numLabel - lVotes {
			l[lVotes+k] = -1
			if k < len(voted) && votes[k] != "" {
				l[lVotes+k] = voted[k].share(p, b)
			}
		}
		holds := func(snippet string) bool {
			snippet = clean(snippet)
			return strings.Contains(b.text, snippet) || len(b.text) > 10 && strings.Contains(snippet, b.text)
		}
		switch {
		case slices.ContainsFunc(s.With, holds):
			l[lWanted] = 1
		case slices.ContainsFunc(s.Without, holds):
			l[lWanted] = 0
		}
	}
	return out
}

// A quote is a text that blocks are looked up in.
type quote struct {
	sequences map[uint32]struct{}
	lines     map[string]bool
}

func newQuote(text string) quote {
	q := quote{sequencesOf(text), map[string]bool{}}
	for line := range strings.Lines(text) {
		q.lines[fold(line)] = true
	}
	return q
}

// share returns the share of b's sequences of four words that are in q; a
// shorter block must be a line of its own.
func (q quote) share(p *page, b *block) float32 {
	const least = 6 // words
	if b.hashes[1]-b.hashes[0] >= least {
		return p.quoted(b, q.sequences)
	}
	f := fold(b.text)
	return bit(f != "" && q.lines[f])
}

// readVotes reads what the voters found on the pages of a set, by page.
func readVotes(t *testing.T, set string) map[string][]string {
	out := map[string][]string{}
	if *votesFlag == "" {
		return out
	}
	for k, name := range voters {
		f, err := os.Open(filepath.Join(*votesFlag, set, name+".jsonl"))
		if errors.Is(err, os.ErrNotExist) {
			t.Logf("%s has no vote on %s", name, set)
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		for d := json.NewDecoder(f); d.More(); {
			var v struct{ ID, Text string }
			if err := d.Decode(&v); err != nil {
				t.Fatal(err)
			}
			if out[v.ID] == nil {
				out[v.ID] = make([]string, len(voters))
			}
			out[v.ID][k] = v.Text
		}
	}
	return out
}

// TestTexts writes what is extracted from the pages, for the scorers: with the
// model in use, or with the chances of -scores.
func TestTexts(t *testing.T) {
	if *textsFlag == "" || *dataFlag == "" {
		t.Skip("for training only: needs -data and -texts")
	}
	var chances []float32
	if *scoresFlag != "" {
		raw, err := os.ReadFile(*scoresFlag)
		if err != nil {
			t.Fatal(err)
		}
		for ; len(raw) >= 4; raw = raw[4:] {
			chances = append(chances, math.Float32frombits(binary.LittleEndian.Uint32(raw)))
		}
	}
	first := 0
	for _, set := range sets {
		out, done := create(t, filepath.Join(*textsFlag, set+".jsonl"))
		for _, s := range samples(t, set) {
			var seen *extraction
			classify := func(x *extraction) []float32 {
				seen = x
				return trees(x)
			}
			if chances != nil {
				classify = func(x *extraction) []float32 {
					seen = x
					from := first
					first += len(x.page.blocks)
					return chances[from:first]
				}
			}
			a, err := extract(Page{URL: s.URL, Body: s.html}, classify)
			if a == nil {
				t.Logf("%s: %v", s.ID, err)
				continue
			}
			line := map[string]any{"id": s.ID, "title": a.Title, "byline": a.Byline, "method": a.Method, "quality": a.Quality, "signals": seen.signals, "partial": a.Partial, "text": strings.TrimPrefix(a.Standfirst+"\n", "\n") + a.Text()}
			if !a.Published.IsZero() {
				line["published"] = a.Published.Format(time.RFC3339)
			}
			if err := json.NewEncoder(out).Encode(line); err != nil {
				t.Fatal(err)
			}
		}
		done()
	}
}

// create opens a file to write to, and gives the function that ends it.
func create(t *testing.T, name string) (*bufio.Writer, func()) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	w := bufio.NewWriter(f)
	return w, func() {
		if err := errors.Join(w.Flush(), f.Close()); err != nil {
			t.Error(fmt.Errorf("write %s: %w", name, err))
		}
	}
}

func write(t *testing.T, w io.Writer, row []float32) {
	t.Helper()
	if err := binary.Write(w, binary.LittleEndian, row); err != nil {
		t.Fatal(err)
	}
}
