package runtime

import (
	"sync"
	"time"
)

// The reasons of the client's own counters.
const (
	reasonClosed      = "closed"
	reasonQueueFull   = "queue_full"
	reasonDestination = "destination"
	reasonShutdown    = "shutdown"
	reasonTooLarge    = "too_large"
)

// intake admits events to the queues of all sinks at once. One lock guards it and all its queues, so that an event is
// counted and queued everywhere in one step and a snapshot always adds up.
type intake struct {
	mu       sync.Mutex
	start    time.Time
	closed   bool
	accepted uint64
	rejected Counts
	unsent   uint64
	queues   []*queue
	blocks   *sync.Pool // of empty blocks, for all queues
}

func newIntake() *intake {
	return &intake{start: time.Now(), rejected: Counts{}, blocks: newBlockPool()}
}

// elapsed is the time since the intake was made: half the price of time.Now.
func (in *intake) elapsed() time.Duration { return time.Since(in.start) }

// add accepts an event, or returns the reason under which it counted the refusal and the error for the caller.
func (in *intake) add(r *record) (reason string, err error) {
	now := in.elapsed()
	in.mu.Lock()
	defer in.mu.Unlock()
	switch {
	case in.closed:
		in.rejected.add(reasonClosed, 1)
		return reasonClosed, ErrClosed
	case in.full(r):
		in.rejected.add(reasonQueueFull, 1)
		return reasonQueueFull, ErrQueueFull
	}
	in.accepted++
	if len(in.queues) == 0 {
		in.unsent++
	}
	for _, q := range in.queues {
		q.add(r, now)
	}
	return "", nil
}

// full reports whether all sinks to which the event goes are full. One that goes nowhere is accepted.
func (in *intake) full(r *record) bool {
	full := false
	for _, q := range in.queues {
		l := r.lane(q.destination)
		if l == nil {
			continue
		}
		if q.fits(l) {
			return false
		}
		full = true
	}
	return full
}

// reject counts an event that was refused before it came here.
func (in *intake) reject(reason string) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.rejected.add(reason, 1)
}

// close stops the intake: nothing is accepted after it returned. It reports whether it was the first to do so.
func (in *intake) close() bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	first := !in.closed
	in.closed = true
	return first
}
