package article

import (
	"strings"
	"testing"
)

func TestFragmentTakesAllText(t *testing.T) {
	for _, tt := range []struct{ name, html, base, want, wantHTML string }{
		{name: "nothing"},
		{name: "plain text", html: "Two & two", want: "Two & two", wantHTML: "<p>Two &amp; two</p>\n"},
		{name: "short paragraphs", html: "<p>One.</p><p>Two.</p>", want: "One.\n\nTwo.", wantHTML: "<p>One.</p>\n<p>Two.</p>\n"},
		{
			name: "script, relative link", html: `<script>x()</script><p>See <a href="/b" onclick="x()">b</a></p>`, base: "https://a.example/",
			want: "See b", wantHTML: "<p>See <a href=\"https://a.example/b\">b</a></p>\n",
		},
		{name: "never closed", html: "<p>One<p>Two<b", want: "One\n\nTwo", wantHTML: "<p>One</p>\n<p>Two</p>\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := Article{Body: Fragment(tt.html, tt.base)}
			if got := a.Text(); got != tt.want {
				t.Errorf("text = %q, want %q", got, tt.want)
			}
			if got := a.HTML(); got != tt.wantHTML {
				t.Errorf("HTML = %q, want %q", got, tt.wantHTML)
			}
		})
	}
}

func TestFragmentIsBounded(t *testing.T) {
	if got := Fragment(strings.Repeat("x", maxPage+1), ""); got != nil {
		t.Errorf("%d paragraphs from a fragment over the limit", len(got))
	}
	Fragment(strings.Repeat("<b>", 1<<20), "") // ends, and does not overflow the stack
}
