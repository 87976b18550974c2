package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/eventgen/eventgen/spool"
)

// letterFolder is where a spool keeps its dead letters.
const letterFolder = "dead"

func newSpool(s streams, flags *commonFlags) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "spool",
		Short: "Look at durable queues, and put dead letters back into them",
		Long: `Looks at the durable queues in a folder, which is that of EVENTS_SPOOL_DIR or the one of a single queue, such as
$EVENTS_SPOOL_DIR/events. All of this is safe beside a running process.`,
	}
	cmd.AddCommand(
		newSpoolStat(s, flags), newSpoolVerify(s, flags), newSpoolLetters(s, flags), newSpoolReplay(s, flags), newSpoolPurge(s, flags),
	)
	return cmd
}

// spoolFolder is one durable queue on disk.
type spoolFolder struct {
	path  string
	parts []string // the folder itself and those of further processes
}

func (f *spoolFolder) letters() string { return filepath.Join(f.path, letterFolder) }

// findSpools returns the queues in a folder: the folder itself, or those right inside it.
func findSpools(dir string) ([]spoolFolder, error) {
	isOne, err := isSpool(dir)
	if err != nil {
		return nil, err
	}
	var paths []string
	if isOne {
		paths = []string{dir}
	} else if paths, err = spoolsInside(dir); err != nil {
		return nil, err
	}
	if len(paths) == 0 {
		return nil, fmt.Errorf("no durable queue in %s", dir)
	}
	var all []spoolFolder
	for _, path := range paths {
		parts, err := spool.Folders(path)
		if err != nil {
			return nil, err
		}
		all = append(all, spoolFolder{path, parts})
	}
	return all, nil
}

func spoolsInside(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var paths []string
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		if !e.IsDir() {
			continue
		}
		ok, err := isSpool(path)
		if err != nil {
			return nil, err
		}
		if ok {
			paths = append(paths, path)
		}
	}
	return paths, nil
}

// isSpool reports whether there is anything in a folder that only a spool has.
func isSpool(dir string) (bool, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return false, err
	}
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".seg") || strings.HasSuffix(e.Name(), ".reader") {
			return true, nil
		}
		if e.IsDir() && e.Name() == letterFolder {
			return true, nil
		}
	}
	return false, nil
}

// verifySpool is spool.Verify; a folder that was adopted meanwhile is skipped.
func verifySpool(path string) (report spool.Report, gone bool, err error) {
	report, err = spool.Verify(path)
	if errors.Is(err, fs.ErrNotExist) {
		return report, true, nil
	}
	return report, false, err
}

// textOrJSON refuses the forms that only diagnostics have.
func (f *commonFlags) textOrJSON() error {
	if f.format != "text" && f.format != "json" {
		return fmt.Errorf("unknown format %q: this command has text and json", f.format)
	}
	return nil
}
