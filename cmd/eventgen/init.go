package main

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/mod/modfile"
)

// starter holds the files of a new registry. The Go ones end in .txt so that they are no part of this module's packages.
//
//go:embed starter
var starter embed.FS

// starterFiles maps what init writes to where it comes from.
var starterFiles = []struct{ path, source string }{
	{"events.yaml", "starter/events.yaml"},
	{"generated/events/generate.go", "starter/generate.go.txt"},
	{"generated/events/events_test.go", "starter/events_test.go.txt"},
}

func newInit(s streams) *cobra.Command {
	return &cobra.Command{
		Use:   "init",
		Short: "Start a registry in this module",
		Long: `Writes a small registry, the go:generate line, and a test of the first event into the module in this folder, and
generates the code. Nothing that exists is overwritten.`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			module, err := readModule("go.mod")
			if err != nil {
				return err
			}
			if err := writeStarter(module); err != nil {
				return err
			}
			flags := registryFlags{file: "events.yaml", format: "text"}
			t, err := flags.loadSound(s)
			if err != nil {
				return err
			}
			change, err := plan(t, flags.file, filepath.FromSlash("generated/events"))
			if err != nil {
				return err
			}
			if err := change.apply(); err != nil {
				return err
			}
			_, err = fmt.Fprintf(s.out, nextSteps, module.path)
			return err
		},
	}
}

const nextSteps = `Wrote events.yaml, and its Go package in generated/events.

Next:
  1. edit events.yaml
  2. go generate ./...
  3. go test ./...
  4. call it:

     client, err := posthogsink.Open(os.LookupEnv, events.Registry())
     …
     _ = events.TrackSignupCompleted(ctx, client, userID, events.SignupCompleted{Method: events.SignupCompletedMethodPassword})

     with import "%s/generated/events"

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

// writeStarter writes the files of a new registry, or none when one of them exists.
func writeStarter(module module) error {
	for _, file := range starterFiles {
		if _, err := os.Lstat(file.path); err == nil {
			return fmt.Errorf("%s exists already: nothing was written", file.path)
		} else if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	for _, file := range starterFiles {
		content, err := starter.ReadFile(file.source)
		if err != nil {
			return err
		}
		text := strings.NewReplacer("MODULE", module.path, "GENERATOR", module.generator).Replace(string(content))
		if err := writeFile(filepath.FromSlash(file.path), []byte(text)); err != nil {
			return err
		}
	}
	return nil
}
