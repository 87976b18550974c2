package runtime

import (
	"time"

	"github.com/eventgen/eventgen/redact"
	"github.com/eventgen/eventgen/spool"
)

// record is one accepted event, encoded. It is the Writer's: queues copy what they keep.
type record struct {
	event     string
	uuid      UUID
	timestamp int64         // microseconds since 1970, UTC
	begun     time.Duration // when the event began, after the start of the intake; 0 is when it comes there
	lanes     []lane
}

// lane is one encoding of an event, for the destinations whose policies treat it alike.
type lane struct {
	destinations destinations
	distinctID   []byte
	properties   []byte // a JSON object
}

// reset empties the lane and keeps its buffers for the next event, unless they grew beyond what is worth keeping.
func (l *lane) reset() {
	l.distinctID, l.properties = l.distinctID[:0], l.properties[:0]
	if cap(l.distinctID)+cap(l.properties) > keepCapacity {
		*l = lane{}
	}
}

// lane returns the encoding for a destination, or nil when the event does not go there.
func (r *record) lane(d destinations) *lane {
	for i := range r.lanes {
		if r.lanes[i].destinations&d != 0 {
			return &r.lanes[i]
		}
	}
	return nil
}

// stored appends the encodings for some of the destinations in the form of the spool. They share the record's memory.
func (r *record) stored(lanes []spool.Lane, of destinations) []spool.Lane {
	for i := range r.lanes {
		l := &r.lanes[i]
		if d := l.destinations & of; d != 0 {
			lanes = append(lanes, spool.Lane{Destinations: uint8(d), DistinctID: l.distinctID, Properties: l.properties})
		}
	}
	return lanes
}

// maxLanes is how many encodings an event can have.
const maxLanes = 3

// destinations is a set of destinations, one bit each.
type destinations uint8

const (
	postHogBit destinations = 1 << iota
	auditBit
	logBit

	allDestinations = postHogBit | auditBit | logBit
)

// destinationBit returns the bit of a destination, and 0 for one that does not exist.
func destinationBit(d redact.Destination) destinations {
	switch d {
	case redact.PostHog:
		return postHogBit
	case redact.Audit:
		return auditBit
	case redact.Log:
		return logBit
	default:
		return 0
	}
}

// list returns the members of the set in a fixed order.
func (s destinations) list() []redact.Destination {
	var all []redact.Destination
	for _, d := range [...]redact.Destination{redact.PostHog, redact.Audit, redact.Log} {
		if s&destinationBit(d) != 0 {
			all = append(all, d)
		}
	}
	return all
}
