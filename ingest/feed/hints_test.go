package feed

import (
	"reflect"
	"slices"
	"testing"
	"time"
)

func TestParseReadsHintsForPolling(t *testing.T) {
	const day = 24 * time.Hour
	const sy = `xmlns:s="http://purl.org/rss/1.0/modules/syndication/"`
	hours := numbered(24, "<hour>%d</hour>")
	tests := []struct {
		name, channel string
		want          Feed
	}{
		{"nothing", "", Feed{}},
		{"ttl", "<ttl> 45 </ttl>", Feed{TTL: 45 * time.Minute}},
		{"ttl beyond reason", "<ttl>9000000000000000000</ttl>", Feed{TTL: maxTTL}},
		{"ttl that is none", "<ttl>-5</ttl>", Feed{}},
		{"hours", "<skipHours><hour>24</hour><hour>3</hour><hour> 07 </hour><hour>3</hour><hour>0</hour><hour>24</hour><hour>25</hour><hour>x</hour></skipHours>", Feed{SkipHours: []int{0, 3, 7}}},
		{"all hours", "<skipHours>" + hours + "</skipHours>", Feed{}},
		{"days", "<skipDays><day>Sunday</day><day> SAT </day><day>sunday</day><day>Someday</day></skipDays>", Feed{SkipDays: []time.Weekday{time.Sunday, time.Saturday}}},
		{"all days", "<skipDays><day>Mon</day><day>Tue</day><day>Wed</day><day>Thu</day><day>Fri</day><day>Sat</day><day>Sun</day></skipDays>", Feed{}},
		{"period", "<s:updatePeriod " + sy + ">\n hourly </s:updatePeriod>", Feed{Update: time.Hour}},
		{"period and frequency", "<s:updatePeriod " + sy + ">Daily</s:updatePeriod><s:updateFrequency " + sy + ">4</s:updateFrequency>", Feed{Update: 6 * time.Hour}},
		{"frequency alone", "<s:updateFrequency " + sy + ">2</s:updateFrequency>", Feed{Update: 12 * time.Hour}},
		{"frequency of nought", "<s:updatePeriod " + sy + ">weekly</s:updatePeriod><s:updateFrequency " + sy + ">0</s:updateFrequency>", Feed{Update: 7 * day}},
		{"frequency beyond reason", "<s:updatePeriod " + sy + ">hourly</s:updatePeriod><s:updateFrequency " + sy + ">1000000000</s:updateFrequency>", Feed{Update: time.Minute}},
		{"monthly", "<s:updatePeriod " + sy + ">monthly</s:updatePeriod>", Feed{Update: 30 * day}},
		{"yearly", "<s:updatePeriod " + sy + ">yearly</s:updatePeriod>", Feed{Update: 365 * day}},
		{"period nobody knows", "<s:updatePeriod " + sy + ">sometimes</s:updatePeriod>", Feed{}},
		{"prefix without declaration", "<sy:updatePeriod>hourly</sy:updatePeriod>", Feed{Update: time.Hour}},
	}
	for _, tt := range tests {
		f := mustParse(t, "<rss><channel>"+tt.channel+"</channel></rss>", Options{})
		got := Feed{TTL: f.TTL, Update: f.Update, SkipHours: f.SkipHours, SkipDays: f.SkipDays}
		if !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: got %v %v %v %v, want %v %v %v %v", tt.name, got.TTL, got.Update, got.SkipHours, got.SkipDays,
				tt.want.TTL, tt.want.Update, tt.want.SkipHours, tt.want.SkipDays)
		}
	}
}

