package sink

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"conflictwire/deploy/natsd"
	"conflictwire/enrich"
	"conflictwire/enrich/place"
	"conflictwire/enrich/topic"
	"conflictwire/ingest"
	"conflictwire/ingest/article"
	"conflictwire/sink/record"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

var taxonomy = []topic.Info{
	{ID: "peace.ceasefire", Label: "Ceasefire", Group: "peace", IPTC: []topic.Code{{Code: "medtop:20000073", Name: "peace process", Match: "broad"}}, ACLED: []string{"Agreement"}},
	{ID: "peace.talks", Label: "Peace talks", Group: "peace", IPTC: []topic.Code{{Code: "medtop:20000076", Name: "peace talks", Match: "exact"}, {Code: "medtop:20000074", Name: "peace envoy", Match: "related"}}},
	{ID: "armed.battle", Label: "Battle", Group: "armed"},
}

// open returns a sink on a server of its own, and a connection to it.
func open(t *testing.T, cfg Config) (*Sink, *nats.Conn) {
	t.Helper()
	server, err := natsd.Start(natsd.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	conn, err := server.Connect("test", nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	js, err := jetstream.New(conn)
	if err != nil {
		t.Fatal(err)
	}
	cfg.Log = slog.New(slog.NewTextHandler(t.Output(), nil))
	s, err := Open(t.Context(), js, taxonomy, cfg)
	if err != nil {
		t.Fatal(err)
	}
	return s, conn
}

// enriched is an article as the pipeline hands it over. Its body has the
// quotes of its topics.
func enriched(link, headline, body, country string, topics ...string) *enrich.Record {
	key := ingest.Key(link)
	a := &ingest.Article{
		Article: article.Article{
			Title: headline, Standfirst: "What it is about.", Byline: []string{"Ada Quist"}, Method: "blocks", Quality: 0.9,
			Published: time.Date(2026, 5, 1, 10, 0, 0, 5e8, time.FixedZone("", 7200)),
			Images:    []article.Image{{URL: "https://a.example/1.jpg", Caption: "A bridge.", Credit: "B. Ro"}, {URL: "relative.jpg"}},
		},
		ID: key, URL: link, Feed: ingest.Feed{ID: "f", URL: "https://a.example/feed", Title: "The A", Publisher: "a"},
		Entry: ingest.Entry{Key: key, Link: link, FirstSeen: time.Unix(1e9, 0).UTC()}, Fetched: time.Unix(1e9, 0).UTC(),
	}
	for p := range strings.SplitSeq(body, "\n\n") {
		a.Body = append(a.Body, article.Paragraph{Kind: article.Text, Text: p, HTML: p})
	}
	r := &enrich.Record{Article: a, Language: "en", PlainBody: body, Tags: enrich.Tags{Relevance: 0.9, Country: country, Taxonomy: "v1"}}
	for i, id := range topics {
		r.Topics = append(r.Topics, topic.Topic{ID: id, Confidence: 0.95 - float64(i)/20, Evidence: []topic.Span{{Field: "headline", End: len(headline), Quote: headline, Rule: id, Weight: 1}}})
	}
	if country != "zz" {
		r.Places = []place.Place{{Country: country, Name: "Somewhere", Role: place.Event, Confidence: 1, Evidence: []place.Span{{Field: "headline", End: 1, Quote: headline[:1]}}}}
	}
	return r
}

// A log collects what a subscriber sees: subject and version, in order.
type log struct {
	mu   sync.Mutex
	seen []string
}

func (l *log) add(subject, version string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.seen = append(l.seen, subject+" v"+version)
}

func (l *log) sorted() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Sorted(slices.Values(l.seen))
}

// live collects what a core NATS subscriber sees under news.>.
func live(t *testing.T, conn *nats.Conn) *log {
	t.Helper()
	l := &log{}
	if _, err := conn.Subscribe("news.>", func(m *nats.Msg) { l.add(m.Subject, m.Header.Get("News-Version")) }); err != nil {
		t.Fatal(err)
	}
	if err := conn.Flush(); err != nil {
		t.Fatal(err)
	}
	return l
}

// replayed collects what is stored under the given subjects.
func replayed(t *testing.T, s *Sink, subjects ...string) []string {
	t.Helper()
	l := &log{}
	for _, subject := range subjects {
		err := Subscribe(t.Context(), s.js, Query{Subject: subject, Since: time.Unix(0, 0)}, func(m jetstream.Msg) error {
			l.add(m.Subject(), m.Headers().Get("News-Version"))
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return l.sorted()
}

// routed runs the router until it has nothing left to do.
func routed(t *testing.T, s *Sink) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	go func() {
		defer cancel()
		for ctx.Err() == nil {
			cons, err := s.news.Consumer(ctx, routerConsumer)
			if err != nil {
				return
			}
			info, err := cons.Info(ctx)
			if err != nil || info.NumPending == 0 && info.NumAckPending == 0 {
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
	}()
	if err := s.Route(ctx); err != nil {
		t.Fatal(err)
	}
}

func publish(t *testing.T, s *Sink, r *enrich.Record) Result {
	t.Helper()
	res, err := s.Publish(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

const body = "Both sides agreed on a truce at the river.\n\nTalks go on in the town on Monday, and both delegations said so."

func TestArticleIsStoredOnceLiveAndReplayed(t *testing.T) {
	s, conn := open(t, Config{Desks: []Desk{{ID: "syria", Countries: []string{"sy"}}, {ID: "battle", Topics: []string{"armed"}}}})
	seen := live(t, conn)
	r := enriched("https://a.example/1", "Truce holds", body, "sy", "peace.ceasefire", "peace.talks")
	for i, want := range []Outcome{Stored, Unchanged, Unchanged} {
		if got := publish(t, s, r); got.Outcome != want || got.ID != r.ID {
			t.Errorf("Publish no. %d = %+v, want %s", i+1, got, want)
		}
	}
	routed(t, s)
	want := []string{
		"news.article." + r.ID + ".en.a v1",
		"news.desk.syria." + r.ID + " v1",
		"news.topic.peace.ceasefire.sy." + r.ID + " v1",
		"news.topic.peace.talks.sy." + r.ID + " v1",
	}
	if got := replayed(t, s, "news.article.>", "news.topic.>", "news.desk.>"); !slices.Equal(got, want) {
		t.Errorf("replayed %q, want %q", got, want)
	}
	conn.Flush()
	if got := seen.sorted(); !slices.Equal(got, want) {
		t.Errorf("live %q, want %q", got, want)
	}
	// The router runs again over all of it, as after a lost acknowledgement.
	rec, err := s.Last(t.Context(), r.ID)
	if err != nil {
		t.Fatal(err)
	}
	data, _ := rec.Encode()
	for range 2 {
		if err := s.route(t.Context(), data); err != nil {
			t.Fatal(err)
		}
	}
	if got := replayed(t, s, "news.topic.>", "news.desk.>"); !slices.Equal(got, want[1:]) {
		t.Errorf("after routing again %q, want %q", got, want[1:])
	}
}

func TestConcurrentPublishersStoreOneVersion(t *testing.T) {
	s, _ := open(t, Config{})
	counts := map[Outcome]int{}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			res, err := s.Publish(t.Context(), enriched("https://a.example/1", "Truce holds", body, "sy", "peace.ceasefire"))
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			counts[res.Outcome]++
		})
	}
	wg.Wait()
	if want := (map[Outcome]int{Stored: 1, Unchanged: 15}); !maps.Equal(counts, want) {
		t.Errorf("outcomes %v, want %v", counts, want)
	}
}

func TestCorrectionsAndWithdrawalsReachWhoGotTheArticle(t *testing.T) {
	s, conn := open(t, Config{Desks: []Desk{{ID: "truce", Words: []string{"truce"}}}})
	link := "https://a.example/1"
	id := ingest.Key(link)
	publish(t, s, enriched(link, "Truce holds", body, "sy", "peace.ceasefire", "peace.talks"))
	routed(t, s)

	seen := live(t, conn)
	// Another country, one topic less, and no more word of a truce.
	res := publish(t, s, enriched(link, "Fighting goes on", strings.ReplaceAll(body, "truce", "plan"), "iq", "peace.talks"))
	if res.Outcome != Stored || res.Record.Version != "2" || res.Record.Conflictwire.Op != record.Update {
		t.Fatalf("correction: %+v", res)
	}
	if got, want := res.Record.Conflictwire.Changes, []string{"headline", "body", "topics", "country"}; !slices.Equal(got, want) {
		t.Errorf("changes %q, want %q", got, want)
	}
	routed(t, s)
	conn.Flush()
	if got, want := seen.sorted(), []string{
		"news.article." + id + ".en.a v2",
		"news.desk.truce." + id + " v2",
		"news.topic.peace.ceasefire.sy." + id + " v2",
		"news.topic.peace.talks.iq." + id + " v2",
		"news.topic.peace.talks.sy." + id + " v2",
	}; !slices.Equal(got, want) {
		t.Errorf("correction seen as %q, want %q", got, want)
	}

	seen = live(t, conn)
	for i, want := range []Outcome{Stored, Unchanged} {
		res, err := s.Withdraw(t.Context(), id, "410 Gone")
		if err != nil || res.Outcome != want {
			t.Errorf("Withdraw no. %d = %+v, %v, want %s", i+1, res, err, want)
		}
	}
	routed(t, s)
	conn.Flush()
	if got := len(slices.DeleteFunc(seen.sorted(), func(l string) bool { return !strings.HasSuffix(l, " v3") })); got != 5 {
		t.Errorf("withdrawal seen %d times, want once on each of 5 subjects: %q", got, seen.sorted())
	}
	rec, err := s.Last(t.Context(), id)
	if err != nil || rec.PubStatus != record.Canceled || len(rec.Bodies) != 0 || rec.Conflictwire.Op != record.Withdraw || !strings.Contains(rec.EdNote, "410") {
		t.Errorf("withdrawn record %+v, %v", rec, err)
	}
	// It comes back: a version of its own.
	if res := publish(t, s, enriched(link, "Truce holds", body, "sy", "peace.ceasefire")); res.Outcome != Stored || res.Record.Version != "4" || res.Record.PubStatus != record.Usable {
		t.Errorf("republished: %+v", res)
	}
	if res, err := s.Withdraw(t.Context(), ingest.Key("https://a.example/none"), "410"); res.Outcome != Unknown || err != nil {
		t.Errorf("withdrawal of nothing: %+v, %v", res, err)
	}
}

func TestOneArticleFromSeveralEntriesIsOneRecord(t *testing.T) {
	s, _ := open(t, Config{})
	first := enriched("https://a.example/1", "Truce holds", body, "sy", "peace.ceasefire")
	publish(t, s, first)

	// The AMP page of the same article, with a word changed.
	twin := enriched("https://a.example/1?view=amp", "Truce holds", strings.Replace(body, "river", "bridge", 1), "sy", "peace.ceasefire")
	twin.ID = first.ID
	if got := publish(t, s, twin); got.Outcome != Duplicate || got.ID != first.ID {
		t.Errorf("twin: %+v", got)
	}
	// Another publisher's copy that names its original.
	syndicated := enriched("https://b.example/9", "Truce holds, says agency", body, "sy", "peace.ceasefire")
	syndicated.Original = first.ID
	if got := publish(t, s, syndicated); got.Outcome != Duplicate || got.ID != first.ID {
		t.Errorf("copy: %+v", got)
	}
	// A page that names an original and is none of it.
	other := enriched("https://b.example/10", "Budget passes", "Members voted late in the night on what the harbour may cost next year.", "zz")
	other.Original = first.ID
	if got := publish(t, s, other); got.Outcome != Stored {
		t.Errorf("false copy: %+v", got)
	}
}

func TestArticlesThatClaimOneAddressAreAllKept(t *testing.T) {
	s, _ := open(t, Config{})
	texts := []string{
		body,
		"Members voted late in the night on what the harbour may cost next year.",
		"The team from the north won its last match of the season before a small crowd.",
	}
	ids := map[string]bool{}
	shared := ingest.Key("https://a.example/section")
	for i, text := range texts {
		r := enriched(fmt.Sprintf("https://a.example/%d", i), fmt.Sprintf("Story number %d", i), text, "zz")
		r.ID = shared // a publisher whose pages all name one canonical address
		for range 2 {
			ids[publish(t, s, r).ID] = true
		}
	}
	// The owner of the address itself comes last.
	owner := enriched("https://a.example/section", "All our stories", "On this page the editors collect what they think is worth reading twice.", "zz")
	first := publish(t, s, owner)
	ids[first.ID] = true
	if len(ids) != 4 {
		t.Errorf("%d records of 4 articles", len(ids))
	}
	if again := publish(t, s, owner); again.Outcome != Unchanged || again.ID != first.ID {
		t.Errorf("published again: %+v, want unchanged %s", again, first.ID)
	}
}

func TestRecordOverTheServersLimitIsNotTriedForEver(t *testing.T) {
	s, _ := open(t, Config{})
	huge := enriched("https://a.example/1", "Truce holds", strings.Repeat("word ", 1<<20), "zz") // twice 5 MiB
	if got := publish(t, s, huge); got.Outcome != TooLarge {
		t.Errorf("%s, want %s", got.Outcome, TooLarge)
	}
}

func TestLeastConfidenceBoundsTopicCopies(t *testing.T) {
	topics := []string{"peace.agreement", "peace.ceasefire", "peace.peacekeeping", "peace.talks"} // 0.95, 0.9, 0.85, 0.8
	for _, tt := range []struct {
		least float64
		want  int // copies
	}{{0, 3}, {0.92, 1}, {0.5, 4}} {
		s, _ := open(t, Config{Confidence: tt.least})
		r := enriched("https://a.example/1", "Truce holds", body, "zz", topics...)
		publish(t, s, r)
		routed(t, s)
		var want []string
		for _, id := range topics[:tt.want] {
			want = append(want, "news.topic."+id+".zz."+r.ID+" v1")
		}
		if got := replayed(t, s, "news.topic.>"); !slices.Equal(got, want) {
			t.Errorf("confidence %v: copies %q, want %q", tt.least, got, want)
		}
		rec, err := s.Last(t.Context(), r.ID)
		if err != nil || len(rec.Conflictwire.Topics) != len(topics) {
			t.Errorf("confidence %v: topics in the record: %v, %v; want all", tt.least, rec.Conflictwire.Topics, err)
		}
	}
}

func TestSubscribeRefusesForeignSubjects(t *testing.T) {
	s, _ := open(t, Config{})
	for _, subject := range []string{"", "news", "news.>", "news.*.peace", "other.topic.>", "news.topic. >"} {
		if err := Subscribe(t.Context(), s.js, Query{Subject: subject}, nil); err == nil {
			t.Errorf("Subscribe(%q) succeeded", subject)
		}
	}
}
