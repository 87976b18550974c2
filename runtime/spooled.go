package runtime

import (
	"maps"
	"strings"
	"sync"
	"time"

	"github.com/eventgen/eventgen/spool"
)

// spooled is what waits for one sink in a spool. The spool counts what comes in, in the step in which it does; this counts what
// becomes of it, in the step in which it is acknowledged. A snapshot of both thus adds up.
type spooled struct {
	in     *intake
	spool  *spool.Spool
	reader *spool.Reader
	name   string // of the sink and the reader
	limits queueLimits
	wake   chan<- struct{} // to the sender; has room for one signal

	use     sync.Mutex // held while the reader is in use, also when that takes long
	entries []spool.Entry
	seqs    []uint64
	names   map[string]string // of events, so that a batch does not cost one allocation for each

	// Guarded by the lock of the intake:
	delivered    uint64
	deadLettered Counts
	flushTo      uint64        // the events before it are to be sent at once
	flushes      uint64        // calls of Flush
	progress     chan struct{} // closed when events were resolved; nil while nobody waits
	ended        bool          // changes under both locks: the reader must not be used, and late verdicts do not count
}

func newSpooled(in *intake, s *spool.Spool, r *spool.Reader, limits queueLimits) *spooled {
	return &spooled{in: in, spool: s, reader: r, limits: limits, names: map[string]string{}, deadLettered: Counts{}}
}

// waiting describes what there is and asks for a signal when a batch has come together, or the first event. That the spool
// cannot be read is for peek to say.
func (s *spooled) waiting() waiting {
	s.use.Lock()
	defer s.use.Unlock()
	if s.ended {
		return waiting{}
	}
	w, err := s.reader.Await(s.limits.batchEvents)
	if err == nil && w.Records == 0 {
		w, err = s.reader.Await(1)
	}
	if err != nil {
		w = spool.Waiting{Records: 1}
	}
	if w.Oldest.After(time.Now()) { // the clock was put back: who knows how long it has been waiting
		w.Oldest = time.Time{}
	}
	s.in.mu.Lock()
	defer s.in.mu.Unlock()
	s.announce()
	return waiting{
		events:  w.Records,
		since:   w.Oldest,
		full:    w.Records >= s.limits.batchEvents,
		flush:   w.Records > 0 && s.reader.Mark() < s.flushTo,
		flushes: s.flushes,
	}
}

// peek appends at most limit of the oldest events to batch, as many as fit into one request.
func (s *spooled) peek(batch []Message, limit int) ([]Message, error) {
	s.use.Lock()
	defer s.use.Unlock()
	if s.ended {
		return batch, nil
	}
	var err error
	s.entries, err = s.reader.Peek(s.entries[:0], limit, s.limits.batchBytes)
	return s.messages(batch), err
}

// messages turns what was peeked into messages.
func (s *spooled) messages(batch []Message) []Message {
	ids := s.distinctIDs()
	for i := range s.entries {
		e := &s.entries[i]
		batch = append(batch, Message{
			Event:      s.eventName(e.Event),
			DistinctID: ids[:len(e.DistinctID)],
			UUID:       e.UUID,
			Timestamp:  time.UnixMicro(e.Time).UTC(),
			Properties: e.Properties,
		})
		ids = ids[len(e.DistinctID):]
	}
	return batch
}

// distinctIDs returns the distinct_ids of all peeked events in one string, the only allocation that a batch costs.
func (s *spooled) distinctIDs() string {
	size := 0
	for i := range s.entries {
		size += len(s.entries[i].DistinctID)
	}
	var all strings.Builder
	all.Grow(size)
	for i := range s.entries {
		all.Write(s.entries[i].DistinctID)
	}
	return all.String()
}

// maxNames bounds the memory for names of events, which after a change of the registry may be any number.
const maxNames = 10_000

// eventName returns the name as a string that was allocated before, if it can.
func (s *spooled) eventName(name []byte) string {
	known, ok := s.names[string(name)]
	if !ok {
		if len(s.names) >= maxNames {
			clear(s.names)
		}
		known = string(name)
		s.names[known] = known
	}
	return known
}

// resolve takes one verdict for each peeked event and acknowledges those that are not to be sent again. The error says that this
// could not be written down.
func (s *spooled) resolve(verdicts []Verdict) error {
	s.use.Lock()
	defer s.use.Unlock()
	if s.ended {
		return nil
	}
	s.count(verdicts)
	return s.reader.Save()
}

// count counts what becomes of events, and acknowledges them in the same step.
func (s *spooled) count(verdicts []Verdict) {
	s.in.mu.Lock()
	defer s.in.mu.Unlock()
	s.seqs = s.seqs[:0]
	for i, v := range verdicts {
		switch v.Outcome {
		case Retry:
			continue
		case Delivered:
			s.delivered++
		default:
			s.deadLettered.add(v.Reason, 1)
		}
		s.seqs = append(s.seqs, s.entries[i].Seq)
	}
	s.reader.Resolve(s.seqs...)
	s.announce()
}

// announce tells those who wait in Flush that something may have changed. The lock is held.
func (s *spooled) announce() {
	if s.progress != nil {
		close(s.progress)
		s.progress = nil
	}
}

// flush asks the sender to send what is stored now. The lock is held.
func (s *spooled) flush() uint64 {
	next := s.spool.Next()
	if s.reader.Stats().Waiting > 0 {
		s.flushTo = next
		s.flushes++
		select {
		case s.wake <- struct{}{}:
		default: // a signal that was not seen yet will do
		}
	}
	return next
}

// awaits returns nil when no event before seq is left, else a channel that is closed when that may have changed.
func (s *spooled) awaits(seq uint64) <-chan struct{} {
	s.in.mu.Lock()
	defer s.in.mu.Unlock()
	if st := s.reader.Stats(); s.ended || st.Waiting == 0 || st.Mark >= seq {
		return nil
	}
	if s.progress == nil {
		s.progress = make(chan struct{})
	}
	return s.progress
}

// end waits until the reader is not in use, and lets nobody use it any more.
func (s *spooled) end() {
	s.use.Lock()
	defer s.use.Unlock()
	s.in.mu.Lock()
	defer s.in.mu.Unlock()
	s.ended = true
	s.announce()
}

func (s *spooled) describe(to *SinkStats, at *snapshot) {
	r := s.find(at.spool)
	to.Recovered = r.Recovered
	to.Delivered = s.delivered
	to.DeadLettered = maps.Clone(s.deadLettered)
	to.Dropped = Counts{}
	for reason, n := range map[string]uint64{
		reasonDestination: at.accepted - r.Appended,
		reasonDropOldest:  r.Dropped.Oldest,
		reasonDamaged:     r.Dropped.Damaged,
	} {
		if n > 0 {
			to.Dropped[reason] = n
		}
	}
	to.Queued = r.Waiting
	if r.Waiting > 0 {
		to.OldestAge = max(0, at.now.Sub(r.Oldest))
	}
}

// find returns the reader's own statistics from those of the spool, which were all taken in one moment.
func (s *spooled) find(st *spool.Stats) spool.ReaderStats {
	for i := range st.Readers {
		if st.Readers[i].Name == s.name {
			return st.Readers[i]
		}
	}
	return spool.ReaderStats{}
}
