package report

import (
	"fmt"
	"strconv"

	"github.com/eventgen/eventgen/bench/measure"
)

// interval renders a median with its interval.
func interval(e measure.Estimate, format func(float64) string) string {
	middle, lo, hi := format(e.Median), format(e.Lo), format(e.Hi)
	if lo == hi {
		return middle
	}
	return fmt.Sprintf("%s [%s–%s]", middle, lo, hi)
}

// number has three significant digits, and no exponent.
func number(v float64) string {
	switch {
	case v >= 100 || v <= -100:
		return strconv.FormatFloat(v, 'f', 0, 64)
	case v >= 10 || v <= -10:
		return strconv.FormatFloat(v, 'f', 1, 64)
	default:
		return strconv.FormatFloat(v, 'f', 2, 64)
	}
}

func nanoseconds(v float64) string {
	switch {
	case v >= 1e9:
		return number(v/1e9) + " s"
	case v >= 1e6:
		return number(v/1e6) + " ms"
	case v >= 1e4:
		return number(v/1e3) + " µs"
	default:
		return number(v) + " ns"
	}
}

// count is a number of allocations or bytes: whole ones, unless there are less than one and not nearly none.
func count(v float64) string {
	switch {
	case v < 0.05:
		return "0"
	case v < 1:
		return number(v)
	default:
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
}
