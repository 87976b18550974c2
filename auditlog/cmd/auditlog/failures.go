package main

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/eventgen/eventgen/auditlog/query"
)

func newFailures(o *options) *cobra.Command {
	var limit int
	cmd := &cobra.Command{
		Use:   "failures",
		Short: "The requests that failed, the newest first, and how many there are by status",
		Long: `Prints the requests whose result is failure, the newest first, and how many there are by status, as sums of sample weights.
Tells about gap records in the same time: events that are missing from the log.`,
		Example: "  auditlog --db audit.db failures --since 1h",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.formats("text", "json", "csv"); err != nil {
				return err
			}
			f, err := o.requests(cmd)
			if err != nil {
				return err
			}
			var found failures
			if err := o.read(cmd.Context(), func(audit *query.Log) error { return found.read(cmd, audit, f, limit) }); err != nil {
				return err
			}
			return found.write(o)
		},
	}
	cmd.Flags().IntVarP(&limit, "limit", "n", 50, "how many requests at most; 0 for all")
	return cmd
}

// failures is what the verb prints.
type failures struct {
	last     []*query.Record
	byStatus query.Answer
	gaps     []query.Gap
}

func (f *failures) read(cmd *cobra.Command, audit *query.Log, filter query.Filter, limit int) (err error) {
	if f.last, err = audit.Failures(cmd.Context(), filter, limit); err != nil {
		return err
	}
	f.byStatus, err = audit.Count(cmd.Context(), query.Question{Filter: filter, By: query.Status, Order: query.ByFailures})
	if err != nil {
		return err
	}
	f.gaps, err = audit.Gaps(cmd.Context(), filter)
	return err
}

var failureColumns = []column{
	{"timestamp", "TIME", moment},
	{"status", "STATUS", number},
	{"method", "METHOD", text},
	{"route", "ROUTE", text},
	{"path", "", text},
	{"error_code", "CODE", text},
	{"user_id", "USER", text},
	{"org_id", "", text},
	{"duration_ms", "MS", millis},
	{"sample_weight", "", amount},
	{"request_id", "REQUEST", text},
	{"uuid", "", text},
}

func (f *failures) sheet() *sheet {
	s := &sheet{columns: failureColumns}
	for _, r := range f.last {
		route := r.Route
		if route == "" {
			route = r.Path
		}
		s.rows = append(s.rows, []any{
			r.Time, r.Status, r.Method, route, r.Path, r.ErrorCode, r.User, r.Org, optional(r.Duration), r.Weight, r.RequestID, r.UUID,
		})
	}
	return s
}

func (f *failures) write(o *options) error {
	s := f.sheet()
	switch o.format {
	case "csv":
		return s.writeCSV(o.out)
	case "json":
		return f.writeJSON(o, s)
	}
	if len(f.last) > 0 {
		if err := s.writeText(o.out); err != nil {
			return err
		}
		fmt.Fprintln(o.out)
	}
	fmt.Fprintln(o.out, f.summary())
	for _, line := range gapLines(f.gaps) {
		fmt.Fprintln(o.out, line)
	}
	return nil
}

// summary says how many failed, by status.
func (f *failures) summary() string {
	var parts []string
	for i := range f.byStatus.Counts {
		if c := &f.byStatus.Counts[i]; c.Failures > 0 {
			parts = append(parts, weighted(c.Failures)+" × "+c.Value)
		}
	}
	total := &f.byStatus.Total
	line := weighted(total.Failures) + " of " + weighted(total.Requests) + " requests failed"
	if len(parts) > 0 {
		line += ": " + strings.Join(parts, ", ")
	}
	if len(f.last) > 0 && float64(len(f.last)) < total.Failures {
		line += fmt.Sprintf(" (showing the last %d)", len(f.last))
	}
	return line
}

func (f *failures) writeJSON(o *options, s *sheet) error {
	rows, err := s.objects()
	if err != nil {
		return err
	}
	type status struct {
		Status   int64   `json:"status"`
		Failures float64 `json:"failures"`
	}
	document := struct {
		Requests float64           `json:"requests"`
		Failures float64           `json:"failures"`
		ByStatus []status          `json:"by_status"`
		Rows     []json.RawMessage `json:"rows"`
		Gaps     []gapObject       `json:"gaps"`
	}{f.byStatus.Total.Requests, f.byStatus.Total.Failures, []status{}, rows, gapObjects(f.gaps)}
	for _, c := range f.byStatus.Counts {
		if c.Failures > 0 {
			code, err := strconv.ParseInt(c.Value, 10, 64)
			if err != nil {
				return err
			}
			document.ByStatus = append(document.ByStatus, status{code, c.Failures})
		}
	}
	return writeJSON(o.out, document)
}

// weighted returns a sum of weights for people.
func weighted(f float64) string { return (&column{kind: amount}).shown(f) }

// optional returns the number behind a pointer, or nil.
func optional(f *float64) any {
	if f == nil {
		return nil
	}
	return *f
}
