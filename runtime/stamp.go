package runtime

import (
	"sync/atomic"
	"time"
)

// stamper hands out strictly increasing times in whole microseconds, the resolution PostHog stores. Two events of one
// process never share a time stamp, so that a receiver which tells events apart by time does not merge them.
type stamper struct {
	last atomic.Int64
}

// next returns now in microseconds since 1970, or one more than the last result where the clock stood still or went back.
func (s *stamper) next(now time.Time) int64 {
	want := now.UnixMicro()
	for {
		last := s.last.Load()
		stamp := max(want, last+1)
		if s.last.CompareAndSwap(last, stamp) {
			return stamp
		}
	}
}
