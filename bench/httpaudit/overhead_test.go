package httpaudit

import (
	"testing"

	"github.com/eventgen/eventgen/bench/gate"
)

// TestOverhead is not parallel, since it measures.
func TestOverhead(t *testing.T) { gate.Hold(t, Comparisons()...) }
