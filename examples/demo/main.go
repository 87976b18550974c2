// Command demo shows eventgen at work: a small service tracks the events of the reference registry, a PostHog stand-in on
// this machine receives them, and the command prints side by side what was called and what arrived.
//
// It ends by itself within seconds. The exit code is 1 when anything is not as it should be: an event that was lost or
// changed on the way, a counter that does not add up, or personal data that left in the clear.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"

	"github.com/eventgen/eventgen/eventstest"
	"github.com/eventgen/eventgen/generated/events"
	"github.com/eventgen/eventgen/runtime"
	"github.com/eventgen/eventgen/sink/posthogsink"
)

// patience bounds the whole run, should something hang.
const patience = 7 * time.Second

func main() {
	if err := interruptible(os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1) //nolint:forbidigo // this is main
	}
}

func interruptible(out io.Writer) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return run(ctx, out)
}

// run plays the demo on a stand-in of its own.
func run(ctx context.Context, out io.Writer) (err error) {
	posthog, err := eventstest.Start(eventstest.WithProjectKey(projectKey))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, posthog.Close()) }()
	d := &demo{out: out, posthog: posthog}
	if err := d.start(); err != nil {
		return err
	}
	return d.play(ctx)
}

// demo is one run of the demo.
type demo struct {
	out     io.Writer
	posthog *eventstest.Server
	client  *runtime.Client
	service service
	calls   notebook
	log     logbook
	shown   int // how many calls were printed
}

// start opens the client as a service does when it starts. The environment is a map here; a service passes os.LookupEnv. The
// recorder is the demo's own: it notes what is called.
func (d *demo) start() (err error) {
	env := environment(d.posthog.URL())
	d.client, err = posthogsink.Open(env.lookup, events.Registry(),
		runtime.WithLogger(d.log.logger()), runtime.WithRecorder(d.calls.add))
	d.service = service{events: d.client}
	d.introduce(env)
	return err
}

// play goes through the scenes and judges what came of it.
func (d *demo) play(ctx context.Context) error {
	for _, scene := range []func(context.Context) error{d.everyday, d.mistake, d.outage} {
		if err := scene(ctx); err != nil {
			return errors.Join(err, d.client.Close(ctx))
		}
	}
	if err := d.shutdown(); err != nil {
		return err
	}
	return d.conclude()
}
