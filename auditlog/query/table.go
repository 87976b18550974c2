package query

import (
	"slices"
	"strings"
	"time"

	"github.com/eventgen/eventgen/auditlog/internal/block"
)

// tally adds up the requests with one value.
type tally struct {
	block.Tally

	latency *histogram // nil if not asked for
}

func newTally(o Order) tally {
	t := tally{Tally: block.NewTally()}
	if o == ByP95 {
		t.latency = &histogram{}
	}
	return t
}

// merge adds another tally.
func (t *tally) merge(o *tally) {
	t.Merge(&o.Tally)
	if t.latency != nil {
		t.latency.merge(o.latency)
	}
}

// entry is what was counted for one value.
type entry struct {
	value string
	tally
}

// table holds entries in the order of their values, so that two are added up side by side: to look each value of a block up in a map
// of 20,000 took 0.3 µs, mostly for the processor's cache to miss.
type table []entry

// merge returns the table with what another one holds. It changes the table and leaves the other one as it is.
func (t table) merge(o table) table {
	fresh := t.update(o)
	if len(fresh) == 0 {
		return t
	}
	known := len(t)
	t = slices.Grow(t, len(fresh))[:known+len(fresh)]
	for to := len(t) - 1; len(fresh) > 0; to-- { // from the end, so that nothing is overwritten before it has moved
		last := len(fresh) - 1
		if known > 0 && t[known-1].value > o[fresh[last]].value {
			known--
			t[to] = t[known]
			continue
		}
		t[to], fresh = o[fresh[last]], fresh[:last]
	}
	return t
}

// update adds the entries of another table to those with the same value, and returns where the others are.
func (t table) update(o table) (fresh []int) {
	at := 0
	for i := range o {
		order := -1
		for at < len(t) {
			if order = strings.Compare(o[i].value, t[at].value); order <= 0 {
				break
			}
			at++
		}
		if order != 0 || at == len(t) {
			fresh = append(fresh, i)
			continue
		}
		t[at].merge(&o[i].tally)
	}
	return fresh
}

// count returns what was counted for a value, as it is told.
func (q *Question) count(e *entry) Count {
	c := Count{
		Value: e.value, Requests: e.Requests.Rounded(), Failures: e.Failures.Rounded(), Errors: e.Errors.Rounded(),
	}
	if e.latency != nil {
		c.P95 = e.latency.quantile(0.95)
	}
	if q.Seen && e.First <= e.Last {
		c.First, c.Last = time.UnixMicro(e.First).UTC(), time.UnixMicro(e.Last).UTC()
	}
	return c
}
