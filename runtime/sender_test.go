package runtime

import (
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// inBubble runs a test in a bubble with its own time. It fails when a goroutine of the client is left at the end.
func inBubble(t *testing.T, test func(t *testing.T)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, test)
}

func TestSenderSendsFullBatchesAtOnce(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		sink := &scriptSink{name: "s"}
		c := newTestClient(t, Config{BatchSize: 10}, WithSink(toPostHog, sink))
		start := time.Now()
		enqueueNumbers(t, c, 0, 25)
		synctest.Wait()
		if got := sink.sizes(); !slices.Equal(got, []int{10, 10}) || time.Since(start) != 0 {
			t.Errorf("sent %v after %v", got, time.Since(start))
		}
		closeClient(t, c)
	})
}

// bulkSink is a BatchSizer.
type bulkSink struct {
	scriptSink
	size int
}

func (s *bulkSink) BatchSize() int { return s.size }

func TestSenderLetsSinksAskForMore(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		free := make(chan struct{})
		busy := func(context.Context, Batch) ([]Verdict, error) {
			<-free
			return nil, nil
		}
		usual := &scriptSink{name: "usual", script: busy}
		bulk := &bulkSink{scriptSink{name: "bulk", script: busy}, 25}
		small := &bulkSink{scriptSink{name: "small", script: busy}, 5}
		c := newTestClient(t, Config{BatchSize: 10}, WithSink(toPostHog, usual), WithSink(toPostHog, bulk), WithSink(toPostHog, small))
		enqueueNumbers(t, c, 0, 9)
		synctest.Wait()
		if got := bulk.sizes(); len(got) != 0 {
			t.Errorf("%v were sent before a batch was due", got)
		}
		enqueueNumbers(t, c, 9, 10)
		synctest.Wait() // all are busy now
		enqueueNumbers(t, c, 10, 70)
		close(free)
		synctest.Wait()
		if got := bulk.sizes(); !slices.Equal(got, []int{10, 25, 25, 10}) {
			t.Errorf("who asked for 25 got %v", got)
		}
		for _, s := range []*scriptSink{usual, &small.scriptSink} {
			if got := s.sizes(); !slices.Equal(got, []int{10, 10, 10, 10, 10, 10, 10}) {
				t.Errorf("%s got %v", s.name, got)
			}
		}
		closeClient(t, c)
	})
}

func TestSenderSendsBatchesThatAreFullInBytes(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		sink := &scriptSink{name: "s"}
		c := newTestClient(t, Config{BatchSize: 100, QueueBytes: 80_000}, WithSink(toPostHog, sink))
		for range 10 {
			if err := c.enqueue(t.Context(), testRecord("event", 9_000)); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		}
		if got := sink.sizes(); !slices.Equal(got, []int{4, 4}) {
			t.Errorf("sent %v", got)
		}
		closeClient(t, c)
	})
}

func TestSenderSendsTheRestAfterTheInterval(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		sink := &scriptSink{name: "s"}
		c := newTestClient(t, Config{BatchSize: 10, BatchInterval: 10 * time.Second}, WithSink(toPostHog, sink))
		start := time.Now()
		enqueueNumbers(t, c, 0, 1)
		time.Sleep(4 * time.Second)
		enqueueNumbers(t, c, 1, 3)
		time.Sleep(time.Minute)
		enqueueNumbers(t, c, 3, 4)
		time.Sleep(time.Minute)
		calls := sink.sent()
		if len(calls) != 2 {
			t.Fatalf("sent %v", sink.sizes())
		}
		if got := calls[0].at.Sub(start); len(calls[0].messages) != 3 || got != 10*time.Second {
			t.Errorf("first batch: %d messages after %v", len(calls[0].messages), got)
		}
		if got := calls[1].at.Sub(start); got != 74*time.Second {
			t.Errorf("second batch after %v", got)
		}
		closeClient(t, c)
	})
}

func TestSenderSendsLogEventsAtOnce(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		sink := &scriptSink{name: "s"}
		c := newTestClient(t, Config{}, WithSink(toLog, sink))
		enqueueNumbers(t, c, 0, 1)
		synctest.Wait()
		if got := sink.sizes(); !slices.Equal(got, []int{1}) {
			t.Errorf("sent %v", got)
		}
		closeClient(t, c)
	})
}

