package runtime

import (
	"log/slog"
	"time"

	"github.com/eventgen/eventgen/redact"
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
	clock      func() time.Time
	validator  Validator
	recorder   func(Recorded)
}

// destinedSink is a sink and the destination whose policy applies to it.
type destinedSink struct {
	destination redact.Destination
	sink        Sink
}

func newSettings(reg *Registry, opts []Option) settings {
	s := settings{registries: []*Registry{reg}, logger: slog.New(slog.DiscardHandler), clock: time.Now}
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
	return Option{apply: func(s *settings) {
		if now == nil {
			now = time.Now
		}
		s.clock = now
	}}
}

// WithSchemas sets the validator that TrackMap needs.
func WithSchemas(v Validator) Option {
	return Option{apply: func(s *settings) { s.validator = v }}
}

// WithRegistry adds a second registry: the client then also takes its events, under its own policy.
func WithRegistry(reg *Registry) Option {
	return Option{apply: func(s *settings) { s.registries = append(s.registries, reg) }}
}
