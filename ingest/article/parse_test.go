package article

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime/metrics"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"
)

func TestExtractReadsCharsetsAndScripts(t *testing.T) {
	russian := []string{
		"Паромное сообщение между двумя городами возобновилось в понедельник, через три недели после обстрела причала на восточном берегу.",
		"Сотни людей ждали с рассвета, многие с сумками и детьми, и первый паром отошёл незадолго до восьми утра, сообщили власти.",
		"Оператор заявил, что будет выполнять четыре рейса в день, пока дорога на севере не будет разминирована.",
	}
	japanese1 := []string{
		"湖の両岸を結ぶ連絡船が月曜日、東岸の桟橋が砲撃で損傷してから三週間ぶりに運航を再開した。",
		"当局によると、夜明け前から数百人が列を作り、多くは荷物を抱えた家族連れだった。最初の船は午前八時前に出港した。",
		"運航会社は、北部の道路の地雷除去が終わるまで、一日四往復を続けるとしている。",
	}
	arabic := []string{
		"استؤنفت رحلات العبارة بين المدينتين يوم الاثنين بعد ثلاثة أسابيع من القصف الذي ألحق أضرارا بالمرسى على الشاطئ الشرقي.",
		"وقال مسؤولون إن مئات الأشخاص انتظروا منذ الفجر وكثير منهم يحملون الحقائب ومعهم أطفال، وغادر القارب الأول قبل الثامنة بقليل.",
		"وقالت الشركة المشغلة إنها ستسير أربع رحلات يوميا إلى أن تتم إزالة الألغام من الطريق في الشمال.",
	}
	for _, tt := range []struct {
		name, lang, title, header, meta string
		text                            []string
		encode                          func(string) (string, error)
	}{
		{name: "windows-1251 by header", lang: "ru", title: "Паром снова ходит", header: "text/html; charset=windows-1251", text: russian, encode: charmap.Windows1251.NewEncoder().String},
		{name: "windows-1251 by meta", lang: "ru", title: "Паром снова ходит", meta: `<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">`, text: russian, encode: charmap.Windows1251.NewEncoder().String},
		{name: "utf-8 under a wrong header", lang: "ru", title: "Паром снова ходит", header: "text/html; charset=iso-8859-1", text: russian},
		{name: "shift_jis", lang: "ja", title: "連絡船が運航を再開", meta: `<meta charset="Shift_JIS">`, text: japanese1, encode: japanese.ShiftJIS.NewEncoder().String},
		{name: "iso-2022-jp", lang: "ja", title: "連絡船が運航を再開", meta: `<meta charset="iso-2022-jp">`, text: japanese1, encode: japanese.ISO2022JP.NewEncoder().String},
		{name: "utf-16 with mark", lang: "ar", title: "عودة العبارة إلى البحيرة", text: arabic, encode: unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder().String},
		{name: "utf-16 without mark", lang: "ar", title: "عودة العبارة إلى البحيرة", text: arabic, encode: unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewEncoder().String},
		{name: "utf-8", lang: "ar", title: "عودة العبارة إلى البحيرة", header: "text/html", text: arabic},
	} {
		t.Run(tt.name, func(t *testing.T) {
			page := `<!doctype html><html lang="` + tt.lang + `"><head>` + tt.meta + `<title>` + tt.title + `</title></head><body><nav><a href="/">1</a> <a href="/2">2</a></nav><article><h1>` +
				tt.title + `</h1><div class="text"><p>` + strings.Join(tt.text, "</p>\n<p>") + `</p></div></article></body></html>`
			if tt.encode != nil {
				var err error
				if page, err = tt.encode(page); err != nil {
					t.Fatal(err)
				}
			}
			a, err := Extract(Page{URL: "https://harbour.example/1", ContentType: tt.header, Body: []byte(page)})
			if err != nil {
				t.Fatal(err)
			}
			if a.Title != tt.title || a.Language != tt.lang {
				t.Errorf("title %q, language %q", a.Title, a.Language)
			}
			if got := texts(a); !slices.Equal(got, tt.text) {
				t.Errorf("body = %q, want %q", got, tt.text)
			}
		})
	}
}

func TestExtractMendsBrokenUTF8(t *testing.T) {
	page := []byte(testPage("", testHeadline+testBody+"<p>Caf\xe9 owners \xff said, “we are glad that the boats are back – at last”, and opened early on Monday.</p>"))
	a, err := Extract(Page{URL: "https://harbour.example/1", ContentType: "text/html; charset=utf-8", Body: page})
	if err != nil {
		t.Fatal(err)
	}
	if want := "Caf\uFFFD owners \uFFFD said"; !strings.Contains(a.Text(), want) {
		t.Errorf("text lacks %q: %q", want, a.Text())
	}
}

