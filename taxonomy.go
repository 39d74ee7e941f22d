package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"conflictwire/enrich"
	"conflictwire/enrich/topic"
	"conflictwire/sink"
	"conflictwire/sink/record"

	"github.com/nats-io/nats.go/jetstream"
)

type taxonomyCmd struct {
	Check taxonomyCheckCmd `cmd:"" help:"Check a directory of topic files, with the tests in them."`
	Test  taxonomyTestCmd  `cmd:"" help:"Show what a topic's rules find in the stored articles."`
	Diff  taxonomyDiffCmd  `cmd:"" help:"Show what other rules would gain and lose on the stored articles."`
}

type taxonomyCheckCmd struct {
	Dir string `arg:"" optional:"" type:"path" help:"Directory of topic files; the built-in ones when not given."`
}

// Run implements the command.
func (c *taxonomyCheckCmd) Run(s *streams) error {
	topics, err := loadTopics(c.Dir)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "taxonomy %s: %d groups, %d topics; their tests pass\n", topics.Version(), len(topics.Groups()), len(topics.Topics()))
	return nil
}

// stored says which stored articles to look at.
type stored struct {
	serverFlags
	Since time.Duration `default:"24h" help:"Articles whose newest version is at most this old."`
	Limit int           `default:"20" help:"Examples that are printed for each topic; 0 for all."`
}

// each hands the stored articles to handle, the newest version of each.
func (c stored) each(ctx context.Context, name string, handle func(jetstream.JetStream, *record.Record) error) (n int, err error) {
	conn, js, err := c.dial("conflictwire " + name)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	err = sink.Newest(ctx, js, time.Now().Add(-c.Since), func(rec *record.Record) error {
		n++
		return handle(js, rec)
	})
	return n, noPipeline(err)
}

type taxonomyTestCmd struct {
	stored
	Topic  string `arg:"" help:"Topic, such as peace.ceasefire, or group, such as peace."`
	Topics string `type:"path" placeholder:"DIR" help:"Topic files to use instead of the built-in ones."`
}

