package sink

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"conflictwire/sink/record"
)

// A Desk is a saved query with a subject of its own, news.desk.<id>.>: each
// article that answers it arrives there once, however many topics it has.
// Conditions left out are no conditions; of those given all must hold, of the
// values of one condition any.
type Desk struct {
	ID         string   `yaml:"id"`         // a-z, 0-9 and "-", at most 64; required
	Topics     []string `yaml:"topics"`     // "peace.ceasefire", or "peace" for the whole group
	Countries  []string `yaml:"countries"`  // of the event, ISO 3166-1 alpha-2 in lower case; "zz" for unknown
	Languages  []string `yaml:"languages"`  // BCP 47 primary subtags
	Publishers []string `yaml:"publishers"` // slugs
	Words      []string `yaml:"words"`      // whole words or phrases in headline, standfirst or body, in any case
	Confidence float64  `yaml:"confidence"` // least confidence of a topic that counts, 0 to 1
	Relevance  float64  `yaml:"relevance"`  // least relevance, 0 to 1
}

var slug = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$`)

// Validate reports all that is wrong with the desk, joined. known says
// whether a topic or group of that name exists.
func (d Desk) Validate(known func(topic string) bool) error {
	var errs []error
	if !slug.MatchString(d.ID) {
		errs = append(errs, fmt.Errorf("id: %q is not of a-z, 0-9 and - (at most 64)", d.ID))
	}
	for i, t := range d.Topics {
		if !known(strings.TrimPrefix(t, tagPrefix)) {
			errs = append(errs, fmt.Errorf("topics[%d]: there is no topic or group %q", i, t))
		}
	}
	for i, c := range d.Countries {
		if len(c) != 2 || strings.ToLower(c) != c {
			errs = append(errs, fmt.Errorf("countries[%d]: %q is not a two-letter code in lower case", i, c))
		}
	}
	for name, x := range map[string]float64{"confidence": d.Confidence, "relevance": d.Relevance} {
		if x < 0 || x > 1 {
			errs = append(errs, fmt.Errorf("%s: %v is not between 0 and 1", name, x))
		}
	}
	return errors.Join(errs...)
}

// takes reports whether rec answers the desk's query.
func (d Desk) takes(rec *record.Record) bool {
	c := &rec.Conflictwire
	return c.Relevance >= d.Relevance &&
		anyOf(d.Countries, c.Country) && anyOf(d.Languages, rec.Language) && anyOf(d.Publishers, c.Provenance.Publisher) &&
		d.takesTopic(c.Topics) && d.takesWords(rec)
}

func anyOf(want []string, got string) bool { return len(want) == 0 || slices.Contains(want, got) }

func (d Desk) takesTopic(topics []record.Topic) bool {
	if len(d.Topics) == 0 && d.Confidence == 0 {
		return true
	}
	return slices.ContainsFunc(topics, func(t record.Topic) bool {
		id := strings.TrimPrefix(t.ID, tagPrefix)
		return t.Confidence >= d.Confidence && (len(d.Topics) == 0 || slices.ContainsFunc(d.Topics, func(want string) bool {
			want = strings.TrimPrefix(want, tagPrefix)
			return id == want || strings.HasPrefix(id, want+".")
		}))
	})
}

func (d Desk) takesWords(rec *record.Record) bool {
	if len(d.Words) == 0 {
		return true
	}
	text := strings.ToLower(rec.Headline() + "\n" + rec.Standfirst() + "\n" + rec.Body("text/plain"))
	return slices.ContainsFunc(d.Words, func(w string) bool { return hasWord(text, strings.ToLower(w)) })
}

// hasWord reports whether word stands in text with no letter or digit on
// either side.
func hasWord(text, word string) bool {
	if word == "" {
		return false
	}
	for at := 0; ; {
		i := strings.Index(text[at:], word)
		if i < 0 {
			return false
		}
		before, after := []rune(text[max(0, at+i-4):at+i]), []rune(text[at+i+len(word):min(len(text), at+i+len(word)+4)])
		if (len(before) == 0 || !wordRune(before[len(before)-1])) && (len(after) == 0 || !wordRune(after[0])) {
			return true
		}
		at += i + len(word)
	}
}

func wordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) }
