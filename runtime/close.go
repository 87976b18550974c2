package runtime

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// closeGrace is what each sink gets, after the context of Close has ended, to return from Send and then to close.
const closeGrace = time.Second

// Close stops the intake, sends what is queued until ctx ends, closes the sinks and the spool, and waits for all goroutines of
// the client. Give it a context of its own: the one that a signal has ended leaves no time.
//
// It returns nil when every event was delivered or dead-lettered, or stays in the spool for the next start; the log says how
// many those are. What is left in a memory queue when ctx ends, or when a sink asks to be left alone for longer than that, is
// dropped and counted under "shutdown"; the error says how many events that were for each sink, and wraps the context's. Close
// returns at the latest two seconds after ctx ended, even if a sink hangs or the disk does not answer.
//
// Any further call returns nil, after the first one has ended. On a nil client there is nothing to close.
func (c *Client) Close(ctx context.Context) error {
	if c == nil {
		return nil
	}
	if ctx == nil { // nothing panics
		ctx = context.Background()
	}
	if !c.intake.close() {
		return c.awaitClosed(ctx)
	}
	c.owner.closed.Store(true)
	defer close(c.closed)
	for _, s := range c.senders {
		defer context.AfterFunc(ctx, s.cancel)()
		s.closing <- ctx
	}
	patience, cancel := withGrace(ctx, 2*closeGrace)
	defer cancel()
	stored := c.closeStore(ctx)
	err := c.joinSenders(ctx, patience)
	if stored != nil {
		err = errors.Join(err, joinStore(patience, stored))
	}
	c.watch.stop(patience)
	c.logTotals()
	return err
}

// closeStore begins to close the spool, if there is one, and returns where the outcome will be.
func (c *Client) closeStore(ctx context.Context) <-chan error {
	if c.store == nil {
		return nil
	}
	outcome := make(chan error, 1)
	go func() { outcome <- c.store.close(ctx, c.senders) }()
	return outcome
}

// joinStore waits for the spool to close.
func joinStore(patience context.Context, outcome <-chan error) error {
	select {
	case err := <-outcome:
		if err != nil {
			err = fmt.Errorf("runtime: close: %w", err)
		}
		return err
	case <-patience.Done():
		return fmt.Errorf("runtime: close: %w: it does not answer", ErrDisk)
	}
}

func (c *Client) awaitClosed(ctx context.Context) error {
	select {
	case <-c.closed:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("runtime: close: another call is still at work: %w", ctx.Err())
	}
}

// joinSenders waits for the senders and collects what went wrong.
func (c *Client) joinSenders(ctx, patience context.Context) error {
	var errs []error
	var lost []string
	for _, s := range c.senders {
		errs = append(errs, s.join(patience))
		q, inMemory := s.backlog.(*queue)
		if !inMemory {
			continue
		}
		if n := q.abandon(); n > 0 {
			lost = append(lost, fmt.Sprintf("%s %d", s.name, n))
		}
	}
	if len(lost) > 0 {
		cause := ctx.Err()
		if cause == nil {
			cause = context.DeadlineExceeded // the next attempt would have been too late
		}
		errs = append(errs, fmt.Errorf("runtime: close: events lost: %s: %w", strings.Join(lost, ", "), cause))
	}
	return errors.Join(errs...)
}

// join waits for the sender to end.
func (s *sender) join(patience context.Context) error {
	select {
	case <-s.done:
		return s.closeErr
	case <-patience.Done():
		return fmt.Errorf("runtime: close: sink %s does not return", s.name)
	}
}

// closeSink ends the sender. A sink that panics is as good as closed.
func (s *sender) closeSink() {
	ctx, cancel := withGrace(s.drain, closeGrace)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			s.closeErr = fmt.Errorf("runtime: close: sink %s: %w", s.name, newPanicError(p))
		}
	}()
	if err := s.sink.Close(ctx); err != nil {
		s.closeErr = fmt.Errorf("runtime: close: sink %s: %w", s.name, err)
	}
}

// withGrace returns a context that ends some time after the given one.
func withGrace(ctx context.Context, grace time.Duration) (context.Context, context.CancelFunc) {
	extended, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		select {
		case <-time.After(grace):
			cancel()
		case <-extended.Done():
		}
	})
	return extended, func() {
		stop()
		cancel()
	}
}

// logTotals writes the last line of a client.
func (c *Client) logTotals() {
	for _, s := range c.Stats().Sinks {
		c.logger.Info("events: sink closed", "sink", s.Name, "delivered", s.Delivered,
			"dead_lettered", s.DeadLettered.Total(), "dropped", s.Dropped.Total(), "kept", s.Queued)
	}
}
