package article

import (
	"net/url"
	"strconv"
	"strings"
)

// linked is what a page's JSON-LD says about the article (schema.org/Article).
type linked struct {
	headline, description, body, section, language, publisher string
	published, modified                                       string
	authors                                                   []author
	keywords                                                  []string
	images                                                    []Image
	media                                                     []Media
	updates                                                   []object // the posts of a live blog
	gates                                                     []string // selectors of what only subscribers see
	closed                                                    bool     // isAccessibleForFree is false
	wordCount                                                 int
}

// An author is a name with what the page says that it is.
type author struct {
	name   string
	org    bool // a house, a desk or an agency
	agency bool // an agency that is named apart from the other authors
}

// graph is the JSON-LD of a page: articles in the order of appearance, and all
// objects by their @id.
type graph struct {
	articles []object
	others   []object // web pages and the like, which may know the title and dates
	byID     map[string]object
	nodes    int
}

// readGraph decodes the JSON-LD scripts of a page. What cannot be decoded is left out.
func readGraph(scripts []string) *graph {
	g := &graph{byID: map[string]object{}}
	for _, s := range scripts {
		for _, v := range decodeJSON(s) {
			g.walk(v, 0)
		}
	}
	return g
}

// walk collects the objects that describe the page: at the top, in a @graph, or
// as the main entity. Lists of other articles are not looked into.
func (g *graph) walk(v any, depth int) {
	if g.nodes++; depth > maxJSONDepth || g.nodes > maxJSONNodes {
		return
	}
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			g.walk(e, depth+1)
		}
	case object:
		if id := str(v["@id"]); id != "" && len(v) > 1 {
			if _, ok := g.byID[id]; !ok {
				g.byID[id] = v
			}
		}
		switch kind := typeOf(v); {
		case strings.Contains(kind, "Article") || strings.Contains(kind, "Posting") || strings.Contains(kind, "Report"):
			g.articles = append(g.articles, v)
		case kind != "":
			g.others = append(g.others, v)
		}
		for _, key := range []string{"@graph", "mainEntity", "mainEntityOfPage", "author", "publisher"} {
			switch v[key].(type) {
			case object, []any:
				g.walk(v[key], depth+1)
			}
		}
	}
}

// article returns the article that the page is about. If there are several, the
// one at the page's address or under one of its titles is taken, or else the first.
func (g *graph) article(address string, titles []string) linked {
	var best object
	most := -1
	for _, o := range g.articles {
		points := 0
		if sameAddress(g.address(o), address) {
			points += 2
		}
		name := fold(plain(str(o["headline"])))
		for _, t := range titles {
			if name != "" && (strings.HasPrefix(fold(t), name) || strings.HasPrefix(name, fold(t))) {
				points += 2
				break
			}
		}
		if str(o["datePublished"]) != "" {
			points++
		}
		if points > most {
			best, most = o, points
		}
	}
	l := linked{}
	if best != nil {
		l = g.read(best)
	}
	if best != nil && len(l.updates) == 0 {
		for _, o := range g.articles {
			if l.updates = g.updates(o); len(l.updates) > 0 {
				break
			}
		}
	}
	for _, o := range g.others {
		if k := typeOf(o); k == "VideoObject" && len(l.media) == 0 {
			l.media = g.recordings(o, "video")
		} else if k == "AudioObject" && len(l.media) == 0 {
			l.media = g.recordings(o, "audio")
		}
		if k := typeOf(o); k != "WebPage" && !strings.HasSuffix(k, "WebPage") {
			continue
		}
		w := g.read(o)
		if l.published == "" {
			l.published = w.published
		}
		if l.modified == "" {
			l.modified = w.modified
		}
		if l.language == "" {
			l.language = w.language
		}
		l.closed = l.closed || w.closed
		l.gates = append(l.gates, w.gates...)
	}
	return l
}

// address returns the URL that an article gives for itself.
func (g *graph) address(o object) string {
	for _, key := range []string{"mainEntityOfPage", "url", "@id"} {
		switch v := o[key].(type) {
		case string:
			return v
		case object:
			if id := str(v["@id"]); id != "" {
				return id
			}
		}
	}
	return ""
}

