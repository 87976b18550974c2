package query

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"runtime"
	"slices"
	"time"

	"github.com/eventgen/eventgen/auditlog/internal/block"
)

// Dimension is what requests are counted by.
type Dimension string

// The dimensions.
const (
	Route  Dimension = "route" // the path where a request has no route
	Status Dimension = "status"
	Role   Dimension = "role"
	Org    Dimension = "org"
	User   Dimension = "user"
)

// Dimensions are all of them, in the order of help texts.
func Dimensions() []Dimension { return []Dimension{User, Org, Route, Status, Role} }

// Order is how counts are ranked: the largest first, equal ones by requests and then by value.
type Order string

// The orders.
const (
	ByRequests  Order = "requests"
	ByFailures  Order = "failures" // requests with result failure
	ByErrors    Order = "errors"   // requests with status 500 and up
	ByErrorRate Order = "5xx-rate" // errors divided by requests
	ByP95       Order = "p95"      // latency that 95 of 100 requests do not exceed
)

// Orders are all of them, in the order of help texts.
func Orders() []Order { return []Order{ByErrorRate, ByErrors, ByFailures, ByRequests, ByP95} }

// Question asks for counts.
type Question struct {
	Filter
	By    Dimension
	Order Order   // ByRequests if empty
	Least float64 // leave out values with fewer requests
	Limit int     // how many values at most; 0 for all
	Seen  bool    // tell First and Last, too
}

// Count is what is known about the requests with one value of a dimension. Its numbers are sums of weights, rounded to a millionth.
type Count struct {
	Value    string // empty for requests that have none
	Requests float64
	Failures float64
	Errors   float64       // status 500 and up
	P95      time.Duration // within half a percent; only where the order is ByP95
	First    time.Time     // only where Seen was asked for
	Last     time.Time
}

// ErrorRate is the part of the requests that are errors, from 0 to 1.
func (c *Count) ErrorRate() float64 {
	if c.Requests == 0 {
		return 0
	}
	return c.Errors / c.Requests
}

// Answer is a ranking, and the sum over all values, whether they are in it or not.
type Answer struct {
	Counts []Count
	Total  Count
	Values int // how many values there are
}

// maxCounters bounds how many goroutines count: reading keeps few of them busy.
const maxCounters = 4

// Count answers a question. It holds as many counts in memory as the dimension has values, once for each processor, up to four.
func (l *Log) Count(ctx context.Context, q Question) (Answer, error) {
	counters := make([]*counter, min(runtime.GOMAXPROCS(0), maxCounters))
	add := make([]func(*block.Block) error, len(counters))
	for i := range counters {
		c, err := newCounter(&q)
		if err != nil {
			return Answer{}, err
		}
		counters[i], add[i] = c, c.add
	}
	err := l.read(ctx, func(tx *sql.Tx) error {
		return block.Scan(ctx, tx, counters[0].want(), add...)
	})
	if err != nil {
		return Answer{}, fmt.Errorf("count by %s: %w", q.By, err)
	}
	all := counters[0].all()
	for _, c := range counters[1:] {
		all = all.merge(c.all())
	}
	return q.answer(all), nil
}

// counter adds up blocks.
type counter struct {
	question *Question
	column   block.Column
	from, to int64
	sums     table             // of blocks that are wanted whole
	tallies  map[string]*tally // of rows
	at       []*tally          // by code, of the present block; nil where it is not known yet
	part     table             // of the present block
}

var dimensionColumns = map[Dimension]block.Column{
	Route: block.Route, Status: block.Status, Role: block.Role, Org: block.Org, User: block.User,
}

func newCounter(q *Question) (*counter, error) {
	q.Order = cmp.Or(q.Order, ByRequests)
	column, ok := dimensionColumns[q.By]
	if !ok {
		return nil, fmt.Errorf("unknown dimension %q", q.By)
	}
	if !slices.Contains(Orders(), q.Order) {
		return nil, fmt.Errorf("unknown order %q", q.Order)
	}
	c := &counter{question: q, column: column, tallies: map[string]*tally{}}
	c.from, c.to = q.bounds()
	return c, nil
}

// want says what to read.
func (c *counter) want() block.Want {
	want := block.Want{From: c.from, To: c.to, Columns: c.columns()}
	if c.question.Order != ByP95 && (c.question.User == "" || c.column == block.User) {
		want.Sums = c.column
	}
	return want
}

// columns are those to read where rows are counted.
func (c *counter) columns() []block.Column {
	columns := []block.Column{c.column, block.Weight, block.Result}
	add := func(column block.Column, wanted bool) {
		if wanted && !slices.Contains(columns, column) {
			columns = append(columns, column)
		}
	}
	add(block.Status, true)
	add(block.Time, c.question.Seen)
	add(block.User, c.question.User != "")
	add(block.Event, c.question.Event != "")
	add(block.Duration, c.question.Order == ByP95)
	return columns
}

// add counts the requests of a block that match.
func (c *counter) add(b *block.Block) error {
	if b.Summed {
		c.addSums(b)
		return nil
	}
	if match, possible := c.match(b); possible {
		c.addRows(b, match)
	}
	return nil
}

