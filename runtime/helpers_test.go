package runtime

import (
	"bytes"
	"context"
	"encoding/binary"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/eventgen/eventgen/redact"
)

// scriptSink does what its script says and remembers what it was sent.
type scriptSink struct {
	name   string
	script func(ctx context.Context, b Batch) ([]Verdict, error) // nil takes everything
	close  func(ctx context.Context) error                       // nil does nothing

	mu     sync.Mutex
	calls  []call
	closes int
}

// call is one Send.
type call struct {
	at       time.Time
	attempt  int
	messages []Message
}

func (s *scriptSink) Name() string { return s.name }

func (s *scriptSink) Send(ctx context.Context, b Batch) ([]Verdict, error) {
	s.mu.Lock()
	s.calls = append(s.calls, call{at: time.Now(), attempt: b.Attempt, messages: cloneMessages(b.Messages)})
	s.mu.Unlock()
	if s.script == nil {
		return nil, nil
	}
	return s.script(ctx, b)
}

func (s *scriptSink) Close(ctx context.Context) error {
	s.mu.Lock()
	s.closes++
	s.mu.Unlock()
	if s.close == nil {
		return nil
	}
	return s.close(ctx)
}

// sent returns the calls of Send so far.
func (s *scriptSink) sent() []call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
}

// sizes returns the number of messages of each call.
func (s *scriptSink) sizes() []int {
	var sizes []int
	for _, c := range s.sent() {
		sizes = append(sizes, len(c.messages))
	}
	return sizes
}

func cloneMessages(messages []Message) []Message {
	all := slices.Clone(messages)
	for i := range all {
		all[i].Properties = bytes.Clone(all[i].Properties)
	}
	return all
}

// script returns a sink script that answers with the errors in turn, and takes everything once they are used up.
func script(errs ...error) func(context.Context, Batch) ([]Verdict, error) {
	return func(context.Context, Batch) ([]Verdict, error) {
		if len(errs) == 0 {
			return nil, nil
		}
		err := errs[0]
		errs = errs[1:]
		return nil, err
	}
}

func newTestClient(t testing.TB, cfg Config, opts ...Option) *Client {
	t.Helper()
	c, err := New(&Registry{Package: "test"}, cfg, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// numbered returns an event that carries a number as its uuid, time stamp, distinct_id and property.
func numbered(n int) *record {
	text := binary.BigEndian.AppendUint64(nil, uint64(n))
	r := testRecord("event", 100)
	copy(r.uuid[8:], text)
	r.timestamp = int64(n)
	r.lanes[0].distinctID = text
	return r
}

// number returns the number of a message, and fails the test when its parts do not belong together.
func number(t testing.TB, m Message) int {
	t.Helper()
	n := binary.BigEndian.Uint64(m.UUID[8:])
	if m.Timestamp.UnixMicro() != int64(n) || m.DistinctID != string(m.UUID[8:]) {
		t.Errorf("message %d has time %v and distinct_id %x", n, m.Timestamp, m.DistinctID)
	}
	if want := numbered(0).lanes[0].properties; !bytes.Equal(m.Properties, want) {
		t.Errorf("message %d has properties %s, want %s", n, m.Properties, want)
	}
	return int(n)
}

func numbers(t testing.TB, messages []Message) []int {
	t.Helper()
	var all []int
	for _, m := range messages {
		all = append(all, number(t, m))
	}
	return all
}

// enqueueNumbers accepts the events from first up to, but not including, end.
func enqueueNumbers(t testing.TB, c *Client, first, end int) {
	t.Helper()
	for n := first; n < end; n++ {
		if err := c.enqueue(t.Context(), numbered(n)); err != nil {
			t.Fatal(err)
		}
	}
}

// count returns the numbers from first up to, but not including, end.
func count(first, end int) []int {
	var all []int
	for n := first; n < end; n++ {
		all = append(all, n)
	}
	return all
}

// checkInvariant fails the test when the counters of some sink do not add up.
func checkInvariant(t testing.TB, s Stats) {
	t.Helper()
	for _, sink := range s.Sinks {
		if sink.Total() != s.Accepted+sink.Recovered {
			t.Errorf("sink %s accounts for %d of %d events: %+v", sink.Name, sink.Total(), s.Accepted, sink)
		}
	}
}

// sinkStats returns the statistics of one sink.
func sinkStats(t testing.TB, c *Client, name string) SinkStats {
	t.Helper()
	s := c.Stats()
	checkInvariant(t, s)
	sink, ok := s.Sink(name)
	if !ok {
		t.Fatalf("no statistics for sink %s", name)
	}
	return sink
}

func closeClient(t testing.TB, c *Client) {
	t.Helper()
	if err := c.Close(t.Context()); err != nil {
		t.Errorf("Close: %v", err)
	}
}

const (
	toPostHog = redact.PostHog
	toAudit   = redact.Audit
	toLog     = redact.Log
)
