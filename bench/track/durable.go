package track

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/eventgen/eventgen/bench/measure"
	"github.com/eventgen/eventgen/bench/workload"
	"github.com/eventgen/eventgen/runtime"
	"github.com/eventgen/eventgen/spool"
)

const (
	inMemory   = "eventgen Track, memory queue"
	inInterval = "eventgen Track, spool, interval"
	floorWrite = "floor: write(2) of the same bytes"
)

// Durable compares what a durable queue adds to a Track function. Each spool is delivered from while it is written to, and
// lies below dir.
func Durable(dir string) []measure.Comparison {
	m := workload.Kinds()[1]
	return []measure.Comparison{
		{
			Name: "Track, event M, by queue", Cases: []measure.Case{
				{Name: inMemory, Open: track(m)},
				{Name: inInterval, Open: spooled(m, dir, spool.Interval, 1)},
				{Name: floorWrite, Open: written(m, dir)},
			},
			Targets: []measure.Target{{
				What: "allocations of Track with a spool, event M", Metric: measure.Allocs, Of: []string{inInterval}, Limit: 0.5,
			}},
		},
		{
			Name: "Track, event M, spool, sync", Weight: 2, Cases: []measure.Case{
				{Name: "1 goroutine", Open: spooled(m, dir, spool.Sync, 1)},
				{Name: "64 goroutines", Open: spooled(m, dir, spool.Sync, 64)},
			},
		},
	}
}

func spooled(k workload.Kind, dir string, mode spool.Mode, goroutines int) func() (*measure.Run, error) {
	return func() (*measure.Run, error) {
		folder, err := os.MkdirTemp(dir, "eventgen-bench-")
		if err != nil {
			return nil, fmt.Errorf("track: %w", err)
		}
		queue, err := spool.Open(filepath.Join(folder, "q"), spool.Options{Mode: mode, MinFree: -1, MinFreePercent: -1})
		if err != nil {
			return nil, err
		}
		client, err := newClient(runtime.WithSpool(queue))
		if err != nil {
			return nil, err
		}
		ctx := context.Background()
		run := tracking(client, func(n int) error {
			return spread(goroutines, n, func() error {
				return workload.Until(runtime.ErrQueueFull, func() error { return k.Track(ctx, client) })
			})
		})
		closing := run.Close
		run.Close = func() error { return errors.Join(closing(), os.RemoveAll(folder)) }
		return run, nil
	}
}

// frame is what the spool adds to the texts of an event with one lane.
const frame = 65

// written writes as many bytes as the spool does to a file, which starts anew with each run.
func written(k workload.Kind, dir string) func() (*measure.Run, error) {
	return func() (*measure.Run, error) {
		properties, err := encoded(k)
		if err != nil {
			return nil, err
		}
		f, err := os.CreateTemp(dir, "eventgen-bench-")
		if err != nil {
			return nil, fmt.Errorf("track: %w", err)
		}
		record := make([]byte, frame+len(k.Event)+len(workload.DistinctID)+len(properties))
		return &measure.Run{
			Prepare: func(int) error {
				_, err := f.Seek(0, 0)
				return errors.Join(err, f.Truncate(0))
			},
			Do: func(n int) error {
				for range n {
					if _, err := f.Write(record); err != nil {
						return err
					}
				}
				return nil
			},
			Note:  func() string { return fmt.Sprintf("%d bytes", len(record)) },
			Close: func() error { return errors.Join(f.Close(), os.Remove(f.Name())) },
		}, nil
	}
}
