package runtime

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestCloseDrains(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		sink := &scriptSink{name: "s", script: script(&SendError{Status: 503}, &SendError{Status: 503})}
		c := newTestClient(t, Config{}, WithSink(toPostHog, sink))
		enqueueNumbers(t, c, 0, 1234)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		if err := c.Close(ctx); err != nil {
			t.Errorf("Close: %v", err)
		}
		if s := sinkStats(t, c, "s"); s.Delivered != 1234 || sink.closes != 1 {
			t.Errorf("closed %d times, stats %+v", sink.closes, s)
		}
		if err := c.enqueue(t.Context(), numbered(0)); !errors.Is(err, ErrClosed) {
			t.Errorf("an event after Close: %v", err)
		}
		if s := c.Stats(); s.Rejected[reasonClosed] != 1 || s.Accepted != 1234 {
			t.Errorf("stats: %+v", s)
		}
		if err := errors.Join(c.Close(t.Context()), c.Flush(t.Context())); err != nil {
			t.Errorf("after Close: %v", err)
		}
	})
}

func TestCloseCountsWhatItLoses(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		down := &scriptSink{name: "down", script: func(context.Context, Batch) ([]Verdict, error) {
			return nil, &SendError{Status: 503}
		}}
		fine := &scriptSink{name: "fine"}
		c := newTestClient(t, Config{RetryMax: time.Second}, WithSink(toPostHog, down), WithSink(toAudit, fine))
		enqueueNumbers(t, c, 0, 30)
		start := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		err := c.Close(ctx)
		if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "down 30") || strings.Contains(err.Error(), "fine") {
			t.Errorf("Close: %v", err)
		}
		if took := time.Since(start); took < 9*time.Second || took > 10*time.Second {
			t.Errorf("Close took %v", took)
		}
		if s := sinkStats(t, c, "down"); s.Dropped[reasonShutdown] != 30 || s.Queued != 0 || s.Failures.Total() < 10 {
			t.Errorf("down: %+v", s)
		}
		if s := sinkStats(t, c, "fine"); s.Delivered != 30 {
			t.Errorf("fine: %+v", s)
		}
		if err := c.Close(t.Context()); err != nil {
			t.Errorf("second Close: %v", err)
		}
	})
}

// TestCloseEndsWithTheContextOfSend checks that a Send which keeps to its context is cut short, and gets time to close.
func TestCloseEndsWithTheContextOfSend(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		var left time.Duration
		sink := &scriptSink{name: "s"}
		sink.script = func(ctx context.Context, _ Batch) ([]Verdict, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}
		sink.close = func(ctx context.Context) error {
			start := time.Now()
			<-ctx.Done()
			left = time.Since(start)
			return nil
		}
		c := newTestClient(t, Config{BatchSize: 1}, WithSink(toPostHog, sink))
		enqueueNumbers(t, c, 0, 3)
		time.Sleep(time.Hour)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		start := time.Now()
		err := c.Close(ctx)
		if took := time.Since(start); !errors.Is(err, context.DeadlineExceeded) || took != time.Minute+closeGrace {
			t.Errorf("Close took %v: %v", took, err)
		}
		if left != closeGrace {
			t.Errorf("the sink had %v to close", left)
		}
	})
}

// TestCloseDoesNotWaitForASinkThatHangs checks the last resort, and that the late answer of the sink changes nothing.
func TestCloseDoesNotWaitForASinkThatHangs(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		release := make(chan struct{})
		sink := &scriptSink{name: "s", script: func(context.Context, Batch) ([]Verdict, error) {
			<-release
			return nil, nil
		}}
		c := newTestClient(t, Config{BatchSize: 10}, WithSink(toPostHog, sink))
		enqueueNumbers(t, c, 0, 15)
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := time.Now()
		err := c.Close(ctx)
		if took := time.Since(start); err == nil || took != time.Second+2*closeGrace {
			t.Errorf("Close took %v: %v", took, err)
		}
		if s := sinkStats(t, c, "s"); s.Dropped[reasonShutdown] != 15 || sink.closes != 0 {
			t.Errorf("closed %d times, stats %+v", sink.closes, s)
		}
		close(release)
		synctest.Wait()
		if s := sinkStats(t, c, "s"); s.Dropped[reasonShutdown] != 15 || s.Delivered != 0 || sink.closes != 1 {
			t.Errorf("after the sink returned: closed %d times, stats %+v", sink.closes, s)
		}
	})
}

