package main

import (
	"bytes"
	"cmp"
	_ "embed"
	"errors"
	"fmt"
	"html/template"
	"io"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"conflictwire/ingest/article"
)

//go:embed explain.html
var explainHTML string

// explain says of every block of a page why it is in the article or not: on
// the terminal, and as a page in the file that --explain-html names.
func (c *pageCmd) explain(s *streams, doc fetched) error {
	blocks, a, err := article.Explain(article.Page{URL: doc.url, ContentType: doc.contentType, Body: doc.data})
	if a == nil {
		return err
	}
	if c.ExplainHTML != "" {
		var page bytes.Buffer
		if err := writeExplanation(&page, doc.url, blocks, a); err != nil {
			return err
		}
		if err := os.WriteFile(c.ExplainHTML, page.Bytes(), 0o644); err != nil {
			return fmt.Errorf("write the explanation: %w", err)
		}
	}
	switch {
	case !c.Explain:
		fmt.Fprintf(s.out, "%d blocks explained in %s\n", len(blocks), c.ExplainHTML)
	case c.JSON:
		return errors.Join(writeJSON(s.out, blocks), err)
	default:
		printExplanation(s.out, blocks, a)
	}
	return err
}

// marks stand before the blocks on the terminal.
var marks = map[article.Part]string{
	article.InBody: "+", article.InTitle: "H", article.InStandfirst: "S", article.Dropped: "x", article.LeftOut: " ",
}

func printExplanation(w io.Writer, blocks []article.Block, a *article.Article) {
	fmt.Fprintln(w, "+ body   H headline   S standfirst   x dropped by the clean-up   (blank) left out; in brackets, the effect on the log odds")
	for i, b := range blocks {
		chance := "    "
		if b.Chance >= 0 {
			chance = fmt.Sprintf("%3.0f%%", 100*b.Chance)
		}
		fmt.Fprintf(w, "\n%s %s %4d  %s\n", marks[b.Part], chance, i, plain(cut(b.Text, 160)))
		fmt.Fprintf(w, "             %s\n", plain(b.Path))
		why := []string{b.Reason}
		for _, f := range b.Features {
			why = append(why, fmt.Sprintf("%s %.3g (%+.1f)", f.Name, f.Value, f.Moves))
		}
		fmt.Fprintf(w, "             %s\n", plain(strings.Join(why, "; ")))
	}
	fmt.Fprintln(w)
	for _, f := range facts(a) {
		source := ""
		if f.Source != "" {
			source = "  [" + f.Source + "]"
		}
		fmt.Fprintf(w, "%-12s %s%s\n", f.Name, plain(cut(f.Value, 200)), plain(source))
	}
}

// cut shortens s to so many characters.
func cut(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}

// A fact is a field of an article with its source.
type fact struct{ Name, Value, Source string }

// facts lists what was found beside the text, and where.
func facts(a *article.Article) []fact {
	var out []fact
	add := func(name, value, source string) {
		if value != "" {
			out = append(out, fact{name, value, a.Sources[source]})
		}
	}
	moment := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.Format(time.RFC3339)
	}
	count := func(n int, what string) string {
		if n == 0 {
			return ""
		}
		if n > 1 {
			what += "s"
		}
		return strconv.Itoa(n) + " " + what
	}
	state := ""
	if a.Closed {
		state = "closed"
	}
	if a.Partial {
		state = strings.TrimPrefix(state+", the body is a part of it", ", ")
	}
	add("title", a.Title, "title")
	add("standfirst", a.Standfirst, "standfirst")
	add("byline", strings.Join(a.Byline, ", "), "byline")
	add("published", moment(a.Published), "published")
	add("modified", moment(a.Modified), "modified")
	add("language", a.Language, "language")
	add("section", a.Section, "section")
	add("keywords", strings.Join(a.Keywords, ", "), "keywords")
	add("publisher", a.Publisher, "publisher")
	add("canonical", a.Canonical, "canonical")
	add("amp", a.AMP, "amp")
	add("pictures", count(len(a.Images), "picture"), "images")
	add("media", count(len(a.Media), "recording"), "media")
	add("posts", count(len(a.Posts), "post"), "posts")
	add("body", fmt.Sprintf("%d paragraphs by %s, quality %.2f", len(a.Body), a.Method, a.Quality), "body")
	add("access", state, cmp.Or(map[bool]string{true: "partial"}[a.Partial], "closed"))
	return out
}

// An explained block is a block as the page of explanation shows it.
type explained struct {
	article.Block
	Number  int
	Class   string
	Percent int
}

// classOf is the class of a part in explain.html.
func classOf(p article.Part) string {
	if p == article.InStandfirst {
		return "standfirst-part" // the article's own standfirst has the plain name
	}
	return string(p)
}

// writeExplanation writes the page with the blocks in colours. Everything of
// the explained page is text in it; nothing is loaded and nothing runs.
func writeExplanation(w io.Writer, address string, blocks []article.Block, a *article.Article) error {
	t, err := template.New("explain").Parse(explainHTML)
	if err != nil {
		return fmt.Errorf("explanation: %w", err)
	}
	type part struct {
		Part  article.Part
		Class string
		Count int
	}
	data := struct {
		Address string
		Article *article.Article
		Facts   []fact
		Parts   []part
		Blocks  []explained
	}{Address: address, Article: a, Facts: slices.DeleteFunc(facts(a), func(f fact) bool { return f.Name == "standfirst" })}
	for _, p := range []article.Part{article.InBody, article.InTitle, article.InStandfirst, article.Dropped, article.LeftOut} {
		n := 0
		for _, b := range blocks {
			if b.Part == p {
				n++
			}
		}
		data.Parts = append(data.Parts, part{p, classOf(p), n})
	}
	for i, b := range blocks {
		data.Blocks = append(data.Blocks, explained{b, i, classOf(b.Part), int(math.Round(100 * max(b.Chance, 0)))})
	}
	if err := t.Execute(w, data); err != nil {
		return fmt.Errorf("explanation: %w", err)
	}
	return nil
}
