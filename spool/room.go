package spool

import (
	"errors"
	"fmt"
	"io/fs"
	"time"
)

// makeRoom sees to it that another segment is within the quota and leaves enough of the disk to others.
func (s *Spool) makeRoom() error {
	dropped := false
	s.sweep()
	for s.used()+s.opts.SegmentBytes > s.opts.Quota {
		if s.opts.Overflow != DropOldest {
			return ErrFull
		}
		if s.dropOldest() {
			dropped = true
		} else if err := s.awaitOldest(); err != nil {
			return err
		}
	}
	if dropped {
		return nil
	}
	sp, err := s.folder.Space()
	if err != nil {
		return fmt.Errorf("space on disk: %w", err)
	}
	if s.leavesFloor(sp) || s.opts.Overflow == DropOldest && s.dropOldest() {
		return nil
	}
	return ErrNoSpace
}

// awaitOldest lets the syncer catch up with the oldest segment. There may be nothing to wait for.
func (s *Spool) awaitOldest() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.segments) == 0 || s.segments[0] == s.tail.seg {
		return ErrFull
	}
	for seg := s.segments[0]; !s.settled(seg) && s.rescue == nil; {
		s.idle.Wait()
	}
	return s.rescue
}

// leavesFloor reports whether enough of the disk is left to others behind another segment.
func (s *Spool) leavesFloor(sp space) bool {
	left := sp.free - s.opts.SegmentBytes
	return left >= s.opts.MinFree && left >= sp.total/100*int64(s.opts.MinFreePercent)
}

// used is the size of all segment files.
func (s *Spool) used() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.usedLocked()
}

func (s *Spool) usedLocked() int64 {
	var n int64
	for _, list := range [...][]*segment{s.segments, s.doomed} {
		for _, seg := range list {
			n += seg.size
		}
	}
	return n
}

// dropOldest deletes the oldest segment with all that readers still need of it. The tail stays.
func (s *Spool) dropOldest() bool {
	s.mu.Lock()
	if len(s.segments) == 0 || !s.settled(s.segments[0]) {
		s.mu.Unlock()
		return false
	}
	seg := s.segments[0]
	for _, r := range s.readers {
		r.dropped.Oldest += uint64(r.forget(seg))
	}
	s.discard(1)
	s.mu.Unlock()
	s.sweep()
	return true
}

// discard takes the n oldest segments out of the log. The lock is held; sweep deletes their files.
func (s *Spool) discard(n int) {
	for _, seg := range s.segments[:n] {
		seg.gone = true
	}
	s.doomed = append(s.doomed, s.segments[:n]...)
	s.segments = append(s.segments[:0:0], s.segments[n:]...)
	s.free()
}

// free notes that there is more room than before: whoever was refused may try again at once, and a refusal that rests on what
// was seen before must not be remembered. The lock is held.
func (s *Spool) free() {
	s.freed++
	s.reconsider()
	s.done.Broadcast()
}

// reconsider lets the next caller look for room. Until then there is none, for all that is known, if the quota is still used up: the
// end of a segment that is cut off rarely makes room for another one. The lock is held.
func (s *Spool) reconsider() {
	s.retryAt = time.Time{}
	if !errors.Is(s.noRoom, ErrFull) || s.usedLocked()+s.opts.SegmentBytes <= s.opts.Quota {
		s.noRoom = nil
	}
}

// sweep deletes the files of discarded segments. Those that the system does not let go, for instance because a reader has
// them open, stay for the next time, and count as used.
func (s *Spool) sweep() {
	s.mu.Lock()
	doomed := s.doomed
	s.doomed = nil
	s.mu.Unlock()
	var left []*segment
	for _, seg := range doomed {
		if err := s.folder.Remove(seg.name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			left = append(left, seg)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.doomed = append(s.doomed, left...)
	s.counted.writeErrors += uint64(len(left))
	if len(doomed) > len(left) {
		s.free() // once more: only now the disk has it back
	}
}

// trim deletes the segments that every reader has passed.
func (s *Spool) trim() error {
	s.mu.Lock()
	low := s.next
	for _, r := range s.readers {
		low = min(low, r.low())
	}
	n := 0
	for n+1 < len(s.segments) && s.segments[n+1].first <= low && s.settled(s.segments[n]) {
		n++
	}
	if n > 0 {
		s.discard(n)
	}
	s.mu.Unlock()
	if n == 0 {
		return nil
	}
	s.sweep()
	return s.folder.Sync()
}
