package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/eventgen/eventgen/internal/taxonomy"
)

// The exit codes, a contract with scripts.
const (
	exitFine     = 0
	exitFindings = 1
	exitFailed   = 2
)

// streams is what a command reads from and writes to.
type streams struct {
	in  io.Reader
	out io.Writer // data
	err io.Writer // diagnostics
	env func(string) (string, bool)
}

// errFindings ends a command that ran and found something; what it found has been printed.
var errFindings = errors.New("findings")

// run executes the command line and returns the exit code.
func run(args []string, s streams) int {
	root := newRoot(s)
	root.SetArgs(args)
	switch err := root.Execute(); {
	case err == nil:
		return exitFine
	case errors.Is(err, errFindings):
		return exitFindings
	default:
		fmt.Fprintf(s.err, "eventgen: %v\n", err)
		return exitFailed
	}
}

func newRoot(s streams) *cobra.Command {
	root := &cobra.Command{
		Use:           "eventgen",
		Short:         "A typed event registry for PostHog: events.yaml in, Go code and JSON Schemas out",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.SetIn(s.in)
	root.SetOut(s.out)
	root.SetErr(s.err)
	flags := &commonFlags{files: taxonomy.OS{}}
	flags.register(root)
	root.AddCommand(
		newInit(s, flags), newGenerate(s, flags), newLint(s, flags), newValidate(s, flags), newKeys(s, flags),
		newDocs(s, flags), newSpool(s, flags), newStatus(s, flags), newVersion(s),
	)
	return root
}
