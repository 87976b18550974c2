package spool

import "errors"

// expire gives up the readers that nobody has opened for too long, so that they do not hold records back for ever. What they
// had not read is counted.
func (s *Spool) expire() {
	oldest := s.opts.now().Add(-s.opts.ReaderTTL)
	s.mu.Lock()
	var kept, gone []*Reader
	for _, r := range s.readers {
		if r.attached || r.mark.synced.After(oldest) {
			kept = append(kept, r)
			continue
		}
		gone = append(gone, r)
		s.counted.expiredReaders++
		s.counted.expiredRecords += uint64(r.unread)
	}
	s.readers = kept
	s.mu.Unlock()
	if len(gone) == 0 {
		return
	}
	errs := []error{s.trim()}
	for _, r := range gone {
		errs = append(errs, s.folder.Remove(markName(r.name, r.index)))
	}
	if errors.Join(errs...) != nil {
		s.note(func(c *counters) { c.writeErrors++ })
	}
}
