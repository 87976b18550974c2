package spool

import (
	"fmt"
	"time"
)

// Mode says when a record counts as stored.
type Mode uint8

const (
	// Interval returns when the kernel has the record; it is on disk within Options.SyncEvery.
	Interval Mode = iota
	// Sync returns when the record is on disk. Whatever comes in during one sync goes to disk with the next.
	Sync
)

// Overflow says what happens to a record for which there is no room.
type Overflow uint8

const (
	// Refuse returns ErrFull or ErrNoSpace.
	Refuse Overflow = iota
	// Block waits for room until the context of Append ends.
	Block
	// DropOldest deletes the oldest segment, whoever still needs it, and counts what was lost for each reader.
	DropOldest
)

// Options tune a Spool. The zero value of each field means its default.
type Options struct {
	Mode     Mode
	Overflow Overflow
	// Quota bounds the bytes in segment files, including the unused rest of the newest. The default is 1 GiB, the least
	// 64 KiB. Quarantined bytes come on top, at most a sixteenth of it.
	Quota int64
	// SegmentBytes is the size of a segment file. The default is 16 MiB, the most an eighth of the quota.
	SegmentBytes int64
	// SyncEvery is the longest that a record waits for its sync in mode Interval. The default is 100 ms.
	SyncEvery time.Duration
	// Patience is how long the disk may take to answer before records are refused with ErrStalled. No call of Append waits
	// for the disk for more than twice that. The default is one second.
	Patience time.Duration
	// MinFree and MinFreePercent are the disk space in bytes and percent that is left to others. The defaults are 64 MiB and
	// 5; negative means none.
	MinFree        int64
	MinFreePercent int
	// ReaderTTL is how long records are kept for a reader that nobody opens any more. The default is 7 days.
	ReaderTTL time.Duration
	// AllowNetwork permits folders on NFS, SMB and the like, where neither the lock nor a sync can be relied on.
	AllowNetwork bool

	now func() time.Time // for tests
}

const (
	minQuota = 64 << 10
	// retryEvery is how often a spool without room looks for some, provided that somebody wants it.
	retryEvery = 100 * time.Millisecond
)

func (o Options) withDefaults() (Options, error) {
	o.Quota = orDefault(o.Quota, 1<<30)
	o.SegmentBytes = min(orDefault(o.SegmentBytes, 16<<20), o.Quota/8)
	o.SyncEvery = orDefault(o.SyncEvery, 100*time.Millisecond)
	o.Patience = orDefault(o.Patience, time.Second)
	o.MinFree = orDefault(o.MinFree, 64<<20)
	o.MinFreePercent = orDefault(o.MinFreePercent, 5)
	o.ReaderTTL = orDefault(o.ReaderTTL, 7*24*time.Hour)
	if o.now == nil {
		o.now = time.Now
	}
	switch {
	case o.Quota < minQuota:
		return o, fmt.Errorf("spool: quota %d is below %d bytes", o.Quota, minQuota)
	case o.SegmentBytes < minSegment:
		return o, fmt.Errorf("spool: segment size %d is below %d bytes", o.SegmentBytes, minSegment)
	case o.Mode > Sync, o.Overflow > DropOldest:
		return o, fmt.Errorf("spool: unknown mode or overflow policy")
	case o.SyncEvery < 0, o.Patience < 0, o.ReaderTTL < 0, o.MinFreePercent > 100:
		return o, fmt.Errorf("spool: option out of range")
	}
	return o, nil
}

func orDefault[T comparable](v, fallback T) T {
	var zero T
	if v == zero {
		return fallback
	}
	return v
}

// maxFrame is the size of the largest record that fits, with its header.
func (o *Options) maxFrame() int { return int(min(maxFrame, o.SegmentBytes-segmentHeader)) }
