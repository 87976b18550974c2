package validate

import (
	"strings"
	"testing"

	"github.com/eventgen/eventgen/bench/gate"
)

// TestOverhead is not parallel, since it measures.
func TestOverhead(t *testing.T) { gate.Hold(t, Comparisons()...) }

// TestVerdicts shows that the contestants check the same things: none is fast because it looks away.
func TestVerdicts(t *testing.T) {
	t.Parallel()
	for _, c := range validators() {
		for name, p := range map[string]struct {
			payload
			valid bool
		}{
			"good":          {payload{200, "admin"}, true},
			"status":        {payload{99, "admin"}, false},
			"long":          {payload{200, strings.Repeat("é", 65)}, false},
			"not long":      {payload{200, strings.Repeat("é", 64)}, true},
			"status beyond": {payload{600, "admin"}, false},
		} {
			check, err := c.open(p.payload)
			if err != nil {
				t.Fatal(c.name, err)
			}
			if err := check(); (err == nil) != p.valid {
				t.Errorf("%s: %s: %v", c.name, name, err)
			}
		}
	}
}
