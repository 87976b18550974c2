package runtime

import (
	"slices"
	"sync"
	"testing"
	"time"
)

func TestStampsNeverRepeat(t *testing.T) {
	t.Parallel()
	const goroutines, each = 8, 2_000
	var s stamper
	var group sync.WaitGroup
	stamps := make([][]int64, goroutines)
	now := time.Now()
	for g := range goroutines {
		group.Go(func() {
			for range each {
				stamps[g] = append(stamps[g], s.next(now)) // a clock that stands still
			}
		})
	}
	group.Wait()
	for _, own := range stamps {
		if !slices.IsSorted(own) {
			t.Error("one goroutine saw time go back")
		}
	}
	all := slices.Concat(stamps...)
	slices.Sort(all)
	if n := len(slices.Compact(all)); n != goroutines*each {
		t.Errorf("%d distinct stamps, want %d", n, goroutines*each)
	}
}

func TestStampFollowsTheClock(t *testing.T) {
	t.Parallel()
	var s stamper
	now := time.Date(2026, 11, 21, 12, 0, 0, 1500, time.UTC)
	first := s.next(now)
	if first != now.UnixMicro() {
		t.Errorf("first stamp %d, want the clock's %d", first, now.UnixMicro())
	}
	if back := s.next(now.Add(-time.Hour)); back != first+1 {
		t.Errorf("after the clock went back: %d, want %d", back, first+1)
	}
	if later := s.next(now.Add(time.Second)); later != now.Add(time.Second).UnixMicro() {
		t.Errorf("later stamp %d does not follow the clock", later)
	}
}
