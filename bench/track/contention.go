package track

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	small "github.com/eventgen/eventgen/bench/events"
	"github.com/eventgen/eventgen/bench/measure"
	"github.com/eventgen/eventgen/bench/workload"
	"github.com/eventgen/eventgen/generated/events"
	"github.com/eventgen/eventgen/runtime"
)

const (
	alone = "eventgen Track, 1 goroutine"
	crowd = "eventgen Track, 1,000 goroutines"
)

// Contention compares one goroutine that tracks with 1,000 that do so at once: the smallest event, where handing it over is
// most of the work, and event M. The queue is large enough for a whole run, since 1,000 goroutines that try again and again
// would be measured for that.
func Contention() []measure.Comparison {
	tick, m := small.Tick{Count: 1}, workload.M()
	return []measure.Comparison{
		contention("the smallest event", func(ctx context.Context, c *runtime.Client) error {
			return small.TrackTick(ctx, c, workload.DistinctID, tick)
		}),
		contention("event M", func(ctx context.Context, c *runtime.Client) error {
			return events.TrackAPIRequest(ctx, c, workload.DistinctID, m)
		}),
	}
}

func contention(event string, track func(context.Context, *runtime.Client) error) measure.Comparison {
	return measure.Comparison{
		Name: "Track from many goroutines, " + event, CPUs: []int{2}, Weight: 5, // so that starting the goroutines is no part of it
		Cases: []measure.Case{
			{Name: alone, Open: many(1, track)},
			{Name: "eventgen Track, 2 goroutines", Open: many(2, track)},
			{Name: crowd, Open: many(1000, track)},
		},
		Targets: []measure.Target{{
			What: "1,000 goroutines / 1, " + event, Of: []string{crowd}, Over: []string{alone}, Limit: 2,
		}},
	}
}

func many(goroutines int, track func(context.Context, *runtime.Client) error) func() (*measure.Run, error) {
	return func() (*measure.Run, error) {
		client, err := newClientWith(runtime.Config{BatchSize: 250, QueueSize: 4 << 20, QueueBytes: 4 << 30})
		if err != nil {
			return nil, err
		}
		ctx := context.Background()
		return tracking(client, func(n int) error {
			return spread(goroutines, n, func() error { return track(ctx, client) })
		}), nil
	}
}

// spread performs n operations on some goroutines, and as many on each.
func spread(goroutines, n int, do func() error) error {
	var working sync.WaitGroup
	var left atomic.Int64 // of n that do not divide
	left.Store(int64(n % goroutines))
	var failed atomic.Pointer[error]
	for range min(goroutines, n) {
		working.Go(func() {
			mine := n / goroutines
			if left.Add(-1) >= 0 {
				mine++
			}
			for range mine {
				if err := do(); err != nil {
					failed.Store(new(err)) // a copy: err itself would be allocated for each call
					return
				}
			}
		})
	}
	working.Wait()
	if err := failed.Load(); err != nil {
		return fmt.Errorf("%d goroutines: %w", goroutines, *err)
	}
	return nil
}
