package query

import (
	"cmp"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
)

// TestTableMerge holds that a table has, in order, what was put into it, whichever values it knew before.
func TestTableMerge(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		var all table
		want := map[string]float64{}
		for range r.IntN(6) {
			part := map[string]bool{}
			for range r.IntN(20) {
				part[strconv.Itoa(r.IntN(30))] = true
			}
			var o table
			for _, value := range slices.Sorted(maps.Keys(part)) {
				e := entry{value, newTally(ByRequests)}
				e.Add(2, false, false)
				o = append(o, e)
				want[value] += 2
			}
			all = all.merge(o)
		}
		if !slices.IsSortedFunc(all, func(x, y entry) int { return cmp.Compare(x.value, y.value) }) || len(all) != len(want) {
			t.Fatalf("%d values, want %d, in order", len(all), len(want))
		}
		for i := range all {
			if got := all[i].Requests.Rounded(); got != want[all[i].value] {
				t.Fatalf("%s has %v, want %v", all[i].value, got, want[all[i].value])
			}
		}
	}
}
