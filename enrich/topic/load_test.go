package topic

import (
	"errors"
	"os"
	"strings"
	"testing"
	"testing/fstest"
)

func TestLoadReportsEveryFault(t *testing.T) {
	tests := []struct{ name, file, data, want string }{
		{"unknown key", "armed/battle.yaml", "topic: armed.battle\nlabel: x\nterm: {}\n", `armed/battle.yaml:3: unknown key "term"`},
		{"unknown list", "armed/battle.yaml", "topic: armed.battle\nlabel: x\nterms:\n  en:\n    stong: [a]\n", `armed/battle.yaml:5: unknown key "stong"`},
		{"wrong id", "armed/battle.yaml", "topic: armed.fight\nlabel: x\n", `armed/battle.yaml:1: topic "armed.fight": want "armed.battle"`},
		{"no label", "armed/battle.yaml", "topic: armed.battle\n", `no label`},
		{"unknown language", "armed/battle.yaml", "topic: armed.battle\nlabel: x\nterms: {qq: {strong: [a]}}\n", `language "qq"`},
		{"star alone", "armed/battle.yaml", "topic: armed.battle\nlabel: x\nterms: {en: {strong: [\"war *\"]}}\n", `a star stands at the end of a word`},
		{"star within", "armed/battle.yaml", "topic: armed.battle\nlabel: x\nterms: {en: {strong: [\"cease*fire\"]}}\n", `a star stands at the end of a word`},
		{"two classes", "armed/battle.yaml", "topic: armed.battle\nlabel: x\nterms: {en: {strong: [war], weak: [War]}}\n", `term "War" is weak here, but strong above`},
		{"near without weight", "armed/battle.yaml", "topic: armed.battle\nlabel: x\nterms: {en: {near: [{all: [[aa], [bb]]}]}}\n", `near: weight ""`},
		{"near of one group", "armed/battle.yaml", "topic: armed.battle\nlabel: x\nterms: {en: {near: [{all: [[aa]], weight: weak}]}}\n", `want 2 to 6 groups`},
		{"near too wide", "armed/battle.yaml", "topic: armed.battle\nlabel: x\nterms: {en: {near: [{all: [[aa], [bb]], within: 600, weight: weak}]}}\n", `want a whole number from 1 to 60, got "600"`},
		{"list for a text", "armed/battle.yaml", "topic: [armed.battle]\nlabel: x\n", `want a text`},
		{"text for a list", "armed/battle.yaml", "topic: armed.battle\nlabel: x\nterms: {en: {strong: war}}\n", `want a list`},
		{"key twice", "armed/battle.yaml", "topic: armed.battle\nlabel: x\nlabel: y\n", `armed/battle.yaml`},
		{"not YAML", "armed/battle.yaml", "topic: [\n", `armed/battle.yaml`},
		{"empty", "armed/battle.yaml", "", `the file is empty`},
		{"bad code", "armed/group.yaml", "group: armed\nlabel: x\niptc: [{code: \"1600\", name: x, match: exact}]\n", `want medtop: and eight digits`},
		{"narrower code", "armed/group.yaml", "group: armed\nlabel: x\niptc: [{code: \"medtop:16000000\", name: x, match: narrow}]\n", `match of exact, close, broad or related`},
		{"group in the wrong folder", "armed/group.yaml", "group: army\nlabel: x\n", `want the name of the folder, "armed"`},
		{"failing match", "armed/battle.yaml", "topic: armed.battle\nlabel: x\nterms: {en: {likely: [war]}}\ntests:\n  - {lang: en, match: \"A war.\"}\n", `armed/battle.yaml:5: test: armed.battle is not among the topics of "A war.": scored 1.00 of 0.8 by armed.battle/en/likely/war (1.00); the relevance of the text is 0.`},
		{"failing never", "armed/battle.yaml", "topic: armed.battle\nlabel: x\nterms: {en: {strong: [war]}}\ntests:\n  - {lang: en, never: \"A war.\"}\n", `must not be a topic of "A war.", but is, by armed.battle/en/strong/war`},
		{"yields to nothing", "armed/battle.yaml", "topic: armed.battle\nlabel: x\nyields: [armed.duel]\n", `armed/battle.yaml:3: yields to topic "armed.duel", which there is not`},
		{"yields to itself", "armed/battle.yaml", "topic: armed.battle\nlabel: x\nyields: [armed.battle]\n", `yields to itself`},
		{"test without text", "armed/battle.yaml", "topic: armed.battle\nlabel: x\ntests: [{lang: en}]\n", `a test wants lang, and one of match and never`},
		{"unknown context", "context.yaml", "domain: {}\n", `context.yaml:1: unknown key "domain"`},
		{"too large", "armed/battle.yaml", strings.Repeat("#", maxFileSize+1), `larger than`},
		{"near with an empty group", "armed/battle.yaml", "topic: armed.battle\nlabel: x\nterms: {en: {near: [{all: [[aa], []], weight: weak}]}}\n", `battle.yaml:3: group 2 has no words`},
		{"near with no group", "armed/battle.yaml", "topic: armed.battle\nlabel: x\nterms: {en: {near: [{all: [[aa], ~], weight: weak}]}}\n", `battle.yaml:3: group 2 has no words`},
		{"comma of its own", "armed/battle.yaml", "topic: armed.battle\nlabel: x\nterms: {zh: {strong: [停火，休战]}}\n", `battle.yaml:3: term "停火，休战": YAML parts terms by the comma of ASCII`},
		{"colon in a term", "armed/battle.yaml", "topic: armed.battle\nlabel: x\nterms: {en: {strong: [war: peace]}}\n", `wants quotes`},
		{"no YAML", "armed/battle.yaml", "topic: armed.battle\nlabel: \"x\nterms: {}\n", "armed/battle.yaml:2: could not find end character of double-quoted text"},
		{"key twice", "armed/battle.yaml", "topic: armed.battle\nlabel: x\nlabel: y\n", `armed/battle.yaml:3: mapping key "label" already defined`},
		{"tab", "armed/battle.yaml", "topic: armed.battle\nlabel: x\nterms:\n\ten: {}\n", "armed/battle.yaml:4: found character"},
		{"not UTF-8", "armed/battle.yaml", "topic: armed.battle\nlabel: x\nterms:\n  fr: {weak: [tu\xe9s]}\n", "armed/battle.yaml:4: not UTF-8"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fsys := smallTaxonomy()
			fsys[tt.file] = &fstest.MapFile{Data: []byte(tt.data)}
			tagger, err := Load(fsys)
			if err == nil || tagger != nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Load = %v, %v, want an error with %q", tagger, err, tt.want)
			}
		})
	}
	t.Run("byte order mark", func(t *testing.T) {
		fsys := smallTaxonomy()
		fsys["armed/battle.yaml"].Data = append([]byte("\ufeff"), fsys["armed/battle.yaml"].Data...)
		if _, err := Load(fsys); err != nil {
			t.Errorf("Load = %v of a file that begins with a byte order mark", err)
		}
	})
	t.Run("several at once", func(t *testing.T) {
		fsys := smallTaxonomy()
		fsys["armed/battle.yaml"] = &fstest.MapFile{Data: []byte("topic: armed.battle\nfoo: 1\nbar: 2\n")}
		_, err := Load(fsys)
		joined, ok := errors.AsType[interface {
			error
			Unwrap() []error
		}](err)
		if !ok || len(joined.Unwrap()) != 3 {
			t.Errorf("Load = %v, want three faults", err)
		}
	})
}

