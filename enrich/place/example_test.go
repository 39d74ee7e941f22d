package place_test

import (
	"fmt"
	"log"

	"conflictwire/enrich/place"
)

func Example() {
	g, err := place.Default()
	if err != nil {
		log.Fatal(err)
	}
	places := g.Find(place.Text{
		Language: "en",
		Headline: "Russian missiles hit Kharkiv market",
		Body:     "KYIV (Agency) - Two missiles struck a market in Kharkiv. Poland scrambled jets.",
	})
	fmt.Println("event:", place.EventCountry(places))
	for _, p := range places {
		fmt.Println(p.Role, p.Name, "-", p.Evidence[0].Quote, "in the", p.Evidence[0].Field)
	}
	// Output:
	// event: ua
	// event Ukraine - Kharkiv in the headline
	// mentioned Poland - Poland in the body
	// mentioned Russia - Russian in the headline
}
