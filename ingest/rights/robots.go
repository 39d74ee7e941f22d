package rights

import (
	"strings"
	"time"
)

const maxDirectives = 64 // of one header value or page

// A directive is one thing asked of robots.
type directive struct {
	name  string    // lower case
	value string    // what stood behind its colon
	until time.Time // of unavailable_after
}

// String returns d as it was written, but for case.
func (d directive) String() string {
	if d.value == "" {
		return d.name
	}
	return d.name + ": " + d.value
}

// asks returns what d reserves at now, and whether d is about use at all.
func (d directive) asks(now time.Time) (uses, bool) {
	switch d.name {
	case "noindex", "none", "noarchive":
		return indexing, true
	case "noai":
		return ai, true
	case "noimageai", "nosnippet":
		return 0, true // about images, which are not copied, and about listings
	case "unavailable_after":
		if d.until.IsZero() || now.Before(d.until) {
			return 0, true
		}
		return indexing, true
	}
	return 0, false
}

// parseDirectives reads the value of an X-Robots-Tag header, or of a robots
// meta: directives separated by commas, those behind "name:" only for the
// robot of that name. It returns those for everybody and for product.
func parseDirectives(s, product string) []directive {
	var out []directive
	ours := true
	pieces := strings.SplitN(s, ",", 4*maxDirectives)
	for i := 0; i < len(pieces) && len(out) < maxDirectives; i++ {
		piece := strings.TrimSpace(pieces[i])
		name, value, colon := strings.Cut(piece, ":")
		name = strings.ToLower(strings.TrimSpace(name))
		if colon && !takesValue(name) && isToken(name) {
			ours = product != "" && strings.EqualFold(name, product) || name == "*"
			piece = strings.TrimSpace(value)
			name, value, _ = strings.Cut(piece, ":")
			name = strings.ToLower(strings.TrimSpace(name))
		}
		if !ours || name == "" {
			continue
		}
		d := directive{name: name, value: strings.TrimSpace(value)}
		if name == "unavailable_after" {
			var ok bool
			if d.until, ok = parseTime(d.value); !ok && i+1 < len(pieces) {
				// The day of the week and a comma may come first.
				whole := d.value + ", " + strings.TrimSpace(pieces[i+1])
				if d.until, ok = parseTime(whole); ok {
					d.value = whole
					i++
				}
			}
		}
		out = append(out, d)
	}
	return out
}

// takesValue reports whether name is a directive written with a colon, and
// hence not the name of a robot.
func takesValue(name string) bool {
	switch name {
	case "unavailable_after", "max-snippet", "max-image-preview", "max-video-preview":
		return true
	}
	return false
}

// productToken returns the name that s begins with: letters, digits, hyphens
// and underscores.
func productToken(s string) string {
	for i := 0; i < len(s); i++ {
		if c := s[i]; !unreserved(c) || c == '.' || c == '~' {
			return s[:i]
		}
	}
	return s
}

func isToken(s string) bool { return s == "*" || s != "" && productToken(s) == s }

// timeLayouts are those that publishers write: RFC 822, RFC 850 and ISO 8601,
// with what they leave out or add.
var timeLayouts = []string{
	time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04Z07:00", "2006-01-02 15:04:05 MST", "2006-01-02 15:04:05 -0700",
	"2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02",
	"Mon, 2 Jan 2006 15:04:05 MST", "Mon, 2 Jan 2006 15:04:05 -0700", "2 Jan 2006 15:04:05 MST", "2 Jan 2006 15:04:05 -0700",
	"2 Jan 2006 15:04 MST", "2 Jan 06 15:04 MST", "2 Jan 06 15:04 -0700", "2 Jan 2006",
	"Monday, 2-Jan-06 15:04:05 MST", "2-Jan-06 15:04:05 MST", "2-Jan-2006 15:04:05 MST", "2-Jan-2006",
}

// parseTime reads a date. Zones that go by a name count as UTC, which is what
// publishers write, or near enough.
func parseTime(s string) (time.Time, bool) {
	s = strings.ToUpper(strings.TrimSpace(s)) // the layouts ask it of zones, and for months do not mind
	if len(s) < len("2006-01-02") || len(s) > 64 {
		return time.Time{}, false
	}
	for _, layout := range timeLayouts {
		if t, err := time.ParseInLocation(layout, s, time.UTC); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}
