package actor

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds of the data.
const (
	maxFile      = 4 << 20
	maxActors    = 10_000
	maxAlias     = 120 // bytes
	maxLanguages = 31
	minStar      = keyLetters // letters before a star: a key must not end at it
)

// fileName is the data file that Load reads.
const fileName = "actors.tsv"

// none is the kind of names that hold an actor's name and are no actor.
const none Kind = "none"

var kinds = []Kind{ArmedGroup, ArmedForces, Security, Government, International, none}

var (
	idPattern       = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	countryPattern  = regexp.MustCompile(`^[a-z]{2}$`)
	wikidataPattern = regexp.MustCompile(`^Q[1-9][0-9]{0,9}$`)
	languagePattern = regexp.MustCompile(`^[a-z]{2,3}(,[a-z]{2,3})*$`)
)

// Load reads actors.tsv of fsys, whose columns data/actors.tsv describes. The
// error joins everything that is wrong, each with file:line.
func Load(fsys fs.FS) (*Register, error) {
	f, err := fsys.Open(fileName)
	if err != nil {
		return nil, fmt.Errorf("load actors: %w", err)
	}
	info, err := f.Stat()
	f.Close()
	if err != nil {
		return nil, fmt.Errorf("load actors: %w", err)
	}
	if info.Size() > maxFile {
		return nil, fmt.Errorf("load actors: %s: larger than %d bytes", fileName, maxFile)
	}
	b, err := fs.ReadFile(fsys, fileName)
	if err != nil {
		return nil, fmt.Errorf("load actors: %w", err)
	}
	if !utf8.Valid(b) {
		return nil, fmt.Errorf("load actors: %s: not UTF-8", fileName)
	}
	l := &loader{r: &Register{langs: map[string]uint32{}}, ids: map[string]int{}, names: map[string]string{}}
	var faults []error
	line := 0
	for text := range bytes.Lines(b) {
		line++
		s := strings.TrimRight(string(text), "\r\n")
		if s == "" || strings.HasPrefix(s, "#") {
			continue
		}
		if err := l.line(line, strings.Split(s, "\t")); err != nil {
			faults = append(faults, fmt.Errorf("%s:%d: %w", fileName, line, err))
		}
	}
	if len(faults) == 0 && len(l.r.actors) == 0 {
		faults = append(faults, fmt.Errorf("%s: no actors", fileName))
	}
	if len(faults) > 0 {
		return nil, fmt.Errorf("load actors: %w", errors.Join(faults...))
	}
	l.r.trie = grow(l.leaves)
	l.r.pool.New = func() any { return &search{r: l.r, nth: make([]int32, len(l.r.actors))} }
	return l.r, nil
}

type loader struct {
	r      *Register
	leaves []leaf
	ids    map[string]int    // line by id
	names  map[string]string // id by languages, star and folded alias
}

// line reads one actor.
func (l *loader) line(n int, f []string) error {
	if len(f) != 6 {
		return fmt.Errorf("want id, name, kind, country, wikidata and aliases, got %d fields", len(f))
	}
	a := Actor{ID: f[0], Name: f[1], Kind: Kind(f[2]), Country: f[3], Wikidata: f[4]}
	switch before, taken := l.ids[a.ID]; {
	case !idPattern.MatchString(a.ID):
		return fmt.Errorf("id %q: want lower case letters, digits and hyphens", a.ID)
	case taken:
		return fmt.Errorf("id %q is also in line %d", a.ID, before)
	case a.Name == "":
		return fmt.Errorf("%s has no name", a.ID)
	case !slices.Contains(kinds, a.Kind):
		return fmt.Errorf("%s: kind %q; want one of %v", a.ID, a.Kind, kinds)
	case !countryPattern.MatchString(a.Country):
		return fmt.Errorf("%s: country %q; want two lower case letters", a.ID, a.Country)
	case a.Wikidata != "-" && !wikidataPattern.MatchString(a.Wikidata):
		return fmt.Errorf("%s: wikidata %q; want Q and a number, or -", a.ID, a.Wikidata)
	case len(l.r.actors) == maxActors:
		return fmt.Errorf("more than %d actors", maxActors)
	}
	l.ids[a.ID] = n
	if a.Wikidata == "-" {
		a.Wikidata = ""
	}
	at := int32(len(l.r.actors))
	if a.Kind == none {
		at = noActor
	} else {
		l.r.actors = append(l.r.actors, a)
	}
	aliases := []string{a.Name}
	if f[5] != "-" {
		aliases = append(aliases, strings.Split(f[5], "|")...)
	}
	for _, alias := range aliases {
		if err := l.alias(a.ID, at, alias); err != nil {
			return fmt.Errorf("%s: %w", a.ID, err)
		}
	}
	return nil
}

// alias enters one name of an actor.
func (l *loader) alias(id string, at int32, alias string) error {
	raw, langs := alias, uint32(0)
	if tags, rest, ok := strings.Cut(alias, ":"); ok {
		if !languagePattern.MatchString(tags) {
			return fmt.Errorf("alias %q: want languages before the colon, as in en,fr:NAME", alias)
		}
		for tag := range strings.SplitSeq(tags, ",") {
			bit, ok := l.r.langs[tag]
			if !ok {
				if len(l.r.langs) == maxLanguages {
					return fmt.Errorf("alias %q: more than %d languages", alias, maxLanguages)
				}
				bit = 1 << len(l.r.langs)
				l.r.langs[tag] = bit
			}
			langs |= bit
		}
		raw = rest
	}
	raw, star := strings.CutSuffix(raw, "*")
	folded := fold(raw)
	letters := 0
	for _, c := range raw {
		if letter(c) {
			letters++
		}
	}
	switch {
	case len(raw) > maxAlias:
		return fmt.Errorf("alias %q is longer than %d bytes", alias, maxAlias)
	case letters < 2 || !begins(raw) || folded[len(folded)-1].class() == separates:
		return fmt.Errorf("alias %q: want two letters at least, one of them at the start, and no space at the end", alias)
	case star && letters < minStar:
		return fmt.Errorf("alias %q: a star wants %d letters before it", alias, minStar)
	case strings.Contains(raw, "*"):
		return fmt.Errorf("alias %q: a star stands at the end", alias)
	}
	same := strconv.FormatUint(uint64(langs), 16) + strconv.FormatBool(star) + spell(folded)
	if other, ok := l.names[same]; ok && other != id {
		return fmt.Errorf("alias %q is also one of %s", alias, other)
	}
	l.names[same] = id
	l.r.keys.add(raw)
	l.r.heads.add(folded, star, capitals(raw))
	l.leaves = append(l.leaves, leaf{folded, ending{
		actor: at, langs: langs, star: star, caps: capitals(raw), short: letters <= 3,
		word: folded[len(folded)-1].class() == inWord,
	}})
	return nil
}

// begins reports whether a text begins with a letter that a name may begin with.
func begins(text string) bool {
	g, _ := next(text, 0)
	return g.class() == inWord || g.class() == whole
}

// capitals reports whether s is written in capitals only.
func capitals(s string) bool {
	return strings.IndexFunc(s, unicode.IsUpper) >= 0 && strings.IndexFunc(s, unicode.IsLower) < 0
}
