package spool

import (
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"slices"
	"time"
)

// Stored is a record in a folder, and where it is.
type Stored struct {
	Record
	Seq     uint64
	Segment string // name of the file
	Offset  int64
}

// Damage is a range of bytes in a segment that is no record.
type Damage struct {
	Segment  string
	From, To int64
}

// Error describes the damage.
func (d *Damage) Error() string {
	return fmt.Sprintf("spool: segment %s: bytes %d to %d are damaged", d.Segment, d.From, d.To)
}

// Report is what Verify finds.
type Report struct {
	Segments []SegmentReport
	Readers  []MarkReport
	Records  int
	Missing  uint64 // sequence numbers missing between the oldest and the newest record
	Bytes    int64  // of all segment files
	Oldest   time.Time
}

// SegmentReport describes a segment file.
type SegmentReport struct {
	Name    string
	First   uint64 // sequence number that it starts with
	Records int
	Bytes   int64 // of the file
	Used    int64 // up to the end of the last record
	Damaged []Damage
}

// MarkReport describes a reader by its mark file.
type MarkReport struct {
	Name        string
	Destination uint8     // one bit
	Used        time.Time // when it last wrote something down
	Mark        uint64    // everything before is acknowledged
	Waiting     int       // records not acknowledged
	Oldest      time.Time // when the oldest of them was accepted; zero without one
	Damaged     bool      // the file has no intact slot: the reader will start over
}

// Verify reads all of a folder and reports what is in it. It takes no lock and changes nothing; beside a running process,
// the report is a snapshot in which the newest records may be missing.
func Verify(dir string) (Report, error) {
	f, err := openReadOnly(dir)
	if err != nil {
		return Report{}, err
	}
	r, err := inspection{f, awaitWriter}.verify()
	if closeErr := f.Close(); err == nil && closeErr != nil {
		err = fmt.Errorf("spool: %w", closeErr)
	}
	return r, err
}

// inspection looks at a folder to which a process may be writing.
type inspection struct {
	folder folder
	pause  func() // waits before the end of the newest segment is looked at again
}

// awaitWriter gives a process that was held up amid a write some time to go on.
func awaitWriter() { <-time.After(10 * time.Millisecond) }

func (in inspection) verify() (Report, error) {
	var r Report
	entries, err := listLive(in.folder)
	if err != nil {
		return r, fmt.Errorf("spool: %w", err)
	}
	marks, err := reportMarks(in.folder, entries)
	if err != nil {
		return r, err
	}
	err = in.walk(entries, func(seg *segment, found finding) {
		sr := SegmentReport{Name: seg.name, First: seg.first, Records: found.records, Bytes: seg.size, Used: found.end}
		for _, hole := range found.holes {
			sr.Damaged = append(sr.Damaged, Damage{seg.name, hole.from, hole.to})
		}
		r.Segments = append(r.Segments, sr)
		r.Records += found.records
		r.Missing += found.missing
		r.Bytes += seg.size
	}, func(s Stored) bool {
		if r.Oldest.IsZero() {
			r.Oldest = time.UnixMicro(s.Queued)
		}
		for _, m := range marks {
			m.count(&s)
		}
		return true
	})
	for _, m := range marks {
		r.Readers = append(r.Readers, m.MarkReport)
	}
	return r, err
}

// countedMark counts what waits for a reader.
type countedMark struct {
	MarkReport
	reader *Reader
}

func (m *countedMark) count(s *Stored) {
	if m.reader.wants(frame{seq: s.Seq, body: []byte{s.destinations()}}) {
		m.Waiting++
		if m.Oldest.IsZero() {
			m.Oldest = time.UnixMicro(s.Queued)
		}
	}
}

func reportMarks(f folder, entries []entry) ([]*countedMark, error) {
	var all []*countedMark
	for _, e := range entries {
		name, index, ok := parseMarkName(e.name)
		if !ok || e.dir {
			continue
		}
		m, _, intact, err := readMark(f, e)
		if isGone(err) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("spool: %w", err)
		}
		r := newReader(nil, name, index)
		r.next, r.redo = m.next, m.open
		report := MarkReport{Name: name, Destination: 1 << index, Mark: r.low(), Damaged: !intact}
		if intact {
			report.Used = time.Unix(m.used, 0)
		}
		all = append(all, &countedMark{report, r})
	}
	return all, nil
}

// listLive lists a folder to which a process may be adding segments. One listing can show a new segment and not the one before it,
// so that all its records would look missing. Whatever is older than something in the first listing was there before the second.
func listLive(f surveyor) ([]entry, error) {
	before, err := f.List()
	if err != nil {
		return nil, err
	}
	newest := uint64(0)
	for _, seg := range listSegments(before) {
		newest = max(newest, seg.id)
	}
	entries, err := f.List()
	return slices.DeleteFunc(entries, func(e entry) bool {
		id, _, ok := parseSegmentName(e.name)
		return ok && id > newest
	}), err
}

// walk examines all segments of a folder. A segment that is deleted meanwhile is skipped, and nothing in it is missing.
func (in inspection) walk(entries []entry, each func(*segment, finding), record func(Stored) bool) error {
	x := examiner{pause: in.pause}
	more := true
	for _, seg := range listSegments(entries) {
		if !more {
			return nil
		}
		src, err := in.folder.Open(seg.name)
		if isGone(err) {
			x.next = 0
			continue
		}
		if err != nil {
			return fmt.Errorf("spool: %w", err)
		}
		if err := checkVersion(src, seg); err != nil {
			return errors.Join(err, src.Close())
		}
		found := x.examine(src, seg, func(f frame) {
			if r, ok := parseRecord(f.body); ok && more {
				more = record(Stored{r, f.seq, seg.name, f.off})
			}
		})
		if err := src.Close(); err != nil {
			return fmt.Errorf("spool: %w", err)
		}
		each(seg, found)
	}
	return nil
}

// Records reads all of a folder, oldest first, whoever has acknowledged what. Damage is handed out as a *Damage with an empty
// record, behind the records of its segment; any other error ends the sequence. The memory of a record is good until the
// next one. It takes no lock and changes nothing.
func Records(dir string) iter.Seq2[Stored, error] {
	return func(yield func(Stored, error) bool) {
		f, err := openReadOnly(dir)
		if err != nil {
			yield(Stored{}, err)
			return
		}
		more := true
		emit := func(s Stored, err error) bool {
			more = more && yield(s, err)
			return more
		}
		if err := (inspection{f, awaitWriter}).records(emit); err != nil {
			emit(Stored{}, err)
		}
		if err := f.Close(); err != nil {
			emit(Stored{}, fmt.Errorf("spool: %w", err))
		}
	}
}

func (in inspection) records(emit func(Stored, error) bool) error {
	entries, err := listLive(in.folder)
	if err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	return in.walk(entries, func(seg *segment, found finding) {
		for _, hole := range found.holes {
			emit(Stored{}, &Damage{seg.name, hole.from, hole.to})
		}
	}, func(s Stored) bool { return emit(s, nil) })
}

// Folders returns the folders inside dir, and dir itself, that hold a spool.
func Folders(dir string) ([]string, error) {
	f, err := openReadOnly(dir)
	if err != nil {
		return nil, err
	}
	entries, err := f.List()
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return nil, fmt.Errorf("spool: %w", err)
	}
	all := []string{dir}
	for _, e := range entries {
		if e.dir && isInstance(e.name) {
			all = append(all, filepath.Join(dir, e.name))
		}
	}
	return all, nil
}
