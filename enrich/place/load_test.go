package place

import (
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"
)

// files returns the smallest data that loads, with the given files in place.
func files(replace map[string]string) fstest.MapFS {
	data := map[string]string{
		"points.tsv": "", "countries.tsv": "sy\tSyria" + strings.Repeat("\t", len(languages)-1) + "\n",
		"doubts.tsv": "", "aliases.tsv": "", "demonyms.tsv": "", "groups.tsv": "", "capitals.tsv": "", "regions.tsv": "",
		"exemplars.tsv": "", "subdivisions.tsv": "", "cities.tsv": "", "blocked.tsv": "", "context.tsv": "",
	}
	fsys := fstest.MapFS{}
	for name, text := range data {
		if r, ok := replace[name]; ok {
			text = r
		}
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return fsys
}

func TestLoadSaysWhatIsWrong(t *testing.T) {
	full := func(code, name string) string {
		return code + "\t" + name + strings.Repeat("\t", len(languages)-1) + "\n"
	}
	tests := []struct{ file, text, want string }{
		{"countries.tsv", "sy\tSyria\n", "countries.tsv:1: want a code and 18 names, got 2 fields"},
		{"countries.tsv", full("sy", "Syria") + full("sy", "Syria"), `countries.tsv:2: country "sy" twice`},
		{"countries.tsv", full("sy", ""), `country "sy" has no English name`},
		{"regions.tsv", "# made by hand\n\nxx\tNowhere\n", `regions.tsv:3: unknown country "xx"`},
		{"regions.tsv", "sy\n", "want a code and names, got 1 fields"},
		{"regions.tsv", "sy\t!!!\n", `name "!!!" has no letters`},
		{"regions.tsv", "sy\t" + strings.Repeat("a", maxName+1) + "\n", "is longer than 120 bytes"},
		{"regions.tsv", "sy\t" + strings.Repeat("a ", maxWords+1) + "\n", "has 25 words"},
		{"cities.tsv", "sy\t\xff\n", "cities.tsv: not UTF-8"},
		{"cities.tsv", strings.Repeat("#\n", maxFile/2+1), "cities.tsv: larger than 4194304 bytes"},
		{"doubts.tsv", "never\tNice\n", `class "never" is neither alone nor person nor a language`},
		{"context.tsv", "en\tin\n", "want languages, a class and words, got 2 fields"},
		{"context.tsv", "xx\tin\tat\n", `unknown language "xx"`},
		{"context.tsv", "en\tby\tby\n", `unknown class "by"`},
		{"points.tsv", "sy\tcity\n", "want a code, a precision and points, got 2 fields"},
		{"points.tsv", "xx\tcity\t1,2=Homs\n", `unknown country "xx"`},
		{"points.tsv", "sy\tstreet\t1,2=Homs\n", `unknown precision "street"`},
		{"points.tsv", "sy\tcity\t1,2\n", `point "1,2" is not latitude,longitude=names`},
		{"points.tsv", "sy\tcity\t91,2=Homs\n", `point "91,2=Homs" is not latitude,longitude=names`},
		{"points.tsv", "sy\tcity\tNaN,2=Homs\n", "is not latitude,longitude=names"},
		{"blocked.tsv", "a\tb\n", "want names, got 2 fields"},
	}
	for _, tt := range tests {
		_, err := Load(files(map[string]string{tt.file: tt.text}))
		if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.HasPrefix(err.Error(), "load places: ") {
			t.Errorf("Load with %s %.40q: %v, want %q", tt.file, tt.text, err, tt.want)
		}
	}
	if _, err := Load(fstest.MapFS{}); err == nil {
		t.Error("Load of no files succeeded")
	}
	g, err := Load(files(nil))
	if err != nil {
		t.Fatal(err)
	}
	if got := EventCountry(g.Find(Text{Headline: "Blast in Syria"})); got != "sy" {
		t.Errorf("event = %q, want sy", got)
	}
}

// Editors change the data; these are the mistakes that Load cannot see.
func TestDataIsWhole(t *testing.T) {
	g := gazetteer(t)
	if n := len(g.places); n < 249 {
		t.Errorf("%d countries, want those of ISO 3166-1", n)
	}
	names := 0
	for _, f := range []string{"capitals.tsv", "regions.tsv"} {
		b, err := fs.ReadFile(os.DirFS("data"), f)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(b)) {
			_, list, ok := strings.Cut(strings.TrimSpace(line), "\t")
			if !ok {
				continue
			}
			seen := map[string]bool{}
			for n := range strings.SplitSeq(list, "|") {
				if n == "" || n != strings.TrimSpace(n) || seen[n] {
					t.Errorf("%s: %.20q: name %q is empty, padded or there twice", f, line, n)
				}
				seen[n] = true
				names++
			}
		}
	}
	if names < 600 {
		t.Errorf("%d names of cities and regions, want at least 600", names)
	}
}

// Every country must be found by its own name in each language.
func TestCountriesAreFoundByTheirNames(t *testing.T) {
	b, err := os.ReadFile("data/countries.tsv")
	if err != nil {
		t.Fatal(err)
	}
	g := gazetteer(t)
	missed, all := 0, 0
	for line := range strings.Lines(string(b)) {
		f := strings.Split(strings.TrimRight(line, "\n"), "\t")
		if strings.HasPrefix(line, "#") || len(f) != 1+len(languages) {
			continue
		}
		for i, lang := range languages {
			name, _, _ := strings.Cut(f[1+i], "|")
			if name == "" {
				continue
			}
			all++
			hits := g.hits(name, lang)
			found := false
			for _, h := range hits {
				found = found || g.places[h.place].code == f[0] && h.first == 0 && int(h.end) == len(h.page.words)
			}
			if !found {
				missed++
				t.Logf("%s: %s %q is not found", lang, f[0], name)
			}
		}
	}
	if missed > all/200 {
		t.Errorf("%d of %d names of countries are not found", missed, all)
	}
}

// hits returns the names found in text.
func (g *Gazetteer) hits(text, lang string) []hit {
	s := newScan(g)
	s.tongue = tongueOf(lang)
	s.pages[0].read("headline", text)
	s.find(&s.pages[0])
	return s.hits
}
