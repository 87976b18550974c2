package spool

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// Close stores what was handed over, ends the goroutines and gives the folder back. Records that were not acknowledged stay for
// the next Open. When ctx ends first, it returns an error that wraps the context's; the rest then ends as soon as the disk
// answers. No reader may be in use. Any further call waits for the first.
func (s *Spool) Close(ctx context.Context) error {
	s.mu.Lock()
	first := !s.closing
	s.closing = true
	s.done.Broadcast()
	s.mu.Unlock()
	if first {
		close(s.stop)
		go s.finish()
	}
	select {
	case <-s.closed:
		return s.closeErr
	case <-ctx.Done():
		return fmt.Errorf("spool: close: %w", ctx.Err())
	}
}

// finish is what Close does. It ends with closed.
func (s *Spool) finish() {
	defer close(s.closed)
	s.routines.Wait()
	s.watch.Stop()
	s.slowWatch.Stop()
	errs := []error{s.finishTail()}
	for _, r := range s.readers {
		errs = append(errs, r.finish())
	}
	errs = append(errs, s.discardRest(), s.folder.Close())
	if s.lock != nil {
		errs = append(errs, s.lock.Close())
	}
	s.closeErr = errors.Join(errs...)
}

// finishTail secures and cuts the newest segments.
func (s *Spool) finishTail() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.acquire() // for good: a caller may still be writing
	s.mu.Unlock()
	s.cutBroken()
	s.mu.Lock()
	s.retire()
	for range 2 {
		if s.syncRetired() {
			return nil
		}
	}
	err := fmt.Errorf("%w: the last records may not be on disk: %w", ErrDisk, s.rescue)
	for _, r := range s.retired {
		err = errors.Join(err, r.file.Close())
	}
	return err
}

// finish writes the mark down and closes the files of the reader.
func (r *Reader) finish() error {
	r.closeFile()
	if r.mark.file == nil {
		return nil
	}
	r.spool.mu.Lock()
	r.giveUpDropped()
	m := r.state()
	r.spool.mu.Unlock()
	return errors.Join(r.put(m, true), r.mark.file.Close())
}

// giveUpDropped counts what the reader had in memory when its segment was dropped: it could still be delivered, until now. The
// lock is held.
func (r *Reader) giveUpDropped() {
	first := r.spool.next
	if len(r.spool.segments) > 0 {
		first = r.spool.segments[0].first
	}
	before := len(r.open)
	r.open = slices.DeleteFunc(r.open, func(e Entry) bool { return e.Seq < first })
	r.dropped.Oldest += uint64(before - len(r.open))
}

// discardRest deletes the last segment too when nobody needs it: the marks, which are on disk by now, keep the sequence numbers
// going.
func (s *Spool) discardRest() error {
	err := s.trim()
	s.mu.Lock()
	n := len(s.segments)
	needed := len(s.readers) == 0
	for _, r := range s.readers {
		needed = needed || r.low() < s.next
	}
	if n == 1 && !needed {
		s.discard(1)
	}
	s.mu.Unlock()
	s.sweep()
	return errors.Join(err, s.folder.Sync())
}
