// Package report renders outcomes as Markdown, and puts them between the markers of a document.
package report

import (
	"fmt"
	"strings"

	"github.com/eventgen/eventgen/bench/measure"
)

// Targets renders the targets of outcomes as one table.
func Targets(outcomes []measure.Outcome) string {
	var b strings.Builder
	for _, o := range outcomes {
		for _, f := range o.Findings() {
			if b.Len() == 0 {
				b.WriteString("| target | limit | GOMAXPROCS | measured | |\n|---|---|---|---|---|\n")
			}
			measured := interval(f.Estimate, format(f.Target))
			fmt.Fprintf(&b, "| %s | %s | %d | %s | %s |\n", f.What, limit(f.Target), f.CPUs, measured, verdict(f))
		}
	}
	return b.String()
}

func limit(t measure.Target) string {
	sign := "≤"
	if t.AtLeast {
		sign = "≥"
	}
	return sign + " " + format(t)(t.Limit)
}

// format counts whole allocations, as go test -benchmem does.
func format(t measure.Target) func(float64) string {
	if t.Metric == measure.Allocs {
		return func(v float64) string { return fmt.Sprintf("%d", int(max(0, v))) }
	}
	return number
}

func verdict(f measure.Finding) string {
	if f.Met() {
		return "met"
	}
	return "**missed**"
}

// Table renders the cases of one outcome, with their distance from the floor.
func Table(o measure.Outcome) string {
	c := o.Comparison
	unit := c.Unit
	if unit == "" {
		unit = "operation"
	}
	head := []string{c.Name + ", per " + unit}
	for _, cpus := range c.CPUs {
		head = append(head, fmt.Sprintf("GOMAXPROCS %d", cpus))
	}
	head = append(head, "CPU", "allocs", "bytes")
	if len(c.Floor) > 0 {
		head = append(head, "× floor")
	}
	rows := [][]string{append(head, "")}
	for _, each := range c.Cases {
		rows = append(rows, row(o, each.Name))
	}
	return table(rows)
}

// row holds the times of a case at each number of CPUs, and the rest at the last of them.
func row(o measure.Outcome, name string) []string {
	cpus := o.Comparison.CPUs
	last := cpus[len(cpus)-1]
	cells := []string{name}
	for _, n := range cpus {
		cells = append(cells, interval(o.Estimate(name, n, measure.Clock), nanoseconds))
	}
	cells = append(cells,
		nanoseconds(o.Estimate(name, last, measure.CPU).Median),
		count(o.Estimate(name, last, measure.Allocs).Median),
		count(o.Estimate(name, last, measure.Bytes).Median),
	)
	if floor := o.Comparison.Floor; len(floor) > 0 {
		cells = append(cells, number(o.Ratio([]string{name}, floor, last, measure.Clock).Median))
	}
	return append(cells, o.Note(name))
}

func table(rows [][]string) string {
	var b strings.Builder
	for i, cells := range rows {
		b.WriteString("| " + strings.Join(cells, " | ") + " |\n")
		if i == 0 {
			b.WriteString("|---|" + strings.Repeat("--:|", len(cells)-2) + "---|\n")
		}
	}
	return b.String()
}
