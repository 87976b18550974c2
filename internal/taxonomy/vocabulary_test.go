package taxonomy

import (
	"slices"
	"testing"

	"github.com/eventgen/eventgen/internal/taxonomy/syntax"
	"github.com/eventgen/eventgen/redact"
)

// TestStrategies holds our tables against the engine that applies the strategies.
func TestStrategies(t *testing.T) {
	t.Parallel()
	for _, s := range syntax.Strategies() {
		if _, err := redact.ParseStrategy(s); err != nil {
			t.Error(err)
		}
		if _, ok := strictness[s]; !ok {
			t.Errorf("%s has no strictness", s)
		}
	}
	for s := redact.Drop; s <= redact.Keep; s++ {
		if !slices.Contains(syntax.Strategies(), s.String()) {
			t.Errorf("the registry does not know %s", s)
		}
	}
	for s := range workable {
		if !slices.Contains(syntax.Strategies(), s) {
			t.Errorf("there is no strategy %s", s)
		}
	}
	destinations := []string{string(redact.PostHog), string(redact.Audit), string(redact.Log)}
	if !slices.Equal(syntax.Destinations(), destinations) {
		t.Errorf("destinations are %q, want %q", syntax.Destinations(), destinations)
	}
}

func TestStrictness(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		a, b string
		want bool
	}{
		{"drop", "keep", true},
		{"drop", "replace", true},
		{"replace", "hash", true},
		{"hash", "mask", true},
		{"mask", "keep", true},
		{"hash", "hash", true},
		{"mask", "scan", false},
		{"mask", "hash", false},
		{"keep", "mask", false},
		{"hash", "replace", false},
	} {
		if got := atLeast(test.a, test.b); got != test.want {
			t.Errorf("%s is at least as strict as %s: %v", test.a, test.b, got)
		}
	}
}

func TestCategoriesExist(t *testing.T) {
	t.Parallel()
	all := syntax.Categories()
	if len(all) != 85 || !slices.IsSorted(all) {
		t.Errorf("%d categories, sorted %v", len(all), slices.IsSorted(all))
	}
	for name, category := range personalNames {
		if !slices.Contains(all, category) {
			t.Errorf("%q looks like %s, which does not exist", name, category)
		}
	}
	for _, category := range sensitiveCategories {
		if !slices.Contains(all, category) {
			t.Errorf("%s is sensitive and does not exist", category)
		}
	}
	for name := range neverNumeric {
		if personalNames[name] == "" {
			t.Errorf("%q is never numeric and never personal", name)
		}
	}
}
