package spool

import (
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// TestManyWritersDoNotStarveTheSyncer keeps the writer busy all the time, over many small segments. The syncer must come to its
// turn all the same: without it, everything stops once too many segments wait for their sync.
func TestManyWritersDoNotStarveTheSyncer(t *testing.T) {
	t.Parallel()
	skipWithoutLocks(t)
	s, err := Open(filepath.Join(t.TempDir(), "spool"), Options{
		SegmentBytes: minSegment, Overflow: DropOldest, Quota: 32 * minSegment, MinFree: -1, MinFreePercent: -1, Patience: time.Minute,
	})
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.Reader("posthog", 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	var appended atomic.Uint64
	var work sync.WaitGroup
	for range 64 {
		work.Go(func() {
			for appended.Add(1) < 100_000 {
				if _, err := s.Append(t.Context(), numbered(10)); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	work.Wait()
	if err := s.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if st := r.Stats(); st.Appended != st.Dropped.Oldest+uint64(st.Waiting) {
		t.Errorf("%+v", st)
	}
}
