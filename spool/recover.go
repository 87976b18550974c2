package spool

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
)

// recover takes over what is in the folder: it loads the marks of the readers, looks at every byte of every segment, keeps
// damaged ones aside and cuts unused tails. No recovered segment is written to again.
func (s *Spool) recover() error {
	entries, err := s.folder.List()
	if err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	segments := listSegments(entries)
	if err := checkVersions(s.folder, segments); err != nil {
		return err
	}
	if err := s.loadMarks(entries); err != nil {
		return err
	}
	s.removeTemporary(entries)
	if err := s.recoverSegments(segments); err != nil {
		return err
	}
	for _, r := range s.readers {
		s.next = max(s.next, r.next)
		r.recover()
	}
	s.synced = s.next
	if len(s.retired) > 0 {
		s.synced = s.retired[0].seg.first
		for _, r := range s.retired {
			r.target = min(r.target, s.next)
		}
		s.dirty = true
		signal(s.unclean)
	}
	s.sweep()
	if err := s.folder.Sync(); err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	return nil
}

// listSegments returns the segments of a folder, oldest first.
func listSegments(entries []entry) []*segment {
	var all []*segment
	for _, e := range entries {
		if id, first, ok := parseSegmentName(e.name); ok && !e.dir {
			seg := newSegment(id, first)
			seg.size = e.size
			all = append(all, seg)
		}
	}
	slices.SortFunc(all, func(a, b *segment) int { return cmp.Compare(a.id, b.id) })
	for i := 1; i < len(all); i++ {
		all[i-1].limit = all[i].first
	}
	return all
}

