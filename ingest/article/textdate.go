package article

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// addressDate returns the day in an address such as /2026/05/04/ferry,
// /2026-05-04-ferry, /2026/may/04/ferry or /20260504/ferry, as "2006-01-02"; ""
// if there is none, or more than one.
func addressDate(address string) string {
	u, err := url.Parse(address)
	if err != nil || len(u.Path) > maxAttr {
		return ""
	}
	found := ""
	parts := strings.FieldsFunc(u.Path, func(r rune) bool { return r == '/' || r == '-' || r == '_' || r == '.' })
	for i, p := range parts {
		day, ok := time.Time{}, false
		switch {
		case len(p) == 8 && digits(p):
			day, ok = dayOf(p[:4], p[4:6], p[6:])
		case len(p) == 4 && digits(p) && i+2 < len(parts) && len(parts[i+2]) <= 2:
			day, ok = dayOf(p, parts[i+1], parts[i+2])
		case len(p) == 4 && digits(p) && i+1 < len(parts) && len(parts[i+1]) == 4 && digits(parts[i+1]): // /2026/0504/
			day, ok = dayOf(p, parts[i+1][:2], parts[i+1][2:])
		}
		if !ok {
			continue
		}
		if s := day.Format(time.DateOnly); found == "" {
			found = s
		} else if found != s {
			return ""
		}
	}
	return found
}

func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// dayOf makes a day of a year, a month as a number or name, and a day.
func dayOf(year, month, day string) (time.Time, bool) {
	y, err1 := strconv.Atoi(year)
	d, err2 := strconv.Atoi(day)
	m, err3 := strconv.Atoi(month)
	if err3 != nil {
		if m = int(monthOf(month)); m != 0 {
			err3 = nil
		}
	}
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	if err1 != nil || err2 != nil || err3 != nil || m < 1 || m > 12 || t.Day() != d {
		return time.Time{}, false
	}
	return plausible(t)
}

// writtenDate returns the day that the page's text gives near the headline, as
// "2006-01-02": from the first short line that has a single day, or two of
// which the earlier is that of publication. "" if there is none.
func (x *extraction) writtenDate() string {
	const before, after, longest = 4, 8, 24 // blocks around the headline; words of the line
	p := x.page
	if p.title < 0 {
		return ""
	}
	for _, span := range [2][2]int{{p.title + 1, min(p.title+after, len(p.blocks))}, {max(p.title-before, 0), p.title}} {
		for i := span[0]; i < span[1]; i++ {
			b := &p.blocks[i]
			if b.tokens > longest || b.el >= 0 && p.elements[b.el].tags&(tFigure|tFigcaption|tAside|tNav) != 0 {
				continue
			}
			if days := daysIn(b.text); len(days) == 1 || len(days) == 2 {
				return slices.MinFunc(days, time.Time.Compare).Format(time.DateOnly)
			}
		}
	}
	return ""
}

// daysIn returns the different days in a text that can be read in one way only:
// with the month by name, with the year first, with dots between (which is day
// first everywhere), or with a day above 12.
func daysIn(s string) []time.Time {
	const most = 8
	tokens := dateTokens(s)
	var out []time.Time
	for i := 0; i+2 < len(tokens) && len(out) < most; i++ {
		day, ok := readDay(tokens[i : i+3])
		if !ok {
			continue
		}
		i += 2
		if len(out) == 0 || !out[len(out)-1].Equal(day) {
			out = append(out, day)
		}
	}
	return out
}

// A dateToken is a number or a month's name, with the sign that follows it.
type dateToken struct {
	text  string
	month time.Month // of a name
	mark  rune       // '.', '/', '-', a sign such as 年, or ' '
}

// dateTokens returns the numbers and months' names of a text. A word that is
// neither stands as an empty token, unless it joins them, as "de" does.
func dateTokens(s string) []dateToken {
	const most = 64
	var out []dateToken
	for len(s) > 0 && len(out) < most {
		r, n := utf8.DecodeRuneInString(s)
		switch {
		case '0' <= r && r <= '9':
			end := strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' })
			if end < 0 {
				end = len(s)
			}
			t := dateToken{text: s[:end], mark: ' '}
			s = s[end:]
			for _, ordinal := range []string{"st", "nd", "rd", "th", "er", "º", "ª"} {
				if rest, ok := strings.CutPrefix(s, ordinal); ok && (rest == "" || !isWord(firstRune(rest))) {
					s = rest
					break
				}
			}
			if r := firstRune(s); s != "" && r != ' ' {
				t.mark = r
			}
			out = append(out, t)
		case unicode.IsLetter(r):
			end := strings.IndexFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) })
			if end < 0 {
				end = len(s)
			}
			word := strings.ToLower(s[:end])
			s = s[end:]
			if m := monthOf(word); m != 0 {
				out = append(out, dateToken{text: word, month: m, mark: ' '})
			} else if !joining(word) {
				out = append(out, dateToken{})
			}
		default:
			s = s[n:]
		}
	}
	return out
}

