package runtime

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/eventgen/eventgen/spool"
)

// The reasons of the client's own counters.
const (
	reasonClosed      = "closed"
	reasonQueueFull   = "queue_full"
	reasonDestination = "destination"
	reasonShutdown    = "shutdown"
	reasonTooLarge    = "too_large"
	reasonDiskStalled = "disk_stalled"
	reasonDiskFailed  = "disk_failed"
	reasonDropOldest  = "drop_oldest"
	reasonDamaged     = "damaged"
	reasonDeadLetter  = "dead_letter"
)

// intake admits events to the queues of all sinks at once. One lock guards it and all its queues, so that an event is
// counted and queued everywhere in one step and a snapshot always adds up.
//
// Events that go to a spool are counted there, in the step that makes them visible to its readers. They come here afterwards, for
// the queues in memory; in a snapshot, those that are on their way between the two count as queued. The lock of the spool may be
// taken while that of the intake is held, never the other way round.
type intake struct {
	mu       sync.Mutex
	start    time.Time
	closed   atomic.Bool // changes under the lock
	accepted uint64      // of those that do not go to the spool
	handed   uint64      // of those that do: the queues know of them
	rejected Counts
	unsent   uint64
	queues   []*queue
	lines    []line // all that wait for a sink, the queues included, in the order of the senders
	spool    *spool.Spool
	blocks   *sync.Pool // of empty blocks, for all queues
}

// line is what waits for one sink, as the client sees it; for what its sender sees, see backlog. The lock of the intake is held
// during flush and describe.
type line interface {
	// flush asks the sender to send all that waits now. It returns a position behind that.
	flush() uint64
	// awaits returns nil when nothing before the position waits any more, else a channel that is closed when that may have
	// changed.
	awaits(position uint64) <-chan struct{}
	// describe fills in the counters of events.
	describe(*SinkStats, *snapshot)
}

func newIntake() *intake {
	return &intake{start: time.Now(), rejected: Counts{}, blocks: newBlockPool()}
}

// addQueue adds the queue of one more sink.
func (in *intake) addQueue(q *queue) {
	in.queues = append(in.queues, q)
	in.lines = append(in.lines, q)
}

// elapsed is the time since the intake was made.
func (in *intake) elapsed() time.Duration { return time.Since(in.start) }

// add accepts an event, or returns the reason under which it counted the refusal and the error for the caller.
func (in *intake) add(r *record) (reason string, err error) {
	now := r.begun
	if now == 0 {
		now = in.elapsed()
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	switch {
	case in.closed.Load():
		in.rejected.add(reasonClosed, 1)
		return reasonClosed, ErrClosed
	case in.full(r):
		in.rejected.add(reasonQueueFull, 1)
		return reasonQueueFull, ErrQueueFull
	}
	in.accepted++
	if len(in.lines) == 0 {
		in.unsent++
	}
	for _, q := range in.queues {
		q.add(r, now)
	}
	return "", nil
}

// hand queues an event that the spool has taken, for the sinks that keep theirs in memory. One that has no room does without.
func (in *intake) hand(r *record) {
	if len(in.queues) == 0 {
		return
	}
	now := in.elapsed()
	in.mu.Lock()
	defer in.mu.Unlock()
	in.handed++
	for _, q := range in.queues {
		q.add(r, now)
	}
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
	return !in.closed.Swap(true)
}
