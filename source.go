package main

import (
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"net/url"
	"os"
	"strings"

	"conflictwire/ingest/fetch"
)

// maxInput bounds a document from a file or standard input, in bytes.
const maxInput = 64 << 20

// A source is a document to look at.
type source struct {
	Source string   `arg:"" optional:"" placeholder:"URL|FILE|-" help:"A web address, a file (.gz too), or - for standard input."`
	URL    string   `placeholder:"URL" help:"Address that the document of a file or of standard input came from."`
	Allow  []string `placeholder:"PREFIX" help:"Private addresses that may be asked, such as 127.0.0.0/8."`
	JSON   bool     `help:"Print JSON."`
	Batch  bool     `help:"Read one JSON object a line from standard input, write one a line, in order."`
}

// A fetched is a document with what HTTP said of it.
type fetched struct {
	data        []byte
	url         string
	contentType string
}

// read gets the document.
func (c *source) read(ctx context.Context, s *streams) (fetched, error) {
	scheme, _, isURL := strings.Cut(c.Source, "://")
	switch {
	case c.Source == "":
		return fetched{}, errors.New("nothing to look at: give a web address, a file, or - for standard input")
	case c.Source == "-":
		data, err := readAll(s.in, "standard input")
		return fetched{data: data, url: c.URL}, err
	case !isURL:
		data, err := readFile(c.Source)
		return fetched{data: data, url: c.URL}, err
	case !strings.EqualFold(scheme, "http") && !strings.EqualFold(scheme, "https"):
		return fetched{}, fmt.Errorf("%s: only http and https addresses are asked", c.Source)
	}
	client, err := fetch.New(fetch.Config{Allow: c.Allow})
	if err != nil {
		return fetched{}, fmt.Errorf("--allow: %w", err)
	}
	defer client.Close()
	res, err := client.Get(ctx, fetch.Request{URL: c.Source, Robots: true})
	if err != nil {
		return fetched{}, allowHint(err)
	}
	return fetched{data: res.Body, url: res.URL, contentType: res.Header.Get("Content-Type")}, nil
}

// allowHint says how to ask a private address.
func allowHint(err error) error {
	e, ok := errors.AsType[*fetch.Error](err)
	if !ok || !errors.Is(err, fetch.ErrAddress) {
		return err
	}
	u, urlErr := url.Parse(e.URL)
	if urlErr != nil {
		return err
	}
	addr, addrErr := netip.ParseAddr(u.Hostname())
	if u.Hostname() == "localhost" {
		addr, addrErr = netip.MustParseAddr("127.0.0.1"), nil
	}
	if addrErr != nil {
		return err
	}
	return fmt.Errorf("%w (to ask it all the same: --allow %s)", err, netip.PrefixFrom(addr, addr.BitLen()))
}

// batch is the command with --batch.
func (c *source) batch(ctx context.Context, s *streams, f func(item []byte) (any, error)) error {
	if c.Source != "" && c.Source != "-" {
		return fmt.Errorf("--batch reads its items from standard input, not from %s", c.Source)
	}
	return batch(ctx, s, f)
}

// readFile reads a file, unpacking it when it is gzipped.
func readFile(path string) ([]byte, error) {
	if path == "" {
		return nil, errors.New("no file named")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readAll(f, path)
}

// readAll reads at most maxInput bytes, unpacking them when they are gzipped.
func readAll(r io.Reader, name string) ([]byte, error) {
	in := bufio.NewReader(r)
	if magic, _ := in.Peek(2); string(magic) != "\x1f\x8b" {
		return readLimited(in, name, maxInput)
	}
	z, err := gzip.NewReader(in)
	if err != nil {
		return nil, fmt.Errorf("unpack %s: %w", name, err)
	}
	data, err := readLimited(z, name, maxInput)
	if err != nil {
		return nil, fmt.Errorf("unpack %s: %w", name, err)
	}
	return data, nil
}

// readLimited reads all of r, which may be at most limit bytes.
func readLimited(r io.Reader, name string, limit int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && int64(len(data)) > limit {
		return nil, fmt.Errorf("%s is longer than %d bytes", name, limit)
	}
	return data, err
}
