package diag_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/eventgen/eventgen/internal/diag"
)

func TestSort(t *testing.T) {
	t.Parallel()
	other := diag.Position{File: "a.yaml", Line: 9, Column: 9}
	list := []diag.Diagnostic{
		diag.New(at(10, 1), "E002", "x"),
		diag.New(at(2, 10), "E002", "x"),
		diag.New(at(2, 9), "E003", "x"),
		diag.New(at(2, 9), "E002", "y"),
		diag.New(at(2, 9), "E002", "x").WithFix("kept"),
		diag.New(at(2, 9), "E002", "x").WithFix("dropped"),
		diag.New(other, "E002", "x"),
	}
	var got []string
	for _, d := range diag.Sort(list) {
		got = append(got, d.String()+d.Fix)
	}
	want := []string{
		"a.yaml:9:9: error[E002]: x", "events.yaml:2:9: error[E002]: xkept", "events.yaml:2:9: error[E002]: y",
		"events.yaml:2:9: error[E003]: x", "events.yaml:2:10: error[E002]: x", "events.yaml:10:1: error[E002]: x",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestCount(t *testing.T) {
	t.Parallel()
	list := []diag.Diagnostic{diag.New(at(1, 1), "E002", "x"), diag.New(at(1, 1), "D301", "x"), {Rule: "unknown"}}
	if errors, warnings := diag.Count(list); errors != 2 || warnings != 1 {
		t.Errorf("%d errors and %d warnings", errors, warnings)
	}
	if !diag.HasErrors(list) || diag.HasErrors(list[1:2]) || diag.HasErrors(nil) {
		t.Error("wrong about errors")
	}
}

func TestWithCopies(t *testing.T) {
	t.Parallel()
	base := diag.New(at(1, 1), "E003", "x").WithRelated(at(1, 2), "a").WithFix("f")
	one, two := base.WithRelated(at(1, 3), "b"), base.WithRelated(at(1, 4), "c")
	if len(base.Related) != 1 || one.Related[1].Message != "b" || two.Related[1].Message != "c" {
		t.Errorf("%v %v %v", base.Related, one.Related, two.Related)
	}
	if base.WithFix("%s", "").Fix != "f" {
		t.Error("no advice replaces advice")
	}
}

func TestDidYouMean(t *testing.T) {
	t.Parallel()
	keys := []string{"description", "minimum", "maximum", "minLength", "required", "pii", "audit", "log", "go_name"}
	for _, test := range []struct{ word, want string }{
		{"dezcription", "description"},
		{"desrciption", "description"},
		{"Description", "description"},
		{"min_length", "minLength"},
		{"requierd", "required"},
		{"pi", "pii"},
		{"ppi", "pii"},
		{"minimun", "minimum"},
		{"desc", "description"},
		{"audit_log", "audit"},
		{"goName", "go_name"},
		{"min", ""}, // the start of two
		{"owner", ""},
		{"x", ""},
		{"", ""},
		{"+", ""},
		{strings.Repeat("x", 500), ""},
	} {
		want := ""
		if test.want != "" {
			want = `did you mean "` + test.want + `"?`
		}
		if got := diag.DidYouMean(test.word, keys); got != want {
			t.Errorf("DidYouMean(%q) = %q, want %q", test.word, got, want)
		}
	}
	if got := diag.DidYouMean("abc", nil); got != "" {
		t.Errorf("without candidates: %q", got)
	}
}
