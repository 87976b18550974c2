package runtime

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/eventgen/eventgen/redact"
)

// Client takes events from the Track functions of generated packages and delivers them to its sinks. It is safe for
// concurrent use. Make one with New, or with posthogsink.Open, and Close it before the process ends. A nil *Client refuses
// every event with ErrNilClient.
type Client struct {
	registries    []*Registry
	engines       map[*Registry]*redact.Engine
	destinations  destinations // those of all sinks
	validator     Validator
	recorder      func(Recorded)
	clock         func() time.Time
	stamps        stamper
	plans         sync.Map // *Event to *plan
	geoIP         bool
	maxEventBytes int
	unredactable  atomic.Uint64

	mode      string
	randomKey bool
	logger    *slog.Logger
	problems  *problemLog

	intake  *intake
	senders []*sender     // one for each queue of the intake
	closed  chan struct{} // closed when Close has ended
}

// New returns a client for the events of a registry. Its sinks, logger and further registries come as options; without a
// sink, events are validated, counted as unsent and forgotten. On an error the sinks are still the caller's.
func New(reg *Registry, cfg Config, opts ...Option) (*Client, error) {
	s := newSettings(reg, opts)
	if err := errors.Join(cfg.check(), s.check()); err != nil {
		return nil, fmt.Errorf("runtime: new client: %w", err)
	}
	c := newClient(cfg.withDefaults(), s)
	if err := c.addEngines(cfg); err != nil {
		return nil, fmt.Errorf("runtime: new client: %w", err)
	}
	for _, sender := range c.senders {
		ctx, cancel := context.WithCancel(context.Background())
		sender.cancel = cancel
		go sender.run(ctx)
	}
	return c, nil
}

func newClient(cfg Config, s settings) *Client {
	c := &Client{
		registries:    s.registries,
		validator:     s.validator,
		recorder:      s.recorder,
		clock:         s.clock,
		geoIP:         cfg.GeoIP,
		maxEventBytes: cfg.MaxEventBytes,
		mode:          cfg.Mode,
		logger:        s.logger,
		problems:      newProblemLog(s.logger),
		intake:        newIntake(),
		closed:        make(chan struct{}),
	}
	if s.recorder != nil {
		c.destinations = allDestinations
	}
	for _, d := range s.sinks {
		c.addSink(cfg, d)
	}
	return c
}

// addSink adds a sink with its queue and its sender, which does not run yet.
func (c *Client) addSink(cfg Config, d destinedSink) {
	name := d.sink.Name()
	s := &sender{
		name:        name,
		destination: d.destination,
		sink:        d.sink,
		pace:        cfg.pace(d.destination),
		window:      newWindow(cfg.BatchSize),
		reporter:    reporter{sink: name, problems: c.problems, hook: cfg.DeadLetter},
		wake:        make(chan struct{}, 1),
		closing:     make(chan context.Context, 1),
		done:        make(chan struct{}),
	}
	q := newQueue(c.intake, destinationBit(d.destination), cfg.limits(), s.wake)
	s.backlog = q
	c.destinations |= q.destination
	c.intake.queues = append(c.intake.queues, q)
	c.senders = append(c.senders, s)
}

// enqueue accepts an event for all sinks that it is for. The errors are ErrClosed and ErrQueueFull; they are counted and
// reported here. The context is for queues that can wait for room, which this one does not.
func (c *Client) enqueue(_ context.Context, r *record) error {
	reason, err := c.intake.add(r)
	if err != nil {
		c.reportRejected(r.event, reason, err)
	}
	return err
}

// reject counts an event that was refused before it came to enqueue, and reports it unless err is nil.
func (c *Client) reject(event, reason string, err error) {
	c.intake.reject(reason)
	if err != nil {
		c.reportRejected(event, reason, err)
	}
}

func (c *Client) reportRejected(event, reason string, err error) {
	if !c.logger.Enabled(context.Background(), slog.LevelWarn) {
		return
	}
	c.problems.report(slog.LevelWarn, problem{"events: event refused", event, reason},
		slog.String("event", event), slog.String("reason", reason), slog.String("error", errorText(err)))
}
