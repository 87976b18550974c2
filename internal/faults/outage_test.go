package faults

import (
	"context"
	"encoding/json"
	"errors"
	goruntime "runtime"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/eventgen/eventgen/runtime"
	"github.com/eventgen/eventgen/spool"
)

// receiver is a sink in this process that can be down. It knows the events by number and expects each of them once.
type receiver struct {
	t        testing.TB
	down     atomic.Bool
	failed   int // requests
	served   int // requests
	got      []bool
	received int
}

var errDown = errors.New("down")

func (r *receiver) Name() string { return "posthog" }

func (r *receiver) Send(_ context.Context, b runtime.Batch) ([]runtime.Verdict, error) {
	if r.down.Load() {
		r.failed++
		return nil, &runtime.SendError{Reason: "network", Err: errDown}
	}
	r.served++
	for i := range b.Messages {
		r.take(&b.Messages[i])
	}
	return nil, nil
}

// take checks one event.
func (r *receiver) take(m *runtime.Message) {
	var p struct {
		N    int    `json:"n"`
		Text string `json:"text"`
	}
	if err := json.Unmarshal(m.Properties, &p); err != nil || p.N < 0 || p.N >= len(r.got) {
		r.t.Errorf("not tracked like this: %s, %v", m.Properties, err)
		return
	}
	if m.UUID != uuidOf(p.N) || p.Text != textOf(p.N) || r.got[p.N] {
		r.t.Errorf("event %d: twice, or not what was tracked: %s, %s", p.N, m.UUID, m.Properties)
	}
	r.got[p.N] = true
	r.received++
}

func (r *receiver) Close(context.Context) error { return nil }

// TestOutage lets PostHog be away for 24 hours of virtual time while a service goes on tracking, every minute a burst. Neither the
// memory nor the number of attempts grows with what waits. Then everything is delivered, once. It is not parallel: it measures
// the heap. With -short it is four hours.
func TestOutage(t *testing.T) {
	minutes, perMinute := 24*60, 20
	switch {
	case fault():
		perMinute = 600
	case testing.Short():
		minutes = 4 * 60
	}
	dir := t.TempDir()
	begun := time.Now()
	synctest.Test(t, func(t *testing.T) { outage(t, dir, minutes, perMinute) })
	t.Logf("took %v", time.Since(begun))
}

func outage(t *testing.T, dir string, minutes, perMinute int) {
	sink := &receiver{t: t, got: make([]bool, minutes*perMinute)}
	sink.down.Store(true)
	cfg := runtime.Config{BatchSize: 100}
	s := open(t, dir, roomy(spool.Options{SegmentBytes: 1 << 20}), cfg, sink)
	var first, highest uint64
	for minute := range minutes {
		for i := range perMinute {
			if err := s.track(t.Context(), minute*perMinute+i); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(time.Minute)
		if minute%60 == 59 {
			size := heap()
			if first == 0 {
				first = size
			}
			highest = max(highest, size)
		}
	}
	synctest.Wait()
	if stats := s.sums(t); stats.Queued != len(sink.got) || stats.OldestAge < time.Duration(minutes)*time.Minute {
		t.Errorf("after the outage: %+v", stats)
	}
	// The wait between attempts is a random part of 30 seconds: four a minute are to be expected.
	if mostAttempts := 5 * minutes; sink.failed > mostAttempts || sink.failed < mostAttempts/2 {
		t.Errorf("%d attempts in %d minutes", sink.failed, minutes)
	}
	const mostGrowth = 2 << 20
	if highest > first+mostGrowth {
		t.Errorf("the heap grew from %d to %d KiB with the outage", first>>10, highest>>10)
	}
	waiting := s.Stats().Spool.Bytes

	sink.down.Store(false)
	healed := time.Now()
	if err := s.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	drained := time.Since(healed)
	if most := len(sink.got)/100 + 10; sink.served > most {
		t.Errorf("%d requests for %d events", sink.served, len(sink.got))
	}
	if stats := s.stop(t, time.Minute); sink.received != len(sink.got) || stats.Delivered != uint64(len(sink.got)) {
		t.Errorf("%d of %d events arrived: %+v", sink.received, len(sink.got), stats)
	}
	t.Logf("%d events, %d MiB on disk, heap %d to %d KiB, %d attempts while down, %d requests to deliver, in %v",
		len(sink.got), waiting>>20, first>>10, highest>>10, sink.failed, sink.served, drained)
}

// heap returns the bytes in use after a collection.
func heap() uint64 {
	goruntime.GC()
	var m goruntime.MemStats
	goruntime.ReadMemStats(&m)
	return m.HeapAlloc
}
