package topic

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"reflect"
	"testing"

	"github.com/goccy/go-yaml/parser"
)

// sameAsYAML reports whether the plain reader, if it reads data at all, reads
// what the YAML parser does.
func sameAsYAML(t *testing.T, name, data string) (plain bool) {
	t.Helper()
	got, ok := readPlain(data)
	if !ok {
		return false
	}
	file, err := parser.ParseBytes([]byte(data), 0)
	if err != nil || len(file.Docs) != 1 {
		t.Errorf("%s: read %q as plain, which is no YAML: %v", name, data, err)
		return true
	}
	if want := valueOf(file.Docs[0].Body); !reflect.DeepEqual(*got, want) {
		t.Errorf("%s: plain reading differs from YAML at %s", name, difference(*got, want))
	}
	return true
}

// difference is the path to where two values differ, and the values there.
func difference(got, want value) string {
	for i := range min(len(got.list), len(want.list)) {
		if !reflect.DeepEqual(got.list[i], want.list[i]) {
			return "/" + got.list[i].text + difference(got.list[i], want.list[i])
		}
	}
	got.list, want.list = got.list[:min(1, len(got.list))], want.list[:min(1, len(want.list))]
	return fmt.Sprintf(": %+v, want %+v", got, want)
}

// The files that come with the program must all be plain, or it starts slowly.
func TestRuleFilesArePlain(t *testing.T) {
	data := os.DirFS("data")
	err := fs.WalkDir(data, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || path.Ext(name) != ".yaml" {
			return err
		}
		text, err := fs.ReadFile(data, name)
		if err == nil && !sameAsYAML(t, name, string(text)) {
			t.Errorf("%s: uses more of YAML than readPlain knows", name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func FuzzPlain(f *testing.F) {
	for _, s := range []string{
		"topic: armed.battle\nlabel: x, y\nterms:\n  en:\n    strong: [a b, c*,\n      d e\n      f, \"g \\\" h\"] # comment\n    near:\n      - {all: [[x, y], [z]], within: 6, weight: strong}\n      - word\n",
		"a:\n- b\n- c: d\n  e: f\n# comment\n\ng: 7:0\nh: 1979\n",
		"a: {b: [], c: {}}\nd: [1, 0x1f, 1e3, yes, true, 7:0]\n",
		"a: b # c\nd:\n  - {e: f}\n",
		"a: [b\n \n c]\n",
		"a: {b: [c, 7:0]}\n",
		"a: {b: c\n  d}\n",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, data string) { sameAsYAML(t, "fuzz", data) })
}
