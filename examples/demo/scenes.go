package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/eventgen/eventgen/eventstest"
	"github.com/eventgen/eventgen/generated/events"
)

// The people and things of the demo.
var (
	ada = user{id: "user_ada", name: "Ada Example", email: "ada@example.com", ip: "203.0.113.77", method: events.UserSignedUpMethodGoogle}
	ben = user{id: "user_ben", name: "Ben Muster", email: "ben@example.org", ip: "198.51.100.23", method: events.UserSignedUpMethodPassword}

	first  = payment{id: "0197c0de-0001-7000-8000-000000000001", amount: 11900}
	second = payment{id: "0197c0de-0002-7000-8000-000000000002", amount: 4900}
)

const (
	acme         = "org_acme"
	agent        = "0197c0de-0003-7000-8000-000000000003"
	announcement = "0197c0de-0004-7000-8000-000000000004"
	refund       = "0197c0de-0005-7000-8000-000000000005"
)

// introduce says where things are and what the client makes of its environment.
func (d *demo) introduce(env variables) {
	fmt.Fprintln(d.out, "A service tracks events; a PostHog stand-in on this machine receives them.")
	d.heading("1. A client from the environment")
	for _, line := range env.lines() {
		d.say("%s", line)
	}
	d.pause()
	d.sayLog()
}

// everyday is a morning in the life of the service.
func (d *demo) everyday(ctx context.Context) error {
	d.service.signUp(ctx, ada)
	d.service.foundCompany(ctx, acme)
	if err := d.service.startTrial(ctx, ada, acme, 14); err != nil {
		return err
	}
	d.service.publishAgent(ctx, ada, acme, agent)
	d.service.announce(ctx, ada, acme, announcement)
	d.service.request(ctx, ada, events.APIRequest{
		RequestID: "req-1", Method: http.MethodPost, Path: "/agents/{id}/publish",
		StatusCode: http.StatusOK, Result: events.APIRequestResultSuccess, DurationMs: 41.5,
	})
	d.service.startPayment(ctx, ada, first)
	d.service.failPayment(ctx, ada, first, "card_declined")
	d.service.startPayment(ctx, ada, second)
	d.service.completePayment(ctx, ada, second)
	d.service.refundPayment(ctx, ada, second, refund)
	d.service.buy(ctx, ada, acme)
	if err := d.client.Flush(ctx); err != nil {
		return err
	}
	d.heading("2. Everyday traffic")
	d.say("Personal data is redacted before it is queued, as events.yaml says: e-mail addresses and accounts are hashed with")
	d.say("a key, names are dropped, IP addresses are cut. What PostHog's library adds to every event is left out below.")
	d.pause()
	return d.showEvents(full)
}

// mistake tracks an event that breaks the rules of the registry.
func (d *demo) mistake(ctx context.Context) error {
	err := d.service.startTrial(ctx, ben, acme, 400)
	if err == nil {
		return errors.New("an invalid event was accepted")
	}
	call := d.calls.last()
	d.heading("3. A mistake")
	d.say("%s", calledTitle(call))
	d.say("  %s", strings.Join(calledProperties(call.Value), ", "))
	d.say("returns: %v", err)
	d.pause()
	d.say("The event is refused, counted and logged; the service goes on. A misspelled event or property does not compile.")
	d.pause()
	d.sayLog()
	return nil
}

// outage tracks while PostHog is down. The first refusal asks for a second of rest.
func (d *demo) outage(ctx context.Context) error {
	before, from := d.posthog.Counts(), time.Now()
	down := eventstest.Reply{Status: http.StatusServiceUnavailable}
	rest := eventstest.Reply{Status: http.StatusServiceUnavailable, RetryAfter: "1"}
	d.posthog.Script(rest, down, down)
	d.service.signUp(ctx, ben)
	d.service.startPayment(ctx, ben, first)
	d.service.completePayment(ctx, ben, first)
	d.service.request(ctx, ben, events.APIRequest{
		RequestID: "req-2", Method: http.MethodGet, Path: "/announcements",
		StatusCode: http.StatusBadGateway, Result: events.APIRequestResultFailure, DurationMs: 1003,
	})
	d.heading("4. PostHog is down")
	if err := d.posthog.WaitRequests(ctx, before.Requests+1); err != nil {
		return err
	}
	queued := d.sink().Queued
	d.say("It answers 503, first with Retry-After: 1. The service does not notice; its events wait: %d queued.", queued)
	if err := d.posthog.Wait(ctx, before.Unique+queued); err != nil {
		return err
	}
	d.say("After %s and %d failed requests PostHog is back and gets them all.", time.Since(from).Round(time.Second), failures)
	d.pause()
	d.sayLog()
	d.pause()
	return d.showEvents(brief)
}

// failures is how many requests fail during the outage.
const failures = 3

// shutdown tracks one last event and closes the client.
func (d *demo) shutdown(context.Context) error {
	d.service.buy(context.Background(), ben, acme)
	d.heading("5. Shutdown")
	d.say("client.Close(ctx) stops the intake and sends what is queued.")
	d.pause()
	if err := d.close(3 * time.Second); err != nil {
		return err
	}
	d.sayLog()
	d.pause()
	return d.showEvents(brief)
}
