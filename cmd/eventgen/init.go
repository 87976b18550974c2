package main

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/mod/modfile"
)

// starter holds the files of a new registry. The Go ones end in .txt so that they are no part of this module's packages.
//
//go:embed starter
var starter embed.FS

func newInit(s streams, flags *commonFlags) *cobra.Command {
	return &cobra.Command{
		Use:   "init",
		Short: "Start a registry in this module",
		Long: `Writes a small registry, the go:generate line, and a test of the first event into the module in this folder, and
generates the code. Nothing that exists is overwritten.`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			m, err := readModule("go.mod")
			if err != nil {
				return err
			}
			if err := writeStarter(m, flags.file, flags.out); err != nil {
				return err
			}
			t, found, err := flags.loadSound(s)
			if err != nil {
				return err
			}
			change, err := plan(t, flags.file, flags.out)
			if err != nil {
				return err
			}
			if err := errors.Join(flags.report(s, found), change.apply()); err != nil {
				return err
			}
			_, err = fmt.Fprintf(s.out, nextSteps, flags.file, flags.out, m.importPath(flags.out))
			return err
		},
	}
}

const nextSteps = `Wrote a registry, %[1]s, and its Go package in %[2]s.

Next:
  1. edit %[1]s
  2. go generate ./...
  3. go test ./...
  4. call it:

     client, err := posthogsink.Open(os.LookupEnv, events.Registry())
     …
     _ = events.TrackSignupCompleted(ctx, client, userID, events.SignupCompleted{Method: events.SignupCompletedMethodPassword})

     with import "%[3]s"

The errors of Track functions are counted and logged by the client, so callers may ignore them. For errcheck, say so once in
.golangci.yml:

  linters:
    settings:
      errcheck:
        exclude-functions:
          - (*github.com/eventgen/eventgen/runtime.Client).TrackMap
          - (*github.com/eventgen/eventgen/runtime.Client).Alias
    exclusions:
      rules:
        - linters: [errcheck]
          source: 'events\.(Track|Identify|Group)[A-Z]'
`

// module is what init needs to know of the module in this folder.
type module struct {
	path      string
	generator string // how to run eventgen in it
}

// readModule reads go.mod.
func readModule(file string) (module, error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return module{}, errors.New("there is no go.mod in this folder: run `go mod init` first")
	}
	if err != nil {
		return module{}, err
	}
	const command = modulePath + "/cmd/eventgen"
	m := module{path: modfile.ModulePath(text), generator: "go run " + command}
	if m.path == "" {
		return module{}, errors.New("go.mod names no module")
	}
	parsed, err := modfile.Parse(file, text, nil)
	if err != nil {
		return module{}, err
	}
	for _, tool := range parsed.Tool {
		if tool.Path == command {
			m.generator = "go tool eventgen"
		}
	}
	return m, nil
}

// importPath returns the import path of a folder of the module.
func (m module) importPath(folder string) string { return path.Join(m.path, filepath.ToSlash(folder)) }

// writeStarter writes the files of a new registry, or none when one of them exists.
func writeStarter(m module, registry, out string) error {
	fromOut, err := filepath.Rel(out, registry)
	if err != nil {
		return err
	}
	words := strings.NewReplacer(
		"GENERATOR", m.generator, "REGISTRY", filepath.ToSlash(fromOut), "IMPORTPATH", m.importPath(out))
	sources := map[string]string{
		registry:                             "starter/events.yaml",
		filepath.Join(out, "generate.go"):    "starter/generate.go.txt",
		filepath.Join(out, "events_test.go"): "starter/events_test.go.txt",
	}
	for _, file := range slices.Sorted(maps.Keys(sources)) {
		if _, err := os.Lstat(file); err == nil {
			return fmt.Errorf("%s exists already: nothing was written", file)
		} else if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	for file, source := range sources {
		content, err := starter.ReadFile(source)
		if err != nil {
			return err
		}
		if err := writeFile(file, []byte(words.Replace(string(content)))); err != nil {
			return err
		}
	}
	return nil
}
