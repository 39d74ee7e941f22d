package place

import (
	"os"
	"strings"
	"testing"
)

const (
	benchLong = "PORT SUDAN - Sudanese army units drove into the centre of Wad Madani on Saturday, ending more than a year in which " +
		"the paramilitary forces ran the main city of Gezira. Troops crossed the bridge after two days of gun battles on the " +
		"eastern bank, officers said. The paramilitaries conceded they had lost the town but vowed to return.\n\n" +
		"Residents came out to cheer, and some wept as they looked for houses that had been looted down to the door frames. " +
		"A baker said he had not sold a loaf since December. In Cairo, an envoy urged both sides to let aid convoys through, " +
		"and the United Nations said that eleven million people had been driven from their homes since the war began. " +
		"Doctors at the teaching hospital counted forty wounded, most of them hit by shrapnel; four died on the way.\n\n" +
		"Neither side has kept any of the truces signed in Jeddah. Analysts say that whoever holds the roads east of the river " +
		"will decide what is sown this season, and so who goes hungry in the next.\n\n"
	benchPlain = "The council said on Monday that the bridge would stay closed until the end of the year because repairs had taken " +
		"longer than planned. Drivers who use the road every day have complained about delays. A spokesman for the mayor, John " +
		"Walker, told reporters that work should be finished in spring. Shops nearby say they have lost a third of their customers.\n\n"
	benchDense = "Syrian troops entered Aleppo from Idlib while Turkish jets struck Kobani near the border with Iraq. In Damascus " +
		"and Beirut, Lebanese and Russian officials met envoys from Iran, France and the United States. Gaza, Rafah and the West " +
		"Bank saw raids by Israeli forces.\n\n"
)

func BenchmarkFind(b *testing.B) {
	g := gazetteer(b)
	repeat := func(s string) string { return strings.Repeat(s, 4000/len(s)+1)[:4000] }
	for _, bm := range []struct{ name, headline, body string }{
		{"1kB", "Army back in Wad Madani after 13 months", benchLong[:1000-39]},
		{"4kB", "Army back in Wad Madani after 13 months", repeat(benchLong)},
		{"4kB-ordinary", "Bridge stays closed until spring", repeat(benchPlain)},
		{"4kB-dense", "Army enters Aleppo", repeat(benchDense)},
	} {
		text := Text{Language: "en", Headline: bm.headline, Body: bm.body}
		b.Run(bm.name, func(b *testing.B) {
			b.SetBytes(int64(len(text.Headline) + len(text.Body)))
			b.ReportAllocs()
			for b.Loop() {
				g.Find(text)
			}
		})
	}
}

func BenchmarkLoad(b *testing.B) {
	data := os.DirFS("data")
	for b.Loop() {
		if _, err := Load(data); err != nil {
			b.Fatal(err)
		}
	}
}
