package runtime

import (
	"log/slog"
	"time"

	"github.com/eventgen/eventgen/redact"
	"github.com/eventgen/eventgen/spool"
)

// Option adds to a client what a [Config] cannot hold. The zero value adds nothing. Of two options that set the same thing
// the last wins.
type Option struct {
	apply func(*settings)
}

// settings is what the options of New add up to.
type settings struct {
	registries []*Registry
	sinks      []destinedSink
	logger     *slog.Logger
	clock      func() time.Time // nil is the real one
	validator  Validator
	recorder   func(Recorded)
	spool      *spool.Spool
	letters    *spool.Letters
}

// destinedSink is a sink and the destination whose policy applies to it.
type destinedSink struct {
	destination redact.Destination
	sink        Sink
}

func newSettings(reg *Registry, opts []Option) settings {
	s := settings{registries: []*Registry{reg}, logger: slog.New(slog.DiscardHandler)}
	for _, o := range opts {
		if o.apply != nil {
			o.apply(&s)
		}
	}
	return s
}

// WithSink adds a sink. The destination selects the policy by which events are redacted for it, and which events it gets. A
// client may have several sinks, also for one destination; they neither wait for each other nor share a queue. The client
// closes the sink, unless New returns an error.
//
// A sink of the log destination gets its events at once; the others get batches.
func WithSink(destination redact.Destination, sink Sink) Option {
	return Option{apply: func(s *settings) { s.sinks = append(s.sinks, destinedSink{destination, sink}) }}
}

// WithLogger sets where the client reports problems: refused events, failing sinks, dead letters. Each is reported at most
// once a minute, with the number of those left out, and without any value of an event. The default and nil are silence.
func WithLogger(logger *slog.Logger) Option {
	return Option{apply: func(s *settings) {
		if logger == nil {
			logger = slog.New(slog.DiscardHandler)
		}
		s.logger = logger
	}}
}

// WithClock sets the clock that gives events their time stamp and the time in their UUID. It is called from many
// goroutines at once. Intervals and backoff keep to the real clock. The default and nil are time.Now.
func WithClock(now func() time.Time) Option {
	return Option{apply: func(s *settings) { s.clock = now }}
}

// WithSchemas sets the validator that TrackMap needs.
func WithSchemas(v Validator) Option {
	return Option{apply: func(s *settings) { s.validator = v }}
}

// WithRegistry adds a second registry: the client then also takes its events, under its own policy.
func WithRegistry(reg *Registry) Option {
	return Option{apply: func(s *settings) { s.registries = append(s.registries, reg) }}
}

// WithSpool makes the queue durable: an event that is for a sink of the destinations posthog and audit is stored in the spool
// before the Track function returns, each such sink reads it from there under the sink's name, and what is not delivered when the
// process ends is delivered by the next one. The name of a sink thus must not change, and has to be one that spool.Spool.Reader
// takes. Sinks of the log destination keep their queue in memory: what goes to a log is of use only at once.
//
// The client takes over what dead processes left in other folders of the spool, looks for such folders once a minute, and closes
// the spool, unless New returns an error. The spool must be newly opened.
func WithSpool(s *spool.Spool) Option {
	return Option{apply: func(set *settings) { set.spool = s }}
}

// WithDeadLetters appends each event that a sink will never take to the sink's file of dead letters, where it can be looked at
// and replayed. While that is not possible the event is kept: the sink pauses for the reason "dead_letter". Events for the log
// destination are left out. SinkStats says how full the file is; for that, the client looks at the folder once a minute.
func WithDeadLetters(l *spool.Letters) Option {
	return Option{apply: func(set *settings) { set.letters = l }}
}
