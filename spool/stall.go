package spool

import "time"

// startWatch limits the time that the disk may take from now on. The lock is held.
func (s *Spool) startWatch() {
	s.watched = time.Now()
	s.watch.Reset(s.opts.Patience)
}

// stopWatch ends that, unless there is more to wait for.
func (s *Spool) stopWatch() {
	if s.pending == nil {
		s.watched = time.Time{}
		s.watch.Stop()
	} else {
		s.startWatch()
	}
}

// giveUp refuses all records that wait for the disk, and those to come until it answers. It runs when the watch ends.
func (s *Spool) giveUp() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.watched.IsZero() || time.Since(s.watched) < s.opts.Patience {
		return // it answered just now
	}
	s.stalled = true
	s.counted.stalls++
	for _, b := range [...]*batch{s.inflight, s.pending} {
		if b != nil {
			b.refused = true
			b.finish(0, ErrStalled)
		}
	}
	s.pending = nil
	s.watched = time.Time{}
	s.done.Broadcast()
}
