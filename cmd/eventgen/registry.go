package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/eventgen/eventgen/internal/diag"
	"github.com/eventgen/eventgen/internal/lint"
	"github.com/eventgen/eventgen/internal/taxonomy"
)

// registryFlags are the flags of every command that reads a registry.
type registryFlags struct {
	file    string
	format  string
	noColor bool

	noSource bool // print no code frames
}

func (f *registryFlags) register(cmd *cobra.Command) {
	cmd.Flags().StringVarP(&f.file, "file", "f", "events.yaml", "the registry")
	cmd.Flags().StringVar(&f.format, "format", "text", "form of the diagnostics: text, json, sarif or github")
	cmd.Flags().BoolVar(&f.noColor, "no-color", false, "print diagnostics without colour")
}

// load reads the registry and returns it with all that is wrong with it. The registry is nil when it has errors.
func (f *registryFlags) load() (*taxonomy.Taxonomy, []diag.Diagnostic, error) {
	t, found, err := taxonomy.Load(taxonomy.OS{}, f.file)
	if err != nil {
		return nil, nil, err
	}
	if t != nil {
		found = append(found, lint.Check(t)...)
	}
	return t, diag.Sort(found), nil
}

// loadSound reads a registry for a command that needs one without errors; it prints what it found.
func (f *registryFlags) loadSound(s streams) (*taxonomy.Taxonomy, error) {
	t, found, err := f.load()
	if err != nil {
		return nil, err
	}
	if err := f.report(s, found); err != nil {
		return nil, err
	}
	if t == nil {
		return nil, errFindings
	}
	return t, nil
}

// report prints diagnostics. Text is for people and goes to standard error; the other forms are for programs and go to
// standard output.
func (f *registryFlags) report(s streams, found []diag.Diagnostic) error {
	switch f.format {
	case "text":
		text := diag.Text{Color: !f.noColor && wantsColor(s)}
		if !f.noSource {
			text.Source = readSource
		}
		return text.Write(s.err, found)
	case "json":
		return diag.WriteJSON(s.out, found)
	case "sarif":
		return diag.WriteSARIF(s.out, found)
	case "github":
		return diag.WriteGitHub(s.out, found)
	default:
		return fmt.Errorf("unknown format %q: text, json, sarif or github", f.format)
	}
}

// readSource returns the text of a file for code frames; a file that is gone has none.
func readSource(file string) []byte {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil
	}
	return text
}

// wantsColor reports whether diagnostics go to a terminal whose user has not switched colour off (no-color.org).
func wantsColor(s streams) bool {
	if off, _ := s.env("NO_COLOR"); off != "" {
		return false
	}
	file, ok := s.err.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
