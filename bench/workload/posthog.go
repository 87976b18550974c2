package workload

import (
	"context"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/posthog/posthog-go" //nolint:depguard // as a contender, not to deliver with
)

// PostHog is plain posthog-go as its documentation shows it: Enqueue with a map. It differs from the defaults only where it
// would drop events or say more than needed: a batch may wait for its worker as long as it takes.
type PostHog struct {
	client  posthog.Client
	tracked int64
	settled settled
}

// settled counts posthog-go's callbacks.
type settled struct{ delivered, failed atomic.Int64 }

func (s *settled) Success(posthog.APIMessage)        { s.delivered.Add(1) }
func (s *settled) Failure(posthog.APIMessage, error) { s.failed.Add(1) }

type silent struct{}

func (silent) Debugf(string, ...any) {}
func (silent) Logf(string, ...any)   {}
func (silent) Warnf(string, ...any)  {}
func (silent) Errorf(string, ...any) {}

// NewPostHog returns a client for the address, by way of transport if that is not nil. A batch size of 0 is posthog-go's own.
func NewPostHog(address string, batch int, transport http.RoundTripper) (*PostHog, error) {
	p := &PostHog{}
	client, err := posthog.NewWithConfig("phc_benchmark", posthog.Config{
		Endpoint: address, Transport: transport, BatchSize: batch, Callback: &p.settled, Logger: silent{},
		BatchSubmitTimeout: time.Minute,
	})
	if err != nil {
		return nil, fmt.Errorf("posthog-go: %w", err)
	}
	p.client = client
	return p, nil
}

// Track enqueues one event, waiting while the queue is full.
func (p *PostHog) Track(event string, properties map[string]any) error {
	p.tracked++
	return Until(posthog.ErrQueueFull, func() error {
		return p.client.Enqueue(posthog.Capture{DistinctId: DistinctID, Event: event, Properties: properties})
	})
}

// Flush returns when all events were settled.
func (p *PostHog) Flush() error { return p.client.FlushWithContext(context.Background()) }

// Close ends the client and reports lost events.
func (p *PostHog) Close() error {
	if err := p.client.Close(); err != nil {
		return err
	}
	if p.settled.delivered.Load() != p.tracked {
		return fmt.Errorf("posthog-go lost events: %s", p.Note())
	}
	return nil
}

// Note says how many events arrived.
func (p *PostHog) Note() string {
	return fmt.Sprintf("delivered %d of %d, dropped %d", p.settled.delivered.Load(), p.tracked, p.settled.failed.Load())
}
