package spool

import (
	"bytes"
	"io"
)

const (
	windowBytes = 256 << 10
	pageBytes   = 4 << 10
)

// scanner reads the frames of a segment in order and finds back to them behind damage. Its memory is bounded by a window
// and one frame.
type scanner struct {
	src  io.ReaderAt
	off  int64  // of the next frame
	end  int64  // nothing is read from here on
	next uint64 // frames with a lower sequence number are none: they would be remains of an older file

	base       int64 // offset of the window
	window     []byte
	unreadable int64 // bytes that the disk does not return
}

// span is a range of bytes in a segment.
type span struct{ from, to int64 }

func (s span) empty() bool { return s.from >= s.to }
func (s span) size() int64 { return s.to - s.from }

// start begins with the frame at off.
func (sc *scanner) start(src io.ReaderAt, off, end int64, next uint64) {
	*sc = scanner{src: src, off: off, end: end, next: next, base: off, window: sc.window[:0]}
}

// scan returns the next frame and the bytes that were skipped to find it. Without a further frame, ok is false and the hole
// is what is left.
func (sc *scanner) scan() (f frame, hole span, ok bool) {
	hole = span{sc.off, sc.off}
	for hole.to < sc.end {
		if f, ok = sc.frameAt(hole.to); ok {
			sc.off, sc.next = f.end(), f.seq+1
			return f, hole, true
		}
		hole.to = sc.findMagic(hole.to + 1)
	}
	sc.off = sc.end
	hole.to = max(hole.from, sc.end)
	return f, hole, false
}

// frameAt returns the frame at an offset, if there is one.
func (sc *scanner) frameAt(off int64) (f frame, ok bool) {
	n, ok := frameLength(sc.read(off, frameHeader))
	if !ok || off+n > sc.end {
		return f, false
	}
	seq, body, ok := parseFrame(sc.read(off, n))
	return frame{off: off, seq: seq, body: body}, ok && seq >= sc.next
}

// findMagic returns the offset of the first magic at or behind off, or the end.
func (sc *scanner) findMagic(off int64) int64 {
	for off < sc.end {
		w := sc.read(off, pageBytes)
		if i := bytes.Index(w, []byte(frameMagic)); i >= 0 {
			return off + int64(i)
		}
		off += max(1, int64(len(w)-len(frameMagic)+1))
	}
	return sc.end
}

// zero reports whether a range holds nothing but zeros, as the unused rest of a segment does.
func (sc *scanner) zero(s span) bool {
	for off := s.from; off < s.to; off += pageBytes {
		for _, b := range sc.read(off, min(pageBytes, s.to-off)) {
			if b != 0 {
				return false
			}
		}
	}
	return true
}

// read returns n bytes at off, fewer only at the end. They are good until the next call.
func (sc *scanner) read(off, n int64) []byte {
	n = min(n, sc.end-off)
	if off < sc.base || off+n > sc.base+int64(len(sc.window)) {
		sc.fill(off, min(max(n, windowBytes), sc.end-off))
	}
	from := off - sc.base
	return sc.window[from : from+n]
}

// fill moves the window. What the disk does not return after some attempts counts as zeros, so that one bad sector costs
// only the records that touch it.
func (sc *scanner) fill(off, n int64) {
	if int64(cap(sc.window)) < n {
		sc.window = make([]byte, n)
	}
	sc.base, sc.window = off, sc.window[:n]
	if sc.attempt(sc.window, off) {
		return
	}
	for at := int64(0); at < n; at += pageBytes {
		page := sc.window[at:min(at+pageBytes, n)]
		if !sc.attempt(page, off+at) {
			clear(page)
			sc.unreadable += int64(len(page))
		}
	}
}

// attempt reads a range, several times if need be: a disk that fails once often succeeds later. A file that is shorter than
// it should be ends in zeros.
func (sc *scanner) attempt(p []byte, off int64) bool {
	for range 3 {
		n, err := sc.src.ReadAt(p, off)
		if err == io.EOF {
			clear(p[n:])
			return true
		}
		if n == len(p) {
			return true
		}
	}
	return false
}
