package place

import (
	"bufio"
	"bytes"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Bounds of the data.
const (
	maxFile  = 4 << 20 // bytes of a data file
	maxName  = 120     // bytes of a name
	maxWords = 24      // words of a name; an ideograph is one
)

// A kind says what a name is the name of.
type kind uint8

const (
	blocked kind = iota // something that only looks like a place
	people              // a people, or an adjective of a country
	town                // one of many, whose name often means something else too
	capital             // a seat of government, which often stands for the government
	region              // a city, a region or a front line known to newsrooms
	country
	cueIn     // "in", "near": what follows is where
	cueAt     // the same, of what it follows
	cueArea   // "city", "province"
	cueActor  // "army", "said": the place beside it does something
	cuePerson // "Mr", "actor": a person's name follows
	cueFrom   // "from", "by": what follows is an actor or a source
)

// A name is one meaning of a folded name.
type name struct {
	place  int16  // index in Gazetteer.places, -1: none
	langs  uint32 // bit set of languages that it is a name in; 0: all
	kind   kind
	upper  bool // written with a capital letter
	caps   bool // written in capital letters only
	alone  bool // means something else as often: needs company
	person bool // also a first or last name of people
}

// languages of the data, in the order of the columns of countries.tsv.
var languages = strings.Fields("en ar bg de es fa fr he hi it ja nl pl pt ru tr uk zh")

func languageBit(lang string) uint32 {
	if i := slices.Index(languages, lang); i >= 0 {
		return 1 << i
	}
	return 0
}

type loader struct {
	fsys    fs.FS
	g       *Gazetteer
	index   map[string]int16 // of places, by code
	doubt   map[string]doubt // by folded name
	names   []leaf
	context []leaf
}

// A doubt is what doubts.tsv says about a name.
type doubt struct {
	alone, person bool
	never         uint32 // languages in which it is a common word
}

// Load reads the data files of fsys: countries.tsv and the others that
// data/README.md names. It fails on a file that is missing, malformed or
// larger than 4 MiB, saying which line is wrong.
func Load(fsys fs.FS) (*Gazetteer, error) {
	l := &loader{fsys: fsys, g: &Gazetteer{}, index: map[string]int16{}, doubt: map[string]doubt{}}
	files := []struct {
		name string
		line func(fields []string) error
	}{
		{"doubts.tsv", l.doubts},
		{"countries.tsv", l.countries},
		{"aliases.tsv", l.namesOf(country)},
		{"demonyms.tsv", l.namesOf(people)},
		{"groups.tsv", l.namesOf(people)},
		{"capitals.tsv", l.namesOf(capital)},
		{"regions.tsv", l.namesOf(region)},
		{"exemplars.tsv", l.namesOf(region)},
		{"subdivisions.tsv", l.namesOf(town)},
		{"cities.tsv", l.namesOf(town)},
		{"blocked.tsv", l.blocked},
		{"context.tsv", l.cues},
	}
	for _, f := range files {
		if err := l.file(f.name, f.line); err != nil {
			return nil, fmt.Errorf("load places: %w", err)
		}
	}
	l.g.names, l.g.context = grow(l.names), grow(l.context)
	l.g.small = grow(slices.DeleteFunc(l.names, func(n leaf) bool {
		latin := n.path[0] < 0xCC || n.path[0] == 0xE1 // the first byte
		return !latin || n.name.upper || n.name.caps || n.name.kind == people
	}))
	return l.g, nil
}

// file calls line with the fields of each line of a file.
func (l *loader) file(name string, line func([]string) error) error {
	info, err := fs.Stat(l.fsys, name)
	if err != nil {
		return err
	}
	if info.Size() > maxFile {
		return fmt.Errorf("%s: larger than %d bytes", name, maxFile)
	}
	b, err := fs.ReadFile(l.fsys, name)
	if err != nil {
		return err
	}
	if !utf8.Valid(b) {
		return fmt.Errorf("%s: not UTF-8", name)
	}
	sc := bufio.NewScanner(bytes.NewReader(b))
	sc.Buffer(nil, maxFile)
	for n := 1; sc.Scan(); n++ {
		text := strings.TrimRight(norm.NFC.String(sc.Text()), "\r")
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		if err := line(strings.Split(text, "\t")); err != nil {
			return fmt.Errorf("%s:%d: %w", name, n, err)
		}
	}
	return sc.Err()
}

// countries reads a code and the country's names in each of languages.
func (l *loader) countries(f []string) error {
	if len(f) != 1+len(languages) || len(f[0]) != 2 {
		return fmt.Errorf("want a code and %d names, got %d fields", len(languages), len(f))
	}
	if _, ok := l.index[f[0]]; ok {
		return fmt.Errorf("country %q twice", f[0])
	}
	short, _, _ := strings.Cut(f[1], "|")
	if short == "" {
		return fmt.Errorf("country %q has no English name", f[0])
	}
	at := int16(len(l.g.places))
	l.index[f[0]] = at
	l.g.places = append(l.g.places, entry{code: f[0], name: short})
	for i, names := range f[1:] {
		for n := range strings.SplitSeq(names, "|") {
			if err := l.add(n, name{place: at, langs: 1 << i, kind: country}); err != nil {
				return err
			}
		}
	}
	return nil
}

// namesOf returns a reader of a code and names of kind k.
func (l *loader) namesOf(k kind) func([]string) error {
	return func(f []string) error {
		if len(f) != 2 {
			return fmt.Errorf("want a code and names, got %d fields", len(f))
		}
		at, ok := l.index[f[0]]
		if !ok {
			return fmt.Errorf("unknown country %q", f[0])
		}
		for n := range strings.SplitSeq(f[1], "|") {
			if err := l.add(n, name{place: at, kind: k}); err != nil {
				return err
			}
			if plain := withoutAccents(n); k == town && plain != n {
				if err := l.add(plain, name{place: at, kind: k}); err != nil {
					return err
				}
			}
		}
		return nil
	}
}

// blocked reads names that hold a place's name and are none.
func (l *loader) blocked(f []string) error {
	if len(f) != 1 {
		return fmt.Errorf("want names, got %d fields", len(f))
	}
	for n := range strings.SplitSeq(f[0], "|") {
		if err := l.add(n, name{place: -1, kind: blocked}); err != nil {
			return err
		}
	}
	return nil
}

// doubts reads names that need company, first names, and common words.
func (l *loader) doubts(f []string) error {
	if len(f) != 2 {
		return fmt.Errorf("want a class and names, got %d fields", len(f))
	}
	bit := languageBit(f[0])
	if f[0] != "alone" && f[0] != "person" && bit == 0 {
		return fmt.Errorf("class %q is neither alone nor person nor a language", f[0])
	}
	for n := range strings.SplitSeq(f[1], "|") {
		key := strings.TrimSuffix(fold(n), "*")
		d := l.doubt[key]
		d.alone = d.alone || f[0] == "alone"
		d.person = d.person || f[0] == "person"
		d.never |= bit
		l.doubt[key] = d
	}
	return nil
}

var cueKinds = map[string]kind{"in": cueIn, "at": cueAt, "area": cueArea, "actor": cueActor, "person": cuePerson, "from": cueFrom}

// cues reads languages, a class, and words of the context.
func (l *loader) cues(f []string) error {
	if len(f) != 3 {
		return fmt.Errorf("want languages, a class and words, got %d fields", len(f))
	}
	n := name{place: -1}
	for lang := range strings.FieldsSeq(f[0]) {
		bit := languageBit(lang)
		if bit == 0 {
			return fmt.Errorf("unknown language %q", lang)
		}
		n.langs |= bit
	}
	var ok bool
	if n.kind, ok = cueKinds[f[1]]; !ok {
		return fmt.Errorf("unknown class %q", f[1])
	}
	for w := range strings.SplitSeq(f[2], "|") {
		paths, err := paths(w, false)
		if err != nil {
			return err
		}
		for _, path := range paths {
			l.context = append(l.context, leaf{path, n})
		}
	}
	return nil
}

// add puts a name into the trie in each form that a text may give it.
func (l *loader) add(raw string, n name) error {
	if raw == "" {
		return nil
	}
	p := read("", raw)
	if len(p.words) == 0 {
		return fmt.Errorf("name %q has no letters", raw)
	}
	if n.kind != blocked {
		first := p.words[0]
		n.upper = first.upper
		n.caps = first.caps && utf8.RuneCountInString(raw) <= 5
		for _, w := range p.words {
			n.caps = n.caps && w.caps
		}
	}
	if d, ok := l.doubt[strings.TrimSuffix(fold(raw), "*")]; ok {
		n.alone, n.person = d.alone, d.person
		if d.never != 0 {
			if n.langs == 0 {
				n.langs = 1<<len(languages) - 1
			}
			if n.langs &^= d.never; n.langs == 0 {
				return nil
			}
		}
	}
	paths, err := paths(raw, n.kind != people && n.kind != blocked)
	if err != nil {
		return err
	}
	for _, path := range paths {
		l.names = append(l.names, leaf{path, n})
	}
	return nil
}

// paths returns the ways through a trie to raw: its words, each whole, with
// any ending if a star follows it, and with its own ending taken off if it
// is inflected.
func paths(raw string, inflect bool) ([]string, error) {
	if len(raw) > maxName {
		return nil, fmt.Errorf("name %q is longer than %d bytes", raw, maxName)
	}
	p := read("", raw)
	if len(p.words) == 0 || len(p.words) > maxWords {
		return nil, fmt.Errorf("name %q has %d words, want 1 to %d", raw, len(p.words), maxWords)
	}
	paths := []string{""}
	for i, w := range p.words {
		key := string(p.key(i))
		if w.script == arabic && !strings.HasPrefix(raw[w.start:], "آ") {
			key = withoutArticle(key)
		}
		forms := []string{key}
		if int(w.end) < len(raw) && raw[w.end] == '*' {
			forms[0] += string(rune(anyEnd))
		} else if stem, ok := stemOf(key, w.script, len(p.words)); ok && inflect && len(p.words) <= 4 {
			forms = append(forms, stem+string(rune(caseEnd)))
		}
		var longer []string
		for _, path := range paths {
			for _, form := range forms {
				if path != "" {
					path += string(rune(nextWord))
				}
				longer = append(longer, path+form)
				path = strings.TrimSuffix(path, string(rune(nextWord)))
			}
		}
		paths = longer
	}
	return paths, nil
}

// fold returns the folded form of a name, its words parted by one space.
func fold(raw string) string {
	p := read("", norm.NFC.String(raw))
	var b strings.Builder
	for i := range p.words {
		if i > 0 {
			b.WriteByte(nextWord)
		}
		b.Write(p.key(i))
		if end := int(p.words[i].end); end < len(raw) && raw[end] == '*' {
			b.WriteByte(anyEnd)
		}
	}
	return b.String()
}

// withoutAccents returns s with its accents and the signs of transliteration
// taken off.
func withoutAccents(s string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(s) {
		switch {
		case r >= 0x300 && r <= 0x36F, r == '‘', r == '’', r == '\'', r == 'ʼ':
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
