package faults

import (
	"context"
	"encoding/binary"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/eventgen/eventgen/runtime"
	"github.com/eventgen/eventgen/spool"
)

// fault reports whether the long versions are asked for.
func fault() bool { return os.Getenv("EVENTGEN_FAULT") == "1" }

// service is a client with a durable queue and the one event that it tracks.
type service struct {
	*runtime.Client
	event *runtime.Event
}

// roomy are options for a spool that takes what the disk of the test has.
func roomy(o spool.Options) spool.Options {
	o.MinFree, o.MinFreePercent = -1, -1
	return o
}

// open starts a service over the spool in a folder.
func open(t testing.TB, dir string, options spool.Options, cfg runtime.Config, sink runtime.Sink) *service {
	t.Helper()
	queue, err := spool.Open(dir, options)
	if err != nil {
		t.Fatal(err)
	}
	event := &runtime.Event{Name: "numbered", Object: runtime.Object{Properties: []runtime.Property{
		{Name: "n", Required: true, Value: runtime.Value{Type: runtime.Integer}},
		{Name: "text", Required: true, Value: runtime.Value{Type: runtime.String}},
	}}}
	reg := &runtime.Registry{Package: "events", Events: []*runtime.Event{event}}
	client, err := runtime.New(reg, cfg, runtime.WithSpool(queue), runtime.WithSink(runtime.PostHog, sink))
	if err != nil {
		t.Fatal(err)
	}
	return &service{client, event}
}

// track does what a generated Track function does. Everything about an event follows from its number, the uuid included.
func (s *service) track(ctx context.Context, n int) error {
	opts := [...]runtime.EventOption{runtime.WithUUID(uuidOf(n))}
	w := s.Begin(ctx, s.event, "user_1", opts[:])
	w.Integer(int64(n))
	w.String(textOf(n))
	return w.Commit()
}

// uuidOf returns a valid uuid, of version 7.
func uuidOf(n int) (id runtime.UUID) {
	binary.BigEndian.PutUint64(id[:], uint64(n)<<16)
	id[6], id[8] = 0x70, 0x80
	return id
}

// textOf is some text of a length of its own.
func textOf(n int) string { return strings.Repeat("é\"<\n", 1+n%7) }

// stop closes the client and expects its sums to add up. What is left stays in the spool.
func (s *service) stop(t testing.TB, patience time.Duration) runtime.SinkStats {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := s.Close(ctx); err != nil {
		t.Errorf("close: %v", err)
	}
	return s.sums(t)
}

// sums returns the statistics of the one sink, and expects them to add up.
func (s *service) sums(t testing.TB) runtime.SinkStats {
	t.Helper()
	stats := s.Stats()
	sink := stats.Sinks[0]
	if sink.Total() != stats.Accepted+sink.Recovered {
		t.Errorf("%d of %d + %d events are accounted for: %+v", sink.Total(), stats.Accepted, sink.Recovered, sink)
	}
	return sink
}
