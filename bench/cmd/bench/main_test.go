package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/eventgen/eventgen/bench/memory"
	"github.com/eventgen/eventgen/bench/report"
)

// TestDocument asks that the document has a place for each table, so that a run of minutes does not fail at its end.
func TestDocument(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../../docs/benchmarks.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range append(names(groups(settings{})), "machine") {
		if _, err := report.Replace(string(text), name, ""); err != nil {
			t.Error(err)
		}
	}
}

// TestRun measures the smallest group, hardly, and has it written. It is not parallel, since it sets GOMAXPROCS.
func TestRun(t *testing.T) {
	document := filepath.Join(t.TempDir(), "doc.md")
	const before = "# x\n<!-- begin machine -->\n<!-- end machine -->\n<!-- begin validate -->\n<!-- end validate -->\n"
	if err := os.WriteFile(document, []byte(before), 0o600); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	raw := filepath.Join(t.TempDir(), "raw.txt")
	err := run([]string{"-quick", "-passes", "1", "-each", "1ms", "-only", "validate", "-write", document, "-raw", raw}, &out)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	for _, where := range []string{out.String(), string(text)} {
		if !strings.Contains(where, "| eventgen Validate |") {
			t.Errorf("no table in\n%s", where)
		}
	}
	if !strings.Contains(string(text), "-passes 1 -each 1ms") {
		t.Errorf("no command in\n%s", text)
	}
	if lines, err := os.ReadFile(raw); err != nil || !strings.HasPrefix(string(lines), "Benchmark") {
		t.Errorf("raw: %s, %v", lines, err)
	}
}

func TestRunRefuses(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"-only", "nothing"}, {"-passes", "x"}} {
		if err := run(args, &strings.Builder{}); err == nil {
			t.Errorf("%q ran", args)
		}
	}
}

func TestWatch(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	if err := run([]string{"-watch", "2000"}, &out); err != nil {
		t.Fatal(err)
	}
	var r memory.Report
	if err := json.Unmarshal([]byte(out.String()), &r); err != nil || r.Delivered != 2000 {
		t.Errorf("%s, %v", out.String(), err)
	}
}