// addSums takes over what is already added up.
func (c *counter) addSums(b *block.Block) {
	for _, s := range b.Sums {
		if c.question.Event != "" && s.Event != c.question.Event {
			continue
		}
		c.part = c.part[:0]
		for i := range s.Values {
			if v := &s.Values[i]; c.question.User == "" || v.Value == c.question.User {
				c.part = append(c.part, entry{v.Value, tally{Tally: v.Tally}})
			}
		}
		c.sums = c.sums.merge(c.part)
	}
}

// addRows counts rows, all of them if match is nil.
func (c *counter) addRows(b *block.Block, match func(row int) bool) {
	failed, errored := b.Outcomes()
	codes, values := b.By(c.column)
	c.at = append(c.at[:0], make([]*tally, len(values))...)
	for i := range b.Rows {
		if match != nil && !match(i) {
			continue
		}
		t := c.at[codes[i]]
		if t == nil {
			t = c.tally(values[codes[i]])
			c.at[codes[i]] = t
		}
		t.Add(b.Weights.At(i), failed[b.Results.Codes[i]], errored[b.Statuses.Codes[i]])
		if c.question.Seen {
			t.See(b.Times[i])
		}
		if t.latency != nil {
			t.latency.add(b.Durations[i], b.Weights.At(i))
		}
	}
}

// match returns which rows of a block are asked for, nil for all, and whether any can be.
func (c *counter) match(b *block.Block) (func(row int) bool, bool) {
	user, users := code(&b.Users, c.question.User)
	event, events := code(&b.Events, c.question.Event)
	if !users || !events {
		return nil, false
	}
	var conditions []func(int) bool
	if !b.Within {
		conditions = append(conditions, func(i int) bool { return b.Times[i] >= c.from && b.Times[i] < c.to })
	}
	if c.question.User != "" {
		conditions = append(conditions, func(i int) bool { return b.Users.Codes[i] == user })
	}
	if c.question.Event != "" && len(b.Events.Values) > 1 {
		conditions = append(conditions, func(i int) bool { return b.Events.Codes[i] == event })
	}
	return allOf(conditions), true
}

// allOf returns what all conditions together say, nil for none.
func allOf(conditions []func(int) bool) func(int) bool {
	switch len(conditions) {
	case 0:
		return nil
	case 1:
		return conditions[0]
	}
	first, rest := conditions[0], allOf(conditions[1:])
	return func(i int) bool { return first(i) && rest(i) }
}

// code returns the code that a text has in a block, and whether a row can match it. The empty text matches all.
func code(column *block.Coded[string], text string) (uint16, bool) {
	if text == "" {
		return 0, true
	}
	return column.Code(text)
}

func (c *counter) tally(value string) *tally {
	t := c.tallies[value]
	if t == nil {
		fresh := newTally(c.question.Order)
		t = &fresh
		c.tallies[value] = t
	}
	return t
}

// all returns everything that was counted.
func (c *counter) all() table {
	rows := make(table, 0, len(c.tallies))
	for value, t := range c.tallies {
		rows = append(rows, entry{value, *t})
	}
	slices.SortFunc(rows, func(x, y entry) int { return cmp.Compare(x.value, y.value) })
	return c.sums.merge(rows)
}

// answer ranks what was counted.
func (q *Question) answer(all table) Answer {
	total := newTally(q.Order)
	ranked := ranking{compare: q.Order.compare, limit: q.Limit}
	for i := range all {
		total.merge(&all[i].tally)
		if n := q.count(&all[i]); n.Requests >= q.Least {
			ranked.add(n)
		}
	}
	return Answer{Values: len(all), Total: q.count(&entry{tally: total}), Counts: ranked.all()}
}

// ranking keeps the first counts in an order: to put all of many thousand in order takes longer than to count them.
type ranking struct {
	compare func(x, y *Count) int
	limit   int // 0 for none
	counts  []Count
}

func (r *ranking) add(n Count) {
	if r.limit == 0 {
		r.counts = append(r.counts, n)
		return
	}
	if len(r.counts) == r.limit {
		if r.compare(&n, &r.counts[r.limit-1]) >= 0 {
			return
		}
		r.counts = r.counts[:r.limit-1]
	}
	at, _ := slices.BinarySearchFunc(r.counts, n, func(x, n Count) int { return r.compare(&x, &n) })
	r.counts = slices.Insert(r.counts, at, n)
}

func (r *ranking) all() []Count {
	if r.limit == 0 {
		slices.SortFunc(r.counts, func(x, y Count) int { return r.compare(&x, &y) })
	}
	return r.counts
}

// compare ranks the larger count before the smaller one.
func (o Order) compare(x, y *Count) int {
	if c := cmp.Compare(o.of(y), o.of(x)); c != 0 {
		return c
	}
	if c := cmp.Compare(y.Requests, x.Requests); c != 0 {
		return c
	}
	return cmp.Compare(x.Value, y.Value)
}

// of returns what an order ranks by.
func (o Order) of(c *Count) float64 {
	switch o {
	case ByFailures:
		return c.Failures
	case ByErrors:
		return c.Errors
	case ByErrorRate:
		return c.ErrorRate()
	case ByP95:
		return float64(c.P95)
	default:
		return c.Requests
	}
}
