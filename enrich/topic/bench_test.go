package topic

import (
	"os"
	"strings"
	"testing"
)

const benchParagraph = `Government troops and fighters of a rebel alliance exchanged artillery fire for a third day on Tuesday around the
river port, residents and a hospital doctor said, a day after envoys of both sides left talks in the capital without a ceasefire.
At least eleven people were killed, among them four children, when shells fell on a market in the eastern district, the doctor said by
telephone. The army said it had hit a weapons store. Some three thousand people crossed the river in canoes to reach the camp that the
United Nations opened last month, where aid workers were short of tents and clean water. "We heard the planes and ran," a shopkeeper said.

`

// BenchmarkTag tags an article of 4 kB with the rule files as they are.
func BenchmarkTag(b *testing.B) {
	t, err := Load(os.DirFS("data"))
	if err != nil {
		b.Skip("the rule files do not load; see TestTopicFiles")
	}
	for _, bb := range []struct {
		name string
		text Text
	}{
		{"conflict", Text{Language: "en", Headline: "Shells fall on market as talks end without ceasefire", Body: strings.Repeat(benchParagraph, 7)[:4000]}},
		{"other", Text{Language: "en", Headline: "Late goal wins the cup", Body: strings.Repeat("The striker scored twice in the second half and the coach praised a young side that had lost its last three matches at home. ", 40)[:4000]}},
	} {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(bb.text.Headline) + len(bb.text.Body)))
			for b.Loop() {
				t.Tag(bb.text)
			}
		})
	}
}

// BenchmarkDefault is what the start of the program waits for.
func BenchmarkDefault(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Default(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := Load(os.DirFS("data")); err != nil {
			b.Skip("the rule files do not load; see TestTopicFiles")
		}
	}
}
