package article

import "strconv"

// featureNames are the features in words; those in ranges are named by featureName.
var featureNames = map[int]string{
	fTokens: "words", fRunes: "length", fLinkShare: "share of links", fBoldShare: "share of bold", fLines: "line breaks", fPosition: "place on the page",
	fPageBlocks: "blocks on the page", fPageTokens: "words on the page", fPageProse: "running text on the page", fBestShare: "share of the text that is in the main element",
	fStories: "articles on the page", fWithin: "in the main element", fAway: "levels up from the main element", fBelow: "levels below what holds both",
	fDepth: "depth", fStory: "in the main article", fOtherStory: "in another article", fBodied: "declared as article body", fVeiled: "hidden",
	fSinceFirst: "blocks since the first text", fSinceLast: "blocks since the last text", fSinceTitle: "blocks since the headline", fHasTitle: "headline found",
	fProseBefore: "share of the text before", fPathShare: "share of the text at such places", fPathTokens: "words at such places", fStop: "ends like a sentence",
	fColon: "ends with a colon", fUpper: "capitals", fDigits: "digits", fCommas: "commas", fQuoteMark: "begins with a quotation", fFurniture: "begins like page furniture",
	fCredit: "is a picture credit", fDeclared: "the page's data hold a body", fInDeclared: "found in that body", fInDescription: "found in the description",
	fInTitle: "words of the headline", fSeen: "came before", fPicture: "below a picture", fSiblings: "blocks beside it", fGap: "blocks since the last text before",
	fInComments: "among comments", fInTeasers: "among teasers", fInSidebar: "in a side column or author box", fInOffer: "in an offer or notice",
	fFar: "levels up to what holds the headline", fGapAfter: "blocks until the next text", fMarks: "signs between links", fPictureAfter: "above a picture",
	fSpotShare: "share of the text in elements of this class", fSinceHeading: "blocks since a heading", fHeadingKind: "level of that heading",
	fHeadingOffer: "that heading begins like page furniture", fBranchTokens: "words of the branch", fBranchProse: "share of the text in the branch",
	fBranchLinks: "links in the branch", fBranchDense: "running text in the branch", fBranchHeaded: "the branch begins with a heading",
	fBranchOffer: "the branch begins like page furniture", fBranchTwins: "branches like this one", fBranchShare: "share of the words in such branches",
	fBranchFirst: "blocks of the branch before",
}

// tagNames and wordNames name the bits of tags and words, in their order.
var (
	tagNames = []string{
		"article", "main", "aside", "nav", "footer", "header", "figure", "form", "table", "list", "button", "quotation", "section", "details", "label",
		"definitions", "address", "heading", "figcaption", "h1",
	}
	wordNames = []string{
		"comment", "related", "share", "navigation", "advertising", "sign-up", "consent", "paywall", "author", "biography", "tags", "time", "widget", "media",
		"caption", "credit", "body", "article", "content", "paragraph", "standfirst", "headline", "kicker", "quotation", "box", "sidebar", "hidden", "tool",
		"live", "teaser", "correction", "ad technology",
	}
	placeNames = []string{
		"p", "div", "li", "a table cell", "h1", "h2", "h3", "h4 to h6", "figcaption", "blockquote", "section", "article", "pre", "button", "dd or dt", "figure", "another element",
	}
)

// The names of the features of elements around a block, and of blocks beside it.
var (
	levelNames     = []string{"the element", "the parent", "the element two levels up", "the element three levels up"}
	measureNames   = []string{"share of the text", "links", "running text", "words", "heading at the start", "number of the like", "share of words in the like"}
	besideNames    = []string{"third block before", "second block before", "block before", "block after", "second block after", "third block after"}
	neighbourNames = []string{"has words", "has links", "is alike", "is a paragraph", "ends like a sentence", "is in the main element"}
)

// featureName says in words what a feature is.
func featureName(k int) string {
	pick := func(names []string, i int) string {
		if i < len(names) {
			return names[i]
		}
		return strconv.Itoa(i)
	}
	if name, ok := featureNames[k]; ok {
		return name
	}
	switch {
	case fTag <= k && k < fIn:
		return "is " + pick(placeNames, k-fTag)
	case fIn <= k && k < fInside:
		return "in " + pick(tagNames, k-fIn)
	case fInside <= k && k < fNear:
		return "inside what is named " + pick(wordNames, k-fInside)
	case fNear <= k && k < fUp:
		return "named " + pick(wordNames, k-fNear)
	case fUp <= k && k < fBeside:
		return pick(measureNames, (k-fUp)%7) + " of " + pick(levelNames, (k-fUp)/7)
	case fBeside <= k:
		return pick(besideNames, (k-fBeside)/6) + " " + pick(neighbourNames, (k-fBeside)%6)
	}
	return "feature " + strconv.Itoa(k)
}
