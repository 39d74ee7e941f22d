package article

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Bounds on what is kept of a page.
const (
	maxBlocks    = 20_000    // blocks of text; the rest of the page is not read
	maxBlockText = 256 << 10 // bytes of one block
	maxAttr      = 4 << 10   // bytes of an attribute that are looked at
	maxAttrs     = 64        // attributes of an element that are looked at
	maxScripts   = 64        // JSON scripts
	maxPictures  = 400       // img elements
	maxTimes     = 200       // time elements
)

// An element is a block-level element on the way to some text.
type element struct {
	node   *html.Node
	parent int32 // index; -1 for the root
	depth  int32
	words  words
	hidden bool
	body   bool   // itemprop=articleBody
	lead   bool   // itemprop=description
	path   uint64 // tag and first class
	first  int32  // the blocks within are [first, last)
	last   int32
	layout
}

// A run is a stretch of text of one look. A run without text is a line break.
type run struct {
	text string
	link *html.Node
	look look
}

// look is a set of inline formats.
type look uint8

const (
	strong look = 1 << iota
	bold
	emphasis
	italic
	subscript
	superscript
)

// A block is the text between two block-level tags.
type block struct {
	text   string // white space folded; lines broken by <br> are joined by a blank
	el     int32  // index of the innermost element
	tag    atom.Atom
	runs   [2]int32 // range in page.runs
	runes  int32
	tokens int32    // words; two signs of a script without blanks count as one
	linked int32    // runes within links
	marked int32    // runes in bold or strong
	lines  int32    // line breaks within
	hashes [2]int32 // range in page.hashes: one for each word or sign
}

// A picture is an img element of the page.
type picture struct {
	node *html.Node
	el   int32
	at   int32 // index of the next block
}

// A page is a document taken apart in one pass.
type page struct {
	root     *html.Node
	elements []element
	blocks   []block
	runs     []run
	hashes   []uint32
	pictures []picture
	times    []stamp
	head     head
	outline
}

// A stamp is a time element or an element with a machine-readable date.
type stamp struct {
	value string
	el    int32
	at    int32
	hint  words
	prop  string
}

// measure counts the runes and words of b, and appends a hash for each word to
// hashes. Signs of scripts that put no blanks between words count as a word each.
func (b *block) measure(hashes []uint32) []uint32 {
	b.hashes[0] = int32(len(hashes))
	const basis, prime = 2166136261, 16777619 // FNV-1a
	h, in, signs := uint32(basis), false, int32(0)
	for _, r := range b.text {
		b.runes++
		switch {
		case r < utf8.RuneSelf:
			if 'A' <= r && r <= 'Z' {
				r += 'a' - 'A'
			}
			if 'a' <= r && r <= 'z' || '0' <= r && r <= '9' || r == '_' {
				h, in = (h^uint32(r))*prime, true
				continue
			}
		case singly(r):
			if in {
				hashes = append(hashes, h)
			}
			hashes = append(hashes, (basis^uint32(r))*prime)
			signs++
			h, in = basis, false
			continue
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r):
			h, in = (h^uint32(unicode.ToLower(r)))*prime, true
			continue
		}
		if in {
			hashes = append(hashes, h)
			h, in = basis, false
		}
	}
	if in {
		hashes = append(hashes, h)
	}
	b.hashes[1] = int32(len(hashes))
	b.tokens = b.hashes[1] - b.hashes[0] - signs/2
	return hashes
}

// singly reports whether r is of a script written without blanks: kana, Han,
// Thai, Lao, Burmese, Khmer.
func singly(r rune) bool {
	return 0x3040 <= r && r <= 0x30FF || 0x3400 <= r && r <= 0x9FFF || 0x20000 <= r && r <= 0x3FFFF ||
		0x0E00 <= r && r <= 0x0EFF || 0x1000 <= r && r <= 0x109F || 0x1780 <= r && r <= 0x17FF
}

// hashString is FNV-1a.
func hashString(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}
