package feed

import (
	"encoding/xml"
	"io"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzParse checks what Parse promises for any bytes: no panic, bounds, the
// same result twice; and what the guard rests on: a document without faults is
// one that encoding/xml splits into as many levels as the guard counted, and
// mending makes such a document.
func FuzzParse(f *testing.F) {
	for _, name := range healthy {
		f.Add(read(f, name), "")
	}
	for _, s := range []string{
		`<rss><channel><item><title>a & b</titel><link>x<guid>y</item><item>`,
		`<feed><entry><id>1<entry><title>&nbsp;<br></entry></feed>`,
		`<!DOCTYPE rss [<!ENTITY a "b<c>">]><rss a=b c='d" e><x:y xmlns:x='&a;'/></rss>`,
		`<feed><entry><content type="xhtml"><h:div xmlns:h="http://www.w3.org/1999/xhtml"><h:p><h:1/></h:p></h:div></content></entry></feed>`,
		`<rss><!-- -- --><![CDATA[ ]]> ]]><?xml ?><?a?></rss><item>`,
		`{"version":"1","items":[{"id":1,"tags":"a,b"},{"id":"x","authors":"me"`,
		"\xff\xfe<\x00r\x00s\x00s\x00>\x00", "<rss>\xe9\xc3\x28\x01&#1;</rss>",
	} {
		f.Add([]byte(s), "text/xml; charset=windows-1251")
	}
	f.Fuzz(func(t *testing.T, data []byte, contentType string) {
		opts := Options{URL: "https://a.example/f", ContentType: contentType, MaxEntries: 5}
		one, err := Parse(data, opts)
		two, err2 := Parse(data, opts)
		if !reflect.DeepEqual(one, two) || (err == nil) != (err2 == nil) {
			t.Fatalf("two results: %+v, %v and %+v, %v", one, err, two, err2)
		}
		if err != nil && strings.Contains(err.Error(), "panicked") {
			t.Fatal(err)
		}
		if one != nil && len(one.Entries) > 5 {
			t.Errorf("%d entries", len(one.Entries))
		}
		checkGuard(t, data, contentType)
	})
}

// checkGuard compares the guard and the mender with encoding/xml.
func checkGuard(t *testing.T, data []byte, contentType string) {
	doc, _, err := decode(data, contentType)
	if err != nil {
		return
	}
	if !utf8.Valid(doc) {
		t.Fatalf("decoded to invalid UTF-8: %q", doc)
	}
	if s, fault, err := scan(doc, nil, 5); err == nil && fault == faultNone {
		wellFormed(t, "guarded", s.edited())
	}
	mended, _, err := mend(doc)
	if err != nil {
		return
	}
	wellFormed(t, "mended", mended)
	if _, fault, err := scan(mended, nil, 5); fault != faultNone {
		t.Errorf("mended %q has %s, %v", mended, faultNames[fault], err)
	}
}

func wellFormed(t *testing.T, what string, doc []byte) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(string(doc)))
	for depth := 0; ; {
		tok, err := d.Token()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatalf("%s document is not well-formed: %v\n%q", what, err, doc)
		}
		switch tok.(type) {
		case xml.StartElement:
			if depth++; depth > maxDepth {
				t.Fatalf("%s document is %d levels deep", what, depth)
			}
		case xml.EndElement:
			depth--
		}
	}
}