func TestSenderKeepsOrderAndContent(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		sink := &scriptSink{name: "s"}
		c := newTestClient(t, Config{}, WithSink(toPostHog, sink))
		enqueueNumbers(t, c, 0, 5000)
		closeClient(t, c)
		var got []int
		for _, call := range sink.sent() {
			got = append(got, numbers(t, call.messages)...)
		}
		if !slices.Equal(got, count(0, 5000)) {
			t.Errorf("got %d events, not in the order in which they were accepted", len(got))
		}
	})
}

func TestSenderRepeatsTheSameBatchAfterATemporaryFailure(t *testing.T) {
	for name, failure := range map[string]error{
		"http_503":      &SendError{Status: 503},
		"network":       &SendError{Reason: "network"},
		"error":         errors.New("something"),
		"timeout":       fmt.Errorf("call: %w", context.DeadlineExceeded),
		"canceled":      context.Canceled,
		"temporary":     &SendError{Failure: 99, Reason: "temporary"},
		"verdict_count": nil,
		"panic":         nil,
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				sink := &scriptSink{name: "s", script: script(failure, failure, failure)}
				switch name {
				case "verdict_count":
					sink.script = verdictScript([]Verdict{{Outcome: Delivered}}, []Verdict{}, make([]Verdict, 30))
				case "panic":
					sink.script = panicScript(3)
				}
				c := newTestClient(t, Config{BatchSize: 10}, WithSink(toPostHog, sink))
				enqueueNumbers(t, c, 0, 10)
				time.Sleep(time.Minute)
				calls := sink.sent()
				if len(calls) != 4 {
					t.Fatalf("%d attempts", len(calls))
				}
				for i, call := range calls {
					if call.attempt != i+1 || !reflect.DeepEqual(call.messages, calls[0].messages) {
						t.Errorf("attempt %d is numbered %d, or differs", i+1, call.attempt)
					}
				}
				s := sinkStats(t, c, "s")
				if s.Delivered != 10 || s.Failures[name] != 3 || s.Failures.Total() != 3 || s.LastError != "" {
					t.Errorf("stats: %+v", s)
				}
				closeClient(t, c)
			})
		})
	}
}

// verdictScript returns a sink script that gives the verdicts in turn, and takes everything once they are used up.
func verdictScript(turns ...[]Verdict) func(context.Context, Batch) ([]Verdict, error) {
	return func(context.Context, Batch) ([]Verdict, error) {
		if len(turns) == 0 {
			return nil, nil
		}
		v := turns[0]
		turns = turns[1:]
		return v, nil
	}
}

// panicScript returns a sink script that panics so many times and then takes everything.
func panicScript(times int) func(context.Context, Batch) ([]Verdict, error) {
	return func(_ context.Context, b Batch) ([]Verdict, error) {
		if times--; times >= 0 {
			return nil, errors.New(string(b.Messages[0].Properties[math.MaxInt]))
		}
		return nil, nil
	}
}

func TestSenderBacksOffAndHonoursRetryAfter(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		sink := &scriptSink{name: "s"}
		asked := []time.Duration{0, 0, 0, 0, 7 * time.Minute, time.Minute, 0}
		sink.script = func(context.Context, Batch) ([]Verdict, error) {
			if i := len(sink.sent()) - 1; i < len(asked) {
				return nil, &SendError{Status: 503, RetryAfter: asked[i]}
			}
			return nil, nil
		}
		c := newTestClient(t, Config{BatchSize: 1}, WithSink(toPostHog, sink))
		enqueueNumbers(t, c, 0, 1)
		time.Sleep(time.Hour)
		calls := sink.sent()
		if len(calls) != len(asked)+1 {
			t.Fatalf("%d attempts", len(calls))
		}
		for i, asked := range asked {
			waited := calls[i+1].at.Sub(calls[i].at)
			least := min(asked, maxRetryAfter)
			most := max(least, min(100*time.Millisecond<<i, 30*time.Second))
			if waited < least || waited > most {
				t.Errorf("attempt %d came after %v, want %v to %v", i+2, waited, least, most)
			}
		}
		closeClient(t, c)
	})
}

