package feed

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
)

const (
	// maxRatio bounds how many times larger unpacked data may be than packed.
	// Sitemaps, which repeat themselves, come to some 50.
	maxRatio = 200
	// freeRatio is how many bytes may be unpacked before the ratio counts.
	freeRatio = 1 << 20
)

var errRatio = fmt.Errorf("compressed data grow by more than %d times", maxRatio)

// isGzip reports whether data start as gzip does.
func isGzip(data []byte) bool { return bytes.HasPrefix(data, []byte("\x1f\x8b")) }

// An unzipper reads the unpacked form of gzip data. Data that are cut short
// or damaged end as if they were whole; damaged says so.
type unzipper struct {
	zip       *gzip.Reader
	packed    *bytes.Reader // not more of it is taken than needed
	size, out int64
	damaged   bool
}

func newUnzipper(data []byte) (*unzipper, error) {
	u := &unzipper{packed: bytes.NewReader(data), size: int64(len(data))}
	var err error
	u.zip, err = gzip.NewReader(u.packed)
	return u, err
}

// Read implements [io.Reader]. Its only errors are io.EOF and errRatio.
func (u *unzipper) Read(b []byte) (int, error) {
	n, err := u.zip.Read(b)
	u.out += int64(n)
	if taken := u.size - int64(u.packed.Len()); u.out > freeRatio && u.out/maxRatio > taken {
		return 0, errRatio
	}
	if err != nil && err != io.EOF {
		u.damaged, err = true, io.EOF
	}
	return n, err
}
