package spool

import "slices"

// fill reads until so many records, or bytes, are open.
func (r *Reader) fill(limit, maxBytes int) error {
	open := 0
	for i := range r.open {
		open += r.open[i].size()
	}
	for len(r.open) < limit && open < maxBytes {
		from, end, ok := r.begin()
		if !ok {
			return nil
		}
		n, err := r.scanSegment(from, end, limit-len(r.open), maxBytes-open)
		if err != nil {
			return err
		}
		open += n
	}
	return nil
}

// begin returns where there is more to read.
func (r *Reader) begin() (from place, end int64, ok bool) {
	s := r.spool
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		if r.unread == 0 {
			r.scanning = false
			r.jump()
			return from, 0, false
		}
		if r.at.seg != nil && !r.at.seg.gone && r.at.off < r.at.seg.end {
			r.scanning = true
			return r.at, r.at.seg.end, true
		}
		r.advance()
	}
}

// advance goes to the next segment that has something for the reader; there is one. Records that were not found where they
// should be are lost. The lock is held.
func (r *Reader) advance() {
	old := r.at.seg
	if old != nil {
		r.dropped.Damaged += uint64(r.forget(old))
	}
	for _, seg := range r.spool.segments {
		if old == nil || seg.id > old.id {
			r.at = place{seg, segmentHeader}
			return
		}
	}
	for len(r.left) > 0 {
		r.dropped.Damaged += uint64(r.forget(r.left[0].seg))
	}
}

// forget counts nothing to be read in a segment any more, and returns how much it was.
func (r *Reader) forget(seg *segment) int {
	for _, of := range r.left {
		if of.seg == seg {
			r.add(seg, -of.records)
			return of.records
		}
	}
	return 0
}

// scanSegment reads on in a segment, and returns the size of what it found.
func (r *Reader) scanSegment(from place, end int64, limit, maxBytes int) (int, error) {
	if ok, err := r.openFile(from, end); !ok {
		return 0, err
	}
	r.fresh = r.fresh[:0]
	size, last := 0, uint64(0)
	for len(r.fresh) < limit && size < maxBytes {
		f, hole, ok := r.sc.scan()
		if !hole.empty() {
			r.spool.quarantine(r.file, from.seg, hole)
		}
		if !ok {
			break
		}
		last = f.seq
		if e, ok := parseEntry(f.body, f.seq, 1<<r.index); ok && r.wants(f) {
			r.keep(&e)
			r.fresh = append(r.fresh, e)
			size += e.size()
		}
	}
	from.off = r.sc.off
	r.accept(from, last)
	return size, nil
}

// openFile prepares the scanner for a place. It returns false when the segment is gone, or cannot be opened.
func (r *Reader) openFile(from place, end int64) (bool, error) {
	if r.of == from.seg && r.sc.off == from.off {
		r.sc.end = end
		return true, nil
	}
	if r.of != from.seg {
		r.closeFile()
		f, err := r.spool.folder.Open(from.seg.name)
		if err != nil {
			r.spool.mu.Lock()
			defer r.spool.mu.Unlock()
			if r.scanning = false; from.seg.gone {
				err = nil
			}
			return false, err
		}
		r.file, r.of = f, from.seg
	}
	r.sc.start(r.file, from.off, end, from.seg.first)
	return true, nil
}

// closeFile lets the segment go. The file was only read: there is nothing that an error could mean.
func (r *Reader) closeFile() {
	if r.file != nil {
		_ = r.file.Close()
		r.file, r.of = nil, nil
	}
}

// accept makes what was scanned part of the open records, unless it was dropped meanwhile, and counted as such.
func (r *Reader) accept(at place, last uint64) {
	s := r.spool
	s.mu.Lock()
	defer s.mu.Unlock()
	r.scanning = false
	if at.seg.gone {
		return
	}
	for len(r.fresh) > 0 && r.fresh[len(r.fresh)-1].Seq >= at.seg.limit {
		r.fresh = r.fresh[:len(r.fresh)-1] // moved to the next segment meanwhile
	}
	r.at, last = at, min(last, at.seg.limit-1)
	r.open = append(r.open, r.fresh...)
	r.add(at.seg, -len(r.fresh))
	if last > 0 {
		r.next = max(r.next, last+1)
		r.redo = slices.DeleteFunc(r.redo, func(seq uint64) bool { return seq <= last })
	}
}
