// Package memory watches the memory of a process that delivers millions of events: it has to stay the same.
package memory

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"time"

	"github.com/eventgen/eventgen/bench/workload"
	"github.com/eventgen/eventgen/redact"
	"github.com/eventgen/eventgen/runtime"
	"github.com/eventgen/eventgen/sink/posthogsink"
	"github.com/eventgen/eventgen/spool"
)

// Report is what was seen once a tenth of the events were through. Sizes are those of the resident set, in bytes.
type Report struct {
	Events    int
	Delivered uint64
	Dropped   uint64
	Took      time.Duration
	Min, Max  int64
	Samples   int
}

// Spread is how far Min and Max are from their middle, as a share of it.
func (r Report) Spread() float64 { return float64(r.Max-r.Min) / float64(r.Max+r.Min) }

// Watch delivers so many events M to a server in this process, by way of a spool in a folder and the direct transport in
// batches of 100, as fast as it goes, and looks at the resident set all along. Use a process of its own: what others left
// behind would be in it.
func Watch(dir string, events int) (Report, error) {
	server := httptest.NewServer(http.HandlerFunc(swallow))
	defer server.Close()
	client, err := open(server.URL, dir)
	if err != nil {
		return Report{}, err
	}
	ctx, m, begun := context.Background(), workload.Kinds()[1], time.Now()
	r := Report{Events: events}
	for i := range events {
		if err := workload.Until(runtime.ErrQueueFull, func() error { return m.Track(ctx, client) }); err != nil {
			return r, err
		}
		if i > events/10 && i%max(1, events/500) == 0 {
			if err := r.look(); err != nil {
				return r, err
			}
		}
	}
	if err := client.Close(ctx); err != nil {
		return r, err
	}
	sink := client.Stats().Sinks[0]
	r.Delivered, r.Dropped, r.Took = sink.Delivered, sink.Dropped.Total(), time.Since(begun)
	_, lost := workload.Delivered(client)
	return r, lost
}

func open(url, dir string) (*runtime.Client, error) {
	sink, err := posthogsink.New(posthogsink.Config{APIKey: "phc_benchmark", Host: url, Transport: posthogsink.Direct})
	if err != nil {
		return nil, err
	}
	queue, err := spool.Open(dir, spool.Options{MinFreePercent: -1})
	if err != nil {
		return nil, err
	}
	reg, _ := workload.Registries()
	client, err := runtime.New(reg, runtime.Config{BatchSize: 100}, runtime.WithSink(redact.PostHog, sink), runtime.WithSpool(queue))
	if err != nil {
		return nil, errors.Join(err, queue.Close(context.Background()))
	}
	return client, nil
}

func swallow(w http.ResponseWriter, r *http.Request) {
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	_, _ = io.WriteString(w, `{"status":1}`) // who is gone tries again
}

// look takes a sample.
func (r *Report) look() error {
	size, err := resident()
	if err != nil {
		return err
	}
	if r.Samples == 0 || size < r.Min {
		r.Min = size
	}
	r.Max = max(r.Max, size)
	r.Samples++
	return nil
}

// resident returns the size of the resident set, which Linux alone tells this way.
func resident() (int64, error) {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0, fmt.Errorf("memory: %w", err)
	}
	var size, pages int64
	if _, err := fmt.Fscan(bytes.NewReader(text), &size, &pages); err != nil {
		return 0, fmt.Errorf("memory: %w", err)
	}
	return pages * int64(os.Getpagesize()), nil
}
