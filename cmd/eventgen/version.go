package main

import (
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"
)

func newVersion(s streams) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version of eventgen",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			info, ok := debug.ReadBuildInfo()
			if !ok {
				info = &debug.BuildInfo{}
			}
			_, err := fmt.Fprintf(s.out, "eventgen %s %s\n", moduleVersion(info), info.GoVersion)
			return err
		},
	}
}

// modulePath is where eventgen's version stands when it runs as a tool of another module.
const modulePath = "github.com/eventgen/eventgen"

func moduleVersion(info *debug.BuildInfo) string {
	version := info.Main.Version
	for _, dep := range info.Deps {
		if dep.Path == modulePath {
			version = dep.Version
		}
	}
	if version == "" {
		return "(devel)"
	}
	return version
}
