package eventstest_test

import (
	"go/build"
	"strings"
	"testing"
)

// TestDependencies keeps the tests of users free of what they did not ask for.
func TestDependencies(t *testing.T) {
	t.Parallel()
	p, err := build.ImportDir(".", 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range p.Imports {
		own := strings.TrimPrefix(path, "github.com/eventgen/eventgen/")
		if first, _, _ := strings.Cut(path, "/"); strings.Contains(first, ".") && own != "runtime" && own != "redact" {
			t.Errorf("imports %s", path)
		}
	}
}