func sameAddress(a, b string) bool {
	x, err1 := url.Parse(a)
	y, err2 := url.Parse(b)
	return err1 == nil && err2 == nil && x.Path != "" && strings.Trim(x.Path, "/") == strings.Trim(y.Path, "/")
}

// read takes the fields of an article object.
func (g *graph) read(o object) linked {
	l := linked{
		headline:    plain(str(o["headline"])),
		description: plain(str(o["description"])),
		body:        str(o["articleBody"]),
		section:     plain(first(strs(o["articleSection"]))),
		language:    str(o["inLanguage"]),
		published:   str(o["datePublished"]),
		modified:    str(o["dateModified"]),
	}
	if l.published == "" {
		l.published = str(o["dateCreated"])
	}
	if lang, ok := o["inLanguage"].(object); ok {
		l.language = str(lang["alternateName"])
	}
	if p := g.people(o["publisher"]); len(p) > 0 {
		l.publisher = p[0].name
	}
	if l.authors = g.people(o["author"]); len(l.authors) == 0 {
		l.authors = g.people(o["creator"])
	}
	for _, k := range strs(o["keywords"]) {
		l.keywords = append(l.keywords, splitList(plain(k))...)
	}
	l.images = g.pictures(o["image"])
	l.media = append(g.recordings(o["video"], "video"), g.recordings(o["audio"], "audio")...)
	l.updates = g.updates(o)
	l.closed = notFree(o)
	l.gates = gatesOf(o)
	switch v := o["wordCount"].(type) {
	case float64:
		if 0 < v && v < 1e6 {
			l.wordCount = int(v)
		}
	case string:
		l.wordCount, _ = strconv.Atoi(v)
	}
	return l
}

// updates returns the posts of a live blog.
func (g *graph) updates(o object) []object {
	var out []object
	switch v := o["liveBlogUpdate"].(type) {
	case object:
		out = append(out, v)
	case []any:
		for _, e := range v {
			if u, ok := e.(object); ok && len(out) < maxPosts {
				if full, ok := g.byID[str(u["@id"])]; ok && u["articleBody"] == nil {
					u = full
				}
				out = append(out, u)
			}
		}
	}
	return out
}

// people reads a Person, an Organization, a name, or a list of these.
func (g *graph) people(v any) []author {
	const most = 30
	switch v := v.(type) {
	case string:
		return []author{{name: plain(v)}}
	case []any:
		var out []author
		for _, e := range v {
			if _, nested := e.([]any); !nested && len(out) < most {
				out = append(out, g.people(e)...)
			}
		}
		return out
	case object:
		if full, ok := g.byID[str(v["@id"])]; ok && v["name"] == nil {
			v = full
		}
		kind := typeOf(v)
		var out []author
		for _, n := range strs(v["name"]) {
			out = append(out, author{name: plain(n), org: strings.Contains(kind, "Organization") || kind == "Corporation"})
		}
		if len(out) == 0 {
			if n := strings.TrimSpace(str(v["givenName"]) + " " + str(v["familyName"])); n != "" {
				out = append(out, author{name: plain(n)})
			}
		}
		return out
	}
	return nil
}

// pictures reads an ImageObject, an address, or a list of these.
func (g *graph) pictures(v any) []Image {
	switch v := v.(type) {
	case string:
		return []Image{{URL: v}}
	case []any:
		var out []Image
		for _, e := range v[:min(len(v), 20)] {
			if _, nested := e.([]any); !nested {
				out = append(out, g.pictures(e)...)
			}
		}
		return out
	case object:
		if full, ok := g.byID[str(v["@id"])]; ok && v["url"] == nil {
			v = full
		}
		address := str(v["url"])
		if address == "" {
			address = str(v["contentUrl"])
		}
		return []Image{{
			URL: address, Width: pixels(v["width"]), Height: pixels(v["height"]),
			Caption: plain(str(v["caption"])), Credit: plain(str(v["creditText"])),
		}}
	}
	return nil
}
