package query

import (
	"math"
	"time"
)

// histogram holds weights by latency. A class is the exponent and the first seven bits of the fraction of the milliseconds as a
// floating-point number, so that it is less than one percent wide, and classes have the order of latencies. Exponents from -20,
// a nanosecond, to 43, 278 years, have a page; what lies outside counts as the nearest.
type histogram [64]*[classes]float64

const (
	classes     = 1 << 7
	fraction    = 52
	minExponent = 1023 - 20
)

// add adds a latency in milliseconds. Requests without one are left out.
func (h *histogram) add(ms, weight float64) {
	if math.IsNaN(ms) {
		return
	}
	bits := math.Float64bits(max(ms, 0)) >> (fraction - 7)
	page := min(max(int(bits/classes)-minExponent, 0), len(h)-1)
	if h[page] == nil {
		h[page] = new([classes]float64)
	}
	h[page][bits%classes] += weight
}

// merge adds the latencies of another histogram.
func (h *histogram) merge(o *histogram) {
	for i, page := range o {
		if page == nil {
			continue
		}
		if h[i] == nil {
			h[i] = new([classes]float64)
		}
		for j, weight := range page {
			h[i][j] += weight
		}
	}
}

// quantile returns the middle of the class in which the sum of the weights reaches a part of all.
func (h *histogram) quantile(q float64) time.Duration {
	total := 0.0
	h.each(func(_ float64, weight float64) bool {
		total += weight
		return true
	})
	var found, sum float64
	h.each(func(ms, weight float64) bool {
		sum += weight
		found = ms
		return sum < q*total*(1-1e-12)
	})
	return time.Duration(found * float64(time.Millisecond))
}

// each calls a function with the middle and the weight of each class that has any, in order, until it returns false.
func (h *histogram) each(do func(ms, weight float64) bool) {
	for i, page := range h {
		if page == nil {
			continue
		}
		for j, weight := range page {
			low := math.Float64frombits(uint64(i+minExponent)<<fraction | uint64(j)<<(fraction-7))
			high := math.Float64frombits(uint64(i+minExponent)<<fraction + uint64(j+1)<<(fraction-7))
			if weight > 0 && !do((low+high)/2, weight) {
				return
			}
		}
	}
}