// hostilePages are pages made to cost time, room or stack.
func hostilePages() map[string]string {
	around := func(s string) string { return testPage("", testHeadline+testBody+s) }
	var attributes, fonts, roots strings.Builder
	for i := range 1_000_000 {
		fmt.Fprintf(&attributes, " a%x", i)
		if i < 400 {
			fmt.Fprintf(&fonts, "<font color=%d>", i)
		}
		if i < 100_000 {
			fmt.Fprintf(&roots, "<html a%d=1>", i)
		}
	}
	return map[string]string{
		"deep":             around(strings.Repeat("<div>", 1_000_000)),
		"deep, fewer":      around(strings.Repeat("<div>", 100_000) + "<p>" + testOne),
		"deep in front":    strings.Repeat("<b><div>", 100_000) + testBody,
		"attributes":       around("<p" + attributes.String() + ">x</p>"),
		"giant text":       around("<p>" + strings.Repeat("word ", 300_000) + "</p>"),
		"giant word":       around("<p>" + strings.Repeat("x", 1_000_000) + "</p>"),
		"many blocks":      around(strings.Repeat("<p>x", 200_000)),
		"many links":       around(strings.Repeat("<a href=x>", 80_000)),
		"open formatting":  around("<p>" + fonts.String() + "</p>" + strings.Repeat("<p>x</p>", 100_000)),
		"repeated roots":   around(roots.String()),
		"many breaks":      around("<p>" + strings.Repeat("x<br>", 200_000)),
		"nested tables":    around(strings.Repeat("<table><tr><td>", 50_000)),
		"json depth":       testPage(`<script type="application/ld+json">`+strings.Repeat(`{"@graph":[`, 300_000)+`</script>`, testHeadline+testBody),
		"json breadth":     testPage(`<script type="application/ld+json">[`+strings.Repeat(`{"@type":"Article"},`, 40_000)+`]</script>`, testHeadline+testBody),
		"json brackets":    `<title>x</title><script>` + strings.Repeat("=[", 300_000) + `</script><p>`,
		"json in json":     `<title>x</title><script>x=[` + strings.Repeat(`"[[[[",`, 500_000) + `1]</script><p>`,
		"many metas":       testPage(strings.Repeat(`<meta name=author content="A B">`, 100_000), testHeadline+testBody),
		"many images":      around(strings.Repeat("<img src=x.jpg>", 60_000)),
		"many credits":     around("<p>" + strings.Repeat("photo: ", 500_000) + "</p>"),
		"ampersands":       around("<p>" + strings.Repeat("&amp;lt;", 500_000) + "</p>"),
		"open angle":       testPage(`<meta name=description content="`+strings.Repeat("<", 4_000_000)+`">`, testHeadline+testBody),
		"combining":        around("<p>e" + strings.Repeat("\u0301", 2_000_000) + "</p>"),
		"truncated":        testPage("", testHeadline+testBody)[:900],
		"truncated script": `<p>x</p><script>` + strings.Repeat("<!--<script>", 300_000),
	}
}

func TestExtractSurvivesHostilePages(t *testing.T) {
	for name, page := range hostilePages() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if len(page) > maxPage {
				t.Fatalf("page has %d bytes, more than are read", len(page))
			}
			start := time.Now()
			a, err := Extract(Page{URL: "https://harbour.example/1", Body: []byte(page)})
			// Far more than any of these takes; quadratic time takes minutes.
			if took := time.Since(start); took > 20*time.Second {
				t.Errorf("took %v", took)
			}
			if err != nil {
				return
			}
			if len(a.Text()) > 2*len(page) {
				t.Errorf("%d bytes of text out of %d", len(a.Text()), len(page))
			}
		})
	}
}

func FuzzExtract(f *testing.F) {
	f.Add("text/html", []byte(testPage("", testHeadline+testBody)))
	f.Add("text/html; charset=windows-1251", []byte("<p>\xcf\xf0\xe8\xe2\xe5\xf2</p>"))
	f.Add("", []byte("\xfe\xff\x00<\x00p\x00>"))
	f.Add("", []byte(`<script type="application/ld+json">{"@graph":[{"@type":["NewsArticle"],"author":{"name":["A B"]},"image":[{"url":"x"}],}]}</script><table><tr><td>1<td>2</table>`))
	f.Add("", []byte(`<script>self.__next_f.push([1,"1:T5,hello"])</script><figure><img srcset="a 1x, b 2x"><figcaption>x Jane Doe/AFP</figcaption></figure>`))
	f.Fuzz(func(t *testing.T, contentType string, body []byte) {
		p := Page{URL: "https://harbour.example/1", ContentType: contentType, Body: body}
		a, err := Extract(p)
		if a == nil {
			if err == nil {
				t.Fatal("neither article nor error")
			}
			return
		}
		if a.Quality < 0 || a.Quality > 1 {
			t.Errorf("quality %v", a.Quality)
		}
		for _, p := range a.Body {
			if p.Text == "" {
				t.Errorf("empty paragraph %+v", p)
			}
		}
		out := a.HTML()
		if again, err := html.Parse(strings.NewReader(out)); err != nil {
			t.Errorf("HTML %q: %v", out, err)
		} else if bad := disallowed(again); bad != "" {
			t.Errorf("HTML has %s: %q", bad, out)
		}
		if b, _ := Extract(p); b.Text() != a.Text() || b.HTML() != out {
			t.Error("a second call gives another article")
		}
	})
}

