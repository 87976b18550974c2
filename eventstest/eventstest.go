// Package eventstest is for the tests of code that tracks events: a client that records in memory, and a stand-in for
// PostHog.
//
// # Usage
//
// [New] returns a client for the code under test and a [Recorder]. The code under test tracks as ever; the test then asks
// what was tracked:
//
//	client, rec := eventstest.New(t, events.Registry())
//	shop := NewShop(client)
//	shop.Pay(ctx, order)
//
//	paid := eventstest.One[events.PaymentSucceeded](t, rec)        // typed, as tracked
//	eventstest.Want(t, rec, events.PaymentSucceeded{Amount: 4900}) // there is one like this
//	eventstest.None[events.PaymentFailed](t, rec)
//	leaving := rec.Sent() // as it leaves for PostHog, redacted and encoded
//
// Tracking is synchronous: what the code under test has tracked when it returns is recorded, and there is nothing to wait
// for. The client and its Recorder are safe for concurrent use, and work with t.Parallel and in a bubble of
// testing/synctest.
//
// # Strictness
//
// An event that the client refuses fails the test at once, with what is wrong with it and where it was tracked, because the
// code under test is free to ignore the error. See [Lenient] for tests of exactly that.
//
// # Personal data
//
// Failure texts show classified values as [redacted], whatever the policy, and so all values of events of TrackMap, whose
// types do not tell. They still say that two of them differ.
//
// # The wire
//
// [NewServer] starts a server that answers like PostHog, or misbehaves on demand, for tests of the way there.
package eventstest

import (
	"context"
	"testing"
	"time"

	"github.com/eventgen/eventgen/redact"
	"github.com/eventgen/eventgen/runtime"
)

// RedactKeys is the key with which clients of [New] hash, in the form of EVENTS_REDACT_KEYS. It never changes, so that
// pseudonyms may be written into golden files. It is no secret and must not be used for anything but tests.
const RedactKeys = "test:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

// closeTimeout bounds the Close of a client at the end of its test. It is only ever used up by a sink that hangs.
const closeTimeout = 10 * time.Second

// Option changes what [New] returns. The zero value changes nothing.
type Option struct {
	lenient bool
	client  []runtime.Option
}

// Lenient lets events be refused without failing the test. The caller gets the error as ever; see also [Recorder.Calls].
func Lenient() Option { return Option{lenient: true} }

// With passes options on to the client: a clock, the validator for TrackMap, a second registry, a sink. A recorder is the
// one thing that the client has already.
func With(opts ...runtime.Option) Option { return Option{client: opts} }

// New returns a client that sends nothing, and the recorder of what is tracked with it. The client is closed at the end of
// the test, and an error of that fails the test; closing it earlier is fine.
func New(t testing.TB, reg *runtime.Registry, opts ...Option) (*runtime.Client, *Recorder) {
	t.Helper()
	rec := &Recorder{t: t}
	var options []runtime.Option
	for _, o := range opts {
		rec.lenient = rec.lenient || o.lenient
		options = append(options, o.client...)
	}
	keys, err := redact.ParseKeys(RedactKeys)
	if err != nil {
		t.Fatalf("eventstest: %v", err)
	}
	client, err := runtime.New(reg, runtime.Config{Mode: "test", Keys: keys}, append(options, runtime.WithRecorder(rec.record))...)
	if err != nil {
		t.Fatalf("eventstest: %v", err)
	}
	t.Cleanup(func() {
		rec.end()
		ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
		defer cancel()
		if err := client.Close(ctx); err != nil {
			t.Errorf("eventstest: %v", err)
		}
	})
	return client, rec
}
