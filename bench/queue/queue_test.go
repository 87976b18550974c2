package queue

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/eventgen/eventgen/bench/measure"
	"github.com/eventgen/eventgen/spool"
)

// TestRecordSize holds that the floor writes as many bytes as the spool does.
func TestRecordSize(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "q")
	s, err := openSpool(folder, interval)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.add(2); err != nil {
		t.Fatal(err)
	}
	var offsets []int64
	for r, err := range spool.Records(folder) {
		if err != nil {
			t.Fatal(err)
		}
		offsets = append(offsets, r.Offset)
	}
	if len(offsets) != 2 || offsets[1]-offsets[0] != recordSize {
		t.Errorf("records at %v, want them %d bytes apart", offsets, recordSize)
	}
	if err := s.close(); err != nil {
		t.Error(err)
	}
}

// TestComparisons runs each once, so that they keep working. Times on a test machine's disk are too unsteady to be gated.
func TestComparisons(t *testing.T) {
	if testing.Short() {
		t.Skip("writes a lot")
	}
	for _, c := range Comparisons(t.TempDir(), 4<<20) {
		outcome, err := measure.Compare(c, measure.Plan{Passes: 1, Each: 5 * time.Millisecond})
		if err != nil {
			t.Error(err)
			continue
		}
		for _, f := range outcome.Findings() {
			t.Logf("%s, GOMAXPROCS %d: %.3g, target %.3g", f.What, f.CPUs, f.Best, f.Limit)
		}
	}
}
