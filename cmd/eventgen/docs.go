package main

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/eventgen/eventgen/internal/catalog"
	"github.com/eventgen/eventgen/internal/diag"
	"github.com/eventgen/eventgen/internal/privacy"
	"github.com/eventgen/eventgen/internal/taxonomy"
)

// The folders that documents are written to unless -o says otherwise.
const (
	catalogDir = "docs"
	privacyDir = "docs/privacy"
)

func newDocs(s streams, flags *commonFlags) *cobra.Command {
	var check, dataMap bool
	cmd := &cobra.Command{
		Use:   "docs",
		Short: "Write pages about the registry",
		Long: `Writes a catalogue of the events, events.md, into the folder ` + catalogDir + `; or with --privacy the data map of the registry,
data-map.md and data-map.csv, into the folder ` + privacyDir + `. Use -o for another folder.

The data map is for a data-protection officer: every value that may leave the service, with its category, what happens to it on
the way to each destination, and why; purpose, owner and retention as the registry says them for the property, the event, the
category or all of it (in the root file). Files that are already right are not touched.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			t, found, err := flags.loadSound(s)
			if err != nil {
				return err
			}
			pages, dir := catalogue, catalogDir
			if dataMap {
				pages, dir = dataMapPages, privacyDir
			}
			if cmd.Flags().Changed("out") {
				dir = flags.out
			}
			files, err := pages(t, dir)
			if err != nil {
				return err
			}
			return flags.writeDocs(s, files, dir, found, check)
		},
	}
	cmd.Flags().BoolVar(&dataMap, "privacy", false, "write the data map instead of the catalogue")
	cmd.Flags().BoolVar(&check, "check", false, "change nothing; exit 1 when the pages are out of date")
	return cmd
}

func catalogue(t *taxonomy.Taxonomy, dir string) (map[string][]byte, error) {
	return map[string][]byte{filepath.Join(dir, "events.md"): catalog.Markdown(t)}, nil
}

func dataMapPages(t *taxonomy.Taxonomy, dir string) (map[string][]byte, error) {
	table, err := privacy.CSV(t)
	if err != nil {
		return nil, err
	}
	return map[string][]byte{
		filepath.Join(dir, "data-map.md"):  privacy.Markdown(t),
		filepath.Join(dir, "data-map.csv"): table,
	}, nil
}

// writeDocs writes pages, or only reports which of them differ from what is on disk, together with what was found before.
func (f *commonFlags) writeDocs(s streams, files map[string][]byte, dir string, found []diag.Diagnostic, check bool) error {
	c, err := compareWithDisk(files, dir)
	if err != nil {
		return err
	}
	c.remove = nil // pages have fixed names, so that none is ever left over
	if check {
		for _, path := range c.write {
			at := diag.Position{File: filepath.ToSlash(path), Line: 1, Column: 1}
			found = append(found, diag.New(at, "C604", "out of date").WithFix("run it again without --check"))
		}
	} else if err := c.apply(); err != nil {
		return err
	}
	if err := f.report(s, found); err != nil {
		return err
	}
	if diag.HasErrors(found) {
		return errFindings
	}
	if !check {
		fmt.Fprintf(s.err, "%s: %s, %d written\n", dir, count(c.total, "file"), len(c.write))
	}
	return nil
}
