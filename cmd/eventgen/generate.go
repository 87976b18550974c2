package main

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/eventgen/eventgen/internal/codegen"
	"github.com/eventgen/eventgen/internal/schema"
	"github.com/eventgen/eventgen/internal/taxonomy"
)

// editorSchema is the file beside the registry from which editors complete and check it.
const editorSchema = "events.schema.json"

func newGenerate(s streams) *cobra.Command {
	var flags registryFlags
	var out string
	var check bool
	cmd := &cobra.Command{
		Use:   "generate",
		Short: "Write Go code and JSON Schemas",
		Long: `Writes the Go package and its JSON Schemas into the output folder and ` + editorSchema + ` beside the registry.

Files that are already right are not touched; files that eventgen wrote there for events that are gone are removed.`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			t, err := flags.loadSound(s)
			if err != nil {
				return err
			}
			change, err := plan(t, flags.file, out)
			if err != nil {
				return err
			}
			if check {
				return reportDrift(s, change)
			}
			if err := change.apply(); err != nil {
				return err
			}
			_, err = fmt.Fprintf(s.out, "%s: %s, %d written, %d removed\n",
				out, count(change.total, "file"), len(change.write), len(change.remove))
			return err
		},
	}
	flags.register(cmd)
	cmd.Flags().StringVarP(&out, "out", "o", "generated/events", "folder of the generated package")
	cmd.Flags().BoolVar(&check, "check", false, "change nothing; exit 1 when the output is out of date")
	return cmd
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

func reportDrift(s streams, c *change) error {
	for _, path := range c.write {
		fmt.Fprintf(s.err, "%s: error[C604]: out of date; run eventgen generate\n", path)
	}
	for _, path := range c.remove {
		fmt.Fprintf(s.err, "%s: error[C604]: left over from an event that is gone; run eventgen generate\n", path)
	}
	if len(c.write)+len(c.remove) > 0 {
		return errFindings
	}
	return nil
}
