package place

import (
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
	cueSpot   // "city", "market": of the words of cueArea, those of a place no larger than a town
)

// A name is one meaning of a folded name.
type name struct {
	place  int16  // index in Gazetteer.places, -1: none
	point  uint16 // index in Gazetteer.points plus 1, 0: none
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
	names   leaves
	context leaves
	pointOf []map[string]uint16 // by place: folded names, numbers of points as in name
	page    page                // of the name being read
	words   []form              // its
	folded  []byte              // it, see fold
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
		{"points.tsv", l.points},
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
	l.g.starts = startsOf(&l.names, &l.context)
	l.g.names, l.g.context = grow(&l.names), grow(&l.context)
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
	n := 0
	for text := range strings.Lines(norm.NFC.String(string(b))) {
		n++
		text = strings.TrimRight(text, "\r\n")
		if text == "" || text[0] == '#' {
			continue
		}
		if err := line(strings.Split(text, "\t")); err != nil {
			return fmt.Errorf("%s:%d: %w", name, n, err)
		}
	}
	return nil
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
	l.pointOf = append(l.pointOf, nil)
	for i, names := range f[1:] {
		for n := range strings.SplitSeq(names, "|") {
			if err := l.add(n, &name{place: at, langs: 1 << i, kind: country}); err != nil {
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
			as := name{place: at, kind: k}
			if err := l.add(n, &as); err != nil {
				return err
			}
			if k != town {
				continue
			}
			if plain := withoutAccents(n); plain != n {
				if err := l.add(plain, &name{place: at, kind: k, point: as.point}); err != nil {
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
		if err := l.add(n, &name{place: -1, kind: blocked}); err != nil {
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
		l.page.read("", n)
		key := string(l.fold())
		d := l.doubt[key]
		d.alone = d.alone || f[0] == "alone"
		d.person = d.person || f[0] == "person"
		d.never |= bit
		l.doubt[key] = d
	}
	return nil
}

var cueKinds = map[string]kind{"in": cueIn, "at": cueAt, "area": cueArea, "actor": cueActor, "person": cuePerson, "from": cueFrom, "spot": cueSpot}

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
		l.page.read("", w)
		if err := l.spell(&l.context, n, false); err != nil {
			return err
		}
	}
	return nil
}

// add puts a name into the trie in each form that a text may give it. It
// fills in n.
func (l *loader) add(raw string, n *name) error {
	if raw == "" {
		return nil
	}
	p := &l.page
	p.read("", raw)
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
	key := l.fold()
	if n.point == 0 && (n.kind == town || n.kind == region || n.kind == capital) {
		n.point = l.pointOf[n.place][string(key)]
	}
	if d, ok := l.doubt[string(key)]; ok {
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
	return l.spell(&l.names, *n, n.kind != people && n.kind != blocked)
}
