package main

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/eventgen/eventgen/auditlog/query"
)

// recordColumns are those of the table audit_logs, but for what only Verify needs.
var recordColumns = []column{
	{"timestamp", "TIME", moment},
	{"kind", "", text},
	{"event", "EVENT", text},
	{"uuid", "", text},
	{"distinct_id", "", text},
	{"request_id", "", text},
	{"user_id", "USER", text},
	{"user_role", "", text},
	{"org_id", "", text},
	{"method", "METHOD", text},
	{"status", "STATUS", number},
	{"route", "ROUTE", text},
	{"path", "", text},
	{"result", "", text},
	{"error_code", "CODE", text},
	{"duration_ms", "", millis},
	{"ip", "", text},
	{"user_agent", "", text},
	{"sample_weight", "", amount},
	{"properties", "", object},
	{"written", "", moment},
	{"writer", "", text},
	{"seq", "", number},
	{"hash", "", text},
}

// tailWidths are those of the columns with a head.
var tailWidths = []int{20, 12, 16, 6, 6, 32, 8}

func recordRow(r *query.Record) []any {
	var status any
	if r.Status != 0 {
		status = r.Status
	}
	event := r.Event
	var properties any
	if r.Properties != nil {
		properties = r.Properties
		if !json.Valid(r.Properties) { // somebody changed it
			properties = string(r.Properties)
		}
	}
	return []any{
		r.Time, r.Kind, event, r.UUID, r.DistinctID, r.RequestID, r.User, r.Role, r.Org, r.Method, status, r.Route, r.Path, r.Result,
		r.ErrorCode, optional(r.Duration), r.IP, r.UserAgent, r.Weight, properties, r.Written, r.Writer, r.Seq, hex.EncodeToString(r.Hash),
	}
}

func newTail(o *options) *cobra.Command {
	var lines int
	var follow bool
	var interval time.Duration
	cmd := &cobra.Command{
		Use:   "tail",
		Short: "The last rows, and with --follow what comes",
		Long: `Prints the last rows of the log, also those of events that are no requests and of the log's own records, in the order of their times.
With --follow it then looks for new rows until it is interrupted. JSON has one object a line.`,
		Example: "  auditlog --db audit.db tail --follow",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.formats("text", "json", "csv"); err != nil {
				return err
			}
			f, err := o.filter()
			if err != nil {
				return err
			}
			return o.read(cmd.Context(), func(audit *query.Log) error {
				tail, last, err := audit.Tail(cmd.Context(), f, lines)
				if err != nil {
					return err
				}
				rows := o.rows()
				for _, r := range last {
					if err := rows.write(shownRow(o, r)); err != nil {
						return err
					}
				}
				if err := rows.flush(); err != nil || !follow {
					return err
				}
				return o.follow(cmd.Context(), tail, rows, interval)
			})
		},
	}
	cmd.Flags().IntVarP(&lines, "lines", "n", 20, "how many rows")
	cmd.Flags().BoolVarP(&follow, "follow", "f", false, "go on with rows that are written from now on")
	cmd.Flags().DurationVar(&interval, "interval", time.Second, "how often to look for them")
	return cmd
}

// shownRow is a row for tail: people see the kind of what is no event.
func shownRow(o *options, r *query.Record) []any {
	row := recordRow(r)
	if o.format == "text" && r.Kind != "event" {
		row[2] = "(" + r.Kind + ")"
	}
	return row
}

// rows returns a writer of rows in the format of the flags.
func (o *options) rows() rowWriter {
	switch o.format {
	case "json":
		return newJSONRows(o.out, recordColumns)
	case "csv":
		return newCSVRows(o.out, recordColumns)
	default:
		return newTextRows(o.out, recordColumns, tailWidths)
	}
}

// follow prints what comes until the context ends, which is no error.
func (o *options) follow(ctx context.Context, tail *query.Tail, rows rowWriter, interval time.Duration) error {
	if interval <= 0 {
		return fmt.Errorf("--interval %s is not positive", interval)
	}
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		err := tail.Next(ctx, func(r *query.Record) error { return rows.write(shownRow(o, r)) })
		if ctx.Err() != nil {
			return rows.flush()
		}
		if err != nil {
			return err
		}
		if err := rows.flush(); err != nil {
			return err
		}
	}
}

func newExport(o *options) *cobra.Command {
	return &cobra.Command{
		Use:   "export",
		Short: "All rows, as newline-delimited JSON or CSV",
		Long: `Prints all rows that the flags choose, the oldest first, in constant memory: --format ndjson, which is the default, or csv. Rows that
are written meanwhile are left out. In CSV, text that a spreadsheet would take for a formula has an apostrophe before it.`,
		Example: "  auditlog --db audit.db --from 2026-07-01 --to 2026-08-01 export --format csv",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !cmd.Flags().Changed("format") || o.format == "ndjson" {
				o.format = "json"
			}
			if err := o.formats("json", "csv"); err != nil {
				return err
			}
			f, err := o.filter()
			if err != nil {
				return err
			}
			return o.read(cmd.Context(), func(audit *query.Log) error {
				rows := o.rows()
				if err := audit.Records(cmd.Context(), f, func(r *query.Record) error { return rows.write(recordRow(r)) }); err != nil {
					return err
				}
				return rows.flush()
			})
		},
	}
}
