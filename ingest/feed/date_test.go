package feed

import (
	"testing"
	"time"
)

func TestParseDateIsRightOrAbsent(t *testing.T) {
	const absent = ""
	tests := []struct{ in, want string }{
		// RFC 3339 and ISO 8601
		{"2026-11-17T09:12:44Z", "2026-11-17T09:12:44Z"},
		{"2026-11-17t09:12:44z", "2026-11-17T09:12:44Z"},
		{"2026-11-17T09:12:44.125+05:45", "2026-11-17T03:27:44.125Z"},
		{"2026-11-17T09:12-0330", "2026-11-17T12:42:00Z"},
		{"2026-11-17 09:12:44 +02", "2026-11-17T07:12:44Z"},
		{"2026-11-17 09:12:44", "2026-11-17T09:12:44Z"},
		{"20261117T091244Z", "2026-11-17T09:12:44Z"},
		{"2026/11/17 9:12 PM EST", "2026-11-18T02:12:00Z"},
		{"2026-11-17", "2026-11-17T00:00:00Z"},
		{"2026-11", "2026-11-01T00:00:00Z"},
		{"2026", "2026-01-01T00:00:00Z"},
		{"2026-11-17T24:00:00Z", "2026-11-18T00:00:00Z"},
		{"2026-12-31T23:59:60Z", "2027-01-01T00:00:00Z"},
		{"2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"},
		{"2026-02-29T00:00:00Z", absent},
		{"2026-13-01", absent},
		{"2026-11-17T25:00:00Z", absent},
		{"2026-11-17T24:00:01Z", absent},
		{"2026-11-17T09:60:00Z", absent},
		{"2026-11-17T09:12:44+15:00", absent},
		{"2026-11-17T09:12:44+2:3", absent},
		{"0001-01-01T00:00:00Z", absent},
		{"0000-00-00 00:00:00", absent},

		// RFC 822 and its descendants
		{"Tue, 17 Nov 2026 09:12:44 GMT", "2026-11-17T09:12:44Z"},
		{"Tue, 17 Nov 2026 09:12:44 +0000", "2026-11-17T09:12:44Z"},
		{"Tue, 17 Nov 2026 09:12 -0500", "2026-11-17T14:12:00Z"},
		{"17 Nov 26 09:12 Z", "2026-11-17T09:12:00Z"},
		{"Tuesday, 17-Nov-26 09:12:44 UTC", "2026-11-17T09:12:44Z"},
		{"tue,17 nov 2026 09:12:44 gmt", "2026-11-17T09:12:44Z"},
		{"Tue, 17 Nov 2026 09:12:44 GMT+0200", "2026-11-17T07:12:44Z"},
		{"Tue, 17 Nov 2026 09:12:44 +0200 (EET)", "2026-11-17T07:12:44Z"},
		{"Tue, 17 Nov 2026 09:12:44 +0200 EET", "2026-11-17T07:12:44Z"},
		{"Tue, 17 Nov 2026 09:12:44 (CET)", "2026-11-17T08:12:44Z"},
		{"Tue, 17 Nov 2026 09:12:44 --0500", "2026-11-17T14:12:44Z"},
		{"Tue, 17 Nov 95 09:12:44 PST", "1995-11-17T17:12:44Z"},
		{"Tue, 17 Nov 2026 09:12:44 +0200 EST", absent},
		{"Tue, 31 Nov 2026 09:12:44 GMT", absent},
		{"Tue, 17 Nov 09:12:44 GMT", absent},

		// zones whose meaning depends on more than the name
		{"Tue, 17 Nov 2026 09:12:44 ET", "2026-11-17T14:12:44Z"},
		{"Fri, 17 Jul 2026 09:12:44 ET", "2026-07-17T13:12:44Z"},
		{"Sun, 08 Mar 2026 01:59:00 PT", "2026-03-08T09:59:00Z"},
		{"Sun, 08 Mar 2026 03:00:00 PT", "2026-03-08T10:00:00Z"},
		{"Fri, 20 Oct 2006 09:00:00 CT", "2006-10-20T14:00:00Z"},
		{"Fri, 17 Jul 2026 09:12:44 BST", "2026-07-17T08:12:44Z"},
		{"Tue, 17 Nov 2026 09:12:44 BST", absent},
		{"Tue, 17 Nov 2026 09:12:44 CST", "2026-11-17T15:12:44Z"},
		{"Tue Nov 17 09:12:44 CST 2026", absent},
		{"Tue, 17 Nov 2026 09:12:44 IST", absent},
		{"Tue, 17 Nov 2026 09:12:44 QXT", absent},
		{"Tue, 17 Nov 2026 09:12:44 A", absent},

		// ctime, JavaScript, people
		{"Tue Nov 17 09:12:44 2026", "2026-11-17T09:12:44Z"},
		{"Tue Nov 17 09:12:44 CET 2026", "2026-11-17T08:12:44Z"},
		{"Tue Nov 17 09:12:44 +0100 2026", "2026-11-17T08:12:44Z"},
		{"Tue Nov 17 2026 09:12:44 GMT+0100 (Central European Standard Time)", "2026-11-17T08:12:44Z"},
		{"November 17, 2026", "2026-11-17T00:00:00Z"},
		{"Nov. 17th, 2026 12:05 a.m.", "2026-11-17T00:05:00Z"},
		{"November 17, 2026 at 3:04 PM", "2026-11-17T15:04:00Z"},
		{"17.11.2026 09:12", "2026-11-17T09:12:00Z"},
		{"17/11/2026 09:12", "2026-11-17T09:12:00Z"},
		{"11/17/2026", "2026-11-17T00:00:00Z"},
		{"11/11/2026", "2026-11-11T00:00:00Z"},
		{"04/05/2026", absent},
		{"04-05-26", absent},

		// other languages
		{"mar., 17 nov. 2026 09:12:44 +0100", "2026-11-17T08:12:44Z"},
		{"mar 3 mars 2026", "2026-03-03T00:00:00Z"},
		{"Di, 3 Mär 2026 09:12:44 MEZ", "2026-03-03T08:12:44Z"},
		{"17 de noviembre de 2026", "2026-11-17T00:00:00Z"},
		{"Вт, 17 ноя 2026 09:12:44 +0300", "2026-11-17T06:12:44Z"},
		{"Τρί, 17 Νοέ 2026 09:12:44 +0200", "2026-11-17T07:12:44Z"},
		{"2026년 11월 17일 오후 3:04", "2026-11-17T06:04:00Z"},

		// no dates
		{"", absent}, {"now", absent}, {"yesterday", absent}, {"12:30", absent}, {"1763370764", absent},
		{"Tue, 17 Nov 2026 09:12:44 GMT and more", absent},
		{"November 2026", absent}, {"17", absent}, {"2026-11-17T", absent}, {"2026-11-17X09:12", absent},
		{"----", absent}, {"((((", absent}, {"\xff\xff\xff\xff", absent},
	}
	for _, tt := range tests {
		got := ""
		if d := parseDate(tt.in); !d.IsZero() {
			got = d.Format(time.RFC3339Nano)
		}
		if got != tt.want {
			t.Errorf("parseDate(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func BenchmarkParseDate(b *testing.B) {
	for _, bb := range []struct{ name, in string }{
		{"rfc3339", "2026-11-17T09:12:44+01:00"},
		{"named zone", "Tue, 17 Nov 2026 09:12:44 GMT"},
		{"numeric zone", "Tue, 17 Nov 2026 09:12:44 +0100"},
		{"garbage", "the day before the day after"},
	} {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				parseDate(bb.in)
			}
		})
	}
}

func FuzzDate(f *testing.F) {
	for _, s := range []string{
		"2026-11-17T09:12:44.5+01:00", "Tue, 17 Nov 2026 09:12:44 GMT", "Tue Nov 17 09:12:44 CET 2026",
		"17.11.2026 9:05 pm", "2026년 11월 17일", "20261117T0912Z", "mar. 3 mars 2026", "GMT+2",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d := parseDate(s)
		if d.IsZero() {
			return
		}
		if d.Location() != time.UTC {
			t.Errorf("parseDate(%q) is in %v", s, d.Location())
		}
		// What gofeed is given must come back as the same moment.
		if again := parseDate(formatDate(d)); d.Year() > 0 && d.Year() < 10000 && !again.Equal(d) {
			t.Errorf("parseDate(%q) = %v, written and read again %v", s, d, again)
		}
	})
}
