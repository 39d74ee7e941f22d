package rights

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
)

// parseAITxt reads an ai.txt for product: groups of Allow and Disallow lines
// as in robots.txt, where product's own groups, if there are any, alone count.
// The longest rule is first, and of equals the one that allows. The rule's
// text is its line. A rule of the form *.html is about how paths end, and is
// taken apart into one for the end of the address and one for that of the path.
func parseAITxt(body []byte, product string) []rule {
	body = bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\ufeff")))
	if len(body) == 0 || body[0] == '<' {
		return nil // a page that says it is not there
	}
	var own, global []rule
	var named, forOwn, forGlobal, inBody bool
	for len(body) > 0 && max(len(own), len(global)) < maxRules-1 {
		line := body
		if i := bytes.IndexAny(body, "\r\n"); i >= 0 {
			line, body = body[:i], body[i+1:]
		} else {
			body = nil
		}
		line, _, _ = bytes.Cut(line, []byte("#"))
		rawKey, rawValue, _ := bytes.Cut(line, []byte(":"))
		value := string(bytes.TrimSpace(rawValue[:min(len(rawValue), 2*maxPattern)]))
		switch key := strings.ToLower(string(bytes.TrimSpace(rawKey[:min(len(rawKey), 64)]))); key {
		case "user-agent":
			if inBody {
				forOwn, forGlobal, inBody = false, false, false
			}
			if value == "*" {
				forGlobal = true
			} else if token := productToken(value); token != "" && strings.EqualFold(token, product) {
				forOwn, named = true, true
			}
		case "allow", "disallow":
			inBody = true
			p, ok := parsePattern(value)
			if !ok || value == "" {
				continue
			}
			r := rule{pattern: p, text: clean("Allow: " + value)}
			if key == "disallow" {
				r.text, r.reserved = clean("Disallow: "+value), ai
			}
			add := []rule{r}
			if strings.HasPrefix(p.path, "*.") && !strings.ContainsAny(p.path[1:], "/*?$") {
				add[0].pattern.path += "$"
				r.pattern.path += "?"
				add = append(add, r)
			}
			if forOwn {
				own = append(own, add...)
			}
			if forGlobal {
				global = append(global, add...)
			}
		}
	}
	rules := global
	if named {
		rules = own
	}
	slices.SortStableFunc(rules, func(a, b rule) int {
		return cmp.Or(cmp.Compare(len(b.pattern.path), len(a.pattern.path)), cmp.Compare(a.reserved, b.reserved))
	})
	return rules
}
