package article

// key stands for the words of b, whatever is between them.
func (p *page) key(b *block) uint64 {
	h := uint64(14695981039346656037) // FNV-1a, a word at a time
	for _, w := range p.hashes[b.hashes[0]:b.hashes[1]] {
		h = (h ^ uint64(w)) * 1099511628211
	}
	return h
}

// overlap returns the share of the words of b that are in set.
func (p *page) overlap(b *block, set map[uint32]struct{}) float32 {
	words := p.hashes[b.hashes[0]:b.hashes[1]]
	if len(words) == 0 || len(set) == 0 {
		return 0
	}
	n := 0
	for _, h := range words {
		if _, ok := set[h]; ok {
			n++
		}
	}
	return float32(n) / float32(len(words))
}

// quoted returns the share of the four-word sequences of b that are in set, or
// 0 for a block shorter than that.
func (p *page) quoted(b *block, set map[uint32]struct{}) float32 {
	words := p.hashes[b.hashes[0]:b.hashes[1]]
	if len(words) < 4 || len(set) == 0 {
		return 0
	}
	n := 0
	for i := range len(words) - 3 {
		if _, ok := set[four(words[i:])]; ok {
			n++
		}
	}
	return float32(n) / float32(len(words)-3)
}

// wordSetOf returns the words of texts as hashes, sequencesOf those of four words in a row.
func wordSetOf(texts ...string) map[uint32]struct{} {
	set := map[uint32]struct{}{}
	for _, t := range texts {
		b := block{text: t}
		for _, h := range b.measure(nil) {
			set[h] = struct{}{}
		}
	}
	return set
}

func sequencesOf(texts ...string) map[uint32]struct{} {
	set := map[uint32]struct{}{}
	for _, t := range texts {
		b := block{text: t}
		words := b.measure(nil)
		for i := 0; i+4 <= len(words); i++ {
			set[four(words[i:])] = struct{}{}
		}
	}
	return set
}

func four(w []uint32) uint32 {
	const prime = 16777619
	h := w[0]
	for _, v := range w[1:4] {
		h = (h*prime ^ v>>7) + v*0x9E3779B1
	}
	return h
}
