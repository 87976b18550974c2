// Command bench measures eventgen beside its alternatives, and rewrites the tables in docs/benchmarks.md. Run it from the
// folder bench:
//
//	go run ./cmd/bench -write ../docs/benchmarks.md   all, within 15 minutes on two cores
//	go run ./cmd/bench -quick                         all, within 2 minutes, printed
//	go run ./cmd/bench -only delivery                 one group, printed
//
// Exit status 1 means that something could not be measured, lost an event or gave a wrong answer; a missed target is a
// result like any other.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime/pprof"
	"slices"
	"strings"
	"time"

	"github.com/eventgen/eventgen/bench/measure"
	"github.com/eventgen/eventgen/bench/report"
)

// settings are the flags.
type settings struct {
	quick    bool
	only     string
	write    string
	dir      string
	raw      string
	contends string
	profile  string
	passes   int
	each     time.Duration
	recovery int64
	events   int
	watch    int // events of the child process
}

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1) //nolint:forbidigo // a command
	}
}

func run(args []string, out io.Writer) error {
	s, err := parse(args)
	if err != nil {
		return err
	}
	if s.watch > 0 {
		return watch(s.dir, s.watch, out)
	}
	stop, err := profile(s.profile)
	if err != nil {
		return err
	}
	sections, err := s.sections(out)
	if err := errors.Join(err, stop()); err != nil {
		return err
	}
	if s.write == "" {
		return nil
	}
	sections["machine"] = report.Machine(s.command(), s.dir, time.Now())
	return rewrite(s.write, sections)
}

func parse(args []string) (s settings, err error) {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.BoolVar(&s.quick, "quick", false, "few and short passes")
	flags.StringVar(&s.only, "only", "", "groups to measure, separated by commas: "+strings.Join(names(groups(s)), ", "))
	flags.StringVar(&s.write, "write", "", "document whose tables are rewritten")
	flags.StringVar(&s.dir, "dir", os.TempDir(), "folder for queues on disk; not in memory")
	flags.StringVar(&s.raw, "raw", "", "file for each pass in the format of go test -bench, for benchstat")
	flags.StringVar(&s.contends, "case", "", "only where \"comparison: contender\" contains this")
	flags.StringVar(&s.profile, "cpuprofile", "", "file for a CPU profile of it all")
	flags.IntVar(&s.passes, "passes", 0, "passes of each contender (default 20, quick 3)")
	flags.DurationVar(&s.each, "each", 0, "time of one run (default 40ms, quick 15ms)")
	flags.IntVar(&s.watch, "watch", 0, "internal: watch the memory while so many events are delivered")
	if err := flags.Parse(args); err != nil {
		return s, err
	}
	s.recovery, s.events = 1<<30, 5_000_000
	passes, each := 20, 40*time.Millisecond // short ones: processors change their speed, and ratios are taken within a pass
	if s.quick {
		passes, each = 3, 15*time.Millisecond
		s.recovery, s.events = 32<<20, 300_000
	}
	if s.passes == 0 {
		s.passes = passes
	}
	if s.each == 0 {
		s.each = each
	}
	return s, nil
}

// command is how to repeat the run.
func (s settings) command() string {
	return fmt.Sprintf("go run ./cmd/bench -passes %d -each %v", s.passes, s.each)
}

// sections measures all groups that were asked for, prints what it finds as it goes, and returns the text for each marker.
func (s settings) sections(out io.Writer) (map[string]string, error) {
	all, only := map[string]string{}, strings.Split(s.only, ",")
	for _, name := range only {
		if s.only != "" && !slices.Contains(names(groups(s)), name) {
			return nil, fmt.Errorf("no group %q", name)
		}
	}
	for _, g := range groups(s) {
		if s.only != "" && !slices.Contains(only, g.name) {
			continue
		}
		begun := time.Now()
		text, err := g.render(s)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", g.name, err)
		}
		all[g.name] = text
		fmt.Fprintf(out, "## %s (%v)\n\n%s\n", g.name, time.Since(begun).Round(time.Second), text)
	}
	return all, nil
}

// compare measures comparisons and renders them.
func (s settings) compare(comparisons []measure.Comparison) (string, error) {
	var outcomes []measure.Outcome
	var tables strings.Builder
	for _, c := range comparisons {
		if s.contends != "" {
			c = c.Only(func(name string) bool { return strings.Contains(c.Name+": "+name, s.contends) })
		}
		if len(c.Cases) == 0 {
			continue
		}
		o, err := measure.Compare(c, measure.Plan{Passes: s.passes, Each: s.each})
		if err != nil {
			return "", err
		}
		if err := appendRaw(s.raw, o); err != nil {
			return "", err
		}
		outcomes = append(outcomes, o)
		tables.WriteString("\n" + report.Table(o))
	}
	return report.Targets(outcomes) + tables.String(), nil
}

// profile starts a CPU profile, and returns what ends it.
func profile(path string) (stop func() error, err error) {
	if path == "" {
		return func() error { return nil }, nil
	}
	f, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	return func() error {
		pprof.StopCPUProfile()
		return f.Close()
	}, pprof.StartCPUProfile(f)
}

func rewrite(path string, sections map[string]string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	document := string(text)
	for name, section := range sections {
		if document, err = report.Replace(document, name, section); err != nil {
			return err
		}
	}
	return os.WriteFile(path, []byte(document), 0o600) //nolint:gosec // the file that the user names is to be written
}

func appendRaw(path string, o measure.Outcome) error {
	if path == "" {
		return nil
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if _, err := io.WriteString(f, report.Raw(o)); err != nil {
		return err
	}
	return f.Close()
}
