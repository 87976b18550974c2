package block

import "math"

// Total adds up without losing what falls off the end of a large number (W. Kahan, 1965), so that the order of the rows, which
// differs from database to database, does not show.
type Total struct{ sum, lost float64 }

// Add adds a number.
func (t *Total) Add(x float64) {
	x -= t.lost
	sum := t.sum + x
	t.lost = (sum - t.sum) - x
	t.sum = sum
}

// Merge adds another total.
func (t *Total) Merge(o *Total) { t.Add(o.sum) }

// Rounded is the sum to a millionth.
func (t *Total) Rounded() float64 { return math.Round(t.sum*1e6) / 1e6 }

// Tally is what some requests add up to.
type Tally struct {
	Requests, Failures, Errors Total // sums of weights
	First, Last                int64 // microseconds since 1970; First is after Last where no time was seen
}

// NewTally returns a tally of nothing.
func NewTally() Tally { return Tally{First: math.MaxInt64, Last: math.MinInt64} }

// Add adds a request.
func (t *Tally) Add(weight float64, failed, errored bool) {
	t.Requests.Add(weight)
	if failed {
		t.Failures.Add(weight)
	}
	if errored {
		t.Errors.Add(weight)
	}
}

// See notes the time of a request.
func (t *Tally) See(at int64) { t.First, t.Last = min(t.First, at), max(t.Last, at) }

// Merge adds another tally.
func (t *Tally) Merge(o *Tally) {
	t.Requests.Merge(&o.Requests)
	t.Failures.Merge(&o.Failures)
	t.Errors.Merge(&o.Errors)
	t.First, t.Last = min(t.First, o.First), max(t.Last, o.Last)
}

// Outcomes tells which results and which statuses of the dictionaries make a request a failure or an error.
func (b *Block) Outcomes() (failed, errored []bool) {
	return flags(b.Results.Values, func(s string) bool { return s == "failure" }),
		flags(b.Statuses.Values, func(s int64) bool { return s >= 500 })
}

// flags applies a predicate to each value of a dictionary.
func flags[T any](values []T, is func(T) bool) []bool {
	of := make([]bool, len(values))
	for i, v := range values {
		of[i] = is(v)
	}
	return of
}
