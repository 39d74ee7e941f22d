package rights

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
)

const (
	maxDepth  = 32      // elements inside each other
	maxWords  = 4 << 10 // bytes of the text of a permits or prohibits
	aiClasses = classTrain | classInput | classIndex
	allUse    = aiClasses | classSearch
)

// class is a set of the uses that RSL tells apart.
type class uint8

const (
	classTrain class = 1 << iota
	classInput
	classIndex
	classSearch
)

var classNames = [...]string{"ai-train", "ai-input", "ai-index", "search"}

var classWords = map[string]class{
	"all": allUse, "ai-all": aiClasses,
	"ai-train": classTrain, "ai-input": classInput, "ai-index": classIndex, "search": classSearch,
	"train-ai": classTrain, "ai-include": classInput | classIndex, "ai-use": classInput, // of its drafts
}

// parseRSL reads an RSL document. Each content that has a license becomes a
// rule, the longest first, those of one pattern put together; its text lists
// what is reserved.
//
// A use is granted if some license grants it without payment, or for
// attribution, which records give, and no license prohibits it. A license
// that lists what it permits grants nothing else; one that is only for some
// users or countries, or has to be fetched from a license server, grants
// nothing, for nobody here can say whether it fits. Every use by AI that is
// not granted reserves AI, and when no use is granted at all, mining too.
//
// What stands before a fault counts, if the content is whole. A document type
// is a fault, so there are no entities but XML's own.
func parseRSL(body []byte) []rule {
	dec := xml.NewDecoder(bytes.NewReader(body))
	dec.CharsetReader = asciiOnly
	byPattern := map[pattern]*verdict{}
	var order []pattern
	var content *verdict
	var contentAt pattern
	var license *terms
	var words strings.Builder // the text of the element that is being read
	depth := 0
	for {
		token, err := dec.RawToken()
		if err != nil {
			break
		}
		switch t := token.(type) {
		case xml.Directive:
			return nil
		case xml.StartElement:
			if depth++; depth > maxDepth || depth == 1 && t.Name.Local != "rsl" {
				return finishRSL(byPattern, order)
			}
			words.Reset()
			switch t.Name.Local {
			case "content":
				p, ok := parsePattern(attribute(t, "url"))
				if content, license = nil, nil; ok && len(order) < maxRules {
					content, contentAt = &verdict{server: attribute(t, "server") != ""}, p
				}
			case "license":
				license = nil
				if content != nil {
					license = &terms{}
				}
			case "permits", "prohibits":
				if license != nil {
					license.kind = strings.ToLower(attribute(t, "type"))
				}
			case "payment":
				if license != nil {
					license.pay(attribute(t, "type"))
				}
			}
		case xml.CharData:
			if words.Len() < maxWords {
				words.Write(t[:min(len(t), maxWords-words.Len())])
			}
		case xml.EndElement:
			if depth--; depth < 0 {
				return finishRSL(byPattern, order)
			}
			switch t.Name.Local {
			case "permits":
				if license != nil {
					license.permit(words.String())
				}
			case "prohibits":
				if license != nil {
					license.prohibit(words.String())
				}
			case "license":
				if content != nil && license != nil {
					content.take(*license)
				}
				license = nil
			case "content":
				if content != nil && content.licensed {
					if have := byPattern[contentAt]; have != nil {
						have.reserved |= content.classes()
						have.unwanted = have.unwanted || content.unwanted
					} else {
						content.reserved = content.classes()
						byPattern[contentAt] = content
						order = append(order, contentAt)
					}
				}
				content, license = nil, nil
			}
			words.Reset()
		}
	}
	return finishRSL(byPattern, order)
}

// A verdict is what the licenses of one content come to.
type verdict struct {
	server     bool // licenses are to be had from a server only
	licensed   bool
	granted    class
	prohibited class
	reserved   class
	unwanted   bool // search is prohibited in so many words
}

// take adds one license to v.
func (v *verdict) take(t terms) {
	v.licensed = true
	v.prohibited |= t.prohibits
	v.unwanted = v.unwanted || t.prohibits&classSearch != 0
	if t.paid && !t.free || t.narrow || v.server {
		return
	}
	if t.listed {
		v.granted |= t.permits
	} else {
		v.granted |= allUse
	}
}

// classes returns what is reserved.
func (v *verdict) classes() class { return allUse &^ (v.granted &^ v.prohibited) }

// terms are what one license says.
type terms struct {
	kind               string // the type of the permits or prohibits that is being read
	listed             bool   // some uses are permitted by name
	permits, prohibits class
	paid, free         bool
	narrow             bool // for some users or countries only
}

func (t *terms) permit(words string) {
	if t.kind == "usage" || t.kind == "" {
		t.listed = true
		t.permits |= classesIn(words)
		return
	}
	t.narrow = true
}

func (t *terms) prohibit(words string) {
	if t.kind == "usage" || t.kind == "" {
		t.prohibits |= classesIn(words)
		return
	}
	t.narrow = true
}

func (t *terms) pay(kind string) {
	switch strings.ToLower(strings.TrimSpace(kind)) {
	case "", "free", "attribution":
		t.free = true
	default:
		t.paid = true
	}
}

func classesIn(words string) (c class) {
	for word := range strings.FieldsFuncSeq(strings.ToLower(words), func(r rune) bool { return r <= ' ' || r == ',' || r == ';' }) {
		c |= classWords[word]
	}
	return c
}

func finishRSL(verdicts map[pattern]*verdict, order []pattern) []rule {
	var rules []rule
	for _, p := range order {
		v := verdicts[p]
		r := rule{pattern: p, text: "reserves nothing"}
		var names []string
		for i, name := range classNames {
			if v.reserved&(1<<i) != 0 {
				names = append(names, name)
			}
		}
		if len(names) > 0 {
			r.text = "reserves " + strings.Join(names, ", ")
		}
		r.text = clean(r.text + " for " + cmp.Or(p.host+p.path, "all pages"))
		if v.reserved&aiClasses != 0 {
			r.reserved |= ai
		}
		if v.reserved == allUse {
			r.reserved |= mining
		}
		if v.unwanted {
			r.reserved |= indexing
		}
		rules = append(rules, r)
	}
	slices.SortStableFunc(rules, func(a, b rule) int {
		return cmp.Or(cmp.Compare(len(b.pattern.path), len(a.pattern.path)), cmp.Compare(len(b.pattern.host), len(a.pattern.host)))
	})
	return rules
}

func attribute(t xml.StartElement, name string) string {
	for _, a := range t.Attr {
		if a.Name.Space == "" && a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// asciiOnly reads any encoding that has ASCII in it, which is all that the
// words of RSL are made of.
func asciiOnly(label string, r io.Reader) (io.Reader, error) {
	if label = strings.ToLower(label); strings.HasPrefix(label, "utf-16") || strings.HasPrefix(label, "utf-32") || strings.HasPrefix(label, "ucs") {
		return nil, errors.New("not an encoding with ASCII in it")
	}
	return asciiReader{r}, nil
}

type asciiReader struct{ io.Reader }

func (r asciiReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	for i, c := range p[:n] {
		if c >= 0x80 {
			p[i] = '?'
		}
	}
	return n, err
}
