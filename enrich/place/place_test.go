package place

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"
)

func gazetteer(tb testing.TB) *Gazetteer {
	tb.Helper()
	g, err := Default()
	if err != nil {
		tb.Fatal(err)
	}
	return g
}

func countries(places []Place) string {
	var codes []string
	for _, p := range places {
		codes = append(codes, p.Country)
	}
	return strings.Join(codes, " ")
}

// A find is a headline and a body of one language, and the country of the event.
type find struct {
	lang, headline, body, want string
}

func testEvents(t *testing.T, tests []find) {
	t.Helper()
	g := gazetteer(t)
	for _, tt := range tests {
		places := g.Find(Text{Language: tt.lang, Headline: tt.headline, Body: tt.body})
		if got := EventCountry(places); got != tt.want {
			t.Errorf("%s: event of %q %q = %q, want %q; places %+v", tt.lang, tt.headline, tt.body, got, tt.want, places)
		}
	}
}

func TestEventIsWhereNotWho(t *testing.T) {
	testEvents(t, []find{
		{"en", "Russian missiles hit Kharkiv", "", "ua"},
		{"en", "Israeli strikes on south Lebanon kill five", "", "lb"},
		{"en", "Thousands flee as fighting nears Goma", "", "cd"},
		{"en", "Moscow said its drones struck a depot near Sumy", "", "ua"},
		{"en", "Roadside device destroys army pickup near Afgoye", "", "so"},
		{"fr", "Une frappe israélienne tue neuf civils à Nabatieh", "", "lb"},
		{"de", "Russische Drohnen treffen Wohnhaus in Odessa", "", "ua"},
		{"es", "Tropas ruandesas entran en Goma, según Kinshasa", "", "cd"},
		{"ru", "Американские удары по Ходейде: погибли шестеро", "", "ye"},
		{"uk", "Російська ракета влучила в будинок у Харкові", "", "ua"},
		{"pl", "Rosyjskie rakiety spadły na Charków", "", "ua"},
		{"tr", "Rus füzeleri Harkiv'de bir pazarı vurdu", "", "ua"},
		{"ar", "غارة إسرائيلية على النبطية تقتل خمسة", "", "lb"},
		{"he", "חיל האוויר הרוסי תקף באידליב", "", "sy"},
		{"hi", "रूसी मिसाइलों ने खार्किव में एक बाज़ार को निशाना बनाया", "", "ua"},
		{"zh", "俄罗斯导弹袭击哈尔科夫市场", "", "ua"},
		{"ja", "ロシア軍のミサイル、ハルキウの市場に着弾", "", "ua"},
	})
}

func TestEventIsUnknownWhenNothingSaysIt(t *testing.T) {
	testEvents(t, []find{
		{"en", "Star Wars marathon returns to cinemas", "", "zz"},
		{"en", "Ant invasion plagues suburban kitchens", "", "zz"},
		{"de", "Preiskrieg an der Kasse", "Die Händler geben nicht nach.", "zz"},
		{"und", "", "", "zz"},
		{"en", "!!! --- ...", "\x00\xff\xfe", "zz"},
	})
	if got := EventCountry([]Place{{Country: "fr", Role: Dateline}, {Country: "ua", Role: Mentioned}}); got != "zz" {
		t.Errorf("EventCountry without an event = %q, want zz", got)
	}
}

func TestNamesOfCountriesInsideEachOther(t *testing.T) {
	testEvents(t, []find{
		{"en", "Clashes in South Sudan", "", "ss"},
		{"en", "Clashes in Sudan", "", "sd"},
		{"en", "Floods in North Korea", "", "kp"},
		{"en", "Floods in South Korea", "", "kr"},
		{"en", "Coup in Guinea-Bissau", "", "gw"},
		{"en", "Coup in Equatorial Guinea", "", "gq"},
		{"en", "Coup in Guinea", "", "gn"},
		{"en", "Coup in Papua New Guinea", "", "pg"},
		{"en", "Gunmen kill dozens in Nigeria", "", "ng"},
		{"en", "Gunmen kill dozens in Niger", "", "ne"},
		{"en", "Bomb defused in Northern Ireland", "", "gb"},
		{"en", "Bomb defused in Ireland", "", "ie"},
		{"en", "Rebels advance in the Democratic Republic of Congo", "", "cd"},
		{"en", "Vote in the Republic of Congo", "", "cg"},
		{"fr", "Des combats au Soudan du Sud", "", "ss"},
		{"de", "Kämpfe im Südsudan", "", "ss"},
		{"ru", "Бои в Южном Судане", "", "ss"},
		{"ar", "اشتباكات في جنوب السودان", "", "ss"},
		{"zh", "南苏丹发生冲突", "", "ss"},
		{"zh", "刚果（金）东部冲突升级", "", "cd"},
		{"ja", "南スーダンで衝突", "", "ss"},
		{"en", "Wildfire in New Mexico", "", "us"},
		{"en", "Barn fire in Lebanon, Pennsylvania", "", "us"},
		{"en", "Hurricane in the Gulf of Mexico", "", "zz"},
	})
}

