package spool

import (
	"errors"
	"time"
)

// Stats is a snapshot of a spool. Numbers without a remark count since Open.
type Stats struct {
	Path     string    // the folder in use
	Bytes    int64     // now: in segment files, the unused rest of the newest included
	Segments int       // now
	Oldest   time.Time // about when the oldest stored record was accepted; zero without one
	Next     uint64    // the sequence number of the next record
	Synced   uint64    // all records before this sequence number are on disk
	Appended uint64    // records that Append and Adopt stored
	Adopted  uint64    // those of them that Adopt moved here
	Refused  Refused   // records
	Stalled  bool      // now: the disk does not answer
	NoRoom   bool      // now: there was no room when one was last looked for
	Suspect  bool      // now: the disk failed, and the last records may not survive a power cut

	Recovered    uint64 // records found by Open, whoever still needs them
	Missing      uint64 // sequence numbers that Open found to be missing between the oldest and the newest record
	Damaged      int    // ranges of damaged bytes found, by Open or later
	DamagedBytes int64
	Untrimmed    int // segments that the last process did not end: it was killed, or the power failed
	LostMarks    int // readers whose mark was damaged: they start over

	WriteErrors    uint64 // failed writes and other changes
	SyncErrors     uint64
	Rewritten      uint64 // segments written a second time after a failed sync
	Stalls         uint64
	ExpiredReaders uint64
	ExpiredRecords uint64 // that they had not read

	Readers []ReaderStats
}

// Refused counts records that Append refused, by reason: the errors of the same name.
type Refused struct {
	Closed, Full, NoSpace, Stalled, TooLarge, Disk uint64
}

// Total is the sum.
func (r Refused) Total() uint64 {
	return r.Closed + r.Full + r.NoSpace + r.Stalled + r.TooLarge + r.Disk
}

// Dropped counts records that a reader will never see, by reason.
type Dropped struct {
	Oldest  uint64 // deleted under DropOldest
	Damaged uint64 // not found where they should be
}

// Total is the sum.
func (d Dropped) Total() uint64 { return d.Oldest + d.Damaged }

// ReaderStats describes a reader.
type ReaderStats struct {
	Name        string
	Destination uint8     // one bit
	Open        bool      // somebody has opened it
	Mark        uint64    // everything before is acknowledged
	Waiting     int       // records not acknowledged
	Oldest      time.Time // when the oldest of them was accepted, or a little before; zero without one

	// At all times, Recovered + Appended = Acked + Waiting + Dropped.Total().
	Recovered uint64 // records that were waiting for it when the spool was opened, or were adopted since
	Appended  uint64 // the others
	Acked     uint64
	Dropped   Dropped
}

// counters is the part of Stats that is counted as it happens.
type counters struct {
	appended, adopted, recovered, missing  uint64
	refused                                Refused
	untrimmed, lostMarks                   int
	writeErrors, syncErrors, rewritten     uint64
	stalls, expiredReaders, expiredRecords uint64
}

// refuse counts refused records.
func (c *counters) refuse(err error, n int) {
	for _, reason := range [...]struct {
		err     error
		counter *uint64
	}{
		{ErrClosed, &c.refused.Closed},
		{ErrFull, &c.refused.Full},
		{ErrNoSpace, &c.refused.NoSpace},
		{ErrStalled, &c.refused.Stalled},
		{ErrTooLarge, &c.refused.TooLarge},
	} {
		if errors.Is(err, reason.err) {
			*reason.counter += uint64(n)
			return
		}
	}
	c.refused.Disk += uint64(n)
}

// Stats returns a snapshot.
func (s *Spool) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := &s.counted
	st := Stats{
		Bytes: s.usedLocked(), Segments: len(s.segments), Next: s.next, Synced: s.synced, Appended: c.appended,
		Path: s.path, Adopted: c.adopted, Refused: c.refused, Stalled: s.stalled, NoRoom: s.noRoom != nil, Suspect: s.rescue != nil,
		Recovered: c.recovered, Missing: c.missing, Damaged: len(s.damage), Untrimmed: c.untrimmed, LostMarks: c.lostMarks,
		WriteErrors: c.writeErrors, SyncErrors: c.syncErrors, Rewritten: c.rewritten, Stalls: c.stalls,
		ExpiredReaders: c.expiredReaders, ExpiredRecords: c.expiredRecords,
	}
	for _, hole := range s.damage {
		st.DamagedBytes += hole.size()
	}
	for _, seg := range s.segments {
		if seg.queued != 0 {
			st.Oldest = time.UnixMicro(seg.queued)
			break
		}
	}
	for _, r := range s.readers {
		st.Readers = append(st.Readers, r.stats())
	}
	return st
}

// Stats returns a snapshot of the reader.
func (r *Reader) Stats() ReaderStats {
	r.spool.mu.Lock()
	defer r.spool.mu.Unlock()
	return r.stats()
}

func (r *Reader) stats() ReaderStats {
	return ReaderStats{
		Name: r.name, Destination: 1 << r.index, Open: r.attached, Mark: r.low(),
		Waiting: r.unread + len(r.open), Oldest: r.since(),
		Recovered: r.recovered, Appended: r.appended, Acked: r.acked, Dropped: r.dropped,
	}
}
