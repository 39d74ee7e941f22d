package place

import "strings"

// How far a dateline reaches.
const (
	maxDateline      = 110 // bytes
	maxDatelineWords = 12
)

// markDateline finds out whether p begins with a dateline, such as "JAMMU,
// India -", "KHARTOUM (Reuters) —", "Москва, 5 мая." or "【カイロ=共同】", and
// marks the hits in it.
func markDateline(p *page, hits []hit) {
	if len(hits) == 0 || len(p.words) == 0 {
		return
	}
	end := datelineEnd(p)
	if end == 0 {
		return
	}
	if int(p.words[hits[0].first].start) > end/2 && p.words[0].script != ideographs {
		return
	}
	for i := range hits {
		if int(p.words[hits[i].end-1].end) > end {
			break
		}
		// "PORT SUDAN (Meridian) -" names an agency that is called as a town
		// elsewhere; "LIMA (Perú) -" names the country.
		if hits[i].place != hits[0].place && inBrackets(p.text[:p.words[hits[i].first].start]) {
			hits[i].refused = true
			continue
		}
		hits[i].dateline = true
	}
}

// inBrackets reports whether a bracket is open at the end of text.
func inBrackets(text string) bool {
	return strings.LastIndexAny(text, "(（[") > strings.LastIndexAny(text, ")）]")
}

// datelineEnd returns the byte of p's text at which its dateline ends, or 0
// if it has none.
func datelineEnd(p *page) int {
	head := p.text[:min(len(p.text), maxDateline)]
	end := len(head) + 1
	for _, mark := range datelineMarks {
		if i := strings.Index(head, mark); i > 0 && i < end {
			end = i
		}
	}
	if first := firstSentence(p); first > 0 && first < end && onlyNames(p, first) {
		return first
	}
	if end > len(head) || !onlyNames(p, end) {
		return 0
	}
	return end
}

// datelineMarks stand between a dateline and the text.
var datelineMarks = []string{
	" - ", " – ", " — ", " -- ", "— ", "– ", ".- ", ".– ", ".— ", "】", "電 ", "电 ", "電)", "电)", "電）", "电）", "：", " / ",
}

// firstSentence returns the byte at which the first sentence of p ends, or 0
// if it is longer than a dateline.
func firstSentence(p *page) int {
	for i := range p.words[:min(len(p.words), maxDatelineWords)] {
		if p.words[i].sentence > 0 {
			return int(p.words[i-1].end)
		}
	}
	return 0
}

// onlyNames reports whether what stands before byte end of p is names, dates
// and agencies: at most two words are neither capitalized nor numbers.
func onlyNames(p *page, end int) bool {
	n, odd := 0, 0
	for i := range p.words {
		w := &p.words[i]
		if int(w.start) >= end {
			break
		}
		if w.sentence > 1 {
			return false
		}
		n++
		if !w.upper && w.script != digits {
			odd++
		}
	}
	cased := p.words[0].script == latin || p.words[0].script == cyrillic
	return n > 0 && n <= maxDatelineWords && (!cased || odd <= min(2, n-1))
}
