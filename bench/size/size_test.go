package size

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The growth that is allowed, in bytes, about a quarter above what it was when the limit was set.
const (
	maxRuntime = 2_000_000 // runtime, redact, spool and one event beyond a program that logs JSON; was 1.61 MB
	maxSink    = 1_350_000 // all of ours beyond a program with posthog-go; was 1.05 MB
)

// TestBinary builds four programs, stripped, and compares their sizes.
func TestBinary(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("builds programs")
	}
	sizes := map[string]int64{}
	for _, program := range []string{"hello", "memory", "plain", "posthog"} {
		sizes[program] = build(t, program)
		t.Logf("%-8s %8d bytes", program, sizes[program])
	}
	for _, c := range []struct {
		program, beyond string
		limit           int64
	}{{"memory", "hello", maxRuntime}, {"posthog", "plain", maxSink}} {
		if grown := sizes[c.program] - sizes[c.beyond]; grown > c.limit {
			t.Errorf("%s is %d bytes larger than %s, want at most %d", c.program, grown, c.beyond, c.limit)
		}
	}
}

func build(t *testing.T, program string) int64 {
	t.Helper()
	binary := filepath.Join(t.TempDir(), program)
	compiler := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-ldflags=-s -w", "-o", binary, "./testdata/"+program)
	if out, err := compiler.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", program, err, out)
	}
	info, err := os.Stat(binary)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

// TestModules asks which modules the programs bring along: none of others without a sink to PostHog, and posthog-go's with one.
func TestModules(t *testing.T) {
	t.Parallel()
	const self = "github.com/eventgen/eventgen"
	for program, allowed := range map[string][]string{
		"memory": {self, self + "/bench"},
		"posthog": {
			self, self + "/bench", "github.com/posthog/posthog-go", "github.com/goccy/go-json", "github.com/google/uuid",
			"github.com/hashicorp/golang-lru/v2", "github.com/klauspost/compress", "github.com/andybalholm/brotli",
			"golang.org/x/sys", "golang.org/x/text",
		},
	} {
		const format = "{{with .Module}}{{.Path}}{{end}}"
		out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f", format, "./testdata/"+program).Output()
		if err != nil {
			t.Fatal(program, err)
		}
		modules := strings.Fields(string(out))
		if !slices.Contains(modules, self) {
			t.Errorf("%s: %q: it does not use eventgen", program, modules)
		}
		for _, module := range modules {
			if !slices.Contains(allowed, module) {
				t.Errorf("%s links %s", program, module)
			}
		}
	}
}
