package runtime

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestFlushSendsWhatIsThere(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		sink := &scriptSink{name: "s", script: func(context.Context, Batch) ([]Verdict, error) {
			time.Sleep(time.Second)
			return nil, nil
		}}
		c := newTestClient(t, Config{}, WithSink(toPostHog, sink), WithSink(toAudit, discardSink{"d"}))
		if err := c.Flush(t.Context()); err != nil {
			t.Errorf("with nothing to send: %v", err)
		}
		enqueueNumbers(t, c, 0, 25)
		start := time.Now()
		var wg sync.WaitGroup
		for range 10 {
			wg.Go(func() {
				if err := c.Flush(t.Context()); err != nil || time.Since(start) != 2*time.Second {
					t.Errorf("Flush took %v: %v", time.Since(start), err)
				}
			})
		}
		wg.Wait()
		if s := sinkStats(t, c, "s"); s.Delivered != 25 {
			t.Errorf("stats: %+v", s)
		}
		closeClient(t, c)
	})
}

// TestFlushWaitsForNothingThatCameLater keeps the sink busy with newer events.
func TestFlushWaitsForNothingThatCameLater(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		sink := &scriptSink{name: "s", script: func(context.Context, Batch) ([]Verdict, error) {
			time.Sleep(time.Second)
			return nil, nil
		}}
		c := newTestClient(t, Config{BatchSize: 10}, WithSink(toPostHog, sink))
		enqueueNumbers(t, c, 0, 20)
		start := time.Now()
		flushed := make(chan time.Duration, 1)
		go func() {
			if err := c.Flush(t.Context()); err != nil {
				t.Errorf("Flush: %v", err)
			}
			flushed <- time.Since(start)
		}()
		synctest.Wait()
		enqueueNumbers(t, c, 20, 100)
		if took := <-flushed; took != 2*time.Second {
			t.Errorf("Flush took %v", took)
		}
		closeClient(t, c)
	})
}

func TestFlushEndsWithItsContext(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		sink := &scriptSink{name: "s", script: func(context.Context, Batch) ([]Verdict, error) {
			return nil, &SendError{Failure: Paused, Status: 402}
		}}
		c := newTestClient(t, Config{BatchSize: 1}, WithSink(toPostHog, sink))
		enqueueNumbers(t, c, 0, 1)
		time.Sleep(10 * time.Second)
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		if err := c.Flush(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Flush: %v", err)
		}
		if n := len(sink.sent()); n < 3 || n > 20 {
			t.Errorf("%d attempts, want the first and, with backoff, some for Flush", n)
		}
		enough, cancel := context.WithTimeout(t.Context(), 0)
		defer cancel()
		_ = c.Close(enough)
	})
}

// TestFlushHurriesASinkThatWaits checks that neither backoff nor a pause delays what Flush asks for, and that many calls do
// not make many attempts.
func TestFlushHurriesASinkThatWaits(t *testing.T) {
	for name, failure := range map[string]*SendError{
		"temporary": {Status: 429, RetryAfter: 5 * time.Minute},
		"paused":    {Failure: Paused, Status: 401},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				sink := &scriptSink{name: "s", script: script(failure, failure)}
				c := newTestClient(t, Config{BatchSize: 1, RetryMin: time.Second}, WithSink(toPostHog, sink))
				enqueueNumbers(t, c, 0, 1)
				time.Sleep(10 * time.Second)
				start := time.Now()
				var wg sync.WaitGroup
				for range 20 {
					wg.Go(func() { _ = c.Flush(t.Context()) })
				}
				synctest.Wait()
				if n := len(sink.sent()); n != 2 {
					t.Errorf("%d attempts, want 2", n)
				}
				if err := c.Flush(t.Context()); err != nil || time.Since(start) > 2*time.Second {
					t.Errorf("Flush took %v: %v", time.Since(start), err)
				}
				wg.Wait()
				closeClient(t, c)
			})
		})
	}
}
