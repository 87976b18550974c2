package runtime

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/eventgen/eventgen/redact"
	"github.com/eventgen/eventgen/spool"
)

// adoptEvery is how often a client looks for folders that dead processes left.
const adoptEvery = time.Minute

// store is the client's use of a spool: it takes events in, takes over what dead processes left, and closes the spool.
type store struct {
	spool        *spool.Spool
	logger       *slog.Logger
	problems     *problemLog
	lines        []*spooled
	destinations destinations // of their sinks

	cancel   context.CancelFunc // ends adoption
	adopting sync.WaitGroup
}

func newStore(s *spool.Spool, logger *slog.Logger, problems *problemLog) *store {
	return &store{spool: s, logger: logger, problems: problems}
}

// storable reports whether sinks of a destination read from a spool. What goes to a log is of use only at once, and a log that
// is switched off must not hold back what others have read.
func storable(d redact.Destination) bool { return d != redact.Log }

// NeedsSpool reports whether a client with these options has a use for a spool: whether it has a sink that would read from
// one. It is for packages that wrap New.
func NeedsSpool(opts ...Option) bool {
	for _, d := range newSettings(nil, opts).sinks {
		if storable(d.destination) {
			return true
		}
	}
	return false
}

// open opens the reader for a sink.
func (st *store) open(in *intake, s *sender, limits queueLimits) (*spooled, error) {
	d := destinationBit(s.destination)
	reader, err := st.spool.Reader(s.name, uint8(d), s.wake)
	if err != nil {
		return nil, err
	}
	l := newSpooled(in, st.spool, reader, limits)
	l.name, l.wake = s.name, s.wake
	st.lines = append(st.lines, l)
	st.destinations |= d
	return l, nil
}

// start begins to take over what dead processes left. All readers are open.
func (st *store) start() {
	ctx, cancel := context.WithCancel(context.Background())
	st.cancel = cancel
	st.adopting.Go(func() { st.adoptLoop(ctx) })
}

func (st *store) adoptLoop(ctx context.Context) {
	tick := time.NewTicker(adoptEvery)
	defer tick.Stop()
	for {
		st.adopt(ctx)
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// adopt takes over what dead processes left.
func (st *store) adopt(ctx context.Context) {
	done, err := st.spool.Adopt(ctx)
	if done.Records > 0 || done.Dropped > 0 {
		st.logger.Info("events: took over what another process left",
			"folders", done.Folders, "events", done.Records, "dropped", done.Dropped)
	}
	if err != nil && ctx.Err() == nil {
		st.problems.report(slog.LevelWarn, problem{"events: could not take over what another process left", "", ""},
			slog.String("error", errorText(err)))
	}
}

// append stores an event. On an error it returns the reason to count it under, too.
func (st *store) append(ctx context.Context, r *record, lanes []spool.Lane, in *intake) (reason string, err error) {
	if in.closed.Load() {
		return reasonClosed, ErrClosed
	}
	if ctx == nil { // nothing panics
		ctx = context.Background()
	}
	_, err = st.spool.Append(ctx, spool.Record{
		UUID: r.uuid, Time: r.timestamp, Queued: time.Now().UnixMicro(), Event: r.event, Lanes: lanes,
	})
	if err != nil {
		return refusal(err)
	}
	return "", nil
}

// refusal says what an error of the spool means to a caller.
func refusal(err error) (reason string, _ error) {
	kind := ErrDisk
	switch {
	case errors.Is(err, spool.ErrClosed):
		return reasonClosed, ErrClosed
	case errors.Is(err, spool.ErrFull), errors.Is(err, spool.ErrNoSpace):
		kind, reason = ErrQueueFull, reasonQueueFull
	case errors.Is(err, spool.ErrTooLarge):
		kind, reason = ErrTooLarge, reasonTooLarge
	case errors.Is(err, spool.ErrStalled):
		reason = reasonDiskStalled
	default:
		reason = reasonDiskFailed
	}
	return reason, fmt.Errorf("%w: %w", kind, err)
}

// close closes the spool as soon as no reader is in use. A sender that still waits for its sink some time after ctx has ended is
// not waited for: its verdicts come too late. The disk is waited for, however long it takes; Close is not.
func (st *store) close(ctx context.Context, senders []*sender) error {
	st.cancel()
	grace, cancel := withGrace(ctx, closeGrace)
	defer cancel()
	for _, s := range senders {
		select {
		case <-s.drained:
		case <-grace.Done():
		}
	}
	for _, l := range st.lines {
		l.end()
	}
	st.adopting.Wait()
	return st.spool.Close(context.Background())
}
