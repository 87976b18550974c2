package runtime

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/eventgen/eventgen/spool"
)

// BenchmarkStore measures the hand-off of an event of 600 bytes to a spool, while nobody reads and while a sink does.
func BenchmarkStore(b *testing.B) {
	for name, cfg := range storeConfigs {
		b.Run(name, func(b *testing.B) {
			store := storing(b, cfg, storeOption(b))
			b.ReportAllocs()
			for b.Loop() {
				store()
			}
		})
	}
}

var storeConfigs = map[string]Config{
	"unread":  {BatchSize: 1 << 30, QueueSize: 1 << 30, BatchInterval: time.Hour},
	"drained": {BatchSize: 500},
}

// BenchmarkStoreRatio measures the same beside the bare write of the bytes to a file, and beside a queue in memory. All take
// turns, so that they meet the same weather; the medians are what most callers see.
func BenchmarkStoreRatio(b *testing.B) {
	const each = 200
	ways := []func(){
		writing(b),
		storing(b, storeConfigs["drained"]),
		storing(b, storeConfigs["unread"], storeOption(b)),
	}
	times := make([][]time.Duration, len(ways))
	for b.Loop() {
		for i, do := range ways {
			begun := time.Now()
			for range each {
				do()
			}
			times[i] = append(times[i], time.Since(begun))
		}
	}
	medians := make([]float64, len(ways))
	for i := range times {
		slices.Sort(times[i])
		medians[i] = float64(times[i][len(times[i])/2].Nanoseconds()) / each
	}
	b.ReportMetric(medians[0], "write-ns")
	b.ReportMetric(medians[1], "memory-ns")
	b.ReportMetric(medians[2], "spool-ns")
	b.ReportMetric(medians[2]/medians[0], "spool/write")
	b.ReportMetric(medians[2]/medians[1], "spool/memory")
}

func storeOption(b *testing.B) Option {
	return WithSpool(openSpool(b, b.TempDir(), spool.Options{Overflow: spool.DropOldest}))
}

// storing returns a function that accepts an event. One that finds the queue full waits, so that no event is spared.
func storing(b *testing.B, cfg Config, opts ...Option) func() {
	c := newTestClient(b, cfg, append(opts, WithSink(toPostHog, discardSink{"discard"}))...)
	b.Cleanup(func() {
		ctx, cancel := context.WithCancel(context.Background())
		cancel() // what is left stays in the spool
		_ = c.Close(ctx)
	})
	r := testRecord("event", 580)
	return func() {
		for errors.Is(c.enqueue(b.Context(), r), ErrQueueFull) {
			_ = c.Flush(b.Context())
		}
	}
}

// writing returns a function that writes what the spool would, to files of the same size.
func writing(b *testing.B) func() {
	const segment = 16 << 20
	dir, files := b.TempDir(), 0
	frame := make([]byte, 20+36+5+9+19+580)
	var f *os.File
	off := int64(segment)
	return func() {
		if off+int64(len(frame)) > segment {
			next, err := os.Create(filepath.Join(dir, strconv.Itoa(files)))
			if err != nil {
				b.Fatal(err)
			}
			b.Cleanup(func() { _ = next.Close() })
			f, off = next, 0
			files++
		}
		if _, err := f.WriteAt(frame, off); err != nil {
			b.Fatal(err)
		}
		off += int64(len(frame))
	}
}

// openSpool opens a spool in a folder.
func openSpool(t testing.TB, dir string, opts spool.Options) *spool.Spool {
	t.Helper()
	opts.MinFree, opts.MinFreePercent = -1, -1
	s, err := spool.Open(dir, opts)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestTrackOverASpoolDoesNotAllocate tracks as generated code does, while nobody reads. It must not run beside other tests.
func TestTrackOverASpoolDoesNotAllocate(t *testing.T) {
	event := &Event{Name: "stored", Object: Object{Properties: []Property{{Name: "n", Value: Value{Type: Integer}}}}}
	c, err := New(&Registry{Package: "test", Events: []*Event{event}}, Config{BatchSize: 1 << 20, QueueSize: 1 << 20, BatchInterval: time.Hour},
		WithSink(toPostHog, discardSink{"posthog"}), WithSink(toAudit, discardSink{"audit"}),
		WithSpool(openSpool(t, t.TempDir(), spool.Options{})))
	if err != nil {
		t.Fatal(err)
	}
	if n := testing.AllocsPerRun(2000, func() {
		w := c.Begin(t.Context(), event, "user_1", nil)
		w.Integer(42)
		if err := w.Commit(); err != nil {
			t.Fatal(err)
		}
	}); n != 0 && !raceEnabled {
		t.Errorf("%v allocations for an event", n)
	}
	closeClient(t, c)
}
