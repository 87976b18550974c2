// Package delivery compares how events M get from the caller to an HTTP server on this machine, all the way: the clock runs
// until the last event of a run was answered for. TestOverhead gates the targets.
//
// The server reads each body, counts its events and answers as PostHog does; it runs in the same process, and what it costs is
// in everybody's CPU time. One goroutine tracks. Nothing is compressed, and nothing may be lost: a contender whose events did
// not all arrive fails the comparison.
//
// Ours validates and redacts, repeats what failed and keeps a batch until it was answered for. posthog-go gets the values
// that redaction would make, and sends several batches at a time, where ours sends one after the other to keep their order.
package delivery

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/eventgen/eventgen/bench/measure"
	"github.com/eventgen/eventgen/bench/workload"
	"github.com/eventgen/eventgen/runtime"
	"github.com/eventgen/eventgen/sink/posthogsink"
)

const (
	viaDirect = "eventgen, direct"
	viaSDK    = "eventgen, sdk (the default)"
	plain     = "posthog-go"
	floor     = "floor: loopback POST of the same body"
)

// Comparisons returns one for each size of batches: that of our default, and two others.
func Comparisons() []measure.Comparison {
	return []measure.Comparison{comparison(20), comparison(100), comparison(250)}
}

func comparison(batch int) measure.Comparison {
	c := measure.Comparison{
		Name: fmt.Sprintf("delivery, event M, batches of %d", batch), Weight: 4, Unit: "event", Floor: []string{floor},
		Cases: []measure.Case{
			{Name: viaDirect, Open: ours(posthogsink.Direct, batch)},
			{Name: viaSDK, Open: ours(posthogsink.SDK, batch)},
			{Name: plain, Open: rival(batch)},
			{Name: floor, Open: bare(batch)},
		},
	}
	if limit, ok := map[int]float64{100: 8, 250: 10}[batch]; ok {
		at := fmt.Sprintf(" at %d", batch)
		c.Targets = []measure.Target{
			{What: "posthog-go / direct" + at, Of: []string{plain}, Over: []string{viaDirect}, Limit: limit, AtLeast: true},
			{
				What: "CPU of posthog-go / CPU of direct" + at, Metric: measure.CPU, Of: []string{plain}, Over: []string{viaDirect},
				Limit: 8, AtLeast: true,
			},
			{What: "posthog-go / sdk" + at, Of: []string{plain}, Over: []string{viaSDK}, Limit: 0.9, AtLeast: true},
		}
	}
	return c
}

// m is the event that all deliver.
func m() workload.Kind { return workload.Kinds()[1] }

func ours(transport posthogsink.Transport, batch int) func() (*measure.Run, error) {
	return func() (*measure.Run, error) {
		s := newServer()
		sink, err := posthogsink.New(posthogsink.Config{APIKey: "phc_benchmark", Host: s.URL, Transport: transport, BatchSize: batch})
		if err != nil {
			return nil, err
		}
		reg, _ := workload.Registries()
		client, err := runtime.New(reg, runtime.Config{BatchSize: batch}, runtime.WithSink(runtime.PostHog, sink))
		if err != nil {
			return nil, err
		}
		ctx, track, tracked := context.Background(), m().Track, 0
		return &measure.Run{
			Do: func(n int) error {
				for range n {
					if err := workload.Until(runtime.ErrQueueFull, func() error { return track(ctx, client) }); err != nil {
						return err
					}
				}
				tracked += n
				return client.Flush(ctx)
			},
			Note: func() string {
				note, _ := workload.Delivered(client) // Close reports the error
				return note
			},
			Close: func() error {
				err := client.Close(ctx)
				_, lost := workload.Delivered(client)
				return errors.Join(err, lost, s.close(tracked))
			},
		}, nil
	}
}

func rival(batch int) func() (*measure.Run, error) {
	return func() (*measure.Run, error) {
		s := newServer()
		client, err := workload.NewPostHog(s.URL, batch, nil)
		if err != nil {
			return nil, err
		}
		event, tracked := m(), 0
		return &measure.Run{
			Do: func(n int) error {
				for range n {
					if err := client.Track(event.Event, event.Cleaned()); err != nil {
						return err
					}
				}
				tracked += n
				return client.Flush()
			},
			Note:  client.Note,
			Close: func() error { return errors.Join(client.Close(), s.close(tracked)) },
		}, nil
	}
}

// bare posts a body of direct's again and again, one after the other: what is left of delivery when there is nothing to do.
func bare(batch int) func() (*measure.Run, error) {
	return func() (*measure.Run, error) {
		body, err := sample(batch)
		if err != nil {
			return nil, err
		}
		s, transport := newServer(), &http.Transport{}
		tracked := 0
		return &measure.Run{
			Do: func(n int) error {
				for range (n + batch - 1) / batch {
					if err := post(transport, s.URL, body); err != nil {
						return err
					}
					tracked += batch
				}
				return nil
			},
			Note: func() string { return fmt.Sprintf("%d bytes an event", len(body)/batch) },
			Close: func() error {
				transport.CloseIdleConnections()
				return s.close(tracked)
			},
		}, nil
	}
}
