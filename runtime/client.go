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
	"github.com/eventgen/eventgen/spool"
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
	wall          *wallClock
	clock         func() time.Time // what the user gave instead of it, or nil
	stamps        stamper
	plans         sync.Map // *Event to *plan
	owner         *planOwner
	geoIP         bool
	maxEventBytes int
	unredactable  atomic.Uint64
	findings      findingCounts

	mode      string
	randomKey bool
	logger    *slog.Logger
	problems  *problemLog

	intake  *intake
	senders []*sender     // one for each line of the intake
	store   *store        // nil without a spool
	watch   *letterWatch  // nil without files of dead letters
	closed  chan struct{} // closed when Close has ended
}

// New returns a client for the events of a registry. Its sinks, logger and further registries come as options; without a
// sink, events are validated, counted as unsent and forgotten. On an error the sinks, and the
// spool, are still the caller's.
func New(reg *Registry, cfg Config, opts ...Option) (*Client, error) {
	s := newSettings(reg, opts)
	if err := errors.Join(cfg.check(), s.check()); err != nil {
		return nil, fmt.Errorf("runtime: new client: %w", err)
	}
	cfg = cfg.withDefaults()
	c := newClient(cfg, s)
	if err := c.addEngines(cfg); err != nil {
		return nil, fmt.Errorf("runtime: new client: %w", err)
	}
	if err := c.addSinks(cfg, s); err != nil {
		return nil, fmt.Errorf("runtime: new client: %w", err)
	}
	if c.store != nil {
		c.store.start()
	}
	c.watch = c.watchLetters(s.letters)
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
		owner:         &planOwner{},
		intake:        newIntake(),
		closed:        make(chan struct{}),
	}
	c.wall = newWallClock(c.intake.start)
	if s.recorder != nil {
		c.destinations = allDestinations
	}
	if s.spool != nil {
		c.store = newStore(s.spool, c.logger, c.problems)
		c.intake.spool = s.spool
	}
	return c
}

// addSinks adds the sinks, each with what waits for it and its sender, which does not run yet.
func (c *Client) addSinks(cfg Config, s settings) error {
	for _, d := range s.sinks {
		sender := c.newSender(cfg, d, s.letters)
		c.destinations |= destinationBit(d.destination)
		c.senders = append(c.senders, sender)
		if c.store == nil || !storable(d.destination) {
			q := newQueue(c.intake, destinationBit(d.destination), cfg.limits(), sender.wake)
			sender.backlog = q
			c.intake.addQueue(q)
			continue
		}
		l, err := c.store.open(c.intake, sender, cfg.limits())
		if err != nil {
			return fmt.Errorf("sink %s: %w", sender.name, err)
		}
		sender.backlog = l
		c.intake.lines = append(c.intake.lines, l)
	}
	return nil
}

func (c *Client) newSender(cfg Config, d destinedSink, letters *spool.Letters) *sender {
	if !storable(d.destination) {
		letters = nil
	}
	name := d.sink.Name()
	return &sender{
		name:        name,
		destination: d.destination,
		sink:        d.sink,
		pace:        cfg.pace(d.destination),
		window:      newWindow(cfg.batchSize(d.sink)),
		reporter: reporter{
			sink: name, destination: destinationBit(d.destination), problems: c.problems, hook: cfg.DeadLetter,
			letters: letters,
		},
		wake:    make(chan struct{}, 1),
		closing: make(chan context.Context, 1),
		drained: make(chan struct{}),
		done:    make(chan struct{}),
	}
}

// enqueue accepts an event for all sinks that it is for. The errors are ErrClosed, ErrQueueFull and, of a spool, ErrTooLarge and
// ErrDisk; they are counted and reported here. The context bounds waiting for room, where the spool waits for some.
func (c *Client) enqueue(ctx context.Context, r *record) error {
	reason, err := c.take(ctx, r)
	if err != nil {
		c.reportRejected(r.event, reason, err)
	}
	return err
}

// take gives an event to the spool, if some sink reads from that, and then to the queues in memory. An event that the spool
// refuses is refused for all sinks: its caller has to know.
func (c *Client) take(ctx context.Context, r *record) (reason string, err error) {
	if c.store == nil {
		return c.intake.add(r)
	}
	var room [maxLanes]spool.Lane
	lanes := r.stored(room[:0], c.store.destinations)
	if len(lanes) == 0 {
		return c.intake.add(r)
	}
	if reason, err = c.store.append(ctx, r, lanes, c.intake); err != nil {
		c.intake.reject(reason)
		return reason, err
	}
	c.intake.hand(r)
	return "", nil
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
