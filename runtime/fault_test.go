package runtime

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/eventgen/eventgen/redact"
)

// faultySink fails in every way that a sink can, at random, and keeps a record of the answers it gave.
type faultySink struct {
	name   string
	t      *testing.T
	random *rand.Rand
	taken  map[int]int // by number of the event: how often it was answered as delivered
	buried map[int]int // the same for dead letters
	faults map[string]int
	busy   bool
}

func newFaultySink(t *testing.T, name string, seed uint64) *faultySink {
	return &faultySink{
		name: name, t: t, random: rand.New(rand.NewPCG(seed, 1)),
		taken: map[int]int{}, buried: map[int]int{}, faults: map[string]int{},
	}
}

func (s *faultySink) Name() string                { return s.name }
func (s *faultySink) Close(context.Context) error { return nil }

func (s *faultySink) Send(ctx context.Context, b Batch) ([]Verdict, error) {
	if s.busy {
		s.t.Error("two Sends at a time")
	}
	s.busy = true
	defer func() { s.busy = false }()
	time.Sleep(s.upTo(200 * time.Millisecond))
	numbers := numbers(s.t, b.Messages)
	fault, verdicts, err := s.fault(ctx, numbers)
	s.faults[fault]++
	if len(verdicts) != len(numbers) && (verdicts != nil || err != nil) {
		return verdicts, err
	}
	for i, n := range numbers {
		if verdicts == nil || verdicts[i].Outcome == Delivered {
			s.taken[n]++
		}
	}
	return verdicts, err
}

// fault chooses what goes wrong.
func (s *faultySink) fault(ctx context.Context, numbers []int) (string, []Verdict, error) {
	switch s.random.IntN(24) {
	case 0:
		return "503", nil, &SendError{Status: 503}
	case 1:
		return "429", nil, &SendError{Status: 429, RetryAfter: s.upTo(3 * time.Second)}
	case 2:
		return "paused", nil, &SendError{Failure: Paused, Status: 401, RetryAfter: s.upTo(2 * time.Second)}
	case 3:
		return "verdicts", s.verdicts(len(numbers)), nil
	case 4:
		return "verdicts and error", s.verdicts(len(numbers)), &SendError{Failure: Failure(s.random.IntN(3)), Reason: "mixed"}
	case 5:
		return "verdict count", make([]Verdict, s.random.IntN(len(numbers))), nil
	case 6:
		return "error", nil, errors.New("no reason")
	case 7:
		panic("at the disco")
	case 8:
		if len(numbers) > 1 {
			return "too large", nil, &SendError{Failure: TooLarge, Status: 413}
		}
	case 9:
		limited, cancel := context.WithTimeout(ctx, 5*time.Second)
		defer cancel()
		<-limited.Done()
		return "timeout", nil, limited.Err()
	}
	if slices.ContainsFunc(numbers, func(n int) bool { return n%997 == 0 }) {
		return "poison", nil, &SendError{Failure: Poisoned, Status: 400}
	}
	return "none", nil, nil
}

// upTo returns a random time below most.
func (s *faultySink) upTo(most time.Duration) time.Duration {
	return time.Duration(s.random.Int64N(int64(most)))
}

func (s *faultySink) verdicts(n int) []Verdict {
	verdicts := make([]Verdict, n)
	for i := range verdicts {
		verdicts[i] = Verdict{Outcome: Outcome(s.random.IntN(3)), Reason: fmt.Sprint("reason_", s.random.IntN(3))}
	}
	return verdicts
}

// TestFaults sends many events to three sinks that fail at random, and checks that each snapshot adds up and each event
// gets exactly one final answer from each sink.
func TestFaults(t *testing.T) {
	events := 100_000
	if testing.Short() {
		events = 20_000
	}
	inBubble(t, func(t *testing.T) {
		sinks := map[string]*faultySink{}
		cfg := Config{
			BatchSize: 100, BatchInterval: time.Second, RetryMax: 2 * time.Second, QueueSize: events,
			DeadLetter: func(sink string, m Message, _ string) error {
				sinks[sink].buried[number(t, m)]++
				return nil
			},
		}
		var opts []Option
		for i, name := range []string{"a", "b", "c"} {
			sinks[name] = newFaultySink(t, name, uint64(i))
			opts = append(opts, WithSink([]redact.Destination{toPostHog, toPostHog, toAudit}[i], sinks[name]))
		}
		c := newTestClient(t, cfg, opts...)
		produceUnderObservation(t, c, events)
		closeClient(t, c)
		s := c.Stats()
		checkInvariant(t, s)
		for name, sink := range sinks {
			sink.checkAnswers(events)
			stats, _ := s.Sink(name)
			if stats.Delivered != uint64(len(sink.taken)) || stats.DeadLettered.Total() != uint64(len(sink.buried)) {
				t.Errorf("sink %s took %d and buried %d: %+v", name, len(sink.taken), len(sink.buried), stats)
			}
		}
	})
}

