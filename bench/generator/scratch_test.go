package generator

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// project is a user's module with a registry and a copy of eventgen.
type project struct {
	dir      string
	eventgen string
}

// newProject makes a module with a registry of the given number of events.
func newProject(tb testing.TB, events int) *project {
	tb.Helper()
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		tb.Fatal(err)
	}
	dir := tb.TempDir()
	p := &project{dir: dir, eventgen: filepath.Join(dir, "eventgen")}
	if runtime.GOOS == "windows" {
		p.eventgen += ".exe"
	}
	command(tb, root, "go", "build", "-o", p.eventgen, "./cmd/eventgen")
	p.write(tb, "go.mod", fmt.Sprintf(
		"module scratch\n\ngo 1.26\n\nrequire github.com/eventgen/eventgen v0.0.0\n\nreplace github.com/eventgen/eventgen => %s\n", root))
	sums, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		tb.Fatal(err)
	}
	p.write(tb, "go.sum", string(sums))
	p.write(tb, "events.yaml", string(Registry(events)))
	cache, err := exec.CommandContext(tb.Context(), "go", "env", "GOCACHE").Output()
	if err != nil {
		tb.Fatal(err)
	}
	tb.Setenv("GOCACHE", strings.TrimSpace(string(cache)))
	for _, name := range []string{"XDG_CACHE_HOME", "LocalAppData"} { // where eventgen remembers the last run
		tb.Setenv(name, filepath.Join(dir, "cache"))
	}
	return p
}

func (p *project) write(tb testing.TB, name, content string) {
	tb.Helper()
	path := filepath.Join(p.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		tb.Fatal(err)
	}
}

// run runs eventgen and fails unless it ends well.
func (p *project) run(tb testing.TB, args ...string) {
	tb.Helper()
	command(tb, p.dir, p.eventgen, args...)
}

// forget removes the output, so that the next run starts from nothing.
func (p *project) forget(tb testing.TB) {
	tb.Helper()
	for _, name := range []string{"generated", "cache"} {
		if err := os.RemoveAll(filepath.Join(p.dir, name)); err != nil {
			tb.Fatal(err)
		}
	}
}

// size returns how large a program is, without its symbol table.
func (p *project) size(tb testing.TB, program string) int64 {
	tb.Helper()
	p.write(tb, "program/main.go", program)
	out := filepath.Join(p.dir, "program.out")
	command(tb, p.dir, "go", "build", "-mod=mod", "-ldflags=-s -w", "-o", out, "./program")
	info, err := os.Stat(out)
	if err != nil {
		tb.Fatal(err)
	}
	return info.Size()
}

// command runs a program and returns its state, for what it cost.
func command(tb testing.TB, dir, name string, args ...string) *os.ProcessState {
	tb.Helper()
	cmd := exec.CommandContext(tb.Context(), name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOPROXY=off", "GOFLAGS=")
	if out, err := cmd.CombinedOutput(); err != nil {
		tb.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return cmd.ProcessState
}
