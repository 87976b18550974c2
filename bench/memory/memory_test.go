package memory_test

import (
	"testing"

	"github.com/eventgen/eventgen/bench/memory"
)

// TestWatch asks that all events arrive and that samples were taken. The size is not judged: other tests of this process and
// the race detector are in it.
func TestWatch(t *testing.T) {
	t.Parallel()
	r, err := memory.Watch(t.TempDir(), 5000)
	if err != nil {
		t.Fatal(err)
	}
	if r.Delivered != 5000 || r.Dropped != 0 || r.Samples < 100 || r.Min <= 0 || r.Min > r.Max {
		t.Errorf("%+v", r)
	}
}
