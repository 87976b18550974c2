package measure

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"time"
)

// Plan says how long to measure.
type Plan struct {
	Passes int           // runs of each contender at each number of CPUs
	Each   time.Duration // of one run
}

// Outcome is what a comparison found: for each number of CPUs and each case one sample a pass.
type Outcome struct {
	Comparison Comparison
	series     map[key][]Sample
	notes      map[string]string
}

type key struct {
	name string
	cpus int
}

// contender is a case that was opened, and how many operations fill a run, by number of CPUs.
type contender struct {
	name string
	run  *Run
	ops  map[int]int
}

// Compare runs a comparison. The case that fails is named in the error.
func Compare(c Comparison, p Plan) (o Outcome, err error) {
	if c.CPUs == nil {
		c.CPUs = []int{1, 2}
	}
	if c.MaxPasses > 0 {
		p.Passes = min(p.Passes, c.MaxPasses)
	}
	if c.Weight > 0 {
		p.Each = time.Duration(float64(p.Each) * c.Weight)
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	var all []*contender
	defer func() { err = errors.Join(err, closeAll(all)) }()
	for _, each := range c.Cases {
		run, err := each.Open()
		if err != nil {
			return o, fmt.Errorf("%s: %s: %w", c.Name, each.Name, err)
		}
		all = append(all, &contender{name: each.Name, run: run, ops: map[int]int{}})
	}
	o = Outcome{Comparison: c, series: map[key][]Sample{}, notes: map[string]string{}}
	if err := o.measure(all, p); err != nil {
		return o, fmt.Errorf("%s: %w", c.Name, err)
	}
	for _, each := range all {
		if each.run.Note != nil {
			o.notes[each.name] = each.run.Note()
		}
	}
	return o, nil
}

// Only returns the comparison with the cases that are wanted, without a floor and without the targets that need others.
func (c Comparison) Only(wanted func(name string) bool) Comparison {
	c.Floor = nil
	c.Cases = slices.Clone(c.Cases)
	c.Cases = slices.DeleteFunc(c.Cases, func(each Case) bool { return !wanted(each.Name) })
	c.Targets = slices.Clone(c.Targets)
	c.Targets = slices.DeleteFunc(c.Targets, func(t Target) bool {
		return slices.ContainsFunc(t.names(), func(name string) bool { return !wanted(name) })
	})
	return c
}

func closeAll(all []*contender) error {
	var errs []error
	for _, each := range all {
		if each.run.Close != nil {
			if err := each.run.Close(); err != nil {
				errs = append(errs, fmt.Errorf("%s: %w", each.name, err))
			}
		}
	}
	return errors.Join(errs...)
}

// measure lets the contenders take turns, after a warm-up that also finds how many operations make a run.
func (o *Outcome) measure(all []*contender, p Plan) error {
	for pass := -1; pass < p.Passes; pass++ {
		for _, cpus := range o.Comparison.CPUs {
			runtime.GOMAXPROCS(cpus)
			for _, each := range all {
				if pass < 0 {
					if err := each.calibrate(cpus, p.Each); err != nil {
						return fmt.Errorf("%s: %w", each.name, err)
					}
					continue
				}
				s, err := take(each.run, each.ops[cpus])
				if err != nil {
					return fmt.Errorf("%s: %w", each.name, err)
				}
				k := key{each.name, cpus}
				o.series[k] = append(o.series[k], s)
			}
		}
	}
	return nil
}

// calibrate grows the number of operations until a run is long enough, as testing.B does.
func (c *contender) calibrate(cpus int, each time.Duration) error {
	n := 1
	for {
		s, err := take(c.run, n)
		if err != nil {
			return err
		}
		took := time.Duration(s.Clock * float64(n))
		if took >= each/2 {
			c.ops[cpus] = max(1, int(float64(n)*float64(each)/float64(took)))
			return nil
		}
		n = min(100*n, 1+int(1.2*float64(n)*float64(each)/float64(max(took, 1))))
	}
}

// Series returns the samples of a case, one a pass.
func (o Outcome) Series(name string, cpus int) []Sample { return o.series[key{name, cpus}] }

// Note returns what a case said about itself.
func (o Outcome) Note(name string) string { return o.notes[name] }

// Estimate returns the value of a case.
func (o Outcome) Estimate(name string, cpus int, m Metric) Estimate {
	return estimate(o.sum([]string{name}, cpus, m))
}

// Ratio returns by how much the cases of one list, taken together, exceed those of another in the same pass.
func (o Outcome) Ratio(of, over []string, cpus int, m Metric) Estimate {
	return quotient(o.sum(of, cpus, m), o.sum(over, cpus, m))
}

// quotient divides pass by pass.
func quotient(top, bottom []float64) Estimate {
	best := estimate(top).Best / estimate(bottom).Best
	for i := range top {
		top[i] /= bottom[i]
	}
	ratio := estimate(top)
	ratio.Best = best
	return ratio
}

// sum adds up the values of several cases, pass by pass.
func (o Outcome) sum(names []string, cpus int, m Metric) []float64 {
	var sums []float64
	for _, name := range names {
		for i, s := range o.Series(name, cpus) {
			if i == len(sums) {
				sums = append(sums, 0)
			}
			sums[i] += s.value(m)
		}
	}
	return sums
}
