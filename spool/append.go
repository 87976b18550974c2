package spool

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Append stores records, all or none, and returns the sequence number of the first; the others follow without a gap. It
// may be called from many goroutines and keeps no reference to its arguments. Usually it allocates nothing.
//
// It does not wait for the disk for longer than Options says. The context bounds waiting for room under Block, and nothing
// else: a context that has ended does not prevent a record from being stored. In mode Interval, a caller that finds nothing else
// under way writes itself; if the disk stops answering in just that moment, this one call waits for it.
func (s *Spool) Append(ctx context.Context, records ...Record) (uint64, error) {
	size, err := s.measure(records)
	s.mu.Lock()
	defer s.mu.Unlock()
	var first uint64
	for err == nil {
		first, err = s.tryAppend(records, size)
		if s.opts.Overflow != Block || !isRoom(err) {
			break
		}
		err = s.awaitRoom(ctx, err)
	}
	if err != nil {
		s.counted.refuse(err, len(records))
	}
	return first, err
}

// measure returns the encoded size of the records.
func (s *Spool) measure(records []Record) (int, error) {
	size := 0
	for i := range records {
		n := records[i].bodySize()
		if n < 0 || frameHeader+n > s.opts.maxFrame() {
			return 0, ErrTooLarge
		}
		size += frameHeader + n
	}
	if size > s.opts.maxFrame() {
		return 0, ErrTooLarge
	}
	return size, nil
}

// tryAppend makes one attempt. The lock is held, but not all the time.
func (s *Spool) tryAppend(records []Record, size int) (uint64, error) {
	if err := s.admit(); err != nil && !(isRoom(err) && records[0].adopted) { // Adopt has looked for room itself
		return 0, err
	}
	if s.mayWrite(size) {
		if first, ok := s.writeDirectly(records); ok {
			return first, nil
		}
	}
	return s.enqueue(records, size)
}

// admit refuses without a look at the disk when it is clear what the answer would be.
func (s *Spool) admit() error {
	switch {
	case s.closing:
		return ErrClosed
	case s.stalled, s.syncing && time.Since(s.syncSince) > s.opts.Patience:
		return ErrStalled
	case s.rescue != nil:
		return fmt.Errorf("%w: %w", ErrDisk, s.rescue)
	case s.noRoom != nil && s.opts.now().Before(s.retryAt):
		return s.noRoom
	default:
		return nil
	}
}

// mayWrite reports whether a caller may write itself. While a sync takes long it may not: a disk that has stopped
// answering would then hold it up.
func (s *Spool) mayWrite(size int) bool {
	return s.opts.Mode == Interval && !s.busy && s.wanted == 0 && s.pending == nil && !s.slow &&
		s.tail.takes(size)
}

// writeDirectly stores records without the help of the writer. When that fails, nothing has changed, but for the tail that takes
// no more.
func (s *Spool) writeDirectly(records []Record) (first uint64, ok bool) {
	s.busy = true
	s.mu.Unlock()
	b, off := &s.direct, s.tail.seg.end
	b.reset()
	b.fill(records)
	stamp(b.frames, s.next)
	_, err := s.tail.file.WriteAt(b.frames, off)
	s.mu.Lock()
	if err == nil {
		s.unsynced.wrote(off, b.frames)
		first = s.publish(b)
	} else {
		s.counted.writeErrors++
		s.tail.broken = true
	}
	s.release()
	return first, err == nil
}

// fill encodes records.
func (b *batch) fill(records []Record) {
	for i := range records {
		b.add(&records[i], records[i].bodySize())
	}
}

// enqueue hands records to the writer and waits for the outcome.
func (s *Spool) enqueue(records []Record, size int) (uint64, error) {
	if err := s.awaitPending(size); err != nil {
		return 0, err
	}
	b := s.pending
	index := uint64(b.records)
	b.fill(records)
	b.users++
	signal(s.work)
	for !b.finished {
		s.done.Wait()
	}
	first, err := b.first+index, b.err
	s.leave(b)
	return first, err
}

// awaitPending returns when the pending batch has room for size bytes.
func (s *Spool) awaitPending(size int) error {
	for s.pending != nil && len(s.pending.frames)+size > s.opts.maxFrame() {
		s.done.Wait()
		if err := s.admit(); err != nil {
			return err
		}
	}
	if s.pending == nil {
		s.pending = s.newBatch()
		if s.inflight == nil {
			s.startWatch()
		}
	}
	return nil
}

// newBatch returns an empty batch.
func (s *Spool) newBatch() *batch {
	b := s.spare
	s.spare = nil
	if b == nil {
		b = &batch{}
	}
	return b
}

// leave ends the use of a finished batch by one of those who had it.
func (s *Spool) leave(b *batch) {
	b.users--
	if b.users == 0 {
		b.reset()
		s.spare = b
	}
}

// isRoom reports whether an error means that there is no room now.
func isRoom(err error) bool { return errors.Is(err, ErrFull) || errors.Is(err, ErrNoSpace) }

// awaitRoom waits until it is worth another attempt.
func (s *Spool) awaitRoom(ctx context.Context, cause error) error {
	wake := func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.done.Broadcast()
	}
	defer context.AfterFunc(ctx, wake)()
	defer time.AfterFunc(retryEvery, wake).Stop()
	for {
		switch {
		case ctx.Err() != nil:
			return fmt.Errorf("%w: %w", cause, ctx.Err())
		case s.closing:
			return ErrClosed
		case s.noRoom == nil || !s.opts.now().Before(s.retryAt):
			return nil
		}
		s.done.Wait()
	}
}
