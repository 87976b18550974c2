package runtime

import (
	"context"
	"time"
)

// Sink delivers batches to one place. The sender of the client calls Send from one goroutine at a time, so a Sink needs no
// lock of its own for that; retrying, batching, bisection and backoff are the sender's and not the sink's.
type Sink interface {
	// Name labels the sink in statistics and log lines. Two sinks of one client have different names.
	Name() string

	// Send delivers a batch. It returns one verdict per message, or nil verdicts when all were delivered. A non-nil error
	// stands for the messages without a verdict of their own and is best a *[SendError]; any other error is retried. The
	// batch's memory belongs to the caller and must not be used after Send returned.
	Send(ctx context.Context, batch Batch) ([]Verdict, error)

	// Close releases what the sink holds. No Send follows it.
	Close(ctx context.Context) error
}

// BatchSizer is a Sink that says itself how many messages a batch may have, as each call of Send costs it much beside what the messages
// cost: it gets more than [Config].BatchSize where so many have come together while it was busy. When a batch is due stays as
// configured.
type BatchSizer interface {
	// BatchSize is the most messages in one batch. What is below the size of the config has no effect.
	BatchSize() int
}

// Batch is the events of one delivery, oldest first.
type Batch struct {
	Messages []Message
	// Attempt counts from 1 and grows while the same oldest message is sent again.
	Attempt int
}

// Message is one event as it leaves the process: validated, redacted for the sink's destination, and encoded. Its UUID and
// Timestamp were fixed when the event was accepted and are the same at each attempt.
type Message struct {
	Event      string
	DistinctID string
	UUID       UUID
	Timestamp  time.Time // UTC
	Properties []byte    // a JSON object
}

// Outcome is what became of one message of a batch.
type Outcome uint8

// The outcomes. The zero value asks for another attempt, so that a forgotten verdict never loses an event.
const (
	Retry     Outcome = iota // send it again later
	Delivered                // the receiver has it
	Rejected                 // the receiver will never take it: dead letter
)

// Verdict is the outcome of one message, with the reason where it was not delivered. Reason is a short constant such as
// "http_400": it becomes a label of the statistics and must not hold data of the event.
type Verdict struct {
	Outcome Outcome
	Reason  string
}

// Failure tells the sender how to go on after a whole batch failed.
type Failure uint8

// The failures. The zero value is retried.
const (
	Temporary Failure = iota // try again with backoff: network errors, 408, 429, 5xx
	Paused                   // configuration or quota: keep everything, raise the alarm, probe now and then
	TooLarge                 // split the batch; a single message is a dead letter
	Poisoned                 // some message is bad: bisect; a single message is a dead letter
)

// SendError is what a Sink returns when a batch failed as a whole.
type SendError struct {
	Failure    Failure
	Status     int           // HTTP status; 0 when there was none
	RetryAfter time.Duration // what the receiver asked for; 0 when it did not
	Reason     string        // short constant such as "http_503", "network", "quota_limited": a statistics label
	Err        error         // cause; may be nil
}

// Error describes the failure without any data of the events.
func (e *SendError) Error() string {
	if e.Err == nil {
		return "runtime: send: " + e.Reason
	}
	return "runtime: send: " + e.Reason + ": " + e.Err.Error()
}

// Unwrap returns the cause.
func (e *SendError) Unwrap() error { return e.Err }