// disallowed names an element or attribute that must not be in an article's HTML.
func disallowed(root *html.Node) string {
	allowed := strings.Fields("html head body p h2 blockquote ul li table tbody tr td pre a b i em strong br sub sup")
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if !slices.Contains(allowed, n.Data) {
			return n.Data
		}
		for _, at := range n.Attr {
			if n.Data != "a" || at.Key != "href" || !strings.HasPrefix(at.Val, "http://") && !strings.HasPrefix(at.Val, "https://") {
				return n.Data + " " + at.Key + "=" + at.Val
			}
		}
	}
	return ""
}

// benchmarkPage is a page of the size and make that news sites have: mostly
// markup and scripts around some twenty paragraphs.
func benchmarkPage() []byte {
	var b strings.Builder
	b.WriteString(`<!doctype html><html lang="en"><head><title>Ferry service resumes on the lake | Harbour Daily</title>`)
	for i := range 40 {
		fmt.Fprintf(&b, `<meta property="x:%d" content="value %d"><link rel="preload" href="/static/chunk-%d.js" as="script">`, i, i, i)
	}
	b.WriteString(`<script>` + strings.Repeat(`window.queue=window.queue||[];queue.push({name:"module",deps:["a","b"]});`, 600) + `</script></head><body>`)
	card := `<div class="grid__item card card--teaser"><a class="card__link" href="/news/%d" data-track="teaser|%d"><picture><source srcset="/i/%d-400.webp 400w, /i/%d-800.webp 800w"><img class="card__image lazy" src="/i/%d.jpg" alt="A view of the town" width="400" height="225"></picture><span class="card__kicker">Region</span><h3 class="card__title">Town council votes on the new water rules</h3></a><time datetime="2026-05-04T09:30:00Z">4 May</time></div>`
	for i := range 60 {
		fmt.Fprintf(&b, card, i, i, i, i, i)
	}
	b.WriteString(`<main><article>` + testHeadline + `<div class="article__body">`)
	for range 6 {
		b.WriteString(strings.ReplaceAll(testBody, "officials", `<a href="/tag/officials" class="inline-link">officials</a>`))
		b.WriteString(`<div class="ad-slot ad-slot--inline" data-slot="mid"><span class="ad-label">Advertisement</span></div>`)
	}
	b.WriteString(`</div></article></main>`)
	for i := range 120 {
		fmt.Fprintf(&b, card, i, i, i, i, i)
	}
	b.WriteString(`</body></html>`)
	return []byte(b.String())
}

// BenchmarkExtract sets the whole of Extract beside html.Parse alone, which is
// the floor for any extractor on this parser: on a page of our own making, and
// on real ones where they are at hand. Both run in turn over the same pages, so
// that the ratios hold on a busy machine.
func BenchmarkExtract(b *testing.B) {
	pages := map[string][][]byte{"own": {benchmarkPage()}}
	for _, set := range sets {
		pages[set] = sharedPages(b, set)
	}
	for _, set := range slices.Sorted(maps.Keys(pages)) {
		b.Run(set, func(b *testing.B) {
			if len(pages[set]) == 0 {
				b.Skip("the pages are not there; set CONFLICTWIRE_SHARED")
			}
			var parsing, extracting cost
			for b.Loop() {
				for _, page := range pages[set] {
					parsing.of(func() {
						if _, err := html.Parse(bytes.NewReader(page)); err != nil {
							b.Fatal(err)
						}
					})
					extracting.of(func() {
						if a, err := Extract(Page{URL: "https://harbour.example/1", Body: page}); a == nil {
							b.Fatal(err)
						}
					})
				}
			}
			n := float64(b.N * len(pages[set]))
			b.ReportMetric(n/extracting.time.Seconds(), "pages/s")
			b.ReportMetric(float64(extracting.time)/float64(parsing.time), "×parse-time")
			b.ReportMetric(float64(extracting.bytes)/float64(parsing.bytes), "×parse-bytes")
			b.ReportMetric(float64(extracting.bytes)/n, "B/page")
		})
	}
}

// cost is the time and the memory that work took.
type cost struct {
	time  time.Duration
	bytes uint64
}

func (c *cost) of(work func()) {
	before := allocated()
	start := time.Now()
	work()
	c.time += time.Since(start)
	c.bytes += allocated() - before
}

// allocated returns the bytes allocated so far.
func allocated() uint64 {
	s := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}

// sharedPages reads the HTML of a set of real pages; none if they are not there.
func sharedPages(b *testing.B, set string) [][]byte {
	root := os.Getenv("CONFLICTWIRE_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared")
	}
	names, err := filepath.Glob(filepath.Join(root, "data", "articles", set, "html", "*.gz"))
	if err != nil {
		b.Fatal(err)
	}
	var out [][]byte
	for _, name := range names {
		page, err := unzip(name)
		if err != nil {
			b.Fatal(err)
		}
		out = append(out, page)
	}
	return out
}
