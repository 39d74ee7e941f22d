package topic

import (
	"os"
	"testing"
)

// TestTopicFiles is what editors of the rule files run: it prints every
// fault with file and line.
func TestTopicFiles(t *testing.T) {
	tagger, err := Load(os.DirFS("data"))
	if err != nil {
		t.Fatalf("the rule files do not load:\n%v", err)
	}
	if got, want := len(tagger.Topics()), 40; got != want {
		t.Errorf("topics = %d, want %d", got, want)
	}
}

func TestDefaultIsTheFilesInData(t *testing.T) {
	want, err := Load(os.DirFS("data"))
	if err != nil {
		t.Skip("the rule files do not load; see TestTopicFiles")
	}
	got, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	if got.Version() != want.Version() {
		t.Errorf("Default().Version() = %s, want that of data, %s", got.Version(), want.Version())
	}
}

// TestEveryTopicHasAGroup checks what a record needs of each topic.
func TestEveryTopicHasAGroup(t *testing.T) {
	tagger, err := Load(os.DirFS("data"))
	if err != nil {
		t.Skip("the rule files do not load; see TestTopicFiles")
	}
	groups := map[string]bool{}
	for _, g := range tagger.Groups() {
		groups[g.ID] = true
	}
	for _, info := range tagger.Topics() {
		if !groups[info.Group] {
			t.Errorf("%s: no group %q", info.ID, info.Group)
		}
		if len(info.IPTC) == 0 {
			t.Errorf("%s: no IPTC code", info.ID)
		}
	}
}