func TestSenderPausesKeepsAndProbes(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		refused := &SendError{Failure: Paused, Status: 401, Err: errors.New("unknown project key")}
		quota := &SendError{Failure: Paused, Reason: "quota_limited", RetryAfter: 2 * time.Minute}
		sink := &scriptSink{name: "s", script: script(refused, refused, quota, &SendError{Status: 503})}
		c := newTestClient(t, Config{BatchSize: 5}, WithSink(toPostHog, sink))
		start := time.Now()
		enqueueNumbers(t, c, 0, 5)
		time.Sleep(time.Second)
		enqueueNumbers(t, c, 5, 50)
		s := sinkStats(t, c, "s")
		if !s.Paused || s.PauseReason != "http_401" || s.Queued != 50 || s.LastError != "runtime: send: http_401: unknown project key" {
			t.Errorf("stats: %+v", s)
		}
		if s.OldestAge != time.Second {
			t.Errorf("the oldest event is %v old", s.OldestAge)
		}
		time.Sleep(2 * time.Minute)
		if s := sinkStats(t, c, "s"); s.PauseReason != "quota_limited" || s.Failures["http_401"] != 2 {
			t.Errorf("stats: %+v", s)
		}
		time.Sleep(time.Hour)
		var at []time.Duration
		for _, call := range sink.sent()[:4] {
			at = append(at, call.at.Sub(start))
		}
		if want := []time.Duration{0, time.Minute, 2 * time.Minute, 4 * time.Minute}; !slices.Equal(at, want) {
			t.Errorf("attempts after %v, want %v", at, want)
		}
		if s := sinkStats(t, c, "s"); s.Paused || s.PauseReason != "" || s.Delivered != 50 {
			t.Errorf("stats: %+v", s)
		}
		closeClient(t, c)
	})
}

func TestSenderFollowsVerdicts(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		var letters []string
		cfg := Config{BatchSize: 4, DeadLetter: func(sink string, m Message, reason string) error {
			letters = append(letters, fmt.Sprint(sink, " ", number(t, m), " ", reason))
			return nil
		}}
		sink := &scriptSink{name: "s", script: verdictScript(
			[]Verdict{{Delivered, ""}, {Retry, "not_persisted"}, {Rejected, "http_400"}, {42, ""}},
			[]Verdict{{Retry, ""}, {Delivered, ""}, {Delivered, ""}, {Rejected, ""}},
		)}
		c := newTestClient(t, cfg, WithSink(toPostHog, sink))
		enqueueNumbers(t, c, 0, 6)
		time.Sleep(time.Minute)
		var got [][]int
		for _, call := range sink.sent() {
			got = append(got, numbers(t, call.messages))
		}
		if want := [][]int{{0, 1, 2, 3}, {1, 3, 4, 5}, {1}}; !reflect.DeepEqual(got, want) {
			t.Errorf("sent %v, want %v", got, want)
		}
		if want := []string{"s 2 http_400", "s 5 rejected"}; !slices.Equal(letters, want) {
			t.Errorf("dead letters %v, want %v", letters, want)
		}
		s := sinkStats(t, c, "s")
		if s.Delivered != 4 || s.DeadLettered["http_400"] != 1 || s.DeadLettered["rejected"] != 1 || s.Failures["not_persisted"] != 1 {
			t.Errorf("stats: %+v", s)
		}
		closeClient(t, c)
	})
}

