package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"conflictwire/deploy/natsd"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestScripts runs the program as people do. Scripts have
//
//	$SITE   a publisher on loopback: $SITE/feed and $SITE/truce, /shelling, /cup
//	$TOPICS the built-in topic files
//	$ADDR   a free address for --listen, and for sub, trace and health
//	await REGEXP COMMAND…   run a command again and again until it succeeds and prints a match
//	expand FILE             put the variables into a file
//	terminate               send SIGTERM to the programs in the background
func TestScripts(t *testing.T) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	site := publisher(t)
	topics, err := filepath.Abs(filepath.Join("enrich", "topic", "data"))
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "script"),
		Setup: func(env *testscript.Env) error {
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				return err
			}
			defer listener.Close()
			bin := filepath.Join(env.WorkDir, ".bin")
			env.Setenv("CONFLICTWIRE_MAIN", "1") // see TestMain
			env.Setenv("PATH", bin+string(filepath.ListSeparator)+env.Getenv("PATH"))
			env.Setenv("SITE", site)
			env.Setenv("TOPICS", topics)
			env.Setenv("ADDR", listener.Addr().String())
			env.Setenv("NATS_URL", "nats://"+listener.Addr().String())
			env.Setenv("XDG_DATA_HOME", filepath.Join(env.WorkDir, ".data"))
			if err := os.Mkdir(bin, 0o700); err != nil {
				return err
			}
			return os.Symlink(exe, filepath.Join(bin, "conflictwire"))
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"await": await, "expand": expand, "terminate": terminate},
	})
}

// await is a command of the scripts.
func await(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: await REGEXP COMMAND…")
	}
	want, err := regexp.Compile("(?m)" + args[0]) // as stdout does
	ts.Check(err)
	deadline := time.Now().Add(30 * time.Second)
	for {
		err := ts.Exec(args[1], args[2:]...)
		if err == nil && want.MatchString(ts.ReadFile("stdout")) {
			return
		}
		if time.Now().After(deadline) {
			ts.Fatalf("%q did not print %q in time: %v\n%s%s", args[1:], args[0], err, ts.ReadFile("stdout"), ts.ReadFile("stderr"))
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// expand is a command of the scripts.
func expand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: expand FILE")
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(os.Expand(ts.ReadFile(args[0]), ts.Getenv)), 0o600))
}

// terminate is a command of the scripts; the kill that is there knows SIGINT
// and SIGKILL only.
func terminate(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: terminate")
	}
	for _, cmd := range ts.BackgroundCmds() {
		ts.Check(cmd.Process.Signal(syscall.SIGTERM))
	}
}

// publisher serves a feed of three articles published minutes ago.
func publisher(t *testing.T) string {
	t.Helper()
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	var links []string
	for name, text := range map[string][2]string{
		"truce":    {"Sudan's army and rebels sign ceasefire in Khartoum", "The Sudanese army and the rebels who hold the east of the country signed a ceasefire in Khartoum on Monday, mediators said."},
		"shelling": {"Shelling kills four in Ukrainian village", "Russian artillery shelled a village in Ukraine's Kharkiv region on Sunday, killing four people, the governor said."},
		"cup":      {"Rovers lift the cup after extra time", "Rovers beat Wanderers by two goals to one on Saturday and took the cup home for the first time since the stadium was built."},
	} {
		page := fmt.Sprintf(`<!DOCTYPE html><html lang="en"><head><title>%[1]s</title></head><body><article><h1>%[1]s</h1><p>%[2]s</p>`, text[0], text[1]) +
			strings.Repeat("<p>People in the town said they had heard the news on the radio and were waiting to see what it would mean for them.</p>", 3) + "</article></body></html>"
		mux.HandleFunc("/"+name, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			io.WriteString(w, page)
		})
		links = append(links, server.URL+"/"+name)
	}
	mux.HandleFunc("/feed", feedOf(links))
	return server.URL
}

// TestServerWithoutPipeline asks a server on which conflictwire never ran.
func TestServerWithoutPipeline(t *testing.T) {
	server, err := natsd.Start(natsd.Config{Dir: t.TempDir(), Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	for _, args := range [][]string{{"health"}, {"trace", "https://a.example/one"}, {"sub", "--since", "1h"}} {
		var stdout, stderr bytes.Buffer
		code := run(append(args, "--server", server.URL()), nil, &stdout, &stderr)
		if code != exitFailure || !strings.Contains(stderr.String(), "has conflictwire run on") {
			t.Errorf("%q ended with %d and said %q", args, code, stderr.String())
		}
	}
}

// TestDemoEndsQuietlyWhenNobodyReads closes the demo's output after a line.
func TestDemoEndsQuietlyWhenNobodyReads(t *testing.T) {
	t.Parallel()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	tmp := t.TempDir()
	cmd := exec.Command(exe, "demo")
	cmd.Env = append(os.Environ(), "CONFLICTWIRE_MAIN=1", "TMPDIR="+tmp)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := out.Read(make([]byte, 100)); err != nil {
		t.Fatal(err)
	}
	out.Close()
	if err := cmd.Wait(); err != nil || stderr.Len() > 0 {
		t.Errorf("demo ended with %v and said %q", err, stderr.String())
	}
	left, err := os.ReadDir(tmp)
	if err != nil || len(left) > 0 {
		t.Errorf("left in the temporary directory: %v, %v", left, err)
	}
}

// TestInterruptedBatchFails: what was cut short must not pass for complete.
func TestInterruptedBatchFails(t *testing.T) {
	t.Parallel()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe, "feed", "--batch")
	cmd.Env = append(os.Environ(), "CONFLICTWIRE_MAIN=1")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	fmt.Fprintln(in, `{"id": "a"}`)
	if _, err := out.Read(make([]byte, 100)); err != nil { // it is at work
		t.Fatal(err)
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != exitInterrupted {
		t.Errorf("exit code %d, want %d", code, exitInterrupted)
	}
}
