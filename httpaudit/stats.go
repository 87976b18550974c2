package httpaudit

import "sync/atomic"

// Stats counts what became of the requests; see [WithStats]. Each request counts once, when it is over. The zero value is
// ready for use, and one Stats may serve several middlewares.
type Stats struct {
	Recorded atomic.Uint64 // record returned nil
	Failed   atomic.Uint64 // record returned an error, panicked or ended its goroutine: not recorded
	Excluded atomic.Uint64 // an Exclude rule matched before the handler ran
	LeftOut  atomic.Uint64 // a rule excluded the request, or sampled it out, after the handler ran
}
