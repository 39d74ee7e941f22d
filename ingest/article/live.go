package article

import (
	"html"
	"slices"
	"time"
)

// A Post is one entry of a live blog.
type Post struct {
	Time  time.Time   // zero when the page does not say
	Title string      // plain text; may be empty
	Body  []Paragraph // never empty
}

// Bounds on live blogs.
const (
	maxPosts    = 500
	maxPostSize = 64 << 10 // bytes of one post
	leastPosts  = 3        // that make a live blog
)

// follow takes a live blog apart into its posts, the newest first: those that
// JSON-LD lists, or else those that the body is seen to consist of. If the page
// shows no text, the posts are the body.
func (x *extraction) follow() {
	a := x.article
	if posts := x.linkedPosts(); len(posts) > 0 {
		a.Posts, a.Sources["posts"] = posts, "json-ld"
	} else if posts := x.shownPosts(); len(posts) >= leastPosts {
		a.Posts, a.Sources["posts"] = posts, "html"
	}
	if !slices.ContainsFunc(a.Posts, func(p Post) bool { return p.Time.IsZero() }) {
		slices.SortStableFunc(a.Posts, func(p, q Post) int { return q.Time.Compare(p.Time) })
	}
	if len(a.Body) == 0 && len(a.Posts) > 0 {
		x.writePosts()
	}
}

// linkedPosts reads the updates of a LiveBlogPosting.
func (x *extraction) linkedPosts() []Post {
	var out []Post
	for _, o := range x.linked.updates[:min(len(x.linked.updates), maxPosts)] {
		text := str(o["articleBody"])
		if text == "" {
			text = str(o["text"])
		}
		if text == "" {
			text = str(o["description"])
		}
		p := Post{Title: plain(str(o["headline"]))}
		if p.Title == "" {
			p.Title = plain(str(o["name"]))
		}
		for _, key := range []string{"datePublished", "dateCreated", "dateModified"} {
			if t, ok := parseTime(str(o[key])); ok {
				p.Time = t
				break
			}
		}
		if len(text) <= maxPostSize {
			p.Body = x.paragraphs(text, p.Title)
		}
		if len(p.Body) == 0 && p.Title != "" {
			p.Body, p.Title = x.paragraphs(p.Title, ""), ""
		}
		if len(p.Body) > 0 {
			out = append(out, p)
		}
	}
	return out
}

// writePosts makes the body of the posts.
func (x *extraction) writePosts() {
	a := x.article
	for _, p := range a.Posts {
		if p.Title != "" {
			a.Body = append(a.Body, Paragraph{Heading, p.Title, html.EscapeString(p.Title)})
		}
		a.Body = append(a.Body, p.Body...)
	}
	a.Method, a.Sources["body"] = "json-ld", "json-ld"
}

// shownPosts finds the posts in the page: elements side by side, each with a
// time and text of the body, which together hold most of it.
func (x *extraction) shownPosts() []Post {
	p := x.page
	if len(p.times) < leastPosts || len(x.article.Body) < leastPosts {
		return nil
	}
	body := make(map[string]bool, len(x.article.Body))
	for _, t := range x.article.Body {
		body[t.Text] = true
	}
	in := make([]bool, len(p.blocks))
	total := int32(0)
	for i := range p.blocks {
		if b := &p.blocks[i]; body[clean(b.text)] {
			in[i] = true
			total += b.tokens
		}
	}
	list, stamps := x.postList(in, total)
	var out []Post
	for _, el := range list[:min(len(list), maxPosts)] {
		if post := x.shownPost(el, in); len(post.Body) > 0 {
			post.Time = stamps[el]
			out = append(out, post)
		}
	}
	return out
}

// postList returns the elements that are posts, in the order of the page, with
// the first time that stands in each.
func (x *extraction) postList(in []bool, total int32) ([]int32, map[int32]time.Time) {
	p := x.page
	const levels = 8 // from a time up to its post
	children := map[int32][]int32{}
	first := map[int32]time.Time{}
	for _, s := range p.times {
		t, ok := parseTime(s.value)
		if !ok {
			continue
		}
		for el, n := s.el, 0; el >= 0 && n < levels; el, n = p.elements[el].parent, n+1 {
			if _, known := first[el]; known {
				break // and so are those around it
			}
			first[el] = t
			if up := p.elements[el].parent; up >= 0 {
				children[up] = append(children[up], el)
			}
		}
	}
	var best []int32
	most := total / 2
	for up, list := range children {
		if len(list) < leastPosts || p.elements[up].apart&(wComment|wRelated) != 0 {
			continue
		}
		kept, mass := x.alike(list, in)
		if len(kept) >= leastPosts && (mass > most || mass == most && len(kept) > len(best)) {
			best, most = kept, mass
		}
	}
	slices.Sort(best)
	return best, first
}

// alike returns the elements that hold text of the body and are built like
// most of the others, and the words of that text.
func (x *extraction) alike(list []int32, in []bool) (kept []int32, mass int32) {
	p := x.page
	count := map[uint64]int{}
	usual := uint64(0)
	for _, el := range list {
		path := p.elements[el].path
		if count[path]++; count[path] > count[usual] {
			usual = path
		}
	}
	for _, el := range list {
		e := &p.elements[el]
		words := int32(0)
		for i := e.first; i < e.last; i++ {
			if in[i] {
				words += p.blocks[i].tokens
			}
		}
		if words > 0 && e.path == usual {
			kept = append(kept, el)
			mass += words
		}
	}
	return kept, mass
}

// shownPost makes a post of an element.
func (x *extraction) shownPost(el int32, in []bool) Post {
	const label = 8 // words that may stand above a post's heading
	var post Post
	e := &x.page.elements[el]
	before := int32(0)
	for i := int(e.first); i < int(e.last); i++ {
		b := &x.page.blocks[i]
		text := clean(b.text)
		switch {
		case text == "" || b.el < 0:
		case post.Title == "" && before <= label && x.page.elements[b.el].tags&tHeading != 0 && text != x.article.Title:
			post.Title, post.Body = text, nil // what came before was the time
		case in[i]:
			before += b.tokens
			post.Body = append(post.Body, Paragraph{x.kind(i), text, x.inlineHTML(i)})
		}
	}
	return post
}
