package topic

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// A value is a part of a YAML document.
type value struct {
	kind kind
	line int32
	text string  // of a scalar as it was written; of one that is none of the kinds, what it is
	list []value // of a list; of a mapping, keys and values in turn
}

type kind uint8

const (
	absent kind = iota // left out or left empty
	scalar
	list
	mapping
	strange // an anchor, a tag, and so on
)

func (k kind) String() string {
	return [...]string{"nothing", "a text", "a list", "a mapping", "something else"}[k]
}

// parseYAML reads the document in a file.
func parseYAML(file, data string) (*value, error) {
	data = strings.TrimPrefix(data, "\ufeff") // which some editors write
	if v, ok := readPlain(data); ok {
		return v, nil
	}
	fault := func(line int, reason string) error {
		return fmt.Errorf("%s: %s", node{file, &value{line: int32(line)}}.where(), reason)
	}
	if line := notText(data); line > 0 {
		return nil, fault(line, "not UTF-8")
	}
	tokens := lexer.Tokenize(data)
	if line := tooDeep(tokens); line > 0 {
		return nil, fault(line, fmt.Sprintf("nested more than %d deep", maxDepth))
	}
	doc, err := parser.Parse(tokens, 0)
	if y, ok := errors.AsType[yaml.Error](err); ok && y.GetToken() != nil {
		return nil, fault(y.GetToken().Position.Line, y.GetMessage())
	}
	switch {
	case err != nil:
		return nil, fault(0, err.Error())
	case len(doc.Docs) == 0 || len(doc.Docs) == 1 && doc.Docs[0].Body == nil:
		return nil, fault(0, "the file is empty")
	case len(doc.Docs) > 1:
		return nil, fault(0, fmt.Sprintf("want one YAML document, got %d", len(doc.Docs)))
	}
	v := valueOf(doc.Docs[0].Body)
	return &v, nil
}

// notText returns the first line of data that is not UTF-8, or 0.
func notText(data string) int {
	if utf8.ValidString(data) {
		return 0
	}
	n := 1
	for line := range strings.Lines(data) {
		if !utf8.ValidString(line) {
			break
		}
		n++
	}
	return n
}

// maxDepth bounds the brackets, and the dashes of a line, that stand within
// each other: the parser's time grows with their square.
const maxDepth = 100

// tooDeep returns the line where values are nested too deep, or 0.
func tooDeep(tokens token.Tokens) int {
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
		if max(brackets, dashes) > maxDepth {
			return t.Position.Line
		}
	}
	return 0
}

// valueOf is what the parser made of a value.
func valueOf(n ast.Node) value {
	v := value{kind: strange}
	if n == nil {
		return value{}
	}
	if t := n.GetToken(); t != nil && t.Position != nil {
		v.line = int32(t.Position.Line)
	}
	switch n := n.(type) {
	case *ast.NullNode:
		v.kind = absent
	case *ast.StringNode:
		v.kind, v.text = scalar, n.Value
	case *ast.LiteralNode:
		v.kind, v.text = scalar, n.Value.Value
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		// A term such as 1979 or yes is a word to us, whatever YAML makes of it.
		v.kind, v.text = scalar, n.GetToken().Value
	case *ast.SequenceNode:
		v.kind = list
		for _, it := range n.Values {
			v.list = append(v.list, valueOf(it))
		}
	case *ast.MappingNode:
		v.kind = mapping
		for _, it := range n.Values {
			v.list = append(v.list, valueOf(it.Key), valueOf(it.Value))
		}
	case *ast.MappingValueNode:
		v.kind, v.list = mapping, []value{valueOf(n.Key), valueOf(n.Value)}
	}
	return v
}

// A node is a value with the file it stands in, so that a fault found far
// from the parser can still name its line.
type node struct {
	file string
	*value
}

// faults collects everything wrong with a set of rule files: an editor who
// made three mistakes wants to read of three.
type faults struct{ list []error }

func (f *faults) add(at node, format string, args ...any) {
	f.list = append(f.list, fmt.Errorf("%s: %s", at.where(), fmt.Sprintf(format, args...)))
}

// where names the line of a value as file:line.
func (n node) where() string {
	if n.value != nil && n.line > 0 {
		return n.file + ":" + strconv.Itoa(int(n.line))
	}
	return n.file
}

// A field is one entry of a mapping.
type field struct {
	key   string
	at    node // the key, for faults about it
	value node
}

// fields lists a mapping in file order; keys that repeat are faults.
func (n node) fields(f *faults) []field {
	if n.kind != mapping {
		if n.kind != absent {
			f.add(n, "want a mapping (key: value), got %v", n.kind)
		}
		return nil
	}
	if len(n.list) > 2*maxKeys {
		f.add(n, "more than %d keys", maxKeys)
		return nil
	}
	out := make([]field, 0, len(n.list)/2)
	for i := 0; i < len(n.list); i += 2 {
		at := node{n.file, &n.list[i]}
		key := at.text
		if slices.ContainsFunc(out, func(e field) bool { return e.key == key }) {
			f.add(at, "key %q appears twice", key)
			continue
		}
		out = append(out, field{key, at, node{n.file, &n.list[i+1]}})
	}
	return out
}

// items lists a sequence.
func (n node) items(f *faults) []node {
	if n.kind != list {
		if n.kind != absent {
			f.add(n, "want a list, got %v", n.kind)
		}
		return nil
	}
	out := make([]node, len(n.list))
	for i := range n.list {
		out[i] = node{n.file, &n.list[i]}
	}
	return out
}

// strings lists a sequence of scalars; empty ones are faults.
func (n node) strings(f *faults) []string {
	items := n.items(f)
	out := make([]string, 0, len(items))
	for _, it := range items {
		if s := it.scalar(f); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// scalar returns a text value; an empty one, or a list or mapping, is a fault.
func (n node) scalar(f *faults) string {
	switch {
	case n.text != "":
	case n.kind == mapping:
		f.add(n, "want a text, got a mapping; a text with a colon and a space wants quotes")
	case n.kind == strange:
		f.add(n, "want a text; one that begins with a sign of YAML wants quotes")
	default:
		f.add(n, "want a text, got %v", n.kind)
	}
	return n.text
}
