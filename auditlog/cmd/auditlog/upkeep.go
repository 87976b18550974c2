package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/eventgen/eventgen/auditlog"
)

func newGC(o *options) *cobra.Command {
	var age string
	cmd := &cobra.Command{
		Use:   "gc --older-than AGE",
		Short: "Remove rows that were written long ago",
		Long: `Removes the rows that were written before a time: an age, such as 90d, or a date. The rest stays verifiable: a record in the log,
signed with the key in ` + auditlog.KeyVariable + ` if there is one, says what was removed.`,
		Example: "  auditlog --db audit.db gc --older-than 90d",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			before, err := parseTime(age, o.now())
			if err != nil {
				return err
			}
			if before.IsZero() {
				return errors.New("say what is old: --older-than 90d")
			}
			var n int64
			err = o.store(cmd.Context(), false, func(store *auditlog.Store) error {
				n, err = store.GC(cmd.Context(), before)
				return err
			})
			if err != nil {
				return err
			}
			return o.changed(n, "removed", "removed "+plural(n, "row")+" written before "+before.UTC().Format(time.RFC3339))
		},
	}
	cmd.Flags().StringVar(&age, "older-than", "", "age of what is removed, or the time before which it was written")
	return cmd
}

func newErase(o *options) *cobra.Command {
	return &cobra.Command{
		Use:   "erase ID…",
		Short: "Empty the rows of persons, and keep the chains",
		Long: `Empties the personal columns of all rows whose distinct_id or user_id is one of the IDs, as they stand in the log. What happened, when,
on which route and with what result stays, and so does the row's place in its chain. A record says which rows were emptied, not
whose they were. Exports and backups are yours to find.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, ids []string) error {
			for _, id := range ids {
				if id == "" {
					return errors.New("an ID is empty")
				}
			}
			var n int64
			err := o.store(cmd.Context(), false, func(store *auditlog.Store) (err error) {
				n, err = store.Erase(cmd.Context(), ids...)
				return err
			})
			if err != nil {
				return err
			}
			return o.changed(n, "erased", "erased "+plural(n, "row"))
		},
	}
}

// changed reports how many rows a verb changed.
func (o *options) changed(n int64, what, line string) error {
	if o.format == "json" {
		return writeJSON(o.out, map[string]int64{what: n})
	}
	_, err := fmt.Fprintln(o.out, line)
	return err
}
