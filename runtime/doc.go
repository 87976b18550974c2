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
// [ErrQueueFull], [ErrDisk], [ErrClosed] or [ErrNilClient]. Errors never hold the value of a property. All may be ignored: each is
// counted in [Stats] and logged, once a minute per event and reason. Nothing panics.
//
// # Delivery guarantees
//
// An accepted event is on its way to each sink, independently of the other sinks, and is delivered at least once. Its uuid and
// time stamp are fixed when it is accepted and are the same at each attempt. What an event survives depends on where it waits: in
// memory, or, given [WithSpool], on disk.
//
//	                        memory                 spool.Interval             spool.Sync
//	kill -9, panic          queued events lost     nothing lost               nothing lost
//	power cut               queued events lost     ≤ 100 ms lost, counted     nothing lost
//	receiver down           up to the queue size   up to the quota            the same
//	deadline of Close       the rest lost, counted kept for the next start    the same
//	disk full               –                      stated policy, counted     the same
//	disk does not answer    –                      [ErrDisk], counted         the same
//
// At any time, accepted + recovered = delivered + dead-lettered + dropped + queued, for each sink; recovered are the events that
// an earlier process left. What a sink will never take goes to the file of [WithDeadLetters] and to Config.DeadLetter; while
// neither takes it, it stays. Events of one goroutine arrive in order, except across retries and from another process.
//
// # Concurrency
//
// Everything is safe for concurrent use unless its comment says otherwise. A client has one goroutine for each sink, and with a
// spool one that takes over what dead processes left; they end with [Client.Close]. A Track function waits for no network and no
// other goroutine beyond a short lock; with a spool it waits for the disk, within the bounds of spool.Options. Contexts carry
// values only: a cancelled one does not keep an event from being accepted. Its deadline bounds waiting for room under spool.Block.
//
// # Shutdown
//
// [Client.Close] stops the intake, delivers what is queued until its context ends, and reports what was lost; with a spool
// nothing is, and the rest is delivered after the next start. Give it a context of its own: that of a request or of a signal has
// ended by then. It returns within two seconds of its deadline, whatever sinks and disk do. [Client.Flush] waits for delivery
// without stopping.
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
