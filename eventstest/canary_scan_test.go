package eventstest

import (
	"testing"

	"github.com/eventgen/eventgen/runtime"
)

// TestCanariesOfScannedItems checks that items which a scan drops are not missed, and that those behind them are not taken for
// leaks because they moved. One in ten of these texts looks like the number of a card.
func TestCanariesOfScannedItems(t *testing.T) {
	t.Parallel()
	digits := &runtime.Value{Type: runtime.String, Pattern: `^4\d{15}$`}
	e := &runtime.Event{Name: "happened", Object: runtime.Object{Properties: []runtime.Property{
		{Name: "numbers", Value: runtime.Value{Type: runtime.Array, MinItems: 3, Items: digits}},
	}}}
	reg := &runtime.Registry{Package: "scanned", Events: []*runtime.Event{e}}
	reg.Scan = runtime.Scanning{Mode: runtime.ScanFull, Action: runtime.ScanDrop}
	rounds := 60
	if testing.Short() {
		rounds = 10
	}
	for range rounds {
		run := newCanaryRun(t, reg, reg.Events, nil)
		if run.run(); run.failures > 0 {
			t.Fatal("a kept text is taken for a leak")
		}
	}
}
