package runtime

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/eventgen/eventgen/spool"
)

// smallSpool opens a spool whose segments hold a few hundred events of the tests.
func smallSpool(t testing.TB, dir string, overflow spool.Overflow) *spool.Spool {
	t.Helper()
	return openSpool(t, dir, spool.Options{Quota: 1 << 20, SegmentBytes: 64 << 10, Overflow: overflow})
}

// TestStoreServesEachDestination checks that each sink gets its own encoding, that a log keeps its queue in memory, and that what
// is for the log alone does not go to disk.
func TestStoreServesEachDestination(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		sinks := map[destinations]*scriptSink{
			postHogBit: {name: "posthog"}, auditBit: {name: "audit"}, logBit: {name: "log"},
		}
		c := newTestClient(t, Config{BatchSize: 2}, WithSpool(smallSpool(t, t.TempDir(), spool.Refuse)),
			WithSink(toPostHog, sinks[postHogBit]), WithSink(toAudit, sinks[auditBit]), WithSink(toLog, sinks[logBit]))
		for n, set := range [][]destinations{
			{allDestinations},
			{postHogBit, auditBit | logBit},
			{postHogBit | logBit, auditBit},
			{logBit},
			{auditBit},
			{},
		} {
			r := numbered(n)
			r.lanes = nil
			for _, d := range set {
				r.lanes = append(r.lanes, lane{d, fmt.Append(nil, n), fmt.Appendf(nil, `{"lane":%d}`, d)})
			}
			if err := c.enqueue(t.Context(), r); err != nil {
				t.Fatal(err)
			}
		}
		if err := c.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		want := map[destinations]string{
			postHogBit: `0 {"lane":7} 1 {"lane":1} 2 {"lane":5} `,
			auditBit:   `0 {"lane":7} 1 {"lane":6} 2 {"lane":2} 4 {"lane":2} `,
			logBit:     `0 {"lane":7} 1 {"lane":6} 2 {"lane":5} 3 {"lane":4} `,
		}
		for d, sink := range sinks {
			got := ""
			for _, call := range sink.sent() {
				for _, m := range call.messages {
					got += fmt.Sprintf("%s %s ", m.DistinctID, m.Properties)
				}
			}
			if got != want[d] {
				t.Errorf("%s got %s, want %s", sink.name, got, want[d])
			}
			if s := sinkStats(t, c, sink.name); s.Delivered+s.Dropped[reasonDestination] != 6 {
				t.Errorf("%+v", s)
			}
		}
		if s := c.Stats(); s.Accepted != 6 || s.Spool.Appended != 4 {
			t.Errorf("accepted %d, stored %d", s.Accepted, s.Spool.Appended)
		}
		closeClient(t, c)
	})
}

// TestStoreKeepsWhatIsLeft checks that Close loses nothing, says so, and that the next client delivers it in order.
func TestStoreKeepsWhatIsLeft(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		dir := t.TempDir()
		down := &scriptSink{name: "posthog", script: func(context.Context, Batch) ([]Verdict, error) {
			return nil, &SendError{Status: 503}
		}}
		c := newTestClient(t, Config{}, WithSink(toPostHog, down), WithSpool(smallSpool(t, dir, spool.Refuse)))
		enqueueNumbers(t, c, 0, 1000)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		begun := time.Now()
		if err := c.Close(ctx); err != nil || time.Since(begun) > 10*time.Second {
			t.Errorf("Close after %v: %v", time.Since(begun), err)
		}
		if s := sinkStats(t, c, "posthog"); s.Queued != 1000 || s.Dropped.Total() != 0 || s.OldestAge <= 0 || s.OldestAge > 10*time.Second {
			t.Errorf("after Close: %+v", s)
		}
		if err := c.enqueue(t.Context(), numbered(1000)); !errors.Is(err, ErrClosed) {
			t.Errorf("an event after Close: %v", err)
		}
		if err := errors.Join(c.Close(t.Context()), c.Flush(t.Context())); err != nil {
			t.Errorf("after Close: %v", err)
		}

		sink := &scriptSink{name: "posthog"}
		c = newTestClient(t, Config{}, WithSink(toPostHog, sink), WithSpool(smallSpool(t, dir, spool.Refuse)))
		if s := sinkStats(t, c, "posthog"); s.Recovered != 1000 {
			t.Errorf("at the start: %+v", s)
		}
		enqueueNumbers(t, c, 1000, 1100)
		closeClient(t, c)
		var got []int
		for _, call := range sink.sent() {
			got = append(got, numbers(t, call.messages)...)
		}
		if !slices.Equal(got, count(0, 1100)) {
			t.Errorf("delivered %v", got)
		}
		if s := sinkStats(t, c, "posthog"); s.Delivered != 1100 || c.Stats().Accepted != 100 {
			t.Errorf("at the end: %+v", s)
		}
	})
}