func firstRune(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

// joining reports whether a word stands between the parts of a date.
func joining(word string) bool {
	switch word {
	case "de", "del", "di", "of", "the", "den", "d", "da", "do", "г", "r", "року", "года", "年", "月", "日", "년", "월", "일":
		return true
	}
	return false
}

// readDay reads three tokens as a day.
func readDay(t []dateToken) (time.Time, bool) {
	year := func(s string) bool { return len(s) == 4 && digits(s) }
	small := func(s string) bool { return len(s) <= 2 && digits(s) }
	a, b, c := t[0], t[1], t[2]
	switch {
	case small(a.text) && b.month != 0 && year(c.text): // 4 May 2026
		return dayOf(c.text, b.text, a.text)
	case a.month != 0 && small(b.text) && year(c.text): // May 4, 2026
		return dayOf(c.text, a.text, b.text)
	case year(a.text) && b.month != 0 && small(c.text): // 2026 May 4
		return dayOf(a.text, b.text, c.text)
	case year(a.text) && small(b.text) && small(c.text) && strings.ContainsRune("-/.年년", a.mark) && strings.ContainsRune("-/.月월", b.mark):
		return dayOf(a.text, b.text, c.text)
	case !small(a.text) || !small(b.text) || !year(c.text) || a.mark != b.mark || !strings.ContainsRune("./-", a.mark):
		return time.Time{}, false
	}
	first, _ := strconv.Atoi(a.text)
	second, _ := strconv.Atoi(b.text)
	switch {
	case a.mark == '.' || first > 12 || first == second:
		return dayOf(c.text, b.text, a.text)
	case second > 12:
		return dayOf(c.text, a.text, b.text)
	}
	return time.Time{}, false
}

// monthOf returns the month that a word, in lower case, names; 0 for none.
func monthOf(word string) time.Month { return months[strings.TrimSuffix(word, ".")] }

// months are the names of months and their short forms, in the languages of the feeds.
var months = monthNames(
	"january jan januar jänner januari janvier janv enero ene gennaio gen januarie janeiro styczeń stycznia января янв январь січня січень ocak oca leden ledna ianuarie ιανουαρίου يناير جنوری január tammikuuta январе sausio janvāris janvāri jaanuar",
	"february feb februar februari février févr fév febrero febbraio fevereiro fev luty lutego февраля фев февраль лютого лютий şubat şub únor února februarie φεβρουαρίου فبراير február helmikuuta vasario februāris februāri veebruar",
	"march mar märz mrz maart mars marzo março marec marzec marca марта мар март березня березень mart březen března martie μαρτίου مارس március maaliskuuta kovo marts märts maret",
	"april apr avril avr abril abr aprile kwiecień kwietnia апреля апр апрель квітня квітень nisan nis duben dubna aprilie απριλίου أبريل ابريل április huhtikuuta balandžio aprīlis aprīli aprill",
	"may mai mayo maggio mag maio maj maja мая май травня травень mayıs květen května μαΐου مايو május toukokuuta gegužės maijs mei",
	"june jun juni juin junio giugno giu junho czerwiec czerwca июня июн июнь червня червень haziran haz červen června iunie ιουνίου يونيو június kesäkuuta birželio jūnijs juuni",
	"july jul juli juillet juil julio luglio lug julho lipiec lipca июля июл июль липня липень temmuz tem červenec července iulie ιουλίου يوليو július heinäkuuta liepos jūlijs juuli",
	"august aug août aout agosto ago sierpień sierpnia августа авг август серпня серпень ağustos ağu srpen srpna αυγούστου أغسطس اغسطس augusztus elokuuta rugpjūčio augusts augustus agustus",
	"september sep sept septembre septiembre settembre set setembro wrzesień września сентября сен сентябрь вересня вересень eylül eyl září septembrie σεπτεμβρίου سبتمبر szeptember syyskuuta rugsėjo septembris",
	"october oct oktober okt octobre octubre ottobre ott outubro out październik października октября окт октябрь жовтня жовтень ekim eki říjen října octombrie οκτωβρίου أكتوبر اكتوبر október lokakuuta spalio oktobris oktoober",
	"november nov novembre noviembre novembro listopad listopada ноября ноя ноябрь листопада kasım kas noiembrie νοεμβρίου نوفمبر marraskuuta lapkričio novembris",
	"december dec dezember dez décembre déc diciembre dic dicembre dezembro grudzień grudnia декабря дек декабрь грудня грудень aralık ara prosinec prosince decembrie δεκεμβρίου ديسمبر joulukuuta gruodžio decembris detsember desember",
)

func monthNames(lists ...string) map[string]time.Month {
	m := map[string]time.Month{}
	for i, list := range lists {
		for name := range strings.FieldsSeq(list) {
			m[name] = time.Month(i + 1)
		}
	}
	return m
}
