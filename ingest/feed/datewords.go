package feed

import "strings"

// words reads a date with the month in words, or in numbers that do not start
// with the year: RFC 822, ctime, "January 2, 2026 3:04 PM", 31.12.2026.
func (d *dateScan) words() bool {
	w := wordScan{dateScan: d}
	for d.spaces(); d.i < len(d.s); d.spaces() {
		c := d.s[d.i]
		ok := false
		switch {
		case isDigit(c):
			ok = w.digits()
		case (c == '+' || c == '-') && d.hasTime && isDigit(d.peek(1)), c == '-' && d.hasTime && d.peek(1) == '-':
			ok = d.offset()
		case c == '-' || c == '.' || c == '/':
			d.i++
			ok = true
		case c == '(' && d.hasTime && w.complete():
			ok = d.rest()
		default:
			ok = w.name()
		}
		if !ok {
			return false
		}
	}
	return w.assign()
}

// A wordScan is a dateScan that meets its parts in any order.
type wordScan struct {
	*dateScan
	nums    [2]int // day and year, in order of appearance
	size    [2]int // their digits
	n       int
	done    bool // year, month and day are known
	started bool // a word stood in front: the name of the day
	first   bool // the month was the first word, before any number
	pm      string
	korean  bool
}

func (w *wordScan) complete() bool { return w.done || w.month > 0 && w.n == 2 }

// digits reads a number: a time, a numeric date, a day or a year.
func (w *wordScan) digits() bool {
	d := w.dateScan
	start := d.i
	v, n := d.number(4)
	if isDigit(d.peek(0)) {
		return false
	}
	switch c := d.peek(0); {
	case c == ':' && !d.hasTime:
		d.i = start
		return d.clock() && (w.pm == "" || d.meridiem(w.pm == "오후" || w.pm == "pm"))
	case (c == '/' || c == '-' || c == '.') && isDigit(d.peek(1)) && w.n == 0 && d.month == 0 && !w.done:
		d.i++
		return w.numeric(v, n, c)
	}
	if w.n == 2 || n == 3 || w.done {
		return false
	}
	if w.n == 1 && d.hasTime {
		d.ctime = true
	}
	w.nums[w.n], w.size[w.n] = v, n
	w.n++
	for _, suffix := range [...]string{"st", "nd", "rd", "th"} {
		if n < 3 && strings.HasPrefix(d.s[d.i:], suffix) {
			d.i += len(suffix)
			break
		}
	}
	return true
}

// numeric reads the rest of a date all in numbers, of which the first is v.
func (w *wordScan) numeric(v, n int, sep byte) bool {
	d := w.dateScan
	second, n2 := d.number(2)
	if n2 == 0 || d.peek(0) != sep {
		return false
	}
	d.i++
	third, n3 := d.number(4)
	w.done = true
	switch {
	case n == 4 && n3 <= 2 && n3 > 0:
		d.year, d.month, d.day = v, second, third
	case n > 2 || n3 != 4:
		return false // which one is the year?
	case sep == '.' || v > 12 || v == second:
		d.day, d.month, d.year = v, second, third
	case second > 12:
		d.month, d.day, d.year = v, second, third
	default:
		return false // day and month, or month and day
	}
	return true
}

// name reads a word: a day of the week, a month, am or pm, a zone.
func (w *wordScan) name() bool {
	d := w.dateScan
	s := d.word()
	switch s {
	case "":
		return false
	case "년", "월", "일":
		return w.hangul(s)
	case "오전", "오후":
		w.korean = true
		if d.hasTime {
			return d.meridiem(s == "오후")
		}
		w.pm = s
		return true
	case "t":
		if !d.hasTime {
			return (w.n > 0 || w.done) && isDigit(d.peek(0))
		}
	case "at", "um", "de", "of", "del", "à", "kl":
		if !d.hasTime {
			return w.n > 0 || w.done
		}
	}
	if m, ok := monthNames[s]; ok && (d.month == 0 || !d.hasTime) {
		if d.month != 0 && !w.first {
			return false
		}
		// "mar, 3 avril": the first was a day of the week after all.
		w.first = d.month == 0 && w.n == 0 && !w.started
		d.month = m
		return true
	}
	if d.hasTime {
		return d.wordAfterTime(s)
	}
	if w.n == 0 && d.month == 0 && !w.started && !w.done {
		w.started = true // a day of the week, in whatever language
		return true
	}
	return false
}

