package query_test

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/eventgen/eventgen/auditlog/internal/block"
	"github.com/eventgen/eventgen/auditlog/internal/database"
	"github.com/eventgen/eventgen/auditlog/internal/fill"
	"github.com/eventgen/eventgen/auditlog/query"
)

// TestCountAgreesWithTheRows asks both databases random questions and computes the answers from the rows, with and without
// blocks, and with holes among them.
func TestCountAgreesWithTheRows(t *testing.T) {
	onBoth(t, func(t *testing.T, place string) {
		size, questions := 20_000, 25
		if raceEnabled {
			size, questions = 8_000, 8 // more than a full block for each of the three writers
		}
		shape := some(size, 7)
		rows := rowsOf(t, shape)
		db := writable(t, place)
		if err := fill.Insert(t.Context(), db, shape); err != nil {
			t.Fatal(err)
		}
		log := open(t, place)
		stages := []struct {
			name    string
			prepare func() error
		}{
			{"rows only", func() error { return nil }},
			{"full blocks", func() error { return block.Fold(t.Context(), db, 0, block.Step) }},
			{"all blocks", func() error { return block.Fold(t.Context(), db, 0, 1) }},
			{"a hole", func() error {
				tx, err := db.Exclusive(t.Context())
				if err != nil {
					return err
				}
				if err := block.Forget(t.Context(), tx, database.ID(2, 10), database.ID(2, 11)); err != nil {
					return err
				}
				return tx.Commit()
			}},
			{"refolded", func() error { return block.Fold(t.Context(), db, 0, 1) }},
		}
		r := rand.New(rand.NewPCG(3, 4))
		for _, stage := range stages {
			if err := stage.prepare(); err != nil {
				t.Fatal(err)
			}
			for range questions {
				q := question(r, rows)
				got, err := log.Count(t.Context(), q)
				if err != nil {
					t.Fatal(err)
				}
				compare(t, fmt.Sprintf("%s: %+v", stage.name, q), got, oracle(rows, q), q.Order)
			}
			if err := log.Check(t.Context()); err != nil {
				t.Fatalf("%s: %v", stage.name, err)
			}
		}
	})
}

func question(r *rand.Rand, rows []fill.Row) query.Question {
	q := query.Question{
		By:    query.Dimensions()[r.IntN(5)],
		Order: query.Orders()[r.IntN(5)],
		Limit: r.IntN(3) * 7,
		Least: float64(r.IntN(2) * 50),
		Seen:  r.IntN(2) == 0,
	}
	at := func() time.Time { return time.UnixMicro(rows[r.IntN(len(rows))].Time).UTC() }
	if r.IntN(3) > 0 {
		q.From = at()
	}
	if r.IntN(3) == 0 {
		q.To = at()
	}
	if r.IntN(4) == 0 {
		q.User = rows[r.IntN(len(rows))].User
	}
	if r.IntN(2) == 0 {
		q.Event = []string{"api_request", "webhook_sent", "no_such_event"}[r.IntN(3)]
	}
	return q
}

// compare judges latencies within one percent, and sums exactly.
func compare(t *testing.T, name string, got, want query.Answer, order query.Order) {
	t.Helper()
	latency := gocmp.FilterPath(func(p gocmp.Path) bool { return p.Last().String() == ".P95" },
		gocmp.Comparer(func(a, b time.Duration) bool { return math.Abs(float64(a-b)) <= 0.01*float64(max(a, b)) }))
	if order == query.ByP95 { // classes of latency may tie where latencies do not
		byValue := func(a, b query.Count) int { return cmp.Compare(a.Value, b.Value) }
		if len(got.Counts) == got.Values {
			slices.SortFunc(got.Counts, byValue)
			slices.SortFunc(want.Counts, byValue)
		} else {
			got.Counts, want.Counts = nil, nil
		}
	}
	if diff := gocmp.Diff(want, got, latency, cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("%s: want -, got +:\n%s", name, diff)
	}
}