// Run implements the command.
func (c *taxonomyTestCmd) Run(ctx context.Context, s *streams) error {
	e, err := enricherOf(c.Topics)
	if err != nil {
		return err
	}
	wanted := strings.TrimPrefix(c.Topic, "conflict.")
	if !hasTopic(e, wanted) {
		return fmt.Errorf("there is no topic or group %q in these rules", c.Topic)
	}
	t := newTagCount()
	n, err := c.each(ctx, "taxonomy test", func(_ jetstream.JetStream, rec *record.Record) error {
		tags := e.Tag(sink.TextOf(rec))
		for i, topic := range tags.Topics {
			if topic.ID != wanted && !strings.HasPrefix(topic.ID, wanted+".") {
				continue
			}
			if t.add(topic.ID, tags.Country, rec); c.Limit == 0 || t.topics[topic.ID] <= c.Limit {
				example(s.out, " ", rec, newTagsOut("", rec.Language, tags).Topics[i])
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	t.print(s.out)
	fmt.Fprintf(s.out, "%d of %d articles\n", len(t.articles), n)
	return nil
}

type taxonomyDiffCmd struct {
	stored
	Old string `arg:"" help:"Directory of topic files, or built-in."`
	New string `arg:"" help:"Directory of topic files, or built-in."`
}

// Run implements the command.
func (c *taxonomyDiffCmd) Run(ctx context.Context, s *streams) error {
	before, err := enricherOf(c.Old)
	if err != nil {
		return err
	}
	after, err := enricherOf(c.New)
	if err != nil {
		return err
	}
	gained, lost := newTagCount(), newTagCount()
	n, err := c.each(ctx, "taxonomy diff", func(_ jetstream.JetStream, rec *record.Record) error {
		a, b := before.Tag(sink.TextOf(rec)), after.Tag(sink.TextOf(rec))
		show := func(t *tagCount, sign string, has, had enrich.Tags) {
			for i, topic := range has.Topics {
				if tagged(had, topic.ID) {
					continue
				}
				if t.add(topic.ID, has.Country, rec); c.Limit == 0 || t.topics[topic.ID] <= c.Limit {
					example(s.out, sign, rec, newTagsOut("", rec.Language, has).Topics[i])
				}
			}
		}
		show(gained, "+", b, a)
		show(lost, "-", a, b)
		return nil
	})
	if err != nil {
		return err
	}
	for _, x := range []struct {
		name string
		t    *tagCount
	}{{"gained", gained}, {"lost", lost}} {
		fmt.Fprintf(s.out, "%s: %d tags on %d articles\n", x.name, x.t.count, len(x.t.articles))
		x.t.print(s.out)
	}
	fmt.Fprintf(s.out, "%d articles looked at\n", n)
	return nil
}

// builtInRulesName stands for the built-in topic files on the command line.
const builtInRulesName = "built-in"

// enricherOf loads the rules of a directory.
func enricherOf(dir string) (*enrich.Enricher, error) {
	if dir == builtInRulesName {
		dir = ""
	}
	r, err := loadRules(dir, "")
	if err != nil {
		return nil, err
	}
	return r.enricher(), nil
}

func hasTopic(e *enrich.Enricher, id string) bool {
	return slices.ContainsFunc(e.Topics(), func(t topic.Info) bool { return t.ID == id || strings.HasPrefix(t.ID, id+".") })
}

func tagged(t enrich.Tags, id string) bool {
	for _, topic := range t.Topics {
		if topic.ID == id {
			return true
		}
	}
	return false
}

// A tagCount counts tags by what editors ask for.
type tagCount struct {
	count                                    int
	articles                                 map[string]bool
	topics, countries, languages, publishers map[string]int
}

func newTagCount() *tagCount {
	return &tagCount{articles: map[string]bool{}, topics: map[string]int{}, countries: map[string]int{}, languages: map[string]int{}, publishers: map[string]int{}}
}

func (t *tagCount) add(topic, country string, rec *record.Record) {
	t.count++
	t.articles[rec.Conflictwire.ID] = true
	t.topics[topic]++
	t.countries[country]++
	t.languages[cmp.Or(rec.Language, "und")]++
	t.publishers[rec.Conflictwire.Provenance.Publisher]++
}

// print writes the counts, the largest first.
func (t *tagCount) print(w io.Writer) {
	for _, x := range []struct {
		name   string
		counts map[string]int
	}{{"topics", t.topics}, {"countries", t.countries}, {"languages", t.languages}, {"publishers", t.publishers}} {
		if len(x.counts) == 0 {
			continue
		}
		keys := slices.Collect(maps.Keys(x.counts))
		slices.SortFunc(keys, func(a, b string) int { return cmp.Or(x.counts[b]-x.counts[a], strings.Compare(a, b)) })
		var parts []string
		for _, k := range keys[:min(len(keys), 20)] {
			parts = append(parts, fmt.Sprintf("%s %d", plain(k), x.counts[k]))
		}
		if len(keys) > 20 {
			parts = append(parts, fmt.Sprintf("and %d more", len(keys)-20))
		}
		fmt.Fprintf(w, "  %-10s  %s\n", x.name, strings.Join(parts, ", "))
	}
}

// example prints a tag of an article with the sentence that carries it.
func example(w io.Writer, sign string, rec *record.Record, t topicOut) {
	fmt.Fprintf(w, "%s %s %.2f  %s  %s\n", sign, strings.TrimPrefix(t.ID, "conflict."), t.Confidence, cmp.Or(rec.Language, "und"), plain(rec.Headline()))
	best := -1
	for i, e := range t.Evidence {
		if best < 0 || e.Weight > t.Evidence[best].Weight {
			best = i
		}
	}
	if best >= 0 {
		e := t.Evidence[best]
		fmt.Fprintf(w, "      %s (%s)\n", plain(sentence(rec.Field(e.Field), e.Start, e.End)), e.Rule)
	}
}

// sentence is the sentence around text[start:end], with the words marked.
func sentence(text string, start, end int) string {
	if start < 0 || end > len(text) || start > end {
		return ""
	}
	from, to := topic.Sentence(text, start, end)
	return strings.TrimSpace(text[from:start] + "»" + text[start:end] + "«" + text[end:to])
}

type retagCmd struct {
	serverFlags
	Config string        `short:"c" type:"path" placeholder:"FILE" help:"Configuration whose rules count. Without one, the built-in ones."`
	Since  time.Duration `default:"720h" help:"Articles whose newest version is at most this old."`
	DryRun bool          `help:"Only say what would change."`
}

// Run implements the command.
func (c *retagCmd) Run(ctx context.Context, s *streams) error {
	_, r, err := loadConfig(c.Config)
	if err != nil {
		return err
	}
	e := r.enricher()
	changed, looked := 0, 0
	all := stored{serverFlags: c.serverFlags, Since: c.Since}
	var out *sink.Sink
	looked, err = all.each(ctx, "retag", func(js jetstream.JetStream, rec *record.Record) error {
		tags := e.Tag(sink.TextOf(rec))
		was, is := tagNames(rec), topicNames(tags)
		if slices.Equal(was, is) && rec.Conflictwire.Country == tags.Country {
			return nil
		}
		if !c.DryRun {
			if out == nil {
				if out, err = sink.Attach(ctx, js, r.topics.Topics()); err != nil {
					return noPipeline(err)
				}
			}
			res, err := out.Retag(ctx, rec.Conflictwire.ID, e.Tag)
			if err != nil {
				return err
			}
			if res.Outcome != sink.Stored {
				return nil // somebody was quicker, or it is withdrawn
			}
		}
		changed++
		fmt.Fprintf(s.out, "%s  %s\n    was %s %s\n    is  %s %s\n", rec.Conflictwire.ID, plain(rec.Headline()),
			strings.ToUpper(rec.Conflictwire.Country), names(was), strings.ToUpper(tags.Country), names(is))
		return nil
	})
	if err != nil {
		return err
	}
	what := "retagged"
	if c.DryRun {
		what = "would be retagged"
	}
	fmt.Fprintf(s.out, "%d of %d articles %s under taxonomy %s\n", changed, looked, what, r.topics.Version())
	return nil
}

// tagNames are the topics of a record, sorted.
func tagNames(rec *record.Record) []string {
	out := []string{}
	for _, t := range rec.Conflictwire.Topics {
		out = append(out, strings.TrimPrefix(t.ID, "conflict."))
	}
	slices.Sort(out)
	return out
}

// topicNames are the topics of tags, sorted.
func topicNames(t enrich.Tags) []string {
	out := []string{}
	for _, x := range t.Topics {
		out = append(out, x.ID)
	}
	slices.Sort(out)
	return out
}

func names(list []string) string { return cmp.Or(strings.Join(list, ", "), "no topic") }
