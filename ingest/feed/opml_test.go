package feed

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

func TestReadOPMLTakesWhatReadersExport(t *testing.T) {
	const one = "https://a.example/1"
	tests := []struct {
		name, in string
		want     []Outline
	}{
		{"empty", `<opml/>`, nil},
		{"OPML 2.0", `<?xml version="1.0"?><opml version="2.0"><head><title>Mine</title></head><body>
			<outline text="News"><outline text="World" title="The World"><outline type="rss" text="A &amp; B" title="A" xmlUrl="https://a.example/1?x=1&amp;y" htmlUrl="https://a.example/" language="en"/></outline>
			<outline type="rss" text=" C
			d " xmlUrl="https://a.example/2"></outline></outline><outline text="e" xmlUrl="https://a.example/3"/></body></opml>`,
			[]Outline{
				{"https://a.example/1?x=1&y", "A", "https://a.example/", "en", []string{"News", "World"}},
				{"https://a.example/2", "C d", "", "", []string{"News"}}, {URL: "https://a.example/3", Title: "e"},
			}},
		{"no declaration, ampersands", `<opml><outline text="R & D"><outline text=Q&A xmlUrl="https://a.example/?a=1&copy=2&b"/></outline>`,
			[]Outline{{URL: "https://a.example/?a=1&copy=2&b", Title: "Q&A", Groups: []string{"R & D"}}}},
		{"attributes in other case", `<OPML><OUTLINE TEXT="a" XMLURL="` + one + `" HTMLurl='http://a.example'/></OPML>`, []Outline{{URL: one, Title: "a", Site: "http://a.example"}}},
		{"wrong encoding", "<?xml version='1.0' encoding='utf-8'?><opml><outline text='caf\xe9' xmlUrl='" + one + "'/>", []Outline{{URL: one, Title: "café"}}},
		{"declared encoding", "<?xml version='1.0' encoding='windows-1251'?><opml><outline text='\xcf\xf0\xe8' xmlUrl='" + one + "'/>", []Outline{{URL: one, Title: "При"}}},
		{"url of OPML 1.0", `<opml><outline type="rss" url="` + one + `"/><outline type="link" url="https://a.example/page"/></opml>`, []Outline{{URL: one}}},
		{"schemes of readers", `<opml><outline xmlUrl="feed://a.example/1"/><outline xmlUrl="feed:` + one + `"/><outline xmlUrl="file:///etc/passwd"/><outline xmlUrl="javascript:x"/></opml>`, []Outline{{URL: "http://a.example/1"}, {URL: one}}},
		{"text is the address", `<opml><outline text="` + one + `" xmlUrl="` + one + `"/></opml>`, []Outline{{URL: one}}},
		{"folders without name", `<opml><outline><outline text="x"><outline xmlUrl="` + one + `"/></outline></outline></opml>`, []Outline{{URL: one, Groups: []string{"x"}}}},
		{"subscription with outlines inside", `<opml><outline text="x" xmlUrl="` + one + `"><outline text="y" xmlUrl="https://a.example/2"/></outline></opml>`, []Outline{{URL: one, Title: "x"}, {URL: "https://a.example/2", Title: "y"}}},
		{"stray end tags", `<opml></outline></b><outline text="x"></b><outline xmlUrl="` + one + `"/></opml>`, []Outline{{URL: one, Groups: []string{"x"}}}},
		{"cut short", `<opml><outline text="x"><outline xmlUrl="` + one + `"/><outline xmlUrl="https://a.example/2`, []Outline{{URL: one, Groups: []string{"x"}}}},
		{"in comments", `<opml><!-- <outline xmlUrl="https://a.example/2"/> --><outline xmlUrl="` + one + `"/></opml>`, []Outline{{URL: one}}},
	}
	for _, tt := range tests {
		got, err := ReadOPML(iotest.HalfReader(strings.NewReader(tt.in)))
		if err != nil || !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: got %+v, %v\nwant %+v", tt.name, got, err, tt.want)
		}
	}
}

func TestReadOPMLHasLimits(t *testing.T) {
	nested := func(n int) string {
		return "<opml>" + strings.Repeat(`<outline text="a">`, n) + `<outline xmlUrl="https://a.example/"/>`
	}
	if list, err := ReadOPML(strings.NewReader(nested(maxOutlineDepth))); err != nil || len(list) != 1 || len(list[0].Groups) != maxOutlineDepth {
		t.Errorf("at the limit of depth: %+v, %v", list, err)
	}
	for name, tt := range map[string]struct {
		doc string
		err error
	}{
		"nothing": {"", errNoOPML}, "a feed": {"<rss><outline/></rss>", errNoOPML},
		"depth": {nested(maxOutlineDepth + 1), errOutlineDepth},
		"count": {"<opml>" + strings.Repeat("<outline/>", maxOutlines+1), errOutlines},
		"size":  {"<opml>" + strings.Repeat(" ", maxOPML), errOPMLSize},
	} {
		if _, err := ReadOPML(strings.NewReader(tt.doc)); !errors.Is(err, tt.err) {
			t.Errorf("%s: error %v, want %v", name, err, tt.err)
		}
	}
	broken := errors.New("broken")
	if _, err := ReadOPML(iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Errorf("error %v, want %v", err, broken)
	}
	long := `<opml><outline text="` + strings.Repeat("x", 9000) + `" xmlUrl="https://a.example/"/><outline xmlUrl="https://a.example/` + strings.Repeat("x", maxOutlineText) + `"/></opml>`
	if list, err := ReadOPML(strings.NewReader(long)); err != nil || len(list) != 1 || len(list[0].Title) != maxOutlineText {
		t.Errorf("long attributes: %d read, %v", len(list), err)
	}
}

