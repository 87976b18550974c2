package taxonomy

import (
	"testing"
	"testing/fstest"
)

// TestExactSize reads a registry of exactly the size allowed.
func TestExactSize(t *testing.T) {
	t.Parallel()
	text := "version: 1\npackage: events\n"
	for _, left := range []int{len(text), len(text) - 1} {
		r := &reader{files: fstest.MapFS{"a": {Data: []byte(text)}}, parsed: map[string]bool{}, left: left}
		if err := r.readRoot("a"); err != nil {
			t.Fatal(err)
		}
		if accepted := len(r.read) == 1; accepted != (left == len(text)) {
			t.Errorf("%d bytes with %d allowed: accepted %v", len(text), left, accepted)
		}
	}
}
