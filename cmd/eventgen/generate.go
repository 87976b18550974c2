package main

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/eventgen/eventgen/internal/codegen"
	"github.com/eventgen/eventgen/internal/diag"
	"github.com/eventgen/eventgen/internal/schema"
	"github.com/eventgen/eventgen/internal/taxonomy"
)

// editorSchema is the file beside the registry from which editors complete and check it.
const editorSchema = "events.schema.json"

func newGenerate(s streams, flags *commonFlags) *cobra.Command {
	var check bool
	cmd := &cobra.Command{
		Use:   "generate",
		Short: "Write Go code and JSON Schemas",
		Long: `Writes the Go package and its JSON Schemas into the output folder and ` + editorSchema + ` beside the registry.

Files that are already right are not touched; files that eventgen wrote there for events that are gone are removed.`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if check {
				return checkGenerated(s, flags)
			}
			return generate(s, flags)
		},
	}
	cmd.Flags().BoolVar(&check, "check", false, "change nothing; exit 1 when the output is out of date")
	return cmd
}

// generate brings the output up to date.
func generate(s streams, flags *commonFlags) error {
	if m := flags.recall(); m != nil {
		return reportGenerated(s, flags, m.Found, &change{total: len(m.Written)})
	}
	questions := &trace{Files: flags.files}
	flags.files = questions
	t, found, err := flags.loadSound(s)
	if err != nil {
		return err
	}
	change, err := plan(t, flags.file, flags.out)
	if err != nil {
		return err
	}
	if err := change.apply(); err != nil {
		return err
	}
	flags.remember(questions.asked, found, change.files)
	return reportGenerated(s, flags, found, change)
}

func reportGenerated(s streams, flags *commonFlags, found []diag.Diagnostic, c *change) error {
	if err := flags.report(s, found); err != nil {
		return err
	}
	fmt.Fprintf(s.err, "%s: %s, %d written, %d removed\n", flags.out, count(c.total, "file"), len(c.write), len(c.remove))
	return nil
}

// checkGenerated reports what is out of date. It relies on no memory of an earlier run.
func checkGenerated(s streams, flags *commonFlags) error {
	t, found, err := flags.loadSound(s)
	if err != nil {
		return err
	}
	change, err := plan(t, flags.file, flags.out)
	if err != nil {
		return err
	}
	found = append(found, change.drift()...)
	if err := flags.report(s, found); err != nil {
		return err
	}
	if diag.HasErrors(found) {
		return errFindings
	}
	return nil
}

// plan generates everything and returns what has to change on disk.
func plan(t *taxonomy.Taxonomy, registry, out string) (*change, error) {
	generated, err := codegen.Generate(t)
	if err != nil {
		return nil, err
	}
	editor, err := schema.Editor()
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{filepath.Join(filepath.Dir(registry), editorSchema): editor}
	for path, content := range generated {
		files[filepath.Join(out, filepath.FromSlash(path))] = content
	}
	return compareWithDisk(files, out)
}

// drift reports what is out of date.
func (c *change) drift() []diag.Diagnostic {
	var found []diag.Diagnostic
	report := func(path, message string) {
		at := diag.Position{File: filepath.ToSlash(path), Line: 1, Column: 1}
		found = append(found, diag.New(at, "C604", "%s", message).WithFix("run eventgen generate"))
	}
	for _, path := range c.write {
		report(path, "out of date")
	}
	for _, path := range c.remove {
		report(path, "left over from an event that is gone")
	}
	return found
}
