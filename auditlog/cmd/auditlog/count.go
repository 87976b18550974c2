package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/eventgen/eventgen/auditlog/query"
)

func newTop(o *options) *cobra.Command {
	var q query.Question
	var order string
	cmd := &cobra.Command{
		Use:   "top",
		Short: "The routes that fail most, are asked for most, or are slowest",
		Long: `Ranks routes: by the part of requests with status 500 and up (5xx-rate), the number of those (errors), of requests with result
failure (failures), of all (requests), or by the latency that 95 of 100 requests do not exceed (p95, within half a percent).
--least leaves out routes with few requests, whose rates say little.`,
		Example: "  auditlog --db audit.db top --by 5xx-rate --since 24h --limit 20",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			q.By, q.Order = query.Route, query.Order(order)
			if !slices.Contains(query.Orders(), q.Order) {
				return fmt.Errorf("--by %q is none of %s", order, names(query.Orders()))
			}
			columns := topColumns
			if q.Order != query.ByP95 {
				columns = columns[:len(columns)-1]
			}
			return o.count(cmd, q, columns)
		},
	}
	cmd.Flags().StringVar(&order, "by", string(query.ByErrorRate), "order: "+names(query.Orders()))
	cmd.Flags().IntVarP(&q.Limit, "limit", "n", 20, "how many routes at most; 0 for all")
	cmd.Flags().Float64Var(&q.Least, "least", 0, "leave out routes with fewer requests")
	return cmd
}

func newBy(o *options) *cobra.Command {
	q := query.Question{Seen: true}
	dimensions := make([]string, 0, len(query.Dimensions()))
	for _, d := range query.Dimensions() {
		dimensions = append(dimensions, string(d))
	}
	cmd := &cobra.Command{
		Use:   "by " + strings.Join(dimensions, "|"),
		Short: "How many requests there are by user, organisation, route, status or role",
		Long: `Counts requests, failures (result failure) and errors (status 500 and up) by user, organisation, route, status or role, the largest
first, and tells when the first and the last one were. Requests without the value are counted as (none).`,
		Example:   "  auditlog --db audit.db by user\n  auditlog --db audit.db --user user_123 by route",
		Args:      oneDimension,
		ValidArgs: dimensions,
		RunE: func(cmd *cobra.Command, args []string) error {
			q.By = query.Dimension(args[0])
			return o.count(cmd, q, byColumns(q.By))
		},
	}
	cmd.Flags().IntVarP(&q.Limit, "limit", "n", 20, "how many values at most; 0 for all")
	return cmd
}

// oneDimension wants the name of a dimension as the only argument.
func oneDimension(_ *cobra.Command, args []string) error {
	switch {
	case len(args) != 1:
		return errors.New("want one of " + names(query.Dimensions()))
	case !slices.Contains(query.Dimensions(), query.Dimension(args[0])):
		return fmt.Errorf("%q is none of %s", args[0], names(query.Dimensions()))
	}
	return nil
}

func names[T ~string](values []T) string {
	all := make([]string, len(values))
	for i, v := range values {
		all[i] = string(v)
	}
	return strings.Join(all, ", ")
}

var topColumns = []column{
	{"route", "ROUTE", text},
	{"requests", "REQUESTS", amount},
	{"failures", "FAILURES", amount},
	{"errors", "5XX", amount},
	{"error_rate", "5XX RATE", ratio},
	{"p95_ms", "P95 MS", millis},
}

func byColumns(d query.Dimension) []column {
	return []column{
		{string(d), strings.ToUpper(string(d)), text},
		{"requests", "REQUESTS", amount},
		{"failures", "FAILURES", amount},
		{"errors", "5XX", amount},
		{"first", "FIRST", moment},
		{"last", "LAST", moment},
	}
}

// value returns what a count has in a column.
func value(c *query.Count, column string) any {
	switch column {
	case "requests":
		return c.Requests
	case "failures":
		return c.Failures
	case "errors":
		return c.Errors
	case "error_rate":
		return c.ErrorRate()
	case "p95_ms":
		return float64(c.P95) / float64(time.Millisecond)
	case "first":
		return c.First
	case "last":
		return c.Last
	case "status":
		if n, err := strconv.ParseInt(c.Value, 10, 64); err == nil {
			return n
		}
	}
	return c.Value
}

func countRow(c *query.Count, columns []column) []any {
	row := make([]any, len(columns))
	for i := range columns {
		row[i] = value(c, columns[i].name)
	}
	return row
}

// count answers a question and prints the answer.
func (o *options) count(cmd *cobra.Command, q query.Question, columns []column) error {
	if err := o.formats("text", "json", "csv"); err != nil {
		return err
	}
	var err error
	if q.Filter, err = o.requests(cmd); err != nil {
		return err
	}
	var a query.Answer
	err = o.read(cmd.Context(), func(audit *query.Log) error {
		a, err = audit.Count(cmd.Context(), q)
		return err
	})
	if err != nil {
		return err
	}
	s := &sheet{columns: columns}
	for i := range a.Counts {
		s.rows = append(s.rows, countRow(&a.Counts[i], columns))
	}
	switch o.format {
	case "csv":
		return s.writeCSV(o.out)
	case "json":
		return writeCounts(o, s, &a)
	default:
		return writeRanking(o, s, &a)
	}
}

// writeRanking prints a table for people, with the total at the end.
func writeRanking(o *options, s *sheet, a *query.Answer) error {
	if a.Values == 0 {
		fmt.Fprintln(o.out, "no requests")
		return nil
	}
	for _, row := range s.rows {
		if row[0] == "" {
			row[0] = "(none)"
		}
	}
	total := countRow(&a.Total, s.columns)
	total[0] = fmt.Sprintf("all %d", a.Values)
	if len(s.rows) < a.Values {
		total[0] = fmt.Sprintf("all %d, of which %d are shown", a.Values, len(s.rows))
	}
	s.rows = append(s.rows, total)
	return s.writeText(o.out)
}

func writeCounts(o *options, s *sheet, a *query.Answer) error {
	rows, err := s.objects()
	if err != nil {
		return err
	}
	total, err := encodeObject(s.columns[1:], countRow(&a.Total, s.columns)[1:])
	if err != nil {
		return err
	}
	return writeJSON(o.out, struct {
		Rows   []json.RawMessage `json:"rows"`
		Values int               `json:"values"`
		Total  json.RawMessage   `json:"total"`
	}{rows, a.Values, total})
}
