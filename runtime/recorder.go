package runtime

import "github.com/eventgen/eventgen/redact"

// Recorded is one call of a Track function as a recorder sees it. It is for tests: DistinctID and Value are what the caller
// gave, before redaction.
type Recorded struct {
	Event      string
	Value      any // the generated struct; for TrackMap its map, for Alias nil
	DistinctID string
	Err        error // what the call returns; nil when the event was accepted
	// Messages are the event as it leaves, one per destination that it goes to. They are the recorder's to keep.
	Messages map[redact.Destination]Message
}

// WithRecorder calls record for each tracked event, after it was accepted or refused, on the caller's goroutine and thus
// from many at once. Each event is then encoded for every destination, whatever sinks there are. It is meant for tests and
// costs allocations; see package eventstest.
func WithRecorder(record func(Recorded)) Option {
	return Option{apply: func(s *settings) { s.recorder = record }}
}
