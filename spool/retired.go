package spool

import (
	"errors"
	"io/fs"
)

// retired is a segment that takes no more records, and of which some may not be on disk.
type retired struct {
	tail
	parts   [2]unsynced
	target  uint64 // the first sequence number behind it
	suspect bool   // its sync failed: none of its file is believed any more
}

// secured reports whether all of the segment is on disk: each record in mode Sync, else those from before the last sync.
func (r *retired) secured() bool { return r.named && r.parts[0].empty() && r.parts[1].empty() }

// secure ends the file of a retired segment, on disk.
func (s *Spool) secure(r *retired) error {
	err := r.file.Truncate(r.seg.end)
	cut := err == nil
	if !r.suspect && !r.secured() {
		if err = s.syncFile(r.file, r.named); err != nil {
			r.suspect = true
			s.note(func(c *counters) { c.syncErrors++ })
		}
	}
	if r.suspect {
		if err = s.rewrite(r); err != nil {
			return err
		}
		cut = true
	}
	err = r.file.Close()
	s.note(func(c *counters) {
		if cut && r.seg.size > r.seg.end {
			r.seg.size = r.seg.end
			s.free()
		}
		if !cut || err != nil {
			c.writeErrors++
		}
	})
	return nil
}

// note changes counters.
func (s *Spool) note(change func(*counters)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.counted)
}

// rewrite puts another file in the place of one whose sync failed. It has the same content at the same offsets, so that
// readers need not know; what was not synced comes from memory, as far as there is a copy.
func (s *Spool) rewrite(r *retired) error {
	name := r.seg.name + temporarySuffix
	f, err := s.folder.Create(name)
	if errors.Is(err, fs.ErrExist) { // from an attempt before, which could not clean up
		if err = s.folder.Remove(name); err == nil {
			f, err = s.folder.Create(name)
		}
	}
	if err != nil {
		return err
	}
	if err = s.refill(f, r); err == nil {
		err = s.folder.Rename(name, r.seg.name)
	}
	if err != nil {
		return errors.Join(err, f.Close(), s.folder.Remove(name))
	}
	s.note(func(c *counters) { c.rewritten++ })
	err = r.file.Close()
	r.file, r.parts = f, [2]unsynced{}
	if err != nil {
		s.note(func(c *counters) { c.writeErrors++ })
	}
	return s.folder.Sync()
}

// refill writes the content of a segment to a new file.
func (s *Spool) refill(f file, r *retired) error {
	if err := copySpan(f, r.file, span{0, r.seg.end}); err != nil {
		return err
	}
	for i := range r.parts {
		if part := &r.parts[i]; !part.empty() {
			if _, err := f.WriteAt(part.frames, part.from); err != nil {
				return err
			}
		}
	}
	return f.Sync()
}

// recycle keeps the memory of a segment's copy for the next one.
func (s *Spool) recycle(r *retired) {
	for i := range r.parts {
		if frames := r.parts[i].frames; cap(frames) > 0 && len(s.frames) < cap(s.frames) {
			s.frames = append(s.frames, frames[:0])
		}
		r.parts[i] = unsynced{}
	}
}
