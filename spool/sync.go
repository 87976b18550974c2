package spool

import (
	"context"
	"fmt"
	"time"
)

// maxRetired bounds how many segments may wait for their sync before appending waits, too.
const maxRetired = 16

// syncLoop is the syncer's goroutine. It sleeps while there is nothing to sync.
func (s *Spool) syncLoop() {
	for {
		select {
		case <-s.unclean:
		case <-s.stop:
			return
		}
		pause := time.NewTimer(s.opts.SyncEvery)
		select {
		case <-pause.C:
		case <-s.hurry:
		case <-s.stop:
		}
		pause.Stop()
		s.syncAll()
	}
}

// syncAll secures what was written so far, while more is being written.
func (s *Spool) syncAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dirty = false
	retired := len(s.retired)
	if s.syncRetired() {
		s.syncTail()
	}
	if retired > 0 {
		s.trimRetired()
	}
	s.passes++
	s.done.Broadcast()
	if len(s.retired) > 0 && !s.dirty {
		s.dirty = true
		signal(s.unclean)
	}
}

// trimRetired deletes what readers have passed while it could not go yet.
func (s *Spool) trimRetired() {
	s.mu.Unlock()
	err := s.trim()
	s.mu.Lock()
	if err != nil {
		s.counted.writeErrors++
	}
}

// syncRetired secures the segments before the tail, oldest first. It reports whether all are.
func (s *Spool) syncRetired() bool {
	for len(s.retired) > 0 {
		r := s.retired[0]
		err := s.timed(func() error { return s.secure(r) })
		s.rescue = err
		s.done.Broadcast()
		s.idle.Broadcast()
		if err != nil {
			return false
		}
		s.retired = s.retired[1:]
		s.recycle(r)
		s.synced = max(s.synced, r.target)
	}
	return true
}

// syncTail secures the tail. If that fails, it takes no more and is written again to another file: what a failed sync did
// not write, a second one would not write either, and yet succeed.
//
// Who has the turn may wait for the syncer to secure what has retired: the syncer must not wait for the turn meanwhile.
func (s *Spool) syncTail() {
	if !s.acquireUnless(func() bool { return len(s.retired) > 0 }) {
		return // what has retired just now comes first
	}
	if s.unsynced.empty() {
		s.release()
		return
	}
	s.held, s.unsynced = s.unsynced, s.held
	target, f, named := s.next, s.tail.file, s.tail.named
	s.release()
	err := s.timed(func() error { return s.syncFile(f, named) })
	if err != nil {
		s.counted.syncErrors++
	}
	if !s.acquireUnless(func() bool { return s.tail.file != f }) { // it has retired: it will be synced once more
		if err != nil {
			s.distrust(f)
		}
		return
	}
	defer s.release()
	if err != nil {
		s.distrust(f)
	} else {
		s.held.reset()
		s.tail.named = true
		s.synced = max(s.synced, target)
	}
	s.done.Broadcast()
}

// syncFile secures a segment file, and its name unless that was done before.
func (s *Spool) syncFile(f file, named bool) error {
	if err := f.Sync(); err != nil || named {
		return err
	}
	return s.folder.Sync()
}

// distrust marks the segment of a file as suspect. It may have retired meanwhile.
func (s *Spool) distrust(f file) {
	if s.tail.file == f {
		s.retire()
	}
	for _, r := range s.retired {
		r.suspect = r.suspect || r.file == f
	}
}

// timed runs an operation without the lock, and notes for how long.
func (s *Spool) timed(do func() error) error {
	s.syncing, s.syncSince = true, time.Now()
	s.slowWatch.Reset(s.opts.Patience / 4)
	s.mu.Unlock()
	err := do()
	s.mu.Lock()
	s.syncing, s.slow = false, false
	s.slowWatch.Stop()
	return err
}

// noteSlow runs when a sync takes long.
func (s *Spool) noteSlow() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.slow = s.syncing && time.Since(s.syncSince) >= s.opts.Patience/4
}

// Sync returns when everything that was appended before the call is on disk, or ctx ends. In mode Sync there is nothing to
// wait for.
func (s *Spool) Sync(ctx context.Context) error {
	defer context.AfterFunc(ctx, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.done.Broadcast()
	})()
	s.mu.Lock()
	defer s.mu.Unlock()
	pass := s.passes
	for target := s.next; s.synced < target; s.done.Wait() {
		switch {
		case ctx.Err() != nil:
			return fmt.Errorf("spool: sync: %w", ctx.Err())
		case s.rescue != nil && s.passes > pass+1:
			return fmt.Errorf("%w: %w", ErrDisk, s.rescue)
		case s.closing:
			return ErrClosed
		}
		signal(s.hurry)
	}
	return nil
}
