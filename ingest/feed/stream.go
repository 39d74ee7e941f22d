package feed

import (
	"bytes"
	"io"
)

// A stream gives the tokens of a document of any length. A text longer than
// its window comes in pieces; other tokens of more than lookahead bytes may
// count as faults.
type stream struct {
	lex  lexer
	src  io.Reader
	buf  []byte
	eof  bool // nothing is left in src
	size int
}

const (
	window    = 256 << 10
	lookahead = 64 << 10
)

// next reads the next token, and false at the end.
func (s *stream) next(t *token) (bool, error) {
	if !s.eof && len(s.lex.doc)-s.lex.pos < lookahead {
		if s.buf == nil {
			s.buf = make([]byte, window)
		}
		rest := copy(s.buf, s.lex.doc[s.lex.pos:])
		n, err := io.ReadFull(s.src, s.buf[rest:])
		switch {
		case err == io.EOF || err == io.ErrUnexpectedEOF:
			s.eof = true
		case err != nil:
			return false, err
		}
		if s.size += n; s.size > maxSitemap {
			return false, errSitemapSize
		}
		doc := s.buf[:rest+n]
		if s.size == n {
			doc = bytes.TrimPrefix(doc, []byte("\xef\xbb\xbf"))
		}
		s.lex = lexer{doc: doc, attrs: s.lex.attrs}
	}
	return s.lex.next(t), nil
}
