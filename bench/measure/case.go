// Package measure runs contenders against each other in one process and says how sure it is of the result.
//
// The contenders of a [Comparison] take turns, pass by pass (A B C A B C …), so that whatever else the machine does meets
// all of them. A ratio is taken within each pass and only then summarised, as the median with its 95 % confidence interval
// by golang.org/x/perf/benchmath, which is what benchstat uses. Besides the clock, each run reports allocations and the CPU
// time of all threads, so that nothing wins by leaving work to the background.
package measure

// Case is one contender.
type Case struct {
	Name string
	// Open makes it ready. What it opens stays open through all passes, beside the other contenders.
	Open func() (*Run, error)
}

// Run is a contender at work.
type Run struct {
	// Prepare, if not nil, is called before each run of n operations. Nothing of it is measured.
	Prepare func(n int) error
	// Do performs n operations. The clock runs meanwhile.
	Do func(n int) error
	// Settle, if not nil, returns when what Do left to the background is done: no longer by the clock, but still in the CPU
	// time and in the allocations.
	Settle func() error
	// Close, if not nil, releases everything, and reports what went wrong unseen.
	Close func() error
	// Note, if not nil, says in a few words what the figures do not, such as how many events arrived. It is asked before
	// Close.
	Note func() string
}

// Comparison is a set of contenders, with what is asked of them.
type Comparison struct {
	Name  string
	Cases []Case
	// CPUs are the values of GOMAXPROCS to compare at, 1 and 2 by default.
	CPUs []int
	// Weight multiplies the time of each run, for contenders that need some to get going. Zero is 1.
	Weight float64
	// MaxPasses, if not zero, bounds the number of passes, for what takes long.
	MaxPasses int
	// Floor names the cases whose sum is the least that the work can cost on this machine.
	Floor []string
	// Targets is what is to be shown.
	Targets []Target
	// Unit is what one operation is, for the table. The default is "op".
	Unit string
}

// Metric selects a value of a [Sample].
type Metric int

// The metrics.
const (
	Clock Metric = iota
	CPU
	Allocs
	Bytes
)

// Target is a limit to (Of − Less) / Over, or to Of − Less where Over is empty.
type Target struct {
	What string
	Metric
	Of, Less, Over []string // names of cases; several are added up
	Limit          float64
	AtLeast        bool    // the limit is a lower one
	Gate           float64 // what tests hold instead of Limit, where that is not reached yet
	CPUs           []int   // where it holds; all of the comparison's by default
}