// checkVersions returns an error when a segment was written by a later version.
func checkVersions(f folder, segments []*segment) error {
	for _, seg := range segments {
		src, err := f.Open(seg.name)
		if err != nil {
			return fmt.Errorf("spool: %w", err)
		}
		err = checkVersion(src, seg)
		if closeErr := src.Close(); err == nil && closeErr != nil {
			err = fmt.Errorf("spool: %w", closeErr)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// checkVersion returns an error when the segment was written by a later version.
func checkVersion(src io.ReaderAt, seg *segment) error {
	var sc scanner
	sc.start(src, 0, seg.size, 0)
	if version, ok := headerVersion(sc.read(0, segmentHeader)); ok && version != segmentVersion {
		return fmt.Errorf("%w: segment %s has version %d", ErrFormat, seg.name, version)
	}
	return nil
}

// removeTemporary deletes segments that never got their name.
func (s *Spool) removeTemporary(entries []entry) {
	for _, e := range entries {
		if strings.HasSuffix(e.name, segmentSuffix+temporarySuffix) && s.folder.Remove(e.name) != nil {
			s.counted.writeErrors++
		}
	}
}

func (s *Spool) recoverSegments(segments []*segment) error {
	var x examiner
	for _, seg := range segments {
		s.lastID = max(s.lastID, seg.id)
		f, err := s.folder.Open(seg.name)
		if err != nil {
			return fmt.Errorf("spool: %w", err)
		}
		found := x.examine(f, seg, func(f frame) { s.recovered(seg, f) })
		s.counted.recovered += uint64(found.records)
		s.counted.missing += found.missing
		kept := s.quarantineAll(f, seg, found.holes)
		if err := s.finishRecovered(f, seg, found, kept); err != nil {
			return fmt.Errorf("spool: %w", err)
		}
	}
	s.next = max(s.next, x.next)
	return nil
}

// recovered notes a record that was found.
func (s *Spool) recovered(seg *segment, f frame) {
	if seg.queued == 0 {
		if r, ok := parseRecord(f.body); ok {
			seg.queued = r.Queued
		}
	}
	for _, r := range s.readers {
		if r.wants(f) {
			r.add(seg, 1)
		}
	}
}

// recover notes how much was waiting for the reader, and about since when.
func (r *Reader) recover() {
	r.recovered = uint64(r.unread)
	if len(r.left) > 0 {
		r.oldest = r.left[0].seg.queued
	}
}

// finishRecovered cuts the unused tail off a segment, or deletes it if it holds no record. Damaged bytes go only when there
// is a copy of them. The segment is synced, which costs nothing if it was before: the process that wrote it may have died
// before it came to that.
func (s *Spool) finishRecovered(f file, seg *segment, found finding, kept bool) error {
	seg.end = found.end
	if found.records == 0 && kept {
		if seg.size != seg.end { // what was in it, if anything, is lost
			s.counted.untrimmed++
		}
		seg.gone = true
		s.doomed = append(s.doomed, seg)
		return f.Close()
	}
	s.segments = append(s.segments, seg)
	if seg.size > seg.end && kept {
		s.counted.untrimmed++
		if err := f.Truncate(seg.end); err == nil {
			seg.size = seg.end
		} else {
			s.counted.writeErrors++
		}
	}
	if f.Sync() == nil {
		return f.Close()
	}
	s.counted.syncErrors++
	s.retired = append(s.retired, &retired{tail: tail{seg: seg, file: f}, target: seg.limit, suspect: true})
	return nil
}

// examiner looks at segments, one after the other.
type examiner struct {
	sc   scanner
	next uint64 // the sequence number that should come next; 0 before the first segment
	// pause waits before a further look at what somebody may be writing just now; nil when nobody can.
	pause func()

	doubt int64 // where a hole was looked at again, and how often
	looks int
}

// maxLooks is how often the end of the newest segment is looked at while no record is added to it.
const maxLooks = 50

// again reports whether to read on from the start of a hole, because a process may have been writing while its neighbours were
// read. Where more follows, that write is over, and one more look sees what came of it. The writer may however be held up amid
// the last record; what stays as it is for maxLooks is damaged.
func (x *examiner) again(hole span, more bool) bool {
	if x.pause == nil || hole.empty() {
		return false
	}
	if x.doubt != hole.from {
		x.doubt, x.looks = hole.from, 0
	}
	x.looks++
	if x.looks > 1 && !more && x.looks <= maxLooks {
		x.pause()
		return true
	}
	return x.looks == 1
}

// finding is what is in a segment.
type finding struct {
	records int
	missing uint64 // sequence numbers that should be there, or before, and are not
	holes   []span // damaged bytes
	end     int64  // behind the last record
	header  bool   // the header is intact
}

// examine reads a segment and hands its records to each.
func (x *examiner) examine(src io.ReaderAt, seg *segment, each func(frame)) finding {
	found := finding{end: segmentHeader}
	x.sc.start(src, 0, seg.size, seg.first)
	_, found.header = headerVersion(x.sc.read(0, segmentHeader))
	if !found.header {
		found.addHole(&x.sc, span{0, min(segmentHeader, seg.size)})
	}
	if x.next == 0 {
		x.next = seg.first
	}
	x.sc.off = min(segmentHeader, seg.size)
	x.looks, x.doubt = 0, 0
	for {
		next := x.sc.next
		f, hole, ok := x.sc.scan()
		unused := !ok && x.sc.zero(hole) // asked once: in a live segment, a second look sees more
		if !unused && x.again(hole, ok || seg.limit != unlimited) {
			x.sc.start(src, hole.from, seg.size, next)
			continue
		}
		if !ok {
			if !unused {
				found.damaged(hole)
			}
			break
		}
		if f.seq >= seg.limit {
			break // the next segment has it, or it was refused
		}
		found.damaged(hole)
		found.records++
		found.end = f.end()
		x.expect(f.seq, &found)
		x.next++
		each(f)
	}
	if seg.limit != unlimited {
		x.expect(seg.limit, &found)
	}
	return found
}

// expect counts what is missing before a sequence number.
func (x *examiner) expect(seq uint64, found *finding) {
	if seq > x.next {
		found.missing += seq - x.next
	}
	x.next = max(x.next, seq)
}

// damaged notes bytes between records.
func (found *finding) damaged(hole span) {
	if !hole.empty() {
		found.holes = append(found.holes, hole)
	}
}

// addHole notes bytes at an end of the segment, where zeros mean that they were never used.
func (found *finding) addHole(sc *scanner, hole span) {
	if !hole.empty() && !sc.zero(hole) {
		found.holes = append(found.holes, hole)
	}
}
