package report

import (
	"fmt"
	"strings"

	"github.com/eventgen/eventgen/bench/measure"
)

// Raw renders each pass of an outcome as a line of go test -bench, which benchstat reads.
func Raw(o measure.Outcome) string {
	var b strings.Builder
	name := strings.NewReplacer(" ", "_", "/", "|")
	for _, c := range o.Comparison.Cases {
		for _, cpus := range o.Comparison.CPUs {
			for _, s := range o.Series(c.Name, cpus) {
				fmt.Fprintf(&b, "Benchmark%s/%s-%d %d %.2f ns/op %.2f cpu-ns/op %.2f B/op %.4f allocs/op\n",
					name.Replace(o.Comparison.Name), name.Replace(c.Name), cpus, s.Ops, s.Clock, s.CPU, s.Bytes, s.Allocs)
			}
		}
	}
	return b.String()
}
