package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// A document is a parsed YAML file that knows where each value stands.
type document struct {
	name   string
	lines  []string
	at     map[string]*token.Position // "feeds[3].url" → where
	faults []fault                    // unknown keys and values of the wrong type, and what check added
	broken map[string]bool            // paths whose value could not be read: it is of no use to check them
}

// longList is the key of the list that may be long.
const longList = "feeds"

const (
	maxConfig  = 16 << 20 // bytes of a configuration file: 100,000 feeds take some 15 MB
	maxNesting = 32       // of brackets and dashes; the parser's time grows with its square
	maxFaults  = 100      // faults that are told
	maxSnippet = 120      // characters of a line that is shown
)

// decodeYAML reads data into the struct at to. The document has every unknown
// key and every value of the wrong type as faults; the error is of data that
// is not YAML at all.
//
// It takes the plain part of YAML. Anchors, aliases, merge keys and tags are
// faults: who reads a configuration should see in one place what holds.
func decodeYAML(name string, data []byte, to any) (*document, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	v := reflect.ValueOf(to).Elem()
	if head, pieces := splitList(data, longList); len(pieces) > 0 {
		if d, err := decodeParts(name, data, head, pieces, v); err == nil {
			return d, nil
		}
		v.SetZero() // in one piece, the error says what is wrong and where
	}
	return decodeParts(name, data, data, nil, v)
}

