package demo

import (
	"cmp"
	"fmt"
	"hash/crc32"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
)

// An article is one file of articles/, with what happens to it over time.
type article struct {
	house     *house
	slug      string
	guid      string // instead of the one its feed would make up
	url       string
	section   string
	byline    string
	language  string
	layout    string
	caption   string
	credit    string
	country   string
	topics    []string
	age       time.Duration // published that long before the start, if appears is 0
	appears   time.Duration // on the timeline
	withdrawn time.Duration // on the timeline; 0 means never
	copyOf    string        // "publisher/slug" of the original
	original  *article
	texts     []text // one for each version, the first at 0
}

// A text is one version of an article's words.
type text struct {
	at         time.Duration // when it replaces the one before, on the timeline
	title      string
	standfirst string
	blocks     []block
}

// A block is a paragraph or a subheading.
type block struct {
	Heading bool
	Text    string
}

// load reads all articles of the publisher, newest first.
func (h *house) load(fsys fs.FS) error {
	names, err := fs.Glob(fsys, path.Join("articles", h.slug, "*.txt"))
	if err != nil {
		return err
	}
	for _, name := range names {
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		a, err := h.parseArticle(string(data))
		if err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}
		a.slug = strings.TrimSuffix(path.Base(name), ".txt")
		h.articles = append(h.articles, a)
	}
	slices.SortStableFunc(h.articles, func(a, b *article) int {
		return cmp.Or(cmp.Compare(b.appears, a.appears), cmp.Compare(a.age, b.age))
	})
	return nil
}

// parseArticle reads fields, an empty line, paragraphs set apart by empty
// lines, and after a line "=== corrected DURATION" what a correction changes.
func (h *house) parseArticle(data string) (*article, error) {
	head, body, _ := strings.Cut(data, "\n\n")
	f, err := parseFields(head)
	if err != nil {
		return nil, err
	}
	a := &article{
		house:    h,
		section:  cmp.Or(f["section"], "world"),
		guid:     f["guid"],
		byline:   f["byline"],
		language: cmp.Or(f["language"], h.language),
		layout:   cmp.Or(f["layout"], h.layout),
		caption:  f["caption"],
		credit:   f["credit"],
		country:  f["country"],
		copyOf:   f["copy of"],
	}
	if f["topics"] != "" {
		a.topics = strings.Split(f["topics"], ", ")
	}
	for key, d := range map[string]*time.Duration{"age": &a.age, "appears": &a.appears, "withdrawn": &a.withdrawn} {
		if f[key] == "" {
			continue
		}
		if *d, err = time.ParseDuration(f[key]); err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
	}
	body, correction, corrected := strings.Cut(body, "\n=== corrected ")
	first := text{title: f["title"], standfirst: f["standfirst"]}
	for p := range strings.SplitSeq(body, "\n\n") {
		if p = strings.Join(strings.Fields(p), " "); p != "" {
			rest, heading := strings.CutPrefix(p, "## ")
			first.blocks = append(first.blocks, block{heading, rest})
		}
	}
	a.texts = []text{first}
	if corrected {
		second, err := first.correct(correction)
		if err != nil {
			return nil, fmt.Errorf("correction: %w", err)
		}
		a.texts = append(a.texts, second)
	}
	return a, nil
}

// correct applies a correction: the time on the first line, then pairs of
// lines "- old words" and "+ new words", then "note: " and a paragraph that
// tells the reader.
func (t text) correct(correction string) (text, error) {
	when, rest, _ := strings.Cut(correction, "\n")
	at, err := time.ParseDuration(strings.TrimSpace(when))
	if err != nil {
		return t, err
	}
	t.at = at
	t.blocks = slices.Clone(t.blocks)
	var old string
	for line := range strings.Lines(rest) {
		line = strings.TrimSpace(line)
		mark, words, _ := strings.Cut(line, " ")
		switch mark {
		case "":
		case "-":
			old = words
		case "+":
			if !t.replace(old, words) {
				return t, fmt.Errorf("%q is not in the text", old)
			}
		case "note:":
			t.blocks = append(t.blocks, block{Text: words})
		default:
			return t, fmt.Errorf("line %q starts with none of \"-\", \"+\" and \"note:\"", line)
		}
	}
	return t, nil
}