// TestStoreBatches checks that events wait for a full batch or for the interval, as they do in memory.
func TestStoreBatches(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		sink := &scriptSink{name: "posthog"}
		c := newTestClient(t, Config{BatchSize: 10, BatchInterval: time.Minute}, WithSink(toPostHog, sink),
			WithSpool(smallSpool(t, t.TempDir(), spool.Refuse)))
		enqueueNumbers(t, c, 0, 9)
		time.Sleep(59 * time.Second)
		if n := len(sink.sent()); n != 0 {
			t.Errorf("%d requests before the interval", n)
		}
		enqueueNumbers(t, c, 9, 15)
		synctest.Wait()
		if got := sink.sizes(); !slices.Equal(got, []int{10}) {
			t.Errorf("batches %v when one is full", got)
		}
		time.Sleep(time.Minute + time.Second)
		if got := sink.sizes(); !slices.Equal(got, []int{10, 5}) {
			t.Errorf("batches %v after the interval", got)
		}
		closeClient(t, c)
	})
}

func TestStoreOverflow(t *testing.T) {
	// fill tracks until an event is refused, or so many are accepted.
	fill := func(ctx context.Context, t *testing.T, c *Client, most int) (int, error) {
		t.Helper()
		for n := range most {
			if err := c.enqueue(ctx, numbered(n)); err != nil {
				return n, err
			}
		}
		return most, nil
	}
	start := func(t *testing.T, overflow spool.Overflow) (c *Client, down *atomic.Bool) {
		down = &atomic.Bool{}
		down.Store(true)
		sink := &scriptSink{name: "posthog", script: func(context.Context, Batch) ([]Verdict, error) {
			if down.Load() {
				return nil, &SendError{Status: 503}
			}
			return nil, nil
		}}
		s := smallSpool(t, t.TempDir(), overflow)
		return newTestClient(t, Config{BatchSize: 100}, WithSink(toPostHog, sink), WithSpool(s)), down
	}
	const more = 20_000 // than fit
	t.Run("refuse", func(t *testing.T) {
		inBubble(t, func(t *testing.T) {
			c, down := start(t, spool.Refuse)
			n, err := fill(t.Context(), t, c, more)
			if !errors.Is(err, ErrQueueFull) || !errors.Is(err, spool.ErrFull) || n < 1000 {
				t.Errorf("after %d events: %v", n, err)
			}
			if s := c.Stats(); s.Rejected[reasonQueueFull] != 1 || s.Accepted != uint64(n) || !s.Spool.NoRoom {
				t.Errorf("stats: %+v", s)
			}
			down.Store(false)
			if err := c.Flush(t.Context()); err != nil {
				t.Fatal(err)
			}
			if n, err := fill(t.Context(), t, c, 100); err != nil {
				t.Errorf("after %d events with room again: %v", n, err)
			}
			closeClient(t, c)
			checkInvariant(t, c.Stats())
		})
	})
	t.Run("block", func(t *testing.T) {
		inBubble(t, func(t *testing.T) {
			c, down := start(t, spool.Block)
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			begun := time.Now()
			n, err := fill(ctx, t, c, more)
			if !errors.Is(err, ErrQueueFull) || !errors.Is(err, context.DeadlineExceeded) || time.Since(begun) < time.Minute {
				t.Errorf("after %d events and %v: %v", n, time.Since(begun), err)
			}
			begun = time.Now()
			if err := c.enqueue(ctx, numbered(0)); !errors.Is(err, ErrQueueFull) || time.Since(begun) != 0 {
				t.Errorf("with a context that has ended, after %v: %v", time.Since(begun), err)
			}
			down.Store(false)
			if n, err := fill(nil, t, c, more); err != nil { // nil is what some callers have
				t.Errorf("while it is drained, after %d events: %v", n, err)
			}
			if err := c.enqueue(ctx, numbered(0)); err != nil {
				t.Errorf("a context that has ended: %v", err)
			}
			closeClient(t, c)
			checkInvariant(t, c.Stats())
		})
	})
	t.Run("drop oldest", func(t *testing.T) {
		inBubble(t, func(t *testing.T) {
			c, down := start(t, spool.DropOldest)
			if n, err := fill(t.Context(), t, c, more); err != nil {
				t.Errorf("after %d events: %v", n, err)
			}
			s := sinkStats(t, c, "posthog")
			if s.Dropped[reasonDropOldest] == 0 || s.Queued < 1000 {
				t.Errorf("stats: %+v", s)
			}
			down.Store(false)
			closeClient(t, c)
			if s := sinkStats(t, c, "posthog"); s.Delivered+s.Dropped[reasonDropOldest] != more {
				t.Errorf("stats: %+v", s)
			}
		})
	})
}

