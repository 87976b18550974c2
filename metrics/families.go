package metrics

import "slices"

// The reasons that are written even while they have not occurred.
var (
	rejectedReasons     = []string{"closed", "disk_failed", "disk_stalled", "distinct_id", "invalid", "queue_full", "too_large"}
	droppedReasons      = []string{"damaged", "destination", "drop_oldest", "queue_full", "shutdown"}
	deadLetteredReasons = []string{"http_400", "http_413", "too_large"}
)

// The kinds of families.
const (
	counter = "counter"
	gauge   = "gauge"
)

// family is a metric with its samples for one client. The help texts hold nothing that would have to be escaped.
type family struct {
	name, kind, help string
	collect          func(*text, *snapshot)
}

// families are all metrics, in the order of the output.
var families = slices.Concat(clientFamilies, sinkFamilies, spoolFamilies)

var clientFamilies = []family{
	{
		"eventgen_events_accepted_total", counter, "Events that were accepted: each is on its way to every sink.",
		func(t *text, s *snapshot) { t.count(s.Accepted, s.label()) },
	},
	{
		"eventgen_events_rejected_total", counter, "Events whose Track call returned an error or that sampling left out, by reason.",
		func(t *text, s *snapshot) { t.byReason(s.Rejected, rejectedReasons, s.label()) },
	},
	{
		"eventgen_events_unsent_total", counter, "Accepted events of a client without sinks, which are forgotten.",
		func(t *text, s *snapshot) { t.count(s.Unsent, s.label()) },
	},
	{
		"eventgen_values_unredactable_total", counter, "Values that were left out because their strategy could not handle them.",
		func(t *text, s *snapshot) { t.count(s.Unredactable, s.label()) },
	},
	{
		"eventgen_scan_findings_total", counter, "What scanning found in texts that are declared to be no personal data, by kind.",
		func(t *text, s *snapshot) { t.byName("kind", s.Findings, nil, s.label()) },
	},
	{
		"eventgen_hash_key_random", gauge, "1 when values are hashed with a key that the process made up, else 0.",
		func(t *text, s *snapshot) { t.flag(s.RandomKey, s.label()) },
	},
}

var sinkFamilies = []family{
	{
		"eventgen_events_recovered_total", counter, "Events that earlier processes had accepted and left in the spool.",
		perSink(func(t *text, s *sink) { t.count(s.Recovered, s.client, s.name) }),
	},
	{
		"eventgen_events_delivered_total", counter, "Events that the receiver has confirmed.",
		perSink(func(t *text, s *sink) { t.count(s.Delivered, s.client, s.name) }),
	},
	{
		"eventgen_events_dropped_total", counter, "Accepted events that the sink did not get, by reason.",
		perSink(func(t *text, s *sink) { t.byReason(s.Dropped, droppedReasons, s.client, s.name) }),
	},
	{
		"eventgen_events_dead_lettered_total", counter, "Events that the receiver will never take, by reason.",
		perSink(func(t *text, s *sink) { t.byReason(s.DeadLettered, deadLetteredReasons, s.client, s.name) }),
	},
	{
		"eventgen_events_queued", gauge, "Events that wait or are being sent.",
		perSink(func(t *text, s *sink) { t.number(float64(s.Queued), s.client, s.name) }),
	},
	{
		"eventgen_queue_bytes", gauge, "Bytes of the events that wait or are being sent.",
		perSink(func(t *text, s *sink) { t.number(float64(s.QueuedBytes), s.client, s.name) }),
	},
	{
		"eventgen_queue_oldest_age_seconds", gauge, "How long the oldest of these events has been waiting.",
		perSink(func(t *text, s *sink) { t.number(s.OldestAge.Seconds(), s.client, s.name) }),
	},
	{
		"eventgen_delivery_failures_total", counter, "Attempts at delivery that failed, by reason. Most are repeated.",
		perSink(func(t *text, s *sink) { t.byReason(s.Failures, nil, s.client, s.name) }),
	},
	{
		"eventgen_sink_paused", gauge, "1 while the sink takes nothing and somebody has to act, for the reason given, else 0.",
		perSink(func(t *text, s *sink) { t.flag(s.Paused, s.client, s.name, label{"reason", s.PauseReason}) }),
	},
	{
		"eventgen_dead_letter_bytes", gauge, "Bytes in the sink's file of dead letters.",
		perLetterFile(func(t *text, s *sink) { t.number(float64(s.DeadLetterBytes), s.client, s.name) }),
	},
	{
		"eventgen_dead_letter_limit_bytes", gauge, "How many bytes this file takes; when it is full, the sink pauses.",
		perLetterFile(func(t *text, s *sink) { t.number(float64(s.DeadLetterLimit), s.client, s.name) }),
	},
}
