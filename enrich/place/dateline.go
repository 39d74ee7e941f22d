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
	for i := range hits {
		h := &hits[i]
		if int(p.words[h.end-1].end) > end {
			break
		}
		h.dateline = true
	}
}

// datelineEnd returns the byte of p's text at which its dateline ends, or 0
// if it has none.
func datelineEnd(p *page) int {
	head := p.text[:min(len(p.text), maxDateline)]
	end := len(head) + 1
	for _, mark := range []string{" - ", " – ", " — ", " -- ", "— ", "– ", "】", "電 ", "电 ", "電)", "电）", "电)", "電）", "(Reuters)", "：", " / "} {
		if i := strings.Index(head, mark); i > 0 && i < end {
			end = i
		}
	}
	if end > len(head) {
		return 0
	}
	n, odd := 0, 0
	for i := range p.words {
		w := &p.words[i]
		if int(w.start) >= end {
			break
		}
		n++
		if !w.upper && (w.script == latin || w.script == cyrillic) {
			odd++
		}
		if w.sentence > 1 {
			return 0
		}
	}
	if n == 0 || n > maxDatelineWords || odd > 2 {
		return 0
	}
	return end
}
