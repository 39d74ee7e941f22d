package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"

	"conflictwire/deploy/natsd"
	"conflictwire/enrich/topic"
	"conflictwire/ingest"
	"conflictwire/ingest/queue"
	"conflictwire/sink"
	"conflictwire/sink/record"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// defaultServer is where a pipeline listens that was not told otherwise.
const defaultServer = "nats://127.0.0.1:4222"

// serverFlags say where a running pipeline's NATS server is.
type serverFlags struct {
	Server string `short:"s" default:"nats://127.0.0.1:4222" env:"NATS_URL" placeholder:"URL" help:"NATS server of a running pipeline."`
	Creds  string `type:"path" placeholder:"FILE" help:"Credentials for it."`
}

// dial connects to the server.
func (f serverFlags) dial(name string) (*nats.Conn, jetstream.JetStream, error) {
	conn, err := natsd.Dial(f.Server, f.Creds, name, nil)
	if err != nil {
		if errors.Is(err, nats.ErrNoServers) {
			err = fmt.Errorf("%w: is \"conflictwire run\" (or \"demo --stay\") going? Give its address with --server", err)
		}
		return nil, nil, err
	}
	js, err := jetstream.New(conn)
	if err != nil {
		conn.Close()
		return nil, nil, err
	}
	return conn, js, nil
}

// noPipeline says what it means that a stream is not there.
func noPipeline(err error) error {
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		return fmt.Errorf("%w: has conflictwire run on this server?", err)
	}
	return err
}

type subCmd struct {
	serverFlags
	Subject string        `arg:"" optional:"" help:"NATS subject: news.article.> (the default), news.topic.<group>.<topic>.<country>.>, news.desk.<desk>.>"`
	Topic   string        `help:"Topic or group, such as peace.ceasefire or peace; in place of a subject."`
	Country string        `help:"Country of the event with --topic, two letters; zz for unknown."`
	Since   time.Duration `placeholder:"24h" help:"First replay what was stored in this time."`
	Until   bool          `name:"no-follow" help:"End after the replay instead of waiting for more."`
	JSON    bool          `help:"Print each record as one line of JSON."`
	Count   uint          `short:"n" placeholder:"N" help:"End after N records; 0 for no end."`
}

// Run implements the command.
func (c *subCmd) Run(ctx context.Context, s *streams) error {
	subject, err := c.subject()
	if err != nil {
		return err
	}
	if c.Since < 0 || c.Since == 0 && c.Until {
		return errors.New("--no-follow prints what is stored: say how far back with --since, such as --since 24h")
	}
	conn, js, err := c.dial("conflictwire sub")
	if err != nil {
		return err
	}
	defer conn.Close()
	q := sink.Query{Subject: subject, Follow: !c.Until}
	if c.Since > 0 {
		q.Since = time.Now().Add(-c.Since)
	}
	if c.Topic != "" {
		warnUnknown(s.err, c.Topic)
	}
	if !c.JSON {
		fmt.Fprintf(s.err, "listening on %s\n", subject)
	}
	enough := errors.New("enough")
	n := uint(0)
	err = sink.Subscribe(ctx, js, q, func(msg jetstream.Msg) error {
		n++
		if err := c.print(s, msg); err != nil {
			return err
		}
		if n == c.Count {
			return enough
		}
		return nil
	})
	if errors.Is(err, enough) {
		return nil
	}
	return untilStopped(ctx, err)
}

// subject is what to subscribe to.
func (c *subCmd) subject() (string, error) {
	if c.Topic == "" {
		if c.Country != "" {
			return "", errors.New("--country goes with --topic")
		}
		if c.Subject == "" {
			return "news.article.>", nil
		}
		if strings.HasSuffix(c.Subject, ">") || strings.Count(c.Subject, ".") >= 3 {
			return c.Subject, nil
		}
		return "", fmt.Errorf("no record has the subject %s alone: give %[1]s.> for all under it", c.Subject)
	}
	if c.Subject != "" {
		return "", errors.New("give a subject or --topic, not both")
	}
	group, name, ok := strings.Cut(strings.TrimPrefix(c.Topic, "conflict."), ".")
	if !ok {
		name = "*"
	}
	country := "*"
	if c.Country != "" {
		country = strings.ToLower(c.Country)
		if len(country) != 2 {
			return "", fmt.Errorf("--country %s is not a two-letter code such as sy", c.Country)
		}
	}
	return "news.topic." + group + "." + name + "." + country + ".>", nil
}

// warnUnknown says when a topic is not of the built-in taxonomy. That is no
// error: the pipeline may use another.
func warnUnknown(w io.Writer, name string) {
	topics, err := topic.Default()
	if err != nil {
		return
	}
	for _, t := range slices.Concat(topics.Topics(), topics.Groups()) {
		if t.ID == strings.TrimPrefix(name, "conflict.") {
			return
		}
	}
	fmt.Fprintf(w, "the built-in taxonomy has no topic or group %q\n", name)
}

func (c *subCmd) print(s *streams, msg jetstream.Msg) error {
	if c.JSON {
		_, err := fmt.Fprintf(s.out, "%s\n", msg.Data())
		return err
	}
	rec, err := record.Decode(msg.Data())
	if err != nil {
		return fmt.Errorf("%s: %w", msg.Subject(), err)
	}
	_, err = fmt.Fprintln(s.out, lines(rec))
	return err
}

