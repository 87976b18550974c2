// Package track compares what an event costs its caller: a generated Track function with a memory queue, a line of a
// structured log with the same redacted fields, and posthog-go's Enqueue. TestOverhead gates the targets.
//
// A logger only formats. Ours also validates, redacts, makes a UUIDv7 and hands the event over to be delivered, which goes on
// beside the caller. posthog-go marshals on the caller's goroutine and has no redaction and no validation of properties.
package track

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/eventgen/eventgen/bench/measure"
	"github.com/eventgen/eventgen/bench/workload"
	"github.com/eventgen/eventgen/runtime"
)

// Names of cases that targets refer to.
const (
	ours      = "eventgen Track"
	withHMAC  = " + bare HMAC"
	bareHMAC  = "floor: bare HMAC of the same field"
	floorCopy = "floor: copy and escape scan of the same bytes"
)

// Comparisons returns one comparison each for S, M and L.
func Comparisons() []measure.Comparison {
	var all []measure.Comparison
	for _, k := range workload.Kinds() {
		all = append(all, comparison(k))
	}
	return all
}

func comparison(k workload.Kind) measure.Comparison {
	rival := "zerolog"
	floor := []string{floorCopy}
	if k.Hashes {
		rival += withHMAC
		floor = append(floor, bareHMAC)
	}
	c := measure.Comparison{Name: "Track, event " + k.Name, Floor: floor, Cases: []measure.Case{{Name: ours, Open: track(k)}}}
	for _, l := range loggers() {
		c.Cases = append(c.Cases, logging(l, k))
	}
	c.Cases = append(c.Cases,
		measure.Case{Name: "posthog-go Enqueue", Open: enqueue(k)},
		measure.Case{Name: floorCopy, Open: copyAndScan(k)},
	)
	if k.Hashes {
		c.Cases = append(c.Cases, measure.Case{Name: bareHMAC, Open: hmacAlone})
	}
	c.Targets = []measure.Target{{
		// Rounded as go test -benchmem does: what remains is the batch's, one string for all its distinct_ids and the timer.
		// A test in generated/events asks for exactly 0 a call.
		What: "allocations of Track, event " + k.Name, Metric: measure.Allocs, Of: []string{ours}, Limit: 0.5,
	}}
	if k.Name != "L" {
		c.Targets = append(c.Targets, measure.Target{
			What: fmt.Sprintf("Track, event %s / %s", k.Name, rival), Of: []string{ours}, Over: []string{rival},
			Limit: 1.25,
		})
	}
	return c
}

// track is our side, with a queue in memory. The sink takes everything at once, and a caller who finds the queue full waits.
func track(k workload.Kind) func() (*measure.Run, error) {
	return func() (*measure.Run, error) {
		client, err := newClient()
		if err != nil {
			return nil, err
		}
		ctx := context.Background()
		return tracking(client, func(n int) error {
			for range n {
				if err := workload.Until(runtime.ErrQueueFull, func() error { return k.Track(ctx, client) }); err != nil {
					return err
				}
			}
			return nil
		}), nil
	}
}

func newClient(opts ...runtime.Option) (*runtime.Client, error) {
	return newClientWith(runtime.Config{BatchSize: 250}, opts...)
}

func newClientWith(cfg runtime.Config, opts ...runtime.Option) (*runtime.Client, error) {
	reg, large := workload.Registries()
	return runtime.New(reg, cfg, append(opts, large, runtime.WithSink(runtime.PostHog, workload.Discard{}))...)
}

// tracking is a run of a client, which ends with all events delivered.
func tracking(client *runtime.Client, do func(n int) error) *measure.Run {
	ctx := context.Background()
	return &measure.Run{
		Do:     do,
		Settle: func() error { return client.Flush(ctx) },
		Note: func() string {
			note, _ := workload.Delivered(client) // Close reports the error
			return note
		},
		Close: func() error {
			err := client.Close(ctx)
			_, lost := workload.Delivered(client)
			return errors.Join(err, lost)
		},
	}
}

func logging(l logger, k workload.Kind) measure.Case {
	c := measure.Case{Name: l.name}
	if k.Hashes {
		c.Name += withHMAC
	}
	c.Open = func() (*measure.Run, error) {
		write, mac := l.write(k.Name), workload.NewHMAC()
		return loop(func() {
			if k.Hashes {
				mac.Sum()
			}
			write()
		}), nil
	}
	return c
}

func hmacAlone() (*measure.Run, error) {
	mac := workload.NewHMAC()
	return loop(func() { mac.Sum() }), nil
}

// copyAndScan is the least that encoding can cost: the bytes on the wire are copied, and looked through, eight at a time, for
// what JSON escapes.
func copyAndScan(k workload.Kind) func() (*measure.Run, error) {
	return func() (*measure.Run, error) {
		wire, err := encoded(k)
		if err != nil {
			return nil, err
		}
		buffer, found := make([]byte, 0, len(wire)), uint64(0)
		run := loop(func() {
			buffer = append(buffer[:0], wire...)
			found += escapes(buffer)
		})
		run.Note = func() string { return fmt.Sprintf("%d bytes", len(wire)) }
		return run, nil
	}
}

// escapes returns a number that depends on whether there is a control character, a quote or a backslash in b. It is the
// usual trick for zero bytes in a word, and may be wrong about bytes beyond ASCII, which the workloads do not have.
func escapes(b []byte) (found uint64) {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	for ; len(b) >= 8; b = b[8:] {
		word := binary.LittleEndian.Uint64(b)
		quote, backslash := word^ones*'"', word^ones*'\\'
		found += ((word - ones*0x20) | (quote - ones) | (backslash - ones)) & ^word & highs
	}
	return found
}

// encoded returns the properties of an event as a sink gets them.
func encoded(k workload.Kind) ([]byte, error) {
	reg, large := workload.Registries()
	var seen keeper
	client, err := runtime.New(reg, runtime.Config{}, large, runtime.WithSink(runtime.PostHog, &seen))
	if err != nil {
		return nil, err
	}
	if err := k.Track(context.Background(), client); err != nil {
		return nil, err
	}
	return seen.properties, client.Close(context.Background())
}

// keeper is a sink that keeps the properties of the last event. They are good to read after Close.
type keeper struct {
	workload.Discard
	properties []byte
}

func (k *keeper) Send(_ context.Context, b runtime.Batch) ([]runtime.Verdict, error) {
	k.properties = bytes.Clone(b.Messages[len(b.Messages)-1].Properties)
	return nil, nil
}

// loop is a run of something that leaves nothing behind.
func loop(do func()) *measure.Run {
	return &measure.Run{Do: func(n int) error {
		for range n {
			do()
		}
		return nil
	}}
}
