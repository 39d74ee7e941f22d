package language_test

import (
	"fmt"

	"conflictwire/enrich/language"
)

func ExampleDetect() {
	fmt.Println(language.Detect("L'armée a repris la ville, selon les habitants."))
	fmt.Println(language.Detect("Goma", "en-GB")) // too short to tell: the feed's word is taken
	fmt.Println(language.Detect("Армия сообщила, что она заняла город", "en"))
	// Output:
	// fr
	// en
	// ru
}
