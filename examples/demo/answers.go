package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/eventgen/eventgen/auditlog"
	"github.com/eventgen/eventgen/auditlog/query"
)

// answers asks the table what people ask an audit trail, and whether all rows are there and as they were written.
func (d *demo) answers(ctx context.Context) error {
	d.heading("9. Three questions")
	d.say("The command auditlog answers them from the table; here its package query does.")
	list := requests(visits)
	err := d.trail.read(ctx, func(table *query.Log) error {
		return errors.Join(d.failures(ctx, table, list), d.worst(ctx, table, list), d.users(ctx, table, list), table.Check(ctx))
	})
	if err != nil {
		return err
	}
	report, err := d.trail.verify(ctx)
	if err != nil {
		return err
	}
	d.command("verify --checkpoint checkpoint.json --pubkey " + auditlog.FormatPublicKey(d.trail.key)[:8] + "…")
	if err := checkReport(&report, len(list)+1); err != nil {
		return err
	}
	d.say("verify: ok, %d rows in %d chain, %d of them covered by the signed checkpoint", report.Rows, report.Chains, report.Covered)
	return nil
}

// command prints what to type.
func (d *demo) command(arguments string) {
	d.pause()
	d.say("auditlog --db audit.db %s", arguments)
}

// columns prints rows in columns.
func (d *demo) columns(rows [][]any) error {
	w := tabwriter.NewWriter(d.out, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		fmt.Fprint(w, "  ")
		for i, cell := range row {
			if i > 0 {
				fmt.Fprint(w, "\t")
			}
			fmt.Fprint(w, cell)
		}
		fmt.Fprintln(w)
	}
	return w.Flush()
}

// failures asks for the failures in the last hour.
func (d *demo) failures(ctx context.Context, table *query.Log, list []request) error {
	found, err := table.Failures(ctx, query.Filter{From: time.Now().Add(-time.Hour), Event: "api_request"}, 50)
	if err != nil {
		return err
	}
	d.command("failures --since 1h")
	rows := [][]any{{"TIME", "STATUS", "METHOD", "ROUTE", "CODE", "USER", "REQUEST"}}
	for _, r := range found {
		rows = append(rows, []any{r.Time.Format(time.TimeOnly + "Z"), r.Status, r.Method, r.Route, r.ErrorCode, r.User, r.RequestID})
	}
	return errors.Join(d.columns(rows), checkFailures(list, found))
}

// worst asks for the top 20 paths by 5xx rate.
func (d *demo) worst(ctx context.Context, table *query.Log, list []request) error {
	q := query.Question{Filter: query.Filter{Event: "api_request"}, By: query.Route, Order: query.ByErrorRate, Limit: 20}
	a, err := table.Count(ctx, q)
	if err != nil {
		return err
	}
	d.command("top --by 5xx-rate --limit 20")
	rows := [][]any{{"ROUTE", "REQUESTS", "FAILURES", "5XX", "5XX RATE"}}
	for _, c := range a.Counts {
		rows = append(rows, []any{c.Value, c.Requests, c.Failures, c.Errors, fmt.Sprintf("%.2f %%", 100*c.ErrorRate())})
	}
	return errors.Join(d.columns(rows), checkAnswer("top", a, list, func(r request) string { return r.route }))
}

// users asks for requests by user.
func (d *demo) users(ctx context.Context, table *query.Log, list []request) error {
	q := query.Question{Filter: query.Filter{Event: "api_request"}, By: query.User, Limit: 20}
	a, err := table.Count(ctx, q)
	if err != nil {
		return err
	}
	d.command("by user")
	rows := [][]any{{"USER", "REQUESTS", "FAILURES", "5XX"}}
	for _, c := range a.Counts {
		name := c.Value
		if name == "" {
			name = "(none)"
		}
		rows = append(rows, []any{name, c.Requests, c.Failures, c.Errors})
	}
	return errors.Join(d.columns(rows), checkAnswer("by user", a, list, func(r request) string { return r.who.id }))
}

// checkFailures judges that the failures are those that there were, the newest first.
func checkFailures(list []request, found []*query.Record) error {
	var want, got []string
	for _, r := range slices.Backward(list) {
		if r.failed() {
			want = append(want, r.id)
		}
	}
	for _, r := range found {
		got = append(got, r.RequestID)
	}
	if !slices.Equal(got, want) {
		return fmt.Errorf("failures: got %s, want %s", strings.Join(got, " "), strings.Join(want, " "))
	}
	return nil
}

// tally counts requests.
type tally struct {
	requests, failures, errors float64
}

// checkAnswer judges an answer by counting what was asked.
func checkAnswer(question string, a query.Answer, list []request, by func(request) string) error {
	want, got := map[string]tally{}, map[string]tally{}
	for _, r := range list {
		t := want[by(r)]
		t.requests++
		if r.failed() {
			t.failures++
		}
		if r.status >= 500 {
			t.errors++
		}
		want[by(r)] = t
	}
	for _, c := range a.Counts {
		got[c.Value] = tally{c.Requests, c.Failures, c.Errors}
	}
	if !maps.Equal(got, want) {
		return fmt.Errorf("%s: got %v, want %v", question, got, want)
	}
	return nil
}

// checkReport judges what verify found: nothing, in the rows of all events and in those that begin and end the chain.
func checkReport(report *auditlog.Report, rows int) error {
	if !report.OK() {
		return fmt.Errorf("verify: %s", report.Problems[0])
	}
	if want := int64(rows + 2); report.Rows != want || report.Covered == 0 || len(report.Missing) > 0 || len(report.Open) > 0 {
		return fmt.Errorf("verify: %d rows, want %d; %d covered, missing %v, open %v",
			report.Rows, want, report.Covered, report.Missing, report.Open)
	}
	return nil
}