// TestSenderPassesAMessageThatIsStuck checks that a message which is never taken neither slows the others down nor makes
// many requests.
func TestSenderPassesAMessageThatIsStuck(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		sink := &scriptSink{name: "s", script: func(_ context.Context, b Batch) ([]Verdict, error) {
			verdicts := slices.Repeat([]Verdict{{Outcome: Delivered}}, len(b.Messages))
			if number(t, b.Messages[0]) == 0 {
				verdicts[0].Outcome = Retry
			}
			return verdicts, nil
		}}
		c := newTestClient(t, Config{}, WithSink(toPostHog, sink))
		start := time.Now()
		for n := range 10 {
			enqueueNumbers(t, c, n*1000, n*1000+1000)
			time.Sleep(time.Second)
		}
		time.Sleep(time.Second) // what is less than a batch waits for the backoff
		if s := sinkStats(t, c, "s"); s.Delivered != 9999 || s.Queued != 1 {
			t.Errorf("stats: %+v", s)
		}
		time.Sleep(time.Minute)
		if got := len(sink.sent()); got > 700 {
			t.Errorf("%d requests in %v", got, time.Since(start))
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := c.Close(ctx); err == nil {
			t.Error("Close has lost nothing")
		}
	})
}

// poison returns a sink script that refuses batches with one of the given numbers in it.
func poison(t *testing.T, failure Failure, bad ...int) func(context.Context, Batch) ([]Verdict, error) {
	return func(_ context.Context, b Batch) ([]Verdict, error) {
		for _, n := range numbers(t, b.Messages) {
			if slices.Contains(bad, n) {
				return nil, &SendError{Failure: failure, Reason: "http_400"}
			}
		}
		return nil, nil
	}
}

func TestSenderIsolatesPoison(t *testing.T) {
	for _, bad := range []int{0, 1, 49, 50, 63, 98, 99} {
		t.Run(fmt.Sprint(bad), func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				sink := &scriptSink{name: "s", script: poison(t, Poisoned, bad)}
				c := newTestClient(t, Config{BatchSize: 100}, WithSink(toPostHog, sink))
				start := time.Now()
				enqueueNumbers(t, c, 0, 100)
				synctest.Wait()
				s := sinkStats(t, c, "s")
				if s.Delivered != 99 || s.DeadLettered["http_400"] != 1 || time.Since(start) != 0 {
					t.Errorf("stats after %v: %+v", time.Since(start), s)
				}
				if n := len(sink.sent()); n > 14 {
					t.Errorf("%d requests, want at most 14", n)
				}
				closeClient(t, c)
			})
		})
	}
}

func TestSenderSplitsWhatIsTooLarge(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		sink := &scriptSink{name: "s"}
		sink.script = func(_ context.Context, b Batch) ([]Verdict, error) {
			if len(b.Messages) > 6 || numbers(t, b.Messages)[0] == 17 {
				return nil, &SendError{Failure: TooLarge, Status: 413}
			}
			return nil, nil
		}
		c := newTestClient(t, Config{BatchSize: 20}, WithSink(toPostHog, sink))
		enqueueNumbers(t, c, 0, 40)
		synctest.Wait()
		s := sinkStats(t, c, "s")
		if s.Delivered != 39 || s.DeadLettered[reasonTooLarge] != 1 {
			t.Errorf("stats: %+v", s)
		}
		closeClient(t, c)
	})
}

// TestSenderBisectsThroughOtherFailures checks that a bisection survives failures that have nothing to do with it, and
// verdicts beside the error.
func TestSenderBisectsThroughOtherFailures(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		sink := &scriptSink{name: "s"}
		refuse := poison(t, Poisoned, 3, 77)
		sink.script = func(ctx context.Context, b Batch) ([]Verdict, error) {
			_, err := refuse(ctx, b)
			last := len(b.Messages) - 1
			switch _, lastErr := refuse(ctx, Batch{Messages: b.Messages[last:]}); {
			case len(sink.sent())%3 == 0:
				return nil, &SendError{Status: 503}
			case err != nil && lastErr == nil:
				verdicts := make([]Verdict, len(b.Messages))
				verdicts[last].Outcome = Delivered
				return verdicts, err
			}
			return nil, err
		}
		c := newTestClient(t, Config{BatchSize: 50}, WithSink(toPostHog, sink))
		enqueueNumbers(t, c, 0, 100)
		time.Sleep(time.Hour)
		s := sinkStats(t, c, "s")
		if s.Delivered != 98 || s.DeadLettered["http_400"] != 2 || s.Failures["http_503"] == 0 {
			t.Errorf("stats: %+v", s)
		}
		if n := len(sink.sent()); n > 50 {
			t.Errorf("%d requests for two bad messages", n)
		}
		closeClient(t, c)
	})
}

