package spool

import (
	"errors"
	"fmt"
	"math/bits"
	"regexp"
	"slices"
	"time"
)

// Reader reads the records for one destination, in order, and remembers across restarts which of them were acknowledged. It
// belongs to one goroutine at a time. It needs no closing: it ends with the spool.
type Reader struct {
	spool *Spool
	name  string
	index int // of the bit of its destination
	wake  chan<- struct{}

	// Guarded by the lock of the spool:
	attached bool
	next     uint64   // all records before it are read, but for those in redo
	redo     []uint64 // records before next that were not acknowledged by the process before this one, and not read yet
	open     []Entry  // read and not acknowledged, oldest first
	unread   int      // records for this reader that were not read
	left     []share  // the same, by segment, oldest first
	at       place
	scanning bool
	wakeAt   int // at so many records it is to be woken; 0 is never
	dropped  Dropped
	moved    bool  // low has changed since the mark was last written down
	changed  bool  // something was acknowledged since then
	oldest   int64 // while none is open, when the oldest waiting record was accepted, or a little before
	// Since Open, recovered + appended = acked + unread + len(open) + dropped.
	recovered, appended, acked uint64

	// Its own:
	sc    scanner
	file  file
	of    *segment // that file is of
	fresh []Entry
	arena []byte // memory of the open entries
	mark  markFile
}

// place is where a reader reads on.
type place struct {
	seg *segment // nil before the first
	off int64
}

// share is what of a segment a reader has not read.
type share struct {
	seg     *segment
	records int
}

// Waiting describes what there is for a reader.
type Waiting struct {
	Records int       // not acknowledged
	Oldest  time.Time // when the oldest was accepted; zero without one
}

