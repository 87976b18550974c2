// Command demo shows eventgen at work: a small service tracks the events of the reference registry, a PostHog stand-in on
// this machine receives them, and the command prints side by side what was called and what arrived. Then the service stops
// and starts again while PostHog is down, and serves HTTP with every request audited, in PostHog and in an SQLite table.
//
// It ends by itself within seconds and leaves no file. The exit code is 1 when anything is not as it should be: an event that
// was lost or changed on the way, a counter that does not add up, a request that is not in the audit table once and as it was,
// or personal data that went where the policy in events.yaml does not let it.
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
const patience = 15 * time.Second

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

// run plays the demo on a stand-in and in a folder of its own.
func run(ctx context.Context, out io.Writer) (err error) {
	posthog, err := eventstest.Start(eventstest.WithProjectKey(projectKey))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, posthog.Close()) }()
	folder, err := os.MkdirTemp("", "eventgen-demo-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	d := &demo{out: out, posthog: posthog, folder: folder}
	if err := d.start(); err != nil {
		return err
	}
	return d.play(ctx)
}

// demo is one run of the demo.
type demo struct {
	out     io.Writer
	posthog *eventstest.Server
	folder  string
	client  *runtime.Client
	service service
	calls   notebook
	log     logbook
	shown   int // how many calls were printed
	trail   trail
}

// start opens the client as a service does when it starts.
func (d *demo) start() error {
	env := environment(d.posthog.URL())
	err := d.open(env)
	d.introduce(env)
	return err
}

// open opens the client. The environment is a map here; a service passes os.LookupEnv. The recorder is the demo's own: it
// notes what is called.
func (d *demo) open(env variables) error {
	client, err := posthogsink.Open(env.lookup, events.Registry(),
		runtime.WithLogger(d.log.logger()), runtime.WithRecorder(d.calls.add))
	if err != nil {
		return err
	}
	d.client, d.service = client, service{events: client}
	return nil
}

// play goes through the scenes, most of which judge what came of them.
func (d *demo) play(ctx context.Context) error {
	for _, scene := range []func(context.Context) error{
		d.everyday, d.mistake, d.outage, d.shutdown, d.conclude, d.restart, d.audited, d.answers,
	} {
		if err := scene(ctx); err != nil {
			return errors.Join(err, d.client.Close(ctx))
		}
	}
	return nil
}
