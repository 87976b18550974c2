package eventstest

import (
	"encoding/json"
	"time"
)

// Event is an event as a [Server] stored it.
type Event struct {
	Name       string
	DistinctID string
	UUID       string    // canonical lower case, whatever the client sent
	Timestamp  time.Time // UTC
	Raw        []byte    // the event's JSON as it came in; not to be changed
}

// Properties decodes the event's properties, with $set and $set_once where the client put them beside and not among the
// properties, as PostHog's ingestion does. Numbers are float64. The map is the caller's.
func (e Event) Properties() map[string]any {
	var w struct {
		Properties map[string]any `json:"properties"`
		Set        any            `json:"$set"`
		SetOnce    any            `json:"$set_once"`
	}
	if json.Unmarshal(e.Raw, &w) != nil || w.Properties == nil {
		w.Properties = make(map[string]any)
	}
	for name, value := range map[string]any{"$set": w.Set, "$set_once": w.SetOnce} {
		if _, inside := w.Properties[name]; value != nil && !inside {
			w.Properties[name] = value
		}
	}
	return w.Properties
}

// identity is what two copies of an event must share to be merged by PostHog's ReplacingMergeTree.
type identity struct {
	uuid, name, distinctID string
	timestamp              int64 // microseconds, the resolution of the column
}

func (e Event) identity() identity {
	return identity{uuid: e.UUID, name: e.Name, distinctID: e.DistinctID, timestamp: e.Timestamp.UnixMicro()}
}

// store appends the events of a batch.
func (s *Server) store(events []Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counts.Stored += len(events)
	if !s.options.withoutRecord {
		for _, e := range events {
			s.keep(e)
		}
	}
	s.notify()
}

// keep records one event; s.mu is held.
func (s *Server) keep(e Event) {
	s.events = append(s.events, e)
	id := e.identity()
	if _, seen := s.unique[id]; !seen {
		s.firsts = append(s.firsts, id)
		s.counts.Unique++
	}
	s.unique[id] = len(s.events) - 1
}

// Events returns everything stored so far in the order of arrival, duplicates included.
func (s *Server) Events() []Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Event(nil), s.events...)
}

// Unique returns what PostHog shows once it has merged the duplicates: copies that agree in uuid, event, distinct_id and
// timestamp are one event, the copy received last. The order is that of the first copies.
func (s *Server) Unique() []Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	unique := make([]Event, len(s.firsts))
	for i, id := range s.firsts {
		unique[i] = s.events[s.unique[id]]
	}
	return unique
}
