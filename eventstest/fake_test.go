package eventstest_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
)

// fakeT is a test that only notes what happens to it.
type fakeT struct {
	testing.TB // nil: what is not implemented below must not be called

	mu       sync.Mutex
	failures []string
	cleanups []func()
}

// fatal is what Fatalf panics with.
type fatal struct{}

func (*fakeT) Helper() {}

func (*fakeT) Context() context.Context { return context.Background() }

func (t *fakeT) Errorf(format string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.failures = append(t.failures, fmt.Sprintf(format, args...))
}

func (t *fakeT) Fatalf(format string, args ...any) {
	t.Errorf(format, args...)
	panic(fatal{})
}

func (t *fakeT) Cleanup(f func()) { t.cleanups = append(t.cleanups, f) }

// run runs a test to its end and returns what it failed with.
func run(test func(t *fakeT)) []string {
	t := &fakeT{}
	t.guard(func() { test(t) })
	for len(t.cleanups) > 0 {
		last := len(t.cleanups) - 1
		f := t.cleanups[last]
		t.cleanups = t.cleanups[:last]
		t.guard(f)
	}
	return t.failures
}

func (t *fakeT) guard(f func()) {
	defer func() {
		if p := recover(); p != nil && p != (fatal{}) {
			panic(p)
		}
	}()
	f()
}
