package spool

import (
	"errors"
	"fmt"
)

// rotate starts a new segment. The turn is held, the lock is not.
func (s *Spool) rotate() error {
	s.cutBroken()
	if err := s.awaitSyncer(); err != nil {
		return err
	}
	if err := s.makeRoom(); err != nil {
		return err
	}
	t, err := s.create()
	if isNoSpace(err) && s.opts.Overflow == DropOldest && s.dropOldest() {
		t, err = s.create()
	}
	if isNoSpace(err) {
		err = fmt.Errorf("%w: %w", ErrNoSpace, err)
	}
	if err != nil {
		s.breakTail()
		return err
	}
	s.replaceTail(t)
	s.expire()
	return nil
}

// breakTail lets the tail take no more. A file of the next segment may be there, even if it was removed, until the folder
// is synced; the next record must not be on this side of it.
func (s *Spool) breakTail() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counted.writeErrors++
	s.tail.broken = s.tail.seg != nil
}

// awaitSyncer lets the syncer catch up when it is far behind.
func (s *Spool) awaitSyncer() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.retired) >= maxRetired && s.rescue == nil {
		s.idle.Wait()
	}
	return s.rescue
}

// cutBroken cuts off what must not count behind the last record of a tail that takes no more. The turn is held, the lock is
// not. Should that fail, the next segment still starts with the sequence number that follows the last record.
func (s *Spool) cutBroken() {
	if t := &s.tail; t.broken && !t.cut {
		t.cut = t.file.Truncate(t.seg.end) == nil
		s.mu.Lock()
		defer s.mu.Unlock()
		if t.cut {
			t.seg.size = t.seg.end
			s.free()
		} else {
			s.counted.writeErrors++
		}
	}
}

// create makes the next segment. Its name is not on disk until its first sync, but for the first one of the process: so
// whatever a power cut takes, it leaves a segment without an end, which is reported.
func (s *Spool) create() (tail, error) {
	s.mu.Lock()
	s.lastID++
	seg := newSegment(s.lastID, s.next)
	s.mu.Unlock()
	seg.size = s.opts.SegmentBytes
	f, err := s.folder.Create(seg.name)
	if err != nil {
		return tail{}, err
	}
	if err = f.Allocate(seg.size); err == nil {
		_, err = f.WriteAt(seg.header(s.opts.now().UnixMicro()), 0)
	}
	if err == nil && !s.begun {
		err = errors.Join(f.Sync(), s.folder.Sync())
	}
	if err != nil {
		return tail{}, errors.Join(err, f.Close(), s.folder.Remove(seg.name))
	}
	s.begun = true
	return tail{seg: seg, file: f}, nil
}

// replaceTail puts a new tail in place and retires the old one.
func (s *Spool) replaceTail(t tail) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.retire()
	s.tail = t
	s.segments = append(s.segments, t.seg)
}

// retire ends the tail behind its last record. If it waits for a sync, the syncer does that; nobody waits for it. The lock
// and the turn are held.
func (s *Spool) retire() {
	if s.tail.seg == nil {
		return
	}
	s.retired = append(s.retired, &retired{tail: s.tail, parts: [2]unsynced{s.held, s.unsynced}, target: s.next})
	s.held, s.unsynced = unsynced{frames: s.takeFrames()}, unsynced{frames: s.takeFrames()}
	s.tail = tail{}
	s.dirty = true
	s.idle.Broadcast() // to the syncer, should it wait for the turn
	signal(s.unclean)
	signal(s.hurry)
}

// takeFrames returns memory for a copy, or nil.
func (s *Spool) takeFrames() []byte {
	n := len(s.frames)
	if n == 0 {
		return nil
	}
	last := s.frames[n-1]
	s.frames = s.frames[:n-1]
	return last
}

// settled reports whether a segment is of no concern to the writer and the syncer. The lock is held.
func (s *Spool) settled(seg *segment) bool {
	for _, r := range s.retired {
		if r.seg == seg {
			return false
		}
	}
	return seg != s.tail.seg
}
