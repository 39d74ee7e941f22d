// Command go is the smallest subscriber in Go. It keeps its place in the
// stream COPIES under a name, prints what comes, and acknowledges each message
// when it is done with it: started again it goes on where it was.
//
//	go run ./deploy/clients/go --name acme --subject 'news.topic.peace.>'
//
// Of this module it needs sink/record alone.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"

	"conflictwire/sink/record"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

func main() {
	log.SetFlags(0)
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func run() error {
	server := flag.String("server", cmp.Or(os.Getenv("NATS_URL"), nats.DefaultURL), "address of the NATS server")
	creds := flag.String("creds", os.Getenv("NATS_CREDS"), "credentials file")
	name := flag.String("name", "example", "name under which the server keeps our place")
	subject := flag.String("subject", "news.topic.peace.>", "what to subscribe to")
	live := flag.Bool("live", false, "core NATS: only what is published while this runs, nothing is acknowledged")
	flag.Parse()
	opts := []nats.Option{nats.Name(*name), nats.CustomInboxPrefix("_INBOX." + *name), nats.MaxReconnects(-1)}
	if *creds != "" {
		opts = append(opts, nats.UserCredentials(*creds))
	}
	conn, err := nats.Connect(*server, opts...)
	if err != nil {
		return err
	}
	defer conn.Close()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if *live {
		return core(ctx, conn, *subject, newest{})
	}
	return durable(ctx, conn, *name, *subject, newest{})
}

// durable goes on where the consumer of that name is, or makes one that begins
// with the oldest record kept.
func durable(ctx context.Context, conn *nats.Conn, name, subject string, seen newest) error {
	js, err := jetstream.New(conn)
	if err != nil {
		return err
	}
	cons, err := js.Consumer(ctx, "COPIES", name)
	if errors.Is(err, jetstream.ErrConsumerNotFound) {
		cons, err = js.CreateConsumer(ctx, "COPIES", jetstream.ConsumerConfig{Durable: name, FilterSubject: subject, AckPolicy: jetstream.AckExplicitPolicy})
	}
	if err != nil {
		return fmt.Errorf("consumer %s: %w", name, err)
	}
	c, err := cons.Consume(func(msg jetstream.Msg) {
		seen.take(msg.Data())
		msg.Ack() // only now: unacknowledged it comes again
	})
	if err != nil {
		return err
	}
	log.Printf("listening on %s as %s", cons.CachedInfo().Config.FilterSubject, name)
	<-ctx.Done()
	c.Drain()
	<-c.Closed()
	return conn.Flush()
}

// core hears what is published while it runs.
func core(ctx context.Context, conn *nats.Conn, subject string, seen newest) error {
	if _, err := conn.Subscribe(subject, func(msg *nats.Msg) { seen.take(msg.Data) }); err != nil {
		return err
	}
	if err := conn.Flush(); err != nil {
		return err
	}
	log.Printf("listening on %s", subject)
	<-ctx.Done()
	return nil
}

// A newest is the newest version of each article. It stands for a database:
// insert … on conflict (id) do update … where version < excluded.version.
type newest map[string]int

// take does the work of the subscriber. An article comes once for each of its
// topics, and again when it was not acknowledged: what is not newer is done.
func (seen newest) take(data []byte) {
	rec, err := record.Decode(data)
	if err != nil {
		log.Print(err) // would fail again however often it came
		return
	}
	c := &rec.Conflictwire
	version, err := strconv.Atoi(rec.Version)
	if err != nil || version <= seen[c.ID] {
		return
	}
	seen[c.ID] = version
	var topics []string
	for _, t := range c.Topics {
		topics = append(topics, t.ID)
	}
	// Quoted: a headline must not steer the terminal it is read on.
	fmt.Printf("%s v%d [%s] %q\n", c.Op, version, strings.Join(topics, " "), rec.Headline())
}
