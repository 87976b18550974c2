package spool

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// BenchmarkAppendRatio measures Append beside bare writes of the same bytes.
func BenchmarkAppendRatio(b *testing.B) {
	r, bare := benchRecord(), make([]byte, 300)
	s, f := benchSpool(b, Interval), benchFile(b)
	compare(b, 200, func() error {
		_, err := f.Write(bare)
		return err
	}, func() error {
		_, err := s.Append(b.Context(), r)
		return err
	})
}

// BenchmarkAppendSyncRatio measures batches of 100 in mode Sync beside a write and a sync of the same bytes.
func BenchmarkAppendSyncRatio(b *testing.B) {
	records, bare := slices.Repeat([]Record{benchRecord()}, 100), make([]byte, 100*300)
	s, f := benchSpool(b, Sync), benchFile(b)
	compare(b, 1, func() error {
		if _, err := f.Write(bare); err != nil {
			return err
		}
		return syncFile(f)
	}, func() error {
		_, err := s.Append(b.Context(), records...)
		return err
	})
}

func benchFile(b *testing.B) *os.File {
	f, err := os.Create(filepath.Join(b.TempDir(), "bare"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = f.Close() })
	return f
}

// compare runs two things in turns, so that both meet the same weather, and reports the medians of many rounds: what most
// callers see.
func compare(b *testing.B, each int, floor, ours func() error) {
	var floors, own []time.Duration
	for b.Loop() {
		floors = append(floors, timeOf(b, each, floor))
		own = append(own, timeOf(b, each, ours))
	}
	slices.Sort(floors)
	slices.Sort(own)
	middle := len(own) / 2
	b.ReportMetric(float64(own[middle])/float64(floors[middle]), "ratio")
	b.ReportMetric(float64(floors[middle].Nanoseconds())/float64(each), "floor-ns")
	b.ReportMetric(float64(own[middle].Nanoseconds())/float64(each), "own-ns")
}

// timeOf returns how long so many calls take.
func timeOf(b *testing.B, each int, do func() error) time.Duration {
	begun := time.Now()
	for range each {
		if err := do(); err != nil {
			b.Fatal(err)
		}
	}
	return time.Since(begun)
}