// TestCloseDoesNotWaitForAnAttemptThatWouldComeTooLate checks that Close makes the attempt that is possible and then ends.
func TestCloseDoesNotWaitForAnAttemptThatWouldComeTooLate(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		sink := &scriptSink{name: "s", script: func(context.Context, Batch) ([]Verdict, error) {
			return nil, &SendError{Status: 429, RetryAfter: time.Hour}
		}}
		c := newTestClient(t, Config{BatchSize: 1}, WithSink(toPostHog, sink))
		enqueueNumbers(t, c, 0, 1)
		time.Sleep(30 * time.Second)
		start := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		err := c.Close(ctx)
		if took := time.Since(start); took != 0 || !errors.Is(err, context.DeadlineExceeded) || len(sink.sent()) != 2 {
			t.Errorf("Close took %v for %d attempts: %v", took, len(sink.sent())-1, err)
		}
	})
}

// TestCloseProbesAPausedSink checks that one bad answer does not end what Close has time for.
func TestCloseProbesAPausedSink(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		refused := &SendError{Failure: Paused, Status: 401, RetryAfter: time.Hour}
		sink := &scriptSink{name: "s", script: script(refused, refused, refused)}
		c := newTestClient(t, Config{}, WithSink(toPostHog, sink))
		enqueueNumbers(t, c, 0, 4)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		if err := c.Close(ctx); err != nil {
			t.Errorf("Close: %v", err)
		}
		if s := sinkStats(t, c, "s"); s.Delivered != 4 || s.Failures["http_401"] != 3 {
			t.Errorf("stats: %+v", s)
		}
	})
}

func TestCloseWithoutAContext(t *testing.T) {
	t.Parallel()
	c := newTestClient(t, Config{}, WithSink(toPostHog, &scriptSink{name: "s"}))
	if err := c.Close(nil); err != nil { //nolint:staticcheck // nothing panics
		t.Error(err)
	}
}

func TestCloseWithAContextThatHasEnded(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		sink := &scriptSink{name: "s"}
		c := newTestClient(t, Config{}, WithSink(toPostHog, sink))
		enqueueNumbers(t, c, 0, 5)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := c.Close(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("Close: %v", err)
		}
		if s := sinkStats(t, c, "s"); s.Dropped[reasonShutdown] != 5 || sink.closes != 1 {
			t.Errorf("closed %d times, stats %+v", sink.closes, s)
		}
	})
}

func TestCloseReportsWhatClosingASinkReports(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		failure := errors.New("disk full")
		fails := &scriptSink{name: "fails", close: func(context.Context) error { return failure }}
		panics := &scriptSink{name: "panics", close: func(context.Context) error { panic("oops") }}
		c := newTestClient(t, Config{}, WithSink(toPostHog, fails), WithSink(toPostHog, panics))
		err := c.Close(t.Context())
		if !errors.Is(err, failure) || !strings.Contains(err.Error(), "sink panics: panic with a string") || strings.Contains(err.Error(), "oops") {
			t.Errorf("Close: %v", err)
		}
	})
}

func TestCloseTwiceAtATime(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		sink := &scriptSink{name: "s", script: func(context.Context, Batch) ([]Verdict, error) {
			time.Sleep(time.Minute)
			return nil, nil
		}}
		c := newTestClient(t, Config{}, WithSink(toPostHog, sink))
		enqueueNumbers(t, c, 0, 1)
		start := time.Now()
		var wg sync.WaitGroup
		for range 5 {
			wg.Go(func() {
				if err := c.Close(t.Context()); err != nil || time.Since(start) != time.Minute {
					t.Errorf("Close after %v: %v", time.Since(start), err)
				}
			})
		}
		synctest.Wait()
		impatient, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := c.Close(impatient); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("another Close: %v", err)
		}
		wg.Wait()
	})
}

func TestNilClient(t *testing.T) {
	t.Parallel()
	var c *Client
	if err := errors.Join(c.Flush(t.Context()), c.Close(t.Context())); err != nil {
		t.Error(err)
	}
	if s := c.Stats(); s.Accepted != 0 || s.Sinks != nil {
		t.Errorf("stats: %+v", s)
	}
}

// TestCloseRacesWithEnqueue closes a thousand clients while events are tracked, outside of a bubble, for the race detector.
func TestCloseRacesWithEnqueue(t *testing.T) {
	t.Parallel()
	for range 1000 {
		sink := &scriptSink{name: "s"}
		c := newTestClient(t, Config{BatchSize: 3}, WithSink(toPostHog, sink), WithSink(toAudit, discardSink{"discard"}))
		var callers sync.WaitGroup
		for range 3 {
			callers.Go(func() {
				for n := range 50 {
					if err := c.enqueue(t.Context(), numbered(n)); err != nil && !errors.Is(err, ErrClosed) {
						t.Error(err)
					}
				}
			})
		}
		for range 2 {
			callers.Go(func() {
				if err := errors.Join(c.Flush(t.Context()), c.Close(t.Context())); err != nil {
					t.Error(err)
				}
			})
		}
		callers.Wait()
		s := c.Stats()
		checkInvariant(t, s)
		if s.Accepted+s.Rejected[reasonClosed] != 150 || s.Sinks[0].Delivered != s.Accepted {
			t.Fatalf("stats: %+v", s)
		}
	}
}
