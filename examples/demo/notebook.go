package main

import (
	"slices"
	"sync"

	"github.com/eventgen/eventgen/redact"
	"github.com/eventgen/eventgen/runtime"
)

// notebook holds the calls of the service.
type notebook struct {
	mu    sync.Mutex
	calls []runtime.Recorded
}

func (n *notebook) add(call runtime.Recorded) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.calls = append(n.calls, call)
}

// accepted returns the calls that returned nil.
func (n *notebook) accepted() []runtime.Recorded {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(n.calls), func(c runtime.Recorded) bool { return c.Err != nil })
}

// last returns the latest call.
func (n *notebook) last() runtime.Recorded {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.calls[len(n.calls)-1]
}

// message returns an accepted event as it was queued for PostHog.
func message(call runtime.Recorded) runtime.Message { return call.Messages[redact.PostHog] }
