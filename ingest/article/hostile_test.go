package article

import (
	"strings"
	"testing"
	"time"
)

// TestExtractBoundsWhatDataCosts has pages whose scripts, not whose elements,
// are made to cost much.
func TestExtractBoundsWhatDataCosts(t *testing.T) {
	const large = 2 << 20 // bytes
	fill := func(s string) string { return strings.Repeat(s, large/len(s)) }
	script := func(s string) string { return `<html><title>x</title><body><script>` + s + `</script></body></html>` }
	linked := func(s string) string {
		return `<html><title>x</title><script type="application/ld+json">` + s + `</script><body><p>` + testOne + `</p></body></html>`
	}
	for name, page := range map[string]string{
		"quotes":              script(fill(`'`) + `"`),
		"escaped quotes":      script(`'` + fill(`\'`)),
		"quotes by line":      script(fill("'\n")),
		"starts":              script(fill(`=[`)),
		"data in data":        script(`x="` + fill(`{\"a\":`)),
		"list of itself":      script(`[{"a":1},[` + fill(`0,1,`) + `0]]`),
		"keys":                script(fill(`text:"a",`)),
		"tagged lines":        linked(`{"@type":"LiveBlogPosting","liveBlogUpdate":[{"articleBody":"` + strings.Repeat(`<b>x\n`, maxPostSize/6-10) + `"}]}`),
		"body of lines":       script(`x={"body":"` + fill(`A word. <b>Another word</b> here.\n`) + `"}`),
		"posts":               linked(`{"@type":"LiveBlogPosting","liveBlogUpdate":[` + fill(`{"articleBody":"<p>a"},`) + `{}]}`),
		"gates":               linked(`{"@type":"Article","isAccessibleForFree":false,"hasPart":[`+fill(`{"isAccessibleForFree":false,"cssSelector":":has(:has(*))"},`)+`{}]}`) + fill(`<div>`),
		"times in each other": `<html><title>x</title><body><h1>x</h1>` + strings.Repeat(`<div><time datetime="2026-05-04">a</time><p>`+testOne+`</p>`, 400),
		"dates":               `<html><title>Ferry</title><body><h1>Ferry</h1><p>` + fill("1.2.") + `</p>`,
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			Extract(Page{URL: "https://harbour.example/", Body: []byte(page)})
			const most = 10 * time.Second // on a slow machine with the race detector; a few tenths otherwise
			if d := time.Since(start); d > most {
				t.Errorf("took %v", d)
			}
		})
	}
}