var readerName = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,63}$`)

// Reader opens the reader of a name, for the one destination bit given. A new one gets what is appended from now on. When
// there may be something to do, see Await, it sends to wake, which needs room for one signal and may be nil. Open all readers
// before the first Append: those that nobody opens for Options.ReaderTTL are given up.
func (s *Spool) Reader(name string, destination uint8, wake chan<- struct{}) (*Reader, error) {
	if !readerName.MatchString(name) || bits.OnesCount8(destination) != 1 {
		return nil, fmt.Errorf("%w: %q", ErrName, name)
	}
	s.mu.Lock()
	r := s.findReader(name)
	if r == nil {
		r = newReader(s, name, bits.TrailingZeros8(destination))
		r.next = s.next
		r.jump()
		s.readers = append(s.readers, r)
	}
	known := !r.attached && r.index == bits.TrailingZeros8(destination)
	if known {
		r.attached, r.wake = true, wake
	}
	s.mu.Unlock()
	if !known {
		return nil, fmt.Errorf("%w: %q is open, or was for another destination", ErrName, name)
	}
	if err := r.register(); err != nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		r.attached = false
		return nil, fmt.Errorf("spool: reader %s: %w", name, err)
	}
	return r, nil
}

func newReader(s *Spool, name string, index int) *Reader {
	return &Reader{spool: s, name: name, index: index}
}

// findReader returns the reader of a name, or nil.
func (s *Spool) findReader(name string) *Reader {
	for _, r := range s.readers {
		if r.name == name {
			return r
		}
	}
	return nil
}

// wants reports whether a record is for the reader and was not read yet.
func (r *Reader) wants(f frame) bool {
	if f.destinations()>>r.index&1 == 0 {
		return false
	}
	if f.seq >= r.next {
		return true
	}
	_, again := slices.BinarySearch(r.redo, f.seq)
	return again
}

// offer tells of records that were appended. A reader that has read all of its own passes those that are not for it, so
// that it holds no segment back. The lock is held.
func (r *Reader) offer(b *batch) {
	if r.unread+len(r.open) == 0 {
		r.oldest = b.queued
	}
	r.add(r.spool.tail.seg, b.counts[r.index])
	r.recovered += uint64(b.adopted[r.index])
	r.appended += uint64(b.counts[r.index] - b.adopted[r.index])
	if r.unread == 0 && !r.scanning {
		r.jump()
	}
	if r.wakeAt > 0 && r.unread+len(r.open) >= r.wakeAt {
		r.wakeAt = 0
		signal(r.wake)
	}
}

// add counts n records more, or less, to be read in a segment. The lock is held.
func (r *Reader) add(seg *segment, n int) {
	if n == 0 {
		return
	}
	r.unread += n
	i := len(r.left) - 1 // appending concerns the last one, usually
	for i >= 0 && r.left[i].seg != seg {
		i--
	}
	if i < 0 {
		r.left = append(r.left, share{seg, n})
	} else if r.left[i].records += n; r.left[i].records == 0 {
		r.left = slices.Delete(r.left, i, i+1)
	}
}

// jump moves behind the last record. The lock is held.
func (r *Reader) jump() {
	r.next, r.redo = r.spool.next, nil
	r.at = place{}
	if t := r.spool.tail.seg; t != nil {
		r.at = place{t, t.end}
	}
}

// low is the first sequence number that may still be needed. The lock is held.
func (r *Reader) low() uint64 {
	low := r.next
	if len(r.redo) > 0 {
		low = min(low, r.redo[0])
	}
	if len(r.open) > 0 {
		low = min(low, r.open[0].Seq)
	}
	return low
}

// Mark returns the low-water mark: everything before this sequence number is acknowledged, or is not for this reader.
func (r *Reader) Mark() uint64 {
	r.spool.mu.Lock()
	defer r.spool.mu.Unlock()
	return r.low()
}

// Await describes what there is, and asks for one signal as soon as there are so many records; if there are already, or for 0,
// none will come. It reads the oldest record if need be.
func (r *Reader) Await(records int) (Waiting, error) {
	r.compact()
	if err := r.fill(1, 1); err != nil {
		return Waiting{}, err
	}
	r.spool.mu.Lock()
	defer r.spool.mu.Unlock()
	w := Waiting{Records: r.unread + len(r.open), Oldest: r.since()}
	if r.wakeAt = records; w.Records >= records {
		r.wakeAt = 0
	}
	return w, nil
}

// since is when the oldest waiting record was accepted, or a little before. The lock is held.
func (r *Reader) since() time.Time {
	switch {
	case len(r.open) > 0:
		return time.UnixMicro(r.open[0].Queued)
	case r.unread > 0:
		return time.UnixMicro(r.oldest)
	default:
		return time.Time{}
	}
}

// Peek appends the oldest records that are not acknowledged, at most limit and at most maxBytes of them but at least one. What
// was peeked before and not acknowledged comes first. The memory of the entries is the reader's and good until the next call of
// Peek or Await. An error means that a segment could not be opened: it is worth another attempt later.
func (r *Reader) Peek(entries []Entry, limit, maxBytes int) ([]Entry, error) {
	r.compact()
	err := r.fill(limit, maxBytes)
	size := 0
	for i := range r.open {
		size += r.open[i].size()
		if i == limit || size > maxBytes && i > 0 {
			break
		}
		entries = append(entries, r.open[i])
	}
	if len(entries) > 0 {
		err = nil
	}
	return entries, err
}

// compact makes room in the arena: entries that stay long must not hold the memory of all others.
func (r *Reader) compact() {
	if len(r.open) == 0 {
		r.arena = r.arena[:0]
		return
	}
	live := 0
	for i := range r.open {
		live += r.open[i].size()
	}
	if len(r.arena) < 2*live+windowBytes {
		return
	}
	r.arena = make([]byte, 0, 2*live)
	for i := range r.open {
		r.keep(&r.open[i])
	}
}

// keep copies the texts of an entry into the arena.
func (r *Reader) keep(e *Entry) {
	for _, text := range [...]*[]byte{&e.Event, &e.DistinctID, &e.Properties} {
		from := len(r.arena)
		r.arena = append(r.arena, *text...)
		*text = r.arena[from:len(r.arena):len(r.arena)]
	}
}

// Ack acknowledges records that were peeked, in any order. They are never returned again by this process; the next one may
// see again those of the last second before a power cut. Others are ignored. The error says that the acknowledgement could not be
// written down, so that a restart would return the records again.
func (r *Reader) Ack(seqs ...uint64) error {
	r.Resolve(seqs...)
	return r.Save()
}

// Resolve is the part of Ack that touches no disk, for callers who count under a lock of their own: Stats has the outcome at
// once. Save has to follow.
func (r *Reader) Resolve(seqs ...uint64) {
	s := r.spool
	s.mu.Lock()
	defer s.mu.Unlock()
	before := r.low()
	for _, seq := range seqs {
		i, ok := slices.BinarySearchFunc(r.open, seq, func(e Entry, seq uint64) int { return compareSeq(e.Seq, seq) })
		if ok && r.open[i].Queued != acknowledged {
			r.acked++
			r.changed = true
			r.oldest = r.open[i].Queued
			r.open[i].Queued = acknowledged // taken out below, all at once
		}
	}
	r.open = slices.DeleteFunc(r.open, func(e Entry) bool { return e.Queued == acknowledged })
	if r.unread == 0 {
		r.jump()
	}
	if r.low() != before {
		r.moved, r.changed = true, true
	}
}

// Save writes down what was resolved, and deletes the segments that every reader has passed. When nothing was, as in an outage, it
// writes only now and then, so that the reader does not look abandoned.
func (r *Reader) Save() error {
	s := r.spool
	s.mu.Lock()
	if !r.changed && s.opts.now().Sub(r.mark.synced) < r.restFor() {
		s.mu.Unlock()
		return nil
	}
	moved := r.moved
	r.moved, r.changed = false, false
	m := r.state()
	s.mu.Unlock()
	err := r.save(m)
	if err != nil {
		s.mu.Lock()
		r.changed = true
		s.mu.Unlock()
	}
	if !moved {
		return err
	}
	return errors.Join(err, s.trim())
}

// restFor is how long after its last sync the mark file of a reader in use stays as it is when nothing is acknowledged.
func (r *Reader) restFor() time.Duration {
	if r.mark.dirty {
		return markSyncEvery
	}
	return min(markRefreshEvery, r.spool.opts.ReaderTTL/8)
}

// acknowledged marks an entry as done; no record was queued at that time.
const acknowledged = -1 << 63

func compareSeq(a, b uint64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	default:
		return 0
	}
}
