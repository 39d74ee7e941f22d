package rights

import (
	"net/http"
	"slices"
	"strings"
)

const (
	maxLinkHeader = 16 << 10 // bytes of all Link headers that are read
	maxUsage      = 2 << 10  // bytes of a Content-Usage header that are read
)

// usageWords are the categories of aipref's vocabulary, and of its drafts.
var usageWords = map[string]uses{
	"train-ai": ai, "ai-use": ai, "train-genai": ai, "ai-output": ai, "ai": ai,
	"tdm": mining, "bots": mining | ai,
	"search": indexing,
}

// parseUsage reads a Content-Usage header, a dictionary such as
// "train-ai=n, search=y". It returns what is refused, and whether the header
// says anything known. Of a word that comes twice, the last counts.
func parseUsage(s string) (refused uses, ok bool) {
	said := map[string]bool{}
	for member := range splitQuoted(s[:min(len(s), maxUsage)], ',') {
		member, _, _ = strings.Cut(member, ";")
		word, value, _ := strings.Cut(member, "=")
		word, value = strings.ToLower(strings.TrimSpace(word)), strings.TrimSpace(value)
		if usageWords[word] == 0 {
			continue
		}
		delete(said, word)
		if value == "n" || value == "y" {
			said[word] = value == "n"
		}
	}
	for word, no := range said {
		if no {
			refused |= usageWords[word]
		}
	}
	return refused, len(said) > 0
}

// linksTo returns the addresses to which the Link headers of h point as RSL
// licenses.
func linksTo(h http.Header) []string {
	var out []string
	left := maxLinkHeader
	for _, value := range h.Values("Link") {
		if left -= len(value); left < 0 {
			break
		}
		for link := range splitQuoted(value, ',') {
			link, ok := strings.CutPrefix(strings.TrimSpace(link), "<")
			target, params, closed := strings.Cut(link, ">")
			if !ok || !closed {
				continue
			}
			var license, rsl bool
			for param := range splitQuoted(params, ';') {
				name, value, _ := strings.Cut(param, "=")
				value = strings.ToLower(strings.Trim(strings.TrimSpace(value), `"`))
				switch strings.ToLower(strings.TrimSpace(name)) {
				case "rel":
					license = license || slices.Contains(strings.Fields(value), "license")
				case "type":
					rsl = value == "application/rsl+xml"
				}
			}
			if license && rsl {
				out = append(out, target)
			}
		}
	}
	return out
}

// splitQuoted splits s at sep, but neither within quotes nor within <>.
func splitQuoted(s string, sep byte) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		start, quoted, angle := 0, false, false
		for i := 0; i < len(s); i++ {
			switch c := s[i]; {
			case quoted && c == '\\':
				i++
			case c == '"' && !angle:
				quoted = !quoted
			case quoted:
			case c == '<':
				angle = true
			case c == '>':
				angle = false
			case c == sep && !angle:
				if !yield(s[start:i]) {
					return
				}
				start = i + 1
			}
		}
		yield(s[start:])
	}
}
