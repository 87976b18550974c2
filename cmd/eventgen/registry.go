package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/eventgen/eventgen/internal/diag"
	"github.com/eventgen/eventgen/internal/lint"
	"github.com/eventgen/eventgen/internal/taxonomy"
)

// commonFlags are understood by every command, also where they make no difference.
type commonFlags struct {
	file    string
	out     string
	format  string
	noColor bool

	noSource bool           // print no code frames
	files    taxonomy.Files // where the registry is read from
}

func (f *commonFlags) register(root *cobra.Command) {
	flags := root.PersistentFlags()
	flags.StringVarP(&f.file, "file", "f", "events.yaml", "the registry")
	flags.StringVarP(&f.out, "out", "o", "generated/events", "folder of the generated package")
	flags.StringVar(&f.format, "format", "text", "form of the diagnostics: text, json, sarif or github")
	flags.BoolVar(&f.noColor, "no-color", false, "print diagnostics without colour")
}

// load reads the registry and returns it with all that is wrong with it. The registry is nil when it has errors.
func (f *commonFlags) load() (*taxonomy.Taxonomy, []diag.Diagnostic, error) {
	t, found, err := taxonomy.Load(f.files, f.file)
	if err != nil {
		return nil, nil, err
	}
	if t != nil {
		found = append(found, lint.Check(t)...)
	}
	return t, diag.Sort(found), nil
}

// loadSound reads a registry for a command that needs one without errors. When it has some, it prints them and fails;
// otherwise it returns the warnings, which the command reports with findings of its own.
func (f *commonFlags) loadSound(s streams) (*taxonomy.Taxonomy, []diag.Diagnostic, error) {
	t, found, err := f.load()
	if err != nil || t != nil {
		return t, found, err
	}
	if err := f.report(s, found); err != nil {
		return nil, nil, err
	}
	return nil, nil, errFindings
}

// report prints diagnostics. Text is for people and goes to standard error; the other forms are for programs and go to
// standard output.
func (f *commonFlags) report(s streams, found []diag.Diagnostic) error {
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
