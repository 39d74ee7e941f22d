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
