package runtime

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
)

// discardSink takes everything at once.
type discardSink struct{ name string }

func (s discardSink) Name() string                                   { return s.name }
func (s discardSink) Send(context.Context, Batch) ([]Verdict, error) { return nil, nil }
func (s discardSink) Close(context.Context) error                    { return nil }

// BenchmarkEnqueue measures the hand-off of an event of 600 bytes to a queue that is drained meanwhile. A caller who finds
// the queue full waits, so that no event is spared.
func BenchmarkEnqueue(b *testing.B) {
	for _, goroutines := range []int{1, 2, 1000} {
		b.Run(fmt.Sprint(goroutines), func(b *testing.B) { benchmarkEnqueue(b, goroutines) })
	}
}

func benchmarkEnqueue(b *testing.B, goroutines int) {
	c := newTestClient(b, Config{BatchSize: 500}, WithSink(toPostHog, discardSink{"discard"}))
	b.ReportAllocs()
	b.ResetTimer()
	var producers sync.WaitGroup
	for range goroutines {
		producers.Go(func() {
			r := testRecord("event", 580)
			for range b.N/goroutines + 1 {
				for errors.Is(c.enqueue(b.Context(), r), ErrQueueFull) {
					_ = c.Flush(b.Context())
				}
			}
		})
	}
	producers.Wait()
	closeClient(b, c)
}

// testRecord returns an event for all destinations with properties of the given size.
func testRecord(name string, size int) *record {
	properties := append(make([]byte, 0, size), `{"x":"`...)
	for len(properties) < size-2 {
		properties = append(properties, 'x')
	}
	properties = append(properties, `"}`...)
	return &record{
		event: name,
		lanes: []lane{{destinations: allDestinations, distinctID: []byte("user_123456789012345"), properties: properties}},
	}
}

// BenchmarkQueue measures all that the queue does for an event, in one goroutine: take it, show it, forget it.
func BenchmarkQueue(b *testing.B) {
	const batchSize = 100
	in, q := testQueue(wideLimits)
	r := testRecord("event", 580)
	verdicts := slices.Repeat([]Verdict{{Outcome: Delivered}}, batchSize)
	batch := make([]Message, 0, batchSize)
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		_, _ = in.add(r)
		if n++; n == batchSize {
			n = 0
			batch, _ = q.peek(batch[:0], batchSize)
			_ = q.resolve(verdicts)
		}
	}
}
