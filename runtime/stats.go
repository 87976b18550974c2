package runtime

import (
	"maps"
	"time"

	"github.com/eventgen/eventgen/redact"
	"github.com/eventgen/eventgen/spool"
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
//	Accepted + Recovered = Delivered + DeadLettered.Total() + Dropped.Total() + Queued
//
// also while events are being tracked, and after Close. With a spool, an event counts as accepted from the moment in which it is
// stored, a little before its Track call returns. No event is ever lost without a count.
type Stats struct {
	// Mode is what Config.Mode says, for example why nothing is sent.
	Mode string
	// RandomKey says that values are hashed with a key that this process made up: the results join with those of no other.
	RandomKey bool
	Accepted  uint64
	// Rejected counts the events whose Track call returned an error, by reason: "invalid", "distinct_id", "too_large",
	// "queue_full", "disk_stalled", "disk_failed", "closed", "no_validator" (TrackMap without one); and "sampled" for
	// those that sampling left out, without an error.
	Rejected Counts
	// Unredactable counts the values of accepted events that were left out because their strategy could not handle them,
	// such as an address that is none under truncate_ip: once for each policy in use.
	Unredactable uint64
	// Findings counts what scanning found in texts of accepted events that are declared to be no personal data, by kind, such
	// as "email". With ScanSampled that is what was found in a share of the events.
	Findings Counts
	// Unsent counts the accepted events of a client without sinks, which are forgotten.
	Unsent uint64
	Sinks  []SinkStats
	Spool  *SpoolStats // nil without a spool
}

// SpoolStats are the counters of the spool: where it is, how full, and what it found or went through. See [WithSpool].
type SpoolStats = spool.Stats

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

	// Recovered counts the events that earlier processes accepted: those that waited for the sink in the spool when the client
	// started, and those that it took over from other folders since.
	Recovered uint64
	// Delivered counts the events that the receiver has confirmed.
	Delivered uint64
	// DeadLettered counts the events that the receiver will never take, by the sink's reason or "too_large".
	DeadLettered Counts
	// Dropped counts the other events that the sink did not get, by reason: "destination" when events.yaml keeps the event
	// from the sink's destination, "queue_full" when another sink had room but this one had not, "shutdown" when the context
	// of Close ended first, "drop_oldest" when the spool made room for newer events, "damaged" when the disk did not keep it.
	Dropped Counts
	// Queued counts the events that wait or are being sent. With a spool they stay after Close, for the next start.
	Queued      int
	QueuedBytes int // with what the queue in memory needs for them; 0 for those in a spool, see Stats.Spool
	// OldestAge is how long the oldest of them has been waiting; in a spool, across restarts.
	OldestAge time.Duration

	// Failures counts the attempts that failed, by reason, such as "http_503". Most are repeated.
	Failures Counts
	// Paused says that the sink does not take anything at present, for PauseReason, such as "http_401" or "quota_limited":
	// somebody has to act. Everything is kept meanwhile, as far as the queue reaches.
	Paused      bool
	PauseReason string
	// LastError is the text of the latest failure since the last success. It holds no data of events.
	LastError string

	// DeadLetterBytes is how much the sink's file of dead letters holds, and DeadLetterLimit how much it takes: a letter that
	// would exceed it pauses the sink. The client's own letters count at once; that another process replayed or purged some is
	// seen within a minute, until Close. Both are 0 without such a file: see WithDeadLetters.
	DeadLetterBytes, DeadLetterLimit int64
}

// Total is the number of events accounted for; it always equals Stats.Accepted + Recovered.
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
	s.Findings = c.findings.snapshot()
	for i, sender := range c.senders {
		sender.describe(&s.Sinks[i])
	}
	return s
}

// describe fills in what is not counted together with the events.
func (s *sender) describe(to *SinkStats) {
	to.Name, to.Destination = s.name, s.destination
	s.status.describe(to)
	if letters := s.reporter.letters; letters != nil {
		to.DeadLetterBytes, to.DeadLetterLimit = letters.Size(s.name)
	}
}

// snapshot is what the lines need to describe themselves at one moment.
type snapshot struct {
	now      time.Time
	elapsed  time.Duration
	accepted uint64
	onTheWay uint64       // events that the spool has taken and the queues do not know of yet
	spool    *spool.Stats // nil without one
}

// stats reads all counters of events at one moment.
func (in *intake) stats() Stats {
	at := snapshot{now: time.Now(), elapsed: in.elapsed()}
	in.mu.Lock()
	defer in.mu.Unlock()
	at.accepted = in.accepted
	if in.spool != nil {
		st := in.spool.Stats()
		at.spool = &st
		stored := st.Appended - st.Adopted
		at.accepted += stored
		at.onTheWay = stored - in.handed
	}
	s := Stats{Accepted: at.accepted, Rejected: maps.Clone(in.rejected), Unsent: in.unsent, Spool: at.spool}
	s.Sinks = make([]SinkStats, len(in.lines))
	for i, l := range in.lines {
		l.describe(&s.Sinks[i], &at)
	}
	return s
}

func (q *queue) describe(to *SinkStats, at *snapshot) {
	to.Delivered = q.delivered
	to.DeadLettered = maps.Clone(q.deadLettered)
	to.Dropped = maps.Clone(q.dropped)
	to.Queued = q.events + int(at.onTheWay)
	to.QueuedBytes = q.bytes
	to.OldestAge = q.oldestAge(at.elapsed)
}
