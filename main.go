// Conflictwire reads news feeds, scrapes the articles behind them, says which
// conflict topics they are about and why, and publishes each as a versioned
// record on NATS.
//
// A tour: [pipeline.run] starts the parts. A feed that is due is polled
// (ingest.Poll), each new entry's page is queued, read (ingest.Read), tagged
// (enrich.Enrich) and published (sink.Publish); sink.Route copies records to
// the subjects of topics and desks. ARCHITECTURE.md says why.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"
)

// version is what is built; releases set it with -ldflags "-X main.version=v1.2.3".
var version = "dev"

// Exit codes.
const (
	exitOK          = 0
	exitFailure     = 1   // it did not work; the reason is on standard error
	exitUsage       = 2   // the command line makes no sense
	exitInterrupted = 130 // a signal came before the work was done; run, demo and sub end with 0
)

func main() {
	// A reader that goes away (| head) makes writes fail instead of ending the
	// program on the spot, so that it can clean up.
	signal.Ignore(syscall.SIGPIPE)
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// A streams is where a command reads and writes.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// commands is the command line.
type commands struct {
	Run      runCmd      `cmd:"" help:"Poll feeds, read articles, tag and publish them, until interrupted."`
	Demo     demoCmd     `cmd:"" help:"The same against a small built-in newsroom on this machine; no network needed."`
	Sub      subCmd      `cmd:"" help:"Subscribe: print records as they are published, or replay stored ones."`
	Trace    traceCmd    `cmd:"" help:"Say what became of one article address."`
	Feeds    feedsCmd    `cmd:"" help:"List, add, find, pause and explain the feeds of a running pipeline."`
	Feed     feedCmd     `cmd:"" help:"Show what the pipeline makes of a feed."`
	Page     pageCmd     `cmd:"" help:"Show what the pipeline makes of an article page."`
	Tag      tagCmd      `cmd:"" help:"Show how a text is tagged, and why."`
	Taxonomy taxonomyCmd `cmd:"" help:"Check topic files, and see what they do to stored articles."`
	Retag    retagCmd    `cmd:"" help:"Publish stored articles again whose tags the rules have changed."`
	Check    checkCmd    `cmd:"" help:"Check configuration, feeds and taxonomy."`
	Health   healthCmd   `cmd:"" help:"Exit with 0 if a pipeline's NATS server answers and has its streams."`
	Version  versionCmd  `cmd:"" help:"Print the version."`
}

// run parses args and executes the command. It returns the exit code.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	var cli commands
	exited := -1
	parser, err := kong.New(&cli,
		kong.Name("conflictwire"),
		kong.Description("News feeds in, conflict-tagged articles on NATS out. Start with: conflictwire demo"),
		kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { exited = code }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true}),
	)
	if err != nil {
		panic(err) // unreachable: the grammar above is constant
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	kctx, err := parser.Parse(args)
	if exited >= 0 {
		return exited // --help was asked for
	}
	if err != nil {
		return misuse(err, args, stderr)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	kctx.BindTo(ctx, (*context.Context)(nil))
	return report(kctx.Run(&streams{stdin, stdout, stderr}), stderr)
}

// misuse says what is wrong with the command line.
func misuse(err error, args []string, stderr io.Writer) int {
	command := ""
	if e, ok := errors.AsType[*kong.ParseError](err); ok && e.Context.Selected() != nil {
		command = strings.TrimPrefix(e.Context.Selected().FullPath(), "conflictwire")
	} else if !strings.HasPrefix(args[0], "-") {
		err = fmt.Errorf("there is no command %q", args[0])
	}
	fmt.Fprintf(stderr, "conflictwire: %v\nSee conflictwire%s --help.\n", err, command)
	return exitUsage
}

// report writes err, if any, and returns the exit code.
func report(err error, stderr io.Writer) int {
	if err == nil || errors.Is(err, syscall.EPIPE) { // whoever read the output has enough
		return exitOK
	}
	if errors.Is(err, context.Canceled) {
		fmt.Fprintln(stderr, "conflictwire: interrupted")
		return exitInterrupted
	}
	for _, e := range unjoin(err) {
		// Errors quote what came from outside.
		for i, line := range strings.Split(e.Error(), "\n") {
			if i == 0 {
				line = "conflictwire: " + line
			}
			fmt.Fprintln(stderr, plain(line))
		}
	}
	return exitFailure
}

// untilStopped is the error of a command that goes on until a signal comes:
// being stopped is none.
func untilStopped(ctx context.Context, err error) error {
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// logFlags say what is logged, and how.
type logFlags struct {
	LogLevel slog.Level `default:"info" help:"Least level that is logged: debug, info, warn or error."`
	LogJSON  bool       `help:"Log as JSON, one object a line."`
}

type runCmd struct {
	logFlags
	Config string `short:"c" type:"path" placeholder:"FILE" help:"Configuration file. Without one, a built-in list of news feeds."`
	Store  string `type:"path" placeholder:"DIR" help:"Directory of the embedded NATS server."`
	Listen string `placeholder:"ADDR" help:"Where the embedded server takes clients; none for not at all."`
	NATS   string `name:"nats" placeholder:"URL" help:"Use this NATS server instead of the embedded one."`
	Creds  string `type:"path" placeholder:"FILE" help:"Credentials for that server."`
}

// Run implements the command.
func (c *runCmd) Run(ctx context.Context, s *streams) error {
	cfg, rules, err := loadConfig(c.Config)
	if err != nil {
		return err
	}
	override(&cfg.Store, c.Store)
	override(&cfg.Listen, c.Listen)
	override(&cfg.NATS.URL, c.NATS)
	override(&cfg.NATS.Creds, c.Creds)
	if cfg.NATS.Creds != "" && cfg.NATS.URL == "" {
		return errors.New("credentials are for a NATS server elsewhere: give its address with --nats as well")
	}
	log := newLogger(s.err, c.LogJSON, c.LogLevel)
	debug.FreeOSMemory() // reading a long configuration takes more than running it
	p, err := newPipeline(ctx, cfg, rules, log)
	if err != nil {
		return untilStopped(ctx, err)
	}
	defer p.Close()
	if p.nats != nil {
		dir, _ := cfg.storeDir()
		log.Info("embedded nats server", "link", p.nats.URL(), "id", dir)
	}
	return untilStopped(ctx, p.run(ctx))
}

// override replaces a setting by a flag that was given.
func override(setting *string, flag string) {
	if flag != "" {
		*setting = flag
	}
}

type versionCmd struct{}

// Run implements the command.
func (versionCmd) Run(s *streams) error {
	_, err := fmt.Fprintln(s.out, "conflictwire", version)
	return err
}
