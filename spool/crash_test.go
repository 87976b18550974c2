package spool

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"syscall"
	"testing"
)

// TestCrashStates cuts the power after every operation of a workload, and lets the spool recover from many of the states that
// the disk may then be in. In every other workload, operations fail at random, too.
func TestCrashStates(t *testing.T) {
	t.Parallel()
	for _, mode := range []Mode{Interval, Sync} {
		t.Run(fmt.Sprint(mode), func(t *testing.T) {
			t.Parallel()
			states := 0
			for seed := uint64(0); states < times(6_000, 60_000); seed++ {
				states += crashWorkload(t, seed, mode)
			}
			t.Logf("%d states", states)
		})
	}
}

// crashWorkload returns how many states it has tried.
func crashWorkload(t *testing.T, seed uint64, mode Mode) int {
	opts := smallOptions(mode)
	w := newWorld(t, seed, opts)
	rng := rand.New(rand.NewPCG(seed, 2))
	states := 0
	w.oracle.mayRevive = true
	w.disk.mu.Lock()
	if seed%2 == 1 {
		faults := rand.New(rand.NewPCG(seed, 4))
		w.disk.fail = func(string, int) error {
			if faults.IntN(15) == 0 {
				return syscall.EIO
			}
			return nil
		}
	}
	w.disk.after = func() {
		w.oracle.mu.Lock()
		defer w.oracle.mu.Unlock()
		for range 4 {
			states++
			if err := w.oracle.reopened(w.disk.crash(rng), opts, isDurable); err != nil && !t.Failed() {
				t.Errorf("seed %d, operation %d: %v", seed, w.disk.ops, err)
			}
		}
	}
	w.disk.mu.Unlock()
	for range 60 {
		w.step()
	}
	w.disk.mu.Lock()
	w.disk.after, w.disk.fail = nil, nil
	w.disk.mu.Unlock()
	w.close()
	return states
}

// TestFailingOperations lets every single operation of a workload fail, in each possible way, and judges what the process
// itself still delivers, what the next one finds after a kill, and what is left after a power cut.
func TestFailingOperations(t *testing.T) {
	t.Parallel()
	for _, mode := range []Mode{Interval, Sync} {
		for _, cause := range []error{syscall.EIO, syscall.ENOSPC} {
			for _, length := range []int{1, 2, 5} {
				t.Run(fmt.Sprint(mode, cause, length), func(t *testing.T) {
					t.Parallel()
					for seed := range uint64(times(1, 10)) {
						for k := 1; failWorkload(t, seed, mode, k, length, cause); k++ {
						}
					}
				})
			}
		}
	}
}

// failWorkload lets length operations from the k-th on fail. It returns false when there are fewer.
func failWorkload(t *testing.T, seed uint64, mode Mode, k, length int, cause error) bool {
	opts := smallOptions(mode)
	w := newWorld(t, seed, opts)
	w.disk.mu.Lock()
	start := w.disk.ops
	w.disk.fail = func(_ string, n int) error {
		if n -= start; n >= k && n < k+length {
			return cause
		}
		return nil
	}
	w.disk.mu.Unlock()
	for range 60 {
		w.step()
	}
	where := fmt.Sprintf("seed %d, mode %d, operations %d+%d: %v", seed, mode, k, length, cause)
	w.disk.mu.Lock()
	reached := w.disk.ops-start >= k
	w.disk.fail = nil
	w.disk.mu.Unlock()
	if err := errors.Join(w.sync(), w.append()); err != nil {
		t.Fatalf("%s: does not go on: %v", where, err)
	}
	for n := range destinations {
		w.readers[n].attached = false
	}
	after := w.disk.kill()
	w.disk.mu.Lock()
	cut := w.disk.crash(w.rng)
	w.disk.mu.Unlock()
	if err := w.oracle.reopened(after, opts, isAccepted); err != nil {
		t.Fatalf("%s: after a kill: %v", where, err)
	}
	w.oracle.mayRevive = true
	if err := w.oracle.reopened(cut, opts, isDurable); err != nil {
		t.Fatalf("%s: after a power cut: %v", where, err)
	}
	w.oracle.mayRevive = false
	if err := w.oracle.judge(w.spool, isAccepted); err != nil {
		t.Fatalf("%s: %v", where, err)
	}
	w.close()
	return reached
}
