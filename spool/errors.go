package spool

import "errors"

// The errors of Append. A refused record was not stored, is counted in Stats, and may be appended again. Match them with
// errors.Is; the error of the operating system, if any, is wrapped beside them.
var (
	// ErrClosed means that Close was called.
	ErrClosed = errors.New("spool: closed")
	// ErrFull means that the quota is used up.
	ErrFull = errors.New("spool: quota used up")
	// ErrNoSpace means that the disk is full, or nearly: see Options.MinFree.
	ErrNoSpace = errors.New("spool: too little free disk space")
	// ErrStalled means that the disk did not answer within Options.Patience.
	ErrStalled = errors.New("spool: disk does not answer")
	// ErrTooLarge means that a record exceeds MaxRecord.
	ErrTooLarge = errors.New("spool: record too large")
	// ErrDisk means that the disk failed to store the record.
	ErrDisk = errors.New("spool: disk failed")
)

// The errors of Open, Spool.Reader and Spool.Adopt.
var (
	// ErrUnsafe means that others could write to the folder, or that it is on a network file system.
	ErrUnsafe = errors.New("spool: unsafe folder")
	// ErrFormat means that the folder has segments of a format that this version does not know. Nothing was changed.
	ErrFormat = errors.New("spool: unknown format")
	// ErrName means that the name of a reader is not of the form [a-z0-9][a-z0-9._-]*, at most 64 bytes, or in use.
	ErrName = errors.New("spool: unusable reader name")
)

// errLocked means that another process has the folder.
var errLocked = errors.New("spool: in use by another process")
