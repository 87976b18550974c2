package spool

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
)

const (
	segmentHeader  = 64
	segmentMagic   = "\xf8SPOOL\x00\xff"
	segmentVersion = 1
	minSegment     = 4 << 10
	segmentSuffix  = ".seg"
	// temporarySuffix marks a segment that is not complete yet. Recovery deletes it.
	temporarySuffix = ".tmp"
)

// segment is one file of the log. All fields but the first three change under the lock of the spool.
type segment struct {
	id    uint64
	first uint64 // sequence number of its first record
	name  string

	end    int64  // behind its last record
	size   int64  // of the file
	limit  uint64 // records from here on are void: the next segment has them
	gone   bool   // deleted, or about to be
	queued int64  // when its first record was accepted; 0 without one
}

// unlimited is the limit of the newest segment.
const unlimited = 1<<64 - 1

func newSegment(id, first uint64) *segment {
	return &segment{id: id, first: first, name: segmentName(id, first), end: segmentHeader, limit: unlimited}
}

func segmentName(id, first uint64) string {
	return fmt.Sprintf("%08x-%016x%s", id, first, segmentSuffix)
}

// parseSegmentName is the inverse of segmentName.
func parseSegmentName(name string) (id, first uint64, ok bool) {
	_, err := fmt.Sscanf(name, "%08x-%016x"+segmentSuffix, &id, &first)
	return id, first, err == nil && name == segmentName(id, first)
}

// header is what the file starts with. It repeats the name, and says the version.
func (s *segment) header(created int64) []byte {
	h := make([]byte, 0, segmentHeader)
	h = append(h, segmentMagic...)
	h = binary.LittleEndian.AppendUint32(h, segmentVersion)
	h = binary.LittleEndian.AppendUint32(h, 0)
	h = binary.LittleEndian.AppendUint64(h, s.id)
	h = binary.LittleEndian.AppendUint64(h, s.first)
	h = binary.LittleEndian.AppendUint64(h, uint64(created))
	h = append(h, make([]byte, segmentHeader-4-len(h))...)
	return binary.LittleEndian.AppendUint32(h, crc32.Checksum(h, castagnoli))
}

// headerVersion returns the version that a header says, and false when the header is damaged.
func headerVersion(h []byte) (version uint32, ok bool) {
	if len(h) < segmentHeader || string(h[:8]) != segmentMagic ||
		binary.LittleEndian.Uint32(h[segmentHeader-4:]) != crc32.Checksum(h[:segmentHeader-4], castagnoli) {
		return 0, false
	}
	return binary.LittleEndian.Uint32(h[8:]), true
}
