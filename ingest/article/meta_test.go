package article

import (
	"slices"
	"testing"
	"time"
)

func TestNamesAreCleaned(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want []string
	}{
		{"Jane Doe", []string{"Jane Doe"}},
		{"By Jane Doe", []string{"Jane Doe"}},
		{"BY JANE DOE", []string{"JANE DOE"}},
		{"Von Max Muster und Erika Muster", []string{"Max Muster", "Erika Muster"}},
		{"Jane Doe, John Roe and Ann Poe", []string{"Jane Doe", "John Roe", "Ann Poe"}},
		{"Jane Doe, Diplomatic Correspondent", []string{"Jane Doe"}},
		{"Jane Doe | Senior Reporter", []string{"Jane Doe"}},
		{"Jane Doe | John Roe", []string{"Jane Doe", "John Roe"}},
		{"Doe, Jane", []string{"Jane Doe"}},
		{"Par Anne Dupont et Luc Martin", []string{"Anne Dupont", "Luc Martin"}},
		{"Автор: Иван Петров", []string{"Иван Петров"}},
		{"بقلم سارة أحمد", []string{"سارة أحمد"}},
		{"Byron Doe", []string{"Byron Doe"}},
		{"Jane Doe (in Kyiv)", []string{"Jane Doe"}},
		{"jane@harbour.example", nil},
		{"https://harbour.example/jane", nil},
		{"Senior Correspondent", nil},
		{"undefined", nil},
		{"", nil},
	} {
		if got := names(tt.in); !slices.Equal(got, tt.want) {
			t.Errorf("names(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestParseTimeReadsWhatPagesWrite(t *testing.T) {
	noon := time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
	for _, in := range []string{
		"2026-05-04T12:00:00Z", "2026-05-04T14:00:00+02:00", "2026-05-04T14:00:00+0200", "2026-05-04T12:00:00.000Z", "2026-05-04T12:00:00",
		"2026-05-04 12:00:00", "2026-05-04T12:00Z", "2026-05-04T14:00:00+02:00[Europe/Paris]", "Mon, 04 May 2026 12:00:00 GMT", "Mon, 4 May 2026 14:00:00 +0200",
		"1777896000", "1777896000000", "May 4, 2026 12:00 PM", "04.05.2026 12:00", " 2026-05-04T12:00:00Z ", "20260504T120000Z",
	} {
		if got, ok := parseTime(in); !ok || !got.Equal(noon) {
			t.Errorf("parseTime(%q) = %v, %v; want %v", in, got, ok, noon)
		}
	}
	for _, in := range []string{"", "today", "0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "2026-13-45", "9999-12-31T00:00:00Z"} {
		if got, ok := parseTime(in); ok {
			t.Errorf("parseTime(%q) = %v, want none", in, got)
		}
	}
}

func TestSplitCreditFindsWhoTookThePicture(t *testing.T) {
	for _, tt := range []struct{ in, caption, credit string }{
		{"A boat leaves the shore Jane Doe/Reuters", "A boat leaves the shore", "Jane Doe/Reuters"},
		{"A boat 'leaves' Jane Doe/AFP/Getty Images", "A boat 'leaves'", "Jane Doe/AFP/Getty Images"},
		{"A boat leaves the shore. Photo: Jane Doe", "A boat leaves the shore.", "Photo: Jane Doe"},
		{"A boat leaves the shore. © Jane Doe / dpa", "A boat leaves the shore.", "© Jane Doe / dpa"},
		{"A boat leaves the shore. (Jane Doe/AP)", "A boat leaves the shore.", "Jane Doe/AP"},
		{"A boat leaves the shore [AFP]", "A boat leaves the shore", "AFP"},
		{"Foto: Max Muster", "", "Foto: Max Muster"},
		{"AFP via Getty Images", "", "AFP via Getty Images"},
		{"The price was 3/4 of last year's", "The price was 3/4 of last year's", ""},
		{"They crossed the border and/or the river", "They crossed the border and/or the river", ""},
		{"A boat leaves the shore", "A boat leaves the shore", ""},
		{"", "", ""},
	} {
		if caption, credit := splitCredit(tt.in); caption != tt.caption || credit != tt.credit {
			t.Errorf("splitCredit(%q) = %q, %q; want %q, %q", tt.in, caption, credit, tt.caption, tt.credit)
		}
	}
}

func TestWithoutMarkKeepsTheName(t *testing.T) {
	for in, want := range map[string]string{
		"Photo: Jane Doe": "Jane Doe", "Foto: Jane Doe/dpa": "Jane Doe/dpa", "photo by Jane Doe": "Jane Doe", "Image credit: Jane Doe": "Jane Doe", "Photo : AFP": "AFP",
		"© Jane Doe": "© Jane Doe", "Photographic Society": "Photographic Society", "Picture Alliance": "Picture Alliance", "": "",
	} {
		if got := withoutMark(in); got != want {
			t.Errorf("withoutMark(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestClassWordsSeeHowNamesAreWritten(t *testing.T) {
	for _, tt := range []struct {
		in        string
		has, lack words
	}{
		{"article-body", wBody | wArticle, wComment},
		{"ArticleBody__text", wBody, wNav},
		{"story__body", wBody, wAd},
		{"c-share-bar", wShare, wBody},
		{"main-nav", wNav, wComment},
		{"header shadow", 0, wAd},
		{"ad", wAd, 0},
		{"commentList", wComment, 0},
		{"fig-caption wp-caption-text", wCaption, wComment},
		{"", 0, ^words(0)},
	} {
		got := classWords.scan(tt.in)
		if got&tt.has != tt.has || got&tt.lack != 0 {
			t.Errorf("scan(%q) = %b, want %b and not %b", tt.in, got, tt.has, tt.lack)
		}
	}
}

func TestDecodeJSONIsLenient(t *testing.T) {
	for _, tt := range []struct {
		name, in string
		want     int
	}{
		{"strict", `{"headline":"a"}`, 1},
		{"line break in a string", "{\"headline\":\"a\nb\"}", 1},
		{"trailing comma", `{"headline":"a","x":[1,2,],}`, 1},
		{"several objects", `{"headline":"a"} {"headline":"b"}`, 2},
		{"several with commas", `[{"headline":"a"},,{"headline":"b"}];`, 1},
		{"bad escape", `{"headline":"it\'s"}`, 1},
		{"comment marks", "<!-- {\"headline\":\"a\"} -->", 1},
		{"cdata", "//<![CDATA[\n{\"headline\":\"http://a\"}\n//]]>", 1},
		{"escaped quotes", `{&quot;headline&quot;:&quot;a&quot;}`, 1},
		{"no json", `headline`, 0},
		{"cut off", `{"headline":"a`, 0},
	} {
		if got := decodeJSON(tt.in); len(got) != tt.want {
			t.Errorf("%s: decodeJSON(%q) gives %d values, want %d", tt.name, tt.in, len(got), tt.want)
		}
	}
}

func TestLanguageTagIsNormal(t *testing.T) {
	for in, want := range map[string]string{"en": "en", "en_GB": "en-GB", "DE-at": "de-AT", "zh-hant-tw": "zh-Hant-TW", "": "", "english": "", "x": "", "<b>": ""} {
		if got := languageTag(in); got != want {
			t.Errorf("languageTag(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestWithoutSiteKeepsHeadlines(t *testing.T) {
	for _, tt := range []struct{ title, site, want string }{
		{"Ferry runs again | Harbour Daily", "", "Ferry runs again"},
		{"Ferry runs again - Harbour Daily", "Harbour Daily", "Ferry runs again"},
		{"Ferry runs again - World - Harbour Daily", "Harbour Daily", "Ferry runs again - World"},
		{"Ferry – a story of two towns", "Harbour Daily", "Ferry – a story of two towns"},
		{"Harbour Daily", "Harbour Daily", "Harbour Daily"},
	} {
		if got := withoutSite(tt.title, tt.site); got != tt.want {
			t.Errorf("withoutSite(%q, %q) = %q, want %q", tt.title, tt.site, got, tt.want)
		}
	}
}
