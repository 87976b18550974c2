package runtime

import (
	"maps"
	"time"

	"github.com/eventgen/eventgen/redact"
)

// Counts are numbers of events or attempts by reason.
type Counts map[string]uint64

// maxReasons bounds the reasons that one Counts tells apart, should a sink make up ever new ones.
const maxReasons = 64

// otherReason stands for the reasons beyond maxReasons.
const otherReason = "other"

// Total returns the sum over all reasons.
func (c Counts) Total() uint64 {
	var total uint64
	for _, n := range c {
		total += n
	}
	return total
}

func (c Counts) add(reason string, n uint64) {
	if _, known := c[reason]; !known && len(c) >= maxReasons {
		reason = otherReason
	}
	c[reason] += n
}

// Stats is a snapshot of a client's counters. Every event that was handed to the client is in exactly one of Accepted and
// Rejected. All counters of events were read at one moment, so that at all times, for every sink,
//
//	Accepted = Delivered + DeadLettered.Total() + Dropped.Total() + Queued
//
// No event is ever lost without a count.
type Stats struct {
	// Mode is what Config.Mode says, for example why nothing is sent.
	Mode string
	// RandomKey says that values are hashed with a key that this process made up: the results join with those of no other.
	RandomKey bool
	Accepted  uint64
	// Rejected counts the events whose Track call returned an error, by reason: "invalid", "distinct_id", "too_large",
	// "queue_full", "closed", "no_validator" (TrackMap without one); and "sampled" for those that sampling left out,
	// without an error.
	Rejected Counts
	// Unredactable counts the values of accepted events that were left out because their strategy could not handle them,
	// such as an address that is none under truncate_ip: once for each policy in use.
	Unredactable uint64
	// Unsent counts the accepted events of a client without sinks, which are forgotten.
	Unsent uint64
	Sinks  []SinkStats
}

// Sink returns the statistics of the sink with the given name.
func (s Stats) Sink(name string) (SinkStats, bool) {
	for i := range s.Sinks {
		if s.Sinks[i].Name == name {
			return s.Sinks[i], true
		}
	}
	return SinkStats{}, false
}

// SinkStats are the counters of one sink.
type SinkStats struct {
	Name        string
	Destination redact.Destination

	// Delivered counts the events that the receiver has confirmed.
	Delivered uint64
	// DeadLettered counts the events that the receiver will never take, by the sink's reason or "too_large".
	DeadLettered Counts
	// Dropped counts the other events that the sink did not get, by reason: "destination" when events.yaml keeps the event
	// from the sink's destination, "queue_full" when another sink had room but this one had not, "shutdown" when the context
	// of Close ended first.
	Dropped Counts
	// Queued counts the events that wait or are being sent.
	Queued      int
	QueuedBytes int // with what the queue itself needs for them
	// OldestAge is how long the oldest of them has been waiting.
	OldestAge time.Duration

	// Failures counts the attempts that failed, by reason, such as "http_503". Most are repeated.
	Failures Counts
	// Paused says that the sink does not take anything at present, for PauseReason, such as "http_401" or "quota_limited":
	// somebody has to act. Everything is kept meanwhile, as far as the queue reaches.
	Paused      bool
	PauseReason string
	// LastError is the text of the latest failure since the last success. It holds no data of events.
	LastError string
}

// Total is the number of events accounted for; it always equals Stats.Accepted.
func (s SinkStats) Total() uint64 {
	return s.Delivered + s.DeadLettered.Total() + s.Dropped.Total() + uint64(s.Queued)
}

// Stats returns the current counters. It is cheap enough to be called every second, and safe for concurrent use. A nil
// client has the zero Stats.
func (c *Client) Stats() Stats {
	if c == nil {
		return Stats{}
	}
	s := c.intake.stats()
	s.Mode, s.RandomKey, s.Unredactable = c.mode, c.randomKey, c.unredactable.Load()
	for i, sender := range c.senders {
		sender.status.describe(&s.Sinks[i])
		s.Sinks[i].Name, s.Sinks[i].Destination = sender.name, sender.destination
	}
	return s
}

// stats reads all counters of events at one moment.
func (in *intake) stats() Stats {
	now := in.elapsed()
	in.mu.Lock()
	defer in.mu.Unlock()
	s := Stats{Accepted: in.accepted, Rejected: maps.Clone(in.rejected), Unsent: in.unsent}
	for _, q := range in.queues {
		s.Sinks = append(s.Sinks, SinkStats{
			Delivered:    q.delivered,
			DeadLettered: maps.Clone(q.deadLettered),
			Dropped:      maps.Clone(q.dropped),
			Queued:       q.events,
			QueuedBytes:  q.bytes,
			OldestAge:    q.oldestAge(now),
		})
	}
	return s
}
