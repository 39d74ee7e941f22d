package actor

// maxParticles is how many places particles finds in a word.
const maxParticles = 3

// particles appends to cuts where the word text[i:] goes on without the
// particles that it begins with: in Arabic and, so, with, to, like and then
// perhaps the article; in Hebrew up to two of and, the, in, to, from, that,
// like. What remains is a word still.
func particles(cuts []int, text string, i int) []int {
	g, _ := glyphAt(text, i)
	switch r := g.letter(); {
	case 0x0600 <= r && r <= 0x06FF:
		return arabicParticles(cuts, text, i)
	case 0x05D0 <= r && r <= 0x05EA:
		return hebrewParticles(cuts, text, i)
	}
	return cuts
}

func arabicParticles(cuts []int, text string, i int) []int {
	g, to := next(text, i)
	if r := g.letter(); (r == 'و' || r == 'ف') && lettersFrom(text, to, 3) {
		cuts = append(cuts, to)
		g, to = next(text, to)
	}
	if r := g.letter(); (r == 'ب' || r == 'ل' || r == 'ك') && lettersFrom(text, to, 3) {
		cuts = append(cuts, to)
		g, to = next(text, to)
	}
	if g.letter() == 'ا' {
		g, to = next(text, to)
	}
	if g.letter() == 'ل' && lettersFrom(text, to, 3) {
		cuts = append(cuts, to)
	}
	return cuts
}

func hebrewParticles(cuts []int, text string, i int) []int {
	for range 2 {
		g, to := next(text, i)
		switch g.letter() {
		case 'ו', 'ה', 'ב', 'ל', 'מ', 'ש', 'כ':
		default:
			return cuts
		}
		if !lettersFrom(text, to, 2) {
			return cuts
		}
		i = to
		cuts = append(cuts, i)
	}
	return cuts
}

// lettersFrom reports whether text[i:] has n letters.
func lettersFrom(text string, i, n int) bool {
	for ; n > 0 && i < len(text); n-- {
		_, i = next(text, i)
	}
	return n == 0
}
