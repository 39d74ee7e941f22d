package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"conflictwire/deploy/natsd"
	"conflictwire/ingest"
	"conflictwire/ingest/queue"
	"conflictwire/sink"
	"conflictwire/sink/record"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

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

type subCmd struct {
	serverFlags
	Subject string        `arg:"" optional:"" help:"NATS subject: news.article.> (the default), news.topic.<group>.<topic>.<country>.>, news.desk.<desk>.>"`
	Topic   string        `help:"Topic or group, such as peace.ceasefire or peace; in place of a subject."`
	Country string        `help:"Country of the event with --topic, two letters; zz for unknown."`
	Since   time.Duration `placeholder:"24h" help:"First replay what was stored in this time."`
	Until   bool          `name:"no-follow" help:"End after the replay instead of waiting for more."`
	JSON    bool          `help:"Print each record as one line of JSON."`
	Count   int           `short:"n" placeholder:"N" help:"End after N records."`
}

// Run implements the command.
func (c *subCmd) Run(ctx context.Context, s *streams) error {
	subject, err := c.subject()
	if err != nil {
		return err
	}
	conn, js, err := c.dial("conflictwire sub")
	if err != nil {
		return err
	}
	defer conn.Close()
	q := sink.Query{Subject: subject, Follow: !c.Until}
	if c.Since > 0 {
		q.Since = time.Now().Add(-c.Since)
	} else if c.Until {
		return errors.New("--no-follow prints what is stored: say how far back with --since")
	}
	if !c.JSON {
		fmt.Fprintf(s.err, "listening on %s\n", subject)
	}
	enough := errors.New("enough")
	n := 0
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
	return err
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
		return c.Subject, nil
	}
	if c.Subject != "" {
		return "", errors.New("give a subject or --topic, not both")
	}
	group, topic, ok := strings.Cut(strings.TrimPrefix(c.Topic, "conflict."), ".")
	if !ok {
		topic = "*"
	}
	country := "*"
	if c.Country != "" {
		country = strings.ToLower(c.Country)
	}
	return "news.topic." + group + "." + topic + "." + country + ".>", nil
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
	_, err = fmt.Fprintln(s.out, line(rec))
	return err
}

// line is a record on one line: time, topics, country, language, headline,
// publisher, and how long after publication it was stored.
func line(rec *record.Record) string {
	c := &rec.Conflictwire
	var topics []string
	for _, t := range c.Topics {
		topics = append(topics, strings.TrimPrefix(t.ID, "conflict."))
	}
	tags := strings.Join(topics, " ")
	if tags == "" {
		tags = "-"
	}
	what := ""
	switch c.Op {
	case record.Update:
		what = "[correction, version " + rec.Version + "] "
	case record.Withdraw:
		what = "[withdrawn] "
	case record.Retag:
		what = "[new tags] "
	}
	delay := ""
	if at := rec.ContentCreated; !at.IsZero() {
		delay = ", " + age(rec.VersionCreated.Sub(at)) + " after publication"
	}
	return fmt.Sprintf("%s  %-42s %s %-3s  %s%s  (%s%s)", rec.VersionCreated.Local().Format(time.TimeOnly), clipText(tags, 42),
		strings.ToUpper(c.Country), rec.Language, what, plain(rec.Headline()), plain(rec.Publisher()), delay)
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
		return err
	}
	found := false
	if job, state, err := q.Waiting(ctx, key); err != nil {
		return err
	} else if state != "" {
		found = true
		fmt.Fprintf(s.out, "%-10s queued by feed %s at %s, attempt %d\n", state, job.Feed, job.Added.Format(time.RFC3339), job.Attempt)
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
		_, err = fmt.Fprintf(s.out, "version %-2s %s\n           %s\n", rec.Version, line(rec), msg.Subject())
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
			return fmt.Errorf("stream %s: %w", name, err)
		}
		state := stream.CachedInfo().State
		fmt.Fprintf(s.out, "%-7s %d messages, %d bytes\n", name, state.Msgs, state.Bytes)
	}
	return nil
}
