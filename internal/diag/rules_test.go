package diag_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/eventgen/eventgen/internal/diag"
)

func TestRules(t *testing.T) {
	t.Parallel()
	rules := diag.Rules()
	if !slices.IsSortedFunc(rules, func(a, b diag.Rule) int { return strings.Compare(a.ID, b.ID) }) {
		t.Error("the rules are not sorted")
	}
	id, name := regexp.MustCompile(`^[A-Z]\d{3}$`), regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	ids, names := map[string]bool{}, map[string]bool{}
	for _, r := range rules {
		if !id.MatchString(r.ID) || !name.MatchString(r.Name) || !strings.HasSuffix(r.Purpose, ".") {
			t.Errorf("malformed: %+v", r)
		}
		if ids[r.ID] || names[r.Name] {
			t.Errorf("twice: %+v", r)
		}
		ids[r.ID], names[r.Name] = true, true
	}
	rules[0].ID = "changed"
	if _, ok := diag.FindRule("changed"); ok {
		t.Error("a caller can change the rules")
	}
}

// TestRulesInUse looks for ids in the source of the packages that report: each is in the table, and each of the table is there.
func TestRulesInUse(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	literal := regexp.MustCompile(`"([A-Z]\d{3})"`)
	for _, pattern := range []string{"../taxonomy/*.go", "../taxonomy/syntax/*.go", "../lint/*.go", "../../cmd/eventgen/*.go"} {
		paths, err := filepath.Glob(pattern)
		if err != nil || len(paths) == 0 {
			t.Fatalf("no files in %s: %v", pattern, err)
		}
		for _, path := range paths {
			if strings.HasSuffix(path, "_test.go") {
				continue
			}
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for _, match := range literal.FindAllSubmatch(text, -1) {
				used[string(match[1])] = true
			}
		}
	}
	for id := range used {
		if _, ok := diag.FindRule(id); !ok {
			t.Errorf("%s is reported and not in the table", id)
		}
	}
	for _, r := range diag.Rules() {
		if !used[r.ID] {
			t.Errorf("%s is in the table and never reported", r.ID)
		}
	}
}
