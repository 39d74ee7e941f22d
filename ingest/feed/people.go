package feed

import (
	"slices"
	"strings"
)

// maxAuthors bounds the authors of one entry.
const maxAuthors = 64

// person returns the name in what RSS calls an author: "me@example.org (My
// Name)", "My Name (me@example.org)", "My Name <me@example.org>". An address
// without a name stays an address.
func person(s string) string {
	s = strings.TrimSpace(s)
	if !strings.Contains(s, "@") {
		return s
	}
	for _, pair := range [...]string{"()", "<>"} {
		before, inside, ok := strings.Cut(s, pair[:1])
		inside, after, closed := strings.Cut(inside, pair[1:])
		if !ok || !closed {
			continue
		}
		outside := strings.TrimSpace(before + after)
		inside = strings.TrimSpace(inside)
		switch {
		case !strings.Contains(outside, "@") && outside != "":
			return strings.Trim(outside, `"' `)
		case !strings.Contains(inside, "@") && inside != "":
			return inside
		case outside != "":
			return outside
		}
	}
	return s
}

// authors joins lists of authors, without doubles and empty ones.
func authors(lists ...[]string) []string {
	var out []string
	for _, list := range lists {
		for _, a := range list {
			a = person(a)
			if a != "" && len(out) < maxAuthors && !slices.Contains(out, a) {
				out = append(out, a)
			}
		}
	}
	return out
}

// people returns the texts of such elements as one author line.
func (x extensions) people(prefix, name string) string {
	return strings.Join(authors(x.texts(prefix, name)), ", ")
}

// atomPeople returns the names in atom:author elements inside RSS.
func (x extensions) atomPeople() []string {
	var out []string
	for _, a := range x["atom"]["author"] {
		for _, n := range a.Children["name"] {
			out = append(out, n.Value)
		}
	}
	return out
}