// hangul reads the units of a Korean date, which stand behind their numbers.
func (w *wordScan) hangul(unit string) bool {
	if w.n != 1 {
		return false
	}
	w.korean = true
	v := w.nums[0]
	w.n = 0
	switch unit {
	case "년":
		w.year = v
	case "월":
		w.month = v
	default:
		w.day = v
		w.done = w.year > 0 && w.month > 0
	}
	return true
}

// assign decides which number is the day and which the year.
func (w *wordScan) assign() bool {
	d := w.dateScan
	if w.korean && !d.hasZone {
		d.zone, d.hasZone = zones["kst"], true // Korean is written in one zone
	}
	if w.done {
		return w.n == 0
	}
	if d.month == 0 || w.n != 2 {
		return false
	}
	day, year := 0, 1
	if w.size[0] == 4 {
		day, year = 1, 0
	}
	d.day, d.year = w.nums[day], w.nums[year]
	if w.size[day] > 2 {
		return false
	}
	switch w.size[year] {
	case 4:
		return true
	case 2:
		d.year += 1900
		if d.year < 1950 {
			d.year += 100
		}
		return true
	}
	return false
}

// monthNames maps the names of months and their abbreviations, in lower case
// and without dots, to their numbers.
var monthNames = func() map[string]int {
	months := [12]string{
		"january jan januar jänner janvier janv januari janeiro enero ene gennaio gen január january янв январь января січня styczeń stycznia sty ιαν ιανουαρίου ocak leden ledna ianuarie tammikuuta",
		"february feb februar febr février févr fév fevrier februari fevereiro fev febrero febbraio február фев февраль февраля лютого luty lutego lut φεβ φεβρουαρίου şubat únor února februarie helmikuuta",
		"march mar märz mrz mär mars maart mrt março marzo március márc мар март марта березня marzec marca μαρ μάρ μαρτίου mart března martie maaliskuuta",
		"april apr avril avr abril abr aprile április ápr апр апрель апреля квітня kwiecień kwietnia kwi απρ απριλίου nisan dubna aprilie huhtikuuta",
		"may mai mei maj mayo maio maggio mag május máj май мая травня maja μαι μάι μαΐ μαΐου mayıs května toukokuuta",
		"june jun juni juin junho junio giugno giu június jún июн июнь июня червня czerwiec czerwca cze ιουν ιούν ιουνίου haziran června iunie kesäkuuta",
		"july jul juli juillet juil julho julio luglio lug július júl июл июль июля липня lipiec lipca ιουλ ιούλ ιουλίου temmuz července iulie heinäkuuta",
		"august aug août aout agosto ago augusti augustus augusztus авг август августа серпня sierpień sierpnia sie αυγ αύγ αυγούστου ağustos srpna elokuuta",
		"september sep sept septembre septembro septiembre setembro set settembre szeptember szept сен сент сентябрь сентября вересня wrzesień września wrz σεπ σεπτ σεπτεμβρίου eylül září septembrie syyskuuta",
		"october oct oktober okt octobre outubro out octubre ottobre ott október окт октябрь октября жовтня październik października paź οκτ οκτωβρίου ekim října octombrie lokakuuta",
		"november nov novembre novembro noviembre ноя нояб ноябрь ноября листопада νοε νοέ νοεμβρίου kasım listopadu noiembrie marraskuuta",
		"december dec dezember dez décembre déc decembre dezembro diciembre dic dicembre дек декабрь декабря грудня grudzień grudnia gru δεκ δεκεμβρίου aralık prosince decembrie joulukuuta",
	}
	out := make(map[string]int)
	for i, names := range months {
		for name := range strings.FieldsSeq(names) {
			out[name] = i + 1
		}
	}
	return out
}()
