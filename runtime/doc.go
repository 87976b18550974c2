// Package runtime is what generated event packages run on: it validates, redacts, queues and delivers events.
//
// # Usage
//
// Programs get a [Client] from posthogsink.Open, or make one with [New], and give it to the functions of a generated
// package:
//
//	client, err := runtime.New(events.Registry(), runtime.Config{}, runtime.WithSink(runtime.PostHog, sink))
//	…
//	err = events.TrackAnnouncementPublished(ctx, client, "user_123", events.AnnouncementPublished{…})
//
// Optional and nullable properties are an [Opt]: unset, [Null] or [Some]; [Int] and [Float] spare a conversion. What varies
// from call to call without being a property is an [EventOption].
//
// Symbols whose comment says that they exist for generated code are not meant to be called by hand.
//
// # Errors
//
// A Track function returns nil when the event was accepted, else a [*ValidationError], [ErrDistinctID], [ErrTooLarge],
// [ErrQueueFull], [ErrClosed] or [ErrNilClient]. Errors never hold the value of a property. All may be ignored: each is
// counted in [Stats] and logged, once a minute per event and reason. Nothing panics.
//
// # Delivery guarantees
//
// An accepted event is on its way to each sink, independently of the other sinks, and is delivered at least once unless the
// process ends: the queue is in memory. Its uuid and time stamp are fixed when it is accepted and are the same at each
// attempt. At any time, accepted = delivered + dead-lettered + dropped + queued, for each sink. Events of one goroutine
// arrive in order, except across retries.
//
// # Concurrency
//
// Everything is safe for concurrent use unless its comment says otherwise. A client has one goroutine for each sink; it ends
// with [Client.Close]. A Track function waits for no network and no other goroutine beyond a short lock. Contexts carry
// values only: a cancelled one does not keep an event from being accepted.
//
// # Shutdown
//
// [Client.Close] stops the intake, delivers what is queued until its context ends, and reports what was lost. Give it a
// context of its own: that of a request or of a signal has ended by then. [Client.Flush] waits for delivery without
// stopping.
//
// # Testing
//
// Package eventstest has a client that records, and a stand-in for PostHog.
package runtime

import "github.com/eventgen/eventgen/redact"

// The destinations of [WithSink], which select the policy by which events are redacted.
const (
	PostHog = redact.PostHog
	Audit   = redact.Audit
	Log     = redact.Log
)

// SupportsGenerated1 is referred to by generated code, so that a runtime which is too old for it does not compile. It stays
// as long as the runtime supports code of that form.
const SupportsGenerated1 = true
