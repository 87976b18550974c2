package eventstest

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/eventgen/eventgen/redact"
	"github.com/eventgen/eventgen/runtime"
)

// Recorder holds what was tracked with the client of [New]. Its methods are safe for concurrent use.
type Recorder struct {
	t       testing.TB
	lenient bool

	mu    sync.Mutex
	calls []runtime.Recorded
	ended bool // the test is over: its t must not be used
}

// record notes a call, on the goroutine of the caller.
func (r *Recorder) record(call runtime.Recorded) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls = append(r.calls, call)
	if call.Err != nil && !r.lenient && !r.ended {
		r.t.Errorf("%s", complaint(call, caller()))
	}
}

// end keeps goroutines that outlive the test from failing it, which would panic.
func (r *Recorder) end() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ended = true
}

// complaint says what is wrong with an event, one violation a line.
func complaint(call runtime.Recorded, at string) string {
	var invalid *runtime.ValidationError
	if !errors.As(call.Err, &invalid) {
		return "eventstest: " + call.Event + " was refused, tracked at " + at + ": " + call.Err.Error()
	}
	var b strings.Builder
	b.WriteString("eventstest: " + call.Event + " is invalid, tracked at " + at + ":")
	for _, v := range invalid.Violations {
		b.WriteString(indent + v.String())
	}
	if invalid.More > 0 {
		fmt.Fprintf(&b, "%sand %d more", indent, invalid.More)
	}
	return b.String()
}

// Calls returns all calls so far in the order in which they ended: tracked events, persons, groups and aliases, and what was
// refused. The values and distinct_ids are the raw ones. Values of TrackMap are of type map[string]any.
func (r *Recorder) Calls() []runtime.Recorded {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.calls)
}

// Sent returns the events as they would leave for PostHog: validated, redacted and encoded, in the order of [Recorder.Calls].
// Events whose destinations leave PostHog out are not among them, nor are those that sampling left out.
func (r *Recorder) Sent() []runtime.Message { return r.SentTo(redact.PostHog) }

// SentTo is [Recorder.Sent] for another destination, whose policy differs.
func (r *Recorder) SentTo(d redact.Destination) []runtime.Message {
	var sent []runtime.Message
	for _, call := range r.Calls() {
		if m, ok := call.Messages[d]; ok {
			sent = append(sent, m)
		}
	}
	return sent
}

// Properties decodes the properties of a message, PostHog's own ones such as $set and $groups included. Numbers are float64.
func Properties(t testing.TB, m runtime.Message) map[string]any {
	t.Helper()
	var properties map[string]any
	if err := json.Unmarshal(m.Properties, &properties); err != nil {
		t.Fatalf("eventstest: properties of %s: %v", m.Event, err)
	}
	return properties
}
