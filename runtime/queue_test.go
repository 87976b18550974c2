package runtime

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
)

// testQueue returns an intake with one queue for the PostHog destination.
func testQueue(limits queueLimits) (*intake, *queue) {
	in := newIntake()
	q := newQueue(in, postHogBit, limits, make(chan struct{}, 1))
	in.addQueue(q)
	return in, q
}

var wideLimits = queueLimits{events: 1 << 20, bytes: 1 << 30, batchEvents: 20, batchBytes: 1 << 20}

// TestQueueAgainstModel compares the queue with a plain slice over random sequences of its operations.
func TestQueueAgainstModel(t *testing.T) {
	t.Parallel()
	for seed := range uint64(40) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			m := queueModel{t: t, random: rand.New(rand.NewPCG(seed, 7))}
			m.limits = queueLimits{events: 3000, bytes: 1 << 20, batchEvents: 20, batchBytes: 64 << 10}
			m.in, m.q = testQueue(m.limits)
			for range 3000 {
				if m.random.IntN(10) < 7 {
					m.add()
				} else {
					m.deliver()
				}
			}
		})
	}
}

// queueModel is a queue and a slice that must agree with it.
type queueModel struct {
	t      *testing.T
	random *rand.Rand
	limits queueLimits
	in     *intake
	q      *queue

	waiting  []modelEvent
	bytes    int
	added    int
	rejected uint64
	counts   [3]uint64 // by Outcome
}

type modelEvent struct {
	number     int
	properties []byte
}

func (m *queueModel) add() {
	size := m.random.IntN(400)
	if m.random.IntN(50) == 0 {
		size = m.random.IntN(100 << 10)
	}
	r := numbered(m.added)
	r.lanes[0].properties = bytes.Repeat([]byte{byte(m.added)}, size)
	fits := len(m.waiting) < m.limits.events && m.bytes+size+8+eventBytes <= m.limits.bytes
	switch _, err := m.in.add(r); {
	case fits && err == nil:
		m.waiting = append(m.waiting, modelEvent{m.added, bytes.Clone(r.lanes[0].properties)})
		m.bytes += size + 8 + eventBytes
	case !fits && errors.Is(err, ErrQueueFull):
		m.rejected++
	default:
		m.t.Fatalf("event %d, fits %v: %v", m.added, fits, err)
	}
	m.added++
	m.check()
}

func (m *queueModel) deliver() {
	batch, _ := m.q.peek(nil, 1+m.random.IntN(50))
	for i, msg := range batch {
		if want := m.waiting[i]; number(m.t, Message{
			UUID: msg.UUID, Timestamp: msg.Timestamp, DistinctID: msg.DistinctID,
			Properties: numbered(0).lanes[0].properties,
		}) != want.number || !bytes.Equal(msg.Properties, want.properties) {
			m.t.Fatalf("position %d: not event %d", i, want.number)
		}
	}
	verdicts := make([]Verdict, len(batch))
	var left []modelEvent
	for i := range verdicts {
		verdicts[i] = Verdict{Outcome: Outcome(m.random.IntN(3)), Reason: "test"}
		m.counts[verdicts[i].Outcome]++
		if verdicts[i].Outcome == Retry {
			left = append(left, m.waiting[i])
		} else {
			m.bytes -= len(m.waiting[i].properties) + 8 + eventBytes
		}
	}
	m.waiting = append(left, m.waiting[len(batch):]...)
	_ = m.q.resolve(verdicts)
	m.check()
}

func (m *queueModel) check() {
	s := m.in.stats()
	checkInvariant(m.t, s)
	sink := s.Sinks[0]
	if sink.Queued != len(m.waiting) || sink.QueuedBytes != m.bytes || s.Rejected[reasonQueueFull] != m.rejected ||
		sink.Delivered != m.counts[Delivered] || sink.DeadLettered["test"] != m.counts[Rejected] {
		m.t.Fatalf("stats %+v, want %d events, %d bytes, %v", s, len(m.waiting), m.bytes, m.counts)
	}
	if w := m.q.waiting(); w.events != len(m.waiting) {
		m.t.Fatalf("%d events wait, want %d", w.events, len(m.waiting))
	}
}

func TestQueueCutsBatchesInBytesButNeverToNothing(t *testing.T) {
	t.Parallel()
	limits := wideLimits
	limits.batchBytes = 1000
	in, q := testQueue(limits)
	for _, size := range []int{5000, 300, 300, 300, 300} {
		if _, err := in.add(testRecord("event", size)); err != nil {
			t.Fatal(err)
		}
	}
	var sizes []int
	for q.waiting().events > 0 {
		batch, _ := q.peek(nil, 10)
		sizes = append(sizes, len(batch))
		_ = q.resolve(slices.Repeat([]Verdict{{Outcome: Delivered}}, len(batch)))
	}
	if want := []int{1, 2, 2}; !slices.Equal(sizes, want) {
		t.Errorf("batches of %v messages, want %v", sizes, want)
	}
}

