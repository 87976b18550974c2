// Package posthogsink delivers events to PostHog, by way of PostHog's own client posthog-go or directly.
//
// # Usage
//
// [Open] turns the environment into a ready client and is all that most services need; [OpenAudit] is the same for the
// audit client. [New] returns the sink alone, for runtime.WithSink.
//
// # Delivery guarantees
//
// An event counts as delivered when PostHog answered its request with 2xx and did not report a used-up quota. Everything
// else is handed back to the sender of the client, which retries, splits or pauses: see runtime.Sink. An event that is sent
// again keeps its uuid, time stamp, name and distinct_id, so that PostHog collapses the copies. With EVENTS_SPOOL_DIR, Open gives
// the client a durable queue, and what PostHog will never take ends in a file.
//
// # Concurrency
//
// Send is called from one goroutine at a time and has one batch in flight, which keeps the order of events. The direct
// transport has no goroutines of its own; posthog-go has one, and one more for each request in flight.
//
// # Shutdown
//
// Close is bounded by its context, and by the time a request may take where the context has no deadline. It never races
// with Send.
//
// # Testing
//
// eventstest.NewServer is a PostHog on loopback that misbehaves on demand.
package posthogsink

import (
	"context"

	"github.com/eventgen/eventgen/runtime"
)

// Sink delivers batches to one PostHog project. It implements runtime.Sink.
type Sink struct {
	via transport
}

// transport is a way of carrying batches to PostHog.
type transport interface {
	send(ctx context.Context, batch runtime.Batch) ([]runtime.Verdict, error)
	close(ctx context.Context) error
}

var _ runtime.Sink = (*Sink)(nil)

// New returns a sink for cfg. It opens no connection. Without an API key it fails: what a service does without one is for
// its caller to decide, see [Open].
func New(cfg Config) (*Sink, error) {
	c, err := cfg.complete()
	if err != nil {
		return nil, err
	}
	if c.Transport == Direct {
		return &Sink{via: newDirect(c)}, nil
	}
	via, err := newSDK(c)
	if err != nil {
		return nil, err
	}
	return &Sink{via: via}, nil
}

// Name returns "posthog".
func (s *Sink) Name() string { return "posthog" }

// Send delivers a batch. Errors are *runtime.SendError and hold no data of the events and nothing of the API key but a
// prefix that shows it to be of the wrong kind.
func (s *Sink) Send(ctx context.Context, batch runtime.Batch) ([]runtime.Verdict, error) {
	if len(batch.Messages) == 0 {
		return nil, nil
	}
	if err := ctx.Err(); err != nil {
		return nil, failureOf(err)
	}
	return s.via.send(ctx, batch)
}

// Close waits for what posthog-go has in flight, aborts what outlasts ctx, and releases the connections. A second Close
// returns nil.
func (s *Sink) Close(ctx context.Context) error { return s.via.close(ctx) }
