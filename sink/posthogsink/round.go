package posthogsink

import (
	"context"
	"errors"
	"sync"

	"github.com/posthog/posthog-go"

	"github.com/eventgen/eventgen/runtime"
)

// round is one Send through posthog-go: what became of each message. A message is settled once, by whoever comes first.
// Callbacks that come twice or after Send gave up find their own round, never a later one, and change nothing: a late
// refusal of a big batch must not pass for a verdict on the one event that is being tried alone by then.
type round struct {
	mu       sync.Mutex
	fates    []fate
	open     int
	complete context.CancelFunc // called when no message is open any more; must not block
}

// fate is what became of a message: a verdict of its own, or a failure that it may share with others.
type fate struct {
	settled bool
	verdict runtime.Verdict
	failure *runtime.SendError
}

func newRound(messages int, complete context.CancelFunc) *round {
	return &round{fates: make([]fate, messages), open: messages, complete: complete}
}

// receipts returns one receipt per message.
func (r *round) receipts() []receipt {
	receipts := make([]receipt, len(r.fates))
	for i := range receipts {
		receipts[i] = receipt{round: r, index: i}
	}
	return receipts
}

func (r *round) settle(index int, f fate) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.fates[index].settled {
		return
	}
	f.settled = true
	r.fates[index] = f
	if r.open--; r.open == 0 {
		r.complete()
	}
}

// settled tells whether every message is.
func (r *round) settled() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.open == 0
}

// verdicts sums up: the failure of the oldest message that failed stands for all messages that share it, which have no
// verdict of their own then; other failures turn into a verdict to try again, alone. Messages whose fate is unknown count
// as failed with missing. What is settled later is ignored.
func (r *round) verdicts(missing *runtime.SendError) ([]runtime.Verdict, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	verdicts := make([]runtime.Verdict, len(r.fates))
	var shared *runtime.SendError
	alone := 0
	for i := range r.fates {
		f := &r.fates[i]
		if !f.settled {
			*f = fate{settled: true, failure: missing}
		}
		switch {
		case f.failure == nil:
			verdicts[i] = f.verdict
			alone++
		case shared == nil:
			shared = f.failure
		case f.failure.Failure != shared.Failure:
			verdicts[i] = runtime.Verdict{Outcome: runtime.Retry, Reason: f.failure.Reason}
			alone++
		}
	}
	switch {
	case shared == nil:
		return verdicts, nil
	case alone == 0:
		return nil, shared
	}
	return verdicts, shared
}

// receipt travels with a message through posthog-go, in the one field of a message that comes back with the callback and is
// never sent. Unlike a table by uuid it tells two attempts at the same event apart.
type receipt struct {
	round *round
	index int
}

// ShouldSend returns false: the event asks for no feature flags.
func (*receipt) ShouldSend() bool { return false }

// GetOptions returns nil.
func (*receipt) GetOptions() *posthog.SendFeatureFlagsOptions { return nil }

// callback receives posthog-go's results, on any of its goroutines.
type callback struct{}

// Success settles a message as delivered.
func (callback) Success(m posthog.APIMessage) {
	settle(m, fate{verdict: runtime.Verdict{Outcome: runtime.Delivered}})
}

// Failure settles a message as failed. Looking at an error of a foreign RoundTripper runs foreign code; should it panic,
// posthog-go would call Failure again from a place where a second panic ends the process, so the panic ends here.
func (callback) Failure(m posthog.APIMessage, err error) {
	f := fate{failure: &runtime.SendError{Reason: reasonNetwork}}
	defer func() {
		_ = recover()
		settle(m, f)
	}()
	f = fateOf(err)
}

// fateOf turns the error with which posthog-go gave a message up into its fate.
func fateOf(err error) fate {
	if errors.Is(err, posthog.ErrMessageTooBig) {
		return fate{verdict: runtime.Verdict{Outcome: runtime.Rejected, Reason: reasonTooLarge}}
	}
	return fate{failure: failureOf(err)}
}

func settle(m posthog.APIMessage, f fate) {
	capture, ok := m.(posthog.CaptureInApi)
	if !ok {
		return // Send enqueues nothing else
	}
	// Deprecated as a way to ask for feature flags, which this is not; see receipt.
	if r, ok := capture.SendFeatureFlags.(*receipt); ok {
		r.round.settle(r.index, f)
	}
}
