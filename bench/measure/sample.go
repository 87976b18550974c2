package measure

import (
	"runtime"
	"syscall"
	"time"
)

// Sample is what one run cost, for each operation.
type Sample struct {
	Clock  float64 // nanoseconds
	CPU    float64 // nanoseconds of all threads
	Allocs float64
	Bytes  float64
	Ops    int
}

func (s Sample) value(m Metric) float64 {
	switch m {
	case CPU:
		return s.CPU
	case Allocs:
		return s.Allocs
	case Bytes:
		return s.Bytes
	default:
		return s.Clock
	}
}

// take measures one run of n operations.
func take(r *Run, n int) (Sample, error) {
	if r.Prepare != nil {
		if err := r.Prepare(n); err != nil {
			return Sample{}, err
		}
	}
	runtime.GC() // what the last contender left behind is not for this one to clean up
	if err := warm(r, n); err != nil {
		return Sample{}, err
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	cpu, begun := processTime(), time.Now()
	if err := r.Do(n); err != nil {
		return Sample{}, err
	}
	clock := time.Since(begun)
	if r.Settle != nil {
		if err := r.Settle(); err != nil {
			return Sample{}, err
		}
	}
	cpu = processTime() - cpu
	runtime.ReadMemStats(&after)
	per := func(v float64) float64 { return v / float64(n) }
	return Sample{
		Clock: per(float64(clock)), CPU: per(float64(cpu)),
		Allocs: per(float64(after.Mallocs - before.Mallocs)), Bytes: per(float64(after.TotalAlloc - before.TotalAlloc)),
		Ops: n,
	}, nil
}

// warm performs half a run: two collections have emptied every pool since the last run, and a service that goes on does not make
// its queue anew every 40 ms. A contender that prepares its runs has done so.
func warm(r *Run, n int) error {
	if r.Prepare != nil {
		return nil
	}
	if err := r.Do(max(1, n/2)); err != nil || r.Settle == nil {
		return err
	}
	return r.Settle()
}

// processTime is the CPU time that all threads of the process have used, in user space and in the kernel.
func processTime() time.Duration {
	var used syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &used) != nil {
		return 0 // cannot fail with these arguments
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
