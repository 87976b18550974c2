package spool

import (
	"os"
	"path/filepath"
	"testing"
)

// benchRecord is of the usual size: 300 bytes with everything.
func benchRecord() Record {
	return Record{
		UUID: [16]byte{1, 2, 3}, Time: 1_700_000_000_000_000, Queued: 1_700_000_000_000_000, Event: "api_request",
		Lanes: []Lane{{Destinations: 7, DistinctID: []byte("user_123"), Properties: make([]byte, 300-frameHeader-bodyHeader-laneHeader-19)}},
	}
}

// BenchmarkWrite is the floor: a bare write of the same bytes to a file that grows.
func BenchmarkWrite(b *testing.B) {
	f, err := os.Create(filepath.Join(b.TempDir(), "bare"))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	p := make([]byte, 300)
	b.SetBytes(300)
	for b.Loop() {
		if _, err := f.Write(p); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkWriteSync is the floor for mode Sync: 100 records in one write, and a sync.
func BenchmarkWriteSync(b *testing.B) {
	f, err := os.Create(filepath.Join(b.TempDir(), "bare"))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	p := make([]byte, 100*300)
	b.SetBytes(100 * 300)
	for b.Loop() {
		if _, err := f.Write(p); err != nil {
			b.Fatal(err)
		}
		if err := syncFile(f); err != nil {
			b.Fatal(err)
		}
	}
}

func benchSpool(b *testing.B, mode Mode) *Spool {
	s, err := Open(filepath.Join(b.TempDir(), "spool"), Options{Mode: mode, Quota: 64 << 30, MinFree: -1, MinFreePercent: -1})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := s.Close(b.Context()); err != nil && b.Context().Err() == nil {
			b.Error(err)
		}
	})
	b.ReportAllocs()
	return s
}

func BenchmarkAppend(b *testing.B) {
	s := benchSpool(b, Interval)
	r := benchRecord()
	b.SetBytes(300)
	for b.Loop() {
		if _, err := s.Append(b.Context(), r); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAppendParallel64(b *testing.B) { benchParallel(b, Interval) }

func BenchmarkAppendSyncParallel64(b *testing.B) { benchParallel(b, Sync) }

func benchParallel(b *testing.B, mode Mode) {
	s := benchSpool(b, mode)
	b.SetBytes(300)
	b.SetParallelism(32)
	b.RunParallel(func(pb *testing.PB) {
		r := benchRecord()
		for pb.Next() {
			if _, err := s.Append(b.Context(), r); err != nil {
				b.Error(err)
				return
			}
		}
	})
}

func BenchmarkAppendSync100(b *testing.B) {
	s := benchSpool(b, Sync)
	var records []Record
	for range 100 {
		records = append(records, benchRecord())
	}
	b.SetBytes(100 * 300)
	for b.Loop() {
		if _, err := s.Append(b.Context(), records...); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAppendSync(b *testing.B) {
	s := benchSpool(b, Sync)
	r := benchRecord()
	for b.Loop() {
		if _, err := s.Append(b.Context(), r); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDrain(b *testing.B) {
	s := benchSpool(b, Interval)
	r, err := s.Reader("posthog", 1, nil)
	if err != nil {
		b.Fatal(err)
	}
	record := benchRecord()
	for range b.N {
		if _, err := s.Append(b.Context(), record); err != nil {
			b.Fatal(err)
		}
	}
	b.ResetTimer()
	var entries []Entry
	var seqs []uint64
	for n := 0; n < b.N; n += len(entries) {
		if entries, err = r.Peek(entries[:0], 100, 1<<20); err != nil || len(entries) == 0 {
			b.Fatal(len(entries), err)
		}
		seqs = seqs[:0]
		for i := range entries {
			seqs = append(seqs, entries[i].Seq)
		}
		if err := r.Ack(seqs...); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRecover opens a spool with 256 MiB, all of which is still to be read.
func BenchmarkRecover(b *testing.B) {
	dir := filepath.Join(b.TempDir(), "spool")
	opts := Options{Quota: 1 << 30, MinFree: -1, MinFreePercent: -1}
	s, err := Open(dir, opts)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := s.Reader("posthog", 1, nil); err != nil {
		b.Fatal(err)
	}
	for record := benchRecord(); s.Stats().Appended < 256<<20/300; {
		for range 1000 {
			if _, err := s.Append(b.Context(), record); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.SetBytes(s.Stats().Bytes)
	for b.Loop() {
		if err := s.Close(b.Context()); err != nil {
			b.Fatal(err)
		}
		if s, err = Open(dir, opts); err != nil {
			b.Fatal(err)
		}
	}
	if err := s.Close(b.Context()); err != nil {
		b.Fatal(err)
	}
}
