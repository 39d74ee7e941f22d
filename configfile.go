package main

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// A document is a parsed YAML file that knows where each value stands.
type document struct {
	name  string
	lines []string
	at    map[string]*token.Position // "feeds[3].url" → where
}

// decodeYAML reads data into the struct at to. The faults are every unknown
// key and every value of the wrong type; the error is of a document that is
// not YAML at all.
func decodeYAML(name string, data []byte, to any) (*document, []fault, error) {
	d := &document{name: name, lines: strings.Split(string(data), "\n"), at: map[string]*token.Position{}}
	file, err := parser.ParseBytes(data, 0)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %s", name, yaml.FormatError(err, false, true))
	}
	var faults []fault
	for _, doc := range file.Docs {
		if doc.Body != nil {
			d.decode(doc.Body, reflect.ValueOf(to).Elem(), "", &faults)
		}
	}
	return d, faults, nil
}

// decode fills v from node and notes where everything stands.
func (d *document) decode(node ast.Node, v reflect.Value, path string, faults *[]fault) {
	d.at[path] = node.GetToken().Position
	if v.Kind() == reflect.Struct {
		d.decodeStruct(node, v, path, faults)
		return
	}
	if seq, ok := node.(*ast.SequenceNode); ok && v.Kind() == reflect.Slice {
		v.Set(reflect.MakeSlice(v.Type(), len(seq.Values), len(seq.Values)))
		for i, n := range seq.Values {
			d.decode(n, v.Index(i), fmt.Sprintf("%s[%d]", path, i), faults)
		}
		return
	}
	if node.Type() == ast.NullType {
		return // a key without a value is as good as left out
	}
	if err := yaml.NodeToValue(node, v.Addr().Interface()); err != nil {
		*faults = append(*faults, fault{path, fmt.Errorf("%s is not %s", node.String(), kind(v.Type()))})
	}
}

func (d *document) decodeStruct(node ast.Node, v reflect.Value, path string, faults *[]fault) {
	var pairs []*ast.MappingValueNode
	switch n := node.(type) {
	case *ast.MappingNode:
		pairs = n.Values
	case *ast.MappingValueNode:
		pairs = []*ast.MappingValueNode{n}
	case *ast.NullNode:
	default:
		*faults = append(*faults, fault{path, errors.New("keys and values are wanted here")})
	}
	fields := map[string]int{}
	for i := range v.NumField() {
		fields[v.Type().Field(i).Tag.Get("yaml")] = i
	}
	for _, p := range pairs {
		key := p.Key.GetToken().Value
		at := strings.TrimPrefix(path+"."+key, ".")
		i, ok := fields[key]
		if !ok {
			d.at[at] = p.Key.GetToken().Position
			*faults = append(*faults, fault{at, fmt.Errorf("unknown key %q%s", key, hint(key, fields))})
			continue
		}
		d.decode(p.Value, v.Field(i), at, faults)
	}
}

// kind says what a value of type t looks like.
func kind(t reflect.Type) string {
	switch {
	case t.PkgPath() == "time":
		return "a duration such as 90s, 15m or 12h"
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

// hint names the known key that is most like an unknown one.
func hint(key string, fields map[string]int) string {
	best, least := "", 3
	for name := range fields {
		if n := editDistance(key, name); n < least || n == least && name < best {
			best, least = name, n
		}
	}
	if best == "" || least >= 3 {
		return ""
	}
	return fmt.Sprintf("; is %q meant?", best)
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

// locate joins faults into one error, in the order of the file, each with its
// line. It returns nil when there are none.
func (d *document) locate(faults []fault) error {
	type located struct {
		line int
		text string
	}
	var all []located
	for _, f := range faults {
		path, text := f.path, f.err.Error()
		if key, rest := keyOf(f.err); key != "" {
			path, text = strings.TrimPrefix(path+"."+key, "."), rest
		}
		pos := d.position(path)
		if pos == nil {
			all = append(all, located{0, fmt.Sprintf("%s: %s: %s", d.name, path, text)})
			continue
		}
		text = fmt.Sprintf("%s:%d: %s: %s", d.name, pos.Line, path, text)
		if pos.Line <= len(d.lines) {
			text += fmt.Sprintf("\n    %d | %s", pos.Line, strings.TrimRight(d.lines[pos.Line-1], " \r"))
		}
		all = append(all, located{pos.Line, text})
	}
	slices.SortStableFunc(all, func(a, b located) int { return a.line - b.line })
	var errs []error
	for _, l := range all {
		errs = append(errs, errors.New(l.text))
	}
	return errors.Join(errs...)
}

// position is where path stands, or the nearest of what holds it: a key that
// is missing has no place of its own.
func (d *document) position(path string) *token.Position {
	for {
		if pos := d.at[path]; pos != nil {
			return pos
		}
		i := strings.LastIndexAny(path, ".[")
		if i < 0 {
			return nil
		}
		path = path[:i]
	}
}
