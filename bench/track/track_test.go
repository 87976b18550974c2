package track_test

import (
	"testing"

	"github.com/eventgen/eventgen/bench/gate"
	"github.com/eventgen/eventgen/bench/track"
)

// TestOverhead is not parallel, since it measures.
func TestOverhead(t *testing.T) {
	gate.Hold(t, track.Comparisons()...)
	gate.Hold(t, track.Contention()...)
}