// lines are a record for people: time, country, language and headline, and
// below them topics, how old it was when it was stored, and publisher. What
// may be written from right to left, or in wide characters, ends its line, so
// that it cannot disturb the columns.
func lines(rec *record.Record) string {
	c := &rec.Conflictwire
	what := ""
	switch c.Op {
	case record.Update:
		what = "[correction, version " + rec.Version + "] "
	case record.Withdraw:
		what = "[withdrawn] "
	case record.Retag:
		what = "[new tags] "
	}
	at := rec.VersionCreated.Local()
	layout := time.TimeOnly
	if at.Format(time.DateOnly) != time.Now().Format(time.DateOnly) {
		layout = time.DateTime
	}
	details := topTopics(c.Topics)
	if c.Op == record.Withdraw {
		details = "the page is gone"
	}
	if created := rec.ContentCreated; !created.IsZero() {
		details += ", " + age(rec.VersionCreated.Sub(created)) + " old"
	}
	return fmt.Sprintf("%s  %s %-2s  %s%s\n%*s%s, %s", at.Format(layout), strings.ToUpper(c.Country), rec.Language, what, plain(rec.Headline()),
		len(layout)+9, "", details, plain(rec.Publisher()))
}

// topTopics names the two most confident topics; they come first.
func topTopics(topics []record.Topic) string {
	if len(topics) == 0 {
		return "no topic"
	}
	var top []string
	for _, t := range topics[:min(len(topics), 2)] {
		top = append(top, fmt.Sprintf("%s %.2f", strings.TrimPrefix(t.ID, "conflict."), t.Confidence))
	}
	if more := len(topics) - len(top); more > 0 {
		top = append(top, fmt.Sprintf("%d more", more))
	}
	return strings.Join(top, ", ")
}

// age is a duration in the unit that a person would use.
func age(d time.Duration) string {
	switch {
	case d < 0:
		return "0 s"
	case d < 2*time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	}
	return fmt.Sprintf("%d days", int(d.Hours()/24))
}

// clipText cuts s to n runes with an ellipsis.
func clipText(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n-1]) + "…"
}

// plain takes out control characters: a headline must not be able to move the
// cursor of the terminal it is read on.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return ' '
		case r < 0x20 || r >= 0x7f && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069:
			return -1
		}
		return r
	}, s)
}

type traceCmd struct {
	serverFlags
	URL string `arg:"" help:"Address of the article."`
}

// Run implements the command.
func (c *traceCmd) Run(ctx context.Context, s *streams) error {
	if u, err := url.Parse(c.URL); err != nil || u.Host == "" {
		return fmt.Errorf("%q is not a web address", c.URL)
	}
	conn, js, err := c.dial("conflictwire trace")
	if err != nil {
		return err
	}
	defer conn.Close()
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	key := ingest.Key(c.URL)
	fmt.Fprintf(s.out, "address    %s\ncanonical  %s\nkey        %s\n", plain(c.URL), ingest.Canonical(c.URL), key)
	q, err := queue.Attach(ctx, js)
	if err != nil {
		return noPipeline(err)
	}
	found := false
	if job, state, err := q.Waiting(ctx, key); err != nil {
		return err
	} else if state != "" {
		found = true
		what := fmt.Sprintf("queued by feed %s at %s, attempt %d", job.Feed, job.Added.Format(time.RFC3339), job.Attempt)
		if state == "again" {
			what = fmt.Sprintf("its page is read again, time %d", job.Reread)
		}
		fmt.Fprintf(s.out, "%-10s %s\n", state, what)
	}
	if feeds, err := q.Sightings(ctx, key); err != nil {
		return err
	} else if len(feeds) > 0 {
		found = true
		fmt.Fprintf(s.out, "%-10s %s\n", "also in", strings.Join(feeds, ", "))
	}
	id := key
	if line, ok, err := q.Ended(ctx, key); err != nil {
		return err
	} else if ok {
		found = true
		fmt.Fprintf(s.out, "%-10s %s, %s\n", line.State, line.At.Format(time.RFC3339), plain(line.Reason))
		if line.ID != "" {
			id = line.ID
		}
	}
	versions := 0
	err = sink.Subscribe(ctx, js, sink.Query{Subject: "news.article." + id + ".>", Since: time.Unix(0, 0)}, func(msg jetstream.Msg) error {
		rec, err := record.Decode(msg.Data())
		if err != nil {
			return err
		}
		versions++
		_, err = fmt.Fprintf(s.out, "version %-2s %s\n%s\n", rec.Version, msg.Subject(), lines(rec))
		return err
	})
	if err != nil {
		return err
	}
	if !found && versions == 0 {
		return fmt.Errorf("no trace of %s: no feed has shown it since the ledger began", c.URL)
	}
	return nil
}

type healthCmd struct{ serverFlags }

// Run implements the command.
func (c *healthCmd) Run(ctx context.Context, s *streams) error {
	conn, js, err := c.dial("conflictwire health")
	if err != nil {
		return err
	}
	defer conn.Close()
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	for _, name := range []string{"FEEDS", "PAGES", "LEDGER", sink.NewsStream, sink.CopiesStream} {
		stream, err := js.Stream(ctx, name)
		if err != nil {
			return noPipeline(fmt.Errorf("stream %s: %w", name, err))
		}
		state := stream.CachedInfo().State
		fmt.Fprintf(s.out, "%-7s %d messages, %d bytes\n", name, state.Msgs, state.Bytes)
	}
	return nil
}
