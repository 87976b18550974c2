//go:build unix

package generator

import (
	"fmt"
	"syscall"
	"testing"
)

// BenchmarkCompile compiles the package of 1,000 events and reports the compiler's processor time and memory.
func BenchmarkCompile(b *testing.B) {
	p := newProject(b, 1000)
	p.run(b, "generate")
	command(b, p.dir, "go", "build", "-mod=mod", "github.com/eventgen/eventgen/runtime")
	touched := 0
	for b.Loop() {
		touched++ // or the result would come from the build cache
		p.write(b, "generated/events/touched.go", fmt.Sprintf("package events\n\nconst touched = %d\n", touched))
		state := command(b, p.dir, "go", "build", "-mod=mod", "./generated/events")
		b.ReportMetric((state.UserTime() + state.SystemTime()).Seconds(), "cpu-s")
		if usage, ok := state.SysUsage().(*syscall.Rusage); ok {
			b.ReportMetric(float64(usage.Maxrss)/1024, "peak-MB") // of the largest child, which is the compiler
		}
	}
}
