package place

import (
	"math"
	"testing"
)

// A locate is a text and where its event is, to half a degree.
type locate struct {
	lang, headline, body string
	precision            Precision
	latitude, longitude  float64
}

func TestEventsHavePoints(t *testing.T) {
	g := gazetteer(t)
	for _, tt := range []locate{
		{"en", "Shells land in the market of El Fasher", "", City, 13.6, 25.4},
		{"en", "Missile hits flats in Kharkiv", "KYIV (Agency) - Two people died in Kharkiv.", City, 50.0, 36.3},
		{"en", "Thousands flee as fighting nears Goma", "", City, -1.7, 29.2},
		{"en", "Gunmen kill nine in Khan Younis", "", City, 31.4, 34.3},
		{"en", "Drone crashes near Belgorod", "", City, 50.6, 36.6},
		{"en", "Soldiers close the roads into Niamey", "The coup in Niger met no resistance.", City, 13.5, 2.1},
		{"en", "Troops from Mosul sent to fight in Kirkuk", "Iraqi officers said so.", City, 35.5, 44.4},
		{"en", "Clashes in Tripoli", "Lebanese soldiers deployed in Tripoli, in northern Lebanon.", City, 34.4, 35.8},
		{"en", "Clashes in Tripoli", "Libyan militias fought in the capital.", City, 32.9, 13.2},
		{"en", "Blast in Beirut port kills three", "", City, 33.9, 35.5},
		{"en", "Rebels seize villages in North Kivu", "", Region, -0.5, 29.0},
		{"en", "Air strikes on Aleppo province", "Jets bombed villages in northern Aleppo.", Region, 36.2, 37.2},
		{"en", "Pupils abducted in Zamfara, Nigeria", "", Region, 12.3, 6.5},
		{"en", "Israeli strikes on Gaza kill 20", "", Region, 31.4, 34.4},
		{"fr", "Une frappe tue neuf civils à Nabatieh", "", City, 33.4, 35.5},
		{"fr", "Attentat à Tombouctou : trois morts", "", City, 16.8, -3.0},
		{"fr", "La police togolaise disperse un cortège à Lomé", "", City, 6.1, 1.2},
		{"fr", "Des combats au Darfour", "", Region, 13.5, 25.0},
		{"de", "Drohnen treffen ein Wohnhaus in Odessa", "", City, 46.5, 30.7},
		{"de", "Festnahme nach Schüssen in München", "", City, 48.1, 11.6},
		{"es", "Tropas ruandesas entran en Goma, según Kinshasa", "", City, -1.7, 29.2},
		{"es", "Un ataque en Culiacán deja cinco muertos", "", City, 24.8, -107.4},
		{"es", "Combates en el Catatumbo", "", Region, 8.8, -73.0},
		{"pt", "Ataque em Cabo Delgado faz dez mortos", "", Region, -12.3, 39.5},
		{"ru", "Удары по Ходейде: погибли шестеро", "", City, 14.8, 43.0},
		{"ru", "Обстрел Харькова: ранены семь человек", "", City, 50.0, 36.3},
		{"ru", "Взрыв в Алеппо", "", City, 36.2, 37.2},
		{"uk", "Ракета влучила в будинок у Харкові", "", City, 50.0, 36.3},
		{"pl", "Wybuch w Aleppo", "", City, 36.2, 37.2},
		{"tr", "Diyarbakır'da operasyon", "", City, 37.9, 40.2},
		{"ar", "اشتباكات في الفاشر", "", City, 13.6, 25.4},
		{"ar", "انفجار في دمشق يقتل ثلاثة", "", City, 33.5, 36.3},
		{"he", "פיצוץ בחאלב", "", City, 36.2, 37.2},
		{"fa", "انفجار در کابل", "", City, 34.5, 69.2},
		{"hi", "काबुल में धमाका", "", City, 34.5, 69.2},
		{"zh", "哈尔科夫遭导弹袭击", "", City, 50.0, 36.3},
		{"zh", "武装分子在喀土穆交火", "", City, 15.6, 32.5},
		{"ja", "カブールで爆発、5人死亡", "", City, 34.5, 69.2},
	} {
		places := g.Find(Text{Language: tt.lang, Headline: tt.headline, Body: tt.body})
		if len(places) == 0 || places[0].Role != Event {
			t.Errorf("%s: %q: no event in %+v", tt.lang, tt.headline, places)
			continue
		}
		p := places[0].Point
		if p.Precision != tt.precision || math.Abs(p.Latitude-tt.latitude) > 0.5 || math.Abs(p.Longitude-tt.longitude) > 0.5 {
			t.Errorf("%s: %q %q: point %+v, want %s %v %v", tt.lang, tt.headline, tt.body, p, tt.precision, tt.latitude, tt.longitude)
		}
		for _, o := range places[1:] {
			if o.Point != (Point{}) {
				t.Errorf("%s: %q: %s has a point and is no event: %+v", tt.lang, tt.headline, o.Name, o.Point)
			}
		}
	}
}

