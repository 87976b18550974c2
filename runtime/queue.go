package runtime

import (
	"slices"
	"strings"
	"sync"
	"time"
)

// queue holds the events of one sink in memory, oldest first. It is bounded in events and in bytes; when it is full, the
// newest event is refused. Events are copied into blocks, which are used again, so that in the long run no event costs an
// allocation or work for the garbage collector.
//
// Callers add, under the lock of the intake. The sender peeks and resolves; only it does, so that what it has peeked stays
// in place until it resolves.
type queue struct {
	mu          *sync.Mutex // the intake's
	start       time.Time
	destination destinations
	limits      queueLimits
	wake        chan<- struct{} // to the sender; has room for one signal

	blocks blockList
	added  uint64 // events ever queued; the next one's sequence number
	events int
	bytes  int

	delivered    uint64
	deadLettered Counts
	dropped      Counts

	wakeAt   int           // number of events at which the sender wants to be woken; 0 is never
	flushTo  uint64        // the events before it are to be sent at once
	flushes  uint64        // calls of Flush
	progress chan struct{} // closed when events were resolved; nil while nobody waits
	closed   bool          // nothing is left, and late verdicts do not count

	peeked []position
}

// queueLimits bounds a queue and says when a batch is worth sending.
type queueLimits struct {
	events, bytes           int
	batchEvents, batchBytes int
}

func newQueue(in *intake, d destinations, limits queueLimits, wake chan<- struct{}) *queue {
	return &queue{
		mu:           &in.mu,
		start:        in.start,
		destination:  d,
		limits:       limits,
		wake:         wake,
		blocks:       blockList{pool: in.blocks},
		deadLettered: Counts{},
		dropped:      Counts{},
	}
}

// fits reports whether there is room for an event.
func (q *queue) fits(l *lane) bool {
	return q.events < q.limits.events && q.bytes+l.size() <= q.limits.bytes
}

// add queues an accepted event, or counts it as dropped. The lock is held.
func (q *queue) add(r *record, now time.Duration) {
	l := r.lane(q.destination)
	switch {
	case l == nil:
		q.dropped.add(reasonDestination, 1)
		return
	case q.closed: // the spool has taken it at the last moment
		q.dropped.add(reasonShutdown, 1)
		return
	case !q.fits(l):
		q.dropped.add(reasonQueueFull, 1)
		return
	}
	q.blocks.add(r, l, now, q.added)
	q.added++
	q.events++
	q.bytes += l.size()
	if q.wakeAt > 0 && (q.events >= q.wakeAt || q.bytes >= q.limits.batchBytes) {
		q.signal()
	}
}

// signal wakes the sender. A signal that it has not seen yet will do.
func (q *queue) signal() {
	q.wakeAt = 0
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// waiting describes the queue and asks for a signal when a batch has come together, or the first event.
func (q *queue) waiting() waiting {
	q.mu.Lock()
	defer q.mu.Unlock()
	w := waiting{events: q.events, flushes: q.flushes}
	w.full = q.events >= q.limits.batchEvents || q.bytes >= q.limits.batchBytes
	if oldest := q.blocks.oldest(); oldest != nil {
		w.since = q.start.Add(oldest.queued)
		w.flush = q.blocks.oldestSeq() < q.flushTo
	}
	switch {
	case q.events == 0:
		q.wakeAt = 1
	case q.events < q.limits.batchEvents:
		q.wakeAt = q.limits.batchEvents
	}
	return w
}

// peek appends at most limit of the oldest events to batch, as many as fit into one request. Their memory is the queue's
// and good until resolve.
func (q *queue) peek(batch []Message, limit int) ([]Message, error) {
	q.mu.Lock()
	waiting := q.blocks.span()
	q.mu.Unlock()
	q.peeked = waiting.peek(q.peeked[:0], limit, q.limits.batchBytes)
	return q.messages(batch), nil
}

// messages turns what was peeked into messages, without the lock: events do not change once they are queued.
func (q *queue) messages(batch []Message) []Message {
	ids, start := q.distinctIDs(), len(batch)
	batch = slices.Grow(batch, len(q.peeked))[:start+len(q.peeked)]
	for i, p := range q.peeked {
		e, m := p.event, &batch[start+i]
		m.Event = e.name
		m.DistinctID, ids = ids[:e.idLength], ids[e.idLength:]
		m.UUID = e.uuid
		m.Timestamp = time.UnixMicro(e.timestamp).UTC()
		m.Properties = e.properties()
	}
	return batch
}

// distinctIDs returns the distinct_ids of all peeked events in one string, the only allocation that a batch costs.
func (q *queue) distinctIDs() string {
	size := 0
	for _, p := range q.peeked {
		size += int(p.event.idLength)
	}
	var all strings.Builder
	all.Grow(size)
	for _, p := range q.peeked {
		all.Write(p.event.distinctID())
	}
	return all.String()
}

// resolve takes one verdict for each peeked event and forgets the events, but for those to be sent again. Only the sums are made
// under the lock, for which callers wait.
func (q *queue) resolve(verdicts []Verdict) error {
	var gone, bytes int
	var delivered uint64
	for i, v := range verdicts {
		if v.Outcome == Retry {
			continue
		}
		if v.Outcome == Delivered {
			delivered++
		}
		gone++
		bytes += q.peeked[i].forget()
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return nil
	}
	q.events -= gone
	q.bytes -= bytes
	q.delivered += delivered
	q.countDead(verdicts, uint64(gone)-delivered)
	q.blocks.trim(q.peeked)
	q.announce()
	return nil
}

// countDead counts the dead letters among verdicts, of which there are so many: hardly ever any.
func (q *queue) countDead(verdicts []Verdict, dead uint64) {
	if dead == 0 {
		return
	}
	for _, v := range verdicts {
		if v.Outcome != Retry && v.Outcome != Delivered {
			q.deadLettered.add(v.Reason, 1)
		}
	}
}

// announce tells those who wait in Flush that events were resolved.
func (q *queue) announce() {
	if q.progress != nil {
		close(q.progress)
		q.progress = nil
	}
}

// abandon drops all that is left, and returns how many events that were.
func (q *queue) abandon() uint64 {
	q.mu.Lock()
	defer q.mu.Unlock()
	n := uint64(q.events)
	if n > 0 {
		q.dropped.add(reasonShutdown, n)
	}
	q.closed, q.events, q.bytes, q.blocks = true, 0, 0, blockList{}
	q.announce()
	return n
}

// oldestAge is how long the oldest event has been queued. The lock is held.
func (q *queue) oldestAge(now time.Duration) time.Duration {
	if e := q.blocks.oldest(); e != nil {
		return max(0, now-e.queued)
	}
	return 0
}
