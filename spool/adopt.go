package spool

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
)

// Adopted says what Adopt did.
type Adopted struct {
	Folders int    // emptied
	Records uint64 // moved to this spool
	Dropped uint64 // encodings for which this spool has no reader
	Busy    int    // folders of processes that live
	Left    int    // folders that wait for readers that this spool does not have
}

// Adopt moves to this spool what dead processes left in other folders of the one given to Open. Call it after all readers
// are open; it needs some time, and may run beside everything else. A folder whose readers are not all open here, by name, is
// left alone, unless they have expired. When Adopt is interrupted, some records come twice.
func (s *Spool) Adopt(ctx context.Context) (Adopted, error) {
	var done Adopted
	paths, err := Folders(s.root)
	if err != nil {
		return done, err
	}
	for _, path := range paths {
		if path == s.path {
			continue
		}
		if err := s.adoptFolder(ctx, path, &done); err != nil {
			return done, fmt.Errorf("spool: adopt %s: %w", path, err)
		}
	}
	return done, nil
}

// adoptFolder empties one folder, if its process is dead.
func (s *Spool) adoptFolder(ctx context.Context, path string, done *Adopted) error {
	f, lock, err := openLocked(path, s.opts)
	switch {
	case errors.Is(err, errLocked):
		done.Busy++
		return nil
	case isGone(err):
		return nil
	case err != nil:
		return err
	}
	worth, err := s.worthAdopting(f, isInstance(filepath.Base(path)), done)
	if worth {
		err = s.emptyFolder(ctx, f, path, done)
	}
	return errors.Join(err, f.Close(), lock.Close())
}

// worthAdopting reports whether a folder can be emptied. It reads no segment, so that Adopt may be called often beside a folder
// that has to wait.
func (s *Spool) worthAdopting(f folder, instance bool, done *Adopted) (bool, error) {
	entries, err := f.List()
	if err != nil {
		return false, err
	}
	if len(listSegments(entries)) == 0 {
		return instance, nil
	}
	left := newSpool(f, s.opts)
	if err := left.loadMarks(entries); err != nil {
		return false, err
	}
	oldest := s.opts.now().Add(-s.opts.ReaderTTL)
	left.readers = slices.DeleteFunc(left.readers, func(r *Reader) bool { return !r.mark.synced.After(oldest) })
	if !s.servesAll(left.readers) {
		done.Left++
		return false, nil
	}
	return true, nil
}

// emptyFolder moves what is in a folder, and deletes it if it is one of a further process.
func (s *Spool) emptyFolder(ctx context.Context, f *osFolder, path string, done *Adopted) error {
	left := newSpool(f, s.opts)
	err := left.recover()
	if err == nil {
		left.expire()
		err = s.moveAll(ctx, left, done)
	}
	if err == nil && isInstance(filepath.Base(path)) {
		err = removeFolder(s.root, path, f)
	}
	for _, r := range left.retired {
		err = errors.Join(err, r.file.Close())
	}
	return err
}

// moveAll moves all records, segment by segment: one is deleted when its records are on disk here.
func (s *Spool) moveAll(ctx context.Context, left *Spool, done *Adopted) error {
	for len(left.segments) > 0 {
		seg := left.segments[0]
		if !s.hasRoom(seg) {
			return ErrFull
		}
		if err := s.moveSegment(ctx, left, seg, done); err != nil {
			return err
		}
		if err := s.Sync(ctx); err != nil {
			return err
		}
		left.mu.Lock()
		left.discard(1)
		left.mu.Unlock()
		left.sweep()
	}
	if err := left.folder.Sync(); err != nil {
		return err
	}
	for _, r := range left.readers {
		if err := left.folder.Remove(markName(r.name, r.index)); err != nil {
			return err
		}
	}
	done.Folders++
	return nil
}

// hasRoom reports whether a segment can be moved in one go. One that is moved in part would be moved again, and again.
func (s *Spool) hasRoom(seg *segment) bool {
	return s.opts.Overflow == DropOldest || s.used()+seg.end+s.opts.SegmentBytes <= s.opts.Quota
}

// servesAll reports whether readers with all those names are open here.
func (s *Spool) servesAll(readers []*Reader) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range readers {
		if own := s.findReader(r.name); own == nil || !own.attached || own.index != r.index {
			return false
		}
	}
	return true
}

// moveSegment appends what is left to deliver of a segment.
func (s *Spool) moveSegment(ctx context.Context, left *Spool, seg *segment, done *Adopted) error {
	src, err := left.folder.Open(seg.name)
	if err != nil {
		return err
	}
	var sc scanner
	sc.start(src, segmentHeader, seg.end, seg.first)
	for err == nil {
		f, _, ok := sc.scan()
		if !ok {
			break
		}
		if err = ctx.Err(); err == nil {
			err = s.moveRecord(ctx, left, f, done)
		}
	}
	return errors.Join(err, src.Close())
}

// moveRecord appends what is left to deliver of a record.
func (s *Spool) moveRecord(ctx context.Context, left *Spool, f frame, done *Adopted) error {
	r, ok := parseRecord(f.body)
	if !ok {
		return nil // nothing in it can be delivered
	}
	owed := left.owed(f)
	served := s.served()
	lanes := r.Lanes[:0]
	for _, l := range r.Lanes {
		if l.Destinations &= owed; l.Destinations&^served != 0 {
			done.Dropped++
		}
		if l.Destinations &= served; l.Destinations != 0 {
			lanes = append(lanes, l)
		}
	}
	if r.Lanes, r.adopted = lanes, true; len(lanes) == 0 {
		return nil
	}
	if _, err := s.Append(ctx, r); err != nil {
		return err
	}
	done.Records++
	return nil
}

// owed returns the destinations that have not had a record: those with a reader that has not acknowledged it, or without any
// reader.
func (s *Spool) owed(f frame) uint8 {
	var had, owed uint8
	for _, r := range s.readers {
		had |= 1 << r.index
		if r.wants(f) {
			owed |= 1 << r.index
		}
	}
	return f.destinations() & (owed | ^had)
}

// served returns the destinations with an open reader.
func (s *Spool) served() uint8 {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all uint8
	for _, r := range s.readers {
		if r.attached {
			all |= 1 << r.index
		}
	}
	return all
}

// removeFolder deletes an emptied folder of a dead process, unless it keeps damaged bytes for somebody to look at. Its lock is
// held; a process that waits for it will find that the file is gone.
func removeFolder(root, path string, f *osFolder) error {
	entries, err := f.List()
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.name != lockName {
			return nil
		}
	}
	if err := f.Remove(lockName); err != nil {
		return err
	}
	parent, err := openFolder(root)
	if err != nil {
		return err
	}
	return errors.Join(parent.Remove(filepath.Base(path)), parent.Sync(), parent.Close())
}
