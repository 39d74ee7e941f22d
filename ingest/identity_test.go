package ingest

import "testing"

func TestCanonicalTellsArticlesApart(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"http://www.a.example/news/1", "https://a.example/news/1"},
		{"https://a.example/news/1/", "https://a.example/news/1"},
		{"https://A.Example:443/News/1#comments", "https://a.example/News/1"},
		{"https://a.example:8080/1", "https://a.example:8080/1"},
		{"https://m.a.example/1", "https://a.example/1"},
		{"https://m.example/1", "https://m.example/1"},
		{"https://amp.a.example/1/amp/", "https://a.example/1"},
		{"https://a.example/1?utm_source=rss&utm_medium=feed", "https://a.example/1"},
		{"https://a.example/story?id=7&fbclid=x", "https://a.example/story?id=7"},
		{"https://a.example/story?b=2&a=1", "https://a.example/story?a=1&b=2"},
		{"https://a.example/", "https://a.example"},
		{"https://a.example/?p=12", "https://a.example?p=12"},
		{"https://a.example/caf%C3%A9", "https://a.example/caf%C3%A9"},
		{" https://a.example/1\n", "https://a.example/1"},
		{"https://[::1]:81/x", "https://[::1]:81/x"},
		{"not an address", "not an address"},
		{"", ""},
	} {
		if got := Canonical(tt.in); got != tt.want {
			t.Errorf("Canonical(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestKeyIsAUUIDOfTheCanonicalAddress(t *testing.T) {
	// As Python's uuid.uuid5(uuid.NAMESPACE_URL, "https://a.example/1") has it.
	const want = "5d8fd54e-2827-5e39-a337-33e0db7891ec"
	for _, link := range []string{"https://a.example/1", "http://www.a.example/1?utm_source=x"} {
		if got := Key(link); got != want {
			t.Errorf("Key(%q) = %s, want %s", link, got, want)
		}
	}
	if Key("https://a.example/2") == want {
		t.Error("two articles have one key")
	}
}

func TestSameSite(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want bool
	}{
		{"https://news.a.co.uk/1", "https://www.a.co.uk/2", true},
		{"https://a.co.uk/1", "https://b.co.uk/1", false},
		{"http://127.0.0.1:81/1", "http://127.0.0.1:82/1", false},
		{"http://127.0.0.1:81/1", "http://127.0.0.1:81/2", true},
		{"https://one.github.io/1", "https://two.github.io/1", false},
		{"", "", false},
	} {
		if got := SameSite(tt.a, tt.b); got != tt.want {
			t.Errorf("SameSite(%q, %q) = %t, want %t", tt.a, tt.b, got, tt.want)
		}
	}
}

func FuzzCanonical(f *testing.F) {
	f.Add("https://www.a.example/1?utm_source=x#y")
	f.Add("http://[::1]:80//?&&=&")
	f.Fuzz(func(t *testing.T, link string) {
		once := Canonical(link)
		if twice := Canonical(once); twice != once {
			t.Errorf("Canonical(%q) = %q, again %q", link, once, twice)
		}
	})
}
