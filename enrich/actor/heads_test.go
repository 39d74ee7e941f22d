package actor

import (
	"strings"
	"testing"
	"testing/fstest"
)

// TestNamesAreFoundWhereverTheyStand moves names over the borders of what is
// looked at together, beside letters that are not ASCII and without a space.
func TestNamesAreFoundWhereverTheyStand(t *testing.T) {
	r := register(t)
	for _, tt := range []struct{ body, want string }{
		{"Hezbollah", "hezbollah"},
		{"the Kurdistan Workers' Party", "pkk"},
		{"Hezbollah—Hamas", "hamas hezbollah"},
		{"(Hezbollah…“Hamas”)", "hamas hezbollah"},
		{"Hézbollah, Hamás", "hamas hezbollah"},
		{"哈马斯Hezbollah", "hamas hezbollah"},
		{"xHezbollah Hamasx éHamas HezbollahéHamas Hezbollahiحماس", ""},
	} {
		for n := range 2 * stretchBytes {
			text := Text{Language: "en", Body: strings.Repeat("-", n) + tt.body}
			if got := strings.Join(ids(t, text, r.Find(text)), " "); got != tt.want {
				t.Fatalf("behind %d bytes %q names %q, want %q", n, tt.body, got, tt.want)
			}
			text.Body = strings.Repeat("a", n) + " " + tt.body
			if got := strings.Join(ids(t, text, r.Find(text)), " "); got != tt.want {
				t.Fatalf("behind a word of %d letters %q names %q, want %q", n, tt.body, got, tt.want)
			}
		}
	}
}

// TestStarsStandForLetters wants names with a star whose word is longer, in
// letters of any case or in capitals.
func TestStarsStandForLetters(t *testing.T) {
	r, err := Load(fstest.MapFS{"actors.tsv": {Data: []byte("one\tBlue Front\tarmed-group\tzz\t-\tBlues*\ntwo\tRed Front\tarmed-group\tzz\t-\tREDS*\n")}})
	if err != nil {
		t.Fatal(err)
	}
	for body, want := range map[string]string{
		"bluesy": "one", "BLUESMEN": "one", "blue": "", "REDS": "two", "REDSTAR": "two", "redstar": "",
	} {
		text := Text{Language: "en", Body: body}
		if got := strings.Join(ids(t, text, r.Find(text)), " "); got != want {
			t.Errorf("%q names %q, want %q", body, got, want)
		}
	}
}

// TestNamesAreFoundBehindNames wants what follows a name at once to be read:
// an ideograph ends a name, and the next word begins behind it.
func TestNamesAreFoundBehindNames(t *testing.T) {
	r, err := Load(fstest.MapFS{"actors.tsv": {Data: []byte("one\tLiberation 军\tarmed-group\tzz\t-\t-\ntwo\tUnity Front\tarmed-group\tzz\t-\t-\n")}})
	if err != nil {
		t.Fatal(err)
	}
	text := Text{Language: "en", Body: "Liberation 军Unity Front"}
	if got := strings.Join(ids(t, text, r.Find(text)), " "); got != "one two" {
		t.Errorf("%q names %q, want one and two", text.Body, got)
	}
}
