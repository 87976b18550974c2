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

// wrote notes frames that were written at off.
func (u *unsynced) wrote(off int64, frames []byte) {
	if u.empty() {
		u.from, u.to = off, off
	}
	held := len(u.frames)
	complete := u.to-u.from == int64(held)
	u.to += int64(len(frames))
	if !complete || held+len(frames) > maxCopy {
		return
	}
	if held+len(frames) > cap(u.frames) {
		u.grow(len(frames))
	}
	u.frames = append(u.frames, frames...)
}

// grow makes room for n more bytes. It takes large steps: append's would allocate and clear five times the memory of a copy
// until that is full, which measured as 5 % of each append at full speed.
func (u *unsynced) grow(n int) {
	grown := make([]byte, 0, min(maxCopy, max(4<<10, 16*cap(u.frames), len(u.frames)+n)))
	u.frames = append(grown, u.frames...)
}

// reset forgets everything but the memory.
func (u *unsynced) reset() { *u = unsynced{frames: u.frames[:0]} }
