package measure

import (
	"slices"

	"golang.org/x/perf/benchmath"
)

// Estimate is a median with its confidence interval. With fewer than six values the interval cannot be had at 95 %; it then
// spans all of them.
type Estimate struct {
	Median, Lo, Hi float64
	// Best is the value with the least disturbance: the minimum, or the ratio of two minima.
	Best float64
	N    int
}

func estimate(values []float64) Estimate {
	if len(values) == 0 {
		return Estimate{}
	}
	thresholds := benchmath.DefaultThresholds
	sample := benchmath.NewSample(slices.Clone(values), &thresholds)
	s := benchmath.AssumeNothing.Summary(sample, 0.95)
	least, most := slices.Min(values), slices.Max(values)
	return Estimate{Median: s.Center, Lo: max(s.Lo, least), Hi: min(s.Hi, most), Best: least, N: len(values)}
}
