package actor

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"unicode/utf8"
)

func register(tb testing.TB) *Register {
	tb.Helper()
	r, err := Default()
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

// ids returns the actors found, and checks what every answer promises.
func ids(tb testing.TB, t Text, found []Actor) []string {
	tb.Helper()
	fields := map[string]string{"headline": t.Headline, "lead": t.Lead, "body": t.Body}
	var out []string
	for _, a := range found {
		out = append(out, a.ID)
		if len(a.Evidence) == 0 || len(a.Evidence) > MaxEvidence || a.Count < len(a.Evidence) {
			tb.Errorf("%s: count %d, %d spans", a.ID, a.Count, len(a.Evidence))
		}
		for _, sp := range a.Evidence {
			if f := fields[sp.Field]; sp.Start < 0 || sp.End > len(f) || sp.Start >= sp.End || f[sp.Start:sp.End] != sp.Quote {
				tb.Errorf("%s: span %+v does not point at its quote", a.ID, sp)
			} else if utf8.ValidString(f) && !utf8.ValidString(sp.Quote) {
				tb.Errorf("%s: span %+v cuts a letter", a.ID, sp)
			}
		}
	}
	slices.Sort(out)
	return out
}

func TestFindNamesActors(t *testing.T) {
	r := register(t)
	for _, tt := range []struct{ lang, body, want string }{
		{"en", "Fighters of Hezbollah and the Israeli army traded fire.", "hezbollah idf"},
		{"en", "HEZBOLLAH DENIED IT, THE IRA DID NOT.", "hezbollah"},
		{"en", "She sang of Hamasaki and the mossadegh years.", ""},
		{"en", "The Kurdistan Workers’ Party (PKK) laid down arms.", "pkk"},
		{"en", "They bought a pkk in the shop; the milf of the tale.", ""},
		{"en", "Al-Qaeda in the Islamic Maghreb is older than it looks.", "aqim"},
		{"en", "The National Security Council met.", ""},
		{"en", "The UN Security Council met.", "unsc"},
		{"fr", "UN homme et UNE femme; l’ONU s’inquiète.", "un"},
		{"en", "A U.N. envoy and a UN convoy.", "un"},
		{"es", "El Ejército israelí y Hezbolá", "hezbollah idf"},
		{"de", "Die israelische Armee und die Hisbollah-Miliz", "hezbollah idf"},
		{"tr", "Hizbullah'ın açıklaması ve İsrail ordusu", "hezbollah idf"},
		{"pl", "armia rosyjska i Siły Zbrojne Ukrainy", "russian-armed-forces ukrainian-armed-forces"},
		{"ru", "Бойцы Хезболлы и ЦАХАЛа; движение «Талибан»", "hezbollah idf taliban"},
		{"uk", "Збройні сили України та російська армія", "russian-armed-forces ukrainian-armed-forces"},
		{"bg", "Кремълът и НАТО", "kremlin nato"},
		{"ar", "قال الجيش الإسرائيلي وحزب الله إن حركة حماس", "hamas hezbollah idf"},
		{"fa", "سپاه پاسداران و حزب\u200cالله", "hezbollah irgc"},
		{"he", "צה\"ל וחיזבאללה", "hezbollah idf"},
		{"hi", "हमास और इज़राइली सेना", "hamas idf"},
		{"zh", "以色列国防军与哈马斯交火", "hamas idf"},
		{"ja", "イスラエル軍とハマス", "hamas idf"},
	} {
		text := Text{Language: tt.lang, Body: tt.body}
		if got := strings.Join(ids(t, text, r.Find(text)), " "); got != tt.want {
			t.Errorf("Find(%q) = %q, want %q", tt.body, got, tt.want)
		}
	}
}

func TestFindNamesActorsOfRecentWars(t *testing.T) {
	r := register(t)
	for _, tt := range []struct{ lang, body, want string }{
		{"en", "Viv Ansanm gunmen fought Haitian police and the Gang Suppression Force.", "haitian-police mss-haiti viv-ansanm"},
		{"en", "The TNLA, the MNDAA and the United Wa State Army; the Three Brotherhood Alliance.", "mndaa three-brotherhood-alliance tnla uwsa"},
		{"en", "Thai soldiers and Cambodian troops exchanged fire.", "cambodian-army thai-army"},
		{"en", "SSPDF officers accused the White Army militia.", "nuer-white-army sspdf"},
		{"fr", "Les FACA et la Coalition des patriotes pour le changement; l’Alliance Fleuve Congo", "afc cpc-car faca"},
		{"es", "Disidencias de las FARC y guerrilleros del ELN", "eln farc-dissidents"},
		{"de", "Das Russische Freiwilligenkorps und die Legion „Freiheit Russlands“", "freedom-of-russia-legion rdk"},
		{"pt", "Talibã e insurgentes em Cabo Delgado", "is-mozambique taliban"},
		{"it", "I ribelli M23 e l’esercito sudanese", "m23 saf-sudan"},
		{"nl", "Houthi-rebellen en het Soedanese leger", "houthis saf-sudan"},
		{"pl", "Bojownicy Hamasu i Huti walczyli z armią; Grupy Wagnera", "hamas houthis wagner"},
		{"tr", "SDG'nin ve Suriye Milli Ordusu'nun açıklaması", "sdf syrian-national-army"},
		{"ru", "Африканского корпуса, Сил быстрой поддержки и «Русского добровольческого корпуса»", "africa-corps rdk rsf"},
		{"uk", "Головного управління розвідки та Сил швидкої підтримки", "gur rsf"},
		{"bg", "Хизбула и Силите за бърза поддръжка", "hezbollah rsf"},
		{"ar", "والجيش التايلاندي، وحركة أمل وبمشاركة الحشد الشعبي", "amal pmf thai-army"},
		{"fa", "ارتش ایران و انصارالله یمن", "houthis iranian-army"},
		{"he", "תנועת אמל והכוחות הסוריים הדמוקרטיים", "amal sdf"},
		{"hi", "थाई सेना, अराकान आर्मी और टीआरएफ", "arakan-army resistance-front-kashmir thai-army"},
		{"zh", "果敢同盟军、德昂民族解放军与泰军交火,索马里武装部队", "mndaa somali-army thai-army tnla"},
		{"ja", "南スーダン軍と即応支援部隊、タアン民族解放軍", "rsf sspdf tnla"},
		// What only sounds like one.
		{"en", "They wanted to save the children. Sustainable goals (SDG) and a Busan festival (BIFF).", ""},
		{"en", "Wagner in Bayreuth, Richard Wagner in Riga.", ""},
		{"fr", "Le manul vit en Asie; l’état-major central du parti.", ""},
		{"it", "La sua fama era grande.", ""},
		{"ru", "Белые армии прошлого века, опера Рихарда Вагнера", ""},
		{"zh", "理查德·瓦格纳与瓦格纳歌剧", ""},
	} {
		text := Text{Language: tt.lang, Body: tt.body}
		if got := strings.Join(ids(t, text, r.Find(text)), " "); got != tt.want {
			t.Errorf("Find(%q) = %q, want %q", tt.body, got, tt.want)
		}
	}
}

// TestNamesEndBeforeTheirSuffix wants that "Kremlin in" is no form of Kremlin.
func TestNamesEndBeforeTheirSuffix(t *testing.T) {
	for _, body := range []string{"the Kremlin in Moscow", "Kremlin'in açıklaması"} {
		found := register(t).Find(Text{Language: "tr", Body: body})
		if len(found) != 1 || found[0].Evidence[0].Quote != "Kremlin" {
			t.Errorf("Find(%q) = %+v, want the word Kremlin", body, found)
		}
	}
}

func TestFindPutsTheHeadlineFirst(t *testing.T) {
	text := Text{Language: "en", Headline: "NATO meets", Body: strings.Repeat("Hamas and the Taliban. Hamas again. ", 9)}
	found := register(t).Find(text)
	ids(t, text, found)
	if len(found) != 3 || found[0].ID != "nato" || found[1].ID != "hamas" || found[1].Count != 18 || found[2].ID != "taliban" {
		t.Errorf("found = %+v, want nato, hamas 18 times, taliban", found)
	}
	if found[1].Wikidata != "Q38799" || found[1].Kind != ArmedGroup || found[1].Country != "ps" {
		t.Errorf("hamas = %+v", found[1])
	}
}

func TestFindIsBounded(t *testing.T) {
	r := register(t)
	var all strings.Builder
	for _, a := range r.actors {
		all.WriteString(a.Name + ". ")
	}
	for _, body := range []string{all.String(), strings.Repeat("NATO ", 200_000), strings.Repeat("\u0301", 1000), "\xff\xfeNATO\xff", strings.Repeat("ו", 5000)} {
		text := Text{Language: "en", Body: body}
		if got := r.Find(text); len(got) > MaxActors {
			t.Errorf("%d actors, want at most %d", len(got), MaxActors)
		} else {
			ids(t, text, got)
		}
	}
}

func TestFindMayBeCalledConcurrently(t *testing.T) {
	r := register(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				if got := r.Find(Text{Language: "en", Body: "Hamas and NATO"}); len(got) != 2 {
					t.Errorf("found %v, want 2 actors", got)
				}
			}
		})
	}
	wg.Wait()
}

