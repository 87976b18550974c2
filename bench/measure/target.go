package measure

import (
	"cmp"
	"slices"
)

func (t Target) names() []string { return slices.Concat(t.Of, t.Less, t.Over) }

// Names returns the cases that the targets refer to.
func (c Comparison) Names() []string {
	var all []string
	for _, t := range c.Targets {
		all = append(all, t.names()...)
	}
	return all
}

// Finding is a target at one number of CPUs, and what was found.
type Finding struct {
	Target
	CPUs int
	Estimate
}

// Met reports whether the median keeps the limit.
func (f Finding) Met() bool { return f.keeps(f.Median, f.Limit) }

// Within reports whether the best passes keep the limit of tests with slack, a factor. Gates run on machines that do other
// things too: a disturbance makes a pass slower, and none makes it faster.
func (f Finding) Within(slack float64) bool {
	limit := cmp.Or(f.Gate, f.Limit)
	if f.AtLeast {
		return f.keeps(f.Best, limit/slack)
	}
	return f.keeps(f.Best, limit*slack)
}

func (f Finding) keeps(value, limit float64) bool {
	if f.AtLeast {
		return value >= limit
	}
	return value <= limit
}

// Findings judges the targets of the comparison.
func (o Outcome) Findings() []Finding {
	var found []Finding
	for _, t := range o.Comparison.Targets {
		for _, n := range o.Comparison.CPUs {
			found = append(found, Finding{Target: t, CPUs: n, Estimate: o.judge(t, n)})
		}
	}
	return found
}

func (o Outcome) judge(t Target, cpus int) Estimate {
	values := o.sum(t.Of, cpus, t.Metric)
	for i, less := range o.sum(t.Less, cpus, t.Metric) {
		values[i] -= less
	}
	if len(t.Over) == 0 {
		return estimate(values)
	}
	return quotient(values, o.sum(t.Over, cpus, t.Metric))
}