// decodeParts reads head into v, and then the pieces of its long list. whole
// is what error messages show.
func decodeParts(name string, whole, head []byte, pieces []piece, v reflect.Value) (*document, error) {
	d := &document{name: name, lines: strings.Split(string(whole), "\n"), at: map[string]*token.Position{}, broken: map[string]bool{}}
	for i, line := range d.lines {
		if !utf8.ValidString(line) || strings.Contains(line, "\x00") {
			return nil, fmt.Errorf("%s:%d: this is not text in UTF-8", name, i+1)
		}
	}
	tokens := lexer.Tokenize(string(head))
	if pos := tooDeep(tokens); pos != nil {
		return nil, fmt.Errorf("%s nested more than %d deep%s", d.where(pos), maxNesting, d.snippet(pos))
	}
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if y, ok := errors.AsType[yaml.Error](err); ok && y.GetToken() != nil {
		pos := y.GetToken().Position
		return nil, fmt.Errorf("%s %s%s", d.where(pos), y.GetMessage(), d.snippet(pos))
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	docs := slices.DeleteFunc(file.Docs, func(doc *ast.DocumentNode) bool { return doc.Body == nil })
	if len(docs) > 1 {
		pos := docs[1].Body.GetToken().Position
		return nil, fmt.Errorf("%s a second document begins; a configuration is one%s", d.where(pos), d.snippet(pos))
	}
	for _, doc := range docs {
		d.decode(doc.Body, v, "")
	}
	for _, p := range pieces {
		if list := topList(v, longList); !list.IsValid() || !d.decodePiece(p, list, longList) {
			return nil, fmt.Errorf("%s:%d: the list does not go on here", name, p.line+1)
		}
	}
	return d, nil
}

// tooDeep returns where brackets, or dashes on one line, are nested deeper
// than maxNesting, or nil.
func tooDeep(tokens token.Tokens) *token.Position {
	brackets, dashes, line := 0, 0, 0
	for _, t := range tokens {
		switch t.Type {
		case token.MappingStartType, token.SequenceStartType:
			brackets++
		case token.MappingEndType, token.SequenceEndType:
			brackets--
		case token.SequenceEntryType:
			if t.Position.Line != line {
				line, dashes = t.Position.Line, 0
			}
			dashes++
		}
		if max(brackets, dashes) > maxNesting {
			return t.Position
		}
	}
	return nil
}

// begin is where node begins. The parser calls the colon the beginning of a
// key and its value.
func begin(node ast.Node) *token.Position {
	switch n := node.(type) {
	case *ast.MappingNode:
		if !n.IsFlowStyle && len(n.Values) > 0 {
			return begin(n.Values[0])
		}
	case *ast.MappingValueNode:
		return n.Key.GetToken().Position
	}
	return node.GetToken().Position
}

// decode fills v from node and notes where everything stands.
func (d *document) decode(node ast.Node, v reflect.Value, path string) {
	switch n := node.(type) {
	case *ast.NullNode:
		return // a key without a value is as good as left out
	case *ast.AnchorNode, *ast.AliasNode, *ast.TagNode:
		d.fault(path, "anchors (&), aliases (*) and tags (!) are not taken: write the value itself")
		return
	case *ast.MappingNode:
		if v.Kind() == reflect.Struct {
			d.decodeStruct(n.Values, v, path)
			return
		}
	case *ast.MappingValueNode:
		if v.Kind() == reflect.Struct {
			d.decodeStruct([]*ast.MappingValueNode{n}, v, path)
			return
		}
	case *ast.SequenceNode:
		if v.Kind() == reflect.Slice {
			v.Set(reflect.MakeSlice(v.Type(), len(n.Values), len(n.Values)))
			for i, item := range n.Values {
				at := fmt.Sprintf("%s[%d]", path, i)
				d.at[at] = begin(item)
				d.decode(item, v.Index(i), at)
			}
			return
		}
	case ast.ScalarNode:
		if decodeScalar(n, v) {
			return
		}
	}
	if path == "" {
		d.at[""] = begin(node)
	}
	d.fault(path, "%s is not %s", describe(node), kind(v.Type()))
}

// fault notes that the value at path cannot be read.
func (d *document) fault(path, format string, args ...any) {
	d.faults = append(d.faults, fault{path, fmt.Errorf(format, args...)})
	d.broken[path] = true
}

func (d *document) decodeStruct(pairs []*ast.MappingValueNode, v reflect.Value, path string) {
	fields := map[string]int{}
	for i := range v.NumField() {
		fields[v.Type().Field(i).Tag.Get("yaml")] = i
	}
	seen, meant := map[string]bool{}, map[string]bool{}
	for _, p := range pairs {
		key := p.Key.GetToken().Value
		at := join(path, key)
		earlier := d.at[at]
		d.at[at] = p.Key.GetToken().Position
		i, known := fields[key]
		switch {
		case p.Key.Type() == ast.MergeKeyType || key == "<<":
			d.fault(at, "merge keys (<<) are not taken: write the values themselves")
		case seen[key]:
			d.fault(at, "line %d has this key already", earlier.Line)
		case known:
			d.decode(p.Value, v.Field(i), at)
		default:
			hint := ""
			if like := mostLike(key, fields); like != "" {
				hint, meant[like] = fmt.Sprintf("; is %q meant?", like), true
			}
			d.fault(at, "unknown key%s", hint)
		}
		seen[key] = true
	}
	for key := range meant {
		if !seen[key] {
			d.broken[join(path, key)] = true // do not also call it missing
		}
	}
}

// join is the path of a key under path.
func join(path, key string) string {
	if path == "" || key == "" {
		return path + key
	}
	return path + "." + key
}

// decodeScalar fills v from a single value. It reports false when the value
// is not of the kind.
func decodeScalar(n ast.ScalarNode, v reflect.Value) bool {
	value, whole := n.GetValue(), n.Type() == ast.IntegerType
	switch {
	case v.Type() == reflect.TypeFor[time.Duration]():
		d, err := time.ParseDuration(fmt.Sprint(value)) // "0" is a duration
		v.SetInt(int64(d))
		return err == nil
	case v.Kind() == reflect.String:
		v.SetString(n.GetToken().Value) // as written: 007 and 1.10 stay what they are
		if text, ok := value.(string); ok {
			v.SetString(text)
		}
		return true
	case v.Kind() == reflect.Bool:
		b, ok := value.(bool)
		v.SetBool(b)
		return ok
	case v.Kind() == reflect.Float64 && (whole || n.Type() == ast.FloatType):
		f, err := strconv.ParseFloat(fmt.Sprint(value), 64)
		v.SetFloat(f)
		return err == nil
	case whole:
		i, err := strconv.ParseInt(fmt.Sprint(value), 10, 64)
		if err == nil && v.CanInt() && !v.OverflowInt(i) {
			v.SetInt(i)
			return true
		}
	}
	return false
}

// describe says what node is, for an error.
func describe(node ast.Node) string {
	switch n := node.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return "a set of keys"
	case *ast.SequenceNode:
		return "a list"
	default:
		return clipText(n.GetToken().Value, 40)
	}
}

