package codegen

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/eventgen/eventgen/internal/taxonomy"
)

// generate returns the files of a registry.
func generate(t testing.TB, registry *taxonomy.Taxonomy) map[string][]byte {
	t.Helper()
	files, err := Generate(registry)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// goFiles returns the names of the Go files among files, in order.
func goFiles(files map[string][]byte) []string {
	var names []string
	for name := range files {
		if path.Ext(name) == ".go" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func parse(t testing.TB, fset *token.FileSet, name string, source []byte) *ast.File {
	t.Helper()
	f, err := parser.ParseFile(fset, name, source, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatalf("%v\n%s", err, source)
	}
	return f
}

// exported maps import paths to the compiler's export data of what generated code imports.
var exported = sync.OnceValues(func() (map[string]string, error) {
	list := exec.Command("go", "list", "-export", "-deps", "-json=ImportPath,Export", runtimePath, "embed", "math")
	var stderr bytes.Buffer
	list.Stderr = &stderr
	out, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w\n%s", err, &stderr)
	}
	files := map[string]string{}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct{ ImportPath, Export string }
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return files, nil
		} else if err != nil {
			return nil, err
		}
		files[p.ImportPath] = p.Export
	}
})

// newImporter returns an importer of the packages that generated code may use, and of no others.
func newImporter(t testing.TB, fset *token.FileSet) types.Importer {
	t.Helper()
	files, err := exported()
	if err != nil {
		t.Fatal(err)
	}
	return importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) {
		file, ok := files[path]
		if !ok {
			return nil, fmt.Errorf("generated code may not import %q", path)
		}
		return os.Open(file)
	})
}

// checkTypes fails the test unless the Go files are one valid package. It is much faster than the compiler.
func checkTypes(t testing.TB, files map[string][]byte) *types.Package {
	t.Helper()
	fset := token.NewFileSet()
	var parsed []*ast.File
	for _, name := range goFiles(files) {
		parsed = append(parsed, parse(t, fset, name, files[name]))
	}
	var problems []error
	config := types.Config{Importer: newImporter(t, fset), Error: func(err error) { problems = append(problems, err) }}
	pkg, _ := config.Check("generated", fset, parsed, nil)
	for _, err := range problems {
		t.Error(err)
	}
	return pkg
}

// vet writes each registry's files as a package of a module of a user's, runs go vet on all of them, and returns the
// module's folder.
func vet(t *testing.T, packages map[string]map[string][]byte) string {
	t.Helper()
	if testing.Short() {
		t.Skip("runs the compiler")
	}
	dir := scratchModule(t)
	for name, files := range packages {
		for file, content := range files {
			writeFile(t, filepath.Join(dir, name, filepath.FromSlash(file)), content)
		}
	}
	goCommand(t, dir, "vet", "./...")
	return dir
}

// scratchModule returns the folder of a new module that uses this one.
func scratchModule(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	module, _, _ := strings.Cut(runtimePath, "/runtime")
	writeFile(t, filepath.Join(dir, "go.mod"), fmt.Appendf(nil,
		"module scratch\n\ngo 1.26\n\nrequire %[1]s v0.0.0\n\nreplace %[1]s => %[2]s\n", module, root))
	return dir
}

// goCommand runs the go command where it can download nothing.
func goCommand(t *testing.T, dir string, arguments ...string) {
	t.Helper()
	cmd := exec.Command("go", arguments...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOPROXY=off", "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("go %s: %v\n%s", strings.Join(arguments, " "), err, out)
	}
}

func writeFile(t *testing.T, name string, content []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, content, 0o600); err != nil {
		t.Fatal(err)
	}
}
