package spool

import "encoding/binary"

// MaxRecord is the size in bytes of the largest record that any spool stores: its texts and 36 bytes, plus 9 for each
// lane. A spool with small segments stores less.
const MaxRecord = maxFrame - frameHeader

// Record is one event, encoded once for each policy in use.
type Record struct {
	UUID   [16]byte
	Time   int64  // when it happened: microseconds since 1970, UTC
	Queued int64  // when it was accepted, likewise
	Event  string // its name, at most 65,535 bytes
	Lanes  []Lane // at most 255

	adopted bool // it was in another folder before
}

// Lane is one encoding of an event and the destinations that get it, one bit each. A destination is in at most one lane.
type Lane struct {
	Destinations uint8
	DistinctID   []byte
	Properties   []byte
}

// Entry is a record as one reader sees it: with the lane for its destination.
type Entry struct {
	Seq        uint64
	UUID       [16]byte
	Time       int64
	Queued     int64
	Event      []byte
	DistinctID []byte
	Properties []byte
}

// size is what the entry adds to a batch.
func (e *Entry) size() int { return len(e.Event) + len(e.DistinctID) + len(e.Properties) }

// Sizes of the fixed parts of a body and of a lane in it.
const (
	bodyHeader = 36
	laneHeader = 9
)

// bodySize is the length of the encoded record, or -1 when it has parts whose length the format cannot express.
func (r *Record) bodySize() int {
	n := bodyHeader + len(r.Event)
	for i := range r.Lanes {
		n += laneHeader + len(r.Lanes[i].DistinctID) + len(r.Lanes[i].Properties)
	}
	if len(r.Event) > 1<<16-1 || len(r.Lanes) > 1<<8-1 {
		return -1
	}
	return n
}

// destinations is the set of all destinations that get the record.
func (r *Record) destinations() uint8 {
	var all uint8
	for i := range r.Lanes {
		all |= r.Lanes[i].Destinations
	}
	return all
}

// putBody encodes the record into b, which has the size for it.
func (r *Record) putBody(b []byte) {
	b[0], b[1] = r.destinations(), uint8(len(r.Lanes))
	binary.LittleEndian.PutUint16(b[2:], uint16(len(r.Event)))
	binary.LittleEndian.PutUint64(b[4:], uint64(r.Time))
	binary.LittleEndian.PutUint64(b[12:], uint64(r.Queued))
	copy(b[20:], r.UUID[:])
	b = b[bodyHeader+copy(b[bodyHeader:], r.Event):]
	for i := range r.Lanes {
		l := &r.Lanes[i]
		b[0] = l.Destinations
		binary.LittleEndian.PutUint32(b[1:], uint32(len(l.DistinctID)))
		binary.LittleEndian.PutUint32(b[5:], uint32(len(l.Properties)))
		b = b[laneHeader+copy(b[laneHeader:], l.DistinctID):]
		b = b[copy(b, l.Properties):]
	}
}

// parseRecord reads a body. The lanes share its memory. False means that it is not of our making.
func parseRecord(body []byte) (r Record, ok bool) {
	if len(body) < bodyHeader {
		return r, false
	}
	r.Time = int64(binary.LittleEndian.Uint64(body[4:]))
	r.Queued = int64(binary.LittleEndian.Uint64(body[12:]))
	copy(r.UUID[:], body[20:])
	event, rest, ok := cut(body[bodyHeader:], uint32(binary.LittleEndian.Uint16(body[2:])))
	if !ok {
		return r, false
	}
	r.Event = string(event)
	for range body[1] {
		var l Lane
		if l, rest, ok = parseLane(rest); !ok {
			return r, false
		}
		r.Lanes = append(r.Lanes, l)
	}
	return r, len(rest) == 0 && r.destinations() == body[0]
}

// parseLane reads a lane and returns what follows it.
func parseLane(b []byte) (l Lane, rest []byte, ok bool) {
	if len(b) < laneHeader {
		return l, nil, false
	}
	l.Destinations = b[0]
	ids, properties := binary.LittleEndian.Uint32(b[1:]), binary.LittleEndian.Uint32(b[5:])
	if l.DistinctID, rest, ok = cut(b[laneHeader:], ids); !ok {
		return l, nil, false
	}
	l.Properties, rest, ok = cut(rest, properties)
	return l, rest, ok
}

// parseEntry reads what a body holds for a destination. The entry shares the body's memory.
func parseEntry(body []byte, seq uint64, destination uint8) (Entry, bool) {
	e := Entry{
		Seq:    seq,
		Time:   int64(binary.LittleEndian.Uint64(body[4:])),
		Queued: int64(binary.LittleEndian.Uint64(body[12:])),
		UUID:   [16]byte(body[20:bodyHeader]),
	}
	event, rest, ok := cut(body[bodyHeader:], uint32(binary.LittleEndian.Uint16(body[2:])))
	e.Event = event
	for i := uint8(0); ok && i < body[1]; i++ {
		var l Lane
		if l, rest, ok = parseLane(rest); !ok {
			return e, false
		}
		if l.Destinations&destination != 0 {
			e.DistinctID, e.Properties = l.DistinctID, l.Properties
			return e, true
		}
	}
	return e, false
}

// cut splits b after n bytes.
func cut(b []byte, n uint32) (head, rest []byte, ok bool) {
	if uint64(n) > uint64(len(b)) {
		return nil, nil, false
	}
	return b[:n:n], b[n:], true
}