func TestQueueKeepsOneBlockOnlyForAnEventThatIsStuck(t *testing.T) {
	t.Parallel()
	in, q := testQueue(wideLimits)
	for n := range 20_000 {
		if _, err := in.add(numbered(n)); err != nil {
			t.Fatal(err)
		}
		if n%10 == 9 {
			batch, _ := q.peek(nil, 100)
			if number(t, batch[0]) != 0 {
				t.Fatalf("the first message is %d, want the stuck one", number(t, batch[0]))
			}
			verdicts := slices.Repeat([]Verdict{{Outcome: Delivered}}, len(batch))
			verdicts[0].Outcome = Retry
			_ = q.resolve(verdicts)
		}
	}
	blocks := 0
	for b := q.blocks.head; b != nil; b = b.next {
		blocks++
	}
	if blocks > 2 {
		t.Errorf("%d blocks for one event", blocks)
	}
}

func TestQueueReturnsMemoryAfterABurst(t *testing.T) {
	t.Parallel()
	in, q := testQueue(wideLimits)
	for n := range 50_000 {
		_, _ = in.add(numbered(n))
	}
	for q.waiting().events > 0 {
		batch, _ := q.peek(nil, 100)
		_ = q.resolve(slices.Repeat([]Verdict{{Outcome: Delivered}}, len(batch)))
	}
	if q.blocks.head != nil || q.blocks.tail != nil || q.bytes != 0 {
		t.Errorf("an empty queue keeps %d bytes in %+v", q.bytes, q.blocks.head)
	}
}

// TestIntakeAddsUpUnderConcurrency takes snapshots while events come and go.
func TestIntakeAddsUpUnderConcurrency(t *testing.T) {
	t.Parallel()
	in, posthog := testQueue(queueLimits{events: 200, bytes: 1 << 20, batchEvents: 20, batchBytes: 1 << 20})
	audit := newQueue(in, auditBit, queueLimits{events: 50, bytes: 1 << 20, batchEvents: 20, batchBytes: 1 << 20}, nil)
	in.addQueue(audit)
	var producers, consumers sync.WaitGroup
	stop := make(chan struct{})
	for i := range 8 {
		producers.Go(func() {
			r := testRecord("event", 200)
			r.lanes[0].destinations = []destinations{postHogBit, auditBit, allDestinations, logBit}[i%4]
			for range 5000 {
				_, _ = in.add(r)
			}
		})
	}
	for _, q := range in.queues {
		consumers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				batch, _ := q.peek(nil, 20)
				verdicts := make([]Verdict, len(batch))
				for i := range verdicts {
					verdicts[i] = Verdict{Outcome: Outcome(rand.IntN(3)), Reason: "test"}
				}
				_ = q.resolve(verdicts)
				checkInvariant(t, in.stats())
			}
		})
	}
	producers.Wait()
	close(stop)
	consumers.Wait()
	s := in.stats()
	checkInvariant(t, s)
	if s.Accepted+s.Rejected.Total() != 8*5000 {
		t.Errorf("accepted %d and rejected %v, want 40000 in all", s.Accepted, s.Rejected)
	}
	if posthog.dropped[reasonDestination] == 0 || audit.dropped[reasonDestination] == 0 {
		t.Errorf("nothing was kept from a destination: %v, %v", posthog.dropped, audit.dropped)
	}
}

func TestQueueFull(t *testing.T) {
	t.Parallel()
	in, first := testQueue(queueLimits{events: 1, bytes: 1 << 20, batchEvents: 1, batchBytes: 1 << 20})
	second := newQueue(in, auditBit, queueLimits{events: 2, bytes: 1 << 20, batchEvents: 2, batchBytes: 1 << 20}, nil)
	in.addQueue(second)
	both, logOnly := numbered(1), numbered(2)
	logOnly.lanes[0].destinations = logBit
	for i, want := range []error{nil, nil, ErrQueueFull} {
		if _, err := in.add(both); !errors.Is(err, want) {
			t.Errorf("event %d: %v, want %v", i, err, want)
		}
	}
	if _, err := in.add(logOnly); err != nil {
		t.Errorf("an event for no sink: %v", err)
	}
	s := in.stats()
	checkInvariant(t, s)
	if s.Accepted != 3 || s.Rejected[reasonQueueFull] != 1 || first.dropped[reasonQueueFull] != 1 || second.dropped[reasonQueueFull] != 0 {
		t.Errorf("stats %+v", s)
	}
}

// TestQueueWakesTheSenderOnlyWhenABatchMayBeDue counts the signals that callers pay for.
func TestQueueWakesTheSenderOnlyWhenABatchMayBeDue(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		queued       int // small events that the sender finds before it waits; below 0 it does not wait
		events, size int
		signals      int
	}{
		"sender is busy":         {-1, 100, 10, 0},
		"first event":            {0, 1, 10, 1},
		"first and more":         {0, 100, 10, 1},
		"no batch yet":           {1, 18, 10, 0},
		"batch":                  {1, 19, 10, 1},
		"batch and more":         {19, 100, 10, 1},
		"batch was there before": {20, 100, 10, 0},
		"no batch in bytes yet":  {1, 2, 10_000, 0},
		"batch in bytes":         {1, 3, 10_000, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in, q := testQueue(queueLimits{events: 1000, bytes: 1 << 20, batchEvents: 20, batchBytes: 30_000})
			wake := make(chan struct{}, 1)
			q.wake = wake
			for range test.queued {
				_, _ = in.add(testRecord("event", 10))
			}
			if test.queued >= 0 {
				q.waiting()
			}
			signals := 0
			for range test.events {
				_, _ = in.add(testRecord("event", test.size))
				for range len(wake) {
					<-wake
					signals++
				}
			}
			if signals != test.signals {
				t.Errorf("%d signals, want %d", signals, test.signals)
			}
		})
	}
}
