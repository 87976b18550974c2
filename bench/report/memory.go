package report

import (
	"fmt"
	"time"

	"github.com/eventgen/eventgen/bench/memory"
)

// maxSpread is how far the resident set may be from the middle of its extremes.
const maxSpread = 0.2

// Memory renders what was seen of a process that delivers events.
func Memory(r memory.Report) string {
	met := "**missed**"
	if r.Spread() <= maxSpread && r.Dropped == 0 {
		met = "met"
	}
	const mib = 1 << 20
	return table([][]string{
		{"resident set while events are delivered", "limit", "measured", ""},
		{"distance of the extremes from their middle", "≤ ±20 %", fmt.Sprintf("±%.1f %%", 100*r.Spread()), met},
		{"least, most", "", fmt.Sprintf("%.1f MiB, %.1f MiB", float64(r.Min)/mib, float64(r.Max)/mib), ""},
		{"samples", "", fmt.Sprint(r.Samples), "in " + r.Took.Round(time.Millisecond).String()},
		{"events delivered, dropped", "", fmt.Sprintf("%d, %d", r.Delivered, r.Dropped), ""},
	})
}
