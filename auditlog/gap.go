package auditlog

import (
	"context"
	"maps"
	"time"

	"github.com/eventgen/eventgen/runtime"
)

// gapInterval is the least time between two gap records that Send writes on its own.
const gapInterval = time.Minute

// counts are numbers of events by reason.
type counts map[string]uint64

func (c counts) add(more counts) {
	for reason, n := range more {
		c[reason] += n
	}
}

// gap is the body of a gap record.
type gap struct {
	Counts counts `json:"counts"`
}

// RecordGap writes a record that events are missing from the log, how many, and why: what a proxy dropped, what a disk lost.
// The reason is a short constant and must not hold data of events. What the client itself loses is recorded by [Store.Watch].
func (s *Store) RecordGap(ctx context.Context, reason string, count uint64) error {
	if count == 0 {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.usable(); err != nil {
		return err
	}
	if err := s.write(ctx, func(t *txn) error { return t.gap(counts{reason: count}) }); err != nil {
		return failed("record a gap", err)
	}
	return nil
}

// gap adds a gap record if something is missing.
func (t *txn) gap(missing counts) error {
	if len(missing) == 0 {
		return nil
	}
	return t.act(kindGap, gap{Counts: missing})
}

// Watch makes the store record the events that a client refused, dropped or gave up, so that the log says itself what is
// missing from it. Call it once, right after the client was made with the store as a sink:
//
//	store.Watch(client.Stats)
//
// The counters are looked at with each batch, and a difference is written with it, at most once a minute; Close writes the
// rest, and what is queued then as "unsent": a queue in memory loses that, a spool delivers it at the next start. There is no
// goroutine. A process that is killed leaves a chain without an end, which [Report] tells; what it had queued in memory, or
// refused since the last record, is not known to anyone.
//
// Not counted as missing: what the registry keeps from the store's destination.
func (s *Store) Watch(stats func() runtime.Stats) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.watch = watch{stats: stats}
}

// watch is what is known about the losses of a client.
type watch struct {
	stats func() runtime.Stats
	seen  counts // what has been recorded
	last  time.Time
}

// due returns what is to be recorded with a batch.
func (w *watch) due(now time.Time) counts {
	if w.stats == nil || !w.last.IsZero() && now.Sub(w.last) < gapInterval {
		return nil
	}
	missing := w.missing(w.stats())
	if len(missing) > 0 {
		w.last = now
	}
	return missing
}

// closing returns what is to be recorded at the end.
func (w *watch) closing() counts {
	if w.stats == nil {
		return nil
	}
	stats := w.stats()
	missing := w.missing(stats)
	if sink, ok := stats.Sink(sinkName); ok && sink.Queued > 0 {
		missing["unsent"] = uint64(sink.Queued)
	}
	return missing
}

// missing returns what has been lost since it was last recorded.
func (w *watch) missing(stats runtime.Stats) counts {
	missing := counts{}
	for reason, n := range losses(stats) {
		if n > w.seen[reason] {
			missing[reason] = n - w.seen[reason]
		}
	}
	return missing
}

// losses are the events that a client has not brought into the log, since its start.
func losses(stats runtime.Stats) counts {
	lost := counts{}
	add := func(prefix string, by runtime.Counts) {
		for reason, n := range by {
			lost[prefix+reason] = n
		}
	}
	add("rejected_", stats.Rejected)
	if sink, ok := stats.Sink(sinkName); ok {
		add("dead_lettered_", sink.DeadLettered)
		add("dropped_", sink.Dropped)
		delete(lost, "dropped_destination")
	}
	return lost
}

// recorded notes that a gap record was committed.
func (w *watch) recorded(missing counts) {
	if len(missing) == 0 {
		return
	}
	seen := maps.Clone(w.seen)
	if seen == nil {
		seen = counts{}
	}
	seen.add(missing)
	w.seen = seen
}
