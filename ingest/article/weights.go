package article

// bias and weights are the classifier: a logistic regression over the features,
// fitted to annotated pages and rounded. A positive weight speaks for the body.
// Weights under a hundredth are left out.
const bias = -3.90

var weights = features{
	fTokens:        0.08,
	fRunes:         0.04,
	fLinkShare:     -0.97,
	fBoldShare:     -0.17,
	fLines:         0.19,
	fPosition:      0.38,
	fPageBlocks:    -0.17,
	fPageTokens:    0.15,
	fPageProse:     0.1,
	fBestShare:     -0.73,
	fStories:       0.01,
	fWithin:        0.59,
	fAway:          0.01,
	fBelow:         -0.06,
	fDepth:         0.04,
	fStory:         0.36,
	fOtherStory:    0.45,
	fBodied:        0.42,
	fVeiled:        -0.32,
	fSinceFirst:    -0.03,
	fSinceLast:     -0.05,
	fSinceTitle:    0.01,
	fHasTitle:      -0.71,
	fProseBefore:   -0.54,
	fPathShare:     2.24,
	fPathTokens:    0.08,
	fStop:          0.39,
	fColon:         0.38,
	fUpper:         -1.81,
	fDigits:        -1.95,
	fCommas:        0.08,
	fQuoteMark:     -0.09,
	fFurniture:     -2.13,
	fCredit:        0.97,
	fDeclared:      -0.47,
	fInDeclared:    0.24,
	fInDescription: 2.6,
	fInTitle:       0.54,
	fSeen:          -0.02,
	fPicture:       -0.88,
	fSiblings:      0.02,
	fGap:           0.02,
	fInComments:    -0.83,
	fInTeasers:     -0.08,
	fInSidebar:     -0.24,
	fInOffer:       -0.2,
	fFar:           0.02,
	fGapAfter:      -0.01,
	fTag + 0:       0.79,  // p
	fTag + 1:       -0.03, // div
	fTag + 2:       0.07,  // li
	fTag + 3:       -0.35, // cell
	fTag + 4:       -1.55, // h1
	fTag + 5:       1.41,  // h2
	fTag + 6:       1.47,  // h3
	fTag + 7:       0.79,  // h4–h6
	fTag + 8:       -0.21, // figcaption
	fTag + 9:       2.29,  // blockquote
	fTag + 10:      -1.75, // section
	fTag + 11:      -1.05, // article
	fTag + 12:      4.41,  // pre
	fTag + 13:      0.99,  // button
	fTag + 14:      0.42,  // dd,dt
	fTag + 15:      -0.87, // figure
	fTag + 16:      -1.09, // other
	fIn + 0:        0.1,   // article
	fIn + 1:        3.59,  // main
	fIn + 2:        -0.02, // aside
	fIn + 3:        0.19,  // nav
	fIn + 4:        -0.68, // footer
	fIn + 5:        -0.17, // header
	fIn + 6:        -0.97, // figure
	fIn + 7:        -1.29, // form
	fIn + 8:        0.16,  // table
	fIn + 9:        0.08,  // list
	fIn + 10:       1.57,  // button
	fIn + 11:       1.1,   // quote
	fIn + 12:       -0.06, // section
	fIn + 13:       0.06,  // details
	fIn + 14:       -1.3,  // label
	fIn + 15:       0.26,  // definition
	fIn + 16:       -0.64, // address
	fIn + 17:       0.39,  // heading
	fIn + 18:       0.76,  // figcaption
	fIn + 19:       0.33,  // title
	fInside + 0:    -0.85, // comment
	fInside + 1:    -0.14, // related
	fInside + 2:    -0.19, // share
	fInside + 3:    -0.4,  // nav
	fInside + 4:    0.52,  // ad
	fInside + 5:    -1.27, // signup
	fInside + 6:    -0.99, // consent
	fInside + 7:    -0.19, // paywall
	fInside + 8:    -0.73, // author
	fInside + 9:    -2.18, // bio
	fInside + 10:   -0.03, // tags
	fInside + 11:   -0.21, // time
	fInside + 12:   -0.08, // widget
	fInside + 13:   -0.09, // media
	fInside + 14:   -0.81, // caption
	fInside + 15:   -0.11, // credit
	fInside + 16:   0.79,  // body
	fInside + 17:   -0.79, // article
	fInside + 18:   -0.28, // content
	fInside + 19:   0.8,   // paragraph
	fInside + 20:   -0.96, // lead
	fInside + 21:   0.01,  // headline
	fInside + 22:   2.02,  // kicker
	fInside + 23:   2.67,  // quote
	fInside + 24:   0.32,  // box
	fInside + 25:   -0.36, // sidebar
	fInside + 26:   -0.36, // hidden
	fInside + 27:   -0.02, // tool
	fInside + 28:   1.62,  // live
	fInside + 29:   0.13,  // teaser
	fInside + 30:   -0.86, // correct
	fInside + 31:   -2.19, // ads2
	fNear + 0:      0.33,  // comment
	fNear + 1:      -0.43, // related
	fNear + 2:      -0.23, // share
	fNear + 3:      0.01,  // nav
	fNear + 4:      -0.28, // ad
	fNear + 5:      -1,    // signup
	fNear + 6:      -0.21, // consent
	fNear + 7:      -0.74, // paywall
	fNear + 8:      -0.33, // author
	fNear + 9:      -0.52, // bio
	fNear + 10:     -0.16, // tags
	fNear + 11:     -0.35, // time
	fNear + 12:     -0.38, // widget
	fNear + 13:     -0.2,  // media
	fNear + 14:     -0.59, // caption
	fNear + 15:     0.26,  // credit
	fNear + 16:     0.11,  // body
	fNear + 17:     0.35,  // article
	fNear + 18:     -0.32, // content
	fNear + 19:     0.06,  // paragraph
	fNear + 20:     0.51,  // lead
	fNear + 21:     -0.48, // headline
	fNear + 22:     -1.72, // kicker
	fNear + 23:     -2.49, // quote
	fNear + 24:     -2.72, // box
	fNear + 25:     -0.67, // sidebar
	fNear + 26:     0.42,  // hidden
	fNear + 27:     -0.01, // tool
	fNear + 28:     1.62,  // live
	fNear + 29:     -0.09, // teaser
	fNear + 30:     -0.77, // correct
	fNear + 31:     4.23,  // ads2
	fUp + 0:        1.36,  // prose of page, innermost
	fUp + 1:        -0.81, // links, innermost
	fUp + 2:        0.67,  // prose, innermost
	fUp + 3:        -0.03, // words, innermost
	fUp + 4:        0.41,  // prose of page, parent
	fUp + 5:        -0.05, // links, parent
	fUp + 6:        0.1,   // prose, parent
	fUp + 8:        0.59,  // prose of page, grandparent
	fUp + 9:        -0.09, // links, grandparent
	fUp + 10:       -0.11, // prose, grandparent
	fUp + 11:       -0.02, // words, grandparent
	fUp + 12:       0.02,  // prose of page, next
	fUp + 13:       -0.08, // links, next
	fUp + 14:       -0.11, // prose, next
	fUp + 15:       0.02,  // words, next
	fBeside + 1:    -0.11, // links, -3
	fBeside + 2:    0.21,  // same place, -3
	fBeside + 3:    -0.33, // is p, -3
	fBeside + 7:    -0.36, // links, -2
	fBeside + 8:    0.09,  // same place, -2
	fBeside + 9:    -0.03, // is p, -2
	fBeside + 10:   -0.08, // stop, -2
	fBeside + 11:   0.22,  // in main, -2
	fBeside + 12:   0.03,  // words, -1
	fBeside + 13:   -0.21, // links, -1
	fBeside + 14:   0.06,  // same place, -1
	fBeside + 15:   0.06,  // is p, -1
	fBeside + 16:   -0.1,  // stop, -1
	fBeside + 17:   0.33,  // in main, -1
	fBeside + 18:   -0.04, // words, +1
	fBeside + 19:   -0.13, // links, +1
	fBeside + 20:   0.12,  // same place, +1
	fBeside + 21:   0.24,  // is p, +1
	fBeside + 22:   -0.02, // stop, +1
	fBeside + 23:   0.36,  // in main, +1
	fBeside + 24:   -0.07, // words, +2
	fBeside + 25:   -0.23, // links, +2
	fBeside + 26:   0.12,  // same place, +2
	fBeside + 27:   0.17,  // is p, +2
	fBeside + 28:   0.11,  // stop, +2
	fBeside + 29:   0.18,  // in main, +2
	fBeside + 30:   0.02,  // words, +3
	fBeside + 31:   -0.03, // links, +3
	fBeside + 32:   0.1,   // same place, +3
	fBeside + 33:   -0.04, // is p, +3
	fBeside + 34:   -0.1,  // stop, +3
	fBeside + 35:   0.34,  // in main, +3
}