// oracle answers a question by looking at each row. Sums are those of exact fractions of millionths.
func oracle(rows []fill.Row, q query.Question) query.Answer {
	groups := map[string][]fill.Row{}
	var all []fill.Row
	for _, r := range rows {
		if r.Kind != "event" || r.Status == 0 || q.User != "" && r.User != q.User || q.Event != "" && r.Event != q.Event ||
			!q.From.IsZero() && r.Time < q.From.UnixMicro() || !q.To.IsZero() && r.Time >= q.To.UnixMicro() {
			continue
		}
		all = append(all, r)
		key := map[query.Dimension]string{
			query.Route: r.Route, query.User: r.User, query.Org: r.Org, query.Role: r.Role, query.Status: strconv.Itoa(r.Status),
		}[q.By]
		groups[key] = append(groups[key], r)
	}
	a := query.Answer{Values: len(groups), Total: counted("", all, q)}
	for value, members := range groups {
		if c := counted(value, members, q); c.Requests >= q.Least {
			a.Counts = append(a.Counts, c)
		}
	}
	slices.SortFunc(a.Counts, func(x, y query.Count) int {
		return cmp.Or(cmp.Compare(rank(y, q.Order), rank(x, q.Order)), cmp.Compare(y.Requests, x.Requests), cmp.Compare(x.Value, y.Value))
	})
	if q.Limit > 0 {
		a.Counts = a.Counts[:min(q.Limit, len(a.Counts))]
	}
	return a
}

func rank(c query.Count, o query.Order) float64 {
	switch o {
	case query.ByErrorRate:
		return c.Errors / c.Requests
	case query.ByErrors:
		return c.Errors
	case query.ByFailures:
		return c.Failures
	case query.ByP95:
		return float64(c.P95)
	default:
		return c.Requests
	}
}

func counted(value string, rows []fill.Row, q query.Question) query.Count {
	c := query.Count{Value: value}
	weights := map[string]map[float64]int{"all": {}, "failed": {}, "errors": {}}
	for _, r := range rows {
		weights["all"][r.Weight]++
		if r.Result == "failure" {
			weights["failed"][r.Weight]++
		}
		if r.Status >= 500 {
			weights["errors"][r.Weight]++
		}
		if at := time.UnixMicro(r.Time).UTC(); q.Seen {
			if c.First.IsZero() || at.Before(c.First) {
				c.First = at
			}
			if at.After(c.Last) {
				c.Last = at
			}
		}
	}
	c.Requests, c.Failures, c.Errors = total(weights["all"]), total(weights["failed"]), total(weights["errors"])
	if q.Order == query.ByP95 {
		c.P95 = p95(rows)
	}
	return c
}

// total multiplies, and so does not add up errors.
func total(weights map[float64]int) float64 {
	sum := 0.0
	for _, w := range slices.Sorted(func(yield func(float64) bool) {
		for w := range weights {
			if !yield(w) {
				return
			}
		}
	}) {
		sum += w * float64(weights[w])
	}
	return math.Round(sum*1e6) / 1e6
}

// p95 sorts the latencies and walks until 95 % of the weight is behind.
func p95(rows []fill.Row) time.Duration {
	rows = slices.Clone(rows)
	slices.SortFunc(rows, func(a, b fill.Row) int { return cmp.Compare(a.MS, b.MS) })
	all := 0.0
	for _, r := range rows {
		all += r.Weight
	}
	sum := 0.0
	for _, r := range rows {
		if sum += r.Weight; sum >= 0.95*all*(1-1e-12) {
			return time.Duration(r.MS * float64(time.Millisecond))
		}
	}
	return 0
}

func TestUnknownQuestions(t *testing.T) {
	t.Parallel()
	place := t.TempDir() + "/audit.db"
	writable(t, place)
	log := open(t, place)
	for _, q := range []query.Question{{By: "colour"}, {By: query.User, Order: "name"}} {
		if _, err := log.Count(t.Context(), q); err == nil {
			t.Errorf("%+v was answered", q)
		}
	}
	a, err := log.Count(t.Context(), query.Question{By: query.User})
	if err != nil || a.Values != 0 || len(a.Counts) != 0 || a.Total != (query.Count{}) {
		t.Errorf("an empty log gives %+v, %v", a, err)
	}
}
