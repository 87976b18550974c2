package redaction_test

import (
	"testing"

	"github.com/eventgen/eventgen/bench/gate"
	"github.com/eventgen/eventgen/bench/redaction"
)

// TestOverhead is not parallel, since it measures.
func TestOverhead(t *testing.T) { gate.Hold(t, redaction.Comparisons()...) }
