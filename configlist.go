package main

import (
	"bytes"
	"fmt"
	"reflect"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// pieceItems is how many items of a long list are parsed at once. The parser
// takes some hundred times the memory of its input: a list of 100,000 feeds
// in one piece would take the better part of a gigabyte.
const pieceItems = 500

// A piece is a part of a long list.
type piece struct {
	text string
	line int // lines before it in the file
}

// splitList takes the items of the top-level list key out of a document, from
// the one after the first pieceItems on, and returns them in pieces. Lines of
// head keep their numbers.
func splitList(data []byte, key string) (head []byte, pieces []piece) {
	lines := bytes.SplitAfter(data, []byte("\n"))
	at := -1
	for i, l := range lines {
		if rest, ok := bytes.CutPrefix(l, []byte(key+":")); ok && len(bytes.TrimSpace(rest)) == 0 {
			at = i
			break
		}
	}
	if at < 0 {
		return data, nil
	}
	var starts []int // lines at which items begin
	var dash []byte
	end := len(lines)
	for i := at + 1; i < len(lines); i++ {
		l := lines[i]
		bare := bytes.TrimLeft(l, " ")
		switch {
		case len(bytes.TrimSpace(l)) == 0 || bare[0] == '#':
			continue
		case dash == nil && bytes.HasPrefix(bare, []byte("- ")):
			dash = l[:len(l)-len(bare)+2]
		case len(bare) == len(l) && !bytes.HasPrefix(l, []byte("- ")):
			end = i // the next key
		}
		if end == i || dash == nil {
			break
		}
		if bytes.HasPrefix(l, dash) {
			starts = append(starts, i)
		}
	}
	if len(starts) <= pieceItems {
		return data, nil
	}
	for i := pieceItems; i < len(starts); i += pieceItems {
		to := end
		if i+pieceItems < len(starts) {
			to = starts[i+pieceItems]
		}
		pieces = append(pieces, piece{string(bytes.Join(lines[starts[i]:to], nil)), starts[i]})
	}
	head = bytes.Join(lines[:starts[pieceItems]], nil)
	head = append(head, bytes.Repeat([]byte("\n"), end-starts[pieceItems])...)
	return append(head, bytes.Join(lines[end:], nil)...), pieces
}

// decodePiece appends the items of a piece to the list at path. It reports
// false when the piece is not a list by itself; nothing is appended then.
func (d *document) decodePiece(p piece, list reflect.Value, path string) bool {
	tokens := lexer.Tokenize(p.text)
	for _, t := range tokens {
		t.Position.Line += p.line
	}
	if tooDeep(tokens) != nil {
		return false
	}
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil || len(file.Docs) != 1 {
		return false
	}
	items, ok := file.Docs[0].Body.(*ast.SequenceNode)
	if !ok {
		return false
	}
	for _, item := range items.Values {
		at := fmt.Sprintf("%s[%d]", path, list.Len())
		one := document{at: map[string]*token.Position{at: begin(item)}, broken: map[string]bool{}}
		v := reflect.New(list.Type().Elem()).Elem()
		one.decode(item, v, at)
		list.Set(reflect.Append(list, v))
		if len(one.faults) == 0 {
			d.at[at] = one.at[at] // the lines of its keys are not worth their memory
			continue
		}
		d.faults = append(d.faults, one.faults...)
		for path, pos := range one.at {
			d.at[path] = pos
		}
		for path := range one.broken {
			d.broken[path] = true
		}
	}
	return true
}

// topList is the field of the struct at v that holds the list key; the zero
// value when there is none.
func topList(v reflect.Value, key string) reflect.Value {
	for i := range v.NumField() {
		if v.Type().Field(i).Tag.Get("yaml") == key && v.Field(i).Kind() == reflect.Slice {
			return v.Field(i)
		}
	}
	return reflect.Value{}
}
