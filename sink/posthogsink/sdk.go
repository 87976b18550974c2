package posthogsink

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/posthog/posthog-go"

	"github.com/eventgen/eventgen/runtime"
)

// How posthog-go is driven: as a machine that sends what it is given when it is told to, once. Its own batching, retries
// and back-off are off, because the sender of the client does all that with knowledge that posthog-go does not have. So is its
// compression, see unpacker.
const (
	flushNever    = time.Hour       // batches leave with Flush
	submitTimeout = time.Second     // for a place among its workers
	ackGrace      = 2 * time.Second // beyond all timeouts, for a callback that never comes
	maxRequests   = 16              // batches waiting; a Send makes as many as its size needs, at 500 kB each
)

// capturer is what is used of posthog-go's client, whose own interface grows with each release.
type capturer interface {
	Enqueue(posthog.Message) error
	FlushWithContext(context.Context) error
	CloseWithContext(context.Context) error
}

// sdk is the transport through posthog-go.
type sdk struct {
	client   capturer
	leash    *leash
	release  func()
	patience time.Duration // upper bound of one Send

	// Used by Send alone:
	packer   *packer
	leftover bool // whether a Send left messages behind in posthog-go

	// gate keeps Enqueue and Close apart, whose overlap is a data race in posthog-go. No callback takes it: posthog-go
	// runs some callbacks inside Enqueue.
	gate   sync.Mutex
	closed bool
}

func newSDK(c Config) (*sdk, error) {
	wire, release := newObserver(c)
	held := &leash{next: &unpacker{next: wire, bodies: newBodies(c)}}
	client, err := posthog.NewWithConfig(c.APIKey, posthog.Config{
		Endpoint:            c.Host,
		Transport:           held,
		Callback:            callback{},
		Logger:              quiet{},
		Interval:            flushNever,
		BatchSize:           c.BatchSize,
		MaxQueueSize:        2 * c.BatchSize,
		MaxEnqueuedRequests: maxRequests,
		MaxRetries:          posthog.Ptr(0),
		RetryAfter:          func(int) time.Duration { return 0 },
		BatchSubmitTimeout:  submitTimeout,
		BatchUploadTimeout:  c.Timeout,
		ShutdownTimeout:     c.Timeout,
		DisableGeoIP:        posthog.Ptr(false), // the event's own $geoip_disable decides; posthog-go would overwrite it
		IsServer:            posthog.Ptr(false), // see packer
	})
	if err != nil {
		return nil, fmt.Errorf("posthogsink: posthog-go: %w", err)
	}
	return &sdk{
		client: client, leash: held, release: release, packer: newPacker(), patience: submitTimeout + c.Timeout + ackGrace,
	}, nil
}

// send enqueues the batch, makes posthog-go send it, and waits until every message is settled.
func (s *sdk) send(ctx context.Context, batch runtime.Batch) ([]runtime.Verdict, error) {
	waiting, settled := context.WithTimeout(ctx, s.patience)
	defer settled()
	s.leash.hold(waiting)
	if err := s.clear(waiting); err != nil {
		return nil, failureOf(err)
	}
	r := newRound(len(batch.Messages), settled)
	s.enqueue(r, batch.Messages)
	// Flush ends with the last callback or with waiting, and is not asked why: the round knows what became of each
	// message. It is not called for its result but because posthog-go sends nothing without it.
	_ = s.client.FlushWithContext(waiting)
	<-waiting.Done()
	s.leftover = !r.settled()
	missing := &runtime.SendError{Reason: reasonNoAck}
	if err := ctx.Err(); err != nil {
		missing = failureOf(err)
	}
	return r.verdicts(missing)
}

// clear makes posthog-go send what a Send left behind that gave up. In one request with the next batch it could spoil it.
func (s *sdk) clear(ctx context.Context) error {
	if !s.leftover {
		return nil
	}
	err := s.client.FlushWithContext(ctx)
	s.leftover = err != nil
	return err
}

// enqueue hands the messages to posthog-go. Those that it does not take are settled at once.
func (s *sdk) enqueue(r *round, messages []runtime.Message) {
	s.gate.Lock()
	defer s.gate.Unlock()
	receipts := r.receipts()
	for i := range messages {
		if f, taken := s.enqueueOne(&messages[i], &receipts[i]); !taken {
			r.settle(i, f)
		}
	}
}

func (s *sdk) enqueueOne(m *runtime.Message, r *receipt) (f fate, taken bool) {
	if s.closed {
		return fate{failure: &runtime.SendError{Reason: reasonClosed}}, false
	}
	properties, err := s.packer.pack(m.Properties)
	if err != nil {
		return rejected(reasonUnencodable), false
	}
	err = s.client.Enqueue(posthog.Capture{
		Uuid:       m.UUID.String(),
		DistinctId: m.DistinctID,
		Event:      m.Event,
		Timestamp:  m.Timestamp,
		Properties: properties,
		// Deprecated as a way to ask for feature flags, which this is not; see receipt.
		SendFeatureFlags: r,
	})
	var invalid posthog.FieldError
	switch {
	case err == nil:
		return fate{}, true
	case errors.As(err, &invalid):
		return rejected(reasonInvalid), false
	}
	return fate{failure: failureOf(err)}, false
}

func rejected(reason string) fate {
	return fate{verdict: runtime.Verdict{Outcome: runtime.Rejected, Reason: reason}}
}

// close ends posthog-go, which aborts its requests when ctx ends.
func (s *sdk) close(ctx context.Context) error {
	s.gate.Lock()
	closed := s.closed
	s.closed = true
	s.gate.Unlock()
	if closed {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, s.patience)
	defer cancel()
	defer s.release()
	if err := s.client.CloseWithContext(ctx); err != nil {
		return fmt.Errorf("posthogsink: close: %w", err)
	}
	return nil
}

// quiet is posthog-go's logger. It says nothing: posthog-go logs whole events, and what went wrong reaches the sender as a
// verdict.
type quiet struct{}

func (quiet) Debugf(string, ...any) {}
func (quiet) Logf(string, ...any)   {}
func (quiet) Warnf(string, ...any)  {}
func (quiet) Errorf(string, ...any) {}