// TestStoreSumsHoldAtAnyMoment reads the statistics while events are tracked, delivered, dead-lettered, dropped, and taken over
// from other processes.
func TestStoreSumsHoldAtAnyMoment(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	capricious := func(seed uint64) func(context.Context, Batch) ([]Verdict, error) {
		random := rand.New(rand.NewPCG(seed, 3))
		return func(_ context.Context, b Batch) ([]Verdict, error) {
			verdicts := make([]Verdict, len(b.Messages))
			for i := range verdicts {
				verdicts[i] = Verdict{Outcome(min(random.IntN(20), 1) + random.IntN(20)/19), "whim"}
			}
			return verdicts, nil
		}
	}
	cfg := Config{BatchSize: 50, BatchInterval: time.Millisecond, RetryMin: time.Microsecond, RetryMax: time.Millisecond}
	s := smallSpool(t, dir, spool.DropOldest)
	c := newTestClient(t, cfg, WithSpool(s),
		WithSink(toPostHog, &scriptSink{name: "posthog", script: capricious(1)}),
		WithSink(toAudit, &scriptSink{name: "audit", script: capricious(2)}),
		WithSink(toLog, &scriptSink{name: "log", script: capricious(3)}))

	const trackers, each, folders, left = 4, 2000, 5, 200 // the log has a queue for 10,000
	var work, watch sync.WaitGroup
	for g := range trackers {
		work.Go(func() { enqueueMixed(t, c, g, each) })
	}
	work.Go(func() {
		for range folders {
			leaveFolder(t, dir, left)
			c.store.adopt(t.Context())
		}
	})
	done := make(chan struct{})
	watch.Go(func() {
		accepted := uint64(0)
		for looks := 0; ; looks++ {
			s := c.Stats()
			checkInvariant(t, s)
			if s.Accepted < accepted || t.Failed() {
				t.Errorf("accepted fell from %d to %d", accepted, s.Accepted)
				return
			}
			accepted = s.Accepted
			select {
			case <-done:
				t.Logf("looked %d times", looks)
				return
			default:
			}
		}
	})
	work.Wait()
	if err := c.Flush(t.Context()); err != nil {
		t.Error(err)
	}
	close(done)
	watch.Wait()
	closeClient(t, c)
	st := c.Stats()
	checkInvariant(t, st)
	if post, _ := st.Sink("posthog"); st.Accepted != trackers*each || post.Recovered != folders*left || post.Queued != 0 ||
		st.Spool.Adopted != folders*left {
		t.Errorf("accepted %d, adopted %d, posthog %+v", st.Accepted, st.Spool.Adopted, post)
	}
}