// kind says what a value of type t looks like.
func kind(t reflect.Type) string {
	switch {
	case t == reflect.TypeFor[time.Duration]():
		return "a duration such as 90s, 15m or 12h"
	case t.Kind() == reflect.Struct:
		return "a set of keys"
	case t.Kind() == reflect.String:
		return "a text"
	case t.Kind() == reflect.Bool:
		return "true or false"
	case t.Kind() == reflect.Slice:
		return "a list"
	case t.Kind() == reflect.Float64:
		return "a number"
	}
	return "a whole number"
}

// mostLike names the known key that is most like an unknown one, or "".
func mostLike(key string, fields map[string]int) string {
	best, least := "", 3
	if len(key) > 40 {
		return ""
	}
	for name := range fields {
		if n := editDistance(key, name); n < least || n == least && name < best {
			best, least = name, n
		}
	}
	return best
}

// editDistance is how many letters must be put in, taken out or replaced to
// make a into b (Levenshtein).
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}

// check adds faults that were found in the values. Those of a value that
// could not even be read are left out: one mistake is told once.
func (d *document) check(faults []fault) {
	for _, f := range faults {
		if !d.unreadable(f.path) {
			d.faults = append(d.faults, f)
		}
	}
}

// unreadable reports whether path, or what holds it, could not be read.
func (d *document) unreadable(path string) bool {
	for ; path != ""; path = parent(path) {
		if d.broken[path] {
			return true
		}
	}
	return false
}

// parent is the path of what holds path: "feeds[3]" of "feeds[3].url".
func parent(path string) string { return path[:max(strings.LastIndexAny(path, ".["), 0)] }

// err joins all faults into one error, in the order of the file, each with
// its line. It returns nil when there are none.
func (d *document) err() error {
	position := func(f fault) token.Position {
		if pos := d.position(f.path); pos != nil {
			return *pos
		}
		return token.Position{}
	}
	slices.SortStableFunc(d.faults, func(a, b fault) int {
		p, q := position(a), position(b)
		return cmp.Or(p.Line-q.Line, p.Column-q.Column)
	})
	var errs []error
	for i, f := range d.faults {
		if i == maxFaults {
			errs = append(errs, fmt.Errorf("%s: and %d more", d.name, len(d.faults)-i))
			break
		}
		pos, path := d.position(f.path), clipText(f.path, maxSnippet)
		if path != "" {
			path = " " + path + ":"
		}
		errs = append(errs, fmt.Errorf("%s%s %w%s", d.where(pos), path, f.err, d.snippet(pos)))
	}
	return errors.Join(errs...)
}

// where is "file:line:" of a position, "file:" when there is none.
func (d *document) where(pos *token.Position) string {
	if pos == nil {
		return d.name + ":"
	}
	return fmt.Sprintf("%s:%d:", d.name, pos.Line)
}

// snippet shows the line of a position on a line of its own.
func (d *document) snippet(pos *token.Position) string {
	if pos == nil || pos.Line < 1 || pos.Line > len(d.lines) {
		return ""
	}
	line := strings.TrimRight(strings.ReplaceAll(d.lines[pos.Line-1], "\t", "    "), " \r")
	return fmt.Sprintf("\n    %d | %s", pos.Line, plain(clipText(line, maxSnippet)))
}

// position is where path stands, or the nearest of what holds it: a key that
// is missing has no place of its own.
func (d *document) position(path string) *token.Position {
	for ; path != "" && d.at[path] == nil; path = parent(path) {
	}
	return d.at[path]
}
