package runtime

import (
	"fmt"
	"os"
	"runtime/pprof"
	"strings"
	"testing"
)

// TestMain fails when tests outside of bubbles leave goroutines of a client behind; bubbles check for themselves.
func TestMain(m *testing.M) {
	code := m.Run()
	if left := leakedGoroutines(); left != "" && code == 0 {
		fmt.Fprintf(os.Stderr, "goroutines of clients are left:\n%s\n", left)
		code = 1
	}
	os.Exit(code)
}

// leakedGoroutines returns the stacks of goroutines that the package started. It looks several times: one that is about to
// end is no leak.
func leakedGoroutines() string {
	var left []string
	for range 100 {
		var stacks strings.Builder
		_ = pprof.Lookup("goroutine").WriteTo(&stacks, 2)
		left = left[:0]
		for _, stack := range strings.Split(stacks.String(), "\n\n") {
			for _, own := range []string{"runtime.(*sender).", "runtime.withGrace", "runtime.(*letterWatch)."} {
				if strings.Contains(stack, own) {
					left = append(left, stack)
				}
			}
		}
		if len(left) == 0 {
			return ""
		}
	}
	return strings.Join(left, "\n\n")
}
