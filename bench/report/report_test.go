package report_test

import (
	"strings"
	"testing"
	"time"

	"github.com/eventgen/eventgen/bench/measure"
	"github.com/eventgen/eventgen/bench/memory"
	"github.com/eventgen/eventgen/bench/report"
)

func TestReplace(t *testing.T) {
	t.Parallel()
	const document = "a\n<!-- begin x -->\nold\n<!-- end x -->\nb\n<!-- begin y -->\n\n<!-- end y -->\n"
	got, err := report.Replace(document, "x", "\nnew\n")
	if want := "a\n<!-- begin x -->\n\nnew\n\n<!-- end x -->\nb\n<!-- begin y -->\n\n<!-- end y -->\n"; err != nil || got != want {
		t.Errorf("%q, %v", got, err)
	}
	if again, err := report.Replace(got, "x", "new"); err != nil || again != got {
		t.Errorf("again: %q, %v", again, err)
	}
	for _, name := range []string{"z", "y -->\n\n<!-- begin x"} {
		if _, err := report.Replace(document, name, ""); err == nil {
			t.Errorf("%s: replaced", name)
		}
	}
}

// outcome measures two waits whose lengths are known well enough for what is asked of the text.
func outcome(t *testing.T) measure.Outcome {
	t.Helper()
	waiting := func(name string, each time.Duration) measure.Case {
		return measure.Case{Name: name, Open: func() (*measure.Run, error) {
			return &measure.Run{Do: func(n int) error {
				for begun := time.Now(); time.Since(begun) < time.Duration(n)*each; {
				}
				return nil
			}, Note: func() string { return "noted" }}, nil
		}}
	}
	o, err := measure.Compare(measure.Comparison{
		Name: "waiting", CPUs: []int{1},
		Cases: []measure.Case{waiting("long", 500*time.Microsecond), waiting("short", time.Microsecond)},
		Floor: []string{"short"}, Unit: "wait",
		Targets: []measure.Target{
			{What: "long / short", Of: []string{"long"}, Over: []string{"short"}, Limit: 2},
			{What: "allocations", Metric: measure.Allocs, Of: []string{"short"}, Limit: 0.5},
		},
	}, measure.Plan{Passes: 2, Each: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// TestTables is not parallel, since it measures.
func TestTables(t *testing.T) {
	o := outcome(t)
	targets := report.Targets([]measure.Outcome{o})
	for _, want := range []string{"| long / short | ≤ 2.00 | 1 | ", "| **missed** |", "| allocations | ≤ 0 | 1 | 0 | met |"} {
		if !strings.Contains(targets, want) {
			t.Errorf("no %q in\n%s", want, targets)
		}
	}
	text := report.Table(o)
	lines := strings.Split(strings.TrimSpace(text), "\n")
	if len(lines) != 4 || lines[0] != "| waiting, per wait | GOMAXPROCS 1 | CPU | allocs | bytes | × floor |  |" {
		t.Fatalf("%s", text)
	}
	for _, line := range lines {
		if strings.Count(line, "|") != strings.Count(lines[0], "|") {
			t.Errorf("not as many cells: %s", line)
		}
	}
	if !strings.HasPrefix(lines[2], "| long | ") || !strings.HasSuffix(lines[3], "| 1.00 | noted |") {
		t.Errorf("%s", text)
	}
	if raw := report.Raw(o); strings.Count(raw, "Benchmarkwaiting/long-1 ") != 2 || strings.Count(raw, " allocs/op\n") != 4 {
		t.Errorf("%s", raw)
	}
}

func TestMemory(t *testing.T) {
	t.Parallel()
	r := memory.Report{Events: 10, Delivered: 10, Min: 80 << 20, Max: 100 << 20, Samples: 5}
	if text := report.Memory(r); !strings.Contains(text, "±11.1 %") || !strings.Contains(text, "| met |") {
		t.Errorf("%s", text)
	}
	r.Max = 130 << 20
	if text := report.Memory(r); !strings.Contains(text, "**missed**") {
		t.Errorf("%s", text)
	}
}

func TestMachine(t *testing.T) {
	t.Parallel()
	text := report.Machine("go run ./x", t.TempDir(), time.Date(2026, 5, 3, 23, 0, 0, 0, time.UTC))
	for _, want := range []string{"| date | 2026-05-03 |", "`go run ./x`", "| Go | go1."} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}