// TestDeadLetterIsKeptUntilItIsTaken checks that an event whose dead letter cannot be kept stays, with those behind it, and
// that the sink says why.
func TestDeadLetterIsKeptUntilItIsTaken(t *testing.T) {
	for name, refuse := range map[string]func() error{
		"error": func() error { return errors.New("no room") },
		"panic": func() error { panic("hook") },
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				calls := 0
				cfg := Config{BatchSize: 1, DeadLetter: func(string, Message, string) error {
					if calls++; calls <= 3 {
						return refuse()
					}
					return nil
				}}
				sink := &scriptSink{name: "s", script: poison(t, Poisoned, 0)}
				c := newTestClient(t, cfg, WithSink(toPostHog, sink))
				enqueueNumbers(t, c, 0, 2)
				synctest.Wait()
				s := sinkStats(t, c, "s")
				if !s.Paused || s.PauseReason != "dead_letter" || s.Queued != 2 || s.Failures["dead_letter"] != 1 {
					t.Errorf("while it is not taken: %+v", s)
				}
				time.Sleep(3*defaultPauseProbe + time.Second)
				if s := sinkStats(t, c, "s"); s.Paused || s.Delivered != 1 || s.DeadLettered.Total() != 1 || calls != 4 {
					t.Errorf("after it was taken, in %d calls: %+v", calls, s)
				}
				closeClient(t, c)
			})
		})
	}
}

// TestSendersAreIndependent checks that a sink that hangs and one that fails affect neither a third one nor the caller.
func TestSendersAreIndependent(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		release := make(chan struct{})
		hangs := &scriptSink{name: "hangs", script: func(context.Context, Batch) ([]Verdict, error) {
			<-release
			return nil, nil
		}}
		fails := &scriptSink{name: "fails", script: func(context.Context, Batch) ([]Verdict, error) {
			return nil, errors.New("down")
		}}
		works := &scriptSink{name: "works"}
		c := newTestClient(t, Config{QueueSize: 100},
			WithSink(toPostHog, hangs), WithSink(toPostHog, fails), WithSink(toAudit, works))
		for n := range 1000 {
			enqueueNumbers(t, c, n, n+1)
			synctest.Wait()
		}
		if s := sinkStats(t, c, "works"); s.Delivered != 1000 {
			t.Errorf("works: %+v", s)
		}
		for _, name := range []string{"hangs", "fails"} {
			if s := sinkStats(t, c, name); s.Queued != 100 || s.Dropped[reasonQueueFull] != 900 {
				t.Errorf("%s: %+v", name, s)
			}
		}
		close(release)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := c.Close(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Close: %v", err)
		}
		if s := sinkStats(t, c, "fails"); s.Dropped[reasonShutdown] != 100 || s.Queued != 0 {
			t.Errorf("fails: %+v", s)
		}
	})
}

func TestSenderTakesOnlyWhatIsForItsDestination(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		posthog, audit := &scriptSink{name: "posthog"}, &scriptSink{name: "audit"}
		c := newTestClient(t, Config{}, WithSink(toPostHog, posthog), WithSink(toAudit, audit))
		r := numbered(1)
		r.lanes[0].destinations = postHogBit
		other := lane{destinations: auditBit | logBit, distinctID: []byte("hashed"), properties: []byte(`{"y":1}`)}
		r.lanes = append(r.lanes, other)
		if err := c.enqueue(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		r.lanes = r.lanes[:1]
		if err := c.enqueue(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		closeClient(t, c)
		if got := sinkStats(t, c, "audit"); got.Delivered != 1 || got.Dropped[reasonDestination] != 1 {
			t.Errorf("audit: %+v", got)
		}
		if m := audit.sent()[0].messages[0]; m.DistinctID != "hashed" || string(m.Properties) != `{"y":1}` {
			t.Errorf("audit got %+v", m)
		}
		if got := numbers(t, posthog.sent()[0].messages); !slices.Equal(got, []int{1, 1}) {
			t.Errorf("posthog got %v", got)
		}
	})
}
