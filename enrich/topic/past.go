package topic

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Years that put a sentence in the past. Those before are as often no years,
// or years of another calendar, or resolutions of the Security Council: 1403
// is now in Iran, and Lebanon speaks of 1701 every day. So are hundreds: 1900
// are the dead of a battle, or the hour of the report.
const (
	firstPast = 1800
	lastPast  = 1979
)

// longAgo reports whether text begins with a year of the past in digits, in
// any writing.
func longAgo(text string) bool {
	year := 0
	for n := 0; ; n++ {
		r, size := utf8.DecodeRuneInString(text)
		d, ok := digit(r)
		if !ok || n == 4 {
			word := unicode.IsLetter(r) && !ideograph(r)
			return n == 4 && !ok && !word && firstPast <= year && year <= lastPast && year%100 != 0 && !timeOfDay(text)
		}
		year = 10*year + d
		text = text[size:]
	}
}

// timeOfDay reports whether four digits before text are hours and minutes, as
// agencies write them.
func timeOfDay(text string) bool {
	text = strings.TrimPrefix(text, " ")
	return strings.HasPrefix(text, "GMT") || strings.HasPrefix(text, "UTC")
}

// zeros are the first of ten digits each.
var zeros = [...]rune{'0', '٠', '۰', '०', '０'}

// yearBegins has the bytes that a year can begin with.
var yearBegins = func() (set [256]bool) {
	for _, zero := range zeros {
		set[string(zero + 1)[0]] = true
	}
	return set
}()

func digit(r rune) (value int, ok bool) {
	for _, zero := range zeros {
		if zero <= r && r <= zero+9 {
			return int(r - zero), true
		}
	}
	return 0, false
}
