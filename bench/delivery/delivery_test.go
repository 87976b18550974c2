package delivery_test

import (
	"testing"

	"github.com/eventgen/eventgen/bench/delivery"
	"github.com/eventgen/eventgen/bench/gate"
)

// TestOverhead is not parallel, since it measures.
func TestOverhead(t *testing.T) { gate.Hold(t, delivery.Comparisons()...) }
