package ingest

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"
)

func TestStateSurvivesStorage(t *testing.T) {
	now := time.Now().UTC().Truncate(time.Second)
	want := state{
		URL: "https://a.example/feed", ETag: `W/"x"`, LastModified: "Mon, 02 Jan 2006 15:04:05 GMT", Body: 1<<63 + 7,
		Full: now, OK: now, Failures: 3, Error: "503", Slot: now,
		Window: window{{Key: Key("https://a.example/1"), Hash: 42, First: now, Site: 9}, {Key: Key("https://a.example/2"), Hash: 1 << 62, ID: 7, First: now.Add(-time.Hour), Updated: 1 << 31}},
	}
	data, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	if got := decodeState(data, want.URL); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if perEntry := len(data) / len(want.Window); perEntry > 300 {
		t.Errorf("%d bytes an entry", perEntry)
	}
}

func TestStateOfAnotherAddressIsNone(t *testing.T) {
	for _, data := range []string{"", "{", `{"url":"https://b.example/"}`, `{"url":"https://a.example/","window":"AA"}`, `{"url":"https://a.example/","window":"%"}`} {
		if got := decodeState([]byte(data), "https://a.example/"); !reflect.DeepEqual(got, state{URL: "https://a.example/"}) {
			t.Errorf("decodeState(%q) = %+v", data, got)
		}
	}
}

func FuzzState(f *testing.F) {
	f.Add([]byte(`{"url":"u","window":"AAAA"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		st := decodeState(data, "u")
		again, err := json.Marshal(st)
		if err != nil {
			t.Fatal(err)
		}
		if got := decodeState(again, "u"); len(got.Window) != len(st.Window) {
			t.Errorf("%d entries became %d", len(st.Window), len(got.Window))
		}
	})
}
