package workload

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/eventgen/eventgen/runtime"
)

// Discard is a sink that takes everything at once.
type Discard struct{}

// Name returns "discard".
func (Discard) Name() string { return "discard" }

// Send forgets the batch.
func (Discard) Send(context.Context, runtime.Batch) ([]runtime.Verdict, error) { return nil, nil }

// Close does nothing.
func (Discard) Close(context.Context) error { return nil }

// Until repeats try for as long as it says that a queue is full, so that no contender wins by dropping. All contenders wait
// the same way.
func Until(full error, try func() error) error {
	for {
		err := try()
		if !errors.Is(err, full) {
			return err
		}
		time.Sleep(100 * time.Microsecond) //nolint:forbidigo // neither side tells when its queue has room again
	}
}

// Delivered checks that a client lost nothing, and says so.
func Delivered(c *runtime.Client) (string, error) {
	stats := c.Stats()
	s := stats.Sinks[0]
	note := fmt.Sprintf("delivered %d of %d, dropped %d", s.Delivered, stats.Accepted, s.Dropped.Total())
	if s.Delivered != stats.Accepted || stats.Unredactable != 0 {
		return note, fmt.Errorf("%s, dead letters %d, not redacted %d", note, s.DeadLettered.Total(), stats.Unredactable)
	}
	return note, nil
}
