package runtime

import (
	"context"
	"fmt"
)

// Flush returns nil as soon as every event that was accepted before the call is delivered, dead-lettered or dropped, for
// all sinks. If ctx ends first, it returns an error that wraps the context's; nothing is lost by that, delivery goes on.
//
// Batches that are not full go out at once, and a sink that is paused or waits before it tries again makes an attempt
// now. Any number of calls may run at a time. On a nil or closed client there is nothing to wait for.
func (c *Client) Flush(ctx context.Context) error {
	if c == nil {
		return nil
	}
	for i, position := range c.intake.flush() {
		if err := passed(ctx, c.intake.lines[i], position); err != nil {
			return fmt.Errorf("runtime: flush: %s: %w", c.senders[i].name, err)
		}
	}
	return nil
}

// flush asks all senders to send what waits now. It returns, for each line, the position behind that.
func (in *intake) flush() []uint64 {
	in.mu.Lock()
	defer in.mu.Unlock()
	positions := make([]uint64, len(in.lines))
	for i, l := range in.lines {
		positions[i] = l.flush()
	}
	return positions
}

// passed waits until no event before the position is left.
func passed(ctx context.Context, l line, position uint64) error {
	for {
		progress := l.awaits(position)
		if progress == nil {
			return nil
		}
		select {
		case <-progress:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// flush asks the sender to send what is queued. It returns the sequence number of the next event.
func (q *queue) flush() uint64 {
	if q.events > 0 {
		q.flushTo = q.added
		q.flushes++
		q.signal()
	}
	return q.added
}

// awaits returns nil when no event before seq is left, else a channel that is closed when some event gets resolved.
func (q *queue) awaits(seq uint64) <-chan struct{} {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.events == 0 || q.blocks.oldestSeq() >= seq {
		return nil
	}
	if q.progress == nil {
		q.progress = make(chan struct{})
	}
	return q.progress
}
