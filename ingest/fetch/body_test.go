package fetch

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
)

// encode applies one content encoding; "raw-deflate" is deflate without its wrapper.
func encode(t testing.TB, encoding string, plain []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	var w io.WriteCloser
	var err error
	switch encoding {
	case "gzip":
		w = gzip.NewWriter(&b)
	case "br":
		w = brotli.NewWriterLevel(&b, 4)
	case "zstd":
		w, err = zstd.NewWriter(&b)
	case "deflate":
		w = zlib.NewWriter(&b)
	case "raw-deflate":
		w, err = flate.NewWriter(&b, 6)
	default:
		t.Fatalf("encoding %q", encoding)
	}
	if err == nil {
		_, err = w.Write(plain)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// received returns the answer with body wire under the Content-Encoding header.
func received(encoding string, wire []byte) *http.Response {
	return &http.Response{
		Header:        http.Header{"Content-Encoding": {encoding}},
		Body:          io.NopCloser(bytes.NewReader(wire)),
		ContentLength: int64(len(wire)),
	}
}

// prose returns n bytes of text that compresses as text does.
func prose(n int) []byte {
	words := strings.Fields("ceasefire talks resumed on the border after shelling in which two convoys were hit officials said")
	r := rand.New(rand.NewPCG(1, 2))
	var b bytes.Buffer
	for b.Len() < n {
		b.WriteString(words[r.IntN(len(words))])
		b.WriteByte(' ')
	}
	return b.Bytes()[:n]
}

func TestDecoderUndoesEncodings(t *testing.T) {
	plain := prose(300 << 10)
	gz := func(b []byte) []byte { return encode(t, "gzip", b) }
	tests := []struct {
		name, header string
		wire         []byte
	}{
		{"none", "", plain},
		{"identity", "identity", plain},
		{"a charset by mistake", "UTF-8", plain},
		{"gzip", "gzip", gz(plain)},
		{"x-gzip in capitals", "X-GZIP", gz(plain)},
		{"gzip in two members", "gzip", append(gz(plain[:1000]), gz(plain[1000:])...)},
		{"br", "br", encode(t, "br", plain)},
		{"zstd", "zstd", encode(t, "zstd", plain)},
		{"deflate", "deflate", encode(t, "deflate", plain)},
		{"bare deflate", "deflate", encode(t, "raw-deflate", plain)},
		{"gzip twice", "gzip, gzip", gz(gz(plain))},
		{"br in gzip", "br, gzip", gz(encode(t, "br", plain))},
		{"gzip in zstd", "gzip,zstd", encode(t, "zstd", gz(plain))},
	}
	d := new(decoder)
	for range 2 { // the second time with decompressors used before
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				got, err := d.read(received(tt.header, tt.wire), int64(len(plain)))
				if err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(got, plain) {
					t.Errorf("read %d bytes unlike the %d sent", len(got), len(plain))
				}
				got, err = d.read(received(tt.header, tt.wire), int64(len(plain)-1))
				if !errors.Is(err, errTooLarge) {
					t.Errorf("with a limit one byte lower: %d bytes, error %v, want %v", len(got), err, errTooLarge)
				}
				if tt.header != "" && strings.Contains(tt.header, "-8") || tt.header == "" || tt.header == "identity" {
					return // only the transport can tell that a plain body is cut short
				}
				for _, n := range []int{0, 1, 9, len(tt.wire) / 2, len(tt.wire) - 1} {
					got, err = d.read(received(tt.header, tt.wire[:n]), int64(len(plain)))
					if err == nil {
						t.Errorf("cut after %d of %d bytes: read %d bytes without error", n, len(tt.wire), len(got))
					} else if classify(err) != Transient {
						t.Errorf("cut after %d bytes: class of %v = %v, want %v", n, err, classify(err), Transient)
					}
				}
			})
		}
	}
}

func TestDecoderRefusesUnknownEncodings(t *testing.T) {
	for _, header := range []string{"compress", "aws-chunked", "gzip, lzma", "gzip, gzip, gzip", "br, br, br, br"} {
		_, err := new(decoder).read(received(header, []byte("x")), 100)
		if !errors.Is(err, errEncoding) || classify(err) != Unusable {
			t.Errorf("Content-Encoding %q: %v, want %v", header, err, errEncoding)
		}
	}
}

// endless counts how much of an endless stream of zero bytes is read.
type endless struct{ n int64 }

func (e *endless) Read(p []byte) (int, error) {
	clear(p)
	e.n += int64(len(p))
	return len(p), nil
}

func TestDecoderStopsBombs(t *testing.T) {
	const limit = 2 << 20
	zeros := make([]byte, 8<<20)
	emptyMembers := bytes.Repeat(encode(t, "gzip", nil), 1<<17) // expands to nothing, for ever
	tests := []struct {
		name, header string
		wire         []byte
	}{
		{"gzip", "gzip", encode(t, "gzip", zeros)},
		{"br", "br", encode(t, "br", zeros)},
		{"zstd", "zstd", encode(t, "zstd", zeros)},
		{"deflate", "deflate", encode(t, "deflate", zeros)},
		{"gzip in gzip", "gzip, gzip", encode(t, "gzip", encode(t, "gzip", zeros))},
		{"gzip of nothing", "gzip", emptyMembers},
		{"gzip of nothing in gzip", "gzip, gzip", encode(t, "gzip", emptyMembers)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			body, err := new(decoder).read(received(tt.header, tt.wire), limit)
			if !errors.Is(err, errTooLarge) {
				t.Errorf("%d bytes: error %v, want %v", len(tt.wire), err, errTooLarge)
			}
			if len(body) > limit {
				t.Errorf("read %d bytes, more than %d", len(body), limit)
			}
		})
	}

	e := new(endless)
	body, err := new(decoder).read(&http.Response{Header: http.Header{}, Body: io.NopCloser(e), ContentLength: -1}, limit)
	if !errors.Is(err, errTooLarge) || len(body) != limit || e.n > 4*limit {
		t.Errorf("endless body: %d bytes after reading %d, error %v", len(body), e.n, err)
	}
}

func TestDecoderStopsAtRatioLongBeforeLimit(t *testing.T) {
	wire := encode(t, "br", make([]byte, 8<<20))
	body, err := new(decoder).read(received("br", wire), 1<<30)
	if !errors.Is(err, errTooLarge) || len(body) > 4*ratioFree {
		t.Errorf("%d bytes out of %d, error %v, want %v soon after %d", len(body), len(wire), err, errTooLarge, ratioFree)
	}
}

func FuzzDecoder(f *testing.F) {
	plain := prose(2000)
	for _, encoding := range []string{"gzip", "br", "zstd", "deflate"} {
		f.Add(encoding, encode(f, encoding, plain))
		f.Add(encoding+", gzip", encode(f, "gzip", encode(f, encoding, plain)))
	}
	f.Add("identity,", plain)
	f.Add("deflate", encode(f, "raw-deflate", plain))
	d := new(decoder)
	f.Fuzz(func(t *testing.T, header string, wire []byte) {
		const limit = 1 << 16
		body, err := d.read(received(header, wire), limit)
		if len(body) > limit {
			t.Errorf("%d bytes, more than %d, error %v", len(body), limit, err)
		}
	})
}
