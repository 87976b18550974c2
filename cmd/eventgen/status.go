package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"
)

func newStatus(s streams, flags *commonFlags) *cobra.Command {
	var url, dir string
	var maxAge time.Duration
	cmd := &cobra.Command{
		Use:   "status (--url URL | --spool DIR)",
		Short: "Say whether delivery is well, or somebody has to act",
		Long: `Says in a few lines whether delivery is well: by the metrics of a running process, see package metrics, or by the durable
queues in a folder. Exits 1 when somebody has to act: a sink is paused, events became dead letters or were lost, bytes are
damaged, the disk is full or does not answer, a file of dead letters is half full, or the oldest event has waited for longer than
--max-age.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := flags.textOrJSON(); err != nil {
				return err
			}
			var h health
			var err error
			switch {
			case (url == "") == (dir == ""):
				return errors.New("say either --url or --spool")
			case url != "":
				err = h.readMetrics(cmd.Context(), url, maxAge)
			default:
				err = h.readSpools(dir, maxAge, time.Now())
			}
			if err != nil {
				return err
			}
			return h.print(s, flags.format)
		},
	}
	cmd.Flags().StringVar(&url, "url", "", "address of the metrics, such as http://127.0.0.1:9464/metrics")
	cmd.Flags().StringVar(&dir, "spool", "", "folder of EVENTS_SPOOL_DIR, or of one queue")
	cmd.Flags().DurationVar(&maxAge, "max-age", time.Hour, "how long an event may wait")
	return cmd
}

// health is what status prints.
type health struct {
	Facts    []string `json:"facts"`
	Problems []string `json:"problems"`
}

func (h *health) fact(format string, args ...any) {
	h.Facts = append(h.Facts, fmt.Sprintf(format, args...))
}

func (h *health) problem(format string, args ...any) {
	h.Problems = append(h.Problems, fmt.Sprintf(format, args...))
}

func (h *health) print(s streams, format string) error {
	if format == "json" {
		if err := writeJSON(s.out, health{orNone(h.Facts), orNone(h.Problems)}); err != nil {
			return err
		}
	} else {
		for _, f := range h.Facts {
			fmt.Fprintln(s.out, f)
		}
		for _, p := range h.Problems {
			fmt.Fprintf(s.out, "problem: %s\n", p)
		}
		if len(h.Problems) == 0 {
			fmt.Fprintln(s.out, "all is well")
		}
	}
	if len(h.Problems) > 0 {
		return errFindings
	}
	return nil
}

// readSpools judges the queues in a folder.
func (h *health) readSpools(dir string, maxAge time.Duration, now time.Time) error {
	all, err := statSpools(dir)
	if err != nil {
		return err
	}
	for i := range all {
		h.judge(&all[i], maxAge, now)
	}
	return nil
}

func (h *health) judge(st *spoolStat, maxAge time.Duration, now time.Time) {
	h.fact("%s: %s, %s", st.Path, count(st.Records, "record"), sizeText(st.Bytes))
	for _, sink := range st.Sinks {
		h.fact("%s: sink %s: %d waiting", st.Path, sink.Sink, sink.Waiting)
		if age := now.Sub(sink.Oldest); !sink.Oldest.IsZero() && age > maxAge {
			h.problem("%s: sink %s: the oldest event has waited for %s", st.Path, sink.Sink, ageText(age))
		}
	}
	for _, d := range st.DeadLetters {
		h.problem("%s: sink %s: %s, %s", st.Path, d.Sink, count(d.Count, "dead letter"), printable(d.Reason))
	}
	for _, f := range st.LetterFiles {
		h.judgeLetters(fmt.Sprintf("%s: sink %s", st.Path, f.Sink), f)
	}
	for _, damage := range st.damage() {
		h.problem("%s: damaged or lost: %s", st.Path, damage)
	}
}

// judgeLetters judges how full a file of dead letters is.
func (h *health) judgeLetters(who string, f letterFile) {
	if f.Bytes > 0 {
		h.fact("%s: %s of dead letters, %d %% of what their file takes", who, sizeText(f.Bytes), f.filled())
	}
	if f.filled() >= letterWarning {
		h.problem("%s: the dead letters fill %d %% of their file; when it is full the sink stops: replay or purge them", who, f.filled())
	}
}
