package fetch

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const maxFresh = 24 * time.Hour // a feed is looked at once a day, whatever it promises

// freshness returns for how long after received the answer with header h
// stays fresh (RFC 9111, section 4.2), from 0 to maxFresh. What cannot be
// read, and what contradicts itself, is not fresh.
func freshness(h http.Header, received time.Time) time.Duration {
	var age time.Duration
	if value, ok := h["Age"]; ok {
		// Of a list the first counts (section 5.1).
		first, _, _ := strings.Cut(value[0], ",")
		if age, ok = deltaSeconds(strings.TrimSpace(first)); !ok {
			return 0
		}
	}
	lifetime, ok := maxAge(h.Values("Cache-Control"))
	if !ok {
		return 0
	}
	if lifetime < 0 {
		expires, err := http.ParseTime(h.Get("Expires"))
		if err != nil || len(h.Values("Expires")) > 1 {
			return 0
		}
		date := received
		if h.Get("Date") != "" {
			if date, err = http.ParseTime(h.Get("Date")); err != nil {
				return 0
			}
		}
		lifetime = max(expires.Sub(date), 0) // which may be the least there is
	}
	return min(max(lifetime-age, 0), maxFresh)
}

// maxAge returns the max-age of the Cache-Control lines; negative when they
// have none, not ok when nothing may be served from a cache or they are at
// odds. s-maxage is for caches that are shared, which we are not.
func maxAge(lines []string) (age time.Duration, ok bool) {
	age = -1
	for _, line := range lines {
		for line != "" {
			var name, value string
			name, value, line = nextDirective(line)
			switch strings.ToLower(name) {
			case "no-store", "no-cache":
				return 0, false
			case "max-age":
				seconds, ok := deltaSeconds(value)
				if !ok || age >= 0 && age != seconds {
					return 0, false
				}
				age = seconds
			}
		}
	}
	return age, true
}

// nextDirective splits the first directive off line; of a quoted value it
// takes off the quotes, in which a comma does not separate.
func nextDirective(line string) (name, value, rest string) {
	line = strings.TrimLeft(line, " \t,")
	end := strings.IndexAny(line, "=,")
	if end < 0 {
		return strings.TrimSpace(line), "", ""
	}
	name, rest = strings.TrimSpace(line[:end]), line[end+1:]
	if line[end] == ',' {
		return name, "", rest
	}
	rest = strings.TrimLeft(rest, " \t")
	if quoted, ok := strings.CutPrefix(rest, `"`); ok {
		for i := 0; i < len(quoted); i++ {
			switch quoted[i] {
			case '\\':
				i++
			case '"':
				_, rest, _ = strings.Cut(quoted[i+1:], ",")
				return name, quoted[:i], rest
			}
		}
		return name, quoted, "" // never closed
	}
	value, rest, _ = strings.Cut(rest, ",")
	return name, strings.TrimSpace(value), rest
}

// deltaSeconds reads a whole number of seconds, of which at most a century
// counts.
func deltaSeconds(s string) (time.Duration, bool) {
	const century = 100 * 365 * 24 * 3600
	if s == "" || s[0] == '+' {
		return 0, false
	}
	seconds, err := strconv.ParseUint(s, 10, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return 0, false
	}
	return time.Duration(min(seconds, century)) * time.Second, true
}
