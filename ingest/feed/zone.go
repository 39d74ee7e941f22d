package feed

import "time"

// A zone is what the name of a time zone in a date stands for.
type zone struct {
	offset time.Duration // east of UTC
	rule   zoneRule
}

// A zoneRule says on what else the meaning of a zone's name depends.
type zoneRule uint8

const (
	fixed       zoneRule = iota
	americanDST          // ET, PT: an hour more while the United States have summer time
	britishDST           // BST: only in British summer; it is Bangladesh's at any time
	mailOnly             // CST: what RFC 822 says, but China in the format of ctime
)

// zones holds, in lower case, the names with one meaning in practice, and
// those that RFC 822 defines. Names in use in several parts of the world, such
// as IST and AST, are left out, as are the military letters (RFC 2822 §4.3).
var zones = map[string]zone{
	"z": {}, "ut": {}, "utc": {}, "gmt": {}, "wet": {}, "etc/utc": {},
	"west": {offset: 1 * time.Hour}, "cet": {offset: 1 * time.Hour}, "met": {offset: 1 * time.Hour},
	"mez": {offset: 1 * time.Hour}, "mesz": {offset: 2 * time.Hour}, "wat": {offset: 1 * time.Hour},
	"cest": {offset: 2 * time.Hour}, "mest": {offset: 2 * time.Hour}, "eet": {offset: 2 * time.Hour},
	"sast": {offset: 2 * time.Hour}, "cat": {offset: 2 * time.Hour}, "eest": {offset: 3 * time.Hour},
	"msk": {offset: 3 * time.Hour}, "eat": {offset: 3 * time.Hour}, "idt": {offset: 3 * time.Hour},
	"pkt": {offset: 5 * time.Hour}, "npt": {offset: 5*time.Hour + 45*time.Minute},
	"wib": {offset: 7 * time.Hour}, "ict": {offset: 7 * time.Hour},
	"hkt": {offset: 8 * time.Hour}, "sgt": {offset: 8 * time.Hour}, "awst": {offset: 8 * time.Hour},
	"jst": {offset: 9 * time.Hour}, "kst": {offset: 9 * time.Hour},
	"acst": {offset: 9*time.Hour + 30*time.Minute}, "acdt": {offset: 10*time.Hour + 30*time.Minute},
	"aest": {offset: 10 * time.Hour}, "aedt": {offset: 11 * time.Hour},
	"nzst": {offset: 12 * time.Hour}, "nzdt": {offset: 13 * time.Hour},
	"brt": {offset: -3 * time.Hour}, "nst": {offset: -3*time.Hour - 30*time.Minute},
	"ndt": {offset: -2*time.Hour - 30*time.Minute},
	"edt": {offset: -4 * time.Hour}, "est": {offset: -5 * time.Hour}, "cdt": {offset: -5 * time.Hour},
	"mdt": {offset: -6 * time.Hour}, "mst": {offset: -7 * time.Hour}, "pdt": {offset: -7 * time.Hour},
	"pst": {offset: -8 * time.Hour}, "akdt": {offset: -8 * time.Hour}, "akst": {offset: -9 * time.Hour},
	"hst": {offset: -10 * time.Hour},

	"cst": {offset: -6 * time.Hour, rule: mailOnly},
	"bst": {offset: 1 * time.Hour, rule: britishDST},
	"at":  {offset: -4 * time.Hour, rule: americanDST},
	"et":  {offset: -5 * time.Hour, rule: americanDST},
	"ct":  {offset: -6 * time.Hour, rule: americanDST},
	"mt":  {offset: -7 * time.Hour, rule: americanDST},
	"pt":  {offset: -8 * time.Hour, rule: americanDST},
}

// at returns the offset of z at the local time t, and false when the name
// does not tell. ctime says that the date came in the format of ctime.
func (z zone) at(t time.Time, ctime bool) (time.Duration, bool) {
	switch z.rule {
	case americanDST:
		from, to := sunday(t.Year(), time.March, 8), sunday(t.Year(), time.November, 1)
		if t.Year() < 2007 {
			from, to = sunday(t.Year(), time.April, 1), sunday(t.Year(), time.October, 25)
		}
		if !t.Before(from.Add(2*time.Hour)) && t.Before(to.Add(2*time.Hour)) {
			return z.offset + time.Hour, true
		}
	case britishDST:
		from, to := sunday(t.Year(), time.March, 25), sunday(t.Year(), time.October, 25)
		return z.offset, !t.Before(from) && t.Before(to.Add(2*time.Hour))
	case mailOnly:
		return z.offset, !ctime
	}
	return z.offset, true
}

// sameAs reports whether the name o, given after the offset z, says the same.
func (z zone) sameAs(o zone) bool {
	return z.offset == o.offset || o.rule == americanDST && z.offset == o.offset+time.Hour
}

// sunday returns midnight of the first Sunday of the month on or after day.
func sunday(year int, month time.Month, day int) time.Time {
	t := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	return t.AddDate(0, 0, (7-int(t.Weekday()))%7)
}
