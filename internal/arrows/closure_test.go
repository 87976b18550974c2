package arrows

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// closures lists, for each package that users link, all of ours and all modules that come with it, however far away, and the
// parts of the standard library that must not: a program that tracks events is not to become a network client by it.
var closures = map[string]closure{
	"redact":           {without: offline},
	"spool":            {without: offline},
	"runtime":          {ours: []string{"redact", "spool"}, without: offline},
	"generated/events": {ours: []string{"redact", "spool", "runtime"}, without: offline},
	"sink/jsonlsink":   {ours: []string{"redact", "spool", "runtime"}, without: offline},
	"httpaudit":        {without: unwanted},
	"eventstest":       {ours: []string{"redact", "spool", "runtime"}, without: unwanted},
	"sink/posthogsink": {
		ours: []string{"redact", "spool", "runtime"},
		modules: []string{
			"github.com/posthog/posthog-go", "github.com/klauspost/compress",
			// These come with posthog-go.
			"github.com/andybalholm/brotli", "github.com/goccy/go-json", "github.com/google/uuid",
			"github.com/hashicorp/golang-lru/v2", "golang.org/x/text",
		},
		without: unwanted,
	},
}

type closure struct {
	ours, modules, without []string
}

var (
	// unwanted packages cost a program more than any of ours is worth. The linker keeps all exported methods of a program
	// that has a template package, which undoes runtime.Contents.
	unwanted = []string{"text/template", "html/template", "database/sql", "os/exec", "plugin"}
	offline  = append([]string{"net", "net/http"}, unwanted...)
)

func TestClosures(t *testing.T) {
	t.Parallel()
	for name, want := range closures {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, d := range dependencies(t, module+name) {
				own, isOurs := strings.CutPrefix(d.ImportPath, module)
				switch {
				case d.Standard && slices.Contains(want.without, d.ImportPath):
					t.Errorf("brings %s along", d.ImportPath)
				case d.Standard, own == name:
				case isOurs && !slices.Contains(want.ours, own):
					t.Errorf("brings our %s along", own)
				case !isOurs && !slices.Contains(want.modules, d.Module.Path):
					t.Errorf("brings %s of %s along", d.ImportPath, d.Module.Path)
				}
			}
		})
	}
}

// dependency is a package that is linked with another one.
type dependency struct {
	ImportPath string
	Standard   bool
	Module     struct{ Path string }
}

// dependencies lists a package and all that it imports, directly or not.
func dependencies(t *testing.T, path string) []dependency {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "-json=ImportPath,Standard,Module", path).Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []dependency
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var d dependency
		switch err := decoder.Decode(&d); {
		case errors.Is(err, io.EOF) && len(all) > 0:
			return all
		case err != nil:
			t.Fatal(err)
		}
		all = append(all, d)
	}
}
