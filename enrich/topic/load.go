package topic

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"path"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// Bounds on a set of rule files.
const (
	maxFiles    = 1000
	maxFileSize = 4 << 20
)

// A source is one rule file, read and parsed.
type source struct {
	name string
	data []byte
	root node
	err  error
}

// Load reads a taxonomy: GROUP/group.yaml, GROUP/TOPIC.yaml, context.yaml and
// relevance.yaml (the last two may be missing). The error joins everything
// that is wrong, each with file:line and reason; it includes every test in
// the files that fails. A topic file looks like this:
//
//	topic: peace.ceasefire
//	label: Ceasefire, truce
//	iptc: [{code: "medtop:20000073", name: peace process, match: broad}]
//	acled: [Agreement]
//	plover: [AGREE]
//	yields: [peace.agreement]              # a short text that has one of these topics does not have this one
//	terms:
//	  en:                                  # or any: for terms of every language
//	    strong: [cease-fire*]              # one is enough
//	    likely: [truce*, armistice*]       # two different ones are, or one in the headline
//	    weak: [lull in fighting]           # support, never enough
//	    near:                              # a word of every group within so many words, in any order
//	      - {all: [[halt*, stop*], [fighting, shelling]], within: 6, weight: strong}
//	    needs: [troops, rebels]            # without one of these, likely and weak do not count
//	    not: [derby truce, film]           # a phrase that contains a term takes that term back; any other bars its sentence
//	tests:
//	  - {lang: en, match: "A cease-fire began at noon."}
//	  - {lang: en, headline: "Neighbours at peace", never: "They called a truce over the hedge."}
//
// Terms match whole words in any case and with or without accents; a hyphen,
// an apostrophe and white space are the same. A star at the end of a word
// stands for any letters. The articles and particles that Arabic and Hebrew
// write in one word with the next need not be spelled out. In Chinese and
// Japanese a term matches anywhere, and two characters count as a word.
// File relevance.yaml has the keys terms and tests; its tests are of relevance
// of at least one half. For context.yaml see context.go.
func Load(fsys fs.FS) (*Tagger, error) {
	t, tests, err := load(fsys)
	if err != nil {
		return nil, err
	}
	var f faults
	t.runTests(tests, &f)
	if len(f.list) > 0 {
		return nil, errors.Join(f.list...)
	}
	return t, nil
}

// load does all of Load but to run the tests.
func load(fsys fs.FS) (*Tagger, []test, error) {
	files, err := read(fsys)
	if err != nil {
		return nil, nil, err
	}
	var f faults
	t, list := compile(files, &f)
	return t, list, errors.Join(f.list...)
}

// A reading is a set of rule files on their way from disk.
type reading struct {
	names   []string
	sources iter.Seq[source] // in order of names; to be ranged over once
}

// read lists the files of a taxonomy and begins to read them.
func read(fsys fs.FS) (*reading, error) {
	var names []string
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) != ".yaml" {
			return err
		}
		names = append(names, name)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("taxonomy: %w", err)
	}
	if len(names) > maxFiles {
		return nil, fmt.Errorf("taxonomy: more than %d files", maxFiles)
	}
	slices.Sort(names)
	return &reading{names, parse(fsys, names)}, nil
}

// parse reads and parses files in the background, which is much of the
// cost of loading, and yields them in order; the first are compiled while the
// last are read.
func parse(fsys fs.FS, names []string) iter.Seq[source] {
	return func(yield func(source) bool) {
		ready := make([]chan source, len(names))
		for i := range ready {
			ready[i] = make(chan source, 1)
		}
		var next atomic.Int64
		for range runtime.GOMAXPROCS(0) {
			go func() {
				for i := next.Add(1) - 1; i < int64(len(names)); i = next.Add(1) - 1 {
					ready[i] <- readSource(fsys, names[i])
				}
			}()
		}
		for i := range ready {
			if !yield(<-ready[i]) {
				return
			}
		}
	}
}

func readSource(fsys fs.FS, name string) source {
	s := source{name: name}
	info, err := fs.Stat(fsys, name)
	if err == nil && info.Size() > maxFileSize {
		err = fmt.Errorf("larger than %d bytes", maxFileSize)
	}
	if err == nil {
		s.data, err = fs.ReadFile(fsys, name)
	}
	if err != nil {
		s.err = fmt.Errorf("%s: %w", name, err)
		return s
	}
	s.root.file = name
	s.root.value, s.err = parseYAML(name, string(s.data))
	return s
}

// A loader compiles sources into a Tagger.
type loader struct {
	*compiler
	t     *Tagger
	f     *faults
	tests []test
	taken map[string]string // topic and group IDs to where they stand

	yielding []yielding
}

// A test is one line of a topic file's tests.
type test struct {
	at      node
	subject int32
	text    Text
	want    bool
}

// Kinds of rule files, after the names of those that have one.
const (
	contextFile   = "context.yaml"
	relevanceFile = "relevance.yaml"
	groupFile     = "group.yaml"
	topicFile     = "TOPIC.yaml"
)

func kindOf(name string) string {
	switch {
	case name == contextFile, name == relevanceFile:
		return name
	case path.Base(name) == groupFile:
		return groupFile
	}
	return topicFile
}

