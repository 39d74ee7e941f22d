// Package clients tests the example subscribers against a real server: each is
// started as its own process and must print what is published.
package clients

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"conflictwire/deploy/natsd"
	"conflictwire/enrich"
	"conflictwire/enrich/topic"
	"conflictwire/ingest"
	"conflictwire/ingest/article"
	"conflictwire/sink"

	"github.com/nats-io/nats.go/jetstream"
)

// clients are the commands that start the subscribers. A command that cannot
// run on this machine skips the test.
var clients = []struct {
	name    string
	command func(t *testing.T) []string
}{
	{"Go", func(t *testing.T) []string {
		bin := filepath.Join(t.TempDir(), "subscribe")
		if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", bin, "./go").CombinedOutput(); err != nil {
			t.Fatalf("build: %v\n%s", err, out)
		}
		return []string{bin}
	}},
	{"JavaScript", func(t *testing.T) []string {
		if _, err := exec.LookPath("node"); err != nil {
			t.Skipf("Node.js is not here: %v", err)
		}
		if _, err := os.Stat("javascript/node_modules/@nats-io/jetstream"); err != nil {
			t.Skip("the client's modules are not here: npm install --no-package-lock in deploy/clients/javascript")
		}
		return []string{"node", "javascript/subscribe.js"}
	}},
	{"Python", func(t *testing.T) []string {
		if err := exec.CommandContext(t.Context(), "python3", "-c", "import nats").Run(); err != nil {
			t.Skip("python3 with nats-py is not here: pip install -r deploy/clients/python/requirements.txt")
		}
		return []string{"python3", "-B", "python/subscribe.py"}
	}},
}

func TestClientsPrintEachVersionOnce(t *testing.T) {
	for _, tt := range clients {
		t.Run(tt.name, func(t *testing.T) {
			command := tt.command(t)
			t.Run("durable", func(t *testing.T) {
				n := start(t)
				c := n.subscribe(t, command)
				n.story(t, c)
				n.settle(t, 6) // three versions under each of two topics
				c.stop(t)
				// Started again it gets only what is new.
				c = n.subscribe(t, command)
				n.publish(t, "https://a.example/2", "Talks resume")
				c.expect(t, `new v1 [conflict.peace.ceasefire conflict.peace.talks] "Talks resume"`)
				c.stop(t)
			})
			t.Run("live", func(t *testing.T) {
				n := start(t)
				c := n.subscribe(t, append(command, "--live"))
				n.story(t, c)
				c.stop(t)
			})
		})
	}
}

// A newsroom is a server with a pipeline's last step.
type newsroom struct {
	url  string
	js   jetstream.JetStream
	sink *sink.Sink
}

func start(t *testing.T) *newsroom {
	t.Helper()
	server, err := natsd.Start(natsd.Config{Dir: t.TempDir(), Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	conn, err := server.Connect("test", nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	n := &newsroom{url: server.URL()}
	if n.js, err = jetstream.New(conn); err != nil {
		t.Fatal(err)
	}
	if n.sink, err = sink.Open(t.Context(), n.js, nil, sink.Config{}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	routed := make(chan error, 1)
	go func() { routed <- n.sink.Route(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-routed; err != nil {
			t.Errorf("route: %v", err)
		}
	})
	return n
}

// publish stores an article of two topics, and returns its id.
func (n *newsroom) publish(t *testing.T, link, headline string) string {
	t.Helper()
	key := ingest.Key(link)
	a := &ingest.Article{
		ID: key, URL: link, Feed: ingest.Feed{ID: "f", URL: "https://a.example/feed", Publisher: "a"},
		Entry: ingest.Entry{Key: key, Link: link}, Article: article.Article{Title: headline},
	}
	r := &enrich.Record{Article: a, Language: "en", Tags: enrich.Tags{
		Country: "zz", Topics: []topic.Topic{{ID: "peace.ceasefire", Confidence: 1}, {ID: "peace.talks", Confidence: 1}},
	}}
	res, err := n.sink.Publish(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return res.ID
}

// story publishes, corrects and withdraws an article. c must print each
// version, and each once, though it comes under both topics.
func (n *newsroom) story(t *testing.T, c *client) {
	t.Helper()
	id := n.publish(t, "https://a.example/1", "Rivals sign truce")
	c.expect(t, `new v1 [conflict.peace.ceasefire conflict.peace.talks] "Rivals sign truce"`)
	n.publish(t, "https://a.example/1", "Rivals sign \"truce\"")
	c.expect(t, `update v2 [conflict.peace.ceasefire conflict.peace.talks] "Rivals sign \"truce\""`)
	if _, err := n.sink.Withdraw(t.Context(), id, "410"); err != nil {
		t.Fatal(err)
	}
	c.expect(t, `withdraw v3 [] "Rivals sign \"truce\""`)
}

// settle returns when the subscriber has acknowledged all of so many copies.
func (n *newsroom) settle(t *testing.T, copies uint64) {
	t.Helper()
	cons, err := n.js.Consumer(t.Context(), sink.CopiesStream, "acme")
	if err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(patience); ; {
		info, err := cons.Info(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if info.AckFloor.Stream == copies && info.NumPending == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("acknowledged up to copy %d, %d to come; want %d and 0", info.AckFloor.Stream, info.NumPending, copies)
		}
	}
}

// patience is how long a client may take. It bounds a test that has failed.
const patience = time.Minute

// A client is a running subscriber.
type client struct {
	cmd   *exec.Cmd
	lines *bufio.Scanner
	log   *bufio.Reader
}

// subscribe starts a client and returns when it listens.
func (n *newsroom) subscribe(t *testing.T, command []string) *client {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	args := append(command[1:], "--server", n.url, "--name", "acme", "--subject", "news.topic.peace.>")
	c := &client{cmd: exec.CommandContext(ctx, command[0], args...)}
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	stderr, err := c.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	c.lines, c.log = bufio.NewScanner(out), bufio.NewReader(stderr)
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := c.log.ReadString('\n'); err != nil || len(line) < 9 || line[:9] != "listening" {
		rest, _ := io.ReadAll(c.log)
		t.Fatalf("the client does not listen: %s%s", line, rest)
	}
	return c
}

// expect reads the next line.
func (c *client) expect(t *testing.T, want string) {
	t.Helper()
	if !c.lines.Scan() {
		rest, _ := io.ReadAll(c.log)
		t.Fatalf("the client ended where it should print %s\n%s", want, rest)
	}
	if got := c.lines.Text(); got != want {
		t.Fatalf("the client prints %s\nwant %s", got, want)
	}
}

// stop interrupts the client, which must print nothing more and end well.
func (c *client) stop(t *testing.T) {
	t.Helper()
	if err := c.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	rest := ""
	for c.lines.Scan() {
		rest += fmt.Sprintln(c.lines.Text())
	}
	if rest != "" {
		t.Errorf("the client prints more: %s", rest)
	}
	complaint, _ := io.ReadAll(c.log)
	if err := c.cmd.Wait(); err != nil || len(complaint) > 0 {
		t.Errorf("the client ended with %v: %s", err, complaint)
	}
}