func TestNamesThatAreNoPlaces(t *testing.T) {
	testEvents(t, []find{
		{"en", "The ambassador spoke of bassad rituals", "", "zz"},
		{"en", "Paris Hilton opens a club", "", "zz"},
		{"en", "Fans greeted Michael Jordan on Sunday", "", "zz"},
		{"en", "The goal by Israel Concha settled the match", "", "zz"},
		{"en", "He likes to polish boots and roast turkey", "", "zz"},
		{"en", "Nurse Chad Johnson retires", "", "zz"},
		{"nl", "Ouders blijven thuis indien nodig", "", "zz"},
		{"tr", "Yeni belgesel izleyiciyle buluştu", "", "zz"},
		{"es", "Este lunes hubo lluvia", "", "zz"},
		{"it", "Come si fa il pane", "", "zz"},
		{"pt", "Os fins não justificam os meios", "", "zz"},
	})
}

func TestAmbiguousNamesNeedCompany(t *testing.T) {
	testEvents(t, []find{
		{"en", "Police in Georgia arrest protesters", "TBILISI (Reuters) - Georgian police detained dozens.", "ge"},
		{"en", "Lawmakers in Georgia meet", "Atlanta, Georgia - The state legislature in the United States city of Atlanta met.", "us"},
		{"en", "Refugees cross into Chad", "", "td"},
		{"en", "Jordan says air defences intercepted drones", "AMMAN - The Jordanian army said so.", "jo"},
		{"en", "Clashes in Tripoli", "Lebanese soldiers deployed in Tripoli, in northern Lebanon.", "lb"},
		{"en", "Clashes in Tripoli", "Libyan militias fought in the capital.", "ly"},
	})
}

func TestInflectedAndCompoundNames(t *testing.T) {
	testEvents(t, []find{
		{"ru", "Взрыв в Сирии", "", "sy"},
		{"ru", "Жители Харькова спустились в метро", "", "ua"},
		{"uk", "Вибух у Сирії", "", "sy"},
		{"bg", "Сблъсъци в Судан", "", "sd"},
		{"pl", "Wybuch w Syrii", "", "sy"},
		{"pl", "Walki w Sudanie", "", "sd"},
		{"de", "Kämpfe im Norden Syriens", "", "sy"},
		{"de", "Angriffe in der Ostukraine", "", "ua"},
		{"tr", "Suriye'nin kuzeyinde çatışma", "", "sy"},
		{"tr", "Sudan’da ateşkes", "", "sd"},
		{"ar", "مقتل جنود بسوريا", "", "sy"},
		{"ar", "انفجار في السُّودان", "", "sd"},
		{"ar", "معارك وللسودان ثمنها", "", "sd"},
		{"fa", "انفجار در سوریه", "", "sy"},
		{"he", "פיצוץ בסוריה", "", "sy"},
		{"he", "הקרבות שבסודאן נמשכים", "", "sd"},
		{"hi", "सीरिया में विस्फोट", "", "sy"},
		{"en", "Explosion in Tu\u0308rkiye", "", "tr"}, // the accent is a rune of its own
		{"fr", "Explosion en Syrie", "", "sy"},
	})
}

func TestDateline(t *testing.T) {
	g := gazetteer(t)
	tests := []struct{ lang, body, want, quote string }{
		{"en", "JAMMU, India - Two men were held.", "in", "JAMMU"},
		{"en", "KHARTOUM (Reuters) — Two men were held.", "sd", "KHARTOUM"},
		{"en", "PORT SUDAN (Meridian) - Two men were held.", "sd", "PORT SUDAN"},
		{"es", "LIMA (Perú) - Dos hombres fueron detenidos.", "pe", "LIMA"},
		{"es", "Quito.- Dos hombres fueron detenidos.", "ec", "Quito"},
		{"ru", "Хартум, 5 мая. Двое задержаны.", "sd", "Хартум"},
		{"uk", "ХАРКІВ. Двох чоловіків затримали.", "ua", "ХАРКІВ"},
		{"ar", "القاهرة - اعتقل رجلان.", "eg", "القاهرة"},
		{"zh", "新华社喀土穆5月5日电 两人被拘留。", "sd", "喀土穆"},
		{"ja", "【カイロ=共同】男2人が拘束された。", "eg", "カイロ"},
	}
	for _, tt := range tests {
		// Elsewhere something happens, so the dateline is only that.
		places := g.Find(Text{Language: tt.lang, Headline: "Харків 哈尔科夫 خاركيف ハルキウ Kharkiv", Body: tt.body})
		var found bool
		for _, p := range places {
			if p.Country == tt.want && (p.Role == Dateline || tt.want == "ua") {
				for _, e := range p.Evidence {
					found = found || e.Field == "body" && e.Quote == tt.quote
				}
			}
		}
		if strings.Contains(tt.body, "Meridian") && slices.ContainsFunc(places, func(p Place) bool { return p.Country == "us" }) {
			t.Errorf("an agency's name is taken for a town: %+v", places)
		}
		if !found {
			t.Errorf("%s: places of %q = %+v, want dateline %s %q", tt.lang, tt.body, places, tt.want, tt.quote)
		}
		if got := EventCountry(g.Find(Text{Language: tt.lang, Body: tt.body})); got != tt.want {
			t.Errorf("%s: event of %q = %q, want its dateline %q", tt.lang, tt.body, got, tt.want)
		}
	}
}