// enqueueMixed accepts events for various destinations.
func enqueueMixed(t testing.TB, c *Client, first, n int) {
	for i := range n {
		r := numbered(first*n + i)
		r.lanes[0].destinations = []destinations{allDestinations, postHogBit, auditBit, logBit, auditBit | logBit}[i%5]
		if err := c.enqueue(t.Context(), r); err != nil {
			t.Error(err)
			return
		}
	}
}

// leaveFolder is a process that stores events for PostHog and ends.
func leaveFolder(t testing.TB, dir string, events int) {
	s := smallSpool(t, dir, spool.Refuse)
	if filepath.Dir(s.Path()) != dir {
		t.Errorf("the other process has %s", s.Path())
	}
	for n := range events {
		_, err := s.Append(t.Context(), spool.Record{Event: "left", Lanes: []spool.Lane{{
			Destinations: uint8(postHogBit), DistinctID: binary.BigEndian.AppendUint64(nil, uint64(n)), Properties: []byte("{}"),
		}}})
		if err != nil {
			t.Error(err)
		}
	}
	if err := s.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestStoreAdoptsWithoutARestart checks that what another process leaves is delivered a minute later at most.
func TestStoreAdoptsWithoutARestart(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		dir := t.TempDir()
		sink := &scriptSink{name: "posthog"}
		c := newTestClient(t, Config{}, WithSink(toPostHog, sink), WithSpool(smallSpool(t, dir, spool.Refuse)))
		synctest.Wait()
		leaveFolder(t, dir, 100)
		time.Sleep(adoptEvery + defaultBatchInterval + time.Second)
		if s := sinkStats(t, c, "posthog"); s.Delivered != 100 || s.Recovered != 100 || c.Stats().Accepted != 0 {
			t.Errorf("stats: %+v", s)
		}
		closeClient(t, c)
	})
}

// TestCloseRacesWithTrackOverASpool closes a client again and again while goroutines track. What was accepted is delivered by
// this client or a later one, and no goroutine is left: the bubble would not end.
func TestCloseRacesWithTrackOverASpool(t *testing.T) {
	t.Parallel()
	rounds := 1000
	if testing.Short() {
		rounds = 100
	}
	dir := t.TempDir()
	var accepted atomic.Uint64
	delivered := uint64(0)
	round := func(t *testing.T, wait bool) {
		sink := &scriptSink{name: "posthog"}
		s := smallSpool(t, dir, spool.Refuse)
		c := newTestClient(t, Config{BatchSize: 10, BatchInterval: time.Millisecond}, WithSink(toPostHog, sink), WithSpool(s))
		var trackers sync.WaitGroup
		begun := make(chan struct{}, 4)
		for g := range 4 {
			trackers.Go(func() {
				err := c.enqueue(t.Context(), numbered(g))
				begun <- struct{}{} // also when the round before has left no room
				for ; err == nil; err = c.enqueue(t.Context(), numbered(g)) {
					accepted.Add(1)
				}
			})
		}
		<-begun
		ctx, cancel := context.WithCancel(t.Context())
		if !wait {
			cancel()
		}
		if err := c.Close(ctx); err != nil {
			t.Error(err)
		}
		cancel()
		trackers.Wait()
		checkInvariant(t, c.Stats())
		for _, call := range sink.sent() {
			delivered += uint64(len(call.messages))
		}
	}
	for n := range rounds {
		synctest.Test(t, func(t *testing.T) { round(t, n%2 == 0) })
	}
	sink := &scriptSink{name: "posthog"}
	c := newTestClient(t, Config{BatchSize: 1000}, WithSink(toPostHog, sink), WithSpool(smallSpool(t, dir, spool.Refuse)))
	closeClient(t, c)
	for _, call := range sink.sent() {
		delivered += uint64(len(call.messages))
	}
	if delivered != accepted.Load() || delivered < uint64(rounds) {
		t.Errorf("%d delivered of %d", delivered, accepted.Load())
	}
}

