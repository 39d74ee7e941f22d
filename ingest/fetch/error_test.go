package fetch

import (
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"
)

func TestRetryAfterIsRead(t *testing.T) {
	now := time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
	tests := []struct {
		value, date string
		want        time.Duration
	}{
		{"120", "", 2 * time.Minute},
		{" 7 ", "", 7 * time.Second},
		{"0", "", 0},
		{"-5", "", defaultRetryAfter},
		{"1.5", "", defaultRetryAfter},
		{"", "", defaultRetryAfter},
		{"soon", "", defaultRetryAfter},
		{"86400", "", 24 * time.Hour},
		{"9999999", "", 24 * time.Hour},
		{"99999999999999999999999", "", 24 * time.Hour},
		{"18446744073709551615", "", 24 * time.Hour},
		{"Mon, 04 May 2026 12:10:00 GMT", "", 10 * time.Minute},
		{"Monday, 04-May-26 12:10:00 GMT", "", 10 * time.Minute},
		{"Mon May  4 12:10:00 2026", "", 10 * time.Minute},
		{"Mon, 04 May 2026 11:00:00 GMT", "", 0},
		{"Fri, 04 May 2029 12:00:00 GMT", "", 24 * time.Hour},
		// The server's clock is an hour ahead of ours.
		{"Mon, 04 May 2026 13:10:00 GMT", "Mon, 04 May 2026 13:00:00 GMT", 10 * time.Minute},
	}
	for _, tt := range tests {
		h := http.Header{"Retry-After": {tt.value}}
		if tt.date != "" {
			h.Set("Date", tt.date)
		}
		if got := retryAfter(h, now).Sub(now); got != tt.want {
			t.Errorf("Retry-After %q with Date %q = in %v, want in %v", tt.value, tt.date, got, tt.want)
		}
	}
}

func FuzzRetryAfter(f *testing.F) {
	f.Add("120", "")
	f.Add("Mon, 04 May 2026 12:10:00 GMT", "Mon, 04 May 0001 12:10:00 GMT")
	f.Add("99999999999999999999999", "x")
	f.Add("Mon, 04 May 0000 12:10:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT")
	f.Fuzz(func(t *testing.T, value, date string) {
		now := time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
		got := retryAfter(http.Header{"Retry-After": {value}, "Date": {date}}, now)
		if got.Before(now) || got.After(now.Add(maxRetryAfter)) {
			t.Errorf("Retry-After %q with Date %q = %v, want within a day after %v", value, date, got, now)
		}
	})
}

func TestStatusHasClass(t *testing.T) {
	tests := []struct {
		status     int
		retryAfter string
		want       Class
	}{
		{204, "", Transient}, {206, "", Transient}, {300, "", Unusable},
		{400, "", Unusable}, {401, "", Denied}, {402, "", Denied}, {403, "", Denied}, {403, "30", Throttled},
		{404, "", NotFound}, {404, "30", NotFound}, {405, "", Unusable}, {406, "", Unusable}, {408, "", Transient},
		{410, "", Gone}, {418, "", Unusable}, {421, "", Transient}, {425, "", Transient},
		{429, "", Throttled}, {429, "30", Throttled}, {451, "", Denied},
		{500, "", Transient}, {500, "30", Transient}, {502, "", Transient}, {503, "", Transient}, {503, "30", Throttled},
		{521, "", Transient}, {999, "", Transient},
	}
	for _, tt := range tests {
		h := http.Header{}
		if tt.retryAfter != "" {
			h.Set("Retry-After", tt.retryAfter)
		}
		if got := classOfStatus(tt.status, h); got != tt.want {
			t.Errorf("class of status %d with Retry-After %q = %v, want %v", tt.status, tt.retryAfter, got, tt.want)
		}
	}
}

func TestClassOfFindsTheError(t *testing.T) {
	cause := errors.New("cause")
	err := fmt.Errorf("poll: %w", &Error{Class: Gone, URL: "http://a.example/", Status: 410, Err: cause})
	if got := ClassOf(err); got != Gone {
		t.Errorf("ClassOf(%v) = %v, want %v", err, got, Gone)
	}
	if !errors.Is(err, cause) {
		t.Errorf("%v does not wrap its cause", err)
	}
	if got := ClassOf(cause); got != Transient {
		t.Errorf("ClassOf(%v) = %v, want %v", cause, got, Transient)
	}
	seen := map[string]bool{}
	for c := Transient; c <= Unusable; c++ {
		if name := c.String(); name == "" || seen[name] {
			t.Errorf("class %d has the name %q, which is empty or taken", c, name)
		}
		seen[c.String()] = true
	}
	if got, want := Class(99).String(), "class(99)"; got != want {
		t.Errorf("Class(99).String() = %q, want %q", got, want)
	}
}
