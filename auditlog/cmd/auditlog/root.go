package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/eventgen/eventgen/auditlog"
	"github.com/eventgen/eventgen/auditlog/internal/database"
	"github.com/eventgen/eventgen/auditlog/query"
)

// The exit codes, a contract with scripts.
const (
	exitFine     = 0
	exitFindings = 1
	exitFailed   = 2
)

// streams is what a command works with besides the database.
type streams struct {
	out io.Writer // data
	err io.Writer // diagnostics
	env func(string) (string, bool)
	now func() time.Time
}

// errFindings ends a command that ran and found something; what it found has been printed.
var errFindings = errors.New("findings")

// run executes the command line and returns the exit code.
func run(ctx context.Context, args []string, s streams) int {
	root := newRoot(s)
	root.SetArgs(args)
	switch err := root.ExecuteContext(ctx); {
	case err == nil:
		return exitFine
	case errors.Is(err, errFindings):
		return exitFindings
	default:
		fmt.Fprintf(s.err, "auditlog: %s\n", visible(strings.TrimPrefix(database.Bare(err).Error(), "auditlog: ")))
		return exitFailed
	}
}

func newRoot(s streams) *cobra.Command {
	root := &cobra.Command{
		Use:   "auditlog",
		Short: "Questions about an audit log, and proof that nobody changed it",
		Long: `Answers questions about the audit log at --db, proves that nobody changed it, and looks after it.

Numbers of requests are sums of sample weights. Times are RFC 3339 (2026-07-31T12:00:00Z), a date, which begins at midnight UTC, or
how long ago (90m, 1h, 7d). --from is the first instant, --to the first one that is too late.

Text and CSV show control and invisible characters as escapes such as \x1b, and a backslash as two. CSV puts an apostrophe before
text that a spreadsheet would take for a formula. JSON is exact.`,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.SetOut(s.out)
	root.SetErr(s.err)
	o := &options{streams: s}
	o.register(root)
	root.AddCommand(
		newFailures(o), newTop(o), newBy(o), newTail(o), newExport(o),
		newVerify(o), newCheckpoint(o), newGC(o), newErase(o), newKey(o),
	)
	return root
}

// options are the flags that every verb understands, also where they make no difference.
type options struct {
	streams
	db       string
	from, to string
	since    string
	user     string
	event    string
	format   string
}

// variable names the database where --db does not.
const variable = "AUDIT_DB"

// requestEvent is the event that middleware records, in the reference registry.
const requestEvent = "api_request"

func (o *options) register(root *cobra.Command) {
	flags := root.PersistentFlags()
	flags.StringVar(&o.db, "db", "", "path of an SQLite file, or postgres:// URL (default the variable "+variable+")")
	flags.StringVar(&o.from, "from", "", "begin at this time")
	flags.StringVar(&o.since, "since", "", "the same as --from")
	flags.StringVar(&o.to, "to", "", "end before this time")
	flags.StringVar(&o.user, "user", "", "only what this user did")
	flags.StringVar(&o.event, "event", "", `only this event; "" for all (default `+requestEvent+" for failures, top and by)")
	flags.StringVar(&o.format, "format", "text", "form of the output: text, json or csv")
	root.MarkFlagsMutuallyExclusive("from", "since")
}

// formats returns an error unless the format is one of those allowed.
func (o *options) formats(allowed ...string) error {
	if !slices.Contains(allowed, o.format) {
		return fmt.Errorf("format %q is none of %q", o.format, allowed)
	}
	return nil
}

// filter returns what the flags choose. Without --event, that is all events.
func (o *options) filter() (query.Filter, error) {
	now := o.now()
	from := o.from
	if from == "" {
		from = o.since
	}
	f := query.Filter{User: o.user, Event: o.event}
	var err error
	if f.From, err = parseTime(from, now); err != nil {
		return f, err
	}
	if f.To, err = parseTime(o.to, now); err != nil {
		return f, err
	}
	if !f.To.IsZero() && !f.From.Before(f.To) {
		return f, fmt.Errorf("no time is from %s on and before %s", f.From.UTC().Format(time.RFC3339), f.To.UTC().Format(time.RFC3339))
	}
	return f, nil
}

// requests returns what the flags choose among requests: without --event, those of the middleware.
func (o *options) requests(cmd *cobra.Command) (query.Filter, error) {
	f, err := o.filter()
	if !cmd.Flags().Changed("event") {
		f.Event = requestEvent
	}
	return f, err
}

// place returns where the log is.
func (o *options) place() (string, error) {
	if o.db != "" {
		return o.db, nil
	}
	if place, ok := o.env(variable); ok && place != "" {
		return place, nil
	}
	return "", errors.New("no audit log is named: give --db or set " + variable)
}

// read opens the log for reading and hands it to a function.
func (o *options) read(ctx context.Context, do func(*query.Log) error) (err error) {
	place, err := o.place()
	if err != nil {
		return err
	}
	audit, err := query.Open(ctx, place)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, audit.Close()) }()
	return do(audit)
}

// store opens the log as a store and hands it to a function. It never creates a log.
func (o *options) store(ctx context.Context, readOnly bool, do func(*auditlog.Store) error) (err error) {
	key, err := auditlog.SigningKey(o.env)
	if err != nil {
		return err
	}
	if err := o.read(ctx, func(*query.Log) error { return nil }); err != nil {
		return err
	}
	place, err := o.place()
	if err != nil {
		return err
	}
	store, err := auditlog.Open(ctx, place, auditlog.Options{ReadOnly: readOnly, Key: key})
	if err != nil {
		return err
	}
	defer func() {
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeLimit)
		defer cancel()
		err = errors.Join(err, store.Close(end))
	}()
	return do(store)
}

// closeLimit is how long a command waits for the end of its chain, also when it was interrupted because the database does not answer.
const closeLimit = 10 * time.Second
