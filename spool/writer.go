package spool

import "fmt"

// zeroAhead is how far beyond the last record zeros are written in mode Sync. Records then fall on blocks that have their
// place on disk already, and a sync need not touch the metadata of the file system.
const zeroAhead = 256 << 10

var zeros [zeroAhead]byte

// writeLoop is the writer's goroutine. It ends with the spool, after everything that was handed to it.
func (s *Spool) writeLoop() {
	for open := true; open; {
		select {
		case <-s.work:
		case <-s.stop:
			open = false
		}
		s.writePending()
	}
}

// writePending writes what is pending, and whatever gathers meanwhile.
func (s *Spool) writePending() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.acquire()
	defer s.release()
	for s.pending != nil {
		b := s.pending
		s.pending, s.inflight = nil, b
		b.users++
		s.startWatch()
		freed := s.freed
		s.mu.Unlock()
		err := s.commit(b)
		s.mu.Lock()
		if isRoom(err) {
			s.setNoRoom(err, freed)
		}
		s.settle(b, err)
		s.yield()
	}
	if s.tail.broken && !s.tail.cut {
		s.mu.Unlock()
		s.cutBroken()
		s.mu.Lock()
	}
}

// settle publishes what was written, and tells the callers. If they were told already that their records are refused, what
// was written stays unpublished, in a segment that takes no more: the next one starts with the same sequence number.
func (s *Spool) settle(b *batch, err error) {
	s.inflight = nil
	switch {
	case b.refused:
		s.tail.broken = s.tail.seg != nil
	case err == nil:
		if s.opts.Mode == Interval {
			s.unsynced.wrote(s.tail.seg.end, b.frames)
		}
		b.finish(s.publish(b), nil)
		s.noRoom = nil
	default:
		b.finish(0, err)
	}
	s.leave(b)
	s.stopWatch()
	s.done.Broadcast()
}

// setNoRoom lets callers be refused for a moment without a look at the disk, unless room was made since the one that was taken.
func (s *Spool) setNoRoom(err error, freed uint64) {
	s.noRoom, s.retryAt = err, s.opts.now().Add(retryEvery)
	if freed != s.freed {
		s.reconsider()
	}
}

// commit writes a batch, on a second attempt to another segment. The turn is held, the lock is not.
func (s *Spool) commit(b *batch) error {
	var err error
	for range 2 {
		if err = s.prepare(len(b.frames)); isRoom(err) {
			return err
		}
		if err == nil {
			if err = s.store(b.frames); err == nil {
				return nil
			}
		}
	}
	if isNoSpace(err) {
		return fmt.Errorf("%w: %w", ErrNoSpace, err)
	}
	return fmt.Errorf("%w: %w", ErrDisk, err)
}

// prepare sees to it that the tail takes size bytes.
func (s *Spool) prepare(size int) error {
	if s.tail.takes(size) {
		return nil
	}
	return s.rotate()
}

// store writes frames behind the last record, and syncs in mode Sync. After an error the segment takes no more.
func (s *Spool) store(frames []byte) error {
	stamp(frames, s.next)
	_, err := s.tail.file.WriteAt(frames, s.tail.seg.end)
	if err == nil && s.opts.Mode == Sync {
		err = s.storeSynced(s.tail.seg.end + int64(len(frames)))
	}
	if err != nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.counted.writeErrors++
		s.tail.broken = true
	}
	return err
}

// storeSynced secures what was written up to end.
func (s *Spool) storeSynced(end int64) error {
	t := &s.tail
	if end > t.zeroed {
		n := min(zeroAhead, t.seg.size-end)
		if _, err := t.file.WriteAt(zeros[:n], end); err != nil {
			return err
		}
		t.zeroed = end + n
	}
	if err := s.syncFile(t.file, t.named); err != nil {
		return err
	}
	t.named = true
	return nil
}

// publish makes a batch that was written part of the log. Turn and lock are held.
func (s *Spool) publish(b *batch) (first uint64) {
	seg := s.tail.seg
	if seg.queued == 0 {
		seg.queued = b.queued
	}
	seg.end += int64(len(b.frames))
	first = s.next
	s.next += uint64(b.records)
	s.counted.appended += uint64(b.records)
	s.counted.adopted += uint64(b.moved)
	for _, r := range s.readers {
		r.offer(b)
	}
	if s.opts.Mode == Sync {
		s.synced = s.next
	} else if !s.dirty {
		s.dirty = true
		signal(s.unclean)
	}
	return first
}
