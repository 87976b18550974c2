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

const module = "github.com/eventgen/eventgen/"

// allowed lists, for each package, everything outside the standard library that its code may import. Tests may also import
// what testOnly lists.
var allowed = map[string][]string{
	"redact":                   {},
	"spool":                    {},
	"httpaudit":                {},
	"runtime":                  {"redact", "spool"},
	"metrics":                  {"runtime"},
	"sink/posthogsink":         {"runtime", "redact", "spool", "github.com/posthog/posthog-go", "github.com/klauspost/compress/gzip"},
	"sink/jsonlsink":           {"runtime", "redact"},
	"eventstest":               {"runtime", "redact", "spool"},
	"schemacheck":              {"runtime", "github.com/santhosh-tekuri/jsonschema/v5"},
	"generated/events":         {"runtime", "redact"},
	"internal/diag":            {},
	"internal/taxonomy":        {"internal/diag", "internal/taxonomy/syntax", "go.yaml.in/yaml/v4"},
	"internal/taxonomy/syntax": {"internal/diag", "go.yaml.in/yaml/v4", "go.yaml.in/yaml/v4/plugin/loaderlimits", "github.com/invopop/jsonschema"},
	"internal/lint":            {"internal/diag", "internal/taxonomy"},
	"internal/schema":          {"internal/taxonomy", "internal/taxonomy/syntax", "github.com/invopop/jsonschema"},
	"internal/codegen":         {"internal/taxonomy", "internal/schema", "github.com/dave/jennifer/jen"},
	"internal/markdown":        {},
	"internal/privacy":         {"internal/markdown", "internal/taxonomy", "redact"},
	"internal/catalog":         {"internal/markdown", "internal/taxonomy"},
	"internal/differential":    {},
	"internal/faults":          {},
	"internal/arrows":          {},
	"cmd/eventgen": {
		"internal/diag", "internal/taxonomy", "internal/lint", "internal/codegen", "internal/schema",
		"internal/catalog", "internal/privacy",
		"redact", "runtime", "schemacheck", "spool", "github.com/spf13/cobra", "golang.org/x/mod/modfile",
	},
}

// standardOnly are the packages whose tests, too, import the standard library and us only: a test's dependency would end up
// in the go.sum of every user.
var standardOnly = []string{"redact", "spool", "httpaudit", "runtime"}

type listed struct {
	ImportPath                         string
	Imports, TestImports, XTestImports []string
}

func TestArrows(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, p := range list(t) {
		name := strings.TrimPrefix(p.ImportPath, module)
		seen[name] = true
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rule, ok := allowed[name]
			if !ok {
				t.Fatal("has no rule: say what it may import")
			}
			for _, path := range p.Imports {
				if outside(path) && !slices.Contains(rule, strings.TrimPrefix(path, module)) {
					t.Errorf("imports %s", path)
				}
			}
			checkTests(t, name, slices.Concat(p.TestImports, p.XTestImports))
		})
	}
	for _, name := range []string{"redact", "runtime", "sink/posthogsink", "eventstest", "schemacheck", "cmd/eventgen"} {
		if !seen[name] {
			t.Errorf("%s was not listed", name)
		}
	}
}

func checkTests(t *testing.T, name string, imports []string) {
	t.Helper()
	for _, path := range imports {
		own := strings.HasPrefix(path, module)
		if strings.HasPrefix(path, module+"cmd/") {
			t.Errorf("a test imports %s", path)
		}
		if outside(path) && !own && slices.Contains(standardOnly, name) {
			t.Errorf("a test imports %s", path)
		}
	}
}

// outside reports whether an import is not from the standard library.
func outside(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return strings.Contains(first, ".")
}

func list(t *testing.T) []listed {
	t.Helper()
	command := exec.Command("go", "list", "-json=ImportPath,Imports,TestImports,XTestImports", module+"...")
	out, err := command.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var packages []listed
	decoder := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p listed
		switch err := decoder.Decode(&p); {
		case errors.Is(err, io.EOF):
			return packages
		case err != nil:
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
}
