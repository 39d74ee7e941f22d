package topic

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

// A slip of the keyboard, or a file that is no rules at all, must not hold up
// the program that looks at its rules every second.
func TestOddFilesAreReadSoon(t *testing.T) {
	const head = "topic: armed.battle\nlabel: x\nterms:\n  en:\n    strong: "
	for name, data := range map[string]string{
		"brackets":      head + strings.Repeat("[", 200_000),
		"braces":        head + strings.Repeat("{a: ", 50_000),
		"dashes":        head + "\n      " + strings.Repeat("- ", 200_000) + "x\n",
		"wrapped lines": head + "[x\n" + strings.Repeat("      b\n", 200_000) + "      b]\n",
	} {
		t.Run(name, func(t *testing.T) {
			rules := smallTaxonomy()
			rules["armed/battle.yaml"] = &fstest.MapFile{Data: []byte(data)}
			start := time.Now()
			_, err := Load(rules)
			if err == nil || !strings.Contains(err.Error(), "armed/battle.yaml:") {
				t.Errorf("Load = %v, want an error that names the file", err)
			}
			if took := time.Since(start); took > 3*time.Second {
				t.Errorf("Load took %v", took)
			}
		})
	}
}
