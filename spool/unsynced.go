package spool

// unsynced is the part of a segment that waits for its sync, in mode Interval, with a copy of as much of it as is worth the
// memory. The system may forget what it failed to write: the copy does not depend on it.
type unsynced struct {
	from, to int64
	frames   []byte // a copy from the start on
}

// maxCopy bounds a copy. Beyond it, the file is read again should a sync fail, which most systems allow for a while.
const maxCopy = 1 << 20

func (u *unsynced) empty() bool { return u.from == u.to }

// wrote notes n bytes that were written at off. They are the last ones of frames, which becomes the memory of the copy.
func (u *unsynced) wrote(off int64, frames []byte, n int) {
	if u.empty() {
		u.from, u.to = off, off
	}
	complete := u.to-u.from == int64(len(frames)-n)
	u.to += int64(n)
	if !complete || len(frames) > maxCopy {
		frames = frames[:len(frames)-n]
	}
	u.frames = frames
}

// reset forgets everything but the memory.
func (u *unsynced) reset() { *u = unsynced{frames: u.frames[:0]} }