func TestLoadSaysWhatIsWrong(t *testing.T) {
	const good = "hamas\tHamas\tarmed-group\tps\tQ38799\tحماس\n"
	for _, tt := range []struct{ name, data, want string }{
		{"empty", "# nothing\n", "no actors"},
		{"fields", good + "x\ty\n", "actors.tsv:2: want id, name, kind"},
		{"id", "Hamas\tHamas\tarmed-group\tps\t-\t-\n", `id "Hamas"`},
		{"id twice", good + good, `actors.tsv:2: id "hamas" is also in line 1`},
		{"kind", "x\tXyz\tparty\tps\t-\t-\n", `kind "party"`},
		{"country", "x\tXyz\tsecurity\tPS\t-\t-\n", `country "PS"`},
		{"wikidata", "x\tXyz\tsecurity\tps\t38799\t-\n", `wikidata "38799"`},
		{"same alias", good + "x\tXyz\tsecurity\tps\t-\thamas\n", `alias "hamas" is also one of hamas`},
		{"short alias", "x\tXyz\tsecurity\tps\t-\tA\n", `alias "A"`},
		{"short star", "x\tXyz\tsecurity\tps\t-\tAbc*\n", "a star wants 4 letters"},
		{"one ideograph", "x\tXyz\tsecurity\tps\t-\t軍\n", `alias "軍"`},
		{"no letter first", "x\tXyz\tsecurity\tps\t-\t\u0301Abc\n", "one of them at the start"},
		{"star inside", "x\tXyz\tsecurity\tps\t-\tAbc*de\n", "a star stands at the end"},
		{"languages", "x\tXyz\tsecurity\tps\t-\tEnglish:Abc\n", "want languages before the colon"},
		{"not UTF-8", "x\tX\xffz\tsecurity\tps\t-\t-\n", "not UTF-8"},
	} {
		_, err := Load(fstest.MapFS{fileName: {Data: []byte(tt.data)}})
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: Load = %v, want %q in it", tt.name, err, tt.want)
		}
	}
	if _, err := Load(fstest.MapFS{}); err == nil || !strings.Contains(err.Error(), fileName) {
		t.Errorf("Load of nothing = %v, want %s in it", err, fileName)
	}
}