func TestFindPutsEventFirst(t *testing.T) {
	places := gazetteer(t).Find(Text{
		Language: "en",
		Headline: "Shelling kills 12 in El Fasher market",
		Body:     "CAIRO - Shells hit the market in Darfur on Monday. Chad and France condemned the attack.",
	})
	if got, want := countries(places), "sd eg td fr"; got != want && got != "sd eg fr td" {
		t.Fatalf("countries = %q, want %q", got, want)
	}
	if places[0].Role != Event || places[1].Role != Dateline || places[2].Role != Mentioned || places[0].Name != "Sudan" {
		t.Errorf("places = %+v", places)
	}
	for _, p := range places {
		if p.Confidence <= 0 || p.Confidence > 1 || len(p.Evidence) == 0 {
			t.Errorf("place %+v: want a confidence within (0, 1] and evidence", p)
		}
	}
}

func TestFindBoundsItsAnswer(t *testing.T) {
	g := gazetteer(t)
	var b strings.Builder
	for _, e := range g.places {
		b.WriteString("in " + e.name + ". ")
	}
	places := g.Find(Text{Language: "en", Body: strings.Repeat(b.String(), 40)})
	if len(places) != maxPlaces {
		t.Errorf("%d places, want %d", len(places), maxPlaces)
	}
	for _, p := range places {
		if len(p.Evidence) > maxSpans {
			t.Errorf("%s: %d spans, want at most %d", p.Country, len(p.Evidence), maxSpans)
		}
	}
	// The cut falls inside a rune.
	g.Find(Text{Language: "ru", Body: "x" + strings.Repeat("Сирия ", maxField/11)})
	g.Find(Text{Body: strings.Repeat("\x80", maxField+1)})
	if got := clip(strings.Repeat("я", maxField)); !utf8.ValidString(got) || len(got) > maxField {
		t.Errorf("clip cut a rune, or left %d bytes", len(got))
	}
}

func TestFindMayBeCalledConcurrently(t *testing.T) {
	g := gazetteer(t)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 50 {
				if got := EventCountry(g.Find(Text{Language: "en", Headline: "Blast in Aleppo"})); got != "sy" {
					t.Errorf("event = %q, want sy", got)
					return
				}
			}
		})
	}
	wg.Wait()
}

func TestSeedIsAboutSyria(t *testing.T) {
	dir := os.Getenv("CONFLICTWIRE_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared")
	}
	b, err := os.ReadFile(filepath.Join(dir, "data", "seed", "syria-truce.txt"))
	if err != nil {
		t.Skip("no seed article: set CONFLICTWIRE_SHARED")
	}
	headline, body, _ := strings.Cut(string(b), "\n")
	if got := EventCountry(gazetteer(t).Find(Text{Language: "en", Headline: headline, Body: body})); got != "sy" {
		t.Errorf("event = %q, want sy", got)
	}
}

// check reports what is wrong with places found in t.
func check(tb testing.TB, t Text, places []Place) {
	tb.Helper()
	fields := map[string]string{"headline": t.Headline, "lead": t.Lead, "body": t.Body}
	events := 0
	for _, p := range places {
		if p.Role == Event {
			events++
		}
		for _, e := range p.Evidence {
			field := fields[e.Field]
			if e.Start < 0 || e.End > len(field) || e.Start >= e.End || field[e.Start:e.End] != e.Quote {
				tb.Fatalf("evidence %+v of %q does not quote its field", e, field)
			}
		}
	}
	if events > 1 || events == 1 && places[0].Role != Event {
		tb.Fatalf("places %+v: want at most one event, first", places)
	}
}

func FuzzFind(f *testing.F) {
	g := gazetteer(f)
	f.Add("en", "Shelling kills 12 in El Fasher market", "KHARTOUM (Reuters) — In Darfur, U.S. envoys…")
	f.Add("ru", "Обстрел Харькова", "МОСКВА, 5 мая. Северная Корея")
	f.Add("ar", "قصف على الفَاشِر", "القاهرة - وبالسودان")
	f.Add("he", "צה\"ל ברצועת עזה", "ובסוריה")
	f.Add("hi", "ज़ापोरिज़्ज़िया में", "क\u093c")
	f.Add("zh", "刚果（金）东部", "北京(新华社)")
	f.Add("tr", "İstanbul'da I\u0307zmir", "ÇATIŞMA e\u0301")
	f.Add("xx", "\xff\xfe\u0301\u200d\u200c", "\u0300")
	f.Fuzz(func(t *testing.T, lang, headline, body string) {
		text := Text{Language: lang, Headline: headline, Lead: body, Body: headline + "\n\n" + body}
		check(t, text, g.Find(text))
	})
}
