package article

import (
	"math"

	"golang.org/x/net/html/atom"
)

// features is what the classifier sees of a block. Shares are from 0 to 1,
// counts are logarithms (log2 of one more), switches are 0 or 1.
type features [numFeatures]float32

// The features. From fTag on, each name is the first of a range.
const (
	fTokens = iota
	fRunes
	fLinkShare
	fBoldShare
	fLines
	fPosition   // of the page's blocks, those before
	fPageBlocks // of the page
	fPageTokens
	fPageProse
	fBestShare     // of the page's prose, that in the main element
	fStories       // <article> elements with prose
	fWithin        // in the main element
	fAway          // levels up from the main element to what holds the block too
	fBelow         // levels from there down to the block
	fDepth         // levels from the root
	fStory         // in the <article> that holds the main element
	fOtherStory    // in another <article>
	fBodied        // in itemprop=articleBody
	fVeiled        // hidden by attribute or inline style
	fSinceFirst    // blocks since the first prose of the main element, signed logarithm
	fSinceLast     // blocks since the last one
	fSinceTitle    // blocks since the headline
	fHasTitle      // the headline was found
	fProseBefore   // of the main element's prose, that before
	fPathShare     // of the page's prose, that at places like this one
	fPathTokens    // words of prose at places like this one
	fStop          // ends like a sentence
	fColon         // ends with a colon
	fUpper         // upper-case letters among the runes
	fDigits        // digits among the runes
	fCommas        // commas by 100 runes
	fQuoteMark     // begins with a quotation mark
	fFurniture     // begins like "Read more"
	fCredit        // is a picture credit
	fDeclared      // JSON-LD or hydration data hold a body
	fInDeclared    // share of the text found in that body
	fInDescription // share found in the description
	fInTitle       // share of words found in the titles
	fSeen          // times the same text came before
	fPicture       // a picture stands just before
	fSiblings      // blocks of the parent element
	fGap           // blocks that are not prose since the last that is
	fInComments    // in what is named a comment section, away from the headline
	fInTeasers     // the same for related articles and teasers
	fInSidebar     // the same for side columns and author boxes
	fInOffer       // the same for newsletters, consent and advertising
	fFar           // levels up to what holds the headline too
	fGapAfter      // blocks that are not prose until the next that is
	fMarks         // signs that separate links or items, by 100 runes
	fPictureAfter  // a picture stands just after
	fSpotShare     // of the page's prose, that in elements of the same tag and class
	fSinceHeading  // blocks since the last heading
	fHeadingKind   // level of that heading, 0 if there is none
	fHeadingOffer  // that heading begins like "Read more"
	fBranchTokens  // the branch: what holds the block among the children of the elements around the main one
	fBranchProse   // of the page's prose, that in the branch
	fBranchLinks   // of its runes, those in links
	fBranchDense   // of its words, those in prose
	fBranchHeaded  // begins with a heading
	fBranchOffer   // begins like "Read more"
	fBranchTwins   // branches of the same tag and class beside it
	fBranchShare   // of the words around the branch, those in such branches
	fBranchFirst   // blocks of the branch before this one
	fTag           // what the innermost element is, see tagPlaces

	fIn         = fTag + numTags // tags of the elements around, up to one that holds the main element
	fInside     = fIn + 20       // hints of those elements
	fNear       = fInside + 32   // hints of the innermost two elements
	fUp         = fNear + 32     // seven features of each of the innermost four elements
	fBeside     = fUp + 7*4      // six features of each of the three blocks before and after
	numFeatures = fBeside + 6*6
)

// tagPlaces gives each kind of innermost element its place after fTag.
var tagPlaces = map[atom.Atom]int{
	atom.P: 0, atom.Div: 1, atom.Li: 2, atom.Td: 3, atom.Th: 3, atom.H1: 4, atom.H2: 5, atom.H3: 6, atom.H4: 7, atom.H5: 7, atom.H6: 7,
	atom.Figcaption: 8, atom.Blockquote: 9, atom.Section: 10, atom.Article: 11, atom.Pre: 12, atom.Button: 13, atom.Label: 13,
	atom.Dd: 14, atom.Dt: 14, atom.Figure: 15,
}

const numTags = 17 // the last is for all others

// spread writes the bits of set as switches.
func spread(to []float32, set uint32) {
	for i := range to {
		to[i] = float32(set >> i & 1)
	}
}

func bit(b bool) float32 {
	if b {
		return 1
	}
	return 0
}

func share(n, of int32) float32 { return float32(n) / float32(max(of, 1)) }

// log is the logarithm of a count. Its values for the counts that are frequent are in a table.
func log(n int32) float32 {
	if n < int32(len(logs)) {
		return logs[max(n, 0)]
	}
	return float32(math.Log2(float64(n) + 1))
}

var logs = func() (t [1 << 10]float32) {
	for i := range t {
		t[i] = float32(math.Log2(float64(i) + 1))
	}
	return t
}()

// since is the signed logarithm of the distance from block a to block i.
func since(i, a int) float32 {
	if i < a {
		return -log(int32(a - i))
	}
	return log(int32(i - a))
}
