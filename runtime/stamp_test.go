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
	now := time.Now().UnixMicro()
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
	first := s.next(now.UnixMicro())
	if first != now.UnixMicro() {
		t.Errorf("first stamp %d, want the clock's %d", first, now.UnixMicro())
	}
	if back := s.next(now.Add(-time.Hour).UnixMicro()); back != first+1 {
		t.Errorf("after the clock went back: %d, want %d", back, first+1)
	}
	if later := s.next(now.Add(time.Second).UnixMicro()); later != now.Add(time.Second).UnixMicro() {
		t.Errorf("later stamp %d does not follow the clock", later)
	}
}

// TestWallClockFollows tells the clock that the time of day was set since it last looked.
func TestWallClockFollows(t *testing.T) {
	t.Parallel()
	c := newWallClock(time.Now())
	c.offset.Add(-int64(time.Hour))
	if _, micros := c.now(); time.Since(time.UnixMicro(micros)) < 59*time.Minute {
		t.Error("looked at the real clock at once")
	}
	c.looked.Add(-int64(2 * lookEvery))
	before := time.Now().UnixMicro()
	elapsed, micros := c.now()
	if late := micros - before; late < 0 || late > time.Minute.Microseconds() {
		t.Errorf("%d µs off after it should have looked", late)
	}
	if elapsed < 0 || elapsed > time.Minute {
		t.Errorf("elapsed: %v", elapsed)
	}
}