// replace puts the new words for the old everywhere, and says whether the old
// were there at all.
func (t *text) replace(old, words string) bool {
	found := false
	in := func(s *string) {
		found = found || strings.Contains(*s, old)
		*s = strings.ReplaceAll(*s, old, words)
	}
	in(&t.title)
	in(&t.standfirst)
	for i := range t.blocks {
		in(&t.blocks[i].Text)
	}
	return found
}

// linkCopies gives every syndicated copy the text of its original.
func linkCopies(houses []*house) error {
	bySlug := make(map[string]*article)
	for _, h := range houses {
		for _, a := range h.articles {
			bySlug[h.slug+"/"+a.slug] = a
		}
	}
	for name, a := range bySlug {
		if a.copyOf == "" {
			continue
		}
		if a.original = bySlug[a.copyOf]; a.original == nil {
			return fmt.Errorf("read articles/%s.txt: no article %s to be a copy of", name, a.copyOf)
		}
		o := a.original
		a.texts, a.language, a.topics, a.country = o.texts, o.language, o.topics, o.country
		a.caption, a.credit = o.caption, o.credit
	}
	return nil
}

// parseFields reads lines "key: value".
func parseFields(s string) (map[string]string, error) {
	fields := make(map[string]string)
	for line := range strings.Lines(s) {
		key, value, ok := strings.Cut(strings.TrimSpace(line), ": ")
		if !ok {
			return nil, fmt.Errorf("line %q is not a key and a value", line)
		}
		fields[key] = strings.TrimSpace(value)
	}
	return fields, nil
}

// text returns the words as they are at a time on the timeline.
func (a *article) text(elapsed time.Duration) text {
	t := a.texts[0]
	for _, later := range a.texts[1:] {
		if later.at <= elapsed {
			t = later
		}
	}
	return t
}

// out says whether the article has appeared, and gone whether it has been
// withdrawn since.
func (a *article) out(elapsed time.Duration) bool { return a.appears <= elapsed }
func (a *article) gone(elapsed time.Duration) bool {
	return a.withdrawn > 0 && a.withdrawn <= elapsed
}

// image is the URL of the article's photo, empty if it has none.
func (a *article) image() string {
	if a.caption == "" {
		return ""
	}
	return a.house.base + "/img/" + a.slug + ".svg"
}

// changed is when the article last changed before a time on the timeline, 0
// if it has not changed since the start.
func (a *article) changed(elapsed time.Duration) time.Duration {
	if a.gone(elapsed) {
		return a.withdrawn
	}
	return max(a.appears, a.text(elapsed).at)
}

// number is the article's number in its publisher's system.
func (a *article) number() int { return 100_000 + int(crc32.ChecksumIEEE([]byte(a.slug))%900_000) }

// expected is what a pipeline should get from the article.
func (a *article) expected() Article {
	last := a.texts[len(a.texts)-1]
	x := Article{
		URL: a.url, Publisher: a.house.slug, Language: a.language, Title: last.title,
		Appears: a.appears, Versions: len(a.texts), Withdrawn: a.withdrawn > 0,
		Denied:   strings.HasPrefix(strings.TrimPrefix(a.url, a.house.base), "/archive/"),
		Conflict: len(a.topics) > 0, Topics: slices.Clone(a.topics),
		Country: a.country, Caption: a.caption,
	}
	for _, b := range last.blocks {
		x.Paragraphs = append(x.Paragraphs, b.Text)
	}
	for _, c := range a.house.channels {
		if c.carries(a) {
			x.Feeds = append(x.Feeds, c.id)
		}
	}
	if a.original != nil {
		x.DuplicateOf = a.original.url
	}
	return x
}
