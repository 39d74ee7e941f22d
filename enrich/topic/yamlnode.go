package topic

import (
	"fmt"
	"strconv"

	"github.com/goccy/go-yaml/ast"
)

// A node is a YAML value with the file it stands in, so that a fault found
// far from the parser can still name its line.
type node struct {
	file string
	ast  ast.Node
}

// faults collects everything wrong with a set of rule files: an editor who
// made three mistakes wants to read of three.
type faults struct{ list []error }

func (f *faults) add(at node, format string, args ...any) {
	f.list = append(f.list, fmt.Errorf("%s: %s", at.where(), fmt.Sprintf(format, args...)))
}

// where names the line of a value as file:line.
func (n node) where() string {
	if line := n.line(); line > 0 {
		return n.file + ":" + strconv.Itoa(line)
	}
	return n.file
}

func (n node) line() int {
	if n.ast == nil || n.ast.GetToken() == nil || n.ast.GetToken().Position == nil {
		return 0
	}
	return n.ast.GetToken().Position.Line
}

// absent reports whether the value was left out or left empty.
func (n node) absent() bool {
	if n.ast == nil {
		return true
	}
	_, null := n.ast.(*ast.NullNode)
	return null
}

// A field is one entry of a mapping.
type field struct {
	key   string
	at    node // the key, for faults about it
	value node
}

// fields lists a mapping in file order; keys that repeat are faults.
func (n node) fields(f *faults) []field {
	if n.absent() {
		return nil
	}
	var values []*ast.MappingValueNode
	switch m := n.ast.(type) {
	case *ast.MappingNode:
		values = m.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{m}
	default:
		f.add(n, "want a mapping (key: value), got %s", n.ast.Type())
		return nil
	}
	out := make([]field, 0, len(values))
	seen := make(map[string]bool, len(values))
	for _, v := range values {
		at := node{n.file, v.Key}
		key := at.text()
		if seen[key] {
			f.add(at, "key %q appears twice", key)
			continue
		}
		seen[key] = true
		out = append(out, field{key, at, node{n.file, v.Value}})
	}
	return out
}

// items lists a sequence.
func (n node) items(f *faults) []node {
	if n.absent() {
		return nil
	}
	s, ok := n.ast.(*ast.SequenceNode)
	if !ok {
		f.add(n, "want a list, got %s", n.ast.Type())
		return nil
	}
	out := make([]node, len(s.Values))
	for i, v := range s.Values {
		out[i] = node{n.file, v}
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
	s := n.text()
	if s == "" {
		f.add(n, "want a text")
	}
	return s
}

// text returns a scalar as it was written, or "" for anything else.
func (n node) text() string {
	switch v := n.ast.(type) {
	case *ast.StringNode:
		return v.Value
	case *ast.LiteralNode:
		return v.Value.Value
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		// A term such as 1979 or yes is a word to us, whatever YAML makes of it.
		return n.ast.GetToken().Value
	}
	return ""
}
