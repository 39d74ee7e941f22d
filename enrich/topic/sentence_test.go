package topic

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestSentenceIsWhatAnEditorSees(t *testing.T) {
	for _, tt := range []struct{ field, span, want string }{
		{"It rained. A truce held, they said. Then night fell.", "truce", "A truce held, they said."},
		{"A truce", "truce", "A truce"},
		{"First.\nHeadless line with truce\nand more", "truce", "Headless line with truce\n"},
		{"下雨了。双方停火。夜幕降临。", "停火", "双方停火。"},
		{strings.Repeat("й", 400) + "truce" + strings.Repeat("й", 400), "truce", strings.Repeat("й", 150) + "truce" + strings.Repeat("й", 150)},
	} {
		start := strings.Index(tt.field, tt.span)
		from, to := Sentence(tt.field, start, start+len(tt.span))
		if got := tt.field[from:to]; got != tt.want || !utf8.ValidString(got) {
			t.Errorf("Sentence of %q = %q, want %q", tt.span, got, tt.want)
		}
	}
}