// TestCloseDoesNotWaitForASink checks the bound of Close when a sink hangs, and that its verdict comes too late.
func TestCloseDoesNotWaitForASink(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		dir := t.TempDir()
		release := make(chan struct{})
		sink := &scriptSink{name: "posthog", script: func(context.Context, Batch) ([]Verdict, error) {
			<-release
			return nil, nil
		}}
		c := newTestClient(t, Config{BatchSize: 10}, WithSink(toPostHog, sink), WithSpool(smallSpool(t, dir, spool.Refuse)))
		enqueueNumbers(t, c, 0, 30)
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		begun := time.Now()
		if err := c.Close(ctx); err == nil || time.Since(begun) != 3*time.Second {
			t.Errorf("Close after %v: %v", time.Since(begun), err)
		}
		next := openSpool(t, dir, spool.Options{})
		if next.Path() != dir {
			t.Errorf("the folder was not given back")
		}
		if err := next.Close(t.Context()); err != nil {
			t.Error(err)
		}
		close(release)
		synctest.Wait()
		if s := sinkStats(t, c, "posthog"); s.Queued != 30 || s.Delivered != 0 {
			t.Errorf("after the late verdict: %+v", s)
		}
	})
}

// TestCloseDoesNotWaitForTheDisk checks the bound of Close while the disk holds up a sender. It runs in real time: who waits for
// a mutex stops the clock of a bubble.
func TestCloseDoesNotWaitForTheDisk(t *testing.T) {
	t.Parallel()
	sink := &scriptSink{name: "posthog"}
	c := newTestClient(t, Config{}, WithSink(toPostHog, sink), WithSpool(smallSpool(t, t.TempDir(), spool.Refuse)))
	disk := &c.store.lines[0].use // what a sender has while it reads or writes
	disk.Lock()
	enqueueNumbers(t, c, 0, 30)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	begun := time.Now()
	if err := c.Close(ctx); !errors.Is(err, ErrDisk) || time.Since(begun) < 2*closeGrace {
		t.Errorf("Close after %v: %v", time.Since(begun), err)
	}
	disk.Unlock()
	<-c.senders[0].done
	if err := c.store.spool.Close(t.Context()); err != nil { // waits for the Close that is under way
		t.Error(err)
	}
}

// TestRefusals checks what the errors of a spool become.
func TestRefusals(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		from, want error
		reason     string
	}{
		{spool.ErrClosed, ErrClosed, "closed"},
		{spool.ErrFull, ErrQueueFull, "queue_full"},
		{spool.ErrNoSpace, ErrQueueFull, "queue_full"},
		{spool.ErrStalled, ErrDisk, "disk_stalled"},
		{spool.ErrDisk, ErrDisk, "disk_failed"},
		{spool.ErrTooLarge, ErrTooLarge, "too_large"},
		{errors.New("unknown"), ErrDisk, "disk_failed"},
	} {
		reason, err := refusal(fmt.Errorf("detail: %w", tt.from))
		if reason != tt.reason || !errors.Is(err, tt.want) || reason != reasonClosed && !errors.Is(err, tt.from) {
			t.Errorf("%v became %q, %v", tt.from, reason, err)
		}
	}
}

// TestNewWithSpoolRefusesUnusableNames checks that on an error the spool stays the caller's.
func TestNewWithSpoolRefusesUnusableNames(t *testing.T) {
	t.Parallel()
	s := smallSpool(t, t.TempDir(), spool.Refuse)
	_, err := New(&Registry{Package: "test"}, Config{}, WithSpool(s), WithSink(toPostHog, &scriptSink{name: "Not A Name"}))
	if !errors.Is(err, spool.ErrName) {
		t.Errorf("New: %v", err)
	}
	if err := s.Close(t.Context()); err != nil {
		t.Error(err)
	}
}