// produceUnderObservation accepts events from several goroutines while another takes snapshots and flushes.
func produceUnderObservation(t *testing.T, c *Client, events int) {
	const producers = 4
	var working sync.WaitGroup
	for p := range producers {
		working.Go(func() {
			for n := p; n < events; n += producers {
				if err := c.enqueue(t.Context(), numbered(n)); err != nil {
					t.Error(err)
				}
				if n%64 == p {
					time.Sleep(rand.N(20 * time.Millisecond))
					checkInvariant(t, c.Stats())
				}
			}
		})
	}
	stop := make(chan struct{})
	var observer sync.WaitGroup
	observer.Go(func() {
		for {
			select {
			case <-stop:
				return
			case <-time.After(rand.N(time.Second)):
				checkInvariant(t, c.Stats())
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
				_ = c.Flush(ctx)
				cancel()
			}
		}
	})
	working.Wait()
	close(stop)
	observer.Wait()
}

// checkAnswers checks that every event was delivered or buried once, and that the test exercised every fault.
func (s *faultySink) checkAnswers(events int) {
	for n := range events {
		if s.taken[n]+s.buried[n] != 1 {
			s.t.Errorf("sink %s: event %d was delivered %d times and buried %d times", s.name, n, s.taken[n], s.buried[n])
		}
	}
	if len(s.faults) < 10 {
		s.t.Errorf("sink %s saw only the faults %v", s.name, s.faults)
	}
}

// TestOrderIsKeptPerGoroutine checks the order of events from several goroutines at a sink that is slow but works.
func TestOrderIsKeptPerGoroutine(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		var got []int
		sink := &scriptSink{name: "s", script: func(_ context.Context, b Batch) ([]Verdict, error) {
			time.Sleep(rand.N(100 * time.Millisecond))
			got = append(got, numbers(t, b.Messages)...)
			return nil, nil
		}}
		c := newTestClient(t, Config{}, WithSink(toPostHog, sink))
		var wg sync.WaitGroup
		for g := range 8 {
			wg.Go(func() {
				for n := range 1000 {
					enqueueNumbers(t, c, g*1000+n, g*1000+n+1)
					if n%10 == 0 {
						time.Sleep(rand.N(100 * time.Millisecond))
					}
				}
			})
		}
		wg.Wait()
		closeClient(t, c)
		next := [8]int{}
		for _, n := range got {
			g := n / 1000
			if n%1000 != next[g] {
				t.Fatalf("event %d of goroutine %d came before event %d", n%1000, g, next[g])
			}
			next[g]++
		}
		if len(got) != 8000 {
			t.Errorf("got %d events", len(got))
		}
	})
}

// TestOutage lets the receiver be down for an hour and checks that the queue keeps what it has room for, and that everything
// accepted arrives afterwards.
func TestOutage(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		end := time.Now().Add(time.Hour)
		sink := &scriptSink{name: "s", script: func(context.Context, Batch) ([]Verdict, error) {
			if time.Now().Before(end) {
				return nil, &SendError{Reason: "network"}
			}
			return nil, nil
		}}
		c := newTestClient(t, Config{QueueSize: 1000}, WithSink(toPostHog, sink))
		refused := 0
		for n := range 2000 {
			if err := c.enqueue(t.Context(), numbered(n)); errors.Is(err, ErrQueueFull) {
				refused++
			}
			time.Sleep(time.Second)
		}
		if refused != 1000 {
			t.Errorf("refused %d events", refused)
		}
		if n := len(sink.sent()); n > 300 {
			t.Errorf("%d attempts in %v of outage", n, 2000*time.Second)
		}
		time.Sleep(time.Until(end) + time.Minute)
		synctest.Wait()
		s := sinkStats(t, c, "s")
		if s.Delivered != 1000 || s.Queued != 0 || s.OldestAge != 0 || s.LastError != "" {
			t.Errorf("stats: %+v", s)
		}
		closeClient(t, c)
	})
}

// TestMemoryPerEvent counts allocations in the whole process while events go through a client in steady state. It must not
// run beside other tests.
func TestMemoryPerEvent(t *testing.T) {
	c := newTestClient(t, Config{BatchSize: 100}, WithSink(toPostHog, discardSink{"a"}), WithSink(toAudit, discardSink{"b"}))
	r := testRecord("event", 600)
	const events = 1000
	perRun := testing.AllocsPerRun(100, func() {
		for range events {
			if err := c.enqueue(t.Context(), r); err != nil {
				t.Fatal(err)
			}
		}
		if err := c.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
	})
	if perEvent := perRun / events; perEvent > 0.1 {
		t.Errorf("%.2f allocations an event", perEvent)
	}
	onlyEnqueue := testing.AllocsPerRun(5000, func() { _ = c.enqueue(t.Context(), r) })
	if onlyEnqueue != 0 {
		t.Errorf("%v allocations to accept an event", onlyEnqueue)
	}
	closeClient(t, c)
}
