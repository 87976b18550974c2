package runtime

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/eventgen/eventgen/redact"
)

// Config holds the numbers and switches of a client. Each zero value means its default.
type Config struct {
	// QueueSize is how many events may wait in memory for each sink. The default is 10,000. When a queue is full, new events
	// are refused for its sink. Sinks that read from a spool have no such queue, see [WithSpool].
	QueueSize int
	// QueueBytes is how many bytes of encoded events, with 96 for each event itself, may wait for each sink. The default is
	// 64 MiB. The memory in use can be up to twice that.
	QueueBytes int
	// MaxEventBytes is the largest event, encoded for delivery. The default is 256 KiB.
	MaxEventBytes int

	// BatchSize is how many events make a batch due, and the most in one but for a [BatchSizer]. The default is 20. A batch is also
	// cut at 4 MiB.
	BatchSize int
	// BatchInterval is how long an event waits at most for a batch to fill. The default is 10 s.
	BatchInterval time.Duration
	// RetryMin and RetryMax bound the wait before an attempt is repeated; it starts at a random part of RetryMin and doubles.
	// The defaults are 100 ms and 30 s.
	RetryMin, RetryMax time.Duration
	// PauseProbe is the time between attempts while a sink is paused. The default is one minute.
	PauseProbe time.Duration

	// Keys are the secrets with which values are hashed. Where they are missing and a policy hashes, a random key is made up,
	// which [Stats] tells, or, with RequireKeys, New returns redact.ErrNoKey.
	Keys        redact.Keys
	RequireKeys bool
	// GeoIP lets PostHog derive a place from the address that it sees, which for events of a server is the server's.
	GeoIP bool
	// Mode says in a few words what the client does and why, for Stats.
	Mode string

	// DeadLetter, if not nil, is called for each event that a sink will never take, with the sink's name. The message is
	// redacted, and good only during the call; the sink's delivery waits for it. An error, or a panic, keeps the event: the sink
	// pauses for the reason "dead_letter", and the function will be called again. For a file of dead letters see
	// [WithDeadLetters].
	DeadLetter func(sink string, m Message, reason string) error
}

// The defaults of Config.
const (
	defaultQueueSize     = 10_000
	defaultQueueBytes    = 64 << 20
	defaultMaxEventBytes = 256 << 10
	defaultBatchSize     = 20
	defaultBatchInterval = 10 * time.Second
	defaultRetryMin      = 100 * time.Millisecond
	defaultRetryMax      = 30 * time.Second
	defaultPauseProbe    = time.Minute
)

// maxBatchBytes is where a batch is cut. Receivers allow several times as much.
const maxBatchBytes = 4 << 20

func (c Config) withDefaults() Config {
	c.QueueSize = cmp.Or(c.QueueSize, defaultQueueSize)
	c.QueueBytes = cmp.Or(c.QueueBytes, defaultQueueBytes)
	c.MaxEventBytes = cmp.Or(c.MaxEventBytes, defaultMaxEventBytes)
	c.BatchSize = cmp.Or(c.BatchSize, defaultBatchSize)
	c.BatchInterval = cmp.Or(c.BatchInterval, defaultBatchInterval)
	c.RetryMin = cmp.Or(c.RetryMin, defaultRetryMin)
	c.RetryMax = max(cmp.Or(c.RetryMax, defaultRetryMax), c.RetryMin)
	c.PauseProbe = cmp.Or(c.PauseProbe, defaultPauseProbe)
	return c
}

// check reports the numbers that make no sense.
func (c Config) check() error {
	var errs []error
	for _, f := range []struct {
		name  string
		value int64
	}{
		{"QueueSize", int64(c.QueueSize)},
		{"QueueBytes", int64(c.QueueBytes)},
		{"MaxEventBytes", int64(c.MaxEventBytes)},
		{"BatchSize", int64(c.BatchSize)},
		{"BatchInterval", int64(c.BatchInterval)},
		{"RetryMin", int64(c.RetryMin)},
		{"RetryMax", int64(c.RetryMax)},
		{"PauseProbe", int64(c.PauseProbe)},
	} {
		if f.value < 0 {
			errs = append(errs, fmt.Errorf("%s is negative", f.name))
		}
	}
	return errors.Join(errs...)
}

// pace is how fast a sink is served. What goes to a log is of use only at once.
func (c Config) pace(d redact.Destination) pace {
	p := pace{interval: c.BatchInterval, probe: c.PauseProbe, backoff: backoff{min: c.RetryMin, max: c.RetryMax}}
	if d == redact.Log {
		p.interval = 0
	}
	return p
}

// batchSize is the most messages in a batch for a sink.
func (c Config) batchSize(s Sink) int {
	if b, ok := s.(BatchSizer); ok {
		return max(c.BatchSize, b.BatchSize())
	}
	return c.BatchSize
}

func (c Config) limits() queueLimits {
	return queueLimits{
		events: c.QueueSize, bytes: c.QueueBytes,
		batchEvents: min(c.BatchSize, c.QueueSize), batchBytes: min(maxBatchBytes, max(1, c.QueueBytes/2)),
	}
}

// check reports registries and sinks that cannot be used.
func (s settings) check() error {
	var errs []error
	if slices.Contains(s.registries, nil) {
		errs = append(errs, errors.New("the registry is nil"))
	}
	names := map[string]bool{}
	for _, d := range s.sinks {
		switch {
		case d.sink == nil:
			errs = append(errs, fmt.Errorf("the sink for %q is nil", d.destination))
			continue
		case destinationBit(d.destination) == 0:
			errs = append(errs, fmt.Errorf("sink %s: unknown destination %q", d.sink.Name(), d.destination))
		case names[d.sink.Name()]:
			errs = append(errs, fmt.Errorf("two sinks have the name %s", d.sink.Name()))
		}
		names[d.sink.Name()] = true
	}
	return errors.Join(errs...)
}
