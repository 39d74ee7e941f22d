package rhythm

import "time"

// A Trouble is why a poll came to nothing.
type Trouble uint8

const (
	Transient Trouble = iota // network, 5xx, 429: soon better; the zero value
	Unusable                 // not found, forbidden, no feed: an operator may have to act
	Gone                     // 410: asked only to see whether it is back
)

// MaxBackoff is the longest time that a failing feed is left alone.
const MaxBackoff = 6 * time.Hour

// Backoff says how long to wait after the given number of failures in a row,
// at least 1: twice usual (5m where it is not above 0) after the first, and
// from then on twice as long each time after a transient trouble and four
// times as long after an unusable answer, up to [MaxBackoff]; that at once
// when the feed is gone.
func Backoff(why Trouble, failures int, usual time.Duration) time.Duration {
	if usual <= 0 {
		usual = 5 * time.Minute
	}
	if why == Gone {
		return MaxBackoff
	}
	wait := min(2*min(usual, MaxBackoff), MaxBackoff)
	for i := 1; i < failures && wait < MaxBackoff; i++ {
		if wait *= 2; why == Unusable {
			wait *= 2
		}
	}
	return min(wait, MaxBackoff)
}
