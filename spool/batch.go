package spool

// batch is records that go to disk together, and what became of them. It changes under the lock of the spool; once the
// writer has taken it, only the outcome does.
type batch struct {
	frames  []byte // not stamped yet
	records int
	counts  [8]int // records for each destination
	adopted [8]int // those of them that were in another folder before
	moved   int    // records that were in another folder before
	queued  int64  // when the first record was accepted

	users    int // callers that have not seen the outcome, and the writer while it has the batch
	finished bool
	refused  bool // the callers were told so: whatever the disk says, it must not be delivered
	first    uint64
	err      error
}

// add encodes a record.
func (b *batch) add(r *Record, size int) {
	if b.records == 0 {
		b.queued = r.Queued
	}
	b.frames = appendFrame(b.frames, r, size)
	b.records++
	for d, i := r.destinations(), 0; d != 0; d, i = d>>1, i+1 {
		b.counts[i] += int(d & 1)
	}
	if r.adopted {
		b.adopt(r)
	}
}

// adopt counts a record that was in another folder before.
func (b *batch) adopt(r *Record) {
	b.moved++
	for d, i := r.destinations(), 0; d != 0; d, i = d>>1, i+1 {
		b.adopted[i] += int(d & 1)
	}
}

// reset makes a batch usable again.
func (b *batch) reset() { *b = batch{frames: b.frames[:0]} }

// finish states the outcome. The first one stands.
func (b *batch) finish(first uint64, err error) {
	if !b.finished {
		b.finished, b.first, b.err = true, first, err
	}
}