// TestEveryAliasIsFound looks every alias up in a sentence of its own.
func TestEveryAliasIsFound(t *testing.T) {
	r := register(t)
	data, err := embedded.ReadFile("data/" + fileName)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(data)) {
		f := strings.Split(strings.TrimSpace(line), "\t")
		if len(f) != 6 || strings.HasPrefix(line, "#") || f[2] == string(none) {
			continue
		}
		for alias := range strings.SplitSeq(f[5], "|") {
			tags, name, ok := strings.Cut(alias, ":")
			if !ok {
				tags, name = "und", alias
			}
			if name == "-" {
				continue
			}
			lang, _, _ := strings.Cut(tags, ",")
			text := Text{Language: lang, Body: "aaa " + strings.TrimSuffix(name, "*") + ", bbb"}
			if got := ids(t, text, r.Find(text)); !slices.Contains(got, f[0]) {
				t.Errorf("%s: alias %q not found, got %v", f[0], alias, got)
			}
			n++
		}
	}
	if n < 4000 || r.Len() < 250 {
		t.Errorf("%d aliases of %d actors, want 4000 of 250", n, r.Len())
	}
}

// TestNamesAreFoundHoweverTheyAreWritten writes names with marks and spaces of
// other kinds, between neighbours of other scripts.
func TestNamesAreFoundHoweverTheyAreWritten(t *testing.T) {
	r := register(t)
	for _, tt := range []struct{ body, want string }{
		{"Is\u0301lamic  \u0301\u00a0-State", "islamic-state"},
		{"\u0301(islamic\nSTATE)", "islamic-state"},
		{"Ｉｓｌａｍｉｃ State's", "islamic-state"},
		{"a\u0301l-Sha\u00adbaab", "al-shabaab"},
		{"حِزْبُ اللَّهِ", "hezbollah"},
		{"وبحزب الله", "hezbollah"},
		{"والناتو", "nato"},
		{"كالحوثيين", "houthis"},
		{"והאו\u05f4ם", "un"},
		{"שבחיזבאללה", "hezbollah"},
		{"Кремля", "kremlin"},
		{"кремниевый", ""},
		{"以色列国防军与NATO和真主党", "hezbollah idf nato"},
		{"ボコ・ハラム", "boko-haram"},
		{"ボコ", ""},
		{"NATO\xff", "nato"},
		{"\xd0NATO", "nato"},
	} {
		text := Text{Language: "und", Body: tt.body}
		if got := strings.Join(ids(t, text, r.Find(text)), " "); got != tt.want {
			t.Errorf("Find(%q) = %q, want %q", tt.body, got, tt.want)
		}
	}
}

