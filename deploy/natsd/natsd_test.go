package natsd

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"

	"github.com/nats-io/nats.go/jetstream"
)

func TestServerKeepsWhatWasStored(t *testing.T) {
	dir := t.TempDir()
	for i := range 2 {
		s, err := Start(Config{Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		if s.URL() != "" {
			t.Errorf("URL() = %q for a server that does not listen", s.URL())
		}
		nc, err := s.Connect("test", nil)
		if err != nil {
			t.Fatal(err)
		}
		js, err := jetstream.New(nc)
		if err != nil {
			t.Fatal(err)
		}
		st, err := js.CreateOrUpdateStream(t.Context(), jetstream.StreamConfig{Name: "T", Subjects: []string{"t"}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := js.Publish(t.Context(), "t", []byte("x")); err != nil {
			t.Fatal(err)
		}
		info, err := st.Info(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if got, want := info.State.Msgs, uint64(i+1); got != want {
			t.Errorf("after start %d: %d messages, want %d", i+1, got, want)
		}
		nc.Close()
		s.Close()
	}
}

func TestStartRefuses(t *testing.T) {
	dir := t.TempDir()
	s, err := Start(Config{Dir: dir, Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if !strings.HasPrefix(s.URL(), "nats://127.0.0.1:") {
		t.Errorf("URL() = %q", s.URL())
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for _, tt := range []struct {
		name string
		cfg  Config
		want string
	}{
		{"store in use", Config{Dir: dir}, "in use by another process"},
		{"no store", Config{}, "no store directory"},
		{"port in use", Config{Dir: t.TempDir(), Listen: l.Addr().String()}, "address already in use"},
		{"open to the world", Config{Dir: t.TempDir(), Listen: "0.0.0.0:4222"}, "not on loopback"},
		{"not an address", Config{Dir: t.TempDir(), Listen: "here"}, "not host:port"},
		{"not a port", Config{Dir: t.TempDir(), Listen: "127.0.0.1:nats"}, "port must be a number"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, err := Start(tt.cfg)
			if err == nil {
				s.Close()
				t.Fatal("started")
			}
			if !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %q does not say %q", err, tt.want)
			}
		})
	}
}

func TestWaitEndsWhenTheStoreCannotBeWritten(t *testing.T) {
	s, err := Start(Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	done, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Wait(done); err != nil {
		t.Errorf("Wait of a healthy server = %v", err)
	}
	for range 2 {
		s.log.Errorf("Critical write error: %v", errors.New("no space left on device"))
	}
	if err := s.Wait(t.Context()); err == nil || !strings.Contains(err.Error(), "no space left") {
		t.Errorf("Wait = %v, want the server's error", err)
	}
}

func TestDialKeepsPasswordsToItself(t *testing.T) {
	_, err := Dial("nats://ann:secret@127.0.0.1:1,nats://bob:secret@127.0.0.1:2", "", "test", nil)
	if err == nil || strings.Contains(err.Error(), "secret") || !strings.Contains(err.Error(), "ann") {
		t.Errorf("error %v", err)
	}
}