// Where nothing says which place it is, only the country's middle is given,
// and it says so.
func TestPointsAreNotGuessed(t *testing.T) {
	g := gazetteer(t)
	for _, tt := range []struct{ lang, headline, body string }{
		{"en", "Fire in Springfield", "Police in the United States said a man was held in Springfield."},
		{"en", "Moscow says it will go on talking", "The Kremlin said on Friday that Russian envoys would travel."},
		{"en", "Two men are held", "LAHORE, Pakistan - Two men were held."}, // where it was filed
		{"en", "Army from Aleppo leaves for Syria's front", ""},
		{"en", "Damascus warms to its neighbours", ""}, // the government
		{"de", "Kämpfe im Norden Syriens", ""},
		{"ar", "اشتباكات في جنوب السودان", ""},
	} {
		places := g.Find(Text{Language: tt.lang, Headline: tt.headline, Body: tt.body})
		if len(places) == 0 || places[0].Role != Event {
			t.Errorf("%s: %q: no event in %+v", tt.lang, tt.headline, places)
			continue
		}
		if p := places[0].Point; p.Precision != Country || p.Name != "" {
			t.Errorf("%s: %q %q: point %+v, want the country's", tt.lang, tt.headline, tt.body, p)
		}
	}
	if places := g.Find(Text{Language: "en", Headline: "Aleppo and Goma"}); len(places) > 0 && places[0].Role != Event && places[0].Point != (Point{}) {
		t.Errorf("a place without an event has a point: %+v", places[0])
	}
}

// A form that two places of one country share is neither's.
func TestSharedFormsHaveNoPoint(t *testing.T) {
	g, err := Load(files(map[string]string{
		"regions.tsv": "sy\tАлепа|Алепо|Хомса\n",
		"points.tsv":  "sy\tcountry\t35,38=\nsy\tcity\t36,37=Алепа|33,36=Алепо|34.7,36.7=Хомса\n",
	}))
	if err != nil {
		t.Fatal(err)
	}
	for headline, want := range map[string]Point{
		"Взрыв в Алепу": {Latitude: 35, Longitude: 38, Precision: Country},
		"Взрыв в Алепа": {Name: "Алепа", Latitude: 36, Longitude: 37, Precision: City},
		"Взрыв в Хомсу": {Name: "Хомса", Latitude: 34.7, Longitude: 36.7, Precision: City},
	} {
		places := g.Find(Text{Language: "ru", Headline: headline})
		if len(places) != 1 || places[0].Point != want {
			t.Errorf("places of %q = %+v, want the point %+v", headline, places, want)
		}
	}
}

// What is inside a town lies in an area, which is what makes a place count more.
func TestSpotsAreAreas(t *testing.T) {
	seen := 0
	for _, n := range gazetteer(t).context.nodes {
		var area, spot uint32
		for _, m := range gazetteer(t).context.names[n.names : n.names+uint32(n.count)] {
			switch m.kind {
			case cueArea:
				area |= m.langs
			case cueSpot:
				spot |= m.langs
				seen++
			}
		}
		if spot&^area != 0 {
			t.Errorf("a word is of class spot and not of class area in languages %b", spot&^area)
		}
	}
	if seen == 0 {
		t.Error("no word of class spot")
	}
}

// Points are sought by the names of other files: one that is no name there is
// of no use, and a sign that points.tsv is older than they are.
func TestPointsAreOfNames(t *testing.T) {
	g := gazetteer(t)
	used := make([]bool, len(g.points))
	for _, n := range g.names.names {
		if n.point != 0 {
			used[n.point-1] = true
		}
	}
	for i, p := range g.points {
		if !used[i] {
			t.Errorf("no name means %s at %v, %v: make points.tsv anew, see data/README.md", p.Name, p.Latitude, p.Longitude)
		}
	}
	if len(g.points) < 5000 {
		t.Errorf("%d points, want at least 5000", len(g.points))
	}
	if g.places[0].middle.Precision != Country {
		t.Error("the first country has no point")
	}
}
