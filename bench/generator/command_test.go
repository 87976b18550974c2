package generator

import (
	"testing"
	"time"
)

// TestOverheadUnchanged compares a run of generate that has nothing to do with one that writes everything.
func TestOverheadUnchanged(t *testing.T) {
	const (
		events   = 400
		attempts = 3
		share    = 0.5 // measured: below 0.1 for 1,000 events
	)
	p := newProject(t, events)
	first, again := time.Hour, time.Hour
	for range attempts {
		p.forget(t)
		first = min(first, timed(func() { p.run(t, "generate") }))
		again = min(again, timed(func() { p.run(t, "generate") }))
	}
	t.Logf("%d events: first run %v, unchanged %v", events, first, again)
	if again > time.Duration(share*float64(first)) {
		t.Errorf("an unchanged run takes %v, the first one %v", again, first)
	}
}

func timed(f func()) time.Duration {
	start := time.Now()
	f()
	return time.Since(start)
}

// BenchmarkCommands measures whole runs of the program.
func BenchmarkCommands(b *testing.B) {
	p := newProject(b, 1000)
	b.Run("lint", func(b *testing.B) {
		for b.Loop() {
			p.run(b, "lint")
		}
	})
	b.Run("generate/first", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			p.forget(b)
			b.StartTimer()
			p.run(b, "generate")
		}
	})
	b.Run("generate/unchanged", func(b *testing.B) {
		p.run(b, "generate")
		for b.Loop() {
			p.run(b, "generate")
		}
	})
	b.Run("generate/check", func(b *testing.B) {
		p.run(b, "generate")
		for b.Loop() {
			p.run(b, "generate", "--check")
		}
	})
}