func TestLoadWantsTopics(t *testing.T) {
	if _, err := Load(fstest.MapFS{}); err == nil {
		t.Error("Load of an empty folder = nil, want an error")
	}
	if _, err := Load(os.DirFS("no such folder")); err == nil {
		t.Error("Load of a missing folder = nil, want an error")
	}
}

func TestVersionFollowsTheFiles(t *testing.T) {
	a, b := loadSmall(t), loadSmall(t)
	if a.Version() != b.Version() || len(a.Version()) != 12 {
		t.Errorf("versions of the same files = %q and %q", a.Version(), b.Version())
	}
	fsys := smallTaxonomy()
	fsys["context.yaml"].Data = append(fsys["context.yaml"].Data, '#')
	c, err := Load(fsys)
	if err != nil {
		t.Fatal(err)
	}
	if c.Version() == a.Version() {
		t.Error("the version did not change with a file")
	}
}

func TestTopicsDescribeTheTaxonomy(t *testing.T) {
	tagger := loadSmall(t)
	topics, groups := tagger.Topics(), tagger.Groups()
	if len(topics) != 2 || topics[1].ID != "peace.ceasefire" || topics[1].Group != "peace" || topics[1].IPTC[0].Match != "broad" || topics[1].PLOVER[0] != "AGREE" {
		t.Errorf("Topics() = %+v", topics)
	}
	if len(groups) != 2 || groups[0].ID != "armed" || groups[0].Label != "Armed" {
		t.Errorf("Groups() = %+v", groups)
	}
}

func FuzzLoad(f *testing.F) {
	for name, file := range smallTaxonomy() {
		if strings.HasSuffix(name, "ceasefire.yaml") || name == "context.yaml" {
			f.Add(string(file.Data))
		}
	}
	f.Add("topic: armed.battle\nlabel: x\nterms: {en: {near: [{all: [[aa], [bb]], weight: weak}]}}\ntests: [{lang: en, never: \"a\"}]\n")
	f.Fuzz(func(t *testing.T, data string) {
		fsys := smallTaxonomy()
		fsys["armed/battle.yaml"] = &fstest.MapFile{Data: []byte(data)}
		fsys["context.yaml"] = &fstest.MapFile{Data: []byte(data)}
		if tagger, err := Load(fsys); err == nil {
			tagger.Tag(Text{Language: "en", Body: data})
		}
	})
}
