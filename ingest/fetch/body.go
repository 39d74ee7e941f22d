package fetch

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
)

const (
	acceptEncoding = "gzip, br, zstd, deflate"

	maxEncodings   = 2        // encodings stacked on one body; honest servers use one
	maxRatio       = 250      // decompressed to compressed; text stays below 100
	ratioFree      = 1 << 20  // bytes below which the ratio is not looked at
	maxZstdWindow  = 8 << 20  // bytes; RFC 9659 allows no more in HTTP
	wireSlack      = 64 << 10 // bytes a compressed body may exceed the limit of the plain one
	maxKeptScratch = 1 << 20  // bytes of a buffer worth keeping for the next body
)

// A decoder undoes content encodings. It keeps idle decompressors and buffers
// for the next body; its methods may be called concurrently.
type decoder struct {
	scratch, gzips, brotlis, zstds sync.Pool
}

// read returns the decoded body of res, of at most limit bytes. A body that is
// longer, longer on the wire than that warrants, or unlike any honest text in
// how well it compresses, is an error wrapping errTooLarge, returned with the
// bytes before it. A body that ends early is an error, never a short body.
func (d *decoder) read(res *http.Response, limit int64) ([]byte, error) {
	encodings, err := contentEncodings(res.Header)
	if err != nil {
		return nil, err
	}
	announced := len(encodings) == 0 && res.ContentLength > limit
	if announced {
		limit = min(limit, maxRobots) // only of a robots.txt is a beginning of use
	}
	wire := &meter{r: res.Body, limit: limit}
	out := wire
	if len(encodings) > 0 {
		wire.limit += wireSlack
	}
	for i := len(encodings) - 1; i >= 0; i-- { // the last applied is the first undone
		r, done, err := d.open(encodings[i], out)
		if err != nil {
			if wire.err != nil {
				return nil, fmt.Errorf("read body: %w", err)
			}
			return nil, fmt.Errorf("%w: %w", errDecode, noEOF(err))
		}
		defer done()
		out = &meter{r: r, limit: limit}
		if i > 0 {
			out.limit += wireSlack
		}
		out.wire = wire
	}

	buf, _ := d.scratch.Get().(*bytes.Buffer)
	if buf == nil {
		buf = new(bytes.Buffer)
	}
	buf.Reset()
	_, err = buf.ReadFrom(out)
	body := bytes.Clone(buf.Bytes())
	if buf.Cap() <= maxKeptScratch {
		d.scratch.Put(buf)
	}
	if err == nil && len(encodings) > 0 && wire.n == 0 {
		err = io.ErrUnexpectedEOF // no encoding makes nothing out of nothing
	}
	switch {
	case announced:
		return body, fmt.Errorf("%w: %d bytes announced", errTooLarge, res.ContentLength)
	case err != nil && len(encodings) > 0 && wire.err == nil && !errors.Is(err, errTooLarge):
		return body, fmt.Errorf("%w: %w", errDecode, err)
	case err != nil:
		return body, fmt.Errorf("read body: %w", err)
	}
	return body, nil
}

// contentEncodings returns the encodings of a body in the order applied.
func contentEncodings(h http.Header) ([]string, error) {
	var encodings []string
	for _, line := range h.Values("Content-Encoding") {
		for name := range strings.SplitSeq(line, ",") {
			name = strings.ToLower(strings.TrimSpace(name))
			switch name {
			case "", "identity", "none", "utf-8": // the last two are no encodings, but are sent as if they were
				continue
			case "x-gzip":
				name = "gzip"
			case "gzip", "br", "zstd", "deflate":
			default:
				return nil, fmt.Errorf("%w: %.40q", errEncoding, name)
			}
			if encodings = append(encodings, name); len(encodings) > maxEncodings {
				return nil, fmt.Errorf("%w: more than %d stacked", errEncoding, maxEncodings)
			}
		}
	}
	return encodings, nil
}

// open returns a reader that undoes encoding on r, and a function that must be
// called when the reader is no longer used.
func (d *decoder) open(encoding string, r io.Reader) (io.Reader, func(), error) {
	switch encoding {
	case "gzip":
		zr, _ := d.gzips.Get().(*gzip.Reader)
		if zr == nil {
			zr = new(gzip.Reader)
		}
		if err := zr.Reset(r); err != nil {
			return nil, nil, err
		}
		return zr, func() { d.gzips.Put(zr) }, nil
	case "br":
		br, _ := d.brotlis.Get().(*brotli.Reader)
		if br == nil {
			br = new(brotli.Reader)
		}
		if err := br.Reset(r); err != nil {
			return nil, nil, err
		}
		return br, func() { d.brotlis.Put(br) }, nil
	case "zstd":
		zr, _ := d.zstds.Get().(*zstd.Decoder)
		if zr == nil {
			var err error
			// One at a time means no goroutines, so that a decoder dropped
			// by the pool leaves nothing behind.
			zr, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1),
				zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxZstdWindow))
			if err != nil {
				return nil, nil, err
			}
		}
		if err := zr.Reset(r); err != nil {
			return nil, nil, err
		}
		return zr, func() {
			if zr.Reset(nil) == nil {
				d.zstds.Put(zr)
			}
		}, nil
	case "deflate":
		return openDeflate(r)
	}
	return nil, nil, fmt.Errorf("%w: %q", errEncoding, encoding)
}

// openDeflate reads zlib, as RFC 9110 has it, or the bare deflate that some
// servers send under the same name.
func openDeflate(r io.Reader) (io.Reader, func(), error) {
	br := bufio.NewReader(r)
	head, err := br.Peek(2)
	if err != nil {
		return nil, nil, err
	}
	if head[0]&0x0f == 8 && (uint(head[0])<<8|uint(head[1]))%31 == 0 {
		zr, err := zlib.NewReader(br)
		return zr, func() {}, err
	}
	return flate.NewReader(br), func() {}, nil
}

// A meter passes on what it reads until that exceeds limit, or until it is out
// of proportion to what came over the wire.
type meter struct {
	r     io.Reader
	n     int64
	limit int64
	wire  *meter // what r is decoded from; nil for the wire itself
	err   error  // of r, other than its end
}

func (m *meter) Read(p []byte) (int, error) {
	n, err := m.r.Read(p)
	m.n += int64(n)
	if err != nil && err != io.EOF {
		m.err = err
	}
	if over := m.n - m.limit; over > 0 {
		return max(n-int(over), 0), fmt.Errorf("%w: more than %d bytes", errTooLarge, m.limit)
	}
	if m.wire != nil && m.n > ratioFree && m.n > maxRatio*m.wire.n {
		return n, fmt.Errorf("%w: %d bytes out of %d", errTooLarge, m.n, m.wire.n)
	}
	return n, err
}

// noEOF makes an empty body under an encoding what it is, a body cut short.
func noEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
