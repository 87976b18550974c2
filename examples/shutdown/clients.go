package main

import (
	"context"
	"errors"
	"sync"

	"github.com/eventgen/eventgen/generated/events"
	"github.com/eventgen/eventgen/runtime"
	"github.com/eventgen/eventgen/sink/posthogsink"
)

// clients are the two that a service has: one for what users do, one for the record of all requests.
type clients struct {
	events, audit *runtime.Client
}

func openClients(lookup func(string) (string, bool)) (*clients, error) {
	product, err := posthogsink.Open(lookup, events.Registry())
	if err != nil {
		return nil, err
	}
	audit, err := posthogsink.OpenAudit(lookup, events.Registry())
	if err != nil {
		return nil, errors.Join(err, (&clients{events: product}).close())
	}
	return &clients{product, audit}, nil
}

// close delivers what is queued, both clients at a time. The context is a fresh one: that of the signal has ended, and Close
// would give up at once.
func (c *clients) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	var eventsErr, auditErr error
	var wg sync.WaitGroup
	wg.Go(func() { eventsErr = c.events.Close(ctx) })
	wg.Go(func() { auditErr = c.audit.Close(ctx) })
	wg.Wait()
	return errors.Join(eventsErr, auditErr)
}
