package feed

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// maxDate is the longest text looked at for a date, in bytes.
const maxDate = 80

// formatDate writes t the way gofeed reads fastest.
func formatDate(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

// parseDate reads the dates found in feeds: RFC 3339 and ISO 8601 as far as
// W3C-DTF goes, RFC 822 and its descendants, ctime, and forms with month names
// in some twenty languages. The result is in UTC.
//
// It is zero when s holds no date, or one that can be read in more than one
// way: 04/05/2026, a zone name that is unknown or in use in several parts of
// the world. A time without any zone is taken as UTC, a date without a time as
// its midnight, a month or year as its first day. Years of two digits follow
// RFC 2822 §4.3.
func parseDate(s string) time.Time {
	s = strings.TrimSpace(s)
	if len(s) < 4 || len(s) > maxDate {
		return time.Time{}
	}
	d := dateScan{s: s}
	if !d.iso() {
		d = dateScan{s: s}
		if !d.words() {
			return time.Time{}
		}
	}
	return d.time()
}

// A dateScan is the state of reading one date.
type dateScan struct {
	s                    string
	i                    int
	year, month, day     int
	hour, min, sec, nsec int
	hasTime              bool
	zone                 zone
	hasZone              bool
	ctime                bool // the year came after the time
}

// time puts the parts together; zero when they are no date.
func (d *dateScan) time() time.Time {
	if d.month < 1 || d.month > 12 || d.day < 1 || d.day > daysIn(d.year, d.month) ||
		d.hour > 24 || d.min > 59 || d.sec > 60 || d.year < 1 ||
		d.hour == 24 && (d.min > 0 || d.sec > 0) {
		return time.Time{}
	}
	t := time.Date(d.year, time.Month(d.month), d.day, d.hour, d.min, d.sec, d.nsec, time.UTC)
	if d.hasZone {
		off, ok := d.zone.at(t, d.ctime)
		if !ok {
			return time.Time{}
		}
		t = t.Add(-off)
	}
	return t
}

func daysIn(year, month int) int {
	return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// number reads up to limit digits and says how many there were.
func (d *dateScan) number(limit int) (n, digits int) {
	for d.i < len(d.s) && digits < limit && isDigit(d.s[d.i]) {
		n = n*10 + int(d.s[d.i]-'0')
		d.i++
		digits++
	}
	return n, digits
}

// peek returns the byte at distance n, zero beyond the end.
func (d *dateScan) peek(n int) byte {
	if d.i+n < len(d.s) {
		return d.s[d.i+n]
	}
	return 0
}

func (d *dateScan) spaces() {
	for d.i < len(d.s) && (isSpace(d.s[d.i]) || d.s[d.i] == ',') {
		d.i++
	}
}

// iso reads a date that starts with a year of four digits, all of d.s.
func (d *dateScan) iso() bool {
	var n int
	if d.year, n = d.number(4); n != 4 {
		return false
	}
	sep := d.peek(0)
	d.month, d.day = 1, 1
	switch {
	case sep == 0:
		return true
	case isDigit(sep): // 20260102
		var n2, n3 int
		d.month, n2 = d.number(2)
		d.day, n3 = d.number(2)
		if n2 != 2 || n3 != 2 || isDigit(d.peek(0)) {
			return false
		}
	case sep == '-' || sep == '/' || sep == '.':
		d.i++
		if d.month, n = d.number(3); n == 0 {
			return false
		}
		if d.peek(0) == 0 {
			return n == 2
		}
		if d.peek(0) != sep {
			return false
		}
		d.i++
		if d.day, n = d.number(2); n == 0 || isDigit(d.peek(0)) {
			return false
		}
	default:
		return false
	}
	if c := d.peek(0); (c == 'T' || c == 't' || c == '_') && isDigit(d.peek(1)) {
		d.i++
	} else if c != 0 && !isSpace(c) && c != ',' {
		// A zone may follow a date (XML Schema); anything else is not ISO.
		return c == 'Z' && d.i+1 == len(d.s)
	}
	d.spaces()
	if d.i == len(d.s) {
		return true
	}
	if !d.clock() {
		return false
	}
	return d.rest()
}

// clock reads 15:04, 15:04:05, 15:04:05.999 or 150405.
func (d *dateScan) clock() bool {
	start := d.i
	var n int
	if d.hour, n = d.number(2); n == 0 {
		return false
	}
	colon := d.peek(0) == ':'
	if colon {
		d.i++
	} else if n != 2 || !isDigit(d.peek(0)) {
		d.i = start
		return false
	}
	if d.min, n = d.number(2); n == 0 {
		return false
	}
	switch {
	case colon && d.peek(0) == ':' && isDigit(d.peek(1)):
		d.i++
		d.sec, _ = d.number(2)
	case !colon && isDigit(d.peek(0)):
		d.sec, _ = d.number(2)
	}
	if isDigit(d.peek(0)) {
		return false
	}
	if c := d.peek(0); (c == '.' || c == ',') && isDigit(d.peek(1)) {
		d.i++
		scale := int(time.Second / 10)
		for isDigit(d.peek(0)) {
			d.nsec += int(d.s[d.i]-'0') * scale
			scale /= 10
			d.i++
		}
	}
	d.hasTime = true
	return true
}

// rest reads what may follow a time: am or pm, and a zone. It consumes all.
func (d *dateScan) rest() bool {
	for d.spaces(); d.i < len(d.s); d.spaces() {
		switch c := d.s[d.i]; {
		case c == '+' || c == '-':
			if !d.offset() {
				return false
			}
		case c == '(':
			// A comment, as in "+0200 (CEST)"; worth reading only without a zone.
			end := strings.IndexByte(d.s[d.i:], ')')
			if end < 0 {
				return false
			}
			if d.hasZone {
				d.i += end
			}
			d.i++
		case c == ')':
			d.i++
		default:
			w := d.word()
			if w == "" || !d.wordAfterTime(w) {
				return false
			}
		}
	}
	return true
}

// offset reads +02:00, +0200, +02 or +2.
func (d *dateScan) offset() bool {
	sign := time.Duration(1)
	if d.s[d.i] == '-' {
		sign = -1
	}
	for d.i++; d.peek(0) == '-'; d.i++ { // "--0500"
	}
	h, n := d.number(2)
	var m, n2 int
	switch {
	case n == 0:
		return false
	case d.peek(0) == ':':
		d.i++
		if m, n2 = d.number(2); n2 != 2 {
			return false
		}
	case n == 2 && isDigit(d.peek(0)):
		if m, n2 = d.number(2); n2 != 2 {
			return false
		}
	}
	if h > 14 || m > 59 || isDigit(d.peek(0)) {
		return false
	}
	z := zone{offset: sign * (time.Duration(h)*time.Hour + time.Duration(m)*time.Minute)}
	return d.setZone(z)
}

// setZone notes the zone. A second one must be the same, except that an
// offset may follow GMT or UTC, as in GMT+2.
func (d *dateScan) setZone(z zone) bool {
	if d.hasZone && d.zone != z && d.zone != (zone{}) {
		return false
	}
	d.zone, d.hasZone = z, true
	return true
}

// word reads letters, in lower case, with the dot of an abbreviation.
func (d *dateScan) word() string {
	start := d.i
	for d.i < len(d.s) {
		r, n := utf8.DecodeRuneInString(d.s[d.i:])
		if !unicode.IsLetter(r) && !unicode.IsMark(r) && !(r == '/' && d.i > start) {
			break
		}
		d.i += n
	}
	w := strings.ToLower(d.s[start:d.i])
	if d.peek(0) == '.' {
		d.i++
		if d.peek(1) == '.' && (w == "a" || w == "p") { // "p.m."
			w += strings.ToLower(d.s[d.i : d.i+1])
			d.i += 2
		}
	}
	return w
}

// wordAfterTime reads am, pm or the name of a zone.
func (d *dateScan) wordAfterTime(w string) bool {
	switch w {
	case "am", "pm", "오전", "오후":
		return d.meridiem(w == "pm" || w == "오후")
	}
	z, ok := zones[strings.TrimPrefix(w, "etc/")]
	if !ok || d.hasZone && d.zone != z {
		// In "+0200 CEST" the name repeats the offset.
		return ok && d.zone.sameAs(z)
	}
	return d.setZone(z)
}

// meridiem turns a clock of twelve hours into one of 24.
func (d *dateScan) meridiem(pm bool) bool {
	if d.hour > 12 {
		return pm // "15:04 PM" says the same twice
	}
	d.hour %= 12
	if pm {
		d.hour += 12
	}
	return true
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