func TestFindAllocatesNothingWhenNothingIsFound(t *testing.T) {
	r := register(t)
	text := Text{Language: "ar", Headline: "Late goal takes the cup", Body: strings.Repeat("وقالت مديرة المعرض إن الأطفال سيجدون كتابا. The coach praised a young side. ", 50)}
	if n := testing.AllocsPerRun(20, func() { r.Find(text) }); n != 0 {
		t.Errorf("Find allocates %v times, want 0", n)
	}
}

func FuzzFind(f *testing.F) {
	f.Add("en", "Hamas", "NATO and the U.N.", "צה\"ל וחיזבאללה e\u0301")
	f.Add("he", "", "", "צה\"ל\x9c")
	r := register(f)
	f.Fuzz(func(t *testing.T, lang, headline, lead, body string) {
		text := Text{lang, headline, lead, body}
		ids(t, text, r.Find(text))
	})
}

func BenchmarkFind(b *testing.B) {
	r := register(b)
	for _, bb := range []struct{ name, lang, text string }{
		{"dense", "en", "The Israeli army and Hezbollah exchanged fire across the border on Tuesday, peacekeepers of the United Nations said, and the hospital treated eleven people. "},
		{"ordinary", "en", "The striker scored twice in the second half, and the coach praised a young side that had lost its last three matches at home. "},
		{"french", "fr", "La directrice a promis trois concerts gratuits et une soirée consacrée aux chansons des pêcheurs; les hôtels sont complets. "},
		{"russian", "ru", "Посетители могут сравнить карты с современными снимками и услышать рассказы о путешествиях. "},
		{"arabic", "ar", "وقالت مديرة المعرض إن الأطفال سيجدون كتابا جديدا وورشا للرسم والخط في عطلة نهاية الأسبوع. "},
		{"chinese", "zh", "馆长说，过去一年读者借阅了五十万册图书，小说和烹饪书最受欢迎，周末还会举办书法课和音乐会。"},
	} {
		text := Text{Language: bb.lang, Body: strings.Repeat(bb.text, 40)[:4000]}
		b.Run(bb.name, func(b *testing.B) {
			b.SetBytes(int64(len(text.Body)))
			b.ReportAllocs()
			for b.Loop() {
				r.Find(text)
			}
		})
	}
}

func BenchmarkLoad(b *testing.B) {
	data, err := embedded.ReadFile("data/" + fileName)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := Load(fstest.MapFS{fileName: {Data: data}}); err != nil {
			b.Fatal(err)
		}
	}
}
