package feed

import (
	"reflect"
	"testing"
)

func TestParseReadsMedia(t *testing.T) {
	const cdn = "https://cdn.example/"
	tests := []struct {
		name, item string
		images     []Image
		enclosures []Enclosure
	}{
		{"content", `<media:content url="https://cdn.example/1.jpg" type="image/jpeg" width="1200" height="800"><media:description type="plain">Boats</media:description><media:credit role="photographer">Ines Volt</media:credit></media:content>`,
			[]Image{{cdn + "1.jpg", "image/jpeg", 1200, 800, "Boats", "Ines Volt"}}, nil},
		{"described beside", `<media:content url="https://cdn.example/1" medium="image" width="600px" height="x"/><media:description>Boats</media:description><media:credit>Ines Volt</media:credit>`,
			[]Image{{cdn + "1", "", 600, 0, "Boats", "Ines Volt"}}, nil},
		{"title and copyright", `<media:content url="https://cdn.example/1.webp"><media:title>Boats</media:title><media:copyright>Agency</media:copyright></media:content>`,
			[]Image{{URL: cdn + "1.webp", Caption: "Boats", Credit: "Agency"}}, nil},
		{"group", `<media:group><media:content url="https://cdn.example/1.jpg" type="image/jpeg" width="300" height="200"/><media:content url="https://cdn.example/1.mp4" type="video/mp4" fileSize="1048576"/><media:description>Boats</media:description><media:credit>Ines Volt</media:credit><media:thumbnail url="https://cdn.example/s.jpg"/></media:group>`,
			[]Image{{cdn + "1.jpg", "image/jpeg", 300, 200, "Boats", "Ines Volt"}}, []Enclosure{{cdn + "1.mp4", "video/mp4", 1048576}}},
		{"thumbnail", `<media:thumbnail url="https://cdn.example/s.jpg" width="75" height="50"/>`, []Image{{URL: cdn + "s.jpg", Width: 75, Height: 50}}, nil},
		{"thumbnail of a video", `<media:content url="https://cdn.example/1.mp4" medium="video"><media:thumbnail url="https://cdn.example/s.jpg"/></media:content>`,
			[]Image{{URL: cdn + "s.jpg"}}, []Enclosure{{URL: cdn + "1.mp4"}}},
		{"thumbnail of a group", `<media:group><media:thumbnail url="s.jpg"/></media:group>`, []Image{{URL: "https://a.example/n/s.jpg"}}, nil},
		{"same picture twice", `<enclosure url="https://cdn.example/1.jpg" type="image/jpeg" length="9"/><media:content url="https://cdn.example/1.jpg" width="300" height="200"/>`,
			[]Image{{URL: cdn + "1.jpg", Type: "image/jpeg", Width: 300, Height: 200}}, []Enclosure{{cdn + "1.jpg", "image/jpeg", 9}}},
		{"enclosures", `<enclosure url="/a.mp3" type="audio/mpeg" length="-1"/><enclosure url="b.pdf" type="application/pdf" length="12"/><enclosure type="audio/mpeg"/>`,
			nil, []Enclosure{{"https://a.example/a.mp3", "audio/mpeg", 0}, {"https://a.example/n/b.pdf", "application/pdf", 12}}},
		{"podcast", `<itunes:image href="https://cdn.example/c.png"/><enclosure url="https://cdn.example/1.mp3" type="audio/mpeg" length="5"/>`,
			[]Image{{URL: cdn + "c.png"}}, []Enclosure{{cdn + "1.mp3", "audio/mpeg", 5}}},
		{"base of the item", `<media:content url="1.jpg"/><enclosure url="1.mp3" type="audio/mpeg"/>`, []Image{{URL: "https://a.example/n/1.jpg"}}, []Enclosure{{URL: "https://a.example/n/1.mp3", Type: "audio/mpeg"}}},
		{"no address", `<media:content type="image/jpeg"/><media:thumbnail/><itunes:image/>`, nil, nil},
	}
	for _, tt := range tests {
		ns := ` xmlns:media="http://search.yahoo.com/mrss/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"`
		for format, doc := range map[string]string{
			"RSS":                  "<rss" + ns + "><channel><item>" + tt.item + "</item></channel></rss>",
			"without declarations": "<rss><channel><item>" + tt.item + "</item></channel></rss>",
		} {
			e := mustParse(t, doc, Options{URL: "https://a.example/n/feed"}).Entries[0]
			if !reflect.DeepEqual(e.Images, tt.images) || !reflect.DeepEqual(e.Enclosures, tt.enclosures) {
				t.Errorf("%s, %s: images %+v, enclosures %+v\nwant %+v, %+v", tt.name, format, e.Images, e.Enclosures, tt.images, tt.enclosures)
			}
		}
	}
}

func TestParseReadsMediaOfAtomAndJSON(t *testing.T) {
	images := []Image{{"https://a.example/m/1.jpg", "image/jpeg", 300, 200, "Boats", "Ines Volt"}}
	files := []Enclosure{{"https://a.example/m/1.mp3", "audio/mpeg", 5}}
	f := mustParse(t, `<feed xmlns="http://www.w3.org/2005/Atom" xmlns:m="http://search.yahoo.com/mrss/" xml:base="/m/x"><entry>
		<link rel="enclosure" href="1.mp3" type="audio/mpeg" length="5"/><category term="war" label="War"/><category label="Peace"/>
		<m:group><m:content url="https://a.example/m/1.jpg" type="image/jpeg" width="300" height="200"/><m:description>Boats</m:description><m:credit>Ines Volt</m:credit></m:group></entry></feed>`, Options{URL: "https://a.example/f"})
	if e := f.Entries[0]; !reflect.DeepEqual(e.Images, images) || !reflect.DeepEqual(e.Enclosures, files) || !reflect.DeepEqual(e.Tags, []string{"war", "Peace"}) {
		t.Errorf("Atom: %+v", e)
	}
	f = mustParse(t, `{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"1","image":"m/1.jpg","banner_image":"m/2.jpg","tags":["war","war"," peace"],
		"attachments":[{"url":"m/1.mp3","mime_type":"audio/mpeg","size_in_bytes":5},{"url":"m/3.png","mime_type":"image/png"}]}]}`, Options{URL: "https://a.example/f"})
	wantImages := []Image{{URL: "https://a.example/m/1.jpg"}, {URL: "https://a.example/m/2.jpg"}, {URL: "https://a.example/m/3.png", Type: "image/png"}}
	wantFiles := append(files, Enclosure{URL: "https://a.example/m/3.png", Type: "image/png"})
	if e := f.Entries[0]; !reflect.DeepEqual(e.Images, wantImages) || !reflect.DeepEqual(e.Enclosures, wantFiles) || !reflect.DeepEqual(e.Tags, []string{"war", "peace"}) {
		t.Errorf("JSON: %+v", e)
	}
}