func TestParseFindsOlderEntries(t *testing.T) {
	const atom, fh = `xmlns:a="http://www.w3.org/2005/Atom"`, `xmlns:h="http://purl.org/syndication/history/1.0"`
	rss := func(s string) string {
		return "<rss " + atom + " " + fh + "><channel>" + s + "<item><title>x</title></item></channel></rss>"
	}
	at := func(s string) string {
		return `<feed xmlns="http://www.w3.org/2005/Atom" ` + fh + ">" + s + "<entry><title>x</title></entry></feed>"
	}
	json := func(s string) string { return `{"version":"https://jsonfeed.org/version/1.1",` + s + `"items":[]}` }
	const here = "https://a.example/n/feed"
	tests := []struct {
		name, doc string
		want      Feed
	}{
		{"nothing", rss(""), Feed{}},
		{"archive", rss(`<a:link rel="prev-archive" href="/2025"/><a:link rel="next" href="/2"/><h:archive/>`), Feed{Prev: "https://a.example/2025", Archive: true}},
		{"paged", rss(`<a:link rel="next" href="feed?page=2"/><a:link rel="previous" href="feed?page=0"/>`), Feed{Prev: "https://a.example/n/feed?page=2"}},
		{"complete", rss(`<h:complete/>`), Feed{Complete: true}},
		{"vocabulary of another", rss(`<o:complete xmlns:o="urn:o"/><o:archive xmlns:o="urn:o"/>`), Feed{}},
		{"next is here", rss(`<a:link rel="next" href="` + here + `"/>`), Feed{}},
		{"next is self", rss(`<a:link rel="self" href="https://b.example/f"/><a:link rel="next" href="https://b.example/f"/>`), Feed{Self: "https://b.example/f"}},
		{"next is no address on the Web", rss(`<a:link rel="next" href="file:///etc/passwd"/>`), Feed{}},
		{"hub and self", rss(`<a:link rel="hub" href="//hub.example"/><a:link rel="SELF" href="f"/>`), Feed{Hub: "https://hub.example", Self: "https://a.example/n/f"}},
		{"Atom in RSS with https", `<rss xmlns:a="https://www.w3.org/2005/Atom"><channel><a:link rel="hub" href="https://hub.example/"/></channel></rss>`, Feed{Hub: "https://hub.example/"}},
		{"Atom in RSS undeclared", `<rss><channel><atom:link rel="hub" href="https://hub.example/"/><fh:complete/></channel></rss>`, Feed{Hub: "https://hub.example/", Complete: true}},
		{"Atom archive", at(`<link rel="prev-archive" href="../2025"/><h:archive/>`), Feed{Prev: "https://a.example/2025", Archive: true}},
		{"Atom paged", at(`<link rel="next" href="?page=2"/>`), Feed{Prev: "https://a.example/n/feed?page=2"}},
		{"Atom complete", at(`<complete xmlns="http://purl.org/syndication/history/1.0"/>`), Feed{Complete: true}},
		{"Atom hub", at(`<link rel="hub" href="https://hub.example/"/><link rel="self" href="/f"/>`), Feed{Hub: "https://hub.example/", Self: "https://a.example/f"}},
		{"JSON", json(`"next_url":"p2.json","feed_url":"/f","hubs":[{"type":"rssCloud","url":"https://c.example/"},{"type":"WebSub","url":"https://hub.example/"}],`), Feed{Prev: "https://a.example/n/p2.json", Self: "https://a.example/f", Hub: "https://hub.example/"}},
		{"JSON with wrong types", json(`"title":1,"authors":"x","next_url":"p2.json","hubs":{"type":"websub","url":"https://hub.example/"},`), Feed{Prev: "https://a.example/n/p2.json", Hub: "https://hub.example/"}},
	}
	for _, tt := range tests {
		f := mustParse(t, tt.doc, Options{URL: here})
		got := Feed{Prev: f.Prev, Complete: f.Complete, Archive: f.Archive, Hub: f.Hub, Self: f.Self}
		if !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: got %+v\nwant %+v", tt.name, got, tt.want)
		}
	}
}

func TestParseKnowsVocabulariesByOtherNames(t *testing.T) {
	for _, uri := range []string{"http://search.yahoo.com/mrss/", "http://search.yahoo.com/mrss", "https://search.yahoo.com/mrss/", "http://www.rssboard.org/media-rss"} {
		f := mustParse(t, `<rss xmlns:m="`+uri+`"><channel><item><m:content url="https://a.example/1.jpg" medium="image"/></item></channel></rss>`, Options{})
		if want := []Image{{URL: "https://a.example/1.jpg"}}; !slices.Equal(f.Entries[0].Images, want) {
			t.Errorf("%s: images %+v, want %+v", uri, f.Entries[0].Images, want)
		}
	}
	f := mustParse(t, `<rss xmlns:p="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:d="https://purl.org/dc/elements/1.1/"><channel><item><p:image href="https://a.example/c.png"/><d:creator>Mira</d:creator></item></channel></rss>`, Options{})
	if e := f.Entries[0]; len(e.Images) != 1 || !slices.Equal(e.Authors, []string{"Mira"}) {
		t.Errorf("podcast entry %+v", e)
	}
}