func TestWriteOPMLIsReadBack(t *testing.T) {
	at := time.Date(2026, 11, 17, 9, 12, 44, 0, time.FixedZone("", 3600))
	list := []Outline{
		{URL: "https://a.example/1?x=1&y=\"2\"", Title: `Talks & <tides> "now" 'é' 中`, Site: "https://a.example/?a&b", Language: "en-GB"},
		{URL: "https://a.example/2", Groups: []string{"News & views", "World"}},
		{URL: "https://a.example/3", Title: "c", Groups: []string{"News & views"}},
		{URL: "https://a.example/4", Title: "d", Groups: []string{"World"}},
		{URL: "https://a.example/5", Title: "e", Groups: []string{"News & views", "World"}},
	}
	// The folders hold their own subscriptions before those of folders inside.
	want := []Outline{list[0], list[2], list[1], list[4], list[3]}
	var b bytes.Buffer
	if err := WriteOPML(&b, "Mine & yours", at, list); err != nil {
		t.Fatal(err)
	}
	got, err := ReadOPML(bytes.NewReader(b.Bytes()))
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v\nwant %+v", got, err, want)
	}
	for _, part := range []string{`<opml version="2.0">`, "<title>Mine &amp; yours</title>", "<dateCreated>Tue, 17 Nov 2026 08:12:44 GMT</dateCreated>", `text="https://a.example/2" xmlUrl`} {
		if !strings.Contains(b.String(), part) {
			t.Errorf("no %s in\n%s", part, b.String())
		}
	}
	if n := strings.Count(b.String(), `<outline text="World"`); n != 2 {
		t.Errorf("%d folders called World, want 2 in\n%s", n, b.String())
	}
}

func TestWriteOPMLRefusesWhatCannotBeRead(t *testing.T) {
	var b bytes.Buffer
	for _, url := range []string{"", "/feed", "file:///etc/passwd", "https://", "https://a.example/ x\ny", "https://a.example/\x00", "https://a.example/" + strings.Repeat("x", maxOutlineText)} {
		if err := WriteOPML(&b, "", time.Time{}, []Outline{{URL: url}}); err == nil {
			t.Errorf("%.40q was written", url)
		}
	}
	if err := WriteOPML(&b, "", time.Time{}, []Outline{{URL: "https://a.example/", Groups: strings.Split(strings.Repeat("x,", maxOutlineDepth)+"x", ",")}}); !errors.Is(err, errOutlineDepth) {
		t.Errorf("error %v, want %v", err, errOutlineDepth)
	}
	if b.Len() > 0 {
		t.Errorf("%d bytes were written", b.Len())
	}
}

// FuzzOPML checks that any bytes give a list within bounds, and that such a
// list is written as XML and read back the same.
func FuzzOPML(f *testing.F) {
	f.Add([]byte(`<opml><body><outline text="a & b"><outline title="c" xmlUrl="https://a.example/?x&y" htmlUrl="http://a.example"/></outline><outline type=rss url=feed://b.example/>`))
	f.Add([]byte("\xff\xfe<\x00o\x00p\x00m\x00l\x00>\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		list, err := ReadOPML(bytes.NewReader(data))
		if err != nil {
			return
		}
		var one, two bytes.Buffer
		if err := WriteOPML(&one, string(data), time.Time{}, list); err != nil {
			t.Fatalf("%+v is not written: %v", list, err)
		}
		if err := xml.Unmarshal(one.Bytes(), new(struct{})); err != nil {
			t.Fatalf("not XML: %v\n%s", err, one.Bytes())
		}
		again, err := ReadOPML(bytes.NewReader(one.Bytes()))
		if err != nil || len(again) != len(list) {
			t.Fatalf("%d of %d read back, %v", len(again), len(list), err)
		}
		if err := WriteOPML(&two, string(data), time.Time{}, again); err != nil || one.String() != two.String() {
			t.Errorf("written again: %v\n%s\n%s", err, one.Bytes(), two.Bytes())
		}
		count := func(list []Outline) map[string]int {
			n := make(map[string]int)
			for _, o := range list {
				n[fmt.Sprintf("%q", o)]++
			}
			return n
		}
		if !reflect.DeepEqual(count(list), count(again)) {
			t.Errorf("wrote %q\nread %q", list, again)
		}
	})
}
