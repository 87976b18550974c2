package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/eventgen/eventgen/internal/diag"
)

func newLint(s streams, flags *commonFlags) *cobra.Command {
	var strict bool
	cmd := &cobra.Command{
		Use:   "lint",
		Short: "Report everything that is wrong with the registry",
		Long:  "Reports everything that is wrong with the registry, in all its files, in one run. Exits 1 when there are errors.",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			t, found, err := flags.load()
			if err != nil {
				return err
			}
			if err := flags.report(s, found); err != nil {
				return err
			}
			errors, warnings := diag.Count(found)
			if t != nil && flags.format == "text" {
				fmt.Fprintf(s.err, "%s: %s, %s, %s\n", flags.file,
					count(len(t.Events), "event"), count(errors, "error"), count(warnings, "warning"))
			}
			if errors > 0 || strict && warnings > 0 {
				return errFindings
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&strict, "strict", false, "let warnings fail too")
	return cmd
}

// count spells a number of things: "1 event", "2 events".
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