// compile makes a Tagger of the files.
func compile(files *reading, f *faults) (*Tagger, []test) {
	topics := 0
	for _, name := range files.names {
		if kindOf(name) == topicFile {
			topics++
		}
	}
	if topics == 0 {
		f.list = append(f.list, errors.New("taxonomy: no topic files"))
	}
	l := &loader{compiler: newCompiler(), t: &Tagger{needy: make([]langSet, topics+1)}, f: f, taken: map[string]string{}}
	sum := sha256.New()
	for s := range files.sources {
		fmt.Fprintf(sum, "%s %d\n", s.name, len(s.data))
		sum.Write(s.data)
		if s.err != nil {
			f.list = append(f.list, s.err)
			continue
		}
		switch kindOf(s.name) {
		case contextFile:
			l.context(s.root)
		case relevanceFile:
			l.relevance(s.root, int32(topics))
		case groupFile:
			l.group(s)
		case topicFile:
			l.topic(s)
		}
	}
	l.settleYields()
	l.t.version = hex.EncodeToString(sum.Sum(nil)[:6])
	l.seal()
	return l.t, l.tests
}

// seal builds the tables that a scan walks.
func (l *loader) seal() {
	t := l.t
	l.alphabet.seal()
	t.alphabet = l.alphabet
	t.langs, t.tries = l.langs, make([]*trie, len(l.langs))
	var building sync.WaitGroup
	for tag, n := range l.langs {
		writing := languageScript[tag]
		if tag == anyLanguage {
			t.any = 1 << n
		} else {
			t.scripts[writing] |= 1 << n
		}
		building.Go(func() {
			t.tries[n] = l.tries[n].build(n, t.alphabet, writing == scriptArabic || writing == scriptHebrew || tag == anyLanguage)
		})
	}
	building.Wait()
	t.pool.New = func() any { return newScan(t) }
}

var slug = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// describe reads the keys that groups and topics share; it returns the others.
func (l *loader) describe(root node, idKey string) (Info, node, []field) {
	var info Info
	var idAt node
	var rest []field
	for _, e := range root.fields(l.f) {
		switch e.key {
		case idKey:
			info.ID, idAt = e.value.scalar(l.f), e.value
		case "label":
			info.Label = e.value.scalar(l.f)
		case "iptc":
			for _, it := range e.value.items(l.f) {
				info.IPTC = append(info.IPTC, l.code(it))
			}
		case "acled":
			info.ACLED = e.value.strings(l.f)
		case "plover":
			info.PLOVER = e.value.strings(l.f)
		default:
			rest = append(rest, e)
		}
	}
	if idAt.value == nil {
		idAt = root
		l.f.add(root, "no %s", idKey)
	} else if info.Label == "" {
		l.f.add(root, "no label")
	}
	if other, ok := l.taken[info.ID]; ok && info.ID != "" {
		l.f.add(idAt, "%s %q is also in %s", idKey, info.ID, other)
	}
	l.taken[info.ID] = idAt.where()
	return info, idAt, rest
}

var codePattern = regexp.MustCompile(`^medtop:\d{8}$`)

func (l *loader) code(n node) Code {
	var c Code
	for _, e := range n.fields(l.f) {
		switch e.key {
		case "code":
			c.Code = e.value.scalar(l.f)
		case "name":
			c.Name = e.value.scalar(l.f)
		case "match":
			c.Match = e.value.scalar(l.f)
		default:
			l.f.add(e.at, "unknown key %q", e.key)
		}
	}
	if !codePattern.MatchString(c.Code) {
		l.f.add(n, "code %q: want medtop: and eight digits", c.Code)
	}
	if c.Name == "" || !slices.Contains([]string{"exact", "close", "broad", "related"}, c.Match) {
		l.f.add(n, "code %s: want a name, and a match of exact, close, broad or related", c.Code)
	}
	return c
}

// group reads a group file.
func (l *loader) group(s source) {
	dir := path.Dir(s.name)
	info, at, rest := l.describe(s.root, "group")
	for _, e := range rest {
		l.f.add(e.at, "unknown key %q", e.key)
	}
	if info.ID != "" && (info.ID != dir || !slug.MatchString(info.ID)) {
		l.f.add(at, "group %q: want the name of the folder, %q, in lower case letters, digits and hyphens", info.ID, dir)
	}
	info.Group = info.ID
	l.t.groups = append(l.t.groups, info)
}

// topic reads a topic file.
func (l *loader) topic(s source) {
	info, at, rest := l.describe(s.root, "topic")
	want := strings.ReplaceAll(strings.TrimSuffix(s.name, path.Ext(s.name)), "/", ".")
	group, name, _ := strings.Cut(want, ".")
	if info.ID != "" && info.ID != want {
		l.f.add(at, "topic %q: want %q, after the path of the file", info.ID, want)
	} else if !slug.MatchString(group) || !slug.MatchString(name) {
		l.f.add(at, "topic %q: want GROUP/TOPIC.yaml in lower case letters, digits and hyphens", want)
	}
	info.ID, info.Group = want, group
	subject := int32(len(l.t.topics))
	l.t.topics = append(l.t.topics, info)
	l.sections(rest, subject, info.ID)
}

// relevance reads the terms that speak of conflict without naming a topic.
func (l *loader) relevance(root node, subject int32) {
	l.sections(root.fields(l.f), subject, "relevance")
}

// sections reads terms and tests.
func (l *loader) sections(entries []field, subject int32, id string) {
	for _, e := range entries {
		switch e.key {
		case "terms":
			l.terms(e.value, subject, id)
		case "tests":
			l.readTests(e.value, subject)
		case "yields":
			l.yields(e.value, subject)
		default:
			l.f.add(e.at, "unknown key %q", e.key)
		}
	}
}
