// Package gate holds targets in tests: a few short passes, the best of which has to keep each limit with slack.
package gate

import (
	"cmp"
	"slices"
	"testing"
	"time"

	"github.com/eventgen/eventgen/bench/measure"
)

// Slack is how much worse than its target a ratio may be on a machine that does other things too.
const Slack = 1.5

// Hold measures comparisons and fails t for targets that are missed by more than the slack; allocations get none. It does
// nothing with -short and under the race detector, which falsifies times and allocations.
//
// What the report measures by the clock is judged by CPU time here, and at GOMAXPROCS 1 unless the comparison says otherwise:
// other processes take from the clock but hardly from that, and what is left to the background is in both.
func Hold(t *testing.T, comparisons ...measure.Comparison) {
	t.Helper()
	if raceEnabled || testing.Short() {
		t.Skip("measures")
	}
	for _, c := range comparisons {
		if len(c.Targets) == 0 {
			continue
		}
		outcome, err := measure.Compare(prepare(c), measure.Plan{Passes: 5, Each: 20 * time.Millisecond})
		if err != nil {
			t.Error(err)
			continue
		}
		for _, f := range outcome.Findings() {
			judge(t, f)
		}
	}
}

// prepare leaves out the cases that no target refers to, and turns clocks into CPU time.
func prepare(c measure.Comparison) measure.Comparison {
	names := c.Names()
	c = c.Only(func(name string) bool { return slices.Contains(names, name) })
	if c.CPUs == nil {
		c.CPUs = []int{1}
	}
	for i := range c.Targets {
		target := &c.Targets[i]
		if target.Metric == measure.Clock {
			target.Metric = measure.CPU
		}
	}
	return c
}

func judge(t *testing.T, f measure.Finding) {
	t.Helper()
	slack := Slack
	if f.Metric == measure.Allocs && len(f.Over) == 0 {
		slack = 1
	}
	report := t.Logf
	if !f.Within(slack) {
		report = t.Errorf
	}
	report("%s: %.3g, target %.3g, held to %.3g", f.What, f.Best, f.Limit, cmp.Or(f.Gate, f.Limit))
}
