package spool

import (
	"encoding/binary"
	"hash/crc32"
	"slices"
)

// A frame is a record in a segment: magic, checksum, length of the body, sequence number, body. See docs/spool-format.md.
const (
	frameSum    = 4 // offsets in a frame
	frameLen    = 8
	frameSeq    = 12
	frameHeader = 20
	// maxFrame bounds what a scanner has to look at to judge one frame.
	maxFrame = 1 << 20
)

// frameMagic starts every frame. None of its bytes occurs in UTF-8, hence in no event, so that resynchronising inside a damaged
// record cannot find a frame in somebody's text.
const frameMagic = "\xf8\xfe\xc0\xff"

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// frame is a record found in a segment. The body is good until the scanner moves on.
type frame struct {
	off  int64
	seq  uint64
	body []byte
}

// end is the offset behind the frame.
func (f *frame) end() int64 { return f.off + frameHeader + int64(len(f.body)) }

// destinations is the set of destinations that get the record.
func (f *frame) destinations() uint8 { return f.body[0] }

// appendFrame appends a record without sequence number and checksum, which stamp fills in.
func appendFrame(dst []byte, r *Record, size int) []byte {
	n := len(dst)
	dst = slices.Grow(dst, frameHeader+size)[:n+frameHeader+size]
	f := dst[n:]
	copy(f, frameMagic)
	binary.LittleEndian.PutUint32(f[frameLen:], uint32(size))
	r.putBody(f[frameHeader:])
	return dst
}

// stamp gives consecutive sequence numbers to frames that lie one after the other, and completes them.
func stamp(frames []byte, first uint64) {
	for seq := first; len(frames) > 0; seq++ {
		size := frameHeader + int(binary.LittleEndian.Uint32(frames[frameLen:]))
		f := frames[:size]
		binary.LittleEndian.PutUint64(f[frameSeq:], seq)
		binary.LittleEndian.PutUint32(f[frameSum:], checksum(f))
		frames = frames[size:]
	}
}

// checksum covers length, sequence number and body.
func checksum(f []byte) uint32 {
	return crc32.Checksum(f[frameLen:], castagnoli)
}

// frameLength judges the first bytes of a frame and returns its whole length.
func frameLength(header []byte) (n int64, ok bool) {
	if len(header) < frameHeader || string(header[:4]) != frameMagic {
		return 0, false
	}
	n = frameHeader + int64(binary.LittleEndian.Uint32(header[frameLen:]))
	return n, n >= frameHeader+bodyHeader && n <= maxFrame
}

// parseFrame reads a whole frame.
func parseFrame(b []byte) (seq uint64, body []byte, ok bool) {
	if binary.LittleEndian.Uint32(b[frameSum:]) != checksum(b) {
		return 0, nil, false
	}
	return binary.LittleEndian.Uint64(b[frameSeq:]), b[frameHeader:], true
}
