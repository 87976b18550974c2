package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"time"

	"github.com/eventgen/eventgen/eventstest"
	"github.com/eventgen/eventgen/runtime"
)

// restart stops the service while PostHog is down, and starts it again when it is back.
func (d *demo) restart(ctx context.Context) error {
	before, calls, spool := d.posthog.Counts(), len(d.calls.accepted()), filepath.Join(d.folder, "spool")
	env := environment(d.posthog.URL())
	env["EVENTS_SPOOL_DIR"] = spool
	d.posthog.Handle(func(eventstest.Request) eventstest.Reply {
		return eventstest.Reply{Status: http.StatusServiceUnavailable}
	})
	if err := d.open(env); err != nil {
		return err
	}
	d.service.signUp(ctx, ada)
	d.service.buy(ctx, ada, acme)
	if err := errors.Join(d.posthog.WaitRequests(ctx, before.Requests+1), d.close(500*time.Millisecond)); err != nil {
		return err
	}
	kept := d.sink()
	d.heading("7. A durable queue")
	d.say("With EVENTS_SPOOL_DIR events are queued on disk. PostHog is down, and the service stops: Close gives up at its deadline,")
	d.say("and %d events stay, redacted. PostHog is back, and the service starts again.", kept.Queued)
	d.pause()
	if err := checkFolder(spool, personal); err != nil {
		return err
	}
	d.posthog.Handle(nil)
	if err := d.open(env); err != nil {
		return err
	}
	if err := errors.Join(d.posthog.Wait(ctx, before.Unique+kept.Queued), d.close(3*time.Second)); err != nil {
		return err
	}
	d.sayLog()
	d.pause()
	if err := d.showEvents(brief); err != nil {
		return err
	}
	accepted := d.calls.accepted()[calls:]
	return errors.Join(checkRestart(len(accepted), kept, d.sink()), checkDelivery(accepted, d.posthog.Unique()[before.Unique:]))
}

// close closes the client with a context of its own: that of a request or a signal has ended by the time a service stops.
func (d *demo) close(within time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	return d.client.Close(ctx)
}

// checkRestart judges the counters of the two processes: the first has kept what it accepted, the second has delivered it.
func checkRestart(accepted int, kept, after runtime.SinkStats) error {
	if kept.Queued != accepted || kept.Delivered != 0 {
		return fmt.Errorf("accepted %d, kept %d, delivered %d while PostHog was down", accepted, kept.Queued, kept.Delivered)
	}
	if after.Recovered != uint64(accepted) || after.Delivered != after.Recovered || after.Queued != 0 {
		return fmt.Errorf("kept %d, recovered %d, delivered %d, still queued %d",
			accepted, after.Recovered, after.Delivered, after.Queued)
	}
	return nil
}
