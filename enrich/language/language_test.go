package language

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestDetectReadsTheWords(t *testing.T) {
	tests := []struct{ text, want string }{
		{"The army said on Monday that it had taken the town.", "en"},
		{"El ejército dijo el lunes que había tomado la ciudad.", "es"},
		{"L'armée a dit lundi qu'elle avait pris la ville et les villages.", "fr"},
		{"Die Armee teilte am Montag mit, sie habe die Stadt eingenommen.", "de"},
		{"O exército disse na segunda-feira que tomou a cidade e não recuou.", "pt"},
		{"L'esercito ha detto che la città è stata presa con le armi.", "it"},
		{"Het leger zei maandag dat het de stad had ingenomen.", "nl"},
		{"Wojsko podało w poniedziałek, że zajęło miasto i nie wycofa się.", "pl"},
		{"Ordu pazartesi günü kenti ele geçirdiğini ve bir köy için savaştığını söyledi.", "tr"},
		{"Армия сообщила, что она заняла город и не отступит.", "ru"},
		{"Армія повідомила, що вона зайняла місто і не відступить.", "uk"},
		{"Армията съобщи, че е превзела града и няма да отстъпи.", "bg"},
		{"قال الجيش إن قواته سيطرت على المدينة في الشمال", "ar"},
		{"ارتش گفت که شهر را در شمال گرفته است", "fa"},
		{"הצבא הודיע כי כבש את העיר", "he"},
		{"सेना ने कहा कि उसने शहर पर कब्जा कर लिया है", "hi"},
		{"军方周一表示，已占领该市。", "zh"},
		{"軍は月曜日、市を制圧したと発表した。", "ja"},
		{"군은 월요일 도시를 점령했다고 밝혔다.", "ko"},
		{"İki İlk İçin", "tr"},
		{"", Und},
		{strings.Repeat("a", maxWord-2) + "Ⱥ", Und}, // whose lower case has a byte more
		{"12:30 — 45%", Und},
		{"Kyiv", Und},
		{"\xff\xfe\xfd", Und},
	}
	for _, tt := range tests {
		if got := Detect(tt.text); got != tt.want {
			t.Errorf("Detect(%q) = %q, want %q", tt.text, got, tt.want)
		}
	}
}

func TestDetectWeighsWhatIsDeclared(t *testing.T) {
	const english = "The army said on Monday that it had taken the town, but there was no word from the rebels who had held it for a year."
	tests := []struct {
		text     string
		declared []string
		want     string
	}{
		{"Kyiv", []string{"en-GB"}, "en"},
		{"Kyiv", []string{"pt_BR"}, "pt"},
		{"Kyiv", []string{"", "junk value", "EN"}, "en"},
		{"Kyiv", []string{"eng"}, "en"},
		{"Kyiv", []string{"und"}, Und},
		{"Kyiv", []string{"x-none"}, Und},
		{english, []string{"fr"}, "en"},
		{english, []string{"en-US"}, "en"},
		{english, []string{"ar"}, "en"},
		{"Habari za leo kutoka Nairobi", []string{"so"}, "so"},
		{"Київ", []string{"uk-UA"}, "uk"},
		{"Київ", []string{"en"}, Und},
		{"עברית", []string{"iw"}, "he"},
		{"東京", []string{"ja"}, "ja"},
		{"東京", nil, "zh"},
		{"Beograd je glavni grad", []string{"sr"}, "sr"},
	}
	for _, tt := range tests {
		if got := Detect(tt.text, tt.declared...); got != tt.want {
			t.Errorf("Detect(%q, %q) = %q, want %q", tt.text, tt.declared, got, tt.want)
		}
	}
}

func TestDetectDoesNotAllocate(t *testing.T) {
	text := strings.Repeat("The army said on Monday that it had taken the town. ", 50)
	if n := testing.AllocsPerRun(100, func() { Detect(text, "fr-FR", "en_GB") }); n != 0 {
		t.Errorf("Detect allocates %v times, want 0", n)
	}
}

// TestDetectKnowsTheGoldLanguages measures the leads of the gold set, title
// and text together and titles alone, with nothing declared.
func TestDetectKnowsTheGoldLanguages(t *testing.T) {
	dir := os.Getenv("CONFLICTWIRE_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared")
	}
	f, err := os.Open(filepath.Join(dir, "data", "tags", "gold.jsonl"))
	if err != nil {
		t.Skip("no evaluation data: set CONFLICTWIRE_SHARED to the folder that holds data/tags")
	}
	defer f.Close()
	right, wrongTitle, n := 0, 0, 0
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		var row struct{ Title, Text, Lang string }
		if err := json.Unmarshal(sc.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		n++
		if got := Detect(row.Title + "\n" + row.Text); got == row.Lang {
			right++
		} else {
			t.Logf("Detect(%q…) = %q, want %q", row.Title, got, row.Lang)
		}
		if got := Detect(row.Title); got != row.Lang && got != Und {
			wrongTitle++
			t.Logf("Detect(%q) = %q, want %q or und", row.Title, got, row.Lang)
		}
	}
	t.Logf("%d of %d leads right, %d titles wrong", right, n, wrongTitle)
	if float64(right) < 0.99*float64(n) {
		t.Errorf("leads right = %d of %d, want 99 %%", right, n)
	}
	if float64(wrongTitle) > 0.03*float64(n) {
		t.Errorf("titles wrong = %d of %d, want at most 3 %%", wrongTitle, n)
	}
}

func FuzzDetect(f *testing.F) {
	f.Add("The army said", "en-GB")
	f.Add("Армія", "pt_BR")
	f.Add("\xff\xc3", "\x00")
	f.Fuzz(func(t *testing.T, text, declared string) {
		got := Detect(text, declared)
		if len(got) < 2 || len(got) > 3 || got != strings.ToLower(got) {
			t.Errorf("Detect(%q, %q) = %q, want two or three lower-case letters", text, declared, got)
		}
	})
}

func BenchmarkDetect(b *testing.B) {
	for _, bb := range []struct{ declared, text string }{
		{"en-GB", "The army said on Monday that it had taken the town from rebels who held it for a year. "},
		{"fr", "L'armée a dit lundi qu'elle avait pris la ville et les villages après des combats. "},
		{"ru", "Армия сообщила в понедельник, что она заняла город и не отступит. "},
		{"ar", "قال الجيش إن قواته سيطرت على المدينة في الشمال بعد أن انسحب المسلحون. "},
		{"hi", "सेना ने कहा कि उसने शहर पर कब्जा कर लिया है और पीछे नहीं हटेगी। "},
		{"ja", "軍は月曜日、市を制圧したと発表した。"},
		{"", "The army said on Monday that it had taken the town from rebels who held it for a year. "},
	} {
		text := strings.Repeat(bb.text, 50)
		b.Run("declared="+bb.declared, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Detect(text, bb.declared)
			}
		})
	}
}
