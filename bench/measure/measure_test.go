package measure_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/eventgen/eventgen/bench/measure"
)

// kept keeps the compiler from leaving allocations out.
var kept *[64]byte

// greedy is a case that allocates so often in each operation, and writes down what is asked of it. Allocations can be judged
// on a busy machine, times cannot.
func greedy(name string, allocations int, log *[]string) measure.Case {
	write := func(what string) func(int) error {
		return func(int) error {
			*log = append(*log, name+" "+what)
			return nil
		}
	}
	return measure.Case{Name: name, Open: func() (*measure.Run, error) {
		return &measure.Run{
			Prepare: write("prepare"),
			Do: func(n int) error {
				for range n * allocations {
					kept = new([64]byte)
				}
				return write("do")(n)
			},
			Settle: func() error { return write("settle")(0) },
			Close:  func() error { return write("close")(0) },
			Note:   func() string { return name + " noted" },
		}, nil
	}}
}

// TestCompare lets one contender allocate four times as often as another and asks for that ratio, the order of the passes,
// and that everything was prepared, settled and closed. It is not parallel, since it sets GOMAXPROCS and measures.
func TestCompare(t *testing.T) {
	var log []string
	o, err := measure.Compare(measure.Comparison{
		Name: "greed", CPUs: []int{1}, Cases: []measure.Case{
			greedy("slow", 40, &log), greedy("fast", 10, &log),
		},
		Targets: []measure.Target{
			{What: "met", Metric: measure.Allocs, Of: []string{"slow"}, Over: []string{"fast"}, Limit: 2, AtLeast: true},
			{What: "missed", Metric: measure.Allocs, Of: []string{"slow"}, Over: []string{"fast"}, Limit: 2},
			{What: "difference", Of: []string{"slow", "fast"}, Less: []string{"fast", "slow"}, Limit: 0},
			{What: "allocations", Metric: measure.Allocs, Of: []string{"fast"}, Limit: 11},
		},
	}, measure.Plan{Passes: 7, Each: 2 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	if got := len(o.Series("slow", 1)); got != 7 {
		t.Errorf("%d samples, want 7", got)
	}
	if r := o.Ratio([]string{"slow"}, []string{"fast"}, 1, measure.Allocs); r.Median < 3.9 || r.Median > 4.1 || r.N != 7 {
		t.Errorf("ratio %+v, want about 4", r)
	}
	if got := o.Note("fast"); got != "fast noted" {
		t.Errorf("note %q", got)
	}
	var met []string
	for _, f := range o.Findings() {
		if f.Met() {
			met = append(met, f.What)
		}
	}
	if want := []string{"met", "difference", "allocations"}; !slices.Equal(met, want) {
		t.Errorf("met %q, want %q", met, want)
	}
	pass := "slow prepare, slow do, slow settle, fast prepare, fast do, fast settle, "
	if got := strings.Join(log, ", "); !strings.HasSuffix(got, strings.Repeat(pass, 7)+"slow close, fast close") {
		t.Errorf("not in turns: %s", got)
	}
}

// TestCompareFails asks that a failure names its case, and that what was opened is closed.
func TestCompareFails(t *testing.T) {
	var log []string
	broken := errors.New("broken")
	for _, bad := range []measure.Case{
		{Name: "bad", Open: func() (*measure.Run, error) { return nil, broken }},
		{Name: "bad", Open: func() (*measure.Run, error) { return &measure.Run{Do: func(int) error { return broken }}, nil }},
		{Name: "bad", Open: func() (*measure.Run, error) {
			r, err := greedy("bad", 1, &log).Open()
			r.Close = func() error { return broken }
			return r, err
		}},
	} {
		log = nil
		c := measure.Comparison{Name: "c", Cases: []measure.Case{greedy("good", 1, &log), bad}}
		_, err := measure.Compare(c, measure.Plan{Passes: 1, Each: time.Millisecond})
		if !errors.Is(err, broken) || !strings.Contains(err.Error(), "bad") {
			t.Errorf("%v, want that bad is broken", err)
		}
		if !slices.Contains(log, "good close") {
			t.Error("good was not closed")
		}
	}
}

func TestWithin(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		f    measure.Finding
		want bool
	}{
		{"below", finding(1, 0, false, 1.4), true},
		{"above", finding(1, 0, false, 1.6), false},
		{"gate", finding(1, 2, false, 2.9), true},
		{"at least", finding(3, 0, true, 2.1), true},
		{"not at least", finding(3, 0, true, 1.9), false},
	} {
		if got := c.f.Within(1.5); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func finding(limit, gate float64, atLeast bool, best float64) measure.Finding {
	return measure.Finding{
		Target: measure.Target{Limit: limit, Gate: gate, AtLeast: atLeast}, Estimate: measure.Estimate{Best: best},
	}
}

func TestOnly(t *testing.T) {
	t.Parallel()
	c := measure.Comparison{
		Cases: []measure.Case{{Name: "a"}, {Name: "b"}, {Name: "c"}}, Floor: []string{"c"},
		Targets: []measure.Target{{What: "ab", Of: []string{"a"}, Over: []string{"b"}}, {What: "c", Of: []string{"c"}}},
	}
	got := c.Only(func(name string) bool { return name != "c" })
	if len(got.Cases) != 2 || len(got.Targets) != 1 || got.Targets[0].What != "ab" || got.Floor != nil {
		t.Errorf("%+v", got)
	}
	if len(c.Cases) != 3 || c.Cases[2].Name != "c" || len(c.Targets) != 2 {
		t.Errorf("%+v of %+v", got, c)
	}
}
