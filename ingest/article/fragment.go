package article

// Fragment turns a piece of HTML, such as feeds carry, into paragraphs: all of
// its text, without asking what of it is an article. base is the address that
// links are relative to; it may be empty. What cannot be read, or is over the
// size of a page, gives none.
func Fragment(fragment, base string) []Paragraph {
	root, err := parse(Page{Body: []byte("<!DOCTYPE html><body>" + fragment), ContentType: "text/html; charset=utf-8"})
	if err != nil {
		return nil
	}
	x := newExtraction(Page{URL: base}, split(root))
	for i := range x.page.blocks {
		x.add(i)
	}
	return x.article.Body
}
