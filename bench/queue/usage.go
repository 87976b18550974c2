package queue

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/eventgen/eventgen/bench/measure"
)

// usage makes a run out of a place for a store.
type usage func(*place) *measure.Run

// one appends record by record.
func one(p *place) *measure.Run {
	return &measure.Run{
		Prepare: p.fresh,
		Do: func(n int) error {
			for range n {
				if err := p.store.add(1); err != nil {
					return err
				}
			}
			return nil
		},
		Close: p.clear,
	}
}

// hundred appends 100 records an operation.
func hundred(p *place) *measure.Run {
	return &measure.Run{
		Prepare: p.fresh,
		Do: func(n int) error {
			for range n {
				if err := p.store.add(batch); err != nil {
					return err
				}
			}
			return nil
		},
		Close: p.clear,
	}
}

// drain reads and acknowledges in hundreds what was appended before. A run that is no multiple of 100 reads some less.
func drain(p *place) *measure.Run {
	return &measure.Run{
		Prepare: func(n int) error {
			err := p.renew()
			for stored := 0; stored < n && err == nil; stored += batch {
				err = p.store.add(batch)
			}
			return err
		},
		Do: func(n int) error {
			for ; n > 0; n -= batch {
				if err := p.store.drain(min(n, batch)); err != nil {
					return err
				}
			}
			return nil
		},
		Close: p.clear,
	}
}

// crowd appends record by record from 64 goroutines, and notes how long the slowest calls took.
func crowd(p *place) *measure.Run {
	var took []time.Duration
	return &measure.Run{
		Prepare: p.fresh,
		Do: func(n int) error {
			all, err := together(64, n, func() error { return p.store.add(1) })
			took = append(took, all...)
			return err
		},
		Note: func() string {
			slices.Sort(took)
			return fmt.Sprintf("p50 %v, p99 %v", percentile(took, 50), percentile(took, 99))
		},
		Close: p.clear,
	}
}

func percentile(sorted []time.Duration, p int) time.Duration {
	return sorted[(len(sorted)-1)*p/100].Round(time.Microsecond)
}

// together makes n calls from some goroutines and returns what each took.
func together(goroutines, n int, do func() error) ([]time.Duration, error) {
	var working sync.WaitGroup
	var failed atomic.Pointer[error]
	took, next := make([]time.Duration, n), atomic.Int64{}
	for range goroutines {
		working.Go(func() {
			for i := next.Add(1) - 1; i < int64(n); i = next.Add(1) - 1 {
				begun := time.Now()
				if err := do(); err != nil {
					failed.Store(new(err)) // a copy: err itself would be allocated for each call
					return
				}
				took[i] = time.Since(begun)
			}
		})
	}
	working.Wait()
	if err := failed.Load(); err != nil {
		return nil, *err
	}
	return took, nil
}
